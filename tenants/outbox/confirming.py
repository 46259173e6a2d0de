"""Eine neue Mailadresse gilt erst mit dem Code, der an sie ging; je Zugang und Tag gehen nur wenige hinaus."""

from __future__ import annotations

import hmac
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select

from tenants.db.session import PlatformSession
from tenants.models.access import OutboxMessage
from tenants.models.user import User
from tenants.security import keys, lookup_hash
from tenants.users import codes
from tenants.users.presence import OFFICE_TIME

MOST, WINDOW, LIFETIME = 5, timedelta(days=1), timedelta(hours=1)
ASKED, CHANGED = "mail_confirm", "changed_mail"
CONFIRM = {
    "de": (
        "Ihre Mailadresse bei Kreislohn",
        "Guten Tag,\n\nam {when} wurde diese Mailadresse für Hinweise zu einem Zugang angegeben. Sie gilt erst, wenn "
        "im Portal dieser Code eingegeben ist:\n\n{code}\n\nEr gilt eine Stunde. Die Adresse bekommt nie "
        "Bezügedaten.\n\nWaren Sie das nicht, ist nichts zu tun: ohne den Code wird sie nicht verwendet.\n\n"
        "Diese Nachricht enthält keinen Link.\n",
    ),
    "en": (
        "Your mail address at Kreislohn",
        "Hello,\n\non {when} this mail address was given for notices about an account. It is used only after this code "
        "has been entered in the portal:\n\n{code}\n\nIt is valid for one hour. The address never receives pay "
        "data.\n\nIf this was not you, there is nothing to do: without the code it is not used.\n\n"
        "This message contains no link.\n",
    ),
}


@dataclass(frozen=True)
class Asked:
    """Angegebene Adresse und bis wann ihr Code gilt; der Code selbst steht nur in der Mail."""

    address: str
    nonce: str
    until: datetime


def ask(session: PlatformSession, user: User, address: str, now: datetime) -> Asked | None:
    """Legt den Code für diese Adresse in den Postausgang; nichts, wenn für heute genug hinausgingen."""
    if exhausted(session, user, ASKED, now):
        return None
    asked = Asked(address, secrets.token_urlsafe(16), now + LIFETIME)
    subject, body = CONFIRM.get(user.language, CONFIRM["de"])
    words = body.format(when=f"{now.astimezone(OFFICE_TIME):%d.%m.%Y, %H:%M}", code=_code(user, asked))
    session.add(OutboxMessage(user_id=user.id, occasion=ASKED, recipient=address, subject=subject, body=words))
    session.flush()
    return asked


def fits(user: User, asked: Asked, given: str, now: datetime) -> bool:
    """Ob das der Code zu dieser Adresse und diesem Zugang ist; nach einem neuen Kennwort gilt er nicht mehr.

    Gezählt werden Versuche nicht: ein Code hat knapp 50 Bit.
    """
    code = codes.normal(given)
    return code is not None and now < asked.until and hmac.compare_digest(codes.shown(code), _code(user, asked))


def exhausted(session: PlatformSession, user: User, occasion: str, now: datetime) -> bool:
    """Ob dieser Zugang an einem Tag schon fünf solche Nachrichten hatte; hält ihn fest, bis diese geschrieben ist."""
    session.execute(select(User.id).where(User.id == user.id).with_for_update())
    since = now - WINDOW
    recent = select(func.count(OutboxMessage.id)).where(
        OutboxMessage.next_attempt_at >= since,  # never before it was made, and the only one with an index
        OutboxMessage.created_at >= since,
        OutboxMessage.user_id == user.id,
        OutboxMessage.occasion == occasion,
    )
    return (session.scalar(recent) or 0) >= MOST


def _code(user: User, asked: Asked) -> str:
    parts = (str(user.id), str(user.session_epoch), asked.nonce, asked.until.isoformat(), asked.address)
    return codes.derived(lookup_hash(keys.platform_keys(), "|".join(parts), "mail_code"))
