"""Nachrichten an Bewerbende über den Postausgang: fertige Worte, ein Link, sonst keine Angaben."""

from __future__ import annotations

from datetime import date

from sqlalchemy import delete, select

from tenants.db.session import platform_session
from tenants.models.access import OutboxMessage
from tenants.outbox.service import valid_address

OCCASION = "bewerbung"
TEXTS = {
    "eingegangen": {
        "de": ("Ihre Bewerbung ist angekommen: {title}",
               "Guten Tag,\n\nIhre Bewerbung „{title}“ bei {employer} ist angekommen. Sie bekommen bis zum {day} eine "
               "Antwort.\n\nStand, nächster Schritt, Zurückziehen und Löschen jederzeit hier (der Link ist geheim):\n"
               "{link}\n"),
        "en": ("Your application has arrived: {title}",
               "Hello,\n\nyour application “{title}” at {employer} has arrived. You will get an answer by {day}.\n\n"
               "State, next step, withdrawal and deletion at any time here (the link is secret):\n{link}\n"),
    },
    "einladung": {
        "de": ("Einladung zum Gespräch: {title}",
               "Guten Tag,\n\nwir laden Sie zu einem Gespräch ein: {when}, {place}.\n\nKönnen Sie nicht, melden Sie "
               "sich bitte bei {contact}. Brauchen Sie etwas, damit Sie ohne Hindernisse teilnehmen können, sagen "
               "Sie es uns.\n\n{employer}\n"),
        "en": ("Invitation to an interview: {title}",
               "Hello,\n\nwe invite you to an interview: {when}, {place}.\n\nIf you cannot come, please contact "
               "{contact}. If you need anything to take part without barriers, tell us.\n\n{employer}\n"),
    },
    "gespraech_abgesagt": {
        "de": ("Gespräch abgesagt: {title}",
               "Guten Tag,\n\ndas Gespräch am {when} findet nicht statt. Wir melden uns mit einem neuen Termin oder "
               "einer Antwort.\n\n{employer}\n"),
        "en": ("Interview cancelled: {title}",
               "Hello,\n\nthe interview on {when} does not take place. We will come back with a new date or an "
               "answer.\n\n{employer}\n"),
    },
    "absage": {
        "de": ("Ihre Bewerbung: {title}",
               "Guten Tag,\n\nvielen Dank für Ihre Bewerbung und Ihr Interesse. Wir haben uns für jemand anderen "
               "entschieden. Ihre Angaben löschen wir am {day}, auf Ihren Wunsch sofort.\n\n{employer}\n"),
        "en": ("Your application: {title}",
               "Hello,\n\nthank you for your application and your interest. We have decided for someone else. We will "
               "delete your data on {day}, or at once if you wish.\n\n{employer}\n"),
    },
    "abbruch": {
        "de": ("Ausschreibung beendet: {title}",
               "Guten Tag,\n\ndiese Stelle wird nicht besetzt; das Verfahren ist beendet. Ihre Angaben löschen wir am "
               "{day}, auf Ihren Wunsch sofort.\n\n{employer}\n"),
        "en": ("Vacancy closed: {title}",
               "Hello,\n\nthis vacancy will not be filled; the procedure has ended. We will delete your data on {day}, "
               "or at once if you wish.\n\n{employer}\n"),
    },
    "angebot": {
        "de": ("Wir möchten Sie einstellen: {title}",
               "Guten Tag,\n\nwir möchten Sie einstellen. Das Angebot liegt auf Ihrer Seite (dem geheimen Link Ihrer "
               "Bewerbung) bereit; dort nehmen Sie es an und geben an, was wir für die Abrechnung noch brauchen.\n\n"
               "{employer}\n"),
        "en": ("We would like to hire you: {title}",
               "Hello,\n\nwe would like to hire you. The offer is on your page (the secret link of your application); "
               "there you accept it and give what we still need for payroll.\n\n{employer}\n"),
    },
}  # fmt: skip


def send(recipient: str, kind: str, language: str, **words: str) -> bool:
    """Legt eine Nachricht in den Postausgang; eine unbrauchbare Adresse bekommt keine."""
    if not valid_address(recipient):
        return False
    subject, body = TEXTS[kind].get(language, TEXTS[kind]["de"])
    plain = {name: " ".join(value.split()) for name, value in words.items()}
    with platform_session(actor=OCCASION) as session:
        session.add(OutboxMessage(occasion=f"{OCCASION}_{kind}", recipient=recipient,
                                  subject=subject.format(**plain)[:200], body=body.format(**plain)))
    return True


def forget(recipient: str) -> None:
    """Löscht alle Nachrichten an diese Adresse, die Bewerbungen betreffen."""
    with platform_session(actor=OCCASION) as session:
        own = OutboxMessage.occasion.like(f"{OCCASION}\\_%")
        rows = session.execute(select(OutboxMessage.id, OutboxMessage.recipient).where(own))
        session.execute(delete(OutboxMessage).where(
            OutboxMessage.id.in_([row.id for row in rows if row.recipient == recipient])))


def day(value: date | None) -> str:
    """Ein Tag in Worten beider Sprachen."""
    return "" if value is None else f"{value:%d.%m.%Y}"
