"""Tabellen der Übergaben: Arbeitgeberkonto, Zahlungsaufträge, Zahlungen, Rückmeldungen der Bank."""

from payroll.filings.models.auftrag import Zahlung, Zahlungsauftrag
from payroll.filings.models.bericht import Zahlungsbericht, Zahlungsmeldung
from payroll.filings.models.konto import Arbeitgeberkonto, ArbeitgeberkontoBestaetigung

__all__ = ["Arbeitgeberkonto", "ArbeitgeberkontoBestaetigung", "Zahlung", "Zahlungsauftrag", "Zahlungsbericht",
           "Zahlungsmeldung"]
