"""Die Abfragen eines Monats: eine je Tabelle, unabhängig von der Zahl der Personen und Lohnarten."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from contextlib import nullcontext
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, NamedTuple

from sqlalchemy import ARRAY, BigInteger, ColumnElement, Select, and_, any_, bindparam, select

from payroll.masterdata.clocks import known, within
from payroll.masterdata.land import known_land
from payroll.masterdata.models import (
    Arbeitsweg,
    Bankverbindung,
    Beschaeftigung,
    BeschaeftigungAngaben,
    Bezuegezuordnung,
    Darlehen,
    Dienstwagen,
    Familienzuschlag,
    Kind,
    Krankenkasse,
    KrankenkasseSatz,
    Lohnart,
    LohnartStand,
    Person,
    PersonAngaben,
    Pfaendung,
    Sachbezug,
    Sparvertrag,
    Steuermerkmale,
    Unterhaltspflicht,
    Versicherung,
    WeitereBeschaeftigung,
    WiederkehrenderBezug,
    Zusatzversorgung,
    ZvKasse,
    ZvKasseSatz,
)
from payroll.masterdata.models.facts import Fact
from payroll.masterdata.slices import claims
from payroll.masterdata.slices.tarif import TarifFacts, step_facts, tarif_facts
from tenants.db.bulk import whole_tables
from tenants.db.session import TenantSession

Rows = dict[int, list[Any]]


class Bezug(NamedTuple):
    """Ein Bezug mit der Wirkung seiner Lohnart (None: sie hat an dem Tag keine)."""

    anchor: int
    id: int
    valid_from: date
    valid_to: date | None
    betrag_cent: int
    laufnummer: int
    nummer: int
    text: str | None = None
    ziel: str | None = None
    steuer: str | None = None
    sv: str | None = None
    zv: bool | None = None
    teilzeit: bool | None = None
    tage: bool | None = None
    pfaendbar: str | None = None
    personenkreis: str | None = None


@dataclass
class Facts:
    """Alles, was im Monat gilt, nach seinem Anker geordnet; je Anker nach `valid_from`."""

    first: date
    last: date
    land: str = "NW"
    jobs: Rows = field(default_factory=dict)
    people: Rows = field(default_factory=dict)
    children: Rows = field(default_factory=dict)
    accounts: Rows = field(default_factory=dict)
    elsewhere: Rows = field(default_factory=dict)
    tax: Rows = field(default_factory=dict)
    insurance: Rows = field(default_factory=dict)
    pension: Rows = field(default_factory=dict)
    grades: Rows = field(default_factory=dict)
    families: Rows = field(default_factory=dict)
    payments: Rows = field(default_factory=dict)
    funds: Rows = field(default_factory=dict)
    pension_funds: Rows = field(default_factory=dict)
    claims: Rows = field(default_factory=dict)
    dependants: Rows = field(default_factory=dict)
    tarif: TarifFacts = field(default_factory=TarifFacts)
    beside: dict[type[Fact], Rows] = field(default_factory=dict)
    opened: dict[Any, str] = field(default_factory=dict)  # denominations already opened, by row; months may share it
    receiving: frozenset[int] = frozenset()


def read(
    session: TenantSession, first: date, last: date, known_at: datetime | None, only: Collection[int] | None = None
) -> Facts:
    """Liest alle Tatsachen, die an einem Tag von `first` bis `last` gelten, nach dem Kenntnisstand `known_at`;
    `only`: nur diese Beschäftigungen (Nummern)."""
    reader = Reader(session, first, last, known_at, only)
    with whole_tables(session) if only is None else nullcontext():
        return _facts(reader)


def _facts(reader: Reader) -> Facts:
    return Facts(first=reader.first, last=reader.last, payments=reader.payments(), **many(reader), **few(reader),
                 dependants=reader.dependants(), tarif=tarif_facts(
                     reader.session, reader.first, reader.last, reader.known_at, reader.only))


def many(reader: Reader) -> dict[str, Any]:
    """Felder von Facts mit Zeilen je Mensch, außer den Bezügen: je Tabelle eine Abfrage."""
    return {
        "jobs": reader.jobs(),
        "people": reader.of(PersonAngaben, "person_id", PERSON),
        "children": reader.of(Kind, "person_id", "nummer geburtsdatum nachweis_am nachweis_elektronisch"),
        "accounts": reader.of(Bankverbindung, "person_id", ""),
        "elsewhere": reader.of(WeitereBeschaeftigung, "person_id", "nummer art entgelt_monat_cent"),
        "tax": reader.of(Steuermerkmale, "beschaeftigung_id", TAX),
        "insurance": reader.of(Versicherung, "beschaeftigung_id", INSURANCE),
        "pension": reader.of(Zusatzversorgung, "beschaeftigung_id", "zv_kasse_id"),
        "grades": reader.of(Bezuegezuordnung, "beschaeftigung_id", GRADES),
        "families": reader.of(Familienzuschlag, "beschaeftigung_id", FAMILIES),
        "claims": reader.of(Pfaendung, "person_id", claims.COLUMNS),
        "beside": {model: reader.of(model, "beschaeftigung_id", names) for model, names in BESIDE.items()},
    }


def few(reader: Reader) -> dict[str, Any]:
    """Felder von Facts, deren Abfrage vom Monat selbst abhängt; wenige Zeilen."""
    session = reader.session
    return {
        "land": known_land(session, reader.known_at),
        "funds": reader.funds(),
        "pension_funds": reader.pension_funds(),
    }


def read_steps(session: TenantSession, first: date, last: date) -> Facts:
    """Was die Stufen der Beschäftigten bestimmt, nach heutiger Kenntnis, sonst nichts; fünf Abfragen."""
    reader = Reader(session, first, last, None)
    with whole_tables(session):
        return Facts(first=first, last=last, jobs=reader.jobs(), people=reader.of(PersonAngaben, "person_id", PERSON),
                     grades=reader.of(Bezuegezuordnung, "beschaeftigung_id", GRADES),
                     tarif=step_facts(session, first, last))


PERSON = "nachname vorname geburtsdatum verstorben_am"
TAX = (
    "public_id steuerklasse faktor kinderfreibetraege konfession_siegel freibetrag_monat_cent hinzurechnung_monat_cent "
    "freibetrag_jahr_cent hinzurechnung_jahr_cent pkv_basis_monat_cent aktivrente_erklaerung"
)
INSURANCE = (
    "kv_art krankenkasse_id beitragsgruppe personengruppe pkv_beitrag_monat_cent ppv_beitrag_monat_cent "
    "elterneigenschaft sachsen regelmaessiges_entgelt_cent pkv_ohne_krankengeld anderweitig_rentenversichert "
    "dienst_nach_beschaeftigung individuell_besteuert befreiung_eingang befreiung_gemeldet befreiung_widerruf "
    "kurzfristig_arbeitstage kurzfristig_stunden kurzfristig_pauschal berufsmaessig pauschal_20"
)
EFFECTS = "text ziel steuer sv zv teilzeit tage pfaendbar personenkreis"
FAMILIES = "stufe1 kinder mietenstufe geteilt gemeinsam_vollzeit einstiegsamt"
GRADES = "tarifwerk entgeltgruppe stufe wochenstunden vollzeitstunden stufe_seit erfahrung_monate arbeitstage_woche"
BESIDE: dict[type[Fact], str] = {
    Dienstwagen: "listenpreis_cent ansatz anschaffung arbeitsweg selbst_gezahlt_cent",
    Arbeitsweg: "entfernung_km arbeitstage pauschal",
    Sachbezug: "fruehstuecke mittagessen abendessen selbst_gezahlt_cent pauschal freies_fruehstueck freies_mittagessen "
    "freies_abendessen unterkunft gemeinschaft jugend belegung",
    Sparvertrag: "id art laufnummer betrag_cent empfaenger vertragsnummer",
    Darlehen: "laufnummer art betrag_cent ausgezahlt_am rate_cent erste_rate",
}
ZV_RATES = "umlage_satz an_satz sanierungsgeld_satz beitrag_satz pauschal_grenze_cent verfahren kist_verfahren"


@dataclass
class Reader:
    """Liest, was an einem Tag von `first` bis `last` gilt, Tabelle für Tabelle."""

    session: TenantSession
    first: date
    last: date
    known_at: datetime | None
    only: Collection[int] | None = None

    def of(self, model: type[Fact], anchor: str, names: str) -> Rows:
        """Eine Tabelle, je Anker nach `valid_from`; jede Zeile beginnt mit Anker, `valid_from`, `valid_to`."""
        columns = [getattr(model, name) for name in names.split()]
        statement = select(getattr(model, anchor).label("anchor"), model.valid_from, model.valid_to, *columns)
        return self.rows(statement, model)

    def jobs(self) -> Rows:
        """Beschäftigungen mit ihren Angaben, nach Personalnummer."""
        statement = (
            select(
                Beschaeftigung.id.label("anchor"),
                Beschaeftigung.public_id,
                Beschaeftigung.person_id,
                Person.public_id.label("person_public_id"),
                Beschaeftigung.personalnummer,
                *(getattr(BeschaeftigungAngaben, n) for n in ("valid_from", "valid_to", "art", "eintritt", "austritt")),
                BeschaeftigungAngaben.kostenstelle,
                BeschaeftigungAngaben.verstorbene,
                BeschaeftigungAngaben.verhaeltnis,
            )
            .join(BeschaeftigungAngaben, BeschaeftigungAngaben.beschaeftigung_id == Beschaeftigung.id)
            .join(Person, Person.id == Beschaeftigung.person_id)
            .order_by(Beschaeftigung.personalnummer)
        )
        return self.rows(statement, BeschaeftigungAngaben)

    def payments(self) -> Rows:
        """Bezüge mit der Wirkung ihrer Lohnart; die Wirkungen werden je Lohnart gelesen, nicht je Bezug."""
        paid = WiederkehrenderBezug
        statement = (
            select(paid.beschaeftigung_id.label("anchor"), paid.id, paid.valid_from, paid.valid_to, paid.betrag_cent,
                   paid.laufnummer, paid.lohnart_id)
            .join(Lohnart, Lohnart.id == paid.lohnart_id)
            .order_by(Lohnart.nummer, paid.laufnummer)
        )  # fmt: skip
        found = self.rows(statement, paid)
        effects = self._effects({row[-1] for own in found.values() for row in own})
        return {anchor: [Bezug(*row[:-1], *effects[row[-1]]) for row in own] for anchor, own in found.items()}

    def _effects(self, numbers: set[int]) -> dict[int, tuple[Any, ...]]:
        """Nummer und Wirkung der Lohnarten mit diesen Kennungen; leer, wo eine am letzten Tag keine hat."""
        stand = and_(
            LohnartStand.lohnart_id == Lohnart.id,
            known(LohnartStand, self.known_at),
            within(LohnartStand, self.last, self.last),
        )
        effects = (getattr(LohnartStand, name) for name in EFFECTS.split())
        wanted = bindparam(None, sorted(numbers), type_=ARRAY(BigInteger))
        statement = (
            select(Lohnart.id, Lohnart.nummer, *effects)
            .outerjoin(LohnartStand, stand)
            .where(Lohnart.id == any_(wanted))
        )
        return {row[0]: tuple(row[1:]) for row in self.session.execute(statement)}

    def funds(self) -> Rows:
        """Kassen mit ihren Sätzen seit dem Dezember des Vorjahres (Märzklausel)."""
        names = ("valid_from", "valid_to", "zusatzbeitrag", "u2_satz", "status")
        columns = [getattr(KrankenkasseSatz, name) for name in names]
        satz = and_(
            KrankenkasseSatz.krankenkasse_id == Krankenkasse.id,
            known(KrankenkasseSatz, self.known_at),
            within(KrankenkasseSatz, date(self.first.year - 1, 12, 31), self.last),
        )
        statement = select(Krankenkasse.id.label("anchor"), Krankenkasse.name, *columns).outerjoin(
            KrankenkasseSatz, satz
        )
        return grouped(self.session.execute(statement.order_by(KrankenkasseSatz.valid_from)))

    def pension_funds(self) -> Rows:
        """Zusatzversorgungskassen mit ihren Sätzen."""
        columns = [getattr(ZvKasseSatz, name) for name in ("valid_from", "valid_to", *ZV_RATES.split())]
        satz = and_(
            ZvKasseSatz.zv_kasse_id == ZvKasse.id,
            known(ZvKasseSatz, self.known_at),
            within(ZvKasseSatz, self.first, self.last),
        )
        statement = select(ZvKasse.id.label("anchor"), ZvKasse.kuerzel, ZvKasse.name, *columns).outerjoin(
            ZvKasseSatz, satz
        )
        return grouped(self.session.execute(statement.order_by(ZvKasseSatz.valid_from)))

    def dependants(self) -> Rows:
        """Unterhaltspflichten mit ihren Ausschlüssen, je Person."""
        return self.rows(claims.dependants(self.first, self.last, self.known_at), Unterhaltspflicht)

    def rows(self, statement: Select[Any], model: type[Fact]) -> Rows:
        """Eine Auswahl über `model` nach beiden Uhren, nach ihrer ersten Spalte geordnet."""
        limited = statement.where(known(model, self.known_at), within(model, self.first, self.last))
        if self.only is not None:
            limited = limited.where(self._chosen(model))
        return grouped(self.session.execute(limited.order_by(model.valid_from, model.id)))  # the same whatever the plan

    def _chosen(self, model: type[Fact]) -> ColumnElement[bool]:
        if issubclass(
            model, PersonAngaben | Kind | Bankverbindung | WeitereBeschaeftigung | Pfaendung | Unterhaltspflicht
        ):
            people = select(Beschaeftigung.person_id).where(Beschaeftigung.id.in_(self.only or ()))
            return model.person_id.in_(people)
        jobs: ColumnElement[int] = getattr(model, "beschaeftigung_id")  # noqa: B009 # every other fact has one
        return jobs.in_(self.only or ())


def grouped(rows: Iterable[Any]) -> Rows:
    """Zeilen nach ihrer ersten Spalte."""
    found: Rows = defaultdict(list)
    for row in rows:
        found[row[0]].append(row)
    return dict(found)
