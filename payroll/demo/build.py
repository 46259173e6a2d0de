"""Builds the demonstration district and pays its months; what is there already is left as it is."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from sqlalchemy import select

from payroll.demo import accounts, money, own_times, recruiting, staffing
from payroll.demo.beside import with_benefits
from payroll.demo.claims import write_claims
from payroll.demo.names import ARBEITGEBER, Arbeitgeber
from payroll.demo.people import YEAR, people_of
from payroll.demo.tarif import with_events
from payroll.demo.times import work_month
from payroll.demo.write import Written, write_people
from payroll.masterdata.models import Beschaeftigung, Bezuegezuordnung
from payroll.masterdata.service import record_fact
from payroll.masterdata.settings import record_settings
from payroll.runs import service as runs
from payroll.runs.reading import findings
from payroll.runs.sonderzahlung import record_yearly_bonus
from payroll.statements.publish import close_and_publish
from tenants import service
from tenants.db.session import PlatformSession, TenantSession, platform_session, tenant_session
from tenants.models import Tenant

CLERK, HEAD = "karla.kern", "hanna.holz"
RESERVED = "240"  # this employer pays its civil servants by the draft act
CLOSED_UNTIL = 10
BEMESSUNG = 10  # the yearly bonus needs July to September, for trainees August to October
Say = Callable[[str], None]


def build(say: Say, *, closed_until: int = CLOSED_UNTIL, employers: tuple[Arbeitgeber, ...] = ARBEITGEBER) -> bool:
    """Creates employers, people, accounts and months; returns False when the district exists already."""
    with platform_session(actor="demonstration") as session:
        if session.scalars(select(Tenant.id).where(Tenant.demo).limit(1)).first() is not None:
            return False
        tenants = {a.number: _employer(session, a) for a in employers}
    people: dict[str, list[Written]] = {}
    for a in employers:
        with tenant_session(tenants[a.number], actor=CLERK) as session:
            people[a.number] = write_people(session, with_benefits(with_events(people_of(a))))
            write_claims(session, people[a.number])
            if a.number == RESERVED:
                record_settings(session, valid_from=date(YEAR, 1, 1), abschlag_auf_entwurf=True,
                                reason="Ratsbeschluss: Abschlag auf den Entwurf der Besoldungsanpassung")
        say(f"{a.name}: {a.size} Beschäftigte angelegt")
    accounts.create(tenants, people)
    for a in employers:
        _staffing_plan(tenants[a.number], a, people[a.number])
        recruiting.advertise(tenants[a.number], a, accounts.office_of(a.number), date.today())
    for a in employers:
        _months(say, tenants[a.number], a, people[a.number], closed_until)
    return True


def _months(say: Say, tenant: int, a: Arbeitgeber, people: list[Written], closed_until: int) -> None:
    """The closed months of one employer, what became known late, and the trial of the month after them."""
    money.open_accounts(tenant, a, CLERK)
    whole = closed_until == money.MONTHS
    for month in range(1, closed_until + 1):
        if month > BEMESSUNG:
            with tenant_session(tenant, actor=CLERK) as session:
                record_yearly_bonus(session, YEAR)
        pay_month(tenant, a.number, date(YEAR, month, 1))
        if whole:
            money.settle_of_year(tenant, date(YEAR, month, 1), CLERK, HEAD)
    if not whole:
        money.settle(tenant, [date(YEAR, month, 1) for month in range(1, closed_until + 1)], CLERK, HEAD)
    with tenant_session(tenant, actor=CLERK) as session:
        _known_late(session, people, date(YEAR, max(closed_until - 1, 1), 1))
        if closed_until == BEMESSUNG:
            record_yearly_bonus(session, YEAR)
    work_month(tenant, people, date(YEAR, max(closed_until - 1, 1), 1), CLERK, HEAD)
    following = date(YEAR + closed_until // 12, closed_until % 12 + 1, 1)
    if a.number == own_times.TOWN and following.year == YEAR:
        own_times.keep_times(tenant, people, following, date.today(), CLERK, HEAD)
    with tenant_session(tenant, actor=CLERK) as session:
        runs.calculate(session, following, key="demo")
    for step in money.year_end(tenant, YEAR) if whole else ():
        say(f"  {'getan' if step.getan else 'offen'}: {step.was}: {step.einzelheit}")
    if closed_until:
        say(f"{a.name}: Januar bis {runs.month_name(date(YEAR, closed_until, 1))} abgerechnet und abgeschlossen")


def _staffing_plan(tenant: int, a: Arbeitgeber, people: list[Written]) -> None:
    office = accounts.office_of(a.number)
    with tenant_session(tenant, actor=office) as session:
        staffing.staff(session, a, [written.mensch for written in people])
    staffing.decide(tenant, office, HEAD, "Kreistag" if a.kind == "kreis" else "Rat")


def pay_month(tenant: int, number: str, month: date) -> None:
    """One month from calculation to the sealed payslips, each step by the person whose step it is."""
    with tenant_session(tenant, actor=CLERK) as session:
        shown = str(runs.calculate(session, month, key=f"demo-{month:%Y-%m}").ergebnis_hash)
        _reasons(session, month)
        runs.check(session, month, ergebnis_hash=shown)
    with tenant_session(tenant, actor=HEAD) as session:
        runs.release(session, month, ergebnis_hash=shown)
    with tenant_session(tenant, actor=accounts.office_of(number)) as session:
        runs.release_municipality(session, month, ergebnis_hash=shown)
    with tenant_session(tenant, actor=CLERK) as session:
        close_and_publish(session, month, ergebnis_hash=shown)


def _known_late(session: TenantSession, people: list[Written], since: date) -> None:
    """A step that became known too late: the next run pays the difference of the closed months."""
    for written in people:
        first, *later = written.mensch.zuordnungen
        if later or written.mensch.kind != "verwaltung" or written.mensch.austritt or first.stufe not in "2345":
            continue
        if written.mensch.tarif or first.seit:
            continue
        job = session.scalars(select(Beschaeftigung).where(
            Beschaeftigung.personalnummer == written.mensch.personalnummer)).one()
        record_fact(session, Bezuegezuordnung, beschaeftigung_id=job.id, valid_from=since,
                    reason="Stufenaufstieg, nachträglich bekannt", tarifwerk=first.tarifwerk, stufe_seit=since,
                    entgeltgruppe=first.entgeltgruppe, stufe=str(int(first.stufe) + 1),
                    wochenstunden=first.wochenstunden, vollzeitstunden=first.vollzeitstunden)
        return


def _reasons(session: TenantSession, month: date) -> None:
    """Errors of invented people would stop the month: they are given a reason, as a clerk would."""
    for finding, _, _ in findings(session, month):
        if finding.stufe == "fehler":
            runs.acknowledge(session, finding.public_id, begruendung="Demonstration")


def _employer(session: PlatformSession, a: Arbeitgeber) -> int:
    tenant = service.create_tenant(
        session, a.number, a.name, a.kind, demonstration=True,
        betriebsnummer=a.betriebsnummer, strasse="Am Markt 1", plz=a.plz, ort=a.ort, telefon="02999 12-0",
        email=f"personal@{a.ort.lower().replace('ü', 'ue')}.example", finanzamt="Auenstedt",
        steuernummer=money.tax_number(a))
    return tenant.id
