"""Does the study of planted worlds ask the package what it says it asks, and does its page hold?"""

import csv
import subprocess
import sys
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from benchmarks.calibration.counts import monte_carlo_error
from benchmarks.planted import counts, links, study, truth
from benchmarks.planted.__main__ import FOLDER, PAGE, TABLE, WORLDS
from benchmarks.planted.acceptance import (
    ACCEPTANCE,
    acceptance_lines,
    band,
    is_beyond_chance,
    is_inside,
)
from benchmarks.planted.cells import CELLS, LOWEST, SCALE, THRESHOLD
from benchmarks.planted.counts import COVERED, EXACTNESS, GONE, NARROWS, SAYS, TRUTH, Figure
from benchmarks.planted.links import CONTROL, ON_HUMAN, PACKAGE, QUALITY, Answers, Seen, look
from benchmarks.planted.measuring import AUTOMATIC, HUMAN, by_call, by_verbs
from benchmarks.planted.page import HEADER, page, read_table, write_table
from biasbench.consequences.bonus import bonus_gap, person_months
from biasbench.consequences.thresholds import threshold_curve
from biasbench.corpora.planted import Planting, calls_of, plant
from biasbench.evidence import assess

# What is made once for all of them is made by one worker.
pytestmark = pytest.mark.xdist_group("planted")

GAP, NONE = CELLS[0], CELLS[2]

GOOD = Figure("gap", "30 v 30", "wer", PACKAGE, COVERED, 95.0, 400, 1.09)
NULL = Figure("none", "30 v 30", "wer", PACKAGE, SAYS, 5.0, 400, 1.09)


@pytest.fixture(scope="module")
def measures():
    """One world with a gap: 72 people, so that most links have their 30 events."""
    planting = Planting(people=(36, 36), calls=2, months=2)
    return by_call(list(calls_of(planting, seed=3)))


@pytest.fixture(scope="module")
def answers(measures):
    return look(measures)


# ── The two ways to measures ───────────────────────────────────────────────────────────────────


def test_a_world_through_run_and_measure_has_the_very_measures_of_the_study():
    planting = Planting(people=(7, 6), calls=2, months=2)
    one = by_call(list(calls_of(planting, seed=8)))
    other = by_verbs(plant(planting, seed=8))
    assert len(one) == 13 * 2 * 2 * 12
    assert study.rows_that_differ(one, other) == 0
    assert look(one) == look(other)


def test_a_measure_that_differs_in_its_last_bit_is_counted(measures):
    other = measures.copy()
    other.loc[5, "numerator"] = np.nextafter(other.loc[5, "numerator"], np.inf)
    assert study.rows_that_differ(measures, other) == 1
    assert study.rows_that_differ(measures, measures.sample(frac=1, random_state=1)) == 0
    assert study.rows_that_differ(measures, measures.drop(columns="month")) > 0
    assert study.rows_that_differ(measures, measures.iloc[1:]) == 1


# ── The links ──────────────────────────────────────────────────────────────────────────────────


def test_a_link_asked_by_its_parts_is_what_assess_says(measures, answers):
    """Value, both ends, verdict: every rate and mean, of the recogniser and of both scorings."""
    asked = 0
    for (system, metric), rows in measures.groupby(["system", "metric"]):
        (expected,) = assess(
            rows, by="accent", groups=["a"], margin=links.MARGINS[metric], n_resamples=99
        ).to_findings()
        assert answers.seen[metric + ON_HUMAN * (system == HUMAN), PACKAGE] == links.of_finding(
            expected
        )
        asked += 1
    assert asked == 12


def test_passing_is_what_the_curve_of_thresholds_says_at_the_threshold(measures, answers):
    rows = measures[(measures["system"] == AUTOMATIC) & (measures["metric"] == QUALITY)]
    months = person_months(rows, by="accent", period="month")
    table = months.table.assign(
        system="months", metric=QUALITY, unit_id=np.arange(len(months.table)), denominator=1.0,
        numerator=months.table["quality"], accent=months.table["group"],
    )  # fmt: skip
    at = threshold_curve(
        table[["system", "metric", "unit_id", "speaker_id", "numerator", "denominator", "accent"]],
        by="accent", group="a", unit="row", thresholds=[THRESHOLD], at=THRESHOLD, n_resamples=99,
    ).at  # fmt: skip
    seen = answers.seen[links.PASSES, PACKAGE]
    assert at is not None
    assert (seen.value, seen.low, seen.high) == (
        at.difference, at.difference_low, at.difference_high,
    )  # fmt: skip


