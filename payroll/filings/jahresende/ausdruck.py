"""Ausdruck der elektronischen Lohnsteuerbescheinigung für die beschäftigte Person (§ 41b Abs. 1 Satz 3 EStG).

Er gibt wieder, was gemeldet ist: nur freigegebene Bescheinigungen, je Beschäftigung und Jahr die letzte. Gelesen wird
er bei Bedarf aus der Meldung, solange sie aufbewahrt wird; eine eigene Ablage gibt es nicht. Anschrift und Briefkopf
sind die des Tages, an dem er gedruckt wird.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import orjson
from sqlalchemy import func, select

from payroll.filings.jahresende import ausdruck_pdf
from payroll.filings.jahresende.ausdruck_pdf import Angaben, Zeile
from payroll.filings.meldungen.datei import CERTIFIED
from payroll.filings.meldungen.entwurf import layout
from payroll.filings.meldungen.speichern import OUTSIDE
from payroll.filings.models import Meldesatz, Meldung
from payroll.masterdata.clocks import known
from payroll.masterdata.models import Person, PersonAngaben
from payroll.statements import slip_facts
from payroll.statements.pdf.document import Rendered
from tenants import audit
from tenants.db import guard
from tenants.db.session import TenantSession
from tenants.models import Tenant
from tenants.security import keys_of, open_sealed
from tenants.users.presence import office_day

ALWAYS = ("3", "4", "5", "6")


@dataclass(frozen=True)
class Bescheinigung:
    """Eine gemeldete Lohnsteuerbescheinigung: Kennung ihres Satzes, Jahr, Zeitraum, ob sie eine frühere berichtigt."""

    kennung: uuid.UUID
    jahr: int
    von: date
    bis: date
    personalnummer: str
    berichtigt: bool
    freigegeben: date


def of_person(session: TenantSession, person: uuid.UUID) -> list[Bescheinigung]:
    """Geltende Bescheinigungen einer Person, die jüngste zuerst."""
    latest: dict[str, tuple[Meldesatz, date]] = {}
    for entry, day in session.execute(
            select(Meldesatz, Meldung.freigegeben_am).join(Meldung, Meldung.id == Meldesatz.meldung_id)
            .where(Meldung.art == "lstb", Meldung.zustand.in_(OUTSIDE), Meldesatz.person_public_id == person)
            .order_by(Meldesatz.id)):
        if entry.satzart == "storno":
            latest.pop(entry.schluessel, None)
        else:
            latest[entry.schluessel] = (entry, office_day(day))
    made = [Bescheinigung(one.public_id, one.von.year, one.von, one.bis, one.personalnummer,
                          one.satzart == "korrektur", day) for one, day in latest.values()]
    return sorted(made, key=lambda one: (-one.jahr, one.personalnummer))


def printed(session: TenantSession, person: uuid.UUID, kennung: uuid.UUID, *,
            reader: str) -> tuple[Rendered, str] | None:
    """Das PDF einer geltenden Bescheinigung dieser Person und sein Name; None, wenn es sie nicht gibt."""
    one = next((one for one in of_person(session, person) if one.kennung == kennung), None)
    if one is None:
        return None
    made = ausdruck_pdf.render(_angaben(session, person, one))
    audit.record_reading(session, "lohnsteuerbescheinigung.pdf", str(person),
                         {"jahr": one.jahr, "leser": reader})
    return made, f"Lohnsteuerbescheinigung_{one.jahr}_{one.personalnummer}.pdf"


def _angaben(session: TenantSession, person: uuid.UUID, one: Bescheinigung) -> Angaben:
    row = session.scalars(select(Meldesatz).where(Meldesatz.public_id == one.kennung)).one()
    held: dict[str, Any] = orjson.loads(open_sealed(
        keys_of(session), row.inhalt_siegel, table="meldesatz", row=str(row.public_id), column="inhalt_siegel"))
    tenant = session.scalars(select(Tenant).where(Tenant.id == guard.tenant_of(session))).one()
    home = session.scalars(
        select(PersonAngaben).join(Person, Person.id == PersonAngaben.person_id)
        .where(Person.public_id == person, known(PersonAngaben, None), PersonAngaben.valid_from <= func.current_date())
        .order_by(PersonAngaben.valid_from.desc()).limit(1)).first()
    born = date.fromisoformat(held["geburtsdatum"])
    return Angaben(
        slip_facts.employer(session), tenant.steuernummer or "", one.jahr, one.berichtigt, one.freigegeben,
        f"{held['vorname']} {held['nachname']}", (home.strasse or "") if home else "",
        f"{home.plz or ''} {home.ort or ''}".strip() if home else "", one.personalnummer, (
            ("Steuer-Identifikationsnummer", held["steuer_id"]), ("Geboren am", f"{born:%d.%m.%Y}"),
            ("Personalnummer", one.personalnummer), ("Zeile 1: bescheinigter Zeitraum",
                                                     f"{one.von:%d.%m.%Y} bis {one.bis:%d.%m.%Y}"),
            ("Zeile 2: Zeiträume ohne Arbeitslohn (U)", str(held["2"]))),
        tuple(part for part in held.get("merkmale", "").split("; ") if part), tuple(_rows(held)))


def _rows(held: Mapping[str, Any]) -> list[Zeile]:
    """Die Beträge in der Reihenfolge der Feldliste; ohne Betrag stehen nur Arbeitslohn und Steuern."""
    words = {one.schluessel: one.bedeutung.partition(": ")[2] for one in layout("lstb")}
    return [Zeile("frei" if key == "aktivrente" else key, words[key], held.get(key, 0))
            for key in CERTIFIED if key in ALWAYS or held.get(key)]
