"""Stückliste der Software (SBOM) nach CycloneDX 1.6, aus den Sperrdateien: gleiche Sperre, gleiche Bytes.

Quelle: https://cyclonedx.org/docs/1.6/json/. Für Python nennt die Sperre je Paket die Prüfsummen aller Dateien, die
installiert werden dürfen; sie stehen als Eigenschaften, weil das Format an einem Paket nur die einer Datei kennt.
"""

from __future__ import annotations

import base64
import json
import re
import uuid
from importlib import metadata
from pathlib import Path
from typing import Any
from urllib.parse import quote

from tenants.operation import packages

PYTHON, NODE = "requirements.lock", "package-lock.json"
BLOCK = re.compile(r"^([A-Za-z0-9._-]+)==(\S+?)(?: ; ([^\\]+?))? \\$", re.MULTILINE)
HASH = re.compile(r"--hash=sha256:([0-9a-f]{64})")
SPDX = re.compile(r"[A-Za-z0-9.+-]+( (AND|OR|WITH) [A-Za-z0-9.+-]+)*")
SCHEMA = "http://cyclonedx.org/schema/bom-1.6.schema.json"
NAMESPACE = uuid.UUID("6f2b7c0a-3f0e-5d0b-9f57-0c9f5d5c9a11")


class LocksMissing(FileNotFoundError):
    """Die Sperrdateien liegen nicht im genannten Verzeichnis."""


def build(folder: Path) -> dict[str, Any]:
    """Die Stückliste als Wörterbuch; folder ist das Verzeichnis mit den Sperrdateien."""
    for name in (PYTHON, NODE):
        if not (folder / name).is_file():
            raise LocksMissing(f"{name} liegt nicht in {folder}: den Befehl im Verzeichnis der Quellen aufrufen oder "
                               "--locks angeben.")
    components = [*_python((folder / PYTHON).read_text(encoding="utf-8")),
                  *_node(json.loads((folder / NODE).read_text(encoding="utf-8")))]
    own = {"type": "application", "bom-ref": "kreislohn", "name": "kreislohn",
           "version": metadata.version("kreislohn"), "licenses": [{"license": {"id": "EUPL-1.2"}}]}
    content = {"bomFormat": "CycloneDX", "specVersion": "1.6", "version": 1, "metadata": {"component": own},
               "components": components, "dependencies": _tree(components)}
    serial = uuid.uuid5(NAMESPACE, json.dumps(content, sort_keys=True))
    return {"$schema": SCHEMA, **content, "serialNumber": f"urn:uuid:{serial}"}


def text(folder: Path) -> str:
    """Die Stückliste als JSON, immer gleich geschrieben."""
    return json.dumps(build(folder), ensure_ascii=False, indent=2, sort_keys=True) + "\n"


def _python(lock: str) -> list[dict[str, Any]]:
    known = {one.name: one for one in packages.installed()}
    found = []
    starts = list(BLOCK.finditer(lock))
    for number, start in enumerate(starts):
        end = starts[number + 1].start() if number + 1 < len(starts) else len(lock)
        name, version, marker = packages.canonical(start[1]), start[2], start[3]
        properties = [{"name": "kreislohn:sperre:sha256", "value": one} for one in HASH.findall(lock[start.end():end])]
        if marker:
            properties.append({"name": "kreislohn:sperre:bedingung", "value": marker})
        purl = f"pkg:pypi/{name}@{version}"
        one: dict[str, Any] = {"type": "library", "bom-ref": purl, "name": name, "version": version, "purl": purl,
                               "scope": "optional" if marker else "required", "properties": properties}
        if name in known and (licence := _spdx(known[name].licence)):
            one["licenses"] = licence
        found.append(one)
    return found


def _spdx(words: str) -> list[dict[str, Any]]:
    """Die Lizenz, wie das Format sie will: ein SPDX-Ausdruck, sonst das Wort des Pakets als Name."""
    if " " in words and re.search(r" (AND|OR|WITH) ", words) and SPDX.fullmatch(words):
        return [{"expression": words}]
    return [{"license": {"name": words}}]


def _node(lock: dict[str, Any]) -> list[dict[str, Any]]:
    """Nur, was ausgeliefert wird: was allein die Prüfungen brauchen, steht in der Sperre als dev."""
    found = []
    for path, one in sorted(lock["packages"].items()):
        if not path or one.get("dev"):
            continue
        name = path.rpartition("node_modules/")[2]
        purl = f"pkg:npm/{quote(name, safe='/')}@{one['version']}"
        algorithm, _dash, digest = one["integrity"].partition("-")
        found.append({"type": "library", "bom-ref": purl, "name": name, "version": one["version"], "purl": purl,
                      "scope": "required", "licenses": _spdx(one["license"]),
                      "hashes": [{"alg": algorithm.upper().replace("SHA", "SHA-"),
                                  "content": base64.b64decode(digest).hex()}]})
    return found


def _tree(components: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Wer wen braucht, soweit installiert; bei mehreren Fassungen eines Namens zählt die installierte."""
    refs = {one["bom-ref"] for one in components}
    here = {one.name: f"pkg:pypi/{one.name}@{one.version}" for one in packages.installed()}

    def known(names: tuple[str, ...]) -> list[str]:
        return sorted({here[name] for name in names if here.get(name) in refs})

    node = [one["bom-ref"] for one in components if one["bom-ref"].startswith("pkg:npm/")]
    rows = [{"ref": "kreislohn", "dependsOn": [*known(packages.direct()), *node]}]
    rows += [{"ref": here[one.name], "dependsOn": known(one.needs)} for one in packages.installed()
             if here[one.name] in refs]
    return rows
