"""Was ein Stück ergab, als versiegelte Blöcke: fertige Zeilen, Gezeigtes in fester Reihenfolge, der Rest als JSON."""

from __future__ import annotations

import heapq
import struct
import uuid
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

import orjson
from sqlalchemy import select

from payroll.runs.pruefwert import Payouts
from payroll.runs.stuecke.models import Laufblock
from tenants.db.bulk import Caught, copy_rows
from tenants.db.session import TenantSession
from tenants.security import TenantKeys, keys_of, open_sealed, seal

BOGEN, BUCHUNG, REST, ZEILEN = "bogen", "buchung", "rest", "zeilen:"
PORTION = 4 * 2**20  # bytes of what was shown, together in one block; so much of every open block is held at a time
LEVEL = 1  # the blocks live for minutes
_HEAD = struct.Struct("!qI")
Piece = tuple[int, bytes]


class Aufgehobenes:
    """Merkt sich, was der Prüfwert umfasst, statt ihn zu führen: die Reihenfolge kennt erst, wer zusammenfügt."""

    def __init__(self) -> None:
        self.sheets: list[Piece] = []
        self.bookings: list[Piece] = []
        self.payouts: Payouts = {}

    def sheet(self, beschaeftigung_id: int, content: bytes) -> None:
        """Ein Wertebogen."""
        self.sheets.append((beschaeftigung_id, content))

    def booking(self, beschaeftigung_id: int, content: bytes) -> None:
        """Eine Buchung der Rückrechnung."""
        self.bookings.append((beschaeftigung_id, content))

    def balance(self, payouts: Payouts) -> None:
        """Auszahlungen mit Rückrechnung oder Vortrag."""
        self.payouts |= payouts


def keep(session: TenantSession, stueck: tuple[int, uuid.UUID], caught: Iterable[Caught], shown: Aufgehobenes,
         rest: Mapping[str, Any]) -> None:
    """Schreibt alle Blöcke eines Stücks (Nummer und öffentliche Kennung) in einem Zug."""
    blocks: list[tuple[str, int, int, bytes]] = []
    for one in caught:
        head = orjson.dumps(one.columns) + b"\n"
        blocks.append((f"{ZEILEN}{one.table}", sum(1 for kind, *_ in blocks if kind == f"{ZEILEN}{one.table}"), 0,
                       head + one.content))
    for kind, pieces in ((BOGEN, shown.sheets), (BUCHUNG, shown.bookings)):
        blocks += [(kind, number, first, content) for number, (first, content) in enumerate(_portions(pieces))]
    blocks.append((REST, 0, 0, orjson.dumps(rest, option=orjson.OPT_NON_STR_KEYS)))
    keys, (number, public) = keys_of(session), stueck
    copy_rows(session, Laufblock, ("stueck_id", "art", "nummer", "erste", "inhalt"), (
        (number, kind, at, first, seal(keys, zlib.compress(content, LEVEL), **_place(public, kind, at)))
        for kind, at, first, content in blocks))


def _portions(pieces: Iterable[Piece]) -> Iterator[tuple[int, bytes]]:
    held, size, first = list[bytes](), 0, 0
    for number, content in pieces:
        if not held:
            first = number
        held += (_HEAD.pack(number, len(content)), content)
        size += len(content)
        if size >= PORTION:
            yield first, b"".join(held)
            held, size = [], 0
    if held:
        yield first, b"".join(held)


def _place(stueck: uuid.UUID, kind: str, number: int) -> dict[str, str]:
    return {"table": "laufblock", "row": f"{stueck}:{kind}:{number}", "column": "inhalt"}


class Stapel:
    """Die Blöcke aller Stücke eines Laufs (Nummer zu öffentlicher Kennung); geöffnet wird einer nach dem anderen."""

    def __init__(self, session: TenantSession, stuecke: Mapping[int, uuid.UUID]) -> None:
        self.session, self.stuecke = session, stuecke
        self.keys: TenantKeys = keys_of(session)
        block = Laufblock
        self.index = session.execute(
            select(block.id, block.stueck_id, block.art, block.nummer, block.erste)
            .where(block.stueck_id.in_(stuecke)).order_by(block.art, block.stueck_id, block.nummer)).all()

    def kinds(self) -> list[str]:
        """Welche Arten es gibt."""
        return sorted({row.art for row in self.index})

    def contents(self, kind: str) -> Iterator[bytes]:
        """Alle Blöcke einer Art, Stück für Stück."""
        for row in self.index:
            if row.art == kind:
                yield self._open(row)

    def rests(self) -> list[dict[str, Any]]:
        """Was jedes Stück außer Zeilen und Gezeigtem zu sagen hat."""
        return [orjson.loads(content) for content in self.contents(REST)]

    def rows(self, kind: str) -> Iterator[tuple[tuple[str, ...], bytes]]:
        """Fertige Zeilen einer Klasse: ihre Spalten und der Inhalt."""
        for content in self.contents(kind):
            head, _, rows = content.partition(b"\n")
            yield tuple(orjson.loads(head)), rows

    def ordered(self, kind: str, rank: Callable[[int], int]) -> Iterator[Piece]:
        """Gezeigtes aller Stücke nach ``rank`` der Beschäftigung; in jedem Stück liegt es schon in dieser Reihenfolge.

        Ein Block wird erst geöffnet, wenn sein erstes Teil an der Reihe ist: im Speicher liegen wenige zugleich.
        """
        waiting: list[tuple[int, int, int, Iterator[Piece] | None, bytes]] = [
            (rank(row.erste), at, row.erste, None, b"") for at, row in enumerate(self.index) if row.art == kind]
        heapq.heapify(waiting)
        while waiting:
            _, at, number, opened, content = heapq.heappop(waiting)
            if opened is None:
                opened = _pieces(self._open(self.index[at]))
            else:
                yield number, content
            following = next(opened, None)
            if following is not None:
                heapq.heappush(waiting, (rank(following[0]), at, following[0], opened, following[1]))

    def _open(self, row: Any) -> bytes:
        sealed = self.session.scalars(select(Laufblock.inhalt).where(Laufblock.id == row.id)).one()
        return zlib.decompress(open_sealed(self.keys, sealed, **_place(self.stuecke[row.stueck_id], row.art,
                                                                       row.nummer)))


def _pieces(content: bytes) -> Iterator[Piece]:
    at = 0
    while at < len(content):
        number, size = _HEAD.unpack_from(content, at)
        at += _HEAD.size
        yield number, content[at:at + size]
        at += size
