"""Worte zu den Feldern der Hinweise: Texte von Lohnarten, Beschriftungen, Titel der Rechenregeln statt Feldnamen."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from datetime import date

from flask_babel import lazy_gettext as _

from payroll.runs.values import TITLES
from payroll.web.desk.fact_kinds import KINDS
from payroll.web.desk.fund_kinds import FUNDS
from payroll.web.desk.law_reading import STATUS_WORDS, entries, short
from tenants.web import formats

WAGE_TYPE = re.compile(r"Lohnart (\d+)")


def word(field: str, month: date, wage_types: Mapping[int, str]) -> str:
    """Wie ein Feld in einer Überschrift heißt."""
    found = WAGE_TYPE.fullmatch(field)
    if found:
        return f"Lohnart {int(found[1]):04} {wage_types.get(int(found[1]), '')}".strip()
    if field in TITLES:
        return TITLES[field]
    if field in LABELS:
        return str(LABELS[field])
    known = entries(month)
    if field in known:
        title = short(known[field].title)
        return f"{title[:1].upper()}{title[1:]}"
    return formats.word(field)


def plain(text: str) -> str:
    """Der Text eines Hinweises ohne Kürzel des Programms: „unbestaetigt“ heißt „unbestätigt“."""
    return STAND.sub(lambda found: f"„{STATUS_WORDS.get(found[1], found[1])}“", text)


def cause_key(field: str, remedy: str) -> str:
    """Kennung einer Ursache in einer Adresse: das Feld und ein kurzer Streuwert der Abhilfe, die zu ihr gehört."""
    return f"{field}:{hashlib.sha256(remedy.encode()).hexdigest()[:12]}"


STAND = re.compile(r"(?<=Stand )„(\w+)“")
LABELS = {
    item.name: item.label
    for kind in [*KINDS.values(), *(fund.rates for fund in FUNDS.values())]
    for item in kind.fields
} | {slug: kind.title for slug, kind in KINDS.items()} | {
    "uebertrag": _("Offener Rest für den nächsten Monat"), "rueckrechnung": _("Rückrechnung")}
