"""Die Abrechnung als PDF: eine Seite A4, eingebettete Schrift, getaggt, gleiche Eingabe gleiche Bytes."""

from payroll.statements.pdf.document import Rendered, render

__all__ = ["Rendered", "render"]
