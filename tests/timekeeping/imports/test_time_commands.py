"""kreislohn time: Bericht, Ausgänge und Stammdaten, wie die Zeitwirtschaft sie sieht."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any

import click
import pytest
from click.testing import CliRunner

from payroll import time_commands
from payroll.masterdata.models import BeschaeftigungAngaben
from payroll.masterdata.service import record_fact
from timekeeping import sources
from timekeeping.own.plan import set_rule

WHO = ("--tenant", "001", "--actor")


@pytest.fixture
def run(haus: Any) -> Any:
    """Ruft einen Befehl auf; die Rechte, die er verlangt, stehen in run.rights."""
    group, rights = click.Group(), []

    @contextmanager
    def acting(_: Path, number: str, actor: str, right: str) -> Iterator[Any]:
        rights.append((number, right))
        with haus.als(actor) as session:
            yield session

    time_commands.register(group, acting)

    def call(*words: str) -> tuple[int, str]:
        result = CliRunner().invoke(group, ["time", *words])
        return result.exit_code, result.output

    call.rights = rights  # type: ignore[attr-defined]  # a function may carry its notes
    return call


@pytest.fixture
def employed(haus: Any) -> None:
    """Beide sind beschäftigt; 10511 tritt zum 20.11.2026 aus, was später bekannt wurde."""
    with haus.als() as session:
        for number, since in (("10234", date(2020, 1, 1)), ("10511", date(2026, 11, 1))):
            values = {"beschaeftigung_id": haus.bestand.personen[number].id, "art": "tarif", "eintritt": since}
            record_fact(session, BeschaeftigungAngaben, valid_from=since, reason="Einstellung", **values)
        record_fact(session, BeschaeftigungAngaben, valid_from=date(2026, 11, 10), reason="Kündigung",
                    **values, austritt=date(2026, 11, 20))


def test_report_names_every_row(run: Any, employed: None, tmp_path: Path) -> None:
    file = tmp_path / "stempel.csv"
    file.write_text("PNR;Datum;Kommen;Gehen;Pause\n10234;02.11.2026;08:02;16:41;0:30\n10511;20.11.2026;8:00;12:00;\n"
                    "10511;21.11.2026;8:00;12:00;\n9;02.11.2026;8:00;12:00;\n10234;31.11.2026;8:00;9:00;\n")
    code, out = run("import", str(file), "--format", "kommen-gehen", *WHO, "anna")
    assert code == 0, out
    assert "2 angenommen, 2 zurückgestellt, 1 abgelehnt, 0 schon gebucht" in out
    assert "Zeile 4: zurueckgestellt: Die Person ist in diesem Zeitraum nicht beschäftigt. Abhilfe:" in out
    assert "Zeile 6: abgelehnt: Den 31. November 2026 gibt es nicht" in out
    assert "8:09 h" in out
    found = re.search(r"Kennung ([0-9a-f-]{36})", out)
    assert found
    code, out = run("approve", found[1], *WHO, "anna")
    assert (code, "zweite Person" in out) == (1, True)
    code, out = run("approve", found[1], *WHO, "bernd")
    assert (code, "freigegeben" in out) == (0, True)
    assert run("show", found[1], *WHO, "anna")[0] == 0
    code, out = run("withdraw", found[1], "--reason", "falsche Woche", *WHO, "anna")
    assert (code, "zurueckgezogen" in out) == (0, True)
    assert [right for _, right in run.rights] == ["import.write", "run.check", "run.check", "run.read", "import.write"]


def test_wrong_calls_are_one_clear_line(run: Any, tmp_path: Path) -> None:
    file = tmp_path / "leer.csv"
    file.write_bytes(b"")
    for words, expected in (
        (("import", str(file), "--format", "lodas"), "leer"),
        (("import", str(file), "--format", "lodass"), "Meinten Sie lodas"),
        (("show", "12345678"), "gibt es nicht"),
        (("show", "12"), "zu kurz"),
        (("profile", str(file), "--reason", "x"), "fehlt „name“"),
        (("decide", "12345678", "--lines", "2", "--refuse", "--reason", "x"), "gibt es nicht"),
    ):
        code, out = run(*words, *WHO, "anna")
        assert code == 1, out
        assert expected in out
        assert out.count("\n") == 1


def test_every_format_is_listed(run: Any) -> None:
    code, out = run("formats")
    assert code == 0
    names = {line.split()[0] for line in out.splitlines()}
    assert {"lodas", "ivl", "loga", "kimai", "icalendar", "stunden-xlsx"} <= names


def test_sources_and_fetch_by_name(run: Any, employed: None, haus: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    with haus.als("anna") as session:
        sources.set_source(session, "bauhof", "https://zeit.example.de", "geheimer-schluessel", reason="Kimai")
    code, out = run("sources", *WHO, "anna")
    assert (code, out.split()) == (0, ["bauhof", "https://zeit.example.de", "noch", "nie", "abgeholt"])
    assert "geheimer" not in out
    asked: list[Any] = []

    def answer(*given: Any) -> bytes:
        asked.append(given[:4])
        return (b'[{"begin": "2026-11-02T08:00:00+0100", "end": "2026-11-02T12:00:00+0100", "duration": 14400, '
                b'"user": {"accountNumber": "10234"}}]')

    monkeypatch.setattr(sources, "fetch", answer)
    days = ("--from", "2026-11-01", "--to", "2026-11-30")
    code, out = run("fetch", "bauhof", *days, *WHO, "anna")
    assert code == 0, out
    assert "1 angenommen" in out
    assert "4:00 h" in out
    assert asked == [("https://zeit.example.de", "geheimer-schluessel", date(2026, 11, 1), date(2026, 11, 30))]
    code, out = run("fetch", "gibt-es-nicht", *days, *WHO, "anna")
    assert (code, "Namen prüfen" in out) == (1, True)
    assert run.rights[-1][1] == "import.write"


def test_accounts_and_leave_of_everybody(run: Any, employed: None, haus: Any) -> None:
    with haus.als("anna") as session:
        set_rule(session, haus.bestand.personen["10234"].id, ab=date(2026, 11, 2), reason="Vertrag", art="gleitend",
                 wochen=[[468] * 5 + [0, 0]], rahmen_von=390, rahmen_bis=1140, kern_von=None, kern_bis=None,
                 pausen="gesetzlich", plus_grenze=2400, minus_grenze=-600, kappung="nie", bereich="verwaltung",
                 schichtarbeit="keine", staendig=False, nachtarbeit=False, saldo_anfang=90)
    code, out = run("accounts", "--until", "2026-11-02", *WHO, "anna")
    assert code == 0, out
    # an hour and a half to begin with, one day without work: 1:30 - 7:48
    assert out.split() == ["10234", "-6:18", "Grenzen", "-10:00", "bis", "40:00", "gruen"]
    code, out = run("leave", "--year", "2026", *WHO, "anna")
    assert code == 0, out
    assert re.search(r"10234 +Anspruch 30 Übertrag 0 genommen 0 geplant 0 beantragt 0 frei 30", out)
    assert {right for _, right in run.rights} == {"time.read"}
