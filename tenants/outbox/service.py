"""Nachrichten ablegen: nur fertige Worte ohne Bezügedaten, immer an die hinterlegte Adresse eines Zugangs."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime

from sqlalchemy import ARRAY, BigInteger, any_, bindparam, select

from tenants.db.session import PlatformSession
from tenants.models.access import OutboxMessage
from tenants.models.user import User
from tenants.users.presence import OFFICE_TIME, present_on

ADDRESS = re.compile(r"[^@\s<>,;:\"\\]{1,64}@[A-Za-z0-9-]{1,63}(\.[A-Za-z0-9-]{1,63})+")
NEW_DEVICE = {
    "de": (
        "Neue Anmeldung bei Kreislohn",
        "Guten Tag,\n\nam {when} hat sich jemand mit Ihrem Zugang auf einem Gerät angemeldet, das dort bisher nicht "
        "bekannt war: {device}.\n\nWaren Sie das, ist nichts zu tun. Sonst melden Sie sich bitte an, beenden unter "
        "„Sicherheit“ die anderen Sitzungen, ändern Ihr Kennwort und sagen der Personalstelle Bescheid.\n\n"
        "Diese Nachricht enthält keinen Link. Niemand fragt Sie nach Code oder Kennwort.\n",
    ),
    "en": (
        "New sign-in to Kreislohn",
        "Hello,\n\non {when} someone signed in to your account from a device that was not known there before: "
        "{device}.\n\nIf it was you, there is nothing to do. Otherwise please sign in, end the other sessions under "
        "“Security”, change your password and tell your personnel office.\n\n"
        "This message contains no link. Nobody asks you for a code or password.\n",
    ),
}
CHANGED = {
    "de": (
        "Ihr Zugang zu Kreislohn wurde geändert",
        "Guten Tag,\n\nam {when} wurde an Ihrem Zugang geändert: {what}.\n\nWaren Sie das nicht, melden Sie sich bitte "
        "sofort bei der Personalstelle.\n\nDiese Nachricht enthält keinen Link.\n",
    ),
    "en": (
        "Your Kreislohn account was changed",
        "Hello,\n\non {when} your account was changed: {what}.\n\nIf this was not you, please tell your personnel "
        "office at once.\n\nThis message contains no link.\n",
    ),
}
ACCOUNT = {
    "de": (
        "Neue Bankverbindung im Portal",
        "Guten Tag,\n\nam {when} wurde in Ihrem Portal eine neue Bankverbindung gespeichert. Sie gilt erst nach einer "
        "Wartezeit; so lange können Sie sie im Portal unter „Meine Daten“ zurücknehmen.\n\nWaren Sie das nicht, nehmen "
        "Sie sie bitte zurück und melden sich sofort bei der Personalstelle.\n\nDiese Nachricht enthält keinen Link.\n",
    ),
    "en": (
        "New bank account in the portal",
        "Hello,\n\non {when} a new bank account was saved in your portal. It takes effect only after a waiting period; "
        "until then you can take it back under “My data”.\n\nIf this was not you, please take it back and tell your "
        "personnel office at once.\n\nThis message contains no link.\n",
    ),
}
ANSWERED = {
    "de": (
        "Antwort im Portal",
        "Guten Tag,\n\nam {when} wurde über Ihr Anliegen entschieden. Die Antwort steht im Portal unter „Meine "
        "Daten“.\n\nDiese Nachricht enthält keinen Link.\n",
    ),
    "en": (
        "Answer in the portal",
        "Hello,\n\non {when} your request was decided. The answer is in the portal under “My data”.\n\n"
        "This message contains no link.\n",
    ),
}
READY = {
    "de": (
        "Neues im Portal für Beschäftigte",
        "Guten Tag,\n\nim Portal für Beschäftigte liegt eine neue Abrechnung für Sie bereit. Beträge stehen nur "
        "dort.\n\nDiese Nachricht enthält keinen Link. Wenn Sie keine mehr möchten, löschen Sie im Portal unter "
        "„Sicherheit“ Ihre Mailadresse.\n",
    ),
    "en": (
        "News in the portal for employees",
        "Hello,\n\na new payslip is ready for you in the portal for employees. Amounts stand only there.\n\n"
        "This message contains no link. If you want no more of them, delete your mail address in the portal under "
        "“Security”.\n",
    ),
}
SLIP = "slip_ready:"
WHAT = {
    "mail": {"de": "die Mailadresse", "en": "the mail address"},
    "passkey": {"de": "ein neuer Passkey", "en": "a new passkey"},
    "passkey_gone": {"de": "ein Passkey ist entfernt", "en": "a passkey is removed"},
    "codes": {"de": "neue Codes zur Wiederherstellung", "en": "new recovery codes"},
    "factor": {"de": "der zweite Faktor", "en": "the second factor"},
    "password": {"de": "das Kennwort", "en": "the password"},
    "sso": {"de": "die Verknüpfung mit einem Verzeichnisdienst", "en": "the link to a directory service"},
}


def valid_address(text: str) -> bool:
    """Ob die Adresse eine einzelne Mailadresse ist (ohne Zeilenumbruch, Unsichtbares, Name oder Liste)."""
    return len(text) <= 254 and text.isprintable() and ADDRESS.fullmatch(text) is not None


def new_device(session: PlatformSession, user: User, device: str, at: datetime) -> OutboxMessage | None:
    """Meldet eine Anmeldung von einem unbekannten Gerät."""
    return _enqueue(session, user, "new_device", NEW_DEVICE, at, device=device)


def changed(session: PlatformSession, user: User, what: str, at: datetime) -> OutboxMessage | None:
    """Meldet eine Änderung am Zugang; what ist ein Schlüssel von WHAT."""
    words = WHAT[what]
    return _enqueue(session, user, f"changed_{what}", CHANGED, at, what=words.get(user.language, words["de"]))


def account_changed(session: PlatformSession, user: User, at: datetime) -> OutboxMessage | None:
    """Meldet eine im Portal gespeicherte Bankverbindung, ohne sie zu nennen."""
    return _enqueue(session, user, "account_changed", ACCOUNT, at)


def answered(session: PlatformSession, user: User, at: datetime) -> OutboxMessage | None:
    """Meldet, dass über ein Anliegen entschieden ist, ohne es zu nennen."""
    return _enqueue(session, user, "request_answered", ANSWERED, at)


def slips_ready(session: PlatformSession, found: Mapping[int, str], day: date) -> int:
    """Meldet jedem Zugang einmal, dass Abrechnungen bereitliegen, ohne eine zu nennen; gibt, wie vielen.

    found: je Nummer eines Zugangs, was bereitliegt. Nichts bekommt, wer keine Adresse eingetragen hat oder an diesem
    Tag keinen Zugang hat, und das Personal: seine Adresse kommt aus der Personalliste, gefragt hat es niemand.
    """
    wanted = bindparam(None, list(found), type_=ARRAY(BigInteger))  # one value, however many accounts
    users = session.scalars(select(User).where(
        User.id == any_(wanted), User.kind == "employee", User.email.is_not(None), *present_on(day)))
    made = [one for user in users if (one := _message(user, f"{SLIP}{found[user.id]}", READY)) is not None]
    session.add_all(made)
    session.flush()
    return len(made)


def _message(user: User, occasion: str, texts: dict[str, tuple[str, str]], **words: str) -> OutboxMessage | None:
    if user.email is None or not valid_address(user.email):
        return None
    subject, body = texts.get(user.language, texts["de"])
    return OutboxMessage(
        user_id=user.id, occasion=occasion, recipient=user.email, subject=subject, body=body.format(**words)
    )


def _enqueue(
    session: PlatformSession,
    user: User,
    occasion: str,
    texts: dict[str, tuple[str, str]],
    at: datetime,
    **words: str,
) -> OutboxMessage | None:
    message = _message(user, occasion, texts, when=f"{at.astimezone(OFFICE_TIME):%d.%m.%Y, %H:%M}", **words)
    if message is not None:
        session.add(message)
        session.flush()
    return message
