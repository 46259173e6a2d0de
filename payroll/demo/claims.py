"""Claims on the pay of invented people: an ordinary creditor beside maintenance, and two creditors of whom one is paid
off within the year."""

from __future__ import annotations

from datetime import date
from typing import Any

from schwifty import IBAN
from sqlalchemy import select

from payroll.demo.people import YEAR, Mensch
from payroll.demo.write import BANKEN, REASON, Written
from payroll.masterdata.models import Fehlzeit, Person, Pfaendung, Unterhaltspflicht
from payroll.masterdata.service import record_fact
from tenants.db.session import TenantSession

SERVED, EARLIER = date(YEAR, 2, 10), date(YEAR - 1, 11, 18)
MAINTENANCE: list[dict[str, Any]] = [
    {"art": "gewoehnlich", "glaeubiger": "Versandhaus Lindenhof GmbH", "aktenzeichen": "14 M 221/26",
     "zugestellt_am": SERVED, "zugestellt_um": "09:40", "hauptforderung_cent": 284_000, "zinsen_cent": 11_250,
     "kosten_cent": 8_420},
    {"art": "unterhalt", "glaeubiger": "Unterhaltsvorschusskasse Auenstedt", "aktenzeichen": "UVK 77/2026",
     "zugestellt_am": SERVED, "zugestellt_um": "11:15", "monatsbetrag_cent": 42_000,
     "gericht_freibetrag_cent": 145_000},
]
TWO_CREDITORS: list[dict[str, Any]] = [
    {"art": "gewoehnlich", "glaeubiger": "Sparbank Auenstedt", "aktenzeichen": "14 M 305/26", "zugestellt_am": SERVED,
     "zugestellt_um": "08:15", "hauptforderung_cent": 120_000, "kosten_cent": 6_350},
    {"art": "behoerde", "glaeubiger": "Finanzamt Auenstedt", "aktenzeichen": "V 118/0042", "zugestellt_am": SERVED,
     "zugestellt_um": "10:05", "hauptforderung_cent": 415_000},
]
ON_LEAVE: list[dict[str, Any]] = [
    {"art": "gewoehnlich", "glaeubiger": "Autohaus Birkenau KG", "aktenzeichen": "14 M 388/25",
     "zugestellt_am": EARLIER, "zugestellt_um": "10:30", "hauptforderung_cent": 96_000, "kosten_cent": 4_120}]
MONTH = 31
DEPENDANTS = ("Lena", "Emil")


def write_claims(session: TenantSession, people: list[Written]) -> int:
    """Gives two people who earn enough, and one who is on leave without pay, their creditors; returns how many."""
    suitable = [(one, claims) for one, claims in zip(
        [one for one in people if _pays_enough(one.mensch)], (MAINTENANCE, TWO_CREDITORS), strict=False)]
    suitable += [(one, ON_LEAVE) for one in people if suitable and _on_leave(one.mensch)][:1]
    for one, claims in suitable:
        person = session.scalars(select(Person).where(Person.public_id == one.public_id)).one()
        for nummer, values in enumerate(claims, 1):
            iban = str(IBAN.generate("DE", BANKEN[nummer], f"{one.mensch.konto + nummer * 7:010d}"))
            record_fact(session, Pfaendung, person_id=person.id, nummer=nummer, reason=REASON, iban=iban,
                        valid_from=values["zugestellt_am"], iban_ende=iban[-4:],
                        verwendungszweck=values["aktenzeichen"], **values)
        for nummer, name in enumerate(DEPENDANTS[:2 if claims is TWO_CREDITORS else 1], 1):
            record_fact(session, Unterhaltspflicht, person_id=person.id, nummer=nummer, name=name, verhaeltnis="kind",
                        valid_from=date(YEAR, 1, 1), reason=REASON)
    return len(suitable)


def _on_leave(mensch: Mensch) -> bool:
    """Away without pay for longer than a month."""
    return any(a.model is Fehlzeit and a.werte["art"] == "sonderurlaub" and a.bis is not None
               and (a.bis - a.ab).days > MONTH for a in mensch.tarif)


def _pays_enough(mensch: Mensch) -> bool:
    """Full time in the administration the whole year, so that something can be garnished each month."""
    last = mensch.zuordnungen[-1] if mensch.zuordnungen else None
    return (last is not None and mensch.kind == "verwaltung" and mensch.austritt is None and mensch.eintritt.year < YEAR
            and not mensch.tarif
            and all(z.wochenstunden == z.vollzeitstunden for z in mensch.zuordnungen)
            and last.entgeltgruppe in ("E9a", "E9b", "E9c", "E10", "E11", "E12", "E13"))
