"""Schlüsselwechsel im laufenden Betrieb: während gewechselt und neu eingewickelt wird, scheitert keine Anfrage."""

from __future__ import annotations

import base64
import threading
from collections.abc import Callable

import pytest

from tenants.db.session import platform_session, tenant_session
from tenants.security import keys_of, masterkey, open_sealed, rotation, seal
from tenants.security.masterkey import MasterKey

READERS, ROTATIONS = 3, 5
FRESH = MasterKey(bytes(range(32, 64)))


class Requests:
    """Anfragen, die unablässig schreiben und alles bisher Geschriebene lesen; jede in ihrer eigenen Sitzung."""

    def __init__(self, tenant: int) -> None:
        self.tenant, self.stop, self.failed, self.done = tenant, threading.Event(), [], 0
        self.threads = [threading.Thread(target=self._work) for _ in range(READERS)]

    def _work(self) -> None:
        written: list[bytes] = []
        while not self.stop.is_set():
            try:
                with tenant_session(self.tenant, actor="anfrage") as session:
                    written.append(seal(session, b"wert", table="t", row="1", column="c"))
                    assert {open_sealed(session, one, table="t", row="1", column="c") for one in written} == {b"wert"}
                self.done += 1
            except Exception as error:
                self.failed.append(repr(error))
                return

    def wait_for(self, more: int) -> None:
        """Bis so viele weitere Anfragen beantwortet sind."""
        wanted = self.done + more
        while self.done < wanted and not self.failed:
            threading.Event().wait(0.005)


def _environment(key: MasterKey) -> str:
    return base64.b64encode(key.secret).decode()


def test_no_request_fails_while_keys_change(
    two_tenants: tuple[int, int], monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> None:
    old = masterkey.current()
    configure: Callable[[MasterKey], None] = masterkey.configure
    request.addfinalizer(lambda: configure(old))
    running = Requests(two_tenants[0])
    for thread in running.threads:
        thread.start()
    for number in range(ROTATIONS):
        running.wait_for(5)
        with platform_session(actor="betrieb") as session:
            assert rotation.rotate_data_key(session, two_tenants[0], "jährlich") == number + 2
    monkeypatch.setenv(masterkey.ENV_PREVIOUS, _environment(FRESH))
    running.wait_for(10)
    with platform_session(actor="betrieb") as session:
        assert rotation.rewrap(session, FRESH, "Wechsel")[0] == ROTATIONS + 2 + 2
    running.wait_for(10)
    monkeypatch.setenv(masterkey.ENV_PREVIOUS, _environment(old))
    configure(FRESH)
    running.wait_for(10)
    monkeypatch.delenv(masterkey.ENV_PREVIOUS)
    running.wait_for(10)
    running.stop.set()
    for thread in running.threads:
        thread.join(30)
    assert running.failed == []
    assert running.done > 50
    with tenant_session(two_tenants[0], actor="test") as session:
        assert sorted(keys_of(session).data) == list(range(1, ROTATIONS + 2))
