"""Neben dem Entgelt: Dienstwagen, Arbeitsweg, Verpflegung und Unterkunft, Sparverträge, Vorschuss und Darlehen.

Beträge je Monat, die kein weiteres Merkmal brauchen (Jobticket, Fahrtkostenzuschuss, Gutschein), sind wiederkehrende
Bezüge; ihre Lohnart nennt die Eingangsspalte des Rechts.
"""

from __future__ import annotations

from datetime import date

from sqlalchemy import BigInteger, Boolean, CheckConstraint, LargeBinary, SmallInteger, text
from sqlalchemy.orm import Mapped, mapped_column

from payroll.masterdata.models.facts import Fact, belongs_to
from tenants.db.base import Base
from tenants.models.tenant import one_of
from tenants.security.field import SealedField

ANSAETZE = ("voll", "halb", "viertel")
SPARARTEN = ("vermoegensbildung", "entgeltumwandlung")
DARLEHENSARTEN = ("vorschuss", "darlehen", "ueberzahlung")


def _yes() -> Mapped[bool]:
    return mapped_column(Boolean, default=False, server_default=text("false"))


def _count(default: int = 0) -> Mapped[int]:
    return mapped_column(SmallInteger, default=default, server_default=text(f"{default}"))


def _cents() -> Mapped[int]:
    return mapped_column(BigInteger, default=0, server_default=text("0"))


class Dienstwagen(Fact, Base):
    """Überlassener Dienstwagen, auch privat nutzbar (§ 8 Abs. 2 Satz 2 bis 5 EStG).

    `arbeitsweg`: er steht auch für den Weg zur Arbeit zur Verfügung; die Entfernung steht beim Arbeitsweg.
    `selbst_gezahlt_cent`: im Monat selbst getragen und nicht vom Entgelt einbehalten (dafür Lohnart 3003).
    """

    __tablename__ = "dienstwagen"
    keys = ("beschaeftigung_id",)
    __table_args__ = (
        *belongs_to("beschaeftigung"),
        CheckConstraint("listenpreis_cent > 0", name="listenpreis"),
        CheckConstraint(one_of("ansatz", ANSAETZE), name="ansatz"),
        CheckConstraint("ansatz <> 'viertel' OR anschaffung IS NOT NULL", name="anschaffung"),
        CheckConstraint("selbst_gezahlt_cent >= 0", name="selbst_gezahlt"),
    )

    beschaeftigung_id: Mapped[int] = mapped_column(BigInteger)
    listenpreis_cent: Mapped[int] = mapped_column(BigInteger)
    ansatz: Mapped[str] = mapped_column(default="voll", server_default=text("'voll'"))
    anschaffung: Mapped[date | None]
    arbeitsweg: Mapped[bool] = _yes()
    selbst_gezahlt_cent: Mapped[int] = _cents()


class Arbeitsweg(Fact, Base):
    """Weg zur ersten Tätigkeitsstätte: volle Kilometer, nachgewiesene Tage (leer: 15), pauschal versteuert oder nicht.
    """

    __tablename__ = "arbeitsweg"
    keys = ("beschaeftigung_id",)
    __table_args__ = (
        *belongs_to("beschaeftigung"),
        CheckConstraint("entfernung_km BETWEEN 0 AND 999", name="entfernung"),
        CheckConstraint("arbeitstage BETWEEN 1 AND 23", name="arbeitstage"),
    )

    beschaeftigung_id: Mapped[int] = mapped_column(BigInteger)
    entfernung_km: Mapped[int] = mapped_column(SmallInteger)
    arbeitstage: Mapped[int | None] = mapped_column(SmallInteger)
    pauschal: Mapped[bool] = _yes()


