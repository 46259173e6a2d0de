"""The made-up plans and the drawing of wage-tax cases, for the tests of the plan reader."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
sys.path.insert(0, str(Path(__file__).parents[1] / "lohnsteuer"))
