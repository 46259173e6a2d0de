"""Personalliste als Angriff: übernommene Zugänge, eigene Zeile, verschobene Zellen, Schreibweisen, Steuerzeichen."""

from __future__ import annotations

import json
from datetime import date, timedelta

import pytest
from sqlalchemy import select

from tenants.db.session import platform_session
from tenants.feed import planning, reading
from tenants.feed import service as feed
from tenants.feed.people import FeedError
from tenants.feed.planning import Plan
from tenants.models.user import User
from tenants.users import presence, service

DAY = date(2026, 11, 25)
HEAD = "kennung;anmeldename;name;email;telefon;raum;einheit;funktion;erster_tag;letzter_tag;mandate;verzeichnis\n"
ANNA = "P1;anna.amt;Anna Amt;anna@kreis.example;02591-1;A 101;Personal;Sachbearbeitung;;;001:clerk;\n"
SCIM = {"externalId": "P1", "userName": "anna.amt", "displayName": "Anna Amt"}


def take(text: str, day: date = DAY, *, actor: str = "verwaltung", complete: bool = False) -> Plan:
    content = (HEAD + text).encode()
    with platform_session(actor=actor) as session:
        shown = feed.preview(session, content, day, complete=complete)
        return feed.apply(session, content, day, digest=shown.digest, complete=complete)


def user(login: str) -> User:
    with platform_session(actor="test") as session:
        return session.scalars(select(User).where(User.login == login)).one()


def kinds(plan: Plan) -> list[str]:
    return [step.kind for step in plan.steps]


@pytest.mark.usefixtures("two_tenants")
@pytest.mark.parametrize("row", [
    "X9;anna.amt;Anna Amt;anna@kreis.example;;;;;;;001:head;\n",
    "X9;ANNA.AMT;Anna Amt;anna@kreis.example;;;;;;;001:head;\n",
    "X9;\u212aarl;Karl;;;;;;;;001:head;\n",  # the Kelvin sign is a small k when it is made small
    "P1;anna.neu;Anna Amt;anna@kreis.example;;;;;;;001:head;\n",
], ids=["login", "capitals", "kelvin", "renamed"])
def test_no_row_takes_over_an_account(row: str) -> None:
    take(ANNA)
    with platform_session(actor="test") as session:
        service.create_user(session, "karl", "Karl")
    done = take(row)
    assert kinds(done) == [planning.ERROR]
    assert user("anna.amt").external_id == "P1"
    assert user("karl").external_id is None


@pytest.mark.usefixtures("two_tenants")
def test_the_same_name_and_mail_are_another_account_and_change_no_other() -> None:
    take(ANNA)
    done = take(ANNA + "P2;anna.zwei;Anna Amt;anna@kreis.example;;;;;;;;\n")
    assert kinds(done) == [planning.STAYS, planning.JOINS]
    assert user("anna.zwei").id != user("anna.amt").id


@pytest.mark.usefixtures("two_tenants")
def test_one_spelling_of_a_number_is_one_person() -> None:
    """É aus einem Zeichen oder aus zweien: dieselbe Kennung, also eine Zeile zu viel und kein zweiter Zugang."""
    done = take("Pé;anna.amt;Anna;;;;;;;;;\nPe\u0301;anna.zwei;Anna;;;;;;;;;\n")
    assert kinds(done) == [planning.ERROR, planning.ERROR]


@pytest.mark.usefixtures("two_tenants")
@pytest.mark.parametrize("sign", ["\u202e", "\u200b", "\u0085", "\ue000"])
def test_invisible_signs_are_wrong_rows(sign: str) -> None:
    assert kinds(take(f"P1;anna.amt;Anna{sign} Amt;;;;;;;;;\n")) == [planning.ERROR]


@pytest.mark.parametrize("sign", ["\x00", "\x01", "\x0b", "\x1b", "\x7f", "\ufffe"])
def test_control_characters_are_no_list(sign: str) -> None:
    with pytest.raises(FeedError, match="Zeile 2 enthält ein Steuerzeichen"):
        reading.read(f"{HEAD}P1;anna.amt;Anna{sign};;;;;;;;;\n".encode(), DAY)


def test_a_moved_row_and_a_doubled_column_are_no_list() -> None:
    """Ein Strichpunkt im Namen verschöbe Tage und Mandate; von zwei gleichen Spalten gälte still die letzte."""
    with pytest.raises(FeedError, match="Zeile 2 hat mehr Zellen"):
        reading.read((HEAD + "P1;anna.amt;Amt; Anna;;;;;;;;001:clerk;amt:x\n").encode(), DAY)
    with pytest.raises(FeedError, match="steht doppelt"):
        reading.read(b"kennung;anmeldename;name;mandate;mandate\nP1;anna;Anna;001:clerk;001:head\n", DAY)
    assert reading.read((HEAD + "P1;anna.amt;Anna;;;;;;;;001:clerk;;;\n").encode(), DAY), "leere Zellen zählen nicht"


