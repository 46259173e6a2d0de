"""Tatsachen, die über das Entgelt nach Tarif und Besoldung entscheiden: Fehlzeiten, Stufen, Dienstzeiten, Anlässe."""

from __future__ import annotations

import uuid
from datetime import date
from decimal import Decimal

from sqlalchemy import BigInteger, Boolean, CheckConstraint, LargeBinary, Numeric, SmallInteger, Uuid, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from payroll.masterdata.models.facts import Fact, belongs_to
from tenants.db.base import Base
from tenants.models.tenant import one_of

FEHLZEITEN = (
    "krankheit",
    "kind_krank",
    "mutterschutz",
    "beschaeftigungsverbot",
    "elternzeit",
    "sonderurlaub",
    "sonderurlaub_dienstlich",
    "pflegezeit",
    "pflege_kurz",
    "streik",
    "unentschuldigt",
    "rente_auf_zeit",
    "freistellung",
    "altersteilzeit",
    "absonderung",
    "taetigkeitsverbot",
    "elternzeit_teilzeit",
    "urlaub",
)
STOERFAELLE = ("ende_beschaeftigung", "tod", "erwerbsminderung", "aufgabe")
ZULAGENARTEN = (
    "wechselschicht",
    "wechselschicht_krankenhaus",
    "wechselschicht_pflegeheim",
    "schicht",
    "praxisanleitung",
    "wohngruppe",
    "sue_fallgruppe_6",
    "strukturausgleich",
    "vermoegenswirksam",
    "strukturzulage",
    "ausgleich_familie",
    "begrenzt_dienstfaehig",
    "pkv_elternzeit",
)
NACH_SCHICHT = ("schicht", "wechselschicht", "wechselschicht_krankenhaus", "wechselschicht_pflegeheim")
UMWANDLUNGSTAG = "umwandlungstag"
NICHT_IM_LAUF = ("tauschtage", UMWANDLUNGSTAG)  # no payment of their month: they lessen another one
ANLAESSE = ("urlaubsabgeltung", "abschlusspraemie", "tauschtage", UMWANDLUNGSTAG)


class Fehlzeit(Fact, Base):
    """Abwesenheit; an einem Tag gilt höchstens eine. Diagnosen stehen hier nie.

    `kette`: Krankheiten mit gleicher Nummer haben dieselbe Ursache; `vorerkrankungstage`: anzurechnende Tage davor, die
    hier nicht erfasst sind. Krankengeld je Kalendertag in Cent (brutto, nach Abzug der Beiträge). `netto_tag_cent`:
    nachgewiesenes Netto eines Tages vor der Mutterschutzfrist, wenn es hier nicht abgerechnet wurde.
    """

    __tablename__ = "fehlzeit"
    keys = ("beschaeftigung_id",)
    __table_args__ = (
        *belongs_to("beschaeftigung"),
        CheckConstraint(one_of("art", FEHLZEITEN), name="fehlzeit_art"),
        CheckConstraint("kette IS NULL OR (art = 'krankheit' AND kette BETWEEN 1 AND 99)", name="kette"),
        CheckConstraint("vorerkrankungstage BETWEEN 0 AND 42", name="vorerkrankungstage"),
        CheckConstraint("krankengeld_netto_tag_cent IS NULL OR (krankengeld_tag_cent IS NOT NULL AND "
                        "krankengeld_netto_tag_cent BETWEEN 0 AND krankengeld_tag_cent)", name="krankengeld"),
        CheckConstraint("krankengeld_tag_cent IS NULL OR krankengeld_tag_cent >= 0", name="krankengeld_tag"),
        CheckConstraint("art NOT IN ('elternzeit', 'elternzeit_teilzeit') OR kind_geboren_am IS NOT NULL",
                        name="elternzeit"),
        CheckConstraint("netto_tag_cent IS NULL OR netto_tag_cent >= 0", name="netto_tag"),
    )

    beschaeftigung_id: Mapped[int] = mapped_column(BigInteger)
    art: Mapped[str]
    kette: Mapped[int | None] = mapped_column(SmallInteger)
    vorerkrankungstage: Mapped[int] = mapped_column(SmallInteger, default=0, server_default=text("0"))
    krankengeld_tag_cent: Mapped[int | None] = mapped_column(BigInteger)
    krankengeld_netto_tag_cent: Mapped[int | None] = mapped_column(BigInteger)
    krankengeld_bis: Mapped[date | None]
    kind_geboren_am: Mapped[date | None]
    netto_tag_cent: Mapped[int | None] = mapped_column(BigInteger)


