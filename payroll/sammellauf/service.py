"""Aufträge anlegen, einen ausführen, ihren Stand lesen."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from sqlalchemy import delete, func, select

from payroll.runs import service as runs
from payroll.runs.errors import RunRefused
from payroll.runs.models import Lauf
from payroll.runs.stuecke.teilen import is_large
from payroll.sammellauf import stuecke
from payroll.sammellauf.models import (
    ABGELEHNT,
    ABSCHLIESSEN,
    ARTEN,
    FERTIG,
    GESCHEITERT,
    OFFEN,
    RECHNEN,
    Sammelauftrag,
)
from payroll.statements.publish import close_and_publish
from tenants.audit import record
from tenants.audit.models import AuditEntry
from tenants.db.session import TenantSession, platform_session, tenant_session
from tenants.models import User
from tenants.operation import queue
from tenants.users.mandates import HeldAt, mandates_on
from tenants.users.presence import office_day

ACTION, ACTOR = "sammellauf.auftrag", "sammellauf"
KEPT, ABANDONED = timedelta(days=400), timedelta(days=3)
BROKEN = ("Technischer Fehler, auch nach mehreren Versuchen; geschrieben wurde nichts. Die Verwaltung der Anwendung "
          "verständigen.")
DIVIDED, DIVISIONS = "sammellauf.neu_geteilt", 3
APART = ("Die Stücke passten auch nach neuem Teilen nicht zusammen; geschrieben wurde nichts. Zuletzt: {} Rechnen "
         "Arbeiter mit verschiedenen Fassungen des Programms: alle auf dieselbe bringen und neu beauftragen. Sonst neu "
         "beauftragen, sobald an früheren Monaten nichts mehr abgeschlossen wird.")
RIGHT = {RECHNEN: "run.calculate", ABSCHLIESSEN: "run.close"}
REFUSED_STATE = {
    RECHNEN: "Der Lauf ist schon geprüft; zum Neurechnen die Prüfung zurücknehmen.",
    ABSCHLIESSEN: "Abgeschlossen wird nur, was Kreis und Arbeitgeber freigegeben haben.",
}


@dataclass(frozen=True)
class Uebergangen:
    """Ein Arbeitgeber, bei dem nichts beauftragt wurde, mit dem Grund."""

    tenant_id: int
    grund: str


def order(login: str, tenants: Iterable[int], month: date, art: str) -> tuple[int, list[Uebergangen]]:
    """Beauftragt einen Schritt bei mehreren Arbeitgebern und stellt ihn in die Schlange.

    Das Recht hat der Aufrufer geprüft; beim Ausführen wird es noch einmal geprüft. Ein Auftrag, der noch offen ist,
    wird nicht verdoppelt, nur noch einmal angestoßen. Gibt Zahl der Aufträge und wer übergangen wurde.
    """
    if art not in ARTEN:
        raise RunRefused(f"Den Schritt „{art}“ gibt es nicht; möglich: {', '.join(ARTEN)}.")
    together, passed, placed = uuid.uuid4(), list[Uebergangen](), list[tuple[int, uuid.UUID]]()
    for tenant in tenants:
        with tenant_session(tenant, actor=login) as session:
            found = _placed(session, month.replace(day=1), art, together, login)
        if isinstance(found, str):
            passed.append(Uebergangen(tenant, found))
        else:
            placed.append((tenant, found))
    for tenant, number in placed:
        _push(tenant, number)
    return len(placed), passed


def _placed(session: TenantSession, month: date, art: str, together: uuid.UUID, login: str) -> uuid.UUID | str:
    lauf = session.scalars(select(Lauf).where(Lauf.monat == month).with_for_update()).one_or_none()
    state = lauf.zustand if lauf is not None else "offen"
    if state not in (("offen", "probe") if art == RECHNEN else ("freigegeben",)):
        return REFUSED_STATE[art]
    mine = select(Sammelauftrag).where(Sammelauftrag.monat == month, Sammelauftrag.art == art)
    waiting = session.scalars(mine.where(Sammelauftrag.zustand == OFFEN)).one_or_none()
    if waiting is not None:
        return waiting.public_id
    shown = lauf.ergebnis_hash if lauf is not None and art == ABSCHLIESSEN else None
    new = Sammelauftrag(sammlung=together, monat=month, art=art, ergebnis_hash=shown, beauftragt_von=login)
    session.add(new)
    session.flush()
    record(session, "sammellauf.beauftragt", f"lauf:{month:%Y-%m}", {"art": art})
    return new.public_id


def carry_out(arguments: Mapping[str, str], last: bool) -> None:
    """Führt einen Auftrag aus: genau einmal, in einer Transaktion; ein zweiter Aufruf findet ihn fertig.

    Ein großer Lauf wird dabei geteilt und bleibt offen, bis seine Stücke gerechnet sind und ein weiterer Aufruf sie
    zusammenfügt. last: kein weiterer Versuch folgt, der Auftrag gilt danach als gescheitert. Raises TryAgainError,
    wenn ein anderer ihn gerade ausführt oder er noch nicht festgeschrieben ist.
    """
    tenant, number = int(arguments["mandant"]), uuid.UUID(arguments["auftrag"])
    login, waiting = _begun(tenant, number), list[uuid.UUID]()
    if login is None:
        return
    try:
        with tenant_session(tenant, actor=login) as session:
            mine = select(Sammelauftrag).where(Sammelauftrag.public_id == number)
            auftrag = session.scalars(mine.with_for_update(skip_locked=True)).one_or_none()
            if auftrag is None:
                raise queue.HeldElsewhereError("Ein anderer Arbeiter führt den Auftrag gerade aus.")
            if auftrag.zustand == OFFEN:
                _require_right(login, tenant, RIGHT[auftrag.art])
                words = ACTS[auftrag.art](session, auftrag)
                if words is None:
                    waiting = stuecke.open_parts(session, auftrag.monat)
                else:
                    _end(auftrag, FERTIG, words)
        _defer_parts(tenant, number, waiting)
    except stuecke.GrundlageGeaendert as changed:
        _divide_again(tenant, number, changed, last)
    except RunRefused as refused:
        _ended(tenant, number, ABGELEHNT, str(refused))
    except queue.TryAgainError:
        raise
    except Exception:
        if last:
            _ended(tenant, number, GESCHEITERT, BROKEN)
        raise


def carry_out_part(arguments: Mapping[str, str], last: bool) -> None:
    """Rechnet ein Stück eines großen Laufs; nach dem letzten wird der Auftrag zum Zusammenfügen angestoßen."""
    if stuecke.carry_out(arguments, last, _given_up):
        _push(int(arguments["mandant"]), uuid.UUID(arguments["auftrag"]))


def _given_up(tenant: int, number: uuid.UUID, refused: str | None) -> None:
    _ended(tenant, number, GESCHEITERT if refused is None else ABGELEHNT, refused or BROKEN)


def _push(tenant: int, number: uuid.UUID) -> None:
    queue.defer(ACTION, {"mandant": str(tenant), "auftrag": str(number)}, once=str(number))


def _defer_parts(tenant: int, number: uuid.UUID, parts: Iterable[uuid.UUID]) -> None:
    for part in parts:
        queue.defer(stuecke.ACTION, {"mandant": str(tenant), "auftrag": str(number), "stueck": str(part)},
                    once=str(part))


def _divide_again(tenant: int, number: uuid.UUID, why: stuecke.GrundlageGeaendert, last: bool) -> None:
    """Die Stücke passen nicht mehr zusammen: verwerfen, der nächste Versuch teilt neu; nach DIVISIONS ist Schluss.

    Verworfen und gezählt wird nur die Teilung, um die es ging: ein anderer kann schon neu geteilt haben.
    """
    with tenant_session(tenant, actor=ACTOR) as session:
        auftrag = session.scalars(select(Sammelauftrag).where(Sammelauftrag.public_id == number)
                                  .with_for_update()).one()
        if auftrag.zustand != OFFEN:
            return
        if stuecke.discard(session, auftrag.monat, why.rechnung):
            record(session, DIVIDED, f"lauf:{auftrag.monat:%Y-%m}", {"auftrag": str(number)}, str(why))
        done = session.scalar(select(func.count()).select_from(AuditEntry).where(
            AuditEntry.action == DIVIDED, AuditEntry.at >= auftrag.beauftragt_am,
            AuditEntry.details["auftrag"].astext == str(number))) or 0
    if last or done >= DIVISIONS:
        _ended(tenant, number, GESCHEITERT, APART.format(why))
        return
    raise queue.TryAgainError(str(why))


def _calculate(session: TenantSession, auftrag: Sammelauftrag) -> str | None:
    if stuecke.progress(session, auftrag.monat) is not None or is_large(session, auftrag.monat):
        lauf = stuecke.merged(session, auftrag.monat, auftrag.public_id)
    else:
        lauf = runs.calculate(session, auftrag.monat, key=stuecke.KEY.format(auftrag.public_id))
    return None if lauf is None else f"{lauf.anzahl} Abrechnungen gerechnet"


def _close(session: TenantSession, auftrag: Sammelauftrag) -> str:
    _, stored = close_and_publish(session, auftrag.monat, ergebnis_hash=str(auftrag.ergebnis_hash))
    return f"abgeschlossen, {stored.new} Abrechnungen ausgestellt"


ACTIONS: dict[str, queue.Action] = {ACTION: carry_out, stuecke.ACTION: carry_out_part}
ACTS: dict[str, Callable[[TenantSession, Sammelauftrag], str | None]] = {RECHNEN: _calculate, ABSCHLIESSEN: _close}


def abandon(session: TenantSession, month: date, *, reason: str) -> bool:
    """Nimmt den offenen Auftrag zum Rechnen zurück und verwirft die Stücke, die er schon hat.

    Gibt es weder das eine noch das andere, ist es False. Was gerade ein Stück rechnet, wird abgewartet.
    """
    if not reason.strip():
        raise RunRefused("Bitte begründen, warum der Auftrag verworfen wird.")
    month = month.replace(day=1)
    auftrag = session.scalars(select(Sammelauftrag).where(
        Sammelauftrag.monat == month, Sammelauftrag.art == RECHNEN, Sammelauftrag.zustand == OFFEN)
        .with_for_update()).one_or_none()
    discarded = stuecke.discard(session, month)
    if auftrag is not None:
        _end(auftrag, ABGELEHNT, f"verworfen: {reason.strip()}")
    if auftrag is not None or discarded:
        record(session, "sammellauf.verworfen", f"lauf:{month:%Y-%m}", {"stuecke": discarded}, reason.strip())
    return auftrag is not None or discarded


def latest(session: TenantSession, month: date) -> Sequence[Sammelauftrag]:
    """Der jüngste Auftrag je Schritt eines Monats."""
    newest = select(func.max(Sammelauftrag.id)).where(Sammelauftrag.monat == month).group_by(Sammelauftrag.art)
    return session.scalars(select(Sammelauftrag).where(Sammelauftrag.id.in_(newest))
                           .order_by(Sammelauftrag.id.desc())).all()


def forget(session: TenantSession, today: date) -> int:
    """Löscht, was seit KEPT entschieden ist: die Worte einer Ablehnung können einen Menschen nennen; dazu Stücke eines
    Laufs, der seit ABANDONED nicht zu Ende kommt (ein neuer Anstoß teilt ihn neu). Gibt die Zahl der Aufträge zurück.
    """
    for month in stuecke.discard_older(session, datetime.combine(today, time(), UTC) - ABANDONED):
        record(session, "sammellauf.verworfen", f"lauf:{month:%Y-%m}", {"stuecke": True},
               f"Die Stücke kamen in {ABANDONED.days} Tagen nicht zu Ende.")
    old = delete(Sammelauftrag).where(Sammelauftrag.fertig_am < datetime.combine(today, time(), UTC) - KEPT)
    return session.execute(old.execution_options(synchronize_session=False)).rowcount


def _begun(tenant: int, number: uuid.UUID) -> str | None:
    """Vermerkt den Beginn und sagt, in wessen Namen; None, wenn nichts mehr zu tun ist."""
    with tenant_session(tenant, actor=ACTOR) as session:
        known = session.scalar(select(Sammelauftrag.id).where(Sammelauftrag.public_id == number))
        mine = select(Sammelauftrag).where(Sammelauftrag.public_id == number)
        auftrag = session.scalars(mine.with_for_update(skip_locked=True)).one_or_none()
        if auftrag is None:
            raise (queue.HeldElsewhereError("Der Auftrag ist gesperrt.") if known
                   else queue.TryAgainError("Den Auftrag gibt es noch nicht."))
        if auftrag.zustand != OFFEN:
            return None
        auftrag.begonnen_am, auftrag.versuche = func.clock_timestamp(), auftrag.versuche + 1
        return auftrag.beauftragt_von


def _ended(tenant: int, number: uuid.UUID, zustand: str, worte: str) -> None:
    with tenant_session(tenant, actor=ACTOR) as session:
        auftrag = session.scalars(select(Sammelauftrag).where(Sammelauftrag.public_id == number)
                                  .with_for_update()).one()
        if auftrag.zustand == OFFEN:
            if auftrag.art == RECHNEN:
                stuecke.discard(session, auftrag.monat)
            _end(auftrag, zustand, worte)
            record(session, f"sammellauf.{zustand}", f"lauf:{auftrag.monat:%Y-%m}", {"art": auftrag.art})


def _end(auftrag: Sammelauftrag, zustand: str, worte: str) -> None:
    auftrag.zustand, auftrag.fertig_am, auftrag.worte = zustand, func.clock_timestamp(), worte


def allowed(login: str, right: str) -> list[HeldAt]:
    """Die Mandate von heute mit diesem Recht für den ganzen Arbeitgeber."""
    with platform_session(actor=ACTOR) as session:
        user = session.scalars(select(User).where(User.login == login)).one_or_none()
    held = [] if user is None else mandates_on(user, office_day(datetime.now(UTC)))
    return [one for one in held if right in one.permissions and one.limit(right) is None]


def _require_right(login: str, tenant: int, right: str) -> None:
    """Wer beauftragt hat, muss es auch beim Ausführen noch dürfen: ein Mandat endet an seinem Tag."""
    if not any(one.tenant_id == tenant for one in allowed(login, right)):
        raise RunRefused("Wer den Auftrag gab, hat bei diesem Arbeitgeber kein Mandat mehr dafür.")
