"""Leitung eines Fachamts: sieht nur ihre Einheit und was ihr untersteht; anderes steht ihr nicht offen."""

from __future__ import annotations

import json
import re
from datetime import date
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from sqlalchemy import select

from payroll.cli import kreislohn
from staffplan import limits, occupancy, organisation, posts
from staffplan.models import Organisationseinheit
from staffplan.models import Stelle as StelleAnker
from staffplan.state import Besetzung, Stelle
from tenants.db.session import platform_session, tenant_session
from tenants.feed import reading
from tenants.feed import service as feed
from tenants.feed.reading import OWN
from tenants.models import Mandate, User
from tenants.users import units
from tenants.users.deputies import appoint
from tenants.users.errors import UserError
from tenants.users.mandates import end_mandate, give_mandate, mandates_on
from tenants.users.service import create_user
from tenants.web.access import access_of

START, TODAY = date(2026, 1, 1), date(2026, 11, 25)
ROOM = "/stellenplan"


@pytest.fixture(scope="module")
def staffed(office: Any) -> Any:
    """Amt 10 mit Sachgebiet 10.1, Amt 50; je eine besetzte Stelle; Leitungen mit und ohne Einheit."""
    kreis = office.tenants["kreis"].id
    with tenant_session(kreis, actor="test") as session:
        for nummer, parent in (("0", None), ("10", "0"), ("10.1", "10"), ("50", "0")):
            organisation.unit(session, nummer, name=f"Amt {nummer}", ab=START, reason="Aufbau", uebergeordnet=parent)
        organisation.account(session, "produkt", "01.01", name="P", ab=START, reason="Aufbau", produktbereich="01")
        for nummer, einheit, person in (("7101", "10.1", "10001"), ("7150", "50", "10003")):
            posts.create(session, Stelle(nummer, "Sachbearbeitung", "stelle", "E9a", Fraction(1), einheit,
                                         beschluss="Bestand", ab=START, verteilung=(("01.01", Fraction(1)),)),
                         reason="Bestand")
            occupancy.occupy(session, Besetzung(nummer, person, Fraction(1), "E9a", START), reason="Bestand")
        ids = dict(session.execute(select(Organisationseinheit.nummer, Organisationseinheit.public_id)).all())
    with platform_session(actor="test") as session:
        for name, unit in (("leo", ids["10"]), ("lea", None), ("lars", ids["50"])):
            office.users[name] = create_user(session, name, name.title(), demonstration=True)
            give_mandate(session, kreis, office.users[name], "department_head", date(2020, 1, 1), unit=unit)
    office.units = ids
    return office


def address(office: Any, nummer: str) -> str:
    with tenant_session(office.tenants["kreis"].id, actor="test") as session:
        anchor = session.scalars(select(StelleAnker.public_id).where(StelleAnker.nummer == nummer)).one()
    return office.address("kreis", f"{ROOM}/stellen/{anchor}")


def test_list_figures_and_organisation_show_the_unit_and_what_is_below(staffed: Any) -> None:
    leo = staffed.client("leo")
    for path in ("", "?format=csv", "/organisation", "/kennzahlen"):
        page = leo.get(staffed.address("kreis", f"{ROOM}{path}"))
        assert page.status_code == 200
        assert "7150" not in page.text
        assert "Amt 50" not in page.text
        assert "10003" not in page.text
    assert "7101" in leo.get(staffed.address("kreis", ROOM)).text
    everything = staffed.client("klara").get(staffed.address("kreis", ROOM)).text
    assert {"7101", "7150"} <= set(re.findall(r"\b71\d\d\b", everything))


def test_a_post_of_another_unit_does_not_exist(staffed: Any) -> None:
    leo = staffed.client("leo")
    for path in ("", "/bewertung"):
        assert leo.get(address(staffed, "7101") + path).status_code == 200
        assert leo.get(address(staffed, "7150") + path).status_code == 404
    assert leo.get(staffed.address("fremd", ROOM)).status_code == 404


