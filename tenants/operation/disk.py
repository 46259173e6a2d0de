"""Liegt ein Verzeichnis auf einer verschlüsselten Platte? Namen und Kennungen stehen in der Datenbank versiegelt,
Beträge nicht: gegen eine gestohlene Platte hilft erst deren eigene Verschlüsselung."""

from __future__ import annotations

import os
from pathlib import Path

SYSTEM = Path("/sys/dev/block")
CRYPT = "CRYPT-"  # how device-mapper names its encrypted devices (LUKS, plain)
WARNING = (
    "Warnung: {path} liegt auf einer unverschlüsselten Platte. Namen, Konten und Kennnummern stehen versiegelt in der "
    "Datenbank, Beträge unter Personalnummern nicht: die Platte verschlüsseln (LUKS), den Hauptschlüssel woanders hin."
)


def encrypted(path: Path, system: Path = SYSTEM) -> bool | None:
    """Ob der Datenträger unter path verschlüsselt ist; None, wenn das System es nicht sagt (Netz, Arbeitsspeicher,
    Behälter, kein Linux)."""
    number = path.stat().st_dev
    device = system / f"{os.major(number)}:{os.minor(number)}"
    return _encrypted(device.resolve()) if device.exists() else None


def _encrypted(device: Path) -> bool:
    """Das Gerät selbst oder alles, worauf es liegt (LVM auf LUKS, RAID aus verschlüsselten Platten)."""
    named = device / "dm" / "uuid"
    if named.is_file() and named.read_text(encoding="ascii", errors="replace").startswith(CRYPT):
        return True
    below = sorted((device / "slaves").iterdir()) if (device / "slaves").is_dir() else []
    return bool(below) and all(_encrypted(one.resolve()) for one in below)
