"""Ereignisse in der Arbeit: Einstellung, Arbeitszeit, Gruppe, Krankheit, Pfändung, Austritt."""

from __future__ import annotations

from datetime import date, timedelta

from flask_babel import lazy_gettext as _

from payroll.web.desk.events.declaring import Ereignisart, Fall, Folge, Teil
from payroll.web.desk.events.due import ende_fortzahlung, ende_zuschuss, februar, nach, nur, vor_ende
from payroll.web.desk.events.family import VERSICHERT, left

TARIF = ("tarif", "auszubildende")
DAY = timedelta(days=1)


def _after_pay(fall: Fall) -> list[date]:
    last = ende_fortzahlung(fall)
    return [last + DAY] if last is not None and (fall.bis is None or last < fall.bis) else []


def _after_end(fall: Fall) -> list[date]:
    return [fall.bis + DAY] if fall.bis else []


def _next_month(fall: Fall) -> list[date]:
    return [fall.ab + DAY]


WORK: dict[str, Ereignisart] = {
    "einstellung": Ereignisart(
        _("Neu eingestellt"),
        _("Neue Person mit Beschäftigung, Eingruppierung, Steuer, Versicherung und Konto."),
        "§ 2 TVöD, § 2 NachwG, § 28a SGB IV",
        folgen=(
            Folge(nach(tage=1), "Bei der Finanzverwaltung zum Abruf der ELStAM angemeldet?", "§ 39e Abs. 4 EStG"),
            Folge(nach(tage=7), "Niederschrift der Vertragsbedingungen ausgehändigt?", "§ 2 Abs. 1 NachwG"),
            Folge(nur(VERSICHERT, nach(tage=14)), "Krankenkasse bestätigt die Mitgliedschaft?", "§ 175 Abs. 3 SGB V"),
            Folge(nach(monate=1), "Vortragswerte: Bescheinigung des früheren Arbeitgebers liegt vor?",
                  "§ 39b Abs. 3 EStG, § 23a SGB IV"),
            Folge(nur(VERSICHERT, nach(tage=42)), "Anmeldung zur Sozialversicherung abgegeben?", "§ 6 DEÜV"),
            Folge(nur(TARIF, nach(monate=2)), "Zusatzversorgung angemeldet?", "§ 25 TVöD, § 2 ATV-K"),
            Folge(nur(("tarif",), nach(monate=3)), "Stufe bei der Einstellung: sind Vorzeiten nachgewiesen?",
                  "§ 16 Abs. 2 TVöD"),
            Folge(nur(("tarif",), nach(monate=5)), "Probezeit endet in einem Monat: Beurteilung einholen.",
                  "§ 2 Abs. 4 TVöD"),
        ),
        seite="newperson.form",
    ),
    "teilzeit": Ereignisart(
        _("Arbeitszeit ändert sich"),
        _("Teilzeit, Vollzeit oder andere Wochenstunden, auch befristet."),
        "§ 11 TVöD, §§ 8, 9a TzBfG, § 20 Abs. 2 SGB IV",
        tag=_("Gilt ab"),
        ende=_("Befristet bis"),
        teile=(
            Teil("eingruppierung", ("wochenstunden",), pflicht=True, befristet=True),
            Teil("versicherung", ("regelmaessiges_entgelt_cent",), fuer=VERSICHERT, befristet=True,
                 hilfe=_("Nur, wenn das Entgelt in den Übergangsbereich fällt oder ihn verlässt.")),
        ),
        folgen=(
            Folge(nach(), "Änderung der Vertragsbedingungen schriftlich mitgeteilt?", "§ 3 NachwG"),
            Folge(nach(tage=14), "Stellenplan: Besetzung der Stelle angepasst?", "§ 8 KomHVO NRW"),
            Folge(vor_ende(monate=3), "Befristete Arbeitszeit läuft aus: verlängern oder zur früheren zurückkehren?",
                  "§ 11 Abs. 1 TVöD, § 9a TzBfG"),
        ),
        spaeter=_after_end,
    ),
    "umgruppierung": Ereignisart(
        _("Umgruppierung"),
        _("Neue Entgeltgruppe; Stufe, Laufzeit und Garantiebetrag folgen aus dem Tarif."),
        "§§ 12, 13, 17 Abs. 4 TVöD",
        folgen=(
            Folge(nach(), "Neue Entgeltgruppe schriftlich mitgeteilt?", "§ 3 NachwG"),
            Folge(nach(tage=14), "Stellenplan: Bewertung der Stelle und Besetzung angepasst?", "§ 8 KomHVO NRW"),
            Folge(nach(monate=6), "Ausschlussfrist für Ansprüche aus der früheren Gruppe endet.", "§ 37 Abs. 1 TVöD"),
        ),
        seite="regrade.form",
    ),
    "krankheit": Ereignisart(
        _("Lange krank"),
        _("Von der Entgeltfortzahlung über den Zuschuss zum Krankengeld bis zur Rückkehr. Nie eine Diagnose."),
        "§ 22 TVöD, § 3 EFZG, § 167 Abs. 2 SGB IX",
        tag=_("Erster Tag der Krankheit"),
        ende=_("Letzter Tag, wenn bekannt"),
        teile=(Teil("fehlzeiten", ("kette", "vorerkrankungstage", "krankengeld_tag_cent",
                                   "krankengeld_netto_tag_cent", "krankengeld_bis"),
                    pflicht=True, neu=True, befristet=True, fest=lambda _fall: {"art": "krankheit"}),),
        folgen=(
            Folge(ende_fortzahlung, "Entgeltfortzahlung endet: Krankengeld bei der Kasse erfragen, damit der Zuschuss "
                                    "gezahlt werden kann.", "§ 22 Abs. 1 und 2 TVöD"),
            Folge(nach(tage=42), "Mehr als sechs Wochen in zwölf Monaten: betriebliches Eingliederungsmanagement "
                                 "anbieten.", "§ 167 Abs. 2 SGB IX"),
            Folge(ende_zuschuss, "Zuschuss zum Krankengeld endet.", "§ 22 Abs. 3 TVöD"),
            Folge(nur(TARIF, nach(tage=39 * 7)), "39 Wochen krank: die Zeit danach zählt nicht für die Stufe.",
                  "§ 17 Abs. 3 TVöD"),
            Folge(nur(VERSICHERT, nach(tage=78 * 7)), "78 Wochen: Krankengeld endet; Versicherung und Rentenantrag "
                                                      "klären.", "§ 48 SGB V"),
        ),
        spaeter=_after_pay,
    ),
    "pfaendung": Ereignisart(
        _("Pfändung kommt an"),
        _("Forderung mit Tag und Uhrzeit der Zustellung; sie bestimmen den Rang."),
        "§§ 829, 835, 840, 850c ZPO",
        tag=_("Zugestellt am"),
        recht="claim.write",
        teile=(
            Teil("forderung", ("art", "glaeubiger", "aktenzeichen", "zugestellt_um", "hauptforderung_cent",
                               "zinsen_cent", "kosten_cent", "monatsbetrag_cent", "gericht_freibetrag_cent", "iban",
                               "verwendungszweck"), pflicht=True, neu=True,
                 fest=lambda fall: {"zugestellt_am": fall.ab, "zustand": "laufend", "grundbetrag_bei": "hier",
                                    "ueberwiesen": True}),
            Teil("unterhaltspflicht", ("name", "verhaeltnis", "geburtsdatum"), neu=True,
                 hilfe=_("Ein Mensch, dem Unterhalt gewährt wird; weitere auf der Seite Pfändungen.")),
        ),
        folgen=(
            Folge(nach(tage=14), "Erklärung als Drittschuldner abgegeben? Zwei Wochen ab Zustellung.",
                  "§ 840 ZPO, § 316 AO"),
            Folge(nach(tage=30), "Unterhaltspflichten und mehrere Einkommen mit dem Menschen geklärt?", "§ 850c ZPO"),
        ),
    ),
    "austritt": Ereignisart(
        _("Austritt"),
        _("Letzter Tag; wiederkehrende Bezüge enden mit ihm, offener Urlaub wird abgegolten."),
        "§§ 33, 34 TVöD, § 7 Abs. 4 BUrlG, § 41b EStG",
        tag=_("Letzter Tag"),
        teile=(
            Teil("anlass", ("menge",), titel=_("Urlaubsabgeltung"), neu=True,
                 fest=lambda _fall: {"art": "urlaubsabgeltung"},
                 hilfe=_("Offene Urlaubstage, die nicht mehr genommen werden können; sonst leer lassen.")),
        ),
        schreiben=left,
        folgen=(
            Folge(nach(tage=-30), "Offene Vorschüsse, Darlehen und Überzahlungen vor der letzten Zahlung klären.",
                  "§ 394 BGB, § 37 TVöD"),
            Folge(nach(), "Zeugnis erteilt? Arbeitsbescheinigung verlangt? Sie entsteht unter „Meldungen“, sobald der "
                          "letzte Monat abgeschlossen ist.",
                  "§ 35 TVöD, § 312 SGB III"),
            Folge(nach(tage=1), "Bei den ELStAM abgemeldet?", "§ 39e Abs. 4 EStG"),
            Folge(nur(TARIF, nach(monate=1)), "Abmeldung bei der Zusatzversorgung abgegeben?", "§ 25 TVöD"),
            Folge(nur(VERSICHERT, nach(tage=42)), "Abmeldung zur Sozialversicherung (Grund 30) abgegeben?",
                  "§ 8 DEÜV"),
            Folge(februar, "Lohnsteuerbescheinigung übermittelt?", "§ 41b Abs. 1 EStG"),
        ),
        spaeter=_next_month,
    ),
}
