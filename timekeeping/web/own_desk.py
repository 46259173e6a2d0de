"""Eigene Zeiterfassung am Schreibtisch: wer erfasst, Korrekturen entscheiden, Aufträge, Arbeitszeit und Dienste."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable, Mapping
from datetime import date, timedelta
from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy import select
from werkzeug.wrappers import Response

from tenants.db.session import TenantSession
from tenants.web.access import permission
from tenants.web.identity import current, current_mandate
from timekeeping.imports.moments import ZONE
from timekeeping.imports.problems import ImportFehler
from timekeeping.own import account, plan, service
from timekeeping.own.models import KAPPUNGEN, PAUSEN, REGELUNGEN, ZeitAuftrag, ZeitKorrektur
from timekeeping.rules.clock import each_day, week_start
from timekeeping.rules.facts import BEREICHE, SCHICHTARTEN, WOCHENTAGE
from timekeeping.rules.months import later, month_end
from timekeeping.web import sharing
from timekeeping.web.words import AREAS, CAPS, ORDERS, PAUSES, RULES, SHIFTS

timeown_desk = Blueprint("timeown", __name__, url_prefix="/mandanten/<uuid:mandant>/zeiten/erfassung")
Answer = str | tuple[str, int] | Response
WEEKS = 4
SOON = timedelta(days=62)


@timeown_desk.get("")
@permission("time.read", by_unit=True)
def index(mandant: uuid.UUID) -> str:
    """Offene Korrekturen, Aufträge, alle mit eigener Regelung."""
    with sharing.session() as session:
        return _index(session)


@timeown_desk.post("/korrektur")
@permission("time.approve", by_unit=True)
def correct(mandant: uuid.UUID) -> Answer:
    """Genehmigt eine Korrektur als zweite Person oder lehnt sie ab."""
    def act(session: TenantSession) -> str:
        row = _one(session, ZeitKorrektur, sharing.text("kennung"))
        accept = sharing.text("was") == "genehmigen"
        service.decide_correction(session, sharing.ports().stock(session, None), row, genehmigen=accept,
                                  grund=sharing.text("grund"))
        return _("Die Korrektur ist genehmigt.") if accept else _("Die Korrektur ist abgelehnt.")
    return _acting(act)


@timeown_desk.post("/auftrag")
@permission("time.approve", by_unit=True)
def order(mandant: uuid.UUID) -> Answer:
    """Ordnet Stunden oder Rufbereitschaft an, hält einen Einsatz fest."""
    def act(session: TenantSession) -> str:
        who = sharing.by_number(session, sharing.text("personalnummer"), "time.approve")
        sharing.not_myself(who)
        begin = sharing.local(sharing.needed_day("tag", _("Beginn")), sharing.minutes_of(sharing.text("von"), _("Von")))
        end = sharing.local(sharing.day("bis_tag", _("Ende")) or begin.date(),
                            sharing.minutes_of(sharing.text("bis"), _("Bis")))
        service.add_order(session, sharing.ports().stock(session, None), who.id, sharing.text("art"), begin, end,
                          grund=sharing.text("grund"))
        return _("Der Auftrag ist eingetragen.")
    return _acting(act)


@timeown_desk.post("/auftrag-zuruecknehmen")
@permission("time.approve", by_unit=True)
def cancel_order(mandant: uuid.UUID) -> Answer:
    """Zieht einen Auftrag zurück."""
    def act(session: TenantSession) -> str:
        row = _one(session, ZeitAuftrag, sharing.text("kennung"))
        service.withdraw_order(session, sharing.ports().stock(session, None), row, grund=sharing.text("grund"))
        return _("Der Auftrag ist zurückgezogen.")
    return _acting(act)


@timeown_desk.get("/<uuid:beschaeftigung>")
@permission("time.read", by_unit=True)
def person(mandant: uuid.UUID, beschaeftigung: uuid.UUID) -> str:
    """Arbeitszeit, Dienste und Gleitzeitkonto einer Person."""
    with sharing.session() as session:
        return _person(session, beschaeftigung)


@timeown_desk.post("/<uuid:beschaeftigung>/arbeitszeit")
@permission("time.write")
def rule(mandant: uuid.UUID, beschaeftigung: uuid.UUID) -> Answer:
    """Legt die Arbeitszeit ab einem Tag fest."""
    def act(session: TenantSession, who: sharing.Kopf) -> str:
        plan.set_rule(session, who.id, ab=sharing.needed_day("ab", _("Gilt ab")), reason=sharing.text("grund"),
                      bis=sharing.day("gilt_bis", _("Gilt bis")), **_rule_values())
        return _("Die Arbeitszeit gilt.")
    return _acting_on(beschaeftigung, act)


@timeown_desk.post("/<uuid:beschaeftigung>/dienste")
@permission("time.write")
def shifts(mandant: uuid.UUID, beschaeftigung: uuid.UUID) -> Answer:
    """Trägt die Dienste einer Woche ein; leer bleibt, wie es ist, „frei“ ist frei."""
    def act(session: TenantSession, who: sharing.Kopf) -> str:
        monday, count = week_start(sharing.needed_day("woche", _("Woche"))), 0
        for offset, name in enumerate(WOCHENTAGE):
            raw = sharing.text(f"dienst-{name}")
            if raw:
                begin, end, pause = _shift(raw, name)
                plan.set_shift(session, who.id, monday + timedelta(days=offset), beginn=begin, ende=end, pause=pause,
                               reason=sharing.text("grund"))
                count += 1
        if not count:
            raise ImportFehler(_("Kein Dienst angegeben"), _("so schreiben: 06:00-14:00/30 oder frei"))
        return _("Die Dienste sind eingetragen.")
    return _acting_on(beschaeftigung, act)


def _shift(raw: str, name: str) -> tuple[int, int, int]:
    """Dienst aus „22:00-06:00/45“ (Pause in Minuten) oder „frei“."""
    if raw.strip().lower() == "frei":
        return 0, 0, 0
    span, _slash, pause = raw.partition("/")
    first, dash, last = span.replace("–", "-").partition("-")
    if not dash or not (pause.strip() or "0").isdigit():
        raise ImportFehler(_("Dienst „%(text)s“ ist nicht lesbar", text=raw[:40]),
                           _("so schreiben: 06:00-14:00/30 oder frei"))
    begin, end = sharing.minutes_of(first.strip(), name), sharing.minutes_of(last.strip(), name)
    return begin, end if end > begin else end + 1440, int(pause.strip() or 0)


def _rule_values() -> dict[str, Any]:
    weeks = [[sharing.minutes_of(sharing.text(f"w{number}-{name}") or "0", name) for name in WOCHENTAGE]
             for number in range(WEEKS) if number == 0 or any(sharing.text(f"w{number}-{name}") for name in WOCHENTAGE)]
    chosen = {"art": REGELUNGEN, "pausen": PAUSEN, "kappung": KAPPUNGEN, "bereich": BEREICHE,
              "schichtarbeit": SCHICHTARTEN}
    for name, allowed in chosen.items():
        if sharing.text(name) not in allowed:
            raise ImportFehler(_("„%(name)s“ fehlt oder ist unbekannt", name=name), _("einen Wert wählen"))
    return {
        **{name: sharing.text(name) for name in chosen}, "wochen": weeks,
        "rahmen_von": sharing.minutes_of(sharing.text("rahmen_von") or "6:00", _("Rahmen von")),
        "rahmen_bis": sharing.minutes_of(sharing.text("rahmen_bis") or "21:00", _("Rahmen bis")),
        "kern_von": _maybe("kern_von"), "kern_bis": _maybe("kern_bis"), "plus_grenze": _limit("plus_grenze"),
        "minus_grenze": _limit("minus_grenze"), "saldo_anfang": _balance(sharing.text("saldo_anfang") or "0"),
        "staendig": bool(sharing.text("staendig")), "nachtarbeit": bool(sharing.text("nachtarbeit"))}


def _maybe(name: str) -> int | None:
    return sharing.minutes_of(sharing.text(name), name) if sharing.text(name) else None


def _limit(name: str) -> int | None:
    return sharing.minutes_of(sharing.text(name), name, most=60_000) if sharing.text(name) else None


def _balance(raw: str) -> int:
    text = raw.replace("−", "-").strip()
    found = sharing.minutes_of(text.lstrip("+-"), _("Stand am Anfang"), most=60_000)
    return -found if text.startswith("-") else found


def _one(session: TenantSession, model: type[Any], kennung: str) -> Any:
    try:
        found = session.scalars(select(model).where(model.public_id == uuid.UUID(kennung))).one_or_none()
    except ValueError:
        found = None
    people = sharing.people_by_id(session, right="time.approve")
    if found is None or found.beschaeftigung_id not in people:
        raise ImportFehler(_("Das gibt es nicht mehr"), _("Seite neu laden"))
    sharing.not_myself(people[found.beschaeftigung_id])
    return found


def _acting(act: Callable[[TenantSession], str]) -> Answer:
    return sharing.acting(act, _index, "timeown.index")


def _acting_on(beschaeftigung: uuid.UUID, act: Callable[[TenantSession, sharing.Kopf], str]) -> Answer:
    with sharing.session() as session:
        try:
            with session.begin_nested():
                words = act(session, _kopf(session, beschaeftigung))
        except ImportFehler as refused:
            session.expire_all()
            return _person(session, beschaeftigung, str(refused)), 422
    flash(words, "success")
    return redirect(url_for("timeown.person", mandant=current_mandate().public_id, beschaeftigung=beschaeftigung))


def _kopf(session: TenantSession, beschaeftigung: uuid.UUID) -> sharing.Kopf:
    found = next((one for one in sharing.people(session) if one.kennung == beschaeftigung), None)
    if found is None:
        abort(404)
    return found


def _seen(people: Mapping[int, sharing.Kopf], rows: Iterable[Any]) -> list[Any]:
    return [row for row in rows if row.beschaeftigung_id in people]


def _index(session: TenantSession, refused: str | None = None) -> str:
    today = sharing.today()
    people = sharing.people_by_id(session)
    held = plan.plans(session, today, today)
    rows = sorted(((people[job], one.regelung(today)) for job, one in held.items() if job in people),
                  key=lambda row: row[0].name)
    return render_template(
        "timekeeping/own.html", held=current_mandate(), refused=refused, raw=request.form, people=people, rows=rows,
        corrections=_seen(people, service.corrections(session, nur_offene=True)),
        orders=_seen(people, service.orders_between(session, today - SOON, today + SOON)), kinds=ORDERS, rules=RULES,
        clock=sharing.clock, myself=current().login, zone=ZONE,
        everyone=sorted(people.values(), key=lambda one: one.personalnummer))


def _person(session: TenantSession, beschaeftigung: uuid.UUID, refused: str | None = None) -> str:
    who, today = _kopf(session, beschaeftigung), sharing.today()
    month = sharing.month_of_address(request.args["monat"]) if request.args.get("monat") else today.replace(day=1)
    konto = account.flexitime(session, who.id, min(month_end(month), today))
    held = plan.plans(session, date(2000, 1, 1), date(2199, 1, 1), [who.id]).get(who.id)
    monday = week_start(today)
    return render_template(
        "timekeeping/own_person.html", held=current_mandate(), who=who, refused=refused, raw=request.form, konto=konto,
        rules=held.regelungen[::-1] if held else (), now=held.regelung(today) if held else None, clock=sharing.clock,
        month=month, before=later(month, -1), after=later(month, 1), today=today, weekdays_short=WOCHENTAGE,
        days=[day for day in konto.tage if day.tag.replace(day=1) == month] if konto else [], weeks=WEEKS,
        roster=[(day, held.dienste.get(day) if held else None)
                for day in each_day(monday, monday + timedelta(days=13))],
        words={"art": RULES, "pausen": PAUSES, "kappung": CAPS, "bereich": AREAS, "schichtarbeit": SHIFTS})
