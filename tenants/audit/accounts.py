"""Werte über einen Zugang vor und nach einer Änderung, versiegelt im Protokoll der Plattform.

Der Schlüssel gehört dem Zugang und geht mit ihm; danach ist unlesbar, was das Protokoll über den Menschen wusste, und
die Kette prüft sich weiter. Eingewickelt ist er mit dem Hauptschlüssel, wie das Geheimnis des zweiten Faktors.
"""

from __future__ import annotations

import base64
import json
import os
from collections.abc import Mapping
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy import select

from tenants.audit.chain import plain
from tenants.audit.models import AccountLogKey, AuditEntry
from tenants.audit.values import FIELD, NONCE, Opened
from tenants.db.session import PlatformSession
from tenants.models.user import User
from tenants.security import KeyMissing, SealBroken, envelope, keys, masterkey
from tenants.security.masterkey import MasterKey


def sealed(
    session: PlatformSession, user: User, action: str, before: Mapping[str, Any], after: Mapping[str, Any]
) -> dict[str, Any]:
    """Einzelheiten für einen Eintrag zu diesem Zugang: nur das Siegel; ein fehlender Schlüssel entsteht dabei."""
    row = _row(session, user)
    if row is None:
        row = AccountLogKey(user_id=user.id, wrapped=_wrap(user, os.urandom(32), masterkey.current()))
        session.add(row)
        session.flush()
    content = json.dumps({"vorher": plain(before), "nachher": plain(after)}, ensure_ascii=False).encode()
    nonce = os.urandom(NONCE)
    box = nonce + AESGCM(_open(user, row)).encrypt(nonce, content, _place(user, action))
    return {FIELD: {"siegel": base64.b64encode(b"\x01" + box).decode()}}


def opened(session: PlatformSession, user: User, entry: AuditEntry) -> Opened:
    """Die Werte eines Eintrags zu diesem Zugang. Wer es aufruft, protokolliert das Lesen."""
    row = _row(session, user)
    if row is None:
        return Opened(missing=True)
    box = base64.b64decode(entry.details[FIELD]["siegel"])
    try:
        content = AESGCM(_open(user, row)).decrypt(box[1 : 1 + NONCE], box[1 + NONCE :], _place(user, entry.action))
    except InvalidTag as error:
        raise KeyMissing(f"Protokoll, Eintrag {entry.id}: die versiegelten Werte wurden verändert.") from error
    found = json.loads(content)
    return Opened([found["vorher"]], [found["nachher"]])


def reseal_all(session: PlatformSession, new: MasterKey) -> int:
    """Wickelt alle Schlüssel unter einen neuen Hauptschlüssel; gibt ihre Zahl."""
    rows = session.execute(select(AccountLogKey, User).join(User, User.id == AccountLogKey.user_id)).all()
    for row, user in rows:
        row.wrapped = _wrap(user, _open(user, row), new)
    return len(rows)


def _row(session: PlatformSession, user: User) -> AccountLogKey | None:
    return session.scalars(select(AccountLogKey).where(AccountLogKey.user_id == user.id)).one_or_none()


def _wrap(user: User, key: bytes, master: MasterKey) -> bytes:
    return envelope.seal(keys.platform_keys(master), key, **_where(user))


def _open(user: User, row: AccountLogKey) -> bytes:
    try:
        return envelope.open_sealed(keys.platform_keys(), row.wrapped, **_where(user))
    except SealBroken:
        old = masterkey.previous()
        if old is None:
            raise
        return envelope.open_sealed(keys.platform_keys(old), row.wrapped, **_where(user))


def _where(user: User) -> dict[str, str]:
    return {"table": AccountLogKey.__tablename__, "row": str(user.public_id), "column": "wrapped"}


def _place(user: User, action: str) -> bytes:
    return json.dumps([0, action, str(user.public_id)]).encode()
