"""Zwei Menschen gleichen Namens: von einer Person gesagt, von einer zweiten bestätigt; beide heißen anders."""

from __future__ import annotations

import re
import uuid
from datetime import UTC, date, datetime
from typing import Any

import pytest
from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError, ProgrammingError

from payroll.masterdata.anliegen import ask_correction
from tenants.audit.models import AuditEntry
from tenants.db.session import platform_session, tenant_session
from tenants.models import Namensgleich, User
from tenants.users.service import create_user, give_mandate

TODAY = date(2026, 11, 25)
APART = {"grund": "Dr. Öztürk leitet seit 2019 das Amt, Kim Öztürk kam 2026"}


@pytest.fixture(scope="module")
def double(office: Any) -> Any:
    """Kim Öztürk arbeitet hier; zwei Zugänge des Personals heißen ebenso, einer beim anderen Arbeitgeber."""
    with platform_session(actor="verwaltung") as session:
        for login, tenant, name in (("kim.amt", "kreis", "Dr. Kim Öztürk"), ("kim.zwei", "kreis", "Öztürk, Kim"),
                                    ("kim.stadt", "stadt", "Kim Öztürk"), ("zoe", "kreis", "Zoe Zweite")):
            office.users[login] = create_user(session, login, name, demonstration=True)
            give_mandate(session, office.tenants[tenant].id, office.users[login], "clerk", date(2026, 1, 1))
    return office


@pytest.fixture
def page(double: Any) -> str:
    return str(double.address("kreis", f"/personen/{double.people['Öztürk'].public_id}/portal"))


@pytest.fixture(autouse=True)
def nothing_told(double: Any) -> Any:
    yield
    with tenant_session(double.tenants["kreis"].id, actor="test") as session:
        session.execute(update(Namensgleich).where(Namensgleich.beendet_am.is_(None)).values(
            beendet_von="test", beendet_am=datetime.now(UTC), beendet_grund="nächste Prüfung"))


def post(client: Any, path: str, where: str, **data: Any) -> Any:
    found = re.search(r'name="csrf_token" value="([^"]+)"', client.get(where).text)
    assert found is not None, where
    return client.post(path, data={"csrf_token": found[1], **data})


def say(double: Any, who: str, page: str, login: str = "kim.amt", **given: Any) -> Any:
    account = str(double.users[login].public_id)
    return post(double.client(who), f"{page}/gleicher-name", page, zugang=account, **{**APART, **given})


def told(double: Any) -> Namensgleich:
    with tenant_session(double.tenants["kreis"].id, actor="test") as session:
        return session.scalars(select(Namensgleich).where(Namensgleich.beendet_am.is_(None))).one()


def confirm(double: Any, who: str, page: str) -> Any:
    return post(double.client(who), f"{page}/gleicher-name/{told(double).public_id}/bestaetigen", page)


def decides(double: Any, who: str) -> Any:
    """Beantwortet ein neues Anliegen von Kim Öztürk als dieser Zugang."""
    with tenant_session(double.tenants["kreis"].id, actor="ada") as session:
        row = ask_correction(session, double.people["Öztürk"], "Anderes", "Meine Steuerklasse", date(2026, 11, 2))
        address = double.address("kreis", f"/anliegen/{row.public_id}")
    data = {"schritt": "annehmen", "antwort": "Ist geändert."}
    return post(double.client(who), address, double.address("kreis", "/anliegen"), **data)


def test_only_two_others_tell_them_apart_and_then_the_name_stops_nobody(double: Any, page: str) -> None:
    assert decides(double, "kim.amt").status_code == 422
    assert say(double, "klara", page).status_code == 302
    assert decides(double, "kim.amt").status_code == 422, "gesagt ist noch nicht bestätigt"
    assert confirm(double, "klara", page).status_code == 422, "wer es sagte, bestätigt es nicht"
    assert confirm(double, "mia", page).status_code == 302
    assert decides(double, "kim.amt").status_code == 302
    assert decides(double, "kim.zwei").status_code == 422, "nur dieser Zugang"
    shown = double.client("klara").get(page).text
    assert all(words in shown for words in ("zwei Menschen", "gesagt am", "bestätigt am", "von mia"))
    ended = post(double.client("zoe"), f"{page}/gleicher-name/{told(double).public_id}/beenden", page, grund="Irrtum")
    assert ended.status_code == 302
    assert decides(double, "kim.amt").status_code == 422, "beendet: wieder wie vorher"
    with tenant_session(double.tenants["kreis"].id, actor="test") as session:
        entries = session.execute(select(AuditEntry.action, AuditEntry.actor, AuditEntry.reason, AuditEntry.subject)
                                  .where(AuditEntry.action.startswith("namensgleich.")).order_by(AuditEntry.id)).all()
    subject = f"person:{double.people['Öztürk'].public_id}"
    assert [tuple(row) for row in entries[-3:]] == [
        ("namensgleich.gesagt", "klara", APART["grund"], subject),
        ("namensgleich.bestaetigt", "mia", APART["grund"], subject), ("namensgleich.beendet", "zoe", "Irrtum", subject)]


