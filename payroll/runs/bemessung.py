"""Was die Jahressonderzahlung bemisst: Lohnarten, die der Katalog dafür nennt, je Monat nach seinem jüngsten Stand."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import and_, func, or_, select

from payroll.masterdata.clocks import known, within
from payroll.masterdata.models import Lohnart, LohnartStand
from payroll.runs.models import Ergebnis, Ergebniszeile, Lauf
from payroll.runs.pricing import TABELLE
from payroll.runs.retro_models import Rueckrechnung, RueckrechnungZeile
from tenants.db.session import TenantSession

LAUFEND_ZV = "_LJ"  # current pay that counts for the supplementary pension; one-offs carry E


@dataclass(frozen=True)
class Bemessungslohnarten:
    """Welche Lohnarten in die Bemessung gehen, nach dem Katalog am 1. September.

    Überstunden, Mehrarbeit und Leistungsentgelt zählen nicht (§ 20 Abs. 2 Satz 1 TVöD), Zeitzuschläge zählen, auch die
    steuerfreien. Wo der Katalog es offen lässt, zählt laufendes zusatzversorgungspflichtiges Entgelt.
    """

    ja: frozenset[str]
    nein: frozenset[str]

    def zaehlt(self, lohnart: str, merkmale: str) -> bool:
        """Ob eine Zeile mit diesen Merkmalen zählt."""
        return merkmale[1:2] != "E" and (lohnart in self.ja or (lohnart not in self.nein and merkmale[1:] == "LJ"))

    def bedingung(self, lohnart: Any, merkmale: Any) -> Any:
        """Dasselbe als Bedingung einer Abfrage."""
        return and_(merkmale.not_like("_E_"), or_(lohnart.in_(self.ja), and_(lohnart.not_in(self.nein),
                                                                             merkmale.like(LAUFEND_ZV))))


def counted_wage_types(session: TenantSession, year: int, known_at: datetime | None = None) -> Bemessungslohnarten:
    """Die Lohnarten der Bemessung eines Jahres; eine Abfrage."""
    september = date(year, 9, 1)
    kinds: dict[str, set[str]] = defaultdict(set)
    for row in session.execute(
            select(Lohnart.nummer, LohnartStand.sonderzahlung)
            .join(LohnartStand, LohnartStand.lohnart_id == Lohnart.id)
            .where(known(LohnartStand, known_at), within(LohnartStand, september, september))):
        kinds[row.sonderzahlung].add(f"{row.nummer}")
    return Bemessungslohnarten(frozenset(kinds["ja"] | kinds["ausbildung"]), frozenset(kinds["nein"]))


def pay_by_month(session: TenantSession, year: int,
                 kinds: Bemessungslohnarten | None = None) -> dict[int, dict[int, int]]:
    """Entgelt der Bemessung je Monat, nach seinem jüngsten Stand: Nachberechnungen zählen im Monat ihrer Entstehung.

    Das Tabellenentgelt zählt auch ohne Zusatzversorgung (etwa im Minijob).
    """
    kinds = kinds or counted_wage_types(session, year)
    found: dict[int, dict[int, int]] = defaultdict(lambda: defaultdict(int))
    closed = (Lauf.zustand == "abgeschlossen",)
    in_year = (Ergebnis.monat >= date(year, 1, 1), Ergebnis.monat <= date(year, 12, 1))
    table = (select(Ergebnis.beschaeftigung_id, Ergebnis.monat, Ergebnis.tabellenentgelt.label("betrag"))
             .join(Lauf, Lauf.id == Ergebnis.lauf_id).where(*closed, *in_year))
    further = (
        select(Ergebnis.beschaeftigung_id, Ergebnis.monat, func.sum(Ergebniszeile.betrag).label("betrag"))
        .join(Lauf, Lauf.id == Ergebnis.lauf_id)
        .join(Ergebniszeile, Ergebniszeile.ergebnis_id == Ergebnis.id)
        .where(*closed, *in_year, Ergebniszeile.bereich == "bezug", Ergebniszeile.lohnart.not_in(TABELLE),
               kinds.bedingung(Ergebniszeile.lohnart, Ergebniszeile.merkmale))
        .group_by(Ergebnis.beschaeftigung_id, Ergebnis.monat))
    zeile = RueckrechnungZeile
    later = (
        select(Rueckrechnung.beschaeftigung_id, Rueckrechnung.monat, func.sum(zeile.neu - zeile.alt).label("betrag"))
        .join(zeile, zeile.rueckrechnung_id == Rueckrechnung.id).join(Lauf, Lauf.id == Rueckrechnung.lauf_id)
        .where(*closed, Rueckrechnung.art == "entstehung", Rueckrechnung.monat >= date(year, 1, 1),
               Rueckrechnung.monat <= date(year, 12, 1), zeile.bereich == "bezug",
               or_(zeile.name.in_(TABELLE), kinds.bedingung(zeile.name, zeile.merkmale)))
        .group_by(Rueckrechnung.beschaeftigung_id, Rueckrechnung.monat))
    for statement in (table, further, later):
        for row in session.execute(statement):
            found[row.beschaeftigung_id][row.monat.month] += int(row.betrag)
    return found
