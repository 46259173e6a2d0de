"""Ausschreibung: was das Recht verlangt, wer mitwirkt, was aushängt und wie sie sich ändert."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.exc import ProgrammingError

from jobportal import postings, settings
from jobportal.content import Anzeige, from_json, paragraphs
from jobportal.errors import Refused
from jobportal.models import Aushang, AusschreibungFassung
from jobportal.rules import legal
from staffplan import notes
from staffplan.state import Vermerk
from tenants.audit.models import AuditEntry

TODAY = date(2026, 11, 25)
BLOCKS = settings.Regeln().bausteine


def found(anzeige: Anzeige, blocks: dict[str, str] = BLOCKS) -> dict[str, str]:
    return {one.feld: one.recht for one in legal.errors(legal.check(anzeige, blocks, TODAY))}


def test_a_complete_posting_has_no_error(complete: Anzeige) -> None:
    assert found(complete) == {}
    assert from_json(complete.as_json()) == complete


@pytest.mark.parametrize(("change", "field", "law"), [
    ({"titel": "Sachbearbeiter Wohngeld"}, "titel", "§ 11 AGG"),
    ({"titel": ""}, "titel", "§ 8 Abs. 5 LGG NRW"),
    ({"entgelt_von": None}, "entgelt_von", "2023/970"),
    ({"entgelt_von": 600_000}, "entgelt_bis", "2023/970"),
    ({"teilzeit": False}, "teilzeit_grund", "§ 8 Abs. 6 LGG NRW"),
    ({"frist": None}, "frist", "§ 8 LGG NRW"),
    ({"frist": date(2026, 11, 1)}, "frist", "§ 8 LGG NRW"),
    ({"kontakt_name": ""}, "kontakt_name", "Art. 13"),
    ({"plz": "123"}, "ort", "NachwG"),
    ({"profil": " "}, "profil", "LGG"),
    ({"kurz": "Ein junges Team erwartet Sie"}, "texte", "§§ 1, 11 AGG"),
    ({"profil": "Deutsch als Muttersprache"}, "texte", "Herkunft"),
    ({"angebot": "Bitte mit Lichtbild bewerben"}, "texte", "AGG"),
], ids=lambda value: str(value)[:24])  # fmt: skip
def test_what_the_law_demands(complete: Anzeige, change: dict[str, Any], field: str, law: str) -> None:
    wrong = found(replace(complete, **change))
    assert list(wrong) == [field]
    assert law in wrong[field]


def test_blocks_of_the_tenant_may_not_be_empty(complete: Anzeige) -> None:
    assert list(found(complete, BLOCKS | {"schwerbehinderung": ""})) == ["baustein_schwerbehinderung"]
    assert list(found(complete, BLOCKS | {"frauen": ""})) == ["baustein_frauen"]
    assert found(replace(complete, unterrepraesentiert=False), BLOCKS | {"frauen": ""}) == {}


def test_a_short_deadline_is_a_note_only(complete: Anzeige) -> None:
    soon = replace(complete, frist=TODAY + timedelta(days=5))
    assert found(soon) == {}
    assert [one.stufe for one in legal.check(soon, BLOCKS, TODAY)] == ["hinweis"]


def test_prefilled_from_the_staffing_plan(office: Any) -> None:
    made = postings.from_post(office, "5001", TODAY)
    assert (made.titel, made.gruppe, made.einheit) == ("Sachbearbeitung Wohngeld (m/w/d)", "E9b", "Sozialamt")
    with pytest.raises(Refused, match=r"Stelle 9999: am 25\.11\.2026 nicht im Stellenplan"):
        postings.from_post(office, "9999", TODAY)
    notes.put(office, "5002", Vermerk("sperre", date(2026, 1, 1)), reason="Haushalt")
    with pytest.raises(Refused, match="gesperrt"):
        postings.from_post(office, "5002", TODAY)


def test_numbers_are_unique_and_incomplete_drafts_are_not_submitted(office: Any, complete: Anzeige) -> None:
    row = postings.draft(office, "2026-1", Anzeige(titel="x"))
    with pytest.raises(Refused, match="schon vergeben"):
        postings.draft(office, "2026-1", complete)
    with pytest.raises(Refused, match="Pflichtangaben fehlen"):
        postings.submit(office, row, TODAY)
    postings.save(office, row, complete)
    with pytest.raises(Refused, match="Das Anforderungsprofil fehlt"):
        postings.submit(office, row, TODAY)


def test_every_side_takes_part_before_it_hangs(office: Any, complete: Anzeige) -> None:
    row = postings.draft(office, "2026-2", complete)
    postings.set_profile(office, row, [postings.Merkmal("Erfahrung", False, 100)])
    postings.submit(office, row, TODAY)
    deadlines = {one.wer: (one.frist - TODAY).days for one in postings.steps(office, row, "ausschreibung")}
    assert deadlines == {"personal": 3, "gleichstellung": 7, "personalrat": 14, "schwerbehinderung": 7}
    days = {"intern_ab": TODAY, "extern_ab": TODAY}
    with pytest.raises(Refused, match=r"personal \(bis 28\.11\.2026\), gleichstellung"):
        postings.publish(office, row, **days, today=TODAY)
    with pytest.raises(Refused, match="Begründung"):
        postings.decide_step(office, row, "ausschreibung", "personalrat", "abgelehnt", "")
    postings.decide_step(office, row, "ausschreibung", "personalrat", "abgelehnt", "Gruppe zu niedrig")
    postings.decide_step(office, row, "ausschreibung", "personal", "zugestimmt", "")
    late = TODAY + timedelta(days=8)
    with pytest.raises(Refused, match=r"es fehlt noch: personalrat hat abgelehnt\.$"):
        postings.publish(office, row, intern_ab=late, extern_ab=late, today=late)
    outcome = {one.wer: one.ergebnis for one in postings.steps(office, row, "ausschreibung")}
    assert outcome["gleichstellung"] == outcome["schwerbehinderung"] == "frist_abgelaufen"
    postings.save(office, row, replace(complete, gruppe="E9c"))
    assert {one.ergebnis for one in postings.steps(office, row, "ausschreibung")} == {"offen"}
    assert row.zustand == "entwurf"


def test_internal_before_external_and_profile_fixed(office: Any, hang_out: Any) -> None:
    row = hang_out(office, extern_ab=TODAY + timedelta(days=14))
    hung = office.scalars(select(Aushang)).one()
    assert (hung.intern_ab, hung.extern_ab, hung.bis) == (TODAY, date(2026, 12, 9), date(2026, 12, 31))
    assert hung.public_id == row.public_id
    assert any("Landesgleichstellungsgesetz" in text for text in hung.inhalt["bausteine"])
    with pytest.raises(Refused, match="steht seit der Veröffentlichung fest"):
        postings.set_profile(office, row, [postings.Merkmal("neu", True, 100)])
    with pytest.raises(Refused, match="in der Reihenfolge"):
        hang_out(office, "2026-18", extern_ab=date(2027, 1, 15))


def test_amendments_leave_their_trace(office: Any, hang_out: Any, complete: Anzeige) -> None:
    row = hang_out(office)
    with pytest.raises(Refused, match="Grund angeben"):
        postings.amend(office, row, complete, reason=" ", today=TODAY)
    with pytest.raises(Refused, match="nur länger"):
        postings.amend(office, row, replace(complete, frist=date(2026, 12, 20)), reason="kürzer", today=TODAY)
    longer = replace(complete, frist=date(2027, 1, 15))
    postings.amend(office, row, longer, reason="Feiertage", today=TODAY)
    assert [(one.nummer, one.grund) for one in postings.versions(office, row)] == [
        (2, "Feiertage"), (1, "Veröffentlichung")]
    assert postings.versions(office, row)[1].inhalt["frist"] == "2026-12-31"
    hung = office.scalars(select(Aushang)).one()
    assert (hung.bis, hung.inhalt["frist"]) == (date(2027, 1, 15), "2027-01-15")
    with pytest.raises(ProgrammingError, match="permission denied"):
        tamper(office)


def tamper(session: Any) -> None:
    with session.begin_nested():
        session.scalars(select(AusschreibungFassung).filter_by(nummer=1)).one().grund = "anders"


def test_withdrawn_is_taken_down(office: Any, hang_out: Any) -> None:
    row = hang_out(office)
    postings.withdraw(office, row, reason="Stelle entfällt")
    hung = office.scalars(select(Aushang)).one()
    office.refresh(hung)
    assert hung.abgenommen_am is not None
    with pytest.raises(Refused, match="lässt sich nicht zurückziehen"):
        postings.withdraw(office, row, reason="noch einmal")
    actions = list(office.scalars(select(AuditEntry.action).where(AuditEntry.action.like("ausschreibung.%"))))
    assert actions.count("ausschreibung.mitwirkung") == 4
    assert actions[-1] == "ausschreibung.zurückgezogen"


def test_settings_are_dated_and_checked(office: Any) -> None:
    settings.store(office, date(2026, 12, 1), replace(settings.Regeln(), farbe="gruen"), reason="Wappen")
    assert settings.of(office, TODAY).farbe == "blau"
    assert settings.of(office, date(2026, 12, 1)).farbe == "gruen"
    for wrong in ({"loeschen_monate": 4}, {"farbe": "bunt"}, {"einbetten": ["http://x.example"]},
                  {"fristen": {"personalrat": 0}}, {"kleinste_gruppe": 1}):
        with pytest.raises(Refused, match=r"Einstellung|Einbetten|Fristen"):
            replace(settings.Regeln(), **wrong).check()
    # § 15 Abs. 4 AGG two months, § 61b Abs. 1 ArbGG three, one for the delivery of the refusal
    assert settings.Regeln().loeschen_monate == 6


def test_text_becomes_paragraphs_and_lists() -> None:
    made = paragraphs("Sie führen.\n- eins\n- zwei\n\nUnd mehr\nnoch")
    assert [(one.liste, one.zeilen) for one in made] == [
        (False, ("Sie führen.",)), (True, ("eins", "zwei")), (False, ("Und mehr", "noch"))]
