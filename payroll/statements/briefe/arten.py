"""Arten der Briefe mit ihren Platzhaltern und dem Wortlaut, der gilt, solange ein Mandant keinen eigenen hat.

Ein Platzhalter steht in geschweiften Klammern. Absätze trennt eine Leerzeile; „# “ beginnt eine Überschrift, „- “ einen
Punkt einer Liste. Ein Abschnitt ist ein Platzhalter, der einen ganzen Absatz füllt und leer sein darf.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from payroll.statements.briefe import wortlaut


@dataclass(frozen=True)
class Platzhalter:
    """Ein Platzhalter: Name, Bedeutung, ein Muster für die Vorschau; abschnitt: füllt einen ganzen Absatz."""

    name: str
    bedeutung: str
    muster: str
    abschnitt: bool = False


@dataclass(frozen=True)
class Briefart:
    """Eine Art: Titel, Rechtsgrundlage, Klasse in der Akte, Platzhalter, welche davon nicht fehlen dürfen, Wortlaut.

    portal: ob sie ins Portal gegeben werden darf (ein Schreiben an Dritte nicht); leserecht: am Schreibtisch außer der
    Akte nötig, die Person selbst liest den Brief ohne; suche: ob sein Text durchsucht wird."""

    name: str
    titel: str
    recht: str
    klasse: str
    platzhalter: tuple[Platzhalter, ...]
    pflicht: tuple[str, ...]
    betreff: str
    text: str
    portal: bool = True
    leserecht: str = ""
    suche: bool = True

    @property
    def namen(self) -> frozenset[str]:
        """Alle Platzhalter, die hier stehen dürfen."""
        return frozenset(one.name for one in self.platzhalter)

    @property
    def muster(self) -> dict[str, str]:
        """Angaben der Vorschau."""
        return {one.name: one.muster for one in self.platzhalter}


def _p(name: str, bedeutung: str, muster: str, abschnitt: bool = False) -> Platzhalter:
    return Platzhalter(name, bedeutung, muster, abschnitt)


GEMEINSAM = (
    _p("name", "Vor- und Nachname der Person", "Kim Beispiel"), _p("nachname", "Nachname der Person", "Beispiel"),
    _p("arbeitgeber", "Name des Arbeitgebers", "Kreis Beispiel"), _p("ort", "Ort des Arbeitgebers", "Musterstadt"),
    _p("datum", "Tag des Briefes", "26.11.2026"),
)
STELLE = (
    _p("personalnummer", "Personalnummer", "10001"), _p("eintritt", "Erster Tag der Beschäftigung", "01.01.2020"),
    _p("austritt", "Letzter Tag; sonst „ohne bekanntes Ende“", "ohne bekanntes Ende"),
    _p("gruppe", "Entgelt- oder Besoldungsgruppe", "E 9a"),
    _p("wochenstunden", "Wochenstunden", "39"), _p("vollzeitstunden", "Wochenstunden bei Vollzeit", "39"),
)
ZEIT = (
    _p("geburtsdatum", "Geburtsdatum", "01.05.1990"),
    _p("dauer", "„ist seit … bei uns beschäftigt“, nach dem Austritt „war vom … bis … bei uns beschäftigt“",
       "ist seit dem 01.01.2020 bei uns beschäftigt"),
    _p("arbeitszeit", "Wochenstunden von Vollzeit, sonst „nicht festgelegt“", "39 von 39 Stunden in der Woche"),
)
GELD = (
    _p("tabelle", "Tabelle der Monate mit Ursache, Frist und Beträgen", "", True),
    _p("bis", "„bis zum“ Tag der Äußerung, sonst leer", "bis zum 31.12.2026"),
    _p("personalnummer", "Personalnummer", "10001"),
    _p("betraege", "Was geschuldet, verrechnet und einbehalten wird",
       "Geschuldet sind netto 310,00 €. Steuern und Beiträge auf den zu viel gezahlten Bruttobetrag von 500,00 € "
       "berichtigen wir selbst.", True),
    _p("rechtslage", "Rechtsgrundlage, Fristen, Entreicherung oder Billigkeit",
       "Grundlage ist § 812 BGB.", True),
)
ARTEN = (
    Briefart("erstanmeldung", "Erste Anmeldung im Portal", "", "schriftwechsel", (
        *GEMEINSAM, _p("adresse", "Adresse des Portals", "portal.kreis.example"),
        _p("anmeldename", "Anmeldename", "kim.beispiel"), _p("code", "Einmalcode", "ABCDE-FGHJK"),
        _p("gueltig_bis", "Letzter Tag des Codes", "26.12.2026"),
        _p("zeichen", "Zeichen, aus denen ein Code besteht", "ABCDEFGHJKMNPQRSTUVWXYZ23456789"),
    ), ("adresse", "anmeldename", "code", "gueltig_bis"), *wortlaut.ERSTANMELDUNG),
    Briefart("aenderung", "Mitteilung über geänderte Bezüge", "§ 108 Abs. 2 GewO", "bezuege", (
        *GEMEINSAM, *STELLE, _p("monat", "Monat der Abrechnung", "November 2026"),
        _p("vormonat", "Monat davor", "Oktober 2026"),
        _p("auszahlung_vorher", "Auszahlung im Vormonat", "2.310,00 €"),
        _p("auszahlung", "Auszahlung im Monat", "2.385,40 €"),
        _p("unterschied", "Unterschied der Auszahlung mit Vorzeichen", "+75,40 €"),
        _p("ursachen", "Jede Ursache mit ihrer Wirkung, als Liste", "- Ihre Stufe stieg von 3 auf 4. (+75,40 €)", True),
    ), ("monat", "ursachen"), *wortlaut.AENDERUNG),
    Briefart("beschaeftigung", "Bescheinigung der Beschäftigung", "§ 630 BGB, § 109 GewO sinngemäß", "nachweis", (
        *GEMEINSAM, *STELLE, *ZEIT, _p("zweck", "Wofür die Person sie braucht", "zur Vorlage beim Vermieter"),
    ), ("name", "eintritt"), *wortlaut.BESCHAEFTIGUNG),
    Briefart("urlaub", "Bescheinigung des Urlaubs beim Ausscheiden", "§ 6 Abs. 2 BUrlG", "nachweis", (
        *GEMEINSAM, *STELLE, *ZEIT, _p("jahr", "Kalenderjahr, in dem die Beschäftigung endet", "2026"),
        _p("grundlage", "„ nach § 6 Abs. 2 BUrlG“, bei Beamtinnen und Beamten leer", " nach § 6 Abs. 2 BUrlG"),
        _p("urlaubstage", "Anspruch, gewährter und abgegoltener Urlaub, als Liste",
           "- Anspruch: 15 Tage bei 5 Arbeitstagen in der Woche\n- gewährt: 10 Tage\n- abgegolten: 5 Tage", True),
    ), ("name", "jahr", "urlaubstage"), *wortlaut.URLAUB),
    Briefart("drittschuldner", "Erklärung als Drittschuldner", "§ 840 Abs. 1 ZPO", "pfaendung", (
        *GEMEINSAM, _p("personalnummer", "Personalnummer", "10001"),
        _p("glaeubiger", "Name des Gläubigers", "Inkasso Muster GmbH"),
        _p("aktenzeichen", "Aktenzeichen des Gläubigers", "12 M 345/26"),
        _p("zugestellt", "Tag der Zustellung", "20.11.2026"),
        _p("anerkannt", "Ob die Forderung anerkannt und gezahlt wird (Nr. 1)",
           "Wir erkennen die gepfändete Forderung als begründet an und sind zur Zahlung bereit.", True),
        _p("andere_ansprueche", "Ansprüche anderer Personen, Abtretungen (Nr. 2)",
           "Ansprüche anderer Personen auf die Forderung sind uns nicht bekannt.", True),
        _p("andere_pfaendungen", "Frühere Pfändungen (Nr. 3)",
           "Die Forderung ist bisher für keinen anderen Gläubiger gepfändet.", True),
    ), ("glaeubiger", "anerkannt", "andere_ansprueche", "andere_pfaendungen"), *wortlaut.DRITTSCHULDNER, portal=False),
    Briefart("anhoerung", "Überzahlung: Anhörung", "§ 28 VwVfG NRW", "bezuege", (*GEMEINSAM, *GELD),
             ("tabelle", "betraege", "rechtslage"), *wortlaut.ANHOERUNG, leserecht="claim.read", suche=False),
    Briefart("geltendmachung", "Überzahlung: Rückforderung", "§ 812 BGB, § 37 TVöD, § 15 LBesG NRW", "bezuege",
             (*GEMEINSAM, *GELD), ("tabelle", "betraege", "rechtslage"), *wortlaut.GELTENDMACHUNG,
             leserecht="claim.read", suche=False),
    Briefart("frei", "Freies Schreiben", "", "schriftwechsel", (
        *GEMEINSAM, *STELLE, _p("betreffzeile", "Betreff, beim Schreiben angegeben", "Ihr Antrag"),
        _p("inhalt", "Text, beim Schreiben angegeben", "Ihrem Antrag entsprechen wir.", True),
    ), ("inhalt",), *wortlaut.FREI),
)
BY_NAME = {one.name: one for one in ARTEN}
UNSEARCHED = frozenset(one.name for one in ARTEN if not one.suche)


def hidden_letters(may: Callable[[str], bool]) -> frozenset[str]:
    """Arten, deren Briefe jemand mit diesen Rechten am Schreibtisch nicht sieht."""
    return frozenset(one.name for one in ARTEN if one.leserecht and not may(one.leserecht))
