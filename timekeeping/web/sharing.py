"""Gemeinsames der Seiten der Zeitwirtschaft: Anschlüsse, Sitzung, Eingaben, Wörter für Mengen."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, ClassVar

from flask import abort, current_app, flash, redirect, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from staffplan import limits
from tenants.db.session import TenantSession, tenant_session
from tenants.plain_text import file_name
from tenants.web import inputs, namesakes
from tenants.web.identity import current, current_mandate
from tenants.web.shell import settings_of
from timekeeping.handover.proposals import Vorschlag
from timekeeping.handover.quantities import Menge
from timekeeping.imports import values
from timekeeping.imports.judging import Bestand
from timekeeping.imports.moments import ZONE, at_place
from timekeeping.imports.problems import ImportFehler
from timekeeping.leave.service import Fehlzeiten
from timekeeping.rules.months import month_end

READ = "time.read"


@dataclass(frozen=True)
class Kopf:
    """Wer hinter einer Beschäftigung steht; geboren ist None, wo es niemand weiß."""

    id: int
    kennung: uuid.UUID
    person: uuid.UUID
    personalnummer: str
    name: str
    geboren: date | None


@dataclass(frozen=True)
class Versichert:
    """Was der Abruf einer eAU außer der Person braucht: Versicherungsnummer, Kasse und deren Betriebsnummer."""

    nummer: str
    kasse: str
    betriebsnummer: str


@dataclass(frozen=True)
class Preiszeile:
    """Was eine Lohnart eines Monats kostet (Cent); fehlt nennt, warum es keinen Preis gibt."""

    lohnart: int
    text: str
    menge: str
    satz: str
    betrag: int | None
    frei: int | None
    fehlt: str = ""


@dataclass(frozen=True)
class Ports:
    """Was andere Stockwerke dazugeben: Personen, Bestand, Lohnarten, Preise, das Übernehmen einer Fehlzeit; was nach
    dem Rücknehmen einer Datei noch als Fehlzeit gilt, und dessen Rücknahme."""

    KEY: ClassVar[str] = "kreislohn.timekeeping"
    people: Callable[[TenantSession], Sequence[Kopf]]
    stock: Callable[[TenantSession, date | None], Bestand]
    wage_types: Callable[[TenantSession], Mapping[int, str]]
    priced: Callable[[TenantSession, date, int, Sequence[Menge]], Sequence[Preiszeile]]
    adopt: Callable[..., Any]
    own: Callable[[TenantSession, frozenset[uuid.UUID]], Sequence[Kopf]]
    fehlzeiten: Fehlzeiten
    versichert: Callable[[TenantSession, Collection[int]], Mapping[int, Versichert]]
    verwaist: Callable[[TenantSession], Sequence[Vorschlag]]
    zuruecknehmen: Callable[..., int]


def ports() -> Ports:
    """Die Anschlüsse der laufenden Anwendung."""
    found = current_app.extensions[Ports.KEY]
    assert isinstance(found, Ports)
    return found


def session() -> AbstractContextManager[TenantSession]:
    """Sitzung des Mandanten der Adresse im Namen des Angemeldeten."""
    return tenant_session(current_mandate().tenant_id, actor=current().login)


def acting(act: Callable[[TenantSession], str], again: Callable[[TenantSession, str], str],
           endpoint: str) -> Response | tuple[str, int]:
    """Tut etwas ganz oder gar nicht: danach die Seite endpoint, bei Ablehnung die Seite again mit dem Grund (422)."""
    with session() as opened:
        try:
            with opened.begin_nested():
                words = act(opened)
        except ImportFehler as refused:
            opened.expire_all()
            return again(opened, str(refused)), 422
    flash(words, "success")
    return redirect(url_for(endpoint, mandant=current_mandate().public_id))


def today() -> date:
    """Heute, wie die Anwendung es sieht."""
    return settings_of(current_app).today()


def limited() -> bool:
    """Ob das Mandat nur für eine Organisationseinheit gilt."""
    return current_mandate().limit(READ) is not None


def people(opened: TenantSession, month: date | None = None, right: str = READ) -> list[Kopf]:
    """Die Beschäftigungen, für die das Recht reicht: einer Leitung nur die auf Stellen ihrer Einheit (im Monat, sonst
    heute)."""
    units = current_mandate().limit(right)
    if units is None:
        return list(ports().people(opened))
    first, last = (month, month_end(month)) if month is not None else (today(), today())
    numbers = limits.people(opened, units, first, last)
    return [one for one in ports().people(opened) if one.personalnummer in numbers]


def people_by_id(opened: TenantSession, month: date | None = None, right: str = READ) -> dict[int, Kopf]:
    """Dieselben nach ihrer Nummer im Bestand."""
    return {one.id: one for one in people(opened, month, right)}


def by_number(opened: TenantSession, number: str, right: str) -> Kopf:
    """Die Beschäftigung zu einer Personalnummer. Raises ImportFehler, wenn es sie für dieses Recht nicht gibt."""
    found = next((one for one in people(opened, right=right) if one.personalnummer == number), None)
    if found is None:
        raise ImportFehler(_("Die Personalnummer „%(number)s“ gibt es nicht", number=number[:20]), _("Nummer prüfen"))
    return found


def myself(one: Kopf) -> bool:
    """Ob das der angemeldete Mensch ist oder jemand, der ebenso heißt."""
    return namesakes.is_me(one.person, (one.name,))


def not_myself(one: Kopf) -> None:
    """Raises ImportFehler bei der eigenen Person: der Antrag kam vielleicht über ihren Zugang zum Portal."""
    if myself(one):
        raise ImportFehler(_("Über die eigene Zeit entscheidet niemand selbst, auch nicht, wer ebenso heißt"),
                           _("eine zweite Person bitten"))


def own_job(opened: TenantSession) -> Kopf:
    """Die eigene Beschäftigung: die der Adresse (stelle), sonst die erste; ohne eine gibt es die Seite nicht."""
    found = ports().own(opened, current_mandate().person_public_ids)
    wanted = request.values.get("stelle", "")
    chosen = next((one for one in found if str(one.kennung) == wanted), found[0] if found and not wanted else None)
    if chosen is None:
        abort(404)
    return chosen


def text(name: str) -> str:
    """Ein Feld des Formulars."""
    return request.form.get(name, "").strip()[:500]


def day(name: str, title: str) -> date | None:
    """Ein Tag des Formulars, leer ist erlaubt; Unlesbares ist eine Ablehnung."""
    if not text(name):
        return None
    try:
        return inputs.day(text(name))
    except inputs.InputError as error:
        raise ImportFehler(f"{title}: {str(error).rstrip('.')}", _("Datum berichtigen")) from error


def now() -> datetime:
    """Jetzt: die Uhrzeit des Servers am Tag der Anwendung, am Ort."""
    clock_ = datetime.now(ZONE)
    return datetime.combine(today(), clock_.time().replace(microsecond=0), ZONE)


def needed_day(name: str, title: str) -> date:
    """Ein Tag des Formulars, der nicht fehlen darf."""
    found = day(name, title)
    if found is None:
        raise ImportFehler(_("%(title)s fehlt", title=title), _("als 01.11.2026 angeben"))
    return found


def minutes_of(raw: str, title: str, *, most: int = 1440) -> int:
    """Uhrzeit oder Dauer (7:48, 7,8) als Minuten."""
    try:
        found = values.clock(raw) // 60 if ":" in raw else int(inputs.decimal(raw, places=2) * 60)
    except (values.Unlesbar, inputs.InputError) as error:
        raise ImportFehler(f"{title}: {str(error).rstrip('.')}", _("so schreiben: 7:48")) from error
    if not 0 <= found <= most:
        raise ImportFehler(_("%(title)s liegt nicht im Tag", title=title), _("so schreiben: 7:48"))
    return found


def local(raw_day: date, minutes: int) -> datetime:
    """Zeitpunkt am Ort: Tag und Minuten nach Mitternacht. Raises ImportFehler für eine Stunde, die es nicht gibt."""
    try:
        return at_place(raw_day, minutes * 60)
    except values.Unlesbar as error:
        raise ImportFehler(error.grund, error.abhilfe) from error


def month_of_address(monat: str) -> date:
    """Der Monat der Adresse; was keiner ist, gibt es nicht."""
    try:
        return inputs.month(monat)
    except inputs.InputError:
        abort(404)


def sent_file() -> tuple[str, bytes]:
    """Name und Inhalt der hochgeladenen Datei. Raises ImportFehler, wenn sie fehlt."""
    sent = request.files.get("datei")
    if sent is None or not sent.filename:
        raise ImportFehler(_("Es fehlt die Datei"), _("eine Datei wählen"))
    return file_name(sent.filename), sent.read()


def clock(minutes: int) -> str:
    """Minuten als Stunden und Minuten: 7:48."""
    return f"{'−' if minutes < 0 else ''}{abs(minutes) // 60}:{abs(minutes) % 60:02d}"


def quantity(unit: str | None, value: Decimal | None, cents: int | None = None) -> str:
    """Menge mit Einheit, wie sie auf den Seiten steht."""
    parts = []
    if unit and unit != "betrag" and value is not None and value:
        if unit == "sekunden":
            parts.append(f"{clock(int(value) // 60)} h")
        else:
            parts.append(f"{value.normalize():f}".replace(".", ",") + f" {UNITS.get(unit, unit)}")
    if cents:
        parts.append(f"{Decimal(cents) / 100:,.2f} €".replace(",", " ").replace(".", ",").replace(" ", "."))
    return ", ".join(parts) or "–"


UNITS = {"stunden": "Std.", "tage": "Tage", "stueck": "Stück", "faktor": "×"}
