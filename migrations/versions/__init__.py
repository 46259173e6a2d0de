"""Je Raum ein Umbau; die Nummern bilden eine Kette."""
