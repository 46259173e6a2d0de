"""Civil servants of NRW: grades, pay days, advances on a draft, shared supplement, orders B and R, trainee officers."""

from __future__ import annotations

import calendar
from datetime import date
from fractions import Fraction
from math import floor
from typing import Any

import pytest

from payroll.law.calculate import plain_book, rule_book
from payroll.law.encode import gruppe_code, tarifwerk_code
from payroll.law.engine import Overlay, evaluate
from payroll.law.official import may_be_entered
from payroll.law.parameters.pay_tables import MIETENSTUFEN, load_pay_tables
from payroll.law.rules.besoldung.erfahrungsstufen import (
    OhneBezuege,
    erste_stufe,
    festsetzung,
    naechste_erfahrungsstufe,
    vollendet,
)
from payroll.law.rules.besoldung.zahlung import verjaehrt_am, zahlung

JUNE = date(2026, 6, 1)
TABLES = load_pay_tables()


def r2(value: Fraction) -> int:
    return floor(value + Fraction(1, 2))


def family(klasse: str, step: str, level: str = "alle", drafts: bool = False) -> int:
    cells = [c for c in TABLES.familie if c.key == (klasse, step, level) and c.ab <= JUNE
             and (drafts or c.status != "entwurf")]
    return max(cells, key=lambda c: c.ab).cent


def law(name: str, group: str = "A9", step: int = 6, month: date = JUNE, scale: str = "NRW-A",
        overlays: tuple[Overlay, ...] = (), **more: Any) -> Fraction:
    last = calendar.monthrange(month.year, month.month)[1]
    columns = {"tarifwerk": tarifwerk_code(scale), "entgeltgruppe": gruppe_code(scale, group), "stufe": step,
               "wochenstunden": 4100, "vollzeitstunden": 4100, "tage": last, "kalendertage_im_monat": last, **more}
    book = rule_book("entgelt", "besoldung")
    rules = (book.with_overlays(overlays) if overlays else book).build(month)
    result = evaluate(rules, columns, [name], rows=1)
    assert result.faults == [], result.faults
    column = result.columns[name]
    return Fraction(int(column.num[0]), int(column.den if isinstance(column.den, int) else column.den[0]))


@pytest.mark.parametrize(("group", "step", "since", "following", "day"), [
    ("A9", 3, "2024-02-15", 4, "2026-02-01"), ("A12", 4, "2024-05-01", 5, "2026-05-01"),
    ("A13", 5, "2023-06-01", 6, "2026-06-01"), ("A13", 7, "2023-06-20", 8, "2026-06-01"),
    ("A15", 8, "2022-01-01", 9, "2026-01-01"), ("A16", 11, "2022-01-01", 12, "2026-01-01")])
def test_grades_of_experience(group: str, step: int, since: str, following: int, day: str) -> None:
    """§ 29: two years up to grade 5, three up to 8, then four."""
    found = naechste_erfahrungsstufe(group, step, date.fromisoformat(since))
    assert found is not None
    assert (found.stufe, found.ab) == (following, date.fromisoformat(day))


def test_times_without_pay_delay_but_not_the_care_of_children() -> None:
    def day(art: str, end: str, children: int = 1) -> date:
        found = naechste_erfahrungsstufe("A13", 5, date(2023, 6, 1), [
            OhneBezuege(date(2023, 7, 1), date.fromisoformat(end), art, children)])
        assert found is not None
        return found.ab
    assert day("ohne_dienstbezuege", "2023-12-31") == date(2026, 12, 1)  # 184 days: reached 2 December
    assert day("dienstliches_interesse", "2023-12-31") == date(2026, 6, 1)
    assert day("kinderbetreuung", "2026-06-30") == date(2026, 6, 1)
    with pytest.raises(ValueError, match="erlaubt: ohne_dienstbezuege"):
        day("urlaub", "2023-12-31")


