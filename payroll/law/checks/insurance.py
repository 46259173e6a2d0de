"""Insurance features that do not fit the kind of employment, the pay or each other."""

from __future__ import annotations

import numpy as np

from payroll.law.checks.facts import Check, Facts, Mask

GERECHNET = (101, 102, 103, 105, 106, 109, 110, 119, 120, 121, 123, 190)
MONTHS_WITH_BONUS = 13  # so many months' pay a year at most: twelve and an annual bonus


def _below_yearly_limit(facts: Facts) -> Mask:
    limit = facts.cents("sv_jaeg_jahr")
    return facts.regular_pay * MONTHS_WITH_BONUS <= (0 if limit is None else limit)


def _private_below(facts: Facts) -> Mask:
    return facts.status("tarif", "auszubildende") & facts.kv_art("privat") & _below_yearly_limit(facts)


def _voluntary_below(facts: Facts) -> Mask:
    return (facts.status("tarif", "auszubildende") & facts.kv_art("freiwillig") & (facts["beitragsgruppe_kv"] == 9)
            & _below_yearly_limit(facts))


CHECKS = (
    Check(
        "beamte_versichert", "fehler", "beitragsgruppe",
        "Beamte sind in allen Zweigen versicherungsfrei, gespeichert ist aber eine Beitragsgruppe mit Beiträgen",
        "§ 6 Abs. 1 Nr. 2 SGB V, § 5 Abs. 1 SGB VI, § 27 Abs. 1 Nr. 1 SGB III",
        "Beitragsgruppe 0000 erfassen oder die Art der Beschäftigung berichtigen",
        lambda facts: facts.status("beamte") & facts.any_branch),
    Check(
        "beamte_zusatzversorgt", "fehler", "zusatzversorgung",
        "Beamte sind nicht in der Zusatzversorgung", "§ 25 TVöD, ATV-K",
        "Zusatzversorgung beenden oder die Art der Beschäftigung berichtigen",
        lambda facts: facts.status("beamte") & facts.pension_fund),
    Check(
        "privat_mit_beitragsgruppe", "fehler", "beitragsgruppe",
        "Privat Versicherte zahlen keine Beiträge zur gesetzlichen Kranken- und Pflegeversicherung",
        "§ 6 Abs. 1 SGB V, § 23 SGB XI", "in Kranken- und Pflegeversicherung 0 erfassen oder die Kasse berichtigen",
        lambda facts: (facts.kv_art("privat") & ~facts.status("minijob")
                       & ((facts["beitragsgruppe_kv"] > 0) | (facts["beitragsgruppe_pv"] > 0)))),
    Check(
        "privat_unter_grenze", "warnung", "kv_art",
        "Privat versichert, obwohl das regelmäßige Jahresentgelt unter der Jahresarbeitsentgeltgrenze liegt",
        "§ 6 Abs. 1 Nr. 1, Abs. 6 SGB V",
        "Befreiung nach § 8 SGB V oder § 6 Abs. 3a SGB V nachweisen lassen, sonst gesetzlich versichern",
        _private_below),
    Check(
        "freiwillig_unter_grenze", "warnung", "kv_art",
        "Freiwillig versichert, obwohl das regelmäßige Jahresentgelt unter der Jahresarbeitsentgeltgrenze liegt",
        "§ 5 Abs. 1 Nr. 1, § 6 Abs. 6 SGB V", "Versicherungspflicht prüfen; pflichtig ist Beitragsgruppe 1 statt 9",
        _voluntary_below),
    Check(
        "gesetzlich_mit_9", "warnung", "beitragsgruppe",
        "Beitragsgruppe 9 in der Krankenversicherung gilt nur für freiwillig Versicherte", "§ 28a SGB IV",
        "Art der Krankenversicherung oder Beitragsgruppe berichtigen",
        lambda facts: facts.kv_art("gesetzlich") & (facts["beitragsgruppe_kv"] == 9)),
    Check(
        "pkv_beitrag_bei_gesetzlich", "warnung", "pkv_beitrag_monat",
        "Ein privater Krankenversicherungsbeitrag ist gespeichert, versichert ist die Person aber gesetzlich",
        "§ 257 Abs. 2 SGB V", "Beitrag löschen oder die Art der Krankenversicherung berichtigen",
        lambda facts: facts.kv_art("gesetzlich") & (facts["pkv_beitrag_monat"] > 0)),
    Check(
        "privat_ohne_beitrag", "hinweis", "pkv_beitrag_monat",
        "Privat versichert, aber kein Beitrag gespeichert; ein Zuschuss wird nicht gezahlt", "§ 257 Abs. 2 SGB V",
        "Bescheinigung des Versicherers erfassen oder bestätigen, dass kein Zuschuss zusteht",
        lambda facts: facts.status("tarif") & facts.kv_art("privat") & (facts["pkv_beitrag_monat"] == 0)),
    Check(
        "kinderlos_mit_kindern", "fehler", "kinderlos",
        "Als kinderlos gespeichert, zugleich sind Kinder unter 25 gespeichert", "§ 55 Abs. 3 SGB XI",
        "Elterneigenschaft und Kinder abgleichen",
        lambda facts: (facts["kinderlos"] > 0) & (facts["kinder_unter_25"] > 0)),
    Check(
        "kinderlos_mit_zaehler", "warnung", "kinderlos",
        "Als kinderlos gespeichert, die Lohnsteuermerkmale enthalten aber Kinderfreibeträge",
        "§ 55 Abs. 3 SGB XI", "Elterneigenschaft prüfen; der Zähler gilt als Nachweis",
        lambda facts: (facts["kinderlos"] > 0) & (facts["kinderfreibetraege"] > 0)
        & (facts["beitragsgruppe_pv"] > 0)),
    Check(
        "auszubildende_personengruppe", "warnung", "personengruppe",
        "Zu Auszubildenden gehören die Personengruppen 102, 105, 121, 122 oder 123", "§ 28a SGB IV, DEÜV Anlage 2",
        "Personengruppe oder Art der Beschäftigung berichtigen",
        lambda facts: facts.status("auszubildende") & ~np.isin(facts["personengruppe"], (102, 105, 121, 122, 123))),
    Check(
        "beschaeftigte_als_auszubildende", "warnung", "personengruppe",
        "Personengruppe der Auszubildenden bei einer Beschäftigung, die keine Ausbildung ist",
        "§ 28a SGB IV, DEÜV Anlage 2", "Personengruppe oder Art der Beschäftigung berichtigen",
        lambda facts: facts.status("tarif") & np.isin(facts["personengruppe"], (102, 121, 122))),
    Check(
        "freiwilligendienst_im_tarif", "warnung", "personengruppe",
        "Personengruppe 123 (Freiwilligendienst: der Arbeitgeber trägt alle Beiträge) bei einer Beschäftigung nach "
        "Tarif",
        "§ 20 Abs. 3 Satz 1 Nr. 2 SGB IV, DEÜV Anlage 2",
        "Personengruppe 101 erfassen oder die Art der Beschäftigung berichtigen",
        lambda facts: facts.status("tarif") & (facts["personengruppe"] == 123)),
    Check(
        "personengruppe_nicht_gerechnet", "fehler", "personengruppe",
        "Für diese Personengruppe gelten eigene Regeln (zum Beispiel 108 Vorruhestand, 107 Werkstatt, 118 unständig), "
        "die hier nicht gerechnet werden", "§ 28a SGB IV, DEÜV Anlage 2",
        "Personengruppe berichtigen; gerechnet werden " + ", ".join(map(str, GERECHNET)),
        # 122 is refused by the law itself, with its own reason
        lambda facts: (facts["personengruppe"] > 0) & ~np.isin(facts["personengruppe"], (*GERECHNET, 122))),
)
