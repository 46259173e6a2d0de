"""Ein Monat als Spalten: Werte, Kürzungen, Hinweise statt Abbruch, Kenntnisstand, feste Zahl von Abfragen."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import event, select

from payroll.law import encode
from payroll.masterdata import catalogue, service
from payroll.masterdata.intake import Tatsache
from payroll.masterdata.models import (
    Beschaeftigung,
    BeschaeftigungAngaben,
    Bezuegezuordnung,
    Kind,
    PersonAngaben,
    Steuermerkmale,
    Versicherung,
    WiederkehrenderBezug,
    Zusatzversorgung,
)
from payroll.masterdata.slices import MonthFacts, load_month
from payroll.masterdata.slices.cases import counts_as_child
from tenants.db import engine
from tenants.db.session import TenantSession, platform_session, tenant_session
from tenants.models.tenant import Tenant

Employ = Callable[..., None]
MAY = date(2026, 5, 1)
JANUARY = date(2026, 1, 1)


def one(facts: MonthFacts) -> dict[str, Any]:
    assert facts.size == 1, [str(finding) for finding in facts.findings]
    return {name: column[0] for name, column in facts.cases.items()}


def payment(
    session: TenantSession, lohnart: int, betrag_cent: int, start: date = JANUARY, end: date | None = None
) -> Tatsache:
    values = {"lohnart_id": catalogue.ids(session).lohnarten[lohnart], "betrag_cent": betrag_cent}
    return Tatsache(WiederkehrenderBezug, start, values, end)


def test_case_carries_what_the_law_takes(desk: TenantSession, employ: Employ) -> None:
    employ(desk)
    facts = load_month(desk, MAY)
    case = one(facts)
    assert facts.findings == []
    assert case["name"] == "Öztürk, Jörg"
    expected = {
        "status": encode.STATUS.index("tarif"),
        "von_tag": 1,
        "bis_tag": 31,
        "steuerklasse": 3,
        "faktor": 0,
        "kinderfreibetraege": 15,
        "konfession": encode.konfession_code("ev"),
        "bundesland_kirche": encode.land_code("NW"),
        "geburtsdatum": 19850615,
        "kv_art": 0,
        "zusatzbeitrag": 26900,
        "vorjahr_zusatzbeitrag": 24500,
        "u2_satz": 3900,
        "beitragsgruppe_kv": 1,
        "beitragsgruppe_pv": 1,
        "personengruppe": 101,
        "kinderlos": 1,
        "kinder_unter_25": 0,
        "regelmaessiges_entgelt": -1,
        "zusatzversorgung": encode.ZUSATZVERSORGUNGEN.index("rzvk"),
        "zv_umlage_satz": 42500,
        "zv_sanierungsgeld_satz": 35000,
        "zv_pauschal_grenze": 8948,
    }
    assert {name: case[name] for name in expected} == expected
    tarifwerk, gruppe, stufe = encode.assignment("TVoeD-VKA", "E9b", "4", MAY)
    assert {name: list(column) for name, column in facts.slices.items()} == {
        "beschaeftigung_row": [0],
        "tarifwerk": [tarifwerk],
        "entgeltgruppe": [gruppe],
        "stufe": [stufe],
        "wochenstunden": [1950],
        "vollzeitstunden": [3900],
        "modell": [""],
        "modell_zaehler": [1],
        "modell_nenner": [1],
        "von_tag": [1],
        "bis_tag": [31],
        "tarifwerk_text": ["TVoeD-VKA"],
        "entgeltgruppe_text": ["E9b"],
        "stufe_text": ["4"],
    }


def test_month_is_cut_where_the_grade_changes(desk: TenantSession, employ: Employ) -> None:
    grade = {"tarifwerk": "TVoeD-VKA", "entgeltgruppe": "E10", "stufe": "3", "wochenstunden": 39, "vollzeitstunden": 39}
    employ(
        desk,
        beschaeftigung=Tatsache(
            BeschaeftigungAngaben, JANUARY, {"art": "tarif", "eintritt": JANUARY, "austritt": date(2026, 5, 24)}
        ),
    )
    job = service.find_employment(desk, "4711")
    assert job is not None
    service.record_fact(
        desk, Bezuegezuordnung, valid_from=date(2026, 5, 11), reason="x", beschaeftigung_id=job.id, **grade
    )
    facts = load_month(desk, MAY)
    assert (one(facts)["von_tag"], one(facts)["bis_tag"]) == (1, 24)
    assert list(
        zip(facts.slices["von_tag"], facts.slices["bis_tag"], facts.slices["entgeltgruppe_text"], strict=True)
    ) == [
        (1, 10, "E9b"),
        (11, 24, "E10"),
    ]
    assert load_month(desk, date(2026, 6, 1)).size == 0


def test_payments_with_their_effect(desk: TenantSession, employ: Employ) -> None:
    more = (
        payment(desk, 1111, 12_050),
        payment(desk, 1650, 665),
        payment(desk, 1600, 200_000, date(2026, 5, 1)),
        payment(desk, 1602, 50_000, date(2026, 4, 1)),
        payment(desk, 4201, 30_000, JANUARY, date(2026, 5, 20)),
        payment(desk, 1124, -2_500, date(2026, 6, 1)),
    )
    employ(desk, more=more)
    paid = load_month(desk, MAY).bezuege
    rows = zip(*(paid[n] for n in ("lohnart", "betrag_cent", "ziel", "zv", "anteilig", "bis_tag")), strict=True)
    assert list(rows) == [
        (1111, 12_050, "zulagen", 1, 1, 31),
        (1600, 200_000, "einmalzahlung", 1, 0, 31),
        (1650, 665, "vwl_ag", 0, 0, 31),
        (4201, 30_000, "nl_unterkunft_zuzahlung", 0, 0, 20),
    ]
    assert paid["text"][0] == "Entgeltgruppenzulage"


def test_a_monthly_amount_changed_inside_the_month_is_due_once(desk: TenantSession, employ: Employ) -> None:
    """Rent of 300.00 until 15 May, 320.00 from 16 May: one month's rent; an allowance by days is cut in two."""
    cut = date(2026, 5, 16)
    more = (
        payment(desk, 4201, 30_000, JANUARY, date(2026, 5, 15)),
        payment(desk, 4201, 32_000, cut),
        payment(desk, 1111, 10_000, JANUARY, date(2026, 5, 15)),
        payment(desk, 1111, 12_000, cut),
    )
    employ(desk, more=more)
    paid = load_month(desk, MAY).bezuege
    assert list(zip(*(paid[n] for n in ("lohnart", "betrag_cent", "von_tag", "bis_tag")), strict=True)) == [
        (1111, 10_000, 1, 15),
        (1111, 12_000, 16, 31),
        (4201, 32_000, 16, 31),
    ]


