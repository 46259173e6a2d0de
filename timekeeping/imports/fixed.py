"""Feste Satzlängen: jedes Feld steht an seinen Stellen; ein zu kurzer Satz wird abgelehnt, nie aufgefüllt."""

from __future__ import annotations

from collections.abc import Iterator

from timekeeping.imports import encoding
from timekeeping.imports.profile import Profil
from timekeeping.imports.rows import Rohzeile


def read(data: bytes, profil: Profil) -> Iterator[Rohzeile]:
    """Sätze als Texte je Feld."""
    least = profil.laenge or max(place.bis for place in profil.felder.values())
    for number, line in encoding.lines(encoding.decode(data, profil.zeichensatz))[profil.ueberspringen :]:
        if profil.kommentar and line.startswith(profil.kommentar):
            continue
        if len(line) < least:
            yield Rohzeile(number, {}, f"Satz hat {len(line)} statt {least} Stellen",
                           "abgeschnittenen Satz neu ausgeben")
        elif profil.laenge and line[profil.laenge :].strip():
            yield Rohzeile(number, {}, f"Satz ist länger als {profil.laenge} Stellen", "Format und Datei prüfen")
        else:
            yield Rohzeile(number, {n: line[p.von - 1 : p.bis].strip() for n, p in profil.felder.items()})
