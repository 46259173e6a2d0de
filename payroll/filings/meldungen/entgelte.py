"""Beitragspflichtiges Entgelt je Beschäftigung und Monat, mit allem, was bis zu einem Lauf nachgebucht ist."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import func, select

from payroll.filings.meldungen import werte
from payroll.filings.meldungen.abschnitte import PAY_GROUNDS, Stueck
from payroll.filings.meldungen.werte import Abschnitt
from payroll.runs.models import Ergebnis, Lauf
from payroll.runs.retro_models import Rueckrechnung, RueckrechnungZeile
from tenants.db.bulk import read_columns
from tenants.db.session import TenantSession

NAMES = ("sv_brutto_rv", "sv_brutto_kv", "be_gesamt", "sv_brutto_rv_vorjahr", "sv_brutto_kv_vorjahr",
         "pauschsteuer_2")
Monatswerte = dict[date, dict[str, int]]


@dataclass(frozen=True)
class Entgelte:
    """Werte einer Beschäftigung je Monat (Cent)."""

    monate: Monatswerte

    def reported(self, one: Stueck, parts: Sequence[Stueck]) -> dict[str, int]:
        """Entgelt des Zeitraums in vollen Euro; ein geteilter Monat zählt nach Tagen, der Rest dem letzten Stück."""
        if one.ohne_entgelt:
            return {"entgelt": 0, "uebergangsbereich": 0}
        pension = one.versicherung.gruppe[1:3] != "00"
        name = "sv_brutto_rv" if pension else "sv_brutto_kv"
        reduced = plain = months = band = 0
        for month, values in self.monate.items():
            if month > one.bis or werte.last_day(month) < one.von:
                continue
            lowered = values["be_gesamt"]
            months, band = months + bool(lowered or values[name]), band + bool(lowered)
            reduced += self._share(month, lowered or values[name], one, parts)
            plain += self._share(month, values[name], one, parts)
        found = {"entgelt": (reduced + 50) // 100, "uebergangsbereich": (1 if band == months else 2) if band else 0}
        return found | ({"entgelt_rentenberechnung": (plain + 50) // 100} if band else {})

    @staticmethod
    def _share(month: date, cents: int, one: Stueck, parts: Sequence[Stueck]) -> int:
        last = werte.last_day(month)
        sharing = [part for part in parts if part.grund in PAY_GROUNDS and not part.ohne_entgelt
                   and part.von <= last and part.bis >= month]
        if len(sharing) < 2 and one.von <= month and one.bis >= last:
            return cents
        days = [(min(part.bis, last) - max(part.von, month)).days + 1 for part in sharing]
        own = next((at for at, part in enumerate(sharing) if part == one), None)
        total = sum(days)
        if own is None or not total:
            return cents
        # Still running after a cut: what no report covers yet stays with the part that follows.
        if sharing[-1].bis < last and sharing[-1].grund not in ENDS:
            total += (last - sharing[-1].bis).days
            return cents * days[own] // total
        shares = [cents * one_days // total for one_days in days]
        shares[-1] += cents - sum(shares)
        return shares[own]

    def flat_taxed(self, first: date, last: date) -> bool:
        """Ob in diesen Tagen Pauschsteuer von 2 % gezahlt ist; ist dort kein Monat abgerechnet, überhaupt."""
        inside = [one for month, one in self.monate.items() if month <= last and werte.last_day(month) >= first]
        return any(one.get("pauschsteuer_2", 0) for one in inside or self.monate.values())

    def beside(self, idle: Sequence[tuple[date, date, Abschnitt]]) -> Iterator[tuple[date, date, int, Abschnitt]]:
        """Einmalzahlungen, die keine Meldung trägt: Monat der Zahlung, Monat der Zuordnung (der letzte abgerechnete
        desselben Jahres, § 23a Abs. 2 SGB IV), Betrag (Cent), Versicherung.
        """
        for month, values in sorted(self.monate.items()):
            for first, until, held in idle:
                cents = values["sv_brutto_rv" if held.gruppe[1:3] != "00" else "sv_brutto_kv"]
                if cents and first <= month and werte.last_day(month) <= until:
                    before = (first - timedelta(days=1)).replace(day=1)
                    yield month, before if before.year == month.year else month, cents, held
                    break

    def of_last_year(self, spans: Sequence[Abschnitt]) -> Iterator[tuple[date, int, Abschnitt]]:
        """Einmalzahlungen, die dem Vorjahr gehören: Monat der Zahlung, Betrag (Cent) und die Versicherung des
        Dezembers, dem sie zugeordnet sind; beginnt sie hier erst später, die des Monats der Zahlung.
        """
        for month, values in sorted(self.monate.items()):
            held = werte.in_month(spans, date(month.year - 1, 12, 1)) or werte.in_month(spans, month)
            if held is None or not held.personengruppe:
                continue
            cents = values["sv_brutto_rv_vorjahr" if held.gruppe[1:3] != "00" else "sv_brutto_kv_vorjahr"]
            if cents:
                yield month, cents, held


ENDS = ("30", "49", "51", "52", "34", "35")


def pay_of(session: TenantSession, month: date) -> dict[int, Entgelte]:
    """Entgelte aller Beschäftigungen aus abgeschlossenen Monaten bis zu diesem."""
    closed = (Lauf.zustand == "abgeschlossen", Lauf.monat <= month)
    rows = read_columns(session, select(Ergebnis.beschaeftigung_id, Ergebnis.monat, *(
        getattr(Ergebnis, name) for name in NAMES)).join(Lauf, Lauf.id == Ergebnis.lauf_id).where(*closed))
    found: dict[int, Monatswerte] = defaultdict(dict)
    columns = [rows[name] for name in NAMES]
    for at, (job, when) in enumerate(zip(rows["beschaeftigung_id"], rows["monat"], strict=True)):
        found[job][when] = {name: int(column[at]) for name, column in zip(NAMES, columns, strict=True)}
    booked: Any = session.execute(
        select(Rueckrechnung.beschaeftigung_id, Rueckrechnung.monat, RueckrechnungZeile.name,
               func.sum(RueckrechnungZeile.betrag).label("betrag"))
        .join(RueckrechnungZeile, RueckrechnungZeile.rueckrechnung_id == Rueckrechnung.id)
        .join(Lauf, Lauf.id == Rueckrechnung.lauf_id)
        .where(*closed, Rueckrechnung.art != "offen", RueckrechnungZeile.bereich == "wert",
               RueckrechnungZeile.name.in_(NAMES))
        .group_by(Rueckrechnung.beschaeftigung_id, Rueckrechnung.monat, RueckrechnungZeile.name))
    for row in booked:
        held = found[row.beschaeftigung_id].setdefault(row.monat, dict.fromkeys(NAMES, 0))
        held[row.name] += int(row.betrag)
    return {job: Entgelte(months) for job, months in found.items()}
