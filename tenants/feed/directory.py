"""Kleines Verzeichnis: Telefonliste und Türschilder der Menschen, die heute da sind; mehr gibt es nicht heraus."""

from __future__ import annotations

from datetime import date

from sqlalchemy import select

from tenants.db.session import PlatformSession
from tenants.models.user import User
from tenants.users.presence import present_on

KINDS = {
    "telefonliste": ("Name", "Funktion", "Einheit", "Raum", "Telefon", "E-Mail"),
    "tuerschilder": ("Raum", "Name", "Funktion", "Einheit"),
}


def rows(session: PlatformSession, kind: str, day: date) -> list[tuple[str, ...]]:
    """Zeilen der Liste ohne Kopf; KINDS nennt die Spalten. Ohne Telefon oder Raum steht niemand darin."""
    people = session.scalars(
        select(User).where(User.kind == "staff", *present_on(day)).order_by(User.id)
    ).all()
    people = sorted(people, key=lambda one: one.display_name)
    if kind == "telefonliste":
        shown = [
            (p.display_name, p.position or "", p.unit or "", p.room or "", p.phone or "", p.email or "")
            for p in people
            if p.phone
        ]
        return [tuple(row) for row in shown]
    return sorted((p.room or "", p.display_name, p.position or "", p.unit or "") for p in people if p.room)
