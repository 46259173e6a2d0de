"""Schlüsselbefehle: Wechsel im laufenden Betrieb, neuer Hauptschlüssel, Vernichtung mit Urkunde."""

from __future__ import annotations

import base64
import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from datetime import UTC, datetime
from pathlib import Path

import pyotp
import pytest
from sqlalchemy import select

from payroll.verbund.austritt import Probe
from tenants import audit
from tenants.audit import checkpoint, verifier
from tenants.audit.models import AuditEntry
from tenants.db.session import PlatformSession, TenantSession, platform_session, tenant_session
from tenants.models.tenant import Tenant, TenantKey
from tenants.models.user import User
from tenants.security import (
    KeyMissing,
    destruction,
    lookup_hash,
    masterkey,
    open_sealed,
    rotation,
    seal,
    second_factor,
)
from tenants.security.masterkey import MasterKey
from tenants.security.rotation import rotate_data_key
from tenants.transfer import manifest_of
from tenants.users import service as users

Run = Callable[..., tuple[int, str]]
PLACE = {"table": "person", "row": "7", "column": "iban"}
NOW = datetime(2026, 11, 25, 12, 0, tzinfo=UTC)


def sealed_by(tenant: int) -> bytes:
    with tenant_session(tenant, actor="anna") as session:
        return seal(session, b"DE02120300000000202051", **PLACE)


def opened_by(tenant: int, value: bytes) -> bytes:
    with tenant_session(tenant, actor="anna") as session:
        return open_sealed(session, value, **PLACE)


def test_a_session_open_during_the_rotation_reads_what_came_after_it(two_tenants: tuple[int, int]) -> None:
    tenant = two_tenants[0]
    with tenant_session(tenant, actor="anna") as running:
        before = seal(running, b"alt", **PLACE)
        with platform_session(actor="admin") as session:
            rotate_data_key(session, tenant, "Wechsel")
        after = sealed_by(tenant)
        assert open_sealed(running, after, **PLACE) == b"DE02120300000000202051"
        assert open_sealed(running, before, **PLACE) == b"alt"


def test_rotate_all_and_list(run: Run, two_tenants: tuple[int, int]) -> None:
    old = sealed_by(two_tenants[1])
    assert run("keys", "rotate", "--all", "--reason", "jährlich") == (0, "001: Version 2\n002: Version 2\n")
    assert run("keys", "rotate", "--tenant", "002", "--reason", "Verdacht") == (0, "002: Version 3\n")
    assert opened_by(two_tenants[1], old) == b"DE02120300000000202051"
    said = run("keys", "list")[1]
    assert said.count("zum Lesen gültig") == 3
    assert "002: Daten Version 3" in said
    assert run("keys", "rotate", "--reason", "x")[0] == 2
    assert "Ohne Schlüssel oder unbekannt: 999" in run("keys", "rotate", "--tenant", "999", "--reason", "x")[1]


