"""Entschädigung nach dem Infektionsschutzgesetz im Lauf (§§ 56, 57 IfSG).

Erwartung aus dem Gesetz: die ersten sechs Wochen ersetzen den Verdienstausfall ganz (§ 56 Abs. 2 Satz 2), also hat,
wer abgesondert ist, dasselbe Netto wie jemand mit gleichem Entgelt; die Beiträge auf das ausgefallene Entgelt trägt der
Beschäftigte nicht (§ 57 Abs. 1 Satz 3, Abs. 2), so auch die Auskunft einer Krankenkasse (Bahn-BKK, Firmenkunden).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from datetime import date
from decimal import Decimal
from types import SimpleNamespace

import pytest

from payroll.filings.meldungen import bescheinigung
from payroll.law.calculate import law_of, rule_book
from payroll.law.engine import evaluate
from payroll.masterdata.catalogue import ids, seed
from payroll.masterdata.intake import Tatsache, store
from payroll.masterdata.models import Fehlzeit
from payroll.postings import service as postings
from payroll.postings.deriving import EXPENSES
from payroll.postings.zeilen import condensed
from payroll.runs.calculate import calculate
from payroll.runs.explaining import explain_line
from payroll.runs.models import Ergebnis, Ergebniszeile, Lauf
from payroll.statements import publish
from tenants import service
from tenants.db.engine import Dsns
from tenants.db.session import platform_session, tenant_session

JUNE = date(2026, 6, 1)
TEN_DAYS = date(2026, 6, 8), date(2026, 6, 17)


def _away(art: str, first: date, last: date | None = None) -> Tatsache:
    return Tatsache(Fehlzeit, first, {"art": art}, last)


@pytest.fixture(scope="module")
def district(fresh_database: Callable[[], AbstractContextManager[Dsns]], tarif: SimpleNamespace) -> Iterator[int]:
    """Ein Arbeitgeber; Juni 2026 gerechnet, wie das Gesetz die Tage einteilt."""
    with fresh_database():
        with platform_session(actor="test") as session:
            number = service.create_tenant(session, "001", "Kreis Beispiel", "kreis").id
        with tenant_session(number, actor="karla") as session:
            seed(session, reason="Test", assumed_u2=Decimal("0.39"))
            numbers = ids(session)
            store(session, [
                tarif.person(numbers, "Vergleich", "E9b", "4"),
                tarif.person(numbers, "Abgesondert", "E9b", "4", more=[_away("absonderung", *TEN_DAYS)]),
                tarif.person(numbers, "Verboten", "E9b", "4", more=[_away("taetigkeitsverbot", *TEN_DAYS)]),
                tarif.person(numbers, "Beides", "E9b", "4", more=[
                    _away("absonderung", date(2026, 6, 8), date(2026, 6, 12)),
                    _away("taetigkeitsverbot", date(2026, 6, 15), date(2026, 6, 19))]),
                tarif.person(numbers, "Lange", "E9b", "4", more=[_away("taetigkeitsverbot", date(2026, 5, 4))]),
                tarif.person(numbers, "Hoch", "E15", "6", more=[_away("absonderung", date(2026, 5, 4))]),
                tarif.person(numbers, "Amt", "A8", "7", scale="NRW-A", hours="41", full="41",
                             more=[_away("absonderung", *TEN_DAYS)]),
                tarif.person(numbers, "Azubi", "Auszubildende", "1", scale="TVAoeD-BBiG",
                             more=[_away("absonderung", date(2026, 5, 4))]),
            ], reason="Test")
        with tenant_session(number, actor="karla") as session:
            lauf = calculate(session, JUNE, key="juni")
            lauf.geprueft_von, lauf.freigegeben_von, lauf.gemeinde_von = "karla", "hanna", "gerda"
            lauf.abgeschlossen_am, lauf.zustand = lauf.berechnet_am, "abgeschlossen"
        yield number


def test_the_loss_is_made_good_to_the_cent(district: int, tarif: SimpleNamespace) -> None:
    with tenant_session(district, actor="karla") as session:
        whole, own = tarif.result(session, "Vergleich", JUNE), tarif.result(session, "Abgesondert", JUNE)
        table, paid = tarif.lines(session, "Abgesondert", JUNE)
    assert table == ("1000", "20 von 30 Tagen", "LLJ", 312_703)  # 4690.55 x 20/30
    assert paid[:3] == ("1508", "10 Tage", "FFN")
    assert own.netto + own.zv_an == whole.netto + whole.zv_an
    assert own.gesamtbrutto == 312_703 + paid[3]
    assert own.steuerbrutto < whole.steuerbrutto


def test_the_insurance_goes_on_at_the_expense_of_the_authority(district: int, tarif: SimpleNamespace) -> None:
    """Ausgefallenes Entgelt 4690,55 x 10/30 = 1563,52; RV 18,6 %, AV 2,6 % davon trägt der Arbeitgeber (erstattet)."""
    with tenant_session(district, actor="karla") as session:
        own, banned = tarif.result(session, "Abgesondert", JUNE), tarif.result(session, "Verboten", JUNE)
        found = tarif.findings(session, "Abgesondert", JUNE)
    assert own.sv_tage == banned.sv_tage == 30
    assert own.rv_ag - own.rv_an == 2 * 14_541  # 1563.52 x 9.3 % = 145.407
    assert own.av_ag - own.av_an == 2 * 2_033  # 1563.52 x 1.3 % = 20.326
    assert banned.rv_ag - banned.rv_an == 2 * 14_541
    assert banned.av_ag == banned.av_an  # a ban on work keeps the pension insurance only (§ 57 Abs. 1)
    assert banned.kv_ag == banned.kv_an
    assert own.kv_ag - own.kv_an == 2 * 11_414  # 1563.52 x 7.3 % = 114.137
    assert banned.netto == own.netto
    assert any("§ 57 IfSG" in rule and "für die Behörde gezahlt" in rule for _, _, rule in found)


def test_separation_and_ban_in_one_month_have_a_base_each(district: int, tarif: SimpleNamespace) -> None:
    """Je fünf Tage, 4690,55 x 5/30 = 781,76: RV auf beide, KV, PV, AV und U2 nur auf die Absonderung (§ 57 Abs. 2)."""
    with tenant_session(district, actor="karla") as session:
        own, alone, banned = (tarif.result(session, name, JUNE) for name in ("Beides", "Abgesondert", "Verboten"))
    assert own.rv_ag - own.rv_an == 2 * 14_541
    assert own.av_ag - own.av_an == 2 * 1_016  # 781.76 x 1.3 % = 10.163
    assert own.kv_ag - own.kv_an == 2 * 5_707  # 781.76 x 7.3 % = 57.068
    assert own.pv_an == alone.pv_an
    assert 0 < own.pv_ag - own.pv_an < alone.pv_ag - alone.pv_an
    assert own.u2 - banned.u2 == 305  # 0.39 % of 781.76 = 3.049


def test_after_six_weeks_the_authority_pays(district: int, tarif: SimpleNamespace) -> None:
    """Seit 4. Mai: 42 Tage enden am 14. Juni; 16 Tage danach mit 67 % des Verdienstausfalls, der vom Netto eines
    Monats nach den ersten 14 Tagen bleibt, höchstens 2016 x 16/30 = 1075,20."""
    with tenant_session(district, actor="karla") as session:
        lines, whole = tarif.lines(session, "Lange", JUNE), tarif.result(session, "Vergleich", JUNE)
        found = [rule for _, _, rule in tarif.findings(session, "Lange", JUNE)]
        high = [rule for _, _, rule in tarif.findings(session, "Hoch", JUNE)]
    assert [(number, note) for number, note, _, _ in lines] == [("1508", "14 Tage")]
    told = [rule for rule in found if "16 Tage nach der sechsten Woche" in rule]
    assert len(told) == 1
    left = ((whole.netto + whole.zv_an - lines[0][3]) * 67 + 50) // 100
    assert f"{left // 100},{left % 100:02d} €" in told[0]
    assert any("1.075,20 €" in rule for rule in high)


def test_civil_servants_and_trainees_keep_their_pay(district: int, tarif: SimpleNamespace) -> None:
    with tenant_session(district, actor="karla") as session:
        official, trainee = tarif.lines(session, "Amt", JUNE), tarif.lines(session, "Azubi", JUNE)
    assert all(number != "1508" for number, *_ in (*official, *trainee))
    assert "von 30 Tagen" not in official[0][1]
    assert trainee[0][1] == "14 von 30 Tagen"  # six weeks of § 19 BBiG end on 14 June


def test_the_certificate_names_it_in_line_fifteen(district: int, tarif: SimpleNamespace) -> None:
    """§ 41b Abs. 1 Satz 2 Nr. 5 EStG: Entschädigung unter Progressionsvorbehalt; ohne sie keine Zeile."""
    with tenant_session(district, actor="karla") as session:
        paid = tarif.lines(session, "Abgesondert", JUNE)[-1][3]
        found = {one.personalnummer: one.inhalt for one in bescheinigung.expected(session, 2026)[0]}
    assert found["Abgesondert"]["15"] == paid
    assert "15" not in found["Vergleich"]


def test_the_slip_says_why_there_is_no_pay(district: int, tarif: SimpleNamespace) -> None:
    with tenant_session(district, actor="karla") as session:
        run = session.query(Lauf).one()
        (slip,) = [slip for _, slip in publish.payslips(session, run, only=tarif.job_of(session, "Abgesondert"))]
        (other,) = [slip for _, slip in publish.payslips(session, run, only=tarif.job_of(session, "Vergleich"))]
    assert slip.hints[0].startswith("Vom 08.06.2026 bis 17.06.2026 kein Entgelt. Grund: Statt des Entgelts gibt es die "
                                    "Entschädigung")
    assert not any("kein Entgelt" in text for text in other.hints)


def test_the_journal_ties(district: int) -> None:
    """Soll gleich Haben je Monat, und die Beiträge auf das ausgefallene Entgelt stehen darin."""
    with tenant_session(district, actor="karla") as session:
        journal = postings.create(session, JUNE).journal
        rows = condensed(session, journal)
        paid = session.query(Ergebnis).all()
    assert rows
    assert sum(row.betrag if row.seite == "S" else -row.betrag for row in rows) == 0
    claim = sum(row.betrag if row.seite == "S" else -row.betrag for row in rows if row.schluessel == "erstattung")
    assert claim == sum(one.ifsg_gezahlt + one.ifsg_beitraege for one in paid) > 0
    expense = sum(row.betrag if row.seite == "S" else -row.betrag for row in rows if row.schluessel in EXPENSES)
    assert expense == sum(one.ag_kosten for one in paid) - claim


def test_premiums_are_part_of_the_loss_with_their_daily_average() -> None:
    """3000,00 × 10/30 und ein Tagesdurchschnitt von 80,00 für diese Tage (§ 56 Abs. 3 IfSG, § 21 TVöD)."""
    columns = {"entgelt_voller_monat": [300_000], "ifsg_tage": [10], "kalendertage_im_monat": [30],
               "ifsg_unstaendig": [8_000]}
    name = "ifsg_ausgefallenes_entgelt"
    assert evaluate(law_of(JUNE, rule_book("entgelt")), columns, (name,)).cents(name).tolist() == [108_000]


def test_the_line_explains_itself(district: int, tarif: SimpleNamespace) -> None:
    with tenant_session(district, actor="karla") as session:
        own = tarif.result(session, "Abgesondert", JUNE)
        (position,) = [line.position for line in session.query(Ergebniszeile).filter_by(ergebnis_id=own.id)
                       if line.lohnart == "1508"]
        text = repr(explain_line(session, own.public_id, position))
    assert "§ 56 Abs. 2 Satz 2" in text
    assert "ifsg_netto_soll" in text
