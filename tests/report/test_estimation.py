"""F1: people as quartile boxes beside the difference, and nobody's own value in a public report."""

import re
from dataclasses import replace
from datetime import UTC, datetime
from functools import cache
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pytest
from matplotlib.lines import Line2D
from matplotlib.patches import Rectangle

from biasbench.cases import Case, examine, gather
from biasbench.measures import Measures
from biasbench.plans import seal_plan
from biasbench.report import plots
from biasbench.report.context import Context
from biasbench.report.document import Figure, Table
from biasbench.report.estimation_figure import Difference, Side, estimation
from biasbench.report.estimation_sides import Spread, as_printed, quartiles, spreads
from biasbench.report.label_widths import width_of, within
from biasbench.report.numbers import shortest
from biasbench.report.quantities import quantity
from biasbench.report.sections.estimates import estimation_blocks, estimation_plots
from biasbench.tables import REST
from tests.report import listened, planned
from tests.report.simulated import SYSTEM, chain, measures

PLAN = """biasbench_plan = 1
audience = "{audience}"
[system]
tier = "T1"
[groups]
by = "accent"
against = "{against}"
{compare}
labels = "self"
[[comparison]]
metric = "{metric}"
margin = {margin}
anchor = "human noise"
why = "two transcribers differ by 2.6"
"""

ENOUGH = {"Maghreb": (40, 0.2), "Québec": (44, 0.08)}
THREE = {**ENOUGH, "Lyon": (41, 0.12)}


@cache
def examined(
    sizes: tuple[tuple[str, int, float], ...],
    against: str = "Québec",
    compare: str = "",
    metric: str = "wer",
    direction: str = "higher is worse",
    margin: float = 0.03,
    audience: str = "public",
    few_words: int = 0,
) -> Case:
    """People of these groups under a sealed plan; `few_words` people of the first say nothing."""
    groups = {name: (people, rate) for name, people, rate in sizes}
    rows = measures(groups, metric=metric, direction=direction)
    silent = {f"{sizes[0][0]}-{person}" for person in range(few_words)}
    mute = rows["speaker_id"].isin(silent)
    rows.loc[mute, ["numerator", "denominator"]] = 0.0
    text = PLAN.format(
        audience=audience, against=against, compare=compare, metric=metric, margin=margin
    )
    with TemporaryDirectory() as folder:
        plan = Path(folder) / "plan.toml"
        plan.write_text(text, encoding="utf-8")
        seal_plan(plan, now=lambda: datetime(2026, 2, 10, 8, 0, tzinfo=UTC))
        handed = Measures(rows, chain(system=SYSTEM))
        return examine(gather(plan, opened="2026-03-02T09:30:00Z", measures=handed))


def context(groups: dict[str, tuple[int, float]], lang: str = "en", **asked: object) -> Context:
    made = examined(tuple((name, *of) for name, of in groups.items()), **asked)
    return Context(made.evidence, lang, case=made)


def blocks(made: Context, group: str = "Maghreb") -> tuple[Figure, Table]:
    row = next(row for row in made.findings if row["group"] == group)
    figure, table = estimation_blocks(row, made)
    assert isinstance(figure, Figure)
    assert isinstance(table, Table)
    return figure, table


def people_of(made: Context, group: str) -> np.ndarray:
    """Each person's value in printed units, by another road than the report's."""
    rows = made.case.measures.table
    sums = rows[rows["accent"] == group].groupby("speaker_id")[["numerator", "denominator"]].sum()
    sums = sums[sums["denominator"] > 0]
    return 100 * (sums["numerator"] / sums["denominator"]).to_numpy()


def marks(drawn, gid: str) -> list[Line2D]:
    return [one for axes in drawn.axes for one in axes.lines if one.get_gid() == gid]


def boxes(drawn) -> list[tuple[float, float]]:
    """Lower and upper end of each box, the white paper under it left out."""
    values = next(axes for axes in drawn.axes if axes.get_label() == "values")
    rectangles = [one for one in values.patches if isinstance(one, Rectangle)]
    ends = {(one.get_y(), one.get_y() + one.get_height()): one.get_x() for one in rectangles}
    return sorted(ends, key=lambda one: ends[one])


def panels(drawn):
    by_label = {axes.get_label(): axes for axes in drawn.axes}
    return by_label["values"], by_label["difference"]


