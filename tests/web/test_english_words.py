"""Abrechnung, Erklärung und Änderungen auf Englisch: was das Programm dazu sagt, hat einen englischen Text.

Verlangt wird aus dem Programm selbst: jede Regel, jede Angabe, jeder Wert des Rechts, jede mitgelieferte Lohnart, jeder
Satz. Wer etwas davon ergänzt, ergänzt hier nichts; ohne englischen Text scheitert dieser Test.
"""

from __future__ import annotations

import ast
import csv
import re
from collections.abc import Iterator
from pathlib import Path

from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

import payroll
from payroll.law import encode, heard
from payroll.law.calculate import rule_book
from payroll.law.engine import figures
from payroll.law.engine.parameters import STATUSES
from payroll.law.engine.rule import PASS_WORDS
from payroll.law.rules.entgelt import fehlzeiten
from payroll.masterdata import catalogue
from payroll.runs import ansprueche, explaining
from payroll.runs.retro import booking, sources, tafeln, verkuendet
from payroll.runs.wandel import anteile, gruppen, rechnen, recht
from payroll.statements import absences, assemble, changes, examples, explanations, wording
from payroll.statements.certificates import service as certificates
from payroll.web import spoken

ROOT = Path(payroll.__file__).parent
ROOMS = (ROOT / "law", ROOT / "runs", ROOT / "statements", ROOT / "web" / "portal")
WAGE_TYPE = re.compile(r'"?\b\d{4}"?,\s*"([A-ZÄÖÜ][a-zäöü][^"]+)"')  # the number of a wage type, then its name
FUND = re.compile(r"rzvk|kvw|vbl")  # like codes of groups and Länder, which have capitals, these are names
PLACE = re.compile(r"%\(\w+\)s")


def _catalogue() -> dict[str, str]:
    found: dict[str, str] = {}
    for folder in spoken.CATALOGUES:
        with (folder / "en.po").open("rb") as source:
            messages = {str(one.id): str(one.string) for one in read_po(source) if one.id}
        assert not found.keys() & messages.keys()
        found |= messages
    return found


ENGLISH = _catalogue()


def _law() -> Iterator[str]:
    book = rule_book()
    for rule in book.rules:
        yield rule.title
        yield from (PASS_WORDS[name] for name in rule.passes)
    for given in book.inputs.values():
        yield given.title
        yield from (name for name in given.names if name.islower() and not FUND.match(name))
    for parameter in book.parameters.values():
        yield from (parameter.titel, parameter.einheit)
    yield from (*STATUSES, *figures.PERIOD_TEXT.values(), *heard.WHOLE, *heard.HEARD)


def _said() -> Iterator[str]:
    """Was als fester Text gesprochen oder für den Katalog gekennzeichnet ist."""
    for room in ROOMS:
        keywords = {"say": None} if room.name == "portal" else {"say": None, "_": None}
        for _file, _line, message, _notes, _context in extract_from_dir(room, [("**.py", "python")], keywords=keywords):
            yield str(message)


def _slips() -> Iterator[str]:
    items = (*assemble.DEDUCTIONS, *assemble.BASES, *assemble.COSTS, *assemble.YEAR, *(one for one, _ in assemble.NET))
    yield from (item.text for item in items)
    yield from (base.text for kind in examples.KINDS for base in examples.example(kind).bases)
    yield from (examples.example(kind).title for kind in examples.KINDS)
    yield from (*explanations.TEXTS.values(), *explanations.STEUER.values(), *explanations.SV.values())
    yield from (explanations.FLAT_TAXED, explanations.MINIJOB_PENSION, *wording.MONTHS, wording.LABEL,
                wording.LABEL_BEAMTE, *certificates.TITLES.values(), *booking.TEXTS.values())
    yield from (*absences.STATTDESSEN.values(), absences.KRANK_OHNE, *(art.titel for art in fehlzeiten.ARTEN.values()))
    yield from changes._stated(examples.example("vollzeit"))


def _changed() -> Iterator[str]:
    yield from (*anteile.ARTEN.values(), *recht.GEBIETE.values(), rechnen.CHANGED, *sources.TITLES.values())
    yield from (text for word in gruppen.WORTE.values() for text in (word.titel, word.ihr))
    yield from (*gruppen.CHURCH.values(), gruppen.OPEN, gruppen.ROSE, gruppen.FELL, gruppen.NOW)
    yield from (tafeln.TITLE, verkuendet.TITLE, verkuendet.WHY)
    yield from (*encode.KV_ARTEN, *encode.STATUS)
    yield from (explaining.CHANGED, explaining.OTHER, explaining.TIMES, explaining.BROKEN)


def _wage_types() -> Iterator[str]:
    """Mitgelieferte Lohnarten und die Namen, die das Programm Zeilen gibt (Nummer und Name stehen beisammen)."""
    with (Path(catalogue.__file__).parent / "lohnarten.csv").open(encoding="utf-8", newline="") as source:
        yield from (row["text"] for row in csv.DictReader(source, delimiter=";"))
    for file in (ROOT / "runs").rglob("*.py"):
        yield from WAGE_TYPE.findall(file.read_text(encoding="utf-8"))
    yield from (how.text for how in ansprueche.RECHNUNGEN.values())
    yield from _names_of_lines()


def _names_of_lines() -> Iterator[str]:
    """Namen, die als fester Text an dritter Stelle einer Zeile oder Ableitung stehen."""
    for file in (ROOT / "runs").rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            name = node.func.id if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) else ""
            if name in ("Zeile", "Ableitung") and len(node.args) > 2:
                text = node.args[2]
                if isinstance(text, ast.Constant) and isinstance(text.value, str):
                    yield text.value


NEEDED = {"law": {*_law()}, "sentences": {*_said()}, "slips": {*_slips()}, "changes": {*_changed()},
          "wage types": {*_wage_types()}}


def test_everything_the_program_says_about_a_slip_has_an_english_text() -> None:
    missing = {part: sorted(texts - ENGLISH.keys() - {""}) for part, texts in NEEDED.items()}
    assert {part: texts for part, texts in missing.items() if texts} == {}


def test_the_program_is_asked_for_enough() -> None:
    """Fände die Suche nach den Texten nichts mehr, wäre der Test darüber immer zufrieden."""
    assert {part: len(texts) > least for (part, texts), least in zip(
        NEEDED.items(), (1100, 150, 130, 90, 320), strict=True)} == dict.fromkeys(NEEDED, True)


def test_no_english_text_is_left_over() -> None:
    assert sorted(ENGLISH.keys() - set().union(*NEEDED.values())) == []


def test_english_texts_keep_places_and_the_cut_of_a_title() -> None:
    """Ein Titel gilt in einer Formel bis zum ersten Strichpunkt; ein Platz ohne Namen fiele beim Sprechen auf."""
    for german, english in ENGLISH.items():
        assert set(PLACE.findall(german)) == set(PLACE.findall(english)), german
        assert english.strip(), german
        if german in NEEDED["law"]:
            assert german.count(";") == english.count(";"), german
