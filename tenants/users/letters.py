"""Erste Anmeldung im Portal: ein Brief mit Einmalcode, damit vergibt der Mensch selbst sein Kennwort."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from sqlalchemy import select

from tenants import audit
from tenants.db.session import PlatformSession, platform_session
from tenants.documents import people as document_keys
from tenants.models.user import User
from tenants.security import passwords
from tenants.users import codes, recovery, throttle
from tenants.users.errors import SigninRefused, Throttled, UserError
from tenants.users.presence import is_present, office_day

LETTER = "letter"
LIFETIME = timedelta(days=30)
REFUSED = (
    "Der Code gilt nicht (mehr): Anmeldename und Code mit dem Brief vergleichen. Ist er älter als 30 Tage oder schon "
    "benutzt, beim Personaldienst einen neuen Brief bestellen."
)


@dataclass(frozen=True)
class Letter:
    """Was im Brief steht; der Code ist nur hier im Klartext."""

    login: str
    display_name: str
    code: str = field(repr=False)
    expires_at: datetime
    staff: bool = False

    def lines(self, address: str) -> tuple[str, ...]:
        """Text des Briefes; address ist die Adresse des Portals."""
        return (
            f"Guten Tag {self.display_name},",
            f"{'Ihr Zugang ist' if self.staff else 'Ihre Abrechnungen liegen im Portal'} bereit. "
            "So melden Sie sich zum ersten Mal an:",
            f"1. {address} öffnen und „Brief einlösen“ wählen.",
            f"2. Anmeldename: {self.login}",
            f"3. Einmalcode: {self.code}",
            "4. Ein eigenes Kennwort mit mindestens 12 Zeichen vergeben, am besten einen ganzen Satz.",
            *(("5. Den zweiten Faktor einrichten: App für Einmalcodes oder Passkey.",) if self.staff else ()),
            f"Der Code gilt einmal und bis {self.expires_at:%d.%m.%Y}. Er enthält nur die Zeichen {codes.ALPHABET}.",
            "Niemand vom Personaldienst fragt Sie je nach Code oder Kennwort.",
        )


def issue_letter(
    session: PlatformSession, user: User, *, reason: str | None = None, now: datetime | None = None
) -> Letter:
    """Neuer Brief; ein früherer gilt nicht mehr. Wer schon ein Kennwort hat, bekommt ihn nur mit Grund.

    Der Brief ersetzt nie den zweiten Faktor: ist einer eingerichtet, bleibt er nötig; beim Personal ohne Faktor führt
    die erste Anmeldung nur zu dessen Einrichtung.
    """
    if not user.active:
        raise UserError(f"{user.login} ist gesperrt: den Zugang zuerst wieder öffnen.")
    if user.password_hash is not None and not (reason or "").strip():
        raise UserError(f"{user.login} hat schon ein Kennwort: für einen neuen Brief den Grund angeben.")
    moment = now or datetime.now(UTC)
    code, expires = codes.generate(), moment + LIFETIME
    recovery.revoke(session, user, LETTER)
    recovery.store(session, user, LETTER, [code], secrets.token_bytes(codes.SALT), expires)
    audit.record(session, "user.letter", str(user.public_id), {"until": expires}, reason)
    if user.kind == "employee":
        document_keys.at_letter(session, user, str(codes.normal(code)))
    return Letter(user.login, user.display_name, code, expires, user.kind == "staff")


def redeem_letter(
    login: str, code: str, password: str, *, remote: str | None = None, now: datetime | None = None
) -> User:
    """Löst den Brief ein und setzt das Kennwort; ein zu schwaches Kennwort verbraucht den Code nicht.

    Gebremst wie jede Anmeldung; die Antwort verrät nicht, ob Name oder Code falsch war. Ein eingerichteter zweiter
    Faktor bleibt und wird bei der nächsten Anmeldung verlangt.
    """
    moment, name = now or datetime.now(UTC), login.strip().lower()
    with platform_session(actor="system") as session:
        until = throttle.blocked_until(session, name, remote, moment)
        if until is not None and until > moment:
            raise Throttled(until)
        fresh = passwords.hash_password(password, login=name)
        user = session.scalars(select(User).where(User.login == name).with_for_update()).first()
        good = _spend(session, user, code, moment)
        throttle.note(session, name, remote, moment, succeeded=good)
        if user is not None and good:
            # Only who holds the code learns whose name it is; the refusal takes back that the code was spent.
            passwords.refuse_personal(password, (user.login, user.display_name))
            user.password_hash, user.session_epoch, user.last_signin_at = fresh, user.session_epoch + 1, moment
            session.info["actor"] = user.login
            document_keys.at_password(session, user, password, code=codes.normal(code))
            audit.record(session, "signin.letter", str(user.public_id), {})
    if user is None or not good:
        raise SigninRefused(REFUSED)
    return user


def _spend(session: PlatformSession, user: User | None, code: str, now: datetime) -> bool:
    if user is None or not is_present(user, office_day(now)):
        codes.take_as_long(code)
        return False
    return recovery.spend(session, user, LETTER, code, now)
