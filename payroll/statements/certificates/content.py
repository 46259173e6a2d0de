"""Verdienstbescheinigung als Datensatz: nur was die Stelle braucht, aus abgeschlossenen Monaten.

Steuern stehen als Summe (die Kirchensteuer allein verriete die Konfession); Pfändungen, Abtretungen, Vorschüsse und
Konten stehen nicht darin (Art. 5 Abs. 1 Buchst. c DSGVO). Beträge sind ganze Cent.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sqlalchemy import func, or_, select

from payroll.masterdata.models import Beschaeftigung
from payroll.runs.models import Ergebnis, Ergebniszeile, Lauf
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
    """Ein Monat; einmalig: Einmalzahlungen und sonstige Bezüge im Gesamtbrutto (§ 23a SGB IV, § 39b Abs. 3 EStG);
    nachzahlung: in diesem Monat für frühere Monate gezahlt oder einbehalten (netto)."""

    monat: date
    gesamtbrutto: int
    einmalig: int
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
        names = ("gesamtbrutto", "einmalig", "steuerbrutto", "steuern", "sozialversicherung", "zusatzversorgung",
                 "netto", "nachzahlung")
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
    """Jeder Monat mit Abrechnung, und nach dem Austritt jeder, der nur noch für frühere zahlt."""
    closed = Lauf.zustand == "abgeschlossen", Lauf.monat >= first, Lauf.monat <= last
    paid = RueckrechnungAuszahlung
    back: dict[date, int] = {row.monat: row.rueckrechnung for row in session.execute(
        select(Lauf.monat, paid.rueckrechnung).join(paid, paid.lauf_id == Lauf.id)
        .where(paid.beschaeftigung_id == employment, paid.rueckrechnung != 0, *closed))}
    results = {one.monat: one for one in session.scalars(
        select(Ergebnis).join(Lauf, Lauf.id == Ergebnis.lauf_id)
        .where(Ergebnis.beschaeftigung_id == employment, *closed))}
    once = _once(session, [one.id for one in results.values()])
    return [_line(month, results.get(month), once, back.get(month, 0)) for month in sorted({*results, *back})]


def _line(month: date, one: Ergebnis | None, once: dict[int, int], back: int) -> MonthLine:
    if one is None:
        return MonthLine(month, 0, 0, 0, 0, 0, 0, 0, back)
    return MonthLine(month, one.gesamtbrutto, once.get(one.id, 0), one.steuerbrutto, _sum(one, TAXES),
                     _sum(one, INSURANCE), one.zv_an, one.netto, back)


def _once(session: TenantSession, results: list[int]) -> dict[int, int]:
    """Je Ergebnis, was davon einmalig ist: für Steuer oder Beiträge; Elterngeld zählt es nicht (§ 2c Abs. 1 BEEG)."""
    line = Ergebniszeile
    rows = session.execute(select(line.ergebnis_id, func.sum(line.betrag)).where(
        line.ergebnis_id.in_(results), line.bereich == "bezug", line.merkmale.not_like("___o%"),
        or_(line.merkmale.like("S%"), line.merkmale.like("_E%"))).group_by(line.ergebnis_id))
    return {result: int(cents) for result, cents in rows}


def _sum(result: Ergebnis, names: tuple[str, ...]) -> int:
    return sum(getattr(result, name) for name in names)
