"""Ganze Abrechnungen durch Datenbank und Lauf: dieselben Fälle, dieselben Cent wie im Vertrag ganzer Abrechnungen.

Erwartungen: payslip_cases.csv des Produkts (dort mit Quelle); hier kommen die Angaben aus Tatsachen mit zwei Uhren.
"""

from __future__ import annotations

import calendar
import csv
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from datetime import UTC, date, datetime
from decimal import ROUND_HALF_UP, Decimal

import pytest
from sqlalchemy import func, select

from payroll.law.conformance.bundled import FOLDER
from payroll.masterdata.catalogue import Ids, add_fund, ids, seed
from payroll.masterdata.intake import NeueBeschaeftigung, NeuePerson, Tatsache, store
from payroll.masterdata.models import (
    Bankverbindung,
    Beschaeftigung,
    BeschaeftigungAngaben,
    Bezuegezuordnung,
    Kind,
    PersonAngaben,
    Steuermerkmale,
    Versicherung,
    WiederkehrenderBezug,
    Zusatzversorgung,
)
from payroll.masterdata.service import record_fact
from payroll.runs import explaining, sheets, steps
from payroll.runs.calculate import calculate
from payroll.runs.errors import RunRefused
from payroll.runs.models import Ergebnis, Ergebniszeile, Hinweis, Lauf, Wertebogen
from payroll.runs.values import VALUES
from tenants import service
from tenants.db.engine import Dsns
from tenants.db.session import platform_session, tenant_session

CASES = FOLDER / "payslip_cases.csv"
START = date(2020, 1, 1)
BONUS_DECIDES = ("M003",)  # B003 once more, without a stated regular pay
Row = dict[str, str]


def _usable(row: Row) -> bool:
    """Cases without figures from earlier months: those come from closed months here, not from a file."""
    return (not row["einmalzahlung"] and row["zv_verfahren"] != "aufbrauchend" and not row["zv_frei"]
            and not row["steuerfreie_bezuege"] and row["zv_kist_verfahren"] != "nachweis")


with CASES.open(encoding="utf-8", newline="") as stream:
    ROWS = {row["fall"]: row for row in csv.DictReader(stream) if _usable(row)}
EVERYBODY = {**ROWS, "M003": ROWS["B003"] | {"fall": "M003"}}


def _cents(text: str) -> int:
    return int(Decimal(text or "0") * 100)


def _month(row: Row) -> date:
    return date.fromisoformat(f"{row['monat']}-01")


def _regular(row: Row) -> int | None:
    """The contract decides by the month alone when no regular pay is named; a run adds a twelfth of the bonus."""
    if row["fall"] in BONUS_DECIDES or row["status"] != "tarif" or row["von_tag"] or row["bis_tag"]:
        return None
    return _cents(row["regelmaessiges_entgelt"] or row["exp_sv_brutto_rv"])


