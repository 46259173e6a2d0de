"""Was ein Ergebnis unter dem Netto mit Dritten und mit offenen Forderungen macht: für Zahlung, Stand und Nachweis."""

from __future__ import annotations

from sqlalchemy import BigInteger, CheckConstraint, ForeignKeyConstraint, SmallInteger, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from payroll.runs.models import Cents, in_words
from tenants.db.base import Base, TenantRow

RATEN = ("vorschuss", "darlehen", "ueberzahlung")
ERSTATTUNGEN = ("jahresausgleich_lohnsteuer", "jahresausgleich_soli", "jahresausgleich_kirchensteuer")
ARTEN = (*RATEN, *ERSTATTUNGEN)


class Verrechnung(TenantRow, Base):
    """Rate eines Vorschusses oder Darlehens (betrag über null) oder Erstattung des Jahresausgleichs (unter null).

    `laufnummer`: Nummer des Darlehens der Beschäftigung, bei Erstattungen 0. `rest`: was danach offen bleibt.
    """

    __tablename__ = "verrechnung"
    __table_args__ = (
        UniqueConstraint("tenant_id", "ergebnis_id", "art", "laufnummer"),
        ForeignKeyConstraint(["tenant_id", "ergebnis_id"], ["ergebnis.tenant_id", "ergebnis.id"], ondelete="CASCADE"),
        CheckConstraint(in_words("art", ARTEN), name="art"),
    )

    ergebnis_id: Mapped[int] = mapped_column(BigInteger)
    art: Mapped[str]
    laufnummer: Mapped[int] = mapped_column(SmallInteger)
    betrag: Mapped[Cents]
    rest: Mapped[Cents]


class Drittzahlung(TenantRow, Base):
    """Was aus einem Ergebnis an einen Dritten geht; Empfänger, Vertragsnummer und Konto stehen in der Tatsache.

    `sparvertrag_id` zeigt auf die Fassung, nach der gezahlt wird; Tatsachen werden nie überschrieben.
    `arbeitgeber`: davon Zuschuss des Arbeitgebers (§ 1a Abs. 1a BetrAVG), im Betrag enthalten.
    """

    __tablename__ = "drittzahlung"
    __table_args__ = (
        UniqueConstraint("tenant_id", "ergebnis_id", "sparvertrag_id"),
        ForeignKeyConstraint(["tenant_id", "ergebnis_id"], ["ergebnis.tenant_id", "ergebnis.id"], ondelete="CASCADE"),
        ForeignKeyConstraint(["tenant_id", "sparvertrag_id"], ["sparvertrag.tenant_id", "sparvertrag.id"]),
        CheckConstraint("betrag > 0 AND arbeitgeber BETWEEN 0 AND betrag", name="betrag"),
    )

    ergebnis_id: Mapped[int] = mapped_column(BigInteger)
    sparvertrag_id: Mapped[int] = mapped_column(BigInteger)
    betrag: Mapped[Cents]
    arbeitgeber: Mapped[Cents]
