"""Einstellungen der Anwendung im Web; der Sitzungsschlüssel stammt vom Hauptschlüssel ab."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from tenants.security import masterkey
from tenants.web.formats import OFFICE_TIME

UPLOAD_LIMIT = 20 * 1024 * 1024
IDLE = timedelta(minutes=30)
LONGEST = timedelta(hours=10)


def office_today() -> date:
    """Heutiger Tag in der Zeit des Amtes."""
    return datetime.now(OFFICE_TIME).date()


@dataclass(frozen=True)
class Settings:
    """Was die Anwendung von außen wissen muss.

    https: hinter TLS betrieben; Sitzungskekse gehen dann nur verschlüsselt auf die Reise.
    demonstration: Einmallinks sind erlaubt (zusätzlich nur auf diesem Rechner und nur für Vorführmandanten).
    hosts: Namen, unter denen der Server antwortet; ohne Angabe unter jedem.
    proxies: Anzahl vorgeschalteter Vermittler, deren Angaben zu Adresse und Protokoll vertraut wird.
    """

    secret_key: bytes = field(repr=False)
    https: bool = True
    demonstration: bool = False
    proxies: int = 0
    hosts: tuple[str, ...] = ()
    idle: timedelta = IDLE
    longest: timedelta = LONGEST
    upload_limit: int = UPLOAD_LIMIT
    today: Callable[[], date] = office_today

    def __post_init__(self) -> None:
        if len(self.secret_key) < 32:
            raise ValueError("Der Sitzungsschlüssel braucht mindestens 32 Bytes.")


def from_master_key(
    *, https: bool = True, demonstration: bool = False, proxies: int = 0, hosts: tuple[str, ...] = ()
) -> Settings:
    """Einstellungen mit einem Sitzungsschlüssel, der aus dem Hauptschlüssel des Prozesses abgeleitet ist."""
    return Settings(
        masterkey.current().derive("web session"),
        https=https,
        demonstration=demonstration,
        proxies=proxies,
        hosts=hosts,
    )