def _employment(row: Row, numbers: Ids, fund: str) -> list[Tatsache]:
    month = _month(row)
    last = month.replace(day=calendar.monthrange(month.year, month.month)[1])
    first_day, last_day = row["von_tag"] or "1", row["bis_tag"]
    austritt = month.replace(day=int(last_day)) if last_day else last
    insured = row["kv_art"] in ("gesetzlich", "freiwillig")
    facts = [
        Tatsache(BeschaeftigungAngaben, month.replace(day=int(first_day)), {
            "art": row["status"], "eintritt": month.replace(day=int(first_day)), "austritt": austritt}),
        Tatsache(Versicherung, START, {
            "kv_art": row["kv_art"], "beitragsgruppe": row["beitragsgruppe"] or None,
            "personengruppe": int(row["personengruppe"]) if row["personengruppe"] else None,
            "krankenkasse_id": numbers.krankenkassen[fund] if insured or row["personengruppe"] else None,
            "pkv_beitrag_monat_cent": _cents(row["pkv_beitrag_monat"]),
            "ppv_beitrag_monat_cent": _cents(row["ppv_beitrag_monat"]),
            "elterneigenschaft": row["kinderlos"] == "nein", "sachsen": row["sachsen"] == "ja",
            "regelmaessiges_entgelt_cent": _regular(row)}),
    ]
    if row["steuerklasse"]:
        facts.append(Tatsache(Steuermerkmale, START, {
            "steuerklasse": int(row["steuerklasse"]), "faktor": Decimal(row["faktor"]) if row["faktor"] else None,
            "kinderfreibetraege": Decimal(row["kinderfreibetraege"] or 0), "konfession": row["konfession"],
            "freibetrag_monat_cent": _cents(row["freibetrag_monat"]),
            "hinzurechnung_monat_cent": _cents(row["hinzurechnung_monat"]),
            "pkv_basis_monat_cent": _cents(row["pkv_basis_monat"])}))
    if row["entgeltgruppe"]:
        facts.append(Tatsache(Bezuegezuordnung, START, {
            "tarifwerk": row["tarifwerk"], "entgeltgruppe": row["entgeltgruppe"], "stufe": row["stufe"],
            "wochenstunden": Decimal(row["wochenstunden"]), "vollzeitstunden": Decimal(row["vollzeitstunden"])}))
    if row["zusatzversorgung"] != "keine":
        facts.append(Tatsache(Zusatzversorgung, START, {"zv_kasse_id": numbers.zv_kassen[row["zusatzversorgung"]]}))
    for column, number in (("brutto", 1008), ("zulagen", 1300), ("vwl_ag", 1650), ("vwl_sparbetrag", 4200),
                           ("sonstige_abzuege", 4202)):
        if column == "zulagen" and row["tarifwerk"] == "TVoeD-SuE":
            continue  # the allowance of these groups comes from the tariff, nobody types it
        if row[column]:
            # Amounts of the contract are final: entered as the sum of the days, never reduced again.
            facts.append(Tatsache(WiederkehrenderBezug, month.replace(day=int(first_day)), {
                "lohnart_id": numbers.lohnarten[number], "laufnummer": 1, "betrag_cent": _cents(row[column])}))
    return facts


def _person(row: Row, numbers: Ids, fund: str) -> NeuePerson:
    born = date.fromisoformat(row["geburtsdatum"])
    facts = [Tatsache(PersonAngaben, born, {"nachname": row["fall"], "vorname": "Łucja", "geburtsdatum": born}),
             Tatsache(Bankverbindung, START, {"iban": "DE02120300000000202051", "iban_ende": "2051"})]
    for number in range(1, int(row["kinder_unter_25"] or 0) + 1):
        facts.append(Tatsache(Kind, START, {"nummer": number, "geburtsdatum": date(2015, 1, number)}))
    return NeuePerson(facts, [NeueBeschaeftigung(row["fall"], _employment(row, numbers, fund))])


@pytest.fixture(scope="module")
def district(fresh_database: Callable[[], AbstractContextManager[Dsns]]) -> Iterator[int]:
    """Ein Arbeitgeber mit allen Fällen; jeder ist nur in seinem Monat beschäftigt."""
    with fresh_database():
        with platform_session(actor="test") as session:
            number = service.create_tenant(session, "001", "Kreis Beispiel", "kreis").id
        with tenant_session(number, actor="karla") as session:
            seed(session, reason="Test")
            funds = {}
            for row in EVERYBODY.values():
                key = f"K{row['zusatzbeitrag']}/{row['u2_satz']}"
                if key not in funds:
                    funds[key] = True
                    add_fund(session, key, key, nummer=None, valid_from=START, quelle="Fall", reason="Test",
                             zusatzbeitrag=Decimal(row["zusatzbeitrag"]) if row["zusatzbeitrag"] else None,
                             u2_satz=Decimal(row["u2_satz"]) if row["u2_satz"] else None)
            numbers = ids(session)
            store(session, [_person(row, numbers, f"K{row['zusatzbeitrag']}/{row['u2_satz']}")
                            for row in EVERYBODY.values()], reason="Test")
        for month in sorted({_month(row) for row in EVERYBODY.values()}):
            with tenant_session(number, actor="karla") as session:
                calculate(session, month, key=f"k-{month}")
        yield number


