"""Zeiten im Lauf: gestempelte Monate der Beispielfälle gehen durch Datei, Freigabe, Abschluss und einen echten Lauf.

Beträge nach timekeeping/cases/time_cases.csv (unabhängiger Rechner), gezahlt im zweiten Monat danach mit den Sätzen
des Monats der Arbeit (§ 24 Abs. 1 TVöD).
"""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from sqlalchemy import event, select
from sqlalchemy.engine import Engine

from payroll.masterdata.catalogue import ids, seed
from payroll.masterdata.intake import store
from payroll.masterdata.models import Anlasszahlung, Fehlzeit
from payroll.masterdata.service import FactError
from payroll.masterdata.settings import record_settings
from payroll.runs.calculate import calculate
from payroll.runs.explaining import explain_line
from payroll.runs.models import Ergebniszeile, Hinweis, Lauf
from payroll.runs.zeiten import load_stock, orphans
from payroll.runs.zeiten.absences import adopt, enter_leave, take_back
from payroll.runs.zeiten.entering import enter_rate
from payroll.web.desk.timing import ports
from tenants import service as tenants
from tenants.audit.models import AuditEntry
from tenants.db.engine import Dsns
from tenants.db.session import TenantSession, platform_session, tenant_session
from timekeeping import profiles, service
from timekeeping.handover import closing, proposals
from timekeeping.handover.models import ZeitBezug
from timekeeping.imports import profile
from timekeeping.imports.problems import ImportFehler
from timekeeping.leave import service as leave
from timekeeping.leave.models import Abwesenheit
from timekeeping.own.plan import set_rule

CASES = Path(__file__).parents[2] / "timekeeping" / "cases" / "time_cases.csv"
MARCH, JUNE, DECEMBER = date(2026, 3, 1), date(2026, 6, 1), date(2026, 12, 1)
PAID = {MARCH: date(2026, 5, 1), JUNE: date(2026, 8, 1), DECEMBER: DECEMBER}
WORKED = {"ET004": JUNE, "ET006": JUNE, "ET023": MARCH, "ET015": DECEMBER}
NUMBERS = {"1200": "exp_eur_nacht", "1201": "exp_eur_sonntag", "1203": "exp_eur_feiertag_mit"}
KEYS = "".join(f'\n[[schluessel]]\nfremd = "{foreign}"\neigen = "{own}"\n' for foreign, own in (
    ("UE", 1300), ("EZ", 1403), ("EW", 1400), ("BD", 1308)))


def _cases() -> dict[str, dict[str, Any]]:
    with CASES.open(encoding="utf-8", newline="") as stream:
        return {row["fall"]: row | {"facts": json.loads(row["facts"])} for row in csv.DictReader(stream)
                if row["fall"] in WORKED}


def _stamps(case: dict[str, Any]) -> list[str]:
    """Kommen, Gehen und Pause (Minuten zusammen) je Anwesenheit, wie ein Zeitsystem sie schreibt."""
    lines = []
    for one in case["facts"]["arbeit"]:
        first, last = (datetime.fromisoformat(one[name]) for name in ("von", "bis"))
        pause = one.get("pause_minuten", 0) + sum(
            int((datetime.fromisoformat(p["bis"]) - datetime.fromisoformat(p["von"])).total_seconds()) // 60
            for p in one.get("pausen", ()))
        lines.append(f"{case['fall']};{first:%d.%m.%Y};{first:%H:%M};{last:%H:%M};0:{pause:02d}")
    return lines


def _import(tenant: int, data: str, name: str, form: str) -> str:
    with tenant_session(tenant, actor="karla") as session:
        made = service.read_in(session, load_stock(session), name, data.encode(), form)
        assert service.counts(session, made)["angenommen"] == made.zeilen, [
            (row.zeile, row.grund) for row in service.problems(session, made)]
        return str(made.public_id)


def _approve(tenant: int, kennung: str) -> None:
    with tenant_session(tenant, actor="hanna") as session:
        service.approve(session, load_stock(session), service.find(session, kennung))


