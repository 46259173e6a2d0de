"""Getrennte Maschinen auf einer: Netznamensräume, verbunden über eine Brücke in einem eigenen Raum (nur Linux, root).

Kein Raum hat einen Weg nach außen; alle Adressen liegen in einem Netz, das es nur hier gibt.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

NETWORK = "10.97.0"
PREFIX = f"kl{os.getpid()}"


def impossible() -> str:
    """Warum hier keine Räume angelegt werden können; leer, wenn es geht."""
    if os.geteuid() != 0:
        return "Netznamensräume anlegen darf nur root; mit sudo noch einmal."
    if shutil.which("ip") is None:
        return "Das Programm ip fehlt; das Paket iproute2 einspielen."
    name = f"{PREFIX}probe"
    done = subprocess.run(["ip", "netns", "add", name], capture_output=True, text=True, check=False)
    if done.returncode:
        return f"Der Kern lässt hier keine Netznamensräume zu: {done.stderr.strip()}"
    try:
        for words, kind in (("Leitungen (veth)", ("left", "type", "veth", "peer", "name", "right")),
                            ("Verteiler (bridge)", ("switch0", "type", "bridge"))):
            made = subprocess.run(["ip", "-n", name, "link", "add", *kind], capture_output=True, text=True, check=False)
            if made.returncode:
                return f"Der Kern lässt hier keine {words} zu: {made.stderr.strip()}"
    finally:
        _ip("netns", "del", name)
    return ""


@dataclass
class Hosts:
    """Angelegte Maschinen: Name zu Adresse."""

    addresses: dict[str, str] = field(default_factory=dict)

    def command(self, host: str, command: Sequence[str]) -> list[str]:
        """Ein Befehl, der auf dieser Maschine läuft."""
        return ["ip", "netns", "exec", f"{PREFIX}{host}", *command]

    def cut(self, host: str) -> None:
        """Zieht das Kabel: niemand erfährt davon, Pakete verschwinden."""
        _ip("-n", f"{PREFIX}sw", "link", "set", f"p{host}", "down")

    def mend(self, host: str) -> None:
        """Steckt das Kabel wieder an."""
        _ip("-n", f"{PREFIX}sw", "link", "set", f"p{host}", "up")


@contextmanager
def hosts(*names: str) -> Iterator[Hosts]:
    """Legt die Maschinen an und räumt sie danach weg, auch nach einem Fehler."""
    found = Hosts()
    try:
        _space("sw")
        _ip("-n", f"{PREFIX}sw", "link", "add", "switch0", "type", "bridge")
        _ip("-n", f"{PREFIX}sw", "link", "set", "switch0", "up")
        for at, name in enumerate(names, 1):
            _space(name)
            _ip("-n", f"{PREFIX}sw", "link", "add", f"p{name}", "type", "veth", "peer", "name", "eth0", "netns",
                f"{PREFIX}{name}")
            _ip("-n", f"{PREFIX}sw", "link", "set", f"p{name}", "master", "switch0", "up")
            found.addresses[name] = f"{NETWORK}.{at}"
            _ip("-n", f"{PREFIX}{name}", "address", "add", f"{NETWORK}.{at}/24", "dev", "eth0")
            _ip("-n", f"{PREFIX}{name}", "link", "set", "eth0", "up")
        yield found
    finally:
        for name in ("sw", *names):
            with suppress(subprocess.CalledProcessError):
                _ip("netns", "del", f"{PREFIX}{name}")


def _space(name: str) -> None:
    _ip("netns", "add", f"{PREFIX}{name}")
    _ip("-n", f"{PREFIX}{name}", "link", "set", "lo", "up")


def _ip(*words: str) -> None:
    subprocess.run(["ip", *words], check=True, capture_output=True, text=True)
