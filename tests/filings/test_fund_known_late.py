"""Ein Kassenwechsel, der erst später bekannt wird: der ganze Beitrag des Monats zieht um, und wieder zurück.

Einzugsstelle ist die Kasse, die die Krankenversicherung durchführt (§ 28h Abs. 1, § 28i Satz 1 SGB IV); gerechnet wird
hier aus den Werten der Abrechnung vom Mai, nicht aus denen der Meldung.
"""

from __future__ import annotations

from collections import Counter
from datetime import date
from typing import Any

import pytest
from sqlalchemy import func, select

from payroll.filings.meldungen import abgleich, deuev, nachweis, verlangt, versorgung, werte
from payroll.filings.meldungen.entgelte import Entgelte
from payroll.filings.meldungen.entwurf import Entwurf
from payroll.filings.meldungen.stamm import Akte
from payroll.masterdata.models import Beschaeftigung, Krankenkasse, Versicherung, Zusatzversorgung, ZvKasse
from payroll.masterdata.service import clear_fact, find_employment, record_fact
from payroll.postings import service as postings
from payroll.runs.models import Ergebnis, Lauf
from payroll.runs.retro_models import Rueckrechnung, RueckrechnungZeile

MAY, JUNE, JULY = date(2026, 5, 1), date(2026, 6, 1), date(2026, 7, 1)
TK = "15027365"
LINES = {"1000": ("kv_an", "kv_ag"), "ZBP": ("zb_an", "zb_ag"), "0100": ("rv_an", "rv_ag"), "0010": ("av_an", "av_ag"),
         "0001": ("pv_an", "pv_ag"), "U2": ("u2",)}


def other_fund(session: Any) -> Krankenkasse:
    return session.scalars(select(Krankenkasse).where(
        Krankenkasse.betriebsnummer != TK, Krankenkasse.betriebsnummer.is_not(None)).order_by(Krankenkasse.id)).first()


def belongs_to(town: Any, fund: Any, since: date) -> None:
    with town.session() as session:
        record_fact(session, Versicherung, beschaeftigung_id=find_employment(session, "TARIF").id, valid_from=since,
                    reason="Mitgliedsbescheinigung", kv_art="gesetzlich", beitragsgruppe="1111", personengruppe=101,
                    elterneigenschaft=True, krankenkasse_id=fund)


def slip(session: Any, month: date) -> Counter[str]:
    """Was die Abrechnung der Person in einem Monat ausweist, nach den Schlüsseln des Nachweises."""
    row = session.scalars(select(Ergebnis).join(Beschaeftigung, Beschaeftigung.id == Ergebnis.beschaeftigung_id).where(
        Beschaeftigung.personalnummer == "TARIF", Ergebnis.monat == month)).one()
    return Counter({key: sum(getattr(row, name) for name in names) for key, names in LINES.items()})


def later(session: Any, month: date, of: date | None = None) -> Counter[str]:
    """Unterschiede, die ein Lauf für frühere Monate der Person bucht, oder nur für einen von ihnen."""
    found: Counter[str] = Counter()
    for name, cents in session.execute(
            select(RueckrechnungZeile.name, func.sum(RueckrechnungZeile.betrag))
            .join(Rueckrechnung, Rueckrechnung.id == RueckrechnungZeile.rueckrechnung_id)
            .join(Lauf, Lauf.id == Rueckrechnung.lauf_id)
            .join(Beschaeftigung, Beschaeftigung.id == Rueckrechnung.beschaeftigung_id)
            .where(Lauf.monat == month, Beschaeftigung.personalnummer == "TARIF", RueckrechnungZeile.bereich == "wert",
                   *(() if of is None else (Rueckrechnung.monat == of,)))
            .group_by(RueckrechnungZeile.name)):
        for key, names in LINES.items():
            found[key] += int(cents) if name in names else 0
    return found


def corrections(session: Any, month: date) -> dict[str, Entwurf]:
    return {one.empfaenger: one for one in nachweis.drafts(session, month) if one.unterart == "korrektur"}


def lines(found: Counter[str]) -> dict[str, int]:
    return {key: cents for key, cents in found.items() if cents}