def test_long_care_delays_beyond_three_years_a_child() -> None:
    span = [OhneBezuege(date(2023, 7, 1), date(2027, 6, 30), "kinderbetreuung", 1)]
    assert naechste_erfahrungsstufe("A15", 8, date(2023, 6, 1), span).ab == date(2028, 5, 1)  # 365 days: 31 May 2028
    twins = [OhneBezuege(date(2023, 7, 1), date(2027, 6, 30), "kinderbetreuung", 2)]
    assert naechste_erfahrungsstufe("A15", 8, date(2023, 6, 1), twins).ab == date(2027, 6, 1)


def test_first_and_last_grade() -> None:
    assert [erste_stufe(group, JUNE) for group in ("A5", "A11", "A12", "A13", "A14", "A15", "A16")] == [
        3, 3, 4, 5, 5, 6, 6]
    assert [naechste_erfahrungsstufe(g, s, JUNE) for g, s in (("A7", 10), ("A10", 11), ("A16", 12))] == [None] * 3
    with pytest.raises(ValueError, match="keine Stufe 2"):
        naechste_erfahrungsstufe("A9", 2, JUNE)
    with pytest.raises(ValueError, match="gibt es in der Besoldungsordnung A"):
        erste_stufe("B4", JUNE)


@pytest.mark.parametrize(("group", "months", "grade", "since"), [
    ("A9", 0, 3, "2026-03-01"), ("A9", 23, 3, "2024-04-01"), ("A9", 24, 4, "2026-03-01"),
    ("A13", 30, 5, "2023-09-01"), ("A13", 40, 6, "2025-11-01"), ("A15", 12, 6, "2025-03-01"),
    ("A7", 600, 10, "1997-03-01")])
def test_grade_of_a_first_appointment(group: str, months: int, grade: int, since: str) -> None:
    """§§ 29, 30: entry grade A9 3, A13 5, A15 6; two years up to 5, three up to 8, then four; months of recognised
    time move the beginning. A7 ends with grade 10: 2 + 2 + 3 + 3 + 3 + 4 + 4 = 21 of the 50 years."""
    found = festsetzung(group, date(2026, 3, 16), months)
    assert (found.stufe, found.seit) == (grade, date.fromisoformat(since))
    assert ("anerkannter Zeiten" in found.grund) is (months > 0)


def test_no_first_appointment_outside_order_a() -> None:
    with pytest.raises(ValueError, match="gibt es in der Besoldungsordnung A"):
        festsetzung("B4", JUNE)
    with pytest.raises(ValueError, match="nicht negativ"):
        festsetzung("A9", JUNE, -1)


@pytest.mark.parametrize(("month", "day"), [
    ("2026-01-01", "2025-12-30"), ("2026-06-01", "2026-05-29"), ("2026-11-01", "2026-10-30"),
    ("2026-05-01", "2026-04-30"), ("2027-02-01", "2027-01-29")])
def test_pay_in_advance(month: str, day: str) -> None:
    found = zahlung("beamte", date.fromisoformat(month))
    assert found.zahltag == date.fromisoformat(day)
    assert found.lohnsteuermonat == date.fromisoformat(month)  # belongs to the month it is paid for


def test_the_time_of_payment_is_data() -> None:
    assert zahlung("tarif", date(2026, 1, 1)).zahltag == date(2026, 1, 30)
    late = (Overlay("zahlung_im_voraus_beamte", date(2026, 1, 1), 0, "Beschluss"),)
    assert zahlung("beamte", date(2026, 1, 1), late).zahltag == date(2026, 1, 30)
    assert verjaehrt_am(date(2026, 1, 1)) == date(2029, 1, 1)  # fell due in December 2025
    assert verjaehrt_am(date(2026, 2, 1)) == date(2030, 1, 1)


@pytest.mark.parametrize(("married", "children"), [(1, 0), (1, 2), (0, 3), (0, 6)])
@pytest.mark.parametrize("weekly", [4100, 2050])
def test_the_advance_on_the_draft_is_apart(married: int, children: int, weekly: int) -> None:
    facts: dict[str, Any] = {"familienzuschlag_stufe_1": married, "familienzuschlag_kinder": children,
                             "mietenstufe": MIETENSTUFEN.index("IV"), "wochenstunden": weekly}
    both = ("tabellenentgelt", "familienzuschlag")
    by_law = sum(law(name, **facts) for name in both)
    by_draft = sum(law(name, abschlag_auf_entwurf=1, **facts) for name in both)
    assert by_draft > by_law
    assert law("abschlag_entwurf_gesamt", abschlag_auf_entwurf=1, **facts) == by_draft - by_law
    assert law("abschlag_entwurf_gesamt", **facts) == 0


