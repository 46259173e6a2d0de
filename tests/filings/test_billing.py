"""Kostenabrechnung einer Stadt: Preise, Vorauszahlung, Abrechnung, Kostendeckung, zweite Person, Grenze, Kennzahlen."""

from __future__ import annotations

import importlib.util
import json
from contextlib import nullcontext
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError, ProgrammingError

from payroll.cli import kreislohn
from payroll.verbund import ausgabe, bescheide, faelle, kennzahlen, kosten, leistungen, preisblatt, schritte
from payroll.verbund.errors import BillingRefused
from payroll.verbund.models import Kostenbescheid, Kostenjahr, Preisblatt
from tenants import service
from tenants.audit.models import AuditEntry
from tenants.db.session import platform_session, tenant_session

spec = importlib.util.spec_from_file_location("billing_sheet", Path(__file__).with_name("billing_sheet.py"))
assert spec is not None
assert spec.loader is not None
sheet: Any = importlib.util.module_from_spec(spec)
spec.loader.exec_module(sheet)
JAN, MAY, TODAY = date(2026, 1, 1), date(2026, 5, 1), date(2026, 6, 10)


def priced(town: Any, ab: date = JAN, **changed: str) -> None:
    with town.session() as session:
        row = preisblatt.record(session, sheet.FIELDS | changed, ab=ab, reason="Vereinbarung vom 12.03.2024")
        number, digest = row.public_id, schritte.shown(row).hex()
        with pytest.raises(BillingRefused, match="zweite Person"):
            schritte.release(session, Preisblatt, number, sha256=digest)
    with town.session("hugo") as session:
        schritte.release(session, Preisblatt, number, sha256=digest)


def released(town: Any, number: Any, digest: str) -> None:
    with town.session("hugo") as session:
        schritte.release(session, Kostenbescheid, number, sha256=digest)


def test_advance_then_settlement_of_what_the_runs_counted(fresh_town: Any) -> None:
    with fresh_town.session() as session, pytest.raises(BillingRefused, match="kein Preisblatt"):
        bescheide.advance(session, MAY, today=TODAY)
    priced(fresh_town)
    with fresh_town.session() as session:
        # Ten people, one of them with two employments; eleven results in May.
        (counted,) = faelle.cases(session, [MAY], "person")
        assert (counted.abrechnungen, faelle.cases(session, [MAY], "beschaeftigung")[0].abrechnungen) == (10, 11)
        assert sorted(faelle.numbers(session, MAY))[-2:] == [("ZWEIFACH", 2), ("ZWEIFACH-2", 2)]
        first = bescheide.advance(session, MAY, today=TODAY)
        assert first.brutto == 5 * 1150 + 5 * 980
        with pytest.raises(BillingRefused, match="gilt schon"):
            bescheide.advance(session, MAY, today=TODAY)
        with pytest.raises(BillingRefused, match="wartet auf Freigabe"):
            bescheide.settle(session, MAY, MAY, today=TODAY)
        with pytest.raises(BillingRefused, match="nach der Freigabe"):
            ausgabe.invoice(session, first)
        number, digest, advanced = first.public_id, first.sha256.hex(), first.netto
    with fresh_town.session("hugo") as session, pytest.raises(BillingRefused, match="was gezeigt wurde"):
        schritte.release(session, Kostenbescheid, number, sha256="0" * 64)
    released(fresh_town, number, digest)
    with fresh_town.session() as session:
        leistungen.record(session, tag=date(2026, 5, 7), text="Schulung Stellenplan", stunden=150)
        leistungen.record(session, tag=date(2026, 5, 9), text="Porto", betrag=1_234)
        gone = leistungen.record(session, tag=date(2026, 5, 10), text="Irrtum", betrag=99)
        leistungen.strike(session, gone.public_id, reason="doppelt")
        last = bescheide.settle(session, MAY, MAY, today=TODAY)
        assert last.brutto == 5 * 1150 + 5 * 980 + 11_700 + 1_234 - advanced
        assert (last.von, last.bis, last.faellig) == (MAY, date(2026, 5, 31), date(2026, 7, 10))
        with pytest.raises(BillingRefused, match="abgerechnet"):
            leistungen.record(session, tag=date(2026, 5, 20), text="zu spät", stunden=100)
        with pytest.raises(BillingRefused, match="Der erste Monat 06/2026 liegt nach dem letzten 05/2026"):
            bescheide.settle(session, date(2026, 6, 1), MAY, today=TODAY)
        with pytest.raises(BillingRefused, match="es fehlt 06/2026"):
            bescheide.settle(session, date(2026, 6, 1), date(2026, 6, 1), today=TODAY)
        second, shown = last.public_id, last.sha256.hex()
    released(fresh_town, second, shown)
    with fresh_town.session() as session:
        row = schritte.find(session, Kostenbescheid, second)
        assert sheet.complaints(ausgabe.invoice(session, row)) == []
        assert ausgabe.pdf(session, row).startswith(b"%PDF")
        bescheide.paid(session, row, day=date(2026, 7, 1), note="Auszug 128")
        with pytest.raises(BillingRefused, match="offener"):
            bescheide.paid(session, row, day=date(2026, 7, 1), note="noch einmal")
        with pytest.raises(BillingRefused, match="bleibt"):
            schritte.withdraw(session, Kostenbescheid, second, reason="zu spät")
        actions = set(session.scalars(select(AuditEntry.action)))
        found = kennzahlen.here(session, 2026)
    assert {"preisblatt.erfasst", "preisblatt.freigegeben", "kostenbescheid.erstellt", "kostenbescheid.freigegeben",
            "kostenbescheid.bezahlt", "kostenbescheid.xrechnung", "zusatzleistung.gestrichen"} <= actions
    assert (found.monate, found.faelle, found.rueckrechnungen, found.berechnet) == (1, 11, 0, advanced + 12_934)
    assert kennzahlen.rows([found, found])[-1][3] == 22


