"""Festlegungen: wo zwei Lesarten des Rechts vertretbar sind, wählt der Arbeitgeber – datiert, mit Quelle und Grund."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from flask_babel import lazy_gettext as _
from sqlalchemy import select

from payroll.law.engine.parameters import Parameter
from payroll.masterdata.models import Rechtswert
from payroll.masterdata.service import FactError, record_fact
from payroll.runs.books import FESTLEGUNGEN, STUNDENSAETZE, settable
from payroll.runs.zeiten.entering import enter_rate
from payroll.web.desk import fact_forms
from payroll.web.desk.fact_fields import FactKind, Field
from tenants.db.session import TenantSession

WHOLE_FORM = "formular"


def said(name: str, value: Decimal) -> str:
    """Der Wert, wie er auf der Seite steht: Stundensätze mit ihrer Einheit, Lesarten als ganze Zahl."""
    if name not in STUNDENSAETZE:
        return f"{int(value)}"
    return f"{value:.2f}".replace(".", ",") + (" €" if STUNDENSAETZE[name] == "euro" else " %")


@dataclass(frozen=True)
class Choice:
    """Ein Wert, der festgelegt werden kann: das Recht, die eigene Wahl heute, alle bekannten Fassungen."""

    parameter: Parameter
    today: Decimal
    default: Decimal
    own: bool
    versions: list[Rechtswert]


def kind_of(name: str) -> FactKind:
    """Das Formular einer Festlegung."""
    quelle = Field("quelle", _("Quelle"), required=True, hint=_("Beschluss oder Vermerk mit Datum."))
    if name in STUNDENSAETZE:
        unit = _("Euro je Stunde") if STUNDENSAETZE[name] == "euro" else _("Prozent des eigenen Stundenentgelts")
        return FactKind(Rechtswert, settable()[name].titel, "tenant",
                        (Field("wert", unit, "number", required=True), quelle))
    readings = tuple((str(value), str(value)) for value in FESTLEGUNGEN[name])
    return FactKind(
        Rechtswert,
        settable()[name].titel,
        "tenant",
        (
            Field("wert", _("Lesart"), "choice", required=True, choices=readings),
            quelle,
        ),
    )


def choices(session: TenantSession, day: date) -> list[Choice]:
    """Alle Festlegungen, die möglich sind; eine Abfrage."""
    rows = session.scalars(select(Rechtswert)
                           .where(Rechtswert.superseded_at.is_(None), Rechtswert.vorschlag.is_(None))
                           .order_by(Rechtswert.valid_from.desc())).all()
    found = []
    for name, parameter in settable().items():
        own = [row for row in rows if row.name == name]
        now = next((row for row in own if row.valid_from <= day <= (row.valid_to or date.max)), None)
        default = Decimal(parameter.on(day).wert)  # type: ignore[union-attr]  # every one is law since 2024
        found.append(Choice(parameter, default if now is None else now.wert, default, now is not None, own))
    return found


def save(session: TenantSession, name: str, form: Mapping[str, str]) -> fact_forms.FactInput:
    """Liest, prüft und erfasst eine Festlegung; sie wirkt ab dem Ersten eines Monats."""
    kind = kind_of(name)
    given = fact_forms.read(kind, form, fact_forms.options_of(session, kind))
    if given.valid_from is not None and given.valid_from.day != 1:
        given.refuse("gueltig_ab", "Festlegungen gelten für ganze Monate; bitte den Ersten eines Monats angeben.")
    if given.errors:
        return given
    assert given.valid_from is not None
    values: dict[str, Any] = {"name": name, "wert": Decimal(given.values["wert"]), "quelle": given.values["quelle"]}
    try:
        with session.begin_nested():
            if name in STUNDENSAETZE:
                enter_rate(session, name, values["wert"], quelle=values["quelle"], valid_from=given.valid_from,
                           valid_to=given.valid_to, reason=given.reason)
                return given
            record_fact(session, Rechtswert, valid_from=given.valid_from, valid_to=given.valid_to, reason=given.reason,
                        **values)
    except FactError as refused:
        given.refuse(WHOLE_FORM, str(refused))
    return given
