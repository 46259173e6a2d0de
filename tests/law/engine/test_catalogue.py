"""The generated catalogue of all values."""

from __future__ import annotations

from datetime import date

from payroll.law.engine import RuleBook, catalogue, markdown
from payroll.law.engine.figures import SPACE

DAY = date(2022, 5, 1)


def test_every_value_of_the_day_once_with_uses_in_both_directions(island: RuleBook) -> None:
    entries = {entry.name: entry for entry in catalogue(island, DAY)}
    rules = island.build(DAY)
    assert set(entries) == {*rules.nodes, *rules.inputs, *(n.removesuffix("__vorjahr") for n in rules.parameters)}
    assert len(catalogue(island, DAY)) == len(entries)
    assert entries["steuer"].uses == ("steuer_roh",)
    assert entries["steuer_roh"].used_by == ("steuer",)
    assert entries["matrosengeld"].used_by == ("netto", "zuwachs")
    assert entries["zahlt_hafengebuehr"].used_by == ("hafengebuehr",)
    for entry in entries.values():
        for used in entry.uses:
            assert entry.name in entries[used.removesuffix("__vorjahr")].used_by


def test_validity_law_unit_area_and_export(island: RuleBook) -> None:
    entries = {entry.name: entry for entry in catalogue(island, DAY)}
    tax = entries["steuer"]
    assert (tax.law, tax.since, tax.until, tax.area, tax.exported) == (
        "§ 3 InselStG 2022", date(2022, 1, 1), None, "steuer", True)
    assert not entries["klasse"].exported
    assert entries["hafengebuehr"].when == "zahlt_hafengebuehr"
    assert [(v.since.year, v.text.replace(SPACE, " "), v.status) for v in entries["freibetrag_monat"].values] == [
        (2020, "500,00 €/Monat", "gesetz"), (2022, "612,34 €/Monat", "entwurf")]


def test_the_handbook_page(island: RuleBook) -> None:
    page = markdown(catalogue(island, DAY), DAY).replace(SPACE, " ")
    assert "Stand des Rechts: 01.05.2022." in page
    assert "\n## steuer\n" in page
    assert "### hafengebuehr\n\nHafengebühr nach Kindern. Regel, § 4 InselStG. Einheit: euro/monat.\n" in page
    assert "- nur wenn `zahlt_hafengebuehr`\n- aus: `kinder`, `gebuehr`\n" in page
    assert "| 01.01.2022 |  | 612,34 €/Monat | Inselblatt 2021 Nr. 8 | entwurf |" in page
    assert "| 01.01.2020 |  | 3 Tabellenwerte | Hafenordnung 2019 | gesetz |" in page
