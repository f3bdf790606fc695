"""The curve of a plan: nothing cut off, told apart by dashes, the same bytes, the same numbers."""

import itertools
from xml.etree import ElementTree

import numpy as np
import pytest

from biasbench.errors import OptionError
from biasbench.evidence.planning.planning import Planning, plan_from_assumptions, plan_from_pilot
from biasbench.report.planning_plot import planning_curve, planning_svg, write_planning_curve
from biasbench.tables import read_table
from tests.evidence.tables import measures_table, scores_table


def plan() -> Planning:
    table = measures_table({"us": (14, 0.1), "uk $x$": (9, 0.16), "india": (7, 0.2)}, spread=0.4)
    return plan_from_pilot(table, by="accent")


def many() -> Planning:
    groups = {f"group {n} whose declared name is long indeed": (6 + n, 0.1) for n in range(9)}
    return plan_from_pilot(measures_table(groups), by="accent")


def means() -> Planning:
    rng = np.random.default_rng(2)
    values = {"uk": list(rng.normal(-1, 1, 9)), "us": list(rng.normal(4, 2, 11))}
    return plan_from_pilot(scores_table(values), by="accent", against="us")


PLANS = [plan, many, means, lambda: plan_from_assumptions(cv=3.0, people=[3, 6, 500])]


def drawn_texts(figure):
    from matplotlib.text import Text

    return [t for t in figure.findobj(Text) if t.get_text() and t.get_visible()]


@pytest.mark.parametrize("made", PLANS)
@pytest.mark.parametrize("lang", ["en", "fr"])
def test_no_text_leaves_the_figure_and_no_names_overlap(made, lang):
    figure = planning_curve(made(), lang=lang)
    from matplotlib.backends.backend_agg import FigureCanvasAgg

    renderer = FigureCanvasAgg(figure).get_renderer()
    figure.draw(renderer)
    for text in drawn_texts(figure):
        box = text.get_window_extent(renderer)
        assert box.x0 >= 0, text.get_text()
        assert box.x1 <= figure.bbox.width, text.get_text()
        assert box.y0 >= 0, text.get_text()
        assert box.y1 <= figure.bbox.height, text.get_text()
    names = [t.get_window_extent(renderer) for t in figure.axes[0].texts]
    assert names
    for upper, lower in itertools.pairwise(names):
        assert upper.y0 >= lower.y1 - 1


def test_the_lines_are_the_points_of_the_plan():
    made = plan()
    figure = planning_curve(made)
    lines = [line for line in figure.axes[0].lines if len(line.get_xdata()) > 2]
    points = [points for _, points in made.curve.groupby("group", sort=False)]
    points.sort(key=lambda one: -one["ratio"].iloc[0])
    assert len(lines) == len(points) == 3
    for line, of_group in zip(lines, points, strict=True):
        assert line.get_ydata().tolist() == of_group["ratio"].tolist()
        assert line.get_xdata().tolist() == of_group["people"].tolist()
    assert len({str(line.get_linestyle()) + str(line._dash_pattern) for line in lines}) == 3
    assert {line.get_color() for line in lines} == {"black"}


def test_it_says_power_family_level_and_sides():
    said = [text.get_text() for text in drawn_texts(planning_curve(plan()))]
    assert "smallest ratio seen with a power of 80%; 95% over 3 comparisons, each at 98.30%" in said
    assert "people in the group, log scale (other side: 1 for each)" in said
    assert "india against the rest" in said
    alone = [t.get_text() for t in drawn_texts(planning_curve(means(), lang="fr"))]
    assert "uk contre us" in alone
    assert any("plus petit écart vu avec une puissance de 80\u00a0%" in text for text in alone)
    assert any("pour la seule comparaison" in text for text in alone)


def test_ratios_stand_on_a_logarithmic_axis_and_differences_from_zero():
    ratio, difference = planning_curve(plan()).axes[0], planning_curve(means()).axes[0]
    assert (ratio.get_yscale(), difference.get_yscale()) == ("log", "linear")
    assert ratio.get_ylim()[0] < 1 < ratio.get_ylim()[1]
    assert difference.get_ylim()[0] < 0
    marks = [mark.get_text() for mark in ratio.get_yticklabels()]
    assert marks[:3] == ["1", "1.1", "1.25"]


def test_a_written_curve_is_the_same_bytes_twice(tmp_path):
    for ending in ("svg", "png", "csv"):
        written = [
            write_planning_curve(plan(), tmp_path / f"{n}.{ending}").read_bytes() for n in (1, 2)
        ]
        assert written[0] == written[1]
        assert len(written[0]) > 1000
    assert written[0].startswith(b"system,metric,by,group,against,people,")
    assert (tmp_path / "1.png").read_bytes().startswith(b"\x89PNG")


def test_the_csv_holds_the_points(tmp_path):
    made = plan()
    back, _ = read_table(write_planning_curve(made, tmp_path / "curve.csv"))
    assert back["ratio"].astype(float).tolist() == pytest.approx(made.curve["ratio"].tolist())


def test_the_svg_keeps_text_as_text_and_names_are_no_formulas():
    svg = planning_svg(plan(), name="plan")
    texts = [element.text for element in ElementTree.fromstring(svg).iter("text")]
    assert "uk $x$ against the rest" in texts
    for word in (" style=", "<style", "http", "<metadata", "#000000"):
        assert word not in svg


def test_another_ending_is_refused(tmp_path):
    with pytest.raises(OptionError, match=r"is written as \.svg, \.png or \.csv, not '\.pdf'"):
        write_planning_curve(plan(), tmp_path / "curve.pdf")
