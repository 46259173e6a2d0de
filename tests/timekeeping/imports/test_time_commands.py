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
