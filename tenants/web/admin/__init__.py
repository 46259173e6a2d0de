"""Verwaltung der Plattform: Zugänge, Mandate, Vertretungen, Personalliste, Verzeichnisdienste; keine Bezüge."""
