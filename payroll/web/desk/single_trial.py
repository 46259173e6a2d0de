"""Probelauf eines Menschen: nach Name oder Personalnummer finden, rechnen, ansehen, nichts schreiben."""

from __future__ import annotations

import uuid

from flask import Blueprint, render_template, request
from flask_babel import gettext as _

from payroll.runs.errors import RunRefused
from payroll.runs.wirkung.einzeln import Einzelprobe, one_trial
from payroll.web.desk import finding_words
from payroll.web.desk.runs import month_of
from payroll.web.desk.search import PER_TENANT, SHORTEST, Hit, people_like
from payroll.web.desk.wage_types import wage_types
from tenants.db.session import TenantSession, tenant_session
from tenants.web.access import permission
from tenants.web.identity import HeldMandate, current, current_mandate

trial_desk = Blueprint("trials", __name__, url_prefix="/mandanten/<uuid:mandant>/abrechnung/<monat>/einzeln")


@trial_desk.get("")
@permission("run.calculate")
def page(mandant: uuid.UUID, monat: str) -> str | tuple[str, int]:
    """Fragt, um wen es geht, und zeigt, was der Lauf diesem Menschen jetzt zahlen würde; mehrere stehen zur Wahl."""
    month, held = month_of(monat), current_mandate()
    number, who = (request.args.get(name, "").strip()[:100] for name in ("nummer", "wen"))
    found: list[Einzelprobe] = []
    hits: list[Hit] = []
    refused, texts = "", dict[int, str]()
    try:
        with tenant_session(held.tenant_id, actor=current().login) as session:
            if who or number:
                hits = _meant(session, held, number or who, exact=bool(number))
            if len({hit.public_id for hit in hits}) == 1:
                found = one_trial(session, month, hits[0].personalnummer)
                texts = {one.nummer: one.text for one in wage_types(session, month)}
    except RunRefused as error:
        refused = str(error)
    shown = render_template("payroll/desk/single_trial.html", held=held, month=month, who=who or number, found=found,
                            hits=hits, limit=PER_TENANT, refused=refused,
                            word=lambda field: finding_words.word(field, month, texts))
    return (shown, 422) if refused else shown


def _meant(session: TenantSession, held: HeldMandate, text: str, *, exact: bool) -> list[Hit]:
    """Wer gemeint ist: genau diese Personalnummer, sonst alle, auf die Name oder Nummer passen."""
    if len(text) < SHORTEST and not exact:
        raise RunRefused(_("Bitte mindestens %(count)s Zeichen angeben.", count=SHORTEST))
    same = people_like(session, held, [], number=text)
    if exact and not same:
        raise RunRefused(_("Die Personalnummer %(number)s gibt es bei diesem Arbeitgeber nicht.", number=text))
    hits = same or people_like(session, held, text.split())
    if not hits:
        raise RunRefused(_("Zu „%(text)s“ gibt es bei diesem Arbeitgeber niemanden. Name oder Personalnummer prüfen.",
                           text=text))
    return hits
