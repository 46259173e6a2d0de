"""Random employments, computed a second time one by one with fractions, written straight from the rules of the law.

The figures below are typed in again by hand from the ordinances, so a slip in a parameter file shows too.
"""

from __future__ import annotations

import random
from datetime import date
from fractions import Fraction as F
from typing import Any

import pytest

from payroll.law.calculate import rule_book
from payroll.law.engine import evaluate

# year: ceiling KV, PV, RV, RV east; average additional rate, care rate; Minijob limit, factor, Bezugsgröße a month
YEARS: dict[int, tuple[int, int, int, int, str, str, int, str, int]] = {
    2023: (59850, 59850, 87600, 85200, "1.6", "3.4", 520, "0", 3395),
    2024: (62100, 62100, 90600, 89400, "1.7", "3.4", 538, "0.6846", 3535),
    2025: (66150, 66150, 96600, 96600, "2.5", "3.6", 556, "0.6683", 3745),
    2026: (69750, 69750, 101400, 101400, "2.9", "3.6", 603, "0.6619", 3955),
    2027: (76500, 72900, 106200, 106200, "2.9", "3.6", 633, "0.7683", 3955),
}
EAST = {2023, 2024}
REFERENCE_EAST = {2024: 3465}  # SVBezGrV 2024: 41,580 a year in the east, the last year with a value of its own
Row = dict[str, int]
OUTPUTS = ("kv_an", "zb_an", "pv_an", "rv_an", "av_an", "kv_ag", "zb_ag", "pv_ag", "rv_ag", "av_ag", "u2",
           "pauschsteuer_2", "zuschuss_kv", "zuschuss_pv", "be_gesamt", "be_an", "sv_brutto_kv", "sv_brutto_rv",
           "sv_brutto_kv_vorjahr", "sv_brutto_rv_vorjahr", "ist_midijob", "ist_minijob")


def r2(cents: F) -> int:
    """Half a cent away from zero."""
    sign = -1 if cents < 0 else 1
    return sign * int(abs(cents) + F(1, 2))


def pct(text: str) -> F:
    return F(text) / 100