def test_children_and_parenthood(desk: TenantSession, employ: Employ) -> None:
    born = (date(2001, 5, 1), date(2001, 5, 2), date(2020, 2, 29))
    kinder = {
        f"kind{n}": Tatsache(Kind, JANUARY, {"nummer": n, "geburtsdatum": day}) for n, day in enumerate(born, start=1)
    }
    employ(desk, **kinder)
    case = one(load_month(desk, MAY))
    assert (case["kinderlos"], case["kinder_unter_25"]) == (0, 2)


@pytest.mark.parametrize(
    ("born", "month", "counts"),
    [
        (date(2001, 5, 1), date(2026, 4, 30), True),
        (date(2001, 5, 1), date(2026, 5, 31), False),
        (date(2001, 5, 2), date(2026, 5, 31), True),
        (date(2001, 5, 31), date(2026, 6, 30), False),
        (date(2000, 2, 29), date(2025, 2, 28), True),
        (date(2000, 2, 29), date(2025, 3, 31), False),
        (date(2026, 6, 1), date(2026, 5, 31), False),
    ],
)
def test_a_child_counts_until_its_25th_year_is_complete(born: date, month: date, counts: bool) -> None:
    assert counts_as_child(born, month) is counts


def test_minijob_needs_no_tax_features_and_no_grade(desk: TenantSession, employ: Employ) -> None:
    employ(
        desk,
        beschaeftigung=Tatsache(BeschaeftigungAngaben, JANUARY, {"art": "minijob", "eintritt": JANUARY}),
        steuer=None,
        bezuege=None,
        zusatzversorgung=None,
        versicherung=Tatsache(
            Versicherung,
            JANUARY,
            {
                "kv_art": "gesetzlich",
                "krankenkasse_id": catalogue.ids(desk).krankenkassen["MJZ"],
                "beitragsgruppe": "6500",
                "personengruppe": 109,
            },
        ),
        more=(payment(desk, 1900, 55_600),),
    )
    facts = load_month(desk, MAY)
    case = one(facts)
    assert facts.findings == []
    assert (case["steuerklasse"], case["beitragsgruppe_kv"], case["u2_satz"], case["zusatzbeitrag"]) == (0, 6, 2200, 0)
    assert facts.bezuege["ziel"] == ["grundentgelt"]
    assert facts.slices == {}


