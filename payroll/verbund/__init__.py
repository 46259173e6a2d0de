"""Der Verbund als Geschäft: Preise je Arbeitgeber, Fälle aus den Läufen, Vorauszahlung, Abrechnung, Kennzahlen."""
