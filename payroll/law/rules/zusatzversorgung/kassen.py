"""Rates of the funds as values that a tenant dates by its member's notice; an unknown rate stops only its rows."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from payroll.law.engine import Choice, Condition, Input, Lookup, Money, Overlay, Rate, rule
from payroll.law.engine.errors import InputError
from payroll.law.rules.entgelt.werte import parameter

ZV_KASSEN = ("keine", "rzvk_av1", "rzvk_av2", "vbl_west", "kvw_av1", "kvw_av2")
SPALTEN = {"zv_umlage_satz": "zv_kassen_umlage", "zv_sanierungsgeld_satz": "zv_kassen_sanierungsgeld",
           "zv_an_satz": "zv_kassen_an", "zv_pauschal_grenze": "zv_kassen_pauschal_grenze",
           "zv2_beitrag_satz": "zv_kassen_beitrag"}

INPUTS = (Input("zv_kasse", "Choice", "auswahl", "Abrechnungsverband der Zusatzversorgungskasse", default=0,
                names=ZV_KASSEN),)


@rule(law="§ 1 ATV-K", unit="ja/nein", since="2024-01-01")
def hat_zv_kasse(zv_kasse: Choice) -> Condition:
    """Es gibt eine Zusatzversorgungskasse"""
    return ~zv_kasse.ist("keine")


@rule(law="§ 16 Abs. 1 ATV-K, Satzung der Kasse", unit="anteil", since="2024-01-01", when="hat_zv_kasse")
def zv_kasse_umlage_satz(zv_kasse: Choice, zv_kassen_umlage: Lookup) -> Rate:
    """Umlagesatz der Kasse"""
    share: Rate = zv_kassen_umlage[zv_kasse]
    return share


@rule(law="§ 17 ATV-K, Satzung der Kasse", unit="anteil", since="2024-01-01", when="hat_zv_kasse")
def zv_kasse_sanierungsgeld_satz(zv_kasse: Choice, zv_kassen_sanierungsgeld: Lookup) -> Rate:
    """Sanierungsgeldsatz der Kasse"""
    share: Rate = zv_kassen_sanierungsgeld[zv_kasse]
    return share


@rule(law="§ 18 ATV-K, Satzung der Kasse", unit="anteil", since="2024-01-01", when="hat_zv_kasse")
def zv_kasse_beitrag_satz(zv_kasse: Choice, zv_kassen_beitrag: Lookup) -> Rate:
    """Beitragssatz der Kasse im kapitalgedeckten Abrechnungsverband"""
    share: Rate = zv_kassen_beitrag[zv_kasse]
    return share


@rule(law="§ 16 ATV-K, § 37a ATV", unit="anteil", since="2024-01-01", when="hat_zv_kasse")
def zv_kasse_an_satz(zv_kasse: Choice, zv_kassen_an: Lookup) -> Rate:
    """Satz der Beschäftigten"""
    share: Rate = zv_kassen_an[zv_kasse]
    return share


@rule(law="§ 16 Abs. 2 ATV-K", unit="euro/monat", since="2024-01-01", when="hat_zv_kasse")
def zv_kasse_pauschal_grenze(zv_kasse: Choice, zv_kassen_pauschal_grenze: Lookup) -> Money:
    """Pauschalierungsgrenze der Kasse"""
    limit: Money = zv_kassen_pauschal_grenze[zv_kasse]
    return limit


def kassensaetze(kasse: str, tag: date, overlays: Sequence[Overlay] = ()) -> dict[str, int]:
    """The columns of a fund's rates on a day: millionths, the limit in cents (names of the inputs of this area).

    Raises InputError naming the rate that nobody has entered.
    """
    if kasse not in ZV_KASSEN:
        raise InputError(f"zv_kasse: {kasse!r} gibt es nicht; erlaubt: {', '.join(ZV_KASSEN)}")
    position, found = ZV_KASSEN.index(kasse), {}
    for column, name in SPALTEN.items():
        value = parameter(name, overlays)
        lookup = value.argument(tag)
        cells = lookup.cells() if lookup is not None else []
        if position >= len(cells) or cells[position] is None:
            raise InputError(f"{value.titel}: für {kasse} am {tag:%d.%m.%Y} ist kein Satz hinterlegt; Bescheid der "
                             f"Kasse als Wert des Mandanten eintragen")
        scale = 1 if value.argument(tag).kind is Money else 1_000_000
        found[column] = int(cells[position]) * scale // lookup.den
    return found
