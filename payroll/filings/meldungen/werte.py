"""Was ein abgeschlossener Lauf gebucht hat: je Beschäftigung und Monat der Herkunft, dazu Kasse und Konfession.

Eine feste Zahl von Abfragen; gelesen wird der Kenntnisstand, den zwei Personen freigegeben haben.
"""

from __future__ import annotations

import calendar
import uuid
from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import func, select

from payroll.filings.errors import FilingRefused
from payroll.masterdata.clocks import known
from payroll.masterdata.models import Beschaeftigung, Krankenkasse, Person, Steuermerkmale, Versicherung
from payroll.masterdata.sealing import open_value
from payroll.runs.beside.models import ERSTATTUNGEN, Verrechnung
from payroll.runs.models import Ergebnis, Lauf
from payroll.runs.retro_models import Rueckrechnung, RueckrechnungZeile
from tenants.db.bulk import read_columns
from tenants.db.session import TenantSession
from tenants.security import keys_of

MINIJOB = ("98000006", "Minijob-Zentrale")
GERINGFUEGIG = (109, 110)
STATUTORY = ("gesetzlich", "freiwillig")  # kinds of health insurance that make one a member of a statutory fund


@dataclass(frozen=True)
class Gebucht:
    """Werte einer Beschäftigung (Cent) für einen Monat der Herkunft; bei `monat` = Monat des Laufs die eigenen."""

    beschaeftigung: int
    monat: date
    werte: dict[str, int]
    ergebnis: uuid.UUID | None = None


@dataclass(frozen=True)
class Mensch:
    """Wem eine Beschäftigung gehört."""

    person: uuid.UUID
    person_id: int
    personalnummer: str


def last_day(month: date) -> date:
    """Der letzte Tag eines Monats."""
    return month.replace(day=calendar.monthrange(month.year, month.month)[1])


def closed_run(session: TenantSession, month: date) -> Lauf:
    """Der abgeschlossene Lauf eines Monats."""
    row = session.scalars(select(Lauf).where(Lauf.monat == month)).one_or_none()
    if row is None or row.zustand != "abgeschlossen":
        raise FilingRefused(f"{month:%m/%Y}: gemeldet wird erst, wenn der Monat abgeschlossen ist; freigeben lassen "
                            "und "
                            "abschließen.")
    return row


def last_closed(session: TenantSession) -> date:
    """Der jüngste abgeschlossene Monat: bis zu ihm ist bekannt, was zu melden ist."""
    return session.scalars(select(func.max(Lauf.monat)).where(Lauf.zustand == "abgeschlossen")).one()


def booked(session: TenantSession, lauf: Lauf, names: Sequence[str], *, retro: bool = True) -> list[Gebucht]:
    """Eigene Ergebnisse des Laufs und, was er für frühere Monate nachbucht."""
    rows = read_columns(session, select(Ergebnis.beschaeftigung_id, Ergebnis.public_id, *(
        getattr(Ergebnis, name) for name in names)).where(Ergebnis.lauf_id == lauf.id).order_by(Ergebnis.id))
    columns = [rows[name] for name in names]
    found = [Gebucht(job, lauf.monat, {name: int(column[at]) for name, column in zip(names, columns, strict=True)},
                     rows["public_id"][at]) for at, job in enumerate(rows["beschaeftigung_id"])]
    if not retro:
        return found
    later: dict[tuple[int, date], dict[str, int]] = defaultdict(lambda: dict.fromkeys(names, 0))
    for row in session.execute(
            select(Rueckrechnung.beschaeftigung_id, Rueckrechnung.monat, RueckrechnungZeile.name,
                   RueckrechnungZeile.betrag)
            .join(Rueckrechnung, Rueckrechnung.id == RueckrechnungZeile.rueckrechnung_id)
            .where(Rueckrechnung.lauf_id == lauf.id, Rueckrechnung.art != "offen", RueckrechnungZeile.bereich == "wert",
                   RueckrechnungZeile.name.in_(names), RueckrechnungZeile.betrag != 0)):
        later[row.beschaeftigung_id, row.monat][row.name] += row.betrag
    return found + [Gebucht(job, month, values) for (job, month), values in sorted(later.items())]


def refunds(session: TenantSession, lauf: Lauf) -> dict[str, dict[int, int]]:
    """Erstattungen des Jahresausgleichs je Art und Beschäftigung (Cent über null)."""
    found: dict[str, dict[int, int]] = {kind: {} for kind in ERSTATTUNGEN}
    for row in session.execute(
            select(Verrechnung.art, Ergebnis.beschaeftigung_id, func.sum(Verrechnung.betrag).label("betrag"))
            .join(Ergebnis, Ergebnis.id == Verrechnung.ergebnis_id)
            .where(Ergebnis.lauf_id == lauf.id, Verrechnung.art.in_(ERSTATTUNGEN))
            .group_by(Verrechnung.art, Ergebnis.beschaeftigung_id)):
        found[row.art][row.beschaeftigung_id] = -int(row.betrag)
    return found


