"""Stammdaten: abrechnungsrelevante Tatsachen mit zwei Uhren, Einlesen, Monatsscheiben als Spalten."""
