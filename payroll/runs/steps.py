"""Schritte nach dem Rechnen: prüfen, freigeben (zwei Seiten), zurücknehmen, abschließen.

Bestätigt wird immer, was gezeigt wurde: jeder Schritt nennt den Hash des Ergebnisses; stimmt er nicht mehr, wird
abgelehnt. Kein Schritt rechnet neu. Wiederholt jemand denselben Schritt, geschieht nichts ein zweites Mal.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import func, select

from payroll.masterdata.wiedervorlage import announce_steps
from payroll.runs import begruendungen, probelauf
from payroll.runs.errors import RunNotFound, RunRefused
from payroll.runs.models import Ergebnis, Hinweis, Lauf
from payroll.runs.parallel import gate
from payroll.runs.ueberzahlung.faelle import open_cases
from tenants.audit import Entry, checkpoint, record, record_many
from tenants.audit.checkpoint import Checkpoint
from tenants.db.bulk import whole_tables
from tenants.db.session import TenantSession
from tenants.models import Mandate
from tenants.operation import tracing
from tenants.permissions import ROLE_PERMISSIONS

MONATE = ("Januar", "Februar", "März", "April", "Mai", "Juni", "Juli", "August", "September", "Oktober", "November",
          "Dezember")


def month_name(month: date) -> str:
    """November 2026."""
    return f"{MONATE[month.month - 1]} {month.year}"


def find_run(session: TenantSession, month: date, *, lock: bool = False) -> Lauf:
    """Der Lauf des Monats; mit lock für die Dauer der Transaktion nur für diesen Schritt."""
    statement = select(Lauf).where(Lauf.monat == month.replace(day=1))
    if lock:
        statement = statement.with_for_update().execution_options(populate_existing=True)
    lauf = session.scalars(statement).one_or_none()
    if lauf is None:
        raise RunNotFound(f"Für {month_name(month)} gibt es noch keinen Lauf. Zuerst den Probelauf rechnen.")
    return lauf


@tracing.traced("lauf prüfen")
def check(session: TenantSession, month: date, *, ergebnis_hash: str) -> Lauf:
    """Bestätigt, dass die Ergebnisse geprüft sind; offene Fehler und fehlende Freigebende verhindern es."""
    lauf = find_run(session, month, lock=True)
    _same(lauf, ergebnis_hash)
    if lauf.zustand != "probe":
        if lauf.zustand == "offen":
            raise RunRefused(f"{month_name(month)} ist noch nicht gerechnet. Zuerst den Probelauf rechnen.")
        return lauf
    _not_empty(session, lauf)
    _no_open_errors(session, lauf)
    _earlier_closed(session, lauf)
    _approvers_exist(session, lauf)
    lauf.geprueft_von, lauf.geprueft_am, lauf.zustand = _actor(session), _now(session), "geprueft"
    record(session, "lauf.geprueft", _subject(lauf), {"hash": lauf.ergebnis_hash})
    return lauf


@tracing.traced("lauf freigeben")
def release(session: TenantSession, month: date, *, ergebnis_hash: str) -> Lauf:
    """Freigabe des Kreises durch eine zweite Person."""
    lauf = _releasable(session, month, ergebnis_hash)
    if lauf.freigegeben_von is not None:
        return lauf
    _second_person(session, lauf, lauf.gemeinde_von)
    lauf.freigegeben_von, lauf.freigegeben_am = _actor(session), _now(session)
    record(session, "lauf.freigegeben", _subject(lauf), {"hash": lauf.ergebnis_hash, "seite": "kreis"})
    _complete_release(session, lauf)
    return lauf


@tracing.traced("lauf freigeben arbeitgeber")
def release_municipality(session: TenantSession, month: date, *, ergebnis_hash: str) -> Lauf:
    """Freigabe des Arbeitgebers, dessen Menschen bezahlt werden."""
    lauf = _releasable(session, month, ergebnis_hash)
    if lauf.gemeinde_von is not None:
        return lauf
    _second_person(session, lauf, lauf.freigegeben_von)
    lauf.gemeinde_von, lauf.gemeinde_am = _actor(session), _now(session)
    record(session, "lauf.freigegeben", _subject(lauf), {"hash": lauf.ergebnis_hash, "seite": "arbeitgeber"})
    _complete_release(session, lauf)
    return lauf


@tracing.traced("lauf zurücknehmen")
def withdraw(session: TenantSession, month: date, *, reason: str) -> Lauf:
    """Nimmt Prüfung und Freigaben zurück, solange nicht abgeschlossen ist; der Grund kommt ins Protokoll."""
    lauf = find_run(session, month, lock=True)
    if not reason.strip():
        raise RunRefused("Zum Zurücknehmen bitte einen Grund angeben.")
    if lauf.zustand == "abgeschlossen":
        raise RunRefused(f"{month_name(month)} ist abgeschlossen. Berichtigungen laufen über einen späteren Monat.")
    if lauf.zustand in ("geprueft", "freigegeben"):
        reset_steps(lauf)
        lauf.zustand = "probe"
        record(session, "lauf.zurueckgenommen", _subject(lauf), {"hash": lauf.ergebnis_hash}, reason.strip())
    return lauf


@tracing.traced("lauf abschließen")
def close(session: TenantSession, month: date, *, ergebnis_hash: str) -> Lauf:
    """Schließt den Monat ab: Summen müssen aufgehen, danach ändert auch die Datenbank nichts mehr.

    Zugleich werden die Stufenaufstiege der zwei folgenden Monate angekündigt und Fälle zu
    Überzahlungen angelegt.
    """
    lauf = find_run(session, month, lock=True)
    _same(lauf, ergebnis_hash)
    if lauf.zustand == "abgeschlossen":
        return lauf
    if lauf.zustand != "freigegeben":
        raise RunRefused(f"{month_name(month)} ist nicht von beiden Seiten freigegeben. "
                         f"Es fehlt: {', '.join(missing_releases(lauf))}.")
    with whole_tables(session):
        _close(session, lauf)
    return lauf


def _close(session: TenantSession, lauf: Lauf) -> None:
    month = lauf.monat
    _sums_tie(session, lauf)
    probelauf.forget(session, lauf)
    begruendungen.forget(session, lauf)
    lauf.abgeschlossen_von, lauf.abgeschlossen_am, lauf.zustand = _actor(session), _now(session), "abgeschlossen"
    record(session, "lauf.abgeschlossen", _subject(lauf), {"hash": lauf.ergebnis_hash, "anzahl": lauf.anzahl,
                                                           "auszahlung": lauf.auszahlung})
    open_cases(session, lauf)
    announce_steps(session, date(month.year + month.month // 12, month.month % 12 + 1, 1))


def acknowledge(session: TenantSession, hinweis: UUID, *, begruendung: str) -> Hinweis:
    """Ein Befund bleibt stehen, ist aber gesehen und begründet."""
    found = session.scalars(select(Hinweis).where(Hinweis.public_id == hinweis)).one_or_none()
    if found is None:
        raise RunNotFound("Diesen Befund gibt es nicht (mehr). Die Liste neu laden.")
    stand_with_reason(session, [found] if found.erledigt_von is None else [], begruendung)
    return found


def acknowledge_group(session: TenantSession, month: date, *, ergebnis_hash: str, stufe: str, feld: str, abhilfe: str,
                      begruendung: str) -> int:
    """Alle offenen Befunde einer Ursache (Stufe, Feld, Abhilfe) des gezeigten Probelaufs bleiben mit einer Begründung
    stehen; gibt ihre Zahl. Jeder steht einzeln im Protokoll."""
    lauf = find_run(session, month, lock=True)
    _same(lauf, ergebnis_hash)
    if lauf.zustand != "probe":
        raise RunRefused(f"{month_name(month)} ist kein Probelauf mehr. Erst die Prüfung zurücknehmen, dann begründen.")
    found = session.scalars(select(Hinweis).where(
        Hinweis.lauf_id == lauf.id, Hinweis.stufe == stufe, Hinweis.feld == feld, Hinweis.abhilfe == abhilfe,
        Hinweis.erledigt_von.is_(None)).order_by(Hinweis.id)).all()
    if not found:
        raise RunNotFound("Zu dieser Ursache ist nichts mehr offen. Die Liste neu laden.")
    return stand_with_reason(session, found, begruendung)


def stand_with_reason(session: TenantSession, found: Sequence[Hinweis], begruendung: str) -> int:
    """Diese offenen Befunde bleiben mit einer Begründung stehen; jeder steht einzeln im Protokoll. Gibt ihre Zahl."""
    reason = begruendung.strip()
    if not reason:
        raise RunRefused("Bitte begründen, warum das so bleiben kann.")
    moment, who = _now(session), _actor(session)
    for one in found:
        one.erledigt_am, one.erledigt_von, one.begruendung = moment, who, reason
    record_many(session, [Entry("hinweis.erledigt", f"hinweis:{one.public_id}", {"ursache": one.ursache}, reason)
                          for one in found])
    return len(found)


def missing_releases(lauf: Lauf) -> list[str]:
    """Was bis zum Abschluss noch fehlt, in Worten."""
    missing = []
    if lauf.zustand in ("offen", "probe"):
        missing.append("Prüfung")
    if lauf.freigegeben_von is None:
        missing.append("Freigabe des Kreises")
    if lauf.gemeinde_von is None:
        missing.append("Freigabe des Arbeitgebers")
    return missing


def reset_steps(lauf: Lauf) -> None:
    """Prüfung und Freigaben gelten nicht mehr."""
    lauf.geprueft_von = lauf.geprueft_am = None
    lauf.freigegeben_von = lauf.freigegeben_am = None
    lauf.gemeinde_von = lauf.gemeinde_am = None


def _releasable(session: TenantSession, month: date, ergebnis_hash: str) -> Lauf:
    lauf = find_run(session, month, lock=True)
    _same(lauf, ergebnis_hash)
    gate.demand_live(session, lauf.monat)
    if lauf.zustand not in ("geprueft", "freigegeben", "abgeschlossen"):
        raise RunRefused(f"{month_name(month)} ist noch nicht geprüft. Zuerst die Ergebnisse prüfen.")
    if lauf.zustand != "abgeschlossen":
        _not_empty(session, lauf)
    return lauf


def _complete_release(session: TenantSession, lauf: Lauf) -> None:
    """Mit der zweiten Freigabe: der Kopf des Protokolls wird gesiegelt und kommt auf den Freigabevermerk."""
    if lauf.freigegeben_von is not None and lauf.gemeinde_von is not None:
        lauf.zustand = "freigegeben"
        checkpoint.seal_chain(session, _occasion(lauf.monat))


def release_seal(session: TenantSession, month: date) -> Checkpoint | None:
    """Das Siegel der letzten vollständigen Freigabe eines Monats; None, solange es keine gibt."""
    return checkpoint.latest(session, _occasion(month))


def _same(lauf: Lauf, ergebnis_hash: str) -> None:
    if lauf.ergebnis_hash != ergebnis_hash:
        raise RunRefused("Die Ergebnisse haben sich seit der Anzeige geändert; bestätigt wird nur, was gezeigt wurde. "
                         "Die Seite neu laden und noch einmal ansehen.")


def _second_person(session: TenantSession, lauf: Lauf, other_side: str | None) -> None:
    actor = _actor(session)
    if actor == lauf.berechnet_von:
        raise RunRefused("Wer gerechnet hat, gibt nicht frei. Die Freigabe muss eine zweite Person erteilen.")
    if actor == other_side:
        raise RunRefused("Kreis und Arbeitgeber geben durch verschiedene Personen frei.")


def _not_empty(session: TenantSession, lauf: Lauf) -> None:
    counted = session.scalar(select(func.count(Ergebnis.id)).where(Ergebnis.lauf_id == lauf.id)) or 0
    if counted == 0 or counted != lauf.anzahl:
        raise RunRefused(f"Der Lauf {month_name(lauf.monat)} enthält keine vollständige Abrechnung "
                         f"({counted} von {lauf.anzahl}). Befunde beheben und den Probelauf wiederholen.")


def _no_open_errors(session: TenantSession, lauf: Lauf) -> None:
    still_open = session.scalar(select(func.count(Hinweis.id)).where(
        Hinweis.lauf_id == lauf.id, Hinweis.stufe == "fehler", Hinweis.erledigt_von.is_(None))) or 0
    if still_open:
        raise RunRefused(f"{still_open} Fehler sind offen. Jeden beheben und neu rechnen oder mit Begründung stehen "
                         "lassen; diese Personen werden dann nicht bezahlt.")


def _earlier_closed(session: TenantSession, lauf: Lauf) -> None:
    live = gate.first_live(session)  # months that ran beside the old system are never closed
    earlier = session.scalars(select(Lauf.monat).where(
        Lauf.monat < lauf.monat, Lauf.monat >= live, Lauf.zustand != "abgeschlossen").order_by(Lauf.monat)).first()
    if earlier is not None:
        raise RunRefused(f"{month_name(earlier)} ist noch nicht abgeschlossen; "
                         f"{month_name(lauf.monat)} baut darauf auf.")
    # What an earlier month settles after this run was calculated, this run would settle a second time.
    since = session.scalars(select(Lauf.monat).where(Lauf.monat < lauf.monat, Lauf.abgeschlossen_am > lauf.berechnet_am)
                            .order_by(Lauf.monat)).first()
    if since is not None:
        raise RunRefused(f"{month_name(since)} wurde nach dieser Rechnung abgeschlossen; {month_name(lauf.monat)} "
                         "baut darauf auf. Den Probelauf neu rechnen.")


def _approvers_exist(session: TenantSession, lauf: Lauf) -> None:
    people = approvers(session, _now(session).date())
    for right, side in (("run.release", "des Kreises"), ("run.release_municipality", "des Arbeitgebers")):
        if not people[right]:
            raise RunRefused(f"Niemand kann die Freigabe {side} erteilen: es gibt heute kein Mandat mit diesem Recht "
                             "für eine zweite Person. Die Verwaltung muss ein Mandat einrichten.")
    if len(people["run.release"] | people["run.release_municipality"]) < 2:
        raise RunRefused("Kreis und Arbeitgeber müssen durch zwei verschiedene Personen freigeben; es gibt heute nur "
                         "eine mit diesen Rechten. Die Verwaltung muss ein weiteres Mandat einrichten.")


def approvers(session: TenantSession, day: date) -> dict[str, set[int]]:
    """Wer an diesem Tag auf welcher Seite freigeben kann (Nummern der Zugänge)."""
    rows = session.execute(select(Mandate.user_id, Mandate.role).where(
        Mandate.valid_from <= day, (Mandate.valid_to.is_(None)) | (Mandate.valid_to >= day))).all()
    return {right: _with_right(rows, right) for right in ("run.release", "run.release_municipality")}


def _with_right(rows: Iterable[tuple[int, str]], right: str) -> set[int]:
    return {user for user, role in rows if right in ROLE_PERMISSIONS[role]}


def _sums_tie(session: TenantSession, lauf: Lauf) -> None:
    row = session.execute(select(
        func.count(Ergebnis.id), func.sum(Ergebnis.gesamtbrutto), func.sum(Ergebnis.netto),
        func.sum(Ergebnis.auszahlung), func.sum(Ergebnis.ag_kosten)).where(Ergebnis.lauf_id == lauf.id)).one()
    stored = (lauf.anzahl, lauf.gesamtbrutto, lauf.netto, lauf.auszahlung, lauf.ag_kosten)
    if tuple(int(value or 0) for value in row) != stored:
        raise RunRefused("Die Summe der Abrechnungen stimmt nicht mit der Summe des Laufs überein. "
                         "Nicht abschließen; die Verwaltung der Anwendung verständigen.")


def _actor(session: TenantSession) -> str:
    return str(session.info["actor"])


def _now(session: TenantSession) -> datetime:
    # Read through a mapped class: a tenant's session carries no free statements.
    return session.scalars(select(func.now()).select_from(Lauf).limit(1)).one()


def _subject(lauf: Lauf) -> str:
    return f"lauf:{lauf.monat:%Y-%m}"


def _occasion(month: date) -> str:
    """Anlass des Siegels; auf dem Freigabevermerk steht der Kopf der Kette davor."""
    return f"freigabe:{month:%Y-%m}"