@pytest.fixture(scope="module")
def worked(fresh_database: Callable[[], AbstractContextManager[Dsns]], tarif: SimpleNamespace) -> Iterator[int]:
    """Die vier Fälle als Menschen: gestempelt, freigegeben, abgeschlossen, im Zahlmonat gerechnet."""
    cases = _cases()
    with fresh_database():
        with platform_session(actor="test") as session:
            number = tenants.create_tenant(session, "001", "Kreis Beispiel", "kreis").id
        with tenant_session(number, actor="karla") as session:
            seed(session, reason="Test", assumed_u2=Decimal("0.39"))
            numbers = ids(session)
            store(session, [
                tarif.person(numbers, fall, case["facts"]["entgeltgruppe"], case["facts"]["stufe"],
                             scale=case["facts"]["tarifwerk"]) for fall, case in cases.items()] + [
                tarif.person(numbers, "Stunden", "E6", "3"),
                tarif.person(numbers, "Kita", "S8a", "4", scale="TVoeD-SuE")], reason="Test")
            profiles.store(session, profile.bundled_text("stunden-pro-tag") + KEYS, reason="Zuordnung")
            record_settings(session, valid_from=DECEMBER, reason="Test", zeit_zahlmonat="gleicher")
        rows = [line for case in cases.values() for line in _stamps(case)]
        _approve(number, _import(number, "\n".join(["PNR;Datum;Kommen;Gehen;Pause", *rows, ""]), "stempel.csv",
                                 "kommen-gehen"))
        _approve(number, _import(number, "PNR;Tag;Monat;Jahr;Lohnart;Stunden\nStunden;10;6;2026;UE;2,5\n", "ue.csv",
                                 "stunden-pro-tag"))
        for month, paid in PAID.items():
            with tenant_session(number, actor="hanna") as session:
                row = closing.close(session, load_stock(session, month), month,
                                    feiertag="mit" if month == DECEMBER else None)
                assert row.zahlmonat == paid
            with tenant_session(number, actor="karla") as session:
                calculate(session, paid, key=f"{paid}")
        yield number


def _lines(session: TenantSession, tarif: SimpleNamespace, fall: str) -> list[Any]:
    result = tarif.result(session, fall, PAID[WORKED.get(fall, JUNE)])
    return list(session.scalars(select(Ergebniszeile).where(
        Ergebniszeile.ergebnis_id == result.id, Ergebniszeile.einzelheit.contains("×"))
        .order_by(Ergebniszeile.position)))


def _cents(text: str) -> int:
    return int(Decimal(text or "0") * 100)


@pytest.mark.parametrize("fall", sorted(WORKED))
def test_a_month_of_stamps_is_paid_to_the_cent(worked: int, tarif: SimpleNamespace, fall: str) -> None:
    case = _cases()[fall]
    with tenant_session(worked, actor="karla") as session:
        found = _lines(session, tarif, fall)
    own = {number: sum(line.betrag for line in found if line.lohnart == number) for number in NUMBERS}
    liable = sum(line.betrag for line in found if line.lohnart == "1209")
    expected = {number: _cents(case[column]) for number, column in NUMBERS.items()}
    assert sum(own.values()) + liable == sum(expected.values())
    if not liable:
        assert own == expected
    assert sum(line.betrag for line in found if line.merkmale[0] == "F") == _cents(case["exp_steuerfrei"])
    if case["exp_sv_frei"]:  # not stated where the ways of rounding differ
        assert sum(line.betrag for line in found if line.merkmale[:2] == "FF") == _cents(case["exp_sv_frei"])


def test_free_parts_reach_tax_and_insurance_apart(worked: int, tarif: SimpleNamespace) -> None:
    """E12 Stufe 6 verdient mehr als 25 Euro in der Stunde: ein Teil ist steuerfrei und doch beitragspflichtig."""
    with tenant_session(worked, actor="karla") as session:
        found = _lines(session, tarif, "ET015")
        own = tarif.result(session, "ET015", DECEMBER)
        contributions_only = sum(line.betrag for line in found if line.merkmale == "FLN")
        free = sum(line.betrag for line in found if line.merkmale == "FFN")
        assert contributions_only > 0
        taxed = own.gesamtbrutto - free - contributions_only
        assert own.steuerbrutto - own.zv_individuell == taxed
        # § 1 Abs. 1 Satz 1 Nr. 1 SvEV; below the ceiling of the pension insurance the part is liable there
        assert own.sv_brutto_rv == taxed + contributions_only + own.zv_hinzurechnung


def test_lines_say_hours_rate_and_month_of_work(worked: int, tarif: SimpleNamespace) -> None:
    with tenant_session(worked, actor="karla") as session:
        (line,) = _lines(session, tarif, "Stunden")
    # table of the TVöD-VKA, E6 step 3 since May 2026: 3,580.46 / 169.57 hours
    assert (line.lohnart, line.merkmale, line.einzelheit) == ("1300", "LLJ", "2:30 Std. × 21,11 € 06/2026")
    assert line.betrag == 5_278  # 2.5 x 21.11 = 52.775


