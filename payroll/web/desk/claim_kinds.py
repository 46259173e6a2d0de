"""Forderungen auf das Entgelt am Schreibtisch: Felder mit Hilfe, in der Reihenfolge, in der ein Beschluss sie nennt."""

from __future__ import annotations

from flask_babel import lazy_gettext as _

from payroll.masterdata.models import Pfaendung, Unterhaltsausschluss, Unterhaltspflicht
from payroll.web.desk.fact_kinds import FactKind, Field

ARTEN = (
    ("gewoehnlich", _("Pfändung, gewöhnlicher Gläubiger (§ 850c ZPO)")),
    ("unterhalt", _("Pfändung wegen Unterhalts (§ 850d ZPO)")),
    ("behoerde", _("Pfändung einer Behörde (§ 309 AO, VwVG)")),
    ("abtretung", _("Abtretung (§ 398 BGB)")),
    ("aufrechnung", _("Aufrechnung des Arbeitgebers (§§ 387, 394 BGB)")),
    ("insolvenz", _("Insolvenz: pfändbarer Teil an den Verwalter")),
)
ZUSTAENDE = (("laufend", _("laufend")), ("ruhend", _("ruht")), ("erledigt", _("erledigt")))
BEI = (("hier", _("hier")), ("andernorts", _("beim anderen Einkommen")))
VERHAELTNISSE = (
    ("ehegatte", _("Ehegatte oder Lebenspartner")),
    ("kind", _("Kind")),
    ("frueherer_ehegatte", _("früherer Ehegatte")),
    ("verwandter", _("Verwandter in gerader Linie")),
    ("elternteil_1615l", _("anderer Elternteil (§ 1615l BGB)")),
)

