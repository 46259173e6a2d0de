"""Person und Beschäftigung: die Anker und was über sie bekannt ist."""

from __future__ import annotations

from datetime import date

from sqlalchemy import BigInteger, CheckConstraint, Index, LargeBinary, SmallInteger, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from payroll.masterdata.models.facts import Anchor, Fact, belongs_to
from tenants.db.base import Base
from tenants.models.tenant import one_of
from tenants.security.field import SealedField

ARTEN = ("tarif", "beamte", "auszubildende", "minijob", "hinterbliebene")
GESCHLECHTER = ("weiblich", "maennlich", "divers", "unbestimmt")  # as the register of births knows them (§ 22 PStG)
SCHWERBEHINDERUNG = ("schwerbehindert", "gleichgestellt")  # § 2 Abs. 2 und 3 SGB IX
VERHAELTNISSE = ("ehegatte", "lebenspartner", "kind", "sonstige")


class Person(Anchor, Base):
    """Ein Mensch bei genau einem Mandanten. `public_id` verbindet ihn mit seinem Zugang im Portal."""

    __tablename__ = "person"


class PersonAngaben(Fact, Base):
    """Name, Geburtstag, Anschrift, Kennnummern, Staatsangehörigkeit, Geschlecht, Schwerbehinderung einer Person.

    Lesbar steht davon nichts in der Datenbank. Geschlecht: GESCHLECHTER, nur für Meldungen und den
    Gleichstellungsplan; Schwerbehinderung: SCHWERBEHINDERUNG; Staatsangehörigkeit: drei Ziffern des Statistischen
    Bundesamts (000 deutsch), für Meldungen (§ 28a Abs. 3 Nr. 4 SGB IV).
    """

    __tablename__ = "person_angaben"
    keys = ("person_id",)
    sealed = ("nachname", "vorname", "geburtsdatum", "strasse", "plz", "ort", "steuer_id", "sv_nummer",
              "schwerbehinderung", "geschlecht", "staatsangehoerigkeit")
    hashed = ("steuer_id", "sv_nummer")
    __table_args__ = (
        *belongs_to("person"),
        Index(None, "tenant_id", "steuer_id_hash"),
        Index(None, "tenant_id", "sv_nummer_hash"),
    )

    person_id: Mapped[int] = mapped_column(BigInteger)
    nachname = SealedField[str]()
    vorname = SealedField[str]()
    geburtsdatum = SealedField[date](date)
    strasse = SealedField[str | None]()
    plz = SealedField[str | None]()
    ort = SealedField[str | None]()
    nachname_siegel: Mapped[bytes] = mapped_column(LargeBinary)
    vorname_siegel: Mapped[bytes] = mapped_column(LargeBinary)
    geburtsdatum_siegel: Mapped[bytes] = mapped_column(LargeBinary)
    strasse_siegel: Mapped[bytes | None] = mapped_column(LargeBinary)
    plz_siegel: Mapped[bytes | None] = mapped_column(LargeBinary)
    ort_siegel: Mapped[bytes | None] = mapped_column(LargeBinary)
    land: Mapped[str] = mapped_column(default="DE", server_default=text("'DE'"))
    verstorben_am: Mapped[date | None]
    steuer_id_siegel: Mapped[bytes | None] = mapped_column(LargeBinary)
    steuer_id_hash: Mapped[bytes | None] = mapped_column(LargeBinary)
    sv_nummer_siegel: Mapped[bytes | None] = mapped_column(LargeBinary)
    sv_nummer_hash: Mapped[bytes | None] = mapped_column(LargeBinary)
    schwerbehinderung_siegel: Mapped[bytes | None] = mapped_column(LargeBinary)
    geschlecht_siegel: Mapped[bytes | None] = mapped_column(LargeBinary)
    staatsangehoerigkeit_siegel: Mapped[bytes | None] = mapped_column(LargeBinary)


class Kind(Fact, Base):
    """Ein Kind einer Person (§ 55 SGB XI), das frühestens ab `valid_from` zählt.

    nachweis_am: Tag, an dem der Nachweis einging (leer: vor dem ersten Tag nachgewiesen), nachweis_elektronisch: die
    Meldung kam im Datenaustausch; beide entscheiden, ab welchem Monat das Kind wirkt.
    """

    __tablename__ = "kind"
    keys = ("person_id", "nummer")
    sealed = ("geburtsdatum", "vorname")
    __table_args__ = (
        *belongs_to("person"),
        CheckConstraint("nummer BETWEEN 1 AND 30", name="nummer"),
        CheckConstraint("NOT nachweis_elektronisch OR nachweis_am IS NOT NULL", name="nachweis"),
    )

    person_id: Mapped[int] = mapped_column(BigInteger)
    nummer: Mapped[int] = mapped_column(SmallInteger)
    geburtsdatum = SealedField[date](date)
    vorname = SealedField[str | None]()
    geburtsdatum_siegel: Mapped[bytes] = mapped_column(LargeBinary)
    vorname_siegel: Mapped[bytes | None] = mapped_column(LargeBinary)
    nachweis_am: Mapped[date | None]
    nachweis_elektronisch: Mapped[bool] = mapped_column(default=False, server_default=text("false"))