@pytest.mark.parametrize(("fall", "cents"), [("Stunden", 2_111), ("ET006", 453), ("ET015", 632)])
def test_the_rate_of_the_hour_is_explained_by_the_law_of_the_month_of_work(
        worked: int, tarif: SimpleNamespace, fall: str, cents: int) -> None:
    """21,11 Euro; 20 % der Stufe 3: E8 84,94 Euro für 18:45 Stunden, E12 6,32 Euro für eine Stunde."""
    with tenant_session(worked, actor="karla") as session:
        result = tarif.result(session, fall, PAID[WORKED.get(fall, JUNE)])
        line = _lines(session, tarif, fall)[0]
        (told,) = explain_line(session, result.public_id, line.position)
    assert told.value == cents
    assert line.einzelheit in told.remark


def test_a_closed_month_is_handed_over_once(worked: int) -> None:
    with tenant_session(worked, actor="hanna") as session:
        before = session.scalars(select(ZeitBezug.id)).all()
        again = closing.close(session, load_stock(session, JUNE), JUNE)
        assert again.monat == JUNE
        assert session.scalars(select(ZeitBezug.id)).all() == before


def test_late_rows_replace_what_was_handed_over_and_are_marked(worked: int, tarif: SimpleNamespace) -> None:
    with tenant_session(worked, actor="karla") as session:
        made = service.read_in(session, load_stock(session), "spaet.csv",
                               b"PNR;Tag;Monat;Jahr;Lohnart;Stunden\nStunden;11;6;2026;UE;1\n", "stunden-pro-tag")
        (waiting,) = service.problems(session, made)
        assert "06/2026 ist abgeschlossen" in waiting.grund
        service.decide(session, made, [waiting.zeile], annehmen=True, reason="spät gemeldet")
        kennung = str(made.public_id)
    _approve(worked, kennung)
    with tenant_session(worked, actor="karla") as session:
        job = tarif.job_of(session, "Stunden")
        columns = (ZeitBezug.menge, ZeitBezug.nachtrag, ZeitBezug.superseded_at, ZeitBezug.valid_from)
        rows = session.execute(select(*columns).where(ZeitBezug.beschaeftigung_id == job)
                               .order_by(ZeitBezug.id)).all()
        assert [(int(row.menge), row.nachtrag, row.superseded_at is None) for row in rows] == [
            (150, False, False), (210, True, True)]
        assert {row.valid_from for row in rows} == {PAID[JUNE]}
        calculate(session, PAID[JUNE], key="nach dem Nachtrag")
        (line,) = _lines(session, tarif, "Stunden")
        assert (line.einzelheit, line.betrag) == ("3:30 Std. × 21,11 € 06/2026 Nachtrag", 7_389)  # 3.5 x 21.11


def test_absences_of_a_file_are_proposed_and_never_silent(worked: int, tarif: SimpleNamespace) -> None:
    with tenant_session(worked, actor="karla") as session:
        own = '\n[[schluessel]]\nfremd = "K"\neigen = "krank"\n'
        profiles.store(session, profile.bundled_text("abwesenheiten") + own, reason="Zuordnung")
    _approve(worked, _import(worked, "PNR;Von;Bis;Grund\nStunden;03.08.2026;05.08.2026;K\nStunden;10.08.2026;"
                                     "10.08.2026;K\n", "ab.csv", "abwesenheiten"))
    with tenant_session(worked, actor="karla") as session:
        calculate(session, PAID[JUNE], key="mit Vorschlag")
        told = [rule for _, field, rule in _all_findings(session) if field == "fehlzeit"]
        assert [rule.partition(" aus ")[0] for rule in told] == ["Krankheit vom 03.08.2026 bis 05.08.2026",
                                                                  "Krankheit vom 10.08.2026 bis 10.08.2026"]
        first, second = proposals.open_proposals(session)
        # recorded leave gives way to sickness, what lies after it stays leave; leave does not lie over sickness
        job = tarif.job_of(session, "Stunden")
        assert enter_leave(session, job, date(2026, 8, 3), date(2026, 8, 7), reason="vor jedem unständigen Bezug")
        assert adopt(session, [first.nummer], reason="Bescheinigung liegt vor") == 1
        assert _away(session, job) == [("krankheit", 3, 5), ("urlaub", 6, 7)]
        assert not enter_leave(session, job, date(2026, 8, 4), date(2026, 8, 5), reason="Test")
        assert enter_leave(session, job, date(2026, 8, 4), date(2026, 8, 7), reason="Test")
        assert _away(session, job) == [("krankheit", 3, 5), ("urlaub", 6, 7)]
        take_back(session, job, "urlaub", date(2026, 8, 3), date(2026, 8, 7), reason="Urlaub storniert")
        assert _away(session, job) == [("krankheit", 3, 5)]
        proposals.decide(session, [second], "verworfen", reason="war Urlaub")
        assert proposals.open_proposals(session) == []
        with pytest.raises(ImportFehler, match="gibt es nicht"):
            adopt(session, [first.nummer], reason="noch einmal")


