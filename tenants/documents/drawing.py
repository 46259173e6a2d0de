"""Papiere des Archivs in zwei Sitzungen ziehen: jede Person mit dem Recht sieht nur die Codes der eigenen Verwahrenden.

Die erste zieht für ihre Verwahrenden; von deren Codes bleibt nur ein öffentlicher Schlüssel. Die zweite zieht für die
anderen, und erst dabei entsteht der Archivschlüssel (oder bekommt der bestehende neue Papiere; dann gibt jede der
beiden dazu ein heutiges Papier ein). Gemeinsam öffnen je zwei, die verschiedenen Personen gezeigt wurden: wer in einer
Sitzung zusieht, öffnet nichts.
"""

from __future__ import annotations

import hmac
import uuid
from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import delete, func, select

from tenants import audit
from tenants.db.session import PlatformSession
from tenants.documents import archive, layers, pairing
from tenants.documents.binding import DocumentKeyError, binding, secret_of
from tenants.documents.layers import Share
from tenants.documents.paper import Paper, new_code, plain
from tenants.models.documents import ArchiveDraft, ArchiveKey, ArchivePaper
from tenants.models.tenant import Tenant
from tenants.security.recipient import KeyPair

OPEN_FOR = timedelta(days=14)
NAMES = "Verwahrende: mindestens einen Namen angeben, jeden nur einmal und keinen, der schon gezogen ist."
OWN_TURN = "Ihre Papiere sind gezogen: jetzt zieht eine andere Person mit dem Recht zum Archiv, in ihrer Sitzung."
OTHER_KIND = "Gezogen ist für {}: damit abschließen oder es verwerfen."
NOTHING_OPEN = "Es ist nichts angefangen oder die 14 Tage sind vorbei: zuerst zieht eine Person ihre Papiere."


def draw(session: PlatformSession, tenant: Tenant, holders: Sequence[str], reason: str, algorithm: int, *,
         today: Paper | None = None, fresh: bool = False) -> list[Paper]:
    """Erste Person: Codes für ihre Verwahrenden; algorithm gilt nur für einen neuen Archivschlüssel.

    today ist ein heutiges Papier, wenn der Schlüssel schon welche hat; fresh verlangt auch dann einen neuen (was an den
    früheren versiegelt ist, öffnen weiter dessen Papiere).
    """
    pairing.lock(session, tenant)
    if opened := pending(session, tenant):
        raise DocumentKeyError(OWN_TURN if opened[0].shown_to == _actor(session) else
                               f"{opened[0].shown_to} hat schon angefangen: als zweite Person ziehen oder verwerfen.")
    session.execute(delete(ArchiveDraft).where(ArchiveDraft.tenant_id == tenant.id))  # what ran out
    key = None if fresh else archive.current_row(session, tenant.id)
    names = _names(holders, ())
    pairing.withdraw(session, tenant, pairing.NEW_PAPERS, reason)
    if key is not None and archive.has_papers(session, key):
        pairing.wait(session, tenant, pairing.NEW_PAPERS, today or Paper("", ""), reason)
    papers = [Paper(name, new_code()) for name in names]
    for paper in papers:
        made = layers.share(paper.holder, plain(paper.code), key.algorithm if key else algorithm)
        row = ArchiveDraft(tenant_id=tenant.id, public_id=uuid.uuid4(), holder=made.holder, algorithm=made.algorithm,
                           salt=made.salt, public_key=made.public, shown_to=_actor(session), new_key=fresh)
        row.binding = _mark(session, row)
        session.add(row)
    session.flush()
    audit.record(session, "archivschluessel.gezogen", str(tenant.public_id), {"verwahrende": names}, reason)
    return papers


def complete(session: PlatformSession, tenant: Tenant, holders: Sequence[str], reason: str, *,
             today: Paper | None = None, fresh: bool | None = None) -> list[Paper]:
    """Zweite Person: Codes für die anderen Verwahrenden; danach gilt der Schlüssel mit diesen Papieren.

    today ist ein zweites heutiges Papier, wenn der Schlüssel schon welche hat; die heutigen gelten danach nicht mehr.
    fresh sagt, was die erste Person gezogen haben muss (neuer Schlüssel oder bestehender); None nimmt beides.
    """
    pairing.lock(session, tenant)
    drawn = pending(session, tenant)
    if not drawn:
        raise DocumentKeyError(NOTHING_OPEN)
    if drawn[0].shown_to == _actor(session):
        raise DocumentKeyError(OWN_TURN)
    if not all(hmac.compare_digest(one.binding, _mark(session, one)) for one in drawn):
        raise DocumentKeyError("Die gezogenen Papiere wurden an der Anwendung vorbei geändert: verwerfen, prüfen.")
    if fresh is not None and fresh != drawn[0].new_key:
        raise DocumentKeyError(OTHER_KIND.format("einen neuen Schlüssel" if drawn[0].new_key
                                                 else "den bestehenden Schlüssel"))
    before = [Share(one.holder, one.algorithm, one.salt, one.public_key) for one in drawn]
    names = _names(holders, [one.holder for one in before])
    papers = [Paper(name, new_code()) for name in names]
    own = [layers.share(paper.holder, plain(paper.code), before[0].algorithm) for paper in papers]
    pair, row, action, used = _key(session, tenant, today, drawn[0])
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
        "geoeffnet_von": sorted(paper.holder for paper in used),
        "eingegeben": {paper.holder: paper.given_by for paper in used}}, reason)
    return papers


def discard(session: PlatformSession, tenant: Tenant, reason: str) -> None:
    """Verwirft, was gezogen wurde; die Codes öffnen nie etwas."""
    pairing.lock(session, tenant)
    pairing.withdraw(session, tenant, pairing.NEW_PAPERS, reason)
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


def _key(session: PlatformSession, tenant: Tenant, today: Paper | None, drawn: ArchiveDraft
         ) -> tuple[KeyPair, ArchiveKey, str, list[Paper]]:
    """Schlüsselpaar und Zeile, unter denen die neuen Papiere gelten, was ins Protokoll kommt, womit geöffnet wurde."""
    row = None if drawn.new_key else archive.current_row(session, tenant.id)
    if row is None:
        return *archive.new_key(session, tenant, drawn.algorithm), "archivschluessel.neu", []
    used: list[Paper] = []
    if archive.has_papers(session, row):
        used = pairing.join(session, tenant, pairing.NEW_PAPERS, today or Paper("", ""))
    pair = archive.opened(session, row, used)
    session.execute(delete(ArchivePaper).where(ArchivePaper.tenant_id == tenant.id,
                                               ArchivePaper.archive_key_id == row.id))
    return pair, row, "archivschluessel.papiere", used


def _mark(session: PlatformSession, one: ArchiveDraft) -> bytes:
    owner = f"papier:{one.holder}:{one.shown_to}:{one.salt.hex()}{':neu' if one.new_key else ''}"
    return binding(secret_of(session, one.tenant_id), one.tenant_id, owner, one.public_id, one.algorithm,
                   one.public_key)


def _names(holders: Sequence[str], taken: Sequence[str]) -> list[str]:
    names = [" ".join(one.split()) for one in holders]
    if not names or not all(names) or len({*names, *taken}) != len(names) + len(taken):
        raise DocumentKeyError(NAMES)
    return names


def _actor(session: PlatformSession) -> str:
    return str(session.info["actor"])
