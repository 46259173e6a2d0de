"""Zuwendungen an Dritte am Schreibtisch: jeder Fehler steht bei seinem Feld, ein abgelehntes Aufheben bei sich."""

from __future__ import annotations

import re
from typing import Any

import pytest
from sqlalchemy import select

from payroll.postings.models import Zuwendung
from tenants.db.session import tenant_session

GOOD = {"anlass": "Ehrung", "monat": "2026-11", "empfaenger": "2", "wert": "100,00", "kostenstelle": ""}


def _post(office: Any, path: str, **given: str) -> Any:
    client, address = office.client("klara"), office.address("kreis", "/meldungen/zuwendungen")
    token = re.search(r'name="csrf_token" value="([^"]+)"', client.get(address).text)
    assert token is not None
    return client.post(f"{address}{path}", data={"csrf_token": token[1], **given})


@pytest.mark.parametrize(("field", "value", "words"), [
    ("anlass", " ", "1 bis 120 Zeichen"), ("monat", "2023-12", "Von 11/2026"), ("monat", "2027-02", "bis 01/2027"),
    ("monat", "November", "Jahr-Monat"), ("empfaenger", "zwei", "ganze Zahl"), ("empfaenger", "0", "über null"),
    ("wert", "viel", "eine Zahl angeben"), ("wert", "20.000,01", "10.000 EUR je Empfänger"),
    ("kostenstelle", "123456789", "höchstens 8"),
], ids=["occasion", "no-law", "too-late", "no-month", "no-number", "nobody", "no-amount", "too-much", "cost-centre"])
def test_1_what_is_wrong_stands_at_its_field_and_nothing_typed_is_lost(office: Any, field: str, value: str,
                                                                       words: str) -> None:
    answer = _post(office, "", **(GOOD | {field: value}))
    assert answer.status_code == 422
    assert re.search(rf'id="{field}-error".*?{re.escape(words)}', answer.text)
    assert re.findall(r'id="(\w+)-error"', answer.text) == [field]
    assert f'href="#{field}"' in answer.text
    assert f'value="{GOOD["wert"] if field != "wert" else value}"' in answer.text


def test_2_a_refused_cancelling_marks_no_field_of_a_new_gift_and_keeps_its_reason(office: Any) -> None:
    assert _post(office, "", **GOOD).status_code == 302
    with tenant_session(office.tenants["kreis"].id, actor="test") as session:
        gift = session.scalars(select(Zuwendung.public_id)).one()
    refused = _post(office, f"/{gift}/aufheben", grund=" ")
    assert (refused.status_code, "Zum Aufheben bitte einen Grund" in refused.text) == (422, True)
    assert 'id="anlass-error"' not in refused.text
    assert '<details class="kl-more" open>' in refused.text
    assert re.search(rf'id="grund-{gift}" name="grund" value=" "', refused.text)
    assert _post(office, f"/{gift}/aufheben", grund="doppelt").status_code == 302
