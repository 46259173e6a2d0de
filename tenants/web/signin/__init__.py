"""Anmelden, zweiter Faktor, Einmallink, abmelden."""
