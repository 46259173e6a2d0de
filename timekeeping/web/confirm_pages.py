"""Eine Leitung bestätigt die Zeilen ihrer Leute in einer vorgelegten Zeitdatei oder lehnt sie ab."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_babel import ngettext
from werkzeug.wrappers import Response

from tenants import audit
from tenants.db.session import TenantSession
from tenants.web.access import permission
from tenants.web.identity import current_mandate
from tenants.web.lists import listing
from timekeeping import confirming, service
from timekeeping.imports.moments import ZONE
from timekeeping.imports.problems import ImportFehler
from timekeeping.imports.rows import ANGENOMMEN
from timekeeping.models import ZeitDatei, ZeitZeile
from timekeeping.web import sharing
from timekeeping.web.words import FILE_STATES, ROW_STATES

timeconfirm_desk = Blueprint("timeconfirm", __name__,
                             url_prefix="/mandanten/<uuid:mandant>/zeiten/dateien/<uuid:datei>/bestaetigung")
Answer = str | tuple[str, int] | Response
COLUMNS: dict[str, Any] = {
    "name": lambda one: (one.kopf.name, one.kopf.personalnummer), "offen": lambda one: -one.offen,
    "nummer": lambda one: one.kopf.personalnummer,
}


@dataclass(frozen=True)
class Gruppe:
    """Zeilen einer Beschäftigung; offen: wie viele noch niemand bestätigt hat."""

    kopf: sharing.Kopf
    zeilen: Sequence[ZeitZeile]
    selbst: bool

    @property
    def offen(self) -> int:
        """Zeilen, die noch zu bestätigen sind."""
        return sum(row.stand == ANGENOMMEN and row.bestaetigt_von is None for row in self.zeilen)

    @property
    def summe(self) -> str:
        """Mengen je Einheit und Beträge dessen, was gebucht würde."""
        counted = [row for row in self.zeilen if row.stand == ANGENOMMEN]
        units = sorted({row.einheit for row in counted if row.einheit})
        parts = [sharing.quantity(unit, sum((row.menge or Decimal(0) for row in counted if row.einheit == unit),
                                            Decimal(0))) for unit in units if unit != "betrag"]
        if cents := sum(row.betrag or 0 for row in counted):
            parts.append(sharing.quantity(None, None, cents))
        return "; ".join(parts) or "–"


@timeconfirm_desk.get("")
@permission("time.read", by_unit=True)
def page(mandant: uuid.UUID, datei: uuid.UUID) -> str:
    """Die eigenen Leute in dieser Datei mit ihren Zeilen."""
    with sharing.session() as session:
        return _page(session, _find(session, datei))


@timeconfirm_desk.post("")
@permission("time.approve", by_unit=True)
def decide(mandant: uuid.UUID, datei: uuid.UUID) -> Answer:
    """Bestätigt die Zeilen der gewählten Personen oder lehnt sie ab."""
    accept = sharing.text("was") == "bestaetigen"
    with sharing.session() as session:
        held = _find(session, datei)
        try:
            with session.begin_nested():
                groups = _groups(session, held, "time.approve")
                wanted = set(request.form.getlist("person"))
                chosen = [group for group in groups if str(group.kopf.kennung) in wanted]
                if sharing.text("alle"):
                    chosen = [group for group in groups if not group.selbst]
                count = confirming.decide(session, held, [row for group in chosen for row in group.zeilen],
                                          bestaetigen=accept, grund=sharing.text("grund"),
                                          own={group.kopf.id for group in chosen if group.selbst})
        except ImportFehler as refused:
            session.expire_all()
            return _page(session, held, str(refused)), 422
    flash(ngettext("%(num)d Zeile bestätigt.", "%(num)d Zeilen bestätigt.", count) if accept
          else ngettext("%(num)d Zeile abgelehnt.", "%(num)d Zeilen abgelehnt.", count), "success")
    return redirect(url_for("timeconfirm.page", mandant=mandant, datei=datei))


def visible(session: TenantSession, right: str) -> confirming.Visible:
    """Für einen Monat die Beschäftigungen, für die das Recht dann reicht; je Monat einmal gelesen."""
    read: dict[date, Collection[int]] = {}

    def of(month: date) -> Collection[int]:
        if month not in read:
            read[month] = sharing.people_by_id(session, month, right).keys()
        return read[month]

    return of


def _groups(session: TenantSession, held: ZeitDatei, right: str) -> list[Gruppe]:
    people = {one.id: one for one in sharing.ports().people(session)}
    return [Gruppe(people[job], found, sharing.myself(people[job]))
            for job, found in confirming.rows(session, held, visible(session, right)).items()]


def _page(session: TenantSession, held: ZeitDatei, refused: str | None = None) -> str:
    groups = _groups(session, held, "time.read")
    if not groups and sharing.limited():
        abort(404)
    shown = listing(groups, columns=COLUMNS, default="name",
                    searched=lambda one: f"{one.kopf.personalnummer} {one.kopf.name}")
    audit.record_reading(session, "zeitdatei.gelesen", f"zeitdatei:{held.public_id}", {"personen": len(shown.rows)})
    return render_template("timekeeping/confirm.html", held=current_mandate(), datei=held, refused=refused,
                           listing=shown, raw=request.form, states=FILE_STATES, row_states=ROW_STATES,
                           quantity=sharing.quantity, at=_at, open=held.zustand == "vorgelegt",
                           waiting=sum(group.offen for group in groups))


def _at(moment: datetime) -> str:
    return f"{moment.astimezone(ZONE):%H:%M}"


def _find(session: TenantSession, datei: uuid.UUID) -> ZeitDatei:
    try:
        return service.find(session, str(datei))
    except ImportFehler:
        abort(404)