class Stufenregelung(Fact, Base):
    """Was vom gewöhnlichen Lauf der Stufen abweicht (§§ 16, 17 TVöD, §§ 6, 7 TVÜ-VKA).

    `verkuerzt_monate`: um wie viel die Laufzeit kürzer ist (negativ: länger); `angehalten`: die Stufe steigt nicht;
    `einstellungsstufe`: Stufe, unter die eine Unterbrechung nicht führt; `betrag_cent`: individuelle Zwischen- oder
    Endstufe bei Vollzeit; `gruppe_bisher`, `stufe_bisher`: vor einer Höhergruppierung in der Tabelle S.
    """

    __tablename__ = "stufenregelung"
    keys = ("beschaeftigung_id",)
    __table_args__ = (
        *belongs_to("beschaeftigung"),
        CheckConstraint("verkuerzt_monate BETWEEN -120 AND 120", name="verkuerzt_monate"),
        CheckConstraint("einstellungsstufe IS NULL OR einstellungsstufe BETWEEN 1 AND 12", name="einstellungsstufe"),
        CheckConstraint("betrag_cent IS NULL OR betrag_cent > 0", name="individuelle_stufe"),
        CheckConstraint("(gruppe_bisher IS NULL) = (stufe_bisher IS NULL)", name="bisher"),
    )

    beschaeftigung_id: Mapped[int] = mapped_column(BigInteger)
    verkuerzt_monate: Mapped[int] = mapped_column(SmallInteger, default=0, server_default=text("0"))
    angehalten: Mapped[bool] = mapped_column(Boolean, default=False, server_default=text("false"))
    einstellungsstufe: Mapped[int | None] = mapped_column(SmallInteger)
    betrag_cent: Mapped[int | None] = mapped_column(BigInteger)
    gruppe_bisher: Mapped[str | None]
    stufe_bisher: Mapped[str | None]


class HoehereTaetigkeit(Fact, Base):
    """Vorübergehend übertragene höherwertige Tätigkeit (§ 14 TVöD), Gruppe im eigenen Tarifwerk."""

    __tablename__ = "hoehere_taetigkeit"
    keys = ("beschaeftigung_id",)
    __table_args__ = (
        *belongs_to("beschaeftigung"),
        CheckConstraint("entgeltgruppe <> ''", name="hoehere_gruppe"),
    )

    beschaeftigung_id: Mapped[int] = mapped_column(BigInteger)
    entgeltgruppe: Mapped[str]


class Beschaeftigungszeit(Fact, Base):
    """Seit wann die Beschäftigungszeit zählt (§ 34 Abs. 3 TVöD), Vorzeiten eingerechnet; ohne Zeile der Eintritt."""

    __tablename__ = "beschaeftigungszeit"
    keys = ("beschaeftigung_id",)
    __table_args__ = (
        *belongs_to("beschaeftigung"),
        CheckConstraint("seit >= DATE '1950-01-01'", name="seit"),
    )

    beschaeftigung_id: Mapped[int] = mapped_column(BigInteger)
    seit: Mapped[date]


class Anlasszahlung(Fact, Base):
    """Ein Anspruch aus einem Anlass, fällig im Monat seines ersten Tages; den Betrag ergibt der Tarif.

    `menge`: offene Urlaubstage bei der Abgeltung, erklärte Tauschtage, Stunden des Umwandlungstags (er gilt genau einen
    Tag); sonst ohne Bedeutung.
    """

    __tablename__ = "anlasszahlung"
    keys = ("beschaeftigung_id", "art")
    __table_args__ = (
        *belongs_to("beschaeftigung"),
        CheckConstraint(one_of("art", ANLAESSE), name="anlass_art"),
        CheckConstraint("menge >= 0 AND (art NOT IN ('urlaubsabgeltung', 'tauschtage', 'umwandlungstag') OR "
                        "menge > 0)", name="menge"),
    )

    beschaeftigung_id: Mapped[int] = mapped_column(BigInteger)
    art: Mapped[str]
    menge: Mapped[Decimal] = mapped_column(Numeric(6, 2), default=Decimal(0), server_default=text("0"))


class Zulagenanspruch(Fact, Base):
    """Anspruch auf eine Zulage, deren Höhe Gesetz oder Tarif nennt; ohne Zeile steht sie nicht zu.

    `betrag_cent`: bei Vollzeit, wo er zur Person gehört (Strukturausgleich, früherer Familienzuschlag);
    `anrechnung_cent`: Gewinn aus Höhergruppierungen, der den Strukturausgleich mindert; `anteil`: festgesetzte
    Dienstfähigkeit in Prozent; `mitgeteilt_am`: Mitteilung des Vertrags der vermögenswirksamen Leistung.
    """

    __tablename__ = "zulagenanspruch"
    keys = ("beschaeftigung_id", "art")
    __table_args__ = (
        *belongs_to("beschaeftigung"),
        CheckConstraint(one_of("art", ZULAGENARTEN), name="zulagenart"),
        CheckConstraint("(art IN ('strukturausgleich', 'ausgleich_familie')) = (betrag_cent IS NOT NULL)",
                        name="eigener_betrag"),
        CheckConstraint("betrag_cent IS NULL OR betrag_cent > 0", name="betrag"),
        CheckConstraint("anrechnung_cent >= 0 AND (anrechnung_cent = 0 OR art = 'strukturausgleich')",
                        name="anrechnung"),
        CheckConstraint("(art = 'begrenzt_dienstfaehig') = (anteil IS NOT NULL)", name="dienstfaehigkeit"),
        CheckConstraint("anteil IS NULL OR anteil BETWEEN 1 AND 99", name="anteil"),
        CheckConstraint("(art = 'vermoegenswirksam') = (mitgeteilt_am IS NOT NULL)", name="mitteilung"),
    )

    beschaeftigung_id: Mapped[int] = mapped_column(BigInteger)
    art: Mapped[str]
    betrag_cent: Mapped[int | None] = mapped_column(BigInteger)
    anrechnung_cent: Mapped[int] = mapped_column(BigInteger, default=0, server_default=text("0"))
    anteil: Mapped[Decimal | None] = mapped_column(Numeric(5, 2))
    mitgeteilt_am: Mapped[date | None]