SMALL = {"steuergrund": "2b_2_1", "mindestens": "", "steuerworte": "Voraussichtlich unter 17.500 Euro im Jahr"}


def test_quarterly_advances_of_a_large_town_pass_the_limit_of_small_amounts(fresh_town: Any) -> None:
    """Zehn Fälle zu 516,67 sind 62.000,40 im Jahr und 15.500,10 im Quartal (§ 2b Abs. 2 Nr. 1 UStG: 17.500 im Jahr)."""
    priced(fresh_town, turnus="quartal", staffel="1: 516,67", **SMALL)
    with fresh_town.session() as session:
        first = bescheide.advance(session, date(2026, 7, 1), today=TODAY)
        assert first.netto == 1_550_010
        with pytest.raises(BillingRefused) as refused:
            bescheide.advance(session, date(2026, 10, 1), today=TODAY)
        assert "31.000,20 Euro" in str(refused.value)
        with pytest.raises(BillingRefused, match=r"20\.666,80 Euro"):  # May on top: 5,166.70
            bescheide.settle(session, MAY, MAY, today=TODAY)
        schritte.withdraw(session, Kostenbescheid, first.public_id, reason="zu hoch")
        assert bescheide.settle(session, MAY, MAY, today=TODAY).netto == 516_670


def test_a_deducted_advance_counts_once_and_none_comes_after_a_settlement(fresh_town: Any) -> None:
    priced(fresh_town, staffel="1: 1.000,00", **SMALL)
    with fresh_town.session() as session:
        early = bescheide.settle(session, MAY, MAY, today=TODAY)
        with pytest.raises(BillingRefused, match=f"{early.nummer} rechnet diesen Zeitraum schon ab"):
            bescheide.advance(session, MAY, today=TODAY)
        schritte.withdraw(session, Kostenbescheid, early.public_id, reason="zuerst vorauszahlen")
        first = bescheide.advance(session, MAY, today=TODAY)
        number, digest = first.public_id, first.sha256.hex()
    released(fresh_town, number, digest)
    with fresh_town.session() as session:
        leistungen.record(session, tag=date(2026, 5, 7), text="Druck", betrag=750_000)
        over = leistungen.record(session, tag=date(2026, 5, 8), text="Porto", betrag=1)
        with pytest.raises(BillingRefused, match=r"17\.500,01 Euro"):
            bescheide.settle(session, MAY, MAY, today=TODAY)
        leistungen.strike(session, over.public_id, reason="doppelt")
        last = bescheide.settle(session, MAY, MAY, today=TODAY)
        assert (first.netto, last.netto) == (1_000_000, 750_000)  # exactly the limit; twice the advance would be over


