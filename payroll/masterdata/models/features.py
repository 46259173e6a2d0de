"""Merkmale für Steuer, Sozialversicherung und Zusatzversorgung je Beschäftigung."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from sqlalchemy import BigInteger, Boolean, CheckConstraint, LargeBinary, Numeric, SmallInteger, text
from sqlalchemy.orm import Mapped, mapped_column

from payroll.masterdata.models.facts import Fact, belongs_to
from tenants.db.base import Base
from tenants.models.tenant import one_of
from tenants.security.field import SealedField

KV_ARTEN = ("gesetzlich", "freiwillig", "privat", "keine")
KONFESSIONEN = ("keine", "ev", "rk")


def _no() -> Mapped[bool]:
    return mapped_column(Boolean, default=False, server_default=text("false"))


def _cents() -> Mapped[int]:
    return mapped_column(BigInteger, default=0, server_default=text("0"))


class Steuermerkmale(Fact, Base):
    """Lohnsteuerabzugsmerkmale (ELStAM, § 39e EStG); die Konfession ist verschlüsselt.

    `ausgleich_verzicht`: die Person will keinen Jahresausgleich des Arbeitgebers; `auslandslohn`: sie bezieht
    ausländischen Arbeitslohn ohne deutsche Lohnsteuer (§ 42b Abs. 1 Satz 3 Nr. 1, 6 EStG). Ein Tag im Jahr genügt.
    `aktivrente_erklaerung`: in Klasse VI erklärt, dass die Steuerfreiheit nach der Regelaltersgrenze nirgends sonst
    genutzt wird (§ 3 Nr. 21 EStG).
    """

    __tablename__ = "steuermerkmale"
    keys = ("beschaeftigung_id",)
    sealed = ("konfession",)
    __table_args__ = (
        *belongs_to("beschaeftigung"),
        CheckConstraint("steuerklasse BETWEEN 1 AND 6", name="steuerklasse"),
        CheckConstraint("faktor IS NULL OR (faktor > 0 AND faktor < 1 AND steuerklasse = 4)", name="faktor"),
        CheckConstraint("kinderfreibetraege >= 0 AND kinderfreibetraege * 2 % 1 = 0", name="kinderfreibetraege"),
        CheckConstraint(
            "freibetrag_monat_cent >= 0 AND hinzurechnung_monat_cent >= 0 AND freibetrag_jahr_cent >= 0 "
            "AND hinzurechnung_jahr_cent >= 0 AND pkv_basis_monat_cent >= 0",
            name="betraege",
        ),
    )

    beschaeftigung_id: Mapped[int] = mapped_column(BigInteger)
    steuerklasse: Mapped[int] = mapped_column(SmallInteger)
    faktor: Mapped[Decimal | None] = mapped_column(Numeric(4, 3))
    kinderfreibetraege: Mapped[Decimal] = mapped_column(Numeric(3, 1), default=Decimal(0), server_default=text("0"))
    konfession_siegel: Mapped[bytes] = mapped_column(LargeBinary)
    freibetrag_monat_cent: Mapped[int] = _cents()
    hinzurechnung_monat_cent: Mapped[int] = _cents()
    freibetrag_jahr_cent: Mapped[int] = _cents()
    hinzurechnung_jahr_cent: Mapped[int] = _cents()
    pkv_basis_monat_cent: Mapped[int] = _cents()
    ausgleich_verzicht: Mapped[bool] = _no()
    auslandslohn: Mapped[bool] = _no()
    aktivrente_erklaerung: Mapped[bool] = _no()


class Versicherung(Fact, Base):
    """Sozialversicherung: Art, Krankenkasse, Beitragsgruppe, Personengruppe.

    `krankenkasse_id` ist bei privat Versicherten die Kasse für Renten- und Arbeitslosenversicherung und Umlage;
    `regelmaessiges_entgelt_cent` nur für die Entscheidung über den Übergangsbereich (leer = Entgelt des Monats).
    `anderweitig_rentenversichert`: im Minijob gilt keine Mindestbemessungsgrundlage (§ 163 Abs. 8 SGB VI);
    `dienst_nach_beschaeftigung`: Freiwilligendienst bis sechs Monate nach einer Beschäftigung (§ 344 Abs. 2 SGB III);
    `individuell_besteuert`: Minijob nach Lohnsteuermerkmalen statt mit 2 Prozent Pauschsteuer (§ 40a EStG).
    `befreiung_eingang`, `befreiung_gemeldet`, `befreiung_widerruf`: Antrag auf Befreiung von der Rentenversicherung im
    Minijob eingegangen, gemeldet (leer: mit der nächsten Abrechnung), Widerruf eingegangen (§ 6 Abs. 3, 4, 6 SGB VI).
    `kurzfristig_arbeitstage`, `kurzfristig_stunden`: vereinbarte Arbeitstage und Stunden einer kurzfristigen
    Beschäftigung; `kurzfristig_pauschal`: Lohnsteuer mit 25 Prozent (§ 40a Abs. 1 EStG); `berufsmaessig` (§ 8 SGB IV).
    `pauschal_20`: geringfügig entlohnt, aber ohne pauschale Rentenversicherung (zum Beispiel der zweite Minijob neben
    einer Hauptbeschäftigung, 101 mit 1101): Lohnsteuer mit 20 Prozent (§ 40a Abs. 2a EStG).
    """

    __tablename__ = "versicherung"
    keys = ("beschaeftigung_id",)
    __table_args__ = (
        *belongs_to("beschaeftigung"),
        *belongs_to("krankenkasse"),
        CheckConstraint(one_of("kv_art", KV_ARTEN), name="kv_art"),
        CheckConstraint("kv_art NOT IN ('gesetzlich', 'freiwillig') OR krankenkasse_id IS NOT NULL", name="kasse"),
        CheckConstraint("beitragsgruppe ~ '^[0-9]{4}$'", name="beitragsgruppe"),
        CheckConstraint("personengruppe IS NULL OR personengruppe BETWEEN 101 AND 999", name="personengruppe"),
        CheckConstraint("(beitragsgruppe IS NULL) = (personengruppe IS NULL)", name="gruppen"),
        CheckConstraint("pkv_beitrag_monat_cent >= 0 AND ppv_beitrag_monat_cent >= 0", name="beitraege"),
        CheckConstraint("regelmaessiges_entgelt_cent IS NULL OR regelmaessiges_entgelt_cent >= 0", name="entgelt"),
        CheckConstraint("befreiung_eingang IS NOT NULL OR (befreiung_gemeldet IS NULL AND befreiung_widerruf IS NULL)",
                        name="befreiung"),
        CheckConstraint("befreiung_gemeldet IS NULL OR befreiung_gemeldet >= befreiung_eingang",
                        name="befreiung_gemeldet"),
        CheckConstraint("kurzfristig_arbeitstage IS NULL OR kurzfristig_arbeitstage BETWEEN 1 AND 366",
                        name="kurzfristig"),
        CheckConstraint("kurzfristig_stunden IS NULL OR kurzfristig_stunden > 0", name="kurzfristig_stunden"),
        CheckConstraint("NOT (pauschal_20 AND (individuell_besteuert OR kurzfristig_pauschal))", name="pauschal_20"),
    )

    beschaeftigung_id: Mapped[int] = mapped_column(BigInteger)
    kv_art: Mapped[str]
    krankenkasse_id: Mapped[int | None] = mapped_column(BigInteger)
    beitragsgruppe: Mapped[str | None]
    personengruppe: Mapped[int | None] = mapped_column(SmallInteger)
    pkv_beitrag_monat_cent: Mapped[int] = _cents()
    ppv_beitrag_monat_cent: Mapped[int] = _cents()
    elterneigenschaft: Mapped[bool] = _no()
    sachsen: Mapped[bool] = _no()
    regelmaessiges_entgelt_cent: Mapped[int | None] = mapped_column(BigInteger)
    pkv_ohne_krankengeld: Mapped[bool] = _no()
    anderweitig_rentenversichert: Mapped[bool] = _no()
    dienst_nach_beschaeftigung: Mapped[bool] = _no()
    individuell_besteuert: Mapped[bool] = _no()
    befreiung_eingang: Mapped[date | None]
    befreiung_gemeldet: Mapped[date | None]
    befreiung_widerruf: Mapped[date | None]
    kurzfristig_arbeitstage: Mapped[int | None] = mapped_column(SmallInteger)
    kurzfristig_stunden: Mapped[Decimal | None] = mapped_column(Numeric(6, 2))
    kurzfristig_pauschal: Mapped[bool] = _no()
    berufsmaessig: Mapped[bool] = _no()
    pauschal_20: Mapped[bool] = _no()


class Zusatzversorgung(Fact, Base):
    """Pflichtversicherung bei einer Zusatzversorgungskasse; ohne Zeile besteht keine."""

    __tablename__ = "zusatzversorgung"
    keys = ("beschaeftigung_id",)
    sealed = ("mitgliedsnummer",)
    __table_args__ = (*belongs_to("beschaeftigung"), *belongs_to("zv_kasse"))

    beschaeftigung_id: Mapped[int] = mapped_column(BigInteger)
    zv_kasse_id: Mapped[int] = mapped_column(BigInteger)
    mitgliedsnummer = SealedField[str | None]()
    mitgliedsnummer_siegel: Mapped[bytes | None] = mapped_column(LargeBinary)