class Plain:
    """One employment in one month."""

    def __init__(self, month: date, row: Row) -> None:
        self.month, self.row = month, row
        self.kv, self.rv, self.av, self.pv = (row[f"beitragsgruppe_{b}"] for b in ("kv", "rv", "av", "pv"))
        self.group, self.days = row["personengruppe"], row["sv_tage"]
        self.pay, self.once = row["sv_entgelt_laufend"], row["sv_entgelt_einmalig"]
        self.out: dict[str, int] = dict.fromkeys(OUTPUTS, 0)

    def ceiling(self, year: int, branch: str) -> int:
        values = YEARS[year]
        east = branch == "rv" and self.row["sv_ost"] and year in EAST
        return {"kv": values[0], "pv": values[1], "rv": values[3] if east else values[2]}[branch] * 100

    def bases(self) -> None:
        """Current and one-off pay under the ceilings; the March clause."""
        year = self.month.year
        self.current: dict[str, int] = {}
        room: dict[str, int] = {}
        for branch in ("kv", "pv", "rv"):
            limit = r2(F(self.ceiling(year, branch) * self.days, 360))
            own, other = min(self.pay, limit), min(self.row["weiteres_entgelt"], limit)
            self.current[branch] = r2(F(limit * own, own + other)) if own + other > limit else own
            so_far = self.row["sv_brutto_rv_bisher" if branch == "rv" else "sv_brutto_kv_bisher"]
            total = r2(F(self.ceiling(year, branch) * (self.row["sv_tage_bisher"] + self.days), 360))
            room[branch] = max(0, total - so_far - self.current[branch])
        decisive = room["kv"] if self.kv in (1, 3) else room["rv"]
        self.march = (self.once != 0 and self.group != 109 and self.month.month <= 3
                      and self.row["vorjahr_sv_tage"] >= 0 and self.once > decisive)
        kept = 0 if self.march else self.once
        self.kept = kept
        east = REFERENCE_EAST.get(year) if self.row["sv_ost"] else None
        reference = (east or YEARS[year][8]) * 100
        least = r2(F(reference * self.days, 3000)) if self.group in (105, 121) else 0
        self.base = {b: self.current[b] + min(kept, room[b]) for b in ("kv", "pv")}
        self.base["rv"] = max(self.current["rv"] + min(kept, room["rv"]), least)
        self.base["av"] = self.base["rv"]
        if self.group == 123 and self.row["dienst_nach_beschaeftigung"]:
            self.base["av"] = r2(F(reference * self.days, 30))

    def midijob(self) -> None:
        """Whether the reduced bases apply, and how much they are."""
        limit, upper = YEARS[self.month.year][6] * 100, 200_000
        factor = F(YEARS[self.month.year][7])
        regular = self.row["regelmaessiges_entgelt"]
        regular = self.pay + self.row["weiteres_entgelt"] if regular < 0 else regular
        self.midi = self.group in (101, 106, 119, 120) and limit < regular <= upper
        whole = self.pay + self.kept + self.row["weiteres_entgelt"]
        self.formula = self.midi and whole * 30 <= upper * self.days
        self.be = self.be_an = self.be_current = 0
        if not self.formula:
            return
        share = F(self.pay + self.kept, whole) if whole else F(0)

        def reduced(pay: int) -> tuple[F, F]:
            full = F(pay * 30, self.days)
            if full <= limit:
                return full * factor * F(self.days, 30), F(0)
            up, low = F(upper, upper - limit), F(limit, upper - limit)
            be = factor * limit + (up - low * factor) * (full - limit)
            return be * F(self.days, 30), up * (full - limit) * F(self.days, 30)

        be, be_an = reduced(whole)
        self.be, self.be_an = r2(be * share), r2(be_an * share)
        self.be_current = self.be if not self.kept else r2(reduced(self.pay)[0])

    def care_rates(self, year: int) -> tuple[F, F]:
        """Employer's rate and employee's rate with discount, without surcharge."""
        rate, alone = pct(YEARS[year][5]), pct("1.0") if self.row["sachsen"] else F(0)
        discount = pct("0.25") * max(0, min(self.row["kinder_unter_25"], 5) - 1)
        return (rate - alone) / 2, (rate + alone) / 2 - discount

    def add(self, branch: str, employee: int, employer: int, alone: bool) -> None:
        self.out[f"{branch}_an"] += 0 if alone else employee
        self.out[f"{branch}_ag"] += employer + (employee if alone else 0)

    def share(self, bases: dict[str, int], year: int, additional: F, alone: bool, reduced: bool = False) -> None:
        """All branches on these bases, half and half, or everything on the employer."""
        kv_half = pct("7.0") if self.kv == 3 else pct("7.3")
        halves = {"kv": kv_half, "zb": additional / 2, "rv": pct("9.3"), "av": pct("1.3")}
        liable = {"kv": self.kv in (1, 3, 9), "rv": self.rv in (1, 3), "av": self.av in (1, 2)}
        for branch, half in halves.items():
            source = "kv" if branch == "zb" else branch
            if not liable[source] or (source == "rv" and self.group == 109):
                continue
            amount = r2(bases[source] * half)
            if (branch, self.rv) == ("rv", 3) or (branch, self.av) == ("av", 2):
                self.out[f"{branch}_ag"] += amount
            elif reduced:
                employee = r2(self.be_an * half)
                self.add(branch, employee, 2 * amount - employee, alone)
            else:
                self.add(branch, amount, amount, alone)
        if self.pv == 1:
            self.care(bases["pv"], year, alone, reduced)

    def care(self, base: int, year: int, alone: bool, reduced: bool) -> None:
        employer_rate, employee_rate = self.care_rates(year)
        employee, employer = r2(base * employee_rate), r2(base * employer_rate)
        if reduced:
            own = pct("1.0") if self.row["sachsen"] else F(0)
            discount = employer_rate + own - employee_rate
            mine = r2(self.be_an * employer_rate)
            employer = 2 * r2(base * employer_rate) - mine
            employee = mine + r2(base * own) - r2(self.be_an * discount)
        if self.row["kinderlos_zuschlag"]:
            employee += r2(base * pct("0.6"))
        self.add("pv", employee, employer, alone)

    def prior_year(self, alone: bool) -> None:
        year = self.month.year - 1
        left: dict[str, int] = {}
        for branch in ("kv", "pv", "rv"):
            used = self.row["vorjahr_sv_brutto_rv" if branch == "rv" else "vorjahr_sv_brutto_kv"]
            limit = r2(F(self.ceiling(year, branch) * self.row["vorjahr_sv_tage"], 360))
            left[branch] = min(self.once, max(0, limit - used))
        left["av"] = left["rv"]
        if self.kv in (1, 3, 9):
            self.out["sv_brutto_kv_vorjahr"] = left["kv"]
        if self.rv in (1, 3) or self.av in (1, 2):
            self.out["sv_brutto_rv_vorjahr"] = left["rv"]
        self.share(left, year, F(self.row["vorjahr_zusatzbeitrag"], 1_000_000), alone)

    def minijob(self) -> None:
        pay, least = self.pay + self.once, r2(F(17_500 * self.days, 30))
        self.out["kv_ag"] = r2(pay * (pct("13") if self.month.year < 2027 else pct("17.5"))) if self.kv == 6 else 0
        self.out["rv_ag"] = r2(pay * pct("15"))
        self.out["rv_an"] = r2(max(pay, least) * pct("18.6")) - self.out["rv_ag"] if self.rv == 1 else 0
        self.out["pauschsteuer_2"] = r2(pay * pct("2"))
        self.out["sv_brutto_kv"], self.out["sv_brutto_rv"] = pay if self.kv == 6 else 0, pay

    def subsidies(self) -> None:
        if self.kv != 0 or self.group not in (101, 102, 103, 119, 120):
            return
        employer_rate, _ = self.care_rates(self.month.year)
        kv, pv, average = self.base["kv"], self.base["pv"], pct(YEARS[self.month.year][4])
        if self.row["kv_art"] == 2:
            self.out["zuschuss_kv"] = min(r2(kv * (pct("7.3") + average / 2)), r2(F(self.row["pkv_beitrag_monat"], 2)))
            self.out["zuschuss_pv"] = min(r2(pv * employer_rate), r2(F(self.row["ppv_beitrag_monat"], 2)))
        elif self.row["kv_art"] == 1:
            half = F(self.row["zusatzbeitrag"], 2_000_000)
            self.out["zuschuss_kv"] = r2(kv * pct("7.3")) + r2(kv * half)
            self.out["zuschuss_pv"] = r2(pv * employer_rate)

    def compute(self) -> dict[str, int]:
        self.bases()
        self.midijob()
        year, out = self.month.year, self.out
        low = self.group in (105, 121) and self.pay <= 32_500
        alone = low or self.group == 123
        additional = pct(YEARS[year][4]) if alone else F(self.row["zusatzbeitrag"], 1_000_000)
        if self.group == 109:
            self.minijob()
        elif self.formula:
            self.share(dict.fromkeys(("kv", "pv", "rv", "av"), self.be), year, additional, alone, reduced=True)
        elif low:
            self.share({b: min(v, 32_500) for b, v in self.base.items()}, year, additional, alone=True)
            self.share({b: max(0, v - 32_500) for b, v in self.base.items()}, year, additional, alone=False)
        else:
            self.share(self.base, year, additional, alone)
        if self.march:
            self.prior_year(self.group == 123)
        if self.group == 103 and self.rv == 1:
            top = F(r2(F(self.ceiling(year, "rv") * self.days, 360)) * 9, 10) - self.pay
            out["rv_ag"] += 2 * r2(r2(max(F(0), min(F(self.pay * 8, 10), top))) * pct("9.3"))
        self.subsidies()
        if self.group not in (0, 190):
            base = self.be_current if self.formula else self.current["rv"]
            out["u2"] = r2(base * F(self.row["u2_satz"], 1_000_000))
        out["ist_midijob"], out["ist_minijob"] = int(self.midi), int(self.group == 109)
        if self.formula:
            out["be_gesamt"], out["be_an"] = self.be, self.be_an
        if self.group != 109:
            actual = self.pay + self.kept
            out["sv_brutto_kv"] = (actual if self.formula else self.base["kv"]) if self.kv in (1, 3, 9) else 0
            rv = self.rv in (1, 3) or self.av in (1, 2)
            out["sv_brutto_rv"] = (actual if self.formula else self.base["rv"]) if rv else 0
        return out


