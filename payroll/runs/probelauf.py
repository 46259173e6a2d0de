"""Frühere Probeläufe: behalten, bevor der nächste sie ersetzt, wiederfinden, mit dem Abschluss vergessen."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Select, and_, delete, func, select

from payroll.runs.models import Ergebnis, Lauf, Wertebogen
from payroll.runs.probe_models import Probebogen, Probelauf
from payroll.runs.retro_models import RueckrechnungAuszahlung
from tenants.db.bulk import copy_selected
from tenants.db.session import TenantSession

KEPT, PORTION = 3, 1_000
BALANCE = ("eigen", "rueckrechnung", "vortrag", "zahlbetrag", "uebertrag")
COLUMNS = ("beschaeftigung_id", "kennung", "inhalt", *BALANCE, "ausgleich")


def remember(session: TenantSession, lauf: Lauf) -> None:
    """Behält die Fassung, die gleich ersetzt wird; die letzten drei bleiben. Nichts, wenn noch nie gerechnet ist."""
    if lauf.fassung == 0 or lauf.stand is None or lauf.berechnet_am is None:
        return
    session.execute(delete(Probelauf).where(Probelauf.lauf_id == lauf.id, Probelauf.fassung <= lauf.fassung - KEPT)
                    .execution_options(synchronize_session=False))
    row = Probelauf(
        lauf_id=lauf.id, fassung=lauf.fassung, stand=lauf.stand, berechnet_von=lauf.berechnet_von or "",
        berechnet_am=lauf.berechnet_am, regelwerk=lauf.regelwerk or "", ergebnis_hash=lauf.ergebnis_hash or "",
        anzahl=lauf.anzahl, auszahlung=lauf.auszahlung)
    session.add(row)
    session.flush()
    copy_selected(session, Probebogen, COLUMNS, _sheets(lauf), PORTION, probelauf_id=row.id)


def _sheets(lauf: Lauf) -> Select[Any]:
    paid = RueckrechnungAuszahlung
    amounts = [func.coalesce(getattr(paid, name), 0).label(name) for name in BALANCE]
    return (
        select(Ergebnis.beschaeftigung_id, Ergebnis.public_id.label("kennung"), Wertebogen.inhalt, *amounts,
               paid.id.is_not(None).label("ausgleich"))
        .join(Wertebogen, Wertebogen.ergebnis_id == Ergebnis.id)
        .outerjoin(paid, and_(paid.lauf_id == Ergebnis.lauf_id, paid.beschaeftigung_id == Ergebnis.beschaeftigung_id))
        .where(Ergebnis.lauf_id == lauf.id))


def earlier(session: TenantSession, lauf: Lauf) -> Sequence[Probelauf]:
    """Die behaltenen Fassungen, jüngste zuerst."""
    return session.scalars(select(Probelauf).where(Probelauf.lauf_id == lauf.id)
                           .order_by(Probelauf.fassung.desc())).all()


def kept(session: TenantSession, lauf: Lauf, fassung: int) -> Probelauf | None:
    """Eine der behaltenen Fassungen; None, wenn es sie nicht (mehr) gibt."""
    return session.scalars(select(Probelauf).where(Probelauf.lauf_id == lauf.id,
                                                   Probelauf.fassung == fassung)).one_or_none()


def forget(session: TenantSession, lauf: Lauf) -> None:
    """Vergisst alle früheren Fassungen; keine Abfrage, wenn es keine geben kann."""
    if lauf.fassung > 1:
        session.execute(delete(Probelauf).where(Probelauf.lauf_id == lauf.id)
                        .execution_options(synchronize_session=False))
