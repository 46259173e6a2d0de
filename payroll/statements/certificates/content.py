"""Verdienstbescheinigung als Datensatz: nur was die Stelle braucht, aus abgeschlossenen Monaten.

Steuern stehen als Summe (die Kirchensteuer allein verriete die Konfession); Pfändungen, Abtretungen, Vorschüsse und
Konten stehen nicht darin (Art. 5 Abs. 1 Buchst. c DSGVO). Beträge sind ganze Cent.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sqlalchemy import and_, select

from payroll.masterdata.models import Beschaeftigung
from payroll.runs.models import Ergebnis, Lauf
from payroll.runs.retro_models import RueckrechnungAuszahlung
from payroll.statements import slip_facts
from payroll.statements.payslip import Employer
from tenants.db.session import TenantSession

LONGEST = 36
TAXES = ("lohnsteuer", "soli", "kirchensteuer")
INSURANCE = ("kv_an", "zb_an", "pv_an", "rv_an", "av_an")
OUTSIDE_LABELS = {
    "wohngeld": ("Wohngeld", "§ 23 Abs. 2 WoGG"),
    "elterngeld": ("Elterngeld", "§ 9 Abs. 1 BEEG"),
    "buergergeld": ("Grundsicherung für Arbeitsuchende", "§ 58 Abs. 1 SGB II"),
    "bafoeg": ("Ausbildungsförderung", "§ 47 Abs. 5 BAföG"),
    "andere": ("andere Stelle", ""),
}


class CertificateRefused(ValueError):
    """Die Bescheinigung lässt sich so nicht ausstellen; der Text nennt Feld, Regel und Abhilfe."""


@dataclass(frozen=True)
class MonthLine:
    """Ein Monat; nachzahlung: in diesem Monat für frühere Monate gezahlt oder einbehalten (netto)."""

    monat: date
    gesamtbrutto: int
    steuerbrutto: int
    steuern: int
    sozialversicherung: int
    zusatzversorgung: int
    netto: int
    nachzahlung: int


@dataclass(frozen=True)
class Certificate:
    """Eine Verdienstbescheinigung."""

    employer: Employer
    personalnummer: str
    name: str
    anschrift: str
    geburtsdatum: date
    eintritt: date
    austritt: date | None
    wochenstunden: Decimal | None
    vollzeitstunden: Decimal | None
    zweck: str
    recht: str
    stelle: str
    zeichen: str
    erstellt: date
    monate: tuple[MonthLine, ...]

    @property
    def summe(self) -> MonthLine:
        """Alle Monate zusammen; sein Monat ist der letzte."""
        names = ("gesamtbrutto", "steuerbrutto", "steuern", "sozialversicherung", "zusatzversorgung", "netto",
                 "nachzahlung")
        return MonthLine(self.monate[-1].monat, *(sum(getattr(one, name) for one in self.monate) for name in names))


@dataclass(frozen=True)
class Wanted:
    """Was am Schreibtisch angegeben wird: Monate (Erste), Zweck, Stelle und ihr Zeichen, Tag der Ausstellung."""

    von: date
    bis: date
    zweck: str
    stelle: str
    zeichen: str
    erstellt: date


def build(session: TenantSession, employment: Beschaeftigung, wanted: Wanted) -> Certificate:
    """Die Bescheinigung einer Beschäftigung; jeder Monat mit Abrechnung im Zeitraum ist eine Zeile."""
    _check(wanted)
    months = _months(session, employment.id, wanted.von, wanted.bis)
    if not months:
        raise CertificateRefused(
            f"Von {wanted.von:%m/%Y} bis {wanted.bis:%m/%Y} gibt es keinen abgeschlossenen Monat mit Abrechnung; "
            "einen anderen Zeitraum wählen oder den Monat abschließen.")
    last = months[-1].monat
    stand = session.scalars(select(Lauf.stand).where(Lauf.monat == last)).one()
    known = slip_facts.read(session, last, stand)
    job, grade = known.job[employment.id], known.grade.get(employment.id)
    person = known.person[job.person_id]
    words, law = OUTSIDE_LABELS[wanted.zweck]
    return Certificate(
        employer=known.employer,
        personalnummer=job.personalnummer,
        name=f"{person.vorname} {person.nachname}",
        anschrift=_address(person.strasse, person.plz, person.ort),
        geburtsdatum=person.geburtsdatum,
        eintritt=job.eintritt,
        austritt=job.austritt,
        wochenstunden=grade.wochenstunden if grade else None,
        vollzeitstunden=grade.vollzeitstunden if grade else None,
        zweck=words,
        recht=law,
        stelle=wanted.stelle.strip(),
        zeichen=wanted.zeichen.strip(),
        erstellt=wanted.erstellt,
        monate=tuple(months),
    )


def _address(street: str | None, code: str | None, place: str | None) -> str:
    return ", ".join(part for part in (street, f"{code or ''} {place or ''}".strip()) if part)


def _check(wanted: Wanted) -> None:
    if wanted.zweck not in OUTSIDE_LABELS:
        raise CertificateRefused("Zweck: diese Wahl gibt es nicht; eine der angebotenen wählen.")
    if not wanted.stelle.strip():
        raise CertificateRefused("Stelle: angeben, wer die Bescheinigung erhält.")
    if wanted.von > wanted.bis:
        raise CertificateRefused("Zeitraum: der erste Monat liegt nach dem letzten; die Monate tauschen.")
    count = (wanted.bis.year - wanted.von.year) * 12 + wanted.bis.month - wanted.von.month + 1
    if count > LONGEST:
        raise CertificateRefused(f"Zeitraum: höchstens {LONGEST} Monate in einer Bescheinigung; den Zeitraum teilen.")


def _months(session: TenantSession, employment: int, first: date, last: date) -> list[MonthLine]:
    paid = RueckrechnungAuszahlung
    rows = session.execute(
        select(Ergebnis, paid.rueckrechnung)
        .join(Lauf, Lauf.id == Ergebnis.lauf_id)
        .outerjoin(paid, and_(paid.lauf_id == Ergebnis.lauf_id, paid.beschaeftigung_id == Ergebnis.beschaeftigung_id))
        .where(Ergebnis.beschaeftigung_id == employment, Lauf.zustand == "abgeschlossen",
               Ergebnis.monat >= first, Ergebnis.monat <= last)
        .order_by(Ergebnis.monat))
    return [
        MonthLine(one.monat, one.gesamtbrutto, one.steuerbrutto, _sum(one, TAXES), _sum(one, INSURANCE), one.zv_an,
                  one.netto, back or 0)
        for one, back in rows]


def _sum(result: Ergebnis, names: tuple[str, ...]) -> int:
    return sum(getattr(result, name) for name in names)