KINDS = [(101, "1111", 0), (101, "1111", 0), (101, "1111", 0), (101, "9111", 1), (101, "0110", 1), (101, "0110", 2),
         (101, "1121", 0), (101, "3101", 0), (102, "1111", 0), (103, "1111", 0), (103, "0110", 2), (105, "0110", 3),
         (105, "1111", 0), (106, "0100", 3), (109, "6100", 0), (109, "6500", 0), (109, "0100", 2), (109, "0500", 2),
         (110, "0000", 3), (119, "3321", 0), (119, "0320", 2), (120, "3111", 0), (120, "3121", 0), (121, "1111", 0),
         (123, "1111", 0), (190, "0000", 3), (0, "0000", 2)]


def random_row(dice: random.Random, month: date) -> Row:
    """An employment that the law can decide."""
    group, digits, kind = dice.choice(KINDS)
    top = {109: 80_000, 105: 40_000, 121: 60_000, 123: 60_000}.get(group, 1_100_000)
    pay = dice.choice([dice.randint(0, top), dice.randint(0, min(top, 210_000)), dice.randint(0, min(top, 70_000))])
    regular = dice.choice([-1, 200_000, 200_001, dice.randint(50_000, 250_000)])
    days = 30 if dice.random() < 0.7 else dice.randint(1, 29)
    before = dice.randint(0, 30 * (month.month - 1))
    last = dice.choice([-1, 0, 360, dice.randint(1, 360)])
    once = dice.choice([0, 0, dice.randint(1, 300_000), dice.randint(1, 1_500_000)])
    childless = dice.random() < 0.3
    return {
        **{f"beitragsgruppe_{b}": int(d) for b, d in zip(("kv", "rv", "av", "pv"), digits, strict=True)},
        "personengruppe": group, "kv_art": kind, "sv_entgelt_laufend": pay, "sv_entgelt_einmalig": once,
        "weiteres_entgelt": dice.choice([0, 0, 0, dice.randint(1, 150_000)]) if group in (101, 103, 120) else 0,
        "regelmaessiges_entgelt": regular,
        "sv_tage": days, "sv_tage_bisher": before, "sv_brutto_kv_bisher": dice.randint(0, 1 + before * 19_000),
        "sv_brutto_rv_bisher": dice.randint(0, 1 + before * 28_000), "vorjahr_sv_tage": last,
        "vorjahr_sv_brutto_kv": dice.randint(0, 1 + max(last, 0) * 18_000),
        "vorjahr_sv_brutto_rv": dice.randint(0, 1 + max(last, 0) * 26_000),
        "vorjahr_zusatzbeitrag": dice.randint(0, 500) * 100, "zusatzbeitrag": dice.randint(0, 500) * 100,
        "kinderlos_zuschlag": int(childless), "kinder_unter_25": 0 if childless else dice.randint(0, 7),
        "sachsen": int(dice.random() < 0.2), "sv_ost": int(dice.random() < 0.2), "u2_satz": dice.randint(0, 100) * 100,
        "pkv_beitrag_monat": dice.randint(0, 120_000), "ppv_beitrag_monat": dice.randint(0, 25_000),
        "dienst_nach_beschaeftigung": int(dice.random() < 0.3),
    }


