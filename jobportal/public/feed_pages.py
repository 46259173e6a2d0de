"""Adressen der Verzeichnisse: Atom, Sitemap, Dateien der Börsen, Liste als JSON."""

from __future__ import annotations

from typing import Any

from flask import Response, request
from flask.json import dumps

from jobportal import board as brett
from jobportal import feeds
from jobportal.board import Aushangzettel
from jobportal.public.door import READER, absolute, board, kept, today
from tenants.web.access import public

WRITERS = {"indeed": feeds.indeed, "xing": feeds.xing, "linkedin": feeds.linkedin, "hr-ba": feeds.hr_ba}


@board.get("/stellen.atom")
@public(READER)
def atom() -> Response:
    """Offene Stellen zum Abonnieren."""
    made = feeds.atom(_chosen(), _address, absolute("atom"), absolute("index"))
    return kept(Response(made, content_type="application/atom+xml; charset=utf-8"))


@board.get("/sitemap.xml")
@public(READER)
def sitemap() -> Response:
    """Alle Seiten für Suchmaschinen."""
    made = feeds.sitemap(brett.current().shown(today()), _address, absolute("index"))
    return kept(Response(made, content_type="application/xml; charset=utf-8"))


@board.get("/boersen/<any(indeed, xing, linkedin, 'hr-ba'):boerse>.xml")
@public(READER)
def exchange(boerse: str) -> Response:
    """Datei für eine Stellenbörse, auf Wunsch nur eines Arbeitgebers."""
    made = WRITERS[boerse](_chosen(), _address, absolute("index"))
    return kept(Response(made, content_type="application/xml; charset=utf-8"))


@board.get("/stellen.json")
@public(READER)
def as_json() -> Response:
    """Die Liste für Seiten, die sie selbst gestalten; jede Seite darf sie lesen."""
    rows = [_row(one) for one in _chosen()]
    made = kept(Response(dumps({"stellen": rows}), content_type="application/json"))
    made.headers["Access-Control-Allow-Origin"] = "*"
    made.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    return made


def _chosen() -> list[Aushangzettel]:
    wanted = request.args.get("arbeitgeber", "")
    return [one for one in brett.current().shown(today()) if wanted in ("", str(one.arbeitgeber.kennung))]


def _address(slip: Aushangzettel) -> str:
    return absolute("show", anzeige=slip.kennung)


def _row(one: Aushangzettel) -> dict[str, Any]:
    ad = one.anzeige
    return {"id": str(one.kennung), "kennziffer": one.kennziffer, "titel": ad.titel,
            "arbeitgeber": one.arbeitgeber.name,
            "ort": ad.ort, "plz": ad.plz, "bereich": ad.bereich, "gruppe": ad.gruppe, "entgelt_von": ad.entgelt_von,
            "entgelt_bis": ad.entgelt_bis, "teilzeit": ad.teilzeit, "homeoffice": ad.homeoffice,
            "ausbildung": ad.ausbildung, "bis": one.bis.isoformat(), "adresse": _address(one)}
