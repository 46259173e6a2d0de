"""Leistungsentgelt (§ 18 TVöD VKA): Volumen aus abgeschlossenen Monaten des Vorjahres, Auszahlung in einem Monat.

Bemessen wird nach den ständigen Monatsentgelten der Tarifbeschäftigten: Tabellenentgelt und monatliche Zulagen, auch in
Urlaub und Krankheit; ohne unständige Teile, Einmalzahlungen, Strukturausgleich und Außertarifliches.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
from sqlalchemy import func, select

from payroll.law.calculate import law_of, rule_book
from payroll.law.engine import evaluate
from payroll.law.rules.entgelt.leistung import verteile_topf
from payroll.masterdata.clocks import known, within
from payroll.masterdata.models import (
    Beschaeftigung,
    BeschaeftigungAngaben,
    Lohnart,
    LohnartStand,
    WiederkehrenderBezug,
)
from payroll.masterdata.service import end_fact, record_fact
from payroll.runs.errors import RunRefused
from payroll.runs.models import Ergebnis, Ergebniszeile, Lauf
from payroll.runs.pricing import TABELLE
from payroll.runs.retro_models import Rueckrechnung, RueckrechnungZeile
from payroll.runs.steps import month_name
from tenants import audit
from tenants.db.session import TenantSession

LOHNART, LAUFNUMMER = 1602, 18  # a number of its own: what somebody types for another reason stays
STAENDIG = ("tabelle", "fest", "prozent", "abgeleitet")
# Steady by their kind, but no part of the volume: above the tariff, structural equalisation, lump sums for hours.
AUSGENOMMEN = (1008, 1116, 1121, 1126, 1127, 1128, 1310, 1507, 1510, 1900)
OFFEN = ("offen", "probe")
DAY = timedelta(days=1)


@dataclass(frozen=True)
class Volumen:
    """Volumen eines Jahres in Cent: Bemessung des Vorjahres, davon genannt, Übertrag; abgeschlossene Monate."""

    jahr: int
    bemessung: int
    genannt: int
    uebertrag: int
    monate: int
    betrag: int


@dataclass(frozen=True)
class Anteil:
    """Was eine Beschäftigung vom Volumen erhält."""

    beschaeftigung_id: int
    personalnummer: str
    punkte: int
    betrag: int


def volume(session: TenantSession, year: int, *, carry: int = 0, stated: int = 0) -> Volumen:
    """Volumen eines Jahres aus den Entgelten des Vorjahres.

    carry: Rest aus Vorjahren; stated: Entgelte des Vorjahres, die nicht hier abgerechnet wurden (Cent).
    """
    if carry < 0 or stated < 0:
        raise RunRefused("Leistungsentgelt: Übertrag und genanntes Entgelt dürfen nicht negativ sein.")
    wage_types = [str(number) for number in steady(session, year - 1)]
    first, last = date(year - 1, 1, 1), date(year - 1, 12, 1)
    closed = (Lauf.zustand == "abgeschlossen",)
    paid = session.scalar(
        select(func.coalesce(func.sum(Ergebniszeile.betrag), 0))
        .join(Ergebnis, Ergebnis.id == Ergebniszeile.ergebnis_id).join(Lauf, Lauf.id == Ergebnis.lauf_id)
        .where(*closed, Ergebnis.monat >= first, Ergebnis.monat <= last, Ergebniszeile.bereich == "bezug",
               Ergebniszeile.lohnart.in_(wage_types)))
    later = session.scalar(
        select(func.coalesce(func.sum(RueckrechnungZeile.neu - RueckrechnungZeile.alt), 0))
        .join(Rueckrechnung, Rueckrechnung.id == RueckrechnungZeile.rueckrechnung_id)
        .join(Lauf, Lauf.id == Rueckrechnung.lauf_id)
        .where(*closed, Rueckrechnung.art == "entstehung", Rueckrechnung.monat >= first, Rueckrechnung.monat <= last,
               RueckrechnungZeile.bereich == "bezug", RueckrechnungZeile.name.in_(wage_types)))
    months = session.scalar(select(func.count(Lauf.id)).where(*closed, Lauf.monat >= first, Lauf.monat <= last)) or 0
    base = int(paid or 0) + int(later or 0) + stated
    result = evaluate(law_of(date(year, 12, 1), rule_book("entgelt")), {
        "leistung_bemessung": np.array([base]), "leistung_uebertrag": np.array([carry])},
        ("leistungsentgelt_volumen",))
    return Volumen(year, base, stated, carry, months, int(result.cents("leistungsentgelt_volumen")[0]))


def distribute(session: TenantSession, month: date, pot: int, shares: Mapping[str, int] | None = None) -> list[Anteil]:
    """Verteilt das Volumen: zu gleichen Teilen an alle Tarifbeschäftigten des Monats oder nach Punkten.

    shares: Punkte je Personalnummer (ganze Zahlen). Wirft RunRefused bei unbekannten Nummern oder ohne Punkte.
    """
    jobs = _jobs(session, month)
    points = dict.fromkeys(jobs, 1) if shares is None else dict(shares)
    strange = sorted(set(points) - set(jobs))
    if strange:
        raise RunRefused(f"Leistungsentgelt: im {month_name(month)} nicht tariflich beschäftigt: {', '.join(strange)}. "
                         "Die Nummern berichtigen oder weglassen.")
    numbers = sorted(number for number, count in points.items() if count)
    try:
        cents = verteile_topf(pot, [points[number] for number in numbers])
    except ValueError as error:
        raise RunRefused(str(error)) from error
    return [Anteil(jobs[number], number, points[number], amount)
            for number, amount in zip(numbers, cents, strict=True) if amount]


def without_agreement(session: TenantSession, month: date) -> list[Anteil]:
    """Ohne Vereinbarung: ein Hundertsatz des Tabellenentgelts im September, gezahlt mit dem Dezember.

    Wer im Dezember tariflich beschäftigt ist und im September Tabellenentgelt hatte. Der September muss abgeschlossen
    sein; sein Betrag mit späteren Nachberechnungen zählt. Wirft RunRefused in einem anderen Monat.
    """
    if month.month != 12:
        raise RunRefused("Leistungsentgelt: ohne Vereinbarung wird es mit dem Dezember gezahlt (Protokollerklärung "
                         "Nr. 1 zu § 18 Abs. 4 TVöD VKA); bitte den Dezember wählen.")
    september = month.replace(month=9, day=1)
    if session.scalar(select(Lauf.zustand).where(Lauf.monat == september)) != "abgeschlossen":
        raise RunRefused(f"{month_name(september)} ist nicht abgeschlossen; das Tabellenentgelt, nach dem sich das "
                         "Leistungsentgelt ohne Vereinbarung richtet, steht noch nicht fest.")
    jobs, paid = _jobs(session, month), _table_pay(session, september)
    numbers = sorted(number for number, job in jobs.items() if paid.get(job, 0) > 0)
    if not numbers:
        return []
    base = [paid[jobs[number]] for number in numbers]
    name = "leistungsentgelt_ohne_vereinbarung"
    cents = evaluate(law_of(month, rule_book("entgelt")), {"leistung_september": np.array(base)}, (name,)).cents(name)
    return [Anteil(jobs[number], number, pay, amount)
            for number, pay, amount in zip(numbers, base, cents.tolist(), strict=True) if amount]


def _table_pay(session: TenantSession, month: date) -> dict[int, int]:
    """Tabellenentgelt eines abgeschlossenen Monats je Beschäftigung, Nachberechnungen eingeschlossen."""
    found = {row.beschaeftigung_id: int(row.tabellenentgelt) for row in session.execute(
        select(Ergebnis.beschaeftigung_id, Ergebnis.tabellenentgelt).where(Ergebnis.monat == month))}
    later = session.execute(
        select(Rueckrechnung.beschaeftigung_id, func.sum(RueckrechnungZeile.neu - RueckrechnungZeile.alt).label("mehr"))
        .join(RueckrechnungZeile, RueckrechnungZeile.rueckrechnung_id == Rueckrechnung.id)
        .join(Lauf, Lauf.id == Rueckrechnung.lauf_id)
        .where(Lauf.zustand == "abgeschlossen", Rueckrechnung.art == "entstehung", Rueckrechnung.monat == month,
               RueckrechnungZeile.bereich == "bezug", RueckrechnungZeile.name.in_(TABELLE))
        .group_by(Rueckrechnung.beschaeftigung_id))
    for row in later:
        found[row.beschaeftigung_id] = found.get(row.beschaeftigung_id, 0) + int(row.mehr)
    return found


def rest_of(pot: Volumen, found: Iterable[Anteil]) -> int:
    """Was vom Volumen übrig bleibt und das des nächsten Jahres erhöht, in Cent."""
    given = {"leistung_bemessung": np.array([pot.bemessung]), "leistung_uebertrag": np.array([pot.uebertrag]),
             "leistung_ausgezahlt": np.array([sum(one.betrag for one in found)])}
    name = "leistungsentgelt_rest"
    return int(evaluate(law_of(date(pot.jahr, 12, 1), rule_book("entgelt")), given, (name,)).cents(name)[0])


def record_performance(session: TenantSession, month: date, pot: Volumen,
                       shares: Mapping[str, int] | None = None, *, agreed: bool = True) -> list[Anteil]:
    """Erfasst die Anteile als Bezug des Monats; wiederholt ersetzt eine Verteilung die frühere.

    agreed: es gibt eine Vereinbarung; sonst nach :func:`without_agreement`.
    """
    state = session.scalar(select(Lauf.zustand).where(Lauf.monat == month))
    if state is not None and state not in OFFEN:
        raise RunRefused(f"{month_name(month)} ist schon geprüft. Erst die Prüfung zurücknehmen, dann das "
                         "Leistungsentgelt erfassen und neu rechnen.")
    found = distribute(session, month, pot.betrag, shares) if agreed else without_agreement(session, month)
    wage_type = session.scalars(select(Lohnart.id).where(Lohnart.nummer == LOHNART)).one()
    reason = f"Leistungsentgelt {pot.jahr}"
    kept = {one.beschaeftigung_id for one in found}
    for number in {one.beschaeftigung_id for one in recorded(session, month)} - kept:
        end_fact(session, WiederkehrenderBezug, last_day=month - DAY, reason=reason, beschaeftigung_id=number,
                 lohnart_id=wage_type, laufnummer=LAUFNUMMER)
    last = (month.replace(day=28) + 4 * DAY).replace(day=1) - DAY
    for one in found:
        record_fact(session, WiederkehrenderBezug, beschaeftigung_id=one.beschaeftigung_id, lohnart_id=wage_type,
                    laufnummer=LAUFNUMMER, betrag_cent=one.betrag, valid_from=month, valid_to=last, reason=reason)
    audit.record(session, "leistungsentgelt.erfasst", f"lauf:{month:%Y-%m}", {
        "jahr": pot.jahr, "volumen": pot.betrag, "uebertrag": pot.uebertrag, "genannt": pot.genannt,
        "personen": len(found), "verteilung": "punkte" if shares else "gleich" if agreed else "ohne_vereinbarung",
        "rest": rest_of(pot, found)}, reason)
    return found


def recorded(session: TenantSession, month: date) -> list[Anteil]:
    """Was für den Monat als Leistungsentgelt erfasst ist, nach Personalnummer."""
    rows = session.execute(
        select(WiederkehrenderBezug.beschaeftigung_id, Beschaeftigung.personalnummer, WiederkehrenderBezug.betrag_cent)
        .join(Lohnart, Lohnart.id == WiederkehrenderBezug.lohnart_id)
        .join(Beschaeftigung, Beschaeftigung.id == WiederkehrenderBezug.beschaeftigung_id)
        .where(known(WiederkehrenderBezug, None), within(WiederkehrenderBezug, month, month), Lohnart.nummer == LOHNART,
               WiederkehrenderBezug.laufnummer == LAUFNUMMER).order_by(Beschaeftigung.personalnummer))
    return [Anteil(row.beschaeftigung_id, row.personalnummer, 0, int(row.betrag_cent)) for row in rows]


def shares_of(lines: Iterable[str]) -> dict[str, int]:
    """Punkte je Personalnummer aus Zeilen „Personalnummer;Punkte“; eine Kopfzeile in Worten wird übergangen."""
    found: dict[str, int] = {}
    for at, line in enumerate(lines, 1):
        if not line.strip():
            continue
        number, _, points = (part.strip() for part in line.replace("\t", ";").partition(";"))
        if at == 1 and points.isalpha():
            continue
        if not number or not points.isdecimal() or len(points) > 6:
            raise RunRefused(f"Punkte, Zeile {at}: „{line.strip()[:60]}“ ist nicht Personalnummer;Punkte (ganze Zahl).")
        if number in found:
            raise RunRefused(f"Punkte, Zeile {at}: {number} steht zweimal da; eine Zeile streichen.")
        found[number] = int(points)
    return found


def steady(session: TenantSession, year: int) -> list[int]:
    """Lohnarten, deren Entgelt zum Volumen zählt."""
    day = date(year, 12, 31)
    return list(session.scalars(
        select(Lohnart.nummer).join(LohnartStand, LohnartStand.lohnart_id == Lohnart.id)
        .where(known(LohnartStand, None), within(LohnartStand, date(year, 1, 1), day),
               LohnartStand.personenkreis == "tarif", LohnartStand.sv == "laufend", LohnartStand.zv,
               LohnartStand.entstehung.in_(STAENDIG), LohnartStand.ziel.in_(("zulagen", "grundentgelt", "keines")),
               Lohnart.nummer < 1700, Lohnart.nummer.not_in(AUSGENOMMEN)).distinct()))


def _jobs(session: TenantSession, month: date) -> dict[str, int]:
    """Tarifbeschäftigte, die am Ersten des Monats beschäftigt sind: Personalnummer und Beschäftigung."""
    rows = session.execute(
        select(Beschaeftigung.personalnummer, Beschaeftigung.id)
        .join(BeschaeftigungAngaben, BeschaeftigungAngaben.beschaeftigung_id == Beschaeftigung.id)
        .where(known(BeschaeftigungAngaben, None), within(BeschaeftigungAngaben, month, month),
               BeschaeftigungAngaben.art.in_(("tarif", "minijob")), BeschaeftigungAngaben.eintritt <= month,
               func.coalesce(BeschaeftigungAngaben.austritt, month) >= month))
    return {row.personalnummer: row.id for row in rows}
