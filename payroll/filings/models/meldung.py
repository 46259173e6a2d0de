"""Meldungen an Finanzamt, Krankenkassen, Rentenversicherung und Zusatzversorgung, und ihre Sätze je Person."""

from __future__ import annotations

import uuid
from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKeyConstraint,
    Index,
    LargeBinary,
    UniqueConstraint,
    func,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from payroll.runs.models import Cents
from tenants.db.base import Base, PublicId, TenantRow
from tenants.models.tenant import one_of

ARTEN = ("lsta", "beitragsnachweis", "zv_monat", "zv_ereignis", "zv_jahr", "lstb", "deuev", "uv", "sb", "eel",
         "personalstand", "a1", "eau", "bea")
UNTERARTEN = ("laufend", "schaetzung", "korrektur")
ZUSTAENDE = ("erstellt", "freigegeben", "uebergeben", "angenommen", "abgelehnt", "zurueckgezogen")
SATZARTEN = ("neu", "storno", "korrektur")


class Meldung(TenantRow, PublicId, Base):
    """Eine Meldung, wie sie das Haus verlässt. Wer erstellt, gibt nicht frei; der Inhalt ist versiegelt und bleibt.

    `monat`: Monat des Laufs, aus dem sie entstand (bei Jahresmeldungen der Dezember); `fuer`: Monat, für den sie gilt.
    `betrag`: was zu zahlen ist (unter null: Guthaben). `befunde`: was vor der Freigabe zu beheben ist. `ersetzt`: die
    Meldung, an deren Stelle diese tritt. `quittung`: Kennung und Worte der Annahmestelle.
    """

    __tablename__ = "meldung"
    __table_args__ = (
        UniqueConstraint("tenant_id", "kennung"),
        Index(None, "tenant_id", "art", "monat"),
        CheckConstraint(one_of("art", ARTEN), name="art"),
        CheckConstraint(one_of("unterart", UNTERARTEN), name="unterart"),
        CheckConstraint(one_of("zustand", ZUSTAENDE), name="zustand"),
        CheckConstraint("extract(day FROM monat) = 1 AND extract(day FROM fuer) = 1", name="monatserste"),
        CheckConstraint("freigegeben_von <> erstellt_von", name="zweite_person"),
        CheckConstraint("zustand NOT IN ('freigegeben', 'uebergeben', 'angenommen', 'abgelehnt') OR "
                        "(freigegeben_von IS NOT NULL AND freigegeben_am IS NOT NULL)", name="freigegeben"),
        CheckConstraint("(zustand IN ('angenommen', 'abgelehnt')) = (quittung <> '')", name="quittung"),
        CheckConstraint("(zustand = 'zurueckgezogen') = (zurueckgezogen_von IS NOT NULL)", name="zurueckgezogen"),
        CheckConstraint("octet_length(sha256) = 32", name="sha256"),
    )

    kennung: Mapped[str]
    art: Mapped[str]
    unterart: Mapped[str]
    monat: Mapped[date]
    fuer: Mapped[date]
    empfaenger: Mapped[str]
    empfaenger_name: Mapped[str]
    fassung: Mapped[str]
    zustand: Mapped[str] = mapped_column(default="erstellt", server_default=text("'erstellt'"))
    betrag: Mapped[Cents]
    saetze: Mapped[int]
    faellig: Mapped[date]
    befunde: Mapped[list[Any]] = mapped_column(JSONB)
    sha256: Mapped[bytes] = mapped_column(LargeBinary)
    inhalt_siegel: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    ersetzt: Mapped[uuid.UUID | None]
    erstellt_von: Mapped[str]
    erstellt_am: Mapped[datetime] = mapped_column(server_default=func.now())
    freigegeben_von: Mapped[str | None]
    freigegeben_am: Mapped[datetime | None]
    uebergeben_am: Mapped[datetime | None]
    quittung: Mapped[str] = mapped_column(default="", server_default=text("''"))
    quittiert_von: Mapped[str | None]
    quittiert_am: Mapped[datetime | None]
    zurueckgezogen_von: Mapped[str | None]
    zurueckgezogen_grund: Mapped[str | None]


class Meldesatz(TenantRow, PublicId, Base):
    """Ein Satz über eine Person in einer Meldung; der Bestand der gemeldeten Sätze ist das Meldekonto.

    `schluessel` sagt, was gemeldet wird (Grund, Zeitraum, Beschäftigung), `pruefwert` mit welchem Inhalt: weicht der
    ab, wird der alte Satz storniert und neu gemeldet. Ohne Fremdschlüssel auf die Person wie bei den Zahlungen.
    """

    __tablename__ = "meldesatz"
    __table_args__ = (
        UniqueConstraint("tenant_id", "meldung_id", "position"),
        ForeignKeyConstraint(["tenant_id", "meldung_id"], ["meldung.tenant_id", "meldung.id"]),
        Index(None, "tenant_id", "person_public_id"),
        Index(None, "tenant_id", "schluessel"),
        CheckConstraint(one_of("satzart", SATZARTEN), name="satzart"),
        CheckConstraint("octet_length(pruefwert) = 32", name="pruefwert"),
    )

    meldung_id: Mapped[int] = mapped_column(BigInteger)
    position: Mapped[int]
    monat: Mapped[date]
    satzart: Mapped[str]
    schluessel: Mapped[str]
    grund: Mapped[str]
    von: Mapped[date]
    bis: Mapped[date]
    frist: Mapped[date]
    person_public_id: Mapped[uuid.UUID]
    personalnummer: Mapped[str]
    pruefwert: Mapped[bytes] = mapped_column(LargeBinary)
    inhalt_siegel: Mapped[bytes] = mapped_column(LargeBinary)
    ersetzt: Mapped[uuid.UUID | None]
