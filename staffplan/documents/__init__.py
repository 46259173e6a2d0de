"""Der Plan als Dokument: ``content`` ist der Inhalt (einfrierbar), ``changes`` die Veränderungen, ``tables`` die
Tabellen in der Form des Musters, ``files`` XLSX und CSV; das PDF zeichnet das Stockwerk mit den Schriften."""