def test_without_a_unit_nothing_is_to_be_seen(staffed: Any) -> None:
    lea = staffed.client("lea")
    page = lea.get(staffed.address("kreis", ROOM)).text
    assert "7101" not in page
    assert "7150" not in page
    assert lea.get(address(staffed, "7101")).status_code == 404


def test_ways_that_do_not_filter_are_closed(staffed: Any) -> None:
    leo = staffed.client("leo")
    for path in ("/stellenplan/plaene", "/zeiten/formate", "/zeiten/fehlzeiten"):
        assert leo.get(staffed.address("kreis", path)).status_code == 403
        assert staffed.client("klara").get(staffed.address("kreis", path)).status_code == 200
    declared = {rule.endpoint for rule in staffed.app.url_map.iter_rules()
                if (access := access_of(staffed.app, rule.endpoint)) is not None and access.by_unit
                and not str(access.permission).startswith("recruiting.")}  # those follow the procedure, see jobportal
    assert declared == {"staffplan.index", "staffplan.key_figures", "organisation.index", "post.page",
                        "valuation.page", "valuation.document", "times.index", "timemonth.page", "timemonth.person",
                        "leave.index", "leave.team", "leave.accounts", "leave.decide", "leave.cancel", "timeown.index",
                        "timeown.person", "timeown.correct", "timeown.order", "timeown.cancel_order",
                        "timeconfirm.page", "timeconfirm.decide"}


def test_times_show_the_people_of_the_unit(staffed: Any) -> None:
    kreis = staffed.tenants["kreis"].id
    with tenant_session(kreis, actor="test") as session:
        assert limits.people(session, {staffed.units["10"]}, START, START) == {"10001"}
        assert limits.people(session, {staffed.units["50"]}, TODAY, TODAY) == {"10003"}
        assert limits.people(session, set(), TODAY, TODAY) == set()
        assert limits.people(session, {staffed.units["0"]}, TODAY, TODAY) == {"10001", "10003"}
    assert staffed.client("leo").get(staffed.address("kreis", "/zeiten/monate/2026-10")).status_code == 200


def test_a_unit_that_moves_takes_its_people_along(staffed: Any) -> None:
    with tenant_session(staffed.tenants["kreis"].id, actor="test") as session, session.begin_nested() as step:
        organisation.unit(session, "10.1", name="Amt 10.1", ab=date(2026, 6, 1), reason="Umzug", uebergeordnet="50")
        assert limits.people(session, {staffed.units["10"]}, date(2026, 5, 1), date(2026, 5, 31)) == {"10001"}
        assert limits.people(session, {staffed.units["10"]}, date(2026, 6, 1), date(2026, 6, 30)) == set()
        assert limits.people(session, {staffed.units["50"]}, TODAY, TODAY) == {"10001", "10003"}
        step.rollback()


def test_deputy_inherits_the_limit_and_another_role_lifts_it(staffed: Any) -> None:
    kreis = staffed.tenants["kreis"].id
    with platform_session(actor="test") as session:
        vera = create_user(session, "vera", "Vera", demonstration=True)
        leo = session.get_one(User, staffed.users["leo"].id)
        appoint(session, leo, vera, TODAY, TODAY, "Urlaub")
    (held,) = mandates_on(vera, TODAY)
    assert held.limit("staffplan.read") == {staffed.units["10"]}
    with platform_session(actor="test") as session:
        give_mandate(session, kreis, session.get_one(User, vera.id), "organisation", TODAY)
    (held,) = mandates_on(vera, TODAY)
    assert held.limit("staffplan.read") is None
    assert held.limit("time.read") == {staffed.units["10"]}


