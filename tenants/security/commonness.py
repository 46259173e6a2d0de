"""Ob ein Kennwort leicht zu erraten ist: Schätzung ohne Netz aus bekannten Listen, Mustern und eigenen Wörtern.

Grundlage ist zxcvbn (MIT) mit seinen Listen häufiger Kennwörter, Namen und Wörter, Tastaturfolgen, Daten und
Wiederholungen; dazu kommen häufige deutsche Wörter und alles rund um den Menschen (Anmeldename, Name).
"""

from __future__ import annotations

import re
import threading
from collections.abc import Iterable

FEWEST_GUESSES = 10**10
LONGEST_JUDGED = 72  # zxcvbn looks at no more; what follows can only make a password better
_one_at_a_time = threading.Lock()  # zxcvbn keeps the personal words in a table of the module

COMMON_GERMAN = """
    passwort kennwort passwort1 hallo hallo123 hallowelt schatz schatzi geheim willkommen qwertz qwertzuiop asdfghjkl
    yxcvbnm 123456789 sommer winter herbst frühling fruehling januar februar märz maerz april mai juni
    juli august september oktober november dezember montag dienstag mittwoch donnerstag freitag samstag sonntag berlin
    hamburg münchen muenchen köln koeln frankfurt stuttgart dortmund düsseldorf duesseldorf essen leipzig bremen dresden
    bielefeld münster muenster schalke schalke04 dortmund09 borussia bayern fcbayern werder eintracht fussball fußball
    deutschland kreis gemeinde stadt rathaus verwaltung kreishaus amt personal personalamt lohn gehalt abrechnung
    kreislohn landrat bürgermeister buergermeister kämmerei kaemmerei büro buero arbeit urlaub feierabend kaffee sonne
    sonnenschein blume schmetterling engel prinzessin mausi hase hasi bärchen baerchen liebling liebe ichliebedich
    familie mama papa oma opa mutter vater tochter sohn hund katze pferd michael thomas andreas stefan christian peter
    daniel alexander sebastian martin klaus wolfgang jürgen juergen sabine claudia susanne petra monika andrea nicole
    stefanie julia katharina anna laura lena lisa sarah müller mueller schmidt schneider fischer weber meyer wagner
    becker schulz hoffmann sicher sicherheit anmeldung zugang benutzer admin administrator gast test testtest computer
    internet handy telefon schule klasse lehrer garten haus wohnung auto motorrad fahrrad volkswagen mercedes porsche
    weihnachten ostern geburtstag glück glueck freiheit hoffnung leben
"""


def guessable(password: str, personal: Iterable[str]) -> bool:
    """Ob weniger als zehn Milliarden Versuche reichen."""
    from zxcvbn import zxcvbn

    words = {word for text in personal for word in (text, *re.split(r"[\W_]+", text)) if len(word) >= 3}
    with _one_at_a_time:
        judged = zxcvbn(password[:LONGEST_JUDGED], user_inputs=[*sorted(words), *COMMON_GERMAN.split()])
    return bool(judged["guesses"] < FEWEST_GUESSES)
