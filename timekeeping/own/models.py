"""Eigene Zeiterfassung: Arbeitszeitregelung und Dienst als Tatsachen, Stempel zum Anfügen, Korrektur und Auftrag."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, Index, Integer, SmallInteger, func, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from tenants.db.base import Base, PublicId, TenantRow
from tenants.db.facts import Fact, belongs_to
from tenants.models.tenant import one_of
from timekeeping.rules.facts import BEREICHE, SCHICHTARTEN

REGELUNGEN = ("fest", "gleitend", "schicht")
PAUSEN = ("gestempelt", "gesetzlich")
KAPPUNGEN = ("nie", "monat", "jahr")
RICHTUNGEN = ("kommen", "gehen")
QUELLEN = ("portal", "terminal")
ANTRAG = ("beantragt", "genehmigt", "abgelehnt", "zurueckgezogen")
AUFTRAEGE = ("anordnung", "rufbereitschaft", "einsatz_ausserhalb", "einsatz_telefonisch")
BRAUCH = ("weiberfastnacht", "rosenmontag", "fastnachtdienstag", "jahrestag", "datum")
DAY_MINUTES = 1440


class ZeitRegelung(Fact, Base):
    """Arbeitszeit einer Beschäftigung; wochen: ein bis acht Wochen mit Sollminuten von Montag bis Sonntag, ab anker.

    rahmen und kern in Minuten des Tages; Grenzen und saldo_anfang des Gleitzeitkontos in Minuten. pausen gesetzlich:
    fehlende Pause nach § 4 ArbZG wird abgezogen. schichtarbeit ohne staendig: Zulage je Stunde.
    """

    __tablename__ = "zeit_regelung"
    keys = ("beschaeftigung_id",)
    __table_args__ = (
        *belongs_to("beschaeftigung"),
        CheckConstraint(one_of("art", REGELUNGEN), name="art"),
        CheckConstraint(one_of("pausen", PAUSEN), name="pausen"),
        CheckConstraint(one_of("kappung", KAPPUNGEN), name="kappung"),
        CheckConstraint(one_of("bereich", BEREICHE), name="bereich"),
        CheckConstraint(one_of("schichtarbeit", SCHICHTARTEN), name="schichtarbeit"),
        CheckConstraint("rahmen_von < rahmen_bis", name="rahmen"),
        CheckConstraint("kern_von < kern_bis", name="kern"),
    )

    beschaeftigung_id: Mapped[int] = mapped_column(BigInteger)
    art: Mapped[str]
    wochen: Mapped[list[Any]] = mapped_column(JSONB)
    anker: Mapped[date]
    rahmen_von: Mapped[int] = mapped_column(SmallInteger)
    rahmen_bis: Mapped[int] = mapped_column(SmallInteger)
    kern_von: Mapped[int | None] = mapped_column(SmallInteger)
    kern_bis: Mapped[int | None] = mapped_column(SmallInteger)
    pausen: Mapped[str]
    plus_grenze: Mapped[int | None] = mapped_column(Integer)
    minus_grenze: Mapped[int | None] = mapped_column(Integer)
    kappung: Mapped[str]
    saldo_anfang: Mapped[int] = mapped_column(Integer, default=0, server_default=text("0"))
    bereich: Mapped[str]
    schichtarbeit: Mapped[str]
    staendig: Mapped[bool] = mapped_column(default=False, server_default=text("false"))
    nachtarbeit: Mapped[bool] = mapped_column(default=False, server_default=text("false"))


class ZeitDienst(Fact, Base):
    """Dienst eines Tages nach dem Schichtplan: beginn und ende in Minuten (Ende über 1440: am Folgetag); frei: 0 bis 0.

    Er geht der Woche der Regelung vor; der Tag ist valid_from.
    """

    __tablename__ = "zeit_dienst"
    keys = ("beschaeftigung_id",)
    __table_args__ = (
        *belongs_to("beschaeftigung"),
        CheckConstraint("valid_to = valid_from", name="tag"),
        CheckConstraint("beginn >= 0 AND ende >= beginn", name="dienst"),
        CheckConstraint("pause >= 0", name="pause"),
    )

    beschaeftigung_id: Mapped[int] = mapped_column(BigInteger)
    beginn: Mapped[int] = mapped_column(SmallInteger)
    ende: Mapped[int] = mapped_column(SmallInteger)
    pause: Mapped[int] = mapped_column(SmallInteger, default=0, server_default=text("0"))


class ZeitStempel(TenantRow, PublicId, Base):
    """Ein Kommen oder Gehen; es bleibt, wie es war: berichtigt wird der Tag durch eine genehmigte Korrektur."""

    __tablename__ = "zeit_stempel"
    __table_args__ = (
        *belongs_to("beschaeftigung", index=False),
        Index("ix_zeit_stempel_person", "tenant_id", "beschaeftigung_id", "zeitpunkt"),
        CheckConstraint(one_of("richtung", RICHTUNGEN), name="richtung"),
        CheckConstraint(one_of("quelle", QUELLEN), name="quelle"),
    )

    beschaeftigung_id: Mapped[int] = mapped_column(BigInteger)
    zeitpunkt: Mapped[datetime]
    richtung: Mapped[str]
    quelle: Mapped[str]
    erfasst_von: Mapped[str]
    erfasst_am: Mapped[datetime] = mapped_column(server_default=func.now())


class ZeitKorrektur(TenantRow, PublicId, Base):
    """Antrag, die Zeiten eines Tages zu berichtigen; zeiten: Liste von [Beginn, Ende, Pause] in Minuten des Tages.

    Genehmigt ersetzt sie alles, was an dem Tag begann. Wer beantragt, genehmigt nicht.
    """

    __tablename__ = "zeit_korrektur"
    __table_args__ = (
        *belongs_to("beschaeftigung"),
        Index("uq_zeit_korrektur_offen", "tenant_id", "beschaeftigung_id", "tag", unique=True,
              postgresql_where=text("zustand = 'beantragt'")),
        CheckConstraint(one_of("zustand", ANTRAG), name="zustand"),
        CheckConstraint("grund <> ''", name="grund"),
        CheckConstraint("entschieden_von <> beantragt_von OR zustand = 'zurueckgezogen'", name="zweite_person"),
        CheckConstraint("zustand = 'beantragt' OR (entschieden_von IS NOT NULL AND entschieden_am IS NOT NULL)",
                        name="entschieden"),
    )

    beschaeftigung_id: Mapped[int] = mapped_column(BigInteger)
    tag: Mapped[date]
    zeiten: Mapped[list[Any]] = mapped_column(JSONB)
    grund: Mapped[str]
    zustand: Mapped[str] = mapped_column(default="beantragt", server_default=text("'beantragt'"))
    beantragt_von: Mapped[str]
    beantragt_am: Mapped[datetime] = mapped_column(server_default=func.now())
    entschieden_von: Mapped[str | None]
    entschieden_am: Mapped[datetime | None]
    entschieden_grund: Mapped[str | None]


class ZeitAuftrag(TenantRow, PublicId, Base):
    """Angeordnete Stunden, Rufbereitschaft oder ein Einsatz darin; zurückgezogen zählt er nicht mehr."""

    __tablename__ = "zeit_auftrag"
    __table_args__ = (
        *belongs_to("beschaeftigung", index=False),
        Index("ix_zeit_auftrag_person", "tenant_id", "beschaeftigung_id", "beginn"),
        CheckConstraint(one_of("art", AUFTRAEGE), name="art"),
        CheckConstraint("ende >= beginn", name="zeitraum"),
        CheckConstraint("grund <> ''", name="grund"),
        CheckConstraint("(zurueckgezogen_am IS NULL) = (zurueckgezogen_von IS NULL)", name="zurueckgezogen"),
    )

    beschaeftigung_id: Mapped[int] = mapped_column(BigInteger)
    art: Mapped[str]
    beginn: Mapped[datetime]
    ende: Mapped[datetime]
    grund: Mapped[str]
    erfasst_von: Mapped[str]
    erfasst_am: Mapped[datetime] = mapped_column(server_default=func.now())
    zurueckgezogen_von: Mapped[str | None]
    zurueckgezogen_am: Mapped[datetime | None]


class ZeitBrauchtag(Fact, Base):
    """Ein freier Tag des Arbeitgebers in jedem Jahr seiner Geltung; anteil: Hundertstel des Solls, die entfallen.

    regel jahrestag: am tag des monats; datum: an jedem Tag der Geltung; die anderen nach Ostern.
    """

    __tablename__ = "zeit_brauchtag"
    keys = ("name",)
    __table_args__ = (
        CheckConstraint(one_of("regel", BRAUCH), name="regel"),
        CheckConstraint("(regel = 'jahrestag') = (monat IS NOT NULL AND tag IS NOT NULL)", name="jahrestag"),
        CheckConstraint("anteil BETWEEN 1 AND 100", name="anteil"),
        CheckConstraint("name <> ''", name="name"),
    )

    name: Mapped[str]
    regel: Mapped[str]
    monat: Mapped[int | None] = mapped_column(SmallInteger)
    tag: Mapped[int | None] = mapped_column(SmallInteger)
    anteil: Mapped[int] = mapped_column(SmallInteger)
