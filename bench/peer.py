"""JioNLP in its own interpreter: asked on standard input, one JSON object a line; it measures itself.

{"texts": [...], "day": "2018-08-31"} -> {"seconds": 1.5, "found": 52}
{"read": "11月底", "day": "2018-08-15"} -> {"end": "2018-11-30"}, the last day of the last expression in it, or null
"""

import contextlib
import json
import sys
import time

with contextlib.redirect_stdout(sys.stderr):  # it prints a greeting
    import jionlp


def base(day: str) -> dict[str, int]:
    """The day that relative words count from, as JioNLP takes it."""
    return dict(zip(("year", "month", "day"), map(int, day.split("-")), strict=True))


def last_day(found: dict) -> str | None:
    """The last day of an expression: of its span, or of the point in each period of a recurring one."""
    times = found["detail"]["time"]
    if isinstance(times, dict):
        times = (times.get("point") or {}).get("time")
    return times[1][:10] if times else None


def answer(question: dict) -> dict:
    """One answer."""
    day = base(question["day"])
    if "texts" in question:
        start = time.perf_counter()
        found = sum(len(jionlp.ner.extract_time(text, time_base=day)) for text in question["texts"])
        return {"seconds": time.perf_counter() - start, "found": found}
    found = jionlp.ner.extract_time(question["read"], time_base=day)
    return {"end": last_day(found[-1]) if found else None}


for line in sys.stdin:
    with contextlib.redirect_stdout(sys.stderr):
        answered = answer(json.loads(line))
    print(json.dumps(answered), flush=True)
