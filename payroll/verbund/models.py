"""Tabellen der Kostenabrechnung: Preisblatt, einzelne Leistungen, Kosten eines Jahres, Bescheide."""

from __future__ import annotations

import uuid
from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ColumnElement,
    ForeignKeyConstraint,
    Index,
    LargeBinary,
    SmallInteger,
    UniqueConstraint,
    and_,
    func,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from tenants.db.base import Base, PublicId, TenantRow
from tenants.models.tenant import one_of

ZUSTAENDE = ("erstellt", "freigegeben", "zurueckgezogen")
SECOND = "freigegeben_von <> erstellt_von"
RELEASED = "(zustand = 'freigegeben') <= (freigegeben_von IS NOT NULL AND freigegeben_am IS NOT NULL)"


class Schritte:
    """Wer erstellt, freigibt, zurückzieht; freigeben muss eine zweite Person, das hält auch die Datenbank fest."""

    zustand: Mapped[str] = mapped_column(default="erstellt", server_default=text("'erstellt'"), sort_order=50)
    erstellt_von: Mapped[str] = mapped_column(sort_order=51)
    erstellt_am: Mapped[datetime] = mapped_column(server_default=func.now(), sort_order=52)
    freigegeben_von: Mapped[str | None] = mapped_column(sort_order=53)
    freigegeben_am: Mapped[datetime | None] = mapped_column(sort_order=54)
    zurueckgezogen_von: Mapped[str | None] = mapped_column(sort_order=55)
    zurueckgezogen_grund: Mapped[str | None] = mapped_column(sort_order=56)


def steps() -> tuple[CheckConstraint, ...]:
    """Prüfungen zu den Schritten."""
    return (CheckConstraint(one_of("zustand", ZUSTAENDE), name="zustand"),
            CheckConstraint(SECOND, name="zweite_person"), CheckConstraint(RELEASED, name="freigegeben"),
            CheckConstraint("(zustand = 'zurueckgezogen') = (zurueckgezogen_von IS NOT NULL)", name="zurueckgezogen"))


class Preisblatt(Schritte, TenantRow, PublicId, Base):
    """Was der Kreis diesem Arbeitgeber ab einem Tag berechnet; `inhalt` siehe payroll.verbund.preise."""

    __tablename__ = "preisblatt"
    __table_args__ = (*steps(), CheckConstraint("grund <> ''", name="grund"),
                      Index("ix_preisblatt_ab", "tenant_id", "gilt_ab"))

    gilt_ab: Mapped[date]
    inhalt: Mapped[dict[str, Any]] = mapped_column(JSONB)
    grund: Mapped[str]


class Zusatzleistung(TenantRow, PublicId, Base):
    """Einzelne Leistung nach Stunden (menge in Hundertstel Stunden) oder durchgereichte Auslage (betrag in Cent)."""

    __tablename__ = "zusatzleistung"
    __table_args__ = (
        CheckConstraint(one_of("art", ("stunden", "auslage")), name="art"),
        CheckConstraint("text <> '' AND length(text) <= 200", name="text"),
        CheckConstraint("(art = 'stunden') = (menge IS NOT NULL) AND (art = 'auslage') = (betrag IS NOT NULL)",
                        name="menge"),
        CheckConstraint("menge > 0", name="menge_positiv"),
        CheckConstraint("(gestrichen_von IS NULL) = (gestrichen_grund IS NULL)", name="gestrichen"),
        Index("ix_zusatzleistung_tag", "tenant_id", "tag"),
    )

    tag: Mapped[date]
    art: Mapped[str]
    text: Mapped[str]
    menge: Mapped[int | None]
    betrag: Mapped[int | None] = mapped_column(BigInteger)
    erfasst_von: Mapped[str]
    erfasst_am: Mapped[datetime] = mapped_column(server_default=func.now())
    gestrichen_von: Mapped[str | None]
    gestrichen_grund: Mapped[str | None]


