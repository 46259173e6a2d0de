"""Nachtlauf: sichtbar, nie zweimal zugleich, setzt nach einem Abbruch fort, eine Aufgabe hält die anderen nicht auf."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import select

from payroll import nightly_jobs
from payroll.nightly_jobs import JOBS
from payroll.statements import bereit
from tenants.audit import record
from tenants.audit.models import AuditEntry
from tenants.db import engine, passwords
from tenants.db.engine import Dsns
from tenants.db.server import Server
from tenants.db.session import TenantSession, platform_session, tenant_session
from tenants.db.setup import Connected
from tenants.operation import nightly
from tenants.operation.models import NightlyRun
from tenants.operation.nightly import AlreadyRunning, Job, JobFailed, Night
from tenants.outbox import sending
from tenants.web.admin.nightly import OUTCOMES, TITLES, planned_after

TODAY = date(2026, 11, 25)


@pytest.fixture
def night(database: Dsns, tmp_path: Path) -> Night:
    return Night(TODAY, Connected(database), tmp_path)


def rows() -> list[tuple[str, str]]:
    with platform_session(actor="test") as session:
        return [(one.job, one.outcome) for one in session.scalars(select(NightlyRun).order_by(NightlyRun.id))]


def test_a_failing_job_does_not_stop_the_others_and_tells_no_content(night: Night) -> None:
    def broken(_: Night) -> str:
        raise ValueError("Öztürk, DE02120300000000202051")

    def refused(_: Night) -> str:
        raise JobFailed("3 misslungen")

    jobs = (Job("stufen", broken), Job("siegel", refused), Job("nachrichten", lambda _: "2 versandt"))
    done = list(nightly.run(jobs, night))
    assert [(one.outcome, one.words) for one in done] == [
        ("misslungen", "ValueError; Einzelheiten im Log"), ("misslungen", "3 misslungen"), ("gelungen", "2 versandt")]
    assert rows() == [("stufen", "misslungen"), ("siegel", "misslungen"), ("nachrichten", "gelungen")]


def test_the_second_run_continues_and_marks_what_was_interrupted(night: Night) -> None:
    calls: list[str] = []

    def note(name: str) -> Callable[[Night], str]:
        def run(_: Night) -> str:
            calls.append(name)
            return name

        return run

    def dying(_: Night) -> str:
        raise KeyboardInterrupt  # the process is stopped in the middle

    with pytest.raises(KeyboardInterrupt):
        list(nightly.run((Job("stufen", note("stufen")), Job("loeschung", dying)), night))
    assert rows() == [("stufen", "gelungen"), ("loeschung", "laeuft")]
    jobs = (Job("stufen", note("stufen")), Job("loeschung", note("loeschung")))
    done = list(nightly.run(jobs, night))
    assert [one.skipped for one in done] == [True, False]
    assert rows() == [("stufen", "gelungen"), ("loeschung", "abgebrochen"), ("loeschung", "gelungen")]
    list(nightly.run(jobs, night, again=True))
    assert calls == ["stufen", "loeschung", "stufen", "loeschung"]
    with platform_session(actor="test") as session:
        assert [one.outcome for one in nightly.history(session)["loeschung"]] == ["gelungen", "gelungen", "abgebrochen"]


def test_two_never_run_at_once(night: Night) -> None:
    def inside(_: Night) -> str:
        with pytest.raises(AlreadyRunning, match="schon unterwegs"):
            list(nightly.run((), night))
        return "allein"

    assert [one.words for one in nightly.run((Job("siegel", inside),), night)] == ["allein"]
    assert list(nightly.run((), night)) == [], "danach ist die Sperre frei"


def test_the_real_jobs_run_twice_without_a_fault(two_tenants: tuple[int, int], night: Night) -> None:
    assert tuple(job.name for job in JOBS) == nightly.NAMES == tuple(TITLES)
    for _turn in range(2):
        done = list(nightly.run(JOBS, night, again=True))
        assert {one.outcome for one in done} == {"gelungen"}, done
    assert {one for _job, one in rows()} <= set(OUTCOMES)
    with tenant_session(two_tenants[0], actor="test") as session:
        seals = session.scalars(select(AuditEntry).where(AuditEntry.subject == "nachtlauf")).all()
    assert len(seals) == 2


def test_one_failing_employer_does_not_stop_the_others(
    two_tenants: tuple[int, int], caplog: pytest.LogCaptureFixture
) -> None:
    seen: list[int] = []

    def act(session: TenantSession) -> int:
        seen.append(session.info["tenant"])
        if len(seen) == 1:
            raise ValueError("Öztürk")
        return 4

    with pytest.raises(JobFailed, match=r"bei 1 von 2 Arbeitgebern misslungen, bei den anderen getan \(4\)"):
        nightly_jobs._everywhere(act)
    assert sorted(seen) == sorted(two_tenants)
    assert "ValueError" in caplog.text
    assert "Öztürk" not in caplog.text


def test_a_clock_that_went_back_is_told_in_the_morning(
    run: Callable[..., tuple[int, str]], two_tenants: tuple[int, int], postgres: Server
) -> None:
    with tenant_session(two_tenants[1], actor="test") as session:
        number = record(session, "probe.vor", "probe", {}).id
    with tenant_session(two_tenants[1], actor="test") as session:
        record(session, "probe.nach", "probe", {})

    def moved(span: str) -> None:
        with psycopg.connect(postgres.dsn(passwords.SUPERUSER, str(engine.current().app.url.database))) as admin:
            admin.execute("SET session_replication_role = replica")
            admin.execute("UPDATE audit_entry SET at = at + %s::interval WHERE tenant_id = %s AND id = %s",
                          (span, two_tenants[1], number))

    moved("9 minutes")  # what overlapping transactions may differ by: the run looks back that far
    assert run("nightly", "--job", "siegel", "--again")[0] == 0
    moved("5 hours")
    code, words = run("nightly", "--job", "siegel", "--again")
    assert code == 1
    assert "3 Ketten gesiegelt; die Uhr der Datenbank sprang 1 mal um mehr als 10 Minuten zurück" in words


def test_the_command_names_each_outcome(run: Callable[..., tuple[int, str]], two_tenants: tuple[int, int]) -> None:
    code, words = run("nightly", "--job", "siegel")
    assert (code, words) == (0, "siegel: gelungen (3 Ketten gesiegelt)\n")
    assert run("nightly", "--job", "siegel") == (0, "siegel: gelungen (heute schon gelungen)\n")
    code, words = run("nightly", "--job", "unsinn")
    assert code == 2
    assert "vorhanden: stufen" in words


@pytest.mark.parametrize(("now", "expected"), [
    (datetime(2026, 11, 25, 0, 0, tzinfo=UTC), "2026-11-25T02:30+01:00"),
    (datetime(2026, 11, 25, 12, 0, tzinfo=UTC), "2026-11-26T02:30+01:00"),
    (datetime(2026, 3, 28, 12, 0, tzinfo=UTC), "2026-03-29T02:30+01:00"),  # that night the clock jumps from 2 to 3
])
def test_the_next_run_is_named(now: datetime, expected: str) -> None:
    assert planned_after(now).isoformat(timespec="minutes") in (expected, expected.replace("+01:00", "+02:00"))


def test_a_notice_that_fails_does_not_stop_the_mail(
    night: Night, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(*_given: object) -> int:
        raise ValueError("Öztürk")

    sent: list[str] = []

    def send(server: str) -> sending.Sent:
        sent.append(server)
        return sending.Sent(3, 0, 0)

    monkeypatch.setenv(sending.ENV_URL, "smtp://127.0.0.1:25")
    monkeypatch.setattr(sending, "from_environment", lambda: "server")
    monkeypatch.setattr(sending, "send_due", send)
    monkeypatch.setattr(bereit, "announce", broken)
    with pytest.raises(JobFailed, match="3 versandt, 0 misslungen, 0 aufgegeben, neue Abrechnungen nicht gemeldet"):
        nightly_jobs.messages(night)
    assert sent == ["server"]
    assert "Öztürk" not in caplog.text
    monkeypatch.setattr(bereit, "announce", lambda *_given: 0)
    assert nightly_jobs.messages(night) == "3 versandt, 0 misslungen, 0 aufgegeben"
