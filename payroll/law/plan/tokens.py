"""The pseudo-code's text cut into tokens."""

from __future__ import annotations

import re
from dataclasses import dataclass

from payroll.law.plan.errors import Place, refuse

MAX_TOKENS = 5_000
MAX_DIGITS = 30

_TOKEN = re.compile(r"""\s*(?:
    (?P<number>[0-9]+(?:\.[0-9]+)?[lL]?(?![\w.]))
  | (?P<name>[A-Za-z_][A-Za-z0-9_]*)
  | "(?P<text>[0-9]+(?:\.[0-9]+)?)"
  | (?P<sign>&&|\|\||==|!=|<=|>=|[-+*/%<>!=.,(){}\[\];])
)""", re.VERBOSE)


@dataclass(frozen=True)
class Token:
    """One token: its kind (number, name, text, sign, end) and its text."""

    kind: str
    text: str


END = Token("end", "Ende")


def tokens(source: str, place: Place) -> list[Token]:
    """All tokens of an expression or assignment, END last; raises PlanError at what is none."""
    found: list[Token] = []
    position, source = 0, source.rstrip()
    while position < len(source):
        match = _TOKEN.match(source, position)
        if match is None or match.lastgroup is None:
            raise refuse(place, f"{source[position:position + 20].strip()!r} wird nicht verstanden")
        text = match[match.lastgroup]
        if match.lastgroup in ("number", "text") and len(text) > MAX_DIGITS:
            raise refuse(place, f"Zahl mit mehr als {MAX_DIGITS} Stellen")
        found.append(Token(match.lastgroup, text))
        if len(found) > MAX_TOKENS:
            raise refuse(place, f"mehr als {MAX_TOKENS} Zeichen im Ausdruck")
        position = match.end()
    found.append(END)
    return found
