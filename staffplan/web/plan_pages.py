"""Pläne eines Mandanten: aufstellen, Änderungen vorsehen, ansehen, beschließen, herunterladen, nachprüfen."""

from __future__ import annotations

import uuid
from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from staffplan import plans, shares
from staffplan.documents import content, files, tables
from staffplan.grades import LAUFBAHN_WORTE
from staffplan.models import Stellenplan
from staffplan.proposals import ALLOWED
from staffplan.reading import stand
from staffplan.rules import Refused
from staffplan.web import sharing
from staffplan.web.words import CHANGES, NOTES
from tenants import audit
from tenants.db.session import TenantSession
from tenants.web import exports, inputs
from tenants.web.access import permission
from tenants.web.identity import current, current_mandate

plan_desk = Blueprint("plan", __name__, url_prefix="/mandanten/<uuid:mandant>/stellenplan/plaene")
Answer = str | Response | tuple[str, int]
SIMPLE = ("bezeichnung", "gruppe", "laufbahn", "anteil", "einheit", "kostenstelle", "funktion", "sondervermoegen",
          "ziel_gruppe", "ziel_laufbahn", "teil", "text")  # fmt: skip
DAYS = ("befristet_bis", "termin", "bis")
FLAGS = ("zulage", "ausgesondert")


@plan_desk.get("")
@permission("staffplan.read")
def index(mandant: uuid.UUID) -> str:
    """Alle Pläne und Nachträge."""
    with sharing.session() as session:
        return _index(session)


@plan_desk.post("")
@permission("staffplan.write")
def draft(mandant: uuid.UUID) -> Answer:
    """Stellt einen Plan oder Nachtrag auf."""
    with sharing.session() as session:
        try:
            year = inputs.whole(sharing.text("jahr"))
            plan = plans.draft(session, year, reason=sharing.text("grund") or _("Aufstellung"))
        except (Refused, inputs.InputError) as refused:
            return _index(session, str(refused)), 422
        return redirect(url_for("plan.page", mandant=mandant, plan=plan.public_id))


@plan_desk.get("/<uuid:plan>")
@permission("staffplan.read")
def page(mandant: uuid.UUID, plan: uuid.UUID) -> str:
    """Ein Plan mit allen Tabellen."""
    with sharing.session() as session:
        return _page(session, _find(session, plan))


@plan_desk.get("/<uuid:plan>/datei.<art>")
@permission("staffplan.read")
def download(mandant: uuid.UUID, plan: uuid.UUID, art: str) -> Response:
    """Der Plan als PDF, XLSX oder CSV."""
    with sharing.session() as session:
        held = _find(session, plan)
        made = plans.preview(session, held)
    name = made.titel.lower().replace(". ", "-").replace(" ", "-")
    if art == "pdf":
        return exports.attachment(sharing.ports().pdf(made, held.sitzung or sharing.today(), _decided(held)),
                                  "application/pdf", f"{name}.pdf")
    if art not in ("xlsx", "csv"):
        abort(404)
    build, kind = (files.as_xlsx, exports.XLSX_TYPE) if art == "xlsx" else (files.as_csv, exports.CSV_TYPE)
    return exports.attachment(build(made), kind, f"{name}.{art}")


@plan_desk.post("/<uuid:plan>/aenderung")
@permission("staffplan.write")
def propose(mandant: uuid.UUID, plan: uuid.UUID) -> Answer:
    """Sieht eine Änderung vor."""
    def act(session: TenantSession, held: Stellenplan) -> str:
        plans.propose(session, held, sharing.text("art"), sharing.text("stelle"), ab=sharing.day("ab", _("Wirksam ab")),
                      werte=_values(sharing.text("art")), begruendung=sharing.text("begruendung"))
        return _("Die Änderung ist vorgesehen.")
    return _acting(plan, act)


@plan_desk.post("/<uuid:plan>/zurueckziehen")
@permission("staffplan.write")
def withdraw(mandant: uuid.UUID, plan: uuid.UUID) -> Answer:
    """Zieht eine vorgesehene Änderung zurück."""
    def act(session: TenantSession, held: Stellenplan) -> str:
        chosen = next((one for one in plans.changes(session, held) if str(one.nummer) == sharing.text("nummer")), None)
        if chosen is None:
            raise Refused(_("Die Änderung gibt es nicht mehr; Seite neu laden."))
        plans.withdraw(session, held, chosen, reason=sharing.text("grund") or _("zurückgezogen"))
        return _("Die Änderung ist zurückgezogen.")
    return _acting(plan, act)


@plan_desk.post("/<uuid:plan>/nachwuchs")
@permission("staffplan.write")
def trainees(mandant: uuid.UUID, plan: uuid.UUID) -> Answer:
    """Setzt die Übersicht der Nachwuchskräfte: eine Zeile je Ausbildung."""
    def act(session: TenantSession, held: Stellenplan) -> str:
        raw = request.form.get("zeilen", "")[:5000]
        plans.set_trainees(session, held, [_trainee(line) for line in raw.splitlines() if line.strip()],
                           reason=sharing.text("grund") or _("Übersicht der Nachwuchskräfte"))
        return _("Die Nachwuchskräfte sind erfasst.")
    return _acting(plan, act)


