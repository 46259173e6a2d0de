"""Eine Person mit ihrer Beschäftigung anlegen: alles zusammen oder nichts, Fehler am Feld, Recht, Protokoll."""

import re
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from playwright.sync_api import Page
from sqlalchemy import func, select

from payroll.masterdata.models import (
    Bankverbindung,
    Beschaeftigung,
    BeschaeftigungAngaben,
    Bezuegezuordnung,
    Ereignis,
    Person,
    PersonAngaben,
    Steuermerkmale,
    Versicherung,
    Wiedervorlage,
)
from tenants.audit.models import AuditEntry
from tenants.db.session import tenant_session
from tests.web.arriving import sign_in

PATH = "/personen/neu"
DATA = {
    "nachname": "Neumann", "vorname": "Ines", "geburtsdatum": "15.06.1985", "strasse": "Am Markt 1", "plz": "01234",
    "ort": "Musterstadt", "land": "DE", "steuer_id": "36574261809", "sv_nummer": "65150685M000",
    "personalnummer": "20001", "art": "tarif", "eintritt": "01.12.2026", "kostenstelle": "4711",
    "tarifwerk": "TVoeD-VKA", "entgeltgruppe": "E9b", "stufe": "2", "wochenstunden": "19,5", "vollzeitstunden": "39",
    "steuerklasse": "1", "kinderfreibetraege": "0,5", "konfession": "keine", "kv_art": "gesetzlich",
    "krankenkasse_id": "TK", "beitragsgruppe": "1111", "personengruppe": "101",
    "iban": "DE89 3704 0044 0532 0130 00", "grund": "Einstellung",
}  # fmt: skip
MODELS = (Person, Beschaeftigung, PersonAngaben, BeschaeftigungAngaben, Bezuegezuordnung, Steuermerkmale, Versicherung,
          Bankverbindung, AuditEntry)  # fmt: skip


def _send(office: Any, changes: dict[str, str], name: str = "klara") -> Any:
    client, address = office.client(name), office.address("kreis", PATH)
    found = re.search(r'name="csrf_token" value="([^"]+)"', client.get(address).text)
    assert found is not None
    given = {"csrf_token": found[1], **DATA, **changes}
    shown = client.post(address, data=given)
    mark = re.search(r'name="gezeigt" value="([0-9a-f]+)"', shown.text)
    # What cannot be stored is refused before an effect is shown; the rest is stored as it was shown.
    return shown if mark is None else client.post(address, data={**given, "aktion": "speichern", "gezeigt": mark[1]})


def _counted(office: Any) -> list[int]:
    with tenant_session(office.tenants["kreis"].id, actor="test") as session:
        return [session.scalar(select(func.count()).select_from(model)) or 0 for model in MODELS]


def test_1_everything_is_stored_together_and_the_file_opens(office: Any) -> None:
    before = _counted(office)
    answer = _send(office, {})
    assert answer.status_code == 302, answer.text
    after = [now - then for now, then in zip(_counted(office), before, strict=True)]
    assert after[:-1] == [1] * (len(MODELS) - 1)
    page = office.client("klara").get(answer.location).text
    assert "Neumann" in page
    assert "20001" in page
    with tenant_session(office.tenants["kreis"].id, actor="test") as session:
        made = session.scalars(select(AuditEntry).where(AuditEntry.action == "person.angelegt")).one()
        since = set(session.scalars(select(Bezuegezuordnung.valid_from).where(Bezuegezuordnung.entgeltgruppe == "E9b")))
        assert (made.actor, made.reason, made.details) == ("klara", "Einstellung", {"personalnummer": "20001"})
        assert answer.location.endswith(made.subject.removeprefix("person:"))
    assert since == {date(2026, 12, 1)}


