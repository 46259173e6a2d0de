"""Einlesen im Browserformular: Vorlage, Probe mit jeder falschen Zelle, nichts halb, Korrekturdatei."""

import re
from io import BytesIO
from typing import Any

import pytest
from flask.testing import FlaskClient
from openpyxl import Workbook, load_workbook

from payroll.masterdata.imports import SPALTEN
from payroll.masterdata.imports.blaetter import BLAETTER
from tenants.db.session import tenant_session
from tenants.web import uploads

HEADER = ";".join(column.name for column in SPALTEN)


def _line(**values: str) -> str:
    return ";".join(values.get(column.name, "") for column in SPALTEN)


def _good(number: str, **values: str) -> str:
    """Zeile nach den Beispielen der Vorlage, Pflichtspalten gefüllt."""
    given = {column.name: column.beispiel for column in SPALTEN if column.pflicht}
    return _line(**{**given, "personalnummer": number, **values})


def _send(client: FlaskClient, page: str, path: str, data: dict[str, Any]) -> Any:
    found = re.search(r'name="csrf_token" value="([^"]+)"', client.get(page).text)
    assert found is not None
    return client.post(path, data={"csrf_token": found[1], **data}, content_type="multipart/form-data")


def _trial(office: Any, client: FlaskClient, content: bytes, name: str = "personen.csv") -> Any:
    page = office.address("stadt", "/einlesen")
    return _send(client, page, page, {"datei": (BytesIO(content), name)})


def _take_over(office: Any, client: FlaskClient, trial: str, **changes: str) -> Any:
    hidden = dict(re.findall(r'type="hidden" name="([^"]+)" value="([^"]*)"', trial))
    extent = re.search(r'name="umfang" value="([^"]+)"', trial)
    data = {**hidden, "umfang": extent[1] if extent else "", "grund": "Übernahme", **changes}
    return client.post(office.address("stadt", "/einlesen/uebernehmen"), data=data)


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_template(office: Any, kind: str) -> None:
    answer = office.client("klara").get(office.address("stadt", f"/einlesen/vorlage.{kind}"))
    assert answer.status_code == 200
    if kind == "xlsx":
        assert load_workbook(BytesIO(answer.data)).sheetnames == [
            "Personen", *(blatt.titel for blatt in BLAETTER), "Spalten"]
    else:
        assert answer.data.decode("utf-8-sig").startswith(HEADER)


def test_trial_then_take_over_then_nothing_to_do(office: Any) -> None:
    client = office.client("klara")
    content = f"{HEADER}\n{_good('S1')}\n".encode()
    trial = _trial(office, client, content)
    assert trial.status_code == 200, trial.text
    assert "Noch ist nichts geschrieben" in trial.text
    assert "Bei diesem Mandanten ist noch niemand erfasst" in client.get(office.address("stadt", "/personen")).text
    assert "Bitte ausfüllen" in _take_over(office, client, trial.text, grund=" ").text
    done = _take_over(office, client, trial.text)
    assert done.status_code == 200
    assert "1 neu, 0 geändert" in done.text
    assert "S1" in client.get(office.address("stadt", "/personen?alle=1")).text
    assert "Es gibt nichts zu übernehmen" in _trial(office, client, content).text


def test_wrong_cells_are_named_and_good_rows_can_go(office: Any) -> None:
    client = office.client("klara")
    content = f"{HEADER}\n{_good('S2')}\n{_good('S3', geburtsdatum='31.02.1990')}\n".encode("cp1252")
    trial = _trial(office, client, content)
    assert "31.02.1990" in trial.text
    assert "Nur die guten Zeilen übernehmen" in trial.text
    assert _take_over(office, client, trial.text, umfang="alle").status_code == 409
    done = _take_over(office, client, trial.text)
    assert "1 Zeile wurde zurückbehalten" in done.text
    link = re.search(r'href="([^"]*/korrektur/[^"]+)"', done.text)
    assert link is not None
    corrected = client.get(link[1]).data.decode("utf-8-sig")
    assert "S3" in corrected
    assert "S2" not in corrected
    assert office.client("hugo").get(link[1]).status_code == 403