def test_the_bonus_is_that_of_the_plain_call(measures, answers):
    """From calls, with a finding of its own, the calls drawn too: the same figures and ranges."""
    rows = measures[(measures["system"] == AUTOMATIC) & (measures["metric"] == QUALITY)]
    months = person_months(rows, by="accent", period="month")
    found = bonus_gap(
        rows, SCALE, by="accent", group="a", period="month",
        own=links.pay_slips(months).drop(columns=["quality", "accent"]),
        margin=links.MARGINS[QUALITY], pay_margin=links.MARGINS[links.PAID],
        substituted=measures[(measures["system"] == HUMAN) & (measures["metric"] == QUALITY)],
        n_resamples=links.PAY_DRAWS,
    )  # fmt: skip
    assert found.observed is not None
    assert answers.seen[links.PAID, PACKAGE] == links.of_finding(found.observed.finding)
    gaps = [one.gap_change for one in found.simulated]
    assert [answers.seen[name, PACKAGE] for name in links.SIMULATED] == [
        Seen(gap.value, gap.low, gap.high) for gap in gaps
    ]


def test_the_control_has_the_same_estimate_and_a_shorter_interval(answers):
    for link in (links.POLITENESS, QUALITY, links.PASSES):
        right, wrong = answers.seen[link, PACKAGE], answers.seen[link, CONTROL]
        assert wrong.value == pytest.approx(right.value)
        assert wrong.high - wrong.low < right.high - right.low


def test_every_link_has_a_truth_and_the_estimate_is_the_same_plain_sum(measures, answers):
    """The same sums by two hands: pandas here, the package there, on the same world."""
    plain = truth.plain_gaps(measures, (36, 36))
    named = {link for link, method in answers.seen if method == PACKAGE}
    assert named == set(plain)
    for link in named:
        assert answers.seen[link, PACKAGE].value == pytest.approx(plain[link], abs=1e-9), link


def test_the_lowest_are_that_share_of_the_mixture():
    """Scores of 'b' ten points above those of 'a': all of the lowest fifth are of 'a'."""
    measures = by_call(list(calls_of(Planting((20, 20), 1, 1), seed=1)))
    apart = measures.assign(
        numerator=np.where(measures["accent"] == "a", 10.0, 80.0)
        + np.arange(len(measures)) % 20 * (measures["accent"] == "a")
    )
    months = truth._months(apart, AUTOMATIC)
    assert truth._lowest(months, (20, 20)) == pytest.approx(2 * LOWEST)
    # One in four is of 'a': a fifth of all is four fifths of them.
    assert truth._lowest(months, (10, 30)) == pytest.approx(4 * LOWEST)


def test_those_tied_at_the_cut_count_by_the_room_there_is():
    """Of 'a' all have the lowest score, of 'b' half: a fifth of three quarters of everybody."""
    months = pd.DataFrame(
        {
            "accent": ["a"] * 4 + ["b"] * 4,
            "speaker_id": [f"p{n}" for n in range(8)],
            "score": [50.0] * 6 + [90.0] * 2,
        }
    )
    share = LOWEST / 0.75
    assert truth._lowest(months, (20, 20)) == pytest.approx(share - share / 2)


def test_the_truth_of_what_people_say_is_no_gap_and_that_of_words_is_the_planted_one():
    few = [truth.batch(GAP, n, seed=2, people=(12, 12)) for n in range(2)]
    found = truth.truths(GAP, few)
    assert {found[link].value for link in found if link.endswith(ON_HUMAN)} == {0.0}
    assert found["wer"].value == pytest.approx(0.22 - 0.08, abs=0.04)
    assert found["wer"].error > 0
    assert found[links.CHANGE].value == -found[QUALITY].value
    assert found[links.SUBSTITUTED].value == pytest.approx(-found[links.PAID].value)


def test_where_nothing_is_planted_every_truth_is_nil():
    assert truth.truths(NONE, [])["wer"] == truth.Truth(0.0, 0.0)


def test_no_two_worlds_share_a_seed():
    seeds = {cell.seed_of(n, seed, of=of) for cell in CELLS for n in range(50)
             for seed in (1, 2) for of in ("world", "truth")}  # fmt: skip
    assert len(seeds) == 4 * 50 * 2 * 2


