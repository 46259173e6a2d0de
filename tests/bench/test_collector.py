"""The search for reference cycles rests during a run and always comes back."""

from __future__ import annotations

import gc

import pytest

from tenants.collector import collector_paused


def test_the_last_run_to_end_starts_the_collector_again() -> None:
    assert gc.isenabled()
    first, second = collector_paused(), collector_paused()
    first.__enter__()
    second.__enter__()
    first.__exit__(None, None, None)
    assert not gc.isenabled()
    second.__exit__(None, None, None)
    assert gc.isenabled()


def _broken_run() -> None:
    with collector_paused():
        raise RuntimeError(f"rechnet, Suche an: {gc.isenabled()}")


def test_an_error_inside_starts_it_too() -> None:
    with pytest.raises(RuntimeError, match="Suche an: False"):
        _broken_run()
    assert gc.isenabled()