def test_what_was_open_at_a_moment_is_asked_for_that_moment(worked: int, tarif: SimpleNamespace) -> None:
    """Ein Lauf mit Kenntnisstand sieht weder spätere Dateien noch spätere Entscheidungen; Zurückgenommenes noch."""
    days = date(2027, 2, 1), date(2027, 2, 28)

    def waiting(known_at: datetime | None) -> list[tuple[int, int]]:
        with tenant_session(worked, actor="karla") as session:
            found = proposals.open_proposals(session, *days, known_at=known_at)
            return [(one.von.day, one.bis.day) for one in found]

    with tenant_session(worked, actor="karla") as session:
        own = '\n[[schluessel]]\nfremd = "K"\neigen = "krank"\n'
        profiles.store(session, profile.bundled_text("abwesenheiten") + own, reason="Zuordnung")
    before = datetime.now(UTC)
    kept = _import(worked, "PNR;Von;Bis;Grund\nStunden;01.02.2027;02.02.2027;K\n", "feb.csv", "abwesenheiten")
    gone = _import(worked, "PNR;Von;Bis;Grund\nStunden;08.02.2027;09.02.2027;K\n", "weg.csv", "abwesenheiten")
    for kennung in (kept, gone):
        _approve(worked, kennung)
    both = datetime.now(UTC)
    with tenant_session(worked, actor="karla") as session:
        (first, _) = proposals.open_proposals(session, *days)
        proposals.decide(session, [first], "verworfen", reason="war Urlaub")
    decided = datetime.now(UTC)
    with tenant_session(worked, actor="karla") as session:
        service.withdraw(session, load_stock(session), service.find(session, gone), reason="falsche Datei")
    assert waiting(before) == []
    assert waiting(both) == [(1, 2), (8, 9)]
    assert waiting(decided) == [(8, 9)]
    assert waiting(None) == waiting(datetime.now(UTC)) == []


def test_leave_and_conversion_days_of_a_file_are_proposed_and_taken_over_together(
        worked: int, tarif: SimpleNamespace) -> None:
    with tenant_session(worked, actor="karla") as session:
        own = "".join(f'\n[[schluessel]]\nfremd = "{name}"\neigen = "{key}"\n' for name, key in (
            ("K", "krank"), ("U", "urlaub"), ("Z", "zusatzurlaub"), ("W", "umwandlung")))
        profiles.store(session, profile.bundled_text("abwesenheiten") + own, reason="Zuordnung")
    _approve(worked, _import(worked, "PNR;Von;Bis;Grund\nStunden;17.08.2026;26.08.2026;U\nStunden;27.08.2026;"
                             "28.08.2026;Z\nKita;24.08.2026;24.08.2026;W\n", "urlaub.csv", "abwesenheiten"))
    with tenant_session(worked, actor="karla") as session:  # overlaps the leave: somebody says that both are true
        made = service.read_in(session, load_stock(session), "krank.csv",
                               b"PNR;Von;Bis;Grund\nStunden;19.08.2026;20.08.2026;K\n", "abwesenheiten")
        service.decide(session, made, [2], annehmen=True, reason="krank im Urlaub")
        kennung = str(made.public_id)
    _approve(worked, kennung)
    with tenant_session(worked, actor="karla") as session:
        calculate(session, PAID[JUNE], key="mit Urlaub")
        told = [rule for _, field, rule in _all_findings(session) if field == "fehlzeit"]
        assert any("Urlaub aus Zeitdateien ist noch nicht entschieden: 2 Zeiträume, der früheste ab 17.08.2026" in rule
                   for rule in told)
        waiting = proposals.open_proposals(session, last=date(2026, 8, 31))
        assert sorted({one.art for one in waiting}) == ["krankheit", "umwandlungstag", "urlaub"]
        assert adopt(session, [one.nummer for one in waiting], reason="geprüft") == 4
        job, kita = tarif.job_of(session, "Stunden"), tarif.job_of(session, "Kita")
        assert _away(session, job)[-4:] == [("urlaub", 17, 18), ("krankheit", 19, 20), ("urlaub", 21, 26),
                                           ("urlaub", 27, 28)]
        assert _converted(session, kita) == {date(2026, 8, 24): Decimal("7.8")}  # 39 hours in five days
        calculate(session, PAID[JUNE], key="nach der Entscheidung")
        # S8a step 4 since May 2026: 4,207.08 / 169.57 = 24.81 x 7.8 = 193.52, of which the allowance carries 130.00
        assert [(line[1], line[3]) for line in tarif.lines(session, "Kita", PAID[JUNE]) if line[0] == "1102"] == [
            ("24.08.2026; offen 63,52 €", -13_000)]