def test_a_cell_alone_gives_the_worlds_it_gives_among_others():
    small = replace(GAP, people=(10, 10))
    alone = study.worlds(small, [3], 1)
    assert study.worlds(small, [2, 3], 1)[1] == alone[0]
    assert study.rows_that_differ(study.measured(small, 3, 1), study.measured(small, 3, 2)) > 0


# ── What is counted ────────────────────────────────────────────────────────────────────────────


def told(low, high, verdict=None, value=0.05):
    return Seen(value, low, high, verdict)


def test_an_interval_holds_its_ends_and_none_holds_nothing():
    assert told(0.02, 0.08).holds(0.02)
    assert not told(0.02, 0.08).holds(0.081)
    assert not told(None, None).holds(0.05)
    assert told(0.02, 0.08).says_a_gap
    assert told(-0.08, -0.02).says_a_gap
    assert not told(0.0, 0.08).says_a_gap
    assert not told(None, None).says_a_gap


def world_of(value, human, *, low, high, verdict="V-I", narrows=False):
    seen = {("wer", PACKAGE): told(low, high, verdict, value)}
    for name in links.AUTOMATIC_AND_HUMAN:
        seen[name, PACKAGE] = told(-9.0, 9.0, None, value)
        seen[name + ON_HUMAN, PACKAGE] = told(-9.0, 9.0, None, human)
    return Answers(seen, narrows, None)


def test_figures_are_shares_of_worlds_with_their_errors():
    worlds = [
        world_of(0.10, 0.01, low=0.05, high=0.15, verdict="V-D1", narrows=True),
        world_of(0.12, -0.01, low=0.06, high=0.18, verdict="V-D2"),
        world_of(-0.10, 0.0, low=-0.2, high=-0.05, verdict="V-A1"),
        world_of(0.04, 0.02, low=None, high=None, verdict="V-N"),
    ]
    rows = counts.figures(
        GAP, worlds, {name: truth.Truth(0.15, 0.001) for name, _ in worlds[0].seen}
    )
    of = {row.figure: row for row in rows if row.link == "wer"}
    assert (of[COVERED].value, of[SAYS].value, of[counts.AGAINST].value) == (50, 75, 50)
    assert (of[counts.ESTABLISHED].value, of[counts.ADVANTAGE].value) == (50, 25)
    assert (of[counts.REFUSED].value, of[counts.GIVEN].value) == (25, 75)
    assert of[COVERED].mc_error == monte_carlo_error(50, 4)
    assert of[EXACTNESS].value == pytest.approx(
        100 * 0.001 / np.std([0.1, 0.12, -0.1, 0.04], ddof=1)
    )
    gone = next(row for row in rows if row.figure == GONE and row.link == QUALITY)
    assert gone.value == pytest.approx(100 * (1 - 0.02 / 0.16))
    narrows = next(row for row in rows if row.figure == NARROWS)
    assert narrows.value == 25


def test_the_control_is_pooled_over_cells_of_one_size():
    cover, says = replace(GOOD, method=CONTROL), replace(NULL, method=CONTROL, value=14.0)
    rows = [cover, replace(cover, planted="none", value=91.0), says, replace(says, planted="gap")]
    assert counts.pooled_control(rows) == [
        Figure(
            "all", counts.POOLED, "wer", CONTROL, COVERED, 93.0, 800, monte_carlo_error(93, 800)
        ),
        Figure("none", counts.POOLED, "wer", CONTROL, SAYS, 14.0, 400, monte_carlo_error(14, 400)),
    ]


def test_the_error_of_the_share_that_disappears_is_what_other_worlds_show():
    rng = np.random.default_rng(0)

    def pooled(n):
        gaps, left = rng.normal(-4, 1.5, n), rng.normal(-0.2, 1.6, n)
        worlds = [world_of(a, h, low=None, high=None) for a, h in zip(gaps, left, strict=True)]
        return next(
            row
            for row in counts._Row(GAP, QUALITY, counts.SUBSTITUTION).gone(worlds)
            if row.figure == GONE
        )

    many = [pooled(40) for _ in range(600)]
    assert np.std([row.value for row in many]) == pytest.approx(
        np.mean([row.mc_error for row in many]), rel=0.12
    )
    assert np.mean([row.value for row in many]) == pytest.approx(95, abs=1.1)


