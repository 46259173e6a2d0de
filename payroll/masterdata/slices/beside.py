"""Was außerhalb dieser Beschäftigung zählt: andere Arbeitgeber der Person und wie ein Minijob versteuert wird."""

from __future__ import annotations

from typing import Any

from payroll.masterdata.slices.findings import Finding
from payroll.masterdata.slices.reading import Facts
from payroll.masterdata.slices.span import Case, valid_on

KURZFRISTIG = 110


def elsewhere(case: Case, facts: Facts) -> dict[str, Any]:
    """Entgelte bei anderen Arbeitgebern am letzten Tag des Falls, in Cent: versicherte und Minijobs, je mit Anzahl."""
    found = {"anderswo_versichert": 0, "anderswo_versicherte": 0, "anderswo_minijob": 0, "anderswo_minijobs": 0}
    for row in facts.elsewhere.get(case.job.person_id, ()):
        if row.art == "kurzfristig":  # insured nowhere; its days count, see payroll.runs.kurzfristig
            continue
        if row.valid_from <= case.last and (row.valid_to is None or row.valid_to >= case.last):
            one, many = (("anderswo_minijob", "anderswo_minijobs") if row.art == "minijob"
                         else ("anderswo_versichert", "anderswo_versicherte"))  # fmt: skip
            found[one] += row.entgelt_monat_cent
            found[many] += 1
    return found


def flat_taxed(case: Case, facts: Facts) -> bool:
    """Ob der Arbeitgeber die Lohnsteuer pauschal trägt: Minijob mit 2 Prozent, kurzfristig mit 25, wenn so gewählt,
    ohne pauschale Rentenversicherung mit 20, wenn so gewählt.

    Die Pauschsteuer von 2 Prozent gibt es nur neben Beiträgen nach § 172 Abs. 3 SGB VI, also nicht kurzfristig.
    """
    row = valid_on(facts.insurance.get(case.job.anchor), case.last)
    if row is not None and row.pauschal_20:
        return True
    individual = row is not None and (
        row.individuell_besteuert or (row.personengruppe == KURZFRISTIG and not row.kurzfristig_pauschal))
    return bool(case.job.art == "minijob" and not individual)


def without_tax(case: Case, facts: Facts) -> Finding:
    """Hinweis: individuell zu versteuern, aber ohne Merkmale."""
    row = valid_on(facts.insurance.get(case.job.anchor), case.last)
    short = row is not None and row.personengruppe == KURZFRISTIG
    return case.finding(
        "steuerklasse",
        "Kurzfristige Beschäftigung ohne Steuermerkmale; die Pauschsteuer von 2 % gilt für sie nicht "
        "(§ 40a Abs. 2 EStG)" if short else
        "Minijob soll individuell versteuert werden, Steuermerkmale fehlen aber (§ 39e EStG)",
        "ELStAM abrufen und Steuermerkmale erfassen oder die Pauschalierung mit 25 % wählen (§ 40a Abs. 1 EStG)"
        if short else
        "ELStAM abrufen und Steuermerkmale erfassen, sonst die individuelle Versteuerung beenden",
    )  # fmt: skip
