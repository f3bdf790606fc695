"""Figures: told apart by shape, nothing cut off, the same bytes, nothing a page would refuse."""

import itertools
from xml.etree import ElementTree

import pytest

from biasbench.report.context import Context
from biasbench.report.document import Figure
from biasbench.report.plots import MARKERS, Mark, family_of, forest, to_svg, values, window
from biasbench.report.sections.measured import transcription as findings
from tests.report.simulated import SMALL, evidence

LONG = "a group whose declared label is sixty characters long, or so"
UNBROKEN = "x" * 60
MARKS = [
    Mark(LONG, "8.5  [4.1 to 12.9]", 8.5, 4.1, 12.9, 5.0, 12.0, "D"),
    Mark(UNBROKEN, "−1.2  [−3.0 to 0.6]", -1.2, -3.0, 0.6, -2.5, 0.1, "I"),
    Mark("small", "withheld"),
    *(Mark(f"group {n}", "0.1  [−0.4 to 0.5]", 0.1, -0.4, 0.5, family="E") for n in range(9)),
]
KEY = [
    ("D", "gap to the group's disadvantage"),
    ("E", "equivalent"),
    ("I", "insufficient evidence"),
]


def drawn(marks=MARKS, margin=3.0):
    return forest(
        marks,
        tick=lambda value: f"{value:g}",
        unit="errors per 100 words",
        sides=("to its advantage", "to its disadvantage"),
        key=KEY,
        margin=margin,
    )


def texts(svg):
    return [element.text for element in ElementTree.fromstring(svg).iter("text")]


@pytest.mark.parametrize("marks", [MARKS, MARKS[:1], MARKS[2:3]])
def test_no_text_leaves_the_figure(marks):
    figure = drawn(marks)
    renderer = figure.canvas.get_renderer()
    width, height = figure.bbox.width, figure.bbox.height
    from matplotlib.text import Text

    for text in figure.findobj(Text):
        if text.get_text() and text.get_visible():
            box = text.get_window_extent(renderer)
            assert box.x0 >= 0, text.get_text()
            assert box.x1 <= width, text.get_text()
            assert box.y0 >= 0, text.get_text()
            assert box.y1 <= height, text.get_text()


def test_rows_do_not_overlap():
    figure = drawn()
    renderer = figure.canvas.get_renderer()
    from matplotlib.text import Annotation

    labels = [t for t in figure.findobj(Annotation) if t.get_ha() == "right" and t.xy[0] == 0]
    boxes = sorted((t.get_window_extent(renderer) for t in labels), key=lambda box: -box.y0)
    assert len(boxes) >= 12
    assert all(upper.y0 >= lower.y1 - 1 for upper, lower in itertools.pairwise(boxes))


def test_the_svg_keeps_text_as_text_and_is_the_same_twice():
    svg = to_svg(drawn(), name="f")
    assert svg == to_svg(drawn(), name="f")
    assert "withheld" in texts(svg)
    assert "8.5  [4.1 to 12.9]" in texts(svg)


def test_the_svg_holds_no_colour_style_address_or_date():
    svg = to_svg(drawn(), name="f")
    for word in (" style=", "<style", "http", "<metadata", "#000000", "date"):
        assert word not in svg
    assert "currentColor" in svg


def test_two_figures_on_a_page_share_no_id():
    ids = [
        {
            e.get("id")
            for e in ElementTree.fromstring(to_svg(drawn(), name=name)).iter()
            if e.get("id")
        }
        for name in ("f1", "f2")
    ]
    assert ids[0]
    assert not ids[0] & ids[1]


def test_verdicts_are_told_apart_by_shape():
    assert len(set(MARKERS.values())) == len(MARKERS)
    assert [family_of(code) for code in ("V-D1", "V-A3", "V-E", "V-I", "V-N", None)] == [
        "D", "A", "E", "I", "I", "none",
    ]  # fmt: skip


def test_an_axis_of_rates_starts_at_zero():
    figure = values(MARKS[:1], tick=str, unit="errors", from_zero=True)
    assert figure.axes[0].get_xlim()[0] == 0


def test_ticks_have_a_decimal_comma_in_french_and_withheld_groups_no_mark():
    blocks = findings(Context(evidence(SMALL), "fr"))
    figure = next(block for block in blocks if isinstance(block, Figure))
    printed = texts(to_svg(figure.draw(), name="f"))
    assert printed.count("non publié") == 2
    assert not [text for text in printed if text and "." in text]
    assert "Joux : non publié" in figure.alternative.replace("\u00a0", " ")


def test_one_interval_far_beyond_the_others_is_cut_with_an_arrow_and_keeps_its_numbers():
    wide = Mark("one", "33.1  [−13.5 to 1,142.9]", 33.1, -13.5, 1142.9, -2.0, 141.0, "I")
    figure = drawn([*MARKS[:1], MARKS[3], wide])
    axes = figure.axes[0]
    assert axes.get_xlim()[1] < 150
    arrows = [line for line in axes.lines if line.get_marker() in ("<", ">")]
    assert [line.get_marker() for line in arrows] == [">"]
    assert "1,142.9" in " ".join(texts(to_svg(figure, name="cut")))


def test_intervals_of_like_size_are_never_cut():
    assert not window(MARKS, [0.0, 3.0, -3.0]).is_cut
    assert not [line for line in drawn().axes[0].lines if line.get_marker() in ("<", ">")]
