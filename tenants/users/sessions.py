"""Sitzungen beenden: ein höherer Sitzungszähler macht alle bisherigen Sitzungsschlüssel eines Zugangs wertlos."""

from __future__ import annotations

from sqlalchemy import select

from tenants import audit
from tenants.db.session import platform_session
from tenants.models import User


def end_sessions(user_id: int, epoch: int, *, actor: str) -> bool:
    """Beendet alle Sitzungen eines Zugangs, auch kopierte; False, wenn diese schon überholt war."""
    with platform_session(actor=actor) as session:
        statement = select(User).where(User.id == user_id, User.session_epoch == epoch).with_for_update()
        user = session.scalars(statement).one_or_none()
        if user is None:
            return False
        user.session_epoch += 1
        audit.record(session, "user.signout", str(user.public_id), {})
        return True
