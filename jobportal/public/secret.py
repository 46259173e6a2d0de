"""Der geheime Link: Arbeitgeber und Zeichen in der Adresse, dahinter genau eine Bewerbung.

Falsche Zeichen, fremde und unbekannte Arbeitgeber sehen gleich aus (404) und zählen gegen die Bremse.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from flask import Response, abort, request

from jobportal import applications
from jobportal import board as brett
from jobportal.board import Aushangzettel
from jobportal.models import Ausschreibung, Bewerbung
from jobportal.public import limits
from tenants.db.session import TenantSession, tenant_session

ACTOR = "bewerbung"


@dataclass(frozen=True)
class Opened:
    """Sitzung des Arbeitgebers, die Bewerbung, ihre Anzeige, das Zeichen."""

    session: TenantSession
    row: Bewerbung
    slip: Aushangzettel
    arbeitgeber: uuid.UUID
    zeichen: str

    @property
    def place(self) -> dict[str, object]:
        """Angaben für die Adresse."""
        return {"arbeitgeber": self.arbeitgeber, "zeichen": self.zeichen}


@contextmanager
def opened(arbeitgeber: uuid.UUID, zeichen: str) -> Iterator[Opened]:
    """Öffnet eine Bewerbung; sonst 404. Wer ändert, hält sie fest: zwei Klicks zugleich kommen nacheinander."""
    held = brett.current()
    tenant = next((one.arbeitgeber.tenant_id for one in held.zettel if one.arbeitgeber.kennung == arbeitgeber), None)
    if tenant is None or not applications.TOKEN.fullmatch(zeichen):
        missed()
    assert tenant is not None
    with tenant_session(tenant, actor=ACTOR) as session:
        row = applications.by_token(session, zeichen, lock=request.method == "POST")
        if row is None:
            missed()
        assert row is not None
        posting = session.get_one(Ausschreibung, (tenant, row.ausschreibung_id))
        yield Opened(session, row, held.by_id[posting.public_id], arbeitgeber, zeichen)


def missed() -> None:
    """Zählt einen Fehlgriff und endet."""
    limits.demand("geheim")
    abort(404)


def private(response: Response) -> Response:
    """Nichts ablegen, den Link nicht weitersagen, in keiner Suche zeigen."""
    response.headers["Cache-Control"] = "no-store"
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["X-Robots-Tag"] = "noindex, nofollow"
    return response
