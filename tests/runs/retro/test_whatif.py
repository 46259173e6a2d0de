"""Ein Szenario kostet auf den Cent, was ein Lauf mit denselben Tatsachen kostet, auch über den Jahreswechsel."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest
from sqlalchemy import func, select

from payroll.law.parameters.pay_tables import load_pay_tables
from payroll.masterdata.intake import NeueBeschaeftigung, NeuePerson, Tatsache, store
from payroll.masterdata.models import (
    Bankverbindung,
    Beschaeftigung,
    BeschaeftigungAngaben,
    Bezuegezuordnung,
    PersonAngaben,
    Steuermerkmale,
    Tariftabelle,
    Versicherung,
    WiederkehrenderBezug,
    Zusatzversorgung,
)
from payroll.masterdata.service import leave, record_fact
from payroll.masterdata.slices.reading import GRADES, INSURANCE, TAX, Facts
from payroll.runs import umgruppierung
from payroll.runs.models import Ergebnis
from payroll.runs.whatif.anwenden import Vorhaben, applied
from payroll.runs.whatif.massnahmen import (
    Arbeitszeit,
    Austritt,
    Auswahl,
    Einstellung,
    Erhoehung,
    Massnahme,
    SzenarioFehler,
    Umgruppierung,
    checked,
    of_plain,
    plain,
)
from payroll.runs.whatif.verlauf import compute

SEPTEMBER, OCTOBER, NOVEMBER = (date(2025, month, 1) for month in (9, 10, 11))
MONTHS = (NOVEMBER, date(2025, 12, 1), date(2026, 1, 1), date(2026, 2, 1))
MIDDLE = date(2025, 12, 16)
RAISE = Erhoehung(NOVEMBER, ("TVoeD-VKA", "NRW-A"), Decimal("3.1"), 11_000)
UP = Umgruppierung(NOVEMBER, Auswahl(("P1",)))
OFFICIAL_UP = Umgruppierung(date(2026, 1, 1), Auswahl((), "NRW-A", "A9", 1))
FIVE = Umgruppierung(NOVEMBER, Auswahl((), "TVoeD-VKA", "E3", 1), "E5")
LESS = Arbeitszeit(MIDDLE, Auswahl(("P1", "P6")), Decimal("19.5"))
HIRE = Einstellung(date(2025, 12, 8), 2, "TVoeD-VKA", "E8", "3", Decimal(30))
GONE = Austritt(date(2026, 1, 16), Auswahl(("P3",)))


def people(desk: Any) -> None:
    """Menschen, bei denen Summen des Jahres und des Vorjahres zählen: Einmalzahlungen, Grenzen, Beamte, Minijob."""
    desk.hire(desk.person("P1", ("E9b", "3"), pension=True), desk.person("P2", ("E15", "5"), pension=True),
              desk.person("P3", ("E3", "2"), hours="19.5"), desk.person("P4", 610_000),
              desk.person("P5", 45_000, art="minijob", beitragsgruppe="6500", personengruppe=109),
              desk.person("P6", ("E6", "3"), kv_art="freiwillig", beitragsgruppe="9111", pension=True),
              desk.person("P7", 0, art="beamte", kv_art="privat", krankenkasse_id=None, beitragsgruppe=None,
                          personengruppe=None))
    for number, group, since in (("P1", "E9b", date(2024, 2, 1)), ("P6", "E6", date(2023, 1, 1))):
        desk.record(Bezuegezuordnung, number, OCTOBER, tarifwerk="TVoeD-VKA", entgeltgruppe=group, stufe="3",
                    stufe_seit=since, wochenstunden=Decimal(39), vollzeitstunden=Decimal(39))
    desk.record(Bezuegezuordnung, "P7", date(2020, 1, 1), tarifwerk="NRW-A", entgeltgruppe="A9", stufe="5",
                wochenstunden=Decimal(41), vollzeitstunden=Decimal(41))
    for number, cents, day in (("P2", 400_000, NOVEMBER), ("P4", 900_000, date(2026, 2, 1)), ("P6", 250_000, NOVEMBER)):
        desk.pay(number, 1600, cents, day, day.replace(day=28))


def enacted(desk: Any, one: Massnahme) -> None:
    """Erfasst die Maßnahme wirklich, auf den Wegen der Sachbearbeitung."""
    with desk.session() as session:
        if isinstance(one, Erhoehung):
            for scale in one.tarifwerke:
                cells: dict[str, dict[str, int]] = {}
                for (tarifwerk, group, step), cell in load_pay_tables().on(one.ab).items():
                    if tarifwerk == scale:
                        new = (cell.cent * Decimal(100 + one.prozent) / 100).quantize(Decimal(1), "ROUND_HALF_UP")
                        cells.setdefault(group, {})[step] = max(int(new), cell.cent + one.mindestens)
                record_fact(session, Tariftabelle, valid_from=one.ab, reason="Tarif", tarifwerk=scale, zellen=cells,
                            quelle="Tarif", datei_hash=bytes(32), vorschlag=uuid.uuid4())
        elif isinstance(one, Einstellung):
            for at in range(one.anzahl):
                store(session, [_new(desk, one, f"N{at}")], reason="Einstellung")
        elif isinstance(one, Austritt):
            row = session.scalars(select(Beschaeftigung).where(Beschaeftigung.personalnummer == "P3")).one()
            leave(session, row, last_day=one.ab - timedelta(days=1), reason="Austritt")
        else:
            for number in one.wen.personen or ({"E3": "P3", "A9": "P7"}[one.wen.gruppe],):
                _changed(session, desk, one, number)


def _changed(session: Any, desk: Any, one: Umgruppierung | Arbeitszeit, number: str) -> None:
    job = desk.jobs[number]
    if number == "P1" and isinstance(one, Umgruppierung):
        change = umgruppierung.proposed(session, job, "E9c", one.ab)
        umgruppierung.carry_out(session, change, reason="Höhergruppierung")
        return
    row = session.scalars(select(Bezuegezuordnung).where(
        Bezuegezuordnung.beschaeftigung_id == job, Bezuegezuordnung.superseded_at.is_(None),
        Bezuegezuordnung.valid_from <= one.ab, Bezuegezuordnung.valid_to.is_(None))).one()
    values = {name: getattr(row, name) for name in ("tarifwerk", "entgeltgruppe", "stufe", "stufe_seit",
                                                    "wochenstunden", "vollzeitstunden")}
    values |= ({"wochenstunden": one.wochenstunden} if isinstance(one, Arbeitszeit)
               else {"entgeltgruppe": one.gruppe_neu or "A10"})
    record_fact(session, Bezuegezuordnung, valid_from=one.ab, reason="Änderung", beschaeftigung_id=job, **values)


def _new(desk: Any, one: Einstellung, number: str) -> NeuePerson:
    job = [Tatsache(BeschaeftigungAngaben, one.ab, {"art": "tarif", "eintritt": one.ab}),
           Tatsache(Steuermerkmale, one.ab, {"steuerklasse": 1, "konfession": "keine"}),
           Tatsache(Versicherung, one.ab, {"kv_art": "gesetzlich", "personengruppe": 101, "beitragsgruppe": "1111",
                                           "krankenkasse_id": desk.numbers.krankenkassen["K"],
                                           "elterneigenschaft": True}),
           Tatsache(Zusatzversorgung, one.ab, {"zv_kasse_id": desk.numbers.zv_kassen["rzvk"]}),
           Tatsache(Bezuegezuordnung, one.ab, {
               "tarifwerk": one.tarifwerk, "entgeltgruppe": one.gruppe, "stufe": one.stufe, "stufe_seit": one.ab,
               "wochenstunden": one.wochenstunden, "vollzeitstunden": one.vollzeitstunden})]
    own = [Tatsache(PersonAngaben, date(1990, 6, 15), {"nachname": number, "vorname": "Neu",
                                                        "geburtsdatum": date(1990, 6, 15)}),
           Tatsache(Bankverbindung, one.ab, {"iban": "DE02120300000000202051", "iban_ende": "2051"})]
    return NeuePerson(own, [NeueBeschaeftigung(number, job)])


def paid(desk: Any) -> list[tuple[int, int, int]]:
    """Personen, Brutto und Kosten der Monate, wie sie die Läufe schrieben."""
    for month in (OCTOBER, *MONTHS):
        desk.close(month)
    with desk.session() as session:
        rows = session.execute(
            select(Ergebnis.monat, func.count(Ergebnis.id), func.sum(Ergebnis.gesamtbrutto),
                   func.sum(Ergebnis.ag_kosten)).where(Ergebnis.monat >= NOVEMBER)
            .group_by(Ergebnis.monat).order_by(Ergebnis.monat))
        return [(row[1], int(row[2]), int(row[3])) for row in rows]


SCENARIOS: list[tuple[Massnahme, ...]] = [(RAISE,), (UP, LESS, OFFICIAL_UP, FIVE), (HIRE, GONE),
                                          (RAISE, UP, LESS, HIRE, GONE, OFFICIAL_UP)]
IDS = ["raise", "facts", "people", "all"]


@pytest.mark.parametrize("measures", SCENARIOS, ids=IDS)
def test_a_scenario_costs_what_the_run_costs(new_desk: Callable[[], Any], measures: tuple[Massnahme, ...]) -> None:
    today, real = new_desk(), new_desk()
    for desk in (today, real):
        people(desk)
        desk.close_all([SEPTEMBER])
    with today.session() as session:
        found = compute(session, checked("Plan", NOVEMBER, len(MONTHS), measures))
    for one in measures:
        enacted(real, one)
    after, before = paid(real), paid(today)
    assert [(one.brutto, one.kosten) for one in found.monate] == [row[1:] for row in before]
    assert [(one.personen, one.brutto_neu, one.kosten_neu) for one in found.monate] == after
    assert [one.monat for one in found.monate] == list(MONTHS)
    assert after != before
    assert any(one.betroffen for one in found.monate)
    assert found.anmerkungen == []


def test_only_who_changes_is_affected_and_nothing_is_written(desk: Any) -> None:
    people(desk)
    with desk.session() as session:
        found = compute(session, checked("Plan", NOVEMBER, 2, (LESS,)))
        assert not session.new
        assert not session.dirty
    assert [one.betroffen for one in found.monate] == [0, 2]
    assert [one.mehr_kosten < 0 for one in found.monate] == [False, True]
    with desk.session() as session:
        assert session.scalar(select(func.count(Ergebnis.id))) == 0
        payments = session.scalars(select(WiederkehrenderBezug).where(WiederkehrenderBezug.reason == "Berichtigung"))
        assert len(payments.all()) == 3


def test_measures_survive_being_stored() -> None:
    for one in (RAISE, UP, OFFICIAL_UP, FIVE, LESS, HIRE, GONE):
        assert of_plain(plain(one)) == one


@pytest.mark.parametrize(("given", "words"), [
    ({"art": "zauber"}, "gibt es nicht; eine von erhoehung"),
    ({"art": "erhoehung", "ab": "2027-01-01", "tarifwerke": []}, "kein Tarifwerk genannt"),
    ({"art": "erhoehung", "ab": "2027-13-01", "tarifwerke": ["TVoeD-VKA"]}, "als 2027-01-01 angeben"),
    ({"art": "erhoehung", "ab": "2027-01-01", "tarifwerke": ["TVoeD-VKA"], "prozent": "NaN"}, "als Zahl"),
    ({"art": "erhoehung", "ab": "2027-01-01", "tarifwerke": ["TVoeD-VKA"], "prozent": "80"}, "50 Prozent"),
    ({"art": "erhoehung", "ab": "2027-01-01", "tarifwerke": ["TVoeD-VKA"]}, "weder Prozent noch Mindestbetrag"),
    ({"art": "erhoehung", "ab": "2027-01-01", "tarifwerke": ["TVoeD-VKA"], "mindestens": 1.5}, "ganze Cent"),
    ({"art": "austritt", "ab": "2027-01-01", "wen": {}}, "niemand gewählt"),
    ({"art": "austritt", "ab": "2027-01-01", "wen": {"gruppe": "E99", "tarifwerk": "TVoeD-VKA"}}, "E99"),
    ({"art": "austritt", "ab": "2027-01-01"}, "es fehlt etwas von wen"),
    ({"art": "austritt", "ab": "2027-01-01", "wen": {}, "warum": 1}, "Feld warum gibt es nicht"),
    ({"art": "arbeitszeit", "ab": "2027-01-01", "wen": {"personen": ["1"]}, "wochenstunden": "0"}, "60 Stunden"),
    ({"art": "einstellung", "ab": "2027-01-01", "anzahl": 0, "tarifwerk": "TVoeD-VKA", "gruppe": "E5", "stufe": "2",
      "wochenstunden": 39}, "1 bis 1000"),
], ids=range(13))
def test_what_is_wrong_with_a_measure_is_said(given: dict[str, Any], words: str) -> None:
    with pytest.raises(SzenarioFehler, match=r"angeben|erlaubt|wählen|ergänzen|berichtigen") as refused:
        of_plain(given)
    assert words in str(refused.value)


def test_who_is_not_there_is_named(desk: Any) -> None:
    people(desk)
    with desk.session() as session, pytest.raises(SzenarioFehler, match=r"Personalnummer X9: im 11/2025 nicht"):
        compute(session, checked("Plan", NOVEMBER, 1, (Austritt(NOVEMBER, Auswahl(("X9",))),)))
    with desk.session() as session:
        many = compute(session, checked("Plan", NOVEMBER, 1, (
            Umgruppierung(NOVEMBER, Auswahl((), "TVoeD-VKA", "E15", 4), "E14"),)))
    assert many.anmerkungen[0] == "TVoeD-VKA E15: gewünscht sind 4, es gibt 1 Beschäftigte."


@pytest.mark.parametrize(("name", "ab", "months"), [("", NOVEMBER, 1), ("x" * 121, NOVEMBER, 1),
                                                    ("Plan", MIDDLE, 1), ("Plan", NOVEMBER, 37), ("Plan", NOVEMBER, 0)],
                         ids=["name", "long", "day", "many", "none"])
def test_the_frame_of_a_scenario_is_checked(name: str, ab: date, months: int) -> None:
    with pytest.raises(SzenarioFehler):
        checked(name, ab, months, (RAISE,))
    with pytest.raises(SzenarioFehler, match="keine genannt"):
        checked("Plan", NOVEMBER, 1, ())


def test_a_hire_has_every_column_a_month_reads() -> None:
    """Kommt eine Spalte hinzu, muss die angenommene Einstellung sie auch haben, sonst bricht der Monat."""
    hire = Einstellung(NOVEMBER, 1, "TVoeD-VKA", "E8", "3", Decimal(39))
    known = SimpleNamespace(krankenkasse_id=1, zv_kasse_id=1)
    facts = Facts(NOVEMBER, date(2025, 11, 30), insurance={1: [known]}, pension={1: [known]})
    made = applied(facts, Vorhaben((), [], (hire,), []))
    for rows, wanted in ((made.tax, TAX), (made.insurance, INSURANCE), (made.grades, GRADES)):
        assert set(wanted.split()) <= set(vars(rows[-1][0]))
