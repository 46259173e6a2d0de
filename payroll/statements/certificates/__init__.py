"""Bescheinigungen für andere Stellen: aus freigegebenen Monaten, versiegelt wie eine Abrechnung."""
