"""A whole payslip once more, one row at a time with fractions, from the file format.

Only two things are taken from the product, and both are proved elsewhere: cells of the pay tables, and the wage tax
that ``finish`` is given (``tests/law/lohnsteuer`` holds it against the official plans). All amounts are cents. The
figures of the law are typed in by hand a second time, so a slip in a parameter file shows too.
"""

from __future__ import annotations

import calendar
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction as F
from math import floor

# year: ceiling KV and PV, RV, average additional rate, Minijob limit, factor F, care rate
LAW: dict[int, tuple[int, int, str, int, str, str]] = {
    2024: (62_100, 90_600, "1.7", 538, "0.6846", "3.4"), 2025: (66_150, 96_600, "2.5", 556, "0.6683", "3.6"),
    2026: (69_750, 101_400, "2.9", 603, "0.6619", "3.6"),
}
REFERENCE = {2024: 3535, 2025: 3745, 2026: 3955}  # cents: 1 % of the reference amount of a month
FREE_UMLAGE = {2025: 386_400, 2026: 405_600}  # § 3 Nr. 56 EStG: 4 % of the ceiling
UPPER = 200_000
CHURCH = {"BY": 8, "BW": 8}
Row = Mapping[str, str]
Tax = Callable[[int, dict[str, int]], dict[str, int]]


def r2(value: F) -> int:
    """Half a cent up."""
    return floor(value + F(1, 2))


def cents(row: Row, name: str, empty: int = 0) -> int:
    """An amount of the row in cents."""
    return int(F(row[name]) * 100) if row.get(name) else empty


def percent(row: Row, name: str) -> F:
    """A rate of the row as a fraction."""
    return F(row[name]) / 100 if row.get(name) else F(0)