def _result(session: object, fall: str) -> Ergebnis:
    return session.scalars(  # type: ignore[attr-defined, no-any-return]  # a tenant session
        select(Ergebnis).join(Beschaeftigung, Beschaeftigung.id == Ergebnis.beschaeftigung_id)
        .where(Beschaeftigung.personalnummer == fall)).one()


@pytest.mark.parametrize("fall", ROWS)
def test_case_through_the_database(district: int, fall: str) -> None:
    row = ROWS[fall]
    exact = dict(part.split("=") for part in row["toleranz_felder"].split(";") if part)
    with tenant_session(district, actor="test") as session:
        result = _result(session, fall)
    wrong = {}
    for name in VALUES:
        expected = row.get(f"exp_{name}", "")
        allowed = _cents(exact.get(f"exp_{name}", row["toleranz_eur"] or "0"))
        if expected and abs(getattr(result, name) - _cents(expected)) > allowed:
            wrong[name] = (getattr(result, name), _cents(expected))
    assert wrong == {}


def test_every_case_of_the_file_that_needs_no_earlier_month_is_here() -> None:
    assert len(ROWS) >= 30


@pytest.mark.parametrize("fall", [fall for fall, row in ROWS.items() if row["zulagen"] or row["entgeltgruppe"]])
def test_lines_add_up_to_gross(district: int, fall: str) -> None:
    with tenant_session(district, actor="test") as session:
        result = _result(session, fall)
        lines = session.scalars(select(Ergebniszeile).where(Ergebniszeile.ergebnis_id == result.id)).all()
        gross = sum(line.betrag for line in lines if line.bereich == "bezug")
        net = sum(line.betrag for line in lines if line.bereich == "netto")
    assert gross == result.gesamtbrutto
    assert result.netto + net + result.zuschuss_kv + result.zuschuss_pv == result.auszahlung


def test_a_twelfth_of_the_yearly_bonus_decides_about_the_midijob(district: int) -> None:
    """§ 20 Abs. 2 SGB IV: a month of 1,872.10 and a twelfth of 85 % of the pay come to more than 2,000 euro."""
    row = ROWS["B003"]
    pay, added = Decimal(row["exp_tabellenentgelt"]), Decimal(row["exp_zv_hinzurechnung"])
    cent = Decimal("0.01")
    bonus = (pay * Decimal("0.85")).quantize(cent, ROUND_HALF_UP)
    regular = pay + added + (bonus / 12).quantize(cent, ROUND_HALF_UP)
    with tenant_session(district, actor="test") as session:
        month, decided = _result(session, "B003"), _result(session, "M003")
        _, _, sheet = sheets.open_sheet(session, decided.public_id)
    assert sheet.eingaben["regelmaessiges_entgelt"] == int(regular * 100)
    assert pay + added <= 2000 < regular
    assert month.be_gesamt > 0
    assert (decided.be_gesamt, decided.gesamtbrutto) == (0, month.gesamtbrutto)
    assert decided.netto < month.netto


def test_value_sheet_explains_every_amount_and_line(district: int) -> None:
    with tenant_session(district, actor="test") as session:
        result = _result(session, "B001")
        _, _, sheet = sheets.open_sheet(session, result.public_id)
        explained = explaining.explain_result(session, result.public_id, "rv_an")
        line = explaining.explain_line(session, result.public_id, 1)
        with pytest.raises(RunRefused, match="gibt es nicht"):
            explaining.explain_result(session, result.public_id, "erfunden")
        with pytest.raises(RunRefused, match="Zeile"):
            explaining.explain_line(session, result.public_id, 99)
    assert sheet.werte["netto"] == result.netto
    assert explained.value == result.rv_an == 44969
    assert [one.value for one in line] == [469055]


