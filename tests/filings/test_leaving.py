"""Eine Stadt geht: vollständiges Paket, in eine leere Einrichtung, der Lauf nachgerechnet, dann der Schlüssel."""

from __future__ import annotations

import base64
import json
import os
from collections.abc import Callable
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import replace
from pathlib import Path
from typing import Any

import psycopg
import pytest
from click.testing import CliRunner
from sqlalchemy import func, select

from payroll.cli import kreislohn
from payroll.filings.sepa import employer_account
from payroll.masterdata.models import PersonAngaben
from payroll.runs import taxyear
from payroll.runs.replay.replaying import Difference
from payroll.verbund.austritt import Probe, describe, pack_tenant, prove, take_in
from tenants import audit
from tenants.audit import checkpoint
from tenants.audit.models import AuditEntry
from tenants.db import engine, passwords, setup
from tenants.db.engine import Dsns
from tenants.db.server import Server
from tenants.db.session import platform_session, tenant_session
from tenants.models import Tenant
from tenants.security import KeyMissing, destruction, leaving_proof, masterkey
from tenants.security.masterkey import MasterKey
from tenants.transfer import TransferError

KEY, OTHER = MasterKey(os.urandom(32)), MasterKey(os.urandom(32))
Empty = Callable[[str], AbstractContextManager[Dsns]]


@pytest.fixture
def left(fresh_town: Any, tmp_path: Path) -> tuple[Any, Path, int, int]:
    """Paket der Stadt, Zahl ihrer Angaben zu Personen, Zahl der Einträge im Protokoll beim Packen."""
    file = tmp_path / "stadt.paket"
    with fresh_town.session() as session:
        people = session.scalar(select(func.count(PersonAngaben.id)))
        entries = session.scalar(select(func.count(AuditEntry.id)))
        made = pack_tenant(session, file, KEY)
    words = json.loads(describe(made))
    assert {"deputy", "employee_access", "mandate"} <= set(words["nicht_enthalten"]), "they belong to accounts"
    assert {"ergebnis", "zahlung", "kostenbescheid", "stelle", "bewerbung", "zeit_zeile"} <= words["tabellen"].keys()
    assert all(one["bedeutung"] for one in words["tabellen"].values())
    assert words["tabellen"]["person_angaben"]["spalten"]["nachname_siegel"].endswith("versiegelt")
    assert [one["monat"] for one in words["laeufe"]] == ["2026-05-01"]
    return fresh_town, file, int(people or 0), int(entries or 0)


def test_what_leaves_can_be_taken_in_and_calculates_the_same(left: tuple[Any, Path, int, int], empty: Empty) -> None:
    town, file, people, entries = left
    with empty("erste") as first:
        done = prove(first, lambda: empty("zweite"), file, KEY, OTHER)
        assert (done.laeufe, done.kette, done.gleich) == (1, entries, True)
        assert done.nachgerechnet is not None
        assert done.nachgerechnet.count == 11
        engine.configure(first.app, first.platform)  # the proof ended in the second database
        masterkey.configure(OTHER)
        with tenant_session(town.tenant, actor="neu") as session:
            assert session.scalar(select(func.count(PersonAngaben.id))) == people
            assert {one.nachname for one in session.scalars(select(PersonAngaben))} >= {"Tarif", "Żółkiewska-O’Brien"}
            assert employer_account.accounts(session)[0].bestaetigt_von == "kurt"
        with pytest.raises(TransferError, match="hier vergeben"):
            take_in(first, file, KEY, OTHER)


