"""Random and edge rows of whole payslips, held against a second program through the command's own file format."""

from __future__ import annotations

import calendar
import csv
import io
import random
from collections import defaultdict
from datetime import date
from functools import cache
from pathlib import Path
from runpy import run_path
from typing import Any

import pytest

from payroll.law.calculate import rule_book
from payroll.law.conformance.payslip import run
from payroll.law.engine import evaluate
from payroll.law.parameters.pay_tables import load_pay_tables
from payroll.law.payslip_columns import OUTPUTS

SECOND = run_path(str(Path(__file__).parent / "second_slip.py"))
PLAN = ("lstlzz", "solzlzz", "bk", "sts", "solzs", "bks")
SCALES = {"tarif": ("TVoeD-VKA", "TVoeD-SuE", "TVoeD-P"), "auszubildende": ("TVAoeD-BBiG", "TVAoeD-Pflege"),
          "beamte": ("NRW-A",)}
KINDS = (("1111", "101", "gesetzlich"), ("1111", "101", "gesetzlich"), ("9111", "101", "freiwillig"),
         ("0110", "101", "freiwillig"), ("0110", "101", "privat"), ("1121", "101", "gesetzlich"),
         ("3101", "101", "gesetzlich"), ("3321", "119", "gesetzlich"), ("3111", "120", "gesetzlich"),
         ("3121", "120", "gesetzlich"), ("0100", "106", "gesetzlich"))
Row = dict[str, str]


@cache
def cells(scale: str, day: date) -> list[tuple[str, str, int]]:
    return [(key[1], key[2], cell.cent) for key, cell in sorted(load_pay_tables().on(day).items()) if key[0] == scale]


def euro(cents: int) -> str:
    sign = "-" if cents < 0 else ""
    return f"{sign}{abs(cents) // 100}.{abs(cents) % 100:02d}"


def pay(dice: random.Random, row: Row, status: str, day: date) -> int | None:
    """Fills the pay columns; gives the table value behind them."""
    if dice.random() < 0.45:
        scale = dice.choice(SCALES[status])
        group, step, value = dice.choice(cells(scale, day))
        full = {"NRW-A": "41", "TVoeD-P": "38.5", "TVAoeD-Pflege": "38.5"}.get(scale, "39")
        row.update(tarifwerk=scale, entgeltgruppe=group, stufe=step, vollzeitstunden=full,
                   wochenstunden=dice.choice([full, "19.5", "28.75", "12.33"]))
        return value
    top = {"auszubildende": 200_000, "beamte": 900_000}.get(status, 1_100_000)
    edges = [603_00, 603_01, 2000_00, 2000_01, 5512_50, 5812_50, 5812_51, 8050_00, 8450_00, 8450_01, 556_01, 325_00]
    row["brutto"] = euro(dice.choice([dice.choice(edges), dice.randint(0, top), dice.randint(60_000, 210_000)]))
    return None


def tax_and_people(dice: random.Random, row: Row, year: int) -> None:
    group = dice.choice("1233445566")
    childless = dice.random() < 0.35
    birthday = dice.choice([f"{year - 23}-{dice.randint(1, 12):02d}-{dice.randint(1, 28):02d}", f"{year - 64}-01-01",
                            f"{year - 64}-01-02", f"{year - 65}-07-31", "1985-06-15", f"{year - 23}-05-01"])
    row.update(
        steuerklasse=group, faktor=f"0.{dice.randint(1, 999):03d}" if group == "4" and dice.random() < 0.4 else "",
        kinderfreibetraege=dice.choice(["", "0", "0.5", "1.0", "2.5", "6.0"]) if group in "1234" else "",
        konfession=dice.choice(["keine", "ev", "rk"]), bundesland_kirche=dice.choice(["NW", "BY", "BW", "SN"]),
        geburtsdatum=birthday, kinderlos="ja" if childless else "nein",
        kinder_unter_25="0" if childless else str(dice.choice([0, 0, 1, 2, 3, 4, 5, 6, 7])),
        sachsen=dice.choice(["nein"] * 4 + ["ja"]),
        freibetrag_monat=dice.choice(["", "", "", "120.00"]), hinzurechnung_monat=dice.choice(["", "", "", "95.50"]),
        freibetrag_jahr=dice.choice(["", "", "1440.00"]), hinzurechnung_jahr=dice.choice(["", "", "1146.00"]))


