"""Das Journal eines abgeschlossenen Laufs: ausgeglichene Buchungen auf Konten, Kostenstellen und Produkte."""
