"""Warum eine Minute diesen Zuschlag hat oder keinen: Art, Regel, Begünstigung, was zurücktritt."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime

from timekeeping.handover.kinds import ARTEN, lohnart_of
from timekeeping.rules.clock import Span, days_of, local_time
from timekeeping.rules.holidays import ist_feiertag, ist_sonntag, ist_vorfest
from timekeeping.rules.premiums import Stueck, cut

STEUER = {"nacht": "§ 3b Abs. 1 Nr. 1 EStG: bis 25 % frei",
          "nacht_0_bis_4_uhr": "§ 3b Abs. 3 Nr. 1 EStG: bis 40 % frei",
          "sonntag": "§ 3b Abs. 1 Nr. 2 EStG: bis 50 % frei", "feiertag": "§ 3b Abs. 1 Nr. 3 EStG: bis 125 % frei",
          "hoher_feiertag": "§ 3b Abs. 1 Nr. 4 EStG: bis 150 % frei"}


@dataclass(frozen=True)
class Stelle:
    """Ein Stück Arbeit eines Tages (Zeit der Uhr am Ort) mit allen Gründen; gruende leer heißt ohne Zuschlag."""

    tag: date
    von: datetime
    bis: datetime
    minuten: int
    zuschlaege: tuple[str, ...]
    gruende: tuple[str, ...]


def explained(work: Iterable[Span], begin: int, *, shift: bool, feiertag: str | None) -> Iterator[Stelle]:
    """Die Arbeit einer Anwesenheit (Beginn begin) in Stücken gleichen Zuschlags, in der Folge der Zeit."""
    held: Stelle | None = None
    for span in work:
        time_off = {day: feiertag == "mit" for day, _ in days_of(span) if ist_feiertag(day)}
        for piece in cut(span, begin, time_off, saturday=not shift):
            one = _place(piece, shift=shift, open_holiday=feiertag is None)
            if held is not None and (held.tag, held.bis, held.gruende) == (one.tag, one.von, one.gruende):
                held = replace(held, bis=one.bis, minuten=held.minuten + one.minuten)
                continue
            if held is not None:
                yield held
            held = one
    if held is not None:
        yield held


def _place(piece: Stueck, *, shift: bool, open_holiday: bool) -> Stelle:
    names, why = [], []
    if piece.nacht:
        art = ARTEN[lohnart_of("nacht", piece.tag)]
        names.append(art.text)
        why.append(f"21 bis 6 Uhr, {art.recht}; {STEUER[piece.steuer_nacht]}")
    if piece.tagart:
        art = ARTEN[lohnart_of(piece.tagart, piece.tag)]
        names.append(art.text)
        relief = STEUER.get(piece.steuer_tag, "pflichtig") if piece.tagart != "samstag" else "steuerpflichtig"
        why.append(f"{art.recht}; {relief}")
        if open_holiday and piece.tagart.startswith("feiertag"):
            why.append("ob Freizeitausgleich gegeben wurde, wird beim Abschluss angegeben; bis dahin ohne gerechnet")
        if ist_sonntag(piece.tag) and piece.tagart != "sonntag":
            why.append("der Sonntagszuschlag tritt zurück (§ 8 Abs. 1 Satz 3 TVöD: nur der höchste)")
    if not names:
        why.append(_none(piece, shift=shift))
    return Stelle(piece.tag, local_time(piece.spanne.von), local_time(piece.spanne.bis), piece.spanne.minuten,
                  tuple(names), tuple(why))


def _none(piece: Stueck, *, shift: bool) -> str:
    hour = local_time(piece.spanne.von).hour
    if piece.tag.weekday() == 5 and 13 <= hour < 21 and shift:
        return "kein Samstagszuschlag bei Schichtarbeit (§ 8 Abs. 1 Satz 2 Buchst. f TVöD)"
    if piece.tag.weekday() == 5:
        return "Samstag erst ab 13 Uhr (§ 8 Abs. 1 Satz 2 Buchst. f TVöD)"
    if ist_vorfest(piece.tag):
        return "24. und 31. Dezember erst ab 6 Uhr (§ 8 Abs. 1 Satz 2 Buchst. e TVöD)"
    return "Werktag zwischen 6 und 21 Uhr: kein Zuschlag"
