"""An invented plan with every construct, its results worked out by hand, and columns against single rows."""

from decimal import ROUND_DOWN, ROUND_UP, Decimal
from pathlib import Path
from random import Random

import numpy as np
import pytest
from made_up import MADE_UP, assign, small_plan
from pap_interpreter import Plan as Interpreter

from payroll.law.engine import InputError
from payroll.law.plan import Plan, PlanError, read_plan

OUTPUTS = ("lstlzz", "bk", "sts", "vfrb", "wvfrb")


@pytest.fixture(scope="module")
def plan() -> Plan:
    return read_plan(MADE_UP)


def written(tmp_path: Path, text: str) -> Plan:
    path = tmp_path / "plan.xml"
    path.write_text(text, encoding="utf-8-sig")
    return read_plan(path)


def test_what_the_plan_says_about_itself(plan: Plan, tmp_path: Path) -> None:
    assert (plan.name, plan.year, plan.first_month, plan.outputs) == ("Lohnsteuer2031", 2031, 1, OUTPUTS)
    assert {one.name: (one.kind, one.default, one.den) for one in plan.inputs} == {
        "af": ("int", 1, 1), "f": ("double", 1000, 1000), "re4": ("BigDecimal", 0, 1), "sonstb": ("BigDecimal", 0, 1),
        "kvz": ("BigDecimal", 0, 100), "stkl": ("int", 1, 1), "vjahr": ("int", 0, 1), "neu": ("BigDecimal", 25, 10)}
    assert plan.new_inputs == ("neu",)
    assert len(plan.digest) == 64
    december = written(tmp_path, small_plan("", name="Lohnsteuer2024Dezember"))
    assert (december.year, december.first_month) == (2024, 12)


