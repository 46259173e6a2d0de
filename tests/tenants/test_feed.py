"""Personalliste: kommen, wechseln, gehen mit Vorschau; CSV und SCIM sagen dasselbe; nichts Fremdes wird übernommen."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from tenants.audit.models import AuditEntry
from tenants.db.session import platform_session
from tenants.feed import directory, planning, reading
from tenants.feed import service as feed
from tenants.feed.people import FeedError
from tenants.feed.planning import Plan
from tenants.models.access import SsoIdentity
from tenants.models.user import User
from tenants.users import service, sso

DAY = date(2026, 11, 25)
HEAD = "kennung;anmeldename;name;email;telefon;raum;einheit;funktion;erster_tag;letzter_tag;mandate;verzeichnis\n"
ANNA = "P1;anna.amt;Anna Amt;anna@kreis.example;02591-1;A 101;Personal;Sachbearbeitung;;;001:clerk, 002:clerk;\n"
BERT = "P2;bert.bau;Bert Bau;;02591-2;A 102;Personal;Leitung;01.12.2026;;001:head;\n"


def show(text: str, day: date = DAY, *, complete: bool = False) -> Plan:
    with platform_session(actor="verwaltung") as session:
        return feed.preview(session, (HEAD + text).encode(), day, complete=complete)


def take(text: str, day: date = DAY, *, complete: bool = False, many: bool = False) -> Plan:
    content = (HEAD + text).encode()
    shown = show(text, day, complete=complete)
    with platform_session(actor="verwaltung") as session:
        return feed.apply(session, content, day, digest=shown.digest, complete=complete, many_may_leave=many)


def user(login: str) -> User:
    with platform_session(actor="test") as session:
        return session.scalars(select(User).where(User.login == login)).one()


def roles(login: str, day: date) -> dict[str, set[str]]:
    return {held.number: set(held.roles) for held in service.mandates_on(user(login), day)}


@pytest.mark.usefixtures("two_tenants")
def test_joiners_get_account_and_mandates_from_their_first_day() -> None:
    assert [step.kind for step in show(ANNA + BERT).steps] == ["kommt", "kommt"]
    with platform_session(actor="test") as session:
        assert session.scalars(select(User)).all() == [], "die Vorschau ändert nichts"
    take(ANNA + BERT)
    assert roles("anna.amt", DAY) == {"001": {"clerk"}, "002": {"clerk"}}
    assert roles("bert.bau", date(2026, 11, 30)) == {}
    assert roles("bert.bau", date(2026, 12, 1)) == {"001": {"head"}}
    assert (user("anna.amt").password_hash, user("anna.amt").external_id) == (None, "P1")
    assert show(ANNA + BERT).changing == []


@pytest.mark.usefixtures("two_tenants")
def test_movers_lose_the_old_the_day_before_the_new_begins() -> None:
    take(ANNA)
    moved = ANNA.replace("001:clerk, 002:clerk", "002:clerk, 002:head").replace("A 101", "B 7")
    later = DAY + timedelta(days=10)
    (step,) = show(moved, later).steps
    assert step.kind == "wechselt"
    assert step.words == ("room: A 101 → B 7", "Mandat 002 head ab 05.12.2026", "Mandat 001 clerk endet")
    take(moved, later)
    assert roles("anna.amt", later - timedelta(1)) == {"001": {"clerk"}, "002": {"clerk"}}
    assert roles("anna.amt", later) == {"002": {"clerk", "head"}}
    assert user("anna.amt").room == "B 7"


@pytest.mark.usefixtures("two_tenants")
def test_a_mandate_withdrawn_before_it_began_can_be_given_again() -> None:
    take(BERT)
    take(BERT.replace("001:head", ""))
    assert roles("bert.bau", date(2026, 12, 1)) == {}
    take(BERT.replace("01.12.2026", "28.11.2026"))
    assert roles("bert.bau", date(2026, 11, 28)) == {"001": {"head"}}, "vom neuen ersten Tag an"


@pytest.mark.usefixtures("two_tenants")
def test_leavers_end_with_their_last_day_and_missing_people_today() -> None:
    take(ANNA + BERT)
    take(ANNA.replace(";;;001", ";;30.11.2026;001") + BERT)
    assert roles("anna.amt", date(2026, 11, 30)) != {}
    assert roles("anna.amt", date(2026, 12, 1)) == {}
    assert show(ANNA).count("geht") == 0, "ohne „vollständig“ geht niemand, der fehlt"
    later = date(2026, 12, 5)
    left = take(ANNA.replace(";;;001", ";;30.11.2026;001"), later, complete=True)
    assert [step.name for step in left.steps if step.kind == "geht"] == ["Bert Bau"]
    assert roles("bert.bau", later) != {}
    assert roles("bert.bau", later + timedelta(1)) == {}


@pytest.mark.usefixtures("two_tenants")
def test_many_leavers_at_once_need_a_word() -> None:
    rows = "".join(f"Q{n};person.{n};Person {n};;;;;;;;001:clerk;\n" for n in range(8))
    take(rows)
    with pytest.raises(FeedError, match="Ungewöhnlich viele"):
        take("Q0;person.0;Person 0;;;;;;;;001:clerk;\n", complete=True)
    done = take("Q0;person.0;Person 0;;;;;;;;001:clerk;\n", complete=True, many=True)
    assert done.count("geht") == 7


@pytest.mark.usefixtures("two_tenants")
@pytest.mark.parametrize("losing", [
    ";;;;;;;24.11.2026;001:clerk;",
    ";;;;;;;;;",
    ";;;;;;;20.01.2027;001:clerk;",
    ";;;;;;;31.12.2029;;",
    ";;;;;;01.02.2027;;001:clerk;",
], ids=["gone", "no_mandates", "soon", "late_and_no_mandates", "begins_later"])
def test_many_at_once_need_a_word_whatever_takes_it_from_them(losing: str) -> None:
    """Auch wer nicht fehlt: ein falscher letzter Tag oder eine verlorene Spalte nähme allen alles."""
    rows = "".join(f"Q{n};person.{n};Person {n};;;;;;;;001:clerk;\n" for n in range(8))
    take(rows)
    wrong = "".join(f"Q{n};person.{n};Person {n}{losing}\n" for n in range(8))
    with pytest.raises(FeedError, match="verlieren alle Mandate"):
        take(wrong)
    assert roles("person.3", DAY) == {"001": {"clerk"}}
    take(wrong, many=True)
    assert roles("person.3", date(2027, 1, 21)) == {}


@pytest.mark.usefixtures("two_tenants")
def test_last_days_far_off_or_later_than_before_need_no_word() -> None:
    for last in ("21.01.2027", "22.01.2027"):  # from the second on: eight weeks before, and only moved to later
        rows = "".join(f"Q{n};person.{n};Person {n};;;;;;;{last};001:clerk;\n" for n in range(8))
        done = take(rows, DAY if last == "21.01.2027" else DAY + timedelta(days=1))
        assert not done.many_leave
    assert str(user("person.3").last_day) == "2027-01-22"


@pytest.mark.usefixtures("two_tenants")
def test_the_last_administrator_is_a_wrong_row_and_the_others_go_on() -> None:
    """Zwei der Verwaltung gehen mit derselben Liste: der erste darf, und das zeigt schon die Vorschau."""
    take(ANNA + BERT.replace("01.12.2026", ""))
    with platform_session(actor="test") as session:
        for login in ("anna.amt", "bert.bau"):
            session.scalars(select(User).where(User.login == login)).one().platform_admin = True
    going = ANNA.replace(";;;001", ";;30.11.2026;001") + BERT.replace("01.12.2026;", ";30.11.2026")
    carl = "P4;carl;Carl;;;;;;;;001:clerk;\n"
    for text, complete in ((going + carl, False), (carl, True)):
        kinds = {step.name: step.kind for step in show(text, complete=complete).steps}
        assert kinds == {"Anna Amt": "geht", "Bert Bau": "fehler", "Carl": "kommt"}
    done = take(going + carl)
    (wrong,) = [step for step in done.steps if step.kind == "fehler"]
    assert "letzte Zugang der Verwaltung" in wrong.words[0]
    assert (user("anna.amt").last_day, user("bert.bau").last_day) == (date(2026, 11, 30), None)
    assert roles("carl", DAY) == {"001": {"clerk"}}


@pytest.mark.usefixtures("two_tenants")
def test_wrong_rows_stay_and_the_others_go_on() -> None:
    with platform_session(actor="test") as session:
        service.create_user(session, "admin", "Admin", platform_admin=True)
    wrong = (
        "P3;admin;Falscher Admin;;;;;;;;;\n"
        "P4;carl;Carl;;;;;;;;999:clerk;\n"
        "P5;dora;Dora;a@b;;;;;;;001:platform_admin;\n"
        "P6;emil;Emil;;;;;;;;;Nirgends:x\n"
        "P7;F rei;Frei;;;;;;;;;\n"
    )
    done = take(ANNA + wrong)
    words = {step.name: " ".join(step.words) for step in done.steps if step.kind == "fehler"}
    assert set(words) == {"Falscher Admin", "Carl", "Dora", "Emil", "Frei"}
    assert "gehört zu einem anderen Zugang" in words["Falscher Admin"]
    assert "Mandanten 999 gibt es nicht" in words["Carl"]
    assert "Rolle „platform_admin“ gibt es hier nicht" in words["Dora"]
    assert "keine einzelne Adresse" in words["Dora"]
    assert user("admin").external_id is None
    assert roles("anna.amt", DAY) != {}


@pytest.mark.usefixtures("two_tenants")
def test_what_was_shown_is_what_happens() -> None:
    shown = show(ANNA)
    take(ANNA)
    with platform_session(actor="verwaltung") as session, pytest.raises(FeedError, match="Inzwischen hat sich"):
        feed.apply(session, (HEAD + ANNA).encode(), DAY, digest=shown.digest)
    with platform_session(actor="test") as session:
        (entry,) = session.scalars(select(AuditEntry).where(AuditEntry.action == "feed.apply")).all()
    assert (entry.actor, entry.details["kommt"], len(entry.details["sha256"])) == ("verwaltung", 1, 64)


@pytest.mark.usefixtures("two_tenants")
def test_the_list_links_to_a_directory_service_and_never_takes_a_foreign_subject() -> None:
    with platform_session(actor="verwaltung") as session:
        sso.save_provider(
            session, None, name="Kreis", issuer="https://an.example", client="x", secret="", factor_rule="immer",
            accepted_amr="", employer=None, active=True,
        )  # fmt: skip
    take(ANNA.replace(";\n", ";Kreis:s-1\n"))
    with platform_session(actor="test") as session:
        row = session.scalars(select(SsoIdentity)).one()
        assert (row.subject, row.user_id) == ("s-1", user("anna.amt").id)
    (_anna, step) = show(ANNA.replace(";\n", ";Kreis:s-1\n") + BERT.replace(";\n", ";Kreis:s-1\n")).steps
    assert (step.kind, "schon mit einem anderen Zugang" in step.words[0]) == ("fehler", True)


def test_scim_and_csv_say_the_same() -> None:
    resource = {
        "schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"],
        "externalId": "P1",
        "userName": "Anna.Amt",
        "name": {"givenName": "Anna", "familyName": "Amt"},
        "emails": [{"value": "privat@example.org"}, {"value": "anna@kreis.example", "primary": True}],
        "phoneNumbers": [{"value": "02591-1"}],
        "title": "Sachbearbeitung",
        reading.ENTERPRISE: {"department": "Personal"},
        reading.OWN: {"room": "A 101", "mandates": [{"tenant": n, "role": "clerk"} for n in ("001", "002")]},
    }
    (from_json,) = reading.read(json.dumps({"Resources": [resource]}).encode(), DAY)
    (from_csv,) = reading.read((HEAD + ANNA).encode(), DAY)
    assert {**vars(from_json), "line": 0} == {**vars(from_csv), "line": 0}
    (inactive,) = reading.read(json.dumps([{**resource, "active": False}]).encode(), DAY)
    assert inactive.last_day == DAY


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "enthält|Spalten fehlen"),
        (b"name;ort\nx;y\n", "Spalten fehlen: kennung, anmeldename"),
        ((HEAD.strip() + ";gehalt\n").encode(), "Unbekannte Spalten: gehalt"),
        ("kennung;anmeldename;name\n1;ä;Ä".encode("cp1252"), "nicht UTF-8"),
        (b"{", "kein gültiges JSON"),
        (b'{"Resources": [1]}', "SCIM-Liste"),
        ((HEAD + "P;a1;A;;;;;;31.02.2026;;;\n").encode(), "kein Tag"),
        ((HEAD + "P;a1;A;;;;;;;;001;\n").encode(), "kein Paar"),
        (b"[" * 100_000, "kein gültiges JSON"),
    ],
    ids=["empty", "columns", "unknown", "encoding", "json", "scim", "day", "pair", "deep"],
)
def test_lists_that_cannot_be_read_say_why(content: bytes, words: str) -> None:
    with pytest.raises(FeedError, match=words):
        reading.read(content, DAY)


@pytest.mark.usefixtures("two_tenants")
def test_directory_holds_phone_and_room_of_who_is_there() -> None:
    take(ANNA + BERT)
    with platform_session(actor="test") as session:
        phones = directory.rows(session, "telefonliste", DAY)
        doors = directory.rows(session, "tuerschilder", date(2026, 12, 1))
    assert phones == [("Anna Amt", "Sachbearbeitung", "Personal", "A 101", "02591-1", "anna@kreis.example")]
    assert doors == [("A 101", "Anna Amt", "Sachbearbeitung", "Personal"), ("A 102", "Bert Bau", "Leitung", "Personal")]
    assert all(len(row) == len(directory.KINDS["telefonliste"]) for row in phones)


@pytest.mark.usefixtures("two_tenants")
def test_commands_bring_people_in_and_out(run: Callable[..., tuple[int, str]], tmp_path: Path) -> None:
    file = tmp_path / "liste.csv"
    file.write_text(HEAD + ANNA, encoding="utf-8")
    code, words = run("users", "feed", str(file))
    assert (code, "kommt: Anna Amt" in words, "Nichts geändert" in words) == (0, True, True)
    code, words = run("users", "feed", str(file), "--apply")
    assert (code, "Übernommen" in words) == (0, True)
    code, words = run("users", "letter", "anna.amt")
    assert (code, "Einmalcode" in words) == (0, True)
    assert run("users", "create", "vera", "--name", "Vera Verwaltung", "--admin")[0] == 0
    assert user("vera").platform_admin
    assert run("users", "mandate", "vera", "--tenant", "001", "--role", "head", "--from", "2026-01-01")[0] == 0
    given = ("--from", "2026-12-01", "--to", "2026-12-05", "--reason", "Urlaub")
    assert run("users", "deputy", "--absent", "anna.amt", "--deputy", "vera", *given)[0] == 0
    assert roles("vera", date(2026, 12, 2)) == {"001": {"clerk", "head"}, "002": {"clerk"}}
    out = tmp_path / "telefon.csv"
    assert run("users", "directory", "telefonliste", "--out", str(out))[0] == 0
    assert "02591-1" in out.read_text(encoding="utf-8-sig")
    assert run("users", "leave", "anna.amt", "--last-day", "2026-11-30", "--reason", "geht")[0] == 0
    assert roles("anna.amt", date(2026, 12, 1)) == {}
    code, words = run("users", "letter", "niemand")
    assert (code, "gibt es nicht" in words) == (1, True)
    assert planning.STAYS == "bleibt"


@pytest.mark.usefixtures("two_tenants")
def test_a_link_that_cannot_be_made_is_a_wrong_row_and_the_others_go_on() -> None:
    with platform_session(actor="verwaltung") as session:
        for name in ("amt", "haus"):
            sso.save_provider(session, None, name=name, issuer=f"https://{name}.example", client="k", secret="",
                              factor_rule="immer", accepted_amr="", employer=None, active=True)
    shown = take(ANNA.replace(";\n", ";amt:anna\n"))
    assert "Verknüpfung amt" in shown.steps[0].words, "wer über welchen Dienst hereinkommt, steht in der Vorschau"
    cora = "P3;cora.chef;Cora Chef;;;;;;;;;amt:gleich\n"
    dora = "P4;dora.dach;Dora Dach;;;;;;;;;amt:gleich\n"
    emil = "P5;emil.erd;Emil Erd;;;;;;;;;haus:e1, haus:e2\n"
    plan = take(ANNA.replace(";\n", ";amt:andere\n") + cora + dora + emil + BERT)
    wrong = [step for step in plan.steps if step.kind == planning.ERROR]
    assert [step.name for step in wrong] == ["Anna Amt", "Cora Chef", "Dora Dach", "Emil Erd"]
    assert "Bei amt ist dieser Zugang schon anders verknüpft: dort zuerst trennen." in wrong[0].words
    assert user("bert.bau").login == "bert.bau"


@pytest.mark.usefixtures("two_tenants")
@pytest.mark.parametrize("link", ["gibtsnicht:anna", "amt:andere", "amt:gleich"])
def test_a_wrong_link_keeps_no_leaver_in(link: str) -> None:
    with platform_session(actor="verwaltung") as session:
        sso.save_provider(session, None, name="amt", issuer="https://amt.example", client="k", secret="",
                          factor_rule="immer", accepted_amr="", employer=None, active=True)
    take(ANNA.replace(";\n", ";amt:anna\n"))
    other = "P3;cora.chef;Cora Chef;;;;;;;;;amt:gleich\n"
    gone = ANNA.replace(";;;001:clerk, 002:clerk;\n", f";;30.11.2026;002:clerk;{link}\n")
    plan = take(gone + other)
    assert [step.kind for step in plan.steps if step.name == "Anna Amt"] == ["geht", "fehler"]
    assert user("anna.amt").last_day == date(2026, 11, 30)
    assert roles("anna.amt", DAY) == {"002": {"clerk"}}
    with platform_session(actor="test") as session:
        assert session.scalars(select(SsoIdentity.subject).where(SsoIdentity.user_id == user("anna.amt").id)).all() == [
            "anna"]
