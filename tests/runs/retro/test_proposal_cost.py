"""Die Kosten eines Vorschlags, bevor er gilt, sind die des Laufs danach; Sätze der Kassen gehen denselben Weg."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import select

from payroll.law.parameters.pay_tables import load_pay_tables
from payroll.masterdata.imports.problems import ImportFehler
from payroll.masterdata.models import KrankenkasseSatz, ZvKasseSatz
from payroll.masterdata.slices import load_month
from payroll.masterdata.vorschlaege import intake, service
from payroll.masterdata.vorschlaege.intake import Einigung
from payroll.masterdata.vorschlaege.service import Angaben
from payroll.runs.models import Ergebnis
from payroll.runs.whatif import cost as costs
from payroll.runs.whatif.evaluate import evaluate
from tenants.db.session import platform_session

JULY, AUGUST, SEPTEMBER = (date(2026, month, 1) for month in (7, 8, 9))
NAMES = ("gesamtbrutto", "netto", "ag_kosten")


def table(percent: int, cents: int) -> bytes:
    """Die geltende Tabelle erhöht, in der veröffentlichten Form: eine Zeile je Gruppe."""
    rows = ["Entgeltgruppe;" + ";".join(f"Stufe {step}" for step in range(1, 7))]
    found: dict[str, dict[str, int]] = {}
    for (scale, group, step), cell in load_pay_tables().on(JULY).items():
        if scale == "TVoeD-VKA":
            found.setdefault(group, {})[step] = max((cell.cent * (100 + percent) + 50) // 100, cell.cent + cents)
    for group, steps in found.items():
        amounts = (steps.get(str(step)) for step in range(1, 7))
        rows.append(f"{group};" + ";".join("" if c is None else f"{c // 100},{c % 100:02d}" for c in amounts))
    return "\n".join(rows).encode()


def proposed(data: bytes, kind: str, ab: date, terms: Einigung | None = None) -> Any:
    """Lädt hoch; gibt den Vorschlag."""
    found = intake.check(data, kind, ab, terms or Einigung(), actor="anna")
    assert found.gut, [str(problem) for problem in found.probleme]
    with platform_session(actor="anna") as session:
        return service.upload(session, Angaben(kind, "Vorgang", ab, "Bekanntmachung", "t.csv"), data, found.inhalt)


def confirm(row: Any) -> None:
    """Zweite Person."""
    with platform_session(actor="hans") as session:
        service.decide(session, row.public_id, gesehen=service.shown(row), bestaetigt=True, grund="")
    service.distribute(row.public_id, actor="hans")


def people(desk: Any) -> None:
    """Sechs Menschen, von denen jede Änderung einige trifft."""
    desk.hire(desk.person("P1", ("E9b", "4"), pension=True), desk.person("P2", 380_000, pension=True),
              desk.person("P3", ("E3", "2"), hours="19.5"),
              desk.person("P4", ("E15", "5"), kv_art="privat", krankenkasse_id=None, beitragsgruppe="0110",
                          pkv_beitrag_monat_cent=60_000),
              desk.person("P5", 45_000, art="minijob", beitragsgruppe="6500", personengruppe=109),
              desk.person("P6", ("E6", "3"), kv_art="freiwillig", beitragsgruppe="9111"))


def stored(desk: Any, month: date) -> dict[int, tuple[int, ...]]:
    """Was der Lauf je Beschäftigung schrieb."""
    with desk.session() as session:
        rows = session.scalars(select(Ergebnis).where(Ergebnis.monat == month)).all()
        return {row.beschaeftigung_id: tuple(getattr(row, name) for name in NAMES) for row in rows}


CASES = [("entgelttabelle", table(3, 11_000)),
         ("krankenkassen", b"kuerzel,zusatzbeitrag,u2_satz\nK,3.40,0.55\nTK,,0.5"),
         ("zv_saetze", b"kuerzel;umlage_satz;an_satz\nrzvk;4,5;0,3")]


@pytest.mark.parametrize(("kind", "data"), CASES, ids=[kind for kind, _ in CASES])
def test_the_preview_is_the_run_to_the_cent(desk: Any, kind: str, data: bytes) -> None:
    people(desk)
    desk.run(AUGUST)
    before = stored(desk, AUGUST)
    row = proposed(data, kind, AUGUST, Einigung("TVoeD-VKA"))
    with desk.session() as session:
        (shown,) = costs.cost(session, row, [AUGUST])
        facts = load_month(session, AUGUST)
        found = evaluate(session, costs.proposed(session, facts, row))
    confirm(row)
    desk.run(AUGUST)
    after = stored(desk, AUGUST)
    assert after != before
    assert {job: tuple(found.of(name)[job] for name in NAMES) for job in after} == after
    assert (shown.brutto, shown.kosten) == (sum(v[0] for v in before.values()), sum(v[2] for v in before.values()))
    assert shown.brutto_neu == sum(v[0] for v in after.values())
    assert shown.kosten_neu == sum(v[2] for v in after.values())
    assert shown.betroffen == sum(before[job] != after[job] for job in after)


def test_rates_of_a_fund_are_back_paid_and_keep_the_rest(desk: Any) -> None:
    people(desk)
    desk.close_all([AUGUST])
    confirm(proposed(CASES[1][1], "krankenkassen", AUGUST))
    with desk.session() as session:
        rates = session.scalars(select(KrankenkasseSatz).where(
            KrankenkasseSatz.superseded_at.is_(None), KrankenkasseSatz.valid_from == AUGUST)).all()
        assert {(one.zusatzbeitrag, one.status) for one in rates} >= {(Decimal("3.4"), "recht")}
        assert all("hochgeladen von anna" in one.quelle for one in rates)
    confirm(proposed(CASES[2][1], "zv_saetze", AUGUST))
    with desk.session() as session:
        (pension,) = session.scalars(select(ZvKasseSatz).where(
            ZvKasseSatz.superseded_at.is_(None), ZvKasseSatz.valid_from == AUGUST)).all()
        assert (pension.umlage_satz, pension.an_satz) == (Decimal("4.5"), Decimal("0.3"))
        assert pension.sanierungsgeld_satz is not None
    months = [month for one in desk.preview(SEPTEMBER).values() for month in one.monate]
    causes = {cause.titel for month in months for cause in month.ursachen}
    assert causes == {"Sätze der Krankenkasse", "Sätze der Zusatzversorgungskasse"}


@pytest.mark.parametrize(("data", "kind", "text"), [
    (b"kuerzel;zusatzbeitrag\nGIBTSNICHT;2,5", "krankenkassen", "führt kein Arbeitgeber"),
    (b"kuerzel;zusatzbeitrag\nK;2,5\nK;2,6", "krankenkassen", "schon in der Datei"),
    (b"kuerzel;zusatzbeitrag\nK;25", "krankenkassen", "kein Satz von 0 bis 20"),
    (b"kuerzel;zusatzbeitrag\nK;viel", "krankenkassen", "kein Satz von 0 bis 20"),
    (b"kuerzel;umlage_satz\nrzvk;9", "zv_saetze", "mehr als einen Prozentpunkt"),
    (b"entgeltgruppe;stufe;betrag\nE99;1;2000,00", "entgelttabelle", "gibt es in TVoeD-VKA nicht"),
    (b"entgeltgruppe;stufe;betrag\nE5;1;2000,001", "entgelttabelle", "kein Betrag"),
    (b"entgeltgruppe;stufe;betrag\nE5;2;3000,00\nE5;3;2900,00", "entgelttabelle", "fallen nicht mit der Stufe"),
    (b"entgeltgruppe;stufe;betrag\nE5;2;3000,00\nE5;2;3000,00", "entgelttabelle", "steht schon in Zeile 2"),
    (b"entgeltgruppe;stufe;betrag\nE5;2;3000,00", "entgelttabelle", "Lücke: TVoeD-VKA"),
    (b"entgeltgruppe;stufe;betrag\nE5;99;3000,00", "entgelttabelle", "ist keine Stufe"),
    (table(0, 0).replace(b"4690,55", b"9690,55"), "entgelttabelle", "wie die übrigen Zellen"),
], ids=["fund", "double-fund", "rate", "words", "jump", "group", "cents", "falling", "double", "gap", "step", "odd"])
def test_what_is_wrong_is_named(desk: Any, data: bytes, kind: str, text: str) -> None:
    found = intake.check(data, kind, AUGUST, Einigung("TVoeD-VKA"), actor="anna")
    assert any(text in str(problem) for problem in found.probleme), [str(problem) for problem in found.probleme]


def test_the_agreement_is_checked_in_every_cell(desk: Any) -> None:
    good = Einigung("TVoeD-VKA", Decimal(3), Decimal(110))
    assert intake.check(table(3, 11_000), "entgelttabelle", AUGUST, good, actor="anna").probleme == []
    wrong = intake.check(table(3, 10_000), "entgelttabelle", AUGUST, good, actor="anna").probleme
    assert wrong
    assert all("nach der Einigung wären es" in problem.grund for problem in wrong)
    late = intake.check(table(3, 0), "entgelttabelle", date(2026, 8, 15), good, actor="anna")
    assert not late.gut


@pytest.mark.parametrize("data", [
    b"", b"\x00\x01", b"name;wert\n1;2", b"entgeltgruppe;stufe;betrag\n", b"PK\x03\x04kaputt",
    b"entgeltgruppe;stufe;betrag;betrag\nE5;1;2;3"],
                         ids=["empty", "binary", "columns", "no-lines", "broken", "twice"])
def test_a_file_that_is_no_table_is_refused(desk: Any, data: bytes) -> None:
    with pytest.raises(ImportFehler):
        intake.check(data, "entgelttabelle", AUGUST, Einigung("TVoeD-VKA"), actor="anna")
