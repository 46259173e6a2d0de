"""Anträge auf Abwesenheit, Angaben zum Urlaubsjahr als Tatsachen, geheime Kalenderadressen."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Index,
    LargeBinary,
    Numeric,
    SmallInteger,
    UniqueConstraint,
    func,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from tenants.db.base import Base, PublicId, TenantRow
from tenants.db.facts import Fact, belongs_to
from tenants.models.tenant import one_of
from tenants.security.field import SealedField
from timekeeping.imports.keys import ABWESENHEITEN
from timekeeping.rules.leave_facts import UEBERTRAGUNG, VERHINDERUNG

ZUSTAENDE = ("beantragt", "genehmigt", "abgelehnt", "zurueckgezogen", "storniert")
EAU = ("anzufordern", "angefordert", "bestaetigt", "fehlt")



class Abwesenheit(TenantRow, PublicId, Base):
    """Antrag oder Meldung; gilt, wenn genehmigt. Wer beantragt, genehmigt nicht; Diagnosen stehen hier nie.

    halb: ein halber Tag. au_seit, au_bis: ärztlich festgestellt. eau: Abruf bei der Krankenkasse (§ 109 SGB IV).
    kind_geboren_am: bei Erkrankung des Kindes und Elternzeit. fehlzeit: für die Abrechnung übernommen.
    """

    __tablename__ = "abwesenheit"
    __table_args__ = (
        *belongs_to("beschaeftigung", index=False),
        Index("ix_abwesenheit_person", "tenant_id", "beschaeftigung_id", "von"),
        CheckConstraint(one_of("art", tuple(ABWESENHEITEN)), name="art"),
        CheckConstraint(one_of("zustand", ZUSTAENDE), name="zustand"),
        CheckConstraint(one_of("eau", EAU), name="eau"),
        CheckConstraint("bis >= von AND bis - von <= 1100", name="zeitraum"),
        CheckConstraint("NOT halb OR von = bis", name="halb"),
        CheckConstraint("au_bis IS NULL OR au_bis >= au_seit", name="au"),
        CheckConstraint("zustand NOT IN ('genehmigt', 'abgelehnt') OR entschieden_von <> beantragt_von",
                        name="zweite_person"),
        CheckConstraint("zustand = 'beantragt' OR (entschieden_von IS NOT NULL AND entschieden_am IS NOT NULL)",
                        name="entschieden"),
        CheckConstraint("zustand NOT IN ('abgelehnt', 'storniert') OR entschieden_grund <> ''", name="begruendet"),
    )

    beschaeftigung_id: Mapped[int] = mapped_column(BigInteger)
    art: Mapped[str]
    von: Mapped[date]
    bis: Mapped[date]
    halb: Mapped[bool] = mapped_column(default=False, server_default=text("false"))
    zustand: Mapped[str] = mapped_column(default="beantragt", server_default=text("'beantragt'"))
    bemerkung = SealedField[str | None]()
    bemerkung_siegel: Mapped[bytes | None] = mapped_column(LargeBinary)
    au_seit: Mapped[date | None]
    au_bis: Mapped[date | None]
    eau: Mapped[str | None]
    kind_geboren_am: Mapped[date | None]
    fehlzeit: Mapped[bool] = mapped_column(default=False, server_default=text("false"))
    beantragt_von: Mapped[str]
    beantragt_am: Mapped[datetime] = mapped_column(server_default=func.now())
    entschieden_von: Mapped[str | None]
    entschieden_am: Mapped[datetime | None]
    entschieden_grund: Mapped[str | None]


class UrlaubAngaben(Fact, Base):
    """Was ein Urlaubsjahr außer den Abwesenheiten bestimmt; gilt vom 1. Januar bis 31. Dezember des Jahres.

    uebertrag: Tage des Vorjahres; vorher_genommen: in diesem Jahr vor der Übernahme genommen. hinweis_am: Tag der
    Belehrung über Tage und Verfall (BAG 19.02.2019, 9 AZR 423/16).
    """

    __tablename__ = "urlaub_angaben"
    keys = ("beschaeftigung_id", "jahr")
    __table_args__ = (
        *belongs_to("beschaeftigung"),
        CheckConstraint("jahr > 0", name="jahr"),
        CheckConstraint("uebertrag >= 0 AND vorher_genommen >= 0", name="tage"),
        CheckConstraint(one_of("uebertragung", UEBERTRAGUNG), name="uebertragung"),
        CheckConstraint(one_of("verhinderung", VERHINDERUNG), name="verhinderung"),
    )

    beschaeftigung_id: Mapped[int] = mapped_column(BigInteger)
    jahr: Mapped[int] = mapped_column(SmallInteger)
    uebertrag: Mapped[Decimal] = mapped_column(Numeric(5, 2))
    vorher_genommen: Mapped[Decimal] = mapped_column(Numeric(5, 2))
    hinweis_am: Mapped[date | None]
    uebertragung: Mapped[str] = mapped_column(default="", server_default=text("''"))
    verhinderung: Mapped[str] = mapped_column(default="", server_default=text("''"))
    schwerbehindert_von: Mapped[date | None]
    schwerbehindert_bis: Mapped[date | None]
    gleichgestellt: Mapped[bool] = mapped_column(default=False, server_default=text("false"))
    elternzeit_kuerzung: Mapped[bool] = mapped_column(default=False, server_default=text("false"))


class KalenderAbo(TenantRow, PublicId, Base):
    """Geheime Adresse eines Kalenders; gespeichert ist nur ihre Prüfsumme. Widerrufen liefert sie nichts mehr."""

    __tablename__ = "kalender_abo"
    __table_args__ = (
        *belongs_to("beschaeftigung"),
        UniqueConstraint("tenant_id", "schluessel_hash"),
        CheckConstraint("octet_length(schluessel_hash) = 32", name="schluessel_hash"),
        CheckConstraint("(widerrufen_am IS NULL) = (widerrufen_von IS NULL)", name="widerrufen"),
    )

    beschaeftigung_id: Mapped[int] = mapped_column(BigInteger)
    schluessel_hash: Mapped[bytes] = mapped_column(LargeBinary)
    angelegt_von: Mapped[str]
    angelegt_am: Mapped[datetime] = mapped_column(server_default=func.now())
    widerrufen_von: Mapped[str | None]
    widerrufen_am: Mapped[datetime | None]
