"""Bescheid als XRechnung 3.0 in der Schreibweise UBL 2.1; was Regeln der KoSIT verlangen, wird vorher geprüft.

Quelle: EN 16931-1, Spezifikation XRechnung 3.0.2 der KoSIT (BR-DE-1 bis BR-DE-31). Die Regeln selbst hält hier nicht
das Programm gegen die Rechnung, sondern in den Prüfungen das Regelwerk der CEN und das der KoSIT.

Ein Storno ist eine Rechnungskorrektur (BT-3 = 384), keine Gutschrift (381): in UBL ist 381 ein Dokument CreditNote mit
positiven Beträgen, 384 bleibt eine Invoice. So stehen Mengen und Beträge mit umgekehrtem Vorzeichen und unverändertem
Preis (BR-27: der Preis ist nie negativ) wie im PDF. Sie nennt die frühere Rechnung (BT-25, BT-26; nach
BR-DE-26 soll sie es).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from lxml import etree

from payroll.verbund.errors import BillingRefused
from payroll.verbund.preise import Preise, Seite, from_plain, is_vat_id
from payroll.verbund.steuer import GRUENDE

CAC = "urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2"
CBC = "urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2"
INVOICE = "urn:oasis:names:specification:ubl:schema:xsd:Invoice-2"
SPECIFICATION = "urn:cen.eu:en16931:2017#compliant#urn:xeinkauf.de:kosit:xrechnung_3.0"
PROCESS = "urn:fdc:peppol.eu:2017:poacc:billing:01:1.0"
CATEGORY = {"nicht_steuerbar": "O", "regelsteuer": "S", "steuerfrei": "E"}
UNITS = {"Stück": "C62", "Stunde": "HUR"}
COMMERCIAL, CORRECTED, SEPA = "380", "384", "58"


def written(content: Mapping[str, Any], due: str) -> bytes:
    """Die Rechnung zu einem Bescheid; gleicher Inhalt ergibt gleiche Bytes. due: Fälligkeit als JJJJ-MM-TT."""
    prices = from_plain(content["preise"])
    if wrong := list(_missing(prices)):
        raise BillingRefused("Die XRechnung entsteht nicht:", wrong)
    root = etree.Element(f"{{{INVOICE}}}Invoice", nsmap={None: INVOICE, "cac": CAC, "cbc": CBC})
    _head(root, content, due, prices)
    number = prices.kreis.steuernummer
    if CATEGORY[prices.steuer.behandlung] == "O" and is_vat_id(number):
        number = ""  # BR-O-02
    _party(_more(root, "AccountingSupplierParty"), prices.kreis, seller=True, number=number)
    _party(_more(root, "AccountingCustomerParty"), prices.arbeitgeber, seller=False)
    means = _more(root, "PaymentMeans")
    _text(means, "PaymentMeansCode", SEPA)
    _text(means, "PaymentID", content["nummer"])
    account = _more(means, "PayeeFinancialAccount")
    _text(account, "ID", prices.kreis.iban)
    _text(account, "Name", prices.kreis.name)
    _text(_more(root, "PaymentTerms"), "Note", _terms(content, due))
    _sums(root, content, prices)
    for number, one in enumerate(content["positionen"], 1):
        _line(root, number, one, prices)
    return etree.tostring(root, encoding="UTF-8", xml_declaration=True, pretty_print=True)


def _terms(content: Mapping[str, Any], due: str) -> str:
    if content["art"] == "storno" and not content["bezug"]["ausgeglichen"]:
        return f"Nichts zu zahlen; {content['bezug']['nummer']} ist nicht mehr auszugleichen, beide heben sich auf."
    return (f"Zahlbar ohne Abzug bis {due}." if content["summen"][2] > 0
            else "Nichts zu zahlen; ein Guthaben wird erstattet.")


def _missing(prices: Preise) -> Iterator[str]:
    if not prices.arbeitgeber.leitweg:
        yield "Leitweg-ID des Arbeitgebers fehlt im Preisblatt (BR-DE-15, § 5 ERechV NRW)."
    if sum(letter.isdigit() for letter in prices.kreis.telefon) < 3:
        yield "Telefon des Kreises: mindestens drei Ziffern (BR-DE-27)."
    if not prices.kreis.kennung:
        yield "Kennung des Kreises beim Arbeitgeber fehlt im Preisblatt (BR-CO-26)."
    if CATEGORY[prices.steuer.behandlung] != "O" and not prices.kreis.steuernummer:
        yield ("Steuernummer des Kreises fehlt im Preisblatt (BR-S-02, BR-E-02); ein Preisblatt mit Steuernummer oder "
               "USt-IdNr. freigeben lassen.")


def _head(root: Any, content: Mapping[str, Any], due: str, prices: Preise) -> None:
    kind = CORRECTED if content["art"] == "storno" else COMMERCIAL
    for name, value in (("CustomizationID", SPECIFICATION), ("ProfileID", PROCESS), ("ID", content["nummer"]),
                        ("IssueDate", content["ausgestellt"]), ("DueDate", due), ("InvoiceTypeCode", kind),
                        ("Note", " ".join(content["hinweise"])), ("DocumentCurrencyCode", "EUR"),
                        ("BuyerReference", prices.arbeitgeber.leitweg)):
        if value:
            _text(root, name, value)
    period = _more(root, "InvoicePeriod")
    _text(period, "StartDate", content["von"])
    _text(period, "EndDate", content["bis"])
    if content["art"] == "storno":
        held = _more(_more(root, "BillingReference"), "InvoiceDocumentReference")
        _text(held, "ID", content["bezug"]["nummer"])
        _text(held, "IssueDate", content["bezug"]["ausgestellt"])


def _party(parent: Any, side: Seite, *, seller: bool, number: str = "") -> None:
    party = _more(parent, "Party")
    _text(party, "EndpointID", side.email, schemeID="EM")
    if seller:
        _text(_more(party, "PartyIdentification"), "ID", side.kennung)
    address = _more(party, "PostalAddress")
    for name, value in (("StreetName", side.strasse), ("CityName", side.ort), ("PostalZone", side.plz)):
        _text(address, name, value)
    _text(_more(address, "Country"), "IdentificationCode", "DE")
    if number:
        scheme = _more(party, "PartyTaxScheme")
        _text(scheme, "CompanyID", number)
        _text(_more(scheme, "TaxScheme"), "ID", "VAT" if is_vat_id(number) else "FC")
    _text(_more(party, "PartyLegalEntity"), "RegistrationName", side.name)
    if seller:
        contact = _more(party, "Contact")
        for name, value in (("Name", side.kontakt), ("Telephone", side.telefon), ("ElectronicMail", side.email)):
            _text(contact, name, value)


def _sums(root: Any, content: Mapping[str, Any], prices: Preise) -> None:
    net, tax, gross = content["summen"]
    total = _more(root, "TaxTotal")
    _money(total, "TaxAmount", tax)
    part = _more(total, "TaxSubtotal")
    _money(part, "TaxableAmount", net)
    _money(part, "TaxAmount", tax)
    _category(part, "TaxCategory", prices, with_reason=True)
    held = _more(root, "LegalMonetaryTotal")
    for name, cents in (("LineExtensionAmount", net), ("TaxExclusiveAmount", net), ("TaxInclusiveAmount", gross),
                        ("PayableAmount", gross)):
        _money(held, name, cents)


def _line(root: Any, number: int, one: Mapping[str, Any], prices: Preise) -> None:
    line = _more(root, "InvoiceLine")
    _text(line, "ID", str(number))
    _text(line, "InvoicedQuantity", decimal(one["menge"]), unitCode=UNITS[one["einheit"]])
    _money(line, "LineExtensionAmount", one["betrag"])
    item = _more(line, "Item")
    _text(item, "Name", one["text"])
    _category(item, "ClassifiedTaxCategory", prices, with_reason=False)
    _money(_more(line, "Price"), "PriceAmount", one["preis"])


def _category(parent: Any, name: str, prices: Preise, *, with_reason: bool) -> None:
    held = _more(parent, name)
    kind = CATEGORY[prices.steuer.behandlung]
    _text(held, "ID", kind)
    # Without tax a line states no rate (BR-O-05), the sum of its category does all the same (BR-DE-14).
    if kind != "O" or with_reason:
        _text(held, "Percent", decimal(prices.steuer.satz))
    if with_reason and kind != "S":
        _text(held, "TaxExemptionReason", f"{GRUENDE[prices.steuer.grund]}; {prices.steuer.worte}")
    _text(_more(held, "TaxScheme"), "ID", "VAT")


def decimal(hundredths: int) -> str:
    """Hundertstel mit Punkt, für Beträge, Mengen und Sätze."""
    return f"{'-' if hundredths < 0 else ''}{abs(hundredths) // 100}.{abs(hundredths) % 100:02d}"


def _money(parent: Any, name: str, cents: int) -> None:
    _text(parent, name, decimal(cents), currencyID="EUR")


def _text(parent: Any, name: str, value: str, **attributes: str) -> None:
    etree.SubElement(parent, f"{{{CBC}}}{name}", attributes).text = value


def _more(parent: Any, name: str) -> Any:
    return etree.SubElement(parent, f"{{{CAC}}}{name}")