class Sachbezug(Fact, Base):
    """Verpflegung und Unterkunft vom Arbeitgeber, bewertet nach der Sozialversicherungsentgeltverordnung.

    Einzelne Mahlzeiten zählen im Monat; `selbst_gezahlt_cent` ist, was für sie bar gezahlt wird (vom Entgelt
    einbehalten: Lohnart 4203; Miete: Lohnart 4201).
    """

    __tablename__ = "sachbezug"
    keys = ("beschaeftigung_id",)
    __table_args__ = (
        *belongs_to("beschaeftigung"),
        CheckConstraint(
            "fruehstuecke BETWEEN 0 AND 31 AND mittagessen BETWEEN 0 AND 31 AND abendessen BETWEEN 0 AND 31",
            name="mahlzeiten",
        ),
        CheckConstraint("selbst_gezahlt_cent >= 0", name="selbst_gezahlt"),
        CheckConstraint("belegung BETWEEN 1 AND 9", name="belegung"),
    )

    beschaeftigung_id: Mapped[int] = mapped_column(BigInteger)
    fruehstuecke: Mapped[int] = _count()
    mittagessen: Mapped[int] = _count()
    abendessen: Mapped[int] = _count()
    selbst_gezahlt_cent: Mapped[int] = _cents()
    pauschal: Mapped[bool] = _yes()
    freies_fruehstueck: Mapped[bool] = _yes()
    freies_mittagessen: Mapped[bool] = _yes()
    freies_abendessen: Mapped[bool] = _yes()
    unterkunft: Mapped[bool] = _yes()
    gemeinschaft: Mapped[bool] = _yes()
    jugend: Mapped[bool] = _yes()
    belegung: Mapped[int] = _count(1)


class Sparvertrag(Fact, Base):
    """Vertrag, in den aus dem Entgelt gezahlt wird: Vermögensbildung oder Entgeltumwandlung (§ 3 Nr. 63 EStG).

    `betrag_cent` je Monat; Empfänger, Vertragsnummer und Konto nennt die Abrechnung und braucht die Zahlung.
    """

    __tablename__ = "sparvertrag"
    keys = ("beschaeftigung_id", "art", "laufnummer")
    sealed = ("iban", "empfaenger", "vertragsnummer")
    __table_args__ = (
        *belongs_to("beschaeftigung"),
        CheckConstraint(one_of("art", SPARARTEN), name="art"),
        CheckConstraint("laufnummer BETWEEN 1 AND 99", name="laufnummer"),
        CheckConstraint("betrag_cent > 0", name="betrag"),
        CheckConstraint("length(iban_ende) = 4", name="iban_ende"),
    )

    beschaeftigung_id: Mapped[int] = mapped_column(BigInteger)
    art: Mapped[str]
    laufnummer: Mapped[int] = _count(1)
    betrag_cent: Mapped[int] = mapped_column(BigInteger)
    empfaenger = SealedField[str]()
    vertragsnummer = SealedField[str]()
    empfaenger_siegel: Mapped[bytes] = mapped_column(LargeBinary)
    vertragsnummer_siegel: Mapped[bytes] = mapped_column(LargeBinary)
    iban_siegel: Mapped[bytes] = mapped_column(LargeBinary)
    iban_ende: Mapped[str]


class Darlehen(Fact, Base):
    """Vorschuss, Darlehen oder Raten einer Überzahlung: Betrag, Tag der Auszahlung, Rate im Monat ab einem Tag.

    Was noch offen ist, ergibt sich aus den abgeschlossenen Monaten; einbehalten wird höchstens das und nie mehr, als
    ausgezahlt würde.
    """

    __tablename__ = "darlehen"
    keys = ("beschaeftigung_id", "laufnummer")
    __table_args__ = (
        *belongs_to("beschaeftigung"),
        CheckConstraint(one_of("art", DARLEHENSARTEN), name="art"),
        CheckConstraint("laufnummer BETWEEN 1 AND 99", name="laufnummer"),
        CheckConstraint("betrag_cent > 0", name="betrag"),
        CheckConstraint("rate_cent > 0", name="rate"),
        CheckConstraint("erste_rate >= ausgezahlt_am", name="erste_rate"),
    )

    beschaeftigung_id: Mapped[int] = mapped_column(BigInteger)
    laufnummer: Mapped[int] = _count(1)
    art: Mapped[str]
    betrag_cent: Mapped[int] = mapped_column(BigInteger)
    ausgezahlt_am: Mapped[date]
    rate_cent: Mapped[int] = mapped_column(BigInteger)
    erste_rate: Mapped[date]