def numbers_of(table: Table) -> list[float]:
    return [cell.number for row in table.rows for cell in row[2:5] if cell.number is not None]


def test_quartiles_are_those_of_definition_seven():
    # Position 0.25 · (7 − 1) = 1.5: halfway between the second and the third of seven.
    known = [1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 64.0]
    assert quartiles(known) == (3.0, 8.0, 24.0)
    rng = np.random.default_rng(3)
    drawn = rng.gamma(2, 3, size=41)
    assert quartiles(drawn) == tuple(np.quantile(drawn, [0.25, 0.5, 0.75], method="linear"))


def test_the_table_holds_the_quartiles_of_people_each_counted_once():
    made = context(ENOUGH)
    _, table = blocks(made)
    for row, group in zip(table.rows, ("Maghreb", "Québec"), strict=False):
        expected = np.quantile(people_of(made, group), [0.25, 0.5, 0.75])
        assert [cell.text for cell in row[2:5]] == [f"{one:.1f}" for one in expected]


def test_the_numbers_behind_cells_and_boxes_are_as_rounded_as_the_printed_ones():
    figure, table = blocks(context(ENOUGH))
    for row in table.rows[:2]:
        assert [cell.number for cell in row[2:5]] == [float(cell.text) for cell in row[2:5]]
    printed = [(row[2].number, row[4].number) for row in table.rows[:2]]
    assert boxes(figure.draw()) == [pytest.approx(one) for one in reversed(printed)]


def test_a_public_figure_holds_nobody_and_no_extreme():
    made = context(ENOUGH)
    figure, table = blocks(made)
    drawn = figure.draw()
    assert not marks(drawn, "people")
    values, _ = panels(drawn)
    assert [len(one.get_xdata()) for one in marks(drawn, "value")] == [1, 1]
    row = next(row for row in made.findings if row["group"] == "Maghreb")
    wholes = [100 * row["value"], 100 * row["against_value"]]
    drawn_at = set(_heights(values))
    assert drawn_at == {*wholes, *numbers_of(table)}
    for cells, group in zip(table.rows, ENOUGH, strict=False):
        own, printed = people_of(made, group), [cell.number for cell in cells[2:5]]
        assert own.min() < printed[0] - 0.2
        assert own.max() > printed[2] + 0.2
    # Two values, one difference: no other mark is in the picture.
    markers = [one for axes in drawn.axes for one in axes.lines if one.get_marker() != "None"]
    assert len(markers) == 3


def _heights(axes) -> list[float]:
    return [y for line in axes.lines for y in line.get_ydata()] + [
        end for one in axes.patches for end in (one.get_y(), one.get_y() + one.get_height())
    ]


def test_a_public_svg_has_as_many_marks_as_there_are_sides_and_a_difference():
    figure, _ = blocks(context(ENOUGH))
    svg = plots.to_svg(figure.draw(), name=figure.name)
    ticks = sum(len(axes.yaxis.get_major_locator()()) for axes in figure.draw().axes)
    assert svg.count("<use ") == 3 + ticks


def test_a_restricted_figure_has_a_point_for_each_person():
    made = context(ENOUGH, audience="restricted")
    figure, table = blocks(made)
    strips = sorted(marks(figure.draw(), "people"), key=lambda one: one.get_xdata()[0])
    for strip, group in zip(strips, ("Québec", "Maghreb"), strict=True):
        assert strip.get_ydata() == pytest.approx(np.sort(people_of(made, group)), abs=0.051)
    assert "one person" in figure.caption
    assert not any("without the extreme values" in note for note in table.notes)


@pytest.mark.parametrize(("people", "n_points"), [(4, 0), (5, 5)])
def test_not_even_a_restricted_report_has_points_of_fewer_people_than_k(people, n_points):
    made = context(ENOUGH, audience="restricted")
    table = made.case.measures.table
    own = table.loc[table["accent"] == "Maghreb", "speaker_id"]
    kept = own.drop_duplicates()[:people]
    fewer = table[(table["accent"] != "Maghreb") | table["speaker_id"].isin(kept)]
    case = replace(made.case, measures=Measures(fewer, made.case.measures.provenance))
    group, against = spreads(made.findings[0], replace(made, case=case))
    assert len(group.points) == n_points
    assert len(against.points) == 44


