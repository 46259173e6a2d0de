"""Bar oder von Hand gezahlt: als Folgeauftrag ohne Datei festgehalten, damit dieselbe Zahlung nie noch einmal geht.

Ohne diese Spur bliebe sie offen und stünde, sobald ein Konto erfasst ist, im nächsten Folgeauftrag. Wie jeder Auftrag
braucht auch dieser eine zweite Person; zurückgezogen, auch nach der Freigabe, macht er die Zahlungen wieder offen.
"""

from __future__ import annotations

import uuid
from collections.abc import Collection
from datetime import date, datetime

from sqlalchemy import select

from payroll.filings.errors import FilingRefused
from payroll.filings.models import Zahlung, Zahlungsauftrag
from payroll.filings.sepa import collecting, followup, orders
from payroll.runs.models import Lauf
from tenants.db.session import TenantSession
from tenants.security import open_sealed


def record(session: TenantSession, order: uuid.UUID, payments: Collection[uuid.UUID], *, day: date, note: str,
           today: date, now: datetime) -> orders.Erstellt:
    """Hält fest, dass diese offenen Zahlungen eines freigegebenen Auftrags an einem Tag ohne Datei gezahlt sind.

    note: Beleg, zum Beispiel die Quittung der Kasse.
    """
    if not note.strip():
        raise FilingRefused("Von Hand gezahlt: den Beleg nennen, zum Beispiel die Nummer der Quittung.")
    if not payments:
        raise FilingRefused("Von Hand gezahlt: mindestens eine Zahlung auswählen.")
    before = orders.find(session, order, lock=True)
    if before.zustand != "freigegeben":
        raise FilingRefused("Von Hand gezahlt wird erst, was freigegeben ist; den Auftrag zuerst freigeben lassen.")
    if day > today:
        raise FilingRefused(f"Von Hand gezahlt: der {day:%d.%m.%Y} liegt in der Zukunft; den Tag der Zahlung angeben.")
    waiting = {one.public_id: one for one, _ in followup.open_payments(session, before)}
    if unknown := [one for one in payments if one not in waiting]:
        raise FilingRefused(f"{len(unknown)} der Zahlungen sind nicht (mehr) offen: sie stehen in einem anderen "
                            "Auftrag oder sind überwiesen. Die Seite neu laden.")
    lauf = session.scalars(select(Lauf).where(Lauf.id == before.lauf_id)).one()
    chosen = [one for number, one in waiting.items() if number in set(payments)]
    claims = [_claim(session, one) for one in chosen]
    return orders.store(session, lauf, claims, today=today, now=now, art="folge",
                        reason=f"{collecting.GEZAHLT} am {day:%d.%m.%Y}: {note.strip()}",
                        replaced={one.anspruch: one.public_id for one in chosen})


def paid_with(session: TenantSession, order: Zahlungsauftrag) -> dict[uuid.UUID, Zahlungsauftrag]:
    """Je Zahlung dieses Auftrags, die ein geltender anderer ersetzt: der andere."""
    rows = session.execute(
        select(Zahlung.ersetzt, Zahlungsauftrag).join(Zahlungsauftrag, Zahlungsauftrag.id == Zahlung.zahlungsauftrag_id)
        .where(Zahlung.ersetzt.is_not(None), Zahlungsauftrag.lauf_id == order.lauf_id,
               Zahlungsauftrag.zustand != "zurueckgezogen"))
    return {replaced: later for replaced, later in rows if replaced is not None}


def _claim(session: TenantSession, one: Zahlung) -> collecting.Anspruch:
    text = open_sealed(session, one.text_siegel, table="zahlung", row=str(one.public_id), column="text_siegel")
    return collecting.Anspruch(one.art, one.anspruch, one.person_public_id, one.personalnummer, one.empfaenger, "",
                               one.betrag, text.decode(), one.zweck, gezahlt=True)
