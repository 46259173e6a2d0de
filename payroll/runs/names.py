"""Namen von Zeilen für die Seite: auf Deutsch, wie sie auf dem Papier stehen, sonst ein anderes Wort daneben.

Zeilen sind versiegelt, wie sie ausgestellt wurden; ihr Text ist Name und Einzelheit in Klammern. Was ein Arbeitgeber
selbst benannt hat, hat kein anderes Wort und bleibt, wie es ist.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from payroll.law.tongue import foreign, hear, say
from payroll.runs.retro import sources, verkuendet

BRACKETS = (re.compile(r"(?P<name>.+?) \((?P<detail>[^()]*)\)", re.DOTALL), " ({})")
COMMA = (re.compile(r"(?P<name>.+), (?P<detail>.+?)", re.DOTALL), ", {}")
SEAM = "; "
CAUSES = {*sources.TITLES.values(), *sources.OTHER_TITLES, verkuendet.TITLE}  # an entered reason may say any other word
WORDS = re.compile(r"[^\W\d_]{2,}")


class Name(NamedTuple):
    """Wie eine Zeile heißt; german ist ihr Name auf dem Papier, leer, solange Deutsch gesprochen wird."""

    text: str
    german: str = ""


def of(german: str) -> Name:
    """Der Name in der Sprache der Seite."""
    return Name(_spoken(german), german) if foreign() else Name(german)


def _spoken(german: str) -> str:
    exact = say(german)
    if exact != german:
        return exact
    parts = [(found["name"], found["detail"], around) for form, around in (BRACKETS, COMMA)
             if (found := form.fullmatch(german)) is not None]
    told = [(_spoken(name), name, detail, around) for name, detail, around in parts]
    named = [(text, detail, around) for text, name, detail, around in told if text != name]
    for text, detail, around in named:
        if hear(detail) != detail or not WORDS.search(detail):
            return text + around.format(hear(detail))
    # A detail nobody has words for stands in the German name beside it.
    return hear(german) if hear(german) != german or not named else named[0][0]


def reason(german: str) -> str:
    """Warum ein früherer Monat neu gerechnet ist: „Titel: Grund“ je Ursache; ein eingegebener Grund in Zitatzeichen."""
    causes: list[list[str]] = []
    for part in german.split(SEAM) if foreign() else ():
        title, colon, text = part.partition(": ")
        if colon and title in CAUSES:
            causes.append([title, text])
        elif causes:  # the reason itself has a semicolon
            causes[-1][1] += SEAM + part
        else:
            return hear(german)
    return SEAM.join(f"{say(title)}: {_quoted(text)}" for title, text in causes) or german


def _quoted(text: str) -> str:
    told = hear(text)
    return f"“{text}”" if told == text else told


def within(german: str) -> str:
    """Der Name mitten in einem Satz; ohne anderes Wort steht er in Anführungszeichen."""
    name = of(german)
    return f"“{name.text}”" if name.german and name.text == name.german else name.text