def test_a_conversion_day_of_own_times_lessens_the_allowance_until_it_is_cancelled(
        worked: int, tarif: SimpleNamespace) -> None:
    port, days = ports().fehlzeiten, [date(2026, 9, 1)]
    with tenant_session(worked, actor="kim") as session:
        kita, other = tarif.job_of(session, "Kita"), tarif.job_of(session, "Stunden")
        set_rule(session, kita, ab=days[0], reason="Test", art="fest", wochen=[[450, 510, 450, 450, 480, 0, 0]],
                 rahmen_von=360, rahmen_bis=1200, kern_von=None, kern_bis=None, pausen="gesetzlich", plus_grenze=None,
                 minus_grenze=None, kappung="nie", bereich="verwaltung", schichtarbeit="keine", staendig=False,
                 nachtarbeit=False)
        with pytest.raises(ImportFehler, match="nur ganze Arbeitstage"):
            leave.ask(session, kita, "umwandlung", days[0], days[0], halb=True)
        numbers = [leave.ask(session, job, "umwandlung", days[0], days[0]).public_id for job in (kita, other)]
    with tenant_session(worked, actor="hanna") as session:
        stock = load_stock(session)
        row, wrong = (leave.find(session, number) for number in numbers)
        assert row is not None
        assert wrong is not None
        leave.decide(session, stock, row, port, genehmigen=True)
        assert _converted(session, kita)[days[0]] == Decimal("8.5")  # a Tuesday of 510 minutes
        with pytest.raises(ImportFehler, match="kein Tarif des Sozial- und Erziehungsdienstes"), session.begin_nested():
            leave.decide(session, stock, wrong, port, genehmigen=True)
        leave.cancel(session, stock, row, port, grund="doch gearbeitet")
        assert days[0] not in _converted(session, kita)


def test_sickness_in_leave_gives_it_back_and_without_it_the_leave_is_whole_again(
        worked: int, tarif: SimpleNamespace) -> None:
    """§ 9 BUrlG: nur ärztlich festgestellte Tage zählen nicht; die Bescheinigung kommt oft nach der Meldung."""
    port = ports().fehlzeiten
    with tenant_session(worked, actor="kim") as session:
        job = tarif.job_of(session, "Stunden")
        asked = [leave.ask(session, job, art, date(2026, 9, first), date(2026, 9, last)).public_id
                 for art, first, last in (("urlaub", 14, 25), ("krank", 21, 22))]
    with tenant_session(worked, actor="hanna") as session:
        stock = load_stock(session)
        rest, sick = (leave.find(session, number) for number in asked)
        assert rest is not None
        assert sick is not None
        for row in (rest, sick):
            leave.decide(session, stock, row, port, genehmigen=True)
        september = [("urlaub", 14, 20), ("krankheit", 21, 22), ("urlaub", 23, 25)]
        assert (_granted(session, job), _away(session, job)[-3:]) == ([(14, 25)], september)
        for since, until, granted in ((21, 22, [(14, 20), (23, 25)]), (22, 22, [(14, 21), (23, 25)])):
            leave.set_eau(session, sick, "bestaetigt", au_seit=date(2026, 9, since), au_bis=date(2026, 9, until))
            assert (_granted(session, job), _away(session, job)[-3:]) == (granted, september)
        leave.cancel(session, stock, sick, port, grund="Irrtum")
        assert (_granted(session, job), _away(session, job)[-1]) == ([(14, 25)], ("urlaub", 14, 25))


