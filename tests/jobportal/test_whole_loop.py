"""Der ganze Weg: freie Stelle, Anzeige, Bewerbung, Auswahl, Angebot, Einstellung, erste Abrechnung; nichts zweimal."""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from typing import Any

import pytest
from sqlalchemy import select

from jobportal import applications, hiring, postings, selection
from jobportal.applications import Angaben
from jobportal.errors import Refused
from jobportal.models import Bewerbung, Einstellung
from payroll.law.parameters.uploaded import cells_on
from payroll.masterdata import catalogue
from payroll.masterdata.models import (
    Beschaeftigung,
    PersonAngaben,
    Steuermerkmale,
    Versicherung,
    Wiedervorlage,
    Zusatzversorgung,
)
from payroll.runs import einstellung
from payroll.runs import service as runs
from payroll.runs.models import Ergebnis
from payroll.web.desk.recruiting import steps_of
from staffplan.reading import stand
from tenants import service
from tenants.db.session import platform_session, tenant_session

TODAY, AFTER, LATE = date(2026, 8, 1), date(2026, 9, 10), date(2026, 9, 30)
BEGIN = date(2026, 11, 1)
STEPS = ("1", "2", "3", "4", "5", "6")
WHY = "Abschluss, Erfahrung und Gespräch zeigen die beste Eignung für die Aufgabe."
FORM = {"geburtsdatum": "12.05.1990", "strasse": "Ahornweg 3", "plz": "49999", "ort": "Auenstedt",
        "steuer_id": "86 095 742 719", "steuerklasse": "1", "konfession": "keine", "sv_nummer": "",
        "krankenkasse": "TK", "kv_art": "gesetzlich", "kinder": "nein",
        "iban": "DE02 1203 0000 0000 2020 51"}  # fmt: skip
PRIVATE = {"kv_art": "privat", "pkv_beitrag": "310,00", "pkv_basis": "270,00", "ppv_beitrag": "41,20"}


@pytest.fixture
def tenant(database: Any, plan_builder: Any) -> int:
    """Ein Arbeitgeber mit Stellenplan und Katalog."""
    with platform_session(actor="test") as session:
        made = service.create_tenant(session, "001", "Kreis Beispiel", "kreis", demonstration=True)
    with tenant_session(made.id, actor="pia") as session:
        catalogue.seed(session)
        plan_builder(session)
    return made.id


def selected(tenant: int, hang_out: Any) -> None:
    """Von der Stelle bis zur Entscheidung."""
    with tenant_session(tenant, actor="pia") as session:
        key = hang_out(session, stelle="5001", today=TODAY, frist=date(2026, 9, 1), beginn=BEGIN).public_id
        row, _ = applications.start(session, key, "de", TODAY)
        applications.store(session, row, Angaben("Ida", "Neu", "ida@beispiel.example", anrede="frau"),
                           schwerbehindert=False)
        applications.submit(session, row, TODAY, fassung="1", pool=False)
        selection.check_formally(session, row, "")
        selection.put(session, row, "engere_wahl")
    for who in ("pia", "dora"):
        with tenant_session(tenant, actor=who) as session:
            posting = postings.find(session, key)
            assert posting is not None
            row = selection.all_of(session, posting)[0]
            selection.rate(session, row, {one.id: (4, "sehr gut") for one in postings.profile(session, posting)})
    with tenant_session(tenant, actor="pia") as session:
        posting = postings.find(session, key)
        assert posting is not None
        selection.propose(session, posting, selection.all_of(session, posting)[0], WHY, AFTER)
        for side in ("personal", "gleichstellung", "personalrat", "schwerbehinderung"):
            postings.decide_step(session, posting, "auswahl", side, "zugestimmt", "")
    with tenant_session(tenant, actor="dora") as session:
        posting = postings.find(session, key)
        assert posting is not None
        selection.decide(session, posting, AFTER)


def contract(**changes: str) -> hiring.Vertrag:
    values = {"stelle": "5001", "gruppe": "E9b", "stufe": "3", "stufe_grund": "drei Jahre Wohngeldstelle anerkannt",
              "wochenstunden": "39", "vollzeitstunden": "39", "probezeit_bis": "2027-04-30", "befristet_bis": ""}
    return hiring.Vertrag(**(values | changes))


