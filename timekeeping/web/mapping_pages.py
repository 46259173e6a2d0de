"""Formate eines Mandanten: wohin fremde Schlüssel und Personalnummern führen, in Fassungen; neue Formate als Profil."""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterator

from flask import Blueprint, Response, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as Answered

from tenants.db.session import TenantSession
from tenants.web import exports
from tenants.web.access import permission
from tenants.web.identity import current_mandate
from timekeeping import listing as stored
from timekeeping import profiles
from timekeeping.handover.kinds import ARTEN
from timekeeping.imports import profile
from timekeeping.imports.keys import ABWESENHEITEN, ARBEITSZEIT
from timekeeping.imports.problems import ImportFehler
from timekeeping.imports.profile import Profil, Zuordnung
from timekeeping.web import sharing
from timekeeping.web.words import KINDS, SHAPES, UNIT_WORDS

timemap_desk = Blueprint("timemap", __name__, url_prefix="/mandanten/<uuid:mandant>/zeiten/formate")
Answer = str | tuple[str, int] | Answered
BLANK = 5
MOST = 600
NUMBERED = re.compile(r"fremd-(\d{1,3})")
NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,39}")


@timemap_desk.get("")
@permission("time.read")
def index(mandant: uuid.UUID) -> str:
    """Alle Formate mit ihrer Fassung."""
    with sharing.session() as session:
        return _index(session)


@timemap_desk.post("")
@permission("import.write")
def describe(mandant: uuid.UUID) -> Answer:
    """Behält ein hochgeladenes Profil (TOML) als neue Fassung."""
    with sharing.session() as session:
        try:
            with session.begin_nested():
                _name, data = sharing.sent_file()
                row = profiles.store(session, _text(data), reason=sharing.text("grund"))
        except ImportFehler as refused:
            return _index(session, str(refused)), 422
        name, version = row.name, row.fassung
    flash(_("Format %(name)s gilt jetzt in Fassung %(version)s.", name=name, version=version), "success")
    return redirect(url_for("timemap.page", mandant=mandant, name=name))


@timemap_desk.get("/<name>")
@permission("time.read")
def page(mandant: uuid.UUID, name: str) -> str:
    """Die Zuordnungen eines Formats und seine Fassungen."""
    with sharing.session() as session:
        return _page(session, name)


@timemap_desk.get("/<name>/profil.toml")
@permission("time.read")
def download(mandant: uuid.UUID, name: str) -> Response:
    """Das geltende Profil als Datei, zum Ändern und Wiedereinlesen."""
    with sharing.session() as session:
        _known(session, name)
        text = profiles.text_of(session, name)
    return exports.attachment(text.encode(), "application/toml", f"{name}.toml")


@timemap_desk.post("/<name>")
@permission("import.write")
def save(mandant: uuid.UUID, name: str) -> Answer:
    """Behält die Zuordnungen als neue Fassung."""
    with sharing.session() as session:
        _known(session, name)
        try:
            with session.begin_nested():
                allowed = sharing.ports().stock(session, None)
                row = profiles.map_keys(
                    session, name, schluessel=list(_keys(allowed.schluessel)), reason=sharing.text("grund"),
                    personen=_pairs("person", frozenset(allowed.personen)), mandant=sharing.text("mandant"),
                    bestaetigung=bool(sharing.text("bestaetigung")),
                    einheiten=_pairs("einheit", frozenset(UNIT_WORDS)))
        except ImportFehler as refused:
            return _page(session, name, str(refused)), 422
        version = row.fassung
    flash(_("Die Zuordnungen gelten jetzt in Fassung %(version)s. Wartende Dateien bitte neu prüfen.", version=version),
          "success")
    return redirect(url_for("timemap.page", mandant=mandant, name=name))


