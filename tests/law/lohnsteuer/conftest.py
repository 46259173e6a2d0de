"""The drawing of cases and the interpreter of the official pseudo-code, for the tests of the wage tax."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