def test_the_new_house_is_told_which_key_the_seals_bear(fresh_town: Any, tmp_path: Path, empty: Empty) -> None:
    """Die Siegel stammen vom Hauptschlüssel der früheren Einrichtung: ohne ihren Schlüssel wären es lauter Brüche."""
    file, key = tmp_path / "stadt.paket", checkpoint.public_key()
    with fresh_town.session() as session:
        assert checkpoint.former_keys(session) == ()
        checkpoint.seal_chain(session, "freigabevermerk 2026-05")
    with fresh_town.session() as session:
        pack_tenant(session, file, KEY)
    with empty("siegel") as dsns:
        take_in(dsns, file, KEY, OTHER)
        with tenant_session(fresh_town.tenant, actor="neu") as session:
            assert checkpoint.former_keys(session) == (key,)
            assert [text for text in checkpoint.verify_seals(session).problems if key[:16] in text]
            assert checkpoint.verify_seals(session, [key]).problems == []


def test_a_run_of_an_older_program_is_proved_by_its_amounts(
        left: tuple[Any, Path, int, int], empty: Empty, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Der Hash enthält den Stand der Regeln: unter einem anderen ist er nie derselbe, die Beträge können es sein."""
    key, stamp, kept = tmp_path / "schluessel", taxyear.stamp, []
    key.write_text(base64.b64encode(KEY.secret).decode())
    key.chmod(0o600)

    def run(proving: Callable[..., Probe]) -> tuple[int, str]:
        monkeypatch.setattr("payroll.verbund.austritt.prove", proving)
        made = CliRunner().invoke(kreislohn, ["leaving", "prove", str(left[1]), "--key-file", str(key)])
        return made.exit_code, made.output

    def really(*given: Any) -> Probe:
        kept.append(prove(*given))
        return kept[0]

    monkeypatch.setattr(taxyear, "stamp", lambda *args: f"neuer.{stamp(*args)}")
    monkeypatch.setattr("payroll.leaving_commands.empty_database", empty)
    code, words = run(really)
    assert (code, kept[0].gleich, kept[0].bewiesen) == (0, False, True), words
    assert "andere Regeln oder Rechengrößen (neuer." in words
    assert "Andere Regeln, kein Betrag verschieden" in words
    assert "VERSCHIEDEN" not in words
    here = kept[0].nachgerechnet
    assert here is not None
    monkeypatch.setattr("payroll.leaving_commands.empty_database", lambda name: nullcontext())
    for changed, expected in (
        (replace(here, differences=[Difference("TARIF", "netto", 260_000, 260_001)]),
         "Personalnummer TARIF, netto: Paket 2600,00 €, hier 2600,01 €"),
        (replace(here, rules_here=here.run["regelwerk"]), "verschieden sind Zeilentexte, Eingaben")):
        code, words = run(lambda *given, one=changed: replace(kept[0], nachgerechnet=one))
        assert (code, expected in words, "VERSCHIEDEN: nichts vernichten" in words) == (1, True, True), words


def test_a_wrong_key_or_a_damaged_package_opens_nothing(left: tuple[Any, Path, int, int], empty: Empty) -> None:
    _town, file, _people, _entries = left
    with empty("vierte") as fourth:
        with pytest.raises(TransferError, match="öffnet"):
            take_in(fourth, file, OTHER, OTHER)
        content = bytearray(file.read_bytes())
        content[1000] ^= 1  # within the first piece, so that nothing is rebuilt before it shows
        file.write_bytes(content)
        with pytest.raises(TransferError, match=r"stadt\.paket"):
            take_in(fourth, file, KEY, OTHER)


def test_the_platforms_own_key_seals_no_package(fresh_town: Any, tmp_path: Path) -> None:
    with fresh_town.session() as session, pytest.raises(TransferError, match="Hauptschlüssel dieser Plattform"):
        pack_tenant(session, tmp_path / "stadt.paket", masterkey.current())
    assert not (tmp_path / "stadt.paket").exists()
    held = tmp_path / "master.key"
    held.write_text("x")
    given = ["leaving", "pack", "--tenant", "001", "--out", str(tmp_path / "p"), "--key-file", str(held)]
    refused = CliRunner().invoke(kreislohn, [*given, "--data", str(tmp_path)])
    assert (refused.exit_code, "gibt es schon" in refused.output, held.read_text()) == (1, True, "x")


def test_only_after_a_sealed_proof_the_key_goes_with_a_certificate(
        left: tuple[Any, Path, int, int], tmp_path: Path) -> None:
    town, file = left[:2]

    def destroy(package: Path) -> dict[str, Any]:
        with platform_session(actor="betrieb") as session:
            row = session.get_one(Tenant, town.tenant)
            return destruction.destroy(session, row, "ausgeschieden zum 31.12.2026", confirmed=row.name,
                                       package=destruction.checksum(package))

    def note(package: Path, proved: bool) -> None:
        with town.session() as session:
            leaving_proof.note(session, destruction.checksum(package), proved, {"laeufe": 1})

    note(file, True)
    with town.session() as session:
        checkpoint.seal_chain(session, "nachtlauf")
        audit.record(session, "person.gelesen", "person:x", {})
    with pytest.raises(KeyMissing, match=r"nicht im Paket ist: Eintrag \d+ \(person\.gelesen\)"):
        destroy(file)
    second = tmp_path / "zwei.paket"
    with town.session() as session:
        pack_tenant(session, second, KEY)
        checkpoint.seal_chain(session, "nachtlauf")
    for given, said in ((file, "nicht das jüngste Paket"), (second, "nicht bewiesen")):
        with pytest.raises(KeyMissing, match=said):
            destroy(given)
    with pytest.raises(KeyMissing, match="wird nicht festgehalten"):
        note(file, True)
    with town.session() as session:  # an entry alone, as somebody with the database could write it
        audit.record(session, leaving_proof.PROVED, "mandant:x",
                     {"sha256": destruction.checksum(second), "bewiesen": True})
    with pytest.raises(KeyMissing, match="unter keinem gültigen Siegel"):
        destroy(second)
    note(second, False)
    with pytest.raises(KeyMissing, match="ist gescheitert"):
        destroy(second)
    note(second, True)
    made = destroy(second)
    assert made["keys"]
    assert made["package"] == destruction.checksum(second)
    with town.session() as session:
        entry = session.scalars(select(AuditEntry).where(AuditEntry.id == made["proof_entry"])).one()
        assert (entry.action, entry.details["bewiesen"]) == ("mandant.beweis", True)
        with pytest.raises(KeyMissing):
            next(iter(session.scalars(select(PersonAngaben)))).nachname  # noqa: B018 (opening the seal is the point)


@pytest.fixture
def empty(postgres: Server) -> Empty:
    """Öffnet Datenbanken ohne Tabellen auf dem Server der Prüfungen."""
    @contextmanager
    def opened(name: str) -> Any:
        held = masterkey.current()
        try:
            yield setup.prepare(postgres, database=f"leer_{name}", migrate=False)
        finally:
            engine.dispose()
            masterkey.configure(held)
            with psycopg.connect(postgres.dsn(passwords.SUPERUSER, "postgres"), autocommit=True) as connection:
                connection.execute(f'DROP DATABASE "leer_{name}" WITH (FORCE)')

    return opened


def test_an_import_that_fails_leaves_the_directory_empty(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A wrong key or package must not cost the directory: the next try finds it as it was."""
    package, key, data = tmp_path / "paket", tmp_path / "schluessel", tmp_path / "neu"
    package.write_bytes(b"kein Paket")
    key.write_text("x", encoding="utf-8")
    key.chmod(0o644)

    def run() -> str:
        made = CliRunner().invoke(kreislohn, ["leaving", "import", str(package), "--key-file", str(key),
                                              "--data", str(data)])
        assert made.exit_code == 1, made.output
        return made.output

    assert "für andere lesbar" in run()
    assert not data.exists()
    key.unlink()
    masterkey.ensure_file(key)

    def refuse(where: Path) -> None:
        (where / "cluster").mkdir()
        raise TransferError("Das Paket öffnet sich mit diesem Schlüssel nicht.")

    monkeypatch.setattr("tenants.db.server.start", refuse)
    for _ in range(2):
        assert "öffnet sich mit diesem Schlüssel nicht" in run()
        assert list(data.iterdir()) == []
