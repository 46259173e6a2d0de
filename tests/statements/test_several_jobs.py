"""Mehrfachbeschäftigung auf der Abrechnung (§ 1 Entgeltbescheinigungsverordnung), Beträge bleiben beim Umbruch ganz."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from payroll.statements import publish
from payroll.statements.pdf.sheet import Sheet


@pytest.mark.parametrize(("inputs", "several"), [
    ({"weiteres_entgelt": 64_000}, True), ({"anderswo_minijobs": 1}, True), ({"anderswo_versicherte": 1}, True),
    ({"weiteres_entgelt": 0, "anderswo_minijobs": 0}, False), ({}, False)])
def test_a_job_elsewhere_is_said(inputs: dict[str, int], several: bool) -> None:
    known = SimpleNamespace(insurance={}, pension={})
    sheet = SimpleNamespace(eingaben=inputs, werte={})
    assert publish._insurance(known, 1, sheet).mehrfachbeschaeftigt is several  # type: ignore[arg-type]  # stand-ins


def test_an_amount_and_its_currency_stay_on_one_line() -> None:
    drawn = Sheet.__new__(Sheet)
    drawn.width = lambda text, size, weight="regular": float(len(text))  # type: ignore[method-assign]  # a letter: 1
    rows = Sheet.wrap(drawn, "Darlehen, Rate, danach offen 2.100,00 €", 37.5, 8)
    assert rows == ["Darlehen, Rate, danach offen", "2.100,00\u00a0€"]