def test_settling_the_advance() -> None:
    paid = {"besoldung_fest_gezahlt": 400_000, "abschlag_gezahlt": 13_440}
    assert law("abschlag_ausgleich", besoldung_endgueltig=415_000, **paid) == 1_560
    assert law("abschlag_rueckforderung", besoldung_endgueltig=415_000, **paid) == 0
    assert law("abschlag_ausgleich", besoldung_endgueltig=410_000, **paid) == -3_440
    assert law("abschlag_rueckforderung", besoldung_endgueltig=410_000, **paid) == 3_440


@pytest.mark.parametrize("together", [0, 1])
def test_the_advance_on_the_draft_with_a_shared_step_one(together: int) -> None:
    facts: dict[str, Any] = {"familienzuschlag_stufe_1": 1, "familienzuschlag_kinder": 2, "wochenstunden": 2050,
                             "mietenstufe": MIETENSTUFEN.index("IV"), "stufe_1_geteilt": 1,
                             "gemeinsam_vollzeit": together}
    more = law("familienzuschlag", abschlag_auf_entwurf=1, **facts) - law("familienzuschlag", **facts)
    assert more > 0
    assert law("abschlag_entwurf_familie", abschlag_auf_entwurf=1, **facts) == more
    parts = ("familienzuschlag_stufe_1_anteil", "familienzuschlag_kinderanteil")
    assert sum(law(name, **facts) for name in parts) == law("familienzuschlag", **facts)


def test_step_one_shared_with_a_spouse() -> None:
    step_1 = family("uebrige", "1")
    assert step_1 % 2 == 0  # rounded up to the next even cent so that both get the same
    facts: dict[str, Any] = {"familienzuschlag_stufe_1": 1, "stufe_1_geteilt": 1, "wochenstunden": 2050}
    assert law("familienzuschlag_geteilt", gemeinsam_vollzeit=1, **facts) == step_1 // 2
    assert law("familienzuschlag_geteilt", **facts) == r2(Fraction(step_1, 4))
    total = family("uebrige", "3", "IV")
    found = law("familienzuschlag_geteilt", gemeinsam_vollzeit=1, familienzuschlag_kinder=2,
                mietenstufe=MIETENSTUFEN.index("IV"), **facts)
    assert found == r2(Fraction(total - step_1, 2)) + step_1 // 2