def test_what_a_withdrawn_file_leaves_behind_is_not_what_somebody_asked_for(
        worked: int, tarif: SimpleNamespace) -> None:
    """Eigener genehmigter Urlaub gilt weiter, auch wenn er zugleich in einer zurückgenommenen Datei stand."""
    names = [_import(worked, f"PNR;Von;Bis;Grund\nStunden;{days};U\n", f"{at}.csv", "abwesenheiten")
             for at, days in enumerate(("05.10.2026;09.10.2026", "12.10.2026;13.10.2026"))]
    for name in names:
        _approve(worked, name)
    with tenant_session(worked, actor="karla") as session:
        job = tarif.job_of(session, "Stunden")
        october = [one for one in proposals.open_proposals(session) if one.von.month == 10]
        assert adopt(session, [one.nummer for one in october], reason="geprüft") == 2
        asked = leave.ask(session, job, "urlaub", date(2026, 10, 7), date(2026, 10, 9)).public_id
    with tenant_session(worked, actor="hanna") as session:
        row = leave.find(session, asked)
        assert row is not None
        leave.decide(session, load_stock(session), row, ports().fehlzeiten, genehmigen=True)
        for at, name in enumerate(names):
            held = service.find(session, name)
            service.withdraw(session, load_stock(session), held, reason="falscher Monat")
            left = [one for one in orphans.orphans(session) if one.datei_id == held.id]
            assert [(one.von.day, one.bis.day) for one in left] == ([(5, 6)], [(12, 13)])[at]
        assert orphans.take_back(session, [one.nummer for one in october], reason="falscher Monat") == 2
        assert orphans.orphans(session) == []
        assert _away(session, job)[-1] == ("urlaub", 7, 9)


def test_decisions_on_many_proposals_take_as_many_statements_as_on_one(
        worked: int, tarif: SimpleNamespace) -> None:
    lines = "".join(f"Stunden;{day:02}.11.2026;{day:02}.11.2026;U\n" for day in (2, 4, 9, 11, 16))
    _approve(worked, _import(worked, f"PNR;Von;Bis;Grund\n{lines}", "november.csv", "abwesenheiten"))
    with tenant_session(worked, actor="karla") as session:
        waiting = [one for one in proposals.open_proposals(session) if one.von.month == 11]
        sent: list[str] = []

        def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
            sent.append(statement)

        event.listen(Engine, "before_cursor_execute", note)
        try:
            proposals.decide(session, waiting[:1], "verworfen", reason="gearbeitet")
            single = len(sent)
            proposals.decide(session, waiting[1:], "verworfen", reason="gearbeitet")
        finally:
            event.remove(Engine, "before_cursor_execute", note)
        assert len(waiting) == 5
        assert len(sent) - single <= single, sent
        logged = session.scalars(select(AuditEntry.subject).where(AuditEntry.action == "zeitvorschlag.entschieden"))
        assert {f"zeitvorschlag:{one.nummer}" for one in waiting} <= set(logged)


def test_leave_decided_after_the_sickness_within_it_and_leave_beneath_that_is_partly_taken(
        worked: int, tarif: SimpleNamespace) -> None:
    """§ 9 BUrlG hängt nicht daran, worüber zuerst entschieden wird."""
    port, days = ports().fehlzeiten, [date(2027, 1, day) for day in range(1, 31)]
    with tenant_session(worked, actor="kim") as session:
        job = tarif.job_of(session, "Stunden")
        asked = [leave.ask(session, job, "urlaub", days[11], days[22]).public_id,
                 *(leave.ask(session, job, "urlaub", days[25], days[25], halb=True).public_id for _ in range(2)),
                 leave.ask(session, job, "krank", days[18], days[25], au_seit=days[18], au_bis=days[25]).public_id]
    with tenant_session(worked, actor="hanna") as session:
        stock = load_stock(session)
        rows = [leave.find(session, number) for number in reversed(asked)]
        for row in rows:  # the sickness first
            assert row is not None
            leave.decide(session, stock, row, port, genehmigen=True)
        assert _granted(session, job, date(2027, 1, 1)) == [(12, 18)]
        assert _away(session, job)[-2:] == [("urlaub", 12, 18), ("krankheit", 19, 26)]
        session.add(Abwesenheit(beschaeftigung_id=job, art="dienstreise", von=days[20], bis=days[20],
                                zustand="genehmigt", beantragt_von="kim", entschieden_von="hanna",
                                entschieden_am=row.entschieden_am))
        sick = rows[0]
        assert sick is not None
        leave.cancel(session, stock, sick, port, grund="Irrtum")
        assert _granted(session, job, date(2027, 1, 1)) == [(12, 20), (22, 23), (26, 26), (26, 26)]
        assert [one.halb for one in leave.between(session, days[25], days[25], job=job)] == [True, True]


