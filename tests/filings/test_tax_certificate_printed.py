"""Lohnsteuerbescheinigung (§ 41b EStG): Abzugsmerkmale im Satz, Ausdruck für die Person aus dem Freigegebenen."""

from __future__ import annotations

import io
import uuid
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from pypdf import PdfReader
from sqlalchemy import select

from payroll.filings.jahresende import ausdruck, ausdruck_pdf
from payroll.filings.meldungen import alle, bescheinigung, datei, merkmale, speichern, stamm
from payroll.filings.meldungen.merkmale import Merkmal
from payroll.filings.models import Meldung
from payroll.masterdata.models import BeschaeftigungAngaben, Steuermerkmale
from payroll.masterdata.service import record_fact

MAY = date(2026, 5, 1)
ONE = Merkmal(date(2025, 3, 1), date(2026, 6, 30), 1, None, Decimal("0.5"), "rk", (0, 0), (0, 0))
TWO = Merkmal(date(2026, 7, 1), None, 4, Decimal("0.912"), Decimal(1), "", (120_000, 10_000), (0, 6_005))


@pytest.mark.parametrize(("held", "first", "last", "text"), [
    ([ONE], date(2026, 1, 1), date(2026, 12, 31), "ab 01.01.2026: Steuerklasse 1, Kinderfreibeträge 0,5, Kirche rk"),
    ([ONE, TWO], date(2026, 1, 1), date(2026, 12, 31),
     "ab 01.01.2026: Steuerklasse 1, Kinderfreibeträge 0,5, Kirche rk; ab 01.07.2026: Steuerklasse 4, Faktor 0,912, "
     "Kinderfreibeträge 1,0, Freibetrag 1200,00 EUR im Jahr, Hinzurechnung 60,05 EUR im Monat, keine Kirchensteuer"),
    ([ONE, TWO], date(2026, 1, 1), date(2026, 6, 30),
     "ab 01.01.2026: Steuerklasse 1, Kinderfreibeträge 0,5, Kirche rk"),
    ([ONE, replace(ONE, ab=date(2026, 7, 1), bis=None)], date(2026, 2, 10), date(2026, 12, 31),
     "ab 10.02.2026: Steuerklasse 1, Kinderfreibeträge 0,5, Kirche rk"),
    ([], date(2026, 1, 1), date(2026, 12, 31), ""),
])
def test_features_of_the_period(held: list[Merkmal], first: date, last: date, text: str) -> None:
    assert merkmale.text_of(held, first, last) == text


def leave(town: Any, day: date) -> stamm.Akte:
    with town.session() as session:
        file = next(one for one in stamm.files_of(session).values() if one.personalnummer == "TARIF")
        record_fact(session, BeschaeftigungAngaben, beschaeftigung_id=file.beschaeftigung, valid_from=MAY, art="tarif",
                    eintritt=date(2026, 1, 1), austritt=day, kostenstelle="1110", reason="Ende")
    return file


def created(town: Any) -> list[tuple[uuid.UUID, str]]:
    with town.session() as session:
        return [(one.meldung.public_id, one.meldung.sha256.hex()) for one in alle.create(session, MAY, kind="lstb")]


def release(town: Any, rows: list[tuple[uuid.UUID, str]]) -> None:
    with town.session("hugo") as session:
        for public_id, digest in rows:
            speichern.release(session, public_id, sha256=digest)


