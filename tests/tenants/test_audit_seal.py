"""Siegel der Kette: jede von 10.000 gewürfelten Fälschungen einer Ausfuhr fällt ohne Datenbank und ohne Netz auf."""

from __future__ import annotations

import hashlib
import json
import random
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, text

from tenants import audit, service
from tenants.audit import chain, checkpoint, export, verifier
from tenants.db.engine import Dsns
from tenants.db.session import platform_session, tenant_session
from tenants.security import masterkey
from tenants.security.masterkey import MasterKey

MUTATIONS = 10_000
Records = list[dict[str, Any]]


@pytest.fixture(scope="module")
def module_database(fresh_database: Callable[[], AbstractContextManager[Dsns]]) -> Iterator[Dsns]:
    with fresh_database() as dsns:
        yield dsns


@pytest.fixture(scope="module")
def exported(module_database: Dsns) -> list[str]:
    """Eine Kette mit zwei Siegeln darin und dem Siegel am Ende."""
    with platform_session(actor="test") as session:
        tenant = service.create_tenant(session, "001", "Kreis Beispiel", "kreis").id
    for number in range(9):
        with tenant_session(tenant, actor=f"anna{number % 2}") as session:
            audit.record(session, "person.geaendert", f"person:{number}", {"feld": "name", "nr": number}, "Größe")
            if number % 4 == 3:
                checkpoint.seal_chain(session, f"lauf:{number}")
    with tenant_session(tenant, actor="pruefer") as session:
        return [f"{line}\n" for line in checkpoint.sealed_lines(session)]


@pytest.fixture(scope="module")
def key(module_database: Dsns) -> str:
    return checkpoint.public_key()


def test_an_untouched_export_holds(exported: list[str], key: str) -> None:
    report = verifier.check(exported, [key])
    assert (report.problems, report.entries, report.seals) == ([], 11, 3)
    assert report.head == json.loads(exported[-2])["hash"]
    assert export.verify(exported).breaks == ()


# --- ten thousand mutations ------------------------------------------------------------------------------------------


def delete(dice: random.Random, records: Records) -> None:
    del records[dice.randrange(len(records))]


def truncate(dice: random.Random, records: Records) -> None:
    del records[dice.randrange(len(records)) :]


def reorder(dice: random.Random, records: Records) -> None:
    first, second = dice.sample(range(len(records)), 2)
    records[first], records[second] = records[second], records[first]


def insert(dice: random.Random, records: Records) -> None:
    made = json.loads(json.dumps(dice.choice(records)))
    if dice.random() < 0.5 and "checkpoint" not in made:
        made["subject"] = f"person:{dice.randrange(10**6)}x"
    records.insert(dice.randrange(len(records) + 1), made)


def change(dice: random.Random, records: Records) -> None:
    record = dice.choice(records)
    record = record.get("checkpoint", record)
    name = dice.choice(sorted(record))
    value = record[name]
    if isinstance(value, int):
        record[name] = value + dice.choice((-1, 1, 7))
    elif isinstance(value, dict):
        record[name] = {**value, "nr": dice.randrange(10**6, 10**7)}
    elif name in ("hash", "prev_hash", "head", "key", "signature"):
        place = dice.randrange(len(value))
        record[name] = value[:place] + ("0" if value[place] != "0" else "1") + value[place + 1 :]
    else:
        record[name] = None if value and dice.random() < 0.2 else f"{value}{dice.choice('abc ß')}"


def recompute(records: Records) -> None:
    """Fälscher mit Zugriff auf die Datenbank: rechnet alle Nummern, Verweise und Hashes neu, nur nicht die Siegel."""
    previous, number = verifier.GENESIS, 0
    for record in records:
        if "checkpoint" in record:
            record["checkpoint"].update(seq=number, head=previous)
            continue
        number += 1
        if record["action"] == verifier.CHECKPOINT and isinstance(record["details"], dict):
            record["details"].update(seq=number - 1, head=previous)
        record.update(seq=number, prev_hash=previous)
        content = {name: value for name, value in record.items() if name != "hash"}
        record["hash"] = previous = hashlib.sha256(verifier.canonical(content).encode()).hexdigest()


def spell(dice: random.Random, text: str) -> str:
    """Ein Byte anders: gelöscht, ersetzt oder eingefügt."""
    place = dice.randrange(len(text))
    kind = dice.randrange(3)
    if kind == 0:
        return text[:place] + text[place + 1 :]
    sign = dice.choice('0aZ"{},: \n')
    return text[:place] + sign + text[place + (kind == 1) :]


KINDS = (delete, change, reorder, truncate, insert)


def test_every_one_of_ten_thousand_mutations_is_found(exported: list[str], key: str) -> None:
    dice = random.Random(20261125)
    original, missed, made = "".join(exported), [], dict.fromkeys([*(k.__name__ for k in KINDS), "spell"], 0)
    for number in range(MUTATIONS):
        while True:
            if number % 6 == 5:
                name, forged = "spell", spell(dice, original)
            else:
                records = [json.loads(line) for line in exported]
                kind = KINDS[number % 6]
                kind(dice, records)
                if dice.random() < 0.5:
                    recompute(records)
                name, forged = kind.__name__, "".join(f"{verifier.canonical(r)}\n" for r in records)
            if forged != original:
                break
        made[name] += 1
        if not verifier.check(forged.splitlines(keepends=True), [key]).problems:
            missed.append((number, name))
    assert missed == []
    assert sum(made.values()) == MUTATIONS
    assert min(made.values()) > MUTATIONS // 7


