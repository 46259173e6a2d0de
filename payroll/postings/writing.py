"""Aus den Spalten der Posten die Zeilen des Journals: Aufwand nach Anteil verteilt, Schulden ungeteilt."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from itertools import islice
from typing import Any

import numpy as np

from payroll.postings.deriving import EXPENSES, KEYS, Cents
from payroll.postings.gathering import Gesammelt
from payroll.postings.models import OHNE_PERSON, Buchung, Zuwendung
from payroll.postings.sharing import shared
from payroll.postings.targets import Ziel
from tenants.db.bulk import array_text, copy_lines, field_text
from tenants.db.session import TenantSession

COLUMNS = ("lauf_id", "position", "monat", "in_monat", "personenkreis", "personalnummer", "person_public_id",
           "buchungsschluessel", "konten", "kostenstellen", "produkte", "betraege")
KREIS = {"beamte": "B", "tarif": "T", "auszubildende": "T", "minijob": "S", "hinterbliebene": "S"}
SPENT = np.array([key in EXPENSES for key in KEYS])
PORTION = 2_000  # lines; the database reads one while the next is written
Anteile = Sequence[tuple[Ziel, Fraction]]


@dataclass(frozen=True)
class Geschrieben:
    """Zahl der Buchungen, Soll und Haben (Cent), Prüfsumme über alle."""

    anzahl: int
    soll: int
    haben: int
    sha256: bytes


@dataclass(frozen=True)
class Wohin:
    """Konten je Schlüssel, Ziele je Personalnummer, und was ohne Person zu buchen ist."""

    konten: Mapping[str, str]
    ziele: Mapping[str, Anteile]
    zuwendungen: Sequence[Zuwendung]


def write(session: TenantSession, lauf_id: int, month: date, found: Gesammelt, posted: Cents,
          where: Wohin) -> Geschrieben:
    """Schreibt je Beschäftigung und Monat eine Zeile; posted: Posten je Zeile von `found` und Schlüssel.

    Geprüft (SHA-256) ist genau, was an die Datenbank geht.
    """
    whole, split = _places(found, where.ziele)
    fields: list[str | None] = [None] * len(found.zeilen)
    count = _whole(fields, posted, whole, where.konten)
    for at, shares in split.items():
        if posted[at].any():
            lines, fields[at] = _split(posted[at], shares, where.konten)
            count += lines - np.count_nonzero(posted[at])
    digest = hashlib.sha256()

    def portions() -> Iterator[bytes]:
        lines = _lines(lauf_id, month, found, fields, where)
        while content := "".join(islice(lines, PORTION)).encode():
            digest.update(content)
            yield content

    copy_lines(session, Buchung, COLUMNS, portions())
    taxes = sum(gift.steuern for gift in where.zuwendungen)
    return Geschrieben(int(count) + 2 * len(where.zuwendungen), int(posted.clip(min=0).sum()) + taxes,
                       taxes - int(posted.clip(max=0).sum()), digest.digest())


def _lines(lauf_id: int, month: date, found: Gesammelt, fields: Sequence[str | None], where: Wohin) -> Iterator[str]:
    position, begun = 0, f"{month}\t"
    for (_, origin), art, about, text in zip(found.zeilen, found.arten, found.personen, fields, strict=True):
        if text is not None:
            position += 1
            yield (f"{lauf_id}\t{position}\t{origin}\t{begun}{KREIS[art]}\t{field_text(about[0])}\t{about[2]}\t"
                   f"{text}\n")
    for gift in where.zuwendungen:
        position += 1
        yield f"{lauf_id}\t{position}\t{month}\t{begun}S\t\t{OHNE_PERSON}\t{_gift(gift, where.konten)}\n"


def _gift(gift: Zuwendung, accounts: Mapping[str, str]) -> str:
    return "\t".join((_words("509", "steuer"), _words(accounts["509"], accounts["steuer"]),
                      _words(gift.kostenstelle, ""), _words("", ""), f"{{{gift.steuern},{-gift.steuern}}}"))


def _words(*values: str) -> str:
    """Mehrere Worte als ein Feld."""
    return field_text(array_text(values))


def _places(found: Gesammelt, goals: Mapping[str, Anteile]) -> tuple[list[Ziel], dict[int, Anteile]]:
    """Je Zeile ihr Ziel, und die Zeilen, deren Aufwand zu teilen ist."""
    whole: list[Ziel] = []
    split: dict[int, Anteile] = {}
    for at, (number, centre, _) in enumerate(found.personen):
        shares = goals.get(number)
        if shares and len(shares) > 1:
            split[at] = shares
        whole.append(shares[0][0] if shares else (centre, ""))
    return whole, split


def _whole(fields: list[str | None], posted: Cents, goals: Sequence[Ziel], accounts: Mapping[str, str]) -> Any:
    """Zeilen mit einem Ziel: dieselben Schlüssel zusammen, ihre Felder entstehen einmal. Zahl der Buchungen."""
    marks = (posted != 0) @ (1 << np.arange(len(KEYS)))
    order = np.argsort(marks, kind="stable")
    borders = np.flatnonzero(np.diff(marks[order])) + 1
    for members in np.split(order, borders):
        if not len(members) or not marks[members[0]]:
            continue
        at = np.flatnonzero(posted[members[0]])
        keys, centres = [KEYS[one] for one in at], _Centres(SPENT[at].tolist())
        common = f"{_words(*keys)}\t{_words(*(accounts[key] for key in keys))}\t"
        for row, amounts in zip(members.tolist(), posted[np.ix_(members, at)].tolist(), strict=True):
            fields[row] = f"{common}{centres[goals[row]]}\t{{{str(amounts)[1:-1]}}}"
    return np.count_nonzero(posted)


class _Centres(dict[Ziel, str]):
    """Kostenstellen und Produkte eines Ziels zu denselben Schlüsseln; nur Aufwand trägt sie."""

    def __init__(self, spent: Sequence[bool]) -> None:
        super().__init__()
        self.spent = spent

    def __missing__(self, goal: Ziel) -> str:
        self[goal] = "\t".join(_words(*(part if mine else "" for mine in self.spent)) for part in goal)
        return self[goal]


def _split(posted: Cents, shares: Anteile, accounts: Mapping[str, str]) -> tuple[int, str]:
    """Aufwand auf die Ziele nach Anteil, der größte Rest bekommt den Cent; Schulden ungeteilt."""
    lines = []
    weights = [weight for _, weight in shares]
    for key, amount in zip(KEYS, posted.tolist(), strict=True):
        if key not in EXPENSES:
            lines += [(key, "", "", amount)]
            continue
        lines += [(key, *goal, part) for (goal, _), part in zip(shares, shared(amount, weights), strict=True)]
    kept = [line for line in lines if line[3]]
    keys, centres, products, amounts = zip(*kept, strict=True)
    return len(kept), "\t".join((_words(*keys), _words(*(accounts[key] for key in keys)), _words(*centres),
                                 _words(*products), f"{{{str(list(amounts))[1:-1]}}}"))
