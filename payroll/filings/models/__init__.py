"""Tabellen der Übergaben: Konten, Zahlungsaufträge, Zahlungen, Rückmeldungen der Bank, Meldungen."""

from payroll.filings.models.auftrag import Zahlung, Zahlungsauftrag
from payroll.filings.models.bericht import Zahlungsbericht, Zahlungsmeldung
from payroll.filings.models.konto import (
    Arbeitgeberkonto,
    ArbeitgeberkontoBestaetigung,
    Empfaengerkonto,
    EmpfaengerkontoBestaetigung,
)
from payroll.filings.models.meldung import Meldesatz, Meldung

__all__ = ["Arbeitgeberkonto", "ArbeitgeberkontoBestaetigung", "Empfaengerkonto", "EmpfaengerkontoBestaetigung",
           "Meldesatz", "Meldung", "Zahlung", "Zahlungsauftrag", "Zahlungsbericht", "Zahlungsmeldung"]
