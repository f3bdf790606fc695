"""Findings as text: the figures never without the verdict, each case with its own sentence."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from biasbench.evidence import assess
from biasbench.report.claims import reason_words, write_finding
from biasbench.report.context import Context
from biasbench.report.wording import LANGUAGES, check_wording, verdict_word
from tests.report.simulated import GROUPS, SMALL, chain, evidence, measures

CODES = ("V-D1", "V-D2", "V-D3", "V-E", "V-I", "V-N", "V-A1", "V-A2", "V-A3")
NEEDS_MARGIN = [code for code in CODES if code != "V-N"]


def with_cells(made, **cells):
    """The evidence with every finding's cells of those names set."""
    return replace(made, findings=made.findings.assign(**cells))


def text_of(made, group, lang="en", **context):
    here = Context(made, lang, **context)
    row = next(row for row in here.findings if row["group"] == group)
    return write_finding(row, here).text


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("code", CODES)
def test_every_verdict_is_a_whole_text_in_both_languages(code, lang):
    made = with_cells(
        evidence(), verdict=code, reason="N-SIZE(n_min=10): 4 people in 'a', 10 are needed"
    )
    here = Context(made, lang)
    written = write_finding(here.findings[0], here)
    assert written.verdict == verdict_word(code, lang)
    assert "{" not in written.text
    assert "None" not in written.text
    assert "nan" not in written.text.lower().split()


def test_the_parts_stand_in_order_measure_verdict_interval_caveats():
    text = text_of(evidence(), "Maghreb")
    places = [
        text.index(words)
        for words in (
            "For every 100 words",
            "Even allowing for sampling uncertainty",
            "95% confidence interval",
            "Calls were not assigned",
        )
    ]
    assert places == sorted(places)


def test_a_margin_named_in_the_analysis_is_not_called_set_in_advance():
    for lang, words in (("en", "set in advance"), ("fr", "fixée à l’avance")):
        assert words not in text_of(evidence(), "Maghreb", lang)
        assert "planned" not in text_of(evidence(), "Maghreb", lang)


def test_rates_are_per_hundred_with_one_decimal_and_people_are_counted():
    made = evidence()
    row = made.findings.set_index("group").loc["Maghreb"]
    text = text_of(made, "Maghreb")
    assert f"makes {100 * row['value']:.1f} errors" in text
    assert f"({row['n_speakers']} and {row['n_against']} people; " in text


def test_the_same_text_read_has_its_own_sentence_and_caveat():
    text = text_of(evidence(provenance=chain(design="same-script")), "Maghreb")
    assert text.startswith("Reading the same text,")
    assert "word choice does not explain the gap" in text


def test_a_stand_in_is_never_called_the_system():
    assert "the stand-in program makes" in text_of(evidence(), "Maghreb")
    assert "le logiciel de substitution fait" in text_of(evidence(), "Maghreb", "fr")
    assert "le système" not in text_of(evidence(), "Maghreb", "fr")


def test_a_deployed_system_is_called_the_system():
    assert "the system makes" in text_of(evidence(provenance=chain(tier="T1")), "Maghreb")


def test_no_margin_gives_the_interval_and_says_that_there_is_no_verdict():
    text = text_of(evidence(margin=None), "Maghreb")
    assert "No margin was declared: the interval is given without a verdict." in text
    assert "95% confidence interval for the gap" in text


def test_a_measure_without_a_worse_direction_is_described_and_not_judged():
    made = evidence(metric="mean_score:pitch (Hz)", direction="neither", margin=None)
    text = text_of(made, "Maghreb")
    assert "no better or worse direction" in text
    assert "for the difference (“Maghreb” minus “everyone else”)" in text


def test_a_score_names_its_label_and_says_that_it_is_no_emotion():
    made = evidence(
        metric="mean_score:politeness", direction="higher is better", margin=3.0,
        system="tone:interact", provenance=chain(system="tone:interact"),
    )  # fmt: skip
    text = text_of(made, "Maghreb")
    assert "The “politeness” score given by the stand-in program averages" in text
    assert "does not assume the score measures a real emotion" in text
    assert "In the European Union" in text
    assert "to the advantage of group “Maghreb”" in text  # scored highest, and higher is better


def test_plain_acoustic_measures_are_not_called_emotion_recognition():
    made = evidence(
        metric="mean_score:pitch (Hz)", direction="neither", margin=None,
        system="tone:prosody", provenance=chain(system="tone:prosody"),
    )  # fmt: skip
    text = text_of(made, "Maghreb")
    assert "they name no emotion" in text
    assert "In the European Union" not in text


