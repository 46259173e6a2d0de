"""Befehle im Namen einer Person: Mandat von heute, Recht, Sitzung ihres Arbeitgebers."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click
from sqlalchemy import select

from payroll.runs.commands import database
from tenants.commands import stated
from tenants.users import units
from tenants.users.presence import office_day


@contextmanager
def acting(data: Path, number: str, actor: str, right: str) -> Iterator[Any]:
    """Session of an employer for a person whose mandate of today includes the right; refusals become one line."""
    stated.require_named(right)
    from payroll.runs.service import RunRefused
    from tenants.db.session import platform_session, tenant_session
    from tenants.models import User
    from tenants.users.service import mandates_on

    with database(data):
        today = office_day(datetime.now(UTC))  # the machine may keep another time; a mandate ends in that of the office
        with platform_session(actor=actor) as session:
            user = session.scalars(select(User).where(User.login == actor)).one_or_none()
        held = [] if user is None else [m for m in mandates_on(user, today) if m.number == number]
        if not any(right in mandate.permissions for mandate in held):
            raise click.ClickException(f"{actor} hat heute bei {number} kein Mandat mit dem Recht „{right}“.")
        if all(mandate.limit(right) is not None for mandate in held):
            raise click.ClickException(
                f"Das Mandat von {actor} bei {number} gilt nur für eine Organisationseinheit; dieser Befehl betrifft "
                "den ganzen Arbeitgeber."
            )
        try:
            with tenant_session(held[0].tenant_id, actor=actor) as session:
                session.info["rights"] = frozenset().union(*(mandate.permissions for mandate in held))
                yield session
        except RunRefused as error:
            raise click.ClickException(str(error)) from error


def _unit(session: Any, number: str) -> uuid.UUID | None:
    """Identifier of an organisational unit; the staffing plan knows it."""
    from staffplan import limits

    return limits.public_id(session, number)


units.register(_unit)
