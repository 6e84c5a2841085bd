"""Step: how far a rung lies from the last day, in calendar days (7) or in working days ("3w")."""

import re
from datetime import date, timedelta
from typing import Final

from ..errors import ConfigError
from ..workdays import PUBLISHED, Calendar

Step = int | str

WORKING: Final = re.compile(r"([1-9]\d{0,2})w")


def refuse_odd(steps: tuple[Step, ...], key: str) -> None:
    """Raises ConfigError for a text that is no number of working days."""
    for step in steps:
        if isinstance(step, str) and not WORKING.fullmatch(step):
            raise ConfigError(f'{key}: {step!r} is no number of working days such as "3w"')


def parse(words: str) -> tuple[Step, ...]:
    """The ladder that a person wrote: "30, 7, 1w, 0". Raises ValueError for anything else."""
    found: list[Step] = []
    for word in re.split(r"[,，、\s]+", words.strip()):
        if not re.fullmatch(r"\d{1,4}|[1-9]\d{0,2}w", word, re.ASCII):
            raise ValueError(word)
        found.append(word if word.endswith("w") else int(word))
    return tuple(sorted(set(found), key=length, reverse=True))


def length(step: Step) -> float:
    """About how many calendar days a step is long: what ladders are ordered by."""
    return step if isinstance(step, int) else int(step[:-1]) * 7 / 5


def before(last: date, step: Step, calendar: Calendar = PUBLISHED) -> date:
    """The day that lies `step` before the last day. Raises OverflowError before the year 1."""
    return last - timedelta(days=step) if isinstance(step, int) else calendar.workdays_before(last, int(step[:-1]))


def after(last: date, step: Step, calendar: Calendar = PUBLISHED) -> date:
    """The day that lies `step` after the last day, which is not counted. Raises OverflowError after the year 9999."""
    return last + timedelta(days=step) if isinstance(step, int) else calendar.add_workdays(last, int(step[:-1]))


def words(step: Step) -> str:
    """ "7天", "3个工作日"."""
    return f"{step}天" if isinstance(step, int) else f"{step[:-1]}个工作日"
