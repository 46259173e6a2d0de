"""Vorlagen: der geltende Wortlaut je Art, Fassungen, und die Prüfung der Platzhalter beim Speichern."""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import func, select

from payroll.statements.akte.models import Briefvorlage
from payroll.statements.briefe.arten import BY_NAME, Briefart
from tenants import audit
from tenants.db.session import TenantSession

PLACE = re.compile(r"\{([^{}\n]*)\}")
LONGEST_TEXT, LONGEST_SUBJECT = 10_000, 200


class VorlageError(ValueError):
    """Die Vorlage wird so nicht gespeichert; je Feld die Gründe."""

    def __init__(self, errors: dict[str, list[str]]) -> None:
        super().__init__("; ".join(text for texts in errors.values() for text in texts))
        self.errors = errors


@dataclass(frozen=True)
class Wortlaut:
    """Der Wortlaut einer Art; fassung 0 ist der mitgelieferte."""

    art: Briefart
    fassung: int
    betreff: str
    text: str

    @property
    def kennung(self) -> str:
        """Art und Fassung, wie sie am Brief stehen."""
        return f"{self.art.name}:{self.fassung}"


def current(session: TenantSession, art: str) -> Wortlaut:
    """Der geltende Wortlaut."""
    kind = BY_NAME[art]
    row = session.scalars(select(Briefvorlage).where(Briefvorlage.art == art)
                          .order_by(Briefvorlage.fassung.desc()).limit(1)).first()
    return Wortlaut(kind, row.fassung, row.betreff, row.text) if row else Wortlaut(kind, 0, kind.betreff, kind.text)


def versions(session: TenantSession, art: str) -> list[Briefvorlage]:
    """Eigene Fassungen, die neueste zuerst."""
    return list(session.scalars(select(Briefvorlage).where(Briefvorlage.art == art)
                                .order_by(Briefvorlage.fassung.desc())))


def save(session: TenantSession, art: str, subject: str, text: str) -> Briefvorlage:
    """Speichert eine neue Fassung; wirft VorlageError. Ist nichts anders als bisher, entsteht keine."""
    kind, subject, text = BY_NAME[art], " ".join(subject.split()), _plain(text)
    errors = checked(kind, subject, text)
    if errors:
        raise VorlageError(errors)
    last = versions(session, art)
    if last and (last[0].betreff, last[0].text) == (subject, text):
        return last[0]
    number = 1 + (session.scalar(select(func.max(Briefvorlage.fassung)).where(Briefvorlage.art == art)) or 0)
    row = Briefvorlage(art=art, fassung=number, betreff=subject, text=text, erfasst_von=str(session.info["actor"]))
    session.add(row)
    session.flush()
    audit.record(session, "briefvorlage.fassung", f"briefvorlage:{art}", {"fassung": number})
    return row


def checked(kind: Briefart, subject: str, text: str) -> dict[str, list[str]]:
    """Was nicht geht, je Feld: Unbekanntes mit Zeile und ähnlichstem Namen, Klammern, Fehlendes, Länge."""
    errors = {"betreff": _wrong(kind, subject, LONGEST_SUBJECT, block=False),
              "text": _wrong(kind, text, LONGEST_TEXT, block=True)}
    used = set(PLACE.findall(f"{subject}\n{text}"))
    errors["text"] += [f"{{{name}}} fehlt; ohne diese Angabe ist der Brief unvollständig."
                       for name in kind.pflicht if name not in used]
    return {name: texts for name, texts in errors.items() if texts}


def filled(wording: str, values: Mapping[str, str]) -> str:
    """Setzt die Angaben ein; mehrfache Leerzeichen, die eine leere Angabe lässt, verschwinden."""
    made = PLACE.sub(lambda found: values[found[1]], wording)
    return re.sub(r"(?<=\S) {2,}(?=\S)", " ", made)


def _wrong(kind: Briefart, text: str, longest: int, *, block: bool) -> list[str]:
    if not text.strip():
        return ["Der Wortlaut fehlt."]
    if len(text) > longest:
        return [f"Höchstens {longest} Zeichen."]
    found = []
    blocks = {one.name for one in kind.platzhalter if one.abschnitt}
    for number, line in enumerate(text.splitlines(), 1):
        where = f"Zeile {number}: " if block else ""
        for name in PLACE.findall(line):
            if name not in kind.namen:
                found.append(f"{where}{{{name}}} gibt es hier nicht{_nearest(name, kind)}.")
            elif name in blocks and (not block or line.strip() != f"{{{name}}}"):
                found.append(f"{where}{{{name}}} füllt einen ganzen Absatz und steht allein in einer Zeile.")
        if "{" in (rest := PLACE.sub("", line)) or "}" in rest:
            found.append(f"{where}eine geschweifte Klammer ist nicht geschlossen oder steht allein.")
    return found


def _nearest(name: str, kind: Briefart) -> str:
    near = difflib.get_close_matches(name, sorted(kind.namen), 1)
    return f"; gemeint ist wohl {{{near[0]}}}" if near else f"; erlaubt sind {', '.join(sorted(kind.namen))}"


def _plain(text: str) -> str:
    lines = (line.rstrip() for line in text.replace("\r\n", "\n").replace("\r", "\n").split("\n"))
    return "\n".join("".join(char for char in line if char.isprintable()) for line in lines).strip()
