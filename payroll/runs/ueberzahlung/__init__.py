"""Überzahlungen: Fall mit Monaten, Fristen und Schritten; was einbehalten, erlassen, in Raten gezahlt wird."""
