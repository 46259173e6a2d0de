"""Vertretung: wer für wen von Tag bis Tag handelt; sie endet von selbst und steht mit Grund im Protokoll."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import select
from sqlalchemy.orm import aliased

from tenants import audit
from tenants.db.session import PlatformSession
from tenants.models.access import Deputy
from tenants.models.tenant import Tenant
from tenants.models.user import Mandate, User
from tenants.users.errors import UserError

LONGEST = timedelta(days=366)


@dataclass(frozen=True)
class Standing:
    """Eine Vertretung zum Zeigen: bei wem, für wen, durch wen, wann, warum."""

    row: Deputy
    tenant: Tenant
    absent: User
    deputy: User

    def holds_on(self, day: date) -> bool:
        """Ob sie an diesem Tag gilt."""
        return self.row.valid_from <= day <= self.row.valid_to


def appoint(session: PlatformSession, absent: User, deputy: User, valid_from: date, valid_to: date, reason: str,
            tenant_ids: tuple[int, ...] = ()) -> list[Deputy]:
    """Richtet eine Vertretung ein, ohne Angabe bei allen Mandanten, bei denen absent dann ein Mandat hat.

    Beide gehören zum Personal; niemand vertritt sich selbst oder richtet die eigene Vertretung ein. Vier Augen bleiben:
    die Datenbank prüft den handelnden Menschen, nicht die Rolle.
    """
    _check(session, absent, deputy, valid_from, valid_to, reason)
    held = _held(session, absent, valid_from, valid_to)
    wanted = held & set(tenant_ids) if tenant_ids else held
    if not wanted:
        raise UserError(f"{absent.login} hat in dieser Zeit dort kein Mandat: nichts zu vertreten.")
    for tenant in session.scalars(select(Tenant).where(Tenant.id.in_(wanted))):
        if deputy.demo and not tenant.demo:
            raise UserError(f"{deputy.login} gehört zur Demonstration und bekommt bei {tenant.number} keinen Zugang.")
    _no_second(session, absent, deputy, valid_from, valid_to, wanted)
    rows = [
        Deputy(tenant_id=tenant_id, user_id=absent.id, deputy_user=deputy.id, valid_from=valid_from, valid_to=valid_to,
               reason=reason.strip(), created_by=str(session.info["actor"]))
        for tenant_id in sorted(wanted)
    ]
    session.add_all(rows)
    session.flush()
    details = {"for": absent.login, "from": valid_from, "to": valid_to, "tenants": len(rows)}
    audit.record(session, "deputy.appoint", str(deputy.public_id), details, reason.strip())
    return rows


def _held(session: PlatformSession, absent: User, first: date, last: date) -> set[int]:
    """Mandanten, bei denen jemand in diesen Tagen ein Mandat hat."""
    return set(
        session.scalars(
            select(Mandate.tenant_id).where(
                Mandate.user_id == absent.id,
                Mandate.valid_from <= last,
                (Mandate.valid_to.is_(None)) | (Mandate.valid_to >= first),
                (Mandate.valid_to.is_(None)) | (Mandate.valid_to >= Mandate.valid_from),
            )
        )
    )


def end(session: PlatformSession, row: Deputy, last_day: date, reason: str, *, today: date) -> bool:
    """Beendet eine Vertretung früher; mit dem Tag vor dem ersten ist sie zurückgezogen (True). Verlängern geht nur mit
    einer neuen.

    Zurückziehen geht bis zu ihrem ersten Tag; danach war sie im Gebrauch und endet frühestens gestern. Eine
    zurückgezogene bleibt nur im Protokoll: die Datenbank hält keinen Zeitraum, der vor seinem Beginn endet.
    """
    day = timedelta(days=1)
    if not row.valid_from - day <= last_day <= row.valid_to:
        raise UserError(f"Die Vertretung gilt vom {row.valid_from:%d.%m.%Y} bis {row.valid_to:%d.%m.%Y}: Tag prüfen.")
    if row.valid_from < today and last_day < today - day:
        raise UserError(f"Die Vertretung galt schon vom {row.valid_from:%d.%m.%Y} an: sie endet frühestens gestern, am "
                        f"{today - day:%d.%m.%Y}.")
    withdrawn = last_day < row.valid_from
    logins = {user.id: user.login
              for user in session.scalars(select(User).where(User.id.in_((row.user_id, row.deputy_user))))}
    details = {"for": logins[row.user_id], "deputy": logins[row.deputy_user], "from": row.valid_from, "to": last_day,
               "vorher": {"to": row.valid_to}}
    if withdrawn:
        session.delete(row)
    else:
        row.valid_to = last_day
    audit.record(session, "deputy.end", str(row.public_id), details, reason)
    return withdrawn


def standings(session: PlatformSession, *, user_id: int | None = None, since: date | None = None) -> list[Standing]:
    """Vertretungen, die neuesten zuerst; auf Wunsch nur die eines Menschen (beide Seiten) und die noch offenen."""
    absent, deputy = aliased(User), aliased(User)
    query = (
        select(Deputy, Tenant, absent, deputy)
        .join(Tenant, Tenant.id == Deputy.tenant_id)
        .join(absent, absent.id == Deputy.user_id)
        .join(deputy, deputy.id == Deputy.deputy_user)
        .order_by(Deputy.valid_to.desc(), Tenant.number)
    )
    if user_id is not None:
        query = query.where((Deputy.user_id == user_id) | (Deputy.deputy_user == user_id))
    if since is not None:
        query = query.where(Deputy.valid_to >= since)
    return [Standing(*row) for row in session.execute(query)]


def _check(
    session: PlatformSession, absent: User, deputy: User, valid_from: date, valid_to: date, reason: str
) -> None:
    if not reason.strip():
        raise UserError("Eine Vertretung braucht einen Grund, zum Beispiel „Urlaub“.")
    if absent.id == deputy.id:
        raise UserError("Niemand vertritt sich selbst: einen anderen Menschen wählen.")
    if {absent.kind, deputy.kind} != {"staff"}:
        raise UserError("Vertretungen gibt es nur zwischen Zugängen des Personals.")
    if deputy.login == str(session.info["actor"]).lower():
        raise UserError("Niemand richtet sich selbst eine Vertretung ein: eine zweite Person der Verwaltung bitten.")
    if valid_to < valid_from or valid_to - valid_from > LONGEST:
        raise UserError("Eine Vertretung dauert mindestens einen Tag und höchstens ein Jahr: die beiden Tage prüfen.")


def _no_second(
    session: PlatformSession, absent: User, deputy: User, valid_from: date, valid_to: date, tenants: set[int]
) -> None:
    clash = session.scalars(
        select(Deputy).where(
            Deputy.user_id == absent.id,
            Deputy.deputy_user == deputy.id,
            Deputy.tenant_id.in_(tenants),
            Deputy.valid_from <= valid_to,
            Deputy.valid_to >= valid_from,
            Deputy.valid_to >= Deputy.valid_from,
        )
    ).first()
    if clash is not None:
        raise UserError(
            f"{deputy.login} vertritt {absent.login} schon vom {clash.valid_from:%d.%m.%Y} bis "
            f"{clash.valid_to:%d.%m.%Y}: die vorhandene zuerst beenden."
        )