DEAD = {"nachname": "Tod", "vorname": "Hein", "geburtsdatum": date(1960, 1, 1)}
MISTAKES: list[tuple[str, dict[str, Any], str, str]] = [
    ("Steuermerkmale", {"steuer": None}, "steuerklasse", "Steuermerkmale fehlen für 05/2026"),
    ("Versicherung", {"versicherung": None}, "kv_art", "Angaben zur Sozialversicherung fehlen für 05/2026"),
    ("Bezüge", {"bezuege": None}, "entgeltgruppe", "keine Eingruppierung vom 01.05.2026 bis 31.05.2026"),
    ("Person", {"person": None}, "person", "Angaben zur Person fehlen"),
    (
        "verstorben",
        {"person": Tatsache(PersonAngaben, JANUARY, DEAD | {"verstorben_am": date(2026, 4, 3)})},
        "verstorben_am",
        "verstorben am 03.04.2026",
    ),
    (
        "Gruppe",
        {
            "bezuege": Tatsache(
                Bezuegezuordnung,
                JANUARY,
                {
                    "tarifwerk": "TVoeD-VKA",
                    "entgeltgruppe": "E99",
                    "stufe": "4",
                    "wochenstunden": 39,
                    "vollzeitstunden": 39,
                },
            )
        },
        "entgeltgruppe",
        "E99",
    ),
    (
        "Stufe",
        {
            "bezuege": Tatsache(
                Bezuegezuordnung,
                JANUARY,
                {
                    "tarifwerk": "TVoeD-VKA",
                    "entgeltgruppe": "E1",
                    "stufe": "1",
                    "wochenstunden": 39,
                    "vollzeitstunden": 39,
                },
            )
        },
        "stufe",
        "Stufe '1' gibt es in TVoeD-VKA E1",
    ),
]


@pytest.mark.parametrize(("change", "field", "rule"), [m[1:] for m in MISTAKES], ids=[m[0] for m in MISTAKES])
def test_a_faulty_person_is_left_out_and_everyone_else_goes_on(
    desk: TenantSession, employ: Employ, change: dict[str, Any], field: str, rule: str
) -> None:
    employ(desk, "1", **change)
    employ(desk, "2")
    facts = load_month(desk, MAY)
    assert one(facts)["personalnummer"] == "2"
    assert list(facts.slices["beschaeftigung_row"]) == [0]
    (finding,) = facts.findings
    assert finding.field == field
    assert rule in finding.rule
    assert finding.record.startswith("Personalnummer 1")
    assert finding.left_out
    assert finding.remedy


def test_unknown_rate_of_a_fund_names_the_fund(desk: TenantSession, employ: Employ) -> None:
    fund = catalogue.ids(desk).krankenkassen["AOK RH"]
    insured = {"kv_art": "gesetzlich", "krankenkasse_id": fund, "beitragsgruppe": "1111", "personengruppe": 101}
    employ(desk, versicherung=Tatsache(Versicherung, JANUARY, insured))
    facts = load_month(desk, MAY)
    assert facts.size == 0
    assert "AOK Rheinland/Hamburg" in facts.findings[0].rule


