"""Gemeinsames der Seiten: Sitzung, wer welche Stelle vertritt, Eingaben, die Anzeige aus einem Formular."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, ClassVar

from flask import abort, current_app, request
from flask_babel import gettext as _

from jobportal import applications, board, postings
from jobportal.content import BEREICHE, Anzeige
from jobportal.errors import Refused
from jobportal.models import Ausschreibung, Bewerbung, Einstellung
from staffplan import limits
from staffplan.reading import stand
from tenants.db.session import TenantSession, tenant_session
from tenants.web import inputs
from tenants.web.identity import current, current_mandate
from tenants.web.shell import settings_of

READ = "recruiting.take_part"
SIDE_OF_ROLE = {"municipality": "personal", "equality": "gleichstellung", "staff_council": "personalrat",
                "disability": "schwerbehinderung"}  # fmt: skip
TEXTS = ("titel", "einheit", "gruppe", "stunden", "teilzeit_grund", "befristung_grund", "strasse", "plz", "ort",
         "kontakt_name", "kontakt_telefon", "kontakt_email", "beruf")  # fmt: skip
LONG = ("kurz", "aufgaben", "profil", "angebot")
FLAGS = ("teilzeit", "homeoffice", "ausbildung", "unterrepraesentiert")


@dataclass(frozen=True)
class Ports:
    """Was andere Stockwerke dazugeben.

    `pay`: Spanne einer Gruppe aus der Entgelttabelle; `hire`: Vollziehen im Lohn; `steps`: Stufen einer Gruppe an
    einem Tag; `pension_funds`: Kürzel und Name der Zusatzversorgungskassen; `leaving`: letzter Tag je Personalnummer;
    `last_days`: letzter Tag je Person, None oder nicht genannt: noch da.
    """

    KEY: ClassVar[str] = "kreislohn.stellenmarkt"
    pay: Callable[[TenantSession, str, date], tuple[int, int] | None]
    hire: Callable[[TenantSession, Einstellung, str], object]
    steps: Callable[[TenantSession, str, date], Sequence[str]]
    pension_funds: Callable[[TenantSession], Sequence[tuple[str, str]]]
    leaving: Callable[[TenantSession, date], Mapping[str, date]]
    last_days: Callable[[TenantSession, Collection[uuid.UUID]], Mapping[uuid.UUID, date | None]]


def ports() -> Ports:
    """Die Anschlüsse der laufenden Anwendung."""
    found = current_app.extensions[Ports.KEY]
    assert isinstance(found, Ports)
    return found


@contextmanager
def session() -> Iterator[TenantSession]:
    """Sitzung des Mandanten der Adresse; danach liest das Brett neu."""
    with tenant_session(current_mandate().tenant_id, actor=current().login) as opened:
        yield opened
    if request.method == "POST":
        board.forget()


def today() -> date:
    """Heute, wie die Anwendung es sieht."""
    return settings_of(current_app).today()


def sides() -> set[str]:
    """Welche mitwirkenden Stellen der Angemeldete hier ist."""
    return {SIDE_OF_ROLE[role] for role in current_mandate().roles if role in SIDE_OF_ROLE}


def sees_disability() -> bool:
    """Nur Personalamt und Schwerbehindertenvertretung sehen die Angabe zur Schwerbehinderung."""
    return bool(sides() & {"personal", "schwerbehinderung"})


def may_see(opened: TenantSession, row: Bewerbung) -> bool:
    """Die Schwerbehindertenvertretung allein sieht nur Bewerbungen mit der Angabe; alle anderen sehen alle."""
    only = current_mandate().roles <= {"disability"}
    return not only or applications.severely_disabled(opened, row)


def find(opened: TenantSession, key: uuid.UUID) -> Ausschreibung:
    """Die Ausschreibung, sonst 404; eine Leitung findet nur die ihrer Einheit."""
    row = postings.find(opened, key)
    if row is None or not visible(opened, [row]):
        abort(404)
    return row


def visible(opened: TenantSession, rows: Sequence[Ausschreibung]) -> list[Ausschreibung]:
    """Was das Mandat zeigt: alles, oder nur Ausschreibungen zu Stellen der eigenen Einheiten."""
    units = current_mandate().limit(READ)
    if units is None:
        return list(rows)
    seen = limits.limited(opened, stand(opened, today()), units).stellen
    return [row for row in rows if row.stelle in seen]


def text(name: str, longest: int = 300) -> str:
    """Ein Feld des Formulars."""
    return request.form.get(name, "").strip()[:longest]


def day(name: str, title: str) -> date:
    """Ein Tag des Formulars; Unlesbares ist eine Ablehnung."""
    try:
        return inputs.day(text(name))
    except inputs.InputError as error:
        raise Refused(f"{title}: {error}") from error


def maybe_day(name: str, title: str) -> date | None:
    """Wie day, leer ist erlaubt."""
    return day(name, title) if text(name) else None


def whole(name: str, title: str) -> int:
    """Eine ganze Zahl des Formulars."""
    try:
        return inputs.whole(text(name))
    except inputs.InputError as error:
        raise Refused(f"{title}: {error}") from error


def posting_form() -> Anzeige:
    """Die Anzeige aus dem Formular."""
    values: dict[str, Any] = {name: text(name) for name in TEXTS}
    values |= {name: request.form.get(name, "").strip()[:6000] for name in LONG}
    values |= {name: text(name) == "ja" for name in FLAGS}
    values["bereich"] = text("bereich") if text("bereich") in BEREICHE else "sonstiges"
    values |= {"frist": maybe_day("frist", _("Bewerben bis")), "beginn": maybe_day("beginn", _("Beginn")),
               "befristet_bis": maybe_day("befristet_bis", _("Befristet bis"))}
    values |= {name: _cents(name) for name in ("entgelt_von", "entgelt_bis")}
    values |= {name: _degrees(name) for name in ("breite", "laenge")}
    return Anzeige(**values, anzahl=max(1, whole("anzahl", _("Plätze")) if text("anzahl") else 1))


def posting_values(ad: Anzeige) -> dict[str, str]:
    """Die Anzeige, wie das Formular sie zeigt."""
    shown = {name: str(value or "") for name, value in ad.as_json().items()}
    for name in ("frist", "beginn", "befristet_bis"):
        value = getattr(ad, name)
        shown[name] = f"{value:%d.%m.%Y}" if value else ""
    for name in ("entgelt_von", "entgelt_bis"):
        cents = getattr(ad, name)
        shown[name] = "" if cents is None else f"{cents // 100},{cents % 100:02}"
    for name in ("breite", "laenge"):
        value = getattr(ad, name)
        shown[name] = "" if value is None else f"{Decimal(value).scaleb(-6).normalize():f}".replace(".", ",")
    return shown | {name: "ja" if getattr(ad, name) else "" for name in FLAGS}


def _cents(name: str) -> int | None:
    if not text(name):
        return None
    try:
        return inputs.cents(text(name))
    except inputs.InputError as error:
        raise Refused(f"{_('Entgelt')}: {error}") from error


def _degrees(name: str) -> int | None:
    if not text(name):
        return None
    try:
        value = int(inputs.decimal(text(name), places=6).scaleb(6))
    except inputs.InputError as error:
        raise Refused(f"{_('Koordinaten')}: {error}") from error
    if not -180_000_000 <= value <= 180_000_000:
        raise Refused(_("Koordinaten: Grad zwischen -180 und 180 angeben."))
    return value
