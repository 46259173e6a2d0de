"""Worte des Stellenmarkts für Felder, Zustände und Mitwirkende."""

from __future__ import annotations

from flask_babel import lazy_gettext as _

FIELDS = {
    "verwaltung": _("Verwaltung"),
    "soziales": _("Soziales und Jugend"),
    "erziehung": _("Erziehung und Bildung"),
    "pflege": _("Pflege und Gesundheit"),
    "technik": _("Bau und Technik"),
    "it": _("Informationstechnik"),
    "ordnung": _("Ordnung und Sicherheit"),
    "finanzen": _("Finanzen"),
    "handwerk": _("Handwerk und Betriebshof"),
    "sonstiges": _("Sonstiges"),
}
POSTING = {
    "entwurf": ("info", _("Entwurf")),
    "freigabe": ("warning", _("in der Mitwirkung")),
    "veroeffentlicht": ("success", _("veröffentlicht")),
    "zurueckgezogen": ("danger", _("zurückgezogen")),
    "entschieden": ("success", _("entschieden")),
    "beendet": ("info", _("beendet")),
}
APPLICATION = {
    "eingegangen": ("info", _("eingegangen")),
    "in_pruefung": ("info", _("in Prüfung")),
    "engere_wahl": ("warning", _("engere Wahl")),
    "eingeladen": ("warning", _("eingeladen")),
    "zusage": ("success", _("ausgewählt")),
    "absage": ("danger", _("abgesagt")),
    "eingestellt": ("success", _("eingestellt")),
}
TASKS = {
    "zugang": _("Zugang anlegen"),
    "verzeichnis": _("Ins Verzeichnis aufnehmen"),
    "tuerschild": _("Türschild"),
    "arbeitsplatz": _("Arbeitsplatz und Gerät"),
    "einweisung": _("Einweisung und Verpflichtung"),
}
SIDES = {
    "personal": _("Personalamt"),
    "gleichstellung": _("Gleichstellungsbeauftragte"),
    "personalrat": _("Personalrat"),
    "schwerbehinderung": _("Schwerbehindertenvertretung"),
}
OUTCOMES = {
    "offen": ("warning", _("offen")),
    "zugestimmt": ("success", _("zugestimmt")),
    "abgelehnt": ("danger", _("abgelehnt")),
    "verzichtet": ("info", _("verzichtet")),
    "frist_abgelaufen": ("info", _("Frist abgelaufen")),
}
