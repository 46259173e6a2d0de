"""Portal der Beschäftigten: eigene Abrechnungen lesen und verstehen."""