@pytest.mark.parametrize("cells", [";0001-01-01", ";31.12.1899", ";1.1.2200", ";31.12.9998", "9999-12-31;"])
def test_impossible_years_are_refused_with_the_years_there_are(cells: str) -> None:
    with pytest.raises(FeedError, match=r"liegt außerhalb von 01\.01\.1900 bis 31\.12\.2199"):
        reading.read((HEAD + f"P1;anna.amt;Anna;;;;;;{cells};;\n").encode(), DAY)


@pytest.mark.parametrize("last", ["31.12.9999", "9999-12-31", "01.01.9999"])
def test_the_year_9999_is_no_last_day(last: str) -> None:
    """So schreiben Personalverfahren „unbefristet“; daran scheiterte die ganze Lieferung."""
    (row,) = reading.read((HEAD + f"P1;anna.amt;Anna;;;;;;01.11.2026;{last};;\n").encode(), DAY)
    (entry,) = reading.read(json.dumps([{**SCIM, reading.OWN: {"lastDay": last}}]).encode(), DAY)
    (gone,) = reading.read(json.dumps([{**SCIM, "active": False, reading.OWN: {"lastDay": last}}]).encode(), DAY)
    assert (row.first_day, row.last_day, entry.last_day, gone.last_day) == (date(2026, 11, 1), None, None, DAY)


@pytest.mark.parametrize(("active", "last"), [
    (False, DAY), ("False", DAY), (" false", DAY), (True, None), ("True", None), (None, None)])
def test_a_directory_that_writes_false_as_a_word_ends_the_access(active: object, last: date | None) -> None:
    (person,) = reading.read(json.dumps([{**SCIM, "active": active}]).encode(), DAY)
    assert person.last_day == last


@pytest.mark.parametrize("active", [0, "nein", "inactive", [], {}])
def test_what_is_neither_true_nor_false_is_no_list(active: object) -> None:
    with pytest.raises(FeedError, match="true oder false"):
        reading.read(json.dumps([{**SCIM, "active": active}]).encode(), DAY)


@pytest.mark.usefixtures("two_tenants")
@pytest.mark.parametrize("row", [
    ANNA.replace(";;;001", ";;31.12.2027;001"), ANNA, ANNA.replace("001:clerk", "001:clerk, 002:clerk"),
    ANNA.replace("anna@kreis", "anderswo@kreis")], ids=["longer", "for ever", "mandate", "mail"])
def test_nobody_of_the_administration_changes_the_own_account_with_a_list(row: str) -> None:
    """Wie auf der Seite eines Zugangs: an sich selbst ändert niemand etwas, auch nicht den eigenen letzten Tag."""
    take(ANNA.replace(";;;001", ";;30.11.2026;001"))
    with platform_session(actor="test") as session:
        session.scalars(select(User).where(User.login == "anna.amt")).one().platform_admin = True
    done = take(row + "P2;bert;Bert;;;;;;;;;\n", actor="anna.amt")
    assert kinds(done) == [planning.ERROR, planning.JOINS], "die anderen gehen weiter"
    assert "zweite Person" in done.steps[0].words[0]
    assert (user("anna.amt").last_day, user("anna.amt").email) == (date(2026, 11, 30), "anna@kreis.example")
    assert kinds(take(row, actor="verwaltung")) != [planning.ERROR]


@pytest.mark.usefixtures("two_tenants")
def test_losing_the_own_access_needs_nobody() -> None:
    take(ANNA)
    assert kinds(take(ANNA.replace(";;;001", ";;30.11.2026;001"), actor="anna.amt")) == [planning.LEAVES]
    assert user("anna.amt").last_day == date(2026, 11, 30)


@pytest.mark.usefixtures("two_tenants")
def test_a_leaver_comes_back_only_as_shown_and_a_locked_account_stays_locked() -> None:
    take(ANNA + "P2;bert;Bert;;;;;;;;;\n")
    take(ANNA.replace(";;;001", ";;25.11.2026;001") + "P2;bert;Bert;;;;;;;;;\n")
    with platform_session(actor="verwaltung") as session:
        service.deactivate(session, session.scalars(select(User).where(User.login == "bert")).one(), "Verdacht")
    later = DAY + timedelta(days=3)
    assert not presence.is_present(user("anna.amt"), later)
    done = take(ANNA + "P2;bert;Bert;;;;;;;;001:head;\n", later)
    assert "Zugang bis 25.11.2026 → offen" in done.steps[0].words
    assert presence.is_present(user("anna.amt"), later)
    assert not presence.is_present(user("bert"), later), "gesperrt bleibt gesperrt"


@pytest.mark.usefixtures("two_tenants")
@pytest.mark.parametrize("login", ["system", "nachtlauf", "schnittstelle", "befehl"])
def test_nobody_is_called_like_the_program_itself(login: str) -> None:
    assert kinds(take(f"P1;{login};Anna;;;;;;;;;\n")) == [planning.ERROR]
    for name in (login, f"{login}:uhr", "a\u202eb", "x" * 200):
        with platform_session(actor="test") as session, pytest.raises(service.UserError, match="kein Mensch"):
            service.create_user(session, name, "Anna Amt")
