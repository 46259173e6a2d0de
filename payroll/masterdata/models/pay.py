"""Bezüge: Eingruppierung, wiederkehrende Bezüge und die Lohnarten, die ihre Wirkung beschreiben."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from sqlalchemy import BigInteger, Boolean, CheckConstraint, Numeric, SmallInteger, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from payroll.masterdata.arbeitstage import REGEL
from payroll.masterdata.models.facts import Anchor, Fact, belongs_to
from tenants.db.base import Base
from tenants.models.tenant import one_of

ZIELE = (
    "grundentgelt",
    "zulagen",
    "vwl_ag",
    "steuerfreie_bezuege",
    "einmalzahlung",
    "sonstige_abzuege",
    "vwl_sparbetrag",
    "nettobezuege",
    "entgeltumwandlung",
    "nl_dienstwagen_zuzahlung",
    "nl_dienstrad_listenpreis",
    "nl_fahrtkostenzuschuss",
    "nl_jobticket",
    "nl_jobticket_eigenanteil",
    "nl_mahlzeiten_zuzahlung",
    "nl_pauschal_25_geld",
    "nl_pauschal_25_sach",
    "nl_pauschal_37b",
    "nl_sachbezuege_freigrenze",
    "nl_sachbezug_individuell",
    "nl_unterkunft_zuzahlung",
    "nl_wohnung_wert",
    "keines",
)
STEUER = ("pflichtig", "einmalig", "frei", "pauschal", "keine")
SV = ("laufend", "einmalig", "frei", "keine")
PERSONENKREIS = ("alle", "tarif", "beamte", "auszubildende")
ENTSTEHUNG = ("tabelle", "fest", "stunden", "tage", "prozent", "abgeleitet", "eingabe")
SONDERZAHLUNG = ("ja", "nein", "ausbildung", "unklar")
DURCHSCHNITT = ("monat", "durchschnitt", "nein", "unklar")
PFAENDBAR = ("ganz", "halb", "nicht", "zusammenrechnung", "mindert", "entfaellt", "unklar")
GESAMTBRUTTO = ("plus", "minus", "neutral", "ohne", "unklar")
STATISTIK = ("regelmaessig", "sonstige_bezuege", "zuschlaege", "ueberstunden", "keine", "unklar")
MIETENSTUFEN = ("I", "II", "III", "IV", "V", "VI", "VII")
EINSTIEGSAEMTER = ("A5-A6", "A7-A8")
SICHERHEIT = ("hoch", "mittel", "niedrig")


def _known(default: str) -> Mapped[str]:
    """Spalte mit bekannten Worten; wer nichts angibt, behauptet nichts."""
    return mapped_column(default=default, server_default=text(f"'{default}'"))


class Bezuegezuordnung(Fact, Base):
    """Tarifwerk, Gruppe, Stufe und Arbeitszeit (Stunden und Tage der Woche) einer Beschäftigung.

    `erfahrung_monate`: bei der ersten Ernennung anerkannte Zeiten (§ 30 LBesG NRW); Stufe und Beginn folgen daraus.
    `arbeitstage_woche`: Wochentage mit Arbeit, ohne Angabe Montag bis Freitag (§§ 21, 26 TVöD).
    """

    __tablename__ = "bezuegezuordnung"
    keys = ("beschaeftigung_id",)
    __table_args__ = (
        *belongs_to("beschaeftigung"),
        CheckConstraint("tarifwerk <> '' AND entgeltgruppe <> '' AND stufe <> ''", name="eingruppierung"),
        CheckConstraint("wochenstunden > 0 AND wochenstunden <= 60", name="wochenstunden"),
        CheckConstraint("vollzeitstunden > 0 AND vollzeitstunden <= 60", name="vollzeitstunden"),
        CheckConstraint("erfahrung_monate IS NULL OR (erfahrung_monate BETWEEN 0 AND 600 AND tarifwerk = 'NRW-A')",
                        name="erfahrung_monate"),
        CheckConstraint(f"arbeitstage_woche ~ '{REGEL}'", name="arbeitstage_woche"),
    )

    beschaeftigung_id: Mapped[int] = mapped_column(BigInteger)
    tarifwerk: Mapped[str]
    entgeltgruppe: Mapped[str]
    stufe: Mapped[str]
    stufe_seit: Mapped[date | None]
    wochenstunden: Mapped[Decimal] = mapped_column(Numeric(5, 2))
    vollzeitstunden: Mapped[Decimal] = mapped_column(Numeric(5, 2))
    erfahrung_monate: Mapped[int | None] = mapped_column(SmallInteger)
    arbeitstage_woche: Mapped[str | None]


class Familienzuschlag(Fact, Base):
    """Was den Familienzuschlag einer Beamtin oder eines Beamten bestimmt (§§ 42, 43 LBesG NRW); ohne Zeile keiner.

    `stufe1`: Anspruch auf die Stufe 1 (verheiratet, verwitwet, …); `kinder`: Zahl der berücksichtigten Kinder;
    `mietenstufe`: Stufe der Gemeinde des Hauptwohnsitzes, nur mit Kindern nötig. `geteilt`: auch die Ehe- oder
    Lebenspartnerin hat im öffentlichen Dienst Anspruch auf Stufe 1, jede erhält die Hälfte; `gemeinsam_vollzeit`:
    beide zusammen erreichen die volle Arbeitszeit. `einstiegsamt`: bei Anwärtern A5 bis A8.
    """

    __tablename__ = "familienzuschlag"
    keys = ("beschaeftigung_id",)
    __table_args__ = (
        *belongs_to("beschaeftigung"),
        CheckConstraint("kinder BETWEEN 0 AND 20", name="kinder"),
        CheckConstraint("stufe1 OR kinder > 0", name="anspruch"),
        CheckConstraint(one_of("mietenstufe", MIETENSTUFEN), name="mietenstufe"),
        CheckConstraint("kinder = 0 OR mietenstufe IS NOT NULL", name="wohnsitz"),
        CheckConstraint("stufe1 OR NOT geteilt", name="geteilt"),
        CheckConstraint("geteilt OR NOT gemeinsam_vollzeit", name="gemeinsam_vollzeit"),
        CheckConstraint(one_of("einstiegsamt", EINSTIEGSAEMTER), name="einstiegsamt"),
    )

    beschaeftigung_id: Mapped[int] = mapped_column(BigInteger)
    stufe1: Mapped[bool] = mapped_column(Boolean, default=False, server_default=text("false"))
    kinder: Mapped[int] = mapped_column(SmallInteger, default=0, server_default=text("0"))
    mietenstufe: Mapped[str | None]
    geteilt: Mapped[bool] = mapped_column(Boolean, default=False, server_default=text("false"))
    gemeinsam_vollzeit: Mapped[bool] = mapped_column(Boolean, default=False, server_default=text("false"))
    einstiegsamt: Mapped[str | None]


class Lohnart(Anchor, Base):
    """Nummer einer Lohnart; was sie bewirkt, steht datiert in LohnartStand."""

    __tablename__ = "lohnart"
    __table_args__ = (
        UniqueConstraint("tenant_id", "nummer"),
        CheckConstraint("nummer BETWEEN 1 AND 9999", name="nummer"),
    )

    nummer: Mapped[int] = mapped_column(SmallInteger)


class LohnartStand(Fact, Base):
    """Text und Wirkung einer Lohnart in einem Zeitraum.

    `ziel` nennt die Eingangsspalte der Abrechnung, in die ihr Betrag fließt; `teilzeit` und `tage` sagen, ob der
    Betrag nach Arbeitszeit und nach Kalendertagen gekürzt wird.

    Auskunft über die Lohnart, nicht über einen Betrag: `entstehung` (woraus er kommt), `sonderzahlung` (Bemessung nach
    § 20 TVöD; „ausbildung“: August bis Oktober), `durchschnitt` (§ 21 TVöD: läuft als Monatsbetrag weiter oder geht in
    den Tagesdurchschnitt), `pfaendbar` (§§ 850a bis 850e ZPO), `gesamtbrutto` (Entgeltbescheinigung), `statistik`
    (Gliederung der Verdiensterhebung), `sicherheit` (wie gut die Angaben belegt sind). „unklar“ wird nie gerechnet.
    """

    __tablename__ = "lohnart_stand"
    keys = ("lohnart_id",)
    __table_args__ = (
        *belongs_to("lohnart"),
        CheckConstraint("text <> ''", name="text"),
        CheckConstraint(one_of("ziel", ZIELE), name="ziel"),
        CheckConstraint(one_of("steuer", STEUER), name="steuer"),
        CheckConstraint(one_of("sv", SV), name="sv"),
        CheckConstraint(one_of("personenkreis", PERSONENKREIS), name="personenkreis"),
        CheckConstraint(one_of("entstehung", ENTSTEHUNG), name="entstehung"),
        CheckConstraint(one_of("sonderzahlung", SONDERZAHLUNG), name="sonderzahlung"),
        CheckConstraint(one_of("durchschnitt", DURCHSCHNITT), name="durchschnitt"),
        CheckConstraint(one_of("pfaendbar", PFAENDBAR), name="pfaendbar"),
        CheckConstraint(one_of("gesamtbrutto", GESAMTBRUTTO), name="gesamtbrutto"),
        CheckConstraint(one_of("statistik", STATISTIK), name="statistik"),
        CheckConstraint(one_of("sicherheit", SICHERHEIT), name="sicherheit"),
    )

    lohnart_id: Mapped[int] = mapped_column(BigInteger)
    text: Mapped[str]
    ziel: Mapped[str]
    steuer: Mapped[str]
    sv: Mapped[str]
    zv: Mapped[bool] = mapped_column(Boolean)
    teilzeit: Mapped[bool] = mapped_column(Boolean)
    tage: Mapped[bool] = mapped_column(Boolean)
    konto: Mapped[str | None]
    recht: Mapped[str | None]
    personenkreis: Mapped[str] = _known("alle")
    entstehung: Mapped[str] = _known("eingabe")
    sonderzahlung: Mapped[str] = _known("unklar")
    durchschnitt: Mapped[str] = _known("unklar")
    pfaendbar: Mapped[str] = _known("unklar")
    gesamtbrutto: Mapped[str] = _known("unklar")
    statistik: Mapped[str] = _known("unklar")
    sicherheit: Mapped[str] = _known("niedrig")


class WiederkehrenderBezug(Fact, Base):
    """Betrag einer Lohnart je Monat von `valid_from` bis `valid_to`.

    Einmalzahlungen gelten für den einen Monat, in dem `valid_from` liegt. Negative Beträge sind üblich.
    """

    __tablename__ = "wiederkehrender_bezug"
    keys = ("beschaeftigung_id", "lohnart_id", "laufnummer")
    __table_args__ = (
        *belongs_to("beschaeftigung"),
        *belongs_to("lohnart"),
        CheckConstraint("laufnummer BETWEEN 1 AND 99", name="laufnummer"),
    )

    beschaeftigung_id: Mapped[int] = mapped_column(BigInteger)
    lohnart_id: Mapped[int] = mapped_column(BigInteger)
    laufnummer: Mapped[int] = mapped_column(SmallInteger, default=1, server_default=text("1"))
    betrag_cent: Mapped[int] = mapped_column(BigInteger)
