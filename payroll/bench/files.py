"""Payment file: checked by the banks' rules, written and validated against the schema, on one core."""

from __future__ import annotations

from payroll.bench.measure import Measurement, repeated, timed
from payroll.filings.sepa.composing import KIND
from payroll.filings.sepa.examples import TODAY, example
from payroll.filings.sepa.message import demand_valid
from payroll.filings.sepa.schema import demand_schema
from payroll.filings.sepa.writing import written

CALLS = 5


def measure(size: int = 50_000) -> Measurement:
    """From payments in memory to a validated file; the schema is read before, as in a server."""
    demand_schema(written(example()), KIND)
    message = example(size)

    def work() -> None:
        demand_valid(message, TODAY)
        demand_schema(written(message), KIND)

    return timed("files", size, "Zahlungen", work).noted("eine Datei", repeated(CALLS, work))