def test_compensation_melts_with_rises() -> None:
    facts: dict[str, Any] = {"familienzuschlag_stufe_1": 1}
    step_1 = family("uebrige", "1")
    assert law("ausgleichszulage_familie", familienzuschlag_frueher=step_1 + 5_001, **facts) == 5_001
    assert law("ausgleichszulage_familie", familienzuschlag_frueher=step_1 + 5_001, wochenstunden=2050,
               **facts) == 2_501
    assert law("ausgleichszulage_familie", familienzuschlag_frueher=step_1 - 1, **facts) == 0
    # shared: half of step 1 was and is paid (§ 42 Abs. 4), so the difference is to the half
    assert law("ausgleichszulage_familie", familienzuschlag_frueher=step_1 // 2 + 5_001, stufe_1_geteilt=1,
               **facts) == 5_001
    assert law("ausgleichszulage_familie", familienzuschlag_frueher=step_1 // 2, stufe_1_geteilt=1, **facts) == 0


def test_the_structural_allowance_is_a_number_of_law_that_the_office_enters_for_all() -> None:
    assert may_be_entered(plain_book().parameters["strukturzulage_betrag"])
    known = (Overlay("strukturzulage_betrag", date(2025, 2, 1), [20, "114.06"], "Anlage 14", amtlich=True),)
    assert law("strukturzulage", hat_strukturzulage=1, overlays=known) == 11_406
    assert law("strukturzulage", group="A7", step=5, hat_strukturzulage=1, overlays=known, wochenstunden=2050) == 1_000
    assert law("strukturzulage", group="A14", step=6, hat_strukturzulage=1, overlays=known) == 0
    assert law("strukturzulage", hat_strukturzulage=1) == 0
    doubts = rule_book("entgelt", "besoldung").build(JUNE).doubtful_parameters(["strukturzulage"])
    assert [doubt.name for doubt in doubts] == ["strukturzulage_betrag"]


@pytest.mark.parametrize(("age", "hours"), [(30, 41), (54, 41), (55, 40), (59, 40), (60, 39)])
def test_hours_by_age(age: int, hours: int) -> None:
    assert law("wochenstunden_beamte", lebensjahre=age) == hours


def test_completed_years() -> None:
    assert vollendet(date(1971, 6, 2), date(2026, 6, 1)) == 54
    assert vollendet(date(1971, 6, 1), date(2026, 6, 1)) == 55
    assert law("elternzeit_pkv_zuschuss", elternzeit_pkv=1) == 3_100


def test_orders_b_and_r_and_trainee_officers_with_and_without_the_draft() -> None:
    in_force, drafted = TABLES.on(JUNE), TABLES.on(JUNE, drafts=True)
    for key in [k for k in in_force if k[0] in ("NRW-B", "NRW-R", "NRW-W", "NRW-Anwaerter")]:
        found = {"scale": key[0], "group": key[1], "step": int(key[2])}
        assert law("tabellenentgelt", **found) == in_force[key].cent
        assert law("tabellenentgelt", abschlag_auf_entwurf=1, **found) == drafted[key].cent
        expected = drafted[key].cent - in_force[key].cent
        assert law("abschlag_entwurf", abschlag_auf_entwurf=1, **found) == expected
        assert (expected > 0) is (key[0] not in ("NRW-R", "NRW-W"))  # there is no draft of orders R and W


def test_order_w_follows_the_acts_of_2024() -> None:
    """Table of December 2022 (4,927.21, 6,484.33, 7,162.51), 200.00 more from November 2024, then 5.5 %."""
    before, since = TABLES.on(date(2024, 11, 1)), TABLES.on(date(2025, 2, 1))
    for group, cents in (("W1", 492_721), ("W2", 648_433), ("W3", 716_251)):
        assert before["NRW-W", group, "0"].cent == cents + 20_000
        assert since["NRW-W", group, "0"].cent == r2(Fraction((cents + 20_000) * 1055, 1000))


def test_limited_fitness_in_part_of_a_month() -> None:
    # 60 % of A9 step 6 and 10 % of full pay, at least 300.00
    full = TABLES.on(JUNE)["NRW-A", "A9", "6"].cent
    hours = {"wochenstunden": 2460, "dienstfaehigkeit": 6000}
    assert law("zuschlag_begrenzte_dienstfaehigkeit", **hours) == max(r2(Fraction(full, 10)), 30_000)
    assert law("zuschlag_begrenzte_dienstfaehigkeit", dienstfaehigkeit=9000, wochenstunden=3690) == 0


def test_family_supplement_of_trainee_officers_goes_by_the_entry_office() -> None:
    facts: dict[str, Any] = {"scale": "NRW-Anwaerter", "group": "A5-A8", "step": 0, "familienzuschlag_stufe_1": 1}
    assert law("familienzuschlag", anwaerter_einstiegsamt=1, **facts) == family("A5-A6", "1")
    assert law("familienzuschlag", anwaerter_einstiegsamt=2, **facts) == family("A7-A8", "1")
    facts["group"] = "A9-A11"
    assert law("familienzuschlag", anwaerter_einstiegsamt=1, **facts) == family("uebrige", "1")
    facts["group"] = "A5-A8"
    with pytest.raises(AssertionError, match="Familienzuschlag"):
        law("familienzuschlag", **facts)
