"""Papier einer verwahrenden Person: Name und Code; der Code steht sonst nirgends im Klartext."""

from __future__ import annotations

from dataclasses import dataclass, field

from tenants.users import codes


@dataclass(frozen=True)
class Paper:
    """Was ein Mensch verwahrt: sein Code, nur hier im Klartext; given_by ist der Zugang, der ihn eingab."""

    holder: str
    code: str = field(repr=False)
    given_by: str = field(default="", compare=False)


def new_code() -> str:
    """Ein Code für ein Papier."""
    return f"{codes.generate()}-{codes.generate()}"


def plain(code: str) -> str:
    """Ein Code ohne Gruppen und Leerzeichen."""
    return "".join(sign for sign in code.upper() if sign in codes.ALPHABET)


def typed_right(code: str) -> bool:
    """Ob die Prüfzeichen beider Hälften stimmen: Tippfehler fallen auf, bevor jemand anderes sein Papier eingibt."""
    signs = plain(code)
    return codes.normal(signs[: len(signs) // 2]) is not None and codes.normal(signs[len(signs) // 2 :]) is not None
