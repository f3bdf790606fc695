"""F4: curves of both sides as recordings get worse; nobody is found in them."""

from dataclasses import replace
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pytest

from biasbench.cases import examine, gather
from biasbench.evidence.degradation import Change
from biasbench.measures import Measures
from biasbench.plans import read_plan
from biasbench.report.context import Context
from biasbench.report.degradation_figure import Curve, degradation
from biasbench.report.document import Figure, Paragraph, Subheading, Table
from biasbench.report.sections.degraded import aside_blocks, curve_blocks, degraded_blocks
from biasbench.report.sections.measured import silence
from tests.cases.test_degraded_rows import at_degrees
from tests.plans.test_degradations import NOISE
from tests.plans.test_reading import LEAST
from tests.report.planned import OPENED
from tests.report.simulated import SMALL, chain, measures


@cache
def context(lang="en", kept="all", noise=NOISE) -> Context:
    """Errors at 20, 10 and 5 dB; Joux is too small to be written about."""
    table = at_degrees(measures(SMALL), degrees=(20, 10, 5), extra=0.04)
    if kept == "degraded":
        table = table[table["snr"].notna()]
    if kept in ("few", "some"):  # of Maghreb, 9 or 14 people are left at 5 dB
        gone = [f"Maghreb-{person}" for person in range(7 if kept == "few" else 2)]
        table = table[~((table["snr"] == 5) & table["speaker_id"].isin(gone))]
    if kept == "untouched":
        table = table[table["snr"].isna()]
    with TemporaryDirectory() as folder:
        path = Path(folder, "plan.toml")
        path.write_text(LEAST + noise, encoding="utf-8")
        measured = Measures(table.reset_index(drop=True), chain())
        case = examine(gather(read_plan(path), opened=OPENED, measures=measured))
    return Context(case.evidence, lang, case=case)


def curve(made: Context, group="Maghreb", **changed):
    one = next(one for one in made.case.degradations if one.of[2] == group)
    found = replace(one.found, **changed) if changed else one.found
    return curve_blocks(replace(one, found=found), made, name="degraded1")


def said(blocks) -> str:
    return " ".join(block.text for block in blocks if isinstance(block, Paragraph))


def only(blocks, kind):
    return next(block for block in blocks if isinstance(block, kind))


@pytest.mark.parametrize("lang", ["fr", "en"])
def test_the_sentence_has_both_falls_and_their_difference(lang):
    made = context(lang)
    text = said(curve(made))
    fall = next(one for one in made.case.degradations if one.of[2] == "Maghreb").found.fall
    points = [f"{100 * one.value:.1f}" for one in (fall.group, fall.against, fall.difference)]
    ends = [f"{100 * end:.1f}" for end in (fall.difference.low, fall.difference.high)]
    for figure in (*points, *ends, "babble noise", "16", "76"):
        assert (figure.replace(".", ",") if lang == "fr" else figure) in text
    assert ("sans verdict" if lang == "fr" else "without a verdict") in text
    assert "5 dB" in text.replace("\u00a0", " ")


def test_the_table_is_of_the_figure():
    made = context()
    table, figure = only(curve(made), Table), only(curve(made), Figure)
    rows = {row[0].text: [cell.text for cell in row[1:]] for row in table.rows}
    assert list(rows) == ["untouched", "20 dB", "10 dB", "5 dB"]
    assert len(table.heads) == len(table.numeric) == 8
    finding = next(row for row in made.findings if row["group"] == "Maghreb")
    assert rows["untouched"][4] == f"{100 * finding['difference']:.1f}"
    assert rows["5 dB"][-1] == "16 / 76"
    for cells in rows.values():
        assert f"{cells[0]} and {cells[2]}" in figure.alternative


def test_the_figure_goes_from_untouched_to_worst():
    axes = only(curve(context("fr")), Figure).draw().axes[0]
    assert [tick.get_text() for tick in axes.get_xticklabels()] == ["non dégradé", "20", "10", "5"]
    assert list(axes.get_xticks()) == [0, 3, 13, 18]
    assert axes.get_ylim()[0] == 0  # a rate
    assert "babble noise (dB)" in axes.get_xlabel()
    lines = [line for line in axes.lines if line.get_marker() in ("o", "s")]
    assert [len(line.get_xdata()) for line in lines] == [1, 3, 1, 3]  # no line from untouched
    assert {text.get_text() for text in axes.texts} == {"Maghreb", context("fr").label("rest")}


def test_a_small_group_has_a_sentence_and_no_figure():
    blocks = curve(context(), "Joux")
    assert "withheld" in blocks[-1].text
    assert not any(isinstance(block, Figure | Table) for block in blocks)
    assert not any(char.isdigit() for char in blocks[-1].text.replace("10", ""))


