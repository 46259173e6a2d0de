"""Welche Tatsachen am Schreibtisch erfasst werden: Worte, Felder und Auswahlen je Art."""

from __future__ import annotations

from decimal import Decimal

from flask_babel import get_locale
from flask_babel import lazy_gettext as _
from sqlalchemy import select

from payroll.law.encode import TARIFWERKE
from payroll.masterdata.models import (
    Bankverbindung,
    BeschaeftigungAngaben,
    Bezuegezuordnung,
    Familienzuschlag,
    Kind,
    Krankenkasse,
    PersonAngaben,
    Steuermerkmale,
    Versicherung,
    Vortragswerte,
    WeitereBeschaeftigung,
    WiederkehrenderBezug,
    Zusatzversorgung,
    ZvKasse,
)
from payroll.masterdata.models.pay import EINSTIEGSAEMTER, MIETENSTUFEN
from payroll.web.desk import code_words
from payroll.web.desk.fact_fields import Choices, FactKind, Field, choice
from payroll.web.desk.kinds_beside import BESIDE
from payroll.web.desk.meldung_kinds import MELDUNG_KINDS
from payroll.web.desk.tarif_kinds import TARIF_KINDS
from payroll.web.desk.wage_choice import choices as wage_types
from tenants.db.session import TenantSession


def _funds(session: TenantSession) -> Choices:
    rows = session.scalars(select(Krankenkasse).order_by(Krankenkasse.name)).all()
    return {row.kuerzel: (row.id, row.name) for row in rows}


def _pension_funds(session: TenantSession) -> Choices:
    rows = session.scalars(select(ZvKasse).order_by(ZvKasse.name)).all()
    return {row.kuerzel: (row.id, row.name) for row in rows}


def _country(code: str) -> str:
    """Name des Landes; was kein Land ist, bleibt, wie es ist."""
    known = get_locale()
    return str(known.territories.get(code, code)) if known is not None and len(code) == 2 else code


def _nationality(code: str) -> str:
    """Ein Schlüssel des Statistischen Bundesamts mit Wort; ein verdeckter bleibt verdeckt."""
    if code == "000":
        return str(_("deutsch"))
    return str(_("Schlüssel %(code)s", code=code)) if code.isdigit() else code


ARTEN = choice(tarif="Tarif", beamte="Beamtin/Beamter", auszubildende="Ausbildung", minijob="Minijob",
               hinterbliebene="Hinterbliebene (Sterbegeld)")
KV_ARTEN = choice(
    gesetzlich="gesetzlich pflichtversichert", freiwillig="freiwillig gesetzlich", privat="privat", keine="keine"
)

