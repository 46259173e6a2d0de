"""Die Uhr der Bewerbungen: Löschtage, überfällige Antworten, Löschlauf mit Nachweis, Auskunft."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Sequence
from dataclasses import asdict
from datetime import UTC, date, datetime

from dateutil.relativedelta import relativedelta
from sqlalchemy import delete, func, or_, select

from jobportal import applications, messages, settings
from jobportal.models import (
    Ausschreibung,
    Auswahlvermerk,
    Bewerbung,
    BewerbungLoeschung,
    BewerbungUnterlage,
    BewerbungVerlauf,
    Einschaetzung,
    Einstellung,
    Gespraech,
)
from tenants import audit
from tenants.db.session import TenantSession
from tenants.security import open_sealed

CHILDREN = (BewerbungUnterlage, BewerbungVerlauf, Einschaetzung, Gespraech, Auswahlvermerk, Einstellung)
WAITING = ("eingegangen", "in_pruefung", "engere_wahl", "eingeladen")


def refused_until(session: TenantSession, day: date) -> date:
    """Löschtag nach einer Absage an diesem Tag (§ 15 Abs. 4 AGG, § 61b Abs. 1 ArbGG)."""
    return day + relativedelta(months=settings.of(session, day).loeschen_monate)


def overdue(session: TenantSession, today: date) -> Sequence[Bewerbung]:
    """Bewerbungen, deren zugesagter Tag vorbei ist und die noch keine Antwort haben."""
    return session.scalars(select(Bewerbung).where(
        Bewerbung.zustand.in_(WAITING), Bewerbung.zugesagt_bis < today).order_by(Bewerbung.zugesagt_bis)).all()


def due(session: TenantSession, today: date) -> Sequence[Bewerbung]:
    """Was heute zu löschen ist; gehaltene und solche eines ruhenden Verfahrens bleiben."""
    resting = select(Ausschreibung.id).where(Ausschreibung.sperre.is_not(None))
    return session.scalars(select(Bewerbung).where(
        Bewerbung.loeschen_am <= today, Bewerbung.gehalten.is_(None),
        or_(Bewerbung.zustand == "entwurf", Bewerbung.ausschreibung_id.not_in(resting)),
        or_(Bewerbung.pool_bis.is_(None), Bewerbung.pool_bis <= today)).order_by(Bewerbung.id)).all()


def run(session: TenantSession, today: date) -> int:
    """Löscht alles Fällige; gibt die Zahl der gelöschten Bewerbungen."""
    found = due(session, today)
    for row in found:
        reason = "entwurf_verfallen" if row.zustand == "entwurf" else "pool_abgelaufen" if row.pool_bis else "frist"
        erase(session, row, reason)
    return len(found)


def erase(session: TenantSession, row: Bewerbung, reason: str) -> None:
    """Löscht eine Bewerbung mit allem, was an ihr hängt, auch die Nachrichten an sie im Postausgang.

    Es bleibt der Nachweis ohne Angaben zur Person; die Zahlen der Statistik stehen schon.
    """
    email = applications.details(session, row).email
    scope: dict[str, int] = {}
    for model in CHILDREN:
        rows = session.scalar(select(func.count(model.id)).where(model.bewerbung_id == row.id)) or 0
        if rows:
            scope[model.__tablename__] = rows
            session.execute(delete(model).where(model.bewerbung_id == row.id))
    key, posting = str(row.public_id), row.ausschreibung_id
    session.delete(row)
    session.add(BewerbungLoeschung(ausschreibung_id=posting, kennung=key, grund=reason, umfang=scope,
                                   von=str(session.info["actor"])))
    session.flush()
    audit.record(session, "bewerbung.gelöscht", f"bewerbung:{key}", {"grund": reason, **scope})
    messages.forget(email)


def hold(session: TenantSession, row: Bewerbung, reason: str | None) -> None:
    """Hält eine Bewerbung (offene Ansprüche) oder gibt sie frei."""
    row.gehalten = reason.strip() if reason and reason.strip() else None
    session.flush()
    audit.record(session, "bewerbung.gehalten", f"bewerbung:{row.public_id}", {"gehalten": row.gehalten is not None})


def log(session: TenantSession) -> Sequence[BewerbungLoeschung]:
    """Die jüngsten Löschungen."""
    return session.scalars(select(BewerbungLoeschung).order_by(BewerbungLoeschung.id.desc()).limit(500)).all()


def disclosure(session: TenantSession, row: Bewerbung) -> bytes:
    """Alles, was zu einer Bewerbung gespeichert ist (Art. 15 DSGVO): eine Übersicht als JSON und alle Dateien."""
    posting = session.get_one(Ausschreibung, (row.tenant_id, row.ausschreibung_id))
    rated = session.scalars(select(Einschaetzung).filter_by(bewerbung_id=row.id)).all()
    talks = session.scalars(select(Gespraech).filter_by(bewerbung_id=row.id)).all()
    files = applications.documents(session, row)
    about = {
        "stand": datetime.now(UTC).isoformat(timespec="seconds"), "kennziffer": posting.kennziffer,
        "zustand": row.zustand, "angaben": asdict(applications.details(session, row)),
        "schwerbehinderung_angegeben": applications.severely_disabled(session, row),
        "eingegangen_am": _when(row.eingegangen_am), "antwort_zugesagt_bis": _when(row.zugesagt_bis),
        "wird_geloescht_am": _when(row.loeschen_am), "bewerberkreis_bis": _when(row.pool_bis),
        "einwilligungen": row.einwilligungen, "formale_pruefung": row.formal,
        "verlauf": [{"am": _when(one.am), "was": one.was} for one in applications.course(session, row)],
        "einschaetzungen": [{"am": _when(one.am), "punkte": one.punkte, "begruendung": reason_of(session, one)}
                            for one in rated],
        "gespraeche": [{"beginn": _when(one.beginn), "raum": one.raum} for one in talks],
        "dateien": [applications.file_name(session, one) for one in files]}
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("auskunft.json", json.dumps(about, indent=2, ensure_ascii=False))
        for number, one in enumerate(files, 1):
            archive.writestr(f"dateien/{number:02}-{applications.file_name(session, one)}",
                             applications.open_file(session, one, "inhalt"))
    audit.record(session, "bewerbung.auskunft", f"bewerbung:{row.public_id}", {"dateien": len(files)})
    return made.getvalue()


def reason_of(session: TenantSession, one: Einschaetzung) -> str:
    """Die Begründung einer Einschätzung, geöffnet."""
    place = f"{one.bewerbung_id}:{one.anforderung_id}:{one.von}"
    return open_sealed(session, one.begruendung_siegel, table="einschaetzung", row=place, column="begruendung").decode()


def _when(value: date | datetime | None) -> str | None:
    return None if value is None else value.isoformat()
