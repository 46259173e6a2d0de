"""Veränderungsliste: was sich zwischen zwei Ständen an jeder Stelle ändert, in den Worten des Plans."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from staffplan import grades, shares
from staffplan.state import Stelle, Vermerk

WORTE = {
    "neu": "neu", "wegfall": "weggefallen", "kw_vollzogen": "kw-Vermerk vollzogen",
    "ku_vollzogen": "ku-Vermerk vollzogen", "angehoben": "angehoben", "abgesenkt": "abgesenkt",
    "umgewandelt": "umgewandelt", "erweitert": "erweitert", "verringert": "verringert", "verlagert": "verlagert",
    "vermerk": "Vermerk geändert",
}  # fmt: skip


@dataclass(frozen=True)
class Veraenderung:
    """Eine Zeile der Veränderungsliste; vorher und nachher in Worten."""

    stelle: str
    bezeichnung: str
    art: str
    vorher: str
    nachher: str
    grund: str = ""


def between(
    before: Mapping[str, Stelle], after: Mapping[str, Stelle], reasons: Mapping[str, str] | None = None
) -> list[Veraenderung]:
    """Alle Veränderungen, nach Art und Nummer geordnet; `reasons` nennt den Grund je Stelle."""
    why = reasons or {}
    found: list[Veraenderung] = []
    for nummer in sorted(before.keys() | after.keys()):
        old, new = before.get(nummer), after.get(nummer)
        name = new.bezeichnung if new else old.bezeichnung if old else ""
        found += [Veraenderung(nummer, name, art, was, now, why.get(nummer, ""))
                  for art, was, now in _of(old, new)]
    order = list(WORTE)
    return sorted(found, key=lambda one: (order.index(one.art), one.stelle))


def _of(old: Stelle | None, new: Stelle | None) -> list[tuple[str, str, str]]:
    if old is None:
        assert new is not None
        return [("neu", "", _worth(new))]
    if new is None:
        note = old.vermerk("kw")
        return [("kw_vollzogen" if note else "wegfall", _worth(old), "")]
    found = []
    if (old.gruppe, old.laufbahn) != (new.gruppe, new.laufbahn):
        found.append((_direction(old, new), named(old), named(new)))
    if old.anteil != new.anteil:
        kw = old.vermerk("kw")
        executed = kw is not None and kw.teil is not None and old.anteil - kw.teil == new.anteil
        art = "kw_vollzogen" if executed else ("erweitert" if new.anteil > old.anteil else "verringert")
        found.append((art, shares.short(old.anteil), shares.short(new.anteil)))
    if (old.einheit, old.verteilung) != (new.einheit, new.verteilung):
        found.append(("verlagert", _place(old), _place(new)))
    if _notes(old) != _notes(new) and not {"ku_vollzogen", "kw_vollzogen"} & {art for art, _, _ in found}:
        found.append(("vermerk", _notes(old) or "ohne", _notes(new) or "ohne"))
    return found


def _direction(old: Stelle, new: Stelle) -> str:
    ku = old.vermerk("ku")
    if ku is not None and (ku.ziel_gruppe, ku.ziel_laufbahn) == (new.gruppe, new.laufbahn):
        return "ku_vollzogen"
    one, other = grades.parse(old.gruppe), grades.parse(new.gruppe)
    if not grades.comparable(one, other):
        return "umgewandelt"
    return "angehoben" if grades.above(other, new.laufbahn, one, old.laufbahn) else "abgesenkt"


def named(post: Stelle) -> str:
    """Gruppe mit Laufbahngruppe, wo sie zum Schlüssel gehört."""
    return f"{post.gruppe} (LG {post.laufbahn})" if post.laufbahn and post.laufbahn != "wahl" else post.gruppe


def _worth(post: Stelle) -> str:
    return f"{shares.short(post.anteil)} {named(post)}, {_place(post)}"


def _place(post: Stelle) -> str:
    parts = ", ".join(f"{produkt} zu {shares.short(part * 100, 2)} %" if part != 1 else produkt
                      for produkt, part in post.verteilung)
    return f"Einheit {post.einheit}" + (f", Produkt {parts}" if parts else "")


def _notes(post: Stelle) -> str:
    return "; ".join(note_words(one, post) for one in post.vermerke)


def note_words(one: Vermerk, post: Stelle) -> str:
    """Ein Vermerk, wie er im Plan steht."""
    when = f" ab {one.termin:%d.%m.%Y}" if one.termin else ""
    match one.art:
        case "kw":
            part = f"{shares.short(one.teil)} " if one.teil is not None and one.teil != post.anteil else ""
            words = f"{part}kw{when}"
        case "ku":
            words = f"ku nach {one.ziel_gruppe}{when}"
        case "sperre":
            words = "gesperrt" + (f" bis {one.bis:%d.%m.%Y}" if one.bis else "")
        case "leerstelle":
            words = "Leerstelle"
        case _:
            return one.text or "Vermerk"
    return f"{words} ({one.text})" if one.text else words
