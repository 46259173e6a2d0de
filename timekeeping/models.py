"""Eingelesene Zeitdateien: Profile je Fassung, Dateien versiegelt, jede Zeile mit Stand; gebucht erst nach Freigabe."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKeyConstraint,
    Index,
    LargeBinary,
    Numeric,
    SmallInteger,
    UniqueConstraint,
    func,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from tenants.db.base import Base, PublicId, TenantRow
from tenants.models.tenant import one_of
from timekeeping.imports.rows import ARTEN, EINHEITEN, STAENDE

ZUSTAENDE = ("vorgelegt", "freigegeben", "ersetzt", "zurueckgezogen")
# The same bytes may only come again as the correction of a file, for instance once an unknown person is known.
ERSTMALS = text("ersetzt_id IS NULL AND zustand IN ('vorgelegt', 'freigegeben')")
LEBENDIG = text("zustand IN ('vorgelegt', 'freigegeben')")


class ZeitProfil(TenantRow, PublicId, Base):
    """Aufbau und Zuordnungen eines Zeitsystems (TOML) in einer Fassung; eine Änderung ist eine neue Fassung."""

    __tablename__ = "zeit_profil"
    __table_args__ = (
        UniqueConstraint("tenant_id", "name", "fassung"),
        CheckConstraint("fassung >= 1", name="fassung"),
        CheckConstraint("grund <> ''", name="grund"),
    )

    name: Mapped[str]
    fassung: Mapped[int]
    inhalt: Mapped[str]
    grund: Mapped[str]
    angelegt_von: Mapped[str]
    angelegt_am: Mapped[datetime] = mapped_column(server_default=func.now())


class ZeitDatei(TenantRow, PublicId, Base):
    """Eine eingelesene Datei. Wer einliest, gibt nicht frei; das hält auch die Datenbank fest.

    inhalt ist versiegelt, sha256 die Prüfsumme des Klartexts. kontrolle nennt die Summen der Datei je Einheit
    (Betrag in Cent) vor jeder Prüfung, zeilen ihre Datenzeilen. profil_fassung 0 ist das mitgelieferte Profil.
    """

    __tablename__ = "zeit_datei"
    __table_args__ = (
        ForeignKeyConstraint(["tenant_id", "ersetzt_id"], ["zeit_datei.tenant_id", "zeit_datei.id"]),
        Index("uq_zeit_datei_sha256", "tenant_id", "sha256", unique=True, postgresql_where=ERSTMALS),
        Index("uq_zeit_datei_ersetzt", "tenant_id", "ersetzt_id", unique=True, postgresql_where=LEBENDIG),
        CheckConstraint(one_of("zustand", ZUSTAENDE), name="zustand"),
        CheckConstraint("octet_length(sha256) = 32", name="sha256"),
        CheckConstraint("profil_fassung >= 0", name="profil_fassung"),
        CheckConstraint("freigegeben_von <> eingelesen_von", name="zweite_person"),
        CheckConstraint("zustand <> 'freigegeben' OR (freigegeben_von IS NOT NULL AND freigegeben_am IS NOT NULL)",
                        name="freigegeben"),
        CheckConstraint("zustand <> 'zurueckgezogen' OR (zurueckgezogen_von IS NOT NULL AND "
                        "zurueckgezogen_grund <> '')", name="zurueckgezogen"),
    )

    dateiname: Mapped[str]
    sha256: Mapped[bytes] = mapped_column(LargeBinary)
    groesse: Mapped[int]
    inhalt: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    profil: Mapped[str]
    profil_fassung: Mapped[int]
    zustand: Mapped[str] = mapped_column(default="vorgelegt", server_default=text("'vorgelegt'"))
    ersetzt_id: Mapped[int | None] = mapped_column(BigInteger)
    zeilen: Mapped[int]
    kontrolle: Mapped[dict[str, Any]] = mapped_column(JSONB)
    hinweise: Mapped[list[Any]] = mapped_column(JSONB)
    eingelesen_von: Mapped[str]
    eingelesen_am: Mapped[datetime] = mapped_column(server_default=func.now())
    freigegeben_von: Mapped[str | None]
    freigegeben_am: Mapped[datetime | None]
    zurueckgezogen_von: Mapped[str | None]
    zurueckgezogen_am: Mapped[datetime | None]
    zurueckgezogen_grund: Mapped[str | None]


class ZeitZeile(TenantRow, Base):
    """Eine Angabe einer Datei. Gebucht ist sie nur, solange ihre Datei freigegeben ist und diese Zeile gilt.

    menge in einheit (Stempel: Sekunden ohne Pause). fingerabdruck: gleicher Inhalt bei gleicher Person; gebucht gibt es
    ihn einmal. nachtrag: der Monat war beim Einlesen schon abgeschlossen. entschieden: ein Mensch hat die
    zurückgestellte Zeile angenommen oder abgelehnt. bestaetigt_von: eine Leitung hat sie für ihre Leute bestätigt oder
    abgelehnt; nie, wer die Datei eingelesen hat (Auslöser der Datenbank).
    """

    __tablename__ = "zeit_zeile"
    __table_args__ = (
        ForeignKeyConstraint(["tenant_id", "datei_id"], ["zeit_datei.tenant_id", "zeit_datei.id"]),
        ForeignKeyConstraint(["tenant_id", "beschaeftigung_id"], ["beschaeftigung.tenant_id", "beschaeftigung.id"]),
        UniqueConstraint("tenant_id", "datei_id", "position"),
        Index("uq_zeit_zeile_gebucht", "tenant_id", "fingerabdruck", unique=True, postgresql_where=text("gebucht")),
        Index("ix_zeit_zeile_person", "tenant_id", "beschaeftigung_id", "von"),
        CheckConstraint(one_of("art", ARTEN), name="art"),
        CheckConstraint(one_of("einheit", EINHEITEN), name="einheit"),
        CheckConstraint(one_of("stand", STAENDE), name="stand"),
        CheckConstraint("stand NOT IN ('zurueckgestellt', 'abgelehnt') OR (grund <> '' AND abhilfe <> '')",
                        name="begruendet"),
        CheckConstraint("stand NOT IN ('angenommen', 'bekannt') OR (beschaeftigung_id IS NOT NULL AND lohnart IS NOT "
                        "NULL AND octet_length(fingerabdruck) = 32 AND bis >= von)", name="vollstaendig"),
        CheckConstraint("NOT gebucht OR stand = 'angenommen'", name="gebucht"),
        CheckConstraint("(bestaetigt_von IS NULL) = (bestaetigt_am IS NULL)", name="bestaetigt"),
    )

    datei_id: Mapped[int] = mapped_column(BigInteger)
    position: Mapped[int]
    zeile: Mapped[int]
    quellzeilen: Mapped[int] = mapped_column(SmallInteger)
    art: Mapped[str]
    personalnummer: Mapped[str]
    schluessel: Mapped[str]
    kostenstelle: Mapped[str]
    beschaeftigung_id: Mapped[int | None] = mapped_column(BigInteger)
    lohnart: Mapped[str | None]
    von: Mapped[date | None]
    bis: Mapped[date | None]
    monat: Mapped[bool]
    beginn: Mapped[datetime | None]
    ende: Mapped[datetime | None]
    einheit: Mapped[str | None]
    menge: Mapped[Decimal | None] = mapped_column(Numeric(18, 4))
    betrag: Mapped[int | None] = mapped_column(BigInteger)
    stand: Mapped[str]
    grund: Mapped[str]
    abhilfe: Mapped[str]
    nachtrag: Mapped[bool]
    entschieden: Mapped[bool] = mapped_column(default=False, server_default=text("false"))
    gebucht: Mapped[bool] = mapped_column(default=False, server_default=text("false"))
    fingerabdruck: Mapped[bytes | None] = mapped_column(LargeBinary)
    bestaetigt_von: Mapped[str | None]
    bestaetigt_am: Mapped[datetime | None]


class ZeitQuelle(TenantRow, PublicId, Base):
    """Zugang zur Schnittstelle eines Zeitsystems (Kimai); der Schlüssel ist versiegelt und wird nie gezeigt."""

    __tablename__ = "zeit_quelle"
    __table_args__ = (
        UniqueConstraint("tenant_id", "name"),
        CheckConstraint("left(adresse, 8) = 'https://'", name="adresse"),
        CheckConstraint("name <> ''", name="name"),
    )

    name: Mapped[str]
    adresse: Mapped[str]
    profil: Mapped[str]
    token_siegel: Mapped[bytes] = mapped_column(LargeBinary)
    angelegt_von: Mapped[str]
    angelegt_am: Mapped[datetime] = mapped_column(server_default=func.now())
    zuletzt: Mapped[datetime | None]
