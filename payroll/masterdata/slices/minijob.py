"""Rentenversicherung im Minijob: die zweite Ziffer der Beitragsgruppe folgt dem Antrag auf Befreiung."""

from __future__ import annotations

from typing import Any

from payroll.law.rules.sozialversicherung.befreiung import WIDERRUF_SEIT, befreit, befreit_ab
from payroll.masterdata.slices.findings import Finding
from payroll.masterdata.slices.span import Case

MINIJOB = 109
PFLICHTIG, BEFREIT = "1", "5"


def pension_digit(case: Case, row: Any, digits: str, problems: list[Finding]) -> str:
    """Die Beitragsgruppe, mit der gerechnet wird; ohne Antrag gilt die erfasste."""
    if row.befreiung_eingang is None:
        return digits
    if row.personengruppe != MINIJOB or digits[1] not in (PFLICHTIG, BEFREIT):
        problems.append(_not_a_minijob(case))
        return digits
    if row.befreiung_widerruf is not None and row.befreiung_widerruf < WIDERRUF_SEIT:
        problems.append(_too_early(case))
    month = case.last.replace(day=1)
    exempt = befreit(month, row.befreiung_eingang, row.befreiung_gemeldet, row.befreiung_widerruf)
    since = befreit_ab(row.befreiung_eingang, row.befreiung_gemeldet)
    if not exempt and since > month:
        problems.append(_not_yet(case, row, since))
    return digits[0] + (BEFREIT if exempt else PFLICHTIG) + digits[2:]


def _not_yet(case: Case, row: Any, since: Any) -> Finding:
    return case.hint(
        "befreiung_eingang",
        f"Befreiung von der Rentenversicherung beantragt am {row.befreiung_eingang:%d.%m.%Y}, wirksam ab "
        f"{since:%d.%m.%Y} (§ 6 Abs. 4 SGB VI); bis dahin gilt die Versicherungspflicht",
        "nichts weiter; die Beitragsgruppe folgt dem Antrag",
    )


def _not_a_minijob(case: Case) -> Finding:
    return case.finding(
        "befreiung_eingang",
        "Antrag auf Befreiung von der Rentenversicherung, die Beschäftigung ist aber kein Minijob (§ 6 Abs. 1b SGB "
        "VI); er bleibt ohne Wirkung",
        "Antrag löschen oder Personengruppe 109 mit 6100 erfassen",
        left_out=False,
    )


def _too_early(case: Case) -> Finding:
    return case.finding(
        "befreiung_widerruf",
        "Eine Befreiung kann erst seit dem 1. Juli 2026 widerrufen werden (§ 6 Abs. 6 SGB VI); der Widerruf bleibt "
        "ohne Wirkung",
        "Widerruf neu stellen lassen und mit dem neuen Eingang erfassen",
        left_out=False,
    )
