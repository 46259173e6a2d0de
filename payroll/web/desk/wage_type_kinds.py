"""Was am Schreibtisch zu einer Lohnart gehört: Felder, Worte, Auswahlen."""

from __future__ import annotations

from flask_babel import lazy_gettext as _

from payroll.masterdata.models import LohnartStand
from payroll.masterdata.models.pay import (
    DURCHSCHNITT,
    ENTSTEHUNG,
    GESAMTBRUTTO,
    PERSONENKREIS,
    PFAENDBAR,
    SONDERZAHLUNG,
    STATISTIK,
)
from payroll.web.desk.fact_fields import FactKind, Field, choice
from payroll.web.desk.wage_types import INSURANCE, TARGETS, TAX

NUMBER = Field("nummer", _("Nummer"), "whole", required=True, hint=_("1 bis 9999, noch nicht vergeben."))
ABOUT = (
    Field("text", _("Text"), required=True, hint=_("Steht so auf der Abrechnung.")),
    Field("ziel", _("Verwendung"), "choice", required=True, choices=tuple(TARGETS.items())),
    Field("steuer", _("Steuer"), "choice", required=True, choices=tuple(TAX.items())),
    Field("sv", _("Sozialversicherung"), "choice", required=True, choices=tuple(INSURANCE.items())),
    Field("zv", _("zusatzversorgungspflichtig"), "yes"),
    Field("teilzeit", _("nach Arbeitszeit gekürzt"), "yes"),
    Field("tage", _("nach Kalendertagen gekürzt"), "yes"),
    Field("konto", _("Konto")),
    Field("recht", _("Recht"), required=True, hint=_("Gesetz, Tarif oder Vereinbarung.")),
    Field("personenkreis", _("Personenkreis"), "choice", required=True, choices=choice(*PERSONENKREIS)),
    Field("entstehung", _("Entstehung"), "choice", required=True, choices=choice(*ENTSTEHUNG)),
    Field("sonderzahlung", _("Bemessung der Sonderzahlung"), "choice", required=True, choices=choice(*SONDERZAHLUNG)),
    Field("durchschnitt", _("Tagesdurchschnitt"), "choice", required=True, choices=choice(*DURCHSCHNITT)),
    Field("pfaendbar", _("Pfändung"), "choice", required=True, choices=choice(*PFAENDBAR)),
    Field("gesamtbrutto", _("Gesamtbrutto"), "choice", required=True, choices=choice(*GESAMTBRUTTO)),
    Field("statistik", _("Statistik"), "choice", required=True, choices=choice(*STATISTIK)),
)
CHANGED = FactKind(LohnartStand, _("Wirkung der Lohnart"), "tenant", ABOUT)
ADDED = FactKind(LohnartStand, _("Neue Lohnart"), "tenant", (NUMBER, *ABOUT))
OPTIONS = {item.name: item.choices for item in ABOUT if item.kind == "choice"}
