"""Ablehnungen der Dienste in der Sprache der Seite: feste Sätze und solche mit Zahlen, Tagen oder Namen darin.

Die Dienste sprechen Deutsch; was Menschen im Portal und bei der Anmeldung davon lesen, steht hier und in den Räumen
darüber zum Übersetzen. Ein Satz, den niemand übersetzt hat, bleibt deutsch.
"""

from __future__ import annotations

import re
from functools import cache

from flask import Flask, current_app
from flask_babel import get_locale, gettext

SENTENCES = "kreislohn.sentences"
PLACE = re.compile(r"%\\\((\w+)\\\)s")


def _(text: str) -> str:
    return text  # only a mark for the catalogue: translated is what arrives, not what stands here


OWN = (
    _("Anmeldung nicht möglich: Name, Kennwort und Code prüfen. Nach vielen falschen Codes zählt einen Tag lang keiner "
      "der App, nur einer zur Wiederherstellung vom Papier oder ein Passkey."),
    _("Zu viele Versuche: bitte einige Minuten warten und dann noch einmal anmelden."),
    _("Anmeldung mit Passkey nicht möglich: noch einmal versuchen oder Name, Kennwort und Code benutzen."),
    _("Dieser Link gilt nicht (mehr): mit Name, Kennwort und Code anmelden."),
    _("Der Code gilt nicht (mehr): Anmeldename und Code mit dem Brief vergleichen. Ist er älter als 30 Tage oder schon "
      "benutzt, beim Personaldienst einen neuen Brief bestellen."),
    _("Mit diesem Konto des Verzeichnisdienstes ist hier kein Zugang verbunden, der heute gilt."),
    _("An einem Terminal nicht über einen Verzeichnisdienst: dort blieben Sie angemeldet, auch für die nächste Person. "
      "Bitte mit Name und Kennwort anmelden."),
    _("Code oder Passkey passt nicht. Nach vielen falschen Codes zählt einen Tag lang keiner der App, nur einer zur "
      "Wiederherstellung vom Papier oder ein Passkey."),
    _("Das geltende Kennwort stimmt nicht."),
    _("Dieser Zugang hat kein Kennwort: bitte ab- und wieder anmelden und es dann innerhalb von zehn Minuten tun."),
    _("Womit Sie sich anmelden, ändern Sie nur kurz nach der Anmeldung: bitte ab- und wieder anmelden und es dann "
      "innerhalb von zehn Minuten tun."),
    _("Die Anmeldung über den Verzeichnisdienst eines Arbeitgebers gilt nur dort und ändert nicht, wie Sie sich "
      "anmelden: dafür bitte einen Brief bestellen und mit dem eigenen Kennwort anmelden."),
    _("Der Code passt nicht. Bitte den gerade angezeigten Code eingeben und die Uhr des Geräts prüfen."),
    _("Zweiter Faktor: der Code passt nicht oder wurde schon benutzt. Den nächsten Code der App abwarten oder einen "
      "Code zur Wiederherstellung angeben; nach vielen falschen zählt einen Tag lang nur ein solcher."),
    _("Das Kennwort braucht %(least)s bis %(most)s Zeichen: einen ganzen Satz nehmen."),
    _("Das Kennwort ist zu leicht zu erraten: ohne den eigenen Namen, ohne Wiederholungen."),
    _("Das Kennwort ist zu leicht zu erraten, es besteht aus häufigen Wörtern, Namen, Daten oder Tastaturfolgen: "
      "mehrere Wörter nehmen, die nichts miteinander zu tun haben."),
    _("%(login)s hat keinen zweiten Faktor: zuerst einrichten, dann Codes ausgeben."),
    _("Der Passkey ließ sich nicht einrichten: noch einmal versuchen oder ein anderes Gerät nehmen."),
    _("Mehr als %(most)s Passkeys sind nicht vorgesehen: einen alten entfernen."),
    _("Bitte als Tag.Monat.Jahr angeben, zum Beispiel 01.11.2026."),
    _("Den Tag %(day)s gibt es nicht. Bitte das Datum prüfen."),
    _("Das Jahr muss zwischen 1900 und 2199 liegen."),
    _("Bitte den Monat als Jahr-Monat angeben, zum Beispiel 2026-11."),
    _("Bitte eine Zahl angeben, zum Beispiel 1.284,33."),
    _("Höchstens %(places)s Nachkommastellen angeben."),
    _("Bitte eine ganze Zahl angeben."),
    _("Nummer: ein bis neun Ziffern oder Buchstaben angeben, zum Beispiel 260."),
    _("Nummer: %(number)s ist vergeben; eine andere wählen."),
    _("%(field)s: inzwischen von anderen geändert auf „%(now)s“; prüfen, was gilt, und noch einmal speichern."),
    _("Grund: angeben, zum Beispiel den Bescheid; er steht im Protokoll."),
    _("Arbeitgeber %(number)s ist ausgeschieden: seine Angaben bleiben, wie sie sind."),
    _("Name: fehlt; so angeben, wie er auf Abrechnungen und Bescheiden stehen soll."),
    _("Art: eine von %(kinds)s wählen."),
    _("PLZ: fünf Ziffern angeben."),
    _("Bundesland: eines der sechzehn Länder wählen, zum Beispiel NW; danach richtet sich die Kirchensteuer."),
    _("E-Mail: keine Adresse; zum Beispiel personal@gemeinde.example."),
    _("%(field)s: höchstens %(most)s Zeichen."),
)


def install(app: Flask) -> None:
    """Richtet den Filter „told“ ein."""
    know(app, OWN)
    app.jinja_env.filters["told"] = told


def know(app: Flask, sentences: tuple[str, ...]) -> None:
    """Nimmt Sätze eines Raums dazu."""
    app.extensions[SENTENCES] = (*app.extensions.get(SENTENCES, ()), *sentences)


def told(text: object) -> str:
    """Der Satz in der Sprache der Seite."""
    words, locale = str(text), get_locale()
    if locale is None or locale.language == "de":
        return words
    for sentence in current_app.extensions.get(SENTENCES, ()):
        found = _pattern(sentence).fullmatch(words)
        if found is not None:
            return str(gettext(sentence, **{name: gettext(value) for name, value in found.groupdict().items()}))
    return words


@cache
def _pattern(sentence: str) -> re.Pattern[str]:
    return re.compile(PLACE.sub(r"(?P<\1>.+?)", re.escape(sentence)), re.DOTALL)
