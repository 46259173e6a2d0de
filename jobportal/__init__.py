"""Stellenmarkt: von der freien Stelle zur Einstellung.

``models`` hält Ausschreibungen und Bewerbungen, ``rules`` sagt, was das Recht von einer Anzeige verlangt, ``postings``
und ``board`` führen sie bis zum Aushang, ``public`` ist die einzige Tür zur Straße, ``applications`` nimmt Bewerbungen
versiegelt entgegen, ``selection`` wählt aus, ``clock`` löscht, ``web`` zeigt alles am Schreibtisch.
"""
