"""Mitgelieferter Wortlaut der Briefe: je Art Betreff und Text."""

from __future__ import annotations


def _flow(text: str) -> str:
    """Absätze ohne die Zeilenwechsel dieser Datei; Listen behalten ihre Zeilen."""
    return "\n\n".join(block if block.startswith("- ") else " ".join(block.split("\n")) for block in text.split("\n\n"))


ERSTANMELDUNG = ("Ihr Zugang zum Portal", _flow("""Guten Tag {name},

Ihre Abrechnungen liegen im Portal bereit. So melden Sie sich zum ersten Mal an:

- {adresse} öffnen und „Brief einlösen“ wählen.
- Anmeldename: {anmeldename}
- Einmalcode: {code}
- Ein eigenes Kennwort mit mindestens 12 Zeichen vergeben, am besten einen ganzen Satz.

Der Code gilt einmal und bis {gueltig_bis}. Er enthält nur die Zeichen {zeichen}.

Niemand vom Personaldienst fragt Sie je nach Code oder Kennwort.

Mit freundlichen Grüßen

{arbeitgeber}"""))

AENDERUNG = ("Ihre Bezüge ab {monat}", _flow("""Guten Tag {name},

im {monat} erhalten Sie {auszahlung}. Im {vormonat} waren es {auszahlung_vorher}; der Unterschied beträgt {unterschied}.

# Warum sich der Betrag ändert

{ursachen}

Jeden Betrag erklärt die Abrechnung im Portal unter „Warum?“. Haben Sie Fragen, antworten wir gern.

Mit freundlichen Grüßen

{arbeitgeber}"""))

BESCHAEFTIGUNG = ("Bescheinigung", _flow("""Wir bescheinigen {zweck}:

{name}, geboren am {geburtsdatum}, {dauer}.

- Personalnummer: {personalnummer}
- Beginn: {eintritt}
- Ende: {austritt}
- Arbeitszeit: {arbeitszeit}
- Gruppe: {gruppe}

Mit freundlichen Grüßen

{arbeitgeber}"""))

URLAUB = ("Bescheinigung über den Urlaub {jahr}", _flow("""Wir bescheinigen{grundlage}:

{name}, geboren am {geburtsdatum}, {dauer}. Für das Kalenderjahr {jahr} gilt bei uns:

{urlaubstage}

Mit freundlichen Grüßen

{arbeitgeber}"""))

DRITTSCHULDNER = ("Erklärung nach § 840 ZPO, Ihr Zeichen {aktenzeichen}", _flow("""Sehr geehrte Damen und Herren,

der Pfändungs- und Überweisungsbeschluss zugunsten von {glaeubiger} gegen {name} ist uns am {zugestellt} zugestellt
worden. Wir erklären dazu:

# Anerkennung und Zahlung (§ 840 Abs. 1 Nr. 1 ZPO)

{anerkannt}

# Ansprüche anderer Personen (§ 840 Abs. 1 Nr. 2 ZPO)

{andere_ansprueche}

# Pfändungen anderer Gläubiger (§ 840 Abs. 1 Nr. 3 ZPO)

{andere_pfaendungen}

Gezahlt wird der nach § 850c ZPO pfändbare Teil des Arbeitseinkommens, jeweils nach der Abrechnung des Monats.

Mit freundlichen Grüßen

{arbeitgeber}"""))

_UEBERZAHLT = """Guten Tag {name},

bei der Neuberechnung Ihrer Bezüge hat sich gezeigt, dass Ihnen in den folgenden Monaten zu viel gezahlt wurde. Die
Tabelle nennt je Monat den Betrag und die Ursache."""

ANHOERUNG = ("Anhörung zu einer Überzahlung", _flow(f"""{_UEBERZAHLT}

Bevor wir entscheiden, ob und wie der Betrag zurückzuzahlen ist, geben wir Ihnen Gelegenheit, sich {{bis}} zu äußern:
zur Ursache, zum Verbrauch des Geldes und zu Ihrer wirtschaftlichen Lage (§ 28 VwVfG NRW).

{{tabelle}}

{{betraege}}

{{rechtslage}}

Mit freundlichen Grüßen

{{arbeitgeber}}"""))

GELTENDMACHUNG = ("Rückforderung zu viel gezahlter Bezüge", _flow(f"""{_UEBERZAHLT}

Wir machen diesen Anspruch hiermit in Textform geltend und fordern die Rückzahlung.

{{tabelle}}

{{betraege}}

{{rechtslage}}

Mit freundlichen Grüßen

{{arbeitgeber}}"""))

FREI = ("{betreffzeile}", _flow("""Guten Tag {name},

{inhalt}

Mit freundlichen Grüßen

{arbeitgeber}"""))
