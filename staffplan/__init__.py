"""Staffing plan: posts, people, money, the plan the council decides.

``grades`` and ``shares`` are the words and numbers, ``rules`` says what is refused and why, ``models`` holds the facts
with two clocks, ``state`` is any day as plain data, ``posts``, ``occupancy`` and ``plans`` record, ``documents`` builds
the plan as the council decides it, ``imports`` takes over an existing plan, ``web`` shows it at the desk.
"""