@pytest.mark.parametrize("month", [date(2024, 1, 1), date(2024, 12, 1), date(2025, 2, 1), date(2025, 11, 1),
                                   date(2026, 3, 1), date(2026, 7, 1), date(2027, 1, 1)], ids=str)
def test_random_employments_agree_with_the_plain_calculation(month: date) -> None:
    dice = random.Random(month.toordinal())
    rows = [random_row(dice, month) for _ in range(700)]
    columns: dict[str, Any] = {name: [row[name] for row in rows] for name in rows[0]}
    columns["kalendermonat"] = month.month
    result = evaluate(rule_book("sozialversicherung").build(month), columns, OUTPUTS)
    assert not result.faults
    computed = {name: result.cents(name) for name in OUTPUTS}
    wrong: list[tuple[Row, dict[str, tuple[int, int]]]] = []
    for index, row in enumerate(rows):
        plain = Plain(month, row).compute()
        differing = {n: (int(computed[n][index]), plain[n]) for n in OUTPUTS if computed[n][index] != plain[n]}
        if differing:
            wrong.append((row, differing))
    assert not wrong, f"{len(wrong)} rows, first: {wrong[0]}"


def test_the_random_employments_reach_every_branch() -> None:
    dice = random.Random(1)
    cases = [Plain(date(2026, 3, 1), random_row(dice, date(2026, 3, 1))) for _ in range(3000)]
    reached = [case.compute() for case in cases]
    assert sum(case.formula for case in cases) > 200
    assert sum(case.march for case in cases) > 200
    for name in OUTPUTS:
        assert sum(out[name] != 0 for out in reached) > 20, name
