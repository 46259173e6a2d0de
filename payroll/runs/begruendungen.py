"""Was einen neuen Probelauf überdauert: Begründungen zu wörtlich denselben Befunden, und wer zuständig ist."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import delete, select

from payroll.runs.befund_models import Hinweiszuweisung
from payroll.runs.findings import Befund
from payroll.runs.models import Hinweis, Lauf
from tenants.db.session import TenantSession

Key = tuple[int | None, str, str, str, str, str, str]
Begruendung = tuple[str | None, datetime | None, str | None]
NONE: Begruendung = (None, None, None)


def kept(session: TenantSession, lauf: Lauf) -> dict[Key, Begruendung]:
    """Begründungen des Probelaufs, der gleich ersetzt wird: wer, wann, warum; nichts, wenn noch nie gerechnet ist.

    Sie gelten nur für denselben Befund mit denselben Worten: mit einer anderen Zahl im Text ist er wieder offen.
    """
    if lauf.fassung == 0:
        return {}
    rows = session.scalars(select(Hinweis).where(Hinweis.lauf_id == lauf.id, Hinweis.erledigt_von.is_not(None)))
    return {key_of(one): (one.erledigt_von, one.erledigt_am, one.begruendung) for one in rows}


def key_of(one: Befund | Hinweis) -> Key:
    """Woran derselbe Befund wiederzuerkennen ist: Mensch, Stufe, Ursache, Feld und alle Worte."""
    return one.beschaeftigung_id, one.stufe, one.ursache, one.feld, one.datensatz, one.regel, one.abhilfe


def forget(session: TenantSession, lauf: Lauf) -> None:
    """Mit dem Abschluss ist niemand mehr zuständig; wer es war, steht im Protokoll."""
    session.execute(delete(Hinweiszuweisung).where(Hinweiszuweisung.lauf_id == lauf.id)
                    .execution_options(synchronize_session=False))
