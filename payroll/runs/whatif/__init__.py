"""Was wäre wenn: ein Monat mit geändertem Recht oder geänderten Tatsachen gerechnet, ohne etwas zu speichern."""
