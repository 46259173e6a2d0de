"""Das Paket eines abgeschlossenen Laufs: anderswo Bit für Bit dasselbe, und Abweichungen fallen auf."""

from __future__ import annotations

import base64
import os
import subprocess
import sys
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from payroll.law.plan.shelf import add
from payroll.masterdata import land
from payroll.masterdata.catalogue import ids
from payroll.masterdata.models import (
    Beschaeftigung,
    KrankenkasseSatz,
    PersonAngaben,
    WiederkehrenderBezug,
    Zusatzversorgung,
)
from payroll.masterdata.service import record_fact
from payroll.masterdata.settings import record_settings, settings_on
from payroll.runs import calculate as calculating
from payroll.runs import taxyear
from payroll.runs.errors import RunRefused
from payroll.runs.models import Ergebnis, Lauf
from payroll.runs.replay import Replayed, pack_run, replay
from tenants import employers
from tenants.audit.models import AuditEntry
from tenants.db.engine import Dsns
from tenants.db.session import platform_session, tenant_session
from tenants.models.tenant import Tenant
from tenants.security.masterkey import MasterKey
from tenants.transfer import TransferError, manifest_of

JAN, FEB, MAR = (date(2026, month, 1) for month in (1, 2, 3))
KEY, OTHER = MasterKey(os.urandom(32)), MasterKey(os.urandom(32))
PLAN = Path(__file__).parents[2] / "law" / "plan" / "made_up_2027.xml"
Fresh = Callable[[], AbstractContextManager[Dsns]]


def _packed(desk: Any, month: date, folder: Path) -> Path:
    file = folder / f"{month:%Y-%m}.paket"
    with desk.session("anna") as session:
        pack_run(session, month, file, KEY)
    return file


@pytest.fixture
def february(desk: Any, tmp_path: Path) -> tuple[Any, Path]:
    """Februar mit einer Nachzahlung für Januar; danach ändern sich Tatsachen und der März wird abgeschlossen."""
    desk.hire(desk.person("1", 380_000, konfession="rk"), desk.person("2", ("E9a", "3"), pension=True))
    desk.close_all([JAN])
    desk.pay("1", 1300, 10_000, JAN, date(2026, 1, 31))
    desk.close(FEB)
    desk.pay("2", 1300, 5_000, FEB)
    desk.record(PersonAngaben, "1", date(1985, 6, 15), nachname="Später", vorname="Łucja",
                geburtsdatum=date(1985, 6, 15))
    desk.close(MAR)
    return desk, _packed(desk, FEB, tmp_path)


def _replayed(fresh: Fresh, file: Path) -> Replayed:
    with fresh() as dsns:
        return replay(dsns, file, KEY, OTHER)


def test_bit_for_bit_with_its_retro_calculation(february: tuple[Any, Path], fresh_database: Fresh) -> None:
    desk, file = february
    with desk.session() as session:
        then = session.scalars(select(Lauf).where(Lauf.monat == FEB)).one()
    done = _replayed(fresh_database, file)
    assert (done.identical, done.same_rules, done.count, done.differences) == (True, True, 2, [])
    assert (done.hash_here, done.month) == (then.ergebnis_hash, FEB)


def test_a_land_corrected_later_does_not_reach_back(desk: Any, tmp_path: Path, fresh_database: Fresh) -> None:
    """Der Lauf rechnete mit 9 % Kirchensteuer; heute steht beim Arbeitgeber Bayern (8 %)."""
    desk.hire(desk.person("1", 380_000, konfession="rk"))
    desk.close(JAN)
    with platform_session(actor="vera") as session:
        employers.change(session, session.get_one(Tenant, desk.tenant), {"bundesland": "BY"}, reason="falsch erfasst",
                         land=land.corrected)
    done = _replayed(fresh_database, _packed(desk, JAN, tmp_path))
    assert (done.identical, done.differences, done.manifest.extra["land"]) == (True, [], "NW")


def test_the_pack_holds_nothing_the_run_did_not_know(february: tuple[Any, Path], fresh_database: Fresh) -> None:
    _, file = february
    with fresh_database() as dsns:
        done = replay(dsns, file, KEY, OTHER)
        with tenant_session(done.manifest.tenant_id, actor="prüfung") as session:
            assert session.scalars(select(Lauf.monat).order_by(Lauf.monat)).all() == [JAN, FEB]
            assert "Später" not in session.scalars(select(PersonAngaben.nachname)).all()
            assert session.scalar(select(func.count(WiederkehrenderBezug.id))) == 2
            actions = set(session.scalars(select(AuditEntry.action)).all())
    assert actions == {"lauf.gerechnet"}, "the chain of the tenant stays where it is"


