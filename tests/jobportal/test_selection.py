"""Auswahl: blinde Einschätzungen, genaue Rangfolge, Pflichten nach SGB IX, LGG, Art. 33 GG, zweite Person, Absagen."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from typing import Any

import pytest

from jobportal import applications, postings, selection
from jobportal.applications import Angaben
from jobportal.errors import Refused
from jobportal.models import Ausschreibung, Bewerbung
from jobportal.rules import selection as rules
from tenants.db.session import TenantSession, tenant_session

TODAY = date(2026, 11, 25)
AFTER = date(2027, 1, 4)
WHY = "Die Abschlüsse, die Erfahrung und das Gespräch zeigen die beste Eignung für diese Aufgabe."


class Case:
    """Ein Verfahren mit vier Bewerbungen; act() öffnet die Sitzung einer Person."""

    def __init__(self, tenant: int, hang_out: Any) -> None:
        self.tenant = tenant
        with self.act("pia") as session:
            self.key = hang_out(session).public_id
            for name, anrede, disabled in (("Arndt", "frau", False), ("Beck", "herr", False), ("Cem", "herr", True),
                                           ("Dorn", "", False)):
                row, _ = applications.start(session, self.key, "de", TODAY)
                given = Angaben("Kim", name, f"{name.lower()}@beispiel.example", anrede=anrede)
                applications.store(session, row, given, schwerbehindert=disabled)
                applications.submit(session, row, TODAY, fassung="1", pool=False)

    def act(self, who: str) -> Any:
        return tenant_session(self.tenant, actor=who)

    def posting(self, session: TenantSession) -> Ausschreibung:
        found = postings.find(session, self.key)
        assert found is not None
        return found

    def row(self, session: TenantSession, number: int) -> Bewerbung:
        return selection.all_of(session, self.posting(session))[number - 1]

    def rate(self, who: str, number: int, *points: int) -> None:
        with self.act(who) as session:
            profile = postings.profile(session, self.posting(session))
            selection.rate(session, self.row(session, number),
                           {one.id: (value, "weil") for one, value in zip(profile, points, strict=True)})


@pytest.fixture
def case(two_tenants: tuple[int, int], hang_out: Any) -> Iterator[Case]:
    """Alle formal geprüft, zwei haben drei Bewerbungen eingeschätzt."""
    made = Case(two_tenants[0], hang_out)
    with made.act("pia") as session:
        for number in (1, 2, 3, 4):
            selection.check_formally(session, made.row(session, number), "")
    given = {"pia": ((4, 3, 4), (4, 4, 4), (3, 3, 3)), "dora": ((4, 4, 2), (3, 4, 4), (2, 2, 2))}
    for who, (first, second, third) in given.items():
        made.rate(who, 1, *first)
        made.rate(who, 2, *second)
        made.rate(who, 3, *third)
    return made


def test_ranking_is_exact_and_weighted(case: Case) -> None:
    """Gewichte 40, 35, 25 von höchstens 4 Punkten, zwei Personen: 2 * 4 * 100 = 800 erreichbar."""
    with case.act("pia") as session:
        ranked = selection.ranking(session, case.posting(session))
        values = {one.bewerbung.nummer: one.wert for one in ranked}
    # 1: 40*(4+4) + 35*(3+4) + 25*(4+2) = 715; 2: 40*7 + 35*8 + 25*8 = 760; 3: 100*5 = 500
    assert values == {2: Fraction(760, 800), 1: Fraction(715, 800), 3: Fraction(500, 800), 4: None}
    assert [one.bewerbung.nummer for one in ranked] == [2, 1, 3, 4]
    assert [one.prozent for one in ranked] == ["95,0 %", "89,4 %", "62,5 %", "–"]


def test_a_missing_must_moves_behind(case: Case) -> None:
    for who in ("pia", "dora"):
        case.rate(who, 2, 0, 4, 4)
    with case.act("pia") as session:
        ranked = selection.ranking(session, case.posting(session))
    assert [(one.bewerbung.nummer, len(one.fehlt)) for one in ranked] == [(1, 0), (3, 0), (2, 1), (4, 0)]


def test_nobody_sees_others_points_before_giving_his_own(case: Case) -> None:
    with case.act("emil") as session:
        assert selection.ratings(session, case.row(session, 1)) == {}
    case.rate("emil", 1, 1, 1, 1)
    with case.act("emil") as session:
        assert set(selection.ratings(session, case.row(session, 1))) == {"pia", "dora", "emil"}
        with pytest.raises(Refused, match="zu jedem Merkmal 0 bis 4"):
            selection.rate(session, case.row(session, 1), {1: (5, "x")})


def test_disabled_applicants_are_invited_unless_obviously_unfit(case: Case) -> None:
    with case.act("pia") as session:
        posting = case.posting(session)
        found = [one for one in rules.findings(session, posting, TODAY) if one.stufe == "fehler"]
        assert [(one.feld, one.recht) for one in found] == [("3", "§ 165 Satz 3, 4 SGB IX")]
        selection.check_formally(session, case.row(session, 3), "Der zwingende Abschluss fehlt")
        assert [one for one in rules.findings(session, posting, TODAY) if one.stufe == "fehler"] == []
        selection.check_formally(session, case.row(session, 3), "")
        selection.invite(session, case.row(session, 3), at(10), 45, "Raum 1")
        assert [one for one in rules.findings(session, posting, TODAY) if one.stufe == "fehler"] == []


def at(hour: int) -> datetime:
    return datetime(2027, 1, 11, hour, tzinfo=UTC)


def test_women_are_invited_in_equal_number(case: Case) -> None:
    with case.act("pia") as session:
        selection.invite(session, case.row(session, 2), at(9), 45, "Raum 1")
        found = {one.recht for one in rules.findings(session, case.posting(session), TODAY)}
        assert "§ 9 Abs. 1 LGG NRW" in found
        selection.invite(session, case.row(session, 1), at(10), 45, "Raum 1")
        found = {one.recht for one in rules.findings(session, case.posting(session), TODAY)}
        assert "§ 9 Abs. 1 LGG NRW" not in found


def test_rooms_are_not_double_booked(case: Case) -> None:
    with case.act("pia") as session:
        talk = selection.invite(session, case.row(session, 1), at(9), 60, "Raum 1")
        with pytest.raises(Refused, match="Raum 1 ist dann belegt"):
            selection.invite(session, case.row(session, 2), at(9) + timedelta(minutes=30), 60, "Raum 1")
        selection.invite(session, case.row(session, 2), at(10), 60, "Raum 1")
        selection.cancel(session, case.row(session, 1), talk)
        selection.invite(session, case.row(session, 3), at(9), 60, "Raum 1")


def prepared(case: Case, chosen: int, why: str = WHY) -> None:
    with case.act("pia") as session:
        for number in (1, 2, 3):
            selection.invite(session, case.row(session, number), at(8 + number), 45, "Raum 1")
        selection.propose(session, case.posting(session), case.row(session, chosen), why, AFTER)


def agree(case: Case) -> None:
    with case.act("alle") as session:
        for who in ("personal", "gleichstellung", "personalrat", "schwerbehinderung"):
            postings.decide_step(session, case.posting(session), "auswahl", who, "zugestimmt", "")


def test_decision_by_a_second_person_after_all_took_part(case: Case) -> None:
    with case.act("pia") as session, pytest.raises(Refused, match="nach dem Ende der Bewerbungsfrist"):
        selection.propose(session, case.posting(session), case.row(session, 2), WHY, TODAY)
    prepared(case, 2)
    with case.act("dora") as session, pytest.raises(Refused, match="es fehlt noch: personal"):
        selection.decide(session, case.posting(session), AFTER)
    agree(case)
    with case.act("pia") as session, pytest.raises(Refused, match="wer vorgeschlagen hat, entscheidet nicht"):
        selection.decide(session, case.posting(session), AFTER)
    with case.act("dora") as session:
        assert selection.decide(session, case.posting(session), AFTER).nummer == 2
        posting = case.posting(session)
        assert (posting.zustand, posting.warten_bis) == ("entschieden", date(2027, 1, 18))
        made = selection.memo(session, posting)
        assert made is not None
        assert selection.reason(session, posting, made) == WHY


def test_not_the_best_needs_a_long_reason(case: Case) -> None:
    with pytest.raises(Refused, match="mindestens 200 Zeichen"):
        prepared(case, 1)
    prepared(case, 1, WHY * 3)
    with case.act("pia") as session:
        found = [one.text for one in rules.findings(session, case.posting(session), AFTER)]
        assert "Bewerbung 2 liegt nach Punkten vor der vorgeschlagenen" in found
    with case.act("pia") as session, pytest.raises(Refused, match="steht nicht in der engeren Wahl"):
        selection.propose(session, case.posting(session), case.row(session, 4), WHY, AFTER)


def test_refusals_wait_and_rest_with_a_dispute(case: Case) -> None:
    prepared(case, 2)
    agree(case)
    with case.act("dora") as session:
        selection.decide(session, case.posting(session), AFTER)
    later = date(2027, 1, 19)
    with case.act("pia") as session:
        posting = case.posting(session)
        with pytest.raises(Refused, match=r"Wartefrist läuft bis 18\.01\.2027"):
            selection.refuse_others(session, posting, date(2027, 1, 18))
        selection.rest(session, posting, "Eilantrag 1 L 17/27")
        with pytest.raises(Refused, match="ruht"):
            selection.refuse_others(session, posting, later)
        selection.rest(session, posting, None)
        refused = selection.refuse_others(session, posting, later)
        assert [(one.nummer, one.zustand, one.loeschen_am) for one in refused] == [
            (number, "absage", date(2027, 7, 19)) for number in (1, 3, 4)]
        assert selection.refuse_others(session, posting, later) == []


def test_equality_figures_hide_small_groups(case: Case) -> None:
    prepared(case, 2)
    with case.act("pia") as session:
        shown = dict(rules.figures(session, case.posting(session), 1))
        hidden = dict(rules.figures(session, case.posting(session), 2))
    assert shown["beworben"] == {"weiblich": 1, "maennlich": 2, "divers": 0, "ohne": 1}
    assert shown["eingeladen"] == {"weiblich": 1, "maennlich": 2, "divers": 0, "ohne": 0}
    assert hidden["beworben"] == {"weiblich": None, "maennlich": 2, "divers": 0, "ohne": None}
    assert hidden["eingeladen"] == {"weiblich": None, "maennlich": None, "divers": 0, "ohne": 0}, "sonst folgt es"
