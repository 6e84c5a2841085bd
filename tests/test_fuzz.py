"""The fuzzer of bench/: it finds nothing in a short run, and it does find what is planted."""

import random
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from types import ModuleType

import pytest

BENCH = Path(__file__).parent.parent / "bench"


@pytest.fixture
def fuzz(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    monkeypatch.syspath_prepend(str(BENCH))
    return __import__("fuzz")


@pytest.mark.slow
def test_a_short_run_finds_nothing() -> None:
    process = subprocess.run(
        [sys.executable, BENCH / "fuzz.py", "--minutes", "0.5"], capture_output=True, text=True, check=False
    )
    assert process.returncode == 0, process.stdout + process.stderr
    assert "documents were read and nothing was wrong" in process.stdout


def test_a_text_is_grown_alike_from_the_same_seed(fuzz: ModuleType) -> None:
    parts = fuzz.pieces()
    texts = [fuzz.document(random.Random(7), parts) for _ in range(2)]
    assert texts[0] == texts[1]
    assert fuzz.verdict(texts[0]) == ""


def test_an_exception_is_found_and_its_text_made_short(fuzz: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    def planted(source):
        if "底" in source.text and "前" in source.text:
            raise IndexError("planted")
        return extract(source)

    extract = fuzz.extract
    monkeypatch.setattr(fuzz, "extract", planted)
    text = "一、任务\n1.方案于11月底前完成，10月印发。"
    assert "IndexError: planted" in fuzz.verdict(text)
    assert fuzz.shortened(text, lambda less: bool(fuzz.verdict(less))) == "底前"


def test_a_mention_that_is_lost_or_moved_is_found(fuzz: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    extract, text = fuzz.extract, "1.方案于11月底前完成，10月印发。"
    read = extract(fuzz.source(text))
    first, second = read.sightings
    for sightings, said in {
        (first,): "do not add up",
        (first, replace(second, stop=len(text) + 1)): "out of bounds",
        (first, replace(second, start=first.start)): "overlap",
    }.items():
        monkeypatch.setattr(fuzz, "extract", lambda _, found=sightings: replace(read, sightings=found))
        assert said in fuzz.verdict(text)
