"""Gemeinsames der Stellenplanseiten: Sitzung, Tag und Kenntnisstand aus der Adresse, Namen, Eingaben."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from fractions import Fraction
from typing import Any, ClassVar

from flask import current_app, request

from staffplan import limits, shares
from staffplan.documents.content import Inhalt
from staffplan.reading import stand
from staffplan.rules import Refused
from staffplan.state import Stand
from tenants.db.session import TenantSession, tenant_session
from tenants.web import inputs
from tenants.web.formats import OFFICE_TIME
from tenants.web.identity import current, current_mandate
from tenants.web.shell import settings_of

READ = "staffplan.read"


@dataclass(frozen=True)
class Ports:
    """Was andere Stockwerke dazugeben: Namen zu Personalnummern, das PDF eines Plans."""

    KEY: ClassVar[str] = "kreislohn.staffplan"
    names: Callable[[TenantSession], Mapping[str, str]]
    pdf: Callable[[Inhalt, date, str], bytes]


def ports() -> Ports:
    """Die Anschlüsse der laufenden Anwendung."""
    found = current_app.extensions[Ports.KEY]
    assert isinstance(found, Ports)
    return found


def session() -> AbstractContextManager[TenantSession]:
    """Sitzung des Mandanten der Adresse im Namen des Angemeldeten."""
    return tenant_session(current_mandate().tenant_id, actor=current().login)


def seen(opened: TenantSession, day: date, bekannt: datetime | None = None) -> Stand:
    """Der Stand eines Tages, so weit das Mandat reicht: eine Leitung sieht nur ihre Einheit."""
    return limits.limited(opened, stand(opened, day, bekannt), current_mandate().limit(READ))


def today() -> date:
    """Heute, wie die Anwendung es sieht."""
    return settings_of(current_app).today()


def names_of(opened: TenantSession) -> Mapping[str, str]:
    """Namen der Personen, wenn der Angemeldete Personen sehen darf; sonst bleiben es Nummern."""
    return ports().names(opened) if current_mandate().may("person.read") else {}


def day_of_view() -> date:
    """Der Tag der Ansicht aus der Adresse, sonst heute; Unlesbares zählt nicht."""
    try:
        return inputs.day(request.args.get("tag", ""))
    except inputs.InputError:
        return today()


def known_of_view() -> datetime | None:
    """Kenntnisstand der Ansicht: Ende des genannten Tages; ohne Angabe heute."""
    try:
        chosen = inputs.day(request.args.get("bekannt", ""))
    except inputs.InputError:
        return None
    return datetime.combine(chosen + timedelta(days=1), time(), OFFICE_TIME)


def text(name: str) -> str:
    """Ein Feld des Formulars."""
    return request.form.get(name, "").strip()[:500]


def day(name: str, title: str) -> date:
    """Ein Tag des Formulars; Unlesbares ist eine Ablehnung."""
    try:
        return inputs.day(text(name))
    except inputs.InputError as error:
        raise Refused(f"{title}: {error}") from error


def maybe_day(name: str, title: str) -> date | None:
    """Wie day, leer ist erlaubt."""
    return day(name, title) if text(name) else None


def share(name: str, title: str) -> Fraction:
    """Ein Anteil des Formulars."""
    try:
        return shares.parse(text(name))
    except shares.NotAShare as error:
        raise Refused(f"{title}: „{text(name)}“ {error}.") from error


def parts(raw: str, title: str) -> dict[str, str]:
    """Verteilung aus Zeilen oder Strichpunkten: „01.01 = 2/3; 05.01 = 1/3“."""
    found: dict[str, str] = {}
    for piece in raw.replace("\n", ";").split(";"):
        if not piece.strip():
            continue
        product, mark, part = piece.partition("=")
        if not mark or product.strip() in found:
            raise Refused(f"{title}: als „01.01 = 2/3; 05.01 = 1/3“ angeben, jedes Produkt einmal.")
        found[product.strip()] = part.strip()
    return found


def worded(held: Mapping[str, Any], number: str) -> str:
    """Name und Personalnummer, oder nur die Nummer."""
    return f"{held[number]} ({number})" if number in held else number
