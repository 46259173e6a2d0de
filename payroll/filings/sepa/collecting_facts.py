"""Tatsachen für Zahlungen: Personalnummer, Name, Konto, Anschrift, Forderung, Vertrag; eine Abfrage je Tabelle."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Select, select

from payroll.masterdata.clocks import known, within
from payroll.masterdata.models import (
    Bankverbindung,
    Beschaeftigung,
    BeschaeftigungAngaben,
    Person,
    PersonAngaben,
    Pfaendung,
    Sparvertrag,
)
from payroll.masterdata.models.facts import Fact
from payroll.masterdata.sealing import open_value
from tenants.db.session import TenantSession
from tenants.security import TenantKeys, keys_of

Row = Any


@dataclass
class Facts:
    """Tatsachen nach Nummer der Beschäftigung (job), der Person oder der Forderung."""

    keys: TenantKeys
    job: dict[int, Row]
    person: dict[int, Row]
    account: dict[int, Row]
    claims: dict[tuple[int, int], Row]

    def name_of(self, person: int) -> str:
        """Vor- und Nachname."""
        row = self.person.get(person)
        return f"{row.vorname} {row.nachname}" if row else ""

    def account_of(self, person: int) -> tuple[str, str]:
        """Name, wie die Bank ihn führt, und IBAN; leer ohne Konto."""
        row = self.account.get(person)
        if row is None:
            return self.name_of(person), ""
        return row.kontoinhaber or self.name_of(person), self._opened(Bankverbindung, row, "iban")

    def address_of(self, person: int) -> tuple[str | None, str | None, str | None, str | None]:
        """Straße, Postleitzahl, Ort, Land."""
        row = self.person.get(person)
        return (row.strasse, row.plz, row.ort, row.land) if row else (None, None, None, None)

    def creditor_iban(self, claim: Row | None) -> str:
        """Konto des Gläubigers; leer, wenn es fehlt."""
        return self._opened(Pfaendung, claim, "iban") if claim else ""

    def creditor_text(self, claim: Row | None, person: int, month: date) -> str:
        """Verwendungszweck aus der Forderung, sonst Aktenzeichen und Name."""
        own = self._opened(Pfaendung, claim, "verwendungszweck") if claim else ""
        file_number = claim.aktenzeichen or "" if claim else ""
        return own or f"{file_number} {self.name_of(person)} {month:%m/%Y}".strip()

    def contracts(self, session: TenantSession, numbers: Sequence[int]) -> dict[int, Row]:
        """Die Fassungen der Sparverträge, nach denen gezahlt wird; sie werden nie überschrieben."""
        if not numbers:
            return {}
        rows = session.execute(select(
            Sparvertrag.id, Sparvertrag.public_id, Sparvertrag.art, Sparvertrag.laufnummer, Sparvertrag.empfaenger,
            Sparvertrag.vertragsnummer, Sparvertrag.iban_siegel).where(Sparvertrag.id.in_(set(numbers))))
        return {row.id: row for row in rows}

    def contract_iban(self, contract: Row) -> str:
        """Konto des Anbieters."""
        return self._opened(Sparvertrag, contract, "iban")

    def _opened(self, model: type[Fact], row: Row, name: str) -> str:
        found = open_value(self.keys, model, row.public_id, name, getattr(row, f"{name}_siegel"))
        return "".join((found or "").split()).upper() if name == "iban" else found or ""


def read_facts(session: TenantSession, *, first: date, last: date, known_at: datetime | None) -> Facts:
    """Was im Zeitraum gilt, so wie es zum Zeitpunkt bekannt war (None: heute); die jüngste Fassung gewinnt."""

    def latest(model: type[Fact], statement: Select[Any], *keys: str, ended: bool = False) -> dict[Any, Row]:
        # What a later month books for an earlier one may belong to a claim that has ended since.
        span = within(model, date.min if ended else first, last)
        rows = session.execute(statement.where(known(model, known_at), span).order_by(model.valid_from))
        if len(keys) == 1:
            return {getattr(row, keys[0]): row for row in rows}
        return {tuple(getattr(row, name) for name in keys): row for row in rows}

    jobs = (select(BeschaeftigungAngaben.beschaeftigung_id, BeschaeftigungAngaben.art, Beschaeftigung.person_id,
                   Beschaeftigung.personalnummer, Person.public_id)
            .join(Beschaeftigung, Beschaeftigung.id == BeschaeftigungAngaben.beschaeftigung_id)
            .join(Person, Person.id == Beschaeftigung.person_id))
    people = select(PersonAngaben.person_id, PersonAngaben.vorname, PersonAngaben.nachname, PersonAngaben.strasse,
                    PersonAngaben.plz, PersonAngaben.ort, PersonAngaben.land)
    accounts = select(Bankverbindung.person_id, Bankverbindung.public_id, Bankverbindung.iban_siegel,
                      Bankverbindung.kontoinhaber)
    claims = select(Pfaendung.person_id, Pfaendung.nummer, Pfaendung.public_id, Pfaendung.glaeubiger,
                    Pfaendung.strasse, Pfaendung.plz, Pfaendung.ort, Pfaendung.aktenzeichen, Pfaendung.iban_siegel,
                    Pfaendung.verwendungszweck_siegel)
    return Facts(
        keys_of(session),
        latest(BeschaeftigungAngaben, jobs, "beschaeftigung_id"),
        latest(PersonAngaben, people, "person_id"),
        latest(Bankverbindung, accounts, "person_id"),
        latest(Pfaendung, claims, "person_id", "nummer", ended=True))