def test_explanation_under_changed_rules_says_so_or_refuses(district: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(explaining, "fingerprint", lambda _: "andere Regeln")
    with tenant_session(district, actor="test") as session:
        result = _result(session, "B001").public_id
        assert "denselben" in explaining.explain_result(session, result, "netto").remark
        changed = sheets.open_sheet(session, result)
        changed[2].werte["netto"] += 1
        monkeypatch.setattr(explaining, "open_sheet", lambda *_: changed)
        with pytest.raises(RunRefused, match="heute einen anderen Betrag"):
            explaining.explain_result(session, result, "netto")
        monkeypatch.setattr(explaining, "fingerprint", lambda _: changed[2].regelwerk)
        with pytest.raises(RunRefused, match="verständigen"):
            explaining.explain_result(session, result, "netto")


def test_same_key_calculates_once_and_a_new_one_gives_the_same_hash(district: int) -> None:
    month = date(2026, 5, 1)
    with tenant_session(district, actor="karla") as session:
        before = steps.find_run(session, month)
        version, shown = before.fassung, before.ergebnis_hash
        assert calculate(session, month, key=f"k-{month}").fassung == version
    with tenant_session(district, actor="karla") as session:
        again = calculate(session, month, key="zweiter Probelauf")
        assert (again.fassung, again.ergebnis_hash) == (version + 1, shown)
        counted = session.scalar(select(func.count(Ergebnis.id)).where(Ergebnis.monat == month))
        assert session.scalar(select(func.count(Wertebogen.id)).join(
            Ergebnis, Ergebnis.id == Wertebogen.ergebnis_id).where(Ergebnis.monat == month)) == counted == again.anzahl


def test_empty_month_and_missing_key_are_refused_and_leave_nothing(district: int) -> None:
    with tenant_session(district, actor="karla") as session, pytest.raises(RunRefused, match="Schlüssel"):
        calculate(session, date(2026, 5, 1), key=" ")
    with pytest.raises(RunRefused, match="niemand beschäftigt"), tenant_session(district, actor="karla") as session:
        calculate(session, date(2025, 7, 1), key="leer")
    with tenant_session(district, actor="karla") as session:
        assert session.scalar(select(func.count(Lauf.id)).where(Lauf.monat == date(2025, 7, 1))) == 0


def test_a_broken_person_is_a_finding_and_everyone_else_is_paid(district: int) -> None:
    month = date(2026, 4, 1)
    with tenant_session(district, actor="karla") as session:
        whole = calculate(session, month, key="heil").anzahl
        job = session.scalars(select(Beschaeftigung).where(Beschaeftigung.personalnummer == "B009")).one()
        record_fact(session, Bezuegezuordnung, beschaeftigung_id=job.id, valid_from=month, reason="Tippfehler",
                    tarifwerk="TVoeD-SuE", entgeltgruppe="S99", stufe="3", wochenstunden=Decimal(30),
                    vollzeitstunden=Decimal(39))
    with tenant_session(district, actor="karla") as session:
        lauf = calculate(session, month, key="mit Fehler")
        finding = session.scalars(select(Hinweis).where(Hinweis.lauf_id == lauf.id, Hinweis.stufe == "fehler")).one()
        assert (lauf.anzahl, finding.feld) == (whole - 1, "entgeltgruppe")
        assert "B009" in finding.datensatz
        assert "S99" in finding.regel
        assert finding.abhilfe
        with pytest.raises(RunRefused, match="1 Fehler"):
            steps.check(session, month, ergebnis_hash=str(lauf.ergebnis_hash))


def test_a_run_reads_the_frozen_moment(district: int) -> None:
    """Was nach dem Stichzeitpunkt erfasst wurde, gibt es in diesem Lauf noch nicht (zweite Uhr)."""
    moment = datetime(2020, 1, 1, tzinfo=UTC)
    with tenant_session(district, actor="karla") as session, pytest.raises(RunRefused, match="niemand"):
        calculate(session, date(2025, 8, 1), key="früher", known_at=moment)
