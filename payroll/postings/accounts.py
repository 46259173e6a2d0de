"""Kontenfindung: Buchungsschlüssel zu Konto. Mitgeliefert ist der Kontenrahmen NKF NRW (Gruppen 50 und 37).

Die vierstelligen Nummern sind nicht gegen den amtlichen Kontenrahmen bestätigt und werden vor Ort verlängert (501200);
deshalb setzt jeder Arbeitgeber seine Nummern datiert darüber.
"""

from __future__ import annotations

import csv
import re
import uuid
from collections.abc import Mapping
from datetime import date, timedelta
from functools import cache
from importlib.resources import files

from sqlalchemy import func, or_, select

from payroll.masterdata.clocks import known
from payroll.postings.errors import PostingRefused
from tenants import audit
from tenants.db.session import TenantSession
from tenants.models.tenant import TenantSetting

AREA = "kontierung"
NUMBER = re.compile(r"[0-9]{2,9}")
# Key: what is booked; the first word is the account of the shipped chart, liabilities lie below 37.
SCHLUESSEL = {
    "5011": ("5011", "Bezüge Beamtinnen und Beamte"), "5012": ("5012", "Vergütung tariflich Beschäftigte"),
    "5019": ("5019", "Sonstige Beschäftigte"), "5022": ("5022", "Beiträge Zusatzversorgung"),
    "5031": ("5031", "Zuschüsse zur Versicherung, Beamte"), "5032": ("5032", "Sozialversicherung, Arbeitgeber"),
    "504": ("504", "Beihilfen"), "509": ("509", "Pauschalierte Lohnsteuer"),
    "netto": ("3790", "Verbindlichkeit Auszahlungen"), "steuer": ("3791", "Verbindlichkeit Finanzamt"),
    "sv": ("3792", "Verbindlichkeit Einzugsstellen"), "zv": ("3793", "Verbindlichkeit Zusatzversorgung"),
    "glaeubiger": ("3794", "Verbindlichkeit Gläubiger"), "sparen": ("3795", "Verbindlichkeit Sparverträge"),
    "erstattung": ("3797", "Forderung Erstattung Infektionsschutz"),
    "vortrag": ("3796", "Forderung aus Überzahlung"), "sonstige": ("3799", "Sachbezüge, Vorschüsse, übrige Abzüge"),
    "gegen": ("3700", "Verrechnung Entgelt (Gegenkonto)"),
}


def title(key: str) -> str:
    """Was ein Schlüssel heißt."""
    return SCHLUESSEL[key][1]


@cache
def chart() -> dict[str, str]:
    """Der mitgelieferte Kontenrahmen: Nummer und Name."""
    with (files("payroll.postings") / "data" / "nkf_nrw_personnel_accounts.csv").open(encoding="utf-8") as source:
        return {row["account"]: row["label"] for row in csv.DictReader(source, delimiter=";")}


def accounts_on(session: TenantSession, day: date) -> dict[str, str]:
    """Schlüssel zu Konto an einem Tag: mitgeliefert, darüber die Nummern des Arbeitgebers."""
    row = _row(session, day)
    return {key: number for key, (number, _) in SCHLUESSEL.items()} | (dict(row.content) if row else {})


def set_account(session: TenantSession, key: str, number: str, *, valid_from: date, reason: str) -> dict[str, str]:
    """Setzt ein Konto ab einem Tag; schon gebuchte Läufe bleiben, wie sie sind."""
    if key not in SCHLUESSEL:
        raise PostingRefused(f"Buchungsschlüssel „{key}“ gibt es nicht; erlaubt: {', '.join(SCHLUESSEL)}.")
    if not NUMBER.fullmatch(number):
        raise PostingRefused(f"Konto „{number}“: zwei bis neun Ziffern angeben.")
    if not reason.strip():
        raise PostingRefused("Grund fehlt; angeben, worauf die Nummer beruht.")
    before = _row(session, valid_from)
    content = (dict(before.content) if before else {}) | {key: number}
    for row in session.scalars(select(TenantSetting).where(
            known(TenantSetting, None), TenantSetting.area == AREA,  # type: ignore[arg-type]  # two clocks
            or_(TenantSetting.valid_to.is_(None), TenantSetting.valid_to >= valid_from))).all():
        row.superseded_at = func.now()
        if row.valid_from < valid_from:
            _insert(session, row.valid_from, valid_from - timedelta(days=1), row.reason, row.content)
    _insert(session, valid_from, None, reason.strip(), content)
    audit.record(session, "kontierung.gesetzt", f"einstellung:{AREA}",
                 {"valid_from": valid_from.isoformat(), "schluessel": key, "konto": number}, reason.strip())
    return accounts_on(session, valid_from)


def _row(session: TenantSession, day: date) -> TenantSetting | None:
    return session.scalars(select(TenantSetting).where(
        known(TenantSetting, None), TenantSetting.area == AREA,  # type: ignore[arg-type]  # two clocks
        TenantSetting.valid_from <= day, or_(TenantSetting.valid_to.is_(None), TenantSetting.valid_to >= day))
        .order_by(TenantSetting.valid_from.desc()).limit(1)).first()


def _insert(session: TenantSession, first: date, last: date | None, reason: str, content: Mapping[str, str]) -> None:
    session.add(TenantSetting(public_id=uuid.uuid4(), valid_from=first, valid_to=last, reason=reason, area=AREA,
                              recorded_by=str(session.info["actor"]), content=dict(content)))
    session.flush()
