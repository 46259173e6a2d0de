"""Yearly wage-tax equalisation by the employer (§ 42b EStG): annual tax against what was withheld, only ever a refund.

The annual tax is the ministry's plan of the year with the year as pay period (LZZ = 1), all pay of the year as current
pay, the class of the last pay period; :mod:`payroll.law.equalisation` wires it. Who takes part is decided by
:mod:`payroll.law.rules.jahresausgleich.ausschluss`. Readings: the same rule (refund, never below zero) for surcharge
and church tax, each on its own, is professional knowledge; a mere change of a civil servant's private premium does not
exclude (unconfirmed).
"""

from payroll.law.engine import Input


def _money(name: str, title: str) -> Input:
    return Input(name, "Money", "euro/jahr", title, default=0)


INPUTS = (
    Input("ja_durchfuehren", "Condition", "ja/nein", "der Lohnsteuer-Jahresausgleich wird durchgeführt", default=0),
    _money("ja_lohnsteuer_einbehalten", "im Jahr einbehaltene Lohnsteuer"),
    _money("ja_soli_einbehalten", "im Jahr einbehaltener Solidaritätszuschlag"),
    _money("ja_kirchensteuer_einbehalten", "im Jahr einbehaltene Kirchensteuer"),
    Input("kirchensteuersatz_person", "Rate", "anteil", "Kirchensteuersatz", default=0, den=100),
)
EXPORTS = ("ja_erstattung_lohnsteuer", "ja_erstattung_soli", "ja_erstattung_kirchensteuer", "ja_erstattung",
           "ja_bescheinigt_lohnsteuer", "ja_bescheinigt_soli", "ja_bescheinigt_kirchensteuer")
