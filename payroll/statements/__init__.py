"""Abrechnungen: was Beschäftigte und Prüfung in die Hand bekommen, als Datensatz, PDF und barrierefreie Seite."""
