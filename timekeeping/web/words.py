"""Wörter der Zeitwirtschaft: Stände von Dateien und Zeilen mit Zeichen, Arten von Profilen."""

from __future__ import annotations

from flask_babel import lazy_gettext as _

FILE_STATES = {
    "vorgelegt": ("warning", _("wartet auf Freigabe")),
    "freigegeben": ("success", _("freigegeben")),
    "ersetzt": ("info", _("ersetzt")),
    "zurueckgezogen": ("info", _("zurückgezogen")),
}
ROW_STATES = {
    "angenommen": ("success", _("angenommen")),
    "zurueckgestellt": ("warning", _("zurückgestellt")),
    "abgelehnt": ("danger", _("abgelehnt")),
    "bekannt": ("info", _("schon gebucht")),
}
SHAPES = {
    "csv": _("Text mit Trennzeichen"), "fest": _("feste Satzlänge"), "lodas": "DATEV LODAS", "ics": "iCalendar",
    "xlsx": _("Arbeitsmappe"), "kimai": "Kimai (JSON)",
}
KINDS = {"menge": _("Stunden, Tage, Beträge"), "stempel": _("Kommen und Gehen"), "abwesenheit": _("Abwesenheiten")}
UNIT_WORDS = {"stunden": _("Stunden"), "tage": _("Tage"), "stueck": _("Stück"), "betrag": _("Betrag")}
WEEKDAYS = (_("Montag"), _("Dienstag"), _("Mittwoch"), _("Donnerstag"), _("Freitag"), _("Samstag"), _("Sonntag"))
RULES = {"fest": _("feste Zeiten"), "gleitend": _("Gleitzeit"), "schicht": _("Schichtplan")}
PAUSES = {"gestempelt": _("werden gestempelt"), "gesetzlich": _("fehlende zieht § 4 ArbZG ab")}
CAPS = {"nie": _("nie"), "monat": _("am Ende des Monats"), "jahr": _("am Ende des Jahres")}
SHIFTS = {"keine": _("keine"), "schicht": _("Schichtarbeit"), "wechselschicht": _("Wechselschicht")}
AREAS = {
    "verwaltung": _("Verwaltung"), "krankenhaus": _("Krankenhaus"), "pflege": _("Pflege"),
    "rettung_feuerwehr": _("Rettung und Feuerwehr"), "ordnung": _("öffentliche Ordnung"),
    "kultur_freizeit": _("Kultur und Freizeit"), "verkehr": _("Verkehr"),
    "versorgung_entsorgung": _("Versorgung und Entsorgung"),
}
ORDERS = {
    "anordnung": _("angeordnete Stunden"), "rufbereitschaft": _("Rufbereitschaft"),
    "einsatz_ausserhalb": _("Einsatz mit Weg"), "einsatz_telefonisch": _("Einsatz am Telefon"),
}
ABSENCES = {
    "urlaub": _("Erholungsurlaub"), "zusatzurlaub": _("Zusatzurlaub"), "krank": _("Krankmeldung"),
    "kind_krank": _("Erkrankung des Kindes"), "kur": _("Vorsorge oder Rehabilitation"),
    "gleitzeit": _("Freizeit aus dem Gleitzeitkonto"), "ueberstundenfrei": _("Freizeit für Überstunden"),
    "regeneration": _("Regenerationstag"), "umwandlung": _("Umwandlungstag"), "dienstreise": _("Dienstreise"),
    "fortbildung": _("Fortbildung"), "sonderurlaub": _("Sonderurlaub ohne Entgelt"),
    "dienstbefreiung": _("Arbeitsbefreiung mit Entgelt"), "mutterschutz": _("Mutterschutzfrist"),
    "elternzeit": _("Elternzeit"), "unentschuldigt": _("Fehlen ohne Entschuldigung"),
}
REQUEST_STATES = {
    "beantragt": ("warning", _("beantragt")), "genehmigt": ("success", _("genehmigt")),
    "abgelehnt": ("danger", _("abgelehnt")), "zurueckgezogen": ("info", _("zurückgezogen")),
    "storniert": ("info", _("storniert")),
}
EAU_STATES = {
    "anzufordern": ("warning", _("eAU anzufordern")), "angefordert": ("info", _("eAU angefordert")),
    "bestaetigt": ("success", _("eAU bestätigt")), "fehlt": ("danger", _("keine eAU")),
}
LIGHTS = {"gruen": ("success", _("im Rahmen")), "gelb": ("warning", _("nahe der Grenze")),
          "rot": ("danger", _("über der Grenze"))}  # fmt: skip

# Rules of the days off that the employer gives.
CUSTOMS = {
    "weiberfastnacht": _("Weiberfastnacht"), "rosenmontag": _("Rosenmontag"),
    "fastnachtdienstag": _("Fastnachtdienstag"), "jahrestag": _("jedes Jahr am"), "datum": _("einzelne Tage"),
}
