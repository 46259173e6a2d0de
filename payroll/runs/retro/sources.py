"""Welche Tatsachen das Entgelt bestimmen und wen sie betreffen: eine Abfrage je Tabelle, nur geänderte Fassungen."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import or_, select

from payroll.law.calculate import plain_book
from payroll.law.official import may_be_entered
from payroll.law.parameters.uploaded import FAMILIE
from payroll.masterdata.clocks import known, within
from payroll.masterdata.land import AREA as LAND
from payroll.masterdata.models import (
    Anlasszahlung,
    Arbeitsweg,
    Beschaeftigung,
    BeschaeftigungAngaben,
    Beschaeftigungszeit,
    Bezuegezuordnung,
    Dienstwagen,
    Familienzuschlag,
    Fehlzeit,
    HoehereTaetigkeit,
    Kind,
    KrankenkasseSatz,
    LohnartStand,
    PersonAngaben,
    Rechtswert,
    Sabbatical,
    Sachbezug,
    Sparvertrag,
    Steuermerkmale,
    Stufenregelung,
    Tariftabelle,
    Versicherung,
    Vortragswerte,
    WeitereBeschaeftigung,
    WiederkehrenderBezug,
    Zulagenanspruch,
    Zusatzversorgung,
    ZvKasseSatz,
)
from payroll.masterdata.models.facts import Fact, table_of
from payroll.masterdata.sealing import open_value
from payroll.masterdata.settings import AREA, OHNE_ENTGELT
from payroll.masterdata.slices.reading import BESIDE, FAMILIES
from payroll.runs.retro.spans import Version
from tenants.db.session import TenantSession
from tenants.models.tenant import TenantSetting
from tenants.security import keys_of
from timekeeping.handover.models import ZeitBezug

OWN: dict[type[Fact], str] = {
    BeschaeftigungAngaben: "art eintritt austritt verstorbene verhaeltnis",
    Steuermerkmale: "steuerklasse faktor kinderfreibetraege freibetrag_monat_cent hinzurechnung_monat_cent "
                    "freibetrag_jahr_cent hinzurechnung_jahr_cent pkv_basis_monat_cent aktivrente_erklaerung",
    Versicherung: "kv_art krankenkasse_id beitragsgruppe personengruppe pkv_beitrag_monat_cent "
                  "ppv_beitrag_monat_cent elterneigenschaft sachsen regelmaessiges_entgelt_cent pkv_ohne_krankengeld "
                  "anderweitig_rentenversichert dienst_nach_beschaeftigung individuell_besteuert befreiung_eingang "
                  "befreiung_gemeldet befreiung_widerruf kurzfristig_pauschal pauschal_20",
    Vortragswerte: "sv_tage sv_brutto_kv_cent sv_brutto_rv_cent steuerbrutto_cent zv_steuerfrei_cent",
    Zusatzversorgung: "zv_kasse_id",
    Bezuegezuordnung: "tarifwerk entgeltgruppe stufe stufe_seit wochenstunden vollzeitstunden arbeitstage_woche",
    Familienzuschlag: FAMILIES,
    WiederkehrenderBezug: "betrag_cent",
    Fehlzeit: "art kette vorerkrankungstage krankengeld_tag_cent krankengeld_netto_tag_cent krankengeld_bis "
              "kind_geboren_am netto_tag_cent",
    Stufenregelung: "verkuerzt_monate angehalten einstellungsstufe betrag_cent gruppe_bisher stufe_bisher",
    HoehereTaetigkeit: "entgeltgruppe",
    Beschaeftigungszeit: "seit",
    Anlasszahlung: "menge",
    Sabbatical: "anteil_zaehler anteil_nenner freistellung_ab freistellung_bis stoerfall",
    Zulagenanspruch: "betrag_cent anrechnung_cent anteil mitgeteilt_am",
    Dienstwagen: BESIDE[Dienstwagen],
    Arbeitsweg: BESIDE[Arbeitsweg],
    Sachbezug: BESIDE[Sachbezug],
    Sparvertrag: "betrag_cent",
    ZeitBezug: "einheit menge",
}
PERSONAL: dict[type[Fact], str] = {PersonAngaben: "geburtsdatum verstorben_am",
                                   Kind: "geburtsdatum nachweis_am nachweis_elektronisch",
                                   WeitereBeschaeftigung: "art entgelt_monat_cent"}
SHARED: dict[type[Fact], str] = {
    LohnartStand: "ziel steuer sv zv teilzeit tage",
    KrankenkasseSatz: "zusatzbeitrag u2_satz",
    ZvKasseSatz: "umlage_satz an_satz sanierungsgeld_satz beitrag_satz pauschal_grenze_cent verfahren kist_verfahren",
    Tariftabelle: "zellen",
}
EVERYONE: dict[type[Fact], str] = {Rechtswert: "wert tabelle"}
USERS: dict[type[Fact], tuple[type[Fact], str]] = {
    LohnartStand: (WiederkehrenderBezug, "lohnart_id"),
    KrankenkasseSatz: (Versicherung, "krankenkasse_id"),
    ZvKasseSatz: (Zusatzversorgung, "zv_kasse_id"),
    Tariftabelle: (Bezuegezuordnung, "tarifwerk"),
}

FEW = 1_000  # beyond that many people one reads all and sorts out afterwards


@dataclass
class Changes:
    """Geänderte Fassungen nach Schlüssel; für jede: welche Beschäftigungen sie an welchen Tagen betrifft."""

    versions: dict[tuple[Any, ...], list[Version]]
    holders: Callable[[Version], Iterable[tuple[int, date, date]]]


def read(session: TenantSession, since: datetime, known_at: datetime | None, first: date, last: date) -> Changes:
    """Fassungen, die nach ``since`` erfasst oder abgelöst wurden und ``first`` bis ``last`` berühren."""
    found: dict[tuple[Any, ...], list[Version]] = defaultdict(list)
    for model, names in {**OWN, **PERSONAL, **SHARED, **EVERYONE}.items():
        for version in _versions(session, model, names, since, known_at, first, last):
            found[(version.tabelle, version.key)].append(version)
    for version in _settings(session, since, known_at, first, last):
        found[(version.tabelle, version.key)].append(version)
    return Changes(found, _holders(session, found, known_at, first, last))


def _versions(session: TenantSession, model: type[Fact], names: str, since: datetime, known_at: datetime | None,
              first: date, last: date) -> Iterable[Version]:
    columns = names.split()
    moved = or_(model.recorded_at > since, model.superseded_at > since)
    statement = select(model).where(moved, within(model, first, last))
    if known_at is not None:
        statement = statement.where(model.recorded_at <= known_at)
    keys = keys_of(session)
    for row in session.scalars(statement.order_by(model.valid_from, model.id)):
        content = tuple(getattr(row, name) for name in columns)
        content += tuple(open_value(keys, model, row.public_id, name, getattr(row, f"{name}_siegel"))
                         for name in model.sealed if model is Steuermerkmale)
        yield Version(model.__tablename__, tuple(getattr(row, name) for name in model.keys), row.valid_from,
                      row.valid_to, row.recorded_at, row.superseded_at, content, row.recorded_by, row.reason,
                      str(row.public_id))


def _settings(session: TenantSession, since: datetime, known_at: datetime | None, first: date,
              last: date) -> Iterable[Version]:
    """Einstellungen des Arbeitgebers, soweit sie das Entgelt bestimmen."""
    model = TenantSetting
    statement = select(model).where(or_(model.recorded_at > since, model.superseded_at > since),
                                    model.area.in_((AREA, LAND)), model.valid_from <= last,
                                    or_(model.valid_to.is_(None), model.valid_to >= first))
    if known_at is not None:
        statement = statement.where(model.recorded_at <= known_at)
    rows = session.scalars(statement.order_by(model.valid_from, model.id)).all()
    yield from _lands([row for row in rows if row.area == LAND], first)
    for row in rows:
        if row.area != LAND:
            content = tuple(sorted((name, value) for name, value in row.content.items() if name not in OHNE_ENTGELT))
            yield Version(model.__tablename__, (row.area,), row.valid_from, row.valid_to, row.recorded_at,
                          row.superseded_at, content, row.recorded_by, row.reason, str(row.public_id))


def _lands(rows: Sequence[TenantSetting], first: date) -> Iterator[Version]:
    """Länder des Arbeitgebers, auch das vor der ersten Berichtigung; zurückberichtigt hat sich nichts geändert.

    Ein Land hat keinen Tag: berichtigt gilt es für alles, was abgeschlossen ist.
    """
    begun = datetime.min.replace(tzinfo=UTC)
    for at, row in enumerate(sorted(rows, key=lambda one: (one.recorded_at, one.id))):
        begin, who = max(row.valid_from, first), (row.recorded_by, row.reason, str(row.public_id))
        if at == 0:
            yield Version(TenantSetting.__tablename__, (LAND,), begin, row.valid_to, begun, row.recorded_at,
                          (row.content["vorher"],), *who)
        yield Version(TenantSetting.__tablename__, (LAND,), begin, row.valid_to, row.recorded_at, row.superseded_at,
                      (row.content["bundesland"],), *who)


def _holders(session: TenantSession, found: dict[tuple[Any, ...], list[Version]], known_at: datetime | None,
             first: date, last: date) -> Callable[[Version], Iterable[tuple[int, date, date]]]:
    people = {model.__tablename__ for model in PERSONAL}
    shared = {model.__tablename__: model for model in SHARED}
    persons = {key[0] for table, key in found if table in people}
    jobs = _jobs_of(session, persons) if persons else {}
    common = {TenantSetting.__tablename__, *(model.__tablename__ for model in EVERYONE)}
    all_jobs = _all_jobs(session) if any(table in common for table, _ in found) else []
    users: dict[tuple[str, Any], list[tuple[int, date, date]]] = defaultdict(list)
    for table, model in shared.items():
        anchors = {key[0] for name, key in found if name == table}
        if FAMILIE in anchors:
            users[(table, FAMILIE)] = list(_with_family(session, known_at, first, last))
        if anchors - {FAMILIE}:
            for number, job, begin, end in _users_of(session, model, anchors, known_at, first, last):
                users[(table, number)].append((job, begin, end))

    def holders(version: Version) -> Iterable[tuple[int, date, date]]:
        anchor = version.key[0]  # type: ignore[index]  # keys are tuples of a fact's key columns
        if version.tabelle in people:
            return [(job, first, last) for job in jobs.get(anchor, ())]
        if version.tabelle in common:
            return [(job, first, last) for job in all_jobs]
        if version.tabelle in shared:
            return users[(version.tabelle, anchor)]
        return [(anchor, first, last)]

    return holders


def _all_jobs(session: TenantSession) -> list[int]:
    return list(session.scalars(select(Beschaeftigung.id)))


def _jobs_of(session: TenantSession, persons: set[int]) -> dict[int, list[int]]:
    jobs: dict[int, list[int]] = defaultdict(list)
    statement = select(Beschaeftigung.id, Beschaeftigung.person_id)
    if len(persons) <= FEW:
        statement = statement.where(Beschaeftigung.person_id.in_(persons))
    for row in session.execute(statement.order_by(Beschaeftigung.id)):
        if row.person_id in persons:
            jobs[row.person_id].append(row.id)
    return jobs


def _users_of(session: TenantSession, model: type[Fact], anchors: set[Any], known_at: datetime | None, first: date,
              last: date) -> Iterable[tuple[Any, int, date, date]]:
    used, column = USERS[model]
    number = getattr(used, column)
    rows = session.execute(
        select(number.label("anker"), getattr(used, "beschaeftigung_id").label("job"),  # noqa: B009 # attribute of subclass
               used.valid_from, used.valid_to)
        .where(known(used, known_at), within(used, first, last), number.in_(anchors)))
    for row in rows:
        yield row.anker, row.job, max(row.valid_from, first), min(row.valid_to or last, last)


def _with_family(session: TenantSession, known_at: datetime | None, first: date,
                 last: date) -> Iterable[tuple[int, date, date]]:
    """Beschäftigungen mit Familienzuschlag: sie betrifft dessen Tabelle."""
    rows = session.execute(
        select(Familienzuschlag.beschaeftigung_id, Familienzuschlag.valid_from, Familienzuschlag.valid_to)
        .where(known(Familienzuschlag, known_at), within(Familienzuschlag, first, last)))
    for row in rows:
        yield row.beschaeftigung_id, max(row.valid_from, first), min(row.valid_to or last, last)


def title_of(version: Version) -> str:
    """Wie die geänderte Tatsache heißt."""
    name = version.key[0]  # type: ignore[index]  # keys are tuples of a fact's key columns
    if version.tabelle == "tariftabelle" and name == FAMILIE:
        return OTHER_TITLES[0]
    if version.tabelle == "rechtswert" and may_be_entered(plain_book().parameters[name]):
        return OTHER_TITLES[1]
    if name == LAND:
        return OTHER_TITLES[2]
    return TITLES[version.tabelle]


OTHER_TITLES = ("Tabelle des Familienzuschlags", "Wert des Rechts", "Bundesland des Arbeitgebers")
TITLES = {
    "beschaeftigung_angaben": "Beschäftigung", "steuermerkmale": "Steuermerkmale", "versicherung": "Sozialversicherung",
    "zusatzversorgung": "Zusatzversorgung", "bezuegezuordnung": "Eingruppierung und Arbeitszeit",
    "familienzuschlag": "Familienzuschlag", "wiederkehrender_bezug": "Bezug",
    "dienstwagen": "Dienstwagen", "arbeitsweg": "Arbeitsweg", "sachbezug": "Verpflegung und Unterkunft",
    "sparvertrag": "Sparvertrag",
    "person_angaben": "Angaben zur Person", "kind": "Kind",
    "weitere_beschaeftigung": "Weitere Beschäftigung", "vortragswerte": "Vortragswerte",
    "lohnart_stand": "Lohnart", "krankenkasse_satz": "Sätze der Krankenkasse",
    "zv_kasse_satz": "Sätze der Zusatzversorgungskasse",
    "fehlzeit": "Fehlzeit", "stufenregelung": "Stufenregelung", "hoehere_taetigkeit": "Höherwertige Tätigkeit",
    "beschaeftigungszeit": "Beschäftigungszeit", "anlasszahlung": "Zahlung aus Anlass",
    "sabbatical": "Sabbatical", "zulagenanspruch": "Zulagenanspruch",
    "rechtswert": "Festlegung des Arbeitgebers", "zeit_bezug": "Zeiten",
    "tenant_setting": "Einstellung des Arbeitgebers",
    "tariftabelle": "Entgelttabelle",
}
assert TITLES.keys() - {TenantSetting.__tablename__} == {
    table_of(model).name for model in (*OWN, *PERSONAL, *SHARED, *EVERYONE)}