def insurance(dice: random.Random, row: Row, status: str) -> None:
    digits, group, kind = dice.choice(KINDS)
    if status == "auszubildende":
        digits, group, kind = dice.choice([("1111", "102", "gesetzlich"), ("1111", "121", "gesetzlich")])
    row.update(beitragsgruppe=digits, personengruppe=group, kv_art=kind, u2_satz=dice.choice(["0.39", "0.47", "0"]),
               zusatzbeitrag="" if kind == "privat" else dice.choice(["2.90", "2.45", "3.29", "0.00", "4.4"]))
    if kind == "privat":
        premium, care = dice.randint(200_00, 1300_00), dice.randint(20_00, 260_00)
        row.update(pkv_beitrag_monat=euro(premium), ppv_beitrag_monat=euro(care),
                   pkv_basis_monat=dice.choice([euro(premium + care), "0", euro(premium)]))


def pension(dice: random.Random, row: Row) -> None:
    fund = dice.choice(["keine", "rzvk", "rzvk", "rzvk", "vbl_west"])
    row["zusatzversorgung"] = fund
    if fund == "keine":
        return
    west = fund == "vbl_west"
    row.update(zv_umlage_satz="5.49" if west else "4.25", zv_an_satz="1.81" if west else "0",
               zv_sanierungsgeld_satz="0" if west else "3.5", zv_pauschal_grenze="92.03" if west else "89.48",
               zv_verfahren=dice.choice(["verteilt", "aufbrauchend"]),
               zv_steuerfrei_bisher=dice.choice(["0", "1971.78", "3700.10", "4056.00"]),
               zv_kist_verfahren=dice.choice(["vereinfacht", "nachweis"]))


def one_off(dice: random.Random, row: Row, month: int, year: int) -> None:
    days = 30 * (month - 1) if dice.random() < 0.7 else dice.randint(0, 30 * (month - 1))
    row.update(einmalzahlung=euro(dice.choice([dice.randint(1, 300_000), dice.randint(1, 1_200_000)])),
               jahresarbeitslohn_erwartet=euro(dice.randint(0, 11_000_000)), sv_tage_bisher=str(days),
               sv_brutto_kv_bisher=euro(dice.randint(0, days * 19_000)),
               sv_brutto_rv_bisher=euro(dice.randint(0, days * 28_000)))
    if month <= 3 and dice.random() < 0.7:
        row.update(vorjahr_sv_tage=dice.choice(["360", "0", "213"]), vorjahr_zusatzbeitrag=dice.choice(["2.50", "1.7"]),
                   vorjahr_sv_brutto_kv=euro(dice.randint(0, (year == 2026) * 100_000 + 6_200_000)),
                   vorjahr_sv_brutto_rv=euro(dice.randint(0, 9_000_000)))
    if dice.random() < 0.3:
        row["zv_frei"] = row["einmalzahlung"]


def random_row(dice: random.Random, day: date, number: int) -> tuple[Row, int | None]:
    status = dice.choice(["tarif"] * 7 + ["auszubildende", "beamte", "minijob"])
    row: Row = {"fall": f"Z{number:05d}", "monat": f"{day:%Y-%m}", "status": status}
    if status == "minijob":
        row.update(brutto=euro(dice.randint(0, 700_00)), personengruppe="109", u2_satz="0.22", kv_art="gesetzlich",
                   beitragsgruppe=dice.choice(["6100", "6500"]), zusatzversorgung="keine", kinderlos="nein")
        value = None
    else:
        value = pay(dice, row, status, day)
        tax_and_people(dice, row, day.year)
    if status == "beamte":
        row.update(kv_art="privat", pkv_basis_monat=dice.choice(["0", "310.00"]), zusatzversorgung="keine")
    elif status != "minijob":
        insurance(dice, row, status)
        pension(dice, row)
    parts(dice, row, day, status)
    return row, value