def test_a_degree_with_few_people_is_withheld_everywhere():
    made = context(kept="few")
    blocks = curve(made)
    table, figure = only(blocks, Table), only(blocks, Figure)
    row = next(row for row in table.rows if row[0].text == "5 dB")
    assert [cell.text for cell in row[1:]] == ["withheld", *["–"] * 6]
    assert "5 dB" not in figure.alternative
    lines = [line for line in figure.draw().axes[0].lines if line.get_marker() in ("o", "s")]
    assert [len(line.get_xdata()) for line in lines] == [1, 2, 1, 2]
    assert "withheld" in said(blocks)  # 9 people at both ends: the change is theirs
    assert "9" not in said(blocks)


def test_those_measured_at_one_end_alone_are_not_given_away():
    made = context(kept="some")
    blocks = curve(made)
    assert "Change withheld" in said(blocks)  # the 2 whom 16 and 14 people differ by
    rows = {row[0].text: row[-1].text for row in only(blocks, Table).rows}
    assert rows["untouched"].startswith("16 /")
    assert rows["5 dB"].startswith("14 /")
    assert "Change withheld" not in said(curve(replace(made, withholds=False)))


def test_too_few_at_the_ends_is_said():
    assert "Fewer than 6 people on a side" in said(curve(context(), fall=None, reason="few"))


def test_a_degree_that_is_not_described_says_so():
    made = context()
    one = next(one for one in made.case.degradations if one.of[2] == "Maghreb")
    levels = [replace(at, comparison=None, value=None) for at in one.found.levels[-1:]]
    blocks = curve(made, levels=(*one.found.levels[:-1], *levels))
    assert only(blocks, Table).rows[-1][1].text == "fewer than 6 people"


def test_noise_is_only_said_where_it_is_noise_that_worsens():
    made = context()
    fall = next(one for one in made.case.degradations if one.of[2] == "Maghreb").found.fall
    assert "When the same noise" in said(curve(made))
    better = replace(fall, against=Change(-0.01, -0.02, 0.0))
    text = said(curve(made, fall=better))
    assert "the same noise" not in text
    assert "by −1.0 errors" in text
    unlike = said(curve(made, fall=replace(fall, n_unlike=12)))
    assert "the same noise" not in unlike
    assert "For 12 people, not exactly the same recordings" in unlike
    few = said(curve(made, fall=replace(fall, n_unlike=3)))
    assert "For a few people" in few
    lost = context(noise=NOISE.replace('"dB"', '"%"'))
    assert "from “untouched” to “5 %”" in said(curve(lost))


def test_no_interval_where_everybody_changes_alike():
    fall = next(o for o in context().case.degradations if o.of[2] == "Maghreb").found.fall
    same = replace(fall, difference=Change(fall.difference.value, None, None))
    assert "there is no interval" in said(curve(context(), fall=same))


def test_the_report_says_what_its_comparisons_are_of():
    assert "untouched recordings" in said(aside_blocks(context()))
    assert "2,760 measures" in said(aside_blocks(context()))
    assert "Every recording was degraded" in said(aside_blocks(context(kept="degraded")))
    assert aside_blocks(context(kept="untouched")) == ()


def test_section_nine_has_them_and_their_refusals():
    blocks = silence(context())
    heads = [block.text for block in blocks if isinstance(block, Subheading)]
    assert sum(head.startswith("Degradation (babble noise)") for head in heads) == 5
    figures = [block.name for block in blocks if isinstance(block, Figure)]
    # Joux is withheld, and Antilles beside it, so that nobody reckons Joux from the rest.
    groups = [one.of[2] for one in context().case.degradations]
    assert figures == [
        f"degraded{groups.index(name) + 1}" for name in ("Lyon", "Maghreb", "Québec")
    ]
    refused = said(silence(context(kept="untouched")))
    assert "single degree" in refused
    assert degraded_blocks(Context(context().evidence, "en")) == ()


def test_points_without_a_line_are_drawn_and_equal_names_stand_apart():
    sides = (Curve("a", ((1.0, None, None), None)), Curve("b", ((1.0, 0.5, 1.5), None)))
    axes = degradation(
        [20, 10], ["20", "10"], sides, axis="x", tick=str, unit="y", from_zero=True
    ).axes[0]
    names = {text.get_text(): text.xyann[1] for text in axes.texts}
    assert names["a"] - names["b"] == pytest.approx(14)


def test_nothing_of_the_people_at_a_degree_stands_in_another_format():
    made = context(kept="few")
    table = only(curve(made), Table)
    numbers = [cell.number for row in table.rows for cell in row if cell.number is not None]
    at_five = next(o for o in made.case.degradations if o.of[2] == "Maghreb").found.levels[-1]
    assert not any(np.isclose(number, at_five.value.value) for number in numbers)
