"""Dokument der Personalakte und Vorlagen der Briefe."""

from __future__ import annotations

import uuid
from datetime import date, datetime

from sqlalchemy import BigInteger, CheckConstraint, Index, LargeBinary, SmallInteger, UniqueConstraint, func, text
from sqlalchemy.orm import Mapped, mapped_column

from payroll.masterdata.models.facts import belongs_to
from payroll.statements.akte.klassen import NAMEN
from tenants.db.base import Base, PublicId, TenantRow
from tenants.models.tenant import one_of
from tenants.security.field import SealedField

QUELLEN = ("schreibtisch", "portal", "brief")
FORMATE = ("pdf", "jpeg", "png", "docx", "odt")


class AkteDokument(TenantRow, PublicId, Base):
    """Ein Dokument einer Person; Inhalt, Ansicht, Titel, Dateiname und Suchtext sind versiegelt.

    ansicht_siegel ist die neu gezeichnete, ungefährliche Fassung eines eingereichten Dokuments; Briefe des Hauses haben
    keine. vorgang ist der Schlüssel der Einreichung: zweimal abgeschickt entsteht eines. Entfernt heißt: der Inhalt ist
    weg, dass es ihn gab, wer ihn wann und warum entfernt hat, bleibt. Dazu braucht es zwei Menschen: eine Person merkt
    vor, eine andere entfernt.
    """

    __tablename__ = "akte_dokument"
    __table_args__ = (
        *belongs_to("person"),
        UniqueConstraint("tenant_id", "vorgang"),
        Index("ix_akte_dokument_vom", "tenant_id", "klasse", "vom"),
        CheckConstraint(one_of("klasse", NAMEN), name="klasse"),
        CheckConstraint(one_of("quelle", QUELLEN), name="quelle"),
        CheckConstraint(one_of("format", FORMATE), name="format"),
        CheckConstraint("octet_length(sha256) = 32", name="sha256"),
        CheckConstraint("groesse > 0", name="groesse"),
        CheckConstraint("(entfernt_am IS NULL) = (inhalt_siegel IS NOT NULL)", name="entfernt"),
        CheckConstraint("(entfernt_am IS NULL) = (entfernt_von IS NULL)", name="entfernt_von"),
        CheckConstraint("(quelle = 'brief') = (brief IS NOT NULL)", name="brief"),
        CheckConstraint("(vorgemerkt_am IS NULL) = (vorgemerkt_von IS NULL)", name="vorgemerkt_von"),
        CheckConstraint("entfernt_am IS NULL OR vorgemerkt_am IS NOT NULL", name="vorgemerkt"),
        CheckConstraint("entfernt_von <> vorgemerkt_von", name="zweite_person"),
    )

    person_id: Mapped[int] = mapped_column(BigInteger)
    klasse: Mapped[str]
    quelle: Mapped[str]
    format: Mapped[str]
    titel = SealedField[str]()
    dateiname = SealedField[str]()
    titel_siegel: Mapped[bytes] = mapped_column(LargeBinary)
    dateiname_siegel: Mapped[bytes] = mapped_column(LargeBinary)
    inhalt_siegel: Mapped[bytes | None] = mapped_column(LargeBinary, deferred=True)
    ansicht_siegel: Mapped[bytes | None] = mapped_column(LargeBinary, deferred=True)
    text_siegel: Mapped[bytes | None] = mapped_column(LargeBinary, deferred=True)
    sha256: Mapped[bytes] = mapped_column(LargeBinary)
    groesse: Mapped[int]
    vom: Mapped[date]
    im_portal: Mapped[bool] = mapped_column(default=False, server_default=text("false"))
    brief: Mapped[str | None]
    vorgang: Mapped[uuid.UUID]
    erfasst_am: Mapped[datetime] = mapped_column(server_default=func.now())
    erfasst_von: Mapped[str]
    entfernt_am: Mapped[datetime | None]
    entfernt_von: Mapped[str | None]
    vorgemerkt_am: Mapped[datetime | None]
    vorgemerkt_von: Mapped[str | None]
    vorgemerkt_grund = SealedField[str]()
    vorgemerkt_grund_siegel: Mapped[bytes | None] = mapped_column(LargeBinary)


class Briefvorlage(TenantRow, PublicId, Base):
    """Eine Fassung des Wortlauts einer Briefart; die höchste gilt, frühere bleiben. Ohne Zeile gilt der des
    Programms."""

    __tablename__ = "briefvorlage"
    __table_args__ = (
        UniqueConstraint("tenant_id", "art", "fassung"),
        CheckConstraint("fassung >= 1", name="fassung"),
        CheckConstraint("betreff <> '' AND text <> ''", name="wortlaut"),
    )

    art: Mapped[str]
    fassung: Mapped[int] = mapped_column(SmallInteger)
    betreff: Mapped[str]
    text: Mapped[str]
    erfasst_am: Mapped[datetime] = mapped_column(server_default=func.now())
    erfasst_von: Mapped[str]
