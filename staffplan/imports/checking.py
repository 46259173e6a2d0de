"""Prüfen, was eine Datei brächte: dieselben Regeln wie beim Erfassen, jede falsche Zeile mit Grund."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass, field, replace
from datetime import date
from fractions import Fraction

from staffplan import grades, shares
from staffplan.imports.reading import Rows
from staffplan.models.occupancy import ZUSTAENDE
from staffplan.models.posts import VERMERKE
from staffplan.organisation import PRODUKTBEREICHE
from staffplan.rules import Refused, appointment, posts, tree
from staffplan.state import Besetzung, Einheit, Produkt, Stand, Stelle, Vermerk

DAY = re.compile(r"(\d{1,2})\.(\d{1,2})\.(\d{4})", re.ASCII)
MAX_ANZAHL = 500


@dataclass(frozen=True)
class Problem:
    """Eine Zeile, die so nicht übernommen wird."""

    zeile: int
    grund: str

    def __str__(self) -> str:
        return f"Zeile {self.zeile}: {self.grund}"


@dataclass
class Bestand:
    """Was übernommen würde, und was nicht; mit Problemen wird nichts geschrieben."""

    ab: date
    einheiten: dict[str, Einheit] = field(default_factory=dict)
    produkte: dict[str, Produkt] = field(default_factory=dict)
    kostenstellen: set[str] = field(default_factory=set)
    stellen: dict[str, Stelle] = field(default_factory=dict)
    besetzungen: list[Besetzung] = field(default_factory=list)
    probleme: list[Problem] = field(default_factory=list)

    def summen(self) -> list[tuple[str, str, Fraction]]:
        """Stellen je Laufbahngruppe und Gruppe, in der Reihenfolge des Plans."""
        found: dict[tuple[str | None, str], Fraction] = defaultdict(Fraction)
        for post in self.stellen.values():
            found[(post.laufbahn, post.gruppe)] += post.anteil
        return [(career or "", grade, found[(career, grade)])
                for career, grade in sorted(found, key=lambda key: grades.sort_key(*key))]


def check(rows: Rows, held: Stand, ab: date, beschluss: str, grid: int | None = None) -> Bestand:
    """Prüft alle Zeilen gegen den Stand am Tag der Übernahme."""
    found = Bestand(ab)
    for number, row in rows:
        try:
            _row(found, held, row, beschluss, grid)
        except Refused as refused:
            found.probleme.append(Problem(number, str(refused)))
    parents = {n: one.uebergeordnet for n, one in (dict(held.einheiten) | found.einheiten).items()}
    try:
        tree.check_day(parents, ab)
    except Refused as refused:
        found.probleme.append(Problem(0, str(refused)))
    return found


def _row(found: Bestand, held: Stand, row: dict[str, str], beschluss: str, grid: int | None) -> None:
    nummer = row.get("nummer", "")
    if not nummer:
        raise Refused("Nummer fehlt.")
    if nummer in held.stellen:
        raise Refused(f"Stelle {nummer} gibt es schon; Änderungen beschließt ein Plan.")
    known = found.stellen.get(nummer)
    if known is None:
        _unit(found, held, row)
        parts = _products(found, held, row)
        if row.get("kostenstelle") and row["kostenstelle"] not in held.kostenstellen:
            found.kostenstellen.add(row["kostenstelle"])
        known = _post(found.ab, row, parts, beschluss)
        posts.check(known, grid)
        posts.check_distribution(nummer, dict(parts))
        for note in known.vermerke:
            posts.check_note(known, note)
        for one in _copies(known, row):
            found.stellen[one.nummer] = one
    elif row.get("gruppe") and str(_grade(row["gruppe"])) != known.gruppe:
        raise Refused(f"Stelle {nummer}, Gruppe: weitere Zeilen derselben Stelle nennen dieselbe Gruppe.")
    if row.get("personalnummer"):
        _person(found, known, row)


def _unit(found: Bestand, held: Stand, row: dict[str, str]) -> None:
    nummer = row.get("einheit", "")
    if not nummer:
        raise Refused(f"Stelle {row['nummer']}, Einheit fehlt.")
    name, parent = row.get("einheit_name", ""), row.get("uebergeordnet") or None
    for one, words, above in ((parent, "", None), (nummer, name, parent)):
        if one is None or one in held.einheiten:
            continue
        old = found.einheiten.get(one)
        found.einheiten[one] = Einheit(one, words or (old.name if old else f"Einheit {one}"), None,
                                       above or (old.uebergeordnet if old else None))


def _products(found: Bestand, held: Stand, row: dict[str, str]) -> tuple[tuple[str, Fraction], ...]:
    parts: dict[str, Fraction] = {}
    for piece in filter(None, (one.strip() for one in re.split(r"[;\n]|,(?=\s*[\w.]+\s*=)", row.get("produkt", "")))):
        product, mark, part = (one.strip() for one in piece.partition("="))
        if product in parts:
            raise Refused(f"Stelle {row['nummer']}, Produkt {product} steht doppelt.")
        parts[product] = _share(row, part) if mark else Fraction(1)
        if product not in held.produkte and product not in found.produkte:
            area = row.get("produktbereich", "").zfill(2) if row.get("produktbereich") else product[:2]
            if area not in PRODUKTBEREICHE:
                raise Refused(f"Produkt {product}, Produktbereich: zwei Ziffern von 01 bis 17 angeben.")
            found.produkte[product] = Produkt(product, row.get("produkt_name") or f"Produkt {product}", area)
    return tuple(sorted(parts.items()))


def _post(ab: date, row: dict[str, str], parts: tuple[tuple[str, Fraction], ...], beschluss: str) -> Stelle:
    grade = _grade(row.get("gruppe", ""))
    limited = _day(row, "befristet_bis")
    return Stelle(
        row["nummer"], row.get("bezeichnung") or "Stelle", "planstelle" if grade.civil else "stelle", str(grade),
        _share(row, row.get("anteil") or "1"), row["einheit"], row.get("laufbahn") or None,
        row.get("kostenstelle") or None, row.get("funktion") or None, None, _yes(row, "zulage"),
        _yes(row, "ausgesondert"), row.get("sondervermoegen") or None, limited, beschluss, ab, limited, parts,
        (), _notes(ab, row))  # fmt: skip


def _notes(ab: date, row: dict[str, str]) -> tuple[Vermerk, ...]:
    art = row.get("vermerk", "").casefold()
    if not art:
        return ()
    if art not in VERMERKE:
        raise Refused(f"Stelle {row['nummer']}, Vermerk: eine Art von {', '.join(VERMERKE)} angeben.")
    term, target = _day(row, "vermerk_termin"), row.get("vermerk_ziel") or None
    if (art == "ku") != (target is not None):
        raise Refused(f"Stelle {row['nummer']}, Vermerk: die Zielgruppe gehört zu ku und nur zu ku.")
    civil = target is not None and _grade(target).civil
    return (Vermerk(art, ab, term if art == "sperre" else None, None if art == "sperre" else term,
                    row.get("laufbahn") or None if civil else None, str(_grade(target)) if target else None),)


def _copies(post: Stelle, row: dict[str, str]) -> list[Stelle]:
    """Bei Summenzeilen ganze Stellen und ein Rest: 23,5 werden 23 ganze und eine halbe."""
    if not row.get("anzahl"):
        return [post]
    count = _share(row, row["anzahl"])
    if not 0 < count <= MAX_ANZAHL or row.get("personalnummer"):
        raise Refused(f"Stelle {post.nummer}, Anzahl: zwischen 0 und {MAX_ANZAHL}, ohne Personalnummer angeben.")
    whole, rest = divmod(count, 1)
    sizes = [post.anteil] * int(whole) + ([post.anteil * rest] if rest else [])
    return [replace(post, nummer=f"{post.nummer}-{at}", anteil=size) for at, size in enumerate(sizes, 1)]


def _person(found: Bestand, post: Stelle, row: dict[str, str]) -> None:
    grade = _grade(row.get("person_gruppe") or post.gruppe)
    state = row.get("zustand") or "aktiv"
    if state not in ZUSTAENDE:
        raise Refused(f"Stelle {post.nummer}, Zustand: einen von {', '.join(ZUSTAENDE)} angeben.")
    begin = _day(row, "besetzt_ab") or found.ab
    size = _share(row, row["person_anteil"]) if row.get("person_anteil") else post.anteil
    new = Besetzung(post.nummer, row["personalnummer"], size, str(grade), max(begin, found.ab),
                    _day(row, "besetzt_bis"), state,
                    post.laufbahn if grade.civil else None, row.get("vertritt") or None, row.get("begruendung") or None)
    around = appointment.Umfeld([post], (), [one for one in found.besetzungen if one.stelle == new.stelle],
                                [one for one in found.besetzungen if one.personalnummer == new.personalnummer])
    appointment.check(new, around)
    found.besetzungen.append(new)


def _grade(text: str) -> grades.Grade:
    try:
        return grades.parse(text)
    except grades.UnknownGrade as error:
        raise Refused(f"Gruppe: {error}.") from error


def _share(row: dict[str, str], text: str) -> Fraction:
    try:
        return shares.parse(text)
    except shares.NotAShare as error:
        raise Refused(f"Stelle {row['nummer']}, Anteil: „{text}“ {error}.") from error


def _yes(row: dict[str, str], name: str) -> bool:
    text = row.get(name, "").casefold()
    if text not in ("", "ja", "nein", "x", "1", "0"):
        raise Refused(f"Stelle {row['nummer']}, {name}: ja oder nein angeben.")
    return text in ("ja", "x", "1")


def _day(row: dict[str, str], name: str) -> date | None:
    text = row.get(name, "")
    match = DAY.fullmatch(text)
    iso = f"{match[3]}-{int(match[2]):02}-{int(match[1]):02}" if match else text
    try:
        return date.fromisoformat(iso) if iso else None
    except ValueError:
        raise Refused(f"Stelle {row['nummer']}, {name}: „{text}“ ist kein Tag; als 31.12.2027 angeben.") from None
