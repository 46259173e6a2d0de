"""Aus den Spalten der Posten die Zeilen des Journals: Aufwand nach Anteil verteilt, Schulden ungeteilt."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Any

import numpy as np

from payroll.postings.deriving import EXPENSES, KEYS, Cents
from payroll.postings.gathering import Gesammelt
from payroll.postings.models import OHNE_PERSON, Buchung, Zuwendung
from payroll.postings.sharing import shared
from payroll.postings.targets import Ziel
from tenants.db.bulk import array_text, copy_rows
from tenants.db.session import TenantSession

COLUMNS = ("lauf_id", "position", "monat", "in_monat", "personenkreis", "personalnummer", "person_public_id",
           "buchungsschluessel", "konten", "kostenstellen", "produkte", "betraege")
KREIS = {"beamte": "B", "tarif": "T", "auszubildende": "T", "minijob": "S", "hinterbliebene": "S"}
SPENT = np.array([key in EXPENSES for key in KEYS])
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
    """Schreibt je Beschäftigung und Monat eine Zeile; posted: Posten je Zeile von `found` und Schlüssel."""
    rows: list[tuple[Any, ...]] = []
    digest, count, accounts = hashlib.sha256(), 0, where.konten
    whole, split = _places(found, where.ziele)
    fields = dict(_whole(posted, whole, accounts))
    fields.update((at, _split(posted[at], shares, accounts)) for at, shares in split.items()
                  if posted[at].any())
    for at in sorted(fields):
        (job, origin), (lines, *texts) = found.zeilen[at], fields[at]
        facts, count = found.angaben[job], count + lines
        about = (lauf_id, len(rows) + 1, origin, month, KREIS[found.arten[at]], facts.personalnummer)
        digest.update(f"{about}{texts}\n".encode())
        rows.append((*about, facts.public_id, *texts))
    for gift in where.zuwendungen:
        about = (lauf_id, len(rows) + 1, month, month, "S", "")
        texts = [array_text(("509", "steuer")), array_text((accounts["509"], accounts["steuer"])),
                 array_text((gift.kostenstelle, "")), array_text(("", "")), f"{{{gift.steuern},{-gift.steuern}}}"]
        digest.update(f"{about}{texts}\n".encode())
        rows.append((*about, OHNE_PERSON, *texts))
    taxes = sum(gift.steuern for gift in where.zuwendungen)
    copy_rows(session, Buchung, COLUMNS, rows)
    return Geschrieben(count + 2 * len(where.zuwendungen), int(posted.clip(min=0).sum()) + taxes,
                       taxes - int(posted.clip(max=0).sum()), digest.digest())


def _places(found: Gesammelt, goals: Mapping[str, Anteile]) -> tuple[list[Ziel], dict[int, Anteile]]:
    """Je Zeile ihr Ziel, und die Zeilen, deren Aufwand zu teilen ist."""
    whole: list[Ziel] = []
    split: dict[int, Anteile] = {}
    for at, (job, _) in enumerate(found.zeilen):
        facts = found.angaben[job]
        shares = goals.get(facts.personalnummer) or [((facts.kostenstelle or "", ""), Fraction(1))]
        if len(shares) > 1:
            split[at] = shares
        whole.append(shares[0][0])
    return whole, split


def _whole(posted: Cents, goals: Sequence[Ziel], accounts: Mapping[str, str]) -> Iterator[tuple[int, tuple[Any, ...]]]:
    """Zeilen mit einem Ziel: dieselben Schlüssel zusammen, ihre Felder entstehen einmal."""
    marks = (posted != 0) @ (1 << np.arange(len(KEYS)))
    order = np.argsort(marks, kind="stable")
    borders = np.flatnonzero(np.diff(marks[order])) + 1
    for members in np.split(order, borders):
        if not len(members) or not marks[members[0]]:
            continue
        at = np.flatnonzero(posted[members[0]])
        keys, centres = [KEYS[one] for one in at], _Centres(SPENT[at].tolist())
        common = (len(keys), array_text(keys), array_text(accounts[key] for key in keys))
        for row, amounts in zip(members.tolist(), posted[np.ix_(members, at)].tolist(), strict=True):
            yield row, (*common, *centres[goals[row]], f"{{{','.join(map(str, amounts))}}}")


class _Centres(dict[Ziel, tuple[str, str]]):
    """Kostenstellen und Produkte eines Ziels zu denselben Schlüsseln; nur Aufwand trägt sie."""

    def __init__(self, spent: Sequence[bool]) -> None:
        super().__init__()
        self.spent = spent

    def __missing__(self, goal: Ziel) -> tuple[str, str]:
        centre, product = (array_text(part if mine else "" for mine in self.spent) for part in goal)
        self[goal] = centre, product
        return self[goal]


def _split(posted: Cents, shares: Anteile, accounts: Mapping[str, str]) -> tuple[Any, ...]:
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
    return (len(kept), array_text(keys), array_text(accounts[key] for key in keys), array_text(centres),
            array_text(products), f"{{{','.join(map(str, amounts))}}}")
