"""Was sich gegenüber dem Vormonat geändert hat: jede Ursache eines Laufs mit Wirkung und Belegen, Summe und Rest."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import date

from flask import Blueprint, abort, render_template, request
from flask_babel import lazy_gettext as _
from sqlalchemy import select
from werkzeug.wrappers import Response

from payroll.runs import probelauf, reading, wandel
from payroll.runs.errors import RunRefused
from payroll.runs.models import Lauf
from payroll.runs.wandel.anteile import ARTEN, Anteil, Wandel
from payroll.runs.wandel.lesen import totals
from payroll.web.desk.run_reading import previous_month
from payroll.web.desk.runs import month_of
from tenants import audit
from tenants.db.session import TenantSession, tenant_session
from tenants.web import exports, formats, inputs, lists
from tenants.web.access import permission
from tenants.web.identity import current, current_mandate

change_desk = Blueprint("changes", __name__, url_prefix="/mandanten/<uuid:mandant>/abrechnung/<monat>/aenderungen")
MOST_MONTHS = 24
HEADER = ("Personalnummer", "Name", "Art", "Ursache", "Vorher", "Nachher", "Wirkung", "Belege")
KIND_WORDS = {
    "regeln": _("Rechtsregeln des Programms"),
    "kalender": _("Kalender"),
    "recht": _("Rechtswerte"),
    "kasse": _("Sätze der Krankenkasse"),
    "versicherung": _("Sozialversicherung"),
    "kinder": _("Kinder"),
    "steuer": _("Steuermerkmale"),
    "zusatzversorgung": _("Zusatzversorgung"),
    "person": _("Angaben zur Person"),
    "eingruppierung": _("Eingruppierung und Arbeitszeit"),
    "beschaeftigung": _("Beschäftigung"),
    "fehlzeit": _("Fehlzeit"),
    "familie": _("Familienzuschlag"),
    "bezug": _("Bezug"),
    "anlass": _("Zahlung aus Anlass"),
    "nebenleistung": _("Nebenleistungen"),
    "einstellung": _("Einstellungen des Arbeitgebers"),
    "pfaendung": _("Pfändung und Abtretung"),
    "verlauf": _("Werte der Vormonate"),
    "rueckrechnung": _("Rückrechnung"),
    "vortrag": _("Vortrag aus dem Vormonat"),
}
assert KIND_WORDS.keys() == ARTEN.keys()


@dataclass(frozen=True)
class Row:
    """Eine Ursache bei einem Menschen."""

    one: Wandel
    share: Anteil


COLUMNS = {
    "name": lambda row: lists.sort_key(row.one.name),
    "art": lambda row: list(ARTEN).index(row.share.art),
    "wirkung": lambda row: row.share.wirkung,
    "groesse": lambda row: abs(row.share.wirkung),
}


@change_desk.get("")
@permission("run.read")
def page(mandant: uuid.UUID, monat: str) -> str | Response:
    """Alle Ursachen des Monats, nach Art, Mindestbetrag und Person gefiltert; Summen je Art mit Rest."""
    month, held = month_of(monat), current_mandate()
    with tenant_session(held.tenant_id, actor=current().login) as session:
        state = reading.month_state(session, month)
        against = compared_with(session, month, state.lauf if state else None)
        chosen = request.args.get("gegen", "")
        found = found_against(session, month, chosen if chosen in dict(against) else "")
        audit.record_reading(session, "lauf.aenderungen_gelesen", f"lauf:{month:%Y-%m}", {"anzahl": len(found)})
    kind, lowest = request.args.get("art", ""), least()
    rows = [Row(one, share) for one in found for share in one.anteile]
    shown = [row for row in rows if kind in ("", row.share.art) and abs(row.share.wirkung) >= lowest]
    listing = lists.listing(shown, columns=COLUMNS, searched=_searched, default="name",
                            keep=("art", "mindestens", "gegen"))
    export = request.args.get("format")
    if export:
        return exports.respond(export, f"aenderungen-{held.number}-{monat}", HEADER, map(_exported, listing.rows))
    return render_template(
        "payroll/desk/changes.html",
        held=held,
        month=month,
        before=previous_month(month),
        state=state,
        listing=listing,
        sums=totals(found),
        difference=sum(one.unterschied for one in found),
        remainder=sum(abs(one.rest) for one in found),
        people=len(found),
        kinds=KIND_WORDS,
        kind=kind if kind in ARTEN else "",
        least=request.args.get("mindestens", ""),
        against=against,
        chosen=chosen if chosen in dict(against) else "",
        shown_sum=sum(row.share.wirkung for row in shown),
    )


def compared_with(session: TenantSession, month: date, lauf: Lauf | None) -> list[tuple[str, str]]:
    """Womit sich ein Lauf vergleichen lässt: seine früheren Probeläufe und gerechnete Monate davor, neueste zuerst."""
    if lauf is None:
        return []
    trials = [(f"probe-{one.fassung}", _("Probelauf %(number)s vom %(at)s", number=one.fassung,
                                         at=formats.moment(one.berechnet_am)))
              for one in probelauf.earlier(session, lauf)]
    before = previous_month(month)
    months = session.scalars(select(Lauf.monat).where(Lauf.monat < before, Lauf.zustand != "offen")
                             .order_by(Lauf.monat.desc()).limit(MOST_MONTHS))
    return [*trials, *((formats.month_key(one), formats.month(one)) for one in months)]


def found_against(session: TenantSession, month: date, chosen: str) -> list[Wandel]:
    """Der Vergleich mit dem Gewählten; leer: mit dem Vormonat. Wurde währenddessen neu gerechnet, sagt es die Seite."""
    try:
        return _found_against(session, month, chosen)
    except RunRefused:
        abort(409)


def _found_against(session: TenantSession, month: date, chosen: str) -> list[Wandel]:
    if chosen.startswith("probe-"):
        return wandel.of_trials(session, month, int(chosen.removeprefix("probe-")))
    return wandel.of_two_months(session, inputs.month(chosen), month) if chosen else wandel.of_month(session, month)


def _searched(row: Row) -> str:
    return f"{row.one.personalnummer} {row.one.name}"


def least() -> int:
    """Mindestbetrag der Wirkung in Cent; was keine Zahl ist, filtert nicht."""
    text = request.args.get("mindestens", "").strip().replace(".", "").replace(",", ".")
    whole, _point, cents = text.partition(".")
    if not whole.isascii() or not whole.isdigit() or len(whole) > 9 or not (cents or "0").isdigit():
        return 0
    return int(whole) * 100 + int((cents + "00")[:2])


def _exported(row: Row) -> tuple[object, ...]:
    share = row.share
    documents = "; ".join(filter(None, (_document(share, i) for i in range(len(share.belege)))))
    return (row.one.personalnummer, row.one.name, ARTEN[share.art], share.titel, share.vorher, share.nachher,
            exports.euros(share.wirkung), documents)  # fmt: skip


def _document(share: Anteil, place: int) -> str:
    one = share.belege[place]
    since: date | None = one.ab
    parts = (one.text, f"ab {since:%d.%m.%Y}" if since else "", one.wer, one.grund)
    return ", ".join(part for part in parts if part)