def test_only_a_department_head_has_a_unit_and_it_must_exist(staffed: Any) -> None:
    kreis = staffed.tenants["kreis"].id
    with platform_session(actor="test") as session, pytest.raises(UserError, match="Nur die Leitung"):
        give_mandate(session, kreis, staffed.users["lars"], "clerk", TODAY, unit=staffed.units["10"])
    assert units.find(kreis, "10", "test") == staffed.units["10"]
    with pytest.raises(UserError, match="gibt es bei diesem Arbeitgeber nicht"):
        units.find(staffed.tenants["stadt"].id, "10", "test")


def test_the_staff_feed_gives_a_head_the_unit_and_moves_it(staffed: Any) -> None:
    head = "kennung;anmeldename;name;mandate\n"

    def take(mandates: str, day: date) -> tuple[str, ...]:
        content = f"{head}F1;frieda;Frieda;{mandates}\n".encode()
        with platform_session(actor="verwaltung") as session:
            shown = feed.preview(session, content, day)
            feed.apply(session, content, day, digest=shown.digest)
        (step,) = shown.steps
        return step.words

    def unit(day: date) -> Any:
        with platform_session(actor="test") as session:
            user = session.scalars(select(User).where(User.login == "frieda")).one()
        return {one for held in mandates_on(user, day) for one in held.unit_public_ids}

    assert "Mandat 0100 department_head Einheit 10.1" in take("0100:department_head:10.1", TODAY)
    assert unit(TODAY) == {staffed.units["10.1"]}
    assert take("0100:department_head", TODAY) == (), "ohne Einheit bleibt, was gilt"
    later = date(2026, 12, 1)
    assert take("0100:department_head:50", later) == ("Mandat 0100 department_head Einheit 50 ab 01.12.2026",
                                                      "Mandat 0100 department_head endet")
    assert (unit(date(2026, 11, 30)), unit(later)) == ({staffed.units["10.1"]}, {staffed.units["50"]})
    for wrong, words in (("0100:department_head:99", "Die Organisationseinheit 99 gibt es bei 0100 nicht."),
                         ("0100:clerk:10", "Eine Einheit hat nur die Leitung eines Fachamts"),
                         ("0100:department_head:10, 0100:department_head:50", "mit zwei Einheiten")):
        assert any(words in one for one in take(wrong, later)), wrong
    scim = {"Resources": [{"externalId": "F1", "userName": "frieda", "displayName": "Frieda", OWN: {
        "mandates": [{"tenant": "0100", "role": "department_head", "unit": "10"}]}}]}
    (read,) = reading.read(json.dumps(scim).encode(), later)
    assert read.mandates == {("0100", "department_head", "10")}


def test_commands_concern_the_whole_employer(staffed: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from contextlib import nullcontext

    from payroll import acting

    monkeypatch.setattr(acting, "database", lambda _: nullcontext())
    out = tmp_path / "plan.xlsx"
    answer = CliRunner().invoke(kreislohn, ["staffplan", "export", str(out), "--tenant", "0100", "--actor", "leo"])
    assert answer.exit_code == 1
    assert "gilt nur für eine Organisationseinheit" in answer.output
    assert not out.exists()


def test_withdrawn_on_the_first_day_counts_on_no_day_and_ends_the_open_session(staffed: Any) -> None:
    kreis = staffed.tenants["kreis"].id
    with platform_session(actor="test") as session:
        row = session.scalars(select(Mandate).where(Mandate.user_id == staffed.users["lars"].id)).one()
    client, page = staffed.client("lars"), staffed.address("kreis", ROOM)
    assert client.get(page).status_code == 200
    with platform_session(actor="test") as session:
        held = session.get_one(Mandate, (row.tenant_id, row.id))
        end_mandate(session, held, date(2019, 12, 31), "Irrtum")
    assert client.get(page).status_code == 404
    assert mandates_on(staffed.users["lars"], date(2020, 1, 1)) == []
    with platform_session(actor="test") as session:
        give_mandate(session, kreis, staffed.users["lars"], "department_head", date(2020, 1, 1),
                     unit=staffed.units["50"])
    assert client.get(page).status_code == 200
