"""Ablehnungen der Dienste auf Englisch: jeder Satz, den Beschäftigte lesen, ist übersetzt und steht so im Programm."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from flask import session

import app as application
from payroll.web.desk import sentences as desk
from payroll.web.portal import sentences as portal
from tenants.web import language, told
from timekeeping.web import sentences as times

ROOT = Path(application.__file__).parent
EVERY = (*told.OWN, *desk.SENTENCES, *portal.SENTENCES, *times.SENTENCES)
PIECES = re.compile(r"%\(\w+\)s|\. |; |: | und Journal|^IBAN ")  # where a service puts a sentence together
MARKS = (told.__file__, desk.__file__, portal.__file__, times.__file__)


@pytest.fixture(scope="module")
def sources() -> str:
    """Texte aller Räume ohne die Naht zwischen zwei Zeichenketten; „Grund. Abhilfe.“ steht dort als zwei."""
    files = [file for room in ("tenants", "payroll", "timekeeping") for file in (ROOT / room).rglob("*.py")
             if str(file) not in MARKS]
    return re.sub(r'"\s*\n\s*f?"', "", "".join(file.read_text(encoding="utf-8") for file in files))


@pytest.mark.parametrize("sentence", EVERY)
def test_every_sentence_is_still_said_by_a_service(sources: str, sentence: str) -> None:
    """Wer einen Satz umschreibt, soll merken, dass seine Übersetzung danach nicht mehr greift."""
    longest = max((piece.strip(" .:(") for piece in PIECES.split(sentence)), key=len)
    assert longest in sources or longest[0].lower() + longest[1:] in sources


def in_english(office: Any, words: str) -> str:
    with office.app.test_request_context("/"):
        session[language.SESSION_KEY] = "en"
        return told.told(words)


@pytest.mark.parametrize(("words", "english"), [
    ("Das Kennwort braucht 12 bis 256 Zeichen: einen ganzen Satz nehmen.",
     "The password needs 12 to 256 characters: take a whole sentence."),
    ("Den Tag 31.02.2026 gibt es nicht. Bitte das Datum prüfen.",
     "There is no day 31.02.2026. Please check the date."),
    ("Was niemand kennt 100 %(x)s.", "Was niemand kennt 100 %(x)s."),
    ("Den Tag %(x)s %s gibt es nicht. Bitte das Datum prüfen.", "There is no day %(x)s %s. Please check the date."),
], ids=["numbers", "day", "unknown", "places in what was typed"])
def test_what_stands_in_a_sentence_stays(office: Any, words: str, english: str) -> None:
    assert in_english(office, words) == english
    with office.app.test_request_context("/"):
        session[language.SESSION_KEY] = "de"
        assert told.told(words) == words


def test_nobody_reads_german_when_a_sign_in_fails_in_english(office: Any) -> None:
    client = office.app.test_client()
    client.environ_base["HTTP_ACCEPT_LANGUAGE"] = "en"
    found = re.search(r'name="csrf_token" value="([^"]+)"', client.get("/anmelden").text)
    assert found is not None
    answer = client.post("/anmelden", data={"csrf_token": found[1], "anmeldename": "x", "kennwort": "y"})
    assert answer.status_code == 401
    assert "Sign-in not possible" in answer.text
    assert "Anmeldung nicht möglich" not in answer.text
    expired = client.post("/anmelden/brief", data={"csrf_token": found[1], "anmeldename": "x", "code": "x",
                                                    "neu": "a", "wiederholung": "b"})
    assert expired.status_code == 422
    assert "Der Code" not in expired.text


def test_the_desk_says_its_duties_in_english(office: Any) -> None:
    client = office.client("klara")
    with client.session_transaction() as stored:
        stored[language.SESSION_KEY] = "en"
    page = client.get(office.address("kreis", "/pflichten")).text
    assert "Declare and pay wage tax" in page
    assert "Lohnsteuer anmelden" not in page
    assert "Sätze der Krankenkassen" not in client.get("/tarif").text
