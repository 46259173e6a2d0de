"""Pay for several years by the one-fifth method, withheld until 2024 (MVMT and the KENNVMT parts of MLSTJAHR)."""

from __future__ import annotations

from payroll.law.engine import (
    Condition,
    Count,
    Money,
    Rate,
    euro,
    floor_cent,
    floor_euro,
    maximum,
    minimum,
    rule,
    where,
)

SATZ9 = "§ 39b Abs. 3 Satz 9 und 10 EStG a. F."


@rule(law=SATZ9, unit="ja/nein", since="2024-01-01", name="zu_rechnen", passes=("ermaessigt", "ermaessigt_ohne"))
def zu_rechnen_ermaessigt(zu_rechnen__mehrjaehrig: Condition) -> Condition:
    """Die Fünftelregelung ist zu rechnen"""
    return zu_rechnen__mehrjaehrig


@rule(law=SATZ9, unit="euro/jahr", since="2024-01-01", name="zu_versteuern", passes=("ermaessigt_ohne",),
      when="zu_rechnen")
def zu_versteuern_ohne_verguetung(
        lohn_nach_freibetraegen__mehrjaehrig: Money, tabellenfreibetraege__mehrjaehrig: Money,
        vorsorgepauschale__ermaessigt: Money, vmt: Money, vkapa_positiv: Money) -> Money:
    """Zu versteuernder Jahresbetrag

    Ohne die Vergütung für mehrere Jahre, auch unter 0. Im Plan ZVE.
    """
    mit = lohn_nach_freibetraegen__mehrjaehrig - tabellenfreibetraege__mehrjaehrig - vorsorgepauschale__ermaessigt
    return mit - vmt - vkapa_positiv


@rule(law=SATZ9, unit="euro/jahr", since="2024-01-01", name="zu_versteuern", passes=("ermaessigt",), when="zu_rechnen")
def zu_versteuern_mit_fuenftel(zu_versteuern__ermaessigt_ohne: Money, vmt: Money, vkapa_positiv: Money) -> Money:
    """Zu versteuernder Jahresbetrag

    Mit einem Fünftel der Vergütung; ohne sie unter 0: ein Fünftel der Summe. Im Plan ZVE.
    """
    ohne, verguetung = zu_versteuern__ermaessigt_ohne, vmt + vkapa_positiv
    positiv = where(ohne < euro(1), euro(0), ohne)
    return where(ohne < 0, floor_cent((ohne + verguetung) / 5), floor_cent(positiv + verguetung / 5))


@rule(law=SATZ9, unit="euro", since="2024-01-01", until="2024-12-31", when="zu_rechnen__mehrjaehrig")
def stv(
        jahressteuer__mehrjaehrig: Money, jahressteuer__ermaessigt: Money, jahressteuer__ermaessigt_ohne: Money,
        steuer_vergleich: Money, steuerfaktor: Rate) -> Money:
    """Lohnsteuer für mehrjährige Tätigkeit

    Die günstigere aus Fünftelregelung und voller Besteuerung. Im Plan STV.
    """
    grund = jahressteuer__ermaessigt_ohne
    fuenftel = (jahressteuer__ermaessigt - grund) * 5 + grund
    return floor_euro(maximum(minimum(fuenftel, jahressteuer__mehrjaehrig) - steuer_vergleich, 0) * steuerfaktor)


@rule(law=SATZ9, unit="euro/jahr", since="2024-01-01", until="2024-12-31", when="zu_rechnen__mehrjaehrig")
def steuer_vergleich(
        zu_rechnen__mit_einmal: Condition, jahressteuer__mit_einmal: Money, jahressteuer__ohne_einmal: Money) -> Money:
    """Jahressteuer ohne die Vergütung für mehrere Jahre

    Mit den sonstigen Bezügen, wenn darauf Steuer entfällt. Im Plan LST1.
    """
    return where(zu_rechnen__mit_einmal & (jahressteuer__mit_einmal != 0), jahressteuer__mit_einmal,
                 jahressteuer__ohne_einmal)


@rule(law="§ 3 Abs. 4a SolzG", unit="euro", since="2024-01-01", until="2024-12-31", when="zu_rechnen__mehrjaehrig")
def solzv(stv: Money, zuschlagsbemessung: Money, soli_freigrenze: Money, soli_satz: Rate) -> Money:
    """Solidaritätszuschlag für mehrjährige Tätigkeit

    Im Plan SOLZV.
    """
    return where(stv + zuschlagsbemessung > soli_freigrenze, floor_cent(stv * soli_satz), 0)


@rule(law="§ 51a Abs. 2a EStG", unit="euro", since="2024-01-01", until="2024-12-31", when="zu_rechnen__mehrjaehrig")
def bkv(r: Count, stv: Money) -> Money:
    """Bemessung der Kirchenlohnsteuer für mehrjährige Tätigkeit

    Im Plan BKV.
    """
    return where(r > 0, stv, 0)
