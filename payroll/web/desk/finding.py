"""Suche am Schreibtisch neben den Menschen: Seiten und Vorgänge, Lohnarten, Rechenregeln; nur was das Recht erlaubt."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import url_for
from flask_babel import lazy_gettext as _

from payroll.web import handbook
from payroll.web.desk import law_reading
from payroll.web.desk.wage_types import wage_types
from tenants.db.session import tenant_session
from tenants.web.identity import Identity
from tenants.web.lists import sort_key

SHOWN, MOST_COMMANDS = 12, 48
OFFICE = (
    (_("Start: alle Mandanten"), "home", "run.read"),
    (_("Rechenregeln nachlesen"), "law.index", "run.read"),
    (_("Tariftabelle hochladen oder freigeben"), "tariff.index", "tariff.write"),
    (_("Szenario rechnen"), "whatif.index", "whatif.write"),
    (_("Zahlungen aller Mandanten"), "treasury.overview", "posting.read"),
    (_("Hinweise aller Mandanten: zuweisen, begründen"), "allfindings.page", "run.read"),
    (_("Änderungen aller Mandanten zum Vormonat"), "allchanges.page", "run.read"),
    (_("Sammellauf: mehrere Mandanten rechnen oder abschließen"), "collective.page", "run.read"),
    (_("Kennzahlen des Verbunds"), "verbund.figures", "billing.read"),
    (_("Handbuch lesen"), "help.index", "run.read"),
)
AT_TENANT = (
    (_("Abrechnung öffnen, Probelauf rechnen"), "runs.index", "run.read"),
    (_("Personen ansehen"), "people.index", "person.read"),
    (_("Person anlegen"), "newperson.form", "person.write"),
    (_("Wiedervorlagen ansehen"), "followups.index", "person.read"),
    (_("Anliegen aus dem Portal beantworten"), "requests.index", "person.read"),
    (_("Zahlungen ansehen"), "payments.index", "posting.read"),
    (_("Datei einlesen"), "intake.form", "import.write"),
    (_("Stammdaten, Lohnarten, Krankenkassen"), "tenantdata.index", "run.read"),
    (_("Stufenwechsel ansehen"), "stepchanges.index", "person.read"),
    (_("Verlauf der Personalkosten und Fälle"), "history.index", "run.read"),
    (_("Überzahlungen ansehen"), "overpayments.index", "claim.read"),
    (_("Buchungen ansehen"), "journal.index", "posting.read"),
    (_("Meldungen ansehen"), "filings.index", "filing.read"),
    (_("Pflichtenkalender ansehen"), "duties.index", "posting.read"),
    (_("Jahresende vorbereiten"), "yearend.index", "filing.read"),
    (_("Rückmeldungen der Bank"), "feedback.index", "posting.read"),
    (_("Kosten und Bescheide des Verbunds"), "billing.index", "billing.read"),
    (_("Preise des Verbunds"), "prices.index", "billing.read"),
    (_("Übernahme und Parallellauf"), "joining.index", "run.read"),
    (_("Briefvorlagen ändern"), "lettertemplates.index", "letter.write"),
    (_("Einstellungen der Abrechnung"), "tenantsettings.index", "run.read"),
    (_("Massenänderung aus einer Datei"), "masschanges.form", "import.write"),
    (_("Abwesenheiten und Urlaub"), "leave.index", "time.read"),
    (_("Zeiten ansehen"), "times.index", "time.read"),
    (_("Stellenplan ansehen"), "staffplan.index", "staffplan.read"),
    (_("Personalkosten im Voraus"), "budget.index", "whatif.write"),
    (_("Stellenmarkt: Ausschreibungen"), "postings.index", "recruiting.take_part"),
    (_("Protokoll lesen, Kette prüfen"), "audit.index", "audit.read"),
    (_("Auskunft über eine Person"), "privacy.form", "privacy.read"),
    (_("Aufbewahrung und Löschung"), "retention.index", "retention.read"),
    (_("Archiv und Notfall"), "archive.index", "archive.use"),
)


@dataclass(frozen=True)
class Goal:
    """Ein Treffer: Text, Zusatz und wohin er führt."""

    text: str
    more: str
    address: str


def commands(me: Identity, words: Sequence[str]) -> list[Goal]:
    """Seiten und Vorgänge, die dieser Mensch benutzen darf, je Mandant; ohne Wörter keine."""
    return _first(_commands(me), words, MOST_COMMANDS)


def known_wage_types(me: Identity, words: Sequence[str], day: date) -> list[Goal]:
    """Lohnarten, die heute gelten, bei allen Mandanten mit Leserecht; je Mandant zwei Abfragen."""
    found: list[Goal] = []
    for held in me.holding("run.read"):
        with tenant_session(held.tenant_id, actor=me.login) as session:
            rows = wage_types(session, day)
        found += [Goal(f"{row.nummer:04} {row.text}", held.name, url_for(
            "tenantdata.wage_type_list", mandant=held.public_id, suche=f"{row.nummer:04}")) for row in rows]
    return _first(found, words)


def values(me: Identity, words: Sequence[str], month: date) -> list[Goal]:
    """Werte des Handbuchs der Rechenregeln nach Titel, Name oder Recht."""
    if not me.may("run.read"):
        return []
    known = law_reading.entries(month).values()
    return _first((Goal(law_reading.short(one.title), one.law, url_for("law.value", name=one.name)) for one in known),
                  words)


def handbook_parts(words: Sequence[str]) -> list[Goal]:
    """Abschnitte des Handbuchs, in denen alle Wörter stehen; zuerst, was so heißt."""
    wanted = [sort_key(word) for word in words]
    fits: list[tuple[Any, Goal]] = []
    for name in handbook.names():
        for part in handbook.sections(name):
            head = sort_key(f"{part.title} {handbook.title(name)}")
            if wanted and all(word in head or word in sort_key(part.text) for word in wanted):
                address = url_for("help.page", seite=name) + (f"#{part.anchor}" if part.anchor else "")
                at = not all(word in head for word in wanted)
                fits.append(((at, len(fits)), Goal(part.title, handbook.title(name) if part.anchor else "", address)))
    return [goal for _order, goal in sorted(fits, key=lambda fit: fit[0])[:SHOWN]]


def _commands(me: Identity) -> Iterator[Goal]:
    yield from (Goal(str(text), "", url_for(place)) for text, place, right in OFFICE if me.may(right))
    for held in me.mandates:
        yield from (Goal(str(text), f"{held.name} {held.number}", url_for(place, mandant=held.public_id))
                    for text, place, right in AT_TENANT if held.may(right) and held.limit(right) is None)


def _first(goals: Iterable[Goal], words: Sequence[str], most: int = SHOWN) -> list[Goal]:
    wanted = [sort_key(word) for word in words]
    fits: list[tuple[Any, Goal]] = []
    for goal in goals:
        place = sort_key(f"{goal.text} {goal.more}")
        if wanted and all(word in place for word in wanted):
            fits.append(((not sort_key(goal.text).startswith(wanted[0]), sort_key(goal.text)), goal))
    return [goal for _order, goal in sorted(fits, key=lambda fit: fit[0])[:most]]
