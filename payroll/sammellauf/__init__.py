"""Sammellauf: derselbe Schritt bei vielen Arbeitgebern, ein Auftrag je Arbeitgeber, getan von Arbeitern."""
