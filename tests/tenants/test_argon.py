"""Viele Anmeldungen zugleich: keine Rechnung mit Argon2id stört oder hält eine andere auf."""

from __future__ import annotations

import re
import threading
from pathlib import Path

import tenants
from tenants.security import argon

PATIENCE = 120.0  # seconds; without the lock most threads end at once in an error and one waits forever


def test_many_at_once_neither_fail_nor_wait_for_each_other() -> None:
    stored = argon.encoded(b"viele kleine Enten", salt=bytes(16), iterations=1, lanes=4, memory_kib=64)
    good: list[bool] = []

    def sign_in() -> None:
        for _ in range(100):
            key = argon.key(b"K7PXM4QT9RWD", salt=bytes(16), length=32, iterations=1, lanes=4, memory_kib=64)
            good.append(argon.matches(b"viele kleine Enten", stored) and len(key) == 32)

    threads = [threading.Thread(target=sign_in, daemon=True) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(PATIENCE)
    assert [thread.is_alive() for thread in threads] == [False] * 4
    assert good == [True] * 400


def test_nothing_else_calculates_with_argon2() -> None:
    root = Path(tenants.__file__).parent
    users = {str(path.relative_to(root)) for path in root.rglob("*.py") if re.search(r"\bArgon2id\(", path.read_text())}
    assert users == {"security/argon.py"}