@dataclass
class Slip:
    """One row: what comes out by column name, and the inputs that the plan needs."""

    row: Row
    table: int | None
    out: dict[str, int] = field(default_factory=dict)
    plan: dict[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.year, self.month = (int(part) for part in self.row["monat"].split("-"))
        self.length = calendar.monthrange(self.year, self.month)[1]
        first, last = int(self.row.get("von_tag") or 1), int(self.row.get("bis_tag") or self.length)
        self.days = last - first + 1
        self.partial = self.days < self.length
        self.sv_days = min(self.days, 30) if self.partial else 30
        self.digits = [int(one) for one in self.row.get("beitragsgruppe") or "0000"]
        self.group = int(self.row.get("personengruppe") or 0)
        self.civil, self.mini = self.row["status"] == "beamte", self.row["status"] == "minijob"
        self.once = cents(self.row, "einmalzahlung")

    def compute(self) -> None:
        """Everything but the taxes."""
        self._pay()
        self._pension()
        self._insurance()
        self._plan()

    def _pay(self) -> None:
        row, out = self.row, self.out
        if row.get("brutto"):
            self.current = cents(row, "brutto")
        else:
            assert self.table is not None
            full = r2(self.table * F(row["wochenstunden"]) / F(row["vollzeitstunden"]))
            self.current = out["tabellenentgelt"] = r2(F(full * self.days, self.length))
        self.extra, self.vwl = cents(row, "zulagen"), cents(row, "vwl_ag")
        out["gesamtbrutto"] = (self.current + self.extra + self.vwl + self.once + cents(row, "steuerfreie_bezuege"))

    def _pension(self) -> None:
        row, out = self.row, self.out
        names = ("umlage", "sanierungsgeld", "steuerfrei", "pauschal", "individuell", "hinzurechnung", "pauschalsteuer",
                 "pauschal_soli", "pauschal_kist", "an")
        out.update({f"zv_{name}": 0 for name in names})
        if (row.get("zusatzversorgung") or "keine") == "keine":
            return
        limit = F(LAW[self.year][1] * 100, 12) * F(5, 2) * (2 if self.once else 1)
        pay = r2(min(F(max(0, self.current + self.extra + self.once - cents(row, "zv_frei"))), limit))
        rate = percent(row, "zv_umlage_satz")
        levy = out["zv_umlage"] = r2(pay * rate)
        out["zv_sanierungsgeld"] = r2(pay * percent(row, "zv_sanierungsgeld_satz"))
        out["zv_an"] = r2(pay * percent(row, "zv_an_satz"))
        first, year = row.get("steuerklasse") != "6", FREE_UMLAGE[self.year]
        left = year - cents(row, "zv_steuerfrei_bisher") if row.get("zv_verfahren") == "aufbrauchend" else F(year, 12)
        free = min(levy, r2(F(max(0, left)))) if first else 0
        flat = min(levy - free, cents(row, "zv_pauschal_grenze")) if first else 0
        own = levy - free - flat
        out["zv_steuerfrei"], out["zv_pauschal"], out["zv_individuell"] = free, flat, own
        both = free + flat
        basis = pay if both == levy and both <= 10_000 else r2(F(min(both, 10_000)) / rate)
        lump = max(0, r2(basis * F(25, 1000)) - 1330) if both else 0
        out["zv_hinzurechnung"] = lump + max(0, both - 10_000) + own
        tax = out["zv_pauschalsteuer"] = r2(F(flat, 5))
        out["zv_pauschal_soli"] = floor(tax * F(55, 1000))
        member = (row.get("konfession") or "keine") != "keine"
        church = F(7, 100) if row.get("zv_kist_verfahren") == "vereinfacht" else self._church() * member
        out["zv_pauschal_kist"] = floor(tax * church)

    def _church(self) -> F:
        return F(CHURCH.get(self.row.get("bundesland_kirche") or "NW", 9), 100)

    def _insurance(self) -> None:
        out = self.out
        self.sv = 0 if self.civil else self.current + self.extra + self.vwl + out["zv_hinzurechnung"]
        for branch in ("kv", "zb", "pv", "rv", "av"):
            out[f"{branch}_an"] = out[f"{branch}_ag"] = 0
        for name in ("u2", "pauschsteuer_2", "zuschuss_kv", "zuschuss_pv", "sv_brutto_kv", "sv_brutto_rv"):
            out[name] = 0
        if self.civil:
            return
        if self.mini:
            self._minijob()
        else:
            self._ceilings()
            self._branches()
            self._subsidy()

    def _minijob(self) -> None:
        out, pay = self.out, self.current + self.extra + self.vwl + self.once
        least = r2(F(17_500 * self.sv_days, 30)) if self.digits[1] == 1 else 0
        out["kv_ag"] = r2(pay * F(13, 100)) if self.digits[0] == 6 else 0
        out["rv_ag"] = r2(pay * F(15, 100))
        out["rv_an"] = r2(max(pay, least) * F(186, 1000)) - out["rv_ag"] if self.digits[1] == 1 else 0
        ceiling = r2(F(LAW[self.year][1] * 100 * self.sv_days, 360))
        out["u2"] = r2(min(pay - self.once, ceiling) * percent(self.row, "u2_satz"))
        out["pauschsteuer_2"] = r2(F(pay * 2, 100))
        out["sv_brutto_kv"], out["sv_brutto_rv"] = pay if self.digits[0] == 6 else 0, pay

    def _ceilings(self) -> None:
        """Bases of the month; the March clause takes the one-off into the previous year."""
        row = self.row
        self.now, room = {}, {}
        for branch, place in (("kv", 0), ("rv", 1)):
            year = LAW[self.year][place] * 100
            self.now[branch] = min(self.sv, r2(F(year * self.sv_days, 360)))
            until = r2(F(year * (int(row.get("sv_tage_bisher") or 0) + self.sv_days), 360))
            room[branch] = max(0, until - cents(row, f"sv_brutto_{branch}_bisher") - self.now[branch])
        decides = room["kv"] if self.digits[0] in (1, 3) else room["rv"]
        self.march = bool(self.once > decides and self.month <= 3 and row.get("vorjahr_sv_tage"))
        self.kept = 0 if self.march else self.once
        self.base = {branch: self.now[branch] + min(self.kept, room[branch]) for branch in room}
        if self.group in (105, 121):  # in training at least 1 % of the reference amount, § 162 Nr. 1 SGB VI
            self.base["rv"] = max(self.base["rv"], r2(F(REFERENCE[self.year] * self.sv_days, 30)))
        regular = cents(row, "regelmaessiges_entgelt", self.sv)
        limit = LAW[self.year][3] * 100
        self.midi = (self.group in (101, 106, 119, 120) and limit < regular <= UPPER
                     and (self.sv + self.kept) * 30 <= UPPER * self.sv_days)
        if self.midi:
            self._midi_bases(limit)

    def _midi_bases(self, limit: int) -> None:
        def line(pay: int) -> tuple[int, int]:
            full, part = F(pay * 30, self.sv_days), F(self.sv_days, 30)
            factor = F(LAW[self.year][4])
            if full <= limit:
                return r2(full * factor * part), 0
            slope = F(UPPER, UPPER - limit) - F(limit, UPPER - limit) * factor
            return (r2((factor * limit + slope * (full - limit)) * part),
                    r2(F(UPPER, UPPER - limit) * (full - limit) * part))

        self.be, self.be_an = line(self.sv + self.kept)
        self.be_now = line(self.sv)[0]
        self.out["be_gesamt"], self.out["be_an"] = self.be, self.be_an

    def _branches(self) -> None:
        kv, rv, av, _ = self.digits
        out = self.out
        low = self.group in (105, 121) and self.sv <= 32_500
        extra = F(LAW[self.year][2]) / 100 if low or self.group == 123 else percent(self.row, "zusatzbeitrag")
        parts = [(self.base, low or self.group == 123)]
        if low and self.kept:
            parts = [({b: min(v, 32_500) for b, v in self.base.items()}, True),
                     ({b: max(0, v - 32_500) for b, v in self.base.items()}, False)]
        for base, alone in parts:
            self._shares(base, self.year, extra, alone)
        actual = self.sv + self.kept
        if kv in (1, 3, 9):
            out["sv_brutto_kv"] = actual if self.midi else self.base["kv"]
        if rv in (1, 3) or av in (1, 2):
            out["sv_brutto_rv"] = actual if self.midi else self.base["rv"]
        out["u2"] = r2((self.be_now if self.midi else self.now["rv"]) * percent(self.row, "u2_satz"))
        if self.march:
            self._last_year()

    def _last_year(self) -> None:
        year, row, base = self.year - 1, self.row, {}
        for branch, place in (("kv", 0), ("rv", 1)):
            limit = r2(F(LAW[year][place] * 100 * int(row["vorjahr_sv_tage"]), 360))
            base[branch] = min(self.once, max(0, limit - cents(row, f"vorjahr_sv_brutto_{branch}")))
        kv, rv, av, _ = self.digits
        self.out["sv_brutto_kv_vorjahr"] = base["kv"] if kv else 0
        self.out["sv_brutto_rv_vorjahr"] = base["rv"] if rv or av else 0
        midi, self.midi = self.midi, False
        self._shares(base, year, percent(row, "vorjahr_zusatzbeitrag"), False)
        self.midi = midi

    def _shares(self, base: dict[str, int], year: int, extra: F, alone: bool) -> None:
        kv, rv, av, pv = self.digits
        halves = (("kv", "kv", kv in (1, 3, 9), F(70 if kv == 3 else 73, 1000), False),
                  ("zb", "kv", kv in (1, 3, 9), extra / 2, False),
                  ("rv", "rv", rv in (1, 3), F(93, 1000), rv == 3), ("av", "rv", av in (1, 2), F(13, 1000), av == 2))
        for branch, source, liable, half, employer_only in halves:
            if liable:
                whole = self.be if self.midi else base[source]
                one = r2(whole * half)
                own = 0 if employer_only else r2(self.be_an * half) if self.midi else one
                self._add(branch, own, one if employer_only else 2 * one - own, alone)
        if pv == 1:
            self._care(base["kv"], year, alone)

    def _care(self, base: int, year: int, alone: bool) -> None:
        rate, before = F(LAW[year][5]) / 100, F(1, 100) if self.row.get("sachsen") == "ja" else F(0)
        half = (rate - before) / 2
        less = F(25, 10_000) * max(0, min(int(self.row.get("kinder_unter_25") or 0), 5) - 1)
        if self.midi:
            base = self.be
            own = r2(self.be_an * half) + r2(self.be * before) - r2(self.be_an * less)
            employer = 2 * r2(self.be * half) - r2(self.be_an * half)
        else:
            own, employer = r2(base * (half + before - less)), r2(base * half)
        self._add("pv", own + (r2(base * F(6, 1000)) if self.surcharge() else 0), employer, alone)

    def _add(self, branch: str, own: int, employer: int, alone: bool) -> None:
        self.out[f"{branch}_an"] += 0 if alone else own
        self.out[f"{branch}_ag"] += employer + (own if alone else 0)

    def surcharge(self) -> bool:
        """From the month after the month in which the 23rd year of life is completed; born since 1940."""
        if self.row.get("kinderlos") != "ja" or not self.row.get("geburtsdatum"):
            return False
        born = date.fromisoformat(self.row["geburtsdatum"])
        completed = (born.year + 23) * 12 + born.month - (2 if born.day == 1 else 1)
        return born >= date(1940, 1, 1) and self.year * 12 + self.month - 1 > completed

    def _subsidy(self) -> None:
        if self.digits[0] or self.group not in (101, 102, 103, 119, 120):
            return
        base, out, row = self.base["kv"], self.out, self.row
        before = F(1, 100) if row.get("sachsen") == "ja" else F(0)
        care = r2(base * (F(LAW[self.year][5]) / 100 - before) / 2)
        if row.get("kv_art") == "privat":
            rate = F(73, 1000) + F(LAW[self.year][2]) / 200
            out["zuschuss_kv"] = min(r2(base * rate), r2(F(cents(row, "pkv_beitrag_monat"), 2)))
            out["zuschuss_pv"] = min(care, r2(F(cents(row, "ppv_beitrag_monat"), 2)))
        elif row.get("kv_art") == "freiwillig":
            out["zuschuss_kv"] = r2(base * F(73, 1000)) + r2(base * percent(row, "zusatzbeitrag") / 2)
            out["zuschuss_pv"] = care

    def _plan(self) -> None:
        """The fields of the ministry's plan."""
        row, out = self.row, self.out
        taxable = 0 if self.mini else self.current + self.extra + self.vwl + out["zv_individuell"]
        self.out["steuerbrutto"] = taxable + (0 if self.mini else self.once)
        if self.mini:
            return
        private, children = row.get("kv_art") == "privat", int(row.get("kinder_unter_25") or 0)
        subsidies = out["zuschuss_kv"] + out["zuschuss_pv"]
        born = date.fromisoformat(row["geburtsdatum"])
        old = born <= date(self.year - 64, 1, 1)
        self.plan = {
            "lzz": 4 if self.partial else 2, "re4": r2(F(taxable, self.days)) if self.partial else taxable,
            "stkl": int(row["steuerklasse"]), "f": int(F(row["faktor"]) * 1000) if row.get("faktor") else 1000,
            "zkf": int(F(row.get("kinderfreibetraege") or 0) * 10),
            "r": int((row.get("konfession") or "keine") != "keine"),
            "lzzfreib": 0 if self.partial else cents(row, "freibetrag_monat"),
            "lzzhinzu": 0 if self.partial else cents(row, "hinzurechnung_monat"),
            "jfreib": cents(row, "freibetrag_jahr"), "jhinzu": cents(row, "hinzurechnung_jahr"),
            "jre4": cents(row, "jahresarbeitslohn_erwartet"), "sonstb": self.once,
            "krv": int(self.digits[1] != 1), "alv": int(self.year >= 2026 and self.digits[2] != 1),
            "pkv": int(private) * (2 if self.year < 2026 and subsidies else 1),
            "kvz": int(F(row["zusatzbeitrag"]) * 100) if row.get("zusatzbeitrag") else 0,
            "pvs": int(row.get("sachsen") == "ja"), "pvz": int(self.surcharge()),
            "pva": max(0, min(children, 5) - 1), "pkpv": cents(row, "pkv_basis_monat"),
            "pkpvagz": subsidies if self.year >= 2026 else 0,
            "alter1": int(old), "ajahr": (born.year + 64 if (born.month, born.day) == (1, 1) else born.year + 65) * old,
        }

    def finish(self, tax: dict[str, int]) -> dict[str, int]:
        """Taxes from the plan's outputs, net and the employer's cost."""
        row, out, times = self.row, self.out, self.days if self.partial else 1
        member = self._church() if (row.get("konfession") or "keine") != "keine" else F(0)
        single = max(0, tax.get("sts", 0))
        out["lohnsteuer_einmal"] = single
        out["lohnsteuer"] = tax.get("lstlzz", 0) * times + single
        out["soli"] = tax.get("solzlzz", 0) * times + tax.get("solzs", 0)
        out["kirchensteuer"] = floor(tax.get("bk", 0) * times * member) + floor(tax.get("bks", 0) * member)
        own = sum(out[f"{branch}_an"] for branch in ("kv", "zb", "pv", "rv", "av"))
        out["kv_gesamt_an"] = out["kv_an"] + out["zb_an"]
        out["netto"] = (out["gesamtbrutto"] - out["lohnsteuer"] - out["soli"] - out["kirchensteuer"] - own
                        - out["zv_an"])
        subsidies = out["zuschuss_kv"] + out["zuschuss_pv"]
        out["auszahlung"] = (out["netto"] + subsidies - cents(row, "vwl_sparbetrag") - cents(row, "sonstige_abzuege"))
        shares = sum(out[f"{branch}_ag"] for branch in ("kv", "zb", "pv", "rv", "av"))
        levies = ("u2", "pauschsteuer_2", "zv_umlage", "zv_sanierungsgeld", "zv_pauschalsteuer", "zv_pauschal_soli",
                  "zv_pauschal_kist")
        out["ag_kosten"] = out["gesamtbrutto"] + shares + subsidies + sum(out[name] for name in levies)
        return out
