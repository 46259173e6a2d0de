"""Zahlungsauftrag eines Laufs und seine Zahlungen; beides bleibt, wie es entstand."""

from __future__ import annotations

import uuid
from datetime import date, datetime

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKeyConstraint,
    Index,
    LargeBinary,
    SmallInteger,
    UniqueConstraint,
    func,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from payroll.runs.models import Cents
from tenants.db.base import Base, PublicId, TenantRow
from tenants.models.tenant import one_of
from tenants.security.field import SealedField

AUFTRAGSARTEN = ("lauf", "folge", "abgaben")
AUFTRAGSZUSTAENDE = ("erstellt", "freigegeben", "zurueckgezogen")
ZAHLUNGSARTEN = ("bezuege", "entgelt", "pfaendung", "sparen", "steuer", "beitrag", "zusatzversorgung")
WEGE = ("datei", "liste")


class Zahlungsauftrag(TenantRow, PublicId, Base):
    """Eine Datei für die Bank. Wer erstellt, gibt nicht frei; die Datei ist versiegelt und ändert sich nie.

    `datei_siegel` fehlt, wenn nichts über die Bank geht. `liste_summe`: was außerhalb der Datei zu zahlen ist.
    """

    __tablename__ = "zahlungsauftrag"
    __table_args__ = (
        UniqueConstraint("tenant_id", "lauf_id", "nummer"),
        UniqueConstraint("tenant_id", "msg_id"),
        ForeignKeyConstraint(["tenant_id", "lauf_id"], ["lauf.tenant_id", "lauf.id"]),
        Index("uq_zahlungsauftrag_lauf", "tenant_id", "lauf_id", unique=True,
              postgresql_where=text("art = 'lauf' AND zustand <> 'zurueckgezogen'")),
        CheckConstraint(one_of("art", AUFTRAGSARTEN), name="art"),
        CheckConstraint(one_of("zustand", AUFTRAGSZUSTAENDE), name="zustand"),
        CheckConstraint("freigegeben_von <> erstellt_von", name="zweite_person"),
        CheckConstraint("zustand <> 'freigegeben' OR (freigegeben_von IS NOT NULL AND freigegeben_am IS NOT NULL)",
                        name="freigegeben"),
        CheckConstraint("(zustand = 'zurueckgezogen') = (zurueckgezogen_von IS NOT NULL)", name="zurueckgezogen"),
        CheckConstraint("(anzahl > 0) = (datei_siegel IS NOT NULL)", name="datei"),
        CheckConstraint("octet_length(sha256) = 32", name="sha256"),
        CheckConstraint("anzahl >= 0 AND summe >= 0 AND liste_anzahl >= 0 AND liste_summe >= 0", name="summen"),
        CheckConstraint("length(msg_id) BETWEEN 1 AND 35", name="msg_id"),
    )

    lauf_id: Mapped[int] = mapped_column(BigInteger)
    monat: Mapped[date]
    nummer: Mapped[int] = mapped_column(SmallInteger)
    art: Mapped[str]
    msg_id: Mapped[str]
    zustand: Mapped[str] = mapped_column(default="erstellt", server_default=text("'erstellt'"))
    anzahl: Mapped[int]
    summe: Mapped[Cents]
    liste_anzahl: Mapped[int]
    liste_summe: Mapped[Cents]
    erste_ausfuehrung: Mapped[date | None]
    konto_ende: Mapped[str]
    sha256: Mapped[bytes] = mapped_column(LargeBinary)
    datei_siegel: Mapped[bytes | None] = mapped_column(LargeBinary, deferred=True)
    grund: Mapped[str] = mapped_column(default="", server_default=text("''"))
    erstellt_von: Mapped[str]
    erstellt_am: Mapped[datetime] = mapped_column(server_default=func.now())
    freigegeben_von: Mapped[str | None]
    freigegeben_am: Mapped[datetime | None]
    zurueckgezogen_von: Mapped[str | None]
    zurueckgezogen_grund: Mapped[str | None]


class Zahlung(TenantRow, PublicId, Base):
    """Eine Zahlung: an eine Person, an jemanden, dem sie etwas schuldet oder bei dem sie spart, an ein Amt, eine Kasse.

    `weg` liste: nicht in der Datei (kein Konto, Konto ungültig, Anschrift fehlt); `grund` sagt, warum. `ersetzt` nennt
    die Zahlung eines früheren Auftrags, an deren Stelle diese tritt. Ohne Fremdschlüssel auf die Person, damit das Ende
    ihrer Aufbewahrung nicht an dem der Belege hängt.
    """

    __tablename__ = "zahlung"
    __table_args__ = (
        UniqueConstraint("tenant_id", "zahlungsauftrag_id", "position"),
        UniqueConstraint("tenant_id", "end_to_end_id"),
        ForeignKeyConstraint(["tenant_id", "zahlungsauftrag_id"], ["zahlungsauftrag.tenant_id", "zahlungsauftrag.id"]),
        Index(None, "tenant_id", "person_public_id"),
        Index(None, "tenant_id", "ersetzt"),
        CheckConstraint(one_of("art", ZAHLUNGSARTEN), name="art"),
        CheckConstraint(one_of("weg", WEGE), name="weg"),
        CheckConstraint("betrag BETWEEN 1 AND 99999999999", name="betrag"),
        CheckConstraint("(weg = 'datei') = (end_to_end_id IS NOT NULL)", name="kennung"),
        CheckConstraint("weg = 'liste' OR (iban_siegel IS NOT NULL AND ausfuehrung IS NOT NULL)", name="konto"),
        CheckConstraint("(weg = 'liste') = (grund <> '')", name="grund"),
        CheckConstraint("iban_ende IS NULL OR length(iban_ende) = 4", name="iban_ende"),
    )

    zahlungsauftrag_id: Mapped[int] = mapped_column(BigInteger)
    position: Mapped[int]
    monat: Mapped[date]
    art: Mapped[str]
    weg: Mapped[str]
    grund: Mapped[str] = mapped_column(default="", server_default=text("''"))
    person_public_id: Mapped[uuid.UUID | None]
    personalnummer: Mapped[str]
    anspruch: Mapped[str]
    empfaenger = SealedField[str]()
    empfaenger_siegel: Mapped[bytes] = mapped_column(LargeBinary)
    iban_siegel: Mapped[bytes | None] = mapped_column(LargeBinary)
    iban_ende: Mapped[str | None]
    text_siegel: Mapped[bytes] = mapped_column(LargeBinary)
    betrag: Mapped[Cents]
    zweck: Mapped[str] = mapped_column(default="", server_default=text("''"))
    end_to_end_id: Mapped[str | None]
    ausfuehrung: Mapped[date | None]
    ersetzt: Mapped[uuid.UUID | None]
