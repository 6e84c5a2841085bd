"""The timeline as a picture (SVG 1.1) for reports: a bar a month, a row an agency. The same state, the same bytes."""

from collections.abc import Sequence
from datetime import date
from typing import Final
from xml.sax.saxutils import escape

from ..milestones import Standing
from ..milestones.figures import COUNTED, Month, Placed, months, pile_ups, shown
from .wrapping import printable, width

FONTS: Final = "'Noto Sans CJK SC','Source Han Sans SC','WenQuanYi Micro Hei','Microsoft YaHei','SimHei',sans-serif"
COLOURS: Final = {
    Standing.OVERDUE: "#C0392B", Standing.DUE_SOON: "#E5A823", Standing.UPCOMING: "#4C8C5A", Standing.CLOSED: "#B8BFC6",
}  # fmt: skip
WORDS: Final = {
    Standing.OVERDUE: "已逾期", Standing.DUE_SOON: "临近期限", Standing.UPCOMING: "未到期", Standing.CLOSED: "已办结",
}  # fmt: skip
WIDE, LEFT, RIGHT = 1000, 60, 30
TOP, HIGH = 110, 250  # where the bars begin, how high the highest is
ROW: Final = 26
LABEL, YEAR = 30.0, 60.0  # the room that the name of a month takes, and that of a year
NAMES: Final = 170  # the room that the name of an agency takes


def timeline(placed: Sequence[Placed], today: date, title: str, *, by_agency: bool = False) -> str:
    """What is due when: bars by month, coloured by standing, the ends of years named where it piles up."""
    found = months(placed)
    agencies = sorted({agency for one, _ in placed for agency in one.agencies}) if by_agency else []
    drawn = shown(found, today)
    undated = [how for _, how in placed].count(Standing.UNDATED)
    bottom = TOP + HIGH
    high = bottom + 70 + (len(agencies) * ROW + 10 if agencies else 0)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDE}" height="{high}" viewBox="0 0 {WIDE} {high}" '
        f'font-family="{FONTS}" font-size="13" fill="#222">',
        f'<rect width="{WIDE}" height="{high}" fill="#fff"/>',
        _text(WIDE / 2, 34, title, size=20, anchor="middle", bold=True),
        *_legend(found, undated, today),
        *_bars(drawn, LEFT + NAMES if agencies else LEFT, today),
        *_rows(agencies, placed, drawn, bottom + 75),
    ]
    return "\n".join([*parts, "</svg>", ""])


def _legend(found: Sequence[Month], undated: int, today: date) -> list[str]:
    parts, x = [], float(LEFT)
    for how in COUNTED:
        words = f"{WORDS[how]} {sum(month.counts[how] for month in found)}"
        parts += [_box(x, 56, 14, 14, COLOURS[how]), _text(x + 20, 68, words)]
        x += 44 + 7 * width(words)
    rest = f"截至 {today}" + (f"，另有 {undated} 项未明确期限" if undated else "")
    return [*parts, _text(WIDE - RIGHT, 68, rest, anchor="end")]


def _bars(drawn: Sequence[Month | None], left: int, today: date) -> list[str]:
    """The bars on their axis; the present month stands on a band of its own, … for months that are left out."""
    bottom, most = TOP + HIGH, max((month.total for month in drawn if month), default=0) or 1
    step = (WIDE - left - RIGHT) / max(len(drawn), 1)
    ends = {date(one.year, 12, 1): one for one in pile_ups([month for month in drawn if month])}
    parts, named, year = [], -YEAR, 0
    for place, month in enumerate(drawn):
        x, middle = left + place * step, left + (place + 0.5) * step
        if month is None:
            parts.append(_text(middle, bottom + 17, "…", anchor="middle"))
            continue
        if month.first == today.replace(day=1):
            parts.append(_box(x, TOP - 20, step, HIGH + 20, "#EEF3F8"))
            parts.append(_text(middle, TOP - 6, "本月", anchor="middle", size=12))
        if month.first.year != year and x - named >= YEAR:
            named, year = x, month.first.year
            parts.append(_text(x + 2, bottom + 37, f"{year}年", bold=True))
        y = float(bottom)
        for how in COUNTED:
            tall = HIGH * 0.88 * month.counts[how] / most
            y -= tall
            if tall:
                parts.append(_box(middle - min(step * 0.38, 24), y, min(step * 0.76, 48), tall, COLOURS[how]))
        if month.total:
            parts.append(_text(middle, y - 5, f"{month.total}", anchor="middle", size=12))
        if step >= LABEL or month.first.month in (6, 12):
            parts.append(_text(middle, bottom + 17, f"{month.first.month}月", anchor="middle", size=12))
        if (end := ends.get(month.first)) and step >= LABEL:
            share = f"占全年{100 * end.december // end.total}%"
            parts.append(_text(middle, y - 20, share, anchor="middle", size=12, colour="#A33"))
    return [*parts, f'<line x1="{left}" y1="{bottom}" x2="{WIDE - RIGHT}" y2="{bottom}" stroke="#666"/>']


def _rows(agencies: Sequence[str], placed: Sequence[Placed], drawn: Sequence[Month | None], top: int) -> list[str]:
    """An agency a row: a circle a month with the number of what is due, in the colour of the worst of it."""
    left, parts = LEFT + NAMES, []
    step = (WIDE - left - RIGHT) / max(len(drawn), 1)
    places = {month.first: left + (place + 0.5) * step for place, month in enumerate(drawn) if month}
    for number, agency in enumerate(agencies):
        y = top + number * ROW
        parts.append(f'<line x1="{LEFT}" y1="{y + 8}" x2="{WIDE - RIGHT}" y2="{y + 8}" stroke="#eee"/>')
        parts.append(_text(LEFT, y, _cut(agency)))
        for month in months([each for each in placed if agency in each[0].agencies]):
            if month.total:
                worst = next(how for how in COUNTED if month.counts[how])
                x = places[month.first]
                parts.append(f'<circle cx="{x:.1f}" cy="{y - 5}" r="10" fill="{COLOURS[worst]}"/>')
                parts.append(_text(x, y - 1, str(month.total), anchor="middle", size=11, colour="#fff"))
    return parts


def _box(x: float, y: float, wide: float, high: float, colour: str) -> str:
    return f'<rect x="{x:.1f}" y="{y:.1f}" width="{wide:.1f}" height="{high:.1f}" fill="{colour}"/>'


def _text(
    x: float, y: float, words: str, *, size: int = 13, anchor: str = "start", bold: bool = False, colour: str = ""
) -> str:
    extra = (' font-weight="bold"' if bold else "") + (f' fill="{colour}"' if colour else "")
    place = f'x="{x:.1f}" y="{y:.1f}" font-size="{size}" text-anchor="{anchor}"{extra}'
    return f"<text {place}>{escape(printable(words))}</text>"


def _cut(name: str) -> str:
    while width(name) * 6.6 > NAMES - 12:
        name = f"{name[:-2]}…" if name.endswith("…") else f"{name[:-1]}…"
    return name
