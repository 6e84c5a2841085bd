"""The measurements of bench/ run: no figure is asserted."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

BENCH = Path(__file__).parent.parent / "bench/run.py"


@pytest.mark.slow
def test_the_measurements_run_at_a_tiny_size() -> None:
    environ = {name: value for name, value in os.environ.items() if name != "TRACKER_BENCH_PEER"}
    process = subprocess.run(
        [sys.executable, BENCH, "--quick"], env=environ, capture_output=True, text=True, check=True
    )
    assert "measured without it" in process.stdout
    titles = ("Time expressions", "Last day", "Extraction", "find_timexes:", "heal:", "extract:", "60 documents",
              "Memory", "Start-up")  # fmt: skip
    for title in titles:
        assert f"\n{title}" in process.stdout
