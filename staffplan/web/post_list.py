"""Liste der Stellen an einem Tag: filtern, suchen, sortieren, ausgeben; dazu die Kennzahlen."""

from __future__ import annotations

import uuid
from operator import attrgetter
from typing import Any

from flask import Blueprint, Response, render_template, request

from staffplan import figures, settings, status
from staffplan.grades import sort_key
from staffplan.shares import short
from staffplan.state import Stelle
from staffplan.web import sharing
from tenants.web import exports
from tenants.web.access import permission
from tenants.web.identity import current_mandate
from tenants.web.lists import listing

post_list_desk = Blueprint(
    "staffplan", __name__, url_prefix="/mandanten/<uuid:mandant>/stellenplan", template_folder="templates")
COLUMNS: dict[str, Any] = {
    "nummer": attrgetter("nummer"), "bezeichnung": attrgetter("bezeichnung"), "einheit": attrgetter("einheit"),
    "gruppe": lambda post: str(sort_key(post.laufbahn, post.gruppe)), "anteil": attrgetter("anteil"),
    "frei": attrgetter("frei"),
}  # fmt: skip
HEADER = ("Stelle", "Bezeichnung", "Einheit", "Laufbahngruppe", "Gruppe", "Umfang", "besetzt", "frei", "Besetzt mit",
          "Vermerke", "Befristet bis")  # fmt: skip


@post_list_desk.get("")
@permission("staffplan.read", by_unit=True)
def index(mandant: uuid.UUID) -> str | Response:
    """Alle Stellen eines Tages, mit beiden Uhren."""
    day, mark = sharing.day_of_view(), request.args.get("zeichen", "")
    with sharing.session() as session:
        held, chosen = sharing.seen(session, day, sharing.known_of_view()), settings.of(session, day)
        names = sharing.names_of(session)
    marks = {one.nummer: status.marks(one, day, chosen.endet_bald) for one in held.stellen.values()}
    rows = [one for one in held.stellen.values() if not mark or mark in marks[one.nummer]]
    shown = listing(rows, columns=COLUMNS, searched=lambda one: _searched(one, names), default="nummer",
                    keep=("tag", "bekannt", "zeichen"))
    if kind := request.args.get("format"):
        return exports.respond(kind, f"stellen-{current_mandate().number}-{day:%Y-%m-%d}", HEADER,
                               [_exported(one, names) for one in shown.rows])
    counted = {name: sum(name in found for found in marks.values()) for name in status.ZEICHEN}
    return render_template(
        "staffplan/posts.html", held=current_mandate(), listing=shown, marks=marks, day=day, mark=mark, names=names,
        counted=counted, total=figures.totals(held), units=held.einheiten, places=chosen.stellen,
        known=request.args.get("bekannt", ""), share=short)


@post_list_desk.get("/kennzahlen")
@permission("staffplan.read", by_unit=True)
def key_figures(mandant: uuid.UUID) -> str | Response:
    """Kennzahlen eines Tages; kleine Gruppen bleiben verborgen."""
    day = sharing.day_of_view()
    with sharing.session() as session:
        held, chosen = sharing.seen(session, day), settings.of(session, day)
    rows = figures.by_grade(held, chosen.kleinste_gruppe)
    if kind := request.args.get("format"):
        return exports.respond(kind, f"kennzahlen-{current_mandate().number}-{day:%Y-%m-%d}", figures.HEADER,
                               [one.cells() for one in rows])
    return render_template("staffplan/figures.html", held=current_mandate(), day=day, rows=rows, share=short,
                           total=figures.totals(held), smallest=chosen.kleinste_gruppe)


def _searched(post: Stelle, names: Any) -> str:
    people = " ".join(f"{one.personalnummer} {names.get(one.personalnummer, '')}" for one in post.besetzungen)
    return f"{post.nummer} {post.bezeichnung} {post.einheit} {post.gruppe} {post.kostenstelle or ''} {people}"


def _exported(post: Stelle, names: Any) -> tuple[Any, ...]:
    people = ", ".join(f"{sharing.worded(names, one.personalnummer)} {short(one.anteil)}" for one in post.besetzungen)
    return (post.nummer, post.bezeichnung, post.einheit, post.laufbahn or "", post.gruppe, short(post.anteil),
            short(post.besetzt), short(post.frei) if post.frei >= 0 else f"-{short(-post.frei)}", people,
            ", ".join(one.art for one in post.vermerke), post.befristet_bis)
