"""Figures as Prometheus' text format (exposition format 0.0.4), as node_exporter's textfile collector reads it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Metric:
    """A gauge: what it counts, and its value for each set of labels."""

    name: str
    help: str
    samples: Sequence[tuple[Mapping[str, str], float]]


def metrics_text(metrics: Iterable[Metric]) -> str:
    """The metrics in the order given, each line ended by a line feed."""
    return "".join(line + "\n" for metric in metrics for line in _lines(metric))


def _lines(metric: Metric) -> Iterable[str]:
    yield f"# HELP {metric.name} {_escaped(metric.help)}"
    yield f"# TYPE {metric.name} gauge"
    for labels, value in metric.samples:
        named = ",".join(f'{name}="{_escaped(text, quoted=True)}"' for name, text in labels.items())
        yield f"{metric.name}{f'{{{named}}}' if named else ''} {value:.15g}"


def _escaped(text: str, *, quoted: bool = False) -> str:
    text = text.replace("\\", "\\\\").replace("\n", "\\n")
    return text.replace('"', '\\"') if quoted else text
