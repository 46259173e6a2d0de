"""Plausibility against a person's own history: how many seeded errors a run finds, and how often it asks for nothing.

One town of the demonstration district with three paid months. Errors are sown (slipped decimal points in amounts and
hours, a missing monthly payment, a jump in payout, a huge one-off, a wrong step, somebody else's account, a death
without an end) among real changes (step, part-time, tax class, allowance raised and ended, one-off); the next month is
calculated and nothing stays, so that every seed finds the town as it was.
"""

from __future__ import annotations

import random
from contextlib import AbstractContextManager, suppress
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import select

from payroll.bench import close
from payroll.bench.measure import SEED, Measurement, in_fresh_process, repeated, timed
from payroll.bench.own_server import own_server
from payroll.demo.build import build, pay_month
from payroll.demo.names import ARBEITGEBER
from payroll.masterdata import catalogue
from payroll.masterdata.clocks import known, within
from payroll.masterdata.models import (
    Bankverbindung,
    Beschaeftigung,
    BeschaeftigungAngaben,
    Bezuegezuordnung,
    PersonAngaben,
    Steuermerkmale,
    WiederkehrenderBezug,
)
from payroll.masterdata.models.facts import Fact, table_of
from payroll.masterdata.sealing import open_value
from payroll.masterdata.service import record_fact
from payroll.runs.calculate import calculate
from payroll.runs.models import Hinweis, Lauf
from tenants.db.engine import Dsns
from tenants.db.session import TenantSession, platform_session, tenant_session
from tenants.models import Tenant
from tenants.security import keys_of

EMPLOYERS = tuple(a for a in ARBEITGEBER if a.number == "210")
JAN, FEB, MAR, APR = (date(2026, month, 1) for month in (1, 2, 3, 4))
ALLOWANCE, BONUS, MONTHLY = 1300, 1600, 1302
FOUND_AT_LEAST, FALSE_BELOW = 95, 2  # per cent
OWN = {"id", "tenant_id", "public_id", "valid_from", "valid_to", "recorded_at", "recorded_by", "superseded_at",
       "superseded_by", "reason"}


@dataclass
class Played:
    """One seed: what was sown (by employment), what of it was missed, false questions, people paid, real changes."""

    seeded: dict[int, str]
    missed: dict[int, str]
    alarms: dict[int, list[str]]
    everyone: int
    changed: int

    @property
    def others(self) -> int:
        """People without an error of their own."""
        return self.everyone - len(self.seeded)


def measure(size: int = 5) -> Measurement:
    """Slips per second (size: how many seeds); raises when fewer errors are found, or more asked, than wanted."""
    with own_server() as (_running, dsns):
        found: Measurement = in_fresh_process("payroll.bench.plausible:measured", dsns, size)
        return found


def measured(dsns: Dsns, size: int) -> Measurement:
    """Builds the town, plays the seeds and says what share was found and what share of the others was asked about."""
    close.connect(dsns)
    place, done = town(), list[Played]()
    seeds, spent = iter(range(SEED, SEED + size)), list[float]()
    result = timed("plausible", size, "Abrechnungen", lambda: spent.extend(
        repeated(size, lambda: done.append(played(place, next(seeds))))))
    result.noted("ein Samen", spent)
    result.size = sum(one.everyone for one in done)
    result.rate = round(result.size / result.seconds, 1)
    seeded, missed = (sum(len(getattr(one, name)) for one in done) for name in ("seeded", "missed"))
    alarms, others = sum(len(one.alarms) for one in done), sum(one.others for one in done)
    result.remark = (f"{size} Samen: {seeded - missed} von {seeded} gesäten Fehlern gefunden "
                     f"({100 - missed * 100 / seeded:.1f} %), {alarms} falsche Rückfragen bei {others} anderen "
                     f"({alarms * 100 / others:.2f} %), darunter "
                     f"{sum(one.changed for one in done)} mit echten Änderungen")
    if (seeded - missed) * 100 < seeded * FOUND_AT_LEAST or alarms * 100 >= others * FALSE_BELOW:
        raise RuntimeError(f"Die Plausibilität hält ihre Grenzen nicht: {result.remark}")
    return result


@dataclass
class Town:
    """Eine Stadt mit drei bezahlten Monaten: Nummer des Mandanten, unberührte Beschäftigungen mit Tarifentgelt."""

    tenant: int
    free: list[Any]
    number: dict[int, int]
    seeded: dict[int, str] = field(default_factory=dict)
    changed: set[int] = field(default_factory=set)

    def session(self) -> AbstractContextManager[TenantSession]:
        return tenant_session(self.tenant, actor="karla.kern")


