"""Pläne: aufstellen, Änderungen vorsehen, beschließen, einfrieren, nachprüfen; Nachtrag mit vorher und nachher."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from fractions import Fraction
from io import BytesIO
from typing import Any

import pytest
from openpyxl import load_workbook
from sqlalchemy import delete, update
from sqlalchemy.exc import DBAPIError

from staffplan import notes, occupancy, plans
from staffplan.documents import content, files, tables
from staffplan.documents.content import Nachwuchs
from staffplan.models import Stellenplan, StellenplanAenderung
from staffplan.reading import stand
from staffplan.rules import Refused
from staffplan.state import Vermerk
from tenants.db.session import TenantSession, tenant_session

HALF = Fraction(1, 2)
SITTING = date(2026, 12, 10)
Build = Callable[..., Any]
Decide = Callable[[Stellenplan], Stellenplan]


@pytest.fixture
def decide(office: TenantSession) -> Iterator[Decide]:
    """Eine zweite Person vollzieht den Beschluss in derselben Sitzung."""

    def acting(plan: Stellenplan) -> Stellenplan:
        office.info["actor"] = "otto"
        try:
            return plans.decide(
                office, plan, gremium="Kreistag", sitzung=SITTING, vorlage="12/2026", reason="Beschluss"
            )
        finally:
            office.info["actor"] = "olga"

    return acting


def change(
    session: TenantSession, plan: Stellenplan, art: str, stelle: str, ab: date | None = None, **werte: Any
) -> None:
    plans.propose(session, plan, art, stelle, ab=ab or date(plan.jahr, 1, 1), werte=werte, begruendung="Bedarf")


def full_draft(session: TenantSession) -> Stellenplan:
    plan = plans.draft(session, 2027, reason="Haushalt 2027")
    change(
        session,
        plan,
        "neu",
        "5002",
        bezeichnung="Wohngeld",
        gruppe="EG 8",
        anteil="19,5/39",
        einheit="50",
        verteilung={"05.01": "1/3", "01.01": "2/3"},
    )
    change(session, plan, "gruppe", "1002", gruppe="E9c")
    change(session, plan, "gruppe", "1001", date(2027, 7, 1), gruppe="A10", laufbahn="2.1")
    change(session, plan, "verlagerung", "5001", einheit="10.1", verteilung={"01.01": "1"})
    change(session, plan, "vermerk", "5001", vermerk="kw", termin="2028-12-31")
    return plan


def test_planned_changes_stay_apart_until_they_are_decided(office: TenantSession, decide: Decide) -> None:
    plan = full_draft(office)
    later = date(2027, 8, 1)
    assert "5002" not in stand(office, later).stellen
    assert plans.proposed(office, plan)["5002"].anteil == HALF
    decide(plan)
    after = stand(office, later).stellen
    assert (after["5002"].gruppe, after["1002"].gruppe, after["1001"].gruppe) == ("E8", "E9c", "A10")
    assert stand(office, date(2027, 6, 30)).stellen["1001"].gruppe == "A11"
    assert after["5001"].einheit == "10.1"
    assert [v.art for v in after["5001"].vermerke] == ["kw"]
    assert after["5002"].beschluss == "Stellenplan 2027, Kreistag 10.12.2026"


def test_what_is_frozen_is_what_the_facts_give(office: TenantSession, decide: Decide) -> None:
    plan = full_draft(office)
    shown = plans.preview(office, plan)
    plans.set_trainees(
        office, plan, [Nachwuchs("auszubildende", "Verwaltungsfachangestellte", "TVAöD", 3, 2, "")], reason="Ausbildung"
    )
    decide(plan)
    office.commit()
    frozen = plans.preview(office, plan)
    assert (frozen.teil_a, frozen.teil_b) == (shown.teil_a, shown.teil_b)
    assert plans.verify(office, plan) == []
    assert content.canonical(frozen) == plan.inhalt


def test_later_facts_do_not_change_a_decided_plan(
    two_tenants: tuple[int, int], build_office: Build, holder: Build
) -> None:
    with tenant_session(two_tenants[0], actor="olga") as session:
        build_office(session)
        plan = full_draft(session)
    with tenant_session(two_tenants[0], actor="otto") as session:
        session.add(plan)
        plans.decide(session, plan, gremium="Kreistag", sitzung=SITTING, reason="Beschluss")
        seal = plan.sha256
    with tenant_session(two_tenants[0], actor="olga") as session:
        occupancy.occupy(
            session, holder("1001", gruppe="A10", laufbahn="2.1", ab=date(2026, 2, 1)), reason="spät erfasst"
        )
        notes.put(session, "1002", Vermerk("sperre", date(2027, 2, 1)), reason="Haushaltssperre")
    with tenant_session(two_tenants[0], actor="olga") as session:
        found = plans.find(session, plan.public_id)
        assert found is not None
        assert found.sha256 == seal
        assert plans.verify(session, found) == []


def test_numbers_of_part_a_and_b(office: TenantSession, decide: Decide, holder: Build) -> None:
    occupancy.occupy(office, holder("1001", "1", gruppe="A10", laufbahn="2.1", anteil=HALF), reason="Ernennung")
    occupancy.occupy(office, holder("1002", "2", gruppe="E9b"), reason="Einstellung")
    occupancy.occupy(office, holder("5001", "3", gruppe="E6", anteil=HALF, zustand="elternzeit"), reason="Elternzeit")
    plan = decide(full_draft(office))
    made = plans.preview(office, plan)
    rows = {(r.laufbahn, r.gruppe): (r.zahl, r.vorjahr, r.besetzt) for r in (*made.teil_a, *made.teil_b)}
    assert rows == {
        ("2.1", "A11"): (0, 1, HALF), ("2.1", "A10"): (1, 0, 0),
        (None, "E9c"): (1, 0, 0), (None, "E9b"): (0, 1, 1), (None, "E8"): (HALF, 0, 0), (None, "E6"): (HALF, HALF, 0),
    }  # fmt: skip
    assert [row.vermerke for row in made.teil_b if row.gruppe == "E6"] == [("0,5 kw ab 31.12.2028",)]


def test_list_of_changes_names_each_kind(office: TenantSession, decide: Decide) -> None:
    plan = decide(full_draft(office))
    found = {
        (one.stelle, one.art): (one.vorher, one.nachher, one.grund)
        for one in plans.preview(office, plan).veraenderungen
    }
    assert found[("5002", "neu")] == ("", "0,5 E8, Einheit 50, Produkt 01.01 zu 66,67 %, 05.01 zu 33,33 %", "Bedarf")
    assert found[("1002", "angehoben")] == ("E9b", "E9c", "Bedarf")
    assert found[("1001", "abgesenkt")] == ("A11 (LG 2.1)", "A10 (LG 2.1)", "Bedarf")
    assert found[("5001", "verlagert")][:2] == ("Einheit 50, Produkt 05.01", "Einheit 10.1, Produkt 01.01")
    assert found[("5001", "vermerk")][:2] == ("ohne", "kw ab 31.12.2028")
    assert len(found) == 5


def test_a_decided_plan_is_never_changed(office: TenantSession, decide: Decide) -> None:
    plan = decide(full_draft(office))
    with pytest.raises(Refused, match="Nachtrag aufstellen"):
        change(office, plan, "wegfall", "5001")
    with pytest.raises(Refused, match="beschlossen"):
        plans.set_trainees(office, plan, [], reason="zu spät")
    for statement in (
        update(Stellenplan).values(vorlage="anders"),
        update(StellenplanAenderung).values(begruendung="x"),
    ):
        with pytest.raises(DBAPIError, match="ändert sich nicht"), office.begin_nested():
            office.execute(statement, execution_options={"synchronize_session": False})
    with pytest.raises(DBAPIError), office.begin_nested():
        office.execute(delete(Stellenplan), execution_options={"synchronize_session": False})


def test_who_drafts_does_not_decide(office: TenantSession) -> None:
    plan = plans.draft(office, 2027, reason="Haushalt 2027")
    with pytest.raises(Refused, match="zweite Person"):
        plans.decide(office, plan, gremium="Kreistag", sitzung=SITTING, reason="allein")


def test_amendment_shows_before_and_after(office: TenantSession, decide: Decide) -> None:
    decide(full_draft(office))
    amendment = plans.draft(office, 2027, reason="Nachtrag")
    assert plans.title(amendment) == "1. Nachtragsstellenplan 2027"
    change(office, amendment, "anteil", "5002", date(2027, 9, 1), anteil="1")
    decide(amendment)
    made = plans.preview(office, amendment)
    row = next(row for row in made.teil_b if row.gruppe == "E8")
    assert (row.bisher, row.zahl, row.vorjahr) == (HALF, 1, 0)
    assert [(v.art, v.vorher, v.nachher) for v in made.veraenderungen] == [("erweitert", "0,5", "1")]
    heads = [name for name, _ in tables.of(made)[1].spalten]
    assert heads[1:3] == ["Stellen 2027 bisher", "Stellen 2027 neu"]
    assert plans.verify(office, amendment) == []


def test_next_year_compares_with_the_frozen_plan_and_names_executed_notes(
    office: TenantSession, decide: Decide, holder: Build
) -> None:
    first = plans.draft(office, 2026, reason="Haushalt 2026")
    change(office, first, "vermerk", "1002", vermerk="kw")
    change(office, first, "vermerk", "1001", vermerk="ku", ziel_gruppe="A10", ziel_laufbahn="2.1")
    occupancy.occupy(office, holder(), reason="Einstellung")
    occupancy.occupy(office, holder("1001", "1", gruppe="A11", laufbahn="2.1"), reason="Ernennung")
    decide(first)
    occupancy.vacate(office, "1002", "4711", last_day=date(2026, 8, 31), reason="Ruhestand")
    occupancy.vacate(office, "1001", "1", last_day=date(2026, 8, 31), reason="Versetzung")
    made = plans.preview(office, plans.draft(office, 2027, reason="Haushalt 2027"))
    assert [(v.stelle, v.art) for v in made.veraenderungen] == [("1002", "kw_vollzogen"), ("1001", "ku_vollzogen")]
    assert {row.gruppe: (row.zahl, row.vorjahr, row.besetzt) for row in made.teil_b} == {
        "E9b": (0, 1, 1),
        "E6": (HALF, HALF, 0),
    }


@pytest.mark.parametrize(
    ("art", "stelle", "werte", "reason"),
    [("neu", "1001", {"gruppe": "E6", "bezeichnung": "x", "einheit": "50"}, "gibt es schon"),
     ("neu", "9", {"gruppe": "E6", "bezeichnung": "x", "einheit": "99"}, "Organisationseinheit 99 gibt es nicht"),
     ("neu", "9", {"gruppe": "E6", "bezeichnung": "x", "einheit": "50", "verteilung": {"05.01": "0,5"}},
      "weniger als 1"),
     ("neu", "9", {"gruppe": "E6", "bezeichnung": "x", "einheit": "50", "anteil": "1,5"}, "Anteil"),
     ("neu", "9", {"gruppe": "A11", "bezeichnung": "x", "einheit": "50"}, "Laufbahngruppe"),
     ("gruppe", "1002", {"gruppe": "E99"}, "gibt es nicht"),
     ("anteil", "1002", {"anteil": "viel"}, "ist kein Anteil"),
     ("anteil", "1002", {"gruppe": "E10"}, "gehört nicht zu einer Änderung"),
     ("wegfall", "7777", {}, "gibt es in diesem Plan nicht"),
     ("vermerk", "1002", {"vermerk": "ku"}, "Zielgruppe"),
     ("vermerk", "1002", {"vermerk": "kw", "termin": "bald"}, "als 2026-07-01 angeben"),
     ("vermerk_streichen", "1002", {"vermerk": "kw"}, "keinen Vermerk kw"),
     ("umbenennen", "1002", {}, "Art der Änderung")],
)  # fmt: skip
def test_a_change_that_does_not_fit_is_refused(
    office: TenantSession, art: str, stelle: str, werte: dict[str, Any], reason: str
) -> None:
    plan = plans.draft(office, 2027, reason="Haushalt 2027")
    with pytest.raises(Refused, match=reason):
        change(office, plan, art, stelle, **werte)
    assert plans.changes(office, plan) == []


def test_effects_lie_in_the_year_and_only_one_draft_waits(office: TenantSession) -> None:
    plan = plans.draft(office, 2027, reason="Haushalt 2027")
    with pytest.raises(Refused, match="nicht im Jahr 2027"):
        change(office, plan, "wegfall", "5001", date(2028, 1, 1))
    with pytest.raises(Refused, match="noch ein Entwurf"):
        plans.draft(office, 2028, reason="zu früh")


def test_withdrawing_keeps_the_rest_fitting(office: TenantSession) -> None:
    plan = full_draft(office)
    held = plans.changes(office, plan)
    change(office, plan, "gruppe", "5002", gruppe="E9a")
    with pytest.raises(Refused, match="gibt es in diesem Plan nicht"):
        plans.withdraw(office, plan, held[0], reason="doch nicht")
    plans.withdraw(office, plan, held[1], reason="doch nicht")
    assert plans.proposed(office, plan)["1002"].gruppe == "E9b"


def test_an_occupied_post_stops_the_decision_as_a_whole(office: TenantSession, holder: Build, decide: Decide) -> None:
    occupancy.occupy(office, holder(), reason="Einstellung")
    plan = plans.draft(office, 2027, reason="Haushalt 2027")
    change(office, plan, "gruppe", "5001", gruppe="E7")
    change(office, plan, "wegfall", "1002")
    with pytest.raises(Refused, match="noch besetzt mit 4711"):
        decide(plan)
    assert plan.zustand == "entwurf"
    assert stand(office, date(2027, 2, 1)).stellen["5001"].gruppe == "E6"


def test_files_carry_the_same_totals(office: TenantSession, decide: Decide) -> None:
    made = plans.preview(office, decide(full_draft(office)))
    book = load_workbook(BytesIO(files.as_xlsx(made)))
    assert book.sheetnames == [
        "Teil A",
        "Teil B",
        "Übersicht A 1",
        "Übersicht A 2",
        "Übersicht B",
        "Veränderungsliste gegenüber dem",
    ]
    total = next(row for row in book["Teil B"].iter_rows(values_only=True) if row[0] == "Summe")
    assert total[1:4] == (2, 1.5, 0)
    text = files.as_csv(made).decode("utf-8-sig")
    assert "EG 8;0,50;0,00;0,00;" in text
    overview = next(row for row in book["Übersicht A 2"].iter_rows(values_only=True) if row[0] == "Summe")
    assert overview[-1] == 2


def test_a_draft_may_start_at_the_first_plan_of_a_tenant(two_tenants: tuple[int, int]) -> None:
    with tenant_session(two_tenants[1], actor="olga") as session:
        made = plans.preview(session, plans.draft(session, 2027, reason="Haushalt"))
        assert (made.teil_a, made.teil_b, made.titel) == ((), (), "Stellenplan 2027")
        assert [len(table.reihen) for table in tables.of(made)] == [1, 1, 1, 1, 1, 0]
