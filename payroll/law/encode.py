"""Names of the outside world and the codes that the law counts with; an unknown name says what exists.

The code of a group is its position in ``parameters/pay_tables/gruppen.csv`` and implies its tariff. Codes belong to one
installation: store names, encode on the way into a calculation.
"""

from __future__ import annotations

import difflib
from datetime import date
from functools import cache

from payroll.law.parameters.pay_tables import load_pay_tables
from payroll.law.parameters.uploaded import Uploaded, cells_on

TARIFWERKE: tuple[str, ...] = tuple(dict.fromkeys(g.tarifwerk for g in load_pay_tables().gruppen))
GRUPPEN: tuple[str, ...] = tuple(f"{g.tarifwerk} {g.entgeltgruppe}" for g in load_pay_tables().gruppen)
KONFESSIONEN = ("keine", "ev", "rk")
STATUS = ("tarif", "beamte", "auszubildende", "minijob", "hinterbliebene")
KV_ARTEN = ("gesetzlich", "freiwillig", "privat", "keine")
ZUSATZVERSORGUNGEN = ("keine", "rzvk", "vbl_west", "rzvk_av2", "kvw_av1", "kvw_av2")
ZV_VERFAHREN = ("verteilt", "aufbrauchend")
ZV_KIST_VERFAHREN = ("vereinfacht", "nachweis")
LAENDER = ("BB", "BE", "BW", "BY", "HB", "HE", "HH", "MV", "NI", "NW", "RP", "SH", "SL", "SN", "ST", "TH")
LAENDER_OST = ("BB", "MV", "SN", "ST", "TH")  # own ceilings of pension insurance until 2024
_CODES = {name: code for code, name in enumerate(GRUPPEN)}


class UnknownName(ValueError):
    """A name that the law does not know. ``field``, ``rule`` and ``remedy`` are German texts for the user."""

    def __init__(self, field: str, rule: str, remedy: str) -> None:
        super().__init__(f"{field}: {rule}; {remedy}")
        self.field = field
        self.rule = rule
        self.remedy = remedy


def choice(field: str, value: str, names: tuple[str, ...]) -> int:
    """Code of a name among ``names``; an unknown name lists what exists."""
    if value in names:
        return names.index(value)
    near = difflib.get_close_matches(value, names, 1)
    hint = f"meinten Sie {near[0]}? " if near else ""
    raise UnknownName(field, f"{value or 'leer'!r} gibt es nicht", f"{hint}erlaubt: {', '.join(names)}")


def tarifwerk_code(tarifwerk: str) -> int:
    """Code of a tariff, e.g. "TVoeD-VKA"."""
    return choice("tarifwerk", tarifwerk, TARIFWERKE)


def gruppe_code(tarifwerk: str, entgeltgruppe: str) -> int:
    """Code of a pay group of a tariff; the code implies the tariff."""
    tarifwerk_code(tarifwerk)
    code = _CODES.get(f"{tarifwerk} {entgeltgruppe}")
    if code is None:
        known = tuple(g.entgeltgruppe for g in load_pay_tables().gruppen if g.tarifwerk == tarifwerk)
        choice("entgeltgruppe", entgeltgruppe, known)
    assert code is not None
    return code


@cache
def steps_on(tarifwerk: str, entgeltgruppe: str, day: date, drafts: bool = False,
             uploaded: Uploaded = ()) -> tuple[int, ...]:
    """Steps of a group that the table in force on that day has; ``uploaded``: tables in force entered by the office."""
    cells = cells_on(day, uploaded, drafts)
    return tuple(sorted(int(k[2]) for k in cells if k[0] == tarifwerk and k[1] == entgeltgruppe))


@cache
def known_groups() -> frozenset[tuple[str, str]]:
    """All scales and groups of the pay tables."""
    return frozenset((c.key[0], c.key[1]) for c in load_pay_tables().cells)


@cache
def first_table(tarifwerk: str, entgeltgruppe: str) -> date:
    """Day on which the earliest known table of a group came into force."""
    return min(c.ab for c in load_pay_tables().cells if c.key[:2] == (tarifwerk, entgeltgruppe))


def stufe_code(tarifwerk: str, entgeltgruppe: str, stufe: str | int, day: date, drafts: bool = False,
               uploaded: Uploaded = ()) -> int:
    """A step of a group on a day; groups without steps have step 0, for trainees the step is the training year."""
    gruppe_code(tarifwerk, entgeltgruppe)
    steps = steps_on(tarifwerk, entgeltgruppe, day, drafts, uploaded)
    if not steps:
        raise UnknownName("entgeltgruppe", f"{tarifwerk} {entgeltgruppe} hat am {day:%d.%m.%Y} keine Tabelle",
                          f"die erste Tabelle gilt ab {first_table(tarifwerk, entgeltgruppe):%d.%m.%Y}")
    text = str(stufe).strip()
    if not text and steps == (0,):
        return 0
    if not (text.isascii() and text.isdigit()) or int(text) not in steps:
        rule = f"Stufe {text or 'leer'!r} gibt es in {tarifwerk} {entgeltgruppe} am {day:%d.%m.%Y} nicht"
        raise UnknownName("stufe", rule, f"vorhanden: {', '.join(map(str, steps))}")
    return int(text)


def assignment(tarifwerk: str, entgeltgruppe: str, stufe: str | int, day: date,
               uploaded: Uploaded = ()) -> tuple[int, int, int]:
    """Codes (tarifwerk, entgeltgruppe, stufe) of a pay assignment on a day."""
    step = stufe_code(tarifwerk, entgeltgruppe, stufe, day, uploaded=uploaded)
    return tarifwerk_code(tarifwerk), gruppe_code(tarifwerk, entgeltgruppe), step


def cell_status(tarifwerk: str, entgeltgruppe: str, stufe: int, day: date, drafts: bool = False) -> str:
    """How sure the amount of a pay assignment is: bestaetigt, einzelquelle, nachgerechnet, entwurf, unbestaetigt."""
    return load_pay_tables().on(day, drafts=drafts)[tarifwerk, entgeltgruppe, str(stufe)].status


def konfession_code(konfession: str) -> int:
    """Code of a denomination: keine, ev, rk."""
    return choice("konfession", konfession, KONFESSIONEN)


def land_code(land: str) -> int:
    """Code of a Land by its two letters, e.g. "NW"."""
    return choice("bundesland_kirche", land, LAENDER)


def day_number(day: date) -> int:
    """A day as the law's inputs take it: YYYYMMDD as a whole number (e.g. ``geburtsdatum``)."""
    return day.year * 10000 + day.month * 100 + day.day