def test_from_vacant_post_to_first_payslip(tenant: int, hang_out: Any) -> None:
    selected(tenant, hang_out)
    with tenant_session(tenant, actor="pia") as session:
        row = session.scalars(select(Bewerbung)).one()
        with pytest.raises(Refused, match="anerkannte Erfahrung nennen"):
            hiring.offer(session, row, BEGIN, contract(stufe_grund=""), LATE, steps=STEPS)
        made = hiring.offer(session, row, BEGIN, contract(), LATE, steps=STEPS)
        with pytest.raises(Refused, match="die Angaben der künftigen Beschäftigten fehlen"):
            einstellung.carry_out(session, made, "10001")
        hiring.answer(session, row, True)
        given = hiring.read(FORM)
        assert hiring.problems(given, einstellung.funds(session), LATE) == {}
        hiring.store(session, row, given)
        assert b"86095742719" not in (made.angaben_siegel or b"")
        person = einstellung.carry_out(session, made, "10001")
        assert (made.zustand, made.angaben_siegel, row.zustand) == ("vollzogen", None, "eingestellt")
        file = session.scalars(select(PersonAngaben).filter_by(person_id=person.id)).one()
        assert (file.vorname, file.nachname, file.geburtsdatum) == ("Ida", "Neu", date(1990, 5, 12))
        post = stand(session, BEGIN).stellen["5001"]
        assert [(one.personalnummer, one.anteil, one.gruppe) for one in post.besetzungen] == [
            ("10001", Fraction(1), "E9b")]
    with tenant_session(tenant, actor="karl") as session:
        runs.calculate(session, BEGIN, key="erster")
        job = session.scalars(select(Beschaeftigung)).one()
        paid = session.scalars(select(Ergebnis).filter_by(beschaeftigung_id=job.id)).one()
        table = cells_on(BEGIN)["TVoeD-VKA", "E9b", "3"].cent
        assert paid.gesamtbrutto == table
        assert 0 < paid.auszahlung < table


@pytest.mark.parametrize(("change", "field"), [
    ({"geburtsdatum": "31.02.1990"}, "geburtsdatum"), ({"steuer_id": "12345678901"}, "steuer_id"),
    ({"iban": "DE02120300000000202052"}, "iban"), ({"krankenkasse": "Erfunden"}, "krankenkasse"),
    ({"steuerklasse": "9"}, "steuerklasse"), ({"plz": "x"}, "plz"), ({"sv_nummer": "123"}, "sv_nummer"),
    ({"konfession": "andere"}, "konfession"), ({"kv_art": "keine"}, "kv_art"), ({"kinder": ""}, "kinder"),
    (PRIVATE | {"pkv_basis": ""}, "pkv_basis"), (PRIVATE | {"ppv_beitrag": "vierzig"}, "ppv_beitrag"),
], ids=lambda value: value if isinstance(value, str) else next(iter(value)))  # fmt: skip
def test_wrong_facts_are_named(change: dict[str, str], field: str) -> None:
    import app as application
    from tenants.web.settings import Settings

    with application.create_app(Settings(b"t" * 32, https=False)).test_request_context("/stellen"):
        assert list(hiring.problems(hiring.read(FORM | change), ["TK"], LATE)) == [field]


def test_a_refused_hire_leaves_nothing(tenant: int, hang_out: Any) -> None:
    selected(tenant, hang_out)
    with tenant_session(tenant, actor="pia") as session:
        row = session.scalars(select(Bewerbung)).one()
        made = hiring.offer(session, row, BEGIN, contract(stelle="5002", gruppe="E9b"), LATE, steps=STEPS)
        hiring.answer(session, row, True)
        hiring.store(session, row, hiring.read(FORM))
        with pytest.raises(Refused):  # E9b on a post of E6 needs a reason in the staffing plan
            einstellung.carry_out(session, made, "10001")
        assert session.scalars(select(Beschaeftigung)).all() == []
        assert session.scalars(select(Einstellung.zustand)).one() == "angaben_da"
        hiring.done(session, made, "zugang")
        assert [one["was"] for one in made.aufgaben if one["erledigt"]] == ["zugang"]


