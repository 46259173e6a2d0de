"""Erfassen mit zwei Uhren: Organisation, Stellen, Besetzung, Vermerke; jeder Tag bleibt ansehbar."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from fractions import Fraction
from typing import Any

import pytest
from sqlalchemy import event, select

from staffplan import notes, occupancy, organisation, posts, settings
from staffplan.models import Stelle, StelleStand
from staffplan.reading import stand
from staffplan.rules import Refused
from staffplan.settings import Einstellung
from staffplan.state import Vermerk
from tenants.audit.models import AuditEntry
from tenants.db.session import TenantSession, tenant_session

JULY, LAST_JUNE = date(2026, 7, 1), date(2026, 6, 30)
HALF = Fraction(1, 2)
Build = Callable[..., Any]


def test_any_day_shows_what_was_decided(office: TenantSession) -> None:
    before, now = stand(office, date(2025, 12, 31)), stand(office, date(2026, 1, 1))
    assert (len(before.stellen), list(now.stellen)) == (0, ["1001", "1002", "5001"])
    assert now.stellen["5001"].anteil == HALF
    assert now.stellen["1001"].verteilung == (("01.01", Fraction(1)),)
    assert now.einheiten["10.1"].uebergeordnet == "10"


def test_both_clocks(two_tenants: tuple[int, int], build_office: Build) -> None:
    with tenant_session(two_tenants[0], actor="olga") as session:
        build_office(session)
    known = datetime.now(UTC)
    with tenant_session(two_tenants[0], actor="olga") as session:
        posts.reorganise(session, "1002", ab=date(2026, 3, 1), reason="Umzug", einheit="50")
    with tenant_session(two_tenants[0], actor="olga") as session:
        assert stand(session, JULY).stellen["1002"].einheit == "50"
        assert stand(session, JULY, known).stellen["1002"].einheit == "10.1"
        assert stand(session, date(2026, 2, 28)).stellen["1002"].einheit == "10.1"


def test_the_administration_does_not_change_what_the_plan_binds(office: TenantSession) -> None:
    for change in ({"gruppe": "E10"}, {"anteil": HALF}, {"art": "planstelle"}, {"befristet_bis": JULY}):
        with pytest.raises(Refused, match="bindet der Stellenplan"):
            posts.reorganise(office, "1002", ab=JULY, reason="Wunsch", **change)
    with pytest.raises(Refused, match="beschließt der Stellenplan"):
        notes.put(office, "1002", Vermerk("kw", JULY), reason="Wunsch")


def test_a_number_is_given_once(office: TenantSession, new_post: Build) -> None:
    with pytest.raises(Refused, match="gibt es schon"):
        posts.create(office, new_post("1002", "E6"), reason="noch einmal")
    posts.drop(office, "1002", last_day=LAST_JUNE, reason="Wegfall")
    with pytest.raises(Refused, match="oder gab es einmal"):
        posts.create(office, new_post("1002", "E6", ab=date(2027, 1, 1)), reason="noch einmal")


def test_circular_organisation_leaves_nothing_behind(office: TenantSession) -> None:
    with pytest.raises(Refused, match="im Kreis"):
        organisation.unit(office, "10", name="Hauptamt", ab=JULY, reason="Irrtum", uebergeordnet="10.1")
    assert stand(office, JULY).einheiten["10"].uebergeordnet == "0"
    with pytest.raises(Refused, match="gehören noch Stellen"):
        organisation.end_unit(office, "50", last_day=LAST_JUNE, reason="Auflösung")


def test_distribution_is_replaced_as_a_whole(office: TenantSession) -> None:
    posts.distribute(office, "1002", {"01.01": Fraction(1, 3), "05.01": Fraction(2, 3)}, ab=JULY, reason="Umverteilung")
    assert dict(stand(office, LAST_JUNE).stellen["1002"].verteilung) == {"01.01": 1}
    assert dict(stand(office, JULY).stellen["1002"].verteilung) == {"01.01": Fraction(1, 3), "05.01": Fraction(2, 3)}
    posts.distribute(office, "1002", {"05.01": Fraction(1)}, ab=date(2026, 3, 1), reason="früher")
    for day in (date(2026, 3, 1), JULY, date(2030, 1, 1)):
        assert dict(stand(office, day).stellen["1002"].verteilung) == {"05.01": 1}


def test_appointment_and_leave_with_substitute(office: TenantSession, holder: Build) -> None:
    occupancy.occupy(office, holder(gruppe="EG 9b"), reason="Einstellung")
    assert stand(office, JULY).stellen["1002"].besetzungen[0].gruppe == "E9b"
    with pytest.raises(Refused, match="schon besetzt mit 4711"):
        occupancy.occupy(office, holder(person="4712"), reason="Einstellung")
    held = stand(office, JULY).stellen["1002"].besetzungen[0]
    occupancy.leave(office, held, ab=JULY, bis=date(2026, 12, 31), zustand="elternzeit", reason="Elternzeit")
    occupancy.occupy(
        office, holder(person="4712", ab=JULY, bis=date(2026, 12, 31), vertritt="4711"), reason="Vertretung"
    )
    summer, later = stand(office, JULY).stellen["1002"], stand(office, date(2027, 1, 1)).stellen["1002"]
    assert [(b.personalnummer, b.zustand) for b in summer.besetzungen] == [("4711", "elternzeit"), ("4712", "aktiv")]
    assert (summer.besetzt, summer.frei) == (1, 0)
    assert [(b.personalnummer, b.zustand) for b in later.besetzungen] == [("4711", "aktiv")]


def test_changing_the_share_replaces_the_own_row(office: TenantSession, holder: Build) -> None:
    occupancy.occupy(office, holder(), reason="Einstellung")
    occupancy.occupy(office, holder(anteil=HALF, ab=JULY), reason="Teilzeit")
    assert stand(office, LAST_JUNE).stellen["1002"].besetzt == 1
    assert stand(office, JULY).stellen["1002"].besetzt == HALF
    occupancy.occupy(office, holder(person="4712", anteil=HALF, ab=JULY), reason="andere Hälfte")
    assert stand(office, JULY).stellen["1002"].frei == 0


def test_a_kw_post_that_becomes_free_disappears(office: TenantSession, holder: Build) -> None:
    occupancy.occupy(office, holder(), reason="Einstellung")
    notes.put(office, "1002", Vermerk("kw", date(2026, 2, 1)), reason="Plan", by_plan=True)
    done = occupancy.vacate(office, "1002", "4711", last_day=LAST_JUNE, reason="Ruhestand")
    assert done == ["Stelle 1002: weggefallen ab 01.07.2026 (kw)"]
    assert "1002" in stand(office, LAST_JUNE).stellen
    assert "1002" not in stand(office, JULY).stellen


def test_a_kw_post_stays_while_someone_on_leave_holds_it(office: TenantSession, holder: Build) -> None:
    occupancy.occupy(office, holder(zustand="elternzeit"), reason="Elternzeit")
    occupancy.occupy(office, holder(person="4712", vertritt="4711"), reason="Vertretung")
    notes.put(office, "1002", Vermerk("kw", date(2026, 2, 1)), reason="Plan", by_plan=True)
    assert occupancy.vacate(office, "1002", "4712", last_day=LAST_JUNE, reason="Ende der Vertretung") == []
    assert "1002" in stand(office, JULY).stellen


def test_ku_converts_when_free_and_the_note_is_spent(office: TenantSession, holder: Build) -> None:
    occupancy.occupy(office, holder("1001", gruppe="A11", laufbahn="2.1"), reason="Ernennung")
    notes.put(
        office,
        "1001",
        Vermerk("ku", date(2026, 2, 1), ziel_laufbahn="2.1", ziel_gruppe="A10"),
        reason="Plan",
        by_plan=True,
    )
    occupancy.vacate(office, "1001", "4711", last_day=LAST_JUNE, reason="Versetzung")
    after = stand(office, JULY).stellen["1001"]
    assert (after.gruppe, after.vermerke, after.beschluss) == ("A10", (), "ku-Vermerk vollzogen")
    occupancy.occupy(office, holder("1001", gruppe="A10", laufbahn="2.1", ab=JULY), reason="Ernennung")


def test_kw_for_a_part_shrinks_the_post(office: TenantSession, holder: Build) -> None:
    for person in ("4711", "4712"):
        occupancy.occupy(office, holder(person=person, anteil=HALF), reason="Einstellung")
    notes.put(office, "1002", Vermerk("kw", date(2026, 2, 1), teil=HALF), reason="Plan", by_plan=True)
    occupancy.vacate(office, "1002", "4712", last_day=LAST_JUNE, reason="Wechsel")
    after = stand(office, JULY).stellen["1002"]
    assert (after.anteil, after.besetzt, after.vermerke) == (HALF, HALF, ())


def test_kw_with_a_date_waits_for_it(office: TenantSession, holder: Build) -> None:
    occupancy.occupy(office, holder(bis=LAST_JUNE), reason="Einstellung")
    notes.put(office, "1002", Vermerk("kw", date(2026, 2, 1), termin=date(2026, 10, 1)), reason="Plan", by_plan=True)
    assert notes.execute_due(office, JULY) == []
    assert notes.execute_due(office, date(2026, 10, 1)) == ["Stelle 1002: weggefallen ab 01.10.2026 (kw)"]


def test_an_occupied_post_is_not_dropped(office: TenantSession, holder: Build) -> None:
    occupancy.occupy(office, holder(), reason="Einstellung")
    with pytest.raises(Refused, match="noch besetzt mit 4711"):
        posts.drop(office, "1002", last_day=LAST_JUNE, reason="Wegfall")


def test_every_change_is_in_the_protocol_with_its_reason(office: TenantSession, holder: Build) -> None:
    occupancy.occupy(office, holder(), reason="Einstellung zum Jahresbeginn")
    entry = office.scalars(select(AuditEntry).order_by(AuditEntry.id.desc()).limit(1)).one()
    assert (entry.action, entry.reason) == ("stellenplan.erfasst", "Einstellung zum Jahresbeginn")
    assert entry.details["satz"] == "Stelle 1002, Personalnummer 4711"
    with pytest.raises(Refused, match="Grund fehlt"):
        occupancy.occupy(office, holder("5001", "4712", HALF, "E6"), reason=" ")


def test_repeating_changes_nothing(office: TenantSession, holder: Build) -> None:
    first = occupancy.occupy(office, holder(), reason="Einstellung")
    assert occupancy.occupy(office, holder(), reason="noch einmal") is first


def test_another_tenant_sees_none_of_it(office: TenantSession, two_tenants: tuple[int, int]) -> None:
    office.commit()
    with tenant_session(two_tenants[1], actor="olga") as other:
        assert stand(other, JULY).stellen == {}
        assert other.scalars(select(Stelle)).all() == []
        with pytest.raises(Refused, match="Stelle 1002 gibt es nicht"):
            posts.drop(other, "1002", last_day=LAST_JUNE, reason="fremd")


def test_reading_a_day_takes_the_same_statements_for_any_number(office: TenantSession, new_post: Build) -> None:
    def statements() -> int:
        counted: list[str] = []

        def note(connection: Any, cursor: Any, text: str, *rest: Any) -> None:
            counted.append(text)

        event.listen(office.get_bind(), "before_cursor_execute", note)
        stand(office, JULY)
        event.remove(office.get_bind(), "before_cursor_execute", note)
        return len(counted)

    few = statements()
    for number in range(20):
        posts.create(office, new_post(f"x{number}", "E6"), reason="mehr")
    assert statements() == few <= 10


def test_settings_have_a_date_and_limits(office: TenantSession, new_post: Build) -> None:
    settings.store(office, JULY, Einstellung(stellen=1, raster=2), reason="Beschluss")
    assert (settings.of(office, LAST_JUNE).raster, settings.of(office, JULY).raster) == (None, 2)
    posts.create(office, new_post("1003", "E6", anteil=Fraction(3, 4)), reason="vor dem Raster")
    with pytest.raises(Refused, match="Raster"):
        posts.create(office, new_post("1004", "E6", anteil=Fraction(3, 4), ab=JULY), reason="danach")
    with pytest.raises(Refused, match="kleinste Gruppe"):
        settings.store(office, JULY, Einstellung(kleinste_gruppe=1), reason="neugierig")


def test_facts_are_kept_when_they_are_replaced(office: TenantSession) -> None:
    posts.reorganise(office, "1002", ab=JULY, reason="Umzug", einheit="50")
    rows = office.scalars(
        select(StelleStand)
        .join(Stelle, (Stelle.tenant_id == StelleStand.tenant_id) & (Stelle.id == StelleStand.stelle_id))
        .where(Stelle.nummer == "1002")
        .order_by(StelleStand.id)
    ).all()
    assert [(row.valid_from, row.valid_to, row.superseded_at is None) for row in rows] == [
        (date(2026, 1, 1), None, False),
        (date(2026, 1, 1), LAST_JUNE, True),
        (JULY, None, True),
    ]