def test_1_first_pay_and_deadlines_are_shown_before_and_recorded_after(office: Any) -> None:
    client, address = office.client("klara"), office.address("kreis", PATH)
    found = re.search(r'name="csrf_token" value="([^"]+)"', client.get(address).text)
    assert found is not None
    before = _counted(office)
    shown = client.post(address, data={"csrf_token": found[1], **DATA, "personalnummer": "20009", "steuer_id": "",
                                       "sv_nummer": ""})
    assert _counted(office) == before
    assert "Dezember 2026" in shown.text
    assert "Probezeit endet in einem Monat" in shown.text
    assert "01.05.2027" in shown.text  # five months after 1 December 2026
    with tenant_session(office.tenants["kreis"].id, actor="test") as session:
        event = session.scalars(select(Ereignis).where(Ereignis.art == "einstellung")).one()
        due = session.scalar(select(func.count()).where(Wiedervorlage.ereignis_id == event.id))
    assert (event.wirksam_ab, due) == (date(2026, 12, 1), 8)


def _beside(text: str, field: str) -> str:
    found = re.search(rf'id="{field}-error".*?</p>', text, re.DOTALL)
    return found[0] if found else ""


OTHER = {"personalnummer": "20002", "steuer_id": "", "sv_nummer": "15070649C103"}


@pytest.mark.parametrize(
    ("change", "field", "text"),
    [
        ({"nachname": ""}, "nachname", "Bitte ausfüllen"),
        ({"geburtsdatum": "15.06.2020"}, "geburtsdatum", "jünger als 13 Jahre"),
        ({"plz": "123"}, "plz", "fünf Ziffern"),
        ({"steuer_id": "36574261808"}, "steuer_id", "keine gültige Steuer-Identifikationsnummer"),
        ({"steuer_id": "36574261809"}, "steuer_id", "gehört schon zu einer erfassten Person"),
        ({"sv_nummer": "15070649C104"}, "sv_nummer", "Prüfziffer"),
        ({"personalnummer": "10001"}, "personalnummer", "schon vergeben"),
        ({"personalnummer": "zwanzig tausend"}, "personalnummer", "ohne Leerzeichen"),
        ({"art": "gast"}, "art", "aus der Liste"),
        ({"eintritt": "31.02.2026"}, "eintritt", "Den Tag 31.02.2026 gibt es nicht"),
        ({"austritt": "30.11.2026"}, "austritt", "vor dem Eintritt"),
        ({"email": "ines"}, "email", "keine E-Mail-Adresse"),
        ({"stufe": "9"}, "stufe", "vorhanden: 1, 2, 3, 4, 5, 6"),
        ({"steuerklasse": "7"}, "steuerklasse", "Steuerklassen 1 bis 6"),
        ({"krankenkasse_id": ""}, "krankenkasse_id", "bitte die Kasse wählen"),
        ({"iban": "DE89370400440532013001"}, "iban", "Prüfziffer"),
        ({"iban": "", "kontoinhaber": "Kim Neumann"}, "iban", "Bitte ausfüllen"),
        ({"grund": ""}, "grund", "Bitte ausfüllen"),
    ],
)
def test_2_an_error_stands_beside_its_field_and_nothing_is_stored(
    office: Any, change: dict[str, str], field: str, text: str
) -> None:
    before = _counted(office)
    answer = _send(office, OTHER | change)
    assert answer.status_code == 422
    assert text in _beside(answer.text, field)
    assert 'value="Ines"' in answer.text
    assert _counted(office) == before


@pytest.mark.parametrize(("art", "missing"), [("tarif", "tarifwerk"), ("tarif", "steuerklasse"), ("minijob", "kv_art")])
def test_2_what_the_kind_of_employment_needs_is_asked_for(office: Any, art: str, missing: str) -> None:
    bare = {name: "" for name in DATA if name not in ("nachname", "vorname", "geburtsdatum", "eintritt", "grund")}
    answer = _send(office, bare | {"personalnummer": "20003", "art": art})
    assert answer.status_code == 422
    assert "Bei dieser Art der Beschäftigung nötig" in _beside(answer.text, missing)
    assert "iban-error" not in answer.text


