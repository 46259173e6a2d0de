"""Wer auf eine Stelle darf: vorhanden, nicht gesperrt, frei, nicht über der Bewertung ohne Grund.

Geprüft wird jeder Tag des Zeitraums, an dem sich etwas ändert; Anteile sind genau.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction

from staffplan import grades, shares
from staffplan.rules import Refused
from staffplan.state import ALWAYS, Besetzung, Stelle, Vermerk

DAY = timedelta(days=1)


@dataclass(frozen=True)
class Umfeld:
    """Was für eine Besetzung zählt: Fassungen und Vermerke der Stelle, ihre anderen Besetzungen, die der Person."""

    fassungen: Sequence[Stelle]
    vermerke: Sequence[Vermerk]
    auf_der_stelle: Sequence[Besetzung]
    der_person: Sequence[Besetzung]


def check(new: Besetzung, around: Umfeld) -> None:
    """Prüft eine neue oder geänderte Besetzung; wirft Refused mit dem ersten Grund."""
    if new.bis is not None and new.bis < new.ab:
        raise _refused(new, "Zeitraum", "endet vor seinem Beginn; Tage berichtigen")
    if not 0 < new.anteil <= 1:
        raise _refused(new, "Anteil", f"{shares.short(new.anteil)} liegt nicht zwischen 0 und 1")
    _exists(new, around.fassungen)
    _grade(new, [one for one in around.fassungen if _meet(one.ab, one.bis, new.ab, new.bis)])
    if not _continues(new, around.auf_der_stelle):
        _notes(new, around)
    _substitute(new, around.auf_der_stelle)
    _room(new, around)
    _person(new, around)


def _exists(new: Besetzung, versions: Sequence[Stelle]) -> None:
    held = sorted((one.ab, one.bis or ALWAYS) for one in versions)
    at, end = new.ab, new.bis or ALWAYS
    for ab, bis in held:
        if ab <= at <= bis:
            if bis == ALWAYS or bis >= end:
                break
            at = bis + DAY
    else:
        raise _refused(new, "Stelle", f"am {at:%d.%m.%Y} gibt es sie nicht (ohne Planstelle keine Besetzung); Zeitraum "
                       "begrenzen oder die Stelle im Plan vorsehen")
    for one in versions:
        if one.befristet_bis and new.besetzt and _meet(one.ab, one.bis, new.ab, new.bis) and end > one.befristet_bis:
            raise _refused(new, "bis", f"die Stelle ist bis {one.befristet_bis:%d.%m.%Y} befristet; die Besetzung "
                           "spätestens dann enden lassen")


def _grade(new: Besetzung, versions: Sequence[Stelle]) -> None:
    try:
        held = grades.parse(new.gruppe)
    except grades.UnknownGrade as error:
        raise _refused(new, "Gruppe", str(error)) from error
    if problem := grades.check_career(held, new.laufbahn):
        raise _refused(new, "Laufbahngruppe", problem)
    for post in versions:
        worth = grades.parse(post.gruppe)
        if held.civil and not worth.civil:
            raise _refused(new, "Gruppe", f"Beamtinnen und Beamte brauchen eine Planstelle; {new.stelle} ist eine "
                           f"Stelle für Tarifbeschäftigte ({worth})")
        if (new.begruendung or "").strip():
            continue
        if not grades.comparable(held, worth):
            raise _refused(new, "Begründung", f"{held} auf einer Stelle mit {worth} braucht eine Begründung (Vermerk, "
                           "warum und bis wann)")
        if grades.above(held, new.laufbahn, worth, post.laufbahn):
            raise _refused(new, "Begründung", f"{_named(held, new.laufbahn)} liegt über der Bewertung der Stelle "
                           f"({_named(worth, post.laufbahn)}); eine Überbesetzung braucht eine Begründung")


def _notes(new: Besetzung, around: Umfeld) -> None:
    for note in around.vermerke:
        if note.art == "sperre" and note.stands(new.ab):
            until = f"bis {note.bis:%d.%m.%Y}" if note.bis else "ohne Ende"
            raise _refused(new, "Sperrvermerk", f"die Stelle ist {until} gesperrt; nach der Sperre besetzen oder den "
                           "Vermerk aufheben lassen")
    if not new.besetzt or new.vertritt:
        return
    for note in around.vermerke:
        if note.art == "kw" and note.stands(new.ab):
            _kw(new, note, around)
        if note.art == "ku" and note.acts(new.ab):
            raise _refused(new, "ku-Vermerk", f"die frei gewordene Stelle ist erst in {note.ziel_gruppe} umzuwandeln; "
                           "Vermerk vollziehen, dann besetzen")


def _kw(new: Besetzung, note: Vermerk, around: Umfeld) -> None:
    if note.teil is not None:
        post = next(one for one in around.fassungen if one.ab <= new.ab <= (one.bis or ALWAYS))
        others = sum((o.anteil for o in around.auf_der_stelle if o.besetzt and o.holds(new.ab)), Fraction(0))
        if new.anteil + others <= post.anteil - note.teil:
            return
    if note.termin is None or note.termin <= new.ab:
        raise _refused(new, "kw-Vermerk", "die Stelle fällt weg, sobald sie frei ist, und wird nicht wieder besetzt")
    if new.bis is None or new.bis >= note.termin:
        raise _refused(new, "kw-Vermerk", f"die Stelle fällt am {note.termin:%d.%m.%Y} weg; die Besetzung vorher enden "
                       "lassen")


def _continues(new: Besetzung, others: Sequence[Besetzung]) -> bool:
    """Dieselbe Person sitzt am Tag davor schon auf der Stelle: kein Freiwerden, keine Neubesetzung."""
    return any(one.personalnummer == new.personalnummer and one.holds(new.ab - DAY) for one in others)


def _substitute(new: Besetzung, others: Sequence[Besetzung]) -> None:
    if new.vertritt is None:
        return
    away = [o for o in others if o.personalnummer == new.vertritt and not o.besetzt and o.holds(new.ab)]
    if not away:
        raise _refused(new, "vertritt", f"{new.vertritt} ist am {new.ab:%d.%m.%Y} auf dieser Stelle nicht beurlaubt "
                       "oder abgeordnet; erst die Abwesenheit erfassen")


def _room(new: Besetzung, around: Umfeld) -> None:
    if not new.besetzt:
        return
    rivals = [one for one in around.auf_der_stelle if one.besetzt]
    for day in _days(new, [*((o.ab, o.bis) for o in rivals), *((v.ab, v.bis) for v in around.fassungen)]):
        post = next((one for one in around.fassungen if one.ab <= day <= (one.bis or ALWAYS)), None)
        here = [one for one in rivals if one.holds(day)]
        total = sum((one.anteil for one in here), Fraction(0)) + new.anteil
        if post is not None and total > post.anteil:
            names = ", ".join(sorted({one.personalnummer for one in here})) or "niemandem sonst"
            raise _refused(new, "Anteil", f"am {day:%d.%m.%Y} wären {shares.exact(total)} auf einer Stelle mit "
                           f"{shares.exact(post.anteil)} besetzt (schon besetzt mit {names}); Anteil oder Zeitraum "
                           "berichtigen")


def _person(new: Besetzung, around: Umfeld) -> None:
    own = list(around.der_person)
    for day in _days(new, [(o.ab, o.bis) for o in own]):
        held = [one for one in own if one.holds(day)]
        everywhere = sum((o.anteil for o in held if o.besetzt), Fraction(0)) + (new.anteil if new.besetzt else 0)
        here = sum((o.anteil for o in held if o.stelle == new.stelle), Fraction(0)) + new.anteil
        if everywhere > 1 or here > 1:
            where = ", ".join(sorted({one.stelle for one in held}))
            raise _refused(new, "Anteil", f"die Person hätte am {day:%d.%m.%Y} zusammen "
                           f"{shares.exact(max(everywhere, here))} und damit mehr als eine volle Stelle (auch auf "
                           f"{where}); Anteile berichtigen")


def _days(new: Besetzung, spans: Sequence[tuple[date, date | None]]) -> list[date]:
    """Tage des Zeitraums, an denen etwas beginnt."""
    end = new.bis or ALWAYS
    return sorted({new.ab} | {ab for ab, _ in spans if new.ab <= ab <= end})


def _meet(ab: date, bis: date | None, first: date, last: date | None) -> bool:
    return ab <= (last or ALWAYS) and first <= (bis or ALWAYS)


def _named(grade: grades.Grade, career: str | None) -> str:
    return f"{grade}, LG {career}" if career and career != "wahl" else str(grade)


def _refused(new: Besetzung, field: str, rule: str) -> Refused:
    return Refused(f"Stelle {new.stelle}, Personalnummer {new.personalnummer}, {field}: {rule}.")
