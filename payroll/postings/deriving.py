"""Aus Ergebnissen werden Buchungen, je Beschäftigung und Monat der Herkunft: Aufwand im Soll, Schulden im Haben.

Gleichung des Rechts: Gesamtbrutto + Anteile des Arbeitgebers = Steuern + Beiträge + Zusatzversorgung + Auszahlung +
Übriges (Sachbezüge, Vorschüsse, Gläubiger, Verträge). Das Übrige wird als Rest gebucht, Gläubiger und Verträge daraus
einzeln; deshalb ist jede Beschäftigung für sich ausgeglichen. Gerechnet wird in Spalten: ganze Zahlen, Cent.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

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
# What a posting needs of a result: sums of its values, each of them a column.
GRUPPEN: dict[str, tuple[str, ...]] = {
    "brutto": ("gesamtbrutto",), "auszahlung": ("auszahlung",), "steuern": TAXES, "pauschal": FLAT_TAXES,
    "sv_an": INSURANCE_EMPLOYEE, "sv_ag": INSURANCE_EMPLOYER, "zuschuss": SUBSIDIES, "zv_an": ("zv_an",),
    "zv_ag": PENSION_EMPLOYER, "arbeitgeber": tuple(EMPLOYER), "ersatz": REFUNDED[:1], "ersatz_sv": REFUNDED[1:]}
NEEDED = tuple(dict.fromkeys(name for names in GRUPPEN.values() for name in names))
SCHULDEN = ("netto", "steuer", "sv", "zv", "glaeubiger", "sparen", "erstattung", "vortrag", "sonstige")
KEYS = (*sorted(EXPENSES), *SCHULDEN)
AT = {key: at for at, key in enumerate(KEYS)}
Cents = npt.NDArray[np.int64]


def _groups_of_values() -> Mapping[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = defaultdict(tuple)
    for group, names in GRUPPEN.items():
        for name in names:
            found[name] += (group,)
    return found


GRUPPEN_VON = _groups_of_values()  # of one value: the columns that it counts in


@dataclass(frozen=True)
class Abzug:
    """Was am Monat des Laufs über die Werte hinaus zu buchen ist, je Zeile in Cent.

    erstattung: zurückgegebene Steuer des Jahresausgleichs, in der Auszahlung enthalten. faellig: Auszahlung aller
    Monate der Beschäftigung; was davon jetzt nicht gezahlt wird (oder zu viel gezahlt war), steht gegen die Person.
    """

    glaeubiger: Cents
    sparen: Cents
    erstattung: Cents
    faellig: Cents
    zahlbetrag: Cents


def values_posted(arts: Sequence[str], sums: Mapping[str, Cents], gross: Cents) -> Cents:
    """Posten je Zeile (Beschäftigung und Monat) und Schlüssel von :data:`KEYS`; jede Zeile ergibt zusammen null.

    sums: je Gruppe von :data:`GRUPPEN` eine Spalte; gross: Gesamtbrutto je Schlüssel, das nicht auf das Konto der
    eigenen Gruppe gehört. Soll über null, Haben unter null.
    """
    made = np.zeros((len(arts), len(KEYS)), np.int64)
    if not len(arts):
        return made
    rows, official = np.arange(len(arts)), np.array([art == "beamte" for art in arts])
    own = np.array([AT[OWN[art]] for art in arts])
    made[:, :gross.shape[1]] = gross
    made[rows, own] += sums["brutto"] - gross.sum(axis=1)
    made[:, AT["5032"]] += sums["sv_ag"] - sums["ersatz_sv"] + np.where(official, 0, sums["zuschuss"])
    made[:, AT["5031"]] += np.where(official, sums["zuschuss"], 0)
    made[:, AT["5022"]] += sums["zv_ag"]
    made[:, AT["509"]] += sums["pauschal"]
    # Whatever else the employer bears (top-up of deferred pay) is pay of the same group.
    known = sums["sv_ag"] + sums["zuschuss"] + sums["zv_ag"] + sums["pauschal"]
    made[rows, own] += sums["arbeitgeber"] - known - sums["ersatz"]
    made[:, AT["erstattung"]] = sums["ersatz"] + sums["ersatz_sv"]
    owed = {"steuer": sums["steuern"] + sums["pauschal"], "sv": sums["sv_an"] + sums["sv_ag"],
            "zv": sums["zv_an"] + sums["zv_ag"], "netto": sums["auszahlung"]}
    for key, amount in owed.items():
        made[:, AT[key]] = -amount
    made[:, AT["sonstige"]] = sum(owed.values()) - sums["brutto"] - sums["arbeitgeber"]
    return made


def settle(made: Cents, at: Sequence[int], extra: Abzug) -> None:
    """Bucht in die Zeilen `at`, was an Dritte geht, erstattet ist und was vorgetragen wird; ihre Summe bleibt null."""
    rows: Any = np.asarray(at, np.int64)
    made[rows, AT["sonstige"]] += extra.glaeubiger + extra.sparen - extra.erstattung
    made[rows, AT["glaeubiger"]] -= extra.glaeubiger
    made[rows, AT["sparen"]] -= extra.sparen
    made[rows, AT["steuer"]] += extra.erstattung
    made[rows, AT["netto"]] += extra.faellig - extra.zahlbetrag
    made[rows, AT["vortrag"]] += extra.zahlbetrag - extra.faellig
