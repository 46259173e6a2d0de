"""Aus Texten je Feld wird ein Eintrag: Person, Zeitraum, Menge, Betrag; jede falsche Stelle nennt Feld und Abhilfe."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal
from functools import lru_cache

from timekeeping.imports import values
from timekeeping.imports.moments import at_place, lasting
from timekeeping.imports.problems import Unklar, Unlesbar, shown
from timekeeping.imports.profile import Profil
from timekeeping.imports.rows import Eintrag, Rohzeile
from timekeeping.imports.stamps import direction, finish

UNITS = ("stunden", "tage", "stueck")
LARGEST = {"stunden": 744, "tage": 31, "stueck": 1_000_000}
LARGEST_CENTS = 100_000_000
LONGEST = 200  # characters of a cell; patterns for days and numbers would search a longer one for minutes
NAMES = frozenset({"personalnummer", "schluessel", "kostenstelle"})  # no pattern reads them, sane() looks at them
DATED = re.compile(r"(\S*\d[.\-/]\d\S*?)(?:\s+|T)(\d{1,2}[:.]\d\d.*)")
DONE = {"", "genehmigt", "bestaetigt", "bestätigt", "confirmed", "approved", "g"}
ASKED = {"beantragt", "tentative", "offen", "requested", "geplant"}


def shape(raw: Rohzeile, profil: Profil) -> tuple[Eintrag, bool | None]:
    """Eintrag einer Zeile; der zweite Wert ist bei einzelnen Stempeln die Richtung (wahr: Kommen)."""
    entry = Eintrag(raw.zeile, raw.art or profil.art)
    if raw.grund:
        entry.ablehnen(raw.grund, raw.abhilfe)
        return entry, None
    texts = profil.konstanten | {name: text for name, text in raw.texte.items() if text}
    if long := [name for name, text in texts.items() if len(text) > LONGEST and name not in NAMES]:
        entry.ablehnen(f"{long[0]} hat mehr als {LONGEST} Zeichen", "Zeile und Trennzeichen prüfen")
        return entry, None
    entry.personalnummer = texts.get("personalnummer", "")
    entry.schluessel, entry.kostenstelle = texts.get("schluessel", ""), texts.get("kostenstelle", "")
    comes = None
    try:
        sane(entry)
        if profil.mandant and "mandant" in texts and texts["mandant"] != profil.mandant:
            raise Unlesbar(f"gehört zu Mandant „{shown(texts['mandant'])}“, nicht {profil.mandant}", "Datei prüfen")
        match entry.art:
            case "menge":
                _quantity(entry, texts, profil)
            case "abwesenheit":
                _absence(entry, texts, profil)
            case _ if "richtung" in texts or "uhrzeit" in texts:
                comes = _event(entry, texts, profil)
            case _:
                _span(entry, texts, profil)
    except Unklar as problem:
        entry.zurueckstellen(problem.grund, problem.abhilfe)
    except Unlesbar as problem:
        entry.ablehnen(problem.grund, problem.abhilfe)
    return entry, comes


def sane(entry: Eintrag) -> None:
    """Personalnummer und Schlüssel gibt es, sie sind kurz und druckbar; sonst gekürzt und unlesbar."""
    if _clean(entry.personalnummer, entry.schluessel, entry.kostenstelle):
        return
    for name, text, limit in (("Personalnummer", entry.personalnummer, 20), ("Schlüssel", entry.schluessel, 40),
                              ("Kostenstelle", entry.kostenstelle, 50)):
        if len(text) > limit or not text.isprintable():
            entry.personalnummer, entry.schluessel, entry.kostenstelle = (
                shown(part)[:20] for part in (entry.personalnummer, entry.schluessel, entry.kostenstelle))
            raise Unlesbar(f"{name} „{shown(text)}“ ist zu lang oder enthält Steuerzeichen", "Zeile prüfen")
    if not entry.personalnummer:
        raise Unlesbar("Die Personalnummer fehlt", "im Zeitsystem ergänzen")
    if not entry.schluessel:
        raise Unlesbar("Der Schlüssel (Lohnart, Abwesenheit) fehlt", "im Zeitsystem ergänzen")


@lru_cache(maxsize=8192)
def _clean(number: str, key: str, centre: str) -> bool:
    return (0 < len(number) <= 20 and 0 < len(key) <= 40 and len(centre) <= 50
            and (number + key + centre).isprintable())


def _quantity(entry: Eintrag, texts: dict[str, str], profil: Profil) -> None:
    # Values first: the sums of the file count them even where the day is impossible.
    _amounts(entry, texts, profil)
    if "zeitraum" in texts:
        first = values.day(texts["zeitraum"], profil.datum)
        _whole_month(entry, first)
    elif "tag" in texts or "datum" in texts:
        entry.von = entry.bis = _day(texts, profil)
    else:
        _whole_month(entry, _day(texts | {"tag": "1"}, profil))
    if texts.get("faktor") and values.number(texts["faktor"], profil.dezimal) != 1:
        raise Unklar("trägt einen abweichenden Lohnfaktor", "Faktor bei der Person erfassen, Zeile ohne ihn ausgeben")
    _limits(entry, profil)


def _amounts(entry: Eintrag, texts: dict[str, str], profil: Profil) -> None:
    given = [(unit, texts[unit]) for unit in UNITS if unit in texts]
    if "menge" in texts:
        given.append((_unit(texts, profil), texts["menge"]))
    amounts = [text for unit, text in given if unit == "betrag"] + ([texts["betrag"]] if "betrag" in texts else [])
    given = [(unit, text) for unit, text in given if unit != "betrag"]
    # A zero beside a filled value is how fixed layouts write "nothing".
    numbers = [(unit, _number(unit, text, profil)) for unit, text in given]
    filled = [(unit, number) for unit, number in numbers if number or len(numbers) == 1]
    if len(filled) > 1 or len(amounts) > 1:
        raise Unlesbar("nennt mehrere Mengen", "je Zeile nur Stunden, Tage oder Stück")
    if not filled and not amounts:
        raise Unlesbar("nennt weder Menge noch Betrag", "Zeile prüfen")
    cents = None
    if amounts:
        cents = values.cents(values.thought(amounts[0], profil.dezimal, profil.stellen), profil.dezimal)
    if abs(cents or 0) >= 10**15 or any(abs(number) >= 10**9 for _, number in filled):
        raise Unlesbar("Die Menge ist unmöglich groß", "Menge, Dezimalzeichen und Profil prüfen")
    if filled:
        entry.einheit, entry.menge = filled[0]
    entry.betrag = cents
    entry.einheit = entry.einheit or "betrag"


def _number(unit: str, text: str, profil: Profil) -> Decimal:
    exact = values.thought(text, profil.dezimal, profil.stellen)
    return values.hours(exact, profil.dezimal) if unit == "stunden" else values.number(exact, profil.dezimal)


def _limits(entry: Eintrag, profil: Profil) -> None:
    amount, quantity = entry.betrag or 0, entry.menge or Decimal(0)
    most = LARGEST.get(entry.einheit or "", 0)
    if not entry.monat and entry.einheit in ("stunden", "tage"):
        most = 24 if entry.einheit == "stunden" else 1
    if abs(quantity) > most or abs(amount) > LARGEST_CENTS:
        entry.zurueckstellen("Die Menge ist größer, als der Zeitraum erlaubt",
                             "Menge, Dezimalzeichen und Profil prüfen")
    elif (quantity < 0 or amount < 0) and not profil.negativ:
        entry.zurueckstellen("Die Menge ist negativ",
                             "als Korrektur der früheren Datei einlesen oder im Profil erlauben")


def _whole_month(entry: Eintrag, day: date) -> None:
    first = day.replace(day=1)
    later = date(first.year + first.month // 12, first.month % 12 + 1, 1)
    entry.von, entry.bis, entry.monat = first, date.fromordinal(later.toordinal() - 1), True


def _unit(texts: dict[str, str], profil: Profil) -> str:
    code = texts.get("einheit", "")
    unit = profil.einheiten.get(code)
    if unit is None:
        raise Unklar(f"Buchungsschlüssel „{shown(code)}“ ist keiner Einheit zugeordnet",
                     "im Profil unter [einheiten] festlegen: Stunden, Tage, Stück oder Betrag")
    return unit


def _day(texts: dict[str, str], profil: Profil) -> date:
    if "datum" in texts:
        return values.day(texts["datum"], profil.datum)
    parts = [texts.get(name, "") for name in ("jahr", "monat", "tag")]
    if not all(part.isascii() and part.isdigit() and len(part) <= 4 for part in parts):
        raise Unlesbar(f"„{shown('.'.join(reversed(parts)))}“ ist kein Tag", "Tag, Monat und Jahr prüfen")
    year, month, day = (int(part) for part in parts)
    return values.calendar_day(year + 2000 if len(parts[0]) == 2 else year, month, day)


def _absence(entry: Eintrag, texts: dict[str, str], profil: Profil) -> None:
    entry.von = _day(texts, profil)
    entry.bis = values.day(texts["bis"], profil.datum) if texts.get("bis") else entry.von
    if entry.bis < entry.von or (entry.bis - entry.von).days > 1100:
        entry.bis = entry.von
        raise Unlesbar("Das Ende liegt vor dem Beginn oder mehr als drei Jahre danach", "Zeitraum prüfen")
    status = texts.get("status", "").lower()
    if status in ASKED:
        raise Unklar("ist erst beantragt", "nach der Genehmigung neu ausgeben")
    if status not in DONE:
        raise Unklar(f"hat den unbekannten Stand „{shown(status)}“", "Stand prüfen")


def _span(entry: Eintrag, texts: dict[str, str], profil: Profil) -> None:
    if "kommen" not in texts or "gehen" not in texts:
        entry.von = entry.bis = _day(texts, profil)
        missing = "Gehen" if "kommen" in texts else "Kommen"
        raise Unklar(f"{missing} fehlt", "Stempel nachtragen")
    (day, come), (until, go) = _moment(texts, "kommen", profil), _moment(texts, "gehen", profil)
    entry.von = entry.bis = day
    if (until, go) == (day, come):
        raise Unlesbar("Kommen und Gehen sind gleich", "Stempel prüfen")
    if until == day and go <= come and not _dated(texts["gehen"]):
        go += values.DAY_SECONDS
    start, end = at_place(day, come), at_place(until, go)
    finish(entry, start, end, _pause(texts, profil))
    if texts.get("dauer") and not values.lasts(texts["dauer"], profil.dezimal, int(entry.menge or 0),
                                               lasting(start, end)):
        raise Unklar("Die Dauer passt nicht zu Beginn, Ende und Pause", "im Zeitsystem prüfen")


def _event(entry: Eintrag, texts: dict[str, str], profil: Profil) -> bool:
    comes = direction(texts.get("richtung", ""))
    day, seconds = _moment({"uhrzeit": ""} | texts, "uhrzeit", profil)
    entry.von = entry.bis = day
    entry.beginn = at_place(day, seconds)
    return comes


def _pause(texts: dict[str, str], profil: Profil) -> int:
    given = values.rest(texts["pause"], profil.dezimal) if texts.get("pause") else 0
    minutes = values.number(texts["pausenminuten"], profil.dezimal) * 60 if texts.get("pausenminuten") else 0
    if given < 0 or minutes < 0 or minutes != int(minutes) or (given and minutes):
        raise Unlesbar("Die Pause ist negativ oder steht zweimal", "Pause einmal in Minuten oder als 0:30 angeben")
    return given + int(minutes)


def _dated(text: str) -> bool:
    return bool(DATED.fullmatch(text.strip()))


def _moment(texts: dict[str, str], name: str, profil: Profil) -> tuple[date, int]:
    """Tag und Sekunden einer Uhrzeit; trägt sie selbst ein Datum (Tag und Uhrzeit in einer Zelle), gilt dieses."""
    found = DATED.fullmatch(texts[name].strip())
    if found is None:
        return _day(texts, profil), values.clock(texts[name])
    return values.day(found[1], profil.datum), values.clock(found[2])
