"""kreislohn users: Zugänge, Briefe, Mandate, Vertretungen, Personalliste und Verzeichnis von der Befehlszeile."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from tenants.commands import site, stated
from tenants.counting import counted

if TYPE_CHECKING:
    from tenants.db.session import PlatformSession
    from tenants.models.user import User

DAY = click.DateTime(formats=("%Y-%m-%d", "%d.%m.%Y"))
FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
OUT = click.Path(dir_okay=False, path_type=Path)
OPERATOR = stated.operator("richtet Zugänge ein, auch den ersten der Verwaltung; steht im Protokoll")


@click.group("users")
def users() -> None:
    """Zugänge des Personals und des Portals."""


@contextmanager
def _platform(data: Path) -> Iterator[PlatformSession]:
    from tenants.db.session import platform_session
    from tenants.feed.people import FeedError
    from tenants.users.errors import UserError

    with site.database(data):
        try:
            with platform_session(actor=site.actor()) as session:
                yield session
        except (UserError, FeedError) as error:
            raise click.ClickException(str(error)) from error


def _user(session: PlatformSession, login: str) -> User:
    from sqlalchemy import select

    from tenants.models.user import User

    found = session.scalars(select(User).where(User.login == login.strip().lower())).one_or_none()
    if found is None:
        raise click.ClickException(f"Den Zugang {login} gibt es nicht.")
    return found


def _letter(session: PlatformSession, user: User, address: str, reason: str | None) -> None:
    from tenants.users.service import issue_letter

    for line in issue_letter(session, user, reason=reason).lines(address):
        click.echo(line)


@users.command("create")
@click.argument("login")
@click.option("--name", required=True, help="Vor- und Nachname.")
@click.option("--admin", is_flag=True, help="Verwaltung der Plattform (sieht keine Bezüge).")
@click.option("--email", default=None)
@click.option("--address", default="das Portal", help="Adresse, die im Brief steht.")
@site.data_option
@OPERATOR
def create(login: str, name: str, admin: bool, email: str | None, address: str, data: Path) -> None:
    """Legt einen Zugang des Personals an und gibt den Brief mit dem Einmalcode aus."""
    from tenants.users.service import create_user

    with _platform(data) as session:
        user = create_user(session, login, name, platform_admin=admin, details={"email": email})
        _letter(session, user, address, None)


@users.command("letter")
@click.argument("login")
@click.option("--reason", default=None, help="Nötig, wenn es schon ein Kennwort gibt; steht im Protokoll.")
@click.option("--address", default="das Portal", help="Adresse, die im Brief steht.")
@site.data_option
@OPERATOR
def letter(login: str, reason: str | None, address: str, data: Path) -> None:
    """Gibt einen neuen Brief mit Einmalcode aus; ein früherer gilt nicht mehr."""
    with _platform(data) as session:
        _letter(session, _user(session, login), address, reason)


@users.command("mandate")
@click.argument("login")
@click.option("--tenant", required=True, help="Nummer des Mandanten.")
@click.option("--role", required=True, help="Rolle, zum Beispiel clerk oder head.")
@click.option("--from", "first", type=DAY, required=True)
@click.option("--to", "last", type=DAY, default=None)
@click.option("--unit", default="", help="Nummer der Organisationseinheit, auf die eine Leitung beschränkt ist.")
@site.data_option
@OPERATOR
def mandate(
    login: str, tenant: str, role: str, first: datetime, last: datetime | None, unit: str, data: Path
) -> None:
    """Erteilt ein Mandat von Tag bis Tag (einschließlich)."""
    from tenants.users import units
    from tenants.users.service import give_mandate

    with _platform(data) as session:
        number = site.tenant_id(tenant)
        inside = units.find(number, unit, site.actor())
        user, until = _user(session, login), last.date() if last else None
        give_mandate(session, number, user, role, first.date(), until, unit=inside)
        click.echo(f"{login}: {role} bei {tenant} ab {first:%d.%m.%Y}{f' bis {last:%d.%m.%Y}' if last else ''}.")


@users.command("deputy")
@click.option("--absent", required=True, help="Anmeldename des vertretenen Menschen.")
@click.option("--deputy", required=True, help="Anmeldename der Vertretung.")
@click.option("--from", "first", type=DAY, required=True)
@click.option("--to", "last", type=DAY, required=True)
@click.option("--reason", required=True)
@site.data_option
@OPERATOR
def deputy(absent: str, deputy: str, first: datetime, last: datetime, reason: str, data: Path) -> None:
    """Richtet eine Vertretung ein; sie endet von selbst."""
    from tenants.users import deputies

    with _platform(data) as session:
        away, acting = _user(session, absent), _user(session, deputy)
        rows = deputies.appoint(session, away, acting, first.date(), last.date(), reason)
        click.echo(f"{deputy} vertritt {absent} bei {len(rows)} Mandanten bis {last:%d.%m.%Y}.")


@users.command("leave")
@click.argument("login")
@click.option("--last-day", type=DAY, required=True, help="Letzter Tag (einschließlich).")
@click.option("--reason", required=True)
@site.data_option
@OPERATOR
def leave(login: str, last_day: datetime, reason: str, data: Path) -> None:
    """Beendet einen Zugang mit Ablauf eines Tages; laufende Sitzungen enden dann auch."""
    from tenants.users import presence

    with _platform(data) as session:
        user = _user(session, login)
        presence.set_days(session, user, user.first_day, last_day.date(), reason)
        click.echo(f"{login}: letzter Tag {last_day:%d.%m.%Y}.")


@users.command("feed")
@click.argument("file", type=FILE)
@click.option("--complete", is_flag=True, help="Die Liste ist vollständig: wer fehlt, geht heute.")
@click.option("--many-may-leave", is_flag=True,
              help="Auch übernehmen, wenn ungewöhnlich viele gehen oder alle Mandate verlieren.")
@click.option("--apply", "take", is_flag=True, help="Übernehmen; ohne diese Angabe wird nur gezeigt.")
@site.data_option
@OPERATOR
def feed(file: Path, complete: bool, many_may_leave: bool, take: bool, data: Path) -> None:
    """Personalliste (CSV oder SCIM-JSON): zeigt, wer kommt, wechselt und geht; mit --apply geschieht es."""
    from tenants.feed import service

    content, today = file.read_bytes(), _today()
    with _platform(data) as session:
        plan = service.preview(session, content, today, complete=complete)
        for step in plan.changing:
            click.echo(f"{step.kind}: {step.name} – {'; '.join(step.words)}")
        if take:
            service.apply(
                session, content, today, digest=plan.digest, complete=complete, many_may_leave=many_may_leave
            )
        errors = plan.count("fehler")
        click.echo(f"{'Übernommen' if take else 'Nichts geändert'}: {counted(len(plan.steps), 'Zeile', 'Zeilen')}, "
                   f"{errors} fehlerhaft.")
    if errors:
        raise click.exceptions.Exit(1)


@users.command("directory")
@click.argument("kind", type=click.Choice(("telefonliste", "tuerschilder")))
@click.option("--out", type=OUT, required=True, help="Zieldatei (CSV).")
@site.data_option
@OPERATOR
def directory(kind: str, out: Path, data: Path) -> None:
    """Telefonliste oder Türschilder der Menschen, die heute da sind."""
    from tenants.feed import directory as lists
    from tenants.web import exports

    with _platform(data) as session:
        rows = lists.rows(session, kind, _today())
    out.write_bytes(exports.as_csv(lists.KINDS[kind], rows))
    click.echo(f"{out}: {counted(len(rows), 'Zeile', 'Zeilen')}.")


def _today() -> date:
    from tenants.users.presence import OFFICE_TIME

    return datetime.now(OFFICE_TIME).date()
