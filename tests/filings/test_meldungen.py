"""Meldungen aus dem abgeschlossenen Mai: Summen wie im Journal, zweite Person, Übergabe, Quittung, Berichtigung."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from sqlalchemy import func, select

from payroll.filings.errors import FilingRefused
from payroll.filings.meldungen import abgleich, lsta, nachweis, speichern, versorgung, werte
from payroll.filings.models import Meldung
from payroll.filings.sepa import duties
from payroll.postings import service as postings
from payroll.runs.models import Ergebnis
from tenants.db.session import platform_session
from tenants.models import Tenant

MONTH = date(2026, 5, 1)
NUMBER = "133/8150/8159"


@pytest.fixture(scope="module")
def ready(town: Any) -> Any:
    """Die Stadt mit Journal, Finanzamt und Steuernummer."""
    with town.session() as session:
        postings.create(session, MONTH)
    with platform_session(actor="test") as session:
        row = session.scalars(select(Tenant).where(Tenant.id == town.tenant)).one()
        row.finanzamt, row.steuernummer = "Auenstedt", NUMBER
    return town


def sum_of(session: Any, *names: str) -> int:
    total = session.execute(select(*(func.sum(getattr(Ergebnis, name)) for name in names))).one()
    return sum(int(one) for one in total)


def test_wage_tax_figures_are_the_sums_of_the_slips(ready: Any) -> None:
    with ready.session() as session:
        values = lsta.draft(session, MONTH).werte
        assert values["42"] == sum_of(session, "lohnsteuer")
        assert values.get("41", 0) == sum_of(session, "zv_pauschalsteuer")
        assert values["83"] == sum_of(session, "lohnsteuer", "soli", "kirchensteuer", "zv_pauschalsteuer",
                                      "zv_pauschal_soli", "zv_pauschal_kist")
        assert values["86"] == 10  # ten people; one of them has two employments


def test_wage_tax_is_due_on_the_tenth_and_the_tenth_of_may_is_a_sunday(ready: Any) -> None:
    from payroll.filings.pflichten.termine import wage_tax_due

    assert wage_tax_due(date(2026, 4, 1)) == date(2026, 5, 11)
    assert wage_tax_due(date(2025, 12, 1)) == date(2026, 1, 12)


def test_statement_per_fund_carries_both_shares_and_the_levy(ready: Any) -> None:
    with ready.session() as session:
        (one,) = nachweis.drafts(session, MONTH)
        assert one.empfaenger == "15027365"  # TK, krankenkassen.csv
        assert one.betrag == sum_of(session, *nachweis.NAMES)
        assert one.werte["0100"] == sum_of(session, "rv_an", "rv_ag")
        assert one.werte["ZBP"] == sum_of(session, "zb_an", "zb_ag")
        assert one.faellig == date(2026, 5, 22)  # due_dates.csv, start of the fifth-last bank working day
        assert one.angaben["zahlung_am"] == "2026-05-27"


def test_supplementary_pension_of_the_month(ready: Any) -> None:
    with ready.session() as session:
        (one,) = versorgung.monthly(session, MONTH)
        assert one.betrag == sum_of(session, *versorgung.PAID)
        assert one.werte["zv_umlage"] > 0


@pytest.mark.parametrize(("group", "health", "key"), [
    ("1111", "kv_an", "1000"), ("3111", "kv_ag", "3000"), ("6500", "kv_ag", "6000"), ("9111", "zb_an", "ZBF"),
    ("1311", "rv_ag", "0300"), ("6500", "rv_ag", "0500"), ("1121", "av_ag", "0020"), ("1112", "pv_ag", "0002"),
    ("0110", "u2", "U2"), ("6500", "pauschsteuer_2", "ST")])
def test_contribution_groups_lead_to_the_keys_of_the_statement(group: str, health: str, key: str) -> None:
    """codes.yaml: beitragsnachweis_keys."""
    assert nachweis.keyed({health: 1234}, group) == {key: 1234}


def test_everything_ties_and_a_second_person_releases(ready: Any) -> None:
    with ready.session() as session:
        made = speichern.store(session, [lsta.draft(session, MONTH), *nachweis.drafts(session, MONTH),
                                         *versorgung.monthly(session, MONTH)])
        rows = [(one.meldung.public_id, one.meldung.sha256.hex()) for one in made]
        assert [one.stimmt for one in abgleich.checks(session, MONTH)] == [True, None, True, True, True]
        with pytest.raises(FilingRefused, match="zweite Person"):
            speichern.release(session, rows[0][0], sha256=rows[0][1])
        again = speichern.store(session, [lsta.draft(session, MONTH)])
        assert [one.neu for one in again] == [False]
    with ready.session("hugo") as session:
        with pytest.raises(FilingRefused, match="nur, was gezeigt wurde"):
            speichern.release(session, rows[0][0], sha256="ä" * 64)
        for public_id, digest in rows:
            assert speichern.release(session, public_id, sha256=digest).zustand == "freigegeben"
        content, name = speichern.hand_over(session, rows[0][0])
        assert name.startswith("lsta-0100-202605-")
        assert b"\r\n42;Summe der einzubehaltenden Lohnsteuer;" in content
        assert speichern.hand_over(session, rows[0][0])[0] == content
        done = speichern.receipt(session, rows[0][0], accepted=True, words="Transferticket et4711")
        assert done.zustand == "angenommen"
        with pytest.raises(FilingRefused, match="Quittiert wird"):
            speichern.receipt(session, rows[0][0], accepted=False, words="noch einmal")


@pytest.mark.parametrize(("total", "church", "parts"), [
    (11_250, True, (550, 700, 0)), (-11_250, True, (-550, -700, 0)), (10_550, False, (550, 0, 0)),
    (-10_550, False, (-550, 0, 0))])
def test_later_difference_of_flat_taxes_is_split_with_or_without_church(total: int, church: bool,
                                                                        parts: tuple[int, int, int]) -> None:
    """100 Steuer, 5,5 Zuschlag, 7 Kirchensteuer; ohne Konfession im Nachweisverfahren keine."""
    assert lsta.estimated_parts(total, church=church) == parts


@pytest.mark.parametrize(("words", "key"), [((), {"49": 550, "41": 10_000}),
                                           (((date(2026, 1, 1), None, "ev", True),), {"49": 515, "61": 656,
                                                                                      "41": 9_379})])
def test_later_flat_taxes_of_a_person_without_denomination_block_nothing(ready: Any, words: Any,
                                                                         key: dict[str, int]) -> None:
    """Nachgebuchte pauschale Steuern, Nachweisverfahren: 105,50 EUR je Mensch."""
    booked = [werte.Gebucht(7, date(2026, 4, 1), {lsta.BENEFITS: 10_550})]
    sums: Counter[str] = Counter()
    with ready.session() as session:
        lsta._benefits(session, werte.closed_run(session, MONTH), booked, sums, {7: words}, {"pauschal": False})
    assert {one: cents for one, cents in sums.items() if cents} == key


def test_wage_tax_of_an_earlier_year_is_told_apart(ready: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """§ 41a Abs. 1 EStG: die Lohnsteuer je Kalenderjahr des Bezugs."""
    own = werte.booked

    def with_last_year(session: Any, lauf: Any, names: Any, **more: Any) -> Any:
        late = dict.fromkeys(names, 0) | {"lohnsteuer": 12_345}
        return [*own(session, lauf, names, **more), werte.Gebucht(1, date(2025, 12, 1), late)]

    monkeypatch.setattr(werte, "booked", with_last_year)
    with ready.session() as session:
        draft = lsta.draft(session, MONTH)
        assert draft.angaben["lohnsteuer_2025"] == "123,45"
        assert draft.angaben["lohnsteuer_2026"] == lsta.euros(sum_of(session, "lohnsteuer"))
        assert draft.werte["42"] == sum_of(session, "lohnsteuer") + 12_345
        assert draft.angaben["hinweise"] == [
            "In Kennzahl 42 gehören 123,45 EUR zum Kalenderjahr 2025; getrennt nach Jahren eintragen (§ 41a Abs. 1 "
            "EStG)."]
        assert draft.befunde == ()


def test_without_tax_number_it_is_made_but_not_released(fresh_town: Any) -> None:
    with fresh_town.session() as session:
        postings.create(session, MONTH)
        row = speichern.store(session, [lsta.draft(session, MONTH)])[0].meldung
        assert len(row.befunde) == 2
        public_id, digest = row.public_id, row.sha256.hex()
    with fresh_town.session("hugo") as session, pytest.raises(FilingRefused, match="Finanzamt fehlt"):
        speichern.release(session, public_id, sha256=digest)


def test_a_month_has_one_registration_whatever_office_is_named_later(fresh_town: Any) -> None:
    """Ohne Finanzamt erstellt und nachgetragen ist es dieselbe; was abgegeben ist, bleibt beim Finanzamt von damals
    (§ 41a Abs. 1 Satz 1 Nr. 1 EStG: in dessen Bezirk die Betriebsstätte war), sonst würde zweimal gemeldet und gezahlt.
    """
    def office(name: str, number: str) -> None:
        with platform_session(actor="test") as session:
            row = session.scalars(select(Tenant).where(Tenant.id == fresh_town.tenant)).one()
            row.finanzamt, row.steuernummer = name, number

    def made() -> tuple[Any, str, bool]:
        with fresh_town.session() as session:
            (found,) = speichern.store(session, [lsta.draft(session, MONTH)])
            return found.meldung.public_id, found.meldung.sha256.hex(), found.neu

    with fresh_town.session() as session:
        postings.create(session, MONTH)
    first, _, _ = made()
    office("Auenstedt", NUMBER)
    second, digest, new = made()
    assert (new, second != first) == (True, True)
    with fresh_town.session() as session:
        assert speichern.find(session, first).zustand == "zurueckgezogen"
    with fresh_town.session("hugo") as session:
        speichern.release(session, second, sha256=digest)
    office("Neustadt", "151/815/08156")
    assert made() == (second, digest, False)
    with fresh_town.session() as session:
        assert duties.claims_of(session, MONTH, "steuer", MONTH)[0][0].schluessel == "lsta:Auenstedt:2026-05"


def test_a_changed_tax_number_after_acceptance_makes_a_corrected_return(fresh_town: Any) -> None:
    def number(text: str) -> None:
        with platform_session(actor="test") as session:
            row = session.scalars(select(Tenant).where(Tenant.id == fresh_town.tenant)).one()
            row.finanzamt, row.steuernummer = "Auenstedt", text

    number(NUMBER)
    with fresh_town.session() as session:
        postings.create(session, MONTH)
        first = speichern.store(session, [lsta.draft(session, MONTH)])[0].meldung
        public_id, digest = first.public_id, first.sha256.hex()
    with fresh_town.session("hugo") as session:
        speichern.release(session, public_id, sha256=digest)
        speichern.hand_over(session, public_id)
    number("5133081508159")
    with fresh_town.session() as session:
        second = speichern.store(session, [lsta.draft(session, MONTH)])[0].meldung
        content = speichern.content_of(session, second)
        assert second.ersetzt == public_id
        assert content["werte"]["10"] == 1
        assert session.scalar(select(func.count(Meldung.id))) == 2


def test_estimate_and_the_rest_in_the_next_statement(fresh_town: Any) -> None:
    """Geschätzt nach dem Vormonat; ohne Lauf des Junis ist die Schätzung der Mai."""
    with fresh_town.session() as session:
        (estimate,) = nachweis.drafts(session, date(2026, 6, 1), estimate=True)
        (may,) = nachweis.drafts(session, MONTH)
        assert estimate.unterart == "schaetzung"
        assert estimate.werte == may.werte
        with pytest.raises(FilingRefused, match="ist abgeschlossen"):
            nachweis.drafts(session, MONTH, estimate=True)


def test_a_corrected_return_made_again_without_change_is_the_same(fresh_town: Any) -> None:
    """Kennzahl 10 gehört zum Inhalt: der gleiche Entwurf macht keine neue Fassung."""
    with platform_session(actor="test") as session:
        row = session.scalars(select(Tenant).where(Tenant.id == fresh_town.tenant)).one()
        row.finanzamt, row.steuernummer = "Auenstedt", NUMBER
    with fresh_town.session() as session:
        postings.create(session, MONTH)
        draft = lsta.draft(session, MONTH)
        first = speichern.store(session, [draft])[0].meldung
        public_id, digest = first.public_id, first.sha256.hex()
    with fresh_town.session("hugo") as session:
        speichern.release(session, public_id, sha256=digest)
    changed = replace(draft, angaben={**draft.angaben, "steuernummer": "5133081508159"})
    with fresh_town.session() as session:
        assert [one.neu for one in speichern.store(session, [changed, changed])] == [True, False]