def test_a_fund_that_changes_in_mid_month_is_told(desk: TenantSession, employ: Employ) -> None:
    """§ 175 Abs. 4 SGB V: gewechselt wird zum Ende eines Monats; am Ersten ist nichts zu sagen."""
    employ(desk)
    funds = catalogue.ids(desk).krankenkassen
    job = desk.scalars(select(Beschaeftigung.id)).one()
    for first, told in ((date(2026, 5, 1), 0), (date(2026, 5, 16), 1)):
        service.record_fact(desk, Versicherung, beschaeftigung_id=job, valid_from=first, kv_art="gesetzlich",
                            krankenkasse_id=funds["BARMER"], beitragsgruppe="1111", personengruppe=101,
                            reason="Wechsel")
        found = [one for one in load_month(desk, MAY).findings if "mitten im Monat" in one.rule]
        assert len(found) == told
        service.record_fact(desk, Versicherung, beschaeftigung_id=job, valid_from=date(2026, 5, 1), kv_art="gesetzlich",
                            krankenkasse_id=funds["TK"], beitragsgruppe="1111", personengruppe=101, reason="zurück")


def test_a_pension_fund_that_changes_in_mid_month_is_told(desk: TenantSession, employ: Employ) -> None:
    """Wie ein geteilter Monat zu verteilen ist, ist nicht belegt: er zählt bei der späteren, ein Mensch prüft."""
    employ(desk)
    funds = catalogue.ids(desk).zv_kassen
    job = desk.scalars(select(Beschaeftigung.id)).one()

    def told(fund: str, first: date) -> list[str]:
        service.record_fact(desk, Zusatzversorgung, beschaeftigung_id=job, valid_from=first, zv_kasse_id=funds[fund],
                            replace_later=True, reason="Wechsel")
        return [one.rule for one in load_month(desk, MAY).findings
                if one.field == "zusatzversorgung" and "mitten im Monat" in one.rule]

    assert told("rzvk", JANUARY) == []
    assert told("vbl_west", date(2026, 5, 1)) == []
    assert told("vbl_west", date(2026, 5, 10)) == []
    (rule,) = told("rzvk", date(2026, 5, 16))
    assert "wechselt am 16.05.2026" in rule
    assert load_month(desk, MAY).size == 1


@pytest.mark.parametrize(("land", "sachsen", "told"), [
    ("NW", False, ""), ("NW", True, "aber nicht dort"), ("SN", True, ""), ("SN", False, "ist aber nicht gesetzt")])
def test_the_saxon_share_follows_the_place_of_work(two_tenants: tuple[int, int], employ: Employ, land: str,
                                                   sachsen: bool, told: str) -> None:
    """§ 58 Abs. 3 SGB XI: Sitz in Sachsen und die Angabe der Person widersprechen sich; gezahlt wird trotzdem."""
    with platform_session(actor="test") as session:
        session.scalars(select(Tenant).where(Tenant.id == two_tenants[0])).one().bundesland = land
    with tenant_session(two_tenants[0], actor="anna") as session:
        catalogue.seed(session)
        employ(session)
        job = session.scalars(select(Beschaeftigung.id)).one()
        service.record_fact(session, Versicherung, beschaeftigung_id=job, valid_from=JANUARY, kv_art="gesetzlich",
                            krankenkasse_id=catalogue.ids(session).krankenkassen["TK"], beitragsgruppe="1111",
                            personengruppe=101, sachsen=sachsen, reason="Ort")
        facts = load_month(session, MAY)
        found = [one.rule for one in facts.findings if one.field == "sachsen"]
        assert (len(found), facts.size) == (bool(told), 1)
        assert all(told in one for one in found)


def test_warnings_do_not_stop_the_case(two_tenants: tuple[int, int], employ: Employ) -> None:
    with tenant_session(two_tenants[0], actor="anna") as session:
        catalogue.seed(session)
        dead = Tatsache(PersonAngaben, JANUARY, DEAD | {"verstorben_am": date(2026, 5, 9)})
        employ(session, konto=None, person=dead)
        facts = load_month(session, MAY)
    assert one(facts)["bis_tag"] == 9
    assert {(f.field, f.left_out) for f in facts.findings} == {
        ("verstorben_am", False),
        ("iban", False),
        ("u2_satz", False),
    }


