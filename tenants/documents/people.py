"""Schlüssel der Menschen: entsteht mit dem Brief oder der ersten Anmeldung, verschlossen unter Code oder Kennwort.

Die Datenbank hält den öffentlichen Teil und den verschlossenen privaten; öffnen kann nur, wer Kennwort oder Code kennt.
Ist das Kennwort verloren, entsteht ein neues Paar; was an das alte versiegelt war, gibt die Archivstelle neu aus.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from sqlalchemy import delete, func, select, update

from tenants import audit
from tenants.db.session import PlatformSession
from tenants.documents.binding import DocumentKeyError, binding, secret_of
from tenants.models.documents import DocumentKey, DocumentKeyWrap, RecipientKey
from tenants.models.user import EmployeeAccess, User
from tenants.security import masterkey, recipient, wrapping
from tenants.security.masterkey import MasterKey
from tenants.security.recipient import KeyPair

PASSWORD, LETTER, DEMO = "password", "letter", "demo"


@dataclass(frozen=True)
class OwnKey:
    """Der geöffnete Schlüssel eines Menschen."""

    key_id: uuid.UUID
    pair: KeyPair


def open_with(session: PlatformSession, user: User, words: str, kind: str = PASSWORD) -> OwnKey | None:
    """Öffnet mit Kennwort oder Briefcode; None, wenn es keinen Schlüssel gibt oder die Worte nicht passen."""
    key = current(session, user)
    wrap = _wrap_of(session, key, kind) if key is not None else None
    if key is None or wrap is None:
        return None
    private = wrapping.unwrap(wrap.wrapped, words, _place(key, kind))
    return OwnKey(key.public_id, KeyPair(key.algorithm, key.public_key, private)) if private is not None else None


def open_demonstration(session: PlatformSession, user: User) -> OwnKey | None:
    """Öffnet den Schlüssel eines Zugangs der Vorführung; für andere gibt es diesen Weg nicht (Datenbank)."""
    key = current(session, user) if user.demo else None
    wrap = _wrap_of(session, key, DEMO) if key is not None else None
    if key is None or wrap is None:
        return None
    master = masterkey.current()
    private = wrapping.from_key(wrap.wrapped, _demo_key(master), _place(key, DEMO))
    return OwnKey(key.public_id, KeyPair(key.algorithm, key.public_key, private)) if private is not None else None


def at_letter(session: PlatformSession, user: User, code: str) -> None:
    """Beim Brief: ein Schlüssel, den der Code öffnet. Wer ein Kennwort hat, behält seinen bis zur Einlösung."""
    key = current(session, user)
    if key is not None and _wrap_of(session, key, PASSWORD) is not None:
        return
    own = open_demonstration(session, user) or _replace(session, user)
    _put(session, user, own, LETTER, code)


def at_password(
    session: PlatformSession, user: User, new: str, *, old: str | None = None, code: str | None = None
) -> OwnKey | None:
    """Bei jedem neuen Kennwort: derselbe Schlüssel unter dem neuen, wenn altes Kennwort oder Code ihn öffnen.

    Sonst (Kennwort von der Verwaltung gesetzt, Brief nach verlorenem Kennwort) entsteht ein neues Paar. Wer keine
    eigenen Abrechnungen hat, bekommt keinen Schlüssel.
    """
    own = open_with(session, user, old) if old is not None else None
    if own is None and code is not None:
        own = open_with(session, user, code, LETTER)
    own = own or open_demonstration(session, user)
    if own is None:
        if user.kind != "employee" and not _accesses(session, user):
            return None
        own = _replace(session, user)
    _put(session, user, own, PASSWORD, new)
    _remove(session, own, LETTER)
    return own


def at_sign_in(session: PlatformSession, user: User, password: str) -> OwnKey | None:
    """Bei der Anmeldung mit Kennwort: öffnen, beim ersten Mal anlegen."""
    key = current(session, user)
    if key is None or (_wrap_of(session, key, PASSWORD) is None):
        return at_password(session, user, password)
    return open_with(session, user, password)


def at_access(session: PlatformSession, user: User, access: EmployeeAccess) -> None:
    """Bei einer neuen Verbindung mit einer Person: ihr Arbeitgeber versiegelt ab jetzt an diesen Schlüssel."""
    session.flush()
    key = current(session, user)
    if key is None:
        if user.demo:
            _replace(session, user)
        return
    _announce(session, key, [access])


def persons_of(session: PlatformSession, login: str, tenant: int) -> list[uuid.UUID]:
    """Eigene Personen eines Zugangs bei einem Mandanten; ohne eine solche DocumentKeyError."""
    found = session.scalars(
        select(EmployeeAccess.person_public_id)
        .join(User, User.id == EmployeeAccess.user_id)
        .where(User.login == login.strip().lower(), EmployeeAccess.tenant_id == tenant)
        .order_by(EmployeeAccess.id)
    ).all()
    if not found:
        raise DocumentKeyError(f"{login} hat bei diesem Mandanten keine eigenen Abrechnungen: Anmeldenamen prüfen.")
    return list(dict.fromkeys(found))


def has_password(session: PlatformSession, user: User) -> bool:
    """Ob der geltende Schlüssel unter einem Kennwort verschlossen ist."""
    key = current(session, user)
    return key is not None and _wrap_of(session, key, PASSWORD) is not None


def current(session: PlatformSession, user: User) -> DocumentKey | None:
    """Der geltende Schlüssel eines Menschen."""
    return session.scalars(
        select(DocumentKey).where(DocumentKey.user_id == user.id, DocumentKey.retired_at.is_(None))
    ).one_or_none()


def rewrap_demonstration(session: PlatformSession, old: MasterKey, new: MasterKey) -> int:
    """Beim Wechsel des Hauptschlüssels: die Schlüssel der Vorführung gehen mit, andere hängen nicht an ihm."""
    rows = session.execute(
        select(DocumentKeyWrap, DocumentKey)
        .join(DocumentKey, DocumentKey.id == DocumentKeyWrap.key_id)
        .where(DocumentKeyWrap.kind == DEMO)
    ).all()
    for wrap, key in rows:
        private = wrapping.from_key(wrap.wrapped, _demo_key(old), _place(key, DEMO))
        if private is not None:
            wrap.wrapped = wrapping.under_key(private, _demo_key(new), _place(key, DEMO))
    return len(rows)


def _replace(session: PlatformSession, user: User) -> OwnKey:
    """Neues Paar; das bisherige gilt für Neues nicht mehr."""
    session.flush()
    session.execute(
        update(DocumentKey)
        .where(DocumentKey.user_id == user.id, DocumentKey.retired_at.is_(None))
        .values(retired_at=func.now())
    )
    pair = recipient.generate()
    key = DocumentKey(user_id=user.id, public_id=uuid.uuid4(), algorithm=pair.algorithm, public_key=pair.public)
    session.add(key)
    session.flush()
    own = OwnKey(key.public_id, pair)
    if user.demo:
        wrapped = wrapping.under_key(pair.private, _demo_key(masterkey.current()), _place(key, DEMO))
        session.add(DocumentKeyWrap(key_id=key.id, user_id=user.id, demo=True, kind=DEMO, wrapped=wrapped))
    _announce(session, key, _accesses(session, user))
    audit.record(session, "dokumentschluessel.neu", str(user.public_id), {"schluessel": key.public_id})
    return own


def _announce(session: PlatformSession, key: DocumentKey, accesses: list[EmployeeAccess]) -> None:
    """Sagt den Arbeitgebern den öffentlichen Schlüssel; der frühere derselben Person endet."""
    for access in accesses:
        person = access.person_public_id
        session.execute(
            update(RecipientKey)
            .where(
                RecipientKey.tenant_id == access.tenant_id,
                RecipientKey.person_public_id == person,
                RecipientKey.ended_at.is_(None),
            )
            .values(ended_at=func.now())
        )
        secret = secret_of(session, access.tenant_id)
        mark = binding(secret, access.tenant_id, str(person), key.public_id, key.algorithm, key.public_key)
        session.add(
            RecipientKey(
                tenant_id=access.tenant_id,
                person_public_id=person,
                key_public_id=key.public_id,
                algorithm=key.algorithm,
                public_key=key.public_key,
                binding=mark,
            )
        )
    session.flush()


def _accesses(session: PlatformSession, user: User) -> list[EmployeeAccess]:
    return list(session.scalars(select(EmployeeAccess).where(EmployeeAccess.user_id == user.id)))


def _wrap_of(session: PlatformSession, key: DocumentKey, kind: str) -> DocumentKeyWrap | None:
    return session.scalars(
        select(DocumentKeyWrap).where(DocumentKeyWrap.key_id == key.id, DocumentKeyWrap.kind == kind)
    ).one_or_none()


def _put(session: PlatformSession, user: User, own: OwnKey, kind: str, words: str) -> None:
    key = session.scalars(select(DocumentKey).where(DocumentKey.public_id == own.key_id)).one()
    _remove(session, own, kind)
    wrapped = wrapping.wrap(own.pair.private, words, _place(key, kind))
    session.add(DocumentKeyWrap(key_id=key.id, user_id=user.id, demo=user.demo, kind=kind, wrapped=wrapped))
    session.flush()


def _remove(session: PlatformSession, own: OwnKey, kind: str) -> None:
    of_key = select(DocumentKey.id).where(DocumentKey.public_id == own.key_id).scalar_subquery()
    session.execute(delete(DocumentKeyWrap).where(DocumentKeyWrap.key_id == of_key, DocumentKeyWrap.kind == kind))


def _demo_key(master: MasterKey) -> bytes:
    return wrapping.derived(master.derive("vorfuehrung"), "menschen")


def _place(key: DocumentKey, kind: str) -> str:
    return f"document_key:{key.user_id}:{key.public_id}:{kind}"
