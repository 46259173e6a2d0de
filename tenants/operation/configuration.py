"""Einstellungen: eine Datei (TOML) und die Umgebung, geprüft beim Start; die Umgebung gilt vor der Datei.

Geheimnisse stehen in eigenen Dateien (Modus 0600 oder strenger), nie in der Einstellungsdatei.
"""

from __future__ import annotations

import difflib
import re
import tomllib
from collections.abc import MutableMapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from tenants.operation.keys_of_file import KEYS, Key

FILE_VARIABLE = "KREISLOHN_CONFIG"
TIME = re.compile(r"([01]\d|2[0-3]):[0-5]\d", re.ASCII)
ADDRESS = re.compile(r"(\[[0-9a-fA-F:]+\]|[A-Za-z0-9.-]+):(\d{1,5})", re.ASCII)
TOKEN_LENGTH = 32


class ConfigurationError(ValueError):
    """Die Einstellungen stimmen nicht; jede Zeile der Meldung nennt eine Angabe und die Abhilfe."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


@dataclass(frozen=True)
class Configuration:
    """Geltende Angaben je Umgebungsvariable mit ihrer Herkunft (Umgebung oder Datei); Geheimnisse nur als Datei."""

    values: dict[str, str] = field(default_factory=dict)
    origins: dict[str, str] = field(default_factory=dict)


def apply(path: Path | None, environment: MutableMapping[str, str]) -> Configuration:
    """Liest die Datei, prüft alles und legt die Angaben in der Umgebung des Prozesses ab.

    Alle Fehler auf einmal als ConfigurationError; dann bleibt die Umgebung, wie sie war.
    """
    problems: list[str] = []
    stated = _from_file(path, problems) if path is not None else {}
    values, origins, secrets = {}, {}, {}
    for key in KEYS:
        given, origin = _chosen(key, stated, environment, problems)
        if given is None:
            continue
        checked = _checked(key, given, problems)
        if checked is None:
            continue
        values[key.variable], origins[key.variable] = checked, origin
        if key.secret is not None:
            secrets[key.secret] = _secret(key, Path(checked), problems)
    _check_metrics(values, {**environment, **secrets}, problems)
    if problems:
        raise ConfigurationError(problems)
    environment.update(values | secrets)
    return Configuration(values, origins)


def _from_file(path: Path, problems: list[str]) -> dict[tuple[str, str], Any]:
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        problems.append(f"Einstellungsdatei {path} lässt sich nicht lesen ({error.strerror}).")
        return {}
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        problems.append(f"Einstellungsdatei {path} ist kein TOML: {error}.")
        return {}
    found: dict[tuple[str, str], Any] = {}
    sections = {key.section for key in KEYS}
    for section, rows in content.items():
        if section not in sections or not isinstance(rows, dict):
            problems.append(f"{path}: den Abschnitt [{section}] gibt es nicht.{_near(section, sections)}")
            continue
        names = {key.name for key in KEYS if key.section == section}
        for name, value in rows.items():
            if name in names:
                found[section, name] = value
            elif f"{name}_file" in names:
                problems.append(f"{path}: [{section}] {name} ist ein Geheimnis und steht nicht in dieser Datei: in "
                                f"eine eigene Datei (chmod 600) legen und {name}_file angeben.")
            else:
                problems.append(f"{path}: [{section}] {name} gibt es nicht.{_near(name, names)}")
    return found


def _near(word: str, known: set[str]) -> str:
    close = difflib.get_close_matches(word, sorted(known), 1)
    return f" Gemeint ist vielleicht {close[0]}." if close else f" Es gibt: {', '.join(sorted(known))}."


def _chosen(
    key: Key, stated: dict[tuple[str, str], Any], environment: MutableMapping[str, str], problems: list[str]
) -> tuple[Any, str]:
    """Die Angabe der Umgebung, sonst die der Datei; ein Geheimnis in der Umgebung macht die Datei überflüssig."""
    named, direct = environment.get(key.variable), environment.get(key.secret or "")
    if named and direct and not _same(Path(named), direct):
        problems.append(f"{key.secret} und {key.variable} sind beide gesetzt: nur eines angeben.")
        return None, ""
    if named:
        return named, "Umgebung"
    if direct:
        return None, ""
    return stated.get((key.section, key.name)), "Datei"


def _same(path: Path, secret: str) -> bool:
    """Ob die Umgebung schon den Inhalt der Datei trägt, weil ein Prozess mit diesen Einstellungen sie weitergab."""
    return _content(path) == secret


def _content(path: Path) -> str:
    """Inhalt einer Datei mit einem Geheimnis; leer, wenn sie fehlt oder für andere lesbar ist."""
    from tenants.security import masterkey  # loads the whole foundation, which commands without a database do not need

    try:
        return masterkey.read_secret_file(path).strip()
    except (masterkey.MasterKeyError, OSError):
        return ""


def _checked(key: Key, given: Any, problems: list[str]) -> str | None:
    """Die Angabe als Text für die Umgebung oder None mit einer Meldung."""
    wrong = None
    if key.kind == "list":
        words = given.split() if isinstance(given, str) else given
        if isinstance(words, list) and words and all(isinstance(one, str) and one.strip() for one in words):
            return " ".join(words)
        wrong = "eine Liste von Wörtern, zum Beispiel [\"lohn.kreis.example\"]"
    elif key.kind == "number":
        text = str(given)
        if not isinstance(given, bool) and text.isdecimal() and key.low <= int(text) <= key.high:
            return text
        wrong = f"eine Zahl von {key.low} bis {key.high}"
    elif not isinstance(given, str) or not given.strip():
        wrong = "ein Text in Anführungszeichen"
    elif key.kind == "choice" and given not in key.choices:
        wrong = " oder ".join(key.choices)
    elif key.kind == "time" and not TIME.fullmatch(given):
        wrong = "eine Uhrzeit wie 02:30"
    elif key.kind == "address" and not _is_address(given):
        wrong = "Adresse und Port wie 127.0.0.1:9464"
    elif key.kind == "url" and not _is_url(given):
        wrong = "eine Adresse wie http://127.0.0.1:4318/v1/traces, außerhalb dieser Maschine mit https"
    if wrong is None:
        return str(given)
    problems.append(f"{key.title} ({key.variable}): {given!r} passt nicht; erwartet wird {wrong}.")
    return None


def _is_address(text: str) -> bool:
    found = ADDRESS.fullmatch(text)
    return found is not None and 1 <= int(found[2]) <= 65535


def _is_url(text: str) -> bool:
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError:  # a bracket left open, or a port that is none
        return False
    if parts.scheme not in ("http", "https") or not parts.hostname or "@" in parts.netloc or port == 0:
        return False
    return parts.scheme == "https" or parts.hostname in ("127.0.0.1", "localhost", "::1")


def _secret(key: Key, path: Path, problems: list[str]) -> str:
    text = _content(path)
    if not text:
        problems.append(f"{key.title} ({key.variable}): {path} fehlt, ist leer oder für andere lesbar; die Datei mit "
                        "dem Geheimnis anlegen und chmod 600 ausführen.")
    return text


def _check_metrics(values: dict[str, str], environment: MutableMapping[str, str], problems: list[str]) -> None:
    address, token = values.get("KREISLOHN_METRICS"), environment.get("KREISLOHN_METRICS_TOKEN", "")
    if token and len(token) < TOKEN_LENGTH:
        problems.append(f"[metrics] token_file: das Kennwort braucht mindestens {TOKEN_LENGTH} Zeichen.")
    if address is not None and not token and not is_local(address):
        problems.append(f"[metrics] address {address} ist von außen erreichbar: 127.0.0.1 nehmen oder token_file "
                        "angeben.")


def is_local(address: str) -> bool:
    """Ob unter dieser Adresse nur die eigene Maschine hört."""
    return address.rpartition(":")[0] in ("127.0.0.1", "localhost", "[::1]")
