"""Lauf eines Monats mit Ergebnissen, Zeilen, Hinweisen und Wertebögen."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any

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
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from tenants.db.base import Base, PartRow, PublicId, TenantRow
from tenants.security.field import SealedField

ZUSTAENDE = ("offen", "probe", "geprueft", "freigegeben", "abgeschlossen")
STUFEN = ("fehler", "warnung", "hinweis")
BEREICHE = ("bezug", "abzug", "netto")

Cents = Annotated[int, mapped_column(BigInteger, default=0, server_default=text("0"))]


def in_words(column: str, values: tuple[str, ...]) -> str:
    return f"{column} IN ({', '.join(repr(value) for value in values)})"


class Words:
    """Der Text einer Zeile, versiegelt oder nicht; in Abfragen die lesbare Spalte."""

    def __init__(self, part: int, readable: str) -> None:
        self.part, self.readable = part, readable

    def __set_name__(self, owner: type, name: str) -> None:
        self.name = name

    def __get__(self, row: Any, owner: Any) -> Any:
        if row is None:
            return getattr(owner, self.readable).label(self.name)
        words = row.worte
        return getattr(row, self.readable) if words is None else words.split("\n")[self.part]

    def __set__(self, row: object, value: str) -> None:
        setattr(row, self.readable, value)


class Lauf(TenantRow, PublicId, Base):
    """Der Lauf eines Monats. Wer rechnet, gibt nicht frei; das hält auch die Datenbank fest."""

    __tablename__ = "lauf"
    __table_args__ = (
        UniqueConstraint("tenant_id", "monat"),
        CheckConstraint(in_words("zustand", ZUSTAENDE), name="zustand"),
        CheckConstraint("extract(day FROM monat) = 1", name="monatserster"),
        CheckConstraint("zustand = 'offen' OR (berechnet_von IS NOT NULL AND ergebnis_hash IS NOT NULL)",
                        name="berechnet"),
        CheckConstraint("zustand NOT IN ('geprueft', 'freigegeben', 'abgeschlossen') OR geprueft_von IS NOT NULL",
                        name="geprueft"),
        CheckConstraint("zustand NOT IN ('freigegeben', 'abgeschlossen') OR "
                        "(freigegeben_von IS NOT NULL AND gemeinde_von IS NOT NULL)", name="freigegeben"),
        CheckConstraint("freigegeben_von <> berechnet_von AND gemeinde_von <> berechnet_von "
                        "AND gemeinde_von <> freigegeben_von", name="zweite_person"),
        CheckConstraint("zustand IN ('offen', 'probe') OR anzahl > 0", name="nicht_leer"),
        CheckConstraint("zustand <> 'abgeschlossen' OR abgeschlossen_am IS NOT NULL", name="abgeschlossen"),
    )

    monat: Mapped[date]
    zustand: Mapped[str] = mapped_column(default="offen", server_default=text("'offen'"))
    fassung: Mapped[int] = mapped_column(default=0, server_default=text("0"))
    schluessel: Mapped[str | None]
    stand: Mapped[datetime | None]
    regelwerk: Mapped[str | None]
    tafeln: Mapped[dict[str, dict[str, str]] | None] = mapped_column(JSONB(none_as_null=True))
    ergebnis_hash: Mapped[str | None]
    anzahl: Mapped[int] = mapped_column(default=0, server_default=text("0"))
    gesamtbrutto: Mapped[Cents]
    netto: Mapped[Cents]
    auszahlung: Mapped[Cents]
    ag_kosten: Mapped[Cents]
    berechnet_von: Mapped[str | None]
    berechnet_am: Mapped[datetime | None]
    geprueft_von: Mapped[str | None]
    geprueft_am: Mapped[datetime | None]
    freigegeben_von: Mapped[str | None]
    freigegeben_am: Mapped[datetime | None]
    gemeinde_von: Mapped[str | None]
    gemeinde_am: Mapped[datetime | None]
    abgeschlossen_von: Mapped[str | None]
    abgeschlossen_am: Mapped[datetime | None]
    angelegt_am: Mapped[datetime] = mapped_column(server_default=func.now())


class Ergebnis(TenantRow, PublicId, Base):
    """Abrechnung einer Beschäftigung in einem Monat; Beträge in Cent, Namen wie im Vertrag der Abrechnung."""

    __tablename__ = "ergebnis"
    __table_args__ = (
        UniqueConstraint("tenant_id", "lauf_id", "beschaeftigung_id"),
        ForeignKeyConstraint(["tenant_id", "lauf_id"], ["lauf.tenant_id", "lauf.id"], ondelete="CASCADE"),
        ForeignKeyConstraint(["tenant_id", "beschaeftigung_id"], ["beschaeftigung.tenant_id", "beschaeftigung.id"]),
        Index("ix_ergebnis_beschaeftigung", "tenant_id", "beschaeftigung_id", "monat"),
    )

    lauf_id: Mapped[int] = mapped_column(BigInteger)
    beschaeftigung_id: Mapped[int] = mapped_column(BigInteger)
    monat: Mapped[date]
    sv_tage: Mapped[int] = mapped_column(SmallInteger)
    tabellenentgelt: Mapped[Cents]
    gesamtbrutto: Mapped[Cents]
    steuerbrutto: Mapped[Cents]
    sv_brutto_kv: Mapped[Cents]
    sv_brutto_rv: Mapped[Cents]
    be_gesamt: Mapped[Cents]
    be_an: Mapped[Cents]
    sv_brutto_kv_vorjahr: Mapped[Cents]
    sv_brutto_rv_vorjahr: Mapped[Cents]
    lohnsteuer: Mapped[Cents]
    lohnsteuer_einmal: Mapped[Cents]
    soli: Mapped[Cents]
    kirchensteuer: Mapped[Cents]
    kv_an: Mapped[Cents]
    zb_an: Mapped[Cents]
    pv_an: Mapped[Cents]
    rv_an: Mapped[Cents]
    av_an: Mapped[Cents]
    zv_an: Mapped[Cents]
    netto: Mapped[Cents]
    zuschuss_kv: Mapped[Cents]
    zuschuss_pv: Mapped[Cents]
    auszahlung: Mapped[Cents]
    kv_ag: Mapped[Cents]
    zb_ag: Mapped[Cents]
    pv_ag: Mapped[Cents]
    rv_ag: Mapped[Cents]
    av_ag: Mapped[Cents]
    u2: Mapped[Cents]
    pauschsteuer_2: Mapped[Cents]
    pauschsteuer_20: Mapped[Cents]
    pauschsteuer_25: Mapped[Cents]
    pauschsteuer_40a_soli: Mapped[Cents]
    pauschsteuer_40a_kist: Mapped[Cents]
    zv_entgelt: Mapped[Cents]
    zv_umlage: Mapped[Cents]
    zv_sanierungsgeld: Mapped[Cents]
    zv_steuerfrei: Mapped[Cents]
    zv_pauschal: Mapped[Cents]
    zv_individuell: Mapped[Cents]
    zv_hinzurechnung: Mapped[Cents]
    zv_pauschalsteuer: Mapped[Cents]
    zv_pauschal_soli: Mapped[Cents]
    zv_pauschal_kist: Mapped[Cents]
    zv2_beitrag: Mapped[Cents]
    zv2_steuerfrei: Mapped[Cents]
    zv2_sv_frei: Mapped[Cents]
    ag_kosten: Mapped[Cents]
    sachbezuege: Mapped[Cents]
    entgeltumwandlung: Mapped[Cents]
    umwandlung_zuschuss: Mapped[Cents]
    umwandlung_steuerfrei: Mapped[Cents]
    umwandlung_sv_frei: Mapped[Cents]
    pauschalsteuern_nebenleistungen: Mapped[Cents]
    ifsg_gezahlt: Mapped[Cents]
    ifsg_beitraege: Mapped[Cents]


class Ergebniszeile(PartRow, Base):
    """Eine Zeile des Entgeltnachweises: Bezug, Abzug vom Netto oder Zahlung.

    Nennt sie Dritte (Gläubiger, Empfänger, Vertrag), stehen Text und Einzelheit nur versiegelt da, lesbar die Art.
    """

    __tablename__ = "ergebniszeile"
    __table_args__ = (
        UniqueConstraint("tenant_id", "ergebnis_id", "position"),
        ForeignKeyConstraint(["tenant_id", "ergebnis_id"], ["ergebnis.tenant_id", "ergebnis.id"], ondelete="CASCADE"),
        CheckConstraint(in_words("bereich", BEREICHE), name="bereich"),
    )

    ergebnis_id: Mapped[int] = mapped_column(BigInteger)
    position: Mapped[int] = mapped_column(SmallInteger)
    bereich: Mapped[str]
    lohnart: Mapped[str]
    text_lesbar: Mapped[str] = mapped_column("text")
    einzelheit_lesbar: Mapped[str] = mapped_column("einzelheit", default="", server_default=text("''"))
    worte = SealedField[str | None](place=("ergebnis_id", "position"))
    worte_siegel: Mapped[bytes | None] = mapped_column(LargeBinary)
    merkmale: Mapped[str] = mapped_column(default="", server_default=text("''"))
    betrag: Mapped[Cents]
    text = Words(0, "text_lesbar")
    einzelheit = Words(1, "einzelheit_lesbar")


class Hinweis(TenantRow, PublicId, Base):
    """Ein Befund statt eines Abbruchs: Datensatz, Feld, Regel, Abhilfe."""

    __tablename__ = "hinweis"
    __table_args__ = (
        ForeignKeyConstraint(["tenant_id", "lauf_id"], ["lauf.tenant_id", "lauf.id"], ondelete="CASCADE"),
        ForeignKeyConstraint(["tenant_id", "beschaeftigung_id"], ["beschaeftigung.tenant_id", "beschaeftigung.id"]),
        CheckConstraint(in_words("stufe", STUFEN), name="stufe"),
        CheckConstraint("(erledigt_von IS NULL) = (begruendung IS NULL)", name="begruendet"),
        Index("ix_hinweis_lauf", "tenant_id", "lauf_id"),
    )

    lauf_id: Mapped[int] = mapped_column(BigInteger)
    beschaeftigung_id: Mapped[int | None] = mapped_column(BigInteger)
    stufe: Mapped[str]
    ursache: Mapped[str]
    datensatz = SealedField[str]()
    feld: Mapped[str]
    regel = SealedField[str]()
    datensatz_siegel: Mapped[bytes] = mapped_column(LargeBinary)
    regel_siegel: Mapped[bytes] = mapped_column(LargeBinary)
    abhilfe: Mapped[str]
    erledigt_von: Mapped[str | None]
    erledigt_am: Mapped[datetime | None]
    begruendung: Mapped[str | None]


class Wertebogen(TenantRow, Base):
    """Alle benannten Werte eines Ergebnisses, gepackt und verschlüsselt; dazu der Fingerabdruck der Eingaben."""

    __tablename__ = "wertebogen"
    __table_args__ = (
        UniqueConstraint("tenant_id", "ergebnis_id"),
        ForeignKeyConstraint(["tenant_id", "ergebnis_id"], ["ergebnis.tenant_id", "ergebnis.id"], ondelete="CASCADE"),
    )

    ergebnis_id: Mapped[int] = mapped_column(BigInteger)
    eingabe_hash: Mapped[str]
    inhalt: Mapped[bytes] = mapped_column(LargeBinary)