def test_pay_after_leaving_is_reported_and_not_paid(desk: TenantSession, employ: Employ) -> None:
    left = {"art": "tarif", "eintritt": JANUARY, "austritt": date(2026, 3, 31)}
    employ(desk, beschaeftigung=Tatsache(BeschaeftigungAngaben, JANUARY, left), more=(payment(desk, 1111, 100),))
    facts = load_month(desk, MAY)
    (finding,) = facts.findings
    assert (finding.record, finding.field) == ("Personalnummer 4711", "Lohnart 1111")
    assert "Austritt am 31.03.2026" in finding.rule
    assert facts.bezuege == {}


def test_knowledge_clock_is_honoured(two_tenants: tuple[int, int], employ: Employ) -> None:
    with tenant_session(two_tenants[0], actor="anna") as session:
        catalogue.seed(session)
        employ(session)
        before = session.scalars(select(Steuermerkmale.recorded_at)).one()
    with tenant_session(two_tenants[0], actor="anna") as session:
        job = service.find_employment(session, "4711")
        assert job is not None
        service.record_fact(
            session,
            Steuermerkmale,
            beschaeftigung_id=job.id,
            valid_from=JANUARY,
            reason="ELStAM",
            steuerklasse=5,
            konfession="rk",
        )
    with tenant_session(two_tenants[0], actor="anna") as session:
        assert one(load_month(session, MAY, before))["steuerklasse"] == 3
        assert one(load_month(session, MAY, datetime.now(UTC)))["steuerklasse"] == 5
        assert load_month(session, MAY, before - timedelta(days=1)).size == 0


def test_the_other_tenant_sees_nothing(two_tenants: tuple[int, int], desk: TenantSession, employ: Employ) -> None:
    employ(desk)
    desk.commit()
    with tenant_session(two_tenants[1], actor="bert") as session:
        assert load_month(session, MAY).size == 0


def test_number_of_statements_does_not_grow(desk: TenantSession, employ: Employ) -> None:
    seen: list[str] = []

    def note(_: Any, __: Any, statement: str, *___: Any) -> None:
        seen.append(statement)

    counts = []
    for total in (1, 12):
        for number in range(len(counts) and 1, total):
            employ(desk, f"{number}", more=(payment(desk, 1111, 100), payment(desk, 1650, 665)))
        event.listen(engine.current().app, "before_cursor_execute", note)
        assert load_month(desk, MAY).size == total
        event.remove(engine.current().app, "before_cursor_execute", note)
        counts.append(len(seen))
        seen.clear()
    assert counts[0] == counts[1] <= 31


def test_number_of_rows_read_does_not_grow_with_the_catalogue(desk: TenantSession, employ: Employ) -> None:
    employ(desk, more=(payment(desk, 1111, 100), payment(desk, 1650, 665)))
    read: list[tuple[str, int]] = []

    def note(_: Any, cursor: Any, statement: str, *___: Any) -> None:
        read.append((statement, cursor.rowcount))

    seen = []
    for first in (7_000, 7_100):
        event.listen(engine.current().app, "after_cursor_execute", note)
        assert load_month(desk, MAY).size == 1
        event.remove(engine.current().app, "after_cursor_execute", note)
        seen.append(list(read))
        read.clear()
        for number in range(first, first + 20):
            catalogue.add_wage_type(
                desk, number, valid_from=JANUARY, reason="Probe", text=f"Zulage {number}", ziel="zulagen",
                steuer="pflichtig", sv="laufend", zv=True, teilzeit=False, tage=True,
            )  # fmt: skip
    assert seen[0] == seen[1]


def test_seeding_twice_changes_nothing(desk: TenantSession) -> None:
    assert catalogue.seed(desk, assumed_u2=Decimal("0.39")) == {"lohnarten": 0, "krankenkassen": 0, "zv_kassen": 0}


def test_amount_of_a_wage_type_that_takes_none_is_a_finding_and_the_case_is_paid(
    desk: TenantSession, employ: Employ
) -> None:
    employ(desk, more=(payment(desk, 1000, 5_000), payment(desk, 1111, 7_000)))
    facts = load_month(desk, MAY)
    assert facts.size == 1
    assert facts.bezuege["lohnart"].tolist() == [1111]
    (finding,) = facts.findings
    assert (finding.field, finding.left_out) == ("Lohnart 1000", False)
    assert "nimmt keine Beträge auf" in finding.rule