def test_sickness_of_a_withdrawn_file_leaves_the_leave_beneath_it(worked: int, tarif: SimpleNamespace) -> None:
    with tenant_session(worked, actor="karla") as session:
        own = "".join(f'\n[[schluessel]]\nfremd = "{name}"\neigen = "{key}"\n' for name, key in (
            ("K", "krank"), ("U", "urlaub"), ("Z", "zusatzurlaub"), ("W", "umwandlung")))
        profiles.store(session, profile.bundled_text("abwesenheiten") + own, reason="Zuordnung")
    _approve(worked, _import(worked, "PNR;Von;Bis;Grund\nStunden;08.02.2027;12.02.2027;U\n", "u.csv",
                             "abwesenheiten"))
    with tenant_session(worked, actor="kim") as session:
        job = tarif.job_of(session, "Stunden")
        asked = leave.ask(session, job, "urlaub", date(2027, 2, 15), date(2027, 2, 19)).public_id
    with tenant_session(worked, actor="hanna") as session:
        row = leave.find(session, asked)
        assert row is not None
        leave.decide(session, load_stock(session), row, ports().fehlzeiten, genehmigen=True)
    with tenant_session(worked, actor="karla") as session:  # overlaps the leave: somebody says that both are true
        made = service.read_in(session, load_stock(session), "k.csv",
                               b"PNR;Von;Bis;Grund\nStunden;11.02.2027;16.02.2027;K\n", "abwesenheiten")
        service.decide(session, made, [2], annehmen=True, reason="krank im Urlaub")
        kennung = str(made.public_id)
    _approve(worked, kennung)
    with tenant_session(worked, actor="hanna") as session:
        waiting = [one for one in proposals.open_proposals(session) if one.von.year == 2027]
        assert adopt(session, [one.nummer for one in waiting], reason="geprüft") == 2
        assert _away(session, job)[-3:] == [("urlaub", 8, 10), ("krankheit", 11, 16), ("urlaub", 17, 19)]
        service.withdraw(session, load_stock(session), service.find(session, kennung), reason="falscher Monat")
        sick = [one.nummer for one in orphans.orphans(session) if one.von.year == 2027]
        assert orphans.take_back(session, sick, reason="falscher Monat") == 1
        held = [(art, day) for art, first, last in _away(session, job)[-4:] if last for day in range(first, last + 1)]
        assert held == [("urlaub", day) for day in (*range(8, 13), *range(15, 20))]


def _granted(session: TenantSession, job: int, month: date = date(2026, 9, 1)) -> list[tuple[int, int]]:
    rows = leave.between(session, month, month.replace(day=30), job=job, zustaende=("genehmigt",))
    return [(row.von.day, row.bis.day) for row in rows if row.art == "urlaub"]


def _converted(session: TenantSession, job: int) -> dict[date, Decimal]:
    rows = session.scalars(select(Anlasszahlung).filter_by(beschaeftigung_id=job, superseded_at=None))
    return {row.valid_from: row.menge for row in rows}


def _away(session: TenantSession, job: int) -> list[tuple[str, int, int | None]]:
    rows = session.scalars(select(Fehlzeit).filter_by(beschaeftigung_id=job, superseded_at=None)
                           .order_by(Fehlzeit.valid_from))
    return [(row.art, row.valid_from.day, row.valid_to.day if row.valid_to else None) for row in rows]


def _all_findings(session: TenantSession) -> list[tuple[str, str, str]]:
    statement = select(Hinweis).join(Lauf, Lauf.id == Hinweis.lauf_id).where(Lauf.monat == PAID[JUNE])
    return sorted((one.stufe, one.feld, one.regel) for one in session.scalars(statement))


