"""Ab welchem Monat eine Art hier gemeldet wird, wenn ein Arbeitgeber sie vorher auf anderem Weg gemeldet hat.

Ohne Angabe ist es der erste abgeschlossene Monat. Kommt eine Art bei einem Arbeitgeber, der schon länger abgerechnet
wird, zum ersten Mal dazu, stünde in ihr alles seit damals noch einmal: dann ist erst zu entscheiden.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from sqlalchemy import func, select

from payroll.filings.errors import FilingRefused
from payroll.filings.meldungen import konto, speichern
from payroll.filings.meldungen.entwurf import Satz
from payroll.masterdata.clocks import known
from tenants import audit
from tenants.db.session import TenantSession
from tenants.models.tenant import TenantSetting

AREA = "meldebeginn"
ARTEN = {"eel": "Entgeltbescheinigungen", "uv": "Unfallversicherung, Jahr"}
ALWAYS = date(1900, 1, 1)


def starts(session: TenantSession) -> Mapping[str, date]:
    """Je Art der festgelegte Beginn; was fehlt, ist nicht festgelegt."""
    row = _held(session)
    return {kind: date.fromisoformat(text) for kind, text in row.content.items()} if row else {}


def start_of(session: TenantSession, kind: str) -> date:
    """Beginn einer Art; der früheste Tag, wenn keiner festgelegt ist."""
    return starts(session).get(kind, date.min)


def record(session: TenantSession, kind: str, first: date, *, reason: str) -> date:
    """Legt den Beginn fest; Sammlungen, die noch niemand freigegeben hat, werden zurückgezogen. Der Tag, ab dem."""
    if kind not in ARTEN:
        raise FilingRefused(f"Für „{kind}“ lässt sich kein Beginn festlegen; erlaubt: {', '.join(ARTEN)}.")
    if not reason.strip():
        raise FilingRefused("Grund fehlt; angeben, wie bis dahin gemeldet wurde.")
    day = first.replace(day=1)
    if kind == "uv" and day.month != 1:
        raise FilingRefused("Die Unfallversicherung wird für ganze Jahre gemeldet; den Januar des ersten Jahres "
                            "angeben.")
    if any(one.zeile.von < day for one in konto.ledger(session, kind, outside=True).values()):
        raise FilingRefused(f"Vor dem {day:%m/%Y} ist hier schon gemeldet; einen früheren Monat angeben.")
    row = _held(session)
    content = (dict(row.content) if row else {}) | {kind: day.isoformat()}
    if row is not None:
        row.superseded_at = func.now()
    session.add(TenantSetting(public_id=uuid.uuid4(), valid_from=ALWAYS, valid_to=None, reason=reason.strip(),
                              area=AREA, recorded_by=str(session.info["actor"]), content=content))
    session.flush()
    audit.record(session, "meldebeginn.gesetzt", f"einstellung:{AREA}", {"art": kind, "ab": day.isoformat()},
                 reason.strip())
    speichern.withdraw_waiting(session, kind)
    return day


def questions(session: TenantSession, kind: str, entries: Sequence[Satz], first: date) -> tuple[str, ...]:
    """Der Befund einer ersten Sammlung, in der etwas vor `first` begann; leer, wenn nichts zu entscheiden ist."""
    older = sorted(one.von for one in entries if one.von < first)
    if not older or kind in starts(session) or konto.ledger(session, kind):
        return ()
    return (f"Erste Sammlung dieser Art, und {len(older)} von {len(entries)} Sätzen reichen bis {older[0]:%m/%Y} "
            "zurück. Unter Meldungen, „Beginn der Meldungen“ festlegen, ab wann hier gemeldet wird; was davor liegt, "
            "hat dann das frühere Verfahren gemeldet.",)


def hints(session: TenantSession, kind: str) -> Iterable[str]:
    """Was eine Sammlung über ihren Beginn sagt."""
    if kind in (found := starts(session)):
        yield f"Gemeldet wird hier ab {found[kind]:%m/%Y}; was davor begann, hat das frühere Verfahren gemeldet."


def _held(session: TenantSession) -> TenantSetting | None:
    return session.scalars(select(TenantSetting).where(
        known(TenantSetting, None),  # type: ignore[arg-type]  # two clocks
        TenantSetting.area == AREA).limit(1)).first()
