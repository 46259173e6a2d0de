"""Was frei ist oder es wird, schlägt eine Ausschreibung vor; ein Schritt macht daraus einen Entwurf mit Mitwirkung."""

from __future__ import annotations

from datetime import date
from fractions import Fraction

import pytest

from jobportal import postings, vacancies
from jobportal.errors import Refused
from staffplan import notes, occupancy, organisation, posts
from staffplan.state import Besetzung, Stelle, Vermerk
from tenants.db.session import TenantSession

TODAY, PLAN = date(2026, 11, 25), date(2026, 1, 1)
HALF = Fraction(1, 2)


@pytest.fixture
def staffed(office: TenantSession) -> TenantSession:
    """5001 wird durch Ruhestand frei, 5002 ist gesperrt; 5003 halb frei, 5004 kw, 5005 Elternzeit, 5006 endet."""
    for number, group in (("5003", "E8"), ("5004", "E8"), ("5005", "E9a"), ("5006", "E7"), ("5007", "E7")):
        posts.create(office, Stelle(number, "Sachbearbeitung", "stelle", group, Fraction(1), "50", beschluss="Plan",
                                    ab=PLAN, verteilung=(("05.01", Fraction(1)),)), reason="Plan")
    notes.put(office, "5002", Vermerk("sperre", PLAN), reason="Sperre")
    notes.put(office, "5004", Vermerk("kw", PLAN), reason="Plan", by_plan=True)
    for number, who, share, until, state in (
            ("5001", "11", Fraction(1), None, "aktiv"), ("5003", "12", HALF, None, "aktiv"),
            ("5005", "13", Fraction(1), date(2027, 5, 31), "elternzeit"),
            ("5006", "14", Fraction(1), date(2027, 3, 31), "aktiv"), ("5007", "15", Fraction(1), None, "aktiv")):
        occupancy.occupy(office, Besetzung(number, who, share, {"5001": "E9b", "5005": "E9a", "5003": "E8"}.get(
            number, "E7"), PLAN, until, state), reason="Bestand")
    return office


def test_what_is_or_becomes_vacant_is_proposed(staffed: TenantSession) -> None:
    found = vacancies.proposals(staffed, TODAY, {"11": date(2027, 1, 31), "15": date(2029, 1, 31)})
    assert [(one.stelle, one.ab, one.anteil, one.grund, one.bis) for one in found] == [
        ("5003", TODAY, HALF, "frei", None),
        ("5005", TODAY, Fraction(1), "Vertretung während einer Beurlaubung", date(2027, 5, 31)),
        ("5001", date(2027, 2, 1), Fraction(1), "jemand scheidet aus", None),
        ("5006", date(2027, 4, 1), Fraction(1), "eine Besetzung endet", None)]
    assert all(one.laufend is None for one in found)


def test_one_step_makes_the_draft_with_everybody_who_takes_part(staffed: TenantSession) -> None:
    first, leave = vacancies.proposals(staffed, TODAY, {})[:2]
    assert vacancies.next_number(staffed, TODAY) == "2026-01"
    row = vacancies.advertise(staffed, leave, "2026-01", TODAY, (300_000, 400_000))
    assert (row.zustand, row.stelle, row.inhalt["befristet_bis"], row.inhalt["entgelt_von"]) == (
        "entwurf", "5005", "2027-05-31", 300_000)
    steps = postings.steps(staffed, row, "ausschreibung")
    assert {step.wer for step in steps} == {"personal", "gleichstellung", "personalrat", "schwerbehinderung"}
    assert all(step.ergebnis == "offen" and step.frist > TODAY for step in steps)
    assert vacancies.next_number(staffed, TODAY) == "2026-02"
    now = {one.stelle: one for one in vacancies.proposals(staffed, TODAY, {})}
    assert now["5005"].laufend is not None
    assert now["5003"].laufend is None
    with pytest.raises(Refused, match="läuft schon die Ausschreibung 2026-01"):
        vacancies.advertise(staffed, now["5005"], "2026-02", TODAY, None)
    half = vacancies.advertise(staffed, first, "2026-02", TODAY, None)
    assert half.inhalt["teilzeit"] is True


def test_a_post_to_be_converted_is_advertised_with_its_target(office: TenantSession) -> None:
    organisation.unit(office, "60", name="Bauamt", ab=PLAN, reason="Aufbau")
    posts.create(office, Stelle("6001", "Technik", "stelle", "E11", Fraction(1), "60", beschluss="Plan", ab=PLAN,
                                verteilung=(("05.01", Fraction(1)),)), reason="Plan")
    notes.put(office, "6001", Vermerk("ku", PLAN, ziel_gruppe="E10"), reason="Plan", by_plan=True)
    found = {one.stelle: one for one in vacancies.proposals(office, TODAY, {})}
    assert found["6001"].gruppe == "E10"
