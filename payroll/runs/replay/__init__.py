"""Ein abgeschlossener Lauf als Paket und seine Nachrechnung auf einer anderen Maschine."""

from payroll.runs.replay.pack import pack_run
from payroll.runs.replay.replaying import Difference, Replayed, replay

__all__ = ["Difference", "Replayed", "pack_run", "replay"]
