"""The columns that checks look at, and what a check is."""

from __future__ import annotations

import calendar
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

import numpy as np

from payroll.law.calculate import law_of, rule_book
from payroll.law.encode import KV_ARTEN, STATUS, TARIFWERKE, ZUSATZVERSORGUNGEN, day_number

Mask = Any  # bool column, one value per row
# Columns that gross to net does not take: code of the tariff of the pay table (-1 for a given amount), what a run knows
# about other employments of the person and about months it did not pay itself.
EXTRA = {"tarifwerk": -1, "weitere_versicherte": 0, "minijobs_anzahl": 0, "minijobs_entgelt": 0,
         "haupt_beim_arbeitgeber": 0, "haupt_anderswo": 0, "vortrag_fehlt": 0, "schon_im_vorjahr": 0,
         "kurzfristig_jahr_arbeitstage": 0, "kurzfristig_jahr_kalendertage": 0, "kurzfristig_anzahl": 0,
         "kurzfristig_dauer": 0, "kurzfristig_arbeitstage": 0, "kurzfristig_stunden": 0, "berufsmaessig": 0,
         "pauschal_40a_lohn": 0, "individuell_daneben": 0}


@dataclass(frozen=True)
class Facts:
    """Input columns of gross to net of one month (integers as the law takes them); a missing one has its default."""

    month: date
    columns: Mapping[str, Any]
    rows: int

    def __getitem__(self, name: str) -> Any:
        """The column of that name, int64."""
        given = self.columns.get(name)
        if given is None:
            given = EXTRA[name] if name in EXTRA else law_of(self.month).inputs[name].default or 0
        return np.broadcast_to(np.asarray(given, dtype=np.int64), self.rows)

    def status(self, *names: str) -> Mask:
        """Rows of these kinds of employment."""
        return np.isin(self["status"], [STATUS.index(name) for name in names])

    def kv_art(self, *names: str) -> Mask:
        """Rows insured in one of these ways."""
        return np.isin(self["kv_art"], [KV_ARTEN.index(name) for name in names])

    def tariff(self, *beginnings: str) -> Mask:
        """Rows paid by a table whose name begins so, e.g. "NRW-"."""
        return np.isin(self["tarifwerk"], [code for code, name in enumerate(TARIFWERKE) if name.startswith(beginnings)])

    @property
    def pension_fund(self) -> Mask:
        """Rows with a supplementary pension."""
        return self["zusatzversorgung"] != ZUSATZVERSORGUNGEN.index("keine")

    @cached_property
    def any_branch(self) -> Mask:
        """Rows that are insured in at least one branch."""
        return sum(self[f"beitragsgruppe_{branch}"] for branch in ("kv", "rv", "av", "pv")) > 0

    @cached_property
    def regular_pay(self) -> Any:
        """Regular pay of a month in cents: the given one, else the current pay of this month."""
        given = self["regelmaessiges_entgelt"]
        return np.where(given >= 0, given, self.current_pay)

    @cached_property
    def current_pay(self) -> Any:
        """Current pay of this month in cents."""
        return np.maximum(self["brutto"], 0) + self["zulagen"] + self["vwl_ag"]

    @cached_property
    def age(self) -> Any:
        """Completed years on the last day of the month; -1 without a date of birth."""
        return self._age_on(self.month.replace(day=calendar.monthrange(self.month.year, self.month.month)[1]))

    @cached_property
    def age_before(self) -> Any:
        """Years completed before the month began (§ 187 Abs. 2 BGB: the day before the birthday completes them)."""
        return self._age_on(self.month)

    def _age_on(self, day: date) -> Any:
        born = self["geburtsdatum"]
        return np.where(born > 0, (day_number(day) - born) // 10000, -1)

    def cents(self, parameter: str) -> int | None:
        """A sum of law of the month in cents; None where none is known."""
        value = rule_book().parameters[parameter].argument(self.month)
        return None if value is None else int(value.num)


@dataclass(frozen=True)
class Check:
    """One impossible or doubtful combination.

    stufe: "fehler" (what would be computed is wrong, the person is not paid), "warnung", "hinweis". field: input it is
    about. rule, law, remedy: German texts. test: the rows that it concerns.
    """

    name: str
    stufe: str
    field: str
    rule: str
    law: str
    remedy: str
    test: Callable[[Facts], Mask]
