"""Auswahl der Lohnart eines wiederkehrenden Bezugs: angeboten wird nur, was einen Betrag abrechnet."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from flask_babel import lazy_gettext as _
from sqlalchemy import select

from payroll.masterdata.models import Lohnart
from payroll.masterdata.models.pay import PERSONENKREIS
from payroll.masterdata.wage_effects import Effects, load_effects, refusal
from tenants.db.session import TenantSession

if TYPE_CHECKING:
    from payroll.web.desk.fact_forms import FactInput

CIRCLES = {
    "alle": _("Für alle"),
    "tarif": _("Tarif"),
    "beamte": _("Beamtinnen und Beamte"),
    "auszubildende": _("Ausbildung"),
}


class WageChoices(dict[str, tuple[Any, str]]):
    """Alle Lohnarten zum Lesen und Zeigen; `groups` sind die angebotenen je Personenkreis."""

    def __init__(self, effects: Effects, ids: Mapping[int, int]) -> None:
        super().__init__()
        self.effects = effects
        self.groups: list[tuple[Any, list[tuple[str, str]]]] = []
        offered: dict[str, list[tuple[str, str]]] = {circle: [] for circle in PERSONENKREIS}
        for number, held in sorted(ids.items()):
            stands = effects.get(number, ())
            text = f"{number:04} {stands[-1].text if stands else ''}".strip()
            self[str(number)] = (held, text)
            if any(one.takes_amount for one in stands):
                offered[stands[-1].personenkreis].append((str(number), text))
        self.groups = [(CIRCLES[circle], rows) for circle, rows in offered.items() if rows]


def choices(session: TenantSession) -> WageChoices:
    """Lohnarten des Mandanten; zwei Abfragen."""
    ids = {row.nummer: row.id for row in session.execute(select(Lohnart.nummer, Lohnart.id))}
    return WageChoices(load_effects(session), ids)


def check(given: FactInput, options: Mapping[str, Any]) -> None:
    """Weist am Feld ab, was im Zeitraum keinen Betrag abrechnet, mit Abhilfe."""
    offered = options.get("lohnart_id")
    if not isinstance(offered, WageChoices) or given.valid_from is None:
        return
    held = given.values["lohnart_id"]
    number = next(int(key) for key, (value, _text) in offered.items() if value == held)
    refused = refusal(offered.effects, number, given.valid_from, given.valid_to)
    if refused is not None:
        reason, remedy = refused
        given.refuse("lohnart_id", f"{reason}: {remedy}.")
