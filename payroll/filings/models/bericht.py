"""Rückmeldungen der Bank und was sie zu einzelnen Zahlungen sagen; offene sind Aufgaben."""

from __future__ import annotations

import uuid
from datetime import date, datetime

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    ForeignKeyConstraint,
    Index,
    LargeBinary,
    UniqueConstraint,
    func,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from tenants.db.base import Base, PublicId, TenantRow
from tenants.models.tenant import one_of

EBENEN = ("datei", "block", "zahlung")


class Zahlungsbericht(TenantRow, PublicId, Base):
    """Eine eingelesene Rückmeldung (pain.002), unverändert versiegelt; dieselbe gibt es nur einmal."""

    __tablename__ = "zahlungsbericht"
    __table_args__ = (
        UniqueConstraint("tenant_id", "sha256"),
        UniqueConstraint("tenant_id", "bank_msg_id"),
        ForeignKeyConstraint(["tenant_id", "zahlungsauftrag_id"], ["zahlungsauftrag.tenant_id", "zahlungsauftrag.id"]),
        CheckConstraint("octet_length(sha256) = 32", name="sha256"),
        CheckConstraint("bank_msg_id <> ''", name="bank_msg_id"),
    )

    zahlungsauftrag_id: Mapped[int] = mapped_column(BigInteger)
    monat: Mapped[date]
    bank_msg_id: Mapped[str]
    status: Mapped[str]
    gruende: Mapped[str]
    sha256: Mapped[bytes] = mapped_column(LargeBinary)
    inhalt_siegel: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    eingelesen_von: Mapped[str]
    eingelesen_am: Mapped[datetime] = mapped_column(server_default=func.now())


class Zahlungsmeldung(TenantRow, PublicId, Base):
    """Status einer Zahlung (oder von Block und Datei) aus einer Rückmeldung.

    `aufgabe`: ein Mensch muss etwas tun; erledigt wird sie mit Begründung, wieder offen nur, wenn die Barzahlung
    zurückgezogen ist, die sie erledigt hatte. `gruende`: Codes mit Leerzeichen.
    `worte_siegel`: was die Bank dazu schreibt; `name_siegel`: der Name, den sie bei der Empfängerprüfung nennt.
    """

    __tablename__ = "zahlungsmeldung"
    __table_args__ = (
        UniqueConstraint("tenant_id", "zahlungsbericht_id", "position"),
        ForeignKeyConstraint(["tenant_id", "zahlungsbericht_id"], ["zahlungsbericht.tenant_id", "zahlungsbericht.id"]),
        ForeignKeyConstraint(["tenant_id", "zahlung_id"], ["zahlung.tenant_id", "zahlung.id"]),
        Index(None, "tenant_id", "zahlung_id"),
        Index("ix_zahlungsmeldung_offen", "tenant_id", postgresql_where=text("aufgabe AND erledigt_am IS NULL")),
        CheckConstraint(one_of("ebene", EBENEN), name="ebene"),
        CheckConstraint("ebene <> 'zahlung' OR zahlung_id IS NOT NULL", name="zahlung"),
        CheckConstraint("(erledigt_von IS NULL) = (erledigt_am IS NULL) AND "
                        "(erledigt_von IS NULL) = (begruendung IS NULL)", name="erledigt"),
        CheckConstraint("begruendung <> ''", name="begruendung"),
    )

    zahlungsbericht_id: Mapped[int] = mapped_column(BigInteger)
    zahlung_id: Mapped[int | None] = mapped_column(BigInteger)
    person_public_id: Mapped[uuid.UUID | None]
    monat: Mapped[date]
    position: Mapped[int]
    ebene: Mapped[str]
    status: Mapped[str]
    gruende: Mapped[str]
    worte_siegel: Mapped[bytes | None] = mapped_column(LargeBinary)
    name_siegel: Mapped[bytes | None] = mapped_column(LargeBinary)
    aufgabe: Mapped[bool] = mapped_column(Boolean)
    erledigt_von: Mapped[str | None]
    erledigt_am: Mapped[datetime | None]
    begruendung: Mapped[str | None]
