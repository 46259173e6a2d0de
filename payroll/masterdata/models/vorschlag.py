"""Vorschlag für alle Arbeitgeber: eine hochgeladene Tabelle, über die eine zweite Person entscheidet."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, Identity, LargeBinary, func, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from tenants.db.base import Base, PublicId
from tenants.models.tenant import one_of

ARTEN = ("entgelttabelle", "familienzuschlag", "krankenkassen", "zv_saetze", "umlagen", "rechtswerte", "steuerjahr")
ZUSTAENDE = ("offen", "bestaetigt", "abgelehnt", "zurueckgezogen")


class Vorschlag(PublicId, Base):
    """Was eine Person hochlädt und eine andere in Kraft setzt; nur die Plattform liest ihn.

    `inhalt`: die gelesenen Zeilen; er und alles, was die erste Person angab, lässt sich nicht mehr ändern.
    `verteilt_am`: seit wann die Tatsachen bei jedem Arbeitgeber stehen.
    """

    __tablename__ = "vorschlag"
    __table_args__ = (
        CheckConstraint(one_of("art", ARTEN), name="art"),
        CheckConstraint(one_of("zustand", ZUSTAENDE), name="zustand"),
        CheckConstraint("titel <> '' AND quelle <> ''", name="quelle"),
        CheckConstraint("extract(day FROM gilt_ab) = 1", name="monatserster"),
        CheckConstraint("octet_length(datei_hash) = 32", name="datei_hash"),
        CheckConstraint("(zustand = 'offen') = (entschieden_von IS NULL)", name="entschieden"),
        CheckConstraint("(entschieden_von IS NULL) = (entschieden_am IS NULL)", name="entschieden_am"),
        CheckConstraint("zustand NOT IN ('bestaetigt', 'abgelehnt') OR entschieden_von <> hochgeladen_von",
                        name="zweite_person"),
        CheckConstraint("verteilt_am IS NULL OR zustand = 'bestaetigt'", name="verteilt"),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True, sort_order=-20)
    art: Mapped[str]
    titel: Mapped[str]
    gilt_ab: Mapped[date]
    quelle: Mapped[str]
    datei_name: Mapped[str]
    datei_hash: Mapped[bytes] = mapped_column(LargeBinary)
    inhalt: Mapped[dict[str, Any]] = mapped_column(JSONB)
    hochgeladen_von: Mapped[str]
    hochgeladen_am: Mapped[datetime] = mapped_column(server_default=func.now())
    zustand: Mapped[str] = mapped_column(default="offen", server_default=text("'offen'"))
    entschieden_von: Mapped[str | None]
    entschieden_am: Mapped[datetime | None]
    grund: Mapped[str] = mapped_column(default="", server_default=text("''"))
    verteilt_am: Mapped[datetime | None]
