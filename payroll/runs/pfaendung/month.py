"""Die Pfändung im Lauf: nach dem Netto, nur für Schuldner; Zeilen, geminderte Auszahlung, Befunde, Einbehalte."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

import numpy as np
from sqlalchemy import delete

from payroll.law.engine import Result
from payroll.law.plan import Plan
from payroll.law.rules.pfaendung.forderungen import EINBEHALTEN, NICHTS
from payroll.masterdata.slices import MonthFacts
from payroll.runs.claim_models import Einbehalt
from payroll.runs.collect import Collected
from payroll.runs.models import Lauf
from payroll.runs.pfaendung.accounts import Konten, read
from payroll.runs.pfaendung.claims import POSTEN, Schuldner, debtors
from payroll.runs.pfaendung.sharing import Anteil, Verteilt, distribute
from payroll.runs.pricing import Zeile
from tenants.db.bulk import copy_rows
from tenants.db.session import TenantSession

# Wage types of the district's catalogue, and what a line is called.
LOHNARTEN = {"gewoehnlich": ("4400", "Pfändung"), "unterhalt": ("4401", "Unterhaltspfändung"),
             "behoerde": ("4402", "Pfändung"), "abtretung": ("4403", "Abtretung"),
             "insolvenz": ("4404", "Insolvenzverwaltung"), "aufrechnung": ("4505", "Aufrechnung")}
VORPFAENDUNG = ("4405", "Vorpfändung")
AREA, VALUE = "pfaendung", "pf_einbehalt"
COLUMNS = ("lauf_id", "beschaeftigung_id", "person_id", "nummer", "monat", "art", "reichweite", "betrag", "vorrang",
           "offen", "verbleib", "grund")


@dataclass
class Gepfaendet:
    """Ergebnis eines Monats: was einbehalten wird, wer sich nicht verteilen lässt, wie weit der Vortrag reicht (Cent je
    Beschäftigung)."""

    schuldner: Schuldner
    verteilt: Verteilt
    konten: Konten
    taken: dict[int, int] = field(default_factory=dict)
    limits: dict[int, int] = field(default_factory=dict)

    @property
    def claims(self) -> list[Anteil]:
        """Anteile erfasster Forderungen, ohne den Vortrag."""
        return [one for one in self.verteilt.anteile if one.zeile.claim.nummer != POSTEN]


def garnish(session: TenantSession, facts: MonthFacts, collected: Collected, paid: Any, carried: dict[int, int],
            earlier: Iterable[Anteil], *, plan: Plan | None = None, known_at: datetime | None = None) -> Gepfaendet:
    """Verteilt das pfändbare Entgelt der Zeilen ``paid``; ohne Forderung und Vortrag geschieht nichts.

    carried: negativer Vortrag je Beschäftigung; earlier: was dieser Lauf für frühere Monate schon einbehält.
    """
    numbers = facts.cases["beschaeftigung_id"].tolist() if facts.size else []
    found = debtors(facts, {numbers[row]: row for row in paid.tolist()}, carried)
    people = {line.person_id for line in found.zeilen}
    konten = read(session, facts.month, {p: own for p, own in facts.claims.items() if p in people}, known_at)
    for one in earlier:
        konten.given[one.zeile.person_id, one.zeile.claim.nummer] += one.cents
    result = Gepfaendet(found, distribute(facts, collected, found, konten, plan), konten)
    taken: dict[int, int] = defaultdict(int)
    for one in result.verteilt.anteile:
        if one.zeile.claim.nummer == POSTEN:
            result.limits[one.zeile.beschaeftigung_id] = one.cents
        else:
            taken[one.zeile.row] += one.cents
    result.taken = dict(taken)
    return result


def put_into(found: Gepfaendet, collected: Collected, result: Result, size: int) -> None:
    """Mindert die Auszahlung und hängt die Zeilen an; der Wertebogen erklärt die Auszahlung danach wie zuvor."""
    if not found.taken:
        return
    rows = np.array(sorted(found.taken), dtype=np.int64)
    cents = np.array([found.taken[row] for row in rows.tolist()], dtype=np.int64)
    deductions = np.array(np.broadcast_to(np.asarray(collected.inputs["sonstige_abzuege"]), (size,)), dtype=np.int64)
    deductions[rows] += cents
    collected.inputs["sonstige_abzuege"] = deductions
    result.columns["auszahlung"].num[rows] -= cents
    for row, line in lines(found.claims):
        collected.prices.lines[row].append(line)


def lines(shares: Iterable[Anteil]) -> Iterator[tuple[int, Zeile]]:
    """Zeilen des Entgeltnachweises mit der Zeile des Falls; ihre Herkunft ist die Rechnung bis zur Tabelle."""
    for one in shares:
        if not one.cents:
            continue
        claim = one.zeile.claim
        number, word = LOHNARTEN[claim.art]
        if one.zuteilung.verbleib == EINBEHALTEN and claim.zugestellt_am is None:
            number, word = VORPFAENDUNG
        text = f"{word} {claim.glaeubiger}" + (f", Az. {claim.aktenzeichen}" if claim.aktenzeichen else "")
        left = "" if one.offen is None else f"danach offen {euro(one.offen - one.cents)}"
        yield one.zeile.row, Zeile("netto", number, text, left, f"F{claim.nummer}", -one.cents,
                                   (AREA, VALUE, [one.origin]), art=word)


def euro(cents: int) -> str:
    """1.234,56 €."""
    sign = "-" if cents < 0 else ""
    whole, rest = divmod(abs(cents), 100)
    return f"{sign}{whole:,}".replace(",", ".") + f",{rest:02d} €"


def forget(session: TenantSession, lauf: Lauf) -> None:
    """Nimmt die Einbehalte eines Probelaufs zurück."""
    session.execute(delete(Einbehalt).where(Einbehalt.lauf_id == lauf.id).execution_options(synchronize_session=False))


def store(session: TenantSession, lauf: Lauf, shares: Iterable[Anteil], monat: date | None = None) -> None:
    """Schreibt die Einbehalte in einem Zug; ohne Schuldner geschieht nichts."""
    rows = [_row(lauf, one, monat or one.monat) for one in shares if one.zuteilung.verbleib != NICHTS or one.cents]
    if rows:
        copy_rows(session, Einbehalt, COLUMNS, rows)


def _row(lauf: Lauf, one: Anteil, monat: date) -> tuple[Any, ...]:
    line, share = one.zeile, one.zuteilung
    return (lauf.id, line.beschaeftigung_id, line.person_id, line.claim.nummer, monat, line.claim.art, one.reichweite,
            share.cents, share.aus_vorrecht, one.offen, share.verbleib, share.grund)
