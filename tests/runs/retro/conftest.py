"""Ein Arbeitgeber, dessen Monate abgeschlossen werden und dessen Tatsachen sich danach als falsch erweisen."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import psycopg
import pytest
from psycopg import sql
from sqlalchemy import func, select
from sqlalchemy.engine import make_url

from payroll.masterdata import catalogue
from payroll.masterdata.intake import NeueBeschaeftigung, NeuePerson, Tatsache, store
from payroll.masterdata.models import (
    Bankverbindung,
    Beschaeftigung,
    BeschaeftigungAngaben,
    Bezuegezuordnung,
    Kind,
    KrankenkasseSatz,
    PersonAngaben,
    Steuermerkmale,
    Versicherung,
    WiederkehrenderBezug,
    Zusatzversorgung,
)
from payroll.masterdata.models.facts import Fact
from payroll.masterdata.service import record_fact
from payroll.runs import retro
from payroll.runs.calculate import calculate
from payroll.runs.models import Ergebnis, Lauf
from payroll.runs.retro.reading import Nachberechnung
from tenants import service
from tenants.db import passwords
from tenants.db.engine import Dsns
from tenants.db.server import Server
from tenants.db.session import TenantSession, platform_session, tenant_session

LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)
START = date(2020, 1, 1)
FIXED, ALLOWANCE, BONUS, DEDUCTION = 1008, 1300, 1600, 4202
_number = itertools.count(1)


def back_then(month: date) -> datetime:
    """Ein Kenntnisstand lange vor heute, gleich welches Jahr die Uhr zeigt; spätere Monate später."""
    return LONG_AGO + timedelta(hours=(month - START).days)


class Desk:
    """Ein Schreibtisch: einstellen, Monate abschließen, berichtigen, nachberechnen. Beträge in Cent."""

    def __init__(self, tenant: int) -> None:
        self.tenant = tenant
        self.jobs: dict[str, int] = {}
        self.people: dict[str, int] = {}
        with self.session() as session:
            catalogue.seed(session, reason="Test")
            catalogue.add_fund(session, "K", "Kasse K", nummer=None, valid_from=START, quelle="Fall", reason="Test",
                               zusatzbeitrag=Decimal("2.50"), u2_satz=Decimal("0.39"))
            self.numbers = catalogue.ids(session)
            record_fact(session, KrankenkasseSatz, krankenkasse_id=self.numbers.krankenkassen["K"], quelle="Fall",
                        valid_from=date(2026, 1, 1), reason="Test", zusatzbeitrag=Decimal("2.90"),
                        u2_satz=Decimal("0.39"))

    def session(self, actor: str = "karla") -> AbstractContextManager[TenantSession]:
        """Sitzung dieses Mandanten."""
        return tenant_session(self.tenant, actor=actor)

    def hire(self, *people: NeuePerson, recorded_at: datetime | None = LONG_AGO) -> None:
        """Stellt ein; bekannt seit jeher, wenn nichts anderes gesagt ist."""
        with self.session() as session:
            store(session, people, reason="Einstellung", recorded_at=recorded_at)
            rows = session.execute(select(Beschaeftigung.personalnummer, Beschaeftigung.id, Beschaeftigung.person_id))
            for row in rows:
                self.jobs[row.personalnummer], self.people[row.personalnummer] = row.id, row.person_id

    def record(self, model: type[Fact], number: str, valid_from: date, *, reason: str = "Berichtigung",
               actor: str = "karla", valid_to: date | None = None, **values: Any) -> None:
        """Erfasst eine Tatsache heute."""
        keys = {name: values.pop(name) for name in model.keys if name in values}
        if "beschaeftigung_id" in model.keys:
            keys["beschaeftigung_id"] = self.jobs[number]
        elif "person_id" in model.keys:
            keys["person_id"] = self.people[number]
        with self.session(actor) as session:
            record_fact(session, model, valid_from=valid_from, valid_to=valid_to, reason=reason, **keys, **values)

    def pay(self, number: str, wage_type: int, cents: int, valid_from: date, valid_to: date | None = None,
            **more: Any) -> None:
        """Erfasst einen Bezug heute."""
        self.record(WiederkehrenderBezug, number, valid_from, valid_to=valid_to, betrag_cent=cents, laufnummer=1,
                    lohnart_id=self.numbers.lohnarten[wage_type], **more)

    def run(self, month: date, known_at: datetime | None = None) -> Lauf:
        """Rechnet den Monat (Probelauf)."""
        with self.session() as session:
            return calculate(session, month, key=f"k-{next(_number)}", known_at=known_at)

    def close(self, month: date, known_at: datetime | None = None) -> Lauf:
        """Rechnet den Monat und schließt ihn ab, ohne die Schritte dazwischen."""
        lauf = self.run(month, known_at)
        with self.session() as session:
            found = session.scalars(select(Lauf).where(Lauf.id == lauf.id)).one()
            now = session.scalars(select(func.now()).select_from(Lauf).limit(1)).one()
            found.geprueft_von, found.geprueft_am = "karla", now
            found.freigegeben_von, found.freigegeben_am = "hans", now
            found.gemeinde_von, found.gemeinde_am = "gerda", now
            found.abgeschlossen_von, found.abgeschlossen_am, found.zustand = "karla", now, "abgeschlossen"
        return lauf

    def close_as_known(self, month: date) -> None:
        """Schließt einen Monat nach dem Kenntnisstand von damals ab."""
        self.close(month, known_at=back_then(month))

    def close_all(self, months: Sequence[date]) -> None:
        """Schließt Monate ab, wie man sie lange vor den Berichtigungen kannte."""
        for month in months:
            self.close(month, known_at=back_then(month))

    def preview(self, month: date) -> dict[str, Nachberechnung]:
        """Vorschau nach Personalnummer."""
        with self.session() as session:
            return {one.personalnummer: one for one in retro.preview(session, month)}

    def booked(self, month: date) -> dict[str, Nachberechnung]:
        """Was der Lauf des Monats nachberechnet hat."""
        with self.session() as session:
            lauf = session.scalars(select(Lauf).where(Lauf.monat == month)).one()
            return {one.personalnummer: one for one in retro.of_run(session, lauf)}

    def result(self, number: str, month: date) -> Ergebnis:
        """Gespeichertes Ergebnis."""
        with self.session() as session:
            return session.scalars(select(Ergebnis).where(Ergebnis.beschaeftigung_id == self.jobs[number],
                                                          Ergebnis.monat == month)).one()

    def person(self, number: str, pay: int | tuple[str, str] = 380_000, *, entry: date = START,
               hours: str = "39", pension: bool = False, **change: Any) -> NeuePerson:
        """Ein Mensch mit festem Betrag oder (Gruppe, Stufe); `change` ändert Angaben (steuerklasse, konfession,
        elterneigenschaft, art, kv_art, born …)."""
        tax = {"steuerklasse": change.pop("steuerklasse", 1), "konfession": change.pop("konfession", "keine")}
        born = change.pop("born", date(1985, 6, 15))
        insurance = {"kv_art": "gesetzlich", "krankenkasse_id": self.numbers.krankenkassen["K"], "personengruppe": 101,
                     "beitragsgruppe": "1111", "elterneigenschaft": True} | change
        job = [Tatsache(BeschaeftigungAngaben, entry, {"art": insurance.pop("art", "tarif"), "eintritt": entry}),
               Tatsache(Steuermerkmale, entry, tax), Tatsache(Versicherung, entry, insurance)]
        if isinstance(pay, tuple):
            job.append(Tatsache(Bezuegezuordnung, entry, {
                "tarifwerk": "TVoeD-VKA", "entgeltgruppe": pay[0], "stufe": pay[1], "wochenstunden": Decimal(hours),
                "vollzeitstunden": Decimal(39)}))
        else:
            job.append(Tatsache(WiederkehrenderBezug, entry, {
                "lohnart_id": self.numbers.lohnarten[FIXED], "laufnummer": 1, "betrag_cent": pay}))
        if pension:
            job.append(Tatsache(Zusatzversorgung, entry, {"zv_kasse_id": self.numbers.zv_kassen["rzvk"]}))
        own = [Tatsache(PersonAngaben, born, {"nachname": number, "vorname": "Łucja", "geburtsdatum": born}),
               Tatsache(Bankverbindung, START, {"iban": "DE02120300000000202051", "iban_ende": "2051"})]
        return NeuePerson(own, [NeueBeschaeftigung(number, job)])

    def child(self, number: str, nummer: int, born: date) -> None:
        """Erfasst ein Kind heute, ab seiner Geburt."""
        self.record(Kind, number, born, nummer=nummer, geburtsdatum=born)


@pytest.fixture
def new_desk(database: Dsns, postgres: Server) -> Callable[[], Desk]:
    """Richtet Mandanten mit Grundausstattung ein, die seit jeher bekannt ist."""

    def new() -> Desk:
        with platform_session(actor="test") as session:
            number = next(_number)
            tenant = service.create_tenant(session, f"{number:03}", f"Kreis {number}", "kreis").id
        made = Desk(tenant)
        name = str(make_url(database.owner).database)
        with psycopg.connect(postgres.dsn(passwords.SUPERUSER, name)) as connection:
            # Facts are never overwritten; only an administrator without triggers can date the catalogue back.
            connection.execute("SET session_replication_role = replica")
            for table in ("lohnart_stand", "krankenkasse_satz", "zv_kasse_satz"):
                connection.execute(sql.SQL("UPDATE {} SET recorded_at = %s, superseded_at = CASE WHEN superseded_at "
                                           "IS NULL THEN NULL ELSE %s::timestamptz END").format(sql.Identifier(table)),
                                   (LONG_AGO, LONG_AGO))
        return made

    return new


@pytest.fixture
def desk(new_desk: Callable[[], Desk]) -> Desk:
    """Leerer Schreibtisch."""
    return new_desk()
