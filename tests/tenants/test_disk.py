"""Verschlüsselte Platte: erkannt an dem, was das System sagt; ohne Auskunft wird nichts behauptet."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tenants.operation import disk


@pytest.fixture
def system(tmp_path: Path) -> Path:
    """Ein leeres Verzeichnis der Geräte, wie /sys/dev/block."""
    made = tmp_path / "block"
    made.mkdir()
    return made


def device(system: Path, name: str, uuid: str = "", *below: Path) -> Path:
    made = system.parent / name
    (made / "slaves").mkdir(parents=True)
    for one in below:
        (made / "slaves" / one.name).symlink_to(one)
    if uuid:
        (made / "dm").mkdir()
        (made / "dm" / "uuid").write_text(f"{uuid}\n")
    return made


def asked(system: Path, found: Path | None) -> bool | None:
    number = system.stat().st_dev
    if found is not None:
        (system / f"{os.major(number)}:{os.minor(number)}").symlink_to(found)
    return disk.encrypted(system, system)


def test_a_plain_disk_is_not_encrypted(system: Path) -> None:
    assert asked(system, device(system, "vda")) is False


def test_a_volume_on_an_encrypted_disk_is(system: Path) -> None:
    crypt = device(system, "dm-0", "CRYPT-LUKS2-5f2c-daten", device(system, "vda"))
    assert asked(system, device(system, "dm-1", "LVM-abc", crypt)) is True


def test_a_volume_is_only_as_encrypted_as_its_weakest_disk(system: Path) -> None:
    crypt = device(system, "dm-0", "CRYPT-LUKS2-5f2c-daten", device(system, "vda"))
    assert asked(system, device(system, "md0", "", crypt, device(system, "vdb"))) is False


def test_what_the_system_does_not_know_is_not_claimed(system: Path) -> None:
    assert asked(system, None) is None