def town() -> Town:
    """Alle haben eine Zulage, zwölf eine monatlich erfasste; Januar bis März sind bezahlt."""
    assert build(lambda _text: None, closed_until=0, employers=EMPLOYERS)
    with platform_session(actor="test") as session:
        tenant = session.scalars(select(Tenant.id).where(Tenant.number == "210")).one()
    with tenant_session(tenant, actor="karla.kern") as session:
        rows = session.execute(
            select(Beschaeftigung.id, Beschaeftigung.person_id, Beschaeftigung.personalnummer)
            .join(BeschaeftigungAngaben, BeschaeftigungAngaben.beschaeftigung_id == Beschaeftigung.id)
            .join(Bezuegezuordnung, Bezuegezuordnung.beschaeftigung_id == Beschaeftigung.id)
            .where(known(BeschaeftigungAngaben, None), BeschaeftigungAngaben.art == "tarif",
                   BeschaeftigungAngaben.austritt.is_(None), known(Bezuegezuordnung, None),
                   Bezuegezuordnung.valid_from <= JAN, Bezuegezuordnung.valid_to.is_(None))
            .order_by(Beschaeftigung.id)).all()
        made = Town(tenant, list(rows), dict(catalogue.ids(session).lohnarten))
        for row in made.free:
            _pay(made, session, row.id, ALLOWANCE, 12_000, JAN)
        for row in made.free[:12]:
            for month in (JAN, FEB, MAR):
                end = (month + timedelta(days=32)).replace(day=1) - timedelta(days=1)
                _pay(made, session, row.id, MONTHLY, 8_000, month, end)
    for month in (JAN, FEB, MAR):
        pay_month(tenant, "210", month)
    return made


def played(town: Town, seed: int) -> Played:
    """Sows with this seed, calculates April, reads what it says; nothing stays."""
    town.seeded, town.changed = {}, set()
    with suppress(_Undone), town.session() as session:
        dice = random.Random(seed)  # noqa: S311 # drawn to measure, nothing secret
        found, alarms, everyone = _measured(town, session, dice)
        raise _Undone
    missed = {job: kind for job, kind in town.seeded.items() if job not in found}
    return Played(town.seeded, missed, alarms, everyone, len(town.changed))


class _Undone(Exception):
    """Nothing stays: the next seed finds the town as it was."""


def _now(session: TenantSession, model: type[Fact], **key: int) -> dict[str, Any]:
    """Die heutige Fassung einer Tatsache als Werte, zum Ändern einzelner Angaben."""
    row = session.scalars(select(model).filter_by(**key).where(known(model, None), within(model, APR, APR))).one()
    values = {column.key: getattr(row, column.key) for column in table_of(model).columns if column.key not in OWN}
    values = {name: value for name, value in values.items() if not name.endswith(("_siegel", "_hash"))}
    keys = keys_of(session)
    return values | {name: open_value(keys, model, row.public_id, name, getattr(row, f"{name}_siegel"))
                     for name in model.sealed}


def _set(session: TenantSession, model: type[Fact], since: date, reason: str, key: dict[str, int],
         **change: Any) -> None:
    record_fact(session, model, valid_from=since, reason=reason, **{**_now(session, model, **key), **change})


def _pay(town: Town, session: TenantSession, job: int, wage_type: int, cents: int, since: date,
         until: date | None = None) -> None:
    record_fact(session, WiederkehrenderBezug, valid_from=since, valid_to=until, reason="Anweisung",
                beschaeftigung_id=job, lohnart_id=town.number[wage_type], laufnummer=1, betrag_cent=cents)


def _flagged(session: TenantSession, *causes: str) -> dict[int, list[str]]:
    found: dict[int, list[str]] = {}
    rows = session.scalars(select(Hinweis).join(Lauf, Lauf.id == Hinweis.lauf_id).where(
        Lauf.monat == APR, Hinweis.ursache.in_(causes)))
    for row in rows:
        if row.beschaeftigung_id is not None:
            found.setdefault(row.beschaeftigung_id, []).append(f"{row.feld}: {row.regel}")
    return found


Told = dict[int, list[str]]


