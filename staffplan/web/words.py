"""Worte der Stellenplanseiten für Zeichen, Zustände und Arten."""

from __future__ import annotations

from flask_babel import lazy_gettext as _

MARKS = {
    "frei": ("warning", _("frei")),
    "teilweise": ("info", _("teilweise frei")),
    "ueberbesetzt": ("danger", _("überbesetzt")),
    "ueberwertig": ("danger", _("über der Bewertung")),
    "unterwertig": ("info", _("unter der Bewertung")),
    "gesperrt": ("warning", _("gesperrt")),
    "endet": ("info", _("endet bald")),
    "faellig": ("warning", _("Vermerk fällig")),
    "ohne_produkt": ("info", _("ohne Produkt")),
}
STATES = {
    "aktiv": _("im Dienst"),
    "mutterschutz": _("Mutterschutz"),
    "atz_arbeit": _("Altersteilzeit, Arbeitsphase"),
    "atz_frei": _("Altersteilzeit, Freistellung"),
    "elternzeit": _("Elternzeit"),
    "urlaub_ohne_bezuege": _("Urlaub ohne Bezüge"),
    "abordnung": _("Abordnung"),
}
CHANGES = {
    "neu": _("neue Stelle"),
    "wegfall": _("Stelle fällt weg"),
    "gruppe": _("andere Gruppe"),
    "anteil": _("anderer Umfang"),
    "verlagerung": _("verlagern"),
    "vermerk": _("Vermerk setzen"),
    "vermerk_streichen": _("Vermerk streichen"),
}
NOTES = {"kw": "kw", "ku": "ku", "sperre": _("Sperrvermerk"), "leerstelle": _("Leerstelle"),
         "sonstiges": _("sonstiger")}
