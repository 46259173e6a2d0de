"""What the contributions of a month are computed from."""

from payroll.law.engine import Input

KV_ARTEN = ("gesetzlich", "freiwillig", "privat", "keine")
MILLION = 1_000_000

INPUTS = (
    Input("kalendermonat", "Count", "anzahl", "Kalendermonat"),
    Input("beitragsgruppe_kv", "Count", "anzahl", "Beitragsgruppe Krankenversicherung"),
    Input("beitragsgruppe_rv", "Count", "anzahl", "Beitragsgruppe Rentenversicherung"),
    Input("beitragsgruppe_av", "Count", "anzahl", "Beitragsgruppe Arbeitslosenversicherung"),
    Input("beitragsgruppe_pv", "Count", "anzahl", "Beitragsgruppe Pflegeversicherung"),
    Input("personengruppe", "Count", "anzahl", "Personengruppe; 0 = keine (Beamte)"),
    Input("kv_art", "Choice", "auswahl", "Art der Krankenversicherung", names=KV_ARTEN),
    Input("sv_entgelt_laufend", "Money", "euro", "Laufendes Arbeitsentgelt des Monats"),
    Input("sv_entgelt_einmalig", "Money", "euro", "Einmalig gezahltes Arbeitsentgelt", default=0),
    Input("weiteres_entgelt", "Money", "euro", "Laufendes Entgelt weiterer Beschäftigungen", default=0),
    Input("regelmaessiges_entgelt", "Money", "euro", "Regelmäßiges Monatsentgelt; -1 Cent = wie laufend", default=-1),
    Input("sv_tage", "Days", "tage", "SV-Tage des Monats", default=30),
    Input("sv_tage_bisher", "Days", "tage", "SV-Tage des Kalenderjahres vor dem Monat", default=0),
    Input("sv_brutto_kv_bisher", "Money", "euro", "Beitragspflichtig KV/PV im Jahr vor dem Monat", default=0),
    Input("sv_brutto_rv_bisher", "Money", "euro", "Beitragspflichtig RV/AV im Jahr vor dem Monat", default=0),
    Input("vorjahr_sv_tage", "Days", "tage", "SV-Tage des Vorjahres; -1 = nicht beschäftigt", default=-1),
    Input("vorjahr_sv_brutto_kv", "Money", "euro", "Beitragspflichtig KV/PV im Vorjahr", default=0),
    Input("vorjahr_sv_brutto_rv", "Money", "euro", "Beitragspflichtig RV/AV im Vorjahr", default=0),
    Input("vorjahr_zusatzbeitrag", "Rate", "anteil", "Zusatzbeitragssatz im Dezember des Vorjahres", 0, MILLION),
    Input("zusatzbeitrag", "Rate", "anteil", "Zusatzbeitragssatz der Krankenkasse", 0, MILLION),
    Input("kinderlos_zuschlag", "Condition", "ja/nein", "Beitragszuschlag für Kinderlose", default=0),
    Input("kinder_unter_25", "Count", "anzahl", "Kinder unter 25 Jahren", default=0),
    Input("sachsen", "Condition", "ja/nein", "Beschäftigungsort in Sachsen", default=0),
    Input("sv_ost", "Condition", "ja/nein", "Rechtskreis Ost (bis 2024)", default=0),
    Input("u2_satz", "Rate", "anteil", "Umlagesatz U2", 0, MILLION),
    Input("pkv_beitrag_monat", "Money", "euro/monat", "Beitrag zur privaten Krankenversicherung", default=0),
    Input("ppv_beitrag_monat", "Money", "euro/monat", "Beitrag zur privaten Pflegeversicherung", default=0),
    Input("pkv_ohne_krankengeld", "Condition", "ja/nein", "Private Versicherung ohne Krankengeld", default=0),
    Input("anderweitig_rentenversichert", "Condition", "ja/nein", "Sonst rentenversicherungspflichtig", default=0),
    Input("individuell_besteuert", "Condition", "ja/nein", "Minijob nach Steuermerkmalen versteuert", default=0),
    Input("pauschal_20", "Condition", "ja/nein", "Lohnsteuer pauschal 20 % (§ 40a Abs. 2a EStG)", default=0),
    Input("ifsg_entgelt", "Money", "euro", "Entgelt der Tage mit Entschädigung (§ 56 IfSG)", default=0),
    Input("ifsg_nur_rente", "Condition", "ja/nein", "Tätigkeitsverbot: nur Rentenversicherung (§ 57 Abs. 1 IfSG)",
          default=0),
    Input("stoerfall_entgelt", "Money", "euro", "davon Wertguthaben eines Störfalls", default=0),
    Input("stoerfall_bbg_kv", "Money", "euro", "Grenzen KV/PV der Monate der Arbeitsleistung", default=0),
    Input("stoerfall_brutto_kv", "Money", "euro", "Beitragspflichtig KV/PV in diesen Monaten", default=0),
    Input("stoerfall_bbg_rv", "Money", "euro", "Grenzen RV/AV der Monate der Arbeitsleistung", default=0),
    Input("stoerfall_brutto_rv", "Money", "euro", "Beitragspflichtig RV/AV in diesen Monaten", default=0),
    Input("dienst_nach_beschaeftigung", "Condition", "ja/nein", "Freiwilligendienst nach Beschäftigung", default=0),
)