def hired(tenant: int, hang_out: Any, offered: hiring.Vertrag, form: dict[str, str]) -> Beschaeftigung:
    """Angebot, Angaben, Einstellung, erster Lauf."""
    selected(tenant, hang_out)
    with tenant_session(tenant, actor="pia") as session:
        row = session.scalars(select(Bewerbung)).one()
        steps = steps_of(session, offered.gruppe, BEGIN)
        made = hiring.offer(session, row, BEGIN, offered, LATE, steps=steps)
        hiring.answer(session, row, True)
        given = hiring.read(form)
        civil = hiring.contract(made).besoldet
        assert hiring.problems(given, einstellung.funds(session), LATE, civil=civil) == {}
        hiring.store(session, row, given)
        einstellung.carry_out(session, made, "10001")
    with tenant_session(tenant, actor="karl") as session:
        runs.calculate(session, BEGIN, key="erster")
        return session.scalars(select(Beschaeftigung)).one()


def test_an_officer_is_hired_without_contributions_and_with_private_insurance(tenant: int, hang_out: Any) -> None:
    offered = contract(stelle="", gruppe="A9", stufe="4", stufe_grund="zwei Jahre hauptberuflich (§ 30 LBesG NRW)",
                       wochenstunden="41", vollzeitstunden="41", zv_kasse="")
    job = hired(tenant, hang_out, offered, FORM | PRIVATE | {"krankenkasse": "", "kinder": "ja"})
    with tenant_session(tenant, actor="karl") as session:
        paid = session.scalars(select(Ergebnis).filter_by(beschaeftigung_id=job.id)).one()
        table = cells_on(BEGIN)["NRW-A", "A9", "4"].cent
        assert paid.gesamtbrutto == table
        facts = session.scalars(select(Versicherung)).one()
        assert (facts.kv_art, facts.beitragsgruppe, facts.pkv_beitrag_monat_cent) == ("privat", None, 31_000)
        tax = session.scalars(select(Steuermerkmale)).one()
        assert tax.pkv_basis_monat_cent == 27_000 + 4_120
        assert session.scalars(select(Zusatzversorgung)).all() == []
        asked = {row.gesetz for row in session.scalars(select(Wiedervorlage))}
        assert asked == {"§ 55 Abs. 3 und 3a SGB XI", "§ 257 Abs. 2a SGB V", "§§ 42, 43 LBesG NRW"}


@pytest.mark.parametrize(("kind", "group"), [("freiwillig", "9111"), ("privat", "0110")])
def test_the_contribution_group_follows_the_insurance(tenant: int, hang_out: Any, kind: str, group: str) -> None:
    hired(tenant, hang_out, contract(zv_kasse="vbl_west"), FORM | PRIVATE | {"kv_art": kind})
    with tenant_session(tenant, actor="karl") as session:
        facts = session.scalars(select(Versicherung)).one()
        assert (facts.kv_art, facts.beitragsgruppe, facts.personengruppe) == (kind, group, 101)
        assert (facts.pkv_beitrag_monat_cent > 0) == (kind == "privat")
        fund = session.scalars(select(Zusatzversorgung)).one()
        assert fund.zv_kasse_id == catalogue.ids(session).zv_kassen["vbl_west"]
        assert einstellung.pension_funds(session)[0][0] == "vbl_west"


@pytest.mark.parametrize(("changes", "words"), [
    ({"gruppe": "E1", "stufe": "1"}, "die Gruppe hat die Stufen 2, 3, 4, 5, 6"),
    ({"gruppe": "B3", "stufe": "1", "zv_kasse": ""}, "keine Stufen, hier 0 angeben"),
    ({"gruppe": "A5", "stufe": "12", "zv_kasse": ""}, "§§ 29, 30 LBesG NRW"),
    ({"gruppe": "A9", "stufe": "4"}, "nicht in der Zusatzversorgung"),
    ({"gruppe": "E99", "stufe": "1"}, "gibt es nicht"),
    ({"gruppe": "AT", "stufe": "1"}, "keine Tabelle"),
])  # fmt: skip
def test_an_offer_that_no_table_knows_is_refused(
    tenant: int, hang_out: Any, changes: dict[str, str], words: str
) -> None:
    selected(tenant, hang_out)
    with tenant_session(tenant, actor="pia") as session:
        row = session.scalars(select(Bewerbung)).one()
        offered = contract(**changes)
        with pytest.raises(Refused, match=words):
            hiring.offer(session, row, BEGIN, offered, LATE, steps=steps_of(session, offered.gruppe, BEGIN))