def test_rewrap_keeps_every_value_and_every_second_factor(
    run: Run, two_tenants: tuple[int, int], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    value, old = sealed_by(two_tenants[0]), masterkey.current()
    with tenant_session(two_tenants[0], actor="anna") as session:
        hashed = lookup_hash(session, "4711", "probe")
    with platform_session(actor="test") as session:
        user = users.create_user(session, "anna", "Anna Amt")
        secret = users.enrol_second_factor(session, user)
    file = tmp_path / "neu.key"
    code, said = run("keys", "rewrap", "--new-key-file", str(file), "--reason", "Wechsel im Tresor")
    assert code == 0, said
    assert "4 Schlüssel und 1 zweiter Faktor neu" in said

    with pytest.raises(KeyMissing, match="Den richtigen Hauptschlüssel bereitstellen"):
        opened_by(two_tenants[0], value)
    new = masterkey.from_file(file)
    # A process that has both reads what either has wrapped: the change needs no stop.
    monkeypatch.setenv(masterkey.ENV_PREVIOUS, base64.b64encode(new.secret).decode())
    assert opened_by(two_tenants[0], value) == b"DE02120300000000202051"
    monkeypatch.delenv(masterkey.ENV_PREVIOUS)
    masterkey.configure(new)
    assert opened_by(two_tenants[0], value) == b"DE02120300000000202051"
    with tenant_session(two_tenants[0], actor="anna") as session:
        assert lookup_hash(session, "4711", "probe") == hashed
        lines = [f"{line}\n" for line in checkpoint.sealed_lines(session)]
    assert verifier.check(lines, [checkpoint.public_key(old)]).problems == []
    with platform_session(actor="test") as session:
        user = session.scalars(select(User).where(User.login == "anna")).one()
        assert second_factor.open_secret(user) == secret
        assert second_factor.accept(user, pyotp.TOTP(secret).at(NOW), NOW)


def test_the_second_factor_opens_with_the_previous_key_while_the_change_is_running(
    two_tenants: tuple[int, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    old = masterkey.current()
    with platform_session(actor="test") as session:
        user = users.create_user(session, "anna", "Anna Amt")
        secret = users.enrol_second_factor(session, user)
    masterkey.configure(MasterKey(bytes(32)))
    monkeypatch.setenv(masterkey.ENV_PREVIOUS, base64.b64encode(old.secret).decode())
    assert second_factor.open_secret(user) == secret


def test_rewrap_to_the_same_key_is_refused(run: Run, two_tenants: tuple[int, int], tmp_path: Path) -> None:
    file = tmp_path / "gleich.key"
    file.write_bytes(base64.b64encode(masterkey.current().secret))
    file.chmod(0o600)
    code, said = run("keys", "rewrap", "--new-key-file", str(file), "--reason", "x")
    assert (code, "eine andere Datei angeben" in said) == (1, True)


def test_the_key_in_the_data_directory_is_exchanged(
    run: Run, two_tenants: tuple[int, int], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = tmp_path / "var"
    data.mkdir()
    own = data / "master.key"
    own.write_bytes(base64.b64encode(masterkey.current().secret))
    own.chmod(0o600)
    monkeypatch.delenv(masterkey.ENV_KEY)
    old = masterkey.current().key_id
    code, said = run("keys", "rewrap", "--new-key-file", str(tmp_path / "neu.key"), "--reason", "x", data=data)
    assert (code, "ist jetzt der neue Hauptschlüssel" in said) == (0, True), said
    assert sorted(path.name for path in data.glob("master*")) == ["master.key", f"master.key.{old}"]
    assert masterkey.from_file(own) == masterkey.from_file(tmp_path / "neu.key")
    assert run("keys", "rotate", "--all", "--reason", "danach", data=data)[0] == 0


def test_destruction_needs_the_name_and_gives_a_certificate(
    run: Run, two_tenants: tuple[int, int], tmp_path: Path
) -> None:
    values, paper = [sealed_by(tenant) for tenant in two_tenants], tmp_path / "urkunde.json"
    words = ("keys", "destroy", "--tenant", "002", "--reason", "Vertrag beendet", "--certificate", str(paper))
    code, said = run(*words, "--confirm", "Gemeinde")
    assert (code, "„Gemeinde Muster“" in said, paper.exists()) == (1, True, False)
    assert opened_by(two_tenants[1], values[1])

    foreign = run(*words, "--confirm", "Gemeinde Muster", "--package", __file__)
    assert (foreign[0], "nicht das jüngste Paket" in foreign[1], paper.exists()) == (1, True, False)
    assert opened_by(two_tenants[1], values[1])
    for neither in ((), ("--without-proof", " "), ("--without-proof", "x", "--package", __file__)):
        code, said = run(*words, "--confirm", "Gemeinde Muster", *neither)
        assert (code, "Entweder das bewiesene Paket" in said, paper.exists()) == (1, True, False), neither
    code, said = run(*words, "--confirm", "Gemeinde Muster", "--without-proof", "war nie in Betrieb")
    assert (code, "2 Schlüssel von 002 vernichtet" in said) == (0, True), said
    assert "Warnung: ohne Beweis" in said
    with pytest.raises(KeyMissing, match="vernichtet"):
        opened_by(two_tenants[1], values[1])
    assert opened_by(two_tenants[0], values[0])
    read = destruction.read(paper.read_text(encoding="utf-8"))
    assert (read["tenant"]["number"], len(read["keys"]), read["reason"]) == ("002", 2, "Vertrag beendet")
    assert (read["without_proof"], "package" in read) == ("war nie in Betrieb", False)
    with platform_session(actor="test") as session:
        entry = session.scalars(select(AuditEntry).where(AuditEntry.action == "key.destroy")).one()
        assert entry.reason == "Vertrag beendet (ohne Beweis: war nie in Betrieb)"
        assert checkpoint.sign_head(session).head == read["platform_entry"]["head"]
    assert "keine Schlüssel (vernichtet)" in run("keys", "list")[1]
    assert "gibt es schon" in run(*words, "--confirm", "Gemeinde Muster")[1]
    code, said = run(*words[:-1], str(tmp_path / "zweite.json"), "--confirm", "Gemeinde Muster", "--without-proof", "x")
    assert (code, "Gemeinde Muster (002) hat keine Schlüssel mehr" in said, "repeat-destroy" in said) == (1, True, True)
    assert not (tmp_path / "zweite.json").exists()


def test_the_log_cannot_grow_between_its_last_seal_and_the_destruction(
    two_tenants: tuple[int, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    tenant, real, outcome = two_tenants[1], rotation.destroy_keys, list[object]()

    def late() -> None:
        try:
            with tenant_session(tenant, actor="anna") as session:
                seal(session, b"neu", **PLACE)
                audit.record(session, "person.geaendert", "person:7", {})
            outcome.append("geschrieben")
        except KeyMissing as refused:
            outcome.append(refused)

    writer = threading.Thread(target=late)

    def destroyed(session: PlatformSession, number: int, reason: str) -> int:
        writer.start()
        writer.join(0.5)
        outcome.append(writer.is_alive())
        return real(session, number, reason)

    monkeypatch.setattr(rotation, "destroy_keys", destroyed)
    with platform_session(actor="betrieb") as session:
        destruction.destroy(session, session.get_one(Tenant, tenant), "Ende", confirmed="Gemeinde Muster", unproved="x")
    writer.join(30)
    assert outcome[0] is True, "wer schreibt, wartet, bis die Schlüssel fort sind"
    assert "eben vernichtet" in str(outcome[1]), "und wird dann abgewiesen"
    with tenant_session(tenant, actor="pruefer") as session:
        last = session.scalars(select(AuditEntry).order_by(AuditEntry.id.desc()).limit(1)).one()
        assert (last.action, last.subject) == (verifier.CHECKPOINT, "vernichtung")
        audit.record(session, "protokoll.ausgegeben", "protokoll", {})  # whoever needs no key still writes


def test_what_came_after_the_seal_stops_the_destruction(
    two_tenants: tuple[int, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    tenant, value = two_tenants[1], sealed_by(two_tenants[1])

    @contextmanager
    def between(number: int, *, actor: str) -> Iterator[TenantSession]:
        monkeypatch.setattr(destruction, "tenant_session", tenant_session)
        with tenant_session(number, actor=actor) as session:
            yield session
        with tenant_session(number, actor="anna") as session:
            audit.record(session, "person.gelesen", "person:7", {})

    monkeypatch.setattr(destruction, "tenant_session", between)
    grown = pytest.raises(KeyMissing, match=r"kam Eintrag \d+ \(person\.gelesen\)")
    with grown, platform_session(actor="betrieb") as session:
        destruction.destroy(session, session.get_one(Tenant, tenant), "Ende", confirmed="Gemeinde Muster", unproved="x")
    assert opened_by(tenant, value) == b"DE02120300000000202051"


def test_whoever_leaves_is_destroyed_with_the_package(
    run: Run, two_tenants: tuple[int, int], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    package, key, paper = (tmp_path / name for name in ("stadt.paket", "stadt.key", "urkunde.json"))
    pack = ("leaving", "pack", "--tenant", "002", "--out", str(package), "--key-file")
    assert run(*pack, str(key))[0] == 0
    assert masterkey.from_file(key) != masterkey.current()
    assert "gibt es schon" in run(*pack, str(key))[1]
    assert run(*pack, str(tmp_path / "zwei.key"))[0] == 1
    assert not (tmp_path / "zwei.key").exists(), "ohne Paket kein Schlüssel"
    destroy = ("keys", "destroy", "--tenant", "002", "--reason", "Ende", "--certificate", str(paper), "--confirm",
               "Gemeinde Muster", "--package", str(package))
    assert "nicht bewiesen" in run(*destroy)[1]
    probe = Probe(manifest_of(package, masterkey.from_file(key)), 0, 3, None)  # the proof itself: tests of the filings
    monkeypatch.setattr("payroll.leaving_commands.empty_database", lambda name: nullcontext())
    monkeypatch.setattr("payroll.verbund.austritt.prove", lambda *given: probe)
    proof = ("leaving", "prove", str(package), "--key-file", str(key))
    assert run(*proof)[0] == 0
    assert "nicht bewiesen" in run(*destroy)[1], "ohne --record steht nichts da"
    code, said = run(*proof, "--record")
    assert (code, "Im Protokoll festgehalten und versiegelt: Eintrag " in said) == (0, True), said
    code, said = run(*destroy)
    assert (code, "Warnung" in said) == (0, False), said
    assert json.loads(paper.read_text(encoding="utf-8"))["package"] == destruction.checksum(package)
    with pytest.raises(KeyMissing):
        sealed_by(two_tenants[1])


def test_after_a_return_from_an_old_backup_the_certificate_destroys_again(
    run: Run, two_tenants: tuple[int, int], tmp_path: Path
) -> None:
    with platform_session(actor="test") as session:
        rows = session.scalars(select(TenantKey).where(TenantKey.tenant_id == two_tenants[1])).all()
        copies = [{n: getattr(r, n) for n in ("tenant_id", "purpose", "version", "master_id", "wrapped")} for r in rows]
    paper = tmp_path / "urkunde.json"
    run(
        *("keys", "destroy", "--tenant", "002", "--reason", "Ende", "--certificate", str(paper)),
        *("--confirm", "Gemeinde Muster", "--without-proof", "Übung"),
    )
    with platform_session(actor="test") as session:
        session.add_all(TenantKey(**copy) for copy in copies)
    value = sealed_by(two_tenants[1])
    assert run("keys", "repeat-destroy", str(paper)) == (0, "2 Schlüssel vernichtet.\n")
    with pytest.raises(KeyMissing):
        opened_by(two_tenants[1], value)
    assert "Nichts zu tun" in run("keys", "repeat-destroy", str(paper))[1]

    forged = json.loads(paper.read_text(encoding="utf-8"))
    forged["tenant"]["number"] = "001"
    paper.write_text(json.dumps(forged), encoding="utf-8")
    code, said = run("keys", "repeat-destroy", str(paper))
    assert (code, "unlesbar oder verändert" in said) == (1, True)
