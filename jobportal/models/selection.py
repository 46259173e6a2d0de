"""Auswahl: Anforderungen, Einschätzungen, Gespräche, Vermerk, Einstellung, Zahlen für den Gleichstellungsbericht."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import BigInteger, Boolean, CheckConstraint, LargeBinary, SmallInteger, UniqueConstraint, func, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from tenants.db.base import Base, PublicId, TenantRow
from tenants.db.facts import belongs_to
from tenants.models.tenant import one_of

HOECHSTE = 4
EINSTELLUNG_ZUSTAENDE = ("angebot", "angenommen", "abgelehnt", "angaben_da", "vollzogen")
STUFEN = ("beworben", "eingeladen", "ausgewaehlt")
GESCHLECHTER = ("weiblich", "maennlich", "divers", "ohne")


class Anforderung(TenantRow, PublicId, Base):
    """Merkmal des Anforderungsprofils; zwingend (muss) oder mit Gewicht. Fest, sobald die Anzeige aushängt."""

    __tablename__ = "anforderung"
    __table_args__ = (
        *belongs_to("ausschreibung", index=False),
        UniqueConstraint("tenant_id", "ausschreibung_id", "position"),
        CheckConstraint("text <> ''", name="text"),
        CheckConstraint("gewicht >= 1 AND gewicht <= 100", name="gewicht"),
    )

    ausschreibung_id: Mapped[int] = mapped_column(BigInteger)
    position: Mapped[int] = mapped_column(SmallInteger)
    text: Mapped[str]
    muss: Mapped[bool] = mapped_column(Boolean)
    gewicht: Mapped[int] = mapped_column(SmallInteger)


class Einschaetzung(TenantRow, Base):
    """Punkte einer Person für ein Merkmal einer Bewerbung (0 bis 4); fremde sieht sie erst nach der eigenen."""

    __tablename__ = "einschaetzung"
    __table_args__ = (
        *belongs_to("bewerbung", index=False),
        *belongs_to("anforderung"),
        UniqueConstraint("tenant_id", "bewerbung_id", "anforderung_id", "von"),
        CheckConstraint("punkte >= 0 AND punkte <= 4", name="punkte"),
    )

    bewerbung_id: Mapped[int] = mapped_column(BigInteger)
    anforderung_id: Mapped[int] = mapped_column(BigInteger)
    von: Mapped[str]
    punkte: Mapped[int] = mapped_column(SmallInteger)
    begruendung_siegel: Mapped[bytes] = mapped_column(LargeBinary)
    am: Mapped[datetime] = mapped_column(server_default=func.now())


class Gespraech(TenantRow, PublicId, Base):
    """Vorstellungsgespräch mit Zeit, Dauer in Minuten und Raum."""

    __tablename__ = "gespraech"
    __table_args__ = (
        *belongs_to("bewerbung"),
        CheckConstraint("minuten >= 5 AND minuten <= 600", name="minuten"),
        CheckConstraint("raum <> ''", name="raum"),
    )

    bewerbung_id: Mapped[int] = mapped_column(BigInteger)
    beginn: Mapped[datetime]
    minuten: Mapped[int] = mapped_column(SmallInteger)
    raum: Mapped[str]
    abgesagt_am: Mapped[datetime | None]
    angelegt_von: Mapped[str]


class Auswahlvermerk(TenantRow, PublicId, Base):
    """Entscheidung nach Art. 33 Abs. 2 GG mit ihrer Begründung; wer vorschlägt, entscheidet nicht."""

    __tablename__ = "auswahlvermerk"
    __table_args__ = (
        *belongs_to("ausschreibung", index=False),
        *belongs_to("bewerbung"),
        UniqueConstraint("tenant_id", "ausschreibung_id"),
        CheckConstraint("entschieden_von <> vorgeschlagen_von", name="zweite_person"),
        CheckConstraint("(entschieden_von IS NULL) = (entschieden_am IS NULL)", name="entschieden"),
    )

    ausschreibung_id: Mapped[int] = mapped_column(BigInteger)
    bewerbung_id: Mapped[int] = mapped_column(BigInteger)
    begruendung_siegel: Mapped[bytes] = mapped_column(LargeBinary)
    vorgeschlagen_von: Mapped[str]
    vorgeschlagen_am: Mapped[datetime] = mapped_column(server_default=func.now())
    entschieden_von: Mapped[str | None]
    entschieden_am: Mapped[datetime | None]


class Einstellung(TenantRow, PublicId, Base):
    """Angebot bis Einstellung: Vertragsdaten offen, Angaben der künftigen Beschäftigten versiegelt."""

    __tablename__ = "einstellung"
    __table_args__ = (
        *belongs_to("bewerbung", index=False),
        UniqueConstraint("tenant_id", "bewerbung_id"),
        CheckConstraint(one_of("zustand", EINSTELLUNG_ZUSTAENDE), name="zustand"),
        CheckConstraint("(zustand = 'vollzogen') = (personalnummer IS NOT NULL)", name="vollzogen"),
    )

    bewerbung_id: Mapped[int] = mapped_column(BigInteger)
    zustand: Mapped[str] = mapped_column(default="angebot", server_default=text("'angebot'"))
    ab: Mapped[date]
    vertrag: Mapped[dict[str, Any]] = mapped_column(JSONB)
    angaben_siegel: Mapped[bytes | None] = mapped_column(LargeBinary)
    aufgaben: Mapped[list[Any]] = mapped_column(JSONB)
    personalnummer: Mapped[str | None]
    angeboten_von: Mapped[str]
    angeboten_am: Mapped[datetime] = mapped_column(server_default=func.now())
    vollzogen_von: Mapped[str | None]
    vollzogen_am: Mapped[datetime | None]


class AuswahlStatistik(TenantRow, Base):
    """Zahlen eines Verfahrens nach Geschlecht und Stufe; sie bleiben, wenn die Bewerbungen gelöscht sind."""

    __tablename__ = "auswahl_statistik"
    __table_args__ = (
        *belongs_to("ausschreibung", index=False),
        UniqueConstraint("tenant_id", "ausschreibung_id", "stufe", "geschlecht"),
        CheckConstraint(one_of("stufe", STUFEN), name="stufe"),
        CheckConstraint(one_of("geschlecht", GESCHLECHTER), name="geschlecht"),
        CheckConstraint("anzahl >= 0", name="anzahl"),
    )

    ausschreibung_id: Mapped[int] = mapped_column(BigInteger)
    stufe: Mapped[str]
    geschlecht: Mapped[str]
    anzahl: Mapped[int] = mapped_column(default=0, server_default=text("0"))
