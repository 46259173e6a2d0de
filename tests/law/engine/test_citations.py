"""Citations are read into their places; a check holds for the whole citation or not at all."""

from __future__ import annotations

from datetime import date

import pytest

from payroll.law.calculate import law_of, rule_book
from payroll.law.citations import paragraphs, verification, verifications


@pytest.mark.parametrize(("law", "places"), [
    ("§ 23a Abs. 4 SGB IV", [("SGB IV", "23a")]),
    ("§ 168, § 172 SGB VI, § 2 BVV", [("SGB VI", "168"), ("SGB VI", "172"), ("BVV", "2")]),
    ("§ 55 Abs. 3 SGB XI", [("SGB XI", "55")]),
    ("R 39b.5 Abs. 4 LStR", [("LStR", "39b")]),
    ("Kirchensteuergesetze der Länder", []),
])
def test_places_of_a_citation(law: str, places: list[tuple[str, str]]) -> None:
    assert list(paragraphs(law)) == places


def test_checked_as_a_whole_or_not_at_all() -> None:
    checked = verification("§ 23a Abs. 3 SGB IV, § 2 Abs. 2 BVV")
    assert checked is not None
    assert checked.verified_on == date(2026, 11, 22)
    assert checked.verified_by.startswith("Wortlaut gelesen")
    assert verification("§ 20 Abs. 2a SGB IV, § 2 BVV") is None
    assert verification("§ 168, § 172 SGB VI, § 2 BVV") is not None
    assert verification("Kirchensteuergesetze der Länder") is None
    table = verification("§ 850c Abs. 1 ZPO")
    assert table is not None
    assert "amtlichen Tabellen 2025 und 2026" in table.verified_by
    assert verification("§ 40a Abs. 2a EStG") is None  # taken from the working paper, not read in the statute


def test_each_check_belongs_to_a_citation_in_use() -> None:
    laws = {node.rule.law for node in law_of(date(2026, 1, 1)).nodes.values()}
    laws |= {parameter.paragraf for parameter in rule_book().parameters.values()}
    used = {place for law in laws for place in paragraphs(law)}
    assert verifications().keys() - used == {("SGB IV", "28g")} - used
    assert any(verification(law) for law in laws)
    assert not all(verification(law) for law in laws)
