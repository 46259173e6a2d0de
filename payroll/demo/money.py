"""Money of the demonstration: accounts, payment orders, journal and filings of the last two closed months.

The older month has left the house with receipts; the latest waits for the second person, so that a visitor can take the
step.
"""

from __future__ import annotations

from datetime import UTC, date, datetime

from schwifty import IBAN
from sqlalchemy import select

from payroll.demo.names import Arbeitgeber
from payroll.filings.jahresende import liste
from payroll.filings.jahresende.liste import Schritt
from payroll.filings.meldungen import alle, speichern, unfall_angaben
from payroll.filings.meldungen.unfall_angaben import Unfallangaben
from payroll.filings.models import Meldung, Zahlungsauftrag
from payroll.filings.sepa import duties, employer_account, orders, receiver_account
from payroll.postings import service as postings
from tenants.db.session import tenant_session

BANKS = ("37050198", "41651770")
TREASURY = "kurt.kass"
MONTHS = 12
CARRIER = Unfallangaben("15027365", "123456789012001", "21")  # invented, with true check digits
HANDED_OVER = ("lsta", "beitragsnachweis", "zv_monat")
YEARLY = ("lstb", "deuev", "zv_ereignis", "zv_jahr", "uv", "sb", "eel", "personalstand")


def tax_number(a: Arbeitgeber) -> str:
    """An invented tax number in the form of North Rhine-Westphalia."""
    return f"133/5{a.number}/1234"


def open_accounts(tenant: int, a: Arbeitgeber, clerk: str) -> None:
    """Account of the employer and of the tax office, recorded by one person and confirmed by another."""
    first = date(2025, 1, 1)
    with tenant_session(tenant, actor=clerk) as session:
        own = employer_account.record_account(
            session, iban=str(IBAN.generate("DE", BANKS[0], f"9{a.number:0>9}")), inhaber=a.name, valid_from=first,
            reason="Kontoeröffnung").public_id
        office = receiver_account.record(
            session, empfaenger="Auenstedt", inhaber="Finanzamt Auenstedt",
            iban=str(IBAN.generate("DE", BANKS[1], f"8{a.number:0>9}")), valid_from=first, reason="Bescheid").public_id
    with tenant_session(tenant, actor=TREASURY) as session:
        employer_account.confirm_account(session, own)
        receiver_account.confirm(session, office)


def settle(tenant: int, closed: list[date], clerk: str, head: str) -> None:
    """Orders, journal and filings of the last two closed months."""
    for month in closed[-2:]:
        _settle(tenant, month, clerk, head, done=month != closed[-1], kinds=HANDED_OVER)


def settle_of_year(tenant: int, month: date, clerk: str, head: str) -> None:
    """A month of a year that is led to its end: everything leaves the house, in December the yearly filings too."""
    if month.month == 1:
        with tenant_session(tenant, actor=clerk) as session:
            unfall_angaben.record(session, CARRIER, valid_from=month, reason="Bescheid")
    _settle(tenant, month, clerk, head, done=True, kinds=HANDED_OVER + YEARLY)
    with tenant_session(tenant, actor=TREASURY) as session:
        for number, digest in session.execute(select(Zahlungsauftrag.public_id, Zahlungsauftrag.sha256).where(
                Zahlungsauftrag.art == "abgaben", Zahlungsauftrag.monat == month,
                Zahlungsauftrag.zustand == "erstellt")).all():
            orders.release(session, number, sha256=digest.hex(), today=date.today())


def _settle(tenant: int, month: date, clerk: str, head: str, *, done: bool, kinds: tuple[str, ...]) -> None:
    today = month.replace(day=15) if done else date.today()
    with tenant_session(tenant, actor=clerk) as session:
        order = orders.create(session, month, today=today, now=datetime.now(UTC)).auftrag
        number, digest = order.public_id, order.sha256.hex()
        postings.create(session, month)
        alle.create(session, month)
    if done:
        with tenant_session(tenant, actor=TREASURY) as session:
            orders.release(session, number, sha256=digest, today=today)
        _hand_over(tenant, month, clerk, head, kinds)


def year_end(tenant: int, year: int) -> list[Schritt]:
    """The list of the year after all of it was done."""
    with tenant_session(tenant, actor=TREASURY) as session:
        return liste.steps(session, year)


def _hand_over(tenant: int, month: date, clerk: str, head: str, kinds: tuple[str, ...]) -> None:
    with tenant_session(tenant, actor=head) as session:
        rows = session.scalars(select(Meldung).where(Meldung.monat == month, Meldung.art.in_(kinds),
                                                     Meldung.zustand == "erstellt")).all()
        released = [speichern.release(session, row.public_id, sha256=row.sha256.hex()).public_id for row in rows
                    if not row.befunde]
    with tenant_session(tenant, actor=clerk) as session:
        for at, number in enumerate(released, 1):
            speichern.hand_over(session, number)
            speichern.receipt(session, number, accepted=True, words=f"Transferticket demo-{month:%Y%m}-{at:02d}")
        duties.create(session, month, "steuer", today=date.today(), now=datetime.now(UTC))
