"""Die Rückrechnung lesen: Vorschau, bevor sie zählt, und was ein Lauf gebucht hat. Beide sehen gleich aus."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple

from sqlalchemy import and_, func, or_, select

from payroll.masterdata.models import Beschaeftigung, Person, PersonAngaben
from payroll.runs.models import Lauf
from payroll.runs.retro.affected import Ursache, month_end
from payroll.runs.retro.booking import Buchung, Posten, total
from payroll.runs.retro.plan import RUECKFRAGE, compute
from payroll.runs.retro_models import Rueckrechnung, RueckrechnungAuszahlung, RueckrechnungZeile
from tenants.collector import collector_paused
from tenants.db.session import TenantSession


class Ausgleich(NamedTuple):
    """Auszahlung eines Monats mit Rückrechnung und Vortrag (Cent): eigen + rueckrechnung + vortrag = zahlbetrag +
    uebertrag."""

    eigen: int
    rueckrechnung: int
    vortrag: int
    zahlbetrag: int
    uebertrag: int


@dataclass(frozen=True)
class Nachberechnung:
    """Eine Beschäftigung: wie weit zurück, Monat für Monat alt, neu, Differenz und Ursache.

    auszahlung, brutto: Summe dessen, was gebucht wird (Cent). offen: warum nicht gebucht wird, sonst leer.
    ausgleich gibt es nur im Lauf.
    """

    beschaeftigung_id: int
    beschaeftigung_public_id: uuid.UUID
    person_public_id: uuid.UUID
    personalnummer: str
    name: str
    monate: tuple[Buchung, ...]
    ausgleich: Ausgleich | None = None

    @property
    def ab(self) -> date:
        """Frühester Monat der Herkunft."""
        return min(b.monat for b in self.monate)

    @property
    def brutto(self) -> int:
        """Unterschied im Gesamtbrutto."""
        return total(self.monate, "gesamtbrutto")

    @property
    def auszahlung(self) -> int:
        """Was dazukommt oder abgeht."""
        return total(self.monate, "auszahlung")

    @property
    def offen(self) -> str:
        """Grund, warum nicht gebucht wird."""
        return next((b.grund or "" for b in self.monate if b.art == "offen"), "")

    @property
    def rueckfrage(self) -> bool:
        """Ob eine Bestätigung mit Grund genügt, damit der nächste Lauf bucht."""
        return self.offen.endswith(RUECKFRAGE)

    @property
    def ursachen(self) -> tuple[Ursache, ...]:
        """Alle Ursachen, jede einmal."""
        return tuple(dict.fromkeys(cause for booking in self.monate for cause in booking.ursachen))


def preview(session: TenantSession, month: date, known_at: datetime | None = None) -> list[Nachberechnung]:
    """Was ein Lauf dieses Monats heute nachberechnen würde; es wird nichts geschrieben."""
    with collector_paused():
        plan = compute(session, month.replace(day=1), known_at)
    return _named(session, month, plan.bookings, {})


def of_run(session: TenantSession, lauf: Lauf) -> list[Nachberechnung]:
    """Was ein Lauf nachberechnet hat; drei Abfragen, gleich wie viele Menschen."""
    zeile = RueckrechnungZeile
    lines: dict[int, list[Posten]] = defaultdict(list)
    for row in session.execute(
            select(zeile.rueckrechnung_id, zeile.bereich, zeile.name, zeile.text, zeile.merkmale, zeile.alt, zeile.neu,
                   zeile.betrag)
            .join(Rueckrechnung, Rueckrechnung.id == zeile.rueckrechnung_id)
            .where(Rueckrechnung.lauf_id == lauf.id).order_by(zeile.rueckrechnung_id, zeile.position)):
        lines[row[0]].append(Posten(*row[1:]))
    bookings: dict[int, list[Buchung]] = defaultdict(list)
    for found in session.scalars(select(Rueckrechnung).where(Rueckrechnung.lauf_id == lauf.id)
                                 .order_by(Rueckrechnung.monat, Rueckrechnung.id)):
        bookings[found.beschaeftigung_id].append(Buchung(
            found.beschaeftigung_id, found.monat, found.art, lines[found.id],
            [_cause(plain) for plain in found.ursachen], found.grund, found.seit))
    return _named(session, lauf.monat, bookings, payouts(session, lauf))


def payouts(session: TenantSession, lauf: Lauf, only: Collection[int] | None = None) -> dict[int, Ausgleich]:
    """Zahlbetrag aller (oder dieser) Beschäftigungen des Laufs, bei denen er nicht die Auszahlung des Monats ist."""
    paid = RueckrechnungAuszahlung
    rows = session.execute(
        select(paid.beschaeftigung_id, paid.eigen, paid.rueckrechnung, paid.vortrag, paid.zahlbetrag, paid.uebertrag)
        .where(paid.lauf_id == lauf.id, *(() if only is None else (paid.beschaeftigung_id.in_(only),))))
    return {row[0]: Ausgleich(*row[1:]) for row in rows}


def year_changes(session: TenantSession, lauf: Lauf, names: Sequence[str]) -> dict[int, dict[str, int]]:
    """Was bis zu diesem Lauf für Monate seines Jahres nachgebucht wurde, je Beschäftigung und Wert (Cent).

    Brutto, Netto und Auszahlung zählen im Jahr der Zahlung, auch für Monate früherer Jahre.
    """
    zeile, january = RueckrechnungZeile, lauf.monat.replace(month=1)
    by_payment = and_(zeile.name.in_(("gesamtbrutto", "netto", "auszahlung")), Lauf.monat >= january)
    rows = session.execute(
        select(Rueckrechnung.beschaeftigung_id, zeile.name, func.sum(zeile.betrag).label("summe"))
        .join(Rueckrechnung, Rueckrechnung.id == zeile.rueckrechnung_id).join(Lauf, Lauf.id == Rueckrechnung.lauf_id)
        .where(zeile.bereich == "wert", zeile.name.in_(names), Lauf.monat <= lauf.monat,
               or_(Lauf.zustand == "abgeschlossen", Lauf.id == lauf.id),
               or_(Rueckrechnung.monat >= january, by_payment))
        .group_by(Rueckrechnung.beschaeftigung_id, zeile.name))
    found: dict[int, dict[str, int]] = defaultdict(dict)
    for row in rows:
        found[row.beschaeftigung_id][row.name] = int(row.summe)
    return found


def _cause(plain: dict[str, object]) -> Ursache:
    values = dict(plain)
    for name in ("ab", "bis", "gilt_ab"):
        if name in values:
            values[name] = date.fromisoformat(str(values[name]))
    values["erfasst_am"] = datetime.fromisoformat(str(values["erfasst_am"]))
    return Ursache(**values)  # type: ignore[arg-type]  # written by Ursache.plain


def _named(session: TenantSession, month: date, bookings: dict[int, list[Buchung]],
           balance: dict[int, Ausgleich]) -> list[Nachberechnung]:
    if not bookings:
        return []
    last = month_end(month)
    rows = session.execute(
        select(Beschaeftigung.id, Beschaeftigung.public_id, Person.public_id.label("person"),
               Beschaeftigung.personalnummer, PersonAngaben.nachname, PersonAngaben.vorname)
        .join(Person, Person.id == Beschaeftigung.person_id)
        .outerjoin(PersonAngaben, and_(
            PersonAngaben.person_id == Person.id, PersonAngaben.superseded_at.is_(None),
            PersonAngaben.valid_from <= last, or_(PersonAngaben.valid_to.is_(None), PersonAngaben.valid_to >= last)))
        .where(Beschaeftigung.id.in_(sorted(bookings))).order_by(Beschaeftigung.personalnummer))
    return [Nachberechnung(row.id, row.public_id, row.person, row.personalnummer,
                           f"{row.nachname}, {row.vorname}", tuple(bookings[row.id]), balance.get(row.id))
            for row in rows]
