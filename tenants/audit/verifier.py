"""Prüft die Ausfuhr eines Protokolls ohne Kreislohn: diese eine Datei, Python ab 3.11 und das Paket cryptography.

Aufruf: python verifier.py AUSFUHR.jsonl --key SCHLUESSEL [--head NUMMER:KOPF ...]

AUSFUHR hat je Eintrag eine JSON-Zeile in fester Schreibweise und als letzte Zeile das Siegel über Zahl und Kopf.
SCHLUESSEL ist der öffentliche Ed25519-Schlüssel (64 Hexadezimalzeichen) aus „kreislohn audit key“, aufbewahrt auf
Papier oder an einer Stelle, die der Betreiber nicht ändern kann. NUMMER:KOPF stehen auf den Freigabevermerken; ein Kopf
darf auf mindestens 16 Zeichen gekürzt und mit Leerzeichen geschrieben sein. Ende 0: unversehrt, 1: Brüche, 2: Aufruf.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

FIELDS = {"tenant", "seq", "at", "actor", "action", "subject", "details", "reason", "prev_hash", "hash"}
SEAL_FIELDS = {"tenant", "seq", "head", "at", "key", "signature"}
CHECKPOINT, SUCCESSION, CLOSING = "protokoll.siegel", "protokoll.siegelschluessel", "ausfuhr"
# The closing line has a context of its own: a seal from the middle cannot close a shortened export.
CONTEXT = {
    CHECKPOINT: b"kreislohn protokoll siegel 1\n",
    SUCCESSION: b"kreislohn protokoll nachfolge 1\n",
    CLOSING: b"kreislohn protokoll ausfuhr 1\n",
}
UNKNOWN = "Siegel mit dem unbekannten Schlüssel {:.16}…: mit --key anerkennen oder klären."
GENESIS = "00" * 32
SHORTEST_HEAD = 16


@dataclass
class Report:
    """Was eine Prüfung fand; problems nennt Zeile und Grund."""

    entries: int = 0
    head: str = GENESIS
    tenant: object = None
    seals: int = 0
    closed_at: str = ""
    problems: list[str] = field(default_factory=list)


def canonical(value: object) -> str:
    """Die eine Schreibweise, in der gerechnet und ausgeführt wird."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def signed_text(kind: str, content: Mapping[str, Any]) -> bytes:
    """Was unterschrieben ist: der Inhalt ohne die Unterschrift."""
    return CONTEXT[kind] + canonical({k: v for k, v in content.items() if k != "signature"}).encode()


def signature_holds(kind: str, content: Mapping[str, Any], key: object) -> bool:
    """Ob die Unterschrift zu Inhalt und öffentlichem Schlüssel passt."""
    try:
        public, signature = bytes.fromhex(str(key)), bytes.fromhex(str(content.get("signature")))
        Ed25519PublicKey.from_public_bytes(public).verify(signature, signed_text(kind, content))
    except (ValueError, InvalidSignature):
        return False
    return bool(signature.hex() == content["signature"])


def check(lines: Iterable[str], keys: Iterable[str], heads: Mapping[int, str] | None = None) -> Report:
    """Geht die Ausfuhr Zeile für Zeile durch; keys sind die anerkannten öffentlichen Schlüssel."""
    report, trusted, wanted, closed = Report(), {k.lower() for k in keys}, dict(heads or {}), False
    for number, line in enumerate(lines, 1):
        if closed:
            report.problems.append(f"Zeile {number}: steht hinter dem Siegel am Ende.")
            continue
        record = _read(line)
        if isinstance(record, dict) and record.keys() == {"checkpoint"} and isinstance(record["checkpoint"], dict):
            closed = True
            found = _seal_problem(record["checkpoint"], report, trusted)
        elif isinstance(record, dict) and record.keys() == FIELDS and type(record["seq"]) is int:
            found = _entry_problem(record, report, trusted)
            _compare(wanted, record, number, report)
        else:
            found = "ist kein gültiger Eintrag in fester Schreibweise."
        if found:
            report.problems.append(f"Zeile {number}: {found}")
    if not closed:
        report.problems.append("Das Siegel am Ende fehlt: die Ausfuhr ist gekürzt oder nicht gesiegelt.")
    report.problems += [f"Eintrag {n} des Vermerks kommt in der Ausfuhr nicht vor: das Ende fehlt." for n in wanted]
    return report


def _read(line: str) -> object:
    text = line[:-1] if line.endswith("\n") else ""
    try:
        record = json.loads(text)
    except (ValueError, RecursionError):
        return None
    # One meaning, one spelling: doubled keys, spaces, other escapes are changes too.
    return record if canonical(record) == text else None


