"""Hinweise aller Arbeitgeber: Filter, Ursachen, Wege, zuweisen und begründen; eigener Auftrag, feste Abfragen."""

import html
import re
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import Engine, delete, event, func, select, update

from payroll.masterdata.models import Beschaeftigung
from payroll.runs import befunde
from payroll.runs.befund_models import Hinweiszuweisung
from payroll.runs.calculate import calculate
from payroll.runs.models import Hinweis, Lauf
from payroll.runs.reading import folded, matches
from payroll.runs.zeiten.absences import DECIDE
from payroll.web.desk.finding_places import kind_of
from tenants.audit.models import AuditEntry
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


@pytest.fixture(autouse=True)
def _afresh(request: pytest.FixtureRequest) -> None:
    """Vor jedem Test: nichts zugewiesen, nichts begründet, nichts dazugelegt."""
    if "found" not in request.fixturenames:
        return
    tenant = request.getfixturevalue("found").tenants["kreis"].id
    with tenant_session(tenant, actor="klara") as session:
        session.execute(delete(Hinweiszuweisung))
        session.execute(delete(Hinweis).where(Hinweis.ursache == "dazugelegt"))
        session.execute(update(Hinweis).values(erledigt_von=None, erledigt_am=None, begruendung=None))


def _lay(found: Any, count: int, **values: Any) -> None:
    """Legt Befunde zum November des Kreises dazu."""
    given = {"stufe": "warnung", "ursache": "dazugelegt", "feld": "iban", "datensatz": "Personalnummer 10002",
             "regel": "die IBAN fehlt", "abhilfe": "IBAN erfassen", **values}
    with tenant_session(found.tenants["kreis"].id, actor="klara") as session:
        run = session.scalars(select(Lauf.id).where(Lauf.monat == NOVEMBER)).one()
        job = session.scalars(select(Beschaeftigung.id).where(Beschaeftigung.personalnummer == "10002")).one()
        session.add_all([Hinweis(**{"lauf_id": run, "beschaeftigung_id": job, **given}) for _one in range(count)])


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
    with tenant_session(found.tenants["kreis"].id, actor="klara") as session:
        read = select(AuditEntry).where(AuditEntry.action == "lauf.hinweise_gelesen").order_by(AuditEntry.id.desc())
        klara.get(f"{PAGE}&format=csv")
        last = session.scalars(read.limit(1)).one()
        many = session.scalar(select(func.count(Hinweis.id))) or 0
    assert (last.actor, last.subject, last.details) == (
        "klara", "lauf:2026-11", {"anzahl": many, "ausgabe": "csv"}), "who read or took along which employer's findings"
    assert many > 0
    assert klara.get(f"{PAGE}&format=pdf").status_code == 404


def test_2_filters_by_employer_level_cause_stand_and_responsible(found: Any) -> None:
    klara = found.client("klara")
    assert "keinen Hinweis" in _told(klara, f"{PAGE}&arbeitgeber=0110")
    assert "Meyer" in _told(klara, f"{PAGE}&stufe=fehler&ursache=kv_art")
    assert "keinen Hinweis" in _told(klara, f"{PAGE}&stufe=warnung&ursache=kv_art")
    assert "keinen Hinweis" in _told(klara, f"{PAGE}&stand=begruendet")
    assert "keinen Hinweis" in _told(klara, f"{PAGE}&zustaendig=hugo")
    assert "keinen Hinweis" in _told(klara, f"{PAGE}&suche=Niemand")
    for name, value in (("arbeitgeber", "9999"), ("ursache", "gibtesnicht"), ("zustaendig", "verlassen")):
        assert f'<option value="{value}" selected>' in klara.get(f"{PAGE}&{name}={value}").text, "never filtered unseen"
    assert "im November 2026" in _told(klara, "/hinweise?monat=unsinn&stufe=x&stand=y"), "the month of today"
    rows = klara.get(f"{PAGE}&stufe=fehler&format=csv").get_data().decode("utf-8-sig").splitlines()
    assert rows[0].startswith("Arbeitgeber;Stufe;Ursache;Datensatz;Regel;Abhilfe;Zuständig")
    assert rows[1].startswith("0100 Kreis Beispiel;fehler;")


def test_the_link_of_a_cause_lists_as_many_as_it_counts(found: Any) -> None:
    _lay(found, 2, feld="kostenstelle", abhilfe="Kostenstelle erfassen")
    _lay(found, 3, feld="kostenstelle", abhilfe="Kostenstelle anlegen", regel="der Wert hat den Stand „unbestaetigt“")
    klara = found.client("klara")
    page = klara.get(PAGE).text
    ways = [html.unescape(one) for one in re.findall(r'href="(/hinweise[^"]+ursache=kostenstelle[^"]+)"', page)]
    assert len(ways) == 2
    shown = [klara.get(way).text for way in ways]
    assert sorted(one.count('name="befund"') for one in shown) == [2, 3]
    assert all("selected>Kostenstelle: Kostenstelle" in one for one in shown)
    assert "Stand „unbestätigt“" in page
    assert "unbestaetigt" not in page + klara.get(f"{PAGE}&format=csv").get_data().decode()
    assert klara.get(f"{PAGE}&ursache=kostenstelle").text.count('name="befund"') == 5


