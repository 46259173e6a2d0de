"""Datenbank: Server, Verbindungen, Sitzungen je Mandant und die eine Tür für Massendaten."""
