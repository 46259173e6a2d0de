"""Digitale Personalakte: Dokumente je Person und Klasse, versiegelt, mit Frist, Leseprotokoll und Ausgabe als Paket."""
