"""Angaben zu einem Zugang (Name, Mail, Telefon, Raum, Einheit, Funktion): prüfen, ändern, versiegelt im Protokoll."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime

from tenants import audit
from tenants.audit import accounts
from tenants.db.session import PlatformSession
from tenants.models.user import User
from tenants.outbox import service as outbox
from tenants.users.errors import UserError

FIELDS = ("display_name", "email", "phone", "room", "unit", "position")
LONGEST = 120


class ContactRefused(UserError):
    """Eine Angabe passt nicht; field nennt sie wie FIELDS."""

    def __init__(self, field: str, words: str) -> None:
        super().__init__(words)
        self.field = field


def check(given: Mapping[str, str | None]) -> None:
    """ContactRefused, wenn der Name fehlt, die Mailadresse keine ist oder ein Text zu lang."""
    if not given.get("display_name"):
        raise ContactRefused("display_name", "Vor- und Nachname angeben: er steht in Briefen, Listen und Freigaben.")
    email = given.get("email")
    if email and not outbox.valid_address(email):
        raise ContactRefused("email", f"„{email[:60]}“ ist keine einzelne Mailadresse. Zum Beispiel: kim@kreis.example")
    for name in FIELDS:
        text = given.get(name) or ""
        if len(text) > LONGEST or not text.isprintable():
            raise ContactRefused(name, f"Texte haben höchstens {LONGEST} druckbare Zeichen.")


def change(session: PlatformSession, user: User, given: Mapping[str, str | None], reason: str) -> list[str]:
    """Setzt die Angaben; gibt, welche sich änderten. Vorher und nachher stehen versiegelt im Protokoll."""
    changed = [name for name in FIELDS if getattr(user, name) != given[name]]
    before = {name: getattr(user, name) for name in changed}
    if "email" in changed:
        outbox.changed(session, user, "mail", datetime.now(UTC))  # the old address learns it first
    for name in changed:
        setattr(user, name, given[name])
    if changed:
        after = {name: getattr(user, name) for name in changed}
        values = accounts.sealed(session, user, "user.contact", before, after)
        audit.record(session, "user.contact", str(user.public_id), {"fields": changed, **values}, reason)
    return changed
