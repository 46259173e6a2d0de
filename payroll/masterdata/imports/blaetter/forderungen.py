"""Blätter der Forderungen auf das Entgelt: wer sie liest oder schreibt, braucht das Recht der Pfändungen."""

from __future__ import annotations

from payroll.masterdata.imports.blaetter.blatt import Blatt, geld, ja, kommazahl, tag, wahl, wort, zahl
from payroll.masterdata.imports.columns import Spalte
from payroll.masterdata.models import Pfaendung, Unterhaltsausschluss, Unterhaltspflicht
from payroll.masterdata.models.claims import FORDERUNGSARTEN, GRUNDBETRAG_BEI, VERHAELTNISSE, ZUSTAENDE
from payroll.masterdata.numbers import iban

LESEN, SCHREIBEN = "claim.read", "claim.write"

FORDERUNGEN: tuple[Blatt, ...] = (
    Blatt("Forderungen", Pfaendung, (
        zahl("nummer", 1, 99, "laufende Nummer bei der Person", "1", pflicht=True),
        wahl("art", FORDERUNGSARTEN, "Art der Forderung", pflicht=True),
        wahl("zustand", ZUSTAENDE, "Zustand; leer = laufend"),
        wort("glaeubiger", "Gläubiger wie im Beschluss", "Versandhaus Lindenhof GmbH", pflicht=True),
        wort("strasse", "Straße und Hausnummer"), wort("plz", "Postleitzahl"), wort("ort", "Ort"),
        wort("aktenzeichen", "Aktenzeichen", "14 M 221/26"),
        Spalte("iban", iban, "Konto des Gläubigers", "DE02120300000000202051", schuetzenswert=True),
        wort("verwendungszweck", "Verwendungszweck der Zahlung", geschuetzt=True),
        tag("zugestellt_am", "Tag der Zustellung; bestimmt den Rang (§ 804 ZPO)", "10.02.2026"),
        wort("zugestellt_um", "Uhrzeit der Zustellung", "09:40"),
        tag("vorgepfaendet_am", "Vorpfändung zugestellt am (§ 845 ZPO)"),
        tag("angezeigt_am", "Abtretung angezeigt am (§ 407 BGB)"),
        ja("ueberwiesen", "ja, wenn zur Einziehung überwiesen (§ 835 ZPO); leer = ja", "ja"),
        ja("ausgeschlossen", "ja, wenn die Abtretung ausgeschlossen ist (§ 399 BGB)"),
        ja("streitig", "ja, wenn der Rang streitig ist (§ 853 ZPO)"),
        ja("nach_eroeffnung", "ja bei Unterhalt nach Eröffnung der Insolvenz"),
        geld("hauptforderung", "Hauptforderung; leer = ohne Grenze", "2.840,00"),
        geld("zinsen", "Zinsen bis zur Zustellung"), geld("kosten", "Kosten"),
        kommazahl("zinssatz", "30", 3, "laufende Zinsen, Prozent im Jahr"), tag("zinsen_ab", "Zinsen laufen ab"),
        geld("monatsbetrag", "laufender Unterhalt im Monat"),
        geld("gezahlt_vorher", "vor der Erfassung hier schon gezahlt"),
        zahl("unterhaltsberechtigte", 0, 20, "Unterhaltsberechtigte; leer = nach den Unterhaltspflichten"),
        geld("gericht_freibetrag", "vom Gericht belassener Betrag im Monat (§ 850d ZPO)"),
        zahl("gericht_rest_zaehler", 0, 99, "vom Rest zu belassen: Zähler", "0"),
        zahl("gericht_rest_nenner", 1, 99, "vom Rest zu belassen: Nenner; leer = 1", "1"),
        geld("gericht_betrag", "vom Gericht bestimmter pfändbarer Betrag (§ 850c Abs. 6 ZPO)"),
        geld("gericht_zusatz", "zusätzlich zu belassen (§ 850f Abs. 1 ZPO)"),
        zahl("unterhaltsrang", 0, 9, "Rang nach § 1609 BGB"), zahl("anteil", 0, 9999, "Anteil unter Gleichrangigen"),
        ja("verrechnung", "Unterhalt zuerst aus dem Vorrechtsbereich (§ 850e Nr. 4 ZPO); leer = ja", "ja"),
        ja("zusammenrechnung", "ja, wenn das Gericht Einkommen zusammenrechnet (§ 850e Nr. 2 ZPO)"),
        geld("weiteres_einkommen", "zusammengerechnetes Einkommen andernorts"),
        wahl("grundbetrag_bei", GRUNDBETRAG_BEI, "unpfändbarer Betrag zuerst; leer = hier")), LESEN, SCHREIBEN),
    Blatt("Unterhaltspflichten", Unterhaltspflicht, (
        zahl("nummer", 1, 30, "laufende Nummer bei der Person", "1", pflicht=True),
        wort("name", "Name", "Lena", pflicht=True), wahl("verhaeltnis", VERHAELTNISSE, "Verhältnis", pflicht=True),
        tag("geburtsdatum", "Geburtsdatum"), geld("eigenes_einkommen", "eigenes Einkommen im Monat, nur zur Auskunft"),
    ), LESEN, SCHREIBEN),
    Blatt("Ausschlüsse", Unterhaltsausschluss, (
        zahl("forderung", 1, 99, "Nummer der Forderung", "1", pflicht=True),
        zahl("unterhaltspflicht", 1, 30, "Nummer der Unterhaltspflicht", "1", pflicht=True),
        ja("ganz", "ja, wenn der Mensch ganz unberücksichtigt bleibt; leer = ja", "ja"),
        wort("beschluss", "Beschluss des Gerichts (§ 850c Abs. 6 ZPO)")), LESEN, SCHREIBEN),
)
