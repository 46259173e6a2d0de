"""Hinweise aller Arbeitgeber des Auftrags: nach Ursache, Arbeitgeber und Stufe; zuweisen, begründen, hingehen."""

from __future__ import annotations

import textwrap
import uuid
from collections import defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import date
from typing import Any

from flask import Blueprint, abort, current_app, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.wrappers import Response

from payroll.runs import befunde
from payroll.runs.errors import RunRefused
from payroll.web.desk import month_range
from payroll.web.desk.finding_rows import (
    KEEP,
    LEVEL_CHOICES,
    NOBODY,
    STANDS,
    Cause,
    Row,
    Wanted,
    causes,
    levelled,
    read,
    stands,
    wanted_of,
)
from payroll.web.desk.finding_words import word
from tenants.db.session import TenantSession, platform_session, tenant_session
from tenants.users.mandates import holders
from tenants.web import exports, formats, inputs, lists
from tenants.web.access import permission
from tenants.web.identity import HeldMandate, Identity, current
from tenants.web.shell import settings_of

finding_desk = Blueprint("allfindings", __name__, url_prefix="/hinweise")
PER_PAGE, WORD = 50, 40
HEADER = ("Arbeitgeber", "Stufe", "Ursache", "Datensatz", "Regel", "Abhilfe", "Zuständig", "Begründung",
          "Begründet von")
SHOWN = (*KEEP, "suche", "sortierung", "richtung", "seite")
Choices = list[tuple[str, str]]

COLUMNS: Mapping[str, Callable[[Row], Any]] = {
    "stufe": lambda row: (row.level, row.word, row.held.number, row.record),
    "arbeitgeber": lambda row: (row.held.number, row.level, row.word),
    "name": lambda row: lists.sort_key(row.name or row.record),
    "zustaendig": lambda row: (row.one.zustaendig == "", row.one.zustaendig, row.level),
}


@finding_desk.get("")
@permission("run.read")
def page() -> str | Response:
    """Alle Befunde eines Monats bei allen Arbeitgebern, deren Läufe der Mensch sehen darf."""
    return _page()


def _page(refused: str = "", ticked: Collection[str] = ()) -> str | Response:
    """Die Seite; nach einer Ablehnung mit dem, was eingegeben ist, und den Kreuzen, die noch zu tun sind."""
    me, today = current(), settings_of(current_app).today()
    wanted = wanted_of(request.args, _month(today))
    mandates = me.holding("run.read")
    if (export := request.args.get("format", "")) not in ("", "csv", "xlsx"):
        abort(404)
    every, first = read(me, mandates, wanted, today, export)
    near = [row for row in every if stands(row, wanted)]
    rows = [row for row in near if levelled(row, wanted) and wanted.cause in ("", *row.causes)]
    listing = lists.listing(rows, columns=COLUMNS, searched=_searched, default="stufe", keep=KEEP, page_size=PER_PAGE)
    if export:
        return exports.respond(export, f"hinweise-{wanted.month:%Y-%m}", HEADER, map(_exported, listing.rows))
    previous, following = month_range.neighbours(wanted.month, first, month_range.last_month(today))
    found = causes([row for row in near if levelled(row, wanted)])
    people = _people(me, mandates, today)
    return render_template(
        "payroll/desk/all_findings.html", month=wanted.month, wanted=wanted, listing=listing, causes=found,
        kept=_kept(*KEEP, "suche"), shown=_kept(*SHOWN),
        employers=_with([(held.number, f"{held.number} {held.name}") for held in mandates], wanted.employer),
        levels=LEVEL_CHOICES, stands=STANDS, people=people, nobody=NOBODY,
        responsible=_with([(NOBODY, _("niemand")), *people], wanted.who),
        able=any(row.to_assign or row.to_settle for row in listing.rows), fields=_fields(found, wanted),
        given={"an": me.login, **request.form.to_dict()}, ticked=ticked,
        previous=previous, following=following, refused=refused)


def _kept(*names: str) -> dict[str, str]:
    return {name: request.args[name] for name in names if request.args.get(name)}


def _with(choices: Choices, chosen: str) -> Choices:
    """Die Auswahl samt dem, wonach gefiltert ist, auch wenn es sonst nicht darin stünde."""
    return choices if not chosen or chosen in dict(choices) else [*choices, (chosen, _short(chosen))]


def _fields(found: Sequence[Cause], wanted: Wanted) -> Choices:
    """Ursachen zur Auswahl nach ihrem Wort; die gewählte immer, mit ihrer Abhilfe, wenn nur diese gemeint ist."""
    named = {one.feld: _short(one.word) for one in found}
    if wanted.cause and wanted.cause not in named:
        exact = next((_short(f"{one.word}: {one.abhilfe}", 2 * WORD) for one in found if one.key == wanted.cause), "")
        named[wanted.cause] = exact or _short(word(wanted.cause.partition(":")[0], wanted.month, {}))
    return sorted(named.items(), key=lambda one: lists.sort_key(one[1]))


def _short(text: str, width: int = WORD) -> str:
    return textwrap.shorten(text, width, placeholder=" …")


