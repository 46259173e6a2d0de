"""Stammdaten des Mandanten: Profil, datierte Sätze der Kassen, Lohnarten."""

import re
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import select

from payroll.masterdata.clocks import known
from payroll.masterdata.models import Krankenkasse, KrankenkasseSatz
from tenants.db.session import tenant_session

RATE = {
    "zusatzbeitrag": "2,79",
    "u2_satz": "0,41",
    "quelle": "Rundschreiben der Kasse vom 01.11.2026",
    "status": "recht",
    "gueltig_ab": "01.12.2026",
    "grund": "Neuer Satz",
}


@pytest.fixture(scope="module")
def fund(office: Any) -> str:
    with tenant_session(office.tenants["kreis"].id, actor="test") as session:
        row = session.scalars(select(Krankenkasse).filter_by(kuerzel="TK")).one()
        return str(office.address("kreis", f"/stammdaten/krankenkassen/{row.public_id}"))


def _send(client: Any, path: str, **changes: str) -> Any:
    token = re.search(r'name="csrf_token" value="([^"]+)"', client.get(path).text)
    assert token is not None
    return client.post(path, data={"csrf_token": token[1], **RATE, **changes})


def test_profile_names_what_is_missing(office: Any) -> None:
    page = office.client("klara").get(office.address("kreis", "/stammdaten")).text
    assert "<dt>Nummer</dt><dd>0100</dd>" in page
    assert "<dt>Betriebsnummer</dt><dd>fehlt noch</dd>" in page


def test_funds_with_todays_rates_and_as_file(office: Any) -> None:
    client, path = office.client("rolf"), office.address("kreis", "/stammdaten/krankenkassen")
    page = client.get(f"{path}?suche=techniker").text
    assert re.findall(r'<th scope="row"><a[^>]*>([^<]+)</a>', page) == ["Techniker Krankenkasse"]
    assert "noch zu bestätigen" in page
    lines = client.get(f"{path}?format=csv").data.decode("utf-8-sig").split("\r\n")
    assert lines[0] == "Name;Betriebsnummer;Zusatzbeitrag;Umlagesatz U2;Quelle;Stand"
    assert len(lines) > 20


def test_new_rate_holds_from_its_day_and_the_old_one_stays(office: Any, fund: str) -> None:
    assert _send(office.client("klara"), fund).status_code == 302
    page = office.client("klara").get(fund).text
    assert "ab 01.12.2026" in page
    assert "bis 30.11.2026" in page
    assert "Rundschreiben der Kasse vom 01.11.2026" in page
    with tenant_session(office.tenants["kreis"].id, actor="test") as session:
        newest = session.scalars(
            select(KrankenkasseSatz)
            .where(known(KrankenkasseSatz, None), KrankenkasseSatz.valid_from == date(2026, 12, 1))
        ).one()  # fmt: skip
        assert (newest.zusatzbeitrag, newest.u2_satz, newest.status) == (Decimal("2.79"), Decimal("0.41"), "recht")
        assert newest.recorded_by == "klara"


@pytest.mark.parametrize(
    ("field", "text", "said"),
    [
        ("quelle", "", "Bitte ausfüllen"),
        ("zusatzbeitrag", "20,5", "zwischen 0 und 20 Prozent"),
        ("zusatzbeitrag", "2,99999", "Höchstens 4 Nachkommastellen"),
        ("status", "geraten", "aus der Liste"),
        ("grund", "", "Bitte ausfüllen"),
    ],
)
def test_a_wrong_rate_is_refused_beside_its_field(office: Any, fund: str, field: str, text: str, said: str) -> None:
    answer = _send(office.client("klara"), fund, **{field: text})
    assert answer.status_code == 422
    shown = re.search(rf'id="{field}-error">.*?</p>', answer.text, re.DOTALL)
    assert shown is not None
    assert said in shown[0]


def test_a_rate_without_any_figure_is_refused(office: Any, fund: str) -> None:
    answer = _send(office.client("klara"), fund, zusatzbeitrag="", u2_satz="")
    assert answer.status_code == 422
    assert "Mindestens einen Satz angeben" in answer.text


def test_reading_is_not_writing(office: Any, fund: str) -> None:
    page = office.client("rolf").get(fund).text
    assert "Neuen Satz erfassen" not in page
    assert _send(office.client("rolf"), fund).status_code == 403
    foreign = fund.replace(str(office.tenants["kreis"].public_id), str(office.tenants["stadt"].public_id))
    assert office.client("klara").get(foreign).status_code == 404


def test_pension_funds_show_procedure_in_words(office: Any) -> None:
    client, path = office.client("klara"), office.address("kreis", "/stammdaten/zusatzversorgung")
    href = re.search(r'href="([^"]+)">VBL', client.get(path).text)
    assert href is not None
    page = client.get(href[1]).text
    assert "auf die Monate verteilt" in page
    assert "92,03" in page


def test_wage_types_with_their_effect(office: Any) -> None:
    client, path = office.client("klara"), office.address("kreis", "/stammdaten/lohnarten")
    page = client.get(f"{path}?suche=1000+Tabellenentgelt").text
    assert "<th scope=\"row\">Tabellenentgelt</th>" in page  # fmt: skip
    assert "nimmt keinen Betrag auf" in page
    lines = client.get(f"{path}?format=csv").data.decode("utf-8-sig").split("\r\n")
    assert lines[0].startswith("Nummer;Text;Verwendung;Steuer")
    assert len(lines) > 100