def test_cost_cover_shares_every_cent_by_cases(fresh_town: Any) -> None:
    priced(fresh_town, abrechnung="istkosten", turnus="jahr")
    with platform_session(actor="test") as session:
        district = service.create_tenant(session, "0001", "Kreis Auenstedt", "kreis", demonstration=True).id
    with fresh_town.session() as session:
        own = bescheide.year_count(session, 2026)
        assert own == 10
    with tenant_session(district, actor="klara") as session:
        with pytest.raises(BillingRefused, match="kein Monat abgeschlossen"):
            kosten.record(session, 2026, {"personal": 1}, {})
        with pytest.raises(BillingRefused, match="unbekannte Art"):
            kosten.record(session, 2026, {"feier": 1}, {"0100": own})
        row = kosten.record(session, 2026, {"personal": 100_000, "technik": 1}, {"0100": own, "0002": 20},
                            vortrag=-1_000)
        assert kosten.shares(row) == {"0002": 66_001, "0100": 33_000}  # 99,001 by 20 and 10: 66,000.67 and 33,000.33
        with pytest.raises(BillingRefused, match="schon erfasst"):
            kosten.record(session, 2026, {"personal": 1}, {"0100": own})
        with pytest.raises(BillingRefused, match="zweiten Person"):
            kosten.share_of(session, 2026, "0100")
        number, digest = row.public_id, schritte.shown(row).hex()
    with tenant_session(district, actor="hugo") as session:
        schritte.release(session, Kostenjahr, number, sha256=digest)
        share = kosten.share_of(session, 2026, "0100")
        with pytest.raises(BillingRefused, match="keine Fälle"):
            kosten.share_of(session, 2026, "0009")
    with fresh_town.session() as session:
        with pytest.raises(BillingRefused, match="ganzes Jahr"):
            bescheide.settle(session, MAY, MAY, today=TODAY, share=share)
        with pytest.raises(BillingRefused, match="es fehlt 01/2026"):
            bescheide.settle(session, JAN, date(2026, 12, 1), today=TODAY, share=share)


def test_a_town_that_joined_in_may_and_left_in_june_settles_its_part_of_the_year(fresh_town: Any) -> None:
    """Im Mai beigetreten: Vorauszahlung bis zum Ende des Quartals, Abrechnung nach Kosten ab dem ersten Monat."""
    june = date(2026, 6, 1)
    priced(fresh_town, abrechnung="istkosten", turnus="quartal", mindestens="")
    with fresh_town.session() as session:
        with pytest.raises(BillingRefused, match="nach einem Beitritt im ersten"):
            bescheide.advance(session, june, today=TODAY)
        first = bescheide.advance(session, MAY, today=TODAY)
        assert (first.bis, first.netto) == (date(2026, 6, 30), 2 * (5 * 1150 + 5 * 980))
        number, digest = first.public_id, first.sha256.hex()
    released(fresh_town, number, digest)
    fresh_town.close(june)
    # 40,000.01 by 20 cases here and 41 elsewhere: 13,114.757 and 26,885.252; the cent goes to the larger rest.
    share = kosten.Anteil(2026, {"personal": 4_000_001}, 0, 61, 20, 1_311_476, "0001")
    with fresh_town.session() as session:
        with pytest.raises(BillingRefused, match="ab dem ersten hier abgerechneten Monat"):
            bescheide.settle(session, MAY, june, today=TODAY, share=share)  # the year is not over
        with pytest.raises(BillingRefused, match="ab dem ersten hier abgerechneten Monat"):
            bescheide.settle(session, june, june, today=date(2027, 2, 1), share=share)
        with pytest.raises(BillingRefused, match="zählt 20 Fälle, die Läufe 10"):
            bescheide.settle(session, MAY, MAY, today=date(2027, 2, 1), share=share)
        last = bescheide.settle(session, MAY, june, today=date(2027, 2, 1), share=share)
        assert last.netto == 1_311_476 - first.netto


def test_a_notice_stays_and_belongs_to_its_employer(fresh_town: Any) -> None:
    priced(fresh_town)
    with fresh_town.session() as session:
        number = bescheide.advance(session, MAY, today=TODAY).public_id
    for error, words, changed in (
        (ProgrammingError, "permission denied", {"netto": 1, "brutto": 1}),
        (IntegrityError, "zweite_person", {"zustand": "freigegeben", "freigegeben_von": "klara",
                                           "freigegeben_am": fresh_town.now})):
        with pytest.raises(error, match=words):
            _overwrite(fresh_town, number, changed)
    with platform_session(actor="test") as session:
        other = service.create_tenant(session, "0002", "Gemeinde Fremd", "gemeinde", demonstration=True).id
    with tenant_session(other, actor="klara") as session:
        assert list(bescheide.listed(session)) == []
        with pytest.raises(BillingRefused, match="gibt es hier nicht"):
            schritte.find(session, Kostenbescheid, number)


