"""Ein gewöhnlicher Fall im Mai 2026, Feld für Feld, wie die Tabelle der Abrechnungen ihn schreibt."""

from __future__ import annotations

from datetime import date

MAY = date(2026, 5, 1)
ROW = {
    "fall": "x", "monat": "2026-05", "status": "tarif", "tarifwerk": "TVoeD-VKA", "entgeltgruppe": "E9b", "stufe": "4",
    "wochenstunden": "39", "vollzeitstunden": "39", "steuerklasse": "1", "kinderfreibetraege": "0", "konfession": "ev",
    "bundesland_kirche": "NW", "geburtsdatum": "1985-06-15", "kinderlos": "ja", "kinder_unter_25": "0",
    "sachsen": "nein", "kv_art": "gesetzlich", "zusatzbeitrag": "2.90", "beitragsgruppe": "1111",
    "personengruppe": "101", "zusatzversorgung": "rzvk", "zv_umlage_satz": "4.25", "zv_an_satz": "0",
    "zv_sanierungsgeld_satz": "3.5", "zv_pauschal_grenze": "89.48", "zv_verfahren": "verteilt",
    "zv_steuerfrei_bisher": "0", "zv_kist_verfahren": "vereinfacht", "u2_satz": "0.39"}
