"""Forderungen auf das Entgelt einer Person und wem sie Unterhalt gewährt (§§ 850 bis 850l ZPO)."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from sqlalchemy import BigInteger, Boolean, CheckConstraint, Index, LargeBinary, Numeric, SmallInteger, text
from sqlalchemy.orm import Mapped, mapped_column

from payroll.masterdata.models.facts import Fact, belongs_to
from tenants.db.base import Base
from tenants.models.tenant import one_of
from tenants.security.field import SealedField

FORDERUNGSARTEN = ("gewoehnlich", "unterhalt", "behoerde", "abtretung", "aufrechnung", "insolvenz")
ZUSTAENDE = ("laufend", "ruhend", "erledigt")
GRUNDBETRAG_BEI = ("hier", "andernorts")
VERHAELTNISSE = ("ehegatte", "kind", "frueherer_ehegatte", "verwandter", "elternteil_1615l")


def _cents() -> Mapped[int]:
    return mapped_column(BigInteger, default=0, server_default=text("0"))


def _stated() -> Mapped[int | None]:
    """Betrag aus dem Beschluss; leer: das Gericht hat nichts bestimmt."""
    return mapped_column(BigInteger)


def _small(default: int) -> Mapped[int]:
    return mapped_column(SmallInteger, default=default, server_default=text(f"{default}"))


def _yes(default: bool) -> Mapped[bool]:
    return mapped_column(Boolean, default=default, server_default=text("true" if default else "false"))


class Pfaendung(Fact, Base):
    """Eine Forderung: Pfändung, Abtretung, Aufrechnung oder Insolvenz; `nummer` unterscheidet die einer Person.

    Rang: `zugestellt_am` mit `zugestellt_um` (Abtretung: Tag der Vereinbarung; Aufrechnung: Fälligkeit der
    Gegenforderung; Insolvenz: Eröffnung). Geschuldet: `hauptforderung_cent` mit Zinsen und Kosten (leer: ohne Grenze,
    bis das Ende erfasst ist), dazu `monatsbetrag_cent` laufender Unterhalt für jeden Monat seit `valid_from`; der
    Tageszins `zinssatz` (Prozent im Jahr) läuft ab `zinsen_ab`. `gezahlt_vorher_cent`: was vor der Erfassung gezahlt
    war. `unterhaltsberechtigte` leer: gezählt wird nach Unterhaltspflicht. Die Felder `gericht_…` stehen im Beschluss.
    """

    __tablename__ = "pfaendung"
    keys = ("person_id", "nummer")
    sealed = ("iban", "verwendungszweck", "glaeubiger", "strasse", "plz", "ort", "aktenzeichen")
    hashed = ("iban",)
    __table_args__ = (
        *belongs_to("person"),
        Index(None, "tenant_id", "iban_hash"),
        CheckConstraint("nummer BETWEEN 1 AND 99", name="nummer"),
        CheckConstraint(one_of("art", FORDERUNGSARTEN), name="art"),
        CheckConstraint(one_of("zustand", ZUSTAENDE), name="zustand"),
        CheckConstraint(one_of("grundbetrag_bei", GRUNDBETRAG_BEI), name="grundbetrag_bei"),
        CheckConstraint("zugestellt_um ~ '^([01][0-9]|2[0-3]):[0-5][0-9]$'", name="zugestellt_um"),
        CheckConstraint("zugestellt_um IS NULL OR zugestellt_am IS NOT NULL", name="stunde_mit_tag"),
        CheckConstraint("iban_ende IS NULL OR length(iban_ende) = 4", name="iban_ende"),
        CheckConstraint("hauptforderung_cent IS NULL OR hauptforderung_cent >= 0", name="hauptforderung"),
        CheckConstraint(
            "zinsen_cent >= 0 AND kosten_cent >= 0 AND monatsbetrag_cent >= 0 AND gezahlt_vorher_cent >= 0 "
            "AND gericht_zusatz_cent >= 0 AND weiteres_einkommen_cent >= 0",
            name="forderungsbetraege",
        ),
        CheckConstraint("gericht_freibetrag_cent >= 0 AND gericht_betrag_cent >= 0", name="gericht"),
        CheckConstraint(
            "gericht_rest_nenner >= 1 AND gericht_rest_zaehler BETWEEN 0 AND gericht_rest_nenner", name="rest"
        ),
        CheckConstraint("zinssatz IS NULL OR zinssatz BETWEEN 0 AND 30", name="zinssatz"),
        CheckConstraint("(zinssatz IS NULL) = (zinsen_ab IS NULL)", name="zinsen"),
        CheckConstraint("unterhaltsberechtigte BETWEEN 0 AND 20", name="unterhaltsberechtigte"),
        CheckConstraint("unterhaltsrang BETWEEN 0 AND 9 AND anteil >= 0", name="rangfolge"),
    )

    person_id: Mapped[int] = mapped_column(BigInteger)
    nummer: Mapped[int] = mapped_column(SmallInteger)
    art: Mapped[str]
    zustand: Mapped[str] = mapped_column(default="laufend", server_default=text("'laufend'"))
    glaeubiger = SealedField[str]()
    strasse = SealedField[str | None]()
    plz = SealedField[str | None]()
    ort = SealedField[str | None]()
    aktenzeichen = SealedField[str | None]()
    glaeubiger_siegel: Mapped[bytes] = mapped_column(LargeBinary)
    strasse_siegel: Mapped[bytes | None] = mapped_column(LargeBinary)
    plz_siegel: Mapped[bytes | None] = mapped_column(LargeBinary)
    ort_siegel: Mapped[bytes | None] = mapped_column(LargeBinary)
    aktenzeichen_siegel: Mapped[bytes | None] = mapped_column(LargeBinary)
    iban_siegel: Mapped[bytes | None] = mapped_column(LargeBinary)
    iban_hash: Mapped[bytes | None] = mapped_column(LargeBinary)
    iban_ende: Mapped[str | None]
    verwendungszweck_siegel: Mapped[bytes | None] = mapped_column(LargeBinary)
    zugestellt_am: Mapped[date | None]
    zugestellt_um: Mapped[str | None]
    vorgepfaendet_am: Mapped[date | None]
    angezeigt_am: Mapped[date | None]
    ueberwiesen: Mapped[bool] = _yes(True)
    ausgeschlossen: Mapped[bool] = _yes(False)
    streitig: Mapped[bool] = _yes(False)
    nach_eroeffnung: Mapped[bool] = _yes(False)
    hauptforderung_cent: Mapped[int | None] = _stated()
    zinsen_cent: Mapped[int] = _cents()
    kosten_cent: Mapped[int] = _cents()
    zinssatz: Mapped[Decimal | None] = mapped_column(Numeric(5, 3))
    zinsen_ab: Mapped[date | None]
    monatsbetrag_cent: Mapped[int] = _cents()
    gezahlt_vorher_cent: Mapped[int] = _cents()
    unterhaltsberechtigte: Mapped[int | None] = mapped_column(SmallInteger)
    gericht_freibetrag_cent: Mapped[int | None] = _stated()
    gericht_rest_zaehler: Mapped[int] = _small(0)
    gericht_rest_nenner: Mapped[int] = _small(1)
    gericht_betrag_cent: Mapped[int | None] = _stated()
    gericht_zusatz_cent: Mapped[int] = _cents()
    unterhaltsrang: Mapped[int] = _small(0)
    anteil: Mapped[int] = _small(0)
    verrechnung: Mapped[bool] = _yes(True)
    zusammenrechnung: Mapped[bool] = _yes(False)
    weiteres_einkommen_cent: Mapped[int] = _cents()
    grundbetrag_bei: Mapped[str] = mapped_column(default="hier", server_default=text("'hier'"))


class Unterhaltspflicht(Fact, Base):
    """Ein Mensch, dem die Person kraft Gesetzes Unterhalt schuldet und tatsächlich gewährt (§ 850c Abs. 2 ZPO).

    `eigenes_einkommen_cent` ist eine Auskunft: über die Folge entscheidet das Gericht (Unterhaltsausschluss).
    """

    __tablename__ = "unterhaltspflicht"
    keys = ("person_id", "nummer")
    sealed = ("name", "geburtsdatum")
    __table_args__ = (
        *belongs_to("person"),
        CheckConstraint("nummer BETWEEN 1 AND 30", name="nummer"),
        CheckConstraint(one_of("verhaeltnis", VERHAELTNISSE), name="verhaeltnis"),
        CheckConstraint("eigenes_einkommen_cent >= 0", name="eigenes_einkommen"),
    )

    person_id: Mapped[int] = mapped_column(BigInteger)
    nummer: Mapped[int] = mapped_column(SmallInteger)
    name = SealedField[str]()
    verhaeltnis: Mapped[str]
    geburtsdatum = SealedField[date | None](date)
    name_siegel: Mapped[bytes] = mapped_column(LargeBinary)
    geburtsdatum_siegel: Mapped[bytes | None] = mapped_column(LargeBinary)
    eigenes_einkommen_cent: Mapped[int | None] = mapped_column(BigInteger)


class Unterhaltsausschluss(Fact, Base):
    """Beschluss nach § 850c Abs. 6 ZPO: für eine Forderung zählt ein Mensch nicht (`ganz`) oder nur zum Teil.

    `forderung` und `unterhaltspflicht` sind die laufenden Nummern bei dieser Person.
    """

    __tablename__ = "unterhaltsausschluss"
    keys = ("person_id", "forderung", "unterhaltspflicht")
    sealed = ("beschluss",)
    __table_args__ = (
        *belongs_to("person"),
        CheckConstraint("forderung BETWEEN 1 AND 99", name="forderung"),
        CheckConstraint("unterhaltspflicht BETWEEN 1 AND 30", name="unterhaltspflicht"),
    )

    person_id: Mapped[int] = mapped_column(BigInteger)
    forderung: Mapped[int] = mapped_column(SmallInteger)
    unterhaltspflicht: Mapped[int] = mapped_column(SmallInteger)
    ganz: Mapped[bool] = _yes(True)
    beschluss = SealedField[str | None]()
    beschluss_siegel: Mapped[bytes | None] = mapped_column(LargeBinary)
