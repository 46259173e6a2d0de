"""Neben und unter dem Entgelt: Nebenleistungen, Sparverträge, Vorschuss und Darlehen, Jahresausgleich."""
