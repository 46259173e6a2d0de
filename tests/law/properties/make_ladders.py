"""Writes the regression net anew: ``python tests/law/properties/make_ladders.py``.

Own computation, not truth: it says that something changed, never who is right. Write it anew only when the change is
meant and has been proved elsewhere.
"""

from __future__ import annotations

import csv
import gzip
import io
from pathlib import Path

from wage_ladders import digests, ladders

FILE = Path(__file__).parent / "wage_ladders.csv.gz"
SOURCE = "own computation, regression net, not truth"


def write(path: Path = FILE) -> None:
    """One row per ladder and stretch of 100 euro."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(("kind", "tax_class", "from_euro", "digest", "source"))
    writer.writerows((name, tax_class, first, digest, SOURCE)
                     for name, tax_class in ladders() for first, digest in digests(name, tax_class))
    path.write_bytes(gzip.compress(text.getvalue().encode(), mtime=0))


if __name__ == "__main__":
    write()
