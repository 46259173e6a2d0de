"""Job portal: from vacant post to hire. Empty until it moves in; see docs/roadmap.md."""