def test_three_people_have_no_quarters_on_the_analysts_own_screen_either():
    made = replace(context({"Maghreb": (3, 0.2), "Québec": (44, 0.08)}), withholds=False)
    figure, table = blocks(made)
    assert len(boxes(figure.draw())) == 1
    assert "“Maghreb”: fewer than 4 people, without percentiles." in table.notes


@pytest.mark.parametrize(("people", "is_printed"), [(39, False), (40, True)])
def test_a_box_needs_k_people_in_each_quarter(people, is_printed):
    made = context({"Maghreb": (people, 0.2), "Québec": (44, 0.08)})
    figure, table = blocks(made)
    assert len(boxes(figure.draw())) == 1 + is_printed
    assert all(cell.number is not None for cell in table.rows[0][2:5]) == is_printed
    note = "“Maghreb”: percentiles withheld, as a quarter would hold < 10 people (40 in all"
    assert any(one.startswith(note) for one in table.notes) != is_printed
    assert bool(re.search("“Maghreb”: value [0-9.]+, 25th", figure.alternative)) == is_printed


@pytest.mark.parametrize(("silent", "is_printed"), [(1, False), (0, True)])
def test_people_with_nothing_in_the_denominator_are_in_no_quarter(silent, is_printed):
    figure, _ = blocks(context(ENOUGH, few_words=silent))
    assert len(boxes(figure.draw())) == 1 + is_printed


def test_a_larger_k_of_the_plan_asks_for_more_people():
    made = context(ENOUGH)
    plan = replace(made.case.inputs.plan, k=11)
    case = replace(made.case, inputs=replace(made.case.inputs, plan=plan))
    figure, table = blocks(replace(made, case=case))
    assert len(boxes(figure.draw())) == 1
    assert any("44 in all" in note for note in table.notes)


def test_the_rest_has_no_box_where_several_are_held_against_it():
    made = context(THREE, against=REST)
    figure, table = blocks(made)
    assert len(boxes(figure.draw())) == 1
    assert [cell.text for cell in table.rows[1][2:5]] == ["–"] * 3
    assert any("“everyone else”: percentiles withheld" in note for note in table.notes)
    assert not any("“Maghreb”: percentiles" in note for note in table.notes)


def test_the_rest_of_a_single_comparison_has_a_box():
    made = context(THREE, against=REST, compare='compare = ["Maghreb"]')
    figure, table = blocks(made)
    assert len(boxes(figure.draw())) == 2
    both = np.concatenate([people_of(made, "Québec"), people_of(made, "Lyon")])
    expected = np.quantile(both, [0.25, 0.5, 0.75])
    assert [cell.text for cell in table.rows[1][2:5]] == [f"{one:.1f}" for one in expected]


def test_a_rest_with_a_hidden_group_has_no_box():
    groups = {**THREE, "Joux": (4, 0.1), "Nice": (12, 0.1)}
    made = context(groups, against=REST, compare='compare = ["Maghreb"]')
    assert made.privacy.hides("Joux", (SYSTEM, "wer"))
    figure, table = blocks(made)
    assert len(boxes(figure.draw())) == 1
    assert any("a group about which nothing is printed" in note for note in table.notes)


def test_two_groups_against_the_rest_are_two_groups():
    figure, _ = blocks(context(ENOUGH, against=REST))
    assert len(boxes(figure.draw())) == 2


def test_a_finding_that_is_withheld_has_no_figure():
    made = listened.context("en")
    shown = {row["group"] for row in made.findings if estimation_blocks(row, made)}
    assert shown == {"Maghreb", "Lyon"}  # Joux is too few, Nice would give it away


def test_only_primary_comparisons_of_a_case_have_a_figure():
    made = planned.context("en")
    shown = [row["metric"] for row in made.findings if estimation_blocks(row, made)]
    assert shown == ["wer", "mean_score:politeness", "prompt_rate:say thanks"]
    assert not any(estimation_blocks(row, replace(made, case=None)) for row in made.findings)


def test_synthetic_voices_are_nobody_and_still_no_points():
    made = planned.context("en")
    figure, _ = estimation_blocks(made.findings[0], made)
    assert len(boxes(figure.draw())) == 2
    assert not marks(figure.draw(), "people")