def test_the_whole_month_moves_to_the_fund_it_belongs_to_and_back_again(fresh_town: Any) -> None:
    town = fresh_town
    with town.session() as session:
        fund = other_fund(session)
        other, number = fund.id, fund.betriebsnummer
        tk = session.scalars(select(Krankenkasse.id).where(Krankenkasse.betriebsnummer == TK)).one()
        may = slip(session, MAY)
        assert min(may.values()) > 0
    belongs_to(town, other, MAY)
    town.close(JUNE)
    with town.session() as session:
        found, changed = corrections(session, JUNE), later(session, JUNE)
        assert set(found) == {TK, number}
        assert found[TK].werte == lines(Counter({key: -cents for key, cents in may.items()}))
        assert found[number].werte == lines(Counter({key: may[key] + changed[key] for key in may}))
        assert {one.fuer for one in found.values()} == {MAY}
        assert found[TK].betrag + found[number].betrag == sum(changed.values())
        postings.create(session, JUNE)
        assert [one.stimmt for one in abgleich.checks(session, JUNE) if "Sozialversicherung" in one.was] == [True]
    belongs_to(town, tk, MAY)  # the certificate was wrong
    town.close(JULY)
    with town.session() as session:
        back, june = corrections(session, JULY), slip(session, JUNE)
        of_may = [one for one in nachweis.drafts(session, JULY) if one.unterart == "korrektur" and one.fuer == MAY]
        assert {one.empfaenger for one in of_may} == set(back) == {TK, number}
        given = {one.empfaenger: Counter(one.werte) for one in of_may}
        assert lines(given[TK]) == lines(may), "Mai steht wieder ganz bei der TK"
        assert lines(given[number]) == {key: -cents for key, cents in found[number].werte.items()}
        of_june = {one.empfaenger: one.werte for one in nachweis.drafts(session, JULY) if one.fuer == JUNE}
        assert of_june[number] == {key: -cents for key, cents in lines(june).items()}
        assert set(of_june) == {TK, number}


def may_without(town: Any, group: str) -> None:
    """Der Mai privat versichert, ohne Kasse, mit dieser Beitragsgruppe; ab Juni bleibt alles, wie es ist."""
    with town.session() as session:
        record_fact(session, Versicherung, beschaeftigung_id=find_employment(session, "TARIF").id, valid_from=MAY,
                    valid_to=date(2026, 5, 31), reason="falsche Kasse erfasst", kv_art="privat", beitragsgruppe=group,
                    personengruppe=101, elterneigenschaft=True, krankenkasse_id=None)


def of_may(session: Any, month: date) -> dict[str, Counter[str]]:
    return {one.empfaenger: Counter(one.werte) for one in nachweis.drafts(session, month) if one.fuer == MAY}


