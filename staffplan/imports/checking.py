"""Prüfen, was eine Datei brächte: dieselben Regeln wie beim Erfassen, jede falsche Zeile mit Grund."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from fractions import Fraction

from staffplan import grades, shares
from staffplan.imports.reading import Rows
from staffplan.models.occupancy import ZUSTAENDE
from staffplan.models.posts import VERMERKE
from staffplan.organisation import PRODUKTBEREICHE
from staffplan.rules import Refused, appointment, posts, tree
from staffplan.state import Besetzung, Einheit, Produkt, Stand, Stelle, Vermerk

DAY = re.compile(r"(\d{1,2})\.(\d{1,2})\.(\d{4})", re.ASCII)
MAX_ANZAHL = 2_000
NONE = ("-", "–", "—")
SERIAL = re.compile(r"\d{5}", re.ASCII)
# Words of older plans and of other Länder for the career groups; a number cell makes 2,2 of 2.2.
LAUFBAHN_AUCH = {"hd": "2.2", "höherer dienst": "2.2", "gd": "2.1", "gehobener dienst": "2.1", "md": "1.2",
                 "mittlerer dienst": "1.2", "ed": "1.1", "einfacher dienst": "1.1", "wahlbeamte": "wahl"}
ALLOWANCE = re.compile(r"\s*(?:\+|m\.?|mit)?\s*(?:AZ|Az|Z|Zulage|Amtszulage)\.?$")
TRAINEES = re.compile(r"azubi|auszubild|ausbildung|anwärter|praktik|dual|trainee|volont", re.IGNORECASE)
# What further lines of the same post may repeat but not change.
SAME = ("bezeichnung", "einheit", "laufbahn", "anteil", "produkt", "kostenstelle", "funktion", "zulage", "ausgesondert",
        "sondervermoegen", "befristet_bis")


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
    zeilen: dict[str, dict[str, str]] = field(default_factory=dict)
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
    if nummer in found.zeilen:
        _again(found, row)
    elif row.get("anzahl", "") in NONE or (row.get("anzahl") and not _share(row, row["anzahl"])):
        _grade(row.get("gruppe", ""))
        found.zeilen[nummer] = row
        return
    else:
        _unit(found, held, row)
        parts = _products(found, held, row)
        if row.get("kostenstelle") and row["kostenstelle"] not in held.kostenstellen:
            found.kostenstellen.add(row["kostenstelle"])
        known = _post(found.ab, row, parts, beschluss)
        posts.check(known, grid)
        posts.check_distribution(nummer, dict(parts))
        for note in known.vermerke:
            posts.check_note(known, note)
        copies = _copies(known, row)
        taken = {one.nummer for one in copies} & {*held.stellen, *found.stellen}
        if taken:
            raise Refused(f"Stelle {min(taken)} gibt es schon; eine andere Nummer vergeben.")
        found.stellen |= {one.nummer: one for one in copies}
        found.zeilen[nummer] = row
    if row.get("personalnummer") and known is not None:
        _person(found, known, row)


def _again(found: Bestand, row: dict[str, str]) -> None:
    """Eine weitere Zeile derselben Stelle: eine weitere Person oder ein weiterer Vermerk, sonst nichts Neues."""
    nummer = row["nummer"]
    first, post = found.zeilen[nummer], found.stellen.get(nummer)
    if post is None or row.get("anzahl"):
        raise Refused(f"Stelle {nummer} steht zweimal; jede Zeile mit einer Anzahl braucht eine eigene Nummer.")
    if row.get("gruppe") and str(_grade(row["gruppe"])) != post.gruppe:
        raise Refused(f"Stelle {nummer}, Gruppe: weitere Zeilen derselben Stelle nennen dieselbe Gruppe.")
    for name in SAME:
        if row.get(name) and row[name] != first.get(name, ""):
            raise Refused(f"Stelle {nummer}, {name}: die Zeilen widersprechen sich („{first.get(name, '')}“ und "
                          f"„{row[name]}“); in weiteren Zeilen leer lassen oder eine eigene Nummer vergeben.")
    known = {one.art for one in post.vermerke}
    new = [one for one in _notes(found.ab, {"laufbahn": post.laufbahn or ""} | row) if one.art not in known]
    for note in new:
        posts.check_note(post, note)
    if not new and not row.get("personalnummer"):
        raise Refused(f"Stelle {nummer} steht zweimal; eine weitere Zeile nennt eine weitere Person oder einen "
                      "weiteren Vermerk, eine andere Stelle braucht eine andere Nummer.")
    found.stellen[nummer] = replace(post, vermerke=(*post.vermerke, *new))


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
    if DAY.fullmatch(row.get("produkt", "")):
        raise Refused(f"Stelle {row['nummer']}, Produkt: „{row['produkt']}“ ist ein Tag, die Tabelle hat die Nummer "
                      "umgewandelt; Spalte als Text formatieren und neu eintragen.")
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
    text, extra = row.get("gruppe", ""), False
    bare = ALLOWANCE.sub("", text)
    if bare != text and _is_grade(bare):
        text, extra = bare, True
    grade = _grade(text)
    limited = _day(row, "befristet_bis")
    return Stelle(
        row["nummer"], row.get("bezeichnung") or "Stelle", "planstelle" if grade.civil else "stelle", str(grade),
        _share(row, row.get("anteil") or "1"), row["einheit"], _career(row),
        row.get("kostenstelle") or None, row.get("funktion") or None, None, extra or _yes(row, "zulage"),
        _yes(row, "ausgesondert"), row.get("sondervermoegen") or None, limited, beschluss, ab, limited, parts,
        (), _notes(ab, row))  # fmt: skip


def _notes(ab: date, row: dict[str, str]) -> tuple[Vermerk, ...]:
    art = row.get("vermerk", "").casefold()
    if not art:
        return ()
    if art not in VERMERKE:
        raise Refused(f"Stelle {row['nummer']}, Vermerk: eine Art von {', '.join(VERMERKE)} angeben.")
    term, target = _day(row, "vermerk_termin"), row.get("vermerk_ziel") or None
    part = _share(row, row["vermerk_teil"]) if row.get("vermerk_teil") else None
    if part is not None and art != "kw":
        raise Refused(f"Stelle {row['nummer']}, Vermerk: ein Teil gehört zu kw und nur zu kw.")
    if (art == "ku") != (target is not None):
        raise Refused(f"Stelle {row['nummer']}, Vermerk: die Zielgruppe gehört zu ku und nur zu ku.")
    civil = target is not None and _grade(target).civil
    return (Vermerk(art, ab, term if art == "sperre" else None, None if art == "sperre" else term,
                    _career(row) if civil else None, str(_grade(target)) if target else None, part,
                    row.get("vermerk_text") or None),)


def _copies(post: Stelle, row: dict[str, str]) -> list[Stelle]:
    """Bei Summenzeilen ganze Stellen und ein Rest: 23,5 werden 23 ganze und eine halbe."""
    if not row.get("anzahl"):
        return [post]
    count = _share(row, row["anzahl"])
    if count > MAX_ANZAHL or row.get("personalnummer"):
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
        if TRAINEES.search(text):
            raise Refused(f"Gruppe: „{text}“ ist keine Gruppe; Nachwuchskräfte stehen in der Übersicht des Plans, "
                          "nicht unter den Stellen.") from error
        raise Refused(f"Gruppe: {error}.") from error


def _is_grade(text: str) -> bool:
    try:
        return grades.parse(text).civil
    except grades.UnknownGrade:
        return False


def _career(row: dict[str, str]) -> str | None:
    text = re.sub(r"^(?:LG|Laufbahngruppe)\s*", "", row.get("laufbahn", ""), flags=re.IGNORECASE).replace(",", ".")
    return LAUFBAHN_AUCH.get(text.casefold(), text.casefold()) or None


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
    if SERIAL.fullmatch(text):  # a day of a workbook that lost its format: days since 1900
        return date(1899, 12, 30) + timedelta(days=int(text))
    match = DAY.fullmatch(text)
    iso = f"{match[3]}-{int(match[2]):02}-{int(match[1]):02}" if match else text
    try:
        return date.fromisoformat(iso) if iso else None
    except ValueError:
        raise Refused(f"Stelle {row['nummer']}, {name}: „{text}“ ist kein Tag; als 31.12.2027 angeben.") from None