def test_2_a_late_refusal_leaves_nothing_behind(office: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    from payroll.masterdata.service import FactError
    from payroll.web.desk import new_person

    record = new_person.record_fact

    def refusing(session: Any, model: Any, **values: Any) -> Any:
        if model is Bankverbindung:
            raise FactError("bankverbindung: geht gerade nicht; später erfassen.")
        return record(session, model, **values)

    monkeypatch.setattr(new_person, "record_fact", refusing)
    before = _counted(office)
    answer = _send(office, OTHER)
    assert answer.status_code == 422
    assert "geht gerade nicht" in answer.text
    assert _counted(office) == before


def test_3_minijob_without_grade_and_tax_features(office: Any) -> None:
    left_out = ("tarifwerk", "entgeltgruppe", "stufe", "wochenstunden", "steuerklasse", "konfession", "iban")
    grade = dict.fromkeys(left_out, "")
    insured = {"beitragsgruppe": "6500", "personengruppe": "109", "kinderfreibetraege": "0"}
    answer = _send(office, OTHER | grade | insured | {"art": "minijob", "personalnummer": "20004"})
    assert answer.status_code == 302, answer.text


def test_3_the_grade_of_a_first_appointment_follows_from_recognised_months(office: Any) -> None:
    """A9 begins with grade 3; 24 recognised months are grade 4 from the month of appointment (§§ 29, 30 LBesG NRW)."""
    official = {"personalnummer": "20009", "art": "beamte", "tarifwerk": "NRW-A", "entgeltgruppe": "A9", "stufe": "",
                "erfahrung_monate": "24", "wochenstunden": "41", "vollzeitstunden": "41", "kv_art": "privat",
                "krankenkasse_id": "", "beitragsgruppe": "", "personengruppe": "", "steuer_id": "", "sv_nummer": ""}
    missing = _send(office, {**official, "erfahrung_monate": ""})
    assert missing.status_code == 422
    assert "genügen die anerkannten Monate" in missing.text
    assert "nur in der Besoldungsordnung A" in _send(office, {**official, "tarifwerk": "NRW-B",
                                                              "entgeltgruppe": "B3"}).text
    assert _send(office, official).status_code == 302
    with tenant_session(office.tenants["kreis"].id, actor="test") as session:
        row = session.scalars(select(Bezuegezuordnung).join(
            Beschaeftigung, Beschaeftigung.id == Bezuegezuordnung.beschaeftigung_id)
            .where(Beschaeftigung.personalnummer == "20009")).one()
        assert (row.stufe, row.stufe_seit, row.erfahrung_monate) == ("4", date(2026, 12, 1), 24)


def test_3_only_who_may_write_finds_the_form(office: Any) -> None:
    people = office.address("kreis", "/personen")
    assert f'href="{people}/neu"' in office.client("klara").get(people).text
    assert f'href="{people}/neu"' not in office.client("rolf").get(people).text
    assert office.client("rolf").get(f"{people}/neu").status_code == 403
    assert office.client("klara").get(office.address("fremd", PATH)).status_code == 404


@pytest.mark.browser
def test_4_the_form_in_the_browser(office: Any, serve: Callable, page: Page, accessible: Callable) -> None:
    address = serve(office.app)
    sign_in(page, address, office.users['klara'])
    page.goto(address + office.address("kreis", "/personen"))
    accessible(page)
    page.get_by_role("link", name="Person anlegen").click()
    accessible(page)
    page.get_by_role("button", name="Wirkung zeigen").click()
    accessible(page)
    page.get_by_role("alert").get_by_role("link", name="Personalnummer").click()
    page.locator("#personalnummer:focus").wait_for()
    page.set_viewport_size({"width": 390, "height": 844})
    for name, value in (DATA | OTHER | {"personalnummer": "20005", "sv_nummer": ""}).items():
        field = page.locator(f"#{name}")
        if field.evaluate("e => e.tagName") == "SELECT":
            field.select_option(value)
        else:
            field.fill(value)
    page.get_by_role("button", name="Wirkung zeigen").click()
    page.get_by_role("heading", name="Wirkung auf die Zahlung").wait_for()
    accessible(page)
    page.get_by_role("button", name="Person anlegen").click()
    page.get_by_role("status").filter(has_text="sind angelegt").first.wait_for()
    assert "Neumann" in page.get_by_role("heading", level=1).inner_text()
    accessible(page)
