"""Steps that advance by themselves (§§ 16, 17 TVöD): the day, the month of pay and the reason, from facts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from payroll.law.encode import steps_on
from payroll.law.engine.parameters import to_argument
from payroll.law.rules.entgelt.laufzeit import Zeitraum, erreicht, monatserster, plus_jahre
from payroll.law.rules.entgelt.werte import fassungen, parameter, tabelle, zahl, zahlen

ZAEHLT = ("mutterschutz", "bezahlter_urlaub", "sonderurlaub_dienstlich", "hoeherwertige_taetigkeit")
ZAEHLT_NICHT = ("sonderurlaub", "elternzeit", "sonstige")
ARTEN = (*ZAEHLT, "krankheit", *ZAEHLT_NICHT)
DAY = timedelta(days=1)
FOREVER = date.max


@dataclass(frozen=True)
class Unterbrechung(Zeitraum):
    """A time without work since the step was reached; ``art`` is one of ARTEN."""

    art: str = "sonstige"

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.art not in ARTEN:
            raise ValueError(f"art: {self.art!r} gibt es nicht; erlaubt: {', '.join(ARTEN)}")


@dataclass(frozen=True)
class Zuordnung:
    """Group and step of a person, and the day from which the time in the step counts.

    verkuerzt: months by which performance shortens (negative: lengthens) the time to the next step (§ 17 Abs. 2).
    einstellungsstufe: the step that the person would get when hired anew, the floor after a long interruption.
    """

    tarifwerk: str
    entgeltgruppe: str
    stufe: int
    stufe_seit: date
    verkuerzt: int = 0
    einstellungsstufe: int = 1


@dataclass(frozen=True)
class Stufenwechsel:
    """A step from the day ``am`` on, paid from ``gezahlt_ab``; the clock runs from ``am``."""

    stufe: int
    am: date
    gezahlt_ab: date
    grund: str
    nicht_gezaehlte_tage: int = 0


def naechster_wechsel(zuordnung: Zuordnung, unterbrechungen: Sequence[Unterbrechung] = ()) -> Stufenwechsel | None:
    """The next change of step: an advance, or the fall after a very long interruption; None in the last step."""
    since = [one for one in unterbrechungen if one.bis >= zuordnung.stufe_seit]
    long = next((one for one in sorted(since, key=lambda u: u.von) if _too_long(one)), None)
    advance = _advance(zuordnung, since)
    if long is None or (advance is not None and advance.am <= long.von):
        return advance
    step = max(zuordnung.stufe - 1, zuordnung.einstellungsstufe, _steps(zuordnung)[0])
    back = long.bis + DAY
    reason = (f"Unterbrechung ({long.art}) vom {long.von:%d.%m.%Y} bis {long.bis:%d.%m.%Y} länger als unschädlich: "
              f"vorangehende Stufe, die Laufzeit beginnt mit der Arbeitsaufnahme (§ 17 Abs. 3 Satz 3 TVöD)")
    return Stufenwechsel(min(step, zuordnung.stufe), back, back, reason, long.tage)


def verlauf(zuordnung: Zuordnung, unterbrechungen: Sequence[Unterbrechung], bis: date) -> list[Stufenwechsel]:
    """All changes of step up to a day; performance (``verkuerzt``) holds for the running step only."""
    found: list[Stufenwechsel] = []
    current = zuordnung
    while (change := naechster_wechsel(current, unterbrechungen)) is not None and change.am <= bis:
        found.append(change)
        current = replace(current, stufe=change.stufe, stufe_seit=change.am, verkuerzt=0)
    return found


def hoehergruppierung(zuordnung: Zuordnung, gruppe: str, wirksam: date, *,
                      zuerst_uebertragen: date | None = None) -> tuple[Zuordnung, date, str]:
    """Regrading up: the new assignment, the first day of higher pay, the reason.

    zuerst_uebertragen: first day of the same duties assigned temporarily without a gap (§ 14).
    """
    target = replace(zuordnung, entgeltgruppe=gruppe)
    steps = steps_on(target.tarifwerk, gruppe, wirksam)
    if not steps:
        raise ValueError(f"entgeltgruppe: {target.tarifwerk} {gruppe} hat am {wirksam:%d.%m.%Y} keine Tabelle")
    step = min(max(zuordnung.stufe, 2, steps[0]), steps[-1])
    since = zuerst_uebertragen or wirksam
    if since > wirksam:
        raise ValueError("zuerst_uebertragen: liegt nach dem Tag der Höhergruppierung; Tag berichtigen")
    reason = "gleiche Stufe" if step == zuordnung.stufe else f"mindestens Stufe {step}"
    reason += f", die Laufzeit beginnt am {since:%d.%m.%Y}"
    reason += (" mit der vorübergehenden Übertragung (Protokollerklärung zu § 17 Abs. 4 TVöD)" if zuerst_uebertragen
               else " mit der Höhergruppierung (§ 17 Abs. 4 TVöD)")
    return replace(target, stufe=step, stufe_seit=since, verkuerzt=0), monatserster(wirksam), reason


def herabgruppierung(zuordnung: Zuordnung, gruppe: str, wirksam: date) -> tuple[Zuordnung, date, str]:
    """Regrading down: same step, the time in the step is kept; paid from the first of the month it takes effect in."""
    steps = steps_on(zuordnung.tarifwerk, gruppe, wirksam)
    if zuordnung.stufe not in steps:
        raise ValueError(f"stufe: {zuordnung.tarifwerk} {gruppe} hat keine Stufe {zuordnung.stufe}; "
                         f"vorhanden: {', '.join(map(str, steps))}")
    return (replace(zuordnung, entgeltgruppe=gruppe), monatserster(wirksam),
            "gleiche Stufe, die Zeit in der Stufe bleibt erhalten (§ 17 Abs. 4 Satz 4 TVöD)")


def _steps(zuordnung: Zuordnung) -> tuple[int, ...]:
    steps = steps_on(zuordnung.tarifwerk, zuordnung.entgeltgruppe, max(zuordnung.stufe_seit, date(2024, 3, 1)))
    if zuordnung.stufe not in steps:
        raise ValueError(f"stufe: {zuordnung.tarifwerk} {zuordnung.entgeltgruppe} hat keine Stufe {zuordnung.stufe}; "
                         f"vorhanden: {', '.join(map(str, steps)) or 'keine'}")
    return steps


def _parameter(zuordnung: Zuordnung) -> str:
    if zuordnung.tarifwerk not in ("TVoeD-VKA", "TVoeD-SuE", "TVoeD-P"):
        raise ValueError(f"tarifwerk: {zuordnung.tarifwerk} hat keine Stufenlaufzeit nach § 16 TVöD")
    if zuordnung.tarifwerk == "TVoeD-SuE":
        return "stufenlaufzeit_s8b_jahre" if zuordnung.entgeltgruppe == "S8b" else "stufenlaufzeit_sue_jahre"
    return "stufenlaufzeit_e1_jahre" if zuordnung.entgeltgruppe == "E1" else "stufenlaufzeit_jahre"


def _advance(zuordnung: Zuordnung, unterbrechungen: Sequence[Unterbrechung]) -> Stufenwechsel | None:
    following = zuordnung.stufe + 1
    if following not in _steps(zuordnung):
        return None
    if zuordnung.verkuerzt and following < 4:
        raise ValueError("verkuerzt: Leistung verändert nur die Zeit bis zu den Stufen 4 bis 6 (§ 17 Abs. 2 TVöD)")
    name = _parameter(zuordnung)
    lost = _not_counted(zuordnung, unterbrechungen)
    versions = fassungen(name)
    ends = [*(later.ab - DAY for later in versions[1:]), FOREVER]
    day, days, years = FOREVER, 0, 0
    for version, end in zip(versions, ends, strict=True):
        years = tabelle(to_argument(parameter(name), version))[zuordnung.stufe]
        day, days = erreicht(zuordnung.stufe_seit, years * 12 - zuordnung.verkuerzt, lost)
        if version is not versions[0]:  # a shorter time holds from the day of the new law on
            day = max(day, version.ab)
        if day <= end:
            break
    return Stufenwechsel(following, day, monatserster(day), _reason(zuordnung, years, days), days)


def _reason(zuordnung: Zuordnung, years: int, days: int) -> str:
    text = (f"{years} Jahr{'e' if years != 1 else ''} in Stufe {zuordnung.stufe} seit "
            f"{zuordnung.stufe_seit:%d.%m.%Y} (§ 16 Abs. 3, § 17 Abs. 1 TVöD)")
    if zuordnung.verkuerzt:
        word = "verkürzt" if zuordnung.verkuerzt > 0 else "verlängert"
        text += f", um {abs(zuordnung.verkuerzt)} Monate {word} (§ 17 Abs. 2 TVöD)"
    return text + (f", {days} Tage Unterbrechung zählen nicht mit (§ 17 Abs. 3 TVöD)" if days else "")


def _too_long(one: Unterbrechung) -> bool:
    if one.art not in ZAEHLT_NICHT:
        return False
    years = zahlen("stufe_unschaedlich_jahre", _in_force(one.von))[1 if one.art == "elternzeit" else 0]
    return one.bis >= plus_jahre(one.von, years)


def _not_counted(zuordnung: Zuordnung, unterbrechungen: Sequence[Unterbrechung]) -> list[Zeitraum]:
    found: list[Zeitraum] = []
    for one in unterbrechungen:
        if one.art == "krankheit":
            counted = one.von + DAY * (7 * zahl("stufe_krankheit_wochen", _in_force(one.von)))
            found += [Zeitraum(counted, one.bis)] if counted <= one.bis else []
    spans = [one for one in unterbrechungen if one.art in ZAEHLT_NICHT]
    for year in sorted({year for one in spans for year in range(one.von.year, one.bis.year + 1)}):
        first, last = date(year, 1, 1), date(year, 12, 31)
        parts = [Zeitraum(max(one.von, first), min(one.bis, last)) for one in spans
                 if one.von <= last and one.bis >= first]
        if sum(part.tage for part in parts) >= zahl("stufe_kurze_unterbrechung_tage", _in_force(first)):
            found += parts
    return found


def _in_force(day: date) -> date:
    """The law of interruptions before 2024 is not kept; the wording did not change."""
    return max(day, date(2024, 1, 1))
