"""Verschlossene Datei: jede Größe kommt zurück, jede Veränderung fällt auf, ohne Schlüssel steht nichts darin."""

from __future__ import annotations

import io
import random

import pytest

from tenants.backup.container import CHUNK, TAG, BackupDamaged, BackupError, SealedWriter, header_of, opened
from tenants.security.masterkey import MasterKey

KEY, OTHER = MasterKey(bytes(range(32))), MasterKey(bytes(32))


def sealed(content: bytes, step: int = 300_000) -> bytes:
    target = io.BytesIO()
    writer = SealedWriter(target, KEY)
    for start in range(0, len(content), step):
        writer.write(content[start : start + step])
    writer.close()
    return target.getvalue()


def plain(data: bytes, key: MasterKey = KEY) -> bytes:
    return b"".join(opened(io.BytesIO(data), key))


@pytest.mark.parametrize("size", [0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 2 * CHUNK, 3 * CHUNK + 5])
def test_every_size_comes_back(size: int) -> None:
    content = random.Random(size).randbytes(size)
    data = sealed(content)
    assert plain(data) == content
    assert len(data) == size + TAG * max(1, -(-size // CHUNK)) + len(data) - len(data[_start(data) :])


def _start(data: bytes) -> int:
    source = io.BytesIO(data)
    header_of(source)
    return source.tell()


def test_nothing_is_readable_and_the_same_content_never_looks_the_same() -> None:
    content = b"Personalnummer 4711 " * 1000
    first, second = sealed(content), sealed(content)
    assert b"4711" not in first
    assert first[_start(first) :] != second[_start(second) :]


def test_another_key_is_named() -> None:
    with pytest.raises(BackupError, match=f"gehört zum Hauptschlüssel {KEY.key_id}, eingerichtet ist {OTHER.key_id}"):
        plain(sealed(b"x"), OTHER)


def test_another_key_that_pretends_to_be_the_right_one_opens_nothing() -> None:
    forged = sealed(b"x").replace(KEY.key_id.encode(), OTHER.key_id.encode())
    with pytest.raises(BackupDamaged):
        plain(forged, OTHER)


def test_every_change_is_found() -> None:
    dice, data = random.Random(4), sealed(random.Random(1).randbytes(2 * CHUNK + 100))
    start = _start(data)
    chunk = CHUNK + TAG
    swapped = data[start + chunk : start + 2 * chunk] + data[start : start + chunk]
    forged = [
        data[:start] + data[start + chunk :],
        data[: start + chunk],
        data[: start + 2 * chunk],
        data[:start] + swapped + data[start + 2 * chunk :],
        data + b"\0",
        data + data[start:],
        data[:start],
        b"",
        b"PGDMP" + data,
    ]
    for _ in range(60):
        place = dice.randrange(len(data)) if dice.random() < 0.7 else dice.randrange(start)
        forged.append(data[:place] + bytes([data[place] ^ 1 << dice.randrange(8)]) + data[place + 1 :])
    for _ in range(20):
        forged.append(data[: dice.randrange(len(data))])
    for one in forged:
        with pytest.raises(BackupError):
            plain(one)


def test_what_comes_out_before_the_damage_is_only_what_was_put_in() -> None:
    content = random.Random(1).randbytes(2 * CHUNK + 100)
    data = bytearray(sealed(content))
    data[-1] ^= 1
    pieces = opened(io.BytesIO(bytes(data)), KEY)
    got = next(pieces) + next(pieces)
    with pytest.raises(BackupDamaged, match="ab Byte"):
        next(pieces)
    assert got == content[: 2 * CHUNK]