WAS = (
    Field("nummer", _("Laufende Nummer"), "whole", required=True, hint=_("Unterscheidet die Forderungen der Person.")),
    Field("art", _("Was ist angekommen?"), "choice", required=True, choices=ARTEN),
    Field("zustand", _("Zustand"), "choice", required=True, choices=ZUSTAENDE,
          hint=_("Ruht sie, wird nichts einbehalten; der Rang bleibt.")),
    Field("glaeubiger", _("Gläubiger"), required=True, hint=_("Wie im Beschluss; er steht auf der Abrechnung.")),
    Field("aktenzeichen", _("Aktenzeichen")),
    Field("strasse", _("Straße und Hausnummer")),
    Field("plz", _("Postleitzahl")),
    Field("ort", _("Ort")),
)
RANG = (
    Field("zugestellt_am", _("Zugestellt am"), "day",
          hint=_("Tag der Zustellungsurkunde; bei Abtretung der Vereinbarung, bei Aufrechnung der Fälligkeit.")),
    Field("zugestellt_um", _("Uhrzeit"), hint=_("Zum Beispiel 09:30. Entscheidet unter Forderungen desselben Tages.")),
    Field("vorgepfaendet_am", _("Vorpfändung zugestellt am"), "day",
          hint=_("Wahrt den Rang, wenn die Pfändung binnen eines Monats folgt (§ 845 ZPO).")),
    Field("angezeigt_am", _("Abtretung angezeigt am"), "day", hint=_("Vorher wird an die Person gezahlt (§ 407 BGB).")),
    Field("ueberwiesen", _("Zur Einziehung überwiesen (§ 835 ZPO)"), "yes", default=True,
          hint=_("Sonst wird einbehalten, aber nicht gezahlt.")),
    Field("ausgeschlossen", _("Abtretung vertraglich ausgeschlossen (§ 399 BGB)"), "yes"),
    Field("streitig", _("Rang streitig"), "yes", hint=_("Dann wird beim Amtsgericht hinterlegt (§ 853 ZPO).")),
    Field("nach_eroeffnung", _("Unterhalt nach Eröffnung der Insolvenz"), "yes"),
)
SCHULD = (
    Field("hauptforderung_cent", _("Hauptforderung"), "money",
          hint=_("Leer: ohne Grenze, bis die Forderung beendet wird (laufender Unterhalt, Insolvenz).")),
    Field("zinsen_cent", _("Zinsen bis zur Zustellung"), "money", default=0),
    Field("kosten_cent", _("Kosten"), "money", default=0),
    Field("zinssatz", _("Laufende Zinsen in Prozent im Jahr"), "number", places=3),
    Field("zinsen_ab", _("Zinsen laufen ab"), "day"),
    Field("monatsbetrag_cent", _("Laufender Unterhalt im Monat"), "money", default=0),
    Field("gezahlt_vorher_cent", _("Schon vorher gezahlt"), "money", default=0,
          hint=_("Was vor der Erfassung hier schon abgeführt war.")),
)
KONTO = (
    Field("iban", _("IBAN des Gläubigers"), hint=_("Wird verschlüsselt aufbewahrt.")),
    Field("verwendungszweck", _("Verwendungszweck")),
)
GERICHT = (
    Field("unterhaltsberechtigte", _("Unterhaltsberechtigte für diese Forderung"), "whole",
          hint=_("Leer: gezählt werden die erfassten Unterhaltspflichten ohne die ausgeschlossenen.")),
    Field("gericht_freibetrag_cent", _("Vom Gericht belassener Betrag im Monat"), "money",
          hint=_("Bei Unterhalt nötig (§ 850d ZPO); leer: es gilt die Tabelle.")),
    Field("gericht_rest_zaehler", _("Vom Rest zu belassen: Zähler"), "whole", default=0,
          hint=_("„1.450 € und die Hälfte des Rests“: Zähler 1, Nenner 2.")),
    Field("gericht_rest_nenner", _("Vom Rest zu belassen: Nenner"), "whole", default=1),
    Field("gericht_betrag_cent", _("Vom Gericht bestimmter pfändbarer Betrag"), "money",
          hint=_("Ersetzt die Tabelle (§ 850c Abs. 6 ZPO).")),
    Field("gericht_zusatz_cent", _("Zusätzlich zu belassen (§ 850f Abs. 1 ZPO)"), "money", default=0),
    Field("unterhaltsrang", _("Rang nach § 1609 BGB"), "whole", default=0, hint=_("Nur wenn das Gericht ihn nennt.")),
    Field("anteil", _("Anteil unter Gleichrangigen"), "whole", default=0, hint=_("0: nach der Höhe der Forderung.")),
    Field("verrechnung", _("Unterhalt zuerst aus dem Vorrechtsbereich (§ 850e Nr. 4 ZPO)"), "yes", default=True),
    Field("zusammenrechnung", _("Mehrere Beschäftigungen zusammengerechnet (§ 850e Nr. 2 ZPO)"), "yes",
          hint=_("Nur auf Beschluss des Gerichts.")),
    Field("weiteres_einkommen_cent", _("Zusammengerechnetes Einkommen andernorts"), "money", default=0),
    Field("grundbetrag_bei", _("Unpfändbarer Betrag zuerst"), "choice", required=True, choices=BEI),
)
GROUPS = (
    (_("1. Was angekommen ist"), WAS),
    (_("2. Rang"), RANG),
    (_("3. Was geschuldet ist"), SCHULD),
    (_("4. Wohin gezahlt wird"), KONTO),
    (_("5. Unterhaltspflichten und Anordnungen des Gerichts"), GERICHT),
)

CLAIM_KINDS: dict[str, FactKind] = {
    "forderung": FactKind(Pfaendung, _("Forderung"), "person", (*WAS, *RANG, *SCHULD, *KONTO, *GERICHT), several=True,
                          endable=True),
    "unterhaltspflicht": FactKind(
        Unterhaltspflicht,
        _("Unterhaltspflicht"),
        "person",
        (
            Field("nummer", _("Laufende Nummer"), "whole", required=True),
            Field("name", _("Name"), required=True),
            Field("verhaeltnis", _("Verhältnis"), "choice", required=True, choices=VERHAELTNISSE),
            Field("geburtsdatum", _("Geburtsdatum"), "day"),
            Field("eigenes_einkommen_cent", _("Eigenes Einkommen im Monat"), "money",
                  hint=_("Nur zur Auskunft: Ob der Mensch zählt, entscheidet das Gericht.")),
        ),
        several=True,
        endable=True,
    ),
    "ausschluss": FactKind(
        Unterhaltsausschluss,
        _("Ausschluss durch das Gericht"),
        "person",
        (
            Field("forderung", _("Nummer der Forderung"), "whole", required=True),
            Field("unterhaltspflicht", _("Nummer der Unterhaltspflicht"), "whole", required=True),
            Field("ganz", _("Bleibt ganz unberücksichtigt"), "yes", default=True,
                  hint=_("Bei „nein“ zählt er zum Teil: Dann den Betrag aus dem Beschluss bei der Forderung angeben.")),
            Field("beschluss", _("Beschluss")),
        ),
        several=True,
        endable=True,
    ),
}