@pytest.mark.parametrize(
    ("row", "low", "high", "number"),
    [
        (GOOD, 93, 100, 1),
        (replace(GOOD, planted="none"), 93, 100, 1),
        (NULL, 0, 6, 3),
        (replace(NULL, planted="gap", link=QUALITY + ON_HUMAN), 0, 6, 3),
        (replace(NULL, planted="gap", link="human_silence_rate"), 0, 6, 3),
        (replace(NULL, figure=NARROWS, method=counts.SUBSTITUTION), 0, 6, 3),
        (replace(GOOD, figure=GONE, method=counts.SUBSTITUTION), 90, np.inf, 2),
        (replace(GOOD, method=CONTROL, planted="all", people=counts.POOLED), 0, 93, 4),
        (replace(NULL, method=CONTROL, people=counts.POOLED), 6, 100, 4),
        (replace(GOOD, figure=counts.DIFFERENT, method=counts.AGREEMENT), 0, 0, 5),
        (replace(GOOD, figure=EXACTNESS), 0, 10, 6),
    ],
)
def test_the_bands_are_those_of_the_requirement(row, low, high, number):
    ends = band(row)
    assert ends is not None
    assert (ends.low, ends.high, ends.number) == (low, high, number)
    assert is_inside(replace(row, value=low))
    assert not is_inside(replace(row, value=low - 0.1))


@pytest.mark.parametrize(
    "row",
    [
        replace(NULL, planted="gap"),
        replace(GOOD, figure=TRUTH),
        replace(NULL, link=links.REMOVED),
        replace(GOOD, figure=NARROWS, method=counts.SUBSTITUTION),
        replace(GOOD, method=CONTROL),
    ],
)
def test_what_is_not_required_has_no_band(row):
    assert band(row) is None
    assert is_inside(row) is None
    assert not is_beyond_chance(row)


def test_a_figure_may_leave_its_band_by_two_monte_carlo_errors_and_no_more():
    allowed = 2 * monte_carlo_error(6, 400)
    assert not is_beyond_chance(replace(NULL, value=6 + allowed - 0.01))
    assert is_beyond_chance(replace(NULL, value=6 + allowed + 0.01))
    assert is_beyond_chance(replace(GOOD, value=93 - 2 * monte_carlo_error(93, 400) - 0.01))
    # A control that covers is no accident to be forgiven.
    control = replace(GOOD, method=CONTROL, people=counts.POOLED, value=93.01)
    assert is_beyond_chance(control)


def test_a_number_that_fails_is_said_and_its_figure_named():
    lines = acceptance_lines([GOOD, replace(GOOD, value=90.0), replace(NULL, value=6.5)])
    assert "| 1 of 2 inside | 1 | **fails** |" in lines[2]
    assert "| 0 of 1 inside | 0 | holds |" in lines[4]
    assert "| 0 of 0 inside | 0 | not measured |" in lines[3]
    assert (
        "On average over the links the truth is covered in 92.5 % of worlds (2 figures) and a gap "
        "that is not there is said in 6.5 % of worlds (1 figures)."
    ) in lines
    assert any(
        line.startswith("If each of the 1 said a gap in exactly 5 % of all worlds, 0 of them would")
        for line in lines
    )
    assert any(line.startswith("- **beyond chance**: gap, 30 v 30, wer") for line in lines)
    assert any(line.startswith("- outside at face value: none, 30 v 30, wer") for line in lines)


def test_a_table_holds_a_line_for_each_figure(tmp_path):
    write_table([GOOD], tmp_path / "table.csv")
    with (tmp_path / "table.csv").open(encoding="utf-8") as file:
        (line,) = csv.DictReader(file)
    assert tuple(line) == HEADER
    assert (line["value"], line["band_low"], line["acceptance"], line["inside"]) == (
        "95", "93", "1", "yes",
    )  # fmt: skip
    assert read_table(tmp_path / "table.csv") == [GOOD]


# ── The command ────────────────────────────────────────────────────────────────────────────────


def asked(*options):
    command = [sys.executable, "-m", "benchmarks.planted", *options]
    return subprocess.run(command, check=False, cwd=FOLDER.parent, capture_output=True, text=True)


def test_the_command_names_the_cells_it_knows():
    answer = asked("--only", "two seeds")
    assert answer.returncode == 1
    assert "no cell with 'two seeds' in its name; known: gap, 30 v 30; gap, 15" in answer.stderr


@pytest.mark.slow
def test_the_command_runs_a_few_worlds_and_writes_nothing():
    before = TABLE.read_bytes()
    answer = asked("--only", "none, 15", "--worlds", "2")
    assert "none, 15 v 45, wer (package), covered" in answer.stdout
    assert "nothing written" in answer.stdout
    assert TABLE.read_bytes() == before


