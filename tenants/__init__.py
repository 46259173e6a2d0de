"""Fundament: Mandant, Menschen mit Zugang, Sitzungen je Mandant, Schlüssel und Protokoll."""
