"""Ablehnungen des Stellenmarkts: jeder Text nennt Satz, Regel und Abhilfe."""

from __future__ import annotations


class Refused(ValueError):
    """Der Schritt ist so nicht möglich; der Text sagt, warum und was hilft."""
