"""Abrechnungen, ihre Erklärungen und Änderungen in der Sprache der Seite.

Was hier entsteht, wird gezeigt und vergessen. Dokumente, Protokoll und alles Gespeicherte bleiben deutsch; die Kataloge
stehen deshalb für sich und gelten nur, solange eine Seite spricht.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import AbstractContextManager
from functools import cache
from pathlib import Path

from babel.messages.pofile import read_po
from markupsafe import Markup, escape

from payroll.law import heard as law
from payroll.law.tongue import Tongue, speaking
from payroll.runs import names
from payroll.runs.names import Name
from payroll.statements import frozen
from tenants.web import formats

CATALOGUES = tuple(Path(__file__).parent / "catalogues" / room for room in ("recht", "abrechnung"))

QUOTED = re.compile("“([^”]*)”")


def spoken() -> AbstractContextManager[None]:
    """Innerhalb spricht alles die Sprache der Seite; auf Deutsch ändert sich nichts."""
    code = formats.language()
    return speaking(None if code == "de" else tongue(code))


def named(german: str) -> Name:
    """Ein Name des Programms in der Sprache der Seite, mit seinem deutschen, wenn sie eine andere ist."""
    with spoken():
        return names.of(german)


@cache
def tongue(code: str) -> Tongue:
    """Die Sprache aus ihren Katalogen."""
    texts = {german: text for folder in CATALOGUES for german, text in _texts(folder / f"{code}.po")}
    return Tongue(lambda german: texts.get(german, ""), (*law.HEARD, *frozen.HEARD))


def _texts(path: Path) -> Iterator[tuple[str, str]]:
    with path.open("rb") as source:
        yield from ((str(one.id), str(one.string)) for one in read_po(source) if one.id)


def quoted(text: str) -> Markup:
    """Ein Satz für die Seite; was in ihm deutsch geblieben ist (in Anführungszeichen), als Deutsch gekennzeichnet."""
    if formats.language() == "de":
        return escape(text)
    parts = [escape(part) if at % 2 == 0 else Markup('“<span lang="de">{}</span>”').format(part)
             for at, part in enumerate(QUOTED.split(text))]
    return Markup("").join(parts)
