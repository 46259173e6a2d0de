"""Personalliste: wer kommt, wechselt und geht, als CSV oder JSON; erst gezeigt, dann übernommen."""
