"""Monthly runs: collect the facts, calculate, check, release by a second person, close."""
