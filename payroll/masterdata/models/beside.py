"""Was neben dieser Beschäftigung zählt: weitere Arbeitgeber der Person, Jahreswerte vor der ersten Abrechnung."""

from __future__ import annotations

from sqlalchemy import BigInteger, CheckConstraint, LargeBinary, SmallInteger, text
from sqlalchemy.orm import Mapped, mapped_column

from payroll.masterdata.models.facts import Fact, belongs_to
from tenants.db.base import Base
from tenants.models.tenant import one_of

WEITERE_ARTEN = ("versichert", "minijob", "kurzfristig")
HERKUNFT = ("vorsystem", "arbeitgeber")
VORTRAGSBETRAEGE = ("sv_brutto_kv", "sv_brutto_rv", "steuerbrutto", "zv_steuerfrei")


def _cents() -> Mapped[int]:
    return mapped_column(BigInteger, default=0, server_default=text("0"))


class WeitereBeschaeftigung(Fact, Base):
    """Beschäftigung der Person bei einem anderen Arbeitgeber (§ 22 Abs. 2, § 8 Abs. 2 SGB IV).

    `art`: „versichert“ (Entgelt teilt sich die Beitragsbemessungsgrenze und zählt im Übergangsbereich), „minijob“ oder
    „kurzfristig“: dann sind `valid_from` und `valid_to` Beginn und Ende, `arbeitstage` die Arbeitstage dort; sie zählen
    im Kalenderjahr zusammen (§ 8 Abs. 1 Nr. 2 SGB IV).
    `entgelt_monat_cent`: laufendes Bruttoentgelt eines vollen Monats dort. Der Arbeitgeber ist verschlüsselt.
    """

    __tablename__ = "weitere_beschaeftigung"
    keys = ("person_id", "nummer")
    sealed = ("arbeitgeber",)
    __table_args__ = (
        *belongs_to("person"),
        CheckConstraint("nummer >= 1", name="nummer"),
        CheckConstraint(one_of("art", WEITERE_ARTEN), name="art"),
        CheckConstraint("entgelt_monat_cent >= 0", name="entgelt"),
        CheckConstraint("arbeitstage IS NULL OR (art = 'kurzfristig' AND arbeitstage BETWEEN 1 AND 366)",
                        name="arbeitstage"),
    )

    person_id: Mapped[int] = mapped_column(BigInteger)
    nummer: Mapped[int] = mapped_column(SmallInteger)
    art: Mapped[str]
    entgelt_monat_cent: Mapped[int] = mapped_column(BigInteger)
    arbeitgeber_siegel: Mapped[bytes | None] = mapped_column(LargeBinary)
    arbeitstage: Mapped[int | None] = mapped_column(SmallInteger)


class Vortragswerte(Fact, Base):
    """Jahreswerte, die hier nicht abgerechnet wurden.

    `herkunft` „vorsystem“: Monate beim selben Arbeitgeber vor der ersten Abrechnung mit diesem Programm; sie zählen
    für die anteilige Jahresgrenze und die Märzklausel (§ 23a SGB IV), für den Jahresarbeitslohn und die steuerfreie
    Umlage. „arbeitgeber“: Arbeitslohn früherer Arbeitgeber des Jahres (§ 39b Abs. 3 EStG), nur `steuerbrutto`.
    Beträge in Cent, `sv_tage` höchstens 360.
    """

    __tablename__ = "vortragswerte"
    keys = ("beschaeftigung_id", "jahr", "herkunft")
    __table_args__ = (
        *belongs_to("beschaeftigung"),
        CheckConstraint("jahr > 0", name="jahr"),
        CheckConstraint(one_of("herkunft", HERKUNFT), name="herkunft"),
        CheckConstraint("sv_tage BETWEEN 0 AND 360", name="sv_tage"),
        CheckConstraint(
            "herkunft = 'vorsystem' OR (sv_tage = 0 AND sv_brutto_kv_cent = 0 AND sv_brutto_rv_cent = 0 "
            "AND zv_steuerfrei_cent = 0)",
            name="nur_steuer",
        ),
        CheckConstraint(
            "sv_brutto_kv_cent >= 0 AND sv_brutto_rv_cent >= 0 AND zv_steuerfrei_cent >= 0", name="betraege"
        ),
    )

    beschaeftigung_id: Mapped[int] = mapped_column(BigInteger)
    jahr: Mapped[int] = mapped_column(SmallInteger)
    herkunft: Mapped[str]
    sv_tage: Mapped[int] = mapped_column(SmallInteger, default=0, server_default=text("0"))
    sv_brutto_kv_cent: Mapped[int] = _cents()
    sv_brutto_rv_cent: Mapped[int] = _cents()
    steuerbrutto_cent: Mapped[int] = _cents()
    zv_steuerfrei_cent: Mapped[int] = _cents()