@pytest.mark.parametrize("who", ["kim.amt", "kim.zwei"])
def test_whoever_has_the_name_neither_says_nor_confirms_it(double: Any, page: str, who: str) -> None:
    """Auch nicht mit einem zweiten Zugang desselben Menschen."""
    assert say(double, who, page).status_code == 422
    assert say(double, "klara", page).status_code == 302
    assert confirm(double, who, page).status_code == 422
    assert told(double).bestaetigt_von is None


def test_the_own_portal_is_never_told_away(double: Any, page: str) -> None:
    """Die Verbindung mit dem Portal geht vor: wer verbunden ist, ist dieser Mensch, was auch immer bestätigt wurde."""
    from tenants.users.service import give_employee_access

    with platform_session(actor="test") as session:
        own = create_user(session, "kim.drei", "Kim Öztürk", demonstration=True)
        double.users["kim.drei"] = own
        give_mandate(session, double.tenants["kreis"].id, own, "clerk", date(2026, 1, 1))
        give_employee_access(session, double.tenants["kreis"].id, own, double.people["Öztürk"].public_id,
                             date(2026, 1, 1), TODAY)
    assert say(double, "klara", page, "kim.drei").status_code == 302
    assert confirm(double, "mia", page).status_code == 302
    assert decides(double, "kim.drei").status_code == 422


def test_who_may_not_and_what_is_not_meant(double: Any, page: str) -> None:
    assert say(double, "klara", page, "kim.stadt").status_code == 422, "ohne Mandat hier"
    assert say(double, "klara", page, "hugo").status_code == 422, "heißt anders"
    assert say(double, "klara", page, grund=" ").status_code == 422
    assert say(double, "klara", page).status_code == 302
    assert say(double, "zoe", page).status_code == 422, "einmal gesagt"
    for role in ("hugo", "rolf"):
        assert double.client(role).get(page).status_code == 403
    number = told(double).public_id
    other = double.address("kreis", f"/personen/{double.people['Meyer'].public_id}/portal")
    assert post(double.client("mia"), f"{other}/gleicher-name/{number}/bestaetigen", other).status_code == 422
    foreign = double.address("stadt", f"/personen/{double.people['Öztürk'].public_id}/portal")
    assert post(double.client("mia"), f"{foreign}/gleicher-name/{number}/bestaetigen", page).status_code == 404
    assert told(double).bestaetigt_von is None
    assert "Personal mit gleichem Namen" not in double.client("klara").get(other).text


@pytest.mark.parametrize(("change", "rule"), [
    ({"bestaetigt_von": "klara"}, "zweite_person"), ({"bestaetigt_von": "kim.amt"}, "nicht_selbst")])
def test_the_database_wants_three_different_names(double: Any, page: str, change: dict[str, str], rule: str) -> None:
    assert say(double, "klara", page).status_code == 302
    with pytest.raises(IntegrityError, match=rule), tenant_session(double.tenants["kreis"].id, actor="x") as session:
        session.execute(update(Namensgleich).where(Namensgleich.beendet_am.is_(None)).values(
            bestaetigt_am=datetime.now(UTC), **change))


def test_the_database_keeps_what_was_confirmed(double: Any, page: str) -> None:
    assert say(double, "klara", page).status_code == 302
    assert confirm(double, "mia", page).status_code == 302
    kreis, now = double.tenants["kreis"].id, datetime.now(UTC)
    with pytest.raises(IntegrityError, match="je einmal"), tenant_session(kreis, actor="x") as session:
        session.execute(update(Namensgleich).where(Namensgleich.beendet_am.is_(None)).values(
            bestaetigt_von="zoe", bestaetigt_am=now))
    for change in ({"zugang": "hugo"}, {"account_public_id": uuid.uuid4()}, {"gesagt_von": "zoe"}):
        with pytest.raises(ProgrammingError, match="permission denied"), tenant_session(kreis, actor="x") as session:
            session.execute(update(Namensgleich).values(**change))
    with platform_session(actor="test") as session:
        assert session.scalar(select(User.id).where(User.login == "kim.amt"))
