"""The score against the human ear: what is drawn, and what is kept back."""

from dataclasses import replace

import pytest

from biasbench.cases.case import Refused
from biasbench.report.document import Figure, Paragraph, Table
from biasbench.report.privacy import Privacy
from biasbench.report.sections.calibration import calibration_blocks, calibrations, shown_ranges

from .planned import context


def found(lang="fr"):
    return next(iter(context(lang).case.ratings.values()))


def of_kind(blocks, kind):
    return [block for block in blocks if isinstance(block, kind)]


def test_the_planned_score_has_a_figure_and_its_table_in_section_7():
    blocks = calibrations(context("fr"))
    (figure,), (table,) = of_kind(blocks, Figure), of_kind(blocks, Table)
    strata = found().strata
    assert len(table.rows) == len(strata) > 2
    for cells, row in zip(table.rows, strata.itertuples(), strict=True):
        assert cells[1].number == pytest.approx(row.value)
        assert cells[3].number == pytest.approx(row.against_value)
        assert cells[1].text in figure.alternative
        assert cells[3].text in figure.alternative


def test_the_lines_are_the_values_of_the_table():
    (figure,) = of_kind(calibrations(context("fr")), Figure)
    drawn = figure.draw()
    lines = [line for line in drawn.axes[0].lines if len(line.get_ydata()) > 2]
    strata = found().strata
    assert list(lines[0].get_ydata()) == pytest.approx(list(strata["value"]))
    assert list(lines[1].get_ydata()) == pytest.approx(list(strata["against_value"]))


def test_ranges_are_written_with_commas_in_french_and_points_in_english():
    heads = {
        lang: [cells[0].text for cells in of_kind(calibrations(context(lang)), Table)[0].rows]
        for lang in ("fr", "en")
    }
    assert [text.replace(",", ".") for text in heads["fr"]] == heads["en"]
    assert any("." in text for text in heads["en"])
    assert not any("." in text for text in heads["fr"])


def kept(people, k):
    rows = [
        {"n_speakers": a, "n_against": b, "value": 1.0, "against_value": 2.0} for a, b in people
    ]
    return [row is not None for row in shown_ranges(rows, k)]


def test_one_range_is_never_missing_alone():
    assert kept([(12, 15), (4, 20), (30, 30), (11, 14)], 10) == [True, False, True, False]
    assert kept([(12, 15), (4, 20), (30, 9), (11, 14)], 10) == [True, False, False, True]
    assert kept([(12, 15), (14, 20), (30, 30)], 10) == [True, True, True]
    assert kept([(1, 1), (14, 20)], None) == [True, True]


def test_fewer_than_two_ranges_are_a_sentence():
    of = context("fr")
    few = replace(of)
    vars(few)["privacy"] = Privacy(k=1000)
    hidden = calibration_blocks(found(), few, name="x")
    assert not of_kind(hidden, (Figure, Table))
    assert len(of_kind(hidden, Paragraph)) == 1


def test_what_the_data_cannot_bear_is_said():
    of = context("en")
    case = replace(of.case, ratings={}, refused=(Refused("ratings", "a", "too few"),))
    (said,) = calibrations(replace(of, case=case))
    assert "too few" in said.text


def test_no_case_says_nothing():
    assert calibrations(replace(context("fr"), case=None)) == ()