def test_a_raise_makes_a_new_sheet_and_the_old_one_holds_before(fresh_town: Any) -> None:
    priced(fresh_town)
    with fresh_town.session() as session:
        with pytest.raises(BillingRefused, match="endet mit Leistungen"):
            preisblatt.raise_prices(session, 280, ab=date(2027, 1, 1), reason="Tarif")
        row = preisblatt.raise_prices(session, 280, ab=date(2026, 7, 1), reason="Tarifsteigerung")
        number, digest = row.public_id, schritte.shown(row).hex()
        assert preisblatt.on(session, date(2026, 8, 1)).staffel[0] == (1, 1150)
    with fresh_town.session("hugo") as session:
        schritte.release(session, Preisblatt, number, sha256=digest)
        assert [preisblatt.on(session, day).staffel[0][1] for day in (date(2026, 6, 30), date(2026, 7, 1))] == [1150,
                                                                                                              1182]


def _overwrite(town: Any, number: Any, changed: dict[str, Any]) -> None:
    with town.session() as session:
        row = schritte.find(session, Kostenbescheid, number)
        for name, value in changed.items():
            setattr(row, name, value)


def test_the_commands_go_the_same_way(fresh_town: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("payroll.acting.database", lambda data: nullcontext())

    def run(actor: str, *words: str, code: int = 0) -> str:
        made = CliRunner().invoke(kreislohn, ["billing", *words, "--tenant", "0100", "--actor", actor])
        assert made.exit_code == code, made.output
        return made.output

    fields = tmp_path / "preise.json"
    fields.write_text(json.dumps(sheet.FIELDS), encoding="utf-8")
    shown = run("klara", "prices", "--fields", str(fields), "--from", "2026-01-01", "--reason", "Vereinbarung").split()
    assert "kein Mandat" in run("mia", "prices", "--raise", "2,8", "--from", "2026-07-01", "--reason", "Tarif", code=1)
    run("hugo", "release", "prices", shown[0], "--sha256", shown[-1])
    assert "1,50 Stunden" in run("klara", "work", "--day", "2026-05-07", "--text", "Schulung", "--hours", "1,5")
    for command in ("advance", "settle"):
        more = ("--to", "2026-05") if command == "settle" else ()
        words = run("klara", command, "--from", "2026-05", *more).split()
        run("hugo", "release", "notice", words[0], "--sha256", words[-1])
    for name, start in (("b.pdf", b"%PDF"), ("b.xml", b"<?xml")):
        run("mia", "write", words[0], str(tmp_path / name))
        assert (tmp_path / name).read_bytes().startswith(start)
    assert "bezahlt am 01.07.2026" in run("klara", "paid", words[0], "--day", "2026-07-01", "--note", "Auszug 128")
    assert run("mia", "list").count("freigegeben") == 2
    assert "bleibt" in run("klara", "withdraw", "notice", words[0], "--reason", "doch nicht", code=1)
    undo = run("klara", "cancel", words[0], "--reason", "falscher Preis").split()
    assert undo[1] == "storno"
    assert "schon den Storno" in run("klara", "cancel", words[0], "--reason", "noch einmal", code=1)
    assert "kein Mandat" in run("mia", "cancel", words[0], "--reason", "Wunsch", code=1)
    run("hugo", "release", "notice", undo[0], "--sha256", undo[-1])
    listed = {line.split()[0]: line for line in run("mia", "list").splitlines()}
    assert "  storniert  " in listed[words[0]]
    assert f"  hebt {words[0]} auf  " in listed[undo[0]]
    assert "10 Fälle" in run("klara", "year", "--year", "2026", "--cost", "personal=1.000,00", "--of", "0100")
    figures = CliRunner().invoke(kreislohn, ["billing", "figures", str(tmp_path / "k.csv"), "--year", "2026", "--of",
                                             "0100", "--actor", "mia"])
    assert figures.exit_code == 0, figures.output
    assert "Müller-Großhausen" in (tmp_path / "k.csv").read_text(encoding="utf-8-sig")
