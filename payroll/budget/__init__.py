"""Personalkosten im Voraus: hochgerechnet nach dem Recht der Abrechnung, je Stelle, Produkt, Kostenstelle und Konto.

``assumptions`` sagt, womit zu rechnen ist, ``seats`` liest den Stellenplan, ``course`` rechnet Monat für Monat (Recht
und Maßnahmen sind die der Szenarien), ``lines`` verteilt auf Konten und Ziele, ``levies`` sind datierte Zuschläge
(Beihilfe, Versorgungsumlage), ``provisions`` die Rückstellungen je Monat, ``kept`` merkt und übergibt, ``actual``
stellt Plan und Ist nebeneinander.
"""
