"""Limited fitness for duty: pay for the reduced hours and a supplement (§§ 9, 71 LBesG NRW)."""

from payroll.law.engine import Condition, Days, Money, Rate, euro, half_up, maximum, minimum, rule


@rule(law="§ 71 LBesG NRW", unit="ja/nein", since="2024-01-01")
def hat_zuschlag_dienstfaehigkeit(dienstfaehigkeit: Rate, dienstfaehigkeit_mindestkuerzung: Rate) -> Condition:
    """Die Arbeitszeit ist wegen begrenzter Dienstfähigkeit weit genug verringert"""
    return (dienstfaehigkeit > 0) & (1 - dienstfaehigkeit >= dienstfaehigkeit_mindestkuerzung)


@rule(law="§ 71 LBesG NRW", unit="euro/monat", since="2024-01-01", when="hat_zuschlag_dienstfaehigkeit")
def zuschlag_begrenzte_dienstfaehigkeit(
        tabellenwert: Money, teilzeitentgelt: Money, dienstfaehigkeit_zuschlag_satz: Rate,
        dienstfaehigkeit_zuschlag_mindestens: Money) -> Money:
    """Zuschlag bei begrenzter Dienstfähigkeit; mit der Teilzeitbesoldung nicht mehr als die volle Besoldung"""
    supplement = maximum(half_up(tabellenwert * dienstfaehigkeit_zuschlag_satz), dienstfaehigkeit_zuschlag_mindestens)
    room = maximum(tabellenwert - teilzeitentgelt, euro(0))
    amount: Money = minimum(supplement, room)
    return amount


@rule(law="§ 71 LBesG NRW", unit="euro/monat", since="2024-01-01", when="hat_zuschlag_dienstfaehigkeit")
def zuschlag_dienstfaehigkeit_monat(zuschlag_begrenzte_dienstfaehigkeit: Money, tage: Days,
                                    kalendertage_im_monat: Days) -> Money:
    """Zuschlag bei begrenzter Dienstfähigkeit nach den Tagen mit Anspruch"""
    return half_up(zuschlag_begrenzte_dienstfaehigkeit * tage / kalendertage_im_monat)
