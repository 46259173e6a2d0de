"""Was zu Meldungen einer Beschäftigung am Schreibtisch erfasst wird: verlangte Meldungen (Gründe 57 und 58)."""

from __future__ import annotations

from flask_babel import lazy_gettext as _

from payroll.masterdata.models import Meldeanforderung
from payroll.web.desk.fact_fields import FactKind, Field

ANFORDERUNGEN = (
    ("rentenantrag", _("Gesonderte Meldung zum Rentenantrag (Grund 57)")),
    ("gkv_monatsmeldung", _("Monatsmeldung für die Krankenkasse (Grund 58)")),
)
MELDUNG_KINDS: dict[str, FactKind] = {
    "meldeanforderung": FactKind(
        Meldeanforderung,
        _("Verlangte Meldungen"),
        "job",
        (
            Field("art", _("Verlangt ist"), "choice", required=True, choices=ANFORDERUNGEN,
                  hint=_("„Gilt ab“ und „Gilt bis“ nennen den Zeitraum; er endet am letzten Tag eines Monats, beim "
                         "Rentenantrag frühestens drei Monate vor Rentenbeginn (§ 194 SGB VI).")),
            Field("eingegangen_am", _("Verlangen eingegangen am"), "day", required=True,
                  hint=_("Gemeldet wird mit der nächsten Abrechnung, die Monatsmeldung spätestens nach sechs Wochen.")),
        ),
        several=True,
        endable=True,
    ),
}  # fmt: skip