@finding_desk.post("/zuweisen")
@permission("run.check")
def assign() -> Response | tuple[str | Response, int]:
    """Weist die angekreuzten Befunde jemandem zu, der sie bei jedem der Arbeitgeber prüfen darf."""
    me, today = current(), settings_of(current_app).today()
    to, chosen, month = request.form.get("an", "").strip(), _chosen(), _month(today)
    if not to:
        return _refused(_("Bitte angeben, wem die Hinweise zugewiesen werden; „niemand“ nimmt die Zuweisung weg."))
    login = "" if to == NOBODY else to
    with platform_session(actor=me.login) as session:
        able = holders(session, [held.tenant_id for held in chosen], "run.check", today)
    for held in chosen:
        if login and login != me.login and login not in able.get(held.tenant_id, {}):
            return _refused(_(
                "%(name)s hat bei %(employer)s kein Recht, Abrechnungen zu prüfen; zugewiesen ist nichts.", name=login,
                employer=held.name))
    return _each(chosen, lambda session, ids: befunde.assign(session, month, ids, login),
                 lambda n: ngettext("%(shown)s Hinweis zugewiesen.", "%(shown)s Hinweise zugewiesen.", n,
                                    shown=formats.count(n)))


@finding_desk.post("/begruenden")
@permission("run.check")
def settle() -> Response | tuple[str | Response, int]:
    """Lässt die angekreuzten Befunde mit einer Begründung stehen; jeder steht einzeln im Protokoll."""
    reason, month = request.form.get("begruendung", ""), _month(settings_of(current_app).today())
    return _each(_chosen(), lambda session, ids: befunde.acknowledge_chosen(session, month, ids, reason),
                 lambda n: ngettext("%(shown)s Hinweis bleibt mit Begründung stehen.",
                                    "%(shown)s Hinweise bleiben mit Begründung stehen.", n, shown=formats.count(n)))


def _each(chosen: Mapping[HeldMandate, set[uuid.UUID]], work: Callable[[TenantSession, set[uuid.UUID]], int],
          words: Callable[[int], str]) -> Response | tuple[str | Response, int]:
    """Tut es bei jedem Arbeitgeber für sich; was abgelehnt wird, steht mit seinem Grund auf der Seite."""
    if not chosen:
        return _refused(_("Bitte mindestens einen Hinweis ankreuzen, bei dem Sie das dürfen."))
    done, refused = 0, dict[HeldMandate, str]()
    for held, ids in chosen.items():
        try:
            with tenant_session(held.tenant_id, actor=current().login) as session:
                done += work(session, ids)
        except RunRefused as error:
            refused[held] = f"{held.name}: {error}"
    if done:
        flash(words(done), "success")
    if refused:
        return _refused(" ".join(refused.values()), [f"{held.public_id}:{number}" for held in refused
                                                    for number in chosen[held]])
    return redirect(url_for("allfindings.page", **_kept(*SHOWN)))


def _refused(words: str, ticked: Collection[str] | None = None) -> tuple[str | Response, int]:
    return _page(words, request.form.getlist("befund") if ticked is None else ticked), 409


def _chosen() -> dict[HeldMandate, set[uuid.UUID]]:
    """Die angekreuzten Befunde je Arbeitgeber, bei dem der Mensch sie prüfen darf; Unlesbares gibt es nicht."""
    held = {str(one.public_id): one for one in current().holding("run.check")}
    found: dict[HeldMandate, set[uuid.UUID]] = defaultdict(set)
    for text in request.form.getlist("befund"):
        employer, _sep, number = text.partition(":")
        if employer not in held:
            abort(404)
        try:
            found[held[employer]].add(uuid.UUID(number))
        except ValueError:
            abort(404)
    return found


def _people(me: Identity, mandates: list[HeldMandate], today: date) -> list[tuple[str, str]]:
    """Wem zugewiesen werden kann: wer bei einem der Arbeitgeber prüfen darf; der Mensch selbst zuerst."""
    mine = [held.tenant_id for held in mandates if held.may("run.check")]
    with platform_session(actor=me.login) as session:
        able = holders(session, mine, "run.check", today)
    names = {login: name for people in able.values() for login, name in people.items() if login != me.login}
    return [(me.login, me.display_name), *sorted(names.items(), key=lambda one: lists.sort_key(one[1]))]


def _month(today: date) -> date:
    """Der Monat der Adresse, sonst der laufende; weiter als der nächste geht es nicht."""
    try:
        month = inputs.month(request.args["monat"])
    except (KeyError, inputs.InputError):
        return today.replace(day=1)
    return min(month, month_range.last_month(today))


def _searched(row: Row) -> str:
    return f"{row.record} {row.word} {row.rule} {row.held.name}"


def _exported(row: Row) -> tuple[str, ...]:
    found = row.one.hinweis
    return (f"{row.held.number} {row.held.name}", found.stufe, row.word, row.record, row.rule, found.abhilfe,
            row.one.zustaendig, found.begruendung or "", found.erledigt_von or "")
