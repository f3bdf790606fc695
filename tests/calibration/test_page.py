"""Does the benchmark say what it counted, and does the committed page hold?"""

import csv
import doctest
import subprocess
import sys
from dataclasses import replace

import pytest

from benchmarks.calibration import counts, intervals
from benchmarks.calibration.__main__ import FOLDER, PAGE, STUDIES, TABLE
from benchmarks.calibration.cells import cells, run_cell
from benchmarks.calibration.counts import ALARMS, COVERS_RATIO, Counted
from benchmarks.calibration.page import (
    ACCEPTANCE,
    HEADER,
    acceptance_lines,
    page,
    read_table,
    write_table,
)
from benchmarks.calibration.published import PUBLISHED, band, is_apart, is_inside
from benchmarks.calibration.scenarios import APART, NULL, STRESS

GOOD = Counted("null", "CR3-tW", "12 v 12", COVERS_RATIO, 95.0, 4000, 0.34)


@pytest.fixture(scope="module")
def few() -> list[Counted]:
    """Every cell with two studies: which figures there are, not what they say."""
    return [row for name in cells() for row in run_cell(name, 2, 1)]


def key(row):
    return row.scenario, row.method, row.people, row.figure


def test_every_published_figure_is_measured_by_some_cell(few):
    assert set(PUBLISHED) <= {key(row) for row in few}


def test_no_figure_is_measured_twice(few):
    assert len({key(row) for row in few}) == len(few)


def test_every_acceptance_number_speaks_of_some_figure(few):
    numbers = {ends.number for row in few if (ends := band(row))}
    assert numbers == set(ACCEPTANCE) == {1, 2, 3, 4, 5, 6}


@pytest.mark.parametrize(
    ("row", "low", "high"),
    [
        (GOOD, 93.5, 96.5),
        (replace(GOOD, people="6 v 6"), 93.5, 98),
        (replace(GOOD, people="30 v 6"), 93.5, 98),
        (replace(GOOD, scenario="stress"), 92, 100),
        (replace(GOOD, figure=ALARMS), 0, 6),
        (replace(GOOD, figure=ALARMS, people="6 v 6"), 0, 6.5),
        (replace(GOOD, figure=counts.FALSE_PASSES, method="non-inferiority"), 0, 6.5),
        (replace(GOOD, figure=counts.FAMILIES, method="Šidák", people="4 × 12"), 0, 6),
        (replace(GOOD, figure=counts.POWER_ERROR), -3, 3),
        (replace(GOOD, method="utterance bootstrap"), 0, 80),
    ],
)
def test_the_bands_are_those_of_the_design(row, low, high):
    ends = band(row)
    assert ends is not None
    assert (ends.low, ends.high) == (low, high)
    assert is_inside(replace(row, value=low))
    assert is_inside(replace(row, value=high))
    assert not is_inside(replace(row, value=low - 0.1))
    assert not is_inside(replace(row, value=high + 0.1))


def test_a_figure_outside_its_band_fails_its_acceptance_number_and_is_named():
    bad = replace(GOOD, value=93.0)
    lines = acceptance_lines([GOOD, bad])
    assert "| 1 of 2 | **fails** |" in lines[2]
    assert lines[-1] == (
        "- outside: null, 12 v 12, CR3-tW, ratio covered: 93 ± 0.34 in 4,000 studies, "
        "band 93.5 to 96.5"
    )
    assert "| 1 of 1 | holds |" in acceptance_lines([GOOD])[2]
    assert "| 0 of 0 | not measured |" in acceptance_lines([GOOD])[3]


def test_a_figure_far_from_the_published_one_is_marked_and_listed():
    assert not is_apart(GOOD)  # published: 94.8
    far = replace(GOOD, value=96.4)
    assert is_apart(far)
    text = page([far], head="head")
    assert "96.4 (94.8)*" in text
    assert "96.4 ± 0.34 in 4,000 studies, band 93.5 to 96.5; published 94.8" in text
    assert "None by more than three" in page([GOOD], head="head")


def test_a_cell_alone_gives_the_figures_it_gives_among_others():
    name = "bootstrap-t: null, 6 v 6"
    alone = run_cell(name, 20, 7)
    run_cell("utterance bootstrap: null, 6 v 6", 5, 7)
    assert run_cell(name, 20, 7) == alone
    assert run_cell(name, 20, 8) != alone


def test_more_studies_begin_with_the_fewer():
    few, more = (list(NULL[0].studies(n, 3)) for n in (2, 5))
    for (a, b), (c, d) in zip(few, more, strict=False):
        assert a.errors.tolist() == c.errors.tolist()
        assert b.errors.tolist() == d.errors.tolist()


def test_scenarios_have_streams_of_their_own():
    first = [next(scenario.studies(1, 3))[0].errors.sum() for scenario in (*NULL, *APART, *STRESS)]
    assert len(set(first)) == len(first)


def test_a_table_holds_a_line_for_each_figure(tmp_path):
    write_table([GOOD], tmp_path / "table.csv")
    with (tmp_path / "table.csv").open(encoding="utf-8") as file:
        (line,) = csv.DictReader(file)
    assert tuple(line) == HEADER
    assert (line["value"], line["published"], line["inside"]) == ("95", "94.8", "yes")
    assert read_table(tmp_path / "table.csv") == [GOOD]


def test_examples_in_the_benchmark_run():
    for module in (counts, intervals):
        found = doctest.testmod(module)
        assert found.attempted > 0
        assert found.failed == 0


def asked(*options):
    command = [sys.executable, "-m", "benchmarks.calibration", *options]
    return subprocess.run(command, check=False, cwd=FOLDER.parent, capture_output=True, text=True)


def test_the_command_names_the_cells_it_knows():
    answer = asked("--only", "two seeds")
    assert answer.returncode == 1
    assert "no cell with 'two seeds' in its name; known: utterance bootstrap: null" in answer.stderr


def test_the_command_prints_a_few_cells_and_writes_nothing():
    before = TABLE.read_bytes()
    answer = asked("--only", "GEE: null, 6", "--studies", "50", "--processes", "1")
    assert answer.returncode == 0
    assert "GEE bias-reduced, t" in answer.stdout
    assert "nothing written" in answer.stdout
    assert TABLE.read_bytes() == before


# ── The committed run ──────────────────────────────────────────────────────────────────────────


@pytest.fixture(scope="module")
def committed() -> list[Counted]:
    return read_table(TABLE)


def test_the_committed_run_holds_every_figure(few, committed):
    assert [key(row) for row in committed] == [key(row) for row in few]
    counted = [row for row in committed if row.figure not in counts.DEVIATIONS]
    assert {row.n_studies for row in counted} == {STUDIES}


def test_the_committed_page_says_what_the_committed_table_does(committed):
    text = PAGE.read_text(encoding="utf-8")
    head = text.removeprefix("# Calibration\n\n").partition("\n\n## Acceptance")[0]
    assert text == page(committed, head=head)


def test_no_figure_of_the_committed_run_is_outside_its_band(committed):
    outside = [row for row in committed if is_inside(row) is False]
    assert not outside
    assert sum(is_inside(row) is True for row in committed) > 80