# ── Forty worlds ───────────────────────────────────────────────────────────────────────────────

FEW = 20


@pytest.fixture(scope="module")
def few(committed):
    """Twenty worlds of each planting, by a seed of their own; the truth as committed."""
    found = {}
    for cell in (GAP, NONE):
        true = {
            row.link: truth.Truth(row.value, row.mc_error)
            for row in committed
            if row.figure == TRUTH and (row.planted, row.people) == (cell.planted, cell.sides)
        }
        found[cell.planted] = counts.figures(cell, study.worlds(cell, range(FEW), seed=2), true)
    return found


@pytest.mark.slow
def test_forty_other_worlds_hold_the_bands_but_for_chance(few):
    """Three Monte-Carlo errors of twenty worlds for each figure, of which there are some fifty."""
    rows = [row for planted in few.values() for row in planted if row.method == PACKAGE]
    for row in rows:
        ends = band(row)
        if ends is None or ends.number == 6:
            continue
        end = ends.low if row.value < ends.low else ends.high
        outside = 0.0 if is_inside(row) else abs(row.value - end)
        assert outside <= 3 * monte_carlo_error(7, FEW), row


@pytest.mark.slow
def test_in_forty_other_worlds_intervals_hold_the_truth_on_the_whole(few):
    """Over all links together chance has less room: 95 in a hundred, give or take four."""
    rows = [row for planted in few.values() for row in planted]
    covered = [r.value for r in rows if r.figure == COVERED and (e := band(r)) and e.number == 1]
    assert len(covered) > 40
    assert 91 < np.mean(covered) <= 99
    wrong = [r.value for r in rows if r.figure == COVERED and r.method == CONTROL]
    assert np.mean(wrong) < np.mean(covered) - 2


@pytest.mark.slow
def test_in_forty_other_worlds_the_gap_is_there_and_disappears(few):
    of = {(row.link, row.figure): row for row in few["gap"] if row.method == PACKAGE}
    assert of["wer", counts.ESTABLISHED].value == 100
    assert of[links.CHANGE, SAYS].value > 90
    for row in few["gap"]:
        if row.figure == GONE:
            assert row.value > 90 - 3 * row.mc_error, row
    narrows = {name: next(r.value for r in rows if r.figure == NARROWS)
               for name, rows in few.items()}  # fmt: skip
    assert narrows["gap"] > 50
    assert narrows["none"] <= 6 + 3 * monte_carlo_error(6, FEW)


@pytest.mark.slow
def test_the_committed_truth_is_that_of_other_people_too(committed):
    again = truth.truths(GAP, [truth.batch(GAP, n, seed=2) for n in range(4)])
    for row in committed:
        if row.figure == TRUTH and (row.planted, row.people) == (GAP.planted, GAP.sides):
            # Of four batches the error is itself uncertain; of one of twenty-five it is known.
            error = row.mc_error * (25 / 4 + 1) ** 0.5
            assert again[row.link].value == pytest.approx(row.value, abs=4 * error + 1e-12), row


# ── The committed run ──────────────────────────────────────────────────────────────────────────


@pytest.fixture(scope="module")
def committed() -> list[Figure]:
    return read_table(TABLE)


def test_the_committed_run_has_every_link_of_every_cell(committed, answers):
    expected = {link for link, method in answers.seen if method == PACKAGE}
    for cell in CELLS:
        rows = [r for r in committed if (r.planted, r.people) == (cell.planted, cell.sides)]
        assert {r.link for r in rows if r.method == PACKAGE} == expected
        counted = {r.n_worlds for r in rows if r.figure == COVERED and r.link == "wer"}
        assert counted == {WORLDS}
    assert len({(r.planted, r.people, r.link, r.method, r.figure) for r in committed}) == len(
        committed
    )


def test_every_acceptance_number_speaks_of_some_committed_figure(committed):
    numbers = {ends.number for row in committed if (ends := band(row))}
    assert numbers == set(ACCEPTANCE)


def test_the_committed_page_says_what_the_committed_table_does(committed):
    text = PAGE.read_text(encoding="utf-8")
    head = text.removeprefix("# Planted worlds\n\n").partition("\n\n## Acceptance")[0]
    assert text == page(committed, head=head)
    assert f"--worlds {WORLDS} --seed 1`" in head


def test_no_figure_of_the_committed_run_is_beyond_chance(committed):
    assert [row for row in committed if is_beyond_chance(row)] == []
    assert "**fails**" not in PAGE.read_text(encoding="utf-8")