def test_a_seal_from_the_middle_does_not_close_a_shortened_export(exported: list[str], key: str) -> None:
    inner = next(json.loads(line) for line in exported if verifier.CHECKPOINT in line)
    shortened = [*exported[: inner["seq"] - 1], f"{verifier.canonical({'checkpoint': inner['details']})}\n"]
    assert "Unterschrift des Siegels am Ende stimmt nicht" in verifier.check(shortened, [key]).problems[0]


def test_an_older_whole_export_is_found_by_a_noted_head(exported: list[str], key: str) -> None:
    last = json.loads(exported[-2])
    noted = verifier.noted_head(f"{last['seq']}: {' '.join(last['hash'][i : i + 4] for i in range(0, 24, 4))}")
    assert verifier.check(exported, [key], dict([noted])).problems == []
    assert "stimmt nicht mit dem Vermerk" in verifier.check(exported, [key], {last["seq"]: "0" * 16}).problems[0]
    assert "das Ende fehlt" in verifier.check(exported, [key], {last["seq"] + 1: "0" * 16}).problems[0]


def test_a_foreign_key_is_not_accepted(exported: list[str]) -> None:
    other = checkpoint.public_key(MasterKey(bytes(32)))
    problems = verifier.check(exported, [other]).problems
    assert len(problems) == 3
    assert all("unbekannten Schlüssel" in problem for problem in problems)


def test_the_script_runs_alone(exported: list[str], key: str, tmp_path: Path) -> None:
    script, file = tmp_path / "pruefen.py", tmp_path / "protokoll.jsonl"
    script.write_text(Path(verifier.__file__).read_text(encoding="utf-8"), encoding="utf-8")
    file.write_text("".join(exported), encoding="utf-8")

    def run(*arguments: str) -> tuple[int, str]:
        command = [sys.executable, "-I", str(script), str(file), *arguments]
        done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=tmp_path)
        return done.returncode, done.stdout + done.stderr

    assert run("--key", key)[0] == 0
    code, said = run("--key", key, "--head", "3:zzzz")
    assert (code, "NUMMER:KOPF" in said) == (2, True)
    file.write_text("".join(exported[:-2] + exported[-1:]), encoding="utf-8")
    code, said = run("--key", key)
    assert code == 1
    assert "das Ende stimmt nicht" in said


# --- seals in the database -------------------------------------------------------------------------------------------


def test_a_seal_stands_in_the_chain_and_can_be_printed(two_tenants: tuple[int, int]) -> None:
    with tenant_session(two_tenants[0], actor="anna") as session:
        entry = audit.record(session, "lauf.freigegeben", "lauf:1", {})
        seal = checkpoint.seal_chain(session, "lauf:1")
    assert (seal.seq, seal.head) == (entry.id, entry.hash.hex())
    assert verifier.signature_holds(verifier.CHECKPOINT, asdict(seal), checkpoint.public_key())
    assert not verifier.signature_holds(verifier.CHECKPOINT, asdict(replace(seal, seq=7)), seal.key)
    lines = "\n".join(seal.printable)
    assert f"Protokoll {two_tenants[0]}, Eintrag 1" in lines
    assert seal.head in lines.replace(" ", "")
    assert seal.signature in lines.replace(" ", "")


def test_a_chain_written_anew_by_the_owner_of_the_database_is_found(
    two_tenants: tuple[int, int], without_row_security: Engine
) -> None:
    with tenant_session(two_tenants[0], actor="anna") as session:
        audit.record(session, "iban.geaendert", "person:1", {})
        checkpoint.seal_chain(session, "lauf:1")
    with tenant_session(two_tenants[0], actor="anna") as session:
        records = list(export.records(session))
    records[0]["actor"] = "bernd"
    recompute(records)
    with without_row_security.begin() as connection:
        connection.execute(text("ALTER TABLE audit_entry DISABLE TRIGGER nur_anfuegen"))
        for record in records:
            connection.execute(
                text(
                    "UPDATE audit_entry SET actor = :actor, details = :details, prev_hash = :prev, hash = :hash "
                    "WHERE tenant_id = :tenant AND id = :seq"
                ),
                {
                    **{name: record[name] for name in ("actor", "tenant", "seq")},
                    "details": json.dumps(record["details"]),
                    "prev": bytes.fromhex(record["prev_hash"]),
                    "hash": bytes.fromhex(record["hash"]),
                },
            )
    with tenant_session(two_tenants[0], actor="anna") as session:
        assert list(chain.breaks(export.records(session))) == [], "die Kette allein ist überlistet"
        lines = [f"{line}\n" for line in checkpoint.sealed_lines(session)]
    assert verifier.check(lines, [checkpoint.public_key()]).problems == [
        "Zeile 2: Unterschrift des Siegels stimmt nicht."
    ]


def test_the_old_key_vouches_for_the_new_one(two_tenants: tuple[int, int]) -> None:
    old, new = masterkey.current(), MasterKey(bytes(range(1, 33)))
    with tenant_session(two_tenants[0], actor="anna") as session:
        checkpoint.seal_chain(session, "lauf:1")
        checkpoint.succeed(session, old, new)
    masterkey.configure(new)
    with tenant_session(two_tenants[0], actor="anna") as session:
        checkpoint.seal_chain(session, "lauf:2")
        lines = [f"{line}\n" for line in checkpoint.sealed_lines(session)]
    report = verifier.check(lines, [checkpoint.public_key(old)])
    assert (report.problems, report.seals) == ([], 4)
    assert len(verifier.check(lines, [checkpoint.public_key(new)]).problems) == 2


def test_an_empty_chain_can_be_sealed(two_tenants: tuple[int, int]) -> None:
    with tenant_session(two_tenants[1], actor="anna") as session:
        lines = [f"{line}\n" for line in checkpoint.sealed_lines(session)]
    assert (len(lines), verifier.check(lines, [checkpoint.public_key()]).problems) == (1, [])