def _measured(town: Town, session: TenantSession, dice: random.Random) -> tuple[Told, Told, int]:
    """Sät, rechnet, liest: was gefunden ist, welche Rückfragen falsch sind, wie viele abgerechnet sind."""
    monthly, rest = town.free[:12], town.free[12:]
    dice.shuffle(rest)
    for row in monthly[6:]:
        _pay(town, session, row.id, MONTHLY, 8_200, APR, date(2026, 4, 30))
    town.seeded |= {row.id: "fehlender Bezug" for row in monthly[:6]}
    for kind, seed in ERRORS.items():
        for _ in range(4):
            row = rest.pop()
            seed(town, session, row)
            town.seeded[row.id] = kind
    for change in CHANGES:
        for _ in range(3):
            row = rest.pop()
            change(town, session, row)
            town.changed.add(row.id)
    everyone = calculate(session, APR, key="gesät").anzahl
    alarms = {job: told for job, told in _flagged(session, "plausibel").items() if job not in town.seeded}
    return _flagged(session, "plausibel", "stammdaten"), alarms, everyone


def _ten_times(town: Town, session: TenantSession, row: Any) -> None:
    _pay(town, session, row.id, ALLOWANCE, 120_000, APR)


def _net_jump(town: Town, session: TenantSession, row: Any) -> None:
    _pay(town, session, row.id, 4202, 150_000, APR)


def _huge_bonus(town: Town, session: TenantSession, row: Any) -> None:
    _pay(town, session, row.id, BONUS, 2_500_000, APR, date(2026, 4, 30))


def _hours(town: Town, session: TenantSession, row: Any) -> None:
    hours = _now(session, Bezuegezuordnung, beschaeftigung_id=row.id)["wochenstunden"]
    _set(session, Bezuegezuordnung, APR, "Änderungsvertrag", {"beschaeftigung_id": row.id},
         wochenstunden=(hours / 10).quantize(Decimal("0.01")))


def _steps(town: Town, session: TenantSession, row: Any) -> None:
    step = int(_now(session, Bezuegezuordnung, beschaeftigung_id=row.id)["stufe"])
    wrong = step - 2 if step > 3 else step + 2
    _set(session, Bezuegezuordnung, APR, "Stufe", {"beschaeftigung_id": row.id}, stufe=f"{wrong}", stufe_seit=APR)


def _account(town: Town, session: TenantSession, row: Any) -> None:
    other = next(one for one in town.free if one.person_id != row.person_id and one.id not in town.seeded
                 and _name(session, one) != _name(session, row))
    theirs = _now(session, Bankverbindung, person_id=other.person_id)
    _set(session, Bankverbindung, APR, "Antrag", {"person_id": row.person_id}, iban=theirs["iban"],
         iban_ende=theirs["iban_ende"])


def _name(session: TenantSession, row: Any) -> str:
    return str(_now(session, PersonAngaben, person_id=row.person_id)["nachname"])


def _dead(town: Town, session: TenantSession, row: Any) -> None:
    _set(session, PersonAngaben, date(2026, 4, 10), "Sterbeurkunde", {"person_id": row.person_id},
         verstorben_am=date(2026, 4, 10))


ERRORS = {"mal zehn": _ten_times, "Sprung im Netto": _net_jump, "riesige Einmalzahlung": _huge_bonus,
          "Stunden": _hours, "Stufen": _steps, "Konto": _account, "verstorben": _dead}


def _one_step(town: Town, session: TenantSession, row: Any) -> None:
    step = int(_now(session, Bezuegezuordnung, beschaeftigung_id=row.id)["stufe"])
    _set(session, Bezuegezuordnung, APR, "Stufenaufstieg", {"beschaeftigung_id": row.id}, stufe=f"{min(step + 1, 6)}",
         stufe_seit=APR)


def _part_time(town: Town, session: TenantSession, row: Any) -> None:
    _set(session, Bezuegezuordnung, APR, "Teilzeit", {"beschaeftigung_id": row.id}, wochenstunden=Decimal("15"))


def _tax(town: Town, session: TenantSession, row: Any) -> None:
    _set(session, Steuermerkmale, APR, "ELStAM", {"beschaeftigung_id": row.id}, steuerklasse=5, faktor=None)


def _allowance_up(town: Town, session: TenantSession, row: Any) -> None:
    _pay(town, session, row.id, ALLOWANCE, 25_000, APR)


def _bonus(town: Town, session: TenantSession, row: Any) -> None:
    _pay(town, session, row.id, BONUS, 150_000, APR, date(2026, 4, 30))


def _allowance_ends(town: Town, session: TenantSession, row: Any) -> None:
    _pay(town, session, row.id, ALLOWANCE, 0, APR)


CHANGES = (_one_step, _part_time, _tax, _allowance_up, _bonus, _allowance_ends)
