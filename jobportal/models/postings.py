"""Ausschreibungen, ihre Fassungen, die Mitwirkung der Vertretungen und der öffentliche Aushang."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, SmallInteger, UniqueConstraint, func, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from tenants.db.base import Base, PublicId, TenantRow
from tenants.db.facts import belongs_to
from tenants.models.tenant import one_of

ZUSTAENDE = ("entwurf", "freigabe", "veroeffentlicht", "zurueckgezogen", "entschieden", "beendet")
GEGENSTAENDE = ("ausschreibung", "auswahl")
MITWIRKENDE = ("personal", "gleichstellung", "personalrat", "schwerbehinderung")
ERGEBNISSE = ("offen", "zugestimmt", "abgelehnt", "verzichtet", "frist_abgelaufen")


class Ausschreibung(TenantRow, PublicId, Base):
    """Eine Ausschreibung von der Stelle bis zur Entscheidung.

    `inhalt`: die Anzeige (siehe jobportal.content); `sperre`: Grund, aus dem das Verfahren ruht (Konkurrentenklage);
    `warten_bis`: bis dahin gehen keine Absagen hinaus.
    """

    __tablename__ = "ausschreibung"
    __table_args__ = (
        UniqueConstraint("tenant_id", "kennziffer"),
        CheckConstraint("kennziffer <> '' AND length(kennziffer) <= 40", name="kennziffer"),
        CheckConstraint(one_of("zustand", ZUSTAENDE), name="zustand"),
        CheckConstraint("intern_ab IS NULL OR extern_ab IS NULL OR extern_ab >= intern_ab", name="intern_zuerst"),
    )

    kennziffer: Mapped[str]
    stelle: Mapped[str | None]
    zustand: Mapped[str] = mapped_column(default="entwurf", server_default=text("'entwurf'"))
    inhalt: Mapped[dict[str, Any]] = mapped_column(JSONB)
    intern_ab: Mapped[date | None]
    extern_ab: Mapped[date | None]
    frist: Mapped[date | None]
    warten_bis: Mapped[date | None]
    sperre: Mapped[str | None]
    profil_fest: Mapped[datetime | None]
    angelegt_von: Mapped[str]
    angelegt_am: Mapped[datetime] = mapped_column(server_default=func.now())


class AusschreibungFassung(TenantRow, Base):
    """Jede veröffentlichte Fassung einer Anzeige, unverändert, mit dem Grund der Änderung."""

    __tablename__ = "ausschreibung_fassung"
    __table_args__ = (
        *belongs_to("ausschreibung", index=False),
        UniqueConstraint("tenant_id", "ausschreibung_id", "nummer"),
        CheckConstraint("grund <> ''", name="grund"),
    )

    ausschreibung_id: Mapped[int] = mapped_column(BigInteger)
    nummer: Mapped[int] = mapped_column(SmallInteger)
    inhalt: Mapped[dict[str, Any]] = mapped_column(JSONB)
    grund: Mapped[str]
    von: Mapped[str]
    am: Mapped[datetime] = mapped_column(server_default=func.now())


class Mitwirkung(TenantRow, PublicId, Base):
    """Ein Schritt einer mitwirkenden Stelle an Ausschreibung oder Auswahl, mit Frist und Ergebnis."""

    __tablename__ = "mitwirkung"
    __table_args__ = (
        *belongs_to("ausschreibung", index=False),
        UniqueConstraint("tenant_id", "ausschreibung_id", "gegenstand", "wer"),
        CheckConstraint(one_of("gegenstand", GEGENSTAENDE), name="gegenstand"),
        CheckConstraint(one_of("wer", MITWIRKENDE), name="wer"),
        CheckConstraint(one_of("ergebnis", ERGEBNISSE), name="ergebnis"),
        CheckConstraint("(ergebnis = 'offen') = (am IS NULL)", name="entschieden"),
    )

    ausschreibung_id: Mapped[int] = mapped_column(BigInteger)
    gegenstand: Mapped[str]
    wer: Mapped[str]
    angefragt_am: Mapped[datetime] = mapped_column(server_default=func.now())
    frist: Mapped[date]
    ergebnis: Mapped[str] = mapped_column(default="offen", server_default=text("'offen'"))
    bemerkung: Mapped[str | None]
    von: Mapped[str | None]
    am: Mapped[datetime | None]


class Aushang(TenantRow, PublicId, Base):
    """Was öffentlich aushängt: die Anzeige mit ihren Tagen. Diese Tabelle liest auch die Plattform, denn das Brett
    zeigt alle Arbeitgeber zusammen; in ihr steht nur, was jeder lesen darf. Die Kennung ist die der Ausschreibung."""

    __tablename__ = "aushang"
    __table_args__ = (
        *belongs_to("ausschreibung", index=False),
        UniqueConstraint("tenant_id", "ausschreibung_id"),
        CheckConstraint("extern_ab >= intern_ab", name="intern_zuerst"),
        CheckConstraint("bis >= intern_ab", name="frist"),
    )

    ausschreibung_id: Mapped[int] = mapped_column(BigInteger)
    kennziffer: Mapped[str]
    intern_ab: Mapped[date]
    extern_ab: Mapped[date]
    bis: Mapped[date]
    inhalt: Mapped[dict[str, Any]] = mapped_column(JSONB)
    geaendert_am: Mapped[datetime] = mapped_column(server_default=func.now())
    abgenommen_am: Mapped[datetime | None]
