"""Notpaket eines Monats: was ein Arbeitgeber braucht, wenn das Rechenzentrum weg ist und Zahltag ist.

Freigegebene Zahlungsdatei, Zahlungsliste (ihr Ersatz, wenn keine freigegeben ist) und Zweitschriften des letzten
abgeschlossenen Monats, Summen mit dem Kopf des Protokolls, Kontakte, Anleitung. Versiegelt an das Archiv des Mandanten
(tenants.backup.pack).
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import select

from payroll.masterdata.sheets import RISKY
from payroll.runs import service as runs
from payroll.runs.errors import RunRefused
from payroll.runs.models import Lauf
from payroll.statements import publish
from payroll.statements.payslip import Payslip
from payroll.statements.pdf import render
from tenants import audit
from tenants.backup import pack
from tenants.db import guard
from tenants.db.session import TenantSession
from tenants.documents import archive
from tenants.models import Mandate, Tenant

GUIDE = """Notpaket {name}, {month}

1. Zahlen: zahlungen.csv enthält je Person Konto und Betrag des letzten abgeschlossenen Monats. Ist der laufende Monat
   nicht gerechnet, dieselben Beträge als Abschlag zahlen (Entscheidung der Kasse, Vier-Augen-Prinzip) und später
   verrechnen. Vor der Zahlung die Summe mit summen.json vergleichen. {payment}
2. Auskunft: abrechnungen/ enthält die Abrechnung jeder Person als PDF (Zweitschrift).
3. Fristen: Beitragsnachweise (§ 28f Abs. 3 SGB IV), Lohnsteuer-Anmeldung (§ 41a EStG) mit den Beträgen aus summen.json
   schätzen und melden; bei Ausfall die Stellen anrufen (kontakte.csv).
4. Neu aufbauen: Kreislohn auf einer leeren Maschine installieren, master.key aus dem Tresor holen, „kreislohn restore
   SICHERUNG --data NEU“, „kreislohn serve --data NEU --name NAME“. Danach prüfen: „kreislohn audit verify“ und der
   Kopf des Protokolls aus summen.json.
5. Danach dieses entpackte Verzeichnis löschen; es enthält Bezügedaten im Klartext.
"""

WITH_FILE = (
    "zahlungsdatei/ enthält die von zwei Menschen freigegebene Datei des Monats (pain.001);\n   ob die Bank sie schon "
    "hat, vorher dort erfragen."
)
WITHOUT_FILE = (
    "Für den Monat ist keine Zahlungsdatei freigegeben; die Liste ist ihr\n   Ersatz: im Programm der Bank einlesen "
    "oder erfassen."
)


def build(
    session: TenantSession, reason: str | None = None, files: Mapping[str, bytes] | None = None
) -> tuple[bytes, dict[str, Any]]:
    """Das versiegelte Paket des letzten abgeschlossenen Monats und sein lesbarer Kopf; steht im Protokoll.

    files: freigegebene Zahlungsdateien des Monats; ohne sie ist die Zahlungsliste ihr Ersatz, die Anleitung sagt es.
    """
    tenant = session.scalars(select(Tenant).where(Tenant.id == guard.tenant_of(session))).one()
    lauf = session.scalars(
        select(Lauf).where(Lauf.zustand == "abgeschlossen").order_by(Lauf.monat.desc()).limit(1)
    ).first()
    if lauf is None:
        raise RunRefused("Noch ist kein Monat abgeschlossen: ein Notpaket gibt es nach dem ersten Abschluss.")
    slips = [slip for _, slip in publish.payslips(session, lauf)]
    box = archive.box(session)
    about = {
        "art": "Notpaket",
        "mandant": f"{tenant.number} {tenant.name}",
        "monat": f"{lauf.monat:%Y-%m}",
        "stand": datetime.now(UTC).isoformat(timespec="seconds"),
        "abrechnungen": len(slips),
    }
    files = {
        "ANLEITUNG.txt": GUIDE.format(
            name=tenant.name, month=runs.month_name(lauf.monat), payment=WITH_FILE if files else WITHOUT_FILE).encode(),
        "zahlungen.csv": _payments(slips, lauf.monat),
        "kontakte.csv": _contacts(session, tenant),
        "summen.json": _sums(session, lauf),
        **{f"abrechnungen/{_name(slip)}": render(slip).pdf for slip in slips},
        **(files or {}),
    }
    audit.record(session, "notpaket.erstellt", f"lauf:{lauf.monat:%Y-%m}", {"abrechnungen": len(slips)}, reason)
    return pack.sealed(files, about, box), about


def _name(slip: Payslip) -> str:
    number = "".join(sign for sign in slip.employee.personalnummer if sign.isalnum())
    return f"{number}_{slip.period.monat:%Y-%m}.pdf"


def _payments(slips: list[Payslip], month: date) -> bytes:
    rows = [
        (
            slip.employee.personalnummer,
            payment.empfaenger or slip.employee.name,
            payment.iban,
            f"{payment.betrag // 100}.{payment.betrag % 100:02d}",
            payment.zweck or f"Bezuege {month:%m/%Y} {slip.employee.personalnummer}",
        )
        for slip in slips
        for payment in slip.payments
        if payment.betrag > 0
    ]
    return _table(("personalnummer", "empfaenger", "iban", "betrag_eur", "verwendungszweck"), rows)


def _contacts(session: TenantSession, tenant: Tenant) -> bytes:
    today = datetime.now(UTC).date()
    held = session.execute(
        select(Mandate.role, Mandate.user_id).where(
            Mandate.valid_from <= today, (Mandate.valid_to.is_(None)) | (Mandate.valid_to >= today)
        )
    ).all()
    rows = [("Arbeitgeber", tenant.name, tenant.telefon or "", tenant.email or "")]
    rows += [("Finanzamt", tenant.finanzamt or "", tenant.steuernummer or "", "")]
    rows += [("Betriebsnummer", tenant.betriebsnummer or "", "", "")]
    rows += [("Mandat", role, f"Zugang {user}", "") for role, user in sorted(held)]
    return _table(("art", "name", "telefon_oder_nummer", "email"), rows)


def _sums(session: TenantSession, lauf: Lauf) -> bytes:
    seal = runs.release_seal(session, lauf.monat)
    values = {
        "monat": f"{lauf.monat:%Y-%m}",
        "anzahl": lauf.anzahl,
        "gesamtbrutto_cent": lauf.gesamtbrutto,
        "netto_cent": lauf.netto,
        "auszahlung_cent": lauf.auszahlung,
        "ag_kosten_cent": lauf.ag_kosten,
        "pruefsumme": lauf.ergebnis_hash,
        "freigegeben_von": [lauf.freigegeben_von, lauf.gemeinde_von],
        "protokoll": {"eintrag": seal.seq, "kopf": seal.head} if seal else None,
    }
    return json.dumps(values, ensure_ascii=False, indent=1).encode()


def _table(names: tuple[str, ...], rows: list[tuple[str, ...]]) -> bytes:
    text = io.StringIO()
    writer = csv.writer(text, delimiter=";", lineterminator="\n")
    writer.writerow(names)
    # A cell that a spreadsheet would take for a formula gets a space in front.
    writer.writerows([f" {cell}" if cell.startswith(RISKY) else cell for cell in row] for row in rows)
    return text.getvalue().encode("utf-8-sig")
