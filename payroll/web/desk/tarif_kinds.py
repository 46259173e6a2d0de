"""Tatsachen des Tarifs am Schreibtisch: Fehlzeiten, Stufen, höhere Tätigkeit, Beschäftigungszeit, Anlässe."""

from __future__ import annotations

from decimal import Decimal

from flask_babel import lazy_gettext as _

from payroll.law.rules.entgelt.fehlzeiten import ARTEN
from payroll.masterdata.models import (
    Anlasszahlung,
    Beschaeftigungszeit,
    Fehlzeit,
    HoehereTaetigkeit,
    Sabbatical,
    Stufenregelung,
    Zulagenanspruch,
)
from payroll.web.desk.fact_fields import FactKind, Field

ANLAESSE = (
    ("urlaubsabgeltung", _("Urlaubsabgeltung (offene Tage)")),
    ("abschlusspraemie", _("Prüfungsprämie nach bestandener Abschlussprüfung")),
    ("tauschtage", _("Tauschtage, erklärt am ersten Tag")),
    ("umwandlungstag", _("Umwandlungstag, genommen am ersten Tag (Stunden)")),
)

ZULAGEN = (
    ("wechselschicht", _("Wechselschichtzulage, ständig")),
    ("wechselschicht_krankenhaus", _("Wechselschichtzulage, ständig, Krankenhaus")),
    ("wechselschicht_pflegeheim", _("Wechselschichtzulage, ständig, Pflegeheim")),
    ("schicht", _("Schichtzulage, ständig")),
    ("praxisanleitung", _("Praxisanleitungszulage")),
    ("wohngruppe", _("Wohngruppenzulage")),
    ("sue_fallgruppe_6", _("SuE-Zulage in S15 (Fallgruppe 6)")),
    ("strukturausgleich", _("Strukturausgleich (TVÜ-VKA)")),
    ("vermoegenswirksam", _("Vermögenswirksame Leistung")),
    ("strukturzulage", _("Strukturzulage (Beamte)")),
    ("ausgleich_familie", _("Ausgleichszulage zum Familienzuschlag (Beamte)")),
    ("begrenzt_dienstfaehig", _("Begrenzte Dienstfähigkeit (Beamte)")),
    ("pkv_elternzeit", _("Krankenversicherung in der Elternzeit (Beamte)")),
)
STOERFAELLE = (
    ("ende_beschaeftigung", _("Ende der Beschäftigung")),
    ("tod", _("Tod")),
    ("erwerbsminderung", _("Erwerbsminderung")),
    ("aufgabe", _("Modell aufgegeben")),
)
TARIF_KINDS: dict[str, FactKind] = {
    "fehlzeiten": FactKind(
        Fehlzeit,
        _("Fehlzeiten"),
        "job",
        (
            Field("art", _("Art"), "choice", required=True,
                  choices=tuple((name, kind.titel) for name, kind in ARTEN.items()),
                  hint=_("Nie eine Diagnose. „Gilt ab“ und „Gilt bis“ sind erster und letzter Tag der Abwesenheit.")),
            Field("kette", _("Nummer der Krankheitsursache"), "whole",
                  hint=_("Gleiche Nummer bei Fortsetzung derselben Krankheit; die Krankenkasse teilt sie mit.")),
            Field("vorerkrankungstage", _("Anzurechnende Tage davor"), "whole", default=0,
                  hint=_("Tage derselben Krankheit, die hier nicht erfasst sind.")),
            Field("krankengeld_tag_cent", _("Krankengeld brutto je Kalendertag"), "money",
                  hint=_("Aus der Mitteilung der Krankenkasse; ohne sie gibt es keinen Krankengeldzuschuss.")),
            Field("krankengeld_netto_tag_cent", _("Krankengeld netto je Kalendertag"), "money"),
            Field("krankengeld_bis", _("Letzter Tag mit Krankengeld"), "day"),
            Field("kind_geboren_am", _("Geburtstag des Kindes"), "day", hint=_("Bei Elternzeit nötig.")),
            Field("netto_tag_cent", _("Netto je Kalendertag vor der Schutzfrist"), "money",
                  hint=_("Nur bei Mutterschutz und nur, wenn es hier nicht abgerechnet wurde.")),
        ),
        several=True,
        endable=True,
    ),
    "stufenregelung": FactKind(
        Stufenregelung,
        _("Stufenregelung"),
        "job",
        (
            Field("angehalten", _("Stufe steigt nicht"), "yes"),
            Field("verkuerzt_monate", _("Laufzeit kürzer um Monate"), "whole", default=0,
                  hint=_("Nach Leistung, nur bis zu den Stufen 4 bis 6; mit Minuszeichen länger (§ 17 Abs. 2 TVöD).")),
            Field("einstellungsstufe", _("Stufe bei Neueinstellung"), "whole",
                  hint=_("Unter sie führt eine lange Unterbrechung nicht (§ 17 Abs. 3 TVöD).")),
            Field("betrag_cent", _("Individuelle Stufe, Betrag bei Vollzeit"), "money"),
            Field("gruppe_bisher", _("Gruppe vor der Höhergruppierung"),
                  hint=_("Nur in der Tabelle S, solange der Garantiebetrag zusteht.")),
            Field("stufe_bisher", _("Stufe vor der Höhergruppierung")),
        ),
        endable=True,
    ),
    "hoehere_taetigkeit": FactKind(
        HoehereTaetigkeit,
        _("Höherwertige Tätigkeit"),
        "job",
        (
            Field("entgeltgruppe", _("Höhere Entgeltgruppe"), required=True,
                  hint=_("Im eigenen Tarifwerk; ab einem Monat Dauer steht die persönliche Zulage zu (§ 14 TVöD).")),
        ),
        endable=True,
    ),
    "beschaeftigungszeit": FactKind(
        Beschaeftigungszeit,
        _("Beschäftigungszeit"),
        "job",
        (
            Field("seit", _("Zählt seit"), "day", required=True,
                  hint=_("Mit anerkannten Vorzeiten (§ 34 Abs. 3 TVöD); für Jubiläum und Krankengeldzuschuss.")),
        ),
    ),
    "anlass": FactKind(
        Anlasszahlung,
        _("Zahlungen aus Anlass"),
        "job",
        (
            Field("art", _("Anlass"), "choice", required=True, choices=ANLAESSE),
            Field("menge", _("Tage oder Stunden"), "number", default=Decimal(0),
                  hint=_("Offene Urlaubstage, Tauschtage; beim Umwandlungstag die Stunden dieses Tages.")),
        ),
        several=True,
        endable=True,
    ),
    "zulagenanspruch": FactKind(
        Zulagenanspruch,
        _("Zulagenansprüche"),
        "job",
        (
            Field("art", _("Zulage"), "choice", required=True, choices=ZULAGEN,
                  hint=_("Den Betrag nennt Gesetz oder Tarif; er folgt Arbeitszeit, Tagen und neuen Sätzen.")),
            Field("betrag_cent", _("Eigener Betrag bei Vollzeit"), "money",
                  hint=_("Nur Strukturausgleich und Ausgleichszulage (früherer Familienzuschlag, eine heute geteilte "
                         "Stufe 1 zur Hälfte).")),
            Field("anrechnung_cent", _("Gewinn aus Höhergruppierungen"), "money", default=0,
                  hint=_("Mindert den Strukturausgleich (§ 12 Abs. 4 TVÜ-VKA).")),
            Field("anteil", _("Festgesetzte Dienstfähigkeit in Prozent"), "number",
                  hint=_("Nur bei begrenzter Dienstfähigkeit, zum Beispiel 60.")),
            Field("mitgeteilt_am", _("Vertrag mitgeteilt am"), "day",
                  hint=_("Nur vermögenswirksame Leistung: frühestens zwei Monate davor im selben Jahr (§ 23 TVöD).")),
        ),
        several=True,
        endable=True,
    ),
    "sabbatical": FactKind(
        Sabbatical,
        _("Sabbatical"),
        "job",
        (
            Field("anteil_zaehler", _("Anteil am Entgelt: Zähler"), "whole", required=True,
                  hint=_("Drei Jahre Arbeit und ein freies Jahr sind 3 von 4.")),
            Field("anteil_nenner", _("Anteil am Entgelt: Nenner"), "whole", required=True),
            Field("freistellung_ab", _("Erster freier Tag"), "day", required=True),
            Field("freistellung_bis", _("Letzter freier Tag"), "day", hint=_("Leer: bis zum Ende des Modells.")),
            Field("stoerfall", _("Vorzeitiges Ende (Störfall)"), "choice", choices=STOERFAELLE,
                  hint=_("Mit „Gilt bis“ als letztem Tag; dann ist das Wertguthaben fällig (§ 23b SGB IV).")),
        ),
        endable=True,
    ),
}  # fmt: skip
