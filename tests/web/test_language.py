"""Sprachen: Deutsch zuerst, Englisch auf Wunsch; die Kataloge passen zu den Texten."""

import re
from pathlib import Path
from typing import Any

import pytest
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

import jobportal
import payroll.web
import staffplan.web
import tenants.web
import timekeeping.web

ROOMS = [Path(room.__file__).parent for room in (tenants.web, payroll.web, staffplan.web, timekeeping.web, jobportal)]
METHODS = [("**.py", "python"), ("**.html", "jinja2")]
KEYWORDS = {"_": None, "gettext": None, "ngettext": (1, 2), "lazy_gettext": None, "_l": None}
PLACE = re.compile(r"%\(\w+\)[sd]")


def _used(room: Path) -> set[str]:
    found = extract_from_dir(room, METHODS, keywords=KEYWORDS)
    return {message if isinstance(message, str) else message[0] for _file, _line, message, _notes, _context in found}


@pytest.mark.parametrize("room", ROOMS, ids=("tenants", "payroll", "staffplan", "timekeeping", "jobportal"))
def test_translations_keep_their_places_and_are_all_used(room: Path) -> None:
    with (room / "catalogues" / "en.po").open("rb") as source:
        catalogue = [message for message in read_po(source) if message.id]
    used = _used(room)
    for message in catalogue:
        german = message.id if isinstance(message.id, str) else message.id[-1]
        english = message.string if isinstance(message.string, str) else message.string[-1]
        assert set(PLACE.findall(german)) == set(PLACE.findall(english)), german
        assert (message.id if isinstance(message.id, str) else message.id[0]) in used, german


def _missing(room: Path, folders: tuple[str, ...] = ("",)) -> set[str]:
    with (room / "catalogues" / "en.po").open("rb") as source:
        known = {m.id if isinstance(m.id, str) else m.id[0] for m in read_po(source) if m.id and m.string}
    return set().union(*(_used(room / folder) for folder in folders)) - known


def test_shell_sign_in_and_portal_are_complete_in_english() -> None:
    assert _missing(ROOMS[0]) == set()
    assert _missing(ROOMS[1], ("portal", "templates/payroll/portal")) == set()


def test_staffing_plan_is_complete_in_english() -> None:
    assert _missing(ROOMS[2]) == set()


def test_times_are_complete_in_english() -> None:
    assert _missing(ROOMS[3]) == set()


def test_job_portal_is_complete_in_english() -> None:
    assert _missing(ROOMS[4]) == set()


def test_desk_is_complete_in_english() -> None:
    assert _missing(ROOMS[1]) == set()


def test_choice_before_sign_in_stays(office: Any) -> None:
    client = office.app.test_client()
    page = client.get("/anmelden").text
    assert 'lang="de"' in page
    token = re.search(r'name="csrf_token" value="([^"]+)"', page)
    assert token is not None
    data = {"csrf_token": token[1], "sprache": "en", "zurueck": "/anmelden"}
    assert client.post("/sprache", data=data).location == "/anmelden"
    english = client.get("/anmelden").text
    assert "User name" in english
    assert 'lang="en"' in english


def test_device_language_counts_without_a_choice(office: Any) -> None:
    page = office.app.test_client().get("/anmelden", headers={"Accept-Language": "en-GB,en;q=0.9"}).text
    assert "Sign in" in page


@pytest.mark.parametrize("path", ["", "/stammdaten", "/stammdaten/krankenkassen", "/personen", "/einlesen"])
def test_desk_in_english_says_no_german_word_of_its_own(office: Any, path: str) -> None:
    client = office.client("klara")
    with client.session_transaction() as session:
        session["language"] = "en"
    page = client.get(office.address("kreis", path) if path else "/rechenregeln").text
    assert 'lang="en"' in page
    for german in ("Suchen", "Stammdaten", "Rechenregeln", "Abmelden", "Personen<", "Einlesen<"):
        assert german not in page, german