def people(session: TenantSession) -> dict[int, Mensch]:
    """Alle Beschäftigungen mit ihrer Person."""
    rows = session.execute(select(Beschaeftigung.id, Beschaeftigung.person_id, Beschaeftigung.personalnummer,
                                  Person.public_id).join(Person, Person.id == Beschaeftigung.person_id))
    return {row.id: Mensch(row.public_id, row.person_id, row.personalnummer) for row in rows}


@dataclass(frozen=True)
class Abschnitt:
    """Versicherung einer Beschäftigung in einem Zeitraum; `kv_art` wie in :class:`Versicherung`."""

    von: date
    bis: date | None
    betriebsnummer: str
    kasse: str
    gruppe: str
    personengruppe: int
    kv_art: str = "gesetzlich"


def insurances(session: TenantSession, known_at: datetime | None,
               jobs: Collection[int] | None = None) -> dict[int, list[Abschnitt]]:
    """Versicherungen je Beschäftigung (aller oder dieser), wie sie bekannt waren; geringfügige gehören zur
    Minijob-Zentrale.
    """
    funds = {row.id: row for row in session.execute(select(Krankenkasse.id, Krankenkasse.betriebsnummer,
                                                           Krankenkasse.name))}
    found: dict[int, list[Abschnitt]] = defaultdict(list)
    columns: tuple[Any, ...] = (Versicherung.beschaeftigung_id, Versicherung.valid_from, Versicherung.valid_to,
                                Versicherung.krankenkasse_id, Versicherung.beitragsgruppe, Versicherung.personengruppe,
                                Versicherung.kv_art)
    own = () if jobs is None else (Versicherung.beschaeftigung_id.in_(sorted(jobs)),)
    for row in session.execute(select(*columns).where(known(Versicherung, known_at), *own)
                               .order_by(Versicherung.valid_from)):
        fund = funds.get(row.krankenkasse_id)
        number, name = (fund.betriebsnummer or "", fund.name) if fund else ("", "")
        if row.personengruppe in GERINGFUEGIG:
            number, name = MINIJOB
        found[row.beschaeftigung_id].append(Abschnitt(row.valid_from, row.valid_to, number, name,
                                                      row.beitragsgruppe or "0000", row.personengruppe or 0,
                                                      row.kv_art))
    return found


def in_month(pieces: Sequence[Abschnitt], month: date) -> Abschnitt | None:
    """Der Abschnitt, nach dem ein Monat abgerechnet ist: der letzte, der ihn berührt."""
    last = last_day(month)
    touching = [one for one in pieces if one.von <= last and (one.bis is None or one.bis >= month)]
    return touching[-1] if touching else None


def denominations(session: TenantSession, known_at: datetime | None,
                  jobs: set[int]) -> dict[int, list[tuple[Any, ...]]]:
    """Konfessionen je Beschäftigung: (ab, bis, Wort), auch abgelöste am Ende, für zurückgenommene Kirchensteuer."""
    keys, found = keys_of(session), defaultdict(list)
    if not jobs:
        return {}
    columns = (Steuermerkmale.beschaeftigung_id, Steuermerkmale.public_id, Steuermerkmale.valid_from,
               Steuermerkmale.valid_to, Steuermerkmale.konfession_siegel,
               known(Steuermerkmale, known_at).label("bekannt"))
    for row in session.execute(select(*columns).where(Steuermerkmale.beschaeftigung_id.in_(sorted(jobs)))
                               .order_by(known(Steuermerkmale, known_at).desc(), Steuermerkmale.valid_from)):
        word = open_value(keys, Steuermerkmale, row.public_id, "konfession", row.konfession_siegel)
        found[row.beschaeftigung_id].append((row.valid_from, row.valid_to, word, row.bekannt))
    return dict(found)


def church_of(pieces: Sequence[tuple[Any, ...]], month: date) -> str:
    """Konfession, der eine Kirchensteuer dieses Monats gehört; zurückgenommene gehört der früheren."""
    last = last_day(month)
    valid = [word for first, until, word, held in pieces
             if held and first <= last and (until is None or until >= month)]
    if valid and valid[-1] in ("ev", "rk"):
        return str(valid[-1])
    earlier = [word for _, _, word, _ in pieces if word in ("ev", "rk")]
    return str(earlier[-1]) if earlier else ""
