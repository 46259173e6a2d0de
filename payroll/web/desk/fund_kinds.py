"""Kassen des Mandanten mit datierten Sätzen: welche Felder ein Satz hat und wie sie heißen."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask_babel import lazy_gettext as _

from payroll.masterdata.models import Krankenkasse, KrankenkasseSatz, ZvKasse, ZvKasseSatz
from payroll.masterdata.models.facts import Anchor
from payroll.web.desk.fact_fields import FactKind, Field

STATUS = (("recht", _("bestätigt")), ("unbestaetigt", _("noch zu bestätigen")))
SOURCE = Field("quelle", _("Quelle"), required=True, hint=_("Woher der Satz stammt, zum Beispiel „Bescheid vom …“."))
STANDING = Field("status", _("Stand"), "choice", required=True, choices=STATUS)


def _rate(name: str, label: Any, *, required: bool = False) -> Field:
    return Field(name, label, "number", places=4, required=required, hint=_("In Prozent, zum Beispiel 2,99."))


@dataclass(frozen=True)
class FundKind:
    """Eine Art von Kasse: Tabelle der Kassen, Tatsache ihrer Sätze, Worte der Seiten."""

    anchor: type[Anchor]
    rates: FactKind
    title: Any
    lead: Any
    shown: tuple[str, ...]

    @property
    def key(self) -> str:
        """Spalte, die den Satz seiner Kasse zuordnet."""
        return self.rates.model.keys[0]

    @property
    def columns(self) -> list[Field]:
        """Felder, die in der Liste stehen."""
        return [item for item in self.rates.fields if item.name in self.shown]


FUNDS: dict[str, FundKind] = {
    "krankenkassen": FundKind(
        Krankenkasse,
        FactKind(
            KrankenkasseSatz,
            _("Sätze der Krankenkasse"),
            "fund",
            (
                _rate("zusatzbeitrag", _("Zusatzbeitrag")),
                _rate("u2_satz", _("Umlagesatz U2")),
                SOURCE,
                STANDING,
            ),
        ),
        _("Krankenkassen"),
        _("Zusatzbeitrag und Umlage U2 jeder Kasse mit Quelle. Fehlt ein Satz, steht das als Hinweis im Monat."),
        ("zusatzbeitrag", "u2_satz"),
    ),
    "zusatzversorgung": FundKind(
        ZvKasse,
        FactKind(
            ZvKasseSatz,
            _("Sätze der Zusatzversorgungskasse"),
            "fund",
            (
                _rate("umlage_satz", _("Umlage"), required=True),
                _rate("an_satz", _("Eigenanteil der Beschäftigten"), required=True),
                _rate("sanierungsgeld_satz", _("Sanierungsgeld"), required=True),
                _rate("beitrag_satz", _("Beitrag im kapitalgedeckten Abrechnungsverband"), required=True),
                Field("pauschal_grenze_cent", _("Grenze der Pauschalsteuer im Monat"), "money", required=True),
                Field("verfahren", _("Steuerfreier Betrag"), "choice", required=True, choices=(
                    ("verteilt", _("auf die Monate verteilt")), ("aufbrauchend", _("zuerst aufgebraucht")))),
                Field("kist_verfahren", _("Kirchensteuer auf die Pauschalsteuer"), "choice", required=True, choices=(
                    ("vereinfacht", _("vereinfacht")), ("nachweis", _("mit Nachweis")))),
                SOURCE,
                STANDING,
            ),
        ),
        _("Zusatzversorgung"),
        _("Umlage, Eigenanteil, Sanierungsgeld und Beitrag je Abrechnungsverband der Zusatzversorgungskassen."),
        ("umlage_satz", "an_satz", "sanierungsgeld_satz", "beitrag_satz"),
    ),
}  # fmt: skip