@pytest.mark.parametrize("at", [0, 1, 2])
def test_the_zero_of_the_difference_stands_at_the_other_sides_value(at):
    made = planned.context("en")
    row = made.findings[at]
    kind = quantity(row["metric"])
    figure, _ = estimation_blocks(row, made)
    values, difference = panels(figure.draw())

    def height(axes, y: float) -> float:
        return axes.transData.transform((0, y))[1]

    assert height(difference, 0) == pytest.approx(
        height(values, row["against_value"] * kind.factor)
    )
    found = marks(values.figure, "difference")[0].get_ydata()[0]
    assert height(difference, found) == pytest.approx(height(values, row["value"] * kind.factor))
    assert height(difference, 10) - height(difference, 0) == pytest.approx(
        height(values, 10) - height(values, 0)
    )


def test_the_band_is_the_margin_and_the_line_the_interval():
    made = context(ENOUGH)
    row = next(row for row in made.findings if row["group"] == "Maghreb")
    _, difference = panels(blocks(made)[0].draw())
    band = next(one for one in difference.patches if isinstance(one, Rectangle))
    assert (band.get_y(), band.get_y() + band.get_height()) == pytest.approx((-3, 3))
    line = next(one for one in difference.lines if one.get_linewidth() == 2.2)
    ends = (100 * row["difference_low"], 100 * row["difference_high"])
    assert tuple(line.get_ydata()) == pytest.approx(ends)


def test_a_rate_starts_at_zero_and_has_no_tick_below():
    figure, _ = blocks(context(ENOUGH, margin=0.2))
    values, difference = panels(figure.draw())
    assert values.get_ylim()[0] < -10  # where the band of the margin ends
    assert min(values.get_yticks()) == 0
    assert values.spines["left"].get_bounds()[0] == 0
    assert min(difference.get_yticks()) < -10


def test_swapping_the_sides_mirrors_the_difference():
    one = context(ENOUGH)
    other = context(ENOUGH, against="Maghreb")
    forth, back = blocks(one)[0].draw(), blocks(other, "Québec")[0].draw()
    there, here = (marks(drawn, "difference")[0].get_ydata()[0] for drawn in (forth, back))
    assert there == pytest.approx(-here)
    assert there > 0
    assert boxes(forth) == boxes(back)[::-1]
    lines = [
        next(line for line in panels(drawn)[1].lines if line.get_linewidth() == 2.2).get_ydata()
        for drawn in (forth, back)
    ]
    assert sorted(lines[0]) == pytest.approx(sorted(-end for end in lines[1]))


def test_where_lower_is_worse_the_caption_says_that_the_sign_is_turned():
    made = context(
        {"Maghreb": (40, 0.6), "Québec": (44, 0.7)},
        metric="mean_score:tone",
        direction="higher is better",
        margin=1,
    )
    figure, table = blocks(made)
    assert marks(figure.draw(), "difference")[0].get_ydata()[0] < 0
    assert "A negative difference is to the group’s disadvantage" in figure.caption
    assert table.rows[2][5].text.startswith("−")


def test_without_an_interval_nothing_but_the_difference_is_drawn():
    made = context(ENOUGH)
    row = next(row for row in made.findings if row["group"] == "Maghreb")
    bare = {**row, "difference_low": None, "difference_high": None}
    figure, table = estimation_blocks(bare, made)
    _, difference = panels(figure.draw())
    assert not [one for one in difference.lines if one.get_linewidth() == 2.2]
    assert "without an interval" in figure.caption
    assert table.rows[2][6].text == "no interval"


def test_an_interval_that_goes_on_and_on_is_cut_with_an_arrow():
    made = context(ENOUGH)
    row = next(row for row in made.findings if row["group"] == "Maghreb")
    figure, _ = estimation_blocks({**row, "difference_high": 40.0}, made)
    _, difference = panels(figure.draw())
    assert [one.get_marker() for one in difference.lines].count("^") == 1
    assert difference.get_ylim()[1] < 200
    assert "An arrow" in figure.caption


def test_where_nobody_knows_who_speaks_values_stand_alone():
    made = context(ENOUGH)
    table = made.case.measures.table.drop(columns="speaker_id")
    case = replace(made.case, measures=Measures(table, made.case.measures.provenance))
    figure, printed = blocks(replace(made, case=case))
    assert not boxes(figure.draw())
    assert sum("nobody knows whom the recordings come from" in one for one in printed.notes) == 2


