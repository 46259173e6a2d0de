"""Ein Arbeitgeber geht: Paket mit Beschreibung, Einspielen in eine leere Einrichtung, Beweis durch Nachrechnen."""

from payroll.verbund.austritt.paket import describe, pack_tenant
from payroll.verbund.austritt.probe import Probe, prove, take_in

__all__ = ["Probe", "describe", "pack_tenant", "prove", "take_in"]