def by_hand(case: dict[str, int]) -> tuple[int, ...]:
    """The invented plan in Decimal, one case."""
    factor = Decimal(case["f"]) / 1000 if case["af"] else Decimal(1)
    step = 1 if case["vjahr"] < 2006 else (case["vjahr"] - 2004) % 4
    rate = Decimal(case["kvz"]) / 100 / 2 / 100 + [Decimal(0), Decimal("0.4"), Decimal("0.384"), Decimal(3)][step]
    tax = (case["re4"] * rate * factor).quantize(Decimal(1), ROUND_DOWN)
    sts = bk = vfrb = Decimal(0)
    if case["sonstb"] and (Decimal(case["re4"]) / case["sonstb"]).quantize(Decimal("0.01"), ROUND_DOWN) < 10:
        sts = (Decimal(case["sonstb"]) / 12).quantize(Decimal(1), ROUND_UP)
    x = Decimal(1)
    if case["stkl"] == 3 or case["stkl"] > 4:
        x = Decimal(case["re4"] - 50000)
        bk = (x / 100).quantize(Decimal(1), ROUND_DOWN)
        vfrb = Decimal((x > 0) - (x < 0) + 36 + step // 2)
    return int(tax), int(bk), int(sts), int(vfrb), int(abs(min(max(Decimal(case["neu"]) * 10, -x), Decimal(1900))))


def test_every_construct_on_random_rows_equals_the_work_by_hand(plan: Plan) -> None:
    rng = Random("made up")
    cases = [{"af": rng.randint(0, 1), "f": rng.randint(1, 1500), "kvz": rng.randint(0, 500),
              "re4": rng.choice((rng.randint(-10**4, 10**5), rng.randint(0, 10**9), 50000)),
              "sonstb": rng.choice((0, rng.randint(-10**6, 10**8))), "stkl": rng.randint(1, 6),
              "vjahr": rng.choice((0, rng.randint(2000, 2060))), "neu": rng.randint(-9, 300)} for _ in range(40_000)]
    columns = {name: np.array([case[name] for case in cases]) for name in cases[0]}
    found = plan.evaluate(columns, len(cases))
    assert list(zip(*(found[name].tolist() for name in OUTPUTS), strict=True)) == [by_hand(case) for case in cases]
    for row in range(0, 40_000, 997):
        alone = plan.evaluate({name: int(column[row]) for name, column in columns.items()}, 1)
        assert tuple(int(alone[name][0]) for name in OUTPUTS) == by_hand(cases[row])


@pytest.mark.parametrize("mode", ["UP", "DOWN", "CEILING", "FLOOR", "HALF_UP", "HALF_DOWN", "HALF_EVEN"])
def test_roundings_as_the_decimal_module_has_them(tmp_path: Path, mode: str) -> None:
    plan = written(tmp_path, assign(f"LSTLZZ = RE4.divide(BigDecimal.valueOf(8), 0, BigDecimal.ROUND_{mode})"))
    cents = [*range(-40, 41), 10**24 + 4, -(10**24) - 4]
    expected = [int((Decimal(c) / 8).quantize(Decimal(1), f"ROUND_{mode}")) for c in cents]
    assert plan.evaluate({"re4": np.array(cents, dtype=object)}, len(cents))["lstlzz"].tolist() == expected
    assert plan.evaluate({"re4": np.array(cents[:81])}, 81)["lstlzz"].tolist() == expected[:81]
    assert [int(plan.evaluate({"re4": c}, 1)["lstlzz"][0]) for c in cents] == expected
    eighth = "RE4.multiply(BigDecimal.valueOf(0.125))"
    scaled = written(tmp_path, assign(f"LSTLZZ = {eighth}.setScale(0, RoundingMode.{mode})"))
    assert scaled.evaluate({"re4": np.array(cents[:81])}, 81)["lstlzz"].tolist() == expected[:81]


def test_beyond_int64_the_numbers_stay_exact(tmp_path: Path) -> None:
    plan = written(tmp_path, small_plan(
        '<EVAL exec="X = RE4.multiply(RE4).add(BigDecimal.valueOf(STKL)).multiply(RE4)"/>'
        '<IF expr="X.compareTo(BigDecimal.valueOf(9000000000000000000)) == 1"><THEN>'
        '<EVAL exec="LSTLZZ = X.divide(RE4).subtract(RE4.multiply(RE4))"/></THEN>'
        '<ELSE><EVAL exec="LSTLZZ = BigDecimal.valueOf(7)"/></ELSE></IF>'))
    re4 = np.array([1, 3_000_000_017, 2_080_083, 2_080_084, 99_999_999_999])
    found = plan.evaluate({"re4": re4, "stkl": np.array([1, 2, 3, 4, 5])}, 5)["lstlzz"]
    assert found.tolist() == [7, 2, 7, 4, 5]


def test_quotients_by_a_column_keep_true_bounds(tmp_path: Path) -> None:
    """Divisors from 1 to 10**9: the quotients by 1 multiplied by themselves are beyond int64."""
    plan = written(tmp_path, small_plan(
        '<EVAL exec="X = BigDecimal.valueOf(5000000000).divide(RE4, 0, BigDecimal.ROUND_DOWN)"/>'
        '<EVAL exec="LSTLZZ = X.multiply(X).multiply(BigDecimal.valueOf(STKL)).add(BigDecimal.ONE)"/>'))
    found = plan.evaluate({"re4": np.array([1, 10**9, -1]), "stkl": np.array([1, 2, 3])}, 3)["lstlzz"]
    assert found.tolist() == [25 * 10**18 + 1, 51, 75 * 10**18 + 1]


def test_thousands_of_writes_that_nobody_reads_do_not_pile_up(tmp_path: Path) -> None:
    plan = written(tmp_path, small_plan(
        '<IF expr="STKL == 1"><THEN><EVAL exec="X = RE4"/></THEN></IF>' * 3_000 + '<EVAL exec="LSTLZZ = X"/>'))
    assert plan.evaluate({"re4": np.array([5, 6, 7]), "stkl": np.array([1, 2, 1])}, 3)["lstlzz"].tolist() == [5, 1, 7]


def test_rows_that_cannot_be_computed_are_named_and_the_others_go_on(tmp_path: Path) -> None:
    table = '<CONSTANT name="TAB" type="BigDecimal[]" value="{BigDecimal.ONE, BigDecimal.valueOf(3)}"/>'
    plan = written(tmp_path, small_plan(
        '<IF expr="STKL &lt; 5"><THEN><EVAL exec="LSTLZZ = RE4.divide(TAB[STKL])"/></THEN></IF>\n'
        '<IF expr="STKL == 6"><THEN><EVAL exec="LSTLZZ = BigDecimal.ONE.divide(RE4)"/></THEN></IF>', "", table))
    result = plan.compute({"re4": np.array([5, 6, 7, 8, 0, 9]), "stkl": np.array([0, 1, 1, 2, 6, 5])}, 6)
    assert result.cents("lstlzz").tolist() == [5, 2, 0, 0, 0, 0]
    assert sorted((fault.row, fault.message) for fault in result.faults) == [
        (2, "Zeile 7, <EVAL> in MAIN: die Division geht nicht auf, und eine Rundung ist nicht angegeben"),
        (3, "Zeile 7, <EVAL> in MAIN: die Tabelle hat keine Stelle 2"),
        (4, "Zeile 8, <EVAL> in MAIN: Division durch null")]
    with pytest.raises(PlanError, match=r"1 Fälle ohne Ergebnis; Fall 1: .*Division durch null"):
        plan.evaluate({"re4": 0, "stkl": 6}, 1)


def test_the_second_condition_is_only_computed_where_it_is_needed(tmp_path: Path) -> None:
    plan = written(tmp_path, small_plan(
        '<IF expr="RE4.compareTo(BigDecimal.ZERO) == 0 || BigDecimal.TEN.divide(RE4).compareTo(BigDecimal.ONE) &gt; 0">'
        '<THEN><EVAL exec="LSTLZZ = BigDecimal.ONE"/></THEN></IF>'))
    result = plan.compute({"re4": np.array([0, 5, 20, 3])}, 4)
    assert result.cents("lstlzz").tolist() == [1, 1, 0, 0]
    assert [fault.row for fault in result.faults] == [3]


@pytest.mark.parametrize(("compared", "rows"), [
    ("== 1", [0, 0, 1]), ("== 0", [0, 1, 0]), ("== -1", [1, 0, 0]), ("&gt; 0", [0, 0, 1]), ("&gt;= 0", [0, 1, 1]),
    ("&lt; 0", [1, 0, 0]), ("&lt;= 0", [1, 1, 0]), ("!= 0", [1, 0, 1]), ("!= 1", [1, 1, 0]), ("&lt; 1", [1, 1, 0]),
    ("&gt; -1", [0, 1, 1]), ("== 5", [0, 0, 0]), ("&lt; 5", [1, 1, 1]), ("== STKL", [0, 0, 1]),
])
def test_compare_to(tmp_path: Path, compared: str, rows: list[int]) -> None:
    plan = written(tmp_path, small_plan(
        f'<IF expr="RE4.compareTo(new BigDecimal(2.50)) {compared}"><THEN><EVAL exec="LSTLZZ = X"/></THEN></IF>'
    ).replace('<INPUT name="RE4"', '<INPUT name="KVZ" type="BigDecimal"/><INPUT name="RE4"').replace(
        "RE4.compareTo", "KVZ.compareTo"))
    assert plan.evaluate({"kvz": np.array([249, 250, 251]), "stkl": 1}, 3)["lstlzz"].tolist() == rows


def test_inputs_are_checked(plan: Plan) -> None:
    with pytest.raises(InputError, match="unbekannte Eingaben: re5"):
        plan.evaluate({"re5": 1}, 1)
    with pytest.raises(InputError, match="'re4': eine Spalte von 2 ganzen Zahlen"):
        plan.evaluate({"re4": np.array([1.5, 2.0])}, 2)
    with pytest.raises(InputError, match="Spalte von 3"):
        plan.evaluate({"re4": np.array([1, 2])}, 3)
    assert plan.evaluate({"jre4": 5}, 1)["lstlzz"].tolist() == [0]  # known to other years: not read
    assert plan.compute({"stkl": np.array([1, 2**31])}, 2).faults[0].message == "STKL passt nicht in int"
    assert len(plan.compute({"stkl": -(2**80)}, 2).faults) == 2
    assert plan.evaluate({"re4": 100}, 0)["lstlzz"].tolist() == []


def test_results_that_are_no_whole_cents(tmp_path: Path) -> None:
    plan = written(tmp_path, assign("LSTLZZ = RE4.divide(BigDecimal.valueOf(4))"))
    assert plan.evaluate({"re4": np.array([4, 8])}, 2)["lstlzz"].tolist() == [1, 2]
    column = plan.compute({"re4": np.array([4, 5])}, 2).columns["lstlzz"]
    assert (column.kind, column.num.tolist(), column.den) == ("Exact", [100, 125], 100)
    with pytest.raises(InputError, match="nicht ganzzahlig"):
        plan.evaluate({"re4": np.array([4, 5])}, 2)


@pytest.mark.parametrize("seed", range(12))
def test_random_programs_equal_the_independent_interpreter(tmp_path: Path, seed: int) -> None:
    """Nested branches, calls and assignments in any order: columns against one row after the other."""
    rng = Random(f"program {seed}")
    path = tmp_path / "plan.xml"
    path.write_text(random_plan(rng))
    rows = [{"RE4": rng.choice((rng.randint(-300, 300), rng.randint(0, 10**9))), "STKL": rng.randint(0, 6)}
            for _ in range(300)]
    columns = {name.lower(): np.array([row[name] for row in rows]) for name in rows[0]}
    found = read_plan(path).evaluate(columns, len(rows))
    oracle = Interpreter(path)
    assert found["lstlzz"].tolist() == [int(oracle.run(row)["LSTLZZ"]) for row in rows]


def random_plan(rng: Random) -> str:
    """A plan of random steps over six variables; every step keeps its values small."""
    methods = [f'<METHOD name="M{n}">{random_steps(rng, 3, n)}</METHOD>' for n in range(4)]
    variables = "".join(f'<INTERNAL name="V{n}" type="BigDecimal" default="new BigDecimal({n})"/>' for n in range(6))
    total = "".join(f'<EVAL exec="LSTLZZ = LSTLZZ.multiply(BigDecimal.valueOf(3)).add(V{n})"/>' for n in range(6))
    main = random_steps(rng, 4, 4) + total + '<EVAL exec="LSTLZZ = LSTLZZ.setScale(0, BigDecimal.ROUND_UP)"/>'
    return small_plan(main, "".join(methods)).replace("<INTERNALS>", f"<INTERNALS>{variables}")


def random_steps(rng: Random, depth: int, callable_methods: int) -> str:
    steps = []
    for _ in range(rng.randint(1, 4)):
        kind = rng.random()
        if kind < 0.35 and depth:
            inner = [random_steps(rng, depth - 1, callable_methods) if rng.random() < 0.8 else "" for _ in range(2)]
            steps.append(f'<IF expr="{random_test(rng)}"><THEN>{inner[0]}</THEN><ELSE>{inner[1]}</ELSE></IF>')
        elif kind < 0.5 and callable_methods:
            steps.append(f'<EXECUTE method="M{rng.randrange(callable_methods)}"/>')
        else:
            mode, divisor = rng.choice(("UP", "DOWN")), rng.choice((2, 7, 12, 100, 360))
            steps.append(f'<EVAL exec="V{rng.randrange(6)} = {random_value(rng)}.divide(BigDecimal.valueOf({divisor}), '
                         f'{rng.randint(0, 4)}, BigDecimal.ROUND_{mode})"/>')
    return "".join(steps)


def random_value(rng: Random) -> str:
    a, b = (rng.choice((*(f"V{n}" for n in range(6)), "RE4", "BigDecimal.valueOf(STKL)")) for _ in range(2))
    return f"({a}.{rng.choice(('add', 'subtract'))}({b}).multiply(BigDecimal.valueOf({rng.choice((0.5, 1.25, 3))})))"


def random_test(rng: Random) -> str:
    tests = (f"STKL &lt; {rng.randint(1, 6)}", f"V{rng.randrange(6)}.compareTo(RE4) == {rng.randint(-1, 1)}",
             f"{random_value(rng)}.compareTo(BigDecimal.ZERO) &gt;= 0")
    return rng.choice((" &amp;&amp; ", " || ")).join(rng.sample(tests, rng.randint(1, 2)))
