"""Jede Seite steht hier, damit keine vergessen wird: gesehen in dieser Prüfung, in einer anderen, oder keine Seite.

Gesehen heißt: axe ohne Fund, kein seitliches Rollen bei 320 Bildpunkten (1280 bei 400 %, WCAG 1.4.10), kein Fehler im
Browser, keine Anfrage an einen anderen Rechner.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from flask import Flask
from playwright.sync_api import Page

import app as application
from tests.web.arriving import sign_in

AXE = Path(application.__file__).parent / "node_modules" / "axe-core" / "axe.min.js"
CONTRAST = """async () => (await axe.run(document, {runOnly: ['color-contrast']})).violations
    .flatMap(v => v.nodes.map(n => n.html.slice(0, 160) + n.any.map(a => a.message).join(' ')))"""
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
T = "/mandanten/{kreis}"
P = f"{T}/personen/{{person}}"
CLERK = {
    "home": "/", "news.page": "/neues", "requests.index": f"{T}/anliegen", "runs.index": f"{T}/abrechnung",
    "events.choose": f"{P}/ereignis",
    "certificates.form": f"{P}/bescheinigungen", "tenantsettings.index": f"{T}/stammdaten/einstellungen",
    "rulechoices.index": f"{T}/stammdaten/festlegungen", "wagetype.new": f"{T}/stammdaten/lohnart/neu",
    "stepchanges.index": f"{T}/personen/stufenwechsel", "pension.index": f"{T}/zusatzversorgung",
    "feedback.index": f"{T}/zahlungen/rueckmeldungen", "treasury.overview": "/zahlungen",
    "timecustom.index": f"{T}/zeiten/freie-tage",
    "timeabsence.index": f"{T}/zeiten/fehlzeiten", "timesource.index": f"{T}/zeiten/schnittstellen",
    "organisation.index": f"{T}/stellenplan/organisation", "staffplan.key_figures": f"{T}/stellenplan/kennzahlen",
    "law.proofs": "/rechenregeln/nachweise", "claims.page": f"{P}/pfaendungen",
    "events.entry": f"{P}/ereignis/geburt", "personalfile.index": f"{P}/akte", "portalaccess.page": f"{P}/portal",
    "letters.index": f"{P}/briefe", "workplace.page": f"{P}/stelle-und-zeiten",
    "letters.form": f"{P}/briefe/aenderung", "lettertemplates.index": f"{T}/stammdaten/briefvorlagen",
    "lettertemplates.form": f"{T}/stammdaten/briefvorlagen/erstanmeldung", "history.index": f"{T}/abrechnung/verlauf",
    "abroad.form": f"{T}/meldungen/a1-antrag", "leaver.form": f"{T}/meldungen/arbeitsbescheinigung",
    "accident.index": f"{T}/meldungen/unfallversicherung",
    "gifts.index": f"{T}/meldungen/zuwendungen",
}  # fmt: skip
AUDITOR = {"retention.index": f"{T}/datenschutz/aufbewahrung"}
EMPLOYEE = {
    "portal.read_log": "/portal/leseprotokoll", "yearview.index": "/portal/jahr", "owndata.index": "/portal/daten",
    "codes.form": "/sicherheit/codes", "passkeys.form": "/sicherheit/passkeys/neu",
    "documents.form": "/dokumente/oeffnen", "help.page": "/hilfe/hilfe-portal",
    "mytimes.index": "/portal/zeiten", "inside.index": "/hausstellen", "ownfile.index": "/portal/dokumente",
}  # fmt: skip
NOBODY = {"board.accessibility": "/stellen/barrierefreiheit", "board.help_page": "/stellen/hilfe",
          "board.embedded": "/stellen/einbetten/{kreis}",
          "kiosk.form": "/terminal", "signin.form": "/anmelden", "help.index": "/hilfe",
          "letter.form": "/anmelden/brief"}  # fmt: skip
VISITED = (("klara", CLERK), ("rolf", AUDITOR), ("ada", EMPLOYEE), ("", NOBODY))
SAME_PAGE = {"board.draft": "board.apply"}  # the form of an application, filled with what was saved
# Files, redirects, machines and addresses that carry a secret of their own: nothing to look at.
NO_PAGE = re.compile(
    r"\.(pdf|document|export|template|certificate|correction|memo|disclosure|appointment|original|download|static|text|"
    r"feed|atom|as_json|picture|sitemap|exchange|deadline|alive|ready|back|start|end|nothing)$")


def seen_elsewhere(app: Flask) -> set[str]:
    """Ansichten, deren Adresse in einer anderen Prüfung mit axe vorkommt (deren letztes festes Stück)."""
    texts = [path.read_text(encoding="utf-8") for path in Path(__file__).parents[1].rglob("test_*.py")]
    looking = " ".join(text for text in texts if "accessible(" in text or "looking" in text)
    found = set()
    for rule in app.url_map.iter_rules():
        pieces = [piece for piece in rule.rule.split("/") if piece and "<" not in piece]
        if pieces and pieces[-1] in looking:
            found.add(rule.endpoint)
    return found


def test_every_page_is_looked_at_somewhere(office: Any) -> None:
    views = {rule.endpoint for rule in office.app.url_map.iter_rules() if "GET" in (rule.methods or ())}
    here = set().union(*(places for _name, places in VISITED))
    assert here <= views, "Hier steht eine Seite, die es nicht mehr gibt."
    seen = here | seen_elsewhere(office.app)
    seen |= {view for view, same in SAME_PAGE.items() if same in seen}
    missing = {view for view in views - seen if not NO_PAGE.search(view)}
    assert sorted(missing) == []


@pytest.mark.browser
@pytest.mark.parametrize(("name", "places"), VISITED, ids=("clerk", "auditor", "employee", "nobody"))
def test_pages_at_four_hundred_percent(
    office: Any, page: Page, serve: Callable, name: str, places: dict[str, str]
) -> None:
    address, wrong, asked = serve(office.app), [], []
    page.on("request", lambda request: asked.append(request.url))
    page.set_viewport_size({"width": 320, "height": 640})
    if name:
        sign_in(page, address, office.users[name])
    known = {"kreis": office.tenants["kreis"].public_id, "person": office.people["Öztürk"].public_id}
    for view, place in places.items():
        answer = page.goto(address + place.format(**known))
        if answer is None or answer.status != 200 or page.locator("h1").count() != 1:
            wrong.append(f"{view}: keine Seite mit einer Überschrift")
            continue
        page.evaluate(AXE.read_text(encoding="utf-8"))
        found = page.evaluate(
            "async (tags) => (await axe.run(document, {runOnly: {type: 'tag', values: tags}})).violations"
            ".map(v => v.id + ': ' + v.nodes.map(n => n.html.slice(0, 120)).join(' | '))", RULES)
        wrong += [f"{view}: {one}" for one in found]
        page.emulate_media(color_scheme="dark", reduced_motion="reduce")
        wrong += [f"{view}, dunkel: {one}" for one in page.evaluate(CONTRAST)]
        page.emulate_media(color_scheme="light")
        over = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        wrong += [f"{view}: {over} Bildpunkte zu breit"] if over > 0 else []
    assert wrong == []
    assert {urlsplit(one).hostname for one in asked if not one.startswith("data:")} == {"127.0.0.1"}
