"""Allowances of a month or an hour, and the employer's capital-forming benefit."""

from payroll.law.engine import (
    Choice,
    Condition,
    Days,
    Input,
    Lookup,
    Money,
    Rate,
    choose,
    euro,
    half_up,
    minimum,
    rule,
    where,
)

INPUTS = (
    Input("umwandlung_uebertrag", "Money", "euro", "Wert früherer Umwandlungstage, der noch nicht abgezogen ist",
          default=0),
    Input("sue_zulage_gezahlt", "Money", "euro/monat", "SuE-Zulage des Monats", default=0),
)


@rule(law="§ 8 Abs. 5 und 6 TVöD", unit="ja/nein", since="2024-01-01")
def hat_sue_zulage(zulage_art: Choice) -> Condition:
    """Es geht um die SuE-Zulage"""
    return zulage_art.ist("sue_zulage")


@rule(law="Anlage zu § 52 TVöD-BT-V", unit="euro/monat", since="2024-01-01", when="hat_sue_zulage")
def sue_zulage_betrag(sue_zulage: Lookup, sue_zulage_klasse: Lookup, entgeltgruppe: Choice) -> Money:
    """SuE-Zulage bei Vollzeit nach der Entgeltgruppe"""
    amount: Money = sue_zulage[sue_zulage_klasse[entgeltgruppe]]
    return amount


@rule(law="§ 8 Abs. 5 und 6 TVöD, § 8.1 TVöD-BT-K", unit="euro/monat", since="2024-01-01")
def schichtzulage_betrag(zulage_art: Choice, krankenhaus: Condition, pflegeheim: Condition,
                         wechselschichtzulage_monat: Money, wechselschichtzulage_krankenhaus_monat: Money,
                         wechselschichtzulage_pflegeheim_monat: Money, schichtzulage_monat: Money) -> Money:
    """Zulage für ständige Wechselschicht oder Schichtarbeit"""
    alternating = choose((krankenhaus, wechselschichtzulage_krankenhaus_monat),
                         (pflegeheim, wechselschichtzulage_pflegeheim_monat), otherwise=wechselschichtzulage_monat)
    amount: Money = choose(
        (zulage_art.ist("wechselschicht_staendig"), alternating),
        (zulage_art.ist("schicht_staendig"), schichtzulage_monat), otherwise=euro(0))
    return amount


@rule(law="§ 8 Abs. 5 und 6, § 23 Abs. 1 TVöD, §§ 8, 15 TVAöD", unit="euro/monat", since="2024-01-01")
def zulage_monatsbetrag(zulage_art: Choice, tarifwerk: Choice, schichtzulage_betrag: Money,
                        zulage_anteil_auszubildende: Rate, sue_zulage_betrag: Money, vwl_monat: Money,
                        vwl_monat_ausbildung: Money) -> Money:
    """Monatsbetrag der Zulage bei Vollzeit; Auszubildende erhalten einen Teil der Schichtzulagen"""
    trainee = tarifwerk.ist("TVAoeD-BBiG", "TVAoeD-Pflege")
    in_shifts = zulage_art.ist("wechselschicht_staendig", "schicht_staendig")
    shift = where(trainee, half_up(schichtzulage_betrag * zulage_anteil_auszubildende), schichtzulage_betrag)
    amount: Money = choose(
        (in_shifts, shift),
        (zulage_art.ist("sue_zulage"), sue_zulage_betrag),
        (zulage_art.ist("vermoegenswirksame_leistungen"), where(trainee, vwl_monat_ausbildung, vwl_monat)),
        otherwise=euro(0))
    return amount


@rule(law="§ 24 Abs. 2 TVöD", unit="euro/monat", since="2024-01-01")
def zulage_teilzeit(zulage_monatsbetrag: Money, wochenstunden: Rate, vollzeitstunden: Rate) -> Money:
    """Zulage eines vollen Monats nach der Arbeitszeit"""
    return half_up(zulage_monatsbetrag * wochenstunden / vollzeitstunden)


@rule(law="§ 24 Abs. 3 und 4 TVöD", unit="euro/monat", since="2024-01-01")
def zulage_monat(zulage_teilzeit: Money, tage: Days, kalendertage_im_monat: Days) -> Money:
    """Zulage des Monats nach Teilzeit und Tagen mit Anspruch"""
    return half_up(zulage_teilzeit * tage / kalendertage_im_monat)


@rule(law="§ 8 Abs. 5 Satz 2 und Abs. 6 Satz 2 TVöD", unit="euro", since="2024-01-01")
def zulage_stunden(zulage_art: Choice, krankenhaus: Condition, pflegeheim: Condition,
                   wechselschichtzulage_stunde: Money, wechselschichtzulage_krankenhaus_stunde: Money,
                   wechselschichtzulage_pflegeheim_stunde: Money, schichtzulage_stunde: Money,
                   schichtzulage_krankenhaus_stunde: Money, stunden: Rate) -> Money:
    """Zulage für einzelne Stunden in Wechselschicht oder Schicht"""
    alternating = choose((krankenhaus, wechselschichtzulage_krankenhaus_stunde),
                         (pflegeheim, wechselschichtzulage_pflegeheim_stunde), otherwise=wechselschichtzulage_stunde)
    plain = where(krankenhaus, schichtzulage_krankenhaus_stunde, schichtzulage_stunde)
    per_hour: Money = choose(
        (zulage_art.ist("wechselschicht_nicht_staendig"), alternating),
        (zulage_art.ist("schicht_nicht_staendig"), plain), otherwise=euro(0))
    return half_up(per_hour * stunden)


@rule(law="Anlage zu § 52 TVöD-BT-V (Umwandlungstage)", unit="euro/monat", since="2024-01-01")
def umwandlung_kuerzung(stundenentgelt_betrag: Money, umwandlung_uebertrag: Money, sue_zulage_gezahlt: Money) -> Money:
    """Kürzung der SuE-Zulage nach Umwandlungstagen: ihr Wert, höchstens die Zulage; den Rest trägt der nächste Monat"""
    amount: Money = minimum(stundenentgelt_betrag + umwandlung_uebertrag, sue_zulage_gezahlt)
    return amount
