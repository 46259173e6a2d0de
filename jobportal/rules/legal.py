"""Prüfung einer Anzeige: was fehlt oder verbietet sich, nach welchem Recht, was hilft.

Quellen: LGG NRW § 8, AGG §§ 1, 7, 11, 15, TzBfG §§ 7, 14, SGB IX §§ 164, 165, Richtlinie (EU) 2023/970 Art. 5, PStG
§ 22 Abs. 3 mit BVerfG 1 BvR 2019/16 (drittes Geschlecht).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from jobportal.content import Anzeige

SHORTEST = timedelta(days=14)
THIRD = re.compile(r"\((?:[mwdx]\s*[/|]\s*){2}[mwdx]\)|\(d/?m/?w\)", re.IGNORECASE)
# Words that hint at a protected ground of § 1 AGG, with what to write instead.
WORDS = (
    (r"\b(jung|junge|junges|junger|jungen|dynamisch\w*)\b", "§§ 1, 11 AGG (Alter)", "das Team ohne Alter beschreiben"),
    (r"\b(muttersprach\w*)", "§§ 1, 11 AGG (ethnische Herkunft)", "das nötige Sprachniveau nennen, etwa Deutsch C1"),
    (r"\b(berufsanfänger\w*|digital native\w*|altersgrenze|höchstalter|höchstens \d\d jahre)\b", "§§ 1, 11 AGG (Alter)",
     "die nötige Erfahrung nennen, nicht das Alter"),
    (r"\b(lichtbild\w*|bewerbungsfoto\w*|passfoto\w*|familienstand|konfession|religionszugehörigkeit)\b",
     "§§ 1, 7, 11 AGG", "nicht verlangen; es darf keine Rolle spielen"),
    (r"\b(körperlich(?:e|er)? (?:voll )?belastbar\w*|uneingeschränkt gesund\w*)\b", "§§ 1, 8, 11 AGG (Behinderung)",
     "die Tätigkeit beschreiben, die es verlangt"),
    (r"\b(putzfrau|krankenschwester|kindergärtnerin|hausmeister|sekretärin)\b(?!\s*\()", "§ 8 Abs. 4 LGG NRW, § 11 AGG",
     "eine Bezeichnung wählen, die alle Geschlechter meint"),
)  # fmt: skip
BLOCKS = {
    "vielfalt": "§ 8 Abs. 4 LGG NRW, § 11 AGG",
    "schwerbehinderung": "§ 164 Abs. 1, § 165 SGB IX",
    "datenschutz": "Art. 13 DSGVO, § 18 DSG NRW",
}


@dataclass(frozen=True)
class Pflicht:
    """Ein Befund zur Anzeige; nur `fehler` hält die Freigabe auf."""

    stufe: str
    feld: str
    text: str
    recht: str
    abhilfe: str


def check(anzeige: Anzeige, bausteine: Mapping[str, str], today: date) -> list[Pflicht]:
    """Alle Befunde in der Reihenfolge der Felder."""
    return [*_title(anzeige), *_pay(anzeige), *_hours(anzeige), *_days(anzeige, today), *_contact(anzeige),
            *_texts(anzeige, bausteine), *_words(anzeige)]


def errors(found: list[Pflicht]) -> list[Pflicht]:
    """Was die Freigabe aufhält."""
    return [one for one in found if one.stufe == "fehler"]


def _title(anzeige: Anzeige) -> list[Pflicht]:
    if not anzeige.titel.strip():
        return [Pflicht("fehler", "titel", "Die Bezeichnung fehlt", "§ 8 Abs. 5 LGG NRW", "Bezeichnung angeben")]
    if not THIRD.search(anzeige.titel):
        return [Pflicht("fehler", "titel", "Die Bezeichnung nennt nicht alle Geschlechter",
                        "§ 8 Abs. 4 LGG NRW, § 11 AGG, BVerfG 1 BvR 2019/16", "„(m/w/d)“ anfügen")]
    return []


def _pay(anzeige: Anzeige) -> list[Pflicht]:
    found = []
    if not anzeige.gruppe:
        found.append(Pflicht("fehler", "gruppe", "Die Entgelt- oder Besoldungsgruppe fehlt",
                             "§ 8 Abs. 5 LGG NRW", "die Gruppe der Stelle angeben"))
    if anzeige.entgelt_von is None or anzeige.entgelt_bis is None:
        found.append(Pflicht("fehler", "entgelt_von", "Die Spanne des Entgelts fehlt",
                             "Art. 5 Abs. 1 Richtlinie (EU) 2023/970", "Spanne aus der Tabelle übernehmen"))
    elif anzeige.entgelt_von > anzeige.entgelt_bis:
        found.append(Pflicht("fehler", "entgelt_bis", "Die Spanne des Entgelts ist verkehrt herum",
                             "Art. 5 Abs. 1 Richtlinie (EU) 2023/970", "Anfang und Ende tauschen"))
    return found


def _hours(anzeige: Anzeige) -> list[Pflicht]:
    found = []
    if not anzeige.teilzeit and not anzeige.teilzeit_grund.strip():
        found.append(Pflicht("fehler", "teilzeit_grund", "Nur in Vollzeit, ohne zwingenden Grund",
                             "§ 8 Abs. 6 LGG NRW, § 7 Abs. 1 TzBfG", "Teilzeit anbieten oder den Grund angeben"))
    if anzeige.befristet_bis is not None and not anzeige.befristung_grund.strip():
        found.append(Pflicht("hinweis", "befristung_grund", "Befristet ohne genannten Grund",
                             "§ 14 Abs. 1, 2 TzBfG", "Sachgrund nennen oder die sachgrundlose Dauer prüfen"))
    return found


def _days(anzeige: Anzeige, today: date) -> list[Pflicht]:
    if anzeige.frist is None:
        return [Pflicht("fehler", "frist", "Der letzte Tag der Bewerbung fehlt", "§ 8 LGG NRW",
                        "einen Tag angeben")]
    if anzeige.frist < today:
        return [Pflicht("fehler", "frist", "Der letzte Tag der Bewerbung ist vorbei", "§ 8 LGG NRW",
                        "einen späteren Tag angeben")]
    if anzeige.frist < today + SHORTEST:
        return [Pflicht("hinweis", "frist", "Weniger als zwei Wochen bis zum letzten Tag", "Art. 33 Abs. 2 GG",
                        "länger aushängen, damit alle Geeigneten sich bewerben können")]
    return []


def _contact(anzeige: Anzeige) -> list[Pflicht]:
    found = []
    if not anzeige.kontakt_name or not (anzeige.kontakt_telefon or anzeige.kontakt_email):
        found.append(Pflicht("fehler", "kontakt_name", "Wen man fragen kann, fehlt", "Art. 13 Abs. 1 DSGVO",
                             "Namen mit Telefon oder E-Mail angeben"))
    if not anzeige.ort or not re.fullmatch(r"\d{5}", anzeige.plz):
        found.append(Pflicht("fehler", "ort", "Der Arbeitsort fehlt", "§ 2 Abs. 1 Nr. 4 NachwG",
                             "Postleitzahl und Ort angeben"))
    return found


def _texts(anzeige: Anzeige, bausteine: Mapping[str, str]) -> list[Pflicht]:
    found = [Pflicht("fehler", name, "Der Text fehlt", "§ 8 Abs. 5 LGG NRW", "Text schreiben")
             for name in ("aufgaben", "profil") if not getattr(anzeige, name).strip()]
    wanted = dict(BLOCKS)
    if anzeige.unterrepraesentiert:
        wanted["frauen"] = "§ 8 Abs. 4 LGG NRW"
    found += [Pflicht("fehler", f"baustein_{name}", f"Der Textbaustein „{name}“ ist leer", law,
                      "in den Einstellungen des Stellenmarkts ausfüllen")
              for name, law in wanted.items() if not bausteine.get(name, "").strip()]
    return found


def _words(anzeige: Anzeige) -> list[Pflicht]:
    found = []
    for pattern, law, remedy in WORDS:
        for hit in {one.group(0) for one in re.finditer(pattern, anzeige.texte, re.IGNORECASE)}:
            found.append(Pflicht("fehler", "texte", f"„{hit}“ kann benachteiligen", law, remedy))
    return sorted(found, key=lambda one: one.text)
