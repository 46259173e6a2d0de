"""Sätze und Einzelheiten, die fertig in einer ausgestellten Abrechnung liegen: ihre Muster, zum Übersetzen.

Eine versiegelte Abrechnung bleibt, wie sie ist; für die Seite in einer anderen Sprache werden ihre Texte an diesen
Mustern erkannt (payroll.law.tongue.hear). Was kein Muster hat, bleibt deutsch.
"""

from __future__ import annotations


def _(text: str) -> str:
    return text  # only a mark for the catalogue


HEARD = (
    # hints
    _("Fällig am %(day)s."),
    _("Am %(day)s kein Entgelt. Grund: %(reason)s"),
    _("Vom %(first)s bis %(last)s kein Entgelt. Grund: %(reason)s"),
    _("Anspruch %(month)s: verjährt am %(day)s (§§ 195, 199 BGB)"),
    _("Anspruch %(month)s, fällig am %(due)s: am %(day)s geltend gemacht, Frist gewahrt (§ 37 TVöD)"),
    _("Anspruch %(month)s, fällig am %(due)s: seit %(day)s verfallen, wenn nicht vorher in Textform geltend gemacht "
      "(§ 37 TVöD); der gesetzliche Mindestlohn bleibt"),
    _("Anspruch %(month)s, fällig am %(due)s: in Textform geltend zu machen bis %(day)s (§ 37 TVöD)"),
    _("Abschlag auf einen Gesetzentwurf, unter dem Vorbehalt der Rückforderung: Lohnart %(wage)s wird nach der "
      "Verkündung des Gesetzes ausgeglichen."),
    _("Lohnsteuer, Solidaritätszuschlag und Kirchensteuer sind vorläufig nach dem Programmablaufplan %(year)s des "
      "Bundesfinanzministeriums berechnet. Ändert sich etwas, wird es mit einer späteren Abrechnung verrechnet."),
    _("%(kind)s (%(law)s)."),
    # reasons of a recalculation that the program gives itself
    _("Die mitgelieferte Tabelle %(name)s hat für diesen Monat andere Beträge als bei seiner Abrechnung"),
    # facts
    _("Fassung %(version)s"),
    _("Gleitzeitkonto am %(day)s"),
    _("Urlaubsanspruch %(year)s"),
    _("Übertrag aus %(year)s"),
    _("genommen bis %(day)s"),
    # names of lines
    _("Tabellenentgelt %(group)s Stufe %(step)s"),
    _("Grundgehalt %(group)s Stufe %(step)s"),
    _("Anwärtergrundbetrag %(group)s Stufe %(step)s"),
    _("Praktikantenentgelt %(group)s Stufe %(step)s"),
    _("Studienentgelt %(group)s Stufe %(step)s"),
    _("Sabbatical-Entgelt %(group)s Stufe %(step)s"),
    _("Ausbildungsentgelt Jahr %(year)s"),
    _("%(name)s, pflichtiger Teil"),
    _("Vermögenswirksame Leistung an %(who)s"),
    _("Entgeltumwandlung an %(who)s"),
    _("Pfändung %(who)s"),
    _("Unterhaltspfändung %(who)s"),
    _("Abtretung %(who)s"),
    _("Insolvenzverwaltung %(who)s"),
    _("Aufrechnung %(who)s"),
    _("Vorpfändung %(who)s"),
    # details of lines, in brackets or after a comma
    _("%(first)s.–%(last)s."),
    _("%(first)s.–%(last)s. %(rest)s"),
    _("%(count)s Tage"),
    _("%(count)s Tage %(rest)s"),
    _("%(count)s Tage, %(number)s € beitragspflichtig"),
    _("%(count)s von %(all)s Tagen"),
    _("%(count)s von %(all)s Tagen %(rest)s"),
    _("%(number_own)s von %(number_full)s Std."),
    _("%(number_own)s von %(number_full)s Std. %(rest)s"),
    _("%(number)s Std. × %(number_rate)s € %(month)s"),
    _("%(number)s Std. × %(number_rate)s € %(month)s Nachtrag"),
    _("%(number)s Tage × %(number_rate)s € %(month)s"),
    _("%(number)s Tage × %(number_rate)s € %(month)s Nachtrag"),
    _("%(month)s Nachtrag"),
    _("1 Kind, Mietenstufe %(level)s"),
    _("%(count)s Kinder, Mietenstufe %(level)s"),
    _("zur Hälfte"),
    _("Grundgehalt nach Gesetzentwurf"),
    _("Familienzuschlag nach Gesetzentwurf"),
    _("%(count)s Arbeitstage %(month)s"),
    _("%(count)s Monate angespart"),
    _("nach dem Tod am %(day)s"),
    _("am %(day)s"),
    _("bisher %(group)s"),
    _("Vertrag %(contract)s"),
    _("danach offen %(number)s €"),
    _("%(days)s; offen %(number)s €"),
)
WHOLE = (
    _("Ihr Konto"),
    _("gesetzlich"),
    _("freiwillig"),
    _("privat"),
    _("evangelisch"),
    _("römisch-katholisch"),
    _("auf Wunsch geschwärzt"),
    _("keine, pauschal 20 % (§ 40a Abs. 2a EStG)"),
    _("keine, pauschal 25 % (§ 40a Abs. 1 EStG)"),
    _("keine, Pauschsteuer 2 % trägt der Arbeitgeber"),
    _("genehmigt für später"),
    _("noch nicht verplant"),
    _("Übertrag"),
    _("Nachberechnung früherer Monate"),
    _("Vortrag aus dem Vormonat"),
    _("davon erst im nächsten Monat"),
    _("Nachzahlung für Vorjahre, versteuert in diesem Monat"),
    _("Std."),
    _("Tabelle des Familienzuschlags"),
    _("Wert des Rechts"),
    _("Bundesland des Arbeitgebers"),
    _("Steuerrecht des Jahres"),
    _("Die Lohnsteuer war vorläufig berechnet; es gilt ein neuer Programmablaufplan"),
    _("Die Lohnsteuer war vorläufig berechnet; die Regeln des Jahres liegen vor"),
)