def test_taken_back_a_run_after_the_fund_was_lost_it_comes_from_the_fund_that_has_it(
        fresh_town: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Den Ort des Mais kennt weder der Lauf vom Juli noch der vom Juni, nur der vom Mai."""
    may_without(fresh_town, "0110")
    with fresh_town.session() as session:
        job = find_employment(session, "TARIF").id
        clear_fact(session, Zusatzversorgung, first=MAY, last=date(2026, 5, 31), reason="Irrtum", beschaeftigung_id=job)
    fresh_town.close(JUNE)
    may_without(fresh_town, "0000")
    fresh_town.close(JULY)
    with fresh_town.session() as session:
        may, june, july = slip(session, MAY), later(session, JUNE), later(session, JULY)
        assert june["0100"] + july["0100"] == -may["0100"]
        assert july["0100"] < june["0100"], "der Juni nimmt nur zurück, was die Umlage am Entgelt ausmacht"
        assert of_may(session, JULY) == {TK: Counter(lines(july))}
        assert of_may(session, JUNE) == {TK: Counter(lines(june))}
        lauf = session.scalars(select(Lauf).where(Lauf.monat == JULY)).one()
        late = werte.Gebucht(job, MAY, dict.fromkeys(versorgung.NAMES, 0) | {"zv_umlage": -100})
        monkeypatch.setattr(werte, "booked", lambda *_: [late])
        assert [(short, lines(found)) for (short, _), found in versorgung.totals(session, lauf).items()] == [
            ("rzvk", {"zv_umlage": -100})]


def test_a_month_without_a_fund_in_between_moves_from_the_last_that_had_it(fresh_town: Any) -> None:
    with fresh_town.session() as session:
        fund = other_fund(session)
        other, number = fund.id, fund.betriebsnummer
    may_without(fresh_town, "0110")
    fresh_town.close(JUNE)
    belongs_to(fresh_town, other, MAY)
    fresh_town.close(JULY)
    with fresh_town.session() as session:  # pension and unemployment have stayed at the first fund
        booked = slip(session, MAY)
        booked.update(later(session, JUNE))
        found, july = of_may(session, JULY), later(session, JULY, of=MAY)
        assert lines(found[TK]) == {key: -cents for key, cents in lines(booked).items()}
        booked.update(july)
        assert lines(found[number]) == lines(booked)


def test_what_stays_with_its_fund_makes_no_correction(fresh_town: Any) -> None:
    """Ein Wechsel ab dem laufenden Monat lässt die früheren, wo sie sind."""
    with fresh_town.session() as session:
        other = other_fund(session).id
    belongs_to(fresh_town, other, JUNE)
    fresh_town.close(JUNE)
    with fresh_town.session() as session:
        assert corrections(session, JUNE) == {}


def test_the_pension_fund_known_late_takes_the_month_along(fresh_town: Any) -> None:
    with fresh_town.session() as session:
        job = find_employment(session, "TARIF")
        held = session.scalars(select(Zusatzversorgung).where(Zusatzversorgung.beschaeftigung_id == job.id)).one()
        before = session.scalars(select(ZvKasse.kuerzel).where(ZvKasse.id == held.zv_kasse_id)).one()
        other = session.scalars(select(ZvKasse).where(ZvKasse.kuerzel == "vbl_west")).one()
        may = session.scalars(select(Ergebnis).where(Ergebnis.beschaeftigung_id == job.id)).one()
        own = Counter({name: getattr(may, name) for name in versorgung.NAMES})
        assert own["zv_umlage"] > 0
        record_fact(session, Zusatzversorgung, beschaeftigung_id=job.id, valid_from=MAY, zv_kasse_id=other.id,
                    reason="Anmeldung bei der falschen Kasse")
        name = other.kuerzel
    fresh_town.close(JUNE)
    with fresh_town.session() as session:
        june = session.scalars(select(Lauf).where(Lauf.monat == JUNE)).one()
        sums = {short: lines for (short, _), lines in versorgung.totals(session, june).items()}
        rest: Counter[str] = Counter()
        for row in session.scalars(select(Ergebnis).where(Ergebnis.lauf_id == june.id,
                                                          Ergebnis.beschaeftigung_id != job.id)):
            rest.update({one: getattr(row, one) for one in versorgung.NAMES})
        assert {one: sums[before][one] for one in own} == {one: rest[one] - own[one] for one in own}
        assert sums[name]["zv_umlage"] > own["zv_umlage"], "Juni und Mai"


AFTER = {"sv_brutto_rv": 0, "sv_brutto_kv": 0, "be_gesamt": 0, "sv_brutto_rv_vorjahr": 0, "sv_brutto_kv_vorjahr": 0}


def span(begin: date, end: date | None, fund: str, group: str = "1111") -> werte.Abschnitt:
    return werte.Abschnitt(begin, end, fund, "Kasse", group, 101)


def file_of(job: Any, end: date | None = None) -> Akte:
    return Akte(1, "100", job, "tarif", date(2020, 1, 1), end, None,
                dict.fromkeys(("nachname", "vorname", "geburtsdatum"), "x"), "", "", date(1980, 1, 1))


def test_pay_of_last_year_is_reported_with_the_insurance_of_that_december() -> None:
    """Märzklausel (§ 23a Abs. 4 SGB IV): Kasse und Gruppe des Dezembers (§ 5 Abs. 1 DEÜV), was auch später wechselt."""
    pay = Entgelte({date(2026, 3, 1): AFTER | {"sv_brutto_rv_vorjahr": 120_050, "sv_brutto_kv_vorjahr": 90_000}})
    old, new = span(date(2020, 1, 1), date(2025, 12, 31), "OLD"), span(date(2026, 1, 1), None, "NEW", "9111")
    (one,) = deuev._special(file_of(None), [old, new], pay, TK)
    assert (one.grund, str(one.von), str(one.bis), str(one.frist)) == ("54", "2025-12-01", "2025-12-31", "2026-05-12")
    assert (one.inhalt["kasse"], one.inhalt["beitragsgruppe"], one.inhalt["entgelt"]) == ("OLD", "1111", 1_201)
    (only_health,) = deuev._special(file_of(None), [span(date(2020, 1, 1), None, "OLD", "1001")], pay, TK)
    assert only_health.inhalt["entgelt"] == 900
    (begun,) = deuev._special(file_of(None), [new], pay, TK)
    assert begun.inhalt["kasse"] == "NEW"


def test_it_is_reported_although_nothing_else_is_due(fresh_town: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Wer vor dem ersten Monat hier eintrat, hat bis zur Jahresmeldung kein anderes Stück."""
    with fresh_town.session() as session:
        job = find_employment(session, "TARIF").id
        monkeypatch.setattr(deuev, "pay_of", lambda *_: {
            job: Entgelte({date(2026, 3, 1): AFTER | {"sv_brutto_rv_vorjahr": 100_000}})})
        made, deferred = deuev.expected(session, MAY, TK)
        assert [(one.personalnummer, one.grund) for one in made if one.grund == "54"] == [("TARIF", "54")]
        assert deferred == []


def test_no_requested_month_after_the_end_of_the_work() -> None:
    """Nach dem Ende gezahlt: die Monatsmeldung hat keinen Tag, und kein Zeitraum endet vor seinem Anfang."""
    pay = Entgelte({MAY: AFTER | {"sv_brutto_rv": 200_000}, JUNE: AFTER | {"sv_brutto_rv": 50_000}})
    wanted = verlangt.Verlangt(monate=[(MAY, date(2026, 6, 30), date(2026, 7, 2))])
    made = list(deuev._monthly(file_of(None, date(2026, 5, 15)), pay, wanted, [span(date(2020, 1, 1), None, TK)], TK))
    assert [(str(one.von), str(one.bis)) for one in made] == [("2026-05-01", "2026-05-15")]