def test_rows_without_a_price_stop_the_closing_until_it_is_justified(worked: int) -> None:
    july = date(2026, 7, 1)
    _approve(worked, _import(worked, "PNR;Tag;Monat;Jahr;Lohnart;Stunden\nStunden;10;7;2026;EZ;2\n", "ez.csv",
                             "stunden-pro-tag"))
    with tenant_session(worked, actor="hanna") as session:
        stock = load_stock(session, july)
        with pytest.raises(ImportFehler, match="keinen Preis"):
            closing.close(session, stock, july)
        assert closing.close(session, stock, july, grund="wird als Betrag erfasst").grund == "wird als Betrag erfasst"


def test_a_waiting_file_and_an_unanswered_holiday_stop_the_closing(worked: int) -> None:
    may = date(2026, 5, 1)
    kennung = _import(worked, "PNR;Datum;Kommen;Gehen;Pause\nStunden;01.05.2026;08:00;12:00;0:00\n", "mai.csv",
                      "kommen-gehen")
    with tenant_session(worked, actor="hanna") as session, pytest.raises(ImportFehler, match="noch nicht freigegeben"):
        closing.close(session, load_stock(session, may), may)
    _approve(worked, kennung)
    with tenant_session(worked, actor="hanna") as session, pytest.raises(ImportFehler, match="an einem Feiertag"):
        closing.close(session, load_stock(session, may), may)


def test_a_rate_no_source_states_is_entered_by_the_employer_and_pays_the_month_of_work(
        worked: int, tarif: SimpleNamespace) -> None:
    """§ 19 TVöD und § 9 TVöD nennen keinen Satz: der Lauf sagt es, nach dem Eintrag zahlt er mit dem des Monats der
    Arbeit; 21,11 Euro ist die Stunde E6 Stufe 3 (3.580,46 / 169,57), ein Viertel davon 5,28 Euro."""
    august, october = date(2026, 8, 1), date(2026, 10, 1)
    _approve(worked, _import(worked, "PNR;Tag;Monat;Jahr;Lohnart;Stunden\nStunden;10;8;2026;EW;2,5\n"
                                     "Stunden;11;8;2026;BD;8\n", "satz.csv", "stunden-pro-tag"))
    with tenant_session(worked, actor="hanna") as session:
        closing.close(session, load_stock(session, august), august)
    with tenant_session(worked, actor="karla") as session:
        calculate(session, october, key="ohne Satz")
        said = [(one.regel, one.abhilfe) for one in session.scalars(
            select(Hinweis).join(Lauf, Lauf.id == Hinweis.lauf_id).where(Lauf.monat == october))
            if "kein Stundensatz" in one.regel]
        assert len(said) == 2
        assert all("Festlegungen" in remedy and "setting rate" in remedy for _, remedy in said)
        with pytest.raises(FactError, match="Quelle fehlt"):
            enter_rate(session, "stundensatz_1400", Decimal(2), quelle=" ", valid_from=august, reason="Test")
        with pytest.raises(FactError, match="ganze Monate"):
            enter_rate(session, "stundensatz_1400", Decimal(2), quelle="TV", valid_from=date(2026, 8, 2), reason="Test")
        with pytest.raises(FactError, match="0 bis 500"):
            enter_rate(session, "stundensatz_1400", Decimal(501), quelle="TV", valid_from=august, reason="Test")
        enter_rate(session, "stundensatz_1400", Decimal("1.35"), quelle="landesbezirklicher TV, Anlage",
                   valid_from=date(2026, 1, 1), reason="Test")
        # another rate from October on: the hours of August keep theirs
        enter_rate(session, "stundensatz_1400", Decimal(9), quelle="neuer TV", valid_from=october, reason="Test")
        enter_rate(session, "stundensatz_1308_anteil", Decimal(25), quelle="Dienstvereinbarung 1/2026",
                   valid_from=date(2026, 1, 1), reason="Test")
    with tenant_session(worked, actor="karla") as session:
        calculate(session, october, key="mit Satz")
        result = tarif.result(session, "Stunden", october)
        lines = {line.lohnart: line for line in session.scalars(select(Ergebniszeile).where(
            Ergebniszeile.ergebnis_id == result.id, Ergebniszeile.lohnart.in_(("1400", "1308"))))}
        paid = {number: (line.einzelheit, line.betrag) for number, line in lines.items()}
        (told,) = explain_line(session, result.public_id, lines["1400"].position)
    assert paid == {"1400": ("2:30 Std. × 1,35 € 08/2026", 338), "1308": ("8:00 Std. × 5,28 € 08/2026", 4224)}
    assert told.value == 135