@plan_desk.post("/<uuid:plan>/beschluss")
@permission("staffplan.decide")
def decide(mandant: uuid.UUID, plan: uuid.UUID) -> Answer:
    """Vollzieht den Beschluss: der Plan gilt und ist eingefroren."""
    def act(session: TenantSession, held: Stellenplan) -> str:
        plans.decide(session, held, gremium=sharing.text("gremium"), sitzung=sharing.day("sitzung", _("Sitzung am")),
                     vorlage=sharing.text("vorlage"), reason=_("Beschluss vollzogen"))
        return _("%(title)s ist beschlossen und eingefroren.", title=plans.title(held))
    return _acting(plan, act)


@plan_desk.post("/<uuid:plan>/pruefen")
@permission("staffplan.read")
def verify(mandant: uuid.UUID, plan: uuid.UUID) -> Answer:
    """Prüft Prüfsumme und Nachbau eines beschlossenen Plans."""
    def act(session: TenantSession, held: Stellenplan) -> str:
        found = plans.verify(session, held) if held.inhalt is not None else [_("Der Plan ist noch ein Entwurf.")]
        audit.record(session, "stellenplan.geprueft", plans.title(held), {"abweichungen": len(found)})
        if found:
            raise Refused(" ".join(found))
        return _("Prüfsumme und Nachbau aus den Tatsachen stimmen.")
    return _acting(plan, act)


def _acting(plan: uuid.UUID, act: Any) -> Answer:
    with sharing.session() as session:
        held = _find(session, plan)
        try:
            with session.begin_nested():
                words = act(session, held)
        except Refused as refused:
            session.expire(held)
            return _page(session, held, str(refused)), 422
    flash(words, "success")
    return redirect(url_for("plan.page", mandant=current_mandate().public_id, plan=plan))


def _index(session: TenantSession, refused: str | None = None) -> str:
    held = plans.all_plans(session)
    named = [(one, plans.title(one)) for one in held]
    return render_template("staffplan/plans.html", held=current_mandate(), plans=named, refused=refused,
                           raw=request.form, next_year=sharing.today().year + 1)


def _page(session: TenantSession, held: Stellenplan, refused: str | None = None) -> str:
    made = plans.preview(session, held)
    units = stand(session, sharing.today()).einheiten
    return render_template(
        "staffplan/plan.html", held=current_mandate(), plan=held, made=made, tables=tables.of(made), cell=tables.text,
        decided=_decided(held), refused=refused, raw=request.form, amendable=_amendable(session, held),
        unit_choices=[(n, f"{n} {one.name}") for n, one in units.items()], changes=plans.changes(session, held),
        kinds=CHANGES, notes=NOTES, careers=LAUFBAHN_WORTE, own=held.entworfen_von == current().login,
        trainee_kinds=tables.NACHWUCHS_WORTE, trainee_text=_lines(made))


def _amendable(session: TenantSession, plan: Stellenplan) -> bool:
    """Ein Nachtrag gehört zum jüngsten Jahr und zu keinem offenen Entwurf."""
    known = plans.all_plans(session)
    return all(one.zustand == "beschlossen" for one in known) and plan.jahr == max(one.jahr for one in known)


def _decided(plan: Stellenplan) -> str:
    if plan.sitzung is None:
        return ""
    paper = f", Vorlage {plan.vorlage}" if plan.vorlage else ""
    seal = plan.sha256.hex()[:16] if plan.sha256 else ""
    return f"Beschlossen: {plan.gremium}, Sitzung am {plan.sitzung:%d.%m.%Y}{paper}; Prüfsumme {seal}"


def _values(art: str) -> dict[str, Any]:
    """Die Werte einer Änderung aus dem Formular; nur was zu ihrer Art gehört."""
    wanted = ALLOWED.get(art, set())
    found: dict[str, Any] = {name: sharing.text(name) for name in SIMPLE if name in wanted and sharing.text(name)}
    for name in DAYS:
        if name in wanted and sharing.text(name):
            found[name] = sharing.day(name, name).isoformat()
    found |= {name: True for name in FLAGS if name in wanted and sharing.text(name)}
    if "verteilung" in wanted and sharing.text("verteilung"):
        found["verteilung"] = {p: shares.exact(_part(part)) for p, part in sharing.parts(
            sharing.text("verteilung"), _("Verteilung")).items()}
    if "vermerk" in wanted:
        found["vermerk"] = sharing.text("vermerk")
    return found


def _part(text: str) -> Any:
    try:
        return shares.parse(text)
    except shares.NotAShare as error:
        raise Refused(f"„{text}“ {error}.") from error


def _trainee(line: str) -> content.Nachwuchs:
    cells = [cell.strip() for cell in line.split(";")]
    if len(cells) < 5 or not (cells[3].isascii() and cells[3].isdigit() and cells[4].isascii() and cells[4].isdigit()):
        raise Refused(_("Nachwuchskräfte: je Zeile „Art; Bezeichnung; Vergütung; vorgesehen; beschäftigt; Grund“."))
    return content.Nachwuchs(cells[0], cells[1], cells[2], int(cells[3]), int(cells[4]), "; ".join(cells[5:]))


def _lines(made: content.Inhalt) -> str:
    return "\n".join("; ".join((one.art, one.bezeichnung, one.verguetung, str(one.vorgesehen), str(one.beschaeftigt),
                                one.erlaeuterung)) for one in made.nachwuchs)


def _find(session: TenantSession, public_id: uuid.UUID) -> Stellenplan:
    found = plans.find(session, public_id)
    if found is None:
        abort(404)
    return found
