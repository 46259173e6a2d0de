"""Der Weg einer Zeitdatei: Stand je Zeile, zweite Person, nichts doppelt, Ersatz, Rücknahme, Summen."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import func, select, update
from sqlalchemy.exc import DBAPIError, IntegrityError

from tenants.audit.models import AuditEntry
from tenants.db.session import tenant_session
from tenants.interfaces import service as interfaces
from timekeeping import profiles, service
from timekeeping.imports import profile
from timekeeping.imports.problems import ImportFehler
from timekeeping.models import ZeitDatei, ZeitZeile

FORMAT = "stunden-pro-tag"
NOVEMBER, DECEMBER = date(2026, 11, 1), date(2026, 12, 1)


def read(haus: Any, data: bytes, **more: Any) -> str:
    with haus.als() as session:
        old = service.find(session, more.pop("ersetzt")) if "ersetzt" in more else None
        stock = more.pop("bestand", haus.bestand)
        return str(service.read_in(session, stock, "zeit.csv", data, FORMAT, ersetzt=old, **more).public_id)


def approve(haus: Any, kennung: str, bestand: Any = None) -> None:
    with haus.als("bernd") as session:
        service.approve(session, bestand or haus.bestand, service.find(session, kennung))


def booked(haus: Any) -> dict[str, Decimal]:
    with haus.als() as session:
        rows = session.execute(select(ZeitZeile.personalnummer, func.sum(ZeitZeile.menge))
                               .where(ZeitZeile.gebucht).group_by(ZeitZeile.personalnummer)).all()
    return {str(row[0]): Decimal(row[1]) for row in rows}


def stands(haus: Any, kennung: str) -> list[tuple[int, str, str]]:
    with haus.als() as session:
        datei = service.find(session, kennung)
        rows = session.scalars(select(ZeitZeile).where(ZeitZeile.datei_id == datei.id).order_by(ZeitZeile.position))
        return [(row.zeile, row.stand, row.grund) for row in rows]


def test_every_row_has_a_stand_with_reason_and_remedy(haus: Any, tage: Callable[..., bytes]) -> None:
    kennung = read(haus, tage(
        "10234;3;11;1300;2,5", "0010234;4;11;1300;1", "777;3;11;1300;1", "10234;3;11;9999;1", "10234;31;11;1300;1",
        "10511;3;11;1300;1", "10234;3;11;1300;2,5", "10234;5;11;1300;20", "10234;5;11;1300;5", "10234;6;11;FALSCH;1",
        "10234;3;10;1300;1",
    ), bestand=haus.geschlossen(date(2026, 10, 1)))
    found = stands(haus, kennung)
    assert [stand for _, stand, _ in found] == ["angenommen"] * 2 + ["zurueckgestellt"] * 2 + ["abgelehnt"] + [
        "zurueckgestellt"] * 6
    words = ["", "", "nicht bekannt", "nicht zugeordnet", "31. November", "nicht beschäftigt",
             "wortgleich schon in Zeile 2", *["mehr als 24"] * 2, "gibt es hier nicht", "10/2026 ist abgeschlossen"]
    for (line, _, grund), word in zip(found, words, strict=True):
        assert word in grund, line
    with haus.als() as session:
        datei = service.find(session, kennung)
        proof = service.prove(session, datei)
        assert proof.stimmt
        assert (proof.zeilen, proof.summen, proof.summen_gebucht) == (11, {"stunden": Decimal(37)}, {})
        assert all(row.abhilfe for row in service.problems(session, datei))
        first = service.preview(session, datei)[0]
        assert (first.personalnummer, first.lohnart, first.menge) == ("0010234", "1300", Decimal(1))


def test_all_reasons_of_a_row_are_named_at_once(haus: Any, tage: Callable[..., bytes]) -> None:
    ((_, _, grund),) = stands(haus, read(haus, tage("777;3;11;9999;-2")))
    assert grund == ("Die Menge ist negativ; Personalnummer „777“ ist nicht bekannt; "
                     "Schlüssel „9999“ ist nicht zugeordnet")


def test_another_format_for_the_same_file_is_asked_for(haus: Any, tage: Callable[..., bytes]) -> None:
    data = tage("10234;3;11;1300;2")
    first = read(haus, data)
    with haus.als() as session:
        with pytest.raises(ImportFehler, match="schon mit dem Format stunden-pro-tag"):
            service.read_in(session, haus.bestand, "zeit.csv", data, "kommen-gehen")
        with pytest.raises(ImportFehler, match="kein gültiges JSON"):
            service.read_in(session, haus.bestand, "zeit.csv", data, "kimai-json", neu=True)
        assert service.find(session, first).zustand == "vorgelegt"


def test_only_a_second_person_releases_and_the_database_agrees(haus: Any, tage: Callable[..., bytes]) -> None:
    kennung = read(haus, tage("10234;3;11;1300;2,5", "777;3;11;1300;1"))
    with pytest.raises(ImportFehler, match="zweite Person"), haus.als("anna") as session:
        service.approve(session, haus.bestand, service.find(session, kennung))
    released = {"zustand": "freigegeben", "freigegeben_von": "anna", "freigegeben_am": func.now()}
    with pytest.raises(IntegrityError, match="zweite_person"), haus.als("anna") as session:
        session.execute(update(ZeitDatei).values(**released))
    with pytest.raises(DBAPIError, match="freigegebenen Datei"), haus.als("anna") as session:
        session.scalars(select(ZeitZeile).where(ZeitZeile.stand == "angenommen")).one().gebucht = True
    with pytest.raises(DBAPIError, match="permission denied"), haus.als("anna") as session:
        session.scalars(select(ZeitZeile).where(ZeitZeile.stand == "angenommen")).one().menge = Decimal(9)
    assert booked(haus) == {}
    approve(haus, kennung)
    approve(haus, kennung)
    assert booked(haus) == {"10234": Decimal("2.5")}
    with haus.als() as session:
        entries = session.scalars(select(AuditEntry.action).where(AuditEntry.action.startswith("zeitdatei"))).all()
    assert list(entries) == ["zeitdatei.eingelesen", "zeitdatei.freigegeben"]


def test_who_issued_the_access_of_a_program_does_not_release_what_it_hands_in(
    haus: Any, tage: Callable[..., bytes]
) -> None:
    day, name = date(2026, 11, 25), "Uhr am Bauhof"
    with haus.als("bernd") as session:
        old, _token = interfaces.issue(session, name, ["zeiten.schreiben"], day, today=day, rights={"import.write"})
        interfaces.revoke(session, old.public_id, reason="neues Gerät", now=datetime(2026, 11, 25, 9, tzinfo=UTC))
    with haus.als(f"schnittstelle:{name}") as session:
        kennung = str(service.read_in(session, haus.bestand, "schnittstelle.csv", tage("10234;3;11;1300;2,5"),
                                      FORMAT).public_id)
    with haus.als("carla") as session:  # the name again: bernd's access was revoked, the file may still be his
        interfaces.issue(session, name, ["zeiten.schreiben"], day, today=day, rights={"import.write"})
    for login in ("bernd", "carla"):
        with pytest.raises(ImportFehler, match="Zugang der Datei ausgegeben"), haus.als(login) as session:
            service.approve(session, haus.bestand, service.find(session, kennung))
    assert booked(haus) == {}
    with haus.als("dora") as session:
        service.approve(session, haus.bestand, service.find(session, kennung))
    assert booked(haus) == {"10234": Decimal("2.5")}


def test_the_same_file_and_the_same_rows_change_nothing(haus: Any, tage: Callable[..., bytes]) -> None:
    lines = ["10234;3;11;1300;2,5", "10234;4;11;1300;1"]
    first = read(haus, tage(*lines))
    assert read(haus, tage(*lines)) == first
    approve(haus, first)
    assert read(haus, tage(*lines)) == first
    more = read(haus, tage(*lines, "10234;5;11;1300;3", "10234;4;12;1300;1"))
    assert [stand for _, stand, _ in stands(haus, more)] == ["bekannt", "bekannt", "angenommen", "angenommen"]
    approve(haus, more)
    assert booked(haus) == {"10234": Decimal("7.5")}
    changed = read(haus, tage("10234;3;11;1300;9"))
    assert "widerspricht Zeile 2 der gebuchten Datei zeit.csv" in stands(haus, changed)[0][2]
    approve(haus, changed)
    assert booked(haus) == {"10234": Decimal("7.5")}


def test_two_files_with_the_same_row_book_it_once(haus: Any, tage: Callable[..., bytes]) -> None:
    first, second = read(haus, tage("10234;3;11;1300;2")), read(haus, tage("10234;3;11;1300;2", "10234;4;11;1300;1"))
    approve(haus, first)
    with pytest.raises(ImportFehler, match="anderen Stand"):
        approve(haus, second)
    assert booked(haus) == {"10234": Decimal(2)}
    again = read(haus, tage("10234;3;11;1300;2", "10234;4;11;1300;1"), neu=True)
    assert again != second
    approve(haus, again)
    assert booked(haus) == {"10234": Decimal(3)}


def test_a_corrected_file_replaces_and_taking_it_back_restores(haus: Any, tage: Callable[..., bytes]) -> None:
    first = read(haus, tage("10234;3;11;1300;2", "10234;4;11;1300;1"))
    with pytest.raises(ImportFehler, match="freigegebene"):
        read(haus, tage("10234;3;11;1300;5"), ersetzt=first)
    approve(haus, first)
    second = read(haus, tage("10234;3;11;1300;5"), ersetzt=first)
    assert [stand for _, stand, _ in stands(haus, second)] == ["angenommen"]
    assert booked(haus) == {"10234": Decimal(3)}
    approve(haus, second)
    assert booked(haus) == {"10234": Decimal(5)}
    with haus.als() as session:
        with pytest.raises(ImportFehler, match="schon ersetzt"):
            service.withdraw(session, haus.bestand, service.find(session, first), reason="falsch")
        service.withdraw(session, haus.bestand, service.find(session, second), reason="doch nicht")
    assert booked(haus) == {"10234": Decimal(3)}
    with haus.als() as session:
        assert service.find(session, first).zustand == "freigegeben"


def test_a_closed_month_stays_until_a_late_row_is_accepted(haus: Any, tage: Callable[..., bytes]) -> None:
    first = read(haus, tage("10234;3;11;1300;2", "10234;4;11;1300;1", "10234;4;12;1300;1"))
    approve(haus, first)
    closed = haus.geschlossen(NOVEMBER)
    with pytest.raises(ImportFehler, match="11/2026 ist abgeschlossen"), haus.als() as session:
        service.withdraw(session, closed, service.find(session, first), reason="falsch")
    fixed = tage("10234;3;11;1300;5", "10234;4;11;1300;1", "10234;4;12;1300;7")
    second = read(haus, fixed, ersetzt=first, bestand=closed)
    assert [stand for _, stand, _ in stands(haus, second)] == ["zurueckgestellt", "bekannt", "angenommen"]
    with haus.als() as session:
        service.decide(session, service.find(session, second), {2}, annehmen=True, reason="Nachtrag")
        assert session.scalars(select(ZeitZeile.nachtrag).where(ZeitZeile.entschieden)).all() == [True]
    approve(haus, second, closed)
    assert booked(haus) == {"10234": Decimal(5 + 1 + 7)}


def test_a_correction_without_late_rows_leaves_the_closed_month(haus: Any, tage: Callable[..., bytes]) -> None:
    first = read(haus, tage("10234;3;11;1300;2", "10234;4;12;1300;1"))
    approve(haus, first)
    closed = haus.geschlossen(NOVEMBER)
    second = read(haus, tage("10234;3;11;1300;5", "10234;4;12;1300;7"), ersetzt=first, bestand=closed)
    approve(haus, second, closed)
    assert booked(haus) == {"10234": Decimal(2 + 7)}


def test_a_person_who_became_known_is_found_when_read_again(haus: Any, tage: Callable[..., bytes]) -> None:
    data = tage("10234;3;11;1300;2", "777;3;11;1300;1")
    first = read(haus, data)
    approve(haus, first)
    with haus.als() as session:
        text = profile.bundled_text(FORMAT) + '\n[personen]\n777 = "10234"\n[schluessel]\n1300 = "1300"\n'
        assert profiles.store(session, text, reason="zugeordnet").fassung == 2
        assert profiles.store(session, text, reason="noch einmal").fassung == 2
    second = read(haus, data, neu=True)
    assert second != first
    approve(haus, second)
    assert booked(haus) == {"10234": Decimal(2), "777": Decimal(1)}


def test_decisions_need_a_reason_and_a_row_that_can_be_booked(haus: Any, tage: Callable[..., bytes]) -> None:
    kennung = read(haus, tage("10234;3;11;1300;2", "10234;3;11;1300;2", "777;3;11;1300;1"))
    with haus.als() as session:
        datei = service.find(session, kennung)
        refused = (({4}, "x", "nicht annehmen"), ({2}, "x", "nicht zurückgestellt"), ({3}, " ", "Grund"))
        for lines, reason, word in refused:
            with pytest.raises(ImportFehler, match=word):
                service.decide(session, datei, lines, annehmen=True, reason=reason)
        assert service.decide(session, datei, {3}, annehmen=True, reason="zwei Einsätze") == 1
        assert service.decide(session, datei, {4}, annehmen=False, reason="fremd") == 1
    approve(haus, kennung)
    assert booked(haus) == {"10234": Decimal(4)}


def test_a_refused_file_leaves_nothing_and_tenants_are_apart(
    haus: Any, two_tenants: Any, tage: Callable[..., bytes]
) -> None:
    for data in (b"", b"PNR;Tag", b"\x00", b"Kopf;ohne\n1;2\n"):
        with pytest.raises(ImportFehler):
            read(haus, data)
    with haus.als() as session:
        assert session.scalars(select(func.count()).select_from(ZeitDatei)).one() == 0
    kennung = read(haus, tage("10234;3;11;1300;2"))
    with tenant_session(two_tenants[1], actor="anna") as session, pytest.raises(ImportFehler, match="gibt es nicht"):
        service.find(session, kennung)
    with haus.als() as session:
        datei = service.find(session, kennung)
        assert b"10234" not in datei.inhalt
        assert service.find(session, datei.sha256.hex()[:12]).id == datei.id


def test_a_month_closed_between_reading_and_release_stops_the_release(haus: Any, tage: Callable[..., bytes]) -> None:
    kennung = read(haus, tage("10234;3;11;1300;2", "10234;3;11;1300;2"))
    with haus.als() as session:
        service.decide(session, service.find(session, kennung), {3}, annehmen=True, reason="zwei Einsätze")
    with pytest.raises(ImportFehler, match="anderen Stand"):
        approve(haus, kennung, haus.geschlossen(NOVEMBER))
    assert booked(haus) == {}
    approve(haus, kennung, haus.geschlossen(DECEMBER))
    assert booked(haus) == {"10234": Decimal(4)}


def test_a_day_off_ends_at_midnight_of_the_place(haus: Any) -> None:
    event = ("BEGIN:VEVENT\nDTSTART{}\nDTEND{}\nCATEGORIES:urlaub\nX-PERSONALNUMMER:10234\nEND:VEVENT\n")
    text = "BEGIN:VCALENDAR\n{}{}{}END:VCALENDAR\n".format(
        event.format(";VALUE=DATE:20261116", ";VALUE=DATE:20261117"),
        event.format(":20261116T233000Z", ":20261117T010000Z"), event.format(":20261117T003000Z", ":20261117T020000Z"))
    with haus.als() as session:
        profiles.store(session, profile.bundled_text("icalendar") + "schluessel_gleich = true\n", reason="gleich")
        datei = service.read_in(session, haus.bestand, "k.ics", text.encode(), "icalendar")
        kennung = str(datei.public_id)
    assert [(stand, grund.split(" mit ")[0]) for _, stand, grund in stands(haus, kennung)] == [
        ("angenommen", ""), ("zurueckgestellt", "überschneidet sich"), ("zurueckgestellt", "überschneidet sich")]
