"""Every cell of the pay tables is found by code, and the rise rules of the agreements lead from table to table."""

from __future__ import annotations

import shutil
from datetime import date
from fractions import Fraction

import numpy as np
import pytest

from payroll.law.calculate import rule_book
from payroll.law.encode import GRUPPEN, UnknownName, assignment, gruppe_code, steps_on, stufe_code
from payroll.law.engine import ParameterError, evaluate
from payroll.law.parameters.pay_tables import FOLDER, load_pay_tables

TABLES = load_pay_tables()
DAYS = TABLES.days()


def half_up(value: Fraction) -> int:
    return int((value + Fraction(1, 2)).__floor__())


def lookup(day: date, keys: list[tuple[str, str, str]], drafts: bool) -> list[int]:
    columns = {"entgeltgruppe": np.array([gruppe_code(k[0], k[1]) for k in keys]),
               "stufe": np.array([int(k[2]) for k in keys]), "wochenstunden": 3900, "vollzeitstunden": 3900, "tage": 30,
               "kalendertage_im_monat": 30, "abschlag_auf_entwurf": int(drafts)}
    result = evaluate(rule_book("entgelt").build(day), columns, ["tabellenentgelt"])
    assert result.faults == []
    return [int(v) for v in result.cents("tabellenentgelt")]


@pytest.mark.parametrize("day", DAYS)
@pytest.mark.parametrize("drafts", [False, True])
def test_every_cell_is_found_by_its_codes(day: date, drafts: bool) -> None:
    cells = TABLES.on(day, drafts=drafts)
    keys = sorted(cells)
    assert lookup(day, keys, drafts) == [cells[key].cent for key in keys]


def test_number_of_cells_per_tariff() -> None:
    cells = TABLES.on(date(2026, 5, 1))
    counted = {name: sum(key[0] == name for key in cells) for name in dict.fromkeys(k[0] for k in cells)}
    assert counted["TVoeD-VKA"] == 112
    assert counted["TVoeD-SuE"] == 96
    assert counted["TVoeD-P"] == 62
    assert counted["NRW-A"] == 100


@pytest.mark.parametrize("tarifwerk", ["TVoeD-VKA", "TVoeD-SuE", "TVoeD-P"])
def test_rises_of_the_agreement_lead_to_the_next_table(tarifwerk: str) -> None:
    """Tarifeinigung 6.4.2025: +3 %, at least 110 euro, from April 2025; +2.8 % from May 2026."""
    first, second, third = (TABLES.on(day) for day in (date(2025, 3, 1), date(2025, 4, 1), date(2026, 5, 1)))
    keys = [key for key in first if key[0] == tarifwerk]
    assert keys
    for key in keys:
        old = first[key].cent
        assert second[key].cent == max(half_up(Fraction(old) * Fraction(103, 100)), old + 11000), key
        assert third[key].cent == half_up(Fraction(second[key].cent) * Fraction(1028, 1000)), key


def test_only_s9_changed_in_october_2024() -> None:
    before, after = TABLES.on(date(2024, 9, 30)), TABLES.on(date(2024, 10, 1))
    assert {key[1] for key in before if before[key].cent != after[key].cent} == {"S9"}


def test_a_draft_is_no_law_in_force() -> None:
    key = ("NRW-A", "A13", "7")
    assert TABLES.on(date(2026, 5, 1))[key].ab == date(2025, 2, 1)
    assert TABLES.on(date(2026, 5, 1), drafts=True)[key].cent == 565644


def test_unknown_names_say_what_exists() -> None:
    with pytest.raises(UnknownName, match=r"E9d.*E9a, E9b, E9c"):
        assignment("TVoeD-VKA", "E9d", "3", date(2026, 5, 1))
    with pytest.raises(UnknownName, match=r"Stufe '1'.*vorhanden: 2, 3, 4, 5, 6"):
        assignment("TVoeD-VKA", "E1", "1", date(2026, 5, 1))
    with pytest.raises(UnknownName, match="TVoeD-VKA, TVoeD-SuE"):
        assignment("TVoeD", "E1", "2", date(2026, 5, 1))
    with pytest.raises(UnknownName, match=r"keine Tabelle.*ab 01.11.2024"):
        assignment("NRW-A", "A9", "5", date(2024, 6, 1))
    with pytest.raises(UnknownName, match="vorhanden: 0"):
        stufe_code("NRW-B", "B4", "²", date(2026, 1, 1))


def test_codes_and_steps() -> None:
    assert GRUPPEN[gruppe_code("TVoeD-SuE", "S8a")] == "TVoeD-SuE S8a"
    assert steps_on("TVoeD-VKA", "E15Ü", date(2026, 6, 1)) == (2, 3, 4, 5, 6)
    assert stufe_code("NRW-B", "B4", "", date(2026, 1, 1)) == 0


def test_a_step_beyond_the_group_is_a_fault_and_no_neighbour() -> None:
    columns = {"entgeltgruppe": np.array([0, 0, 0]), "stufe": np.array([2, 18, -1]), "wochenstunden": 3900,
               "vollzeitstunden": 3900, "tage": 30, "kalendertage_im_monat": 30}
    result = evaluate(rule_book("entgelt").build(date(2026, 5, 1)), columns, ["tabellenentgelt"])
    assert [fault.row for fault in result.faults] == [1, 2]


@pytest.mark.parametrize(("change", "message"), [
    (lambda text: text + "TVoeD-P,P7,2,2026-05-01,3510.30,bestaetigt\n", "doppelt"),
    (lambda text: text.replace("TVoeD-P,P7,2,2026-05-01,3510.30,bestaetigt\n", ""), "Lücke ab 2026-05-01: TVoeD-P P7"),
    (lambda text: text.replace("TVoeD-P,P7,3,", "TVoeD-P,P7,9,"), "Stufe 3 fehlt"),
    (lambda text: text.replace("3510.30", "3510.305"), "kein Betrag"),
    (lambda text: text.replace("3510.30", "viel"), "nicht lesbar"),
    (lambda text: text.replace("3510.30,bestaetigt", "3510.30,sicher"), "unbekannter Status"),
    (lambda text: text.replace("2026-05-01", "2026-06-01"), "steht nicht in tafeln.csv"),
    (lambda text: text + "TVoeD-P,P17,2,2026-05-01,3510.30,bestaetigt\n", "steht nicht in gruppen.csv"),
])
def test_faulty_tables_are_refused(tmp_path, change, message) -> None:
    folder = tmp_path / "pay_tables"
    shutil.copytree(FOLDER, folder)
    path = folder / "tvoed_p.csv"
    text = path.read_text(encoding="utf-8")
    assert change(text) != text
    path.write_text(change(text), encoding="utf-8")
    with pytest.raises(ParameterError, match=message):
        load_pay_tables(folder)
