"""Eine Zeile der Personalliste und die Prüfungen, die für CSV und JSON gleich sind."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import date

from tenants.outbox.service import valid_address
from tenants.permissions import MANDATE_ROLES, UNIT_ROLES
from tenants.users.contact import LONGEST
from tenants.users.service import NO_PERSONS

LOGIN = re.compile(r"[a-z0-9][a-z0-9._-]{1,63}")
YEARS = range(1900, 2200)
UNLIMITED = 9999  # what personnel systems write for "no last day"
ROLES = tuple(role for role in MANDATE_ROLES if role != "applicant")


class FeedError(ValueError):
    """Die Liste als Ganzes ist nicht lesbar; die Meldung sagt, was fehlt und wie es richtig aussieht."""


@dataclass(frozen=True)
class FeedPerson:
    """Ein Mensch der Liste; identities sind Paare aus Dienst und Kennung.

    mandates nennen Mandant (Nummer), Rolle und bei einer Leitung die Nummer ihrer Organisationseinheit, sonst "".
    """

    line: int
    external_id: str
    login: str
    display_name: str
    email: str | None
    phone: str | None
    room: str | None
    unit: str | None
    position: str | None
    first_day: date | None
    last_day: date | None
    mandates: frozenset[tuple[str, str, str]]
    identities: frozenset[tuple[str, str]]

    def problems(self) -> list[str]:
        """Was an dieser Zeile nicht stimmt, mit Regel und Abhilfe."""
        found = []
        if not self.external_id:
            found.append("Die Kennung fehlt: sie erkennt den Menschen in der nächsten Lieferung wieder.")
        if not LOGIN.fullmatch(self.login):
            found.append("Anmeldename: 2 bis 64 Zeichen aus a–z, 0–9, Punkt, Strich; am Anfang Buchstabe oder Ziffer.")
        if self.login in NO_PERSONS:
            found.append(f"Anmeldename: als „{self.login}“ handelt im Protokoll das Programm selbst, anders nennen.")
        if not self.display_name:
            found.append("Der Name fehlt.")
        if self.email and not valid_address(self.email):
            found.append(f"Die Mailadresse „{self.email}“ ist keine einzelne Adresse.")
        if self.first_day and self.last_day and self.last_day < self.first_day:
            found.append("Der letzte Tag liegt vor dem ersten.")
        found += [
            f"Die Rolle „{role}“ gibt es hier nicht. Bekannt: {', '.join(ROLES)}."
            for _number, role, _unit in sorted(self.mandates)
            if role not in ROLES
        ]
        found += [
            f"Eine Einheit hat nur die Leitung eines Fachamts: {number}:{role}:{unit} ohne Einheit angeben."
            for number, role, unit in sorted(self.mandates)
            if unit and role in ROLES and role not in UNIT_ROLES
        ]
        pairs_of = [(number, role) for number, role, _unit in self.mandates]
        if len(set(pairs_of)) < len(pairs_of):
            found.append("Ein Mandat steht mit zwei Einheiten da: eine Leitung hat bei einem Arbeitgeber eine Einheit.")
        texts = (self.external_id, self.display_name, self.phone, self.room, self.unit, self.position)
        if any(len(text or "") > LONGEST or not (text or "").isprintable() for text in texts):
            found.append(f"Texte haben höchstens {LONGEST} druckbare Zeichen.")
        return found


def day(text: str | None, what: str, *, last: bool = False) -> date | None:
    """Tag als 2026-11-01 oder 01.11.2026; leer ist offen, als letzter Tag (last) auch jeder des Jahres 9999."""
    words = (text or "").strip()
    if not words:
        return None
    german = re.fullmatch(r"(\d{1,2})\.(\d{1,2})\.(\d{4})", words)
    try:
        found = date(int(german[3]), int(german[2]), int(german[1])) if german else date.fromisoformat(words)
    except ValueError:
        found = None
    if found is None:
        raise FeedError(f"{what}: „{words[:20]}“ ist kein Tag. Erwartet wird 2026-11-01 oder 01.11.2026.")
    if last and found.year == UNLIMITED:
        return None
    if found.year not in YEARS:
        raise FeedError(f"{what}: „{words[:20]}“ liegt außerhalb von 01.01.{YEARS[0]} bis 31.12.{YEARS[-1]}. Das Jahr "
                        "berichtigen oder das Feld leer lassen.")
    return found


def pairs(text: str | None, what: str) -> frozenset[tuple[str, str]]:
    """Paare als „210:clerk, 220:head“."""
    found = set()
    for part in (text or "").split(","):
        left, colon, right = part.strip().partition(":")
        if not part.strip():
            continue
        if not colon or not left.strip() or not right.strip():
            raise FeedError(f"{what}: „{part.strip()[:40]}“ ist kein Paar. Erwartet wird zum Beispiel 210:clerk.")
        found.add((left.strip(), right.strip()))
    return frozenset(found)


def mandates(text: str | None, what: str) -> frozenset[tuple[str, str, str]]:
    """Mandate als „210:clerk, 220:department_head:10.1“; die Einheit darf fehlen."""
    found = set()
    for number, rest in pairs(text, what):
        role, _colon, unit = rest.partition(":")
        found.add((number, role.strip(), unit.strip()))
    return frozenset(found)


def text(value: object) -> str | None:
    """Text ohne Ränder, gleich geschrieben, wie auch immer er zusammengesetzt ist (é); Leeres ist nichts."""
    words = unicodedata.normalize("NFC", str(value)).strip() if value is not None else ""
    return words or None
