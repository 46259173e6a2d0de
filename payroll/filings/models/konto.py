"""Von welchem Konto der Arbeitgeber zahlt, und wer es als zweite Person bestätigt hat."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import CheckConstraint, LargeBinary, UniqueConstraint, func
from sqlalchemy.orm import Mapped, mapped_column

from tenants.db.base import Base, PublicId, TenantRow
from tenants.db.facts import Fact


class Arbeitgeberkonto(Fact, Base):
    """Konto, von dem gezahlt wird, datiert; im Klartext stehen nur die letzten vier Stellen."""

    __tablename__ = "arbeitgeberkonto"
    keys = ()
    sealed = ("iban",)
    hashed = ("iban",)
    __table_args__ = (
        CheckConstraint("length(iban_ende) = 4", name="iban_ende"),
        CheckConstraint("inhaber <> '' AND length(inhaber) <= 70", name="inhaber"),
        CheckConstraint("bic IS NULL OR bic ~ '^[A-Z0-9]{8}([A-Z0-9]{3})?$'", name="bic"),
    )

    inhaber: Mapped[str]
    bic: Mapped[str | None]
    iban_siegel: Mapped[bytes] = mapped_column(LargeBinary)
    iban_hash: Mapped[bytes] = mapped_column(LargeBinary)
    iban_ende: Mapped[str]


class ArbeitgeberkontoBestaetigung(TenantRow, PublicId, Base):
    """Eine zweite Person hat IBAN, BIC und Inhaber bestätigt; der Prüfwert sagt, welche.

    Wer erfasst hat, prüft die Datenbank gegen die Tatsache.
    """

    __tablename__ = "arbeitgeberkonto_bestaetigung"
    __table_args__ = (
        UniqueConstraint("tenant_id", "pruefwert"),
        CheckConstraint("octet_length(pruefwert) = 32", name="pruefwert"),
        CheckConstraint("bestaetigt_von <> erfasst_von", name="zweite_person"),
    )

    konto: Mapped[uuid.UUID]
    pruefwert: Mapped[bytes] = mapped_column(LargeBinary)
    erfasst_von: Mapped[str]
    bestaetigt_von: Mapped[str]
    bestaetigt_am: Mapped[datetime] = mapped_column(server_default=func.now())


class Empfaengerkonto(Fact, Base):
    """Konto eines Amtes oder einer Kasse, an das Abgaben gehen; gezahlt wird erst nach einer zweiten Person."""

    __tablename__ = "empfaengerkonto"
    keys = ("empfaenger",)
    sealed = ("iban",)
    hashed = ("iban",)
    __table_args__ = (
        CheckConstraint("length(iban_ende) = 4", name="iban_ende"),
        CheckConstraint("inhaber <> '' AND length(inhaber) <= 70", name="inhaber"),
        CheckConstraint("empfaenger <> ''", name="empfaenger"),
    )

    empfaenger: Mapped[str]
    inhaber: Mapped[str]
    iban_siegel: Mapped[bytes] = mapped_column(LargeBinary)
    iban_hash: Mapped[bytes] = mapped_column(LargeBinary)
    iban_ende: Mapped[str]


class EmpfaengerkontoBestaetigung(TenantRow, PublicId, Base):
    """Eine zweite Person hat Empfänger, Inhaber und IBAN bestätigt; der Prüfwert sagt, welche."""

    __tablename__ = "empfaengerkonto_bestaetigung"
    __table_args__ = (
        UniqueConstraint("tenant_id", "pruefwert"),
        CheckConstraint("octet_length(pruefwert) = 32", name="pruefwert"),
        CheckConstraint("bestaetigt_von <> erfasst_von", name="zweite_person"),
    )

    konto: Mapped[uuid.UUID]
    pruefwert: Mapped[bytes] = mapped_column(LargeBinary)
    erfasst_von: Mapped[str]
    bestaetigt_von: Mapped[str]
    bestaetigt_am: Mapped[datetime] = mapped_column(server_default=func.now())
