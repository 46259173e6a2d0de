"""Abwesenheit: Anträge, Krankmeldungen, Urlaubskonten, Kalender."""
