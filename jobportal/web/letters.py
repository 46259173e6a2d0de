"""Nachrichten aus einem Schritt: gesammelt in der Transaktion, abgelegt nach ihr."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from jobportal import applications, messages
from jobportal.models import Ausschreibung, Bewerbung
from tenants.db.session import TenantSession
from tenants.web.identity import current_mandate


@dataclass(frozen=True)
class Letter:
    """Empfänger, Sprache, Worte."""

    recipient: str
    language: str
    words: dict[str, str]


def about(session: TenantSession, posting: Ausschreibung, rows: Iterable[Bewerbung], **more: str) -> list[Letter]:
    """Nachrichten an diese Bewerbungen einer Ausschreibung."""
    shared = {"title": str(posting.inhalt["titel"]), "employer": current_mandate().name} | more
    return [Letter(applications.details(session, row).email, row.sprache,
                   shared | {"day": messages.day(row.loeschen_am)}) for row in rows]


def send(kind: str, letters: Iterable[Letter]) -> None:
    """Legt sie in den Postausgang."""
    for one in letters:
        messages.send(one.recipient, kind, one.language, **one.words)
