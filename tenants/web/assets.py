"""Bringt die wenigen benötigten Dateien des Gestaltungssystems aus node_modules in den Auslieferungsordner."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

STATIC = Path(__file__).parent / "static"
VENDOR = STATIC / "vendor"
NODE_MODULES = Path(__file__).parents[2] / "node_modules"

FONTS = ("FiraSans-Regular", "FiraSans-Medium", "FiraSans-SemiBold")
FILES = {
    "kern.min.css": "@kern-ux/native/dist/kern.min.css",
    "kern-LICENSE.md": "@kern-ux/native/LICENSE.md",
    **{f"{font}.woff2": f"@kern-ux/native/dist/fonts/fira-sans/{font}.woff2" for font in FONTS},
}
REMEDY = (
    "Im Projektordner „npm ci --ignore-scripts“ und danach „python -m tenants.web.assets“ ausführen "
    "(beides erledigt „make install“)."
)


class AssetsMissing(RuntimeError):
    """Die Gestaltung liegt nicht bereit."""


def missing(vendor: Path = VENDOR) -> list[str]:
    """Namen der Dateien, die im Auslieferungsordner fehlen."""
    return [name for name in FILES if not (vendor / name).is_file()]


def require(vendor: Path = VENDOR) -> None:
    """Bricht mit Abhilfe ab, wenn die Gestaltung nicht bereitliegt."""
    if absent := missing(vendor):
        raise AssetsMissing(f"Es fehlen Dateien der Gestaltung: {', '.join(absent)}. {REMEDY}")


def copy(node_modules: Path = NODE_MODULES, vendor: Path = VENDOR) -> Iterator[Path]:
    """Kopiert die Dateien und nennt jede, die danach bereitliegt."""
    vendor.mkdir(parents=True, exist_ok=True)
    for name, source in FILES.items():
        origin = node_modules / source
        if not origin.is_file():
            raise AssetsMissing(f"{source} fehlt in node_modules. {REMEDY}")
        shutil.copyfile(origin, vendor / name)
        yield vendor / name


def main() -> int:
    """Befehl „python -m tenants.web.assets“."""
    try:
        done = list(copy())
    except AssetsMissing as reason:
        print(reason, file=sys.stderr)
        return 1
    print(f"{len(done)} Dateien der Gestaltung liegen bereit.")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
