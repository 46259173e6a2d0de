"""Den Stellenplan eines Tages lesen: sieben Abfragen, gleich wie viele Stellen es gibt; beide Uhren."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from fractions import Fraction
from typing import Any, TypeVar

from sqlalchemy import Row, select

from staffplan.models import (
    Kontierung,
    KontierungStand,
    Organisationseinheit,
    OrganisationseinheitStand,
    StelleBesetzung,
    StelleFinanzierung,
    StelleStand,
    StelleVermerk,
    StelleVerteilung,
)
from staffplan.models import Stelle as StelleAnker
from staffplan.state import Besetzung, Einheit, Produkt, Stand, Stelle, Vermerk
from tenants.db.clocks import known, within
from tenants.db.facts import Fact
from tenants.db.session import TenantSession

F = TypeVar("F", bound=Fact)
Numbers = Mapping[int, str]


def stand(session: TenantSession, tag: date, bekannt: datetime | None = None) -> Stand:
    """Alles, was an diesem Tag galt, so wie es zu `bekannt` bekannt war (None: heute)."""
    return Reading(session, bekannt).on(tag)


class Reading:
    """Liest mit einem Kenntnisstand; die Anker werden einmal gelesen."""

    def __init__(self, session: TenantSession, bekannt: datetime | None = None) -> None:
        self.session, self.bekannt = session, bekannt
        self.units = _numbers(session, Organisationseinheit)
        accounts = session.execute(select(Kontierung.id, Kontierung.art, Kontierung.nummer)).all()
        self.accounts = {row.id: row.nummer for row in accounts}
        self.products = {row.id for row in accounts if row.art == "produkt"}
        self.posts = {row.id: row for row in session.execute(select(
            StelleAnker.id, StelleAnker.nummer, StelleAnker.public_id))}
        self.numbers: Numbers = {key: row.nummer for key, row in self.posts.items()}

    def on(self, tag: date) -> Stand:
        """Der Stand an einem Tag."""
        units = {self.units[row.einheit_id]: Einheit(
            self.units[row.einheit_id], row.name, row.art, self.units.get(row.uebergeordnet_id))
            for row in self._rows(OrganisationseinheitStand, tag)}
        products: dict[str, Produkt] = {}
        costs: dict[str, Produkt] = {}
        for row in self._rows(KontierungStand, tag):
            kept = products if row.kontierung_id in self.products else costs
            nummer = self.accounts[row.kontierung_id]
            kept[nummer] = Produkt(nummer, row.name, row.produktbereich)
        return Stand(tag, self.bekannt, units, products, costs, self._posts(tag))

    def occupations(self, first: date, last: date) -> list[Besetzung]:
        """Alle Besetzungen, die den Zeitraum berühren."""
        rows = self.session.scalars(select(StelleBesetzung).where(
            known(StelleBesetzung, self.bekannt), within(StelleBesetzung, first, last)
        ).order_by(StelleBesetzung.valid_from, StelleBesetzung.id))
        return [occupation(self.numbers[row.stelle_id], row) for row in rows]

    def _rows(self, model: type[F], tag: date) -> Sequence[F]:
        return self.session.scalars(
            select(model).where(known(model, self.bekannt), within(model, tag, tag)).order_by(model.id)
        ).all()

    def _posts(self, tag: date) -> dict[str, Stelle]:
        parts: dict[int, list[tuple[str, Fraction]]] = defaultdict(list)
        for part in self._rows(StelleVerteilung, tag):
            parts[part.stelle_id].append((self.accounts[part.produkt_id], part.anteil))
        money: dict[int, list[tuple[str, Fraction]]] = defaultdict(list)
        for source in self._rows(StelleFinanzierung, tag):
            money[source.stelle_id].append((source.quelle, source.anteil))
        notes: dict[int, list[Vermerk]] = defaultdict(list)
        for row in self._rows(StelleVermerk, tag):
            notes[row.stelle_id].append(note(row))
        people: dict[int, list[Besetzung]] = defaultdict(list)
        for held in self._rows(StelleBesetzung, tag):
            people[held.stelle_id].append(occupation(self.numbers[held.stelle_id], held))
        found = [self._post(row, parts[row.stelle_id], money[row.stelle_id], notes[row.stelle_id],
                            people[row.stelle_id]) for row in self._rows(StelleStand, tag)]
        return {one.nummer: one for one in sorted(found, key=lambda one: one.nummer)}

    def _post(self, row: StelleStand, parts: list[Any], money: list[Any], notes: list[Vermerk],
              people: list[Besetzung]) -> Stelle:
        return Stelle(**post_values(self.posts[row.stelle_id], row, self.units, self.accounts),
                      verteilung=tuple(sorted(parts)), finanzierung=tuple(sorted(money)),
                      vermerke=tuple(sorted(notes, key=lambda one: one.art)),
                      besetzungen=tuple(sorted(people, key=lambda one: (one.personalnummer, one.zustand))))


def post_values(anchor: Row[Any] | StelleAnker, row: StelleStand, units: Numbers, accounts: Numbers) -> dict[str, Any]:
    """Die Werte einer Fassung, wie Stelle sie nimmt."""
    return {
        "nummer": anchor.nummer, "bezeichnung": row.bezeichnung, "art": row.art, "gruppe": row.gruppe,
        "anteil": row.anteil, "einheit": units[row.einheit_id], "laufbahn": row.laufbahn,
        "kostenstelle": accounts.get(row.kostenstelle_id) if row.kostenstelle_id is not None else None,
        "funktion": row.funktion, "bewertung": row.bewertung, "zulage": row.zulage, "ausgesondert": row.ausgesondert,
        "sondervermoegen": row.sondervermoegen, "befristet_bis": row.befristet_bis, "beschluss": row.beschluss,
        "ab": row.valid_from, "bis": row.valid_to, "public_id": anchor.public_id,
    }  # fmt: skip


def note(row: StelleVermerk) -> Vermerk:
    """Ein Vermerk als einfache Daten."""
    return Vermerk(row.art, row.valid_from, row.valid_to, row.termin, row.ziel_laufbahn, row.ziel_gruppe, row.teil,
                   row.text)


def occupation(nummer: str, row: StelleBesetzung) -> Besetzung:
    """Eine Besetzung als einfache Daten."""
    return Besetzung(nummer, row.personalnummer, row.anteil, row.gruppe, row.valid_from, row.valid_to, row.zustand,
                     row.laufbahn, row.vertritt, row.begruendung)


def _numbers(session: TenantSession, model: type[Organisationseinheit]) -> dict[int, str]:
    return {row.id: row.nummer for row in session.execute(select(model.id, model.nummer))}
