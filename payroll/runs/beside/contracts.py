"""Stand der Sparverträge und der Entgeltumwandlung einer Beschäftigung: was an wen ging, was im Jahr noch frei ist."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction

import numpy as np
from sqlalchemy import func, select

from payroll.law.calculate import rule_book
from payroll.law.engine.parameters import Parameter, exact
from payroll.masterdata.clocks import known
from payroll.masterdata.models import Sparvertrag
from payroll.runs.beside.models import Drittzahlung
from payroll.runs.earlier import sums_before
from payroll.runs.models import Ergebnis, Lauf
from tenants.db.session import TenantSession


@dataclass(frozen=True)
class Einzahlung:
    """Eine Zahlung in einen Vertrag (Cent); arbeitgeber: davon dessen Zuschuss; vorlaeufig: nicht abgeschlossen."""

    monat: date
    betrag: int
    arbeitgeber: int
    vorlaeufig: bool


@dataclass(frozen=True)
class Vertragsstand:
    """Ein Sparvertrag in seiner jüngsten Fassung mit den Zahlungen des Jahres, die älteste zuerst."""

    vertrag: Sparvertrag
    zahlungen: list[Einzahlung] = field(default_factory=list)

    @property
    def summe(self) -> int:
        """Im Jahr gezahlt, Cent."""
        return sum(one.betrag for one in self.zahlungen)


@dataclass(frozen=True)
class Jahresbetrag:
    """Ein Höchstbetrag des Jahres: wie er entsteht, wie viel abgeschlossene Monate davon verbraucht haben (Cent)."""

    parameter: Parameter
    hoechstens: int
    verbraucht: int

    @property
    def frei(self) -> int:
        """Was im Jahr noch frei ist."""
        return max(self.hoechstens - self.verbraucht, 0)


def contracts(session: TenantSession, beschaeftigung_id: int, year: int) -> list[Vertragsstand]:
    """Alle Sparverträge einer Beschäftigung mit den Zahlungen eines Jahres; zwei Abfragen."""
    facts = session.scalars(
        select(Sparvertrag).where(known(Sparvertrag, None), Sparvertrag.beschaeftigung_id == beschaeftigung_id)
        .order_by(Sparvertrag.art.desc(), Sparvertrag.laufnummer, Sparvertrag.valid_from))
    newest = {(one.art, one.laufnummer): one for one in facts}
    rows = session.execute(
        select(Sparvertrag.art, Sparvertrag.laufnummer, Ergebnis.monat, Lauf.zustand,
               func.sum(Drittzahlung.betrag).label("betrag"), func.sum(Drittzahlung.arbeitgeber).label("arbeitgeber"))
        .join(Drittzahlung, Drittzahlung.sparvertrag_id == Sparvertrag.id)
        .join(Ergebnis, Ergebnis.id == Drittzahlung.ergebnis_id).join(Lauf, Lauf.id == Ergebnis.lauf_id)
        .where(Ergebnis.beschaeftigung_id == beschaeftigung_id, Ergebnis.monat >= date(year, 1, 1),
               Ergebnis.monat <= date(year, 12, 1))
        .group_by(Sparvertrag.art, Sparvertrag.laufnummer, Ergebnis.monat, Lauf.zustand).order_by(Ergebnis.monat))
    paid: dict[tuple[str, int], list[Einzahlung]] = defaultdict(list)
    for row in rows:
        paid[row.art, row.laufnummer].append(Einzahlung(row.monat, int(row.betrag), int(row.arbeitgeber),
                                                        row.zustand != "abgeschlossen"))
    return [Vertragsstand(one, paid[key]) for key, one in newest.items()]


def limits(session: TenantSession, beschaeftigung_id: int, year: int) -> list[Jahresbetrag]:
    """Steuer- und beitragsfreier Jahresbetrag der Entgeltumwandlung (§ 3 Nr. 63 EStG, § 1 SvEV) mit dem Verbrauch.

    Der Höchstbetrag ist ein Teil der Beitragsbemessungsgrenze der Rentenversicherung; ein kapitalgedeckter Beitrag der
    Zusatzversorgung verbraucht ihn mit. Vorträge und Rückrechnungen zählen mit.
    """
    # On its last day the whole year lies before: on the first of January it would be the year before.
    used = sums_before(session, date(year, 12, 31), np.array([beschaeftigung_id]))
    ceiling, found = _on("sv_bbg_rv_jahr", year), []
    for name, own, other in (("umwandlung_steuerfrei_satz", "umwandlung_steuerfrei_bisher", "zv2_steuerfrei_bisher"),
                             ("umwandlung_sv_frei_satz", "umwandlung_sv_frei_bisher", "zv2_sv_frei_bisher")):
        found.append(Jahresbetrag(rule_book().parameters[name], int(ceiling * _on(name, year)),
                                  int(used[own][0]) + int(used[other][0])))
    return found


def _on(name: str, year: int) -> Fraction:
    value = rule_book().parameters[name].on(date(year, 12, 1))
    assert value is not None, name
    return exact(value.wert)
