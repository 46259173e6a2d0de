"""Small plans for the tests, written as text."""

from __future__ import annotations

from pathlib import Path

MADE_UP = Path(__file__).parent / "made_up_plan.xml"
MADE_UP_2027 = Path(__file__).parent / "made_up_2027.xml"


def small_plan(main: str, methods: str = "", constants: str = "", name: str = "Lohnsteuer2031") -> str:
    """A plan with inputs RE4 (cents) and STKL, output LSTLZZ and an internal X."""
    return f"""<PAP name="{name}"><VARIABLES>
<INPUTS><INPUT name="RE4" type="BigDecimal"/><INPUT name="STKL" type="int"/></INPUTS>
<OUTPUTS><OUTPUT name="LSTLZZ" type="BigDecimal"/></OUTPUTS>
<INTERNALS><INTERNAL name="X" type="BigDecimal" default="BigDecimal.ONE"/></INTERNALS></VARIABLES>
<CONSTANTS>{constants}</CONSTANTS>
<METHODS><MAIN>
{main}
</MAIN>{methods}</METHODS></PAP>"""


def assign(source: str) -> str:
    """A plan whose only step is this assignment, on line 7."""
    return small_plan(f'<EVAL exec="{source}"/>')
