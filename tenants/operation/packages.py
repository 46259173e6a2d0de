"""Installierte Pakete, auf denen Kreislohn steht: Fassung, Lizenz, Wortlaut der Lizenz."""

from __future__ import annotations

import re
from dataclasses import dataclass
from email.message import Message
from functools import cache
from importlib import metadata
from pathlib import Path

from packaging.requirements import Requirement

OWN = "kreislohn"
ON_DEMAND = frozenset({"hsm", "otel"})  # additions of the package; listed where they are installed
TEXT_FILE = re.compile(r"(^|/)(licen[cs]e|copying|notice)[^/]*$", re.IGNORECASE)
FROM_WORDS = {
    "MIT": "MIT", "BSD": "BSD-3-Clause", "BSD 3-Clause": "BSD-3-Clause", "Apache 2.0": "Apache-2.0",
    "Apache License, Version 2.0": "Apache-2.0", "LGPL-3.0-only": "LGPL-3.0-only", "PSF-2.0": "PSF-2.0",
}


@dataclass(frozen=True)
class Package:
    """Ein installiertes Paket; licence ist ein SPDX-Ausdruck oder das Wort des Pakets, needs sind Namen."""

    name: str
    version: str
    licence: str
    needs: tuple[str, ...]


def canonical(name: str) -> str:
    """Name, wie ihn Verzeichnisse vergleichen (PEP 503)."""
    return re.sub(r"[-_.]+", "-", name).lower()


@cache
def installed() -> tuple[Package, ...]:
    """Alles, was Kreislohn zur Laufzeit braucht, unmittelbar oder mittelbar, nach Namen."""
    found: dict[str, set[str]] = {}
    waiting, asked = list(_needs(OWN, ON_DEMAND)), set()
    while waiting:
        name, extras = waiting.pop()
        if (name, extras) in asked or not _is_here(name):
            continue
        asked.add((name, extras))
        needs = _needs(name, extras)
        found.setdefault(name, set()).update(one for one, _ in needs)
        waiting += needs
    return tuple(_package(name, found[name]) for name in sorted(found))


def direct() -> tuple[str, ...]:
    """Namen der unmittelbaren Abhängigkeiten."""
    return tuple(sorted({name for name, _ in _needs(OWN, frozenset())}))


def texts(name: str) -> list[tuple[str, str]]:
    """Name und Wortlaut der Lizenzdateien eines der Pakete von installed()."""
    files = metadata.distribution(name).files or []
    chosen = [Path(str(one.locate())) for one in files if ".dist-info/" in str(one) and TEXT_FILE.search(str(one))]
    return [(one.name, one.read_text(encoding="utf-8", errors="replace")) for one in chosen if one.is_file()]


def _is_here(name: str) -> bool:
    try:
        metadata.distribution(name)
    except metadata.PackageNotFoundError:
        return False
    return True


def _needs(name: str, extras: frozenset[str]) -> list[tuple[str, frozenset[str]]]:
    """Was ein Paket mit diesen Zusätzen verlangt: Namen mit den Zusätzen, die es davon will."""
    wanted = [Requirement(words) for words in metadata.requires(name) or []]
    return [(canonical(one.name), frozenset(one.extras)) for one in wanted
            if one.marker is None or any(one.marker.evaluate({"extra": extra}) for extra in ("", *extras))]


def _package(name: str, needs: set[str]) -> Package:
    about = metadata.distribution(name)
    return Package(name, about.version, _licence(about), tuple(sorted(needs)))


def _licence(about: metadata.Distribution) -> str:
    told: Message = about.metadata  # type: ignore[assignment]  # an e-mail message in fact, documented as such
    if stated := told.get("License-Expression"):
        return str(stated)
    words = str(told.get("License") or "").strip()
    if words and "\n" not in words and len(words) < 80:
        return FROM_WORDS.get(words, words)
    classes = [str(one) for one in told.get_all("Classifier") or [] if str(one).startswith("License")]
    return ", ".join(one.rpartition(" :: ")[2] for one in classes) or "siehe Wortlaut"
