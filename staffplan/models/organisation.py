"""Organisation: der Baum der Einheiten, Produkte und Kostenstellen."""

from __future__ import annotations

from sqlalchemy import BigInteger, CheckConstraint, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from tenants.db.base import Base
from tenants.db.facts import Anchor, Fact, belongs_to
from tenants.models.tenant import one_of

KONTIERUNGEN = ("produkt", "kostenstelle")


class Organisationseinheit(Anchor, Base):
    """Nummer einer Einheit (Dezernat, Amt, Sachgebiet, Einrichtung); sie gibt es je Mandant einmal."""

    __tablename__ = "organisationseinheit"
    __table_args__ = (
        UniqueConstraint("tenant_id", "nummer"),
        CheckConstraint("nummer <> '' AND length(nummer) <= 20", name="nummer"),
    )

    nummer: Mapped[str]


class OrganisationseinheitStand(Fact, Base):
    """Name, Art und übergeordnete Einheit in einem Zeitraum; ohne übergeordnete ist sie eine Wurzel."""

    __tablename__ = "organisationseinheit_stand"
    keys = ("einheit_id",)
    __table_args__ = (
        *belongs_to("organisationseinheit", "einheit_id"),
        *belongs_to("organisationseinheit", "uebergeordnet_id"),
        CheckConstraint("name <> ''", name="name"),
    )

    einheit_id: Mapped[int] = mapped_column(BigInteger)
    uebergeordnet_id: Mapped[int | None] = mapped_column(BigInteger)
    name: Mapped[str]
    art: Mapped[str | None]


class Kontierung(Anchor, Base):
    """Nummer eines Produkts oder einer Kostenstelle."""

    __tablename__ = "kontierung"
    __table_args__ = (
        UniqueConstraint("tenant_id", "art", "nummer"),
        CheckConstraint(one_of("art", KONTIERUNGEN), name="art"),
        CheckConstraint("nummer <> '' AND length(nummer) <= 30", name="nummer"),
    )

    art: Mapped[str]
    nummer: Mapped[str]


class KontierungStand(Fact, Base):
    """Name und, bei Produkten, der Produktbereich (zwei Ziffern des Produktrahmens)."""

    __tablename__ = "kontierung_stand"
    keys = ("kontierung_id",)
    __table_args__ = (
        *belongs_to("kontierung"),
        CheckConstraint("name <> ''", name="name"),
        CheckConstraint("produktbereich IS NULL OR length(produktbereich) = 2", name="produktbereich"),
    )

    kontierung_id: Mapped[int] = mapped_column(BigInteger)
    name: Mapped[str]
    produktbereich: Mapped[str | None]
