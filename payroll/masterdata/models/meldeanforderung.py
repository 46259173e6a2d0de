"""Meldungen zur Sozialversicherung, die jemand verlangt hat: gesondert zum Rentenantrag, monatlich für die Kasse."""

from __future__ import annotations

from datetime import date

from sqlalchemy import BigInteger, CheckConstraint
from sqlalchemy.orm import Mapped, mapped_column

from payroll.masterdata.models.facts import Fact, belongs_to
from tenants.db.base import Base
from tenants.models.tenant import one_of

RENTENANTRAG, GKV_MONATSMELDUNG = "rentenantrag", "gkv_monatsmeldung"
ANFORDERUNGEN = (RENTENANTRAG, GKV_MONATSMELDUNG)


class Meldeanforderung(Fact, Base):
    """Verlangen einer Meldung; `valid_from` und `valid_to` sind erster und letzter Tag, für den sie verlangt ist.

    „rentenantrag“: die Person verlangt die gesonderte Meldung nach § 194 Abs. 1 SGB VI (Grund 57); gemeldet wird bis
    zum letzten Tag, vom ersten noch nicht gemeldeten an. „gkv_monatsmeldung“: die Krankenkasse verlangt Monate bei
    mehreren Beschäftigungen (§ 28a Abs. 1 Satz 1 Nr. 10 SGB IV, § 11b DEÜV, Grund 58).
    """

    __tablename__ = "meldeanforderung"
    keys = ("beschaeftigung_id", "art")
    __table_args__ = (
        *belongs_to("beschaeftigung"),
        CheckConstraint(one_of("art", ANFORDERUNGEN), name="anforderung"),
        CheckConstraint("valid_to IS NOT NULL AND extract(day FROM valid_to + 1) = 1", name="monatsende"),
    )

    beschaeftigung_id: Mapped[int] = mapped_column(BigInteger)
    art: Mapped[str]
    eingegangen_am: Mapped[date]
