"""Stellen: was der Plan von ihnen sagt, wie sie verteilt, bezahlt und mit Vermerken versehen sind."""

from __future__ import annotations

from datetime import date
from fractions import Fraction

from sqlalchemy import BigInteger, Boolean, CheckConstraint, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from tenants.db.base import Base
from tenants.db.facts import Anchor, Fact, belongs_to
from tenants.models.tenant import one_of

ARTEN = ("planstelle", "stelle")
LAUFBAHNEN = ("wahl", "2.2", "2.1", "1.2", "1.1")
VERMERKE = ("kw", "ku", "sperre", "leerstelle", "sonstiges")
SHARE = "zaehler >= 1 AND zaehler <= nenner"


class Stelle(Anchor, Base):
    """Nummer einer Stelle; sie wird nie ein zweites Mal vergeben."""

    __tablename__ = "stelle"
    __table_args__ = (
        UniqueConstraint("tenant_id", "nummer"),
        CheckConstraint("nummer <> '' AND length(nummer) <= 30", name="nummer"),
    )

    nummer: Mapped[str]


class Anteil:
    """Ein genauer Anteil aus zwei ganzen Zahlen, größer als 0 und höchstens 1."""

    zaehler: Mapped[int] = mapped_column(BigInteger)
    nenner: Mapped[int] = mapped_column(BigInteger)

    @property
    def anteil(self) -> Fraction:
        """Der Anteil als Bruch."""
        return Fraction(self.zaehler, self.nenner)


class StelleStand(Anteil, Fact, Base):
    """Was für die Stelle beschlossen ist: Art, Laufbahngruppe und Gruppe, Anteil, Einheit, Kostenstelle.

    `bewertung` ist die Gruppe, die der Arbeitsplatz nach der Stellenbewertung wert ist, wenn sie von der beschlossenen
    Gruppe abweicht; `beschluss` nennt, worauf die Fassung beruht.
    """

    __tablename__ = "stelle_stand"
    keys = ("stelle_id",)
    __table_args__ = (
        *belongs_to("stelle"),
        *belongs_to("organisationseinheit", "einheit_id"),
        *belongs_to("kontierung", "kostenstelle_id"),
        CheckConstraint("bezeichnung <> '' AND gruppe <> ''", name="bezeichnung"),
        CheckConstraint(one_of("art", ARTEN), name="art"),
        CheckConstraint(one_of("laufbahn", LAUFBAHNEN), name="laufbahn"),
        CheckConstraint("(art = 'planstelle') = (laufbahn IS NOT NULL)", name="planstelle"),
        CheckConstraint(SHARE, name="anteil"),
        CheckConstraint("befristet_bis IS NULL OR befristet_bis >= valid_from", name="befristung"),
    )

    stelle_id: Mapped[int] = mapped_column(BigInteger)
    einheit_id: Mapped[int] = mapped_column(BigInteger)
    kostenstelle_id: Mapped[int | None] = mapped_column(BigInteger)
    art: Mapped[str]
    bezeichnung: Mapped[str]
    funktion: Mapped[str | None]
    laufbahn: Mapped[str | None]
    gruppe: Mapped[str]
    bewertung: Mapped[str | None]
    zulage: Mapped[bool] = mapped_column(Boolean, default=False, server_default=text("false"))
    ausgesondert: Mapped[bool] = mapped_column(Boolean, default=False, server_default=text("false"))
    sondervermoegen: Mapped[str | None]
    befristet_bis: Mapped[date | None]
    beschluss: Mapped[str]


class StelleVerteilung(Anteil, Fact, Base):
    """Welcher Teil einer Stelle zu einem Produkt gehört; alle Teile einer Stelle ergeben an jedem Tag 1."""

    __tablename__ = "stelle_verteilung"
    keys = ("stelle_id", "produkt_id")
    __table_args__ = (
        *belongs_to("stelle"),
        *belongs_to("kontierung", "produkt_id"),
        CheckConstraint(SHARE, name="anteil"),
    )

    stelle_id: Mapped[int] = mapped_column(BigInteger)
    produkt_id: Mapped[int] = mapped_column(BigInteger)


class StelleFinanzierung(Anteil, Fact, Base):
    """Wer welchen Teil der Kosten erstattet (Jobcenter, Landesprogramm, Gebühren)."""

    __tablename__ = "stelle_finanzierung"
    keys = ("stelle_id", "quelle")
    __table_args__ = (
        *belongs_to("stelle"),
        CheckConstraint("quelle <> ''", name="quelle"),
        CheckConstraint(SHARE, name="anteil"),
    )

    stelle_id: Mapped[int] = mapped_column(BigInteger)
    quelle: Mapped[str]


class StelleVermerk(Fact, Base):
    """Vermerk an einer Stelle. `termin`: Tag, ab dem er wirkt; ohne Termin wirkt er, sobald die Stelle frei wird.

    kw: die Stelle fällt weg. ku: sie wird in `ziel_gruppe` umgewandelt. sperre: sie darf im Zeitraum der Tatsache nicht
    besetzt werden. `zaehler`/`nenner`: der betroffene Teil, wenn es nicht die ganze Stelle ist.
    """

    __tablename__ = "stelle_vermerk"
    keys = ("stelle_id", "art")
    __table_args__ = (
        *belongs_to("stelle"),
        CheckConstraint(one_of("art", VERMERKE), name="art"),
        CheckConstraint("(art = 'ku') = (ziel_gruppe IS NOT NULL)", name="ziel"),
        CheckConstraint(one_of("ziel_laufbahn", LAUFBAHNEN), name="laufbahn"),
        CheckConstraint("(zaehler IS NULL) = (nenner IS NULL)", name="teil"),
        CheckConstraint(f"zaehler IS NULL OR ({SHARE} AND art = 'kw')", name="anteil"),
    )

    stelle_id: Mapped[int] = mapped_column(BigInteger)
    art: Mapped[str]
    termin: Mapped[date | None]
    ziel_laufbahn: Mapped[str | None]
    ziel_gruppe: Mapped[str | None]
    zaehler: Mapped[int | None] = mapped_column(BigInteger)
    nenner: Mapped[int | None] = mapped_column(BigInteger)
    text: Mapped[str | None]

    @property
    def teil(self) -> Fraction | None:
        """Der betroffene Teil; None für die ganze Stelle."""
        return None if self.zaehler is None or self.nenner is None else Fraction(self.zaehler, self.nenner)
