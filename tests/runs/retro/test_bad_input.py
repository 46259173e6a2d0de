"""Was von außen kommt und nicht stimmt: Kasse geschlossen, Platte voll, zwei geben zugleich frei."""

from __future__ import annotations

import errno
import os
import threading
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import psycopg
import pytest
from sqlalchemy import func, select

from payroll.masterdata.models import KrankenkasseSatz, Versicherung
from payroll.masterdata.service import end_fact
from payroll.runs import writing
from payroll.runs.models import Ergebnis, Ergebniszeile, Hinweis, Lauf, Wertebogen
from payroll.runs.steps import release
from tenants.audit.models import AuditEntry
from tenants.db.session import tenant_session
from tenants.web import uploads

if TYPE_CHECKING:
    from tests.runs.retro.conftest import Desk

OCTOBER, NOVEMBER = date(2026, 10, 1), date(2026, 11, 1)
FULL = OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def test_a_closed_fund_stops_its_members_only_until_they_have_another(desk: Desk) -> None:
    other = desk.numbers.krankenkassen["TK"]
    desk.hire(desk.person("1"), desk.person("2", krankenkasse_id=other))
    desk.close(OCTOBER)
    with desk.session() as session:
        end_fact(session, KrankenkasseSatz, last_day=date(2026, 10, 31), reason="Kasse geschlossen (§ 153 SGB V)",
                 krankenkasse_id=desk.numbers.krankenkassen["K"])
    assert desk.run(NOVEMBER).anzahl == 1
    with desk.session() as session:
        (found,) = session.scalars(select(Hinweis).where(Hinweis.stufe == "fehler")).all()
        assert found.beschaeftigung_id == desk.jobs["1"]
        assert "Kasse K" in f"{found.datensatz} {found.regel}"
        assert found.abhilfe
    desk.record(Versicherung, "1", NOVEMBER, kv_art="gesetzlich", krankenkasse_id=other, personengruppe=101,
                beitragsgruppe="1111", elterneigenschaft=True)
    assert desk.run(NOVEMBER).anzahl == 2
    assert desk.preview(NOVEMBER) == {}  # October was paid under the fund that still was


def test_a_full_disk_leaves_nothing_half_and_the_next_try_finishes(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    desk.hire(desk.person("1"), desk.person("2"))
    copy, left = writing.copy_rows, [0]

    def failing(*given: Any, **more: Any) -> int:
        left[0] -= 1
        if left[0] == 0:
            raise psycopg.errors.DiskFull("could not extend file: No space left on device")
        return copy(*given, **more)

    for fails_at in range(1, 5):  # results, lines, value sheets, findings
        left[0] = fails_at
        with monkeypatch.context() as patched:
            patched.setattr(writing, "copy_rows", failing)
            with pytest.raises(psycopg.errors.DiskFull):
                desk.run(OCTOBER)
        assert _counts(desk) == [0, 0, 0, 0, 0]
    assert desk.run(OCTOBER).anzahl == 2
    assert _counts(desk)[:2] == [1, 2]


def _counts(desk: Desk) -> list[int]:
    with desk.session() as session:
        return [session.scalar(select(func.count()).select_from(model)) or 0
                for model in (Lauf, Ergebnis, Ergebniszeile, Wertebogen, Hinweis)]


class _Full:
    """Ein Ziel, auf dem kein Platz mehr ist: das erste Schreiben geht halb, dann ist Schluss."""

    def __init__(self, handle: int) -> None:
        self.handle = handle

    def __enter__(self) -> _Full:
        return self

    def __exit__(self, *_: object) -> None:
        os.close(self.handle)

    def write(self, content: bytes) -> int:
        os.write(self.handle, content[: len(content) // 2])
        raise FULL


@pytest.fixture
def shelf(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(uploads, "folder", lambda: tmp_path)
    return tmp_path


def test_an_upload_on_a_full_disk_leaves_no_half_file(desk: Desk, shelf: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with desk.session() as session:
        with monkeypatch.context() as patched:
            patched.setattr(uploads.os, "fdopen", lambda handle, _mode: _Full(handle))
            with pytest.raises(OSError, match="No space left"):
                uploads.keep(session, b"x" * 10_000, owner="karla")
        assert list(shelf.iterdir()) == []
        token = uploads.keep(session, b"x" * 10_000, owner="karla")
        assert uploads.fetch(session, token, owner="karla") == b"x" * 10_000


def test_two_release_at_once_and_it_counts_once(desk: Desk) -> None:
    desk.hire(desk.person("1"))
    lauf = desk.run(OCTOBER)
    with desk.session() as session:
        found = session.scalars(select(Lauf).where(Lauf.id == lauf.id)).one()
        found.geprueft_von, found.geprueft_am, found.zustand = "karla", found.berechnet_am, "geprueft"
    start, released, failed = threading.Barrier(2), [], []

    def go(actor: str) -> None:
        try:
            start.wait()
            with tenant_session(desk.tenant, actor=actor) as session:
                released.append(release(session, OCTOBER, ergebnis_hash=str(lauf.ergebnis_hash)).freigegeben_von)
        except Exception as error:  # collected and asserted to be none
            failed.append(error)

    workers = [threading.Thread(target=go, args=(name,)) for name in ("hans", "hilde")]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert failed == []
    assert len(set(released)) == 1  # the second sees that it is done
    with desk.session() as session:
        logged = session.scalars(select(AuditEntry.actor).where(AuditEntry.action == "lauf.freigegeben")).all()
    assert logged == [released[0]]
