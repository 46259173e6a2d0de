"""Feste Worte der Dienste, die am Schreibtisch stehen: Pflichten, Arten von Vorschlägen, Kennzahlen, Proben der Summen.

Zum Übersetzen (tenants.web.told). Regeln und Abhilfen der Hinweise bleiben deutsch wie die Gesetze, die sie nennen, und
sind auf den Seiten als deutsch ausgezeichnet.
"""

from __future__ import annotations


def _(text: str) -> str:
    return text  # only a mark for the catalogue


SENTENCES = (
    _("Beitragsnachweise übermitteln (liegt zu Beginn des Tages vor)"),
    _("Beiträge zahlen (Eingang bei der Kasse)"),
    _("Lohnsteuer anmelden und zahlen"),
    _("Jahresmeldungen der Sozialversicherung"),
    _("UV-Jahresmeldungen"),
    _("Lohnsteuerbescheinigungen übermitteln"),
    _("Jahresausgleich spätestens (Lauf für Februar)"),
    _("Anzeige über schwerbehinderte Menschen"),
    _("Beschäftigten den Inhalt der Meldungen geben"),
    _("Zahltag: Entgelte gutgeschrieben"),
    _("Zahltag: Bezüge im Voraus"),
    _("Meldungen zur Sozialversicherung (1 Satz)"),
    _("Meldungen zur Sozialversicherung (%(count)s Sätze)"),
    _("An- und Abmeldungen zur Zusatzversorgung (1 Satz)"),
    _("An- und Abmeldungen zur Zusatzversorgung (%(count)s Sätze)"),
    _("Satzung der Kasse"),
    _("Entgelttabelle"),
    _("Sätze der Krankenkassen"),
    _("Sätze der Zusatzversorgung"),
    _("Umlagen"),
    _("Werte des Rechts"),
    _("Steuerjahr (Programmablaufplan)"),
    _("Rückrechnungen"),
    _("je 100 Fälle"),
    _("Überzahlungen"),
    _("pünktlich abgeschlossen"),
    _("Tage bis zur Antwort"),
    _("berechnet (€)"),
    _("Auszahlungen: ausgestellte Abrechnungen und Journal"),
    _("Auszahlungen: Abrechnungen (noch keine ausgestellt) und Journal"),
    _("Auszahlungen: Journal und Zahlungsauftrag"),
    _("Steuern: Journal und Lohnsteuer-Anmeldung"),
    _("Sozialversicherung: Journal und Beitragsnachweise"),
    _("Zusatzversorgung: Journal und Meldungen"),
    _("Annahmestellen der Krankenkassen"),
    _("Familienzuschlag"),
    _("Arbeitgeber"),
    _("Monate"),
    _("Fälle"),
    _("Anliegen"),
    _("Betriebsnummer: %(why)s; %(remedy)s (§ 18i SGB IV)."),
    _("ist keine Betriebsnummer (8 Ziffern)"),
    _("führende Null nicht weglassen"),
    _("Betriebsnummern mit diesen ersten drei Ziffern werden nicht vergeben"),
    _("Nummer vergleichen"),
    _("Prüfziffer der Betriebsnummer stimmt nicht"),
    _("mit dem Bescheid der Bundesagentur vergleichen"),
    _("Steuernummer: kein gültiges Format, zum Beispiel 133/8150/8159; mit dem Bescheid des Finanzamts vergleichen."),
)