def test_printed_is_what_was_released_and_a_correction_takes_its_place(
        fresh_town: Any, conforming: Callable[[bytes], None]) -> None:
    file = leave(fresh_town, date(2026, 5, 20))
    waiting = created(fresh_town)
    with fresh_town.session() as session:
        assert ausdruck.of_person(session, file.person) == [], "noch hat niemand freigegeben"
        wanted = next(one for one in bescheinigung.expected(session, 2026)[0] if one.personalnummer == "TARIF")
    release(fresh_town, waiting)
    with fresh_town.session() as session:
        (one,) = ausdruck.of_person(session, file.person)
        assert (one.jahr, one.von, one.bis, one.berichtigt) == (2026, MAY, date(2026, 5, 20), False)
        made = ausdruck.printed(session, file.person, one.kennung, reader="klara")
        assert made is not None
        rendered, name = made
        assert ausdruck.printed(session, uuid.uuid4(), one.kennung, reader="klara") is None, "nur die eigene"
    assert name == "Lohnsteuerbescheinigung_2026_TARIF.pdf"
    assert (rendered.pages, rendered.findings) == (1, ())
    conforming(rendered.pdf)
    text = PdfReader(io.BytesIO(rendered.pdf)).pages[0].extract_text()
    for key in ("3", "4", "22a", "23a", "25", "26", "27"):
        cents = wanted.inhalt[key]
        assert f"{cents // 100:,}".replace(",", ".") + f",{cents % 100:02d}" in text, key
    assert wanted.inhalt["merkmale"] == "ab 01.05.2026: Steuerklasse 1, keine Kirchensteuer"
    for part in ("Steuerklasse 1", "Ada Tarif", "01.05.2026 bis 20.05.2026", "Stadt Müller-Großhausen"):
        assert part in text
    leave(fresh_town, date(2026, 5, 21))
    release(fresh_town, created(fresh_town))
    with fresh_town.session() as session:
        (again,) = ausdruck.of_person(session, file.person)
        assert (again.bis, again.berichtigt, again.kennung != one.kennung) == (date(2026, 5, 21), True, True)
        assert ausdruck.printed(session, file.person, one.kennung, reader="klara") is None, "die alte gilt nicht mehr"


def test_a_certificate_from_before_the_features_is_not_restated(
        fresh_town: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    file, entry = leave(fresh_town, date(2026, 5, 20)), bescheinigung._entry

    def older(*given: Any) -> Any:
        made = entry(*given)
        made.inhalt.pop("merkmale")
        return made

    with monkeypatch.context() as before:
        before.setattr(bescheinigung, "_entry", older)
        release(fresh_town, created(fresh_town))
    with fresh_town.session() as session:
        row = session.scalars(select(Meldung).where(Meldung.art == "lstb")).one()
        assert b"merkmale" not in datei.as_file(session, row), "die Datei bleibt, wie sie übergeben wurde"
        assert bescheinigung.drafts(session, MAY) == []
        (one,) = ausdruck.of_person(session, file.person)
        made = ausdruck.printed(session, file.person, one.kennung, reader="klara")
        assert made is not None
        assert "keine gemeldet" in PdfReader(io.BytesIO(made[0].pdf)).pages[0].extract_text()
    leave(fresh_town, date(2026, 5, 21))
    with fresh_town.session() as session:
        (draft,) = bescheinigung.drafts(session, MAY)
        assert [(one.satzart, "merkmale" in one.inhalt) for one in draft.saetze] == [("korrektur", True)]


def test_features_known_late_are_corrected(fresh_town: Any) -> None:
    file = leave(fresh_town, date(2026, 5, 20))
    release(fresh_town, created(fresh_town))
    with fresh_town.session() as session:
        record_fact(session, Steuermerkmale, beschaeftigung_id=file.beschaeftigung, valid_from=date(2026, 1, 1),
                    steuerklasse=3, konfession="ev", kinderfreibetraege=Decimal(2), reason="ELStAM")
        (draft,) = bescheinigung.drafts(session, MAY)
    (one,) = draft.saetze
    assert (one.satzart, one.inhalt["merkmale"]) == (
        "korrektur", "ab 01.05.2026: Steuerklasse 3, Kinderfreibeträge 2,0, Kirche ev")


def test_a_long_name_and_many_changes_stay_on_the_sheet(conforming: Callable[[bytes], None]) -> None:
    many = tuple(f"ab {day:02d}.01.2026: Steuerklasse 4, Faktor 0,912, Kinderfreibeträge 1,5, Freibetrag 1200,00 EUR "
                 "im Jahr, Kirche rk" for day in range(1, 32))
    found = ausdruck_pdf.Angaben(
        ausdruck_pdf.Employer("Kreis " * 30, "Straße 1", "50667", "Köln"), "5203/0000/0007", 2026, True,
        date(2027, 2, 1), "Żółkiewska-" * 20, "Am Markt 1", "50667 Köln", "1", (
            ("Steuer-Identifikationsnummer", "12345678903"), ("Geboren am", "01.01.1980"), ("Personalnummer", "1")),
        many, tuple(ausdruck_pdf.Zeile(str(number), "Bedeutung", number * 100) for number in range(3, 28)))
    made = ausdruck_pdf.render(found)
    assert made.pages == 2
    conforming(made.pdf)
