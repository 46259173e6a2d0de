"""Änderungen aller Arbeitgeber mit Filtern und CSV; Probelauf einer Person: nur der eigene Auftrag, zugänglich."""

import html
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import click
import pytest
from click.testing import CliRunner
from playwright.sync_api import Page
from sqlalchemy import select

from payroll import change_commands
from payroll.cli import MonthType
from payroll.masterdata.models import Beschaeftigung, Bezuegezuordnung
from payroll.masterdata.service import record_fact
from payroll.runs.calculate import calculate
from payroll.runs.findings import Befund
from payroll.runs.wandel import alle
from payroll.runs.wirkung.einzeln import one_trial
from payroll.web.desk import single_trial
from payroll.web.desk.wage_types import wage_types
from tenants.db.session import tenant_session
from tests.web.arriving import sign_in

pytestmark = pytest.mark.browser
OCTOBER, NOVEMBER = date(2026, 10, 1), date(2026, 11, 1)
PAGE, TRIAL = "/aenderungen?monat=2026-11", "/abrechnung/2026-11/einzeln"


@pytest.fixture(scope="module")
def changed(office: Any) -> Any:
    """Kreis und fremde Gemeinde: Oktober abgeschlossen, im November eine höhere Stufe, zur Probe gerechnet."""
    for name in ("kreis", "fremd"):
        office.close(OCTOBER, name, issued=False)
        with tenant_session(office.tenants[name].id, actor="klara") as session:
            job = session.scalars(select(Beschaeftigung).order_by(Beschaeftigung.id)).first()
            record_fact(session, Bezuegezuordnung, valid_from=NOVEMBER, reason="Stufenaufstieg",
                        beschaeftigung_id=job.id, tarifwerk="TVoeD-VKA", entgeltgruppe="E9a", stufe="4",
                        wochenstunden=Decimal(39), vollzeitstunden=Decimal(39))  # fmt: skip
            calculate(session, NOVEMBER, key=f"{name}")
    return office


def _plain(client: Any, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200, path
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", answer.text)).split())


def test_only_employers_of_the_mandate_with_sums_filters_and_a_file(changed: Any) -> None:
    klara = changed.client("klara")
    told = _plain(klara, PAGE)
    assert "0100 Kreis Beispiel" in told
    assert "klara Stufenaufstieg" in told
    assert "Anderswo" not in told
    assert "Zu dieser Auswahl" in _plain(klara, f"{PAGE}&art=steuer")
    assert "Zu dieser Auswahl" in _plain(klara, f"{PAGE}&mindestens=99999")
    assert "müssen beide Monate" in _plain(klara, f"{PAGE}&arbeitgeber=0110")
    assert "im November 2026" in _plain(klara, "/aenderungen?monat=unsinn"), "the month of today"
    rows = klara.get(f"{PAGE}&art=eingruppierung&format=csv").get_data().decode("utf-8-sig").splitlines()
    assert rows[0] == ";".join(alle.HEADER)
    assert len(rows) == 2
    assert rows[1].startswith("0100 Kreis Beispiel;10001;")
    assert changed.client("ada").get(PAGE).status_code == 403


def test_the_trial_of_one_person_at_the_desk(changed: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    klara, path = changed.client("klara"), changed.address("kreis", TRIAL)
    told = _plain(klara, f"{path}?nummer=10001")
    assert "Zahlbetrag" in told
    assert "Anders als im letzten Lauf 0" in told
    assert "Probelauf einer Person" in _plain(klara, changed.address("kreis", "/abrechnung/2026-11"))
    assert klara.get(f"{path}?nummer=99999").status_code == 422
    assert "Öztürk, Kim · Personalnummer 10001" in _plain(klara, f"{path}?wen=öztürk")
    several = klara.get(f"{path}?wen=kim").text
    assert "Wer ist gemeint?" in several
    assert several.count("?nummer=") == 4
    assert "Zahlbetrag" not in several
    # Others share its digits and fill the list by name: a whole number still means the one who has it.
    with monkeypatch.context() as patch:
        patch.setattr("payroll.web.desk.search.PER_TENANT", 0)
        assert "Öztürk, Kim · Personalnummer 10001" in _plain(klara, f"{path}?nummer=10001")
    for nobody in ("Niemand", "x"):
        assert klara.get(f"{path}?wen={nobody}").status_code == 422
    assert klara.get(changed.address("fremd", f"{TRIAL}?nummer=10001")).status_code == 404
    assert changed.client("mia").get(path).status_code in (403, 404)


def test_the_trial_of_one_person_speaks_in_words(changed: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    def with_finding(*asked: Any) -> list[Any]:
        job, *_others = one_trial(*asked)
        said = Befund("warnung", "auffaellig", "Personalnummer 10001", "Lohnart 4202",
                      "der Wert hat den Stand „unbestaetigt“", "Wert bestätigen")
        return [replace(job, befunde=(said,))]

    monkeypatch.setattr(single_trial, "one_trial", with_finding)
    told = _plain(changed.client("klara"), changed.address("kreis", f"{TRIAL}?nummer=10001"))
    with tenant_session(changed.tenants["kreis"].id, actor="klara") as session:
        text = next(one.text for one in wage_types(session, NOVEMBER) if one.nummer == 4202)
    assert f"Lohnart 4202 {text}: der Wert hat den Stand „unbestätigt“. Wert bestätigen" in told


def test_both_pages_are_accessible(changed: Any, page: Page, serve: Callable, accessible: Callable) -> None:
    address = serve(changed.app)
    sign_in(page, address, changed.users['klara'])
    for path in (PAGE, changed.address("kreis", f"{TRIAL}?nummer=10001")):
        page.goto(address + path)
        accessible(page)


def test_the_commands_say_the_same(changed: Any, tmp_path: Any, capsys: pytest.CaptureFixture[str]) -> None:
    tenant = changed.tenants["kreis"].id
    group = click.Group()
    change_commands.register(group, lambda data, number, actor, right: tenant_session(tenant, actor=actor),
                             MonthType())
    out = tmp_path / "aenderungen.csv"
    words = ["changes", "--tenant", "0100", "--month", "2026-11", "--actor", "klara"]
    done = CliRunner().invoke(group, [*words, "--cause", "eingruppierung", "--out", str(out)])
    assert done.exit_code == 0, done.output
    assert "ohne Ursache 0,00, 1 Ursache gezeigt" in done.output
    assert out.read_text(encoding="utf-8-sig").splitlines()[1].startswith("0100;10001;")
    assert "Stufenaufstieg" not in CliRunner().invoke(group, [*words, "--least", "99999"]).output
    assert CliRunner().invoke(group, [*words, "--cause", "quatsch"]).exit_code == 2
    with tenant_session(tenant, actor="klara") as session:
        change_commands.show_trial(session, NOVEMBER, "10001")
    told = capsys.readouterr().out
    assert "10001 11/2026: Zahlbetrag " in told
    assert told.endswith("nichts geschrieben.\n")