KINDS: dict[str, FactKind] = {
    "angaben": FactKind(
        PersonAngaben,
        _("Person"),
        "person",
        (
            Field("nachname", _("Nachname"), required=True),
            Field("vorname", _("Vorname"), required=True),
            Field("geburtsdatum", _("Geburtsdatum"), "day", required=True),
            Field("strasse", _("Straße und Hausnummer")),
            Field("plz", _("Postleitzahl")),
            Field("ort", _("Ort")),
            Field("land", _("Land"), default="DE", hint=_("Zwei Buchstaben, zum Beispiel DE."), says=_country),
            Field("steuer_id", _("Steuer-Identifikationsnummer"), hint=_("Elf Ziffern.")),
            Field("sv_nummer", _("Versicherungsnummer"), hint=_("Zwölf Stellen, zum Beispiel 15070649C103.")),
            Field("staatsangehoerigkeit", _("Staatsangehörigkeit"), hint=_(
                "Drei Ziffern des Statistischen Bundesamts, 000 für deutsch; steht in den Meldungen zur "
                "Sozialversicherung."), says=_nationality),
            Field("geschlecht", _("Geschlecht"), "choice", choices=choice(
                weiblich=_("weiblich"), maennlich=_("männlich"), divers=_("divers"), unbestimmt=_("ohne Eintrag")),
                  hint=_("Eintrag im Personenstand; nur für Meldungen und den Gleichstellungsplan.")),
            Field("schwerbehinderung", _("Schwerbehinderung"), "choice", choices=choice(
                schwerbehindert=_("schwerbehindert"), gleichgestellt=_("gleichgestellt")),
                  hint=_("Nur mit Nachweis; leer heißt: nicht mitgeteilt.")),
        ),
    ),
    "bank": FactKind(
        Bankverbindung,
        _("Bankverbindung"),
        "person",
        (
            Field("iban", _("IBAN"), required=True, hint=_("Zum Beispiel DE89 3704 0044 0532 0130 00.")),
            Field("kontoinhaber", _("Kontoinhaber, falls abweichend")),
        ),
        endable=True,
    ),
    "kinder": FactKind(
        Kind,
        _("Kinder"),
        "person",
        (
            Field("nummer", _("Laufende Nummer"), "whole", required=True),
            Field("geburtsdatum", _("Geburtsdatum"), "day", required=True),
            Field("vorname", _("Vorname")),
            Field("nachweis_am", _("Nachweis eingegangen am"), "day",
                  hint=_("Leer, wenn er schon vor dem ersten Tag vorlag. Für ein Kind, das ab Juli 2025 geboren ist, "
                         "wirkt ein später Nachweis erst ab dem Folgemonat (§ 55 Abs. 3 SGB XI).")),
            Field("nachweis_elektronisch", _("Im elektronischen Verfahren gemeldet"), "yes",
                  hint=_("Wirkt ab dem Monat der Geburt, gleich wann die Meldung kam.")),
        ),
        several=True,
        endable=True,
    ),
    "weitere": FactKind(
        WeitereBeschaeftigung,
        _("Weitere Beschäftigungen bei anderen Arbeitgebern"),
        "person",
        (
            Field("nummer", _("Laufende Nummer"), "whole", required=True, default=1),
            Field("art", _("Art"), "choice", required=True, choices=choice(
                versichert="versicherungspflichtig", minijob="Minijob", kurzfristig="kurzfristig")),
            Field("entgelt_monat_cent", _("Bruttoentgelt im Monat"), "money", required=True,
                  hint=_("Laufendes Entgelt dort; es teilt sich die Beitragsbemessungsgrenze (§ 22 Abs. 2 SGB IV).")),
            Field("arbeitgeber", _("Arbeitgeber"), hint=_("Wird verschlüsselt gespeichert.")),
            Field("arbeitstage", _("Arbeitstage dort"), "whole",
                  hint=_("Nur kurzfristig; „gültig ab“ und „gültig bis“ sind Beginn und Ende (§ 8 SGB IV).")),
        ),
        several=True,
        endable=True,
    ),
    "beschaeftigung": FactKind(
        BeschaeftigungAngaben,
        _("Beschäftigung"),
        "job",
        (
            Field("art", _("Art"), "choice", required=True, choices=ARTEN),
            Field("eintritt", _("Eintritt"), "day", required=True),
            Field("austritt", _("Austritt"), "day"),
            Field("kostenstelle", _("Kostenstelle")),
            Field("taetigkeitsschluessel", _("Tätigkeitsschlüssel"), hint=_(
                "Neun Ziffern der Bundesagentur für Arbeit; ohne ihn wird nicht gemeldet (§ 28a Abs. 3 SGB IV).")),
            Field("gefahrtarifstelle", _("Gefahrtarifstelle"), hint=_(
                "Nur wenn sie eine andere ist als beim Arbeitgeber (Meldungen, „Unfallversicherung“).")),
            Field("email", _("E-Mail für das Portal")),
            Field("verstorbene", _("Hinterbliebene: Personalnummer der verstorbenen Person"),
                  hint=_("Das Sterbegeld wird im Monat des Eintritts gezahlt (§ 23 Abs. 3 TVöD, § 22 LBeamtVG NRW).")),
            Field("verhaeltnis", _("Hinterbliebene: Verhältnis zur verstorbenen Person"), "choice", choices=choice(
                ehegatte="Ehegatte", lebenspartner="Lebenspartner", kind="Kind", sonstige="sonstige (nur Beamte)")),
        ),
    ),
    "eingruppierung": FactKind(
        Bezuegezuordnung,
        _("Eingruppierung und Arbeitszeit"),
        "job",
        (
            Field("tarifwerk", _("Tarifwerk"), "choice", required=True, says=code_words.tarif,
                  choices=tuple((name, code_words.offered(name)) for name in TARIFWERKE)),
            Field("entgeltgruppe", _("Entgeltgruppe"), required=True, hint=_("Wie in der Tabelle, zum Beispiel E9a.")),
            Field("stufe", _("Stufe"), hint=_("Leer nur, wenn sie aus anerkannten Monaten folgt.")),
            Field("stufe_seit", _("Stufe seit"), "day"),
            Field("erfahrung_monate", _("Anerkannte Monate bei erster Ernennung"), "whole",
                  hint=_("Nur Besoldungsordnung A, auch 0: Stufe und Beginn folgen daraus (§§ 29, 30 LBesG NRW).")),
            Field("wochenstunden", _("Wochenstunden"), "number", required=True),
            Field("vollzeitstunden", _("Wochenstunden bei Vollzeit"), "number", required=True, default=Decimal(39)),
            Field("arbeitstage_woche", _("Arbeitstage der Woche"),
                  hint=_("Zum Beispiel Mo-Mi oder Mo Di Fr/2; leer heißt Montag bis Freitag (§§ 21, 26 TVöD).")),
        ),
        needed=("tarif", "beamte", "auszubildende"),
    ),
    "familienzuschlag": FactKind(
        Familienzuschlag,
        _("Familienzuschlag"),
        "job",
        (
            Field("stufe1", _("Anspruch auf Stufe 1"), "yes", hint=_("Zum Beispiel verheiratet oder verwitwet.")),
            Field("kinder", _("Berücksichtigte Kinder"), "whole", required=True, default=0),
            Field("mietenstufe", _("Mietenstufe"), "choice", choices=choice(*MIETENSTUFEN),
                  hint=_("Gemeinde des Hauptwohnsitzes; mit Kindern nötig.")),
            Field("geteilt", _("Stufe 1 geteilt"), "yes",
                  hint=_("Auch die Ehe- oder Lebenspartnerin hat sie im öffentlichen Dienst (§ 42 LBesG NRW).")),
            Field("gemeinsam_vollzeit", _("Zusammen volle Arbeitszeit"), "yes",
                  hint=_("Dann mindert Teilzeit die halbe Stufe 1 nicht.")),
            Field("einstiegsamt", _("Einstiegsamt"), "choice", choices=choice(*EINSTIEGSAEMTER),
                  hint=_("Nur Anwärterinnen und Anwärter A5 bis A8.")),
        ),
        endable=True,
    ),
    "bezuege": FactKind(
        WiederkehrenderBezug,
        _("Wiederkehrende Bezüge und Abzüge"),
        "job",
        (
            Field("lohnart_id", _("Lohnart"), "choice", required=True, source=wage_types),
            Field("laufnummer", _("Laufende Nummer"), "whole", required=True, default=1),
            Field("betrag_cent", _("Betrag im Monat"), "money", required=True,
                  hint=_("Auch Abzüge ohne Minuszeichen: Die Lohnart zieht ab.")),
        ),
        several=True,
        endable=True,
    ),
    "steuer": FactKind(
        Steuermerkmale,
        _("Steuermerkmale"),
        "job",
        (
            Field("steuerklasse", _("Steuerklasse"), "whole", required=True, hint=_("1 bis 6.")),
            Field("faktor", _("Faktor"), "number", places=3, hint=_("Nur bei Steuerklasse 4, zum Beispiel 0,875.")),
            Field("kinderfreibetraege", _("Kinderfreibeträge"), "number", places=1, default=Decimal(0)),
            Field("konfession", _("Konfession"), "choice", required=True, choices=choice(
                keine="keine", ev="evangelisch", rk="römisch-katholisch")),
            Field("freibetrag_monat_cent", _("Freibetrag im Monat"), "money", default=0),
            Field("hinzurechnung_monat_cent", _("Hinzurechnung im Monat"), "money", default=0),
            Field("freibetrag_jahr_cent", _("Freibetrag im Jahr"), "money", default=0),
            Field("hinzurechnung_jahr_cent", _("Hinzurechnung im Jahr"), "money", default=0),
            Field("pkv_basis_monat_cent", _("Private Basisabsicherung im Monat"), "money", default=0),
            Field("ausgleich_verzicht", _("Kein Jahresausgleich gewünscht"), "yes",
                  hint=_("Dann gibt es im Dezember keinen Lohnsteuer-Jahresausgleich (§ 42b Abs. 1 EStG).")),
            Field("auslandslohn", _("Ausländischer Arbeitslohn ohne deutsche Lohnsteuer"), "yes",
                  hint=_("Nach einem Doppelbesteuerungsabkommen oder dem Auslandstätigkeitserlass freigestellt.")),
            Field("aktivrente_erklaerung", _("Erklärung zur Aktivrente liegt vor"), "yes",
                  hint=_("Nur in Steuerklasse VI nötig: Sie wird nirgends sonst genutzt (§ 3 Nr. 21 EStG).")),
        ),
        needed=("tarif", "beamte", "auszubildende"),
    ),
    "versicherung": FactKind(
        Versicherung,
        _("Sozialversicherung"),
        "job",
        (
            Field("kv_art", _("Krankenversicherung"), "choice", required=True, choices=KV_ARTEN),
            Field("krankenkasse_id", _("Krankenkasse"), "choice", source=_funds),
            Field("beitragsgruppe", _("Beitragsgruppe"), says=code_words.beitragsgruppe,
                  hint=_("Vier Ziffern, zum Beispiel 1111.")),
            Field("personengruppe", _("Personengruppe"), "whole", says=code_words.personengruppe,
                  hint=_("Drei Ziffern, zum Beispiel 101.")),
            Field("elterneigenschaft", _("Elterneigenschaft nachgewiesen"), "yes"),
            Field("sachsen", _("Beschäftigungsort in Sachsen"), "yes"),
            Field("pkv_beitrag_monat_cent", _("Beitrag private Krankenversicherung"), "money", default=0),
            Field("ppv_beitrag_monat_cent", _("Beitrag private Pflegeversicherung"), "money", default=0),
            Field("regelmaessiges_entgelt_cent", _("Regelmäßiges Entgelt im Monat"), "money",
                  hint=_("Nur für den Übergangsbereich; bei mehreren Beschäftigungen alle zusammen.")),
            Field("pkv_ohne_krankengeld", _("Privat versichert ohne Krankengeld"), "yes",
                  hint=_("Dann gilt für den Zuschuss der ermäßigte Beitragssatz (§ 257 Abs. 2 SGB V).")),
            Field("anderweitig_rentenversichert", _("Anderweitig rentenversichert"), "yes",
                  hint=_("Im Minijob entfällt dann die Mindestbemessungsgrundlage (§ 163 Abs. 8 SGB VI).")),
            Field("individuell_besteuert", _("Minijob nach Steuermerkmalen"), "yes",
                  hint=_("Statt der Pauschsteuer von 2 %; dann sind Steuermerkmale nötig (§ 40a EStG).")),
            Field("dienst_nach_beschaeftigung", _("Freiwilligendienst nach einer Beschäftigung"), "yes",
                  hint=_("Höchstens sechs Monate nach einer versicherten Beschäftigung (§ 344 Abs. 2 SGB III).")),
            Field("befreiung_eingang", _("Antrag auf Befreiung eingegangen am"), "day",
                  hint=_("Minijob: befreit ab dem Ersten dieses Monats, rechtzeitig gemeldet (§ 6 Abs. 4 SGB VI).")),
            Field("befreiung_gemeldet", _("Befreiung gemeldet am"), "day",
                  hint=_("Nur bei Meldung nach mehr als sechs Wochen; leer heißt: mit der nächsten Abrechnung.")),
            Field("befreiung_widerruf", _("Widerruf der Befreiung eingegangen am"), "day",
                  hint=_("Seit 1. Juli 2026, wirkt ab dem Folgemonat (§ 6 Abs. 6 SGB VI).")),
            Field("kurzfristig_arbeitstage", _("Kurzfristig: Arbeitstage"), "whole",
                  hint=_("Vereinbarte Arbeitstage der ganzen Beschäftigung.")),
            Field("kurzfristig_stunden", _("Kurzfristig: Arbeitsstunden"), "number",
                  hint=_("Vereinbarte Stunden der ganzen Beschäftigung.")),
            Field("kurzfristig_pauschal", _("Kurzfristig: Lohnsteuer pauschal 25 %"), "yes",
                  hint=_("Bis 18 Arbeitstage, 150 Euro je Tag, 19 Euro je Stunde (§ 40a Abs. 1 EStG).")),
            Field("berufsmaessig", _("Kurzfristig: berufsmäßig"), "yes"),
            Field("pauschal_20", _("Geringfügig: Lohnsteuer pauschal 20 %"), "yes",
                  hint=_("Nur ohne pauschale Rentenversicherung, zum Beispiel zweiter Minijob (§ 40a Abs. 2a EStG).")),
        ),
        needed=("tarif", "auszubildende", "minijob"),
    ),
    "vortrag": FactKind(
        Vortragswerte,
        _("Vortragswerte des Jahres"),
        "job",
        (
            Field("jahr", _("Kalenderjahr"), "whole", required=True, hint=_("Vier Ziffern, zum Beispiel 2026.")),
            Field("herkunft", _("Herkunft"), "choice", required=True, choices=choice(
                vorsystem="hier beschäftigt, vor der ersten Abrechnung", arbeitgeber="früherer Arbeitgeber"),
                hint=_("Von früheren Arbeitgebern zählt nur der Arbeitslohn (§ 39b Abs. 3 EStG).")),
            Field("sv_tage", _("SV-Tage"), "whole", required=True, default=0, hint=_("Ein voller Monat hat 30.")),
            Field("sv_brutto_kv_cent", _("Beitragspflichtig Kranken- und Pflegeversicherung"), "money", default=0),
            Field("sv_brutto_rv_cent", _("Beitragspflichtig Renten- und Arbeitslosenversicherung"), "money", default=0),
            Field("steuerbrutto_cent", _("Steuerpflichtiger Arbeitslohn"), "money", default=0),
            Field("zv_steuerfrei_cent", _("Steuerfreie Umlage der Zusatzversorgung"), "money", default=0),
        ),
        several=True,
        endable=True,
    ),
    "zusatzversorgung": FactKind(
        Zusatzversorgung,
        _("Zusatzversorgung"),
        "job",
        (
            Field("zv_kasse_id", _("Kasse"), "choice", required=True, source=_pension_funds),
            Field("mitgliedsnummer", _("Mitgliedsnummer")),
        ),
        endable=True,
    ),
    **BESIDE,
    **TARIF_KINDS,
    **MELDUNG_KINDS,
}  # fmt: skip
__all__ = ["KINDS", "Choices", "FactKind", "Field"]