class Bankverbindung(Fact, Base):
    """Konto einer Person; im Klartext stehen nur die letzten vier Stellen."""

    __tablename__ = "bankverbindung"
    keys = ("person_id",)
    sealed = ("iban", "kontoinhaber")
    hashed = ("iban",)
    __table_args__ = (
        *belongs_to("person"),
        Index(None, "tenant_id", "iban_hash"),
        Index(None, "tenant_id", "iban_ende"),
        CheckConstraint("length(iban_ende) = 4", name="iban_ende"),
    )

    person_id: Mapped[int] = mapped_column(BigInteger)
    iban_siegel: Mapped[bytes] = mapped_column(LargeBinary)
    iban_hash: Mapped[bytes] = mapped_column(LargeBinary)
    iban_ende: Mapped[str]
    kontoinhaber = SealedField[str | None]()
    kontoinhaber_siegel: Mapped[bytes | None] = mapped_column(LargeBinary)


class Beschaeftigung(Anchor, Base):
    """Beschäftigungsverhältnis einer Person; die Personalnummer gibt es je Mandant einmal."""

    __tablename__ = "beschaeftigung"
    __table_args__ = (
        *belongs_to("person"),
        UniqueConstraint("tenant_id", "personalnummer"),
        CheckConstraint("personalnummer <> '' AND length(personalnummer) <= 20", name="personalnummer"),
    )

    person_id: Mapped[int] = mapped_column(BigInteger)
    personalnummer: Mapped[str]


class BeschaeftigungAngaben(Fact, Base):
    """Art, Eintritt, Austritt und Kostenstelle; `email` ist die Adresse für das Portal.

    Ein Austritt ist eine neue Tatsache mit gleichem Eintritt: `valid_from` ist der Tag, ab dem die Angaben gelten,
    nicht der Austritt selbst.

    `hinterbliebene`: keine Beschäftigung, sondern wer Sterbegeld empfängt; `verstorbene` ist die Personalnummer der
    verstorbenen Person, `verhaeltnis` das zu ihr. Gezahlt wird im Monat des Eintritts.

    `taetigkeitsschluessel`: neun Ziffern der Bundesagentur für Arbeit (§ 28a Abs. 3 Nr. 5 SGB IV); `gefahrtarifstelle`:
    wenn sie eine andere ist als die des Arbeitgebers (§ 28a Abs. 2a SGB IV).
    """

    __tablename__ = "beschaeftigung_angaben"
    keys = ("beschaeftigung_id",)
    sealed = ("email",)
    __table_args__ = (
        *belongs_to("beschaeftigung"),
        CheckConstraint(one_of("art", ARTEN), name="art"),
        CheckConstraint("austritt IS NULL OR austritt >= eintritt", name="austritt"),
        CheckConstraint("valid_from >= eintritt", name="ab_eintritt"),
        CheckConstraint("art = 'hinterbliebene' OR (verstorbene IS NULL AND verhaeltnis IS NULL)",
                        name="hinterbliebene"),
        CheckConstraint(one_of("verhaeltnis", VERHAELTNISSE), name="verhaeltnis"),
        CheckConstraint("taetigkeitsschluessel ~ '^[0-9]{9}$'", name="taetigkeitsschluessel"),
        CheckConstraint("gefahrtarifstelle ~ '^[0-9]{1,8}$'", name="gefahrtarifstelle"),
    )

    beschaeftigung_id: Mapped[int] = mapped_column(BigInteger)
    art: Mapped[str]
    eintritt: Mapped[date]
    austritt: Mapped[date | None]
    kostenstelle: Mapped[str | None]
    email = SealedField[str | None]()
    email_siegel: Mapped[bytes | None] = mapped_column(LargeBinary)
    verstorbene: Mapped[str | None]
    verhaeltnis: Mapped[str | None]
    taetigkeitsschluessel: Mapped[str | None]
    gefahrtarifstelle: Mapped[str | None]
