"""Lohnarten eines Mandanten an einem Tag mit ihrer Wirkung in Worten."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask_babel import lazy_gettext as _
from sqlalchemy import select

from payroll.masterdata.clocks import as_of
from payroll.masterdata.models import Lohnart, LohnartStand
from tenants.db.session import TenantSession

TARGETS = {
    "grundentgelt": _("Grundentgelt"),
    "zulagen": _("Zulagen"),
    "vwl_ag": _("Vermögenswirksame Leistung"),
    "steuerfreie_bezuege": _("steuerfreie Bezüge"),
    "einmalzahlung": _("Einmalzahlung"),
    "sonstige_abzuege": _("Abzug vom Netto"),
    "vwl_sparbetrag": _("Sparbetrag"),
    "nettobezuege": _("Zahlung zum Netto"),
    "entgeltumwandlung": _("Entgeltumwandlung"),
    "nl_dienstwagen_zuzahlung": _("Zuzahlung zum Dienstwagen, vom Netto"),
    "nl_dienstrad_listenpreis": _("Listenpreis des Dienstrads"),
    "nl_fahrtkostenzuschuss": _("Fahrtkostenzuschuss"),
    "nl_jobticket": _("Wert der Fahrberechtigung"),
    "nl_jobticket_eigenanteil": _("Eigenanteil am Jobticket, vom Netto"),
    "nl_mahlzeiten_zuzahlung": _("Zuzahlung zu Mahlzeiten, vom Netto"),
    "nl_pauschal_25_geld": _("pauschal 25 %, in Geld"),
    "nl_pauschal_25_sach": _("pauschal 25 %, als Sachleistung"),
    "nl_pauschal_37b": _("Sachzuwendung nach § 37b"),
    "nl_sachbezuege_freigrenze": _("Sachbezug unter der Freigrenze"),
    "nl_sachbezug_individuell": _("individuell versteuerter Sachbezug"),
    "nl_unterkunft_zuzahlung": _("Miete oder Zuzahlung zur Unterkunft, vom Netto"),
    "nl_wohnung_wert": _("Mietwert der Wohnung"),
    "keines": _("nimmt keinen Betrag auf"),
}
TAX = {
    "pflichtig": _("laufend"),
    "einmalig": _("sonstiger Bezug"),
    "frei": _("steuerfrei"),
    "pauschal": _("pauschal"),
    "keine": _("ohne"),
}
INSURANCE = {"laufend": _("laufend"), "einmalig": _("Einmalzahlung"), "frei": _("beitragsfrei"), "keine": _("ohne")}
HEADER = ("Nummer", "Text", "Verwendung", "Steuer", "Sozialversicherung", "Zusatzversorgung", "nach Arbeitszeit",
          "nach Tagen", "Konto", "Recht", "gilt ab", "gilt bis")  # fmt: skip


@dataclass(frozen=True)
class WageType:
    """Eine Lohnart, wie sie in der Liste steht."""

    public_id: uuid.UUID
    nummer: int
    text: str
    ziel: str
    steuer: str
    sv: str
    zv: bool
    teilzeit: bool
    tage: bool
    konto: str
    recht: str
    since: date
    until: date | None

    def cells(self) -> Sequence[Any]:
        """Zellen für die Ausgabe als Datei."""
        flags = ("ja" if flag else "nein" for flag in (self.zv, self.teilzeit, self.tage))
        return (f"{self.nummer:04}", self.text, self.ziel, self.steuer, self.sv, *flags, self.konto, self.recht,
                self.since, self.until)  # fmt: skip


def wage_types(session: TenantSession, day: date) -> list[WageType]:
    """Lohnarten, die an diesem Tag gelten; zwei Abfragen."""
    anchors = {row.id: row for row in session.scalars(select(Lohnart))}
    return [_wage_type(anchors[row.lohnart_id], row) for row in as_of(session, LohnartStand, day)]


def _wage_type(anchor: Lohnart, row: LohnartStand) -> WageType:
    words = (str(TARGETS[row.ziel]), str(TAX[row.steuer]), str(INSURANCE[row.sv]))
    return WageType(anchor.public_id, anchor.nummer, row.text, *words, row.zv, row.teilzeit, row.tage, row.konto or "",
                    row.recht or "", row.valid_from, row.valid_to)  # fmt: skip