def test_a_fact_that_was_changed_on_the_way_is_found(february: tuple[Any, Path], fresh_database: Fresh,
                                                     monkeypatch: pytest.MonkeyPatch) -> None:
    _, file = february
    real = calculating.load_month

    def tampered(*args: Any, **more: Any) -> Any:
        facts = real(*args, **more)
        facts.bezuege["betrag_cent"][0] += 1
        return facts

    monkeypatch.setattr(calculating, "load_month", tampered)
    done = _replayed(fresh_database, file)
    assert not done.identical
    assert done.same_rules
    changed = {d.name for d in done.differences}
    assert {"gesamtbrutto", "steuerbrutto"} <= changed
    assert {d.personalnummer for d in done.differences} == {"1"}
    assert all(d.hier == (d.paket or 0) + 1 for d in done.differences if d.name == "gesamtbrutto")


def test_only_closed_runs_and_only_with_the_key(desk: Any, tmp_path: Path) -> None:
    desk.hire(desk.person("1", 380_000))
    desk.run(JAN)
    with desk.session() as session, pytest.raises(RunRefused, match="nicht abgeschlossen"):
        pack_run(session, JAN, tmp_path / "p", KEY)
    desk.close(JAN)
    file = _packed(desk, JAN, tmp_path)
    assert file.stat().st_mode & 0o077 == 0
    with pytest.raises(TransferError, match="öffnet"):
        manifest_of(file, OTHER)
    with desk.session() as session, pytest.raises(TransferError, match="gibt es schon"):
        pack_run(session, JAN, file, KEY)


@pytest.mark.parametrize("damage", ["cut", "flipped", "empty", "foreign"])
def test_a_damaged_pack_is_refused_and_leaves_nothing(february: tuple[Any, Path], fresh_database: Fresh,
                                                      damage: str) -> None:
    _, file = february
    content = bytearray(file.read_bytes())
    if damage == "flipped":
        content[-40] ^= 1
    file.write_bytes({"cut": bytes(content[:-100]), "flipped": bytes(content), "empty": b"",
                      "foreign": b"PK\x03\x04" + bytes(400)}[damage])
    with fresh_database() as dsns:
        with pytest.raises(TransferError, match=r"beschädigt|keine Sicherung|unvollständig"):
            replay(dsns, file, KEY, OTHER)
        with tenant_session(1, actor="prüfung") as session:
            assert session.scalars(select(KrankenkasseSatz)).first() is None


def test_a_provisional_month_brings_its_plan(desk: Any, tmp_path: Path, fresh_database: Fresh) -> None:
    january = date(2027, 1, 1)
    add(tmp_path, PLAN)
    with taxyear.configured(tmp_path):
        desk.hire(desk.person("P1", 400_000))
        desk.close(january)
        file = _packed(desk, january, tmp_path)
    assert taxyear.plan_of(january) is None
    assert _replayed(fresh_database, file).identical
    assert taxyear.plan_of(january) is None


def test_the_command_says_what_it_found(february: tuple[Any, Path], tmp_path: Path, database: Dsns) -> None:
    """In einem eigenen Prozess: der Befehl startet eine Datenbank für sich allein."""
    _, file = february
    key = tmp_path / "schluessel"
    key.write_text(base64.b64encode(KEY.secret).decode())
    key.chmod(0o600)
    done = subprocess.run([sys.executable, "-m", "app", "replay", "run", str(file), "--key-file", str(key)],
                          capture_output=True, text=True, cwd=Path(__file__).parents[3], timeout=300, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert "02/2026: 2 Abrechnungen nachgerechnet, Bit für Bit gleich" in done.stdout


def test_settings_and_funds_travel_with_the_pack(desk: Any, fresh_database: Fresh, tmp_path: Path) -> None:
    """Eine Einstellung, die das Entgelt ändert, und der kapitalgedeckte Abrechnungsverband: anderswo dasselbe."""
    desk.hire(desk.person("1", ("E9a", "3"), pension=True))
    with desk.session() as session:
        job = session.scalars(select(Beschaeftigung.id)).one()
        record_fact(session, Zusatzversorgung, beschaeftigung_id=job, valid_from=JAN, reason="Wechsel",
                    zv_kasse_id=ids(session).zv_kassen["rzvk_av2"])
        record_settings(session, valid_from=JAN, reason="Beschluss", pauschal_abwaelzung=True,
                        kirchensteuer_kappung=True)
    desk.close(JAN)
    with desk.session() as session:
        assert session.scalars(select(Ergebnis.zv2_beitrag)).one() > 0
    file = _packed(desk, JAN, tmp_path)
    with fresh_database() as dsns:
        done = replay(dsns, file, KEY, OTHER)
        assert (done.identical, done.differences) == (True, [])
        with tenant_session(done.manifest.tenant_id, actor="prüfung") as session:
            assert settings_on(session, JAN).pauschal_abwaelzung
