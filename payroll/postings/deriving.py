"""Aus Ergebnissen werden Buchungen, je Beschäftigung und Monat der Herkunft: Aufwand im Soll, Schulden im Haben.

Gleichung des Rechts: Gesamtbrutto + Anteile des Arbeitgebers = Steuern + Beiträge + Zusatzversorgung + Auszahlung +
Übriges (Sachbezüge, Vorschüsse, Gläubiger, Verträge). Das Übrige wird als Rest gebucht, Gläubiger und Verträge daraus
einzeln; deshalb ist jede Beschäftigung für sich ausgeglichen.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date

from payroll.runs.values import EMPLOYER, PAUSCHAL_40A

TAXES = ("lohnsteuer", "soli", "kirchensteuer")
FLAT_TAXES = ("zv_pauschalsteuer", "zv_pauschal_soli", "zv_pauschal_kist", "pauschalsteuern_nebenleistungen",
              *PAUSCHAL_40A)  # the tax office, unlike the two per cent of a minijob
INSURANCE_EMPLOYEE = ("kv_an", "zb_an", "pv_an", "rv_an", "av_an")
INSURANCE_EMPLOYER = ("kv_ag", "zb_ag", "pv_ag", "rv_ag", "av_ag", "u2", "pauschsteuer_2")
SUBSIDIES = ("zuschuss_kv", "zuschuss_pv")
PENSION_EMPLOYER = ("zv_umlage", "zv_sanierungsgeld", "zv2_beitrag")
OWN = {"tarif": "5012", "auszubildende": "5012", "beamte": "5011", "minijob": "5019", "hinterbliebene": "5012"}
EXPENSES = frozenset({"5011", "5012", "5019", "5022", "5031", "5032", "504", "509"})
REFUNDED = ("ifsg_gezahlt", "ifsg_beitraege")  # paid for the authority (§§ 56, 57 IfSG): a claim, no expense
NEEDED = ("gesamtbrutto", "auszahlung", "zv_an", *TAXES, *INSURANCE_EMPLOYEE, *EMPLOYER, *REFUNDED)


@dataclass
class Fall:
    """Eine Beschäftigung: Art, und je Monat der Herkunft die Werte (Cent) und das Gesamtbrutto je Schlüssel."""

    art: str
    werte: dict[date, Mapping[str, int]] = field(default_factory=dict)
    brutto: dict[date, dict[str, int]] = field(default_factory=lambda: defaultdict(lambda: defaultdict(int)))
    glaeubiger: int = 0
    sparen: int = 0
    erstattung: int = 0  # tax given back by the yearly equalisation, inside the pay-out
    zahlbetrag: int = 0


@dataclass(frozen=True)
class Posten:
    """Eine Buchung vor der Verteilung: im Soll über null, im Haben unter null."""

    monat: date
    schluessel: str
    betrag: int


def postings(month: date, case: Fall) -> list[Posten]:
    """Die Posten einer Beschäftigung; ihre Summe ist null."""
    made = [one for origin, values in sorted(case.werte.items()) for one in _month(origin, values, case)]
    due = -sum(one.betrag for one in made if one.schluessel == "netto")
    more = [Posten(month, "sonstige", case.glaeubiger + case.sparen), Posten(month, "glaeubiger", -case.glaeubiger),
            Posten(month, "sparen", -case.sparen), Posten(month, "steuer", case.erstattung),
            Posten(month, "sonstige", -case.erstattung),
            # What is not paid now (or was paid too much before) stands against the person until it is settled.
            Posten(month, "netto", due - case.zahlbetrag), Posten(month, "vortrag", case.zahlbetrag - due)]
    return [one for one in (*made, *more) if one.betrag]


def _month(origin: date, values: Mapping[str, int], case: Fall) -> Iterator[Posten]:
    def total(*names: str) -> int:
        return sum(values.get(name, 0) for name in names)

    lines = {key: amount for key, amount in case.brutto[origin].items() if key in EXPENSES}
    own = OWN[case.art]
    lines[own] = lines.get(own, 0) + values.get("gesamtbrutto", 0) - sum(lines.values())
    for key, amount in sorted(lines.items()):
        yield Posten(origin, key, amount)
    official = case.art == "beamte"
    costs = (("5032", total(*INSURANCE_EMPLOYER)), ("5031" if official else "5032", total(*SUBSIDIES)),
             ("5022", total(*PENSION_EMPLOYER)), ("509", total(*FLAT_TAXES)))
    for key, amount in costs:
        yield Posten(origin, key, amount)
    # Whatever else the employer bears (top-up of deferred pay) is pay of the same group.
    yield Posten(origin, own, total(*EMPLOYER) - sum(amount for _, amount in costs))
    paid, levied = total("ifsg_gezahlt"), total("ifsg_beitraege")
    for key, amount in ((own, -paid), ("5032", -levied), ("erstattung", paid + levied)):
        yield Posten(origin, key, amount)
    owed = {"steuer": total(*TAXES, *FLAT_TAXES), "sv": total(*INSURANCE_EMPLOYEE, *INSURANCE_EMPLOYER),
            "zv": total("zv_an", *PENSION_EMPLOYER), "netto": values.get("auszahlung", 0)}
    owed["sonstige"] = values.get("gesamtbrutto", 0) + total(*EMPLOYER) - sum(owed.values())
    for key, amount in owed.items():
        yield Posten(origin, key, -amount)
