"""Job portal: from vacant post to hire.

Nothing lives here yet; docs/roadmap.md says what will.
"""