def _entry_problem(record: dict[str, Any], report: Report, trusted: set[str]) -> str:
    expected, previous = report.entries + 1, report.head
    report.entries, report.head = record["seq"], str(record["hash"])
    report.tenant = record["tenant"] if report.tenant is None else report.tenant
    content = {name: value for name, value in record.items() if name != "hash"}
    if record["seq"] != expected:
        return f"Eintrag {expected} erwartet, {record['seq']} gefunden: Einträge fehlen, sind doppelt oder vertauscht."
    if record["tenant"] != report.tenant:
        return "Eintrag eines anderen Mandanten."
    if record["prev_hash"] != previous:
        return "Verweis auf den vorigen Eintrag stimmt nicht."
    if hashlib.sha256(canonical(content).encode()).hexdigest() != record["hash"]:
        return "Inhalt wurde verändert."
    if str(record["action"]) in (CHECKPOINT, SUCCESSION):
        return _signed_entry_problem(record, report, trusted)
    return ""


def _signed_entry_problem(record: dict[str, Any], report: Report, trusted: set[str]) -> str:
    """Siegel mitten in der Kette: sie bezeugen den Eintrag unmittelbar davor."""
    details = record["details"]
    if not isinstance(details, dict) or (details.get("tenant"), details.get("seq"), details.get("head")) != (
        record["tenant"],
        record["seq"] - 1,
        record["prev_hash"],
    ):
        return "Siegel gehört nicht an diese Stelle."
    if str(details.get("key")) not in trusted:
        return UNKNOWN.format(str(details.get("key")))
    if not signature_holds(record["action"], details, details["key"]):
        return "Unterschrift des Siegels stimmt nicht."
    if record["action"] == SUCCESSION:
        trusted.add(str(details.get("next")))
    report.seals += 1
    return ""


def _seal_problem(seal: dict[str, Any], report: Report, trusted: set[str]) -> str:
    if seal.keys() != SEAL_FIELDS:
        return "das Siegel am Ende ist unvollständig."
    report.tenant = seal["tenant"] if report.tenant is None else report.tenant
    if str(seal["key"]) not in trusted:
        return UNKNOWN.format(str(seal["key"]))
    if not signature_holds(CLOSING, seal, seal["key"]):
        return "Unterschrift des Siegels am Ende stimmt nicht."
    if (seal["tenant"], seal["seq"], seal["head"]) != (report.tenant, report.entries, report.head):
        return f"Das Siegel bezeugt {seal['seq']} Einträge mit Kopf {str(seal['head'])[:16]}…: das Ende stimmt nicht."
    report.seals, report.closed_at = report.seals + 1, str(seal["at"])
    return ""


def _compare(wanted: dict[int, str], record: dict[str, Any], number: int, report: Report) -> None:
    noted = wanted.pop(record["seq"], None)
    if noted is not None and not str(record["hash"]).startswith(noted):
        report.problems.append(f"Zeile {number}: Kopf stimmt nicht mit dem Vermerk ({noted[:16]}…) überein.")


def noted_head(text: str) -> tuple[int, str]:
    """NUMMER:KOPF eines Freigabevermerks."""
    number, _, head = text.partition(":")
    head = "".join(head.split()).lower()
    if not number.strip().isdigit() or len(head) < SHORTEST_HEAD or set(head) - set("0123456789abcdef"):
        raise argparse.ArgumentTypeError(f"erwartet wird NUMMER:KOPF mit mindestens {SHORTEST_HEAD} Zeichen Kopf.")
    return int(number), head


def _counted(number: int, one: str, many: str) -> str:
    return f"{number} {one if number == 1 else many}"  # this file runs alone: nothing of ours is imported


def main(arguments: Sequence[str] | None = None) -> int:
    """Befehlszeile."""
    parser = argparse.ArgumentParser(description="Prüft die Ausfuhr eines Protokolls von Kreislohn, ohne Netz.")
    parser.add_argument("file", metavar="AUSFUHR")
    parser.add_argument("--key", action="append", required=True, metavar="SCHLUESSEL")
    parser.add_argument("--head", action="append", default=[], type=noted_head, metavar="NUMMER:KOPF")
    given = parser.parse_args(arguments)
    try:
        with open(given.file, encoding="utf-8", newline="") as file:
            report = check(file, given.key, dict(given.head))
    except (OSError, UnicodeDecodeError) as error:
        print(f"{given.file} lässt sich nicht lesen: {error}. Die Ausfuhr neu anfordern.")
        return 1
    for problem in report.problems:
        print(problem)
    state = _counted(len(report.problems), "Bruch", "Brüche") if report.problems else "unversehrt"
    print(f"Mandant {report.tenant}: {_counted(report.entries, 'Eintrag', 'Einträge')}, {report.seals} Siegel, Stand "
          f"{report.closed_at or '?'}")
    print(f"Kopf {report.head}: {state}")
    return 1 if report.problems else 0


if __name__ == "__main__":
    sys.exit(main())
