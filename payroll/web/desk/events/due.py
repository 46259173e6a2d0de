"""Fristen von Wiedervorlagen, aus dem Fall gerechnet."""

from __future__ import annotations

from datetime import date, timedelta

from dateutil.relativedelta import relativedelta

from payroll.web.desk.events.declaring import Fall, Frist

FORTZAHLUNG = timedelta(days=42)
WEEK = timedelta(weeks=1)


def nach(*, tage: int = 0, monate: int = 0) -> Frist:
    """So lange nach dem Tag des Ereignisses; negative Zahlen heißen davor."""
    return lambda fall: fall.ab + relativedelta(months=monate, days=tage)


def vor_ende(*, tage: int = 0, monate: int = 0) -> Frist:
    """So lange vor dem letzten Tag; entfällt, wenn keiner genannt ist."""
    return lambda fall: fall.bis - relativedelta(months=monate, days=tage) if fall.bis else None


def nur(arten: tuple[str, ...], frist: Frist) -> Frist:
    """Nur bei diesen Arten der Beschäftigung."""
    return lambda fall: frist(fall) if fall.art in arten else None


def ende_fortzahlung(fall: Fall) -> date | None:
    """Letzter Tag mit Entgelt im Krankheitsfall: sechs Wochen, angerechnete Tage davor abgezogen (§ 3 EFZG)."""
    if fall.art == "beamte":
        return None
    before = int(fall.werte.get("fehlzeiten", {}).get("vorerkrankungstage") or 0)
    return fall.ab + FORTZAHLUNG - timedelta(days=before + 1)


def ende_zuschuss(fall: Fall) -> date | None:
    """Letzter Tag des Krankengeldzuschusses: 13 Wochen nach einem Jahr, 39 nach dreien (§ 22 Abs. 3 TVöD)."""
    if fall.art not in ("tarif", "auszubildende") or fall.eintritt is None:
        return None
    held = relativedelta(fall.ab, fall.eintritt).years
    weeks = 39 if held >= 3 else 13 if held >= 1 else 0
    return fall.ab + weeks * WEEK - timedelta(days=1) if weeks else None


def februar(fall: Fall) -> date:
    """Letzter Tag des Februars nach dem Jahr: bis dahin ist die Bescheinigung zu übermitteln (§ 41b Abs. 1 EStG)."""
    return date(fall.ab.year + 1, 3, 1) - timedelta(days=1)


def erste_meldung(fall: Fall) -> date:
    """Zwei Wochen nach dem ersten vollen Kalendermonat ohne Entgelt (§ 9 DEÜV)."""
    month = fall.ab if fall.ab.day == 1 else fall.ab + relativedelta(months=1, day=1)
    return month + relativedelta(months=1) + timedelta(days=13)
