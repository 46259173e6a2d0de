"""Papiere des Archivs in zwei Sitzungen ziehen: jede Person mit dem Recht sieht nur die Codes der eigenen Verwahrenden.

Die erste zieht für ihre Verwahrenden; von deren Codes bleibt nur ein öffentlicher Schlüssel. Die zweite zieht für die
anderen, und erst dabei entsteht der Archivschlüssel (oder bekommt der bestehende neue Papiere). Gemeinsam öffnen je
zwei, die verschiedenen Personen gezeigt wurden: wer in einer Sitzung zusieht, öffnet nichts.
"""

from __future__ import annotations

import hmac
import uuid
from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import delete, func, select

from tenants import audit
from tenants.db.session import PlatformSession
from tenants.documents import archive, layers
from tenants.documents.archive import Paper
from tenants.documents.binding import DocumentKeyError, binding, secret_of
from tenants.documents.layers import Share
from tenants.models.documents import ArchiveDraft, ArchiveKey, ArchivePaper
from tenants.models.tenant import Tenant
from tenants.security.recipient import KeyPair
from tenants.users import codes

OPEN_FOR = timedelta(days=14)
NAMES = "Verwahrende: mindestens einen Namen angeben, jeden nur einmal und keinen, der schon gezogen ist."
OWN_TURN = "Ihre Papiere sind gezogen: jetzt zieht eine andere Person mit dem Recht zum Archiv, in ihrer Sitzung."
NOTHING_OPEN = "Es ist nichts angefangen oder die 14 Tage sind vorbei: zuerst zieht eine Person ihre Papiere."


def draw(session: PlatformSession, tenant: Tenant, holders: Sequence[str], reason: str, algorithm: int) -> list[Paper]:
    """Erste Person: Codes für ihre Verwahrenden; algorithm gilt nur, wenn es noch keinen Archivschlüssel gibt."""
    _lock(session, tenant)
    if opened := pending(session, tenant):
        raise DocumentKeyError(OWN_TURN if opened[0].shown_to == _actor(session) else
                               f"{opened[0].shown_to} hat schon angefangen: als zweite Person ziehen oder verwerfen.")
    session.execute(delete(ArchiveDraft).where(ArchiveDraft.tenant_id == tenant.id))  # what ran out
    key = archive.current_row(session, tenant.id)
    names = _names(holders, ())
    papers = [Paper(name, new_code()) for name in names]
    for paper in papers:
        made = layers.share(paper.holder, archive.plain(paper.code), key.algorithm if key else algorithm)
        row = ArchiveDraft(tenant_id=tenant.id, public_id=uuid.uuid4(), holder=made.holder, algorithm=made.algorithm,
                           salt=made.salt, public_key=made.public, shown_to=_actor(session))
        row.binding = _mark(session, row)
        session.add(row)
    session.flush()
    audit.record(session, "archivschluessel.gezogen", str(tenant.public_id), {"verwahrende": names}, reason)
    return papers


def complete(session: PlatformSession, tenant: Tenant, holders: Sequence[str], reason: str, used: list[Paper]
             ) -> list[Paper]:
    """Zweite Person: Codes für die anderen Verwahrenden; danach gilt der Schlüssel mit diesen Papieren.

    used sind zwei heutige Papiere, wenn es schon einen Archivschlüssel mit Papieren gibt; sie gelten danach nicht mehr.
    """
    _lock(session, tenant)
    drawn = pending(session, tenant)
    if not drawn:
        raise DocumentKeyError(NOTHING_OPEN)
    if drawn[0].shown_to == _actor(session):
        raise DocumentKeyError(OWN_TURN)
    if not all(hmac.compare_digest(one.binding, _mark(session, one)) for one in drawn):
        raise DocumentKeyError("Die gezogenen Papiere wurden an der Anwendung vorbei geändert: verwerfen, prüfen.")
    before = [Share(one.holder, one.algorithm, one.salt, one.public_key) for one in drawn]
    names = _names(holders, [one.holder for one in before])
    papers = [Paper(name, new_code()) for name in names]
    own = [layers.share(paper.holder, archive.plain(paper.code), before[0].algorithm) for paper in papers]
    pair, row, action = _key(session, tenant, used, before[0].algorithm)
    for one in before:
        for other in own:
            first, second = sorted((one.holder, other.holder))
            session.add(ArchivePaper(tenant_id=tenant.id, archive_key_id=row.id, first_holder=first,
                                     second_holder=second,
                                     wrapped=layers.wrap(pair.private, one, other, archive.place_of(row))))
    shown = {**{one.holder: one.shown_to for one in drawn}, **dict.fromkeys(names, _actor(session))}
    session.execute(delete(ArchiveDraft).where(ArchiveDraft.tenant_id == tenant.id))
    session.flush()
    audit.record(session, action, str(tenant.public_id), {
        "schluessel": row.public_id, "verfahren": row.algorithm, "verwahrende": sorted(shown), "gezeigt": shown,
        "geoeffnet_von": sorted(paper.holder for paper in used)}, reason)
    return papers


def discard(session: PlatformSession, tenant: Tenant, reason: str) -> None:
    """Verwirft, was gezogen wurde; die Codes öffnen nie etwas."""
    _lock(session, tenant)
    gone = session.scalars(delete(ArchiveDraft).where(ArchiveDraft.tenant_id == tenant.id)
                           .returning(ArchiveDraft.holder)).all()
    if not gone:
        raise DocumentKeyError(NOTHING_OPEN)
    audit.record(session, "archivschluessel.verworfen", str(tenant.public_id), {"verwahrende": sorted(gone)}, reason)


def pending(session: PlatformSession, tenant: Tenant) -> list[ArchiveDraft]:
    """Was die erste Person in den letzten 14 Tagen gezogen hat."""
    return list(session.scalars(select(ArchiveDraft).where(
        ArchiveDraft.tenant_id == tenant.id, ArchiveDraft.created_at > func.now() - OPEN_FOR)
        .order_by(ArchiveDraft.id)))


def new_code() -> str:
    """Ein Code für ein Papier."""
    return f"{codes.generate()}-{codes.generate()}"


def _key(session: PlatformSession, tenant: Tenant, used: list[Paper], algorithm: int
         ) -> tuple[KeyPair, ArchiveKey, str]:
    row = archive.current_row(session, tenant.id)
    if row is None:
        return *archive.new_key(session, tenant, algorithm), "archivschluessel.neu"
    pair = archive.opened(session, row, used)
    session.execute(delete(ArchivePaper).where(ArchivePaper.tenant_id == tenant.id,
                                               ArchivePaper.archive_key_id == row.id))
    return pair, row, "archivschluessel.papiere"


def _mark(session: PlatformSession, one: ArchiveDraft) -> bytes:
    owner = f"papier:{one.holder}:{one.shown_to}:{one.salt.hex()}"
    return binding(secret_of(session, one.tenant_id), one.tenant_id, owner, one.public_id, one.algorithm,
                   one.public_key)


def _names(holders: Sequence[str], taken: Sequence[str]) -> list[str]:
    names = [" ".join(one.split()) for one in holders]
    if not names or not all(names) or len({*names, *taken}) != len(names) + len(taken):
        raise DocumentKeyError(NAMES)
    return names


def _lock(session: PlatformSession, tenant: Tenant) -> None:
    session.scalars(select(Tenant.id).where(Tenant.id == tenant.id).with_for_update()).one()


def _actor(session: PlatformSession) -> str:
    return str(session.info["actor"])
