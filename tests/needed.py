"""What a test needs and this machine may lack: a reason to skip, but a failure where everything has to be there."""

import os
from typing import NoReturn

import pytest


def missing(what: str) -> NoReturn:
    """Ends the test: skipped, or failed where TRACKER_TEST_ALL=1 says that everything was installed."""
    end = pytest.fail if os.environ.get("TRACKER_TEST_ALL") == "1" else pytest.skip
    end(f"{what} is not there")
