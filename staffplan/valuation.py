"""Stellenbewertung und Unterlagen: Tätigkeiten mit Zeitanteil und Tarifmerkmal, Ergebnis, Entscheidung, Dokumente."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from fractions import Fraction

from sqlalchemy import select

from staffplan import grades, posts, recording, shares
from staffplan.models import StelleBewertung, StelleUnterlage
from staffplan.models.occupancy import MAX_UNTERLAGE, VERFAHREN
from staffplan.rules import Refused
from tenants import audit
from tenants.db.session import TenantSession
from tenants.security import open_sealed, seal

TABLE, COLUMN = "stelle_unterlage", "inhalt"


@dataclass(frozen=True)
class Taetigkeit:
    """Ein Arbeitsvorgang mit seinem Zeitanteil und dem Merkmal, das er erfüllt."""

    text: str
    anteil: Fraction
    merkmal: str = ""


@dataclass(frozen=True)
class Bewertung:
    """Ergebnis einer Stellenbewertung."""

    verfahren: str
    gruppe: str
    taetigkeiten: Sequence[Taetigkeit]
    entschieden_am: date
    entschieden_durch: str
    merkmal: str = ""
    aktenzeichen: str = ""


def evaluate(session: TenantSession, nummer: str, new: Bewertung, *, ab: date, reason: str) -> StelleBewertung:
    """Erfasst eine Bewertung; die beschlossene Gruppe ändert erst ein Plan, bis dahin zeigt sich die Abweichung."""
    anchor, now = posts.on(session, nummer, ab)
    grade = check(nummer, new)
    with session.begin_nested():
        row = recording.record(
            session, StelleBewertung, ab=ab, reason=reason, subject=f"Stelle {nummer}, Bewertung", stelle_id=anchor.id,
            verfahren=new.verfahren, gruppe=grade, merkmal=new.merkmal.strip() or None,
            taetigkeiten=[{"text": one.text, "anteil": shares.exact(one.anteil), "merkmal": one.merkmal}
                          for one in new.taetigkeiten],
            entschieden_am=new.entschieden_am, entschieden_durch=new.entschieden_durch.strip(),
            aktenzeichen=new.aktenzeichen.strip() or None)
        worth = None if grade == now.gruppe else grade
        if worth != now.bewertung:
            posts.store(session, anchor, replace(now, bewertung=worth, ab=ab), reason=reason)
    return row


def check(nummer: str, new: Bewertung) -> str:
    """Prüft eine Bewertung und gibt ihre Gruppe in einheitlicher Schreibweise."""
    if new.verfahren not in VERFAHREN:
        raise Refused(f"Stelle {nummer}, Bewertung: Verfahren angeben ({', '.join(VERFAHREN)}).")
    if not new.entschieden_durch.strip():
        raise Refused(f"Stelle {nummer}, Bewertung: angeben, wer entschieden hat.")
    total = sum((one.anteil for one in new.taetigkeiten), Fraction(0))
    if not new.taetigkeiten or any(not one.text.strip() or one.anteil <= 0 for one in new.taetigkeiten) or total != 1:
        raise Refused(f"Stelle {nummer}, Bewertung: die Zeitanteile der Tätigkeiten ergeben {shares.exact(total)} "
                      "statt 1; jede Tätigkeit mit Text und Anteil angeben.")
    try:
        return str(grades.parse(new.gruppe))
    except grades.UnknownGrade as error:
        raise Refused(f"Stelle {nummer}, Bewertung: {error}.") from error


def attach(session: TenantSession, nummer: str, dateiname: str, inhalt: bytes, *, reason: str) -> StelleUnterlage:
    """Legt eine Unterlage versiegelt ab; sie bleibt unverändert."""
    anchor = posts.demand(session, nummer)
    if not dateiname.strip() or not inhalt:
        raise Refused(f"Stelle {nummer}, Unterlage: eine Datei mit Inhalt wählen.")
    if len(inhalt) > MAX_UNTERLAGE:
        raise Refused(f"Stelle {nummer}, Unterlage: höchstens {MAX_UNTERLAGE // 1024**2} MB.")
    key = uuid.uuid4()
    row = StelleUnterlage(
        public_id=key, stelle_id=anchor.id, dateiname=dateiname.strip()[:120], groesse=len(inhalt),
        inhalt_siegel=seal(session, inhalt, table=TABLE, row=str(key), column=COLUMN),
        sha256=hashlib.sha256(inhalt).digest(), abgelegt_von=recording.actor(session))
    session.add(row)
    session.flush()
    audit.record(session, "stellenplan.unterlage", f"Stelle {nummer}",
                 {"dateiname": row.dateiname, "sha256": row.sha256.hex()}, reason)
    return row


def documents(session: TenantSession, stelle_id: int) -> Sequence[StelleUnterlage]:
    """Unterlagen einer Stelle, die jüngste zuerst."""
    return session.scalars(select(StelleUnterlage).filter_by(stelle_id=stelle_id).order_by(
        StelleUnterlage.id.desc())).all()


def opened(session: TenantSession, row: StelleUnterlage) -> bytes:
    """Inhalt einer Unterlage; das Öffnen steht im Protokoll."""
    content = open_sealed(session, row.inhalt_siegel, table=TABLE, row=str(row.public_id), column=COLUMN)
    audit.record_reading(session, "stellenplan.unterlage_geoeffnet", f"Unterlage {row.public_id}",
                         {"dateiname": row.dateiname})
    return content
