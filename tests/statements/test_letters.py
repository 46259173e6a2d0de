"""Briefe: Platzhalter werden beim Speichern geprüft, Fassungen bleiben, jeder Brief ist PDF/UA-1 und PDF/A-2a."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from pypdf import PdfReader

from payroll.statements.briefe import ausgabe, vorlagen
from payroll.statements.briefe.angaben import Absender, BriefError
from payroll.statements.briefe.arten import ARTEN, BY_NAME
from payroll.statements.briefe.vorlagen import VorlageError, Wortlaut
from tenants.db.session import tenant_session

DAY = date(2026, 11, 26)
FROM = Absender("Kreis Beispiel", "Musterstadt", ("Kreis Beispiel", "Am Markt 1", "59999 Musterstadt"))
LINES = ("Kim Beispiel", "Weg 1", "59999 Musterstadt")


def text_of(pdf: bytes) -> str:
    return " ".join(" ".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages).split())


@pytest.mark.parametrize("art", [one.name for one in ARTEN])
def test_each_kind_is_accepted_and_conforms(art: str, conforming: Callable[[bytes], None]) -> None:
    kind = BY_NAME[art]
    assert vorlagen.checked(kind, kind.betreff, kind.text) == {}
    assert {one.name for one in kind.platzhalter} >= set(kind.pflicht)
    made = ausgabe.composed(Wortlaut(kind, 0, kind.betreff, kind.text), kind.muster, FROM, LINES, DAY)
    shown = text_of(made.pdf)
    assert "{" not in shown
    assert "Kreis Beispiel" in shown
    conforming(made.pdf)


@pytest.mark.parametrize(("text", "said"), [
    ("{name} {unbekannt}\n\n{ursachen}\n\n{monat}", "Zeile 1: {unbekannt} gibt es hier nicht"),
    ("{monat}\n\n{ursache}", "gemeint ist wohl {ursachen}"),
    ("{monat} {ursachen}", "füllt einen ganzen Absatz"),
    ("{monat}\n\n{ursachen}\n\n{name", "geschweifte Klammer"),
    ("{monat}\n\n{ursachen}\n\nname}", "geschweifte Klammer"),
    ("{monat} allein", "{ursachen} fehlt"),
    ("", "Der Wortlaut fehlt."),
    ("{monat}\n\n{ursachen}" + "x" * 10_000, "Höchstens 10000 Zeichen"),
], ids=["unknown", "near", "block", "open", "closed", "missing", "empty", "long"])
def test_wrong_placeholders_are_refused(text: str, said: str) -> None:
    found = vorlagen.checked(BY_NAME["aenderung"], "Bezüge", text)
    assert said in " ".join(found["text"]), found


def test_versions_stay_and_the_last_one_counts(two_tenants: Any) -> None:
    kind = BY_NAME["frei"]
    with tenant_session(two_tenants.first, actor="klara") as session:
        assert vorlagen.current(session, "frei").fassung == 0
        vorlagen.save(session, "frei", "Betreff {betreffzeile}", "Hallo {name},\r\n\r\n{inhalt}")
        vorlagen.save(session, "frei", "Betreff {betreffzeile}", "Hallo {name},\n\n{inhalt}")
        vorlagen.save(session, "frei", "Neu", kind.text)
        assert [one.fassung for one in vorlagen.versions(session, "frei")] == [2, 1]
        assert vorlagen.current(session, "frei").betreff == "Neu"
        with pytest.raises(VorlageError, match="gibt es hier nicht"):
            vorlagen.save(session, "frei", "{x}", kind.text)
        assert vorlagen.current(session, "frei").kennung == "frei:2"
    with tenant_session(two_tenants.second, actor="fremd") as session:
        assert vorlagen.versions(session, "frei") == []


def test_values_are_never_read_as_placeholders_and_empty_ones_leave_no_gap() -> None:
    assert vorlagen.filled("A {name} {bis} B", {"name": "{bis}", "bis": ""}) == "A {bis} B"


def test_a_sign_no_paper_can_show_is_named() -> None:
    kind = BY_NAME["frei"]
    wording = Wortlaut(kind, 0, kind.betreff, kind.text)
    with pytest.raises(BriefError, match="🎉"):
        ausgabe.composed(wording, kind.muster | {"inhalt": "Glückwunsch 🎉"}, FROM, LINES, DAY)
    many = ausgabe.composed(wording, kind.muster | {"inhalt": "Wort " * 3000}, FROM, ("N" * 300, *LINES), DAY)
    assert len(PdfReader(io.BytesIO(many.pdf)).pages) > 2
