"""Liste mit Suche, Anzeige zum Lesen und Drucken, PDF, Kalendereintrag, Einbettung, Seiten zum Recht."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import date, timedelta
from urllib.parse import urlencode

from flask import Response, abort, current_app, render_template, request
from flask_babel import get_locale
from flask_babel import gettext as _
from markupsafe import Markup

from jobportal import board as brett
from jobportal import calendar, documents
from jobportal.board import Aushangzettel, Suche
from jobportal.content import paragraphs
from jobportal.public import door, structured
from jobportal.public.door import READER, absolute, board, find, kept, today
from jobportal.words import FIELDS
from tenants.web.access import public
from tenants.web.headers import CONTENT_SECURITY_POLICY

PAGE = 20
HELP = "jobportal.help"  # from above: gives the help for applicants in a language
NEVER_FRAMED = "frame-ancestors 'none'"
UMKREISE = (10, 20, 30, 50)


@dataclass(frozen=True)
class Help:
    """Hilfe von oben: Überschrift, Abschnitte mit Sprungziel, fertiger Text."""

    title: str
    parts: tuple[tuple[str, str], ...]
    body: Markup


@board.get("")
@public(READER)
def index() -> Response:
    """Alle offenen Stellen: suchen, filtern, blättern; die Suche steht in der Adresse."""
    held, wanted = brett.current(), _wanted()
    found = held.search(today(), wanted)
    number = max(1, min(_number("seite", 1), -(-len(found) // PAGE) or 1))
    shown = held.shown(today())
    employers = {one.arbeitgeber.kennung: one.arbeitgeber for one in shown}
    chosen = next((one for key, one in employers.items() if str(key) == wanted.arbeitgeber), None)
    return door.page(
        "list.html", found=found[(number - 1) * PAGE : number * PAGE], total=len(found), wanted=wanted,
        located=held.located(today(), wanted), number=number,
        last=-(-len(found) // PAGE) or 1, places=held.places(today()), fields=FIELDS, umkreise=UMKREISE,
        grades=sorted({one.anzeige.gruppe for one in shown}), employers=sorted(
            employers.values(), key=lambda one: one.name), chosen=chosen, address=_address)


@board.get("/<uuid:anzeige>")
@public(READER)
def show(anzeige: uuid.UUID) -> Response:
    """Eine Anzeige: bleibende Adresse, druckbar, mit Angaben für Suchmaschinen."""
    slip = find(anzeige)
    return door.page("show.html", slip=slip, parts=parts(slip), employer=slip.arbeitgeber, fields=FIELDS,
                     jsonld=structured.script(slip, absolute("show", anzeige=anzeige)), pay_words=pay_words)


@board.get("/<uuid:anzeige>/anzeige.pdf")
@public(READER)
def pdf(anzeige: uuid.UUID) -> Response:
    """Die Anzeige als PDF."""
    slip = find(anzeige)
    made = document(slip, absolute("show", anzeige=anzeige))
    return kept(_file(made, "application/pdf", f"stelle-{anzeige}.pdf"), 3600)


def document(slip: Aushangzettel, address: str) -> bytes:
    """Die Anzeige als PDF mit der Adresse, unter der sie steht."""
    ad = slip.anzeige
    facts = [_("Arbeitgeber: %(name)s", name=slip.arbeitgeber.name), _("Ort: %(place)s", place=f"{ad.plz} {ad.ort}"),
             pay_words(slip), _("Bewerben bis %(day)s", day=documents.german(slip.bis)),
             _("Kennziffer %(number)s", number=slip.kennziffer), address]
    return documents.render(documents.Schriftstueck(
        ad.titel, slip.arbeitgeber.name, (("", "\n".join(f"- {one}" for one in facts)), *_texts(slip)),
        slip.geaendert_am.date(), ad.kurz))


@board.get("/<uuid:anzeige>/frist.ics")
@public(READER)
def deadline(anzeige: uuid.UUID) -> Response:
    """Der letzte Tag der Bewerbung als Kalendereintrag."""
    slip = find(anzeige)
    made = calendar.all_day(f"frist-{anzeige}", slip.bis, _("Bewerbungsfrist: %(title)s", title=slip.anzeige.titel),
                            url=absolute("show", anzeige=anzeige), stamp=slip.geaendert_am)
    return kept(_file(made, "text/calendar; charset=utf-8", f"frist-{anzeige}.ics"))


@board.get("/einbetten/<uuid:arbeitgeber>")
@public(READER)
def embedded(arbeitgeber: uuid.UUID) -> Response:
    """Die Liste eines Arbeitgebers für seine eigene Seite; nur dessen Seiten dürfen sie in einen Rahmen nehmen."""
    found = [one for one in brett.current().shown(today()) if one.arbeitgeber.kennung == arbeitgeber]
    made = Response(render_template("board/embedded.html", found=found, absolute=absolute),
                    content_type="text/html; charset=utf-8")
    origins = " ".join(found[0].arbeitgeber.einbetten) if found else ""
    made.headers["Content-Security-Policy"] = CONTENT_SECURITY_POLICY.replace(
        NEVER_FRAMED, f"frame-ancestors {origins}" if origins else NEVER_FRAMED)
    return kept(made)


@board.get("/arbeitgeber/<uuid:arbeitgeber>/<any(datenschutz, impressum):seite>")
@public(READER)
def legal_page(arbeitgeber: uuid.UUID, seite: str) -> Response:
    """Datenschutz und Impressum eines Arbeitgebers."""
    found = next((one for one in brett.current().zettel if one.arbeitgeber.kennung == arbeitgeber), None)
    if found is None:
        abort(404)
    return door.page("legal.html", seite=seite, employer=found.arbeitgeber, text=paragraphs(found.datenschutz),
                     fassung=found.fassung)


@board.get("/barrierefreiheit")
@public(READER)
def accessibility() -> Response:
    """Erklärung zur Barrierefreiheit."""
    return door.page("accessibility.html")


@board.get("/hilfe")
@public(READER)
def help_page() -> Response:
    """Hilfe für Bewerberinnen und Bewerber, in der gewählten Sprache."""
    found: Help = current_app.extensions[HELP](str(get_locale()))
    return door.page("help.html", title=found.title, parts=found.parts, body=found.body)


@board.route("/<path:rest>", methods=["GET", "POST"])
@public(READER)
def nothing(rest: str) -> Response:
    """Alles andere gibt es nicht; die Antwort kommt von dieser Tür und setzt keinen Keks."""
    abort(404)


def pay_words(slip: Aushangzettel) -> str:
    """Die Spanne des Entgelts in Worten."""
    ad = slip.anzeige
    if ad.entgelt_von is None or ad.entgelt_bis is None:
        return ad.gruppe
    low, high = (f"{cents // 100:,}".replace(",", ".") for cents in (ad.entgelt_von, ad.entgelt_bis))
    return _("%(grade)s: %(low)s bis %(high)s € im Monat bei %(hours)s Stunden je Woche", grade=ad.gruppe, low=low,
             high=high, hours=ad.stunden.replace(".", ","))


def _texts(slip: Aushangzettel) -> list[tuple[str, str]]:
    ad = slip.anzeige
    named = ((_("Ihre Aufgaben"), ad.aufgaben), (_("Ihr Profil"), ad.profil), (_("Wir bieten"), ad.angebot),
             (_("Gut zu wissen"), "\n\n".join(slip.bausteine)))
    return [(head, text) for head, text in named if text.strip()]


def parts(slip: Aushangzettel) -> list[tuple[str, object]]:
    """Die Texte einer Anzeige mit ihren Überschriften, in Absätzen und Listen."""
    return [(head, paragraphs(text)) for head, text in _texts(slip)]


def _wanted() -> Suche:
    args = request.args
    flags = {name: args.get(name) == "ja" for name in ("teilzeit", "homeoffice", "ausbildung")}
    return Suche(args.get("suche", "")[:100], args.get("ort", "")[:60], _number("umkreis", 0),
                 args.get("bereich", "")[:20], args.get("gruppe", "")[:10], args.get("arbeitgeber", "")[:36],
                 sortierung=args.get("sortierung", "neu"), **flags)


def _number(name: str, otherwise: int) -> int:
    text = request.args.get(name, "")
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 6 else otherwise


def _address(**changes: str) -> str:
    """Adresse derselben Suche mit Änderungen."""
    values = {**{name: value for name, value in request.args.items() if value}, **changes}
    return "?" + urlencode({name: value for name, value in values.items() if value})


def _file(content: bytes, kind: str, name: str) -> Response:
    made = Response(content, content_type=kind)
    made.headers["Content-Disposition"] = f'inline; filename="{name}"'
    return made


def new_since(slip: Aushangzettel, day: date) -> bool:
    """Ob die Anzeige in der letzten Woche dazukam."""
    return slip.extern_ab >= day - timedelta(days=7)