def test_someone_elses_metric_is_reported_under_its_own_name():
    made = evidence(metric="my_index", margin=0.03)
    assert text_of(made, "Maghreb").startswith("The measure “my_index” is 0.2")


def test_people_who_are_not_identified_give_figures_and_no_inference():
    table = measures(GROUPS).drop(columns="speaker_id")
    text = text_of(assess(table, by="accent", margin=0.03), "Maghreb")
    assert "number of people unknown" in text
    assert "Insufficient evidence: people are not identified in these data" in text
    assert "confidence interval" not in text


def test_too_few_people_is_said_with_the_number_needed():
    made = evidence({"a": (7, 0.2), "b": (30, 0.1)}, provenance=chain(synthetic="yes"))
    assert "Insufficient evidence: fewer than 10 people in one of the groups." in text_of(made, "a")


def test_french_law_is_recalled_when_a_french_report_cannot_conclude():
    made = with_cells(evidence(), verdict="V-I")
    assert "art. L. 1134-1" in text_of(made, "Maghreb", "fr")
    assert "à vérifier avant de s’en prévaloir" in text_of(made, "Maghreb", "fr")
    assert "1134-1" not in text_of(made, "Maghreb", "en")


def test_an_inconclusive_finding_without_a_needed_size_says_so():
    made = with_cells(evidence(), verdict="V-I", n_needed=pd.array([None] * 4, dtype="Int64"))
    assert "The rough size needed to settle it could not be computed." in text_of(made, "Maghreb")


def test_a_ratio_that_disagrees_with_the_difference_is_said():
    made = with_cells(evidence(), ratio_low=0.9, ratio_high=1.4, difference_low=0.001,
                      difference_high=0.05, verdict="V-I")  # fmt: skip
    assert "the weaker verdict stands" in text_of(made, "Maghreb")


def test_a_side_without_a_value_is_said():
    names = ("value", "against_value", "difference", "difference_low", "difference_high")
    nothing = dict.fromkeys(names, np.nan)
    made = with_cells(
        evidence(), verdict="V-N", reason="N-ERR(n_events=0): 0 events in 'a'", **nothing
    )
    assert "no value could be computed" in text_of(made, "Maghreb")


@pytest.mark.parametrize(
    ("reason", "words"),
    [
        ("N-SIZE(n_min=10): 4 people in 'a', 10 are needed for a verdict", "fewer than 10 people"),
        ("N-ERR(n_events=12): 12 events in rest, 30 are needed", "too few events observed (12)"),
        ("N-ERR-FLAT: every person on a side has the same value, so", "has the same value"),
        (
            "N-DOM(pct=61.5): one person supplies 61.5 % of the denominator",
            "one person supplies 61.5%",
        ),
        (
            "N-CONF(factor=site): accent and site coincide: 'a' and rest overlap",
            "group and site coincide",
        ),
        ("N-MISS(pct=25): 25 % of the rows of 'a' have no value", "25% of the planned recordings"),
        ("N-SPK: no speaker labels, so nobody knows", "people are not identified"),
        ("N-NEW: something", "a condition on the data is not met (N-NEW)"),
    ],
)
def test_every_gate_has_its_words(reason, words):
    assert words in reason_words(reason, Context(evidence(), "en"))


def test_several_gates_are_all_named():
    reason = (
        "N-SIZE(n_min=10): 4 people in 'a', 10 are needed; "
        "also N-DOM(pct=61): one person supplies 61 % of"
    )
    said = reason_words(reason, Context(evidence(), "en"))
    assert said == (
        "fewer than 10 people in one of the groups; one person supplies 61% of the group’s data"
    )


def test_a_withheld_finding_holds_no_figure():
    text = text_of(evidence(SMALL), "Joux")
    assert text == "Result withheld: fewer than 10 people. Publishing it could identify someone."


def test_the_reasons_that_travel_with_findings_say_nothing_a_report_may_not():
    reasons = [
        reason
        for made in (
            evidence(SMALL),
            evidence(SMALL, margin=None),
            evidence(audience="restricted"),
            evidence(metric="mean_score:pitch", direction="neither"),
            evidence({"a": (12, 0.02), "b": (12, 0.1), "c": (2, 0.3)}),
        )
        for reason in made.findings["reason"]
    ]
    assert len(set(reasons)) > 5
    for reason in reasons:
        assert check_wording(reason, "en") == reason
