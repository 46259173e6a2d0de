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
