"""The user's own document: what is read from it is what people read from it, by the scorer that they use."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tracker.cli import run
from tracker.documents import heal

SEED = Path(__file__).parents[1] / "seeds" / "ningbo-reform-pilots-2018"
SCORER = Path(__file__).with_name("score.py")


def rows(capfd: pytest.CaptureFixture[str], what: str) -> list[dict[str, Any]]:
    assert run(["extract", str(SEED / "document.txt"), "--what", what, "--format", "jsonl"]) == 0
    return [json.loads(line) for line in capfd.readouterr().out.splitlines()]


def score(folder: Path, tmp_path: Path, **predictions: list[dict[str, Any]]) -> dict[str, Any]:
    command = [sys.executable, str(SCORER), str(folder)]
    for what, found in predictions.items():
        path = tmp_path / f"{what}.jsonl"
        path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in found), encoding="utf-8")
        command += [f"--{what}", str(path)]
    result = subprocess.run(command, capture_output=True, text=True, check=True, encoding="utf-8")
    scores: dict[str, Any] = json.loads(result.stdout)
    return scores


def test_the_commitments_are_those_that_people_found(capfd: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    scores = score(SEED, tmp_path, commitments=rows(capfd, "commitments"))["commitments"]
    assert scores["gold"] == 39
    assert scores["strict_f1"] >= 0.97
    assert scores["quote"] >= 0.97
    assert scores["due"] == 1.0
    assert min(scores["lead"], scores["kind"], scores["recurrence"], scores["year_from"]) >= 0.97
    assert scores["targets"] >= 0.9


def test_the_time_expressions_are_those_that_people_found(capfd: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    scores = score(SEED, tmp_path, timexes=rows(capfd, "timexes"))["timexes"]
    assert scores["f1"] >= 0.97
    assert scores["exact_span"] >= 0.97
    assert scores["end"] >= 0.98
    assert min(scores["value"], scores["role"]) >= 0.95


def test_all_22_pilots_are_right(capfd: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    scores = score(SEED, tmp_path, items=rows(capfd, "items"))["items"]
    assert scores == {"gold": 22, "found": 22, "predicted": 22, "right": 22}


def test_every_quote_is_found_again_in_the_text_as_read(capfd: pytest.CaptureFixture[str]) -> None:
    raw = (SEED / "document.txt").read_bytes().decode()
    found = [*rows(capfd, "commitments"), *rows(capfd, "timexes")]
    assert len(found) == 39 + 59
    assert [heal(raw[row["start"] : row["stop"]]).text for row in found] == [row["quote"] for row in found]


def test_every_mention_is_tracked_or_set_aside_with_a_reason(capfd: pytest.CaptureFixture[str]) -> None:
    every, aside, review = (rows(capfd, what) for what in ("timexes", "set-aside", "review"))
    assert review == []
    assert all(row["reason"] for row in aside)
    tracked = {row["timex"] for row in rows(capfd, "commitments")}
    assert len(every) == 59
    assert len(every) - len(aside) == 33
    assert {row["quote"] for row in every} == tracked | {row["quote"] for row in aside}


GUIDE_NAMES = {"item", "section", "quote", "timex", "due", "recurrence", "agencies", "lead", "targets", "kind"}


def test_the_seed_carries_what_people_read_beside_it() -> None:
    lines = (SEED / "commitments.jsonl").read_text(encoding="utf-8").splitlines()
    assert len(lines) == 39
    assert all(json.loads(line).keys() >= GUIDE_NAMES for line in lines)


def test_the_sixty_expressions_by_the_command(tmp_path: Path) -> None:
    gold = SCORER.parent / "data" / "expressions.jsonl"
    answered = subprocess.run(
        [sys.executable, "-m", "tracker", "timex"], stdin=gold.open("rb"), capture_output=True, check=True
    )
    answers = tmp_path / "answers.jsonl"
    answers.write_bytes(answered.stdout)
    result = subprocess.run(
        [sys.executable, str(SCORER), str(gold), "--answers", str(answers)], capture_output=True, check=True
    )
    assert json.loads(result.stdout)["expressions"] == {"cases": 60, "right": 60, "exact": 60}
