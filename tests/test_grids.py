"""Ruled tables on a page, from their rules alone."""

from tracker.sources.formats.grids import Rule, find

UPRIGHT = [Rule(True, x, 10, 100) for x in (0, 50, 100)]


def test_a_table_ends_where_its_sides_do_though_nothing_is_drawn_across() -> None:
    inner = [Rule(False, y, 0, 100) for y in (40, 60, 80)]
    (grid,) = find([*UPRIGHT, *inner])
    assert grid.ys == (10, 40, 60, 80, 100)


def test_sides_that_stand_out_by_less_than_a_line_make_no_row() -> None:
    inner = [Rule(False, y, 0, 100) for y in (13, 60, 97)]
    (grid,) = find([*UPRIGHT, *inner])
    assert grid.ys == (13, 60, 97)
