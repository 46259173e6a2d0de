"""Ein großer Lauf in Stücken: viele Arbeiter rechnen je einen Teil der Menschen, einer fügt zusammen.

Bis zum Zusammenfügen steht kein Ergebnis in den Tabellen des Laufs, nur versiegelte Blöcke: niemand sieht einen halben
Lauf. Geschrieben wird in der einen Transaktion, die zusammenfügt, prüft, den Prüfwert bildet und protokolliert.
"""
