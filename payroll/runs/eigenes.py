"""Was von einem Menschen im Wertebogen steht: nur Eigenes, nie eine Spalte, die es gibt, weil ein anderer sie braucht.

Eine Spalte wie das Sterbegeld entsteht für alle, sobald einer im Lauf sie hat. Stünde sie als Null in jedem Bogen,
hingen Bogen und Prüfwert eines Menschen davon ab, wer sonst gerechnet wird, und ein Lauf in Stücken ergäbe einen
anderen Prüfwert als einer im Ganzen. Eine fehlende Eingabe liest das Recht mit ihrer Vorgabe: es rechnet dasselbe.
"""

from __future__ import annotations

from collections.abc import Mapping

from payroll.law.benefits import JOINS
from payroll.runs.beside.targets import CONVERTED
from payroll.runs.zeilen import Herkunft

# Columns that some module adds when one case needs them; all others get nothing, which is also the law's default.
NUR_WO_ETWAS_IST = frozenset((
    *JOINS, CONVERTED, "umwandlung_zuschuss", "weiteres_entgelt", "vbs", "sterbe", "vjahr", "stoerfall_entgelt",
    "stoerfall_bbg_kv", "stoerfall_bbg_pv", "stoerfall_bbg_rv", "stoerfall_brutto_kv", "stoerfall_brutto_rv",
    "ifsg_ausgezahlt", "ifsg_entgelt", "ifsg_entgelt_verbot", "pf_mehrarbeit", "pf_urlaubsgeld", "pf_aufwand",
    "pf_weihnachtsgeld", "pf_beihilfen", "pf_vermoegensbildung", "pf_entgeltumwandlung", "pf_freiwillige_beitraege",
    "pf_sachbezuege"))
# Settings of the employer that count only beside what they are about.
UMWANDLUNG, NEBENLEISTUNG = "umwandlung_verfahren", ("nl_pauschal_abwaelzung", "nl_kist_verfahren")
PAUSCHAL = ("pauschal_20", "kurzfristig_pauschal")
_GEPRUEFT = NUR_WO_ETWAS_IST | {UMWANDLUNG, *NEBENLEISTUNG}


def own(inputs: Mapping[str, int]) -> dict[str, int]:
    """Die Eingaben eines Falls ohne das, was nur andere betrifft."""
    found = {name: value for name, value in inputs.items() if value or name not in NUR_WO_ETWAS_IST}
    if UMWANDLUNG in found and CONVERTED not in found:
        del found[UMWANDLUNG]
    if not any(found.get(name, 0) > 0 for name in PAUSCHAL) and not any(
            value for name, value in found.items() if name.startswith("nl_") and name not in NEBENLEISTUNG):
        for name in NEBENLEISTUNG:
            found.pop(name, None)
    return found


def own_origin(origin: Herkunft | None) -> Herkunft | None:
    """Die Herkunft einer Zeile, ihre Eingaben ebenso."""
    if origin is None or all(_GEPRUEFT.isdisjoint(given) for given in origin[2]):
        return origin
    area, name, inputs = origin
    return area, name, [own(given) for given in inputs]
