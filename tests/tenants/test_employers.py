"""Arbeitgeber anlegen und ändern: Mängel je Feld, Schlüssel und Katalog von Anfang an, Grund im Protokoll."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, nullcontext
from datetime import date
from typing import Any

import pytest
from click.testing import CliRunner
from sqlalchemy import event, func, select

from payroll.cli import kreislohn
from payroll.law import encode
from payroll.masterdata import arbeitgeber
from payroll.masterdata.models import Krankenkasse, Lohnart
from payroll.masterdata.slices.reading import Reader, few
from tenants import employers, service
from tenants.audit.models import AuditEntry
from tenants.db.bulk import whole_tables
from tenants.db.engine import Dsns
from tenants.db.session import platform_session, tenant_session
from tenants.laender import LAENDER
from tenants.models import Tenant
from tenants.models.tenant import TenantKey
from tenants.security import rotation
from tenants.users.service import create_user, give_mandate, mandates_on

DAY = date(2026, 6, 1)
GIVEN = {"name": "Gemeinde Neuland", "kind": "gemeinde", "strasse": "Am Markt 1", "plz": "48653", "ort": "Neuland",
         "email": "personal@neuland.example"}


@pytest.fixture
def platform(fresh_database: Callable[[], AbstractContextManager[Dsns]]) -> Iterator[None]:
    with fresh_database():
        yield


def made(**changed: str) -> int:
    with platform_session(actor="vera") as session:
        return employers.create(session, "260", GIVEN | changed, check=arbeitgeber.checked).id


@pytest.mark.parametrize(("field", "value"), [
    ("name", " "), ("name", "x" * 71), ("kind", "land"), ("plz", "4865"), ("plz", "٤٨٦٥٣"), ("email", "keine"),
    ("betriebsnummer", "12345678"), ("steuernummer", "12"), ("ort", "x" * 101), ("bundesland", "XX")])
def test_each_problem_stands_at_its_field(platform: None, field: str, value: str) -> None:
    with pytest.raises(employers.EmployerError) as refused:
        made(**{field: value})
    assert set(refused.value.problems) == {field}
    assert refused.value.problems[field].split(":")[0].casefold() in (field, "art", "plz", "e-mail")
    with platform_session(actor="vera") as session:
        assert service.list_tenants(session, state=None) == []


@pytest.mark.parametrize("number", ["", "2 60", "0123456789", "260/1"])
def test_a_number_fits_into_every_identifier(platform: None, number: str) -> None:
    with platform_session(actor="vera") as session, pytest.raises(employers.EmployerError, match="Nummer"):
        employers.create(session, number, GIVEN)


def test_keys_wage_types_and_funds_are_there_and_the_number_is_taken(platform: None) -> None:
    tenant = made(betriebsnummer="15027365", steuernummer="133/8150/8159")
    new = arbeitgeber.furnish(tenant, "vera")
    with tenant_session(tenant, actor="klara") as session:
        assert session.scalar(select(func.count(Lohnart.id))) == new["lohnarten"] > 100
        assert session.scalar(select(func.count(Krankenkasse.id))) == new["krankenkassen"] > 10
    assert not any(arbeitgeber.furnish(tenant, "vera").values())
    with platform_session(actor="vera") as session:
        assert session.scalar(select(func.count(TenantKey.id)).where(TenantKey.tenant_id == tenant)) == 2
    with pytest.raises(employers.EmployerError, match="vergeben"):
        made()


def test_a_change_is_kept_with_its_reason_and_what_was_before(platform: None) -> None:
    tenant = made()
    with platform_session(actor="vera") as session:
        row = session.get_one(Tenant, tenant)
        with pytest.raises(employers.EmployerError, match="Grund"):
            employers.change(session, row, {"finanzamt": "Auenstedt"}, reason=" ")
        assert employers.change(session, row, {"finanzamt": "Auenstedt", "steuernummer": "133/8150/8159"},
                                reason="Bescheid", check=arbeitgeber.checked) == ["finanzamt", "steuernummer"]
        assert employers.change(session, row, {"finanzamt": "Auenstedt"}, reason="noch einmal") == []
        assert (row.number, row.ort, row.email) == ("260", "Neuland", "personal@neuland.example")
        (entry,) = session.scalars(select(AuditEntry).where(AuditEntry.action == "tenant.change"))
        assert entry.reason == "Bescheid"
        assert entry.details["before"] == {"finanzamt": "", "steuernummer": ""}
        assert entry.details["after"] == {"finanzamt": "Auenstedt", "steuernummer": "133/8150/8159"}


def test_two_who_edit_at_once_lose_nothing(platform: None) -> None:
    """Jede Seite schickt alle Felder; gespeichert wird nur, was ihr Mensch anders eingegeben hat."""
    tenant = made(finanzamt="Auenstedt")

    def save(actor: str, shown: dict[str, str], **own: str) -> list[str]:
        with platform_session(actor=actor) as session:
            return employers.change(session, session.get_one(Tenant, tenant), shown | own, reason="Bescheid",
                                    shown=shown)

    with platform_session(actor="vera") as session:
        opened = employers.held(session.get_one(Tenant, tenant))
    assert save("vera", opened, telefon="02594 100") == ["telefon"]
    assert save("karl", opened, finanzamt="Neustadt") == ["finanzamt"], "Telefon war ihm leer gezeigt und bleibt"
    with pytest.raises(employers.EmployerError, match="inzwischen von anderen geändert auf „Neustadt“") as refused:
        save("vera", opened, finanzamt="Altstadt", ort="Neuland-Ost")
    assert set(refused.value.problems) == {"finanzamt"}
    assert save("vera", opened, finanzamt="Neustadt") == [], "dasselbe von beiden ist kein Streit"
    with platform_session(actor="vera") as session:
        now = employers.held(session.get_one(Tenant, tenant))
        assert now == opened | {"telefon": "02594 100", "finanzamt": "Neustadt"}
    assert save("vera", now, finanzamt="Altstadt", telefon="") == ["telefon", "finanzamt"], "wer es gesehen hat, darf"


def test_who_saves_second_reads_what_the_first_has_saved(platform: None) -> None:
    """Die Zeile ist gesperrt, ehe verglichen wird: auch eine schon gelesene ist dann die von jetzt."""
    tenant = made()
    with platform_session(actor="karl") as late:
        row = late.get_one(Tenant, tenant)
        opened = employers.held(row)
        with platform_session(actor="vera") as session:
            employers.change(session, session.get_one(Tenant, tenant), {"ort": "Neuland-Ost"}, reason="Umzug")
        with pytest.raises(employers.EmployerError, match="Neuland-Ost"):
            employers.change(late, row, opened | {"ort": "Neuland-West"}, reason="Umzug", shown=opened)
        assert employers.change(late, row, opened | {"plz": "48654"}, reason="Umzug", shown=opened) == ["plz"]
        assert row.ort == "Neuland-Ost"


def test_numbers_are_held_as_they_are_filed(platform: None) -> None:
    tenant = made(betriebsnummer=" 1502 7365 ", steuernummer="133/ 8150 /8159")
    with platform_session(actor="vera") as session:
        row = session.get_one(Tenant, tenant)
        assert (row.betriebsnummer, row.steuernummer) == ("15027365", "133/8150/8159")
        assert employers.change(session, row, {"betriebsnummer": "150 27 365"}, reason="noch einmal",
                                check=arbeitgeber.checked) == [], "dieselbe Nummer ist keine Änderung"
        row.betriebsnummer = "150 27 365"  # as an earlier version held it
        session.flush()
        changed = employers.change(session, row, {}, reason="Schreibweise", check=arbeitgeber.checked)
        assert (changed, row.betriebsnummer) == (["betriebsnummer"], "15027365")


def test_who_has_left_is_no_employer_of_the_night_run(platform: None) -> None:
    tenant = made()
    with platform_session(actor="betrieb") as session:
        clerk = create_user(session, "klara", "Klara Amt")
        give_mandate(session, tenant, clerk, "clerk", DAY)
        assert [held.number for held in mandates_on(clerk, DAY, session=session)] == ["260"]
    with platform_session(actor="betrieb") as session:
        assert [one.id for one in service.list_tenants(session)] == [tenant]
        rotation.destroy_keys(session, tenant, "ausgeschieden")
        assert service.list_tenants(session) == []
        assert [one.state for one in service.list_tenants(session, state=None)] == ["ausgeschieden"]
        assert mandates_on(clerk, DAY, session=session) == [], "nichts von ihm lässt sich mehr öffnen"


def test_every_value_of_the_first_day_stands_in_the_log(platform: None) -> None:
    made(betriebsnummer="15027365")
    with platform_session(actor="vera") as session:
        (entry,) = session.scalars(select(AuditEntry).where(AuditEntry.action == "tenant.create"))
        assert entry.details == {**GIVEN, "number": "260", "demo": False, "bundesland": "NW",
                                 "betriebsnummer": "15027365"}


def test_two_who_take_a_number_at_once(platform: None) -> None:
    with platform_session(actor="wim") as session:
        event.listen(session, "before_flush", lambda *_: made(), once=True)
        with pytest.raises(employers.EmployerError, match="260 ist vergeben"):
            employers.create(session, "260", GIVEN | {"name": "Der Zweite"})
        assert [row.name for row in service.list_tenants(session)] == ["Gemeinde Neuland"]


def test_whoever_left_keeps_the_last_details(platform: None) -> None:
    tenant = made()
    with platform_session(actor="vera") as session:
        rotation.destroy_keys(session, tenant, "ausgeschieden")
        row = session.get_one(Tenant, tenant)
        with pytest.raises(employers.EmployerError, match="260 ist ausgeschieden"):
            employers.change(session, row, {"ort": "Anderswo"}, reason="Irrtum")
        assert row.ort == "Neuland"


def test_what_broke_off_is_completed(platform: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tenants.commands.site.database", lambda data: nullcontext())
    with monkeypatch.context() as broken:
        broken.setattr(arbeitgeber, "seed", lambda session: 1 // 0)
        found = CliRunner().invoke(kreislohn, ["tenants", "create", "270", "--name", "Stadt", "--kind", "stadt"])
        assert isinstance(found.exception, ZeroDivisionError)
    listed = CliRunner().invoke(kreislohn, ["tenants", "list"]).output
    assert "270  Stadt  stadt  aktiv  noch nicht eingerichtet: „tenants furnish 270“  fehlt: " in listed
    words = [CliRunner().invoke(kreislohn, ["tenants", "furnish", "270"]).output for _ in range(2)]
    assert ("Lohnarten" in words[0], words[1]) == (True, "Es fehlt nichts.\n")
    assert "noch nicht eingerichtet" not in CliRunner().invoke(kreislohn, ["tenants", "list"]).output
    with platform_session(actor="vera") as session:
        (row,) = service.list_tenants(session)
        rotation.destroy_keys(session, row.id, "ausgeschieden")
    assert "270  Stadt  stadt  ausgeschieden  fehlt: " in CliRunner().invoke(kreislohn, ["tenants", "list"]).output
    assert "ist ausgeschieden" in CliRunner().invoke(kreislohn, ["tenants", "furnish", "270"]).output


def test_the_commands_go_the_same_way(platform: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tenants.commands.site.database", lambda data: nullcontext())

    def run(*words: str) -> tuple[int, str]:
        found: Any = CliRunner().invoke(kreislohn, ["tenants", *words])
        return found.exit_code, found.output

    code, words = run("create", "270", "--name", "Stadt Beispiel", "--kind", "stadt", "--betriebsnummer", "12345678")
    assert (code, "Betriebsnummer" in words) == (1, True), words
    code, words = run("create", "270", "--name", "Stadt Beispiel", "--kind", "stadt")
    assert (code, "Lohnarten" in words, "archive create" in words) == (0, True, True), words
    assert "270  Stadt Beispiel  stadt  aktiv  fehlt: Betriebsnummer, Finanzamt, Steuernummer" in run("list")[1]
    assert run("change", "270", "--finanzamt", "Auenstedt", "--reason", "Bescheid")[1] == "Geändert: finanzamt.\n"
    assert run("change", "270", "--finanzamt", "Auenstedt", "--reason", "Bescheid")[1] == "Nichts geändert.\n"
    assert "Den Mandanten 999 gibt es nicht" in run("change", "999", "--ort", "X", "--reason", "x")[1]
    assert run("change", "270", "--bundesland", "HE", "--reason", "falsch angelegt")[1] == "Geändert: bundesland.\n"
    assert "eines der sechzehn Länder" in run("change", "270", "--bundesland", "", "--reason", "x")[1]


def test_the_land_counts_for_the_church_tax_and_its_correction_stands_in_the_log(platform: None) -> None:
    """Dieselben sechzehn wie im Recht; ohne Angabe Nordrhein-Westfalen, und so steht es im Protokoll."""
    assert sorted(LAENDER) == list(encode.LAENDER)
    tenant = made()
    with platform_session(actor="vera") as session:
        row = session.get_one(Tenant, tenant)
        assert row.bundesland == "NW"
        assert employers.change(session, row, {"bundesland": "BY"}, reason="Betriebsstätte in Bayern") == ["bundesland"]
        (entry,) = session.scalars(select(AuditEntry).where(AuditEntry.action == "tenant.change"))
        assert (entry.details["before"], entry.details["after"], entry.reason) == (
            {"bundesland": "NW"}, {"bundesland": "BY"}, "Betriebsstätte in Bayern")
    with tenant_session(tenant, actor="klara") as session, whole_tables(session):
        assert few(Reader(session, DAY, DAY, None))["land"] == "BY", "damit rechnet der Lauf"
