"""The fingerprint: the same in every process, another one as soon as a result could change."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import replace
from datetime import date
from fractions import Fraction
from pathlib import Path

from payroll.law.engine import Count, Exact, Lookup, Money, Overlay, Rate, RuleBook, RuleSet, euro, half_up, rule
from payroll.law.engine.fingerprint import bare_code, canonical
from payroll.law.engine.rule import rule_of

HERE = Path(__file__).parent
DAY = date(2021, 6, 1)
SHARE = Rate(1, 3)


def helped(amount: Money) -> Exact:
    return amount * SHARE  # type: ignore[no-any-return]  # an unrounded amount


@rule(law="§ 1", unit="euro", since="2020-01-01")
def third(lohn: Money) -> Money:
    """Ein Drittel"""
    return half_up(helped(lohn))


def of(rules: RuleSet) -> str:
    return replace(rules).fingerprint


def test_the_same_in_another_process(island: RuleBook) -> None:
    code = ("from datetime import date; from conftest import island_book; "
            "print(island_book().build(date(2021, 6, 1)).fingerprint)")
    root = HERE.parents[2]
    found = set()
    for seed in ("1", "2"):
        env = {**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": os.pathsep.join((str(root), str(HERE)))}
        done = subprocess.run([sys.executable, "-c", code], env=env, capture_output=True, text=True, check=True)
        found.add(done.stdout.strip())
    assert found == {island.build(DAY).fingerprint}
    assert len(found.pop()) == 64


def test_another_number_of_law_gives_another_fingerprint(island: RuleBook) -> None:
    same = island.with_overlays([Overlay("matrosengeld", date(2021, 1, 1), 25, "Beschluss")])
    other = island.with_overlays([Overlay("matrosengeld", date(2021, 1, 1), 26, "Beschluss")])
    assert same.build(DAY).fingerprint == island.build(DAY).fingerprint
    assert other.build(DAY).fingerprint != island.build(DAY).fingerprint


def test_other_days_of_the_same_law_share_it(island: RuleBook) -> None:
    assert island.build(date(2021, 12, 31)).fingerprint == island.build(DAY).fingerprint
    assert island.build(date(2022, 1, 1)).fingerprint != island.build(DAY).fingerprint


def test_source_wiring_and_helpers_count(island: RuleBook) -> None:
    base = RuleBook([rule_of(third, "a")], island.inputs.values(), [], {})
    before = of(base.build(DAY))
    helped.__globals__["SHARE"] = Rate(1, 4)
    try:
        assert of(base.build(DAY)) != before
    finally:
        helped.__globals__["SHARE"] = Rate(1, 3)
    assert of(base.build(DAY)) == before
    rewired = replace(base.build(DAY), nodes={"third": replace(base.build(DAY).nodes["third"], sources=("bonus",))})
    assert rewired.fingerprint != before


def test_words_and_layout_do_not_count_but_code_does() -> None:
    plain = "def netto(lohn: Money) -> Money:\n    return lohn + euro(2)\n"
    dressed = ("@rule(law='§ 1', unit='euro')\ndef netto(lohn: Money) -> Money:\n    \"\"\"Netto.\"\"\"\n"
               "    # zwei Taler\n    return (lohn\n            + euro(2))\n")
    assert bare_code(dressed) == bare_code(plain)
    assert bare_code(plain.replace("euro(2)", "euro(3)")) != bare_code(plain)


def test_constants_have_a_stable_text() -> None:
    assert canonical((1, "a", Fraction(1, 3), None)) == "(1, 'a', 1/3, None)"
    assert canonical({"b": {3, 1}, "a": euro(2)}) == "{'a': Money(200/1), 'b': {1, 3}}"
    assert canonical(Lookup(Count, [1, None], first=5)) == "Lookup(Count, 5, 1, fault, [1, None])"
