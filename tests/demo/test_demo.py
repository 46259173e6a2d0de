"""Der Vorführkreis: Größe und Vielfalt, immer derselbe, wiederholbar, Anmeldedaten nur für die Vorführung."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import date
from pathlib import Path

import pytest
from click import ClickException
from sqlalchemy import func, select
from stdnum.de import idnr

from payroll import cli
from payroll.demo import accounts, numbers
from payroll.demo.build import build
from payroll.demo.names import ARBEITGEBER
from payroll.demo.people import people_of
from payroll.demo.write import LOHNARTEN
from payroll.masterdata import numbers as checked
from payroll.masterdata.models import Beschaeftigung
from payroll.runs.claim_models import Einbehalt
from payroll.runs.models import Ergebnis, Hinweis, Lauf
from payroll.statements.models import Dokument
from tenants import service
from tenants.db.engine import Dsns
from tenants.db.session import platform_session, tenant_session
from tenants.models import User
from tenants.users import service as users

SMALL = tuple(a for a in ARBEITGEBER if a.number in ("210", "240"))
Fresh = Callable[[], AbstractContextManager[Dsns]]


def test_size_and_kinds_of_the_district() -> None:
    people = [person for a in ARBEITGEBER for person in people_of(a)]
    kinds = Counter(person.kind for person in people)
    assert len(ARBEITGEBER) >= 5
    assert 380 <= len(people) <= 450
    assert set(kinds) == {"verwaltung", "erziehung", "pflege", "beamte", "auszubildende", "minijob", "midijob",
                          "leitung"}
    assert sum(p.kv_art == "privat" for p in people) > 10
    assert sum(len(p.kinder) > 2 for p in people) > 10
    inside = [p for p in people if (p.austritt and p.austritt.day not in (28, 30, 31))
              or (p.eintritt.year == 2026 and p.eintritt.day > 1)]
    assert len(inside) > 5
    assert people == [person for a in ARBEITGEBER for person in people_of(a)]


def test_the_sue_allowance_is_typed_only_where_the_group_does_not_decide() -> None:
    held = {person.zuordnungen[-1].entgeltgruppe: {b.betrag for b in person.bezuege if b.zweck.startswith("sue_")}
            for a in ARBEITGEBER for person in people_of(a) if person.kind == "erziehung"}
    assert held == {group: set() for group in ("S3", "S4", "S8a", "S8b", "S9", "S13")} | {"S15": {18_000}}


def test_civil_servants_have_facts_of_their_family_and_no_typed_amount() -> None:
    officials = [person for a in ARBEITGEBER for person in people_of(a) if person.kind == "beamte"]
    assert not any(b.zweck not in LOHNARTEN or LOHNARTEN[b.zweck] in (2004, 2005) for p in officials for b in p.bezuege)
    assert {f.stufe1 for p in officials for f in p.familie} == {True, False}
    assert {f.mietenstufe for p in officials for f in p.familie} <= {"II", "III", "IV"}
    for person in officials:
        assert [f.ab for f in person.familie] == sorted({f.ab for f in person.familie})
        for family in person.familie:
            last = family.ab.replace(day=28)
            assert family.kinder == sum(
                born <= last and (family.ab.year - born.year, family.ab.month) <= (18, born.month)
                for born in person.kinder)


@pytest.mark.parametrize("number", range(100_000_000, 999_999_999, 45_454_545))
def test_invented_tax_ids_pass_their_check_digit(number: int) -> None:
    assert idnr.is_valid(numbers.steuer_id(number))


def test_invented_insurance_numbers() -> None:
    # 15070649C103 is the specimen that the pension insurance publishes.
    assert numbers.sv_nummer(date(1949, 6, 7), "Carstens", 10, area="15") == "15070649C103"
    people = people_of(ARBEITGEBER[1])
    for person in people:
        made = numbers.sv_nummer(person.geburtsdatum, person.nachname, person.konto)
        assert checked.sv_nummer(made) == made


def test_employers_have_possible_numbers() -> None:
    assert [checked.betriebsnummer(a.betriebsnummer) for a in ARBEITGEBER] == [a.betriebsnummer for a in ARBEITGEBER]


def _district(fresh: Fresh, months: int) -> dict[str, str]:
    said: list[str] = []
    with fresh():
        assert build(said.append, closed_until=months, employers=SMALL) is True
        assert build(said.append, closed_until=months, employers=SMALL) is False
        with platform_session(actor="test") as session:
            tenants = {t.number: t.id for t in service.list_tenants(session)}
        hashes = {}
        for number, tenant in tenants.items():
            with tenant_session(tenant, actor="test") as session:
                for lauf in session.scalars(select(Lauf).order_by(Lauf.monat)):
                    hashes[f"{number} {lauf.monat}"] = f"{lauf.zustand} {lauf.ergebnis_hash}"
                employed = session.scalar(select(func.count(Beschaeftigung.id)))
                assert employed == next(a.size for a in SMALL if a.number == number)
                assert session.scalar(select(func.count(Hinweis.id)).where(Hinweis.stufe == "fehler")) == 0
                closed = session.scalar(select(func.count(Ergebnis.id)).join(Lauf, Lauf.id == Ergebnis.lauf_id)
                                        .where(Lauf.zustand == "abgeschlossen"))
                assert session.scalar(select(func.count(Dokument.id))) == closed
                garnished = session.execute(select(Einbehalt.monat, func.sum(Einbehalt.betrag)).group_by(
                    Einbehalt.monat)).all()
                assert [month for month, cents in garnished if month >= date(2026, 2, 1) and not cents] == []
        _sign_in()
    assert any("210" in key for key in hashes)
    return hashes


def _sign_in() -> None:
    offered = accounts.issue("http://127.0.0.1:1")
    assert [one.login for one in offered[:len(accounts.STAFF)]] == [login for login, _, _, _ in accounts.STAFF]
    assert len(offered) == 9
    for one in offered:
        token = one.link.rsplit("/", 1)[1]
        assert users.redeem(token, "127.0.0.1").login == one.login
        with pytest.raises(users.SigninRefused):
            users.redeem(token, "127.0.0.1")
    staff = offered[0]
    assert users.authenticate(staff.login, staff.password, staff.code).login == staff.login
    with platform_session(actor="test") as session:
        assert set(session.scalars(select(User.demo))) == {True}


def test_the_district_is_always_the_same(fresh_database: Fresh) -> None:
    first = _district(fresh_database, 1)
    assert {value.split()[0] for key, value in first.items() if key.endswith("01-01")} == {"abgeschlossen"}
    assert {value.split()[0] for key, value in first.items() if key.endswith("02-01")} == {"probe"}
    assert _district(fresh_database, 1) == first


def test_an_interrupted_building_starts_anew_and_nothing_else_is_touched(tmp_path: Path) -> None:
    half = tmp_path / "halb"
    half.mkdir()
    (half / cli.STARTED).touch()
    (half / "rest").touch()
    cli._forget_half_built(half)
    assert sorted(path.name for path in half.iterdir()) == [cli.STARTED]
    done = tmp_path / "fertig"
    done.mkdir()
    for name in (cli.STARTED, cli.COMPLETE, "cluster"):
        (done / name).touch()
    cli._forget_half_built(done)
    assert (done / "cluster").exists()
    other = tmp_path / "anderes"
    other.mkdir()
    (other / "brief.txt").touch()
    with pytest.raises(ClickException, match="enthält schon etwas anderes"):
        cli._forget_half_built(other)