class Kostenjahr(Schritte, TenantRow, PublicId, Base):
    """Tatsächliche Kosten eines Jahres beim Kreis und die Fälle aller Arbeitgeber (Zahlen, keine Namen).

    `kosten`: Art -> Cent; `faelle`: Nummer des Arbeitgebers -> Fälle; `vortrag`: Über- (negativ) oder Unterdeckung
    früherer Jahre in Cent.
    """

    __tablename__ = "kostenjahr"
    __table_args__ = (
        *steps(),
        CheckConstraint("jahr > 0", name="jahr"),
        Index("uq_kostenjahr_jahr", "tenant_id", "jahr", unique=True,
              postgresql_where=text("zustand <> 'zurueckgezogen'")),
    )

    jahr: Mapped[int] = mapped_column(SmallInteger)
    kosten: Mapped[dict[str, int]] = mapped_column(JSONB)
    faelle: Mapped[dict[str, int]] = mapped_column(JSONB)
    vortrag: Mapped[int] = mapped_column(BigInteger)


class Kostenbescheid(Schritte, TenantRow, PublicId, Base):
    """Ein Bescheid an den Arbeitgeber; alles, was auf ihm steht, liegt in `inhalt` und ändert sich nie.

    Beträge in Cent. `sha256` ist die Prüfsumme des Inhalts: freigegeben wird, was gezeigt wurde. Ein Storno nennt in
    `hebt_auf` die Nummer des Bescheids, den er aufhebt; mit seiner Freigabe steht dort `storniert_am`.
    """

    __tablename__ = "kostenbescheid"
    __table_args__ = (
        *steps(),
        UniqueConstraint("tenant_id", "nummer"),
        Index("uq_kostenbescheid_zeitraum", "tenant_id", "art", "von", unique=True,
              postgresql_where=text("zustand <> 'zurueckgezogen' AND storniert_am IS NULL AND art <> 'storno'")),
        ForeignKeyConstraint(["tenant_id", "hebt_auf"], ["kostenbescheid.tenant_id", "kostenbescheid.nummer"],
                             name="fk_kostenbescheid_hebt_auf"),
        Index("uq_kostenbescheid_hebt_auf", "tenant_id", "hebt_auf", unique=True,
              postgresql_where=text("zustand <> 'zurueckgezogen'")),
        CheckConstraint("(art = 'storno') = (hebt_auf IS NOT NULL)", name="hebt_auf"),
        CheckConstraint("(art = 'storno') = (storno_grund IS NOT NULL AND storno_grund <> '')", name="storno_grund"),
        CheckConstraint("storniert_am IS NULL OR (zustand = 'freigegeben' AND art <> 'storno')", name="storniert"),
        CheckConstraint(one_of("art", ("vorauszahlung", "abrechnung", "storno")), name="art"),
        CheckConstraint("bis >= von AND extract(day FROM von) = 1", name="zeitraum"),
        CheckConstraint("octet_length(sha256) = 32", name="sha256"),
        CheckConstraint("(bezahlt_am IS NULL) = (bezahlt_vermerk IS NULL)", name="bezahlt"),
        CheckConstraint("bezahlt_am IS NULL OR zustand = 'freigegeben'", name="bezahlt_freigegeben"),
    )

    nummer: Mapped[str]
    art: Mapped[str]
    von: Mapped[date]
    bis: Mapped[date]
    ausgestellt: Mapped[date]
    faellig: Mapped[date]
    inhalt: Mapped[dict[str, Any]] = mapped_column(JSONB)
    netto: Mapped[int] = mapped_column(BigInteger)
    brutto: Mapped[int] = mapped_column(BigInteger)
    sha256: Mapped[bytes] = mapped_column(LargeBinary)
    preisblatt: Mapped[uuid.UUID]
    bezahlt_am: Mapped[date | None]
    bezahlt_vermerk: Mapped[str | None]
    hebt_auf: Mapped[str | None]
    storno_grund: Mapped[str | None]
    storniert_am: Mapped[datetime | None]

    @property
    def offen(self) -> bool:
        """Freigegeben und noch auszugleichen; ein Storno nur, wenn der aufgehobene Bescheid schon ausgeglichen war."""
        counted = self.art != "storno" or bool(self.inhalt["bezug"]["ausgeglichen"])
        return self.zustand == "freigegeben" and self.bezahlt_am is None and self.storniert_am is None and counted

    @property
    def steuer(self) -> int:
        """Umsatzsteuer in Cent."""
        return self.brutto - self.netto


def gilt() -> ColumnElement[bool]:
    """Bescheide, die zählen: nicht zurückgezogen, nicht storniert, selbst kein Storno."""
    return and_(Kostenbescheid.zustand != "zurueckgezogen", Kostenbescheid.storniert_am.is_(None),
                Kostenbescheid.art != "storno")
