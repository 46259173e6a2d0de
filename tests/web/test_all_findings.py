"""Hinweise aller Arbeitgeber: Filter, Ursachen, Wege, zuweisen und begründen; eigener Auftrag, feste Abfragen."""

import html
import re
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from playwright.sync_api import Page
from sqlalchemy import Engine, event

from payroll.runs import befunde
from payroll.runs.calculate import calculate
from payroll.runs.reading import folded, matches
from payroll.web.desk.finding_places import kind_of
from tenants.db.session import tenant_session
from tenants.web.lists import sort_key
from tests.web.arriving import sign_in

pytestmark = pytest.mark.browser
NOVEMBER = date(2026, 11, 1)
PAGE = "/hinweise?monat=2026-11"


@pytest.fixture(scope="module")
def found(office: Any) -> Any:
    """Der Kreis und die fremde Gemeinde, November zur Probe gerechnet; beim Kreis fehlt jemandem die Versicherung."""
    for name in ("kreis", "fremd"):
        with tenant_session(office.tenants[name].id, actor="klara") as session:
            calculate(session, NOVEMBER, key=name)
    return office


def _plain(text: str) -> str:
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", text)).split())


def _told(client: Any, path: str = PAGE) -> str:
    answer = client.get(path)
    assert answer.status_code == 200, path
    return _plain(answer.text)


def _send(client: Any, path: str, **data: Any) -> Any:
    page = client.get(PAGE)
    token = re.search(r'name="csrf_token" value="([^"]+)"', page.text)
    boxes = re.findall(r'name="befund" value="([^"]+)"', page.text)
    assert token is not None
    return client.post(f"/hinweise/{path}?monat=2026-11", data={"csrf_token": token[1], "befund": boxes, **data})


def test_1_only_employers_of_the_mandate_each_with_remedy_and_way(found: Any) -> None:
    klara = found.client("klara")
    page = klara.get(PAGE).text
    told = _plain(page)
    assert "Kreis Beispiel" in told
    assert "Personalnummer 10002 (Meyer, Kim)" in told
    assert "Abhilfe:" in told
    assert "Anderswo" not in told
    way = f"/personen/{found.people['Meyer'].public_id}/versicherung/erfassen?beschaeftigung="
    assert way in html.unescape(page)
    assert found.client("rolf").get(PAGE).text.count('name="befund"') == 0, "the auditor reads only"
    assert found.client("ada").get(PAGE).status_code == 403
    assert "/hinweise?monat=2026-11" in klara.get("/").text


def test_2_filters_by_employer_level_cause_stand_and_responsible(found: Any) -> None:
    klara = found.client("klara")
    assert "keinen Hinweis" in _told(klara, f"{PAGE}&arbeitgeber=0110")
    assert "Meyer" in _told(klara, f"{PAGE}&stufe=fehler&ursache=kv_art")
    assert "keinen Hinweis" in _told(klara, f"{PAGE}&stufe=warnung&ursache=kv_art")
    assert "keinen Hinweis" in _told(klara, f"{PAGE}&stand=begruendet")
    assert "keinen Hinweis" in _told(klara, f"{PAGE}&zustaendig=hugo")
    assert "keinen Hinweis" in _told(klara, f"{PAGE}&suche=Niemand")
    assert "im November 2026" in _told(klara, "/hinweise?monat=unsinn&stufe=x&stand=y"), "the month of today"
    rows = klara.get(f"{PAGE}&stufe=fehler&format=csv").get_data().decode("utf-8-sig").splitlines()
    assert rows[0].startswith("Arbeitgeber;Stufe;Ursache;Datensatz;Regel;Abhilfe;Zuständig")
    assert rows[1].startswith("0100 Kreis Beispiel;fehler;")


def test_3_assigned_to_a_colleague_who_may_check_there(found: Any) -> None:
    klara = found.client("klara")
    assert _send(klara, "zuweisen", an="hugo").status_code == 302
    assert "keinen Hinweis" in _told(klara, f"{PAGE}&zustaendig=niemand&stufe=fehler")
    assert "Meyer" in _told(klara, f"{PAGE}&zustaendig=hugo")
    assert re.search(r"\d+ offene Hinweise sind Ihnen zugewiesen|1 offener Hinweis ist", found.client("hugo").get(
        "/?monat=2026-11").text)
    refused = _send(klara, "zuweisen", an="mia")
    assert (refused.status_code, "kein Recht, Abrechnungen zu prüfen" in refused.text) == (409, True)
    assert _send(klara, "zuweisen", an="hugo", befund=[]).status_code == 409
    other = f"{found.tenants['fremd'].public_id}:{found.tenants['fremd'].public_id}"
    assert _send(klara, "zuweisen", an="hugo", befund=[other]).status_code == 404
    assert _send(klara, "zuweisen", an="hugo", befund=["unsinn"]).status_code == 404
    assert _send(found.client("mia"), "zuweisen", an="mia").status_code == 403


def test_4_several_stay_with_one_reason_until_their_words_change(found: Any) -> None:
    klara = found.client("klara")
    assert _send(klara, "begruenden", begruendung=" ").status_code == 409
    assert _send(klara, "begruenden", begruendung="Unterlagen folgen").status_code == 302
    assert "Unterlagen folgen" in _told(klara, f"{PAGE}&stand=begruendet")
    with tenant_session(found.tenants["kreis"].id, actor="klara") as session:
        calculate(session, NOVEMBER, key="noch einmal")
        after = befunde.of_month(session, NOVEMBER)
    assert {one.hinweis.begruendung for one in after if one.hinweis.stufe != "hinweis"} == {"Unterlagen folgen"}
    assert "hugo" in {one.zustaendig for one in after}


def test_5_the_number_of_statements_does_not_follow_the_number_of_findings(found: Any) -> None:
    klara = found.client("klara")

    def counted(path: str) -> int:
        seen: list[str] = []

        def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
            seen.append(statement)

        event.listen(Engine, "before_cursor_execute", note)
        try:
            assert klara.get(path).status_code == 200
        finally:
            event.remove(Engine, "before_cursor_execute", note)
        return len(seen)

    assert counted(f"{PAGE}&stand=alle&stufe=alle") == counted(f"{PAGE}&stufe=warnung&suche=niemand") > 5


@pytest.mark.parametrize(("field", "slug"), [
    ("iban", "bank"), ("versicherung", "versicherung"), ("Lohnart 4202", "bezuege"), ("steuerklasse", "steuer"),
    ("geburtsdatum", None), ("auszahlung", None)])
def test_a_field_leads_to_the_fact_it_belongs_to(field: str, slug: str | None) -> None:
    assert kind_of(field) == slug


def test_names_are_found_and_sorted_whatever_marks_their_letters_carry() -> None:
    # DIN 5007-1: letters with a diacritic sort like the letter without it.
    assert sorted(("Öztürk", "Zander", "Çelik", "Łukasz", "Meyer"), key=sort_key) == [
        "Çelik", "Łukasz", "Meyer", "Öztürk", "Zander"]
    assert matches([folded("celik"), folded("KILIC")], "Çelik, Kılıç")
    assert matches([folded("Groß")], "GROSS")


def test_6_accessible_wide_and_narrow(found: Any, page: Page, serve: Callable, accessible: Callable) -> None:
    address = serve(found.app)
    sign_in(page, address, found.users['klara'])
    page.goto(f"{address}/hinweise?monat=2026-11&stand=alle&stufe=alle")
    accessible(page)
