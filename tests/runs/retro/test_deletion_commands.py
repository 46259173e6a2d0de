"""``kreislohn privacy deletion``: von der Vorschau bis zur Urkunde mit Befehlen, jeder Schritt mit seinem Recht."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from sqlalchemy import func, select

from payroll.cli import kreislohn
from payroll.masterdata.models import Pfaendung
from tenants.audit import values
from tenants.audit.export import verify_database
from tenants.audit.models import AuditEntry, AuditKey
from tenants.db import engine, setup
from tenants.db.engine import Dsns
from tenants.db.session import platform_session
from tenants.models import Tenant
from tenants.security import masterkey
from tenants.users.service import create_user, give_mandate

Run = Callable[..., tuple[int, str]]
WORDS = "Sparkasse Musterhausen"


@pytest.fixture
def office(desk: Any) -> Any:
    """Eine Forderung, die vor allen Fristen erledigt war; Personalamt, Leitung und Sachbearbeitung."""
    desk.hire(desk.person("1", 380_000))
    desk.record(Pfaendung, "1", date(2015, 1, 1), valid_to=date(2017, 12, 31), nummer=1, art="gewoehnlich",
                glaeubiger=WORDS, zugestellt_am=date(2015, 1, 1))
    with platform_session(actor="test") as session:
        desk.number = session.get_one(Tenant, desk.tenant).number
        for login, role in (("olga", "municipality"), ("paul", "head"), ("karla", "clerk")):
            give_mandate(session, desk.tenant, create_user(session, login, login), role, date(2020, 1, 1))
    return desk


@pytest.fixture
def run(office: Any, database: Dsns, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    for part in ("owner", "app", "platform"):
        monkeypatch.setenv(f"{setup.ENV_URL}_{part.upper()}", getattr(database, part))
    monkeypatch.setenv(masterkey.ENV_KEY, base64.b64encode(masterkey.current().secret).decode())

    def invoke(step: str, *words: str, actor: str | None = None) -> tuple[int, str]:
        who = ("--tenant", office.number, "--actor", actor) if actor else ()
        given = ["privacy", "deletion", step, *words, *who, "--data", str(tmp_path / "var")]
        result = CliRunner().invoke(kreislohn, given)
        engine.configure(database.app, database.platform)
        return result.exit_code, result.output

    return invoke


def test_from_the_preview_to_the_certificate(office: Any, run: Run, tmp_path: Path) -> None:
    today = date.today().isoformat()
    code, said = run("plan", actor="paul")
    assert (code, "pfaendung: 1" in said, "nicht alles bestätigt" in said) == (0, True, True), said
    assert "audit_key: 1" in said
    found = re.search(r"Prüfsumme ([0-9a-f]{64})", said)
    assert found is not None
    digest = ("--digest", found[1])
    order = ("--day", today, *digest, "--reason", "Frist abgelaufen")
    for actor in ("karla", "paul"):
        code, said = run("order", *order, actor=actor)
        assert (code, "kein Mandat mit dem Recht" in said) == (1, True)
    code, said = run("order", *order, actor="olga")
    assert code == 0, said
    number = re.search(r"Auftrag ([0-9a-f-]{36})", said)
    assert number is not None
    out = ("--out", str(tmp_path / "urkunden"))
    assert run("run", *out)[0] == 0
    assert not (tmp_path / "urkunden").exists(), "ohne Genehmigung geht nichts"
    code, said = run("approve", number[1], *digest, actor="olga")
    assert (code, "kein Mandat mit dem Recht" in said) == (1, True)
    assert run("approve", number[1], *digest, actor="paul")[0] == 0
    code, said = run("run", *out)
    assert (code, "Urkunde:" in said) == (0, True), said
    (file,) = (tmp_path / "urkunden").iterdir()
    assert {(row["tabelle"], row["stand"]) for row in json.loads(file.read_text())["rows"]} == {
        ("pfaendung", "deleted"), ("audit_key", "deleted")}
    with office.session() as session:
        assert session.scalar(select(func.count(Pfaendung.id))) == 0
        assert session.scalar(select(func.count(AuditKey.id)).where(AuditKey.record_class == "pfaendung")) == 0
        entry = session.scalars(select(AuditEntry).where(AuditEntry.subject.startswith("pfaendung:"))).one()
        assert values.opened(session, [entry])[entry.id].missing
        assert verify_database(session).breaks == ()


def test_a_hold_keeps_what_its_period_would_let_go(office: Any, run: Run, tmp_path: Path) -> None:
    code, said = run("hold", "--kind", "pfaendung", "--from", "2026-01-01", "--reason", "Klage 3 Ca 17", actor="olga")
    assert code == 0, said
    code, said = run("plan", actor="paul")
    assert (code, "pfaendung: 1" in said, "Klage 3 Ca 17" in said) == (0, False, True), said
    with office.session() as session:
        assert session.scalar(select(func.count(Pfaendung.id))) == 1
