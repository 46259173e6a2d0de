"""Eine kleine Stadt nach dem Abschluss eines Monats: Tarif, Beamte, Pfändung, Sparvertrag, Konten aller Art."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import psycopg
import pytest
from sqlalchemy.engine import make_url

from payroll.filings.sepa import employer_account
from payroll.masterdata.catalogue import Ids, ids, seed
from payroll.masterdata.intake import NeueBeschaeftigung, NeuePerson, Tatsache, store
from payroll.masterdata.models import (
    Bankverbindung,
    BeschaeftigungAngaben,
    Bezuegezuordnung,
    PersonAngaben,
    Pfaendung,
    Sparvertrag,
    Steuermerkmale,
    Versicherung,
    WiederkehrenderBezug,
    Zusatzversorgung,
)
from payroll.runs import service as runs
from payroll.runs.reading import findings
from tenants import service
from tenants.db import engine, passwords, setup
from tenants.db.engine import APP, PLATFORM, Dsns
from tenants.db.server import Server
from tenants.db.session import TenantSession, platform_session, tenant_session
from tenants.users.service import create_user, give_mandate

START, MONTH = date(2026, 1, 1), date(2026, 5, 1)
TODAY, NOW = date(2026, 5, 20), datetime(2026, 5, 20, 8, 0, tzinfo=UTC)
IBAN, OTHER_IBAN, SWISS = "DE02120300000000202051", "DE02100500000054540402", "CH8800700000011623852"
CLAIM_IBAN, SAVING_IBAN, PAYER = "DE02500105170137075030", "DE02300209000106531065", "DE89370400440532013000"
ROLES = {"klara": "clerk", "hugo": "head", "mia": "municipality", "kurt": "treasury"}


@dataclass
class Town:
    """Nummer des Mandanten mit geschlossenem Mai 2026."""

    tenant: int
    month: date = MONTH
    today: date = TODAY
    now: datetime = NOW
    actors: dict[str, str] = field(default_factory=lambda: ROLES)

    def session(self, actor: str = "klara") -> AbstractContextManager[TenantSession]:
        """Sitzung des Mandanten für eine Person."""
        return tenant_session(self.tenant, actor=actor)

    def close(self, month: date) -> None:
        """Schließt einen weiteren Monat ab."""
        close_month(self.tenant, month)


def a_person(numbers: Ids, name: str, *, iban: str | None = IBAN, art: str = "tarif", cents: int = 400_000,
             more: tuple[Tatsache, ...] = (), own: tuple[Tatsache, ...] = (), jobs: int = 1,
             **about: Any) -> NeuePerson:
    """Eine Person mit Konto (None: keines) und festem Monatsbetrag."""
    official = art == "beamte"
    made = []
    for job in range(jobs):
        facts = [
            Tatsache(BeschaeftigungAngaben, START, {"art": art, "eintritt": START, "kostenstelle": "1110",
                                                "taetigkeitsschluessel": "714021211"}),
            Tatsache(Steuermerkmale, START, {"steuerklasse": 6 if job else 1, "konfession": "keine"}),
            Tatsache(Versicherung, START, {
                "kv_art": "privat" if official else "gesetzlich", "beitragsgruppe": None if official else "1111",
                "personengruppe": None if official else 101, "elterneigenschaft": True,
                "krankenkasse_id": None if official else numbers.krankenkassen["TK"],
                "pkv_beitrag_monat_cent": 30_000 if official else 0})]
        if official:
            facts.append(Tatsache(Bezuegezuordnung, START, {
                "tarifwerk": "NRW-A", "entgeltgruppe": "A10", "stufe": "6", "wochenstunden": Decimal(41),
                "vollzeitstunden": Decimal(41)}))
        else:
            facts.append(Tatsache(Zusatzversorgung, START, {"zv_kasse_id": numbers.zv_kassen["rzvk"]}))
            facts.append(Tatsache(WiederkehrenderBezug, START, {
                "lohnart_id": numbers.lohnarten[1008], "laufnummer": 1, "betrag_cent": cents}))
        number = name if job == 0 else f"{name}-{job + 1}"
        made.append(NeueBeschaeftigung(number, [*facts, *(more if job == 0 else ())]))
    people = {"nachname": name.title(), "vorname": "Ada", "geburtsdatum": date(1985, 6, 15),
              "staatsangehoerigkeit": "000"}
    mine = [Tatsache(PersonAngaben, date(1985, 6, 15), people | about), *own]
    if iban:
        mine.append(Tatsache(Bankverbindung, START, {"iban": iban, "iban_ende": iban[-4:]}))
    return NeuePerson(mine, made)


def claim(iban: str | None) -> Tatsache:
    """Eine gewöhnliche Pfändung, mit oder ohne Konto des Gläubigers."""
    values: dict[str, Any] = {
        "nummer": 1, "art": "gewoehnlich", "glaeubiger": "Versandhaus Łódź GmbH & Co. KG",
        "aktenzeichen": "14 M 221/26", "zugestellt_am": date(2026, 2, 10), "zugestellt_um": "09:40",
        "hauptforderung_cent": 284_000}
    if iban:
        values |= {"iban": iban, "iban_ende": iban[-4:], "verwendungszweck": "14 M 221/26 Az. Ü"}
    return Tatsache(Pfaendung, date(2026, 2, 10), values)


def saving(cents: int = 4_000) -> Tatsache:
    """Vermögenswirksame Leistungen in einen Vertrag."""
    return Tatsache(Sparvertrag, START, {
        "art": "vermoegensbildung", "laufnummer": 1, "betrag_cent": cents, "empfaenger": "Bausparkasse Nord AG",
        "vertragsnummer": "V 4711/1", "iban": SAVING_IBAN, "iban_ende": SAVING_IBAN[-4:]})


def people_of(numbers: Ids) -> list[NeuePerson]:
    """Alle Menschen der Stadt."""
    return [
        a_person(numbers, "TARIF"),
        a_person(numbers, "BEAMTIN", art="beamte"),
        a_person(numbers, "KONTOLOS", iban=None),
        a_person(numbers, "GEPFAENDET", own=(claim(CLAIM_IBAN),)),
        a_person(numbers, "UNBEKANNT", own=(claim(None),)),
        a_person(numbers, "SPARERIN", more=(saving(),)),
        a_person(numbers, "SCHWEIZ", iban=SWISS, strasse="Seestrasse 12a", plz="8001", ort="Zürich", land="CH"),
        a_person(numbers, "OHNEORT", iban=SWISS, land="CH"),
        a_person(numbers, "ZWEIFACH", jobs=2, cents=150_000),
        a_person(numbers, "POLIN", nachname="Żółkiewska-O’Brien", vorname="Łucja"),
    ]


def close_month(tenant: int, month: date) -> None:
    """Vom Probelauf bis zum Abschluss, mit drei Personen."""
    with tenant_session(tenant, actor="klara") as session:
        shown = str(runs.calculate(session, month, key=f"test-{month}").ergebnis_hash)
        for finding, *_ in findings(session, month):
            if finding.stufe == "fehler":
                runs.acknowledge(session, finding.public_id, begruendung="so gewollt")
        runs.check(session, month, ergebnis_hash=shown)
    with tenant_session(tenant, actor="hugo") as session:
        runs.release(session, month, ergebnis_hash=shown)
    with tenant_session(tenant, actor="mia") as session:
        runs.release_municipality(session, month, ergebnis_hash=shown)
    with tenant_session(tenant, actor="klara") as session:
        runs.close(session, month, ergebnis_hash=shown)


def build_town(number: str = "0100", people: Callable[[Ids], list[NeuePerson]] = people_of) -> Town:
    """Legt die Stadt an und schließt den Mai ab; das Arbeitgeberkonto ist bestätigt."""
    with platform_session(actor="test") as session:
        tenant = service.create_tenant(session, number, "Stadt Müller-Großhausen", "stadt", demonstration=True)
        for login, role in ROLES.items():
            give_mandate(session, tenant.id, create_user(session, f"{login}{number}" if number != "0100" else login,
                                                         login.title()), role, START)
    with tenant_session(tenant.id, actor="klara") as session:
        seed(session, assumed_u2=Decimal("0.39"))
        store(session, people(ids(session)), reason="Einstellung")
        konto = employer_account.record_account(session, iban=PAYER, inhaber="Stadt Müller-Großhausen",
                                                valid_from=START, reason="Kontoeröffnung")
    with tenant_session(tenant.id, actor="kurt") as session:
        employer_account.confirm_account(session, konto.public_id)
    close_month(tenant.id, MONTH)
    return Town(tenant.id)


@pytest.fixture(scope="session")
def copies(
    postgres: Server, fresh_database: Callable[[], AbstractContextManager[Dsns]]
) -> Iterator[Callable[..., Any]]:
    """Öffnet Kopien der fertigen Stadt: gerechnet wird sie einmal, jede Kopie ist frisch."""
    admin, number = postgres.dsn(passwords.SUPERUSER, "postgres"), itertools.count(1)

    def run(statement: str) -> None:
        with psycopg.connect(admin, autocommit=True) as connection:
            connection.execute(statement)

    with fresh_database() as dsns:
        built = build_town()
        engine.dispose()
        run(f'CREATE DATABASE "stadt" TEMPLATE "{make_url(dsns.app).database}" STRATEGY wal_log')

    @contextmanager
    def copied() -> Iterator[Town]:
        name = f"stadt_{next(number)}"
        run(f'CREATE DATABASE "{name}" TEMPLATE "stadt" STRATEGY wal_log')
        setup.grant_database(postgres.dsn(passwords.SUPERUSER, name), name)
        engine.configure(*(postgres.dsn(role, name) for role in (APP, PLATFORM)))
        try:
            yield Town(built.tenant)
        finally:
            engine.dispose()
            run(f'DROP DATABASE "{name}" WITH (FORCE)')

    yield copied
    run('DROP DATABASE "stadt" WITH (FORCE)')


@pytest.fixture(scope="module")
def town(copies: Callable[[], AbstractContextManager[Town]]) -> Iterator[Town]:
    """Eine Stadt je Datei von Tests."""
    with copies() as opened:
        yield opened


@pytest.fixture
def fresh_town(copies: Callable[[], AbstractContextManager[Town]]) -> Iterator[Town]:
    """Eine Stadt je Test."""
    with copies() as opened:
        yield opened


@pytest.fixture
def a_person_of() -> Callable[..., NeuePerson]:
    """Baut eine Person wie die der Stadt."""
    return a_person