def _keys(allowed: frozenset[str]) -> Iterator[Zuordnung]:
    for number in _numbers():
        foreign, own = sharing.text(f"fremd-{number}"), sharing.text(f"eigen-{number}")
        if not foreign and not own:
            continue
        if not foreign or not own:
            if foreign and sharing.text(f"neu-{number}"):
                continue
            raise ImportFehler(_("Schlüssel „%(key)s“: eine der beiden Seiten fehlt", key=foreign or own),
                               _("beide angeben oder beide leeren"))
        if own not in allowed:
            raise ImportFehler(_("Den eigenen Schlüssel „%(key)s“ gibt es nicht", key=own),
                               _("Lohnart anlegen oder einen anderen wählen"))
        yield Zuordnung(foreign, own, sharing.day(f"von-{number}", foreign), sharing.day(f"bis-{number}", foreign))


def _numbers() -> list[int]:
    found = sorted(int(hit[1]) for hit in map(NUMBERED.fullmatch, request.form) if hit)
    return found[:MOST]


def _pairs(kind: str, allowed: frozenset[str]) -> dict[str, str]:
    found: dict[str, str] = {}
    for number in range(MOST):
        foreign, own = sharing.text(f"{kind}-fremd-{number}"), sharing.text(f"{kind}-eigen-{number}")
        if not foreign or not own:
            continue
        if own not in allowed:
            raise ImportFehler(_("„%(own)s“ gibt es hier nicht", own=own), _("aus den eigenen wählen"))
        if found.setdefault(foreign, own) != own:
            raise ImportFehler(_("„%(key)s“ ist zweimal zugeordnet", key=foreign), _("eine Zeile leeren"))
    return found


def _text(data: bytes) -> str:
    if len(data) > profile.MAX_TOML:
        raise ImportFehler(_("Das Profil ist zu lang"), _("kürzen"))
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise ImportFehler(_("Das Profil ist nicht UTF-8"), _("als UTF-8 speichern")) from error
    if not NAME.fullmatch(profile.parse(text).name):
        raise ImportFehler(_("Der Name eines Profils besteht aus a bis z, 0 bis 9, - und _"), _("umbenennen"))
    return text


def _known(session: TenantSession, name: str) -> Profil:
    try:
        return profiles.current(session, name)[0]
    except ImportFehler:
        abort(404)


def _index(session: TenantSession, refused: str | None = None) -> str:
    return render_template("timekeeping/formats.html", held=current_mandate(), refused=refused, raw=request.form,
                           profiles=profiles.all_current(session), shapes=SHAPES, kinds=KINDS)


def _page(session: TenantSession, name: str, refused: str | None = None) -> str:
    held = _known(session, name)
    new_keys, new_people = stored.unmapped(session, held)
    rows = [*held.schluessel, *(Zuordnung(key, "") for key in new_keys)]
    people = [*held.personen.items(), *((number, "") for number in new_people)]
    return render_template(
        "timekeeping/mapping.html", held=current_mandate(), profil=held, refused=refused, raw=request.form,
        rows=rows, fresh=len(held.schluessel), people=people, blank=BLANK, versions=profiles.history(session, name),
        waiting=stored.waiting(session, name), own_keys=_own_keys(session), shapes=SHAPES, kinds=KINDS,
        unit_words=UNIT_WORDS, numbers=sorted(sharing.ports().people(session), key=lambda one: one.personalnummer))


def _own_keys(session: TenantSession) -> list[tuple[str, list[tuple[str, str]]]]:
    """Eigene Schlüssel zum Wählen, gruppiert; zuerst, was der Tarif bepreist."""
    types = sharing.ports().wage_types(session)
    priced = [(str(number), f"{number} {types[number]}") for number in sorted(types) if number in ARTEN]
    others = [(str(number), f"{number} {types[number]}") for number in sorted(types) if number not in ARTEN]
    own = [(ARBEITSZEIT, _("Arbeitszeit (Kommen und Gehen)"))]
    return [(_("Arbeitszeit"), own), (_("Lohnarten mit Preis nach Tarif"), priced),
            (_("Abwesenheiten"), list(ABWESENHEITEN.items())), (_("Übrige Lohnarten"), others)]