def test_formula_cell_is_refused_with_its_address(office: Any) -> None:
    book = Workbook()
    book.active.append([column.name for column in SPALTEN])
    book.active.append(_good("S9").split(";"))
    book.active["B2"] = "=1+1"
    content = BytesIO()
    book.save(content)
    page = _trial(office, office.client("klara"), content.getvalue(), "personen.xlsx").text
    assert "B2" in page
    assert "Nur die guten Zeilen" not in page


@pytest.mark.parametrize(
    ("content", "name"), [(b"\x00\x01\x02", "bild.png"), (b"PK\x03\x04kaputt", "a.xlsx"), (b"", "a.csv")]
)
def test_unusable_file_says_what_to_do(office: Any, content: bytes, name: str) -> None:
    answer = _trial(office, office.client("klara"), content, name)
    assert answer.status_code == 422
    assert 'role="alert"' in answer.text


def test_no_file_and_too_large_file(office: Any) -> None:
    client, page = office.client("klara"), office.address("stadt", "/einlesen")
    assert "Es fehlt die Datei" in _send(client, page, page, {"datei": (BytesIO(b""), "")}).text
    large = client.post(page, environ_overrides={"CONTENT_LENGTH": str(100 * 1024 * 1024)})
    assert large.status_code == 413
    assert "höchstens 20 MB" in large.text
    assert f'href="{page}"' in large.text
    assert "Zurück zum Formular" in large.text
    assert "Zur Anmeldung" not in large.text


def test_too_large_upload_of_a_stranger_leads_to_the_sign_in(office: Any) -> None:
    page, size = office.address("stadt", "/einlesen"), {"CONTENT_LENGTH": str(100 * 1024 * 1024)}
    large = office.app.test_client().post(page, environ_overrides=size)
    assert large.status_code == 413
    assert "Zur Anmeldung" in large.text
    assert "Zurück zum Formular" not in large.text


def test_kept_upload_opens_only_for_its_owner_and_tenant(office: Any) -> None:
    with tenant_session(office.tenants["stadt"].id, actor="klara") as session:
        token = uploads.keep(session, b"geheim", owner="klara")
        assert uploads.fetch(session, token, owner="klara") == b"geheim"
        assert uploads.fetch(session, token, owner="mia") is None
        assert uploads.fetch(session, "../../etc/passwd", owner="klara") is None
    with tenant_session(office.tenants["kreis"].id, actor="klara") as session:
        assert uploads.fetch(session, token, owner="klara") is None
    assert b"geheim" not in (uploads.folder() / token).read_bytes()
    uploads.forget(token)
    assert not (uploads.folder() / token).exists()


def test_municipality_may_not_import(office: Any) -> None:
    assert office.client("mia").get(office.address("stadt", "/einlesen")).status_code == 403


def test_workbook_out_and_in_again(office: Any) -> None:
    client, page = office.client("klara"), office.address("kreis", "/einlesen")
    found = re.search(r'name="csrf_token" value="([^"]+)"', client.get(page).text)
    assert found is not None
    wrong = client.post(f"{page}/ausgeben", data={"csrf_token": found[1], "tag": "gestern", "zweck": ""})
    assert wrong.status_code == 422
    assert "Bitte als Tag.Monat.Jahr angeben" in wrong.text
    data = {"csrf_token": found[1], "tag": "01.11.2026", "zweck": "Abgleich", "umfang": "alles"}
    out = client.post(f"{page}/ausgeben", data=data)
    assert out.status_code == 200
    assert out.headers["Content-Disposition"].endswith("personen-0100-2026-11-01.xlsx")
    titles = load_workbook(BytesIO(out.data)).sheetnames
    assert {"Personen", "Forderungen", "Vorschüsse und Darlehen"} <= set(titles)
    again = client.post(page, data={"csrf_token": found[1], "datei": (BytesIO(out.data), "mappe.xlsx")})
    assert again.status_code == 200
    assert "Alles schon so erfasst" in again.text
    assert office.client("mia").post(f"{page}/ausgeben", data=data).status_code in (400, 403)

