"""Die Aufgaben des Nachtlaufs: Aufstiege ankündigen, löschen, was fällig und genehmigt ist, Post, Zertifikat, Siegel.

Worte nennen Anzahlen, nie Menschen; jede Aufgabe lässt sich beliebig oft wiederholen.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from tenants import service
from tenants.audit import checkpoint
from tenants.audit.service import clock_jumps
from tenants.counting import counted
from tenants.db.session import PlatformSession, TenantSession, platform_session, tenant_session
from tenants.documents import pairing
from tenants.operation import certificate
from tenants.operation.nightly import ACTOR, Job, JobFailed, Night
from tenants.outbox import sending
from tenants.retention import accounts
from tenants.retention.errors import DeletionRefused
from tenants.web.quiet_errors import described

log = logging.getLogger(__name__)
WATCHED = timedelta(days=2)  # a jump stands on the page of the night until somebody has seen it


def announce(night: Night) -> str:
    """Kündigt bei allen Arbeitgebern die Stufenaufstiege dieses und des nächsten Monats als Wiedervorlage an."""
    from payroll.masterdata import wiedervorlage

    new = _everywhere(lambda session: wiedervorlage.announce_steps(session, night.today))
    late = _everywhere(lambda session: wiedervorlage.counts(session, night.today)[0])
    return (f"{counted(new, 'Stufenaufstieg', 'Stufenaufstiege')} neu angekündigt, "
            f"{counted(late, 'Wiedervorlage', 'Wiedervorlagen')} fällig")


def leavers(night: Night) -> str:
    """Begrenzt die Zugänge der Ausgeschiedenen und öffnet die der Zurückgekehrten."""
    from payroll.masterdata.ausgeschieden import settle_access

    return f"{_everywhere(lambda session: sum(settle_access(session, night.today)))} Zugänge zum Portal angepasst"


def deletion(night: Night) -> str:
    """Führt aus, was zwei Menschen angeordnet und genehmigt haben."""
    from payroll.statements.retention.carrying_out import carry_out

    done, words = list[int](), "kein genehmigter Auftrag"
    try:
        for _, count, _ in carry_out(night.connected, night.documents, ACTOR):
            done.append(count)
            words = (f"{counted(len(done), 'Auftrag', 'Aufträge')}, {counted(sum(done), 'Zeile', 'Zeilen')} gelöscht, "
                     f"Urkunden: {night.documents}")
    except DeletionRefused as refused:
        raise JobFailed(f"{words if done else 'nichts gelöscht'}. {refused}") from refused
    return words


def applications(night: Night) -> str:
    """Löscht Bewerbungen, deren Löschtag da ist."""
    from jobportal import clock

    gone = _everywhere(lambda session: clock.run(session, night.today))
    late = _everywhere(lambda session: len(clock.overdue(session, night.today)))
    return (f"{counted(gone, 'Bewerbung', 'Bewerbungen')} gelöscht, "
            f"{counted(late, 'zugesagte Antwort', 'zugesagte Antworten')} überfällig")


def technical(night: Night) -> str:
    """Löscht abgelaufene Sitzungen, Versuche, Codes, Nachrichten, Papiere des Archivs, die vergeblich auf ein zweites
    warteten, und alte Aufträge von Sammelläufen."""
    from payroll.sammellauf import service as collective

    with platform_session(actor=ACTOR) as session:
        gone = sum(accounts.clean(session, datetime.now(UTC)).values()) + pairing.expired(session)
    orders = _everywhere(lambda session: collective.forget(session, night.today))
    return f"{counted(gone + orders, 'Zeile', 'Zeilen')} gelöscht"


def messages(_: Night) -> str:
    """Meldet neue Abrechnungen und versendet, was im Postausgang fällig ist; ohne Mailserver geschieht nichts.

    Misslingt das Melden, wird trotzdem versandt: Nachrichten zur Sicherheit hängen nicht an Abrechnungen.
    """
    if not os.environ.get(sending.ENV_URL):
        return "kein Mailserver angegeben"
    told = _slips_told()
    try:
        done = sending.send_due(sending.from_environment())
    except sending.MailSettingsError as error:
        raise JobFailed(str(error)) from error
    words = f"{done.sent} versandt, {done.failed} misslungen, {done.given_up} aufgegeben"
    if not told:
        words += ", neue Abrechnungen nicht gemeldet; Einzelheiten im Log"
    if done.failed or not told:
        raise JobFailed(words)
    return words


def _slips_told() -> bool:
    """Ob neue Abrechnungen gemeldet sind; wenn nicht, steht es im Log."""
    from payroll.statements import bereit

    try:
        with platform_session(actor=ACTOR) as session:
            tenants = [one.id for one in service.list_tenants(session)]
        bereit.announce(tenants, datetime.now(UTC), ACTOR)
    except Exception as error:
        log.error("Neue Abrechnungen zu melden misslang: %s", described(error))
        return False
    return True


def certificates(_: Night) -> str:
    """Sieht nach, wie lange das Zertifikat des Webservers davor noch gilt; misslingt drei Wochen vor seinem Ende."""
    names = os.environ.get("KREISLOHN_NAMES", "").split()
    if not names:
        return "kein Name des Servers angegeben"
    words, good = certificate.report(names, datetime.now(UTC))
    if not good:
        raise JobFailed(f"{words}: im Webserver erneuern")
    return words


def seals(_: Night) -> str:
    """Siegelt den Kopf jeder Protokollkette, auch den der Plattform; misslingt, wenn die Uhr zurücksprang.

    Was eine nachgehende Uhr nach einem Abschluss stempelt, fände die Nachberechnung nicht: das muss ein Mensch sehen.
    """
    from payroll.runs.retro.affected import UEBERLAPPUNG

    jumped: list[int] = []

    def seal(session: TenantSession | PlatformSession) -> int:
        checkpoint.seal_chain(session, "nachtlauf")
        jumped.extend(clock_jumps(session, datetime.now(UTC) - WATCHED, UEBERLAPPUNG))
        return 1

    with platform_session(actor=ACTOR) as session:
        seal(session)
    count = _everywhere(seal) + 1
    if jumped:
        raise JobFailed(f"{counted(count, 'Kette', 'Ketten')} gesiegelt; die Uhr der Datenbank sprang {len(jumped)} "
                        "mal um mehr als "
                        f"{UEBERLAPPUNG.seconds // 60} Minuten zurück: Zeitdienst richten und seither Erfasstes vor "
                        "dem nächsten Lauf noch einmal erfassen")
    return f"{counted(count, 'Kette', 'Ketten')} gesiegelt"


JOBS = (
    Job("stufen", announce),
    Job("ausgeschiedene", leavers),
    Job("loeschung", deletion),
    Job("bewerbungen", applications),
    Job("technisches", technical),
    Job("nachrichten", messages),
    Job("zertifikat", certificates),
    Job("siegel", seals),
)


def _everywhere(act: Callable[[TenantSession], int]) -> int:
    """Dasselbe bei jedem Arbeitgeber in dessen eigener Transaktion; gibt die Summe.

    Einer, bei dem es misslingt, hält die späteren nicht auf. Raises JobFailed am Ende mit ihrer Anzahl.
    """
    with platform_session(actor=ACTOR) as session:
        found = [one.id for one in service.list_tenants(session)]
    total = failed = 0
    for tenant in found:
        try:
            with tenant_session(tenant, actor=ACTOR) as session:
                total += act(session)
        except Exception as error:
            failed += 1
            log.error("Nachtlauf beim Arbeitgeber %s misslungen: %s", tenant, described(error))
    if failed:
        raise JobFailed(f"bei {failed} von {len(found)} Arbeitgebern misslungen, bei den anderen getan ({total})")
    return total