def test_french_and_english_print_the_same_numbers():
    french, english = (blocks(context(THREE, lang)) for lang in ("fr", "en"))
    pairs = [
        (fr.text, en.text)
        for fr_row, en_row in zip(french[1].rows, english[1].rows, strict=True)
        for fr, en in zip(fr_row[1:], en_row[1:], strict=True)
    ]
    assert all(fr.replace(",", ".").replace(" à ", " to ") == en for fr, en in pairs)
    assert re.search(r"\d,\d", french[1].rows[0][2].text)
    told = [re.findall(r"\d+(?:[.,]\d+)?", one[0].alternative) for one in (french, english)]
    assert [one.replace(",", ".") for one in told[0]] == told[1]
    heights = [[_heights(axes) for axes in one[0].draw().axes] for one in (french, english)]
    assert heights[0] == heights[1]


def test_french_axes_have_decimal_commas():
    groups = {"Maghreb": (40, 0.02), "Québec": (44, 0.02)}
    figure, _ = blocks(context(groups, "fr", margin=0.005))
    drawn = figure.draw()
    drawn.canvas.draw()
    ticks = [one.get_text() for axes in drawn.axes for one in axes.get_yticklabels()]
    assert any(re.fullmatch(r"−?\d+,\d+", one) for one in ticks)
    assert not any("." in one for one in ticks)


def test_long_names_are_broken_and_stay_in_the_picture():
    name = "Personnes élevées en français du Québec et de l’Acadie, avec une autre langue d’enfance"
    sides = [Side(name, "19.4", 19.4, (15.0, 19.0, 24.0)), Side("W" * 60, "8.0", 8.0)]
    found = Difference("Difference", "11.4  [2.0 to 20.8]", 11.4, 2.0, 20.8, 3.0)
    drawn = estimation(
        *sides, found, tick=lambda value: shortest(value, "en"), labels=("errors", "Difference"),
        from_zero=True,
    )  # fmt: skip
    drawn.canvas.draw()
    extents = [text.get_window_extent() for axes in drawn.axes for text in axes.texts]
    assert len(extents) == 3
    assert all(drawn.bbox.x0 <= one.x0 and one.x1 <= drawn.bbox.x1 for one in extents)
    assert all(one.y0 >= drawn.bbox.y0 for one in extents)
    left_to_right = sorted(extents, key=lambda one: one.x0)
    assert all(a.x1 < b.x0 for a, b in pairwise(left_to_right))


def test_a_label_of_wide_letters_is_measured_and_not_guessed():
    assert all(width_of(line) <= 1.0 for line in within("W" * 30, 1.0).split("\n"))


def test_the_same_figure_is_the_same_bytes():
    figure, _ = blocks(context(ENOUGH))
    one, other = (plots.to_svg(figure.draw(), name=figure.name) for _ in range(2))
    assert one == other


def test_each_figure_of_a_report_has_a_name_of_its_own():
    made = context(THREE, against=REST)
    names = [estimation_blocks(row, made)[0].name for row in made.findings]
    assert len(set(names)) == len(names) == 3


def test_a_quartile_is_rounded_as_the_tables_round():
    kind = quantity("wer")
    assert as_printed(0.0001, kind) == 0.01
    assert as_printed(12.3456, kind) == float(kind.value(12.3456, "en").replace(",", ""))


def test_with_very_many_comparisons_a_line_stands_in_place_of_the_plots(monkeypatch):
    of = planned.context("fr")
    rows = [row for row in of.findings if of.is_primary(row)]
    assert len(estimation_plots(rows, of)) == 2 * len(rows)
    monkeypatch.setattr("biasbench.report.sections.estimates.MOST_PLOTS", len(rows) - 1)
    (said,) = estimation_plots(rows, of)
    assert f"au-delà de {len(rows) - 1}" in said.text
    assert estimation_plots([row for row in of.findings if not of.is_primary(row)], of) == ()


def test_a_plot_without_any_box_gives_way_to_a_line(monkeypatch):
    of = planned.context("fr")
    rows = [row for row in of.findings if of.is_primary(row)]
    monkeypatch.setattr(
        "biasbench.report.sections.estimates.spreads",
        lambda row, context: (Spread(None, reason="few"), Spread(None, reason="rest")),
    )
    (said,) = estimation_plots(rows[:1], of)
    assert "n\u2019est publiée d\u2019aucun côté pour\u00a0: a." in said.text
