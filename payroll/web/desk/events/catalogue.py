"""Alle Ereignisse in der Reihenfolge der Seite; eine Erklärung je Ereignis, keine eigene Seite."""

from __future__ import annotations

from payroll.web.desk.claim_kinds import CLAIM_KINDS
from payroll.web.desk.events.declaring import Ereignisart
from payroll.web.desk.events.family import FAMILY
from payroll.web.desk.events.work import WORK
from payroll.web.desk.fact_fields import FactKind
from payroll.web.desk.fact_kinds import KINDS

ORDER = ("einstellung", "geburt", "familienstand", "teilzeit", "umgruppierung", "krankheit", "elternzeit", "bank",
         "pfaendung", "austritt", "tod")
EREIGNISSE: dict[str, Ereignisart] = {name: {**FAMILY, **WORK}[name] for name in ORDER}
FACT_KINDS: dict[str, FactKind] = {**KINDS, **CLAIM_KINDS}
