"""Ergebnisse über die Zeit: angehängt statt überschrieben, gezeichnet aus den Dateien, im Haus auf dem Stand."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from click.testing import CliRunner

from payroll.bench import chart, history
from payroll.bench.measure import Measurement
from payroll.cli import kreislohn

KEPT = Path(__file__).parents[2] / "docs" / "messungen"
SVG = "{http://www.w3.org/2000/svg}"


def result(name: str = "tax", rate: float = 100.0, **more: Any) -> str:
    return json.dumps(Measurement(name, 10, "Zeilen", 0.1, rate, 50.0, 0, **more).as_dict())


POINTS = [{"at": 100, "ms": 0.5, "peak_mb": 90.0}, {"at": 10_000, "ms": 0.25, "peak_mb": 95.0}]


def test_page_and_charts_of_the_house_are_those_of_its_figures() -> None:
    made = history.made_from(KEPT)
    assert {name: (KEPT / name).read_text(encoding="utf-8") for name in made} == made, "kreislohn bench-record"
    assert {path.name for path in KEPT.iterdir()} - {history.FILE, history.CURVES} == set(made)
    text = (KEPT.parent / "measurements.md").read_text(encoding="utf-8")
    shown = set(re.findall(r"\]\(messungen/([\w.]+)\)", text))
    assert shown >= {name for name in made if name.endswith(".svg")}


def test_results_are_appended_and_nothing_is_lost(tmp_path: Path) -> None:
    assert history.append(tmp_path, result(), day="2026-11-26", note="erste") == 1
    before = (tmp_path / history.FILE).read_text(encoding="utf-8")
    assert history.append(tmp_path, result(rate=150.0) + "\n" + result("pay"), day="2026-11-27", note="zweite") == 2
    after = (tmp_path / history.FILE).read_text(encoding="utf-8")
    assert after.startswith(before)
    assert [line.split(",")[:3] for line in after.splitlines()[1:]] == [
        ["2026-11-26", "erste", "tax"], ["2026-11-27", "zweite", "tax"], ["2026-11-27", "zweite", "pay"]]
    page = (tmp_path / history.PAGE).read_text(encoding="utf-8")
    assert "| 2026-11-27 | 10 | 150 |" in page
    drawn = ElementTree.fromstring((tmp_path / history.OVER_TIME).read_text(encoding="utf-8"))
    assert len(drawn.findall(f"{SVG}circle")) == 2  # pay was measured once: no line yet


def test_another_size_or_meaning_is_another_chart(tmp_path: Path) -> None:
    for size, meaning, rates in ((10, None, (1.0, 2.0)), (500, None, (3.0, 4.0)), (20, None, (8.0,)),
                                 (10, "zwei Prozesse", (5.0, 6.0, 7.0))):
        for rate in rates:
            one = Measurement("month", size, "Zeilen", 0.1, rate, 50.0, 0, definition=meaning)
            history.append(tmp_path, json.dumps(one.as_dict()), day="2026-11-26", note="da")
    drawn = ElementTree.fromstring((tmp_path / history.OVER_TIME).read_text(encoding="utf-8"))
    assert drawn.findtext(f"{SVG}desc") == (
        "month, 10 (rows/s): 1, 2; month, 500 (rows/s): 3, 4; month, 10 (rows/s): 5, 6, 7")
    assert "| zwei Prozesse; da |" in (tmp_path / history.PAGE).read_text(encoding="utf-8")


@pytest.mark.parametrize(("calls", "told"), [(5, "| 12 (max of 5 × eine Seite) |"),
                                             (20, "| 12 (p95 of 20 × eine Seite) |")])
def test_of_few_calls_the_page_says_the_longest(calls: int, told: str, tmp_path: Path) -> None:
    history.append(tmp_path, result(p95_ms=12.0, calls=calls, call="eine Seite"), day="2026-11-26", note="")
    assert told in (tmp_path / history.PAGE).read_text(encoding="utf-8")


def test_a_curve_replaces_the_one_before_and_is_drawn(tmp_path: Path) -> None:
    history.append(tmp_path, result("curve-people", points=[POINTS[0]]), day="2026-11-26", note="")
    history.append(tmp_path, result("curve-people", points=POINTS), day="2026-11-27", note="")
    held = json.loads((tmp_path / history.CURVES).read_text(encoding="utf-8"))
    assert (held["curve-people"]["day"], held["curve-people"]["points"]) == ("2026-11-27", POINTS)
    drawn = ElementTree.fromstring((tmp_path / "menschen.svg").read_text(encoding="utf-8"))
    assert "10,000: 0.25" in str(drawn.findtext(f"{SVG}desc"))
    assert "| 10,000 | 0.25 | 95 |" in (tmp_path / history.PAGE).read_text(encoding="utf-8")


def test_what_is_no_result_changes_nothing(tmp_path: Path) -> None:
    for text in ("", "kein json", '{"name": "tax"}'):
        with pytest.raises(history.NotComparable):
            history.append(tmp_path, text, day="2026-11-26", note="")
    assert list(tmp_path.iterdir()) == []


def test_the_command_appends_and_draws_again(tmp_path: Path) -> None:
    (tmp_path / "neu.json").write_text(result(), encoding="utf-8")
    words = ["bench-record", "--folder", str(tmp_path / "verlauf")]
    answer = CliRunner().invoke(kreislohn, [*words, str(tmp_path / "neu.json"), "--day", "2026-11-26"])
    assert (answer.exit_code, "1 Messung angehängt" in answer.output) == (0, True), answer.output
    (tmp_path / "verlauf" / history.PAGE).write_text("von Hand", encoding="utf-8")
    assert CliRunner().invoke(kreislohn, words).exit_code == 0
    assert "## Every measurement" in (tmp_path / "verlauf" / history.PAGE).read_text(encoding="utf-8")
    (tmp_path / "neu.json").write_text("kein json", encoding="utf-8")
    assert CliRunner().invoke(kreislohn, [*words, str(tmp_path / "neu.json")]).exit_code == 1


def test_a_chart_says_its_figures_to_those_who_do_not_see_it() -> None:
    across, up = chart.Axis("Menschen", (100, 10_000), log=True), chart.Axis("ms < 1", (0, 0.5, 1))
    text = chart.curve("Kosten & mehr", across, up, [chart.Series("Zeit", [(100, 0.5), (1_000, 1), (10_000, 0)])])
    drawn = ElementTree.fromstring(text)
    assert drawn.attrib["role"] == "img"
    assert drawn.findtext(f"{SVG}title") == "Kosten & mehr"
    assert drawn.findtext(f"{SVG}desc") == "ms < 1 / Menschen. Zeit: 100: 0.5, 1,000: 1, 10,000: 0"
    line = drawn.find(f"{SVG}polyline")
    assert line is not None
    assert line.attrib["points"] == "70.0,170.0 350.0,60.0 630.0,280.0"
    assert "<script" not in text
    assert text == chart.curve("Kosten & mehr", across, up,
                               [chart.Series("Zeit", [(100, 0.5), (1_000, 1), (10_000, 0)])])


@pytest.mark.parametrize(("value", "words"), [(0, "0"), (0.01234, "0.0123"), (1.5, "1.5"), (12.34, "12.3"),
                                              (99.96, "100"), (414.4, "414"), (1_234_567, "1,234,567")])
def test_numbers_keep_three_digits_that_count(value: float, words: str) -> None:
    assert chart.number(value) == words