def parts(dice: random.Random, row: Row, day: date, status: str) -> None:
    """Allowances, days, one-offs, the Midijob decision."""
    row.update(zulagen=dice.choice(["", "", "130.00"]), vwl_ag=dice.choice(["", "", "6.65"]),
               steuerfreie_bezuege=dice.choice(["", "", "74.20"]), sonstige_abzuege=dice.choice(["", "12.34"]),
               vwl_sparbetrag=dice.choice(["", "40.00"]))
    if status != "beamte" and dice.random() < 0.35:
        one_off(dice, row, day.month, day.year)
        if row.get("kv_art") == "privat":  # not part of the format: section 4.3
            row["einmalzahlung"] = row["zv_frei"] = ""
    last = calendar.monthrange(day.year, day.month)[1]
    if status != "beamte" and dice.random() < 0.25:
        row["von_tag" if dice.random() < 0.5 else "bis_tag"] = str(dice.randint(1, last))
        row["regelmaessiges_entgelt"] = euro(dice.choice([603_00, 603_01, 2000_00, 2000_01, 1200_00, 4200_00]))


def expected(rows: list[tuple[Row, int | None]]) -> list[dict[str, int]]:
    slips = [SECOND["Slip"](row, value) for row, value in rows]
    by_month: dict[str, list[Any]] = defaultdict(list)
    for slip in slips:
        slip.compute()
        if slip.plan:
            by_month[slip.row["monat"]].append(slip)
    taxes: dict[int, dict[str, int]] = {}
    for month, group in by_month.items():
        columns = {name: [slip.plan[name] for slip in group] for name in group[0].plan}
        result = evaluate(rule_book("lohnsteuer").build(date.fromisoformat(f"{month}-01")), columns, PLAN)
        assert not result.faults
        for place, slip in enumerate(group):
            taxes[id(slip)] = {name: int(result.cents(name)[place]) for name in PLAN}
    return [slip.finish(taxes.get(id(slip), {})) for slip in slips]


def written(path: Path, rows: list[tuple[Row, int | None]]) -> int:
    """The file of these rows with the second program's results; gives the number of filled expectations."""
    wanted = expected(rows)
    columns = sorted({name for row, _ in rows for name in row} | {f"exp_{name}" for name in OUTPUTS})
    filled = 0
    with path.open("w", encoding="utf-8", newline="") as target:
        writer = csv.DictWriter(target, fieldnames=columns, restval="")
        writer.writeheader()
        for (row, _), out in zip(rows, wanted, strict=True):
            cells = {f"exp_{name}": euro(out[name]) for name in OUTPUTS if name in out}
            filled += len(cells)
            writer.writerow({**row, **cells})
    return filled


@pytest.mark.parametrize("day", [date(2025, 1, 1), date(2025, 2, 1), date(2025, 12, 1), date(2026, 1, 1),
                                 date(2026, 3, 1), date(2026, 5, 1), date(2026, 11, 1)], ids=str)
def test_random_payslips_agree_with_the_second_program_in_every_field(day: date, tmp_path: Path) -> None:
    dice = random.Random(day.toordinal())
    rows = [random_row(dice, day, number) for number in range(300)]
    filled = written(tmp_path / "rows.csv", rows)
    out = io.StringIO()
    code = run(tmp_path / "rows.csv", out)
    lines = out.getvalue().splitlines()
    assert (code, lines[-2:]) == (0, [f"300 Zeilen, {filled} Felder geprüft, {filled} bestanden, 0 abweichend",
                                      "300 passed, 0 failed"]), "\n".join(lines[:12])
