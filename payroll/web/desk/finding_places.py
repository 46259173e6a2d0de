"""Wohin ein Befund führt: die Seite, auf der seine Abhilfe geschieht."""

from __future__ import annotations

import re
import uuid
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import url_for
from flask_babel import lazy_gettext as _

from payroll.runs.befunde import Befundzeile
from payroll.runs.zeiten.absences import DECIDE
from payroll.web.desk.fact_kinds import KINDS
from tenants.web.formats import month_key
from tenants.web.identity import HeldMandate

# Fields of several kinds that a finding means of one.
MEANT = {"iban": "bank", "krankenkasse": "versicherung", "entgeltgruppe": "eingruppierung", "fehlzeit": "fehlzeiten",
         "krankheit": "fehlzeiten", "anlasszahlung": "anlass", "jobticket": "sachbezug", "dienstrad": "sachbezug",
         "person": "angaben", "verstorben_am": "beschaeftigung", "tarifwerk": "eingruppierung"}


@dataclass(frozen=True)
class Place:
    """Adresse und Beschriftung."""

    address: str
    text: Any


def place(one: Befundzeile, held: HeldMandate, month: date) -> Place | None:
    """Die Seite zu einem Befund; None, wenn es keine gibt oder das Recht fehlt."""
    found = one.hinweis
    if found.feld == "fehlzeit" and found.abhilfe == DECIDE and held.may("time.read"):
        return Place(url_for("timeabsence.index", mandant=held.public_id), _("Fehlzeiten aus Zeitdateien"))
    if one.person is None:
        return _about_law(found.datensatz, found.feld, held, month)
    if found.ursache == "rueckrechnung":
        return Place(url_for("retro.page", mandant=held.public_id, monat=month_key(month)), _("Rückrechnung ansehen"))
    if found.ursache == "stellenplan" and held.may("staffplan.read"):
        return Place(url_for("staffplan.index", mandant=held.public_id), _("Stellenplan ansehen"))
    if found.ursache == "plausibel" and found.feld in ("netto", "auszahlung"):
        return Place(url_for("changes.page", mandant=held.public_id, monat=month_key(month), suche=one.personalnummer),
                     _("Änderungen ansehen"))
    if not held.may("person.read"):
        return None
    if found.ursache == "pfaendung" and held.may("claim.read"):
        return Place(url_for("claims.page", mandant=held.public_id, person=one.person), _("Pfändungen ansehen"))
    return _about_person(found.feld, held, one.person, one.beschaeftigung)


def _about_person(field: str, held: HeldMandate, person: uuid.UUID, job: uuid.UUID | None) -> Place:
    slug = kind_of(field)
    whole = url_for("person.page", mandant=held.public_id, person=person)
    if slug is None:
        return Place(whole, _("Person öffnen"))
    kind = KINDS[slug]
    if held.may("person.write") and not kind.several:
        own = job if kind.owner == "job" else None
        return Place(url_for("person.entry", mandant=held.public_id, person=person, art=slug, beschaeftigung=own),
                     kind.title)
    return Place(f"{whole}#{slug}{job if kind.owner == 'job' else ''}-titel", kind.title)


def kind_of(field: str) -> str | None:
    """Die Art von Tatsache, zu der ein Feld gehört: selbst genannt, eine Lohnart, oder nur bei einer Art ein Feld."""
    if field in KINDS or field in MEANT:
        return MEANT.get(field, field)
    if re.fullmatch(r"Lohnart \d+", field):
        return "bezuege"
    owners = [slug for slug, kind in KINDS.items() if any(item.name == field for item in kind.fields)]
    return owners[0] if len(owners) == 1 else None


def _about_law(record: str, field: str, held: HeldMandate, month: date) -> Place | None:
    if record == f"Rechtswert {field}":
        return Place(url_for("law.value", name=field, monat=month_key(month)), _("Wert ansehen"))
    if record.startswith("Krankenkasse "):
        return Place(url_for("tenantdata.funds", mandant=held.public_id, art="krankenkassen"),
                     _("Sätze der Krankenkassen"))
    if record.startswith("Tabellenwert ") and held.may("tariff.write"):
        return Place(url_for("tariff.index"), _("Tarif und Sätze"))
    return None
