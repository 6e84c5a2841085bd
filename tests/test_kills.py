"""Killed at every step, several at once: decided once, sent once, and what arrived twice is marked. Few of each kind;
`bench/kills.py` does the same over thousands."""

from pathlib import Path

import doomed
import kills
import pytest


@pytest.fixture
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kills, "DAYS_A_ROUND", 2)


@pytest.mark.parametrize("step", doomed.STEPS)
def test_each_step_at_which_a_process_is_killed_is_there(step: str) -> None:
    place, name, _ = doomed.STEPS[step]
    assert callable(getattr(place, name))


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_no_kill_loses_a_digest_or_sends_one_twice_unmarked(url: str, tmp_path: Path, few: None) -> None:
    figures = kills.run(url, tmp_path, 60, scans=3, deliveries=6)
    assert figures.kills
    assert figures.kept, figures


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_four_daemons_at_once_send_each_digest_once(url: str, tmp_path: Path, few: None) -> None:
    figures = kills.run_daemons(url, tmp_path, 200, number=4, minutes=3, kill=False)
    assert (figures.resent, figures.unmarked) == (0, 0), figures
    assert figures.digests == figures.sent == figures.received == 101
