"""The drawing of people and ladders, for the properties of the whole law."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
