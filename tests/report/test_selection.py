"""Section 10: whose calls are listened to; people leave as counts in ranges."""

import math
from dataclasses import replace

import pandas as pd
import pytest

from biasbench.report.context import Context
from biasbench.report.document import Claim, Figure, Paragraph, Table
from biasbench.report.sections.selection import selection
from biasbench.report.sections.spreads import merged_bins
from tests.report import planned
from tests.report.listened import context
from tests.report.simulated import evidence


def claims(made: Context) -> dict[str, Claim]:
    return {b.about: b for b in selection(made) if isinstance(b, Claim)}


def test_rates_the_announced_one_and_the_interval_stand_in_one_string():
    made = context("en")
    found = next(one.found for one in made.case.selected if one.group == "Maghreb")
    claim = claims(made)["Group “Maghreb” against “Québec”"]
    assert f"{100 * found.group.value:.1f} calls in 100 were listened to" in claim.text
    assert "announced rate: 5%" in claim.text
    assert f"{100 * found.comparison.difference_low:.1f} to" in claim.text
    assert "lies above the announced rate of 5%" in claim.text


def test_without_a_planned_margin_there_is_no_verdict():
    claim = claims(context("en"))["Group “Maghreb” against “Québec”"]
    assert claim.verdict == "no verdict"
    assert "has no verdict" in claim.text


def test_a_planned_margin_gives_the_verdict_of_the_finding():
    made = context("en")
    row = made.evidence.findings.iloc[[2]].assign(metric="listened", verdict="V-D1", margin=0.01)
    findings = pd.concat([made.evidence.findings, row], ignore_index=True)
    judged = replace(made, evidence=replace(made.evidence, findings=findings))
    claim = claims(judged)["Group “Maghreb” against “Québec”"]
    assert claim.verdict == "gap above margin"
    assert "has no verdict" not in claim.text


def test_a_small_group_has_a_sentence_and_no_figure():
    blocks = claims(context("en"))
    assert blocks["Group “Joux” against “Québec”"].text == (
        "Result withheld: fewer than 10 people. Publishing it could identify someone."
    )
    assert blocks["Group “Nice” against “Québec”"].verdict == "withheld"
    said = " ".join(b.text for b in selection(context("en")) if isinstance(b, Paragraph))
    assert "Joux" not in said
    assert "Nice" not in said


def test_what_could_not_be_computed_says_why_in_the_reports_language():
    made = context("fr")
    refused = tuple(
        replace(one, found=None, refused="4 people with calls in 'x': takes at least 6")
        for one in made.case.selected
        if one.group == "Maghreb"
    )
    made = replace(made, case=replace(made.case, selected=refused))
    text = next(iter(claims(made).values())).text
    assert "Trop peu de personnes" in text
    assert "people" not in text


@pytest.mark.parametrize("audience", ["public", "restricted"])
def test_no_range_counts_fewer_people_than_k(audience):
    made = context("en", audience)
    for block in selection(made):
        if isinstance(block, Table) and "distance" in block.caption:
            counts = [row[1].number for row in block.rows]
            assert all(count == 0 or count >= made.privacy.k for count in counts)


def test_joining_starts_outside_and_loses_nobody():
    rows = [
        (-math.inf, -3.0, 0, 0.1), (-3.0, -2.0, 2, 1.0), (-2.0, -1.0, 9, 6.0),
        (-1.0, 1.0, 40, 45.0), (1.0, 2.0, 3, 6.0), (2.0, 3.0, 4, 1.0), (3.0, math.inf, 6, 0.1),
    ]  # fmt: skip
    found = merged_bins(rows, 10)
    assert [one[2] for one in found] == [0, 11, 43, 10]
    assert sum(one[3] for one in found) == pytest.approx(sum(row[3] for row in rows))
    assert (found[0][0], found[-1][1]) == (-math.inf, math.inf)
    assert merged_bins(rows, None) == rows


def test_few_people_outside_the_range_are_not_counted():
    made = context("en")
    spread = next(one.found for one in made.case.selected if one.group == "Maghreb")
    assert 0 < spread.concentrations[0].outside.observed < 10
    said = [b.text for b in selection(made) if isinstance(b, Paragraph) and "Maghreb" in b.text]
    assert "; fewer than 10 do." in said[0]


def test_people_outside_are_not_counted_beside_ranges_that_hold_nearly_as_many():
    made = context("en", "restricted")
    found = next(one.found for one in made.case.selected if one.group == "Maghreb").concentrations[
        0
    ]
    assert (found.outside.observed, found.bins["n_people"].iloc[-1]) == (7, 6)
    said = [b.text for b in selection(made) if isinstance(b, Paragraph) and "Maghreb" in b.text]
    assert "the number observed is withheld" in said[0]
    assert "7" not in said[0].split("withheld")[0]


def test_the_spread_of_both_sides_together_is_never_printed():
    made = context("en", "restricted")
    labels = [b.caption for b in selection(made) if isinstance(b, Figure)]
    assert labels
    assert all(any(f"“{name}”" in text for name in ("Maghreb", "Lyon", "Québec", "Joux", "Nice"))
               for text in labels)  # fmt: skip
    assert len(labels) == len(set(labels))


def test_beside_the_rest_of_each_only_the_groups_own_spread_stands():
    made = context("en", "restricted")
    settings = replace(made.evidence.settings, against="rest")
    against_rest = replace(made, evidence=replace(made.evidence, settings=settings))
    captions = [b.caption for b in selection(against_rest) if isinstance(b, Figure)]
    assert captions
    rest = against_rest.label("rest")
    assert not any(rest in text or "Québec" in text for text in captions)


@pytest.mark.parametrize("lang", ["fr", "en"])
def test_figures_are_drawn_and_said(lang):
    figures = [b for b in selection(context(lang, "restricted")) if isinstance(b, Figure)]
    assert figures
    for figure in figures:
        assert figure.draw().axes[0].patches
        assert "0" in figure.alternative


def test_raters_agreement_stands_by_group():
    table = next(
        b for b in selection(context("en")) if isinstance(b, Table) and "raters" in b.caption
    )
    assert [cell.text for cell in table.rows[2]] == ["Lyon", "0.71", "0.8", "no"]


def test_nothing_selected_gives_no_section():
    assert selection(Context(evidence(), "en")) == ()
    assert selection(planned.context("en")) == ()
