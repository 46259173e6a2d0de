"""Lohnsteuerabzugsmerkmale eines Jahres als Text der Bescheinigung (§ 41b Abs. 1 Satz 2 Nr. 1 EStG)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sqlalchemy import func, select

from payroll.masterdata.clocks import known
from payroll.masterdata.models import Steuermerkmale
from payroll.masterdata.sealing import open_value
from tenants.db.session import TenantSession
from tenants.security import keys_of

CHURCHES = {"ev": "ev", "rk": "rk"}  # as the plan of the wage tax marks them; who pays none has no mark


@dataclass(frozen=True)
class Merkmal:
    """Was ab einem Tag galt; Freibeträge in Cent, je im Jahr und im Monat."""

    ab: date
    bis: date | None
    steuerklasse: int
    faktor: Decimal | None
    kinder: Decimal
    kirche: str
    freibetrag: tuple[int, int]
    hinzurechnung: tuple[int, int]

    @property
    def text(self) -> str:
        """Merkmale in der Reihenfolge der Bescheinigung; was es nicht gibt, steht nicht da."""
        parts = [f"Steuerklasse {self.steuerklasse}"]
        if self.faktor is not None:
            parts.append(f"Faktor {self.faktor:.3f}".replace(".", ","))
        if self.kinder:
            parts.append(f"Kinderfreibeträge {self.kinder:.1f}".replace(".", ","))
        for word, (year, month) in (("Freibetrag", self.freibetrag), ("Hinzurechnung", self.hinzurechnung)):
            if year or month:  # the year's amount is what is certified; who recorded the month's alone certifies that
                cents = year or month
                parts.append(f"{word} {cents // 100},{cents % 100:02d} EUR im {'Jahr' if year else 'Monat'}")
        return ", ".join([*parts, f"Kirche {self.kirche}" if self.kirche else "keine Kirchensteuer"])


def of_year(session: TenantSession, year: int) -> dict[int, list[Merkmal]]:
    """Je Beschäftigung die Merkmale, die an einem Tag des Jahres galten, das früheste zuerst; eine Abfrage."""
    keys, found = keys_of(session), defaultdict(list)
    for row in session.scalars(
            select(Steuermerkmale).where(
                known(Steuermerkmale, None), Steuermerkmale.valid_from <= date(year, 12, 31),
                func.coalesce(Steuermerkmale.valid_to, date.max) >= date(year, 1, 1))
            .order_by(Steuermerkmale.beschaeftigung_id, Steuermerkmale.valid_from)):
        church = open_value(keys, Steuermerkmale, row.public_id, "konfession", row.konfession_siegel)
        found[row.beschaeftigung_id].append(Merkmal(
            row.valid_from, row.valid_to, row.steuerklasse, row.faktor, row.kinderfreibetraege,
            CHURCHES.get(church or "", ""), (row.freibetrag_jahr_cent, row.freibetrag_monat_cent),
            (row.hinzurechnung_jahr_cent, row.hinzurechnung_monat_cent)))
    return dict(found)


def text_of(held: Sequence[Merkmal], first: date, last: date) -> str:
    """Merkmale im Zeitraum der Bescheinigung, je Änderung mit dem Tag, ab dem sie gilt."""
    told: list[tuple[date, str]] = []
    for one in held:
        if one.ab > last or (one.bis is not None and one.bis < first):
            continue
        if not told or told[-1][1] != one.text:
            told.append((max(one.ab, first), one.text))
    return "; ".join(f"ab {day:%d.%m.%Y}: {words}" for day, words in told)
