"""Zahlungsaufträge nach SEPA: sammeln, schreiben, prüfen, freigeben, Rückmeldungen der Bank lesen."""