class Sabbatical(Fact, Base):
    """Teilzeit mit angespartem freien Abschnitt (§ 11 TVöD, § 7b SGB IV): Entgelt nach dem Anteil vom ersten bis zum
    letzten Tag, voll gearbeitet wird außerhalb der Freistellung.

    `stoerfall`: das Modell endete mit seinem letzten Tag vorzeitig; sein Wertguthaben ist in dessen Monat fällig.
    """

    __tablename__ = "sabbatical"
    keys = ("beschaeftigung_id",)
    __table_args__ = (
        *belongs_to("beschaeftigung"),
        CheckConstraint("anteil_zaehler BETWEEN 1 AND 23 AND anteil_nenner BETWEEN 2 AND 24 AND "
                        "anteil_zaehler < anteil_nenner", name="anteil"),
        CheckConstraint("freistellung_ab >= valid_from AND (freistellung_bis IS NULL OR "
                        "freistellung_bis >= freistellung_ab)", name="freistellung"),
        CheckConstraint("stoerfall IS NULL OR (valid_to IS NOT NULL AND stoerfall IN ('ende_beschaeftigung', 'tod', "
                        "'erwerbsminderung', 'aufgabe'))", name="stoerfall"),
    )

    beschaeftigung_id: Mapped[int] = mapped_column(BigInteger)
    anteil_zaehler: Mapped[int] = mapped_column(SmallInteger)
    anteil_nenner: Mapped[int] = mapped_column(SmallInteger)
    freistellung_ab: Mapped[date]
    freistellung_bis: Mapped[date | None]
    stoerfall: Mapped[str | None]


class Rechtswert(Fact, Base):
    """Ein Wert des Rechts, den der Arbeitgeber festlegt, wo mehrere Lesarten vertretbar sind.

    Mit `vorschlag`: ein neuer Wert des Rechts für alle Arbeitgeber, von zwei Personen in Kraft gesetzt, ehe das
    Programm ihn bringt; `tabelle`: seine Zahlen in ihrer Reihenfolge, wenn er eine Tabelle ist.
    """

    __tablename__ = "rechtswert"
    keys = ("name",)
    __table_args__ = (
        CheckConstraint("name <> ''", name="wertname"),
        CheckConstraint("quelle <> ''", name="quelle"),
        CheckConstraint("tabelle IS NULL OR (vorschlag IS NOT NULL AND jsonb_typeof(tabelle) = 'array')",
                        name="tabelle"),
    )

    name: Mapped[str]
    wert: Mapped[Decimal] = mapped_column(Numeric(12, 4))
    quelle: Mapped[str]
    tabelle: Mapped[list[str] | None] = mapped_column(JSONB(none_as_null=True))
    vorschlag: Mapped[uuid.UUID | None] = mapped_column(Uuid)


class Tariftabelle(Fact, Base):
    """Eine hochgeladene Entgelttabelle eines Tarifwerks, von zwei Personen in Kraft gesetzt (für alle Arbeitgeber).

    `zellen`: je Gruppe die Stufen mit ihrem Betrag in Cent (Vollzeit, Monat); `vorschlag`: Kennung des Vorgangs;
    `datei_hash`: SHA-256 der hochgeladenen Datei; `quelle`: Titel, Datei und wer hochgeladen und bestätigt hat.
    """

    __tablename__ = "tariftabelle"
    keys = ("tarifwerk",)
    __table_args__ = (
        CheckConstraint("tarifwerk <> ''", name="tarifwerk"),
        CheckConstraint("jsonb_typeof(zellen) = 'object'", name="zellen"),
        CheckConstraint("quelle <> ''", name="quelle"),
        CheckConstraint("octet_length(datei_hash) = 32", name="datei_hash"),
        CheckConstraint("extract(day FROM valid_from) = 1", name="monatserster"),
    )

    tarifwerk: Mapped[str]
    zellen: Mapped[dict[str, dict[str, int]]] = mapped_column(JSONB)
    quelle: Mapped[str]
    datei_hash: Mapped[bytes] = mapped_column(LargeBinary)
    vorschlag: Mapped[uuid.UUID] = mapped_column(Uuid)


TARIF = (Fehlzeit, Stufenregelung, HoehereTaetigkeit, Beschaeftigungszeit, Anlasszahlung, Sabbatical, Zulagenanspruch)
