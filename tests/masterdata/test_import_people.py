"""Einlesen bei einem Mandanten: Probe, Übernahme, Wiederholung, alles oder nichts, Korrekturdatei, Ausfuhr."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from types import SimpleNamespace
from typing import Any

import pytest
from sqlalchemy import select

from payroll.masterdata import catalogue, sealing, service
from payroll.masterdata.clocks import as_of
from payroll.masterdata.export import export_people
from payroll.masterdata.imports import Beanstandung, ImportFehler, dry_run, take_over
from payroll.masterdata.imports import service as importing
from payroll.masterdata.models import (
    Bankverbindung,
    Beschaeftigung,
    Bezuegezuordnung,
    Kind,
    Person,
    PersonAngaben,
    Steuermerkmale,
    WiederkehrenderBezug,
)
from payroll.masterdata.slices import load_month
from tenants.audit.models import AuditEntry
from tenants.db.session import TenantSession, tenant_session

MAY = date(2026, 5, 1)


def serious(problems: Sequence[Beanstandung]) -> list[tuple[int, str, str]]:
    return [(p.zeile, p.spalte, p.grund) for p in problems if p.schwer]


def numbers(session: TenantSession) -> list[str]:
    return sorted(session.scalars(select(Beschaeftigung.personalnummer)))


def test_imported_people_are_ready_for_the_month(desk: TenantSession, files: SimpleNamespace) -> None:
    done = take_over(desk, "p.csv", files.csv(files.row, files.second), reason="Übernahme")
    assert (done.neu, done.geaendert, done.unveraendert, done.korrektur) == (["4711", "4712"], [], [], None)
    facts = load_month(desk, MAY)
    assert (facts.size, facts.findings) == (2, [])
    assert list(facts.cases["kinderlos"]) == [0, 1]
    assert list(facts.cases["konfession"]) == [1, 1]
    assert list(facts.bezuege["betrag_cent"]) == [112_050, 112_050]
    account = as_of(desk, Bankverbindung, MAY)[0]
    assert sealing.reveal(desk, account, "iban") == "DE02120300000000202051"
    entry = desk.scalars(select(AuditEntry).where(AuditEntry.action == "einlesung.uebernommen")).one()
    assert (entry.reason, entry.details["neu"], entry.details["sha256"]) == ("Übernahme", 2, done.pruefsumme)


@pytest.mark.parametrize(("cells", "column", "reason", "serious"), [
    ({"eintritt": "01.01.2020", "austritt": "31.12.2025", "vortrag_sv_tage": "300"}, "vortrag_jahr",
     "liegt nach dem Austritt am 31.12.2025", True),
    ({"eintritt": "15.03.2026", "vortrag_sv_tage": "290"}, "vortrag_sv_tage",
     "mehr als die 287 SV-Tage vom 15.03.2026 bis 31.12.2026", True),
    ({"eintritt": "01.01.2020", "austritt": "28.02.2026", "vortrag_sv_tage": "61"}, "vortrag_sv_tage",
     "mehr als die 60 SV-Tage vom 01.01.2026 bis 28.02.2026", True),
    ({"eintritt": "01.01.2020", "vortrag_sv_brutto_rv": "9.000,00"}, "vortrag_sv_tage",
     "fehlen zu den beitragspflichtigen Summen", False),
    ({"eintritt": "01.01.2020", "vortrag_sv_tage": "300", "vortrag_sv_brutto_kv": "9.000,01",
      "vortrag_sv_brutto_rv": "9.000,00"}, "vortrag_sv_brutto_kv", "höher als in RV und AV", False)])
def test_carried_sums_have_to_tie(desk: TenantSession, files: SimpleNamespace, cells: dict[str, str], column: str,
                                  reason: str, serious: bool) -> None:
    """A whole month has 30 insured days, a broken one its days: 17 in March from the 15th, then nine months."""
    row = files.row | {"gueltig_ab": "", "vortrag_jahr": "2026"} | cells
    seen = dry_run(desk, "p.csv", files.csv(row, header=list(row)))
    found = [(one.spalte, one.schwer) for one in seen.beanstandungen if one.grund.startswith(reason)]
    assert found == [(column, serious)]


def test_an_unreadable_number_of_days_is_not_missing_too(desk: TenantSession, files: SimpleNamespace) -> None:
    row = files.row | {"gueltig_ab": "", "vortrag_jahr": "2026", "vortrag_sv_tage": "400",
                       "vortrag_sv_brutto_rv": "9.000,00"}
    seen = dry_run(desk, "p.csv", files.csv(row, header=list(row)))
    assert [one.schwer for one in seen.beanstandungen if one.spalte == "vortrag_sv_tage"] == [True]


def test_carried_sums_that_tie_pass(desk: TenantSession, files: SimpleNamespace) -> None:
    row = files.row | {"gueltig_ab": "", "eintritt": "15.03.2026", "vortrag_jahr": "2026", "vortrag_sv_tage": "287",
                       "vortrag_sv_brutto_kv": "9.000,00", "vortrag_sv_brutto_rv": "9.000,00"}
    seen = dry_run(desk, "p.csv", files.csv(row, header=list(row)))
    assert not [one for one in seen.beanstandungen if one.spalte.startswith("vortrag")]


def test_one_human_under_two_numbers_is_named(desk: TenantSession, files: SimpleNamespace) -> None:
    twin = files.row | {"personalnummer": "4799", "steuer_id": "", "sv_nummer": ""}

    def told(*rows: dict[str, str]) -> list[tuple[int, str, bool]]:
        return [(one.zeile, one.spalte, one.schwer) for one in dry_run(desk, "p.csv", files.csv(*rows)).beanstandungen
                if "Name und Geburtsdatum stehen auch in Zeile 2" in one.grund]

    assert told(files.row, twin) == [(3, "personalnummer", False)]
    assert told(files.row, twin | {"steuer_id": files.row["steuer_id"]}) == []
    assert told(files.row, twin | {"vorname": "Anna"}) == []


def test_who_is_here_already_is_named(desk: TenantSession, files: SimpleNamespace) -> None:
    """Name und Geburtsdatum oder Konto sind ein Hinweis; eine Kennnummer entscheidet und muss zur Person passen."""
    take_over(desk, "p.csv", files.csv(files.row, files.second), reason="Übernahme")
    bare = {"personalnummer": "4799", "steuer_id": "", "sv_nummer": "", "iban": ""}

    def told(**cells: str) -> list[tuple[str, str, bool]]:
        seen = dry_run(desk, "p.csv", files.csv(files.row | bare | cells))
        return [(one.spalte, one.grund, one.schwer) for one in seen.beanstandungen]

    name = ("personalnummer", "Name und Geburtsdatum gibt es hier schon unter 4711", False)
    assert told(iban="DE02100500000054540402") == [name]
    assert told(iban="DE02100500000054540402", nachname="MÜLLER-GROSS") == [name]
    assert told(iban="DE02100500000054540402", vorname="Anna") == []
    account = ("iban", "ist hier schon das Konto von 4711, 4712", False)
    assert told(iban=files.row["iban"], vorname="Anna") == [account]
    assert told(iban=files.row["iban"], steuer_id=files.row["steuer_id"]) == [], "the same human, another job"
    other = {"vorname": "Anna", "geburtsdatum": "15.06.1986", "iban": "DE02100500000054540402"}
    assert told(**other, steuer_id=files.row["steuer_id"]) == [
        ("steuer_id", "gehört hier schon zu einer Person mit anderem Geburtsdatum", True)]
    found = told(iban="DE02100500000054540402", steuer_id=files.row["steuer_id"], sv_nummer=files.second["sv_nummer"])
    assert ("sv_nummer", "gehört hier schon zu einer anderen Person als die steuer_id", True) in found
    again = dry_run(desk, "p.csv", files.csv(files.row, files.second))
    assert not [one for one in again.beanstandungen if "hier schon" in one.grund], "nobody is their own double"


def test_a_birthday_is_corrected_and_a_job_added_in_one_file(desk: TenantSession, files: SimpleNamespace) -> None:
    """Die Zeile der erfassten Beschäftigung berichtigt, die neue nennt dasselbe; ist die erste falsch, geht keine."""
    take_over(desk, "p.csv", files.csv(files.row), reason="Übernahme")
    right = {"geburtsdatum": "15.06.1986", "sv_nummer": ""}
    first, more = files.row | right, files.row | right | {"personalnummer": "4799"}
    for rows in ([first, more], [more, first]):
        seen = dry_run(desk, "p.csv", files.csv(*rows))
        assert (seen.neu, seen.geaendert, seen.abgelehnt) == (["4799"], ["4711"], [])
    alone = dry_run(desk, "p.csv", files.csv(more))
    assert [(one.spalte, "auch in derselben Datei" in one.abhilfe) for one in alone.beanstandungen if one.schwer] == [
        ("steuer_id", True)]
    assert dry_run(desk, "p.csv", files.csv(first | {"steuerklasse": "9"}, more)).abgelehnt == [2, 3]
    take_over(desk, "p.csv", files.csv(first, more), reason="Geburtsdatum berichtigt")
    jobs = [service.find_employment(desk, number) for number in ("4711", "4799")]
    assert jobs[0].person_id == jobs[1].person_id
    held = desk.scalars(select(PersonAngaben).where(PersonAngaben.superseded_at.is_(None),
                                                    PersonAngaben.person_id == jobs[0].person_id)
                        .order_by(PersonAngaben.valid_from)).all()
    assert held[-1].geburtsdatum == date(1986, 6, 15)


def test_dry_run_writes_nothing(desk: TenantSession, files: SimpleNamespace) -> None:
    trail = len(desk.scalars(select(AuditEntry.id)).all())
    seen = dry_run(desk, "p.csv", files.csv(files.row, files.second | {"steuerklasse": "9"}))
    assert (seen.neu, seen.abgelehnt) == (["4711"], [3])
    assert numbers(desk) == []
    assert len(desk.scalars(select(AuditEntry.id)).all()) == trail


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_repeated_import_changes_nothing(desk: TenantSession, files: SimpleNamespace, form: str) -> None:
    data = getattr(files, form)(files.row, files.second)
    take_over(desk, "p", data, reason="Übernahme")
    before = {model: desk.scalars(select(model.id)).all() for model in (PersonAngaben, Kind, Steuermerkmale, Person)}
    again = take_over(desk, "p", data, reason="noch einmal")
    assert (again.neu, again.geaendert, again.unveraendert) == ([], [], ["4711", "4712"])
    assert {model: desk.scalars(select(model.id)).all() for model in before} == before


def test_changed_row_is_a_new_fact_and_empty_cells_keep(desk: TenantSession, files: SimpleNamespace) -> None:
    take_over(desk, "p.csv", files.csv(files.row), reason="Übernahme")
    change = {**files.row, "gueltig_ab": "01.06.2026", "stufe": "5", "steuer_id": "", "iban": "", "kinder": ""}
    seen = dry_run(desk, "p.csv", files.csv(change))
    assert (seen.geaendert, seen.aenderungen) == (["4711"], ["4711: bezuegezuordnung"])
    take_over(desk, "p.csv", files.csv(change), reason="Stufenaufstieg")
    steps = [(row.stufe, row.valid_from, row.valid_to) for row in as_of(desk, Bezuegezuordnung, date(2026, 6, 1))]
    assert steps == [("5", date(2026, 6, 1), None)]
    assert [row.valid_to for row in as_of(desk, Bezuegezuordnung, MAY)] == [date(2026, 5, 31)]
    (person,) = as_of(desk, PersonAngaben, MAY)
    assert sealing.reveal(desk, person, "steuer_id") == "36574261809"
    assert load_month(desk, date(2026, 6, 1)).cases["kinder_unter_25"][0] == 1


def test_a_file_does_not_prolong_what_was_ended(desk: TenantSession, files: SimpleNamespace) -> None:
    take_over(desk, "p.csv", files.csv(files.row), reason="Übernahme")
    (pay,) = as_of(desk, WiederkehrenderBezug, MAY)
    keys = {name: getattr(pay, name) for name in pay.keys}
    service.end_fact(desk, WiederkehrenderBezug, last_day=date(2026, 5, 31), reason="befristet", **keys)
    assert take_over(desk, "p.csv", files.csv(files.row), reason="noch einmal").unveraendert == ["4711"]
    take_over(desk, "p.csv", files.csv(files.row | {"betrag_1": "99,00"}), reason="Betrag berichtigt")
    (pay,) = as_of(desk, WiederkehrenderBezug, MAY)
    assert (pay.betrag_cent, pay.valid_to) == (9_900, date(2026, 5, 31))


def test_two_rows_of_one_number_are_two_periods(desk: TenantSession, files: SimpleNamespace) -> None:
    later = {**files.row, "gueltig_ab": "01.04.2026", "wochenstunden": "39"}
    first = {**files.row, "gueltig_ab": ""}
    take_over(desk, "p.csv", files.csv(later, first, header=list(later)), reason="Übernahme")
    hours = [
        (int(r.wochenstunden * 10), r.valid_to)
        for day in (3, 4)
        for r in as_of(desk, Bezuegezuordnung, date(2026, day, 1))
    ]
    assert hours == [(195, date(2026, 3, 31)), (390, None)]
    again = take_over(desk, "p.csv", files.csv(later, first, header=list(later)), reason="noch einmal")
    assert again.unveraendert == ["4711"]


def test_second_job_of_the_same_person(desk: TenantSession, files: SimpleNamespace) -> None:
    side = files.row | {"personalnummer": "4713", "steuerklasse": "6"}
    take_over(desk, "p.csv", files.csv(files.row), reason="Übernahme")
    done = take_over(desk, "p.csv", files.csv(files.row, side, files.second), reason="zweite Stelle")
    assert (done.neu, done.unveraendert) == (["4713", "4712"], ["4711"])
    assert len(desk.scalars(select(Person.id)).all()) == 2


CROSS: list[tuple[str, dict[str, str], str, str]] = [
    (
        "anderer Mandant",
        {"mandant": "002"},
        "mandant",
        "gehört zu einem anderen Mandanten; eingelesen wird bei Mandant 001",
    ),
    ("Gruppe", {"entgeltgruppe": "E99"}, "entgeltgruppe", "'E99' gibt es nicht"),
    ("Stufe", {"entgeltgruppe": "E1", "stufe": "1"}, "stufe", "Stufe '1' gibt es in TVoeD-VKA E1"),
    ("Stunden fehlen", {"wochenstunden": ""}, "wochenstunden", "fehlt, obwohl die Eingruppierung begonnen ist"),
    ("Austritt", {"austritt": "31.12.2025"}, "austritt", "liegt vor dem Eintritt am 01.01.2026"),
    ("gültig ab", {"gueltig_ab": "31.12.2025"}, "gueltig_ab", "liegt vor dem Eintritt"),
    ("Alter", {"geburtsdatum": "15.06.2020", "kinder": ""}, "geburtsdatum", "beim Eintritt jünger als 13 Jahre"),
    ("Faktor", {"faktor": "0,9"}, "faktor", "gibt es nur zur Steuerklasse 4"),
    ("Steuerklasse fehlt", {"steuerklasse": ""}, "steuerklasse", "fehlt, obwohl andere Steuermerkmale gefüllt sind"),
    ("Kasse fehlt", {"krankenkasse": ""}, "krankenkasse", "fehlt bei kv_art gesetzlich"),
    ("Kasse", {"krankenkasse": "Technicker Krankenkasse"}, "krankenkasse", "ist bei diesem Mandanten nicht angelegt"),
    ("Betriebsnummer", {"krankenkasse": "15027366"}, "krankenkasse", "Prüfziffer der Betriebsnummer"),
    ("Personengruppe", {"personengruppe": ""}, "personengruppe", "gehören zusammen"),
    ("Gruppen", {"personengruppe": "", "beitragsgruppe": ""}, "beitragsgruppe", "fehlt (nur bei Beamten leer)"),
    ("Lohnart", {"lohnart_1": "9998"}, "lohnart_1", "ist bei diesem Mandanten nicht angelegt"),
    ("Lohnart Tabelle", {"lohnart_1": "1000"}, "lohnart_1", "1000 Tabellenentgelt nimmt keinen Betrag auf"),
    ("Lohnart ohne Ziel", {"lohnart_1": "3000"}, "lohnart_1", "nimmt keinen Betrag auf"),
    ("Lohnart beendet", {"lohnart_1": "1611"}, "lohnart_1", "1611 gilt ab 01.01.2026 nicht"),
    ("Betrag", {"betrag_1": ""}, "betrag_1", "Lohnart und Betrag gehören zusammen"),
    ("Kind", {"kinder": "01.01.1980"}, "kinder", "ein Kind ist älter als die Person"),
]


def test_contradictions_in_a_row_are_named(desk: TenantSession, files: SimpleNamespace) -> None:
    header = list(files.row | {"mandant": "", "austritt": "", "gueltig_ab": "", "faktor": ""})
    rows = [
        {**files.row, "personalnummer": f"P{n}", "steuer_id": "", "sv_nummer": "", **change}
        for n, (_, change, _, _) in enumerate(CROSS)
    ]
    seen = dry_run(desk, "p.csv", files.csv(*rows, header=header))
    found = serious(seen.beanstandungen)
    for line, (name, _, column, reason) in enumerate(CROSS, start=2):
        assert [(c, reason in grund) for zeile, c, grund in found if zeile == line] == [(column, True)], name
    assert len(found) == len(CROSS)


def test_a_wage_type_without_effect_comes_with_a_remedy(desk: TenantSession, files: SimpleNamespace) -> None:
    seen = dry_run(desk, "p.csv", files.csv(files.row | {"lohnart_1": "1000"}, files.row | {"lohnart_1": "3005"}))
    remedies = {p.zeile: p.abhilfe for p in seen.beanstandungen if p.spalte == "lohnart_1"}
    assert "entsteht aus der Eingruppierung" in remedies[2]
    assert "eine Lohnart wählen, die den Betrag abrechnet" in remedies[3]
    assert seen.neu == []


def test_a_formula_in_the_step_is_one_complaint(desk: TenantSession, files: SimpleNamespace) -> None:
    preview = dry_run(desk, "p.xlsx", files.xlsx(files.row | {"stufe": "=1+2"}))
    assert [(p.spalte, p.grund) for p in preview.beanstandungen if p.schwer] == [("stufe", "ist eine Formel")]


def test_overlapping_rows_are_named_with_both_lines(desk: TenantSession, files: SimpleNamespace) -> None:
    rows = (files.row, files.row | {"stufe": "5"}, files.second)
    seen = dry_run(desk, "p.csv", files.csv(*rows))
    assert serious(seen.beanstandungen) == [
        (2, "personalnummer", "gehört zur beanstandeten Zeile 3"),
        (3, "gueltig_ab", "überschneidet sich mit Zeile 2: dieselbe Personalnummer gilt schon ab 01.01.2026"),
    ]
    assert seen.neu == ["4712"]


def test_missing_features_are_a_notice_and_the_month_says_so(desk: TenantSession, files: SimpleNamespace) -> None:
    bare = {
        name: files.row[name] for name in ("personalnummer", "nachname", "vorname", "geburtsdatum", "art", "eintritt")
    }
    done = take_over(desk, "p.csv", files.csv(bare), reason="Übernahme")
    notices = [(p.spalte, p.grund) for p in done.beanstandungen if not p.schwer]
    assert ("steuerklasse", "Steuermerkmale fehlen") in notices
    assert {spalte for spalte, _ in notices} == {"steuerklasse", "kv_art", "tarifwerk", "iban"}
    facts = load_month(desk, MAY)
    assert facts.size == 0
    assert {f.field for f in facts.findings if f.left_out} == {"steuerklasse", "kv_art", "entgeltgruppe"}


def test_number_in_use_by_someone_else_and_foreign_tax_id(desk: TenantSession, files: SimpleNamespace) -> None:
    take_over(desk, "p.csv", files.csv(files.row, files.second), reason="Übernahme")
    other = {**files.second, "personalnummer": "4711", "nachname": "Schmidt", "sv_nummer": ""}
    stolen = files.second | {"steuer_id": files.row["steuer_id"], "sv_nummer": ""}
    moved = files.row | {"eintritt": "01.02.2026"}
    for row, expected in (
        (other, ("personalnummer", "gehört schon zu Müller-Groß, Jörg")),
        (stolen, ("steuer_id", "gehört bei diesem Mandanten zu einer anderen Person")),
        (moved, ("eintritt", "weicht vom erfassten Eintritt 01.01.2026 ab")),
    ):
        assert [p[1:] for p in serious(dry_run(desk, "p.csv", files.csv(row)).beanstandungen)] == [expected]


def test_one_account_for_two_people_is_a_notice(desk: TenantSession, files: SimpleNamespace) -> None:
    seen = dry_run(desk, "p.csv", files.csv(files.row, files.second | {"vorname": "Ayşe"}))
    assert [(p.spalte, p.wert, p.schwer) for p in seen.beanstandungen] == [("iban", "…0 51", False)]


def test_all_or_nothing_and_the_good_rows(desk: TenantSession, files: SimpleNamespace) -> None:
    bad: dict[str, Any] = files.second | {"wochenstunden": "-5", "ort": "=SUMME(A1)", "strasse": "+49 Weg"}
    data = files.csv(files.row, bad)
    with pytest.raises(ImportFehler, match="1 Zeile ist nicht in Ordnung, nichts wurde übernommen") as caught:
        take_over(desk, "p.csv", data, reason="Übernahme")
    assert serious(caught.value.beanstandungen) == [(3, "wochenstunden", "ist negativ")]
    assert numbers(desk) == []
    done = take_over(desk, "personen.csv", data, reason="Übernahme", nur_gute=True)
    assert (done.neu, numbers(desk)) == (["4711"], ["4711"])
    rest = done.korrektur
    assert rest is not None
    assert (rest.name, rest.zeilen) == ("personen_korrektur.csv", 1)
    text = rest.inhalt.decode("utf-8-sig")
    assert "'=SUMME(A1)" in text
    assert "wochenstunden: ist negativ." in text
    mended = text.replace("-5", "19,5").encode("utf-8-sig")
    assert take_over(desk, rest.name, mended, reason="berichtigt").neu == ["4712"]
    (person,) = [p for p in as_of(desk, PersonAngaben, MAY) if p.nachname == "Öztürk"]
    assert (person.ort, person.strasse) == ("=SUMME(A1)", "+49 Weg")


def test_correction_of_a_workbook_is_a_workbook(desk: TenantSession, files: SimpleNamespace) -> None:
    done = take_over(desk, "p.xlsx", files.xlsx(files.row | {"stufe": "=1+1"}), reason="x", nur_gute=True)
    assert done.korrektur is not None
    assert done.korrektur.name == "p_korrektur.xlsx"
    again = dry_run(desk, done.korrektur.name, done.korrektur.inhalt)
    assert serious(again.beanstandungen)[0][1:2] == ("stufe",)


def test_failure_while_writing_leaves_nothing_half(
    desk: TenantSession, files: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stop(*_: object) -> None:
        raise RuntimeError("Strom weg")

    monkeypatch.setattr("payroll.masterdata.imports.service._protocol", stop)
    with pytest.raises(RuntimeError, match="Strom weg"):
        take_over(desk, "p.csv", files.csv(files.row), reason="x")
    assert numbers(desk) == []
    assert desk.scalars(select(PersonAngaben.id)).all() == []


def test_two_people_taking_over_the_same_file(
    desk: TenantSession, two_tenants: tuple[int, int], files: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.commit()
    data, planned = files.csv(files.row), importing.make_plan

    def overtaken(session: TenantSession, table: Any) -> Any:
        plan = planned(session, table)
        monkeypatch.setattr(importing, "make_plan", planned)
        with tenant_session(two_tenants[0], actor="bert") as other:
            take_over(other, "p.csv", data, reason="schneller")
        return plan

    monkeypatch.setattr(importing, "make_plan", overtaken)
    with pytest.raises(ImportFehler, match="Inzwischen hat jemand anderes"):
        take_over(desk, "p.csv", data, reason="langsamer")
    assert take_over(desk, "p.csv", data, reason="noch einmal").unveraendert == ["4711"]


def test_same_personnel_number_at_two_tenants_stays_apart(
    desk: TenantSession, two_tenants: tuple[int, int], files: SimpleNamespace
) -> None:
    take_over(desk, "p.csv", files.csv(files.row), reason="x")
    desk.commit()
    with tenant_session(two_tenants[1], actor="bert") as session:
        catalogue.seed(session)
        assert take_over(session, "p.csv", files.csv(files.row | {"nachname": "Anders"}), reason="x").neu == ["4711"]
    assert [p.nachname for p in as_of(desk, PersonAngaben, MAY)] == ["Müller-Groß"]


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_export_reads_back_without_a_change(desk: TenantSession, files: SimpleNamespace, form: str) -> None:
    take_over(desk, "p.csv", files.csv(files.row | {"ort": "@Köln"}, files.second), reason="x")
    out = export_people(desk, MAY, reason="Abgleich", form=form, schuetzenswert=True)
    assert dry_run(desk, "p", out).unveraendert == ["4711", "4712"]
    if form == "csv":
        assert b"'@K" in out
        assert b"DE02120300000000202051" not in export_people(desk, MAY, reason="Liste", form="csv")
    entries = desk.scalars(select(AuditEntry).where(AuditEntry.action == "personen.ausgefuehrt")).all()
    assert entries[0].reason == "Abgleich"


def test_the_grade_of_a_first_appointment_follows_from_recognised_months(desk: TenantSession,
                                                                          files: SimpleNamespace) -> None:
    """A13 begins with grade 5; 40 months are 3 years of grade 5 and 4 in grade 6 (§§ 29, 30 LBesG NRW)."""
    official = files.row | {"art": "beamte", "tarifwerk": "NRW-A", "entgeltgruppe": "A13", "stufe": "",
                            "stufe_seit": "", "erfahrung_monate": "40", "beitragsgruppe": "", "personengruppe": "",
                            "eintritt": "16.03.2026", "gueltig_ab": ""}
    wrong = dry_run(desk, "p.csv", files.csv(official | {"tarifwerk": "NRW-B", "entgeltgruppe": "B3"}))
    assert ("erfahrung_monate" in {one.spalte for one in wrong.beanstandungen}) is True
    take_over(desk, "p.csv", files.csv(official), reason="Übernahme")
    (row,) = desk.scalars(select(Bezuegezuordnung))
    assert (row.stufe, row.stufe_seit, row.erfahrung_monate) == ("6", date(2025, 11, 1), 40)
