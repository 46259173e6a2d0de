"""Was das Recht von einer Anzeige verlangt und wie lange Bewerbungen bleiben."""