def test_3_assigned_to_a_colleague_who_may_check_there(found: Any) -> None:
    klara = found.client("klara")
    assert _send(klara, "zuweisen", an="hugo").status_code == 302
    assert "keinen Hinweis" in _told(klara, f"{PAGE}&zustaendig=niemand&stufe=fehler")
    assert "Meyer" in _told(klara, f"{PAGE}&zustaendig=hugo")
    assert re.search(r"\d+ offene Hinweise sind Ihnen zugewiesen|1 offener Hinweis ist", found.client("hugo").get(
        "/?monat=2026-11").text)
    refused = _send(klara, "zuweisen", an="mia")
    assert (refused.status_code, "kein Recht, Abrechnungen zu prüfen" in refused.text) == (409, True)
    for nobody in ({"an": ""}, {"an": " "}, {}):
        assert _send(klara, "zuweisen", **nobody).status_code == 409
    assert "Meyer" in _told(klara, f"{PAGE}&zustaendig=hugo"), "a form without a name takes nothing away"
    assert _send(klara, "zuweisen", an="hugo", befund=[]).status_code == 409
    other = f"{found.tenants['fremd'].public_id}:{found.tenants['fremd'].public_id}"
    assert _send(klara, "zuweisen", an="hugo", befund=[other]).status_code == 404
    assert _send(klara, "zuweisen", an="hugo", befund=["unsinn"]).status_code == 404
    assert _send(found.client("mia"), "zuweisen", an="mia").status_code == 403
    assert _send(klara, "zuweisen", an="niemand").status_code == 302
    assert "keinen Hinweis" in _told(klara, f"{PAGE}&zustaendig=hugo")


def test_the_count_of_the_start_page_is_the_length_of_its_list(found: Any) -> None:
    _lay(found, 1, stufe="hinweis")
    klara = found.client("klara")
    boxes = re.findall(r'name="befund" value="([^"]+)"', klara.get(f"{PAGE}&stufe=hinweis&suche=10002").text)
    assert _send(klara, "zuweisen", an="klara", befund=boxes).status_code == 302
    link = re.search(r'href="(/hinweise[^"]+)">([0-9]+) offene', klara.get("/?monat=2026-11").text)
    assert link is not None
    assert klara.get(html.unescape(link[1])).text.count('name="befund"') == int(link[2]) > 0


def test_a_refusal_keeps_what_was_given_and_leads_on(found: Any) -> None:
    klara = found.client("klara")
    first = re.findall(r'name="befund" value="([^"]+)"', klara.get(PAGE).text)[:1]
    refused = _send(klara, "zuweisen", an="mia", befund=first, begruendung="Unterlagen folgen")
    assert refused.status_code == 409
    assert refused.text.count(" checked") == 1
    assert f'value="{first[0]}" checked' in refused.text
    assert 'value="Unterlagen folgen"' in refused.text
    ways = set(re.findall(r'(?:href|formaction|action)="([?/][^"]*)"', refused.text))
    lists = [one for one in ways if one.startswith(("?", "/hinweise")) and "begruenden" not in one]
    assert not [one for one in ways if one.startswith("?")], "nothing is read where things are only sent"
    read = [one for one in lists if "zuweisen" not in one]
    assert len(read) > 5
    assert {klara.get(html.unescape(one)).status_code for one in read} == {200}


def test_4_several_stay_with_one_reason_until_their_words_change(found: Any) -> None:
    klara = found.client("klara")
    assert _send(klara, "zuweisen", an="hugo").status_code == 302
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

    few = counted(f"{PAGE}&stand=alle&stufe=alle")
    _lay(found, 20)
    assert klara.get(f"{PAGE}&stand=alle&stufe=alle").text.count("Die IBAN fehlt") == 20
    assert counted(f"{PAGE}&stand=alle&stufe=alle") == few > 5


def test_only_undecided_absences_of_time_files_lead_to_their_page(found: Any) -> None:
    _lay(found, 1, feld="fehlzeit", regel="Elternzeit vor der Geburt", abhilfe="Beginn prüfen")
    _lay(found, 1, feld="fehlzeit", regel="Urlaub ist nicht entschieden", datensatz="Zeitdateien", abhilfe=DECIDE,
         beschaeftigung_id=None)
    klara = found.client("klara")
    person = html.unescape(klara.get(f"{PAGE}&suche=elternzeit").text)
    assert f"/personen/{found.people['Meyer'].public_id}#fehlzeiten" in person
    assert "/zeiten/fehlzeiten" not in person
    files = klara.get(f"{PAGE}&suche=zeitdateien").text
    assert f"/mandanten/{found.tenants['kreis'].public_id}/zeiten/fehlzeiten" in files


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
    page.get_by_role("checkbox").first.check()
    page.get_by_label("Angekreuzte mit Begründung").fill("Unterlagen folgen")
    with page.expect_navigation():
        page.get_by_label("Angekreuzte mit Begründung").press("Enter")
    expect(page.get_by_text("bleibt mit Begründung stehen")).to_be_visible()
    expect(page.get_by_text("Unterlagen folgen")).to_be_visible()
