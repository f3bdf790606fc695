"""assess: what it accepts, what it refuses and in which words, and what it keeps to."""

import json
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from biasbench.errors import InsufficientDataError, NotFoundError, OptionError, TableError
from biasbench.evidence import Finding, assess, read_evidence
from biasbench.provenance import Provenance
from biasbench.tables import FINDINGS, GROUPS
from tests.evidence.tables import measures_table, scores_table

ACCENTS = {"a": (14, 0.10), "b": (12, 0.20), "c": (11, 0.15)}


@pytest.fixture(scope="module")
def table() -> pd.DataFrame:
    return measures_table(ACCENTS)


# ── What it keeps to ───────────────────────────────────────────────────────────────────────────


def test_the_tables_have_their_columns_and_a_row_for_everyone(table):
    evidence = assess(table, by="accent", margin=0.03)
    assert list(evidence.findings.columns) == list(FINDINGS.columns)
    assert list(evidence.groups.columns) == list(GROUPS.columns)
    assert evidence.findings["group"].tolist() == ["a", "b", "c"]
    assert evidence.groups["group"].tolist() == ["a", "b", "c", "overall"]


def test_difference_is_value_minus_against_and_ratio_value_over_against(table):
    row = assess(table, by="accent", against="a").to_findings()[0]
    sums = table.groupby("accent")[["numerator", "denominator"]].sum()
    rates = sums["numerator"] / sums["denominator"]
    assert row.difference == pytest.approx(rates["b"] - rates["a"])
    assert row.ratio == pytest.approx(rates["b"] / rates["a"])


def test_rest_is_everybody_else_whose_group_is_known(table):
    unlabelled = measures_table({"x": (9, 0.9)}).assign(accent=None)
    unlabelled["unit_id"] = "x" + unlabelled["unit_id"]
    mixed = pd.concat([table, unlabelled], ignore_index=True)
    with_unknown, without = assess(mixed, by="accent"), assess(table, by="accent")
    pd.testing.assert_frame_equal(with_unknown.findings, without.findings)
    groups = with_unknown.groups.set_index("group")
    assert groups.loc["unknown", "n_speakers"] == 9
    assert groups.loc["unknown", "note"] == "group not known: shown, never compared"
    assert groups.loc["overall", "n_speakers"] == 46


def test_renaming_and_reordering_people_changes_nothing(table):
    renamed = table.assign(speaker_id=table["speaker_id"].str[::-1])
    shuffled = renamed.sample(frac=1, random_state=5, ignore_index=True)
    for method in ("cr3", "permutation"):
        before = assess(table, by="accent", margin=0.03, method=method, n_resamples=99)
        after = assess(shuffled, by="accent", margin=0.03, method=method, n_resamples=99)
        pd.testing.assert_frame_equal(before.findings, after.findings, check_exact=True)


def test_splitting_one_persons_rows_changes_nothing_but_what_counts_rows(table):
    halves = pd.concat([table.iloc[:1], table], ignore_index=True)
    halves.loc[:1, ["numerator", "denominator"]] /= 2
    halves.loc[0, "unit_id"] = "split"
    before = assess(table, by="accent", margin=0.03).findings
    after = assess(halves, by="accent", margin=0.03).findings
    assert after["n_utterances"].tolist()[0] == before["n_utterances"].tolist()[0] + 1
    counts_rows = ["n_utterances", "standard_error_naive", "design_effect"]
    same = before.columns.drop(counts_rows)
    pd.testing.assert_frame_equal(before[same], after[same], rtol=1e-12)


@pytest.mark.parametrize("method", ["cr3", "permutation", "bootstrap"])
def test_swapping_the_groups_flips_the_sign_and_the_verdict(method):
    two = measures_table({"a": (14, 0.10), "b": (12, 0.30)})
    evidence = assess(two, by="accent", margin=0.03, method=method, n_resamples=499)
    a, b = evidence.to_findings()
    assert a.difference == -b.difference
    assert (a.difference_low, a.difference_high) == (-b.difference_high, -b.difference_low)
    assert a.ratio_low == pytest.approx(1 / b.ratio_high)
    assert a.p_value == b.p_value
    assert (a.verdict, b.verdict) == ("V-A1", "V-D1")


def test_two_groups_against_the_rest_are_one_comparison_told_twice():
    two = assess(measures_table({"a": (14, 0.1), "b": (12, 0.2)}), by="accent")
    assert two.settings.n_comparisons == 1
    assert two.settings.adjusted_level == 0.95
    assert len(two.findings) == 2
    row = two.to_findings()[0]
    assert row.p_adjusted == pytest.approx(row.p_value)
    assert row.difference_low == row.difference_low_unadjusted


def test_the_family_counts_comparisons_that_can_have_an_interval(table):
    few = measures_table({"d": (2, 0.9)})
    few["unit_id"] = "d" + few["unit_id"]
    both = pd.concat([table, few], ignore_index=True)
    assert assess(table, by="accent").settings.n_comparisons == 3
    assert assess(both, by="accent").settings.n_comparisons == 3
    assert assess(both, by="accent", against="a").settings.n_comparisons == 2


def test_the_adjusted_interval_is_at_sidaks_level(table):
    family = assess(table, by="accent")
    assert family.settings.adjusted_level == pytest.approx(0.95 ** (1 / 3))
    alone = assess(table, by="accent", level=0.95 ** (1 / 3)).to_findings()
    for row, single in zip(family.to_findings(), alone, strict=True):
        assert row.difference_low == pytest.approx(single.difference_low_unadjusted)
        assert row.ratio_high == pytest.approx(single.ratio_high_unadjusted)
        assert row.difference_low < row.difference_low_unadjusted
        assert row.p_adjusted == pytest.approx(1 - (1 - row.p_value) ** 3)
        assert row.p_value <= row.p_holm <= 3 * row.p_value + 1e-15


def test_the_margin_is_crossed_by_a_score_turned_the_right_way():
    rng = np.random.default_rng(0)
    scores = scores_table({"a": rng.normal(75, 3, 30), "b": rng.normal(65, 3, 30)})
    a, b = assess(scores, by="accent", margin=3.0).to_findings()
    assert (a.verdict, b.verdict) == ("V-A1", "V-D1")
    assert b.difference < 0
    assert b.ratio is None


def test_a_metric_that_can_be_negative_is_a_mean():
    rng = np.random.default_rng(0)
    scores = scores_table({"a": rng.normal(0, 1, 30), "b": rng.normal(0, 1, 30)}, metric="valence")
    row = assess(scores, by="accent").to_findings()[0]
    assert row.ratio is None
    assert row.method == "CR3 t (Welch–Satterthwaite) on the difference"


def test_insertions_on_an_empty_reference_count_without_words(table):
    heard = table.copy()
    heard.loc[0, ["numerator", "denominator"]] = [5.0, 0.0]
    group = assess(heard, by="accent").groups.set_index("group").loc["a"]
    of_a = heard[heard["accent"] == "a"]
    assert group["value"] == of_a["numerator"].sum() / of_a["denominator"].sum()
    assert group["n_missing"] == 0


def test_an_undecided_comparison_says_how_many_people_it_would_take():
    close = measures_table({"a": (14, 0.20), "b": (14, 0.21)}, spread=0.6)
    row = assess(close, by="accent", margin=0.03).to_findings()[0]
    assert row.verdict == "V-I"
    # SD about 0.6 · 0.2 between people: 2 · (1.96 + 0.84)² · 0.12² / 0.03² is about 250.
    assert 100 < row.n_needed < 600


def test_undecided_though_there_are_as_many_people_as_planned_is_explained():
    between = measures_table({"a": (200, 0.200), "b": (200, 0.223)}, spread=0.4, seed=2)
    row = assess(between, by="accent", margin=0.03).to_findings()[1]
    assert row.verdict == "V-I"
    assert row.n_needed <= 200
    assert "a gap that lies between 0 and the margin takes more people" in row.reason


# ── The same bytes, and back ───────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("method", ["cr3", "permutation", "bootstrap"])
def test_the_same_table_and_seed_give_the_same_bytes(table, tmp_path, method):
    written = [
        assess(table, by="accent", margin=0.03, method=method, seed=7, n_resamples=199)
        .write(tmp_path / f"{number}.json")
        .read_bytes()
        for number in range(2)
    ]
    assert written[0] == written[1]


def test_another_seed_changes_what_is_drawn_and_nothing_else(table):
    first = assess(table, by="accent", method="permutation", seed=1).findings
    second = assess(table, by="accent", method="permutation", seed=2).findings
    assert not first["p_value"].equals(second["p_value"])
    assert first["difference_low"].equals(second["difference_low"])


def test_evidence_is_read_back_as_it_was_written(table, tmp_path):
    some = table.assign(site="Lyon")
    evidence = assess(some, by="accent", margin={"wer": 0.03}, audience="restricted")
    again = read_evidence(evidence.write(tmp_path / "evidence.json"))
    pd.testing.assert_frame_equal(again.findings, evidence.findings)
    pd.testing.assert_frame_equal(again.groups, evidence.groups)
    pd.testing.assert_frame_equal(again.conditions, evidence.conditions)
    assert again.settings == evidence.settings
    assert again.provenance == evidence.provenance
    assert again.to_findings() == evidence.to_findings()


def test_the_file_is_strict_json_with_null_for_what_there_is_not(tmp_path):
    small = measures_table({"a": (14, 0.1), "b": (2, 0.2)})
    path = assess(small, by="accent").write(tmp_path / "evidence.json")

    def refuse(name: str) -> None:
        raise AssertionError(f"{name} is not JSON")

    content = json.loads(path.read_text(encoding="utf-8"), parse_constant=refuse)
    assert content["findings"][1]["difference_low"] is None
    assert content["findings"][1]["n_speakers"] == 2


def test_a_file_that_is_not_evidence_is_refused(tmp_path):
    path = tmp_path / "other.json"
    with pytest.raises(NotFoundError, match=r"other\.json: no such file"):
        read_evidence(path)
    path.write_text("{", encoding="utf-8")
    with pytest.raises(TableError, match=r"other\.json: is not JSON"):
        read_evidence(path)
    path.write_text("{}", encoding="utf-8")
    with pytest.raises(TableError, match="is not evidence of form 2; make it with"):
        read_evidence(path)
    path.write_text('{"biasbench_evidence": 2}', encoding="utf-8")
    with pytest.raises(TableError, match="lacks a part or has one too many: 'settings'"):
        read_evidence(path)


def test_evidence_is_written_as_json_only(table, tmp_path):
    with pytest.raises(OptionError, match=r"evidence is written as \.json, not '\.csv'"):
        assess(table, by="accent").write(tmp_path / "evidence.csv")


def test_the_signature_names_what_must_agree(table):
    finding = assess(table, by="accent", seed=3).to_findings()[0]
    assert isinstance(finding, Finding)
    evidence = assess(table, by="accent", seed=3)
    assert evidence.signature(finding).startswith(
        "system:asr:scripted|metric:wer|by:accent|against:rest|unit:speaker|"
        "interval:cr3-satterthwaite|seed:3|level:0.95|biasbench:"
    )
    assert evidence.signature(evidence.findings.iloc[0].to_dict()) == evidence.signature(finding)


def test_the_signature_has_the_version_of_the_system_that_was_run(table):
    class Measured:
        provenance = (
            Provenance()
            .then("load_corpus", {"corpus": "calls@1234abcd"})
            .then("run", {"system": "scripted@1", "system_name": "asr:scripted"})
            .then("run", {"system": "other@2", "system_name": "asr:other"})
        )

    measured = Measured()
    measured.table = table
    evidence = assess(measured, by="accent")
    assert evidence.signature(evidence.to_findings()[0]).startswith(
        "corpus:calls@1234abcd|system:scripted@1|metric:wer|"
    )


def test_measures_with_some_speakers_unnamed_are_refused(table):
    class Measured:
        provenance = Provenance()

    measured = Measured()
    measured.table = table.assign(speaker_id=table["speaker_id"].replace("b-3", None))
    with pytest.raises(TableError, match="speaker_id is empty, and other rows have one"):
        assess(measured, by="accent")


def test_the_bootstrap_is_labelled_as_covering_less_than_it_says(table):
    evidence = assess(table, by="accent", method="bootstrap", n_resamples=199)
    assert evidence.findings["method"].str.contains("known to cover less than it says").all()
    assert evidence.findings["p_value"].isna().all()


# ── Tables that cannot be used ─────────────────────────────────────────────────────────────────


def test_a_csv_of_text_cells_is_read_as_numbers(table, tmp_path):
    path = tmp_path / "measures.csv"
    table.to_csv(path, index=False)
    from_file = assess(path, by="accent", margin=0.03)
    pd.testing.assert_frame_equal(
        from_file.findings, assess(table, by="accent", margin=0.03).findings
    )


def spoiled(table: pd.DataFrame, column: str, value: object) -> pd.DataFrame:
    frame = table.copy()
    frame[column] = frame[column].astype(object)
    frame.loc[4, column] = value
    return frame


@pytest.mark.parametrize(
    ("column", "value", "message"),
    [
        ("numerator", None, "row 5: numerator is empty and its partner is not"),
        ("denominator", None, "row 5: denominator is empty and its partner is not"),
        ("denominator", -3.0, "row 5: denominator is -3; it counts something"),
        ("denominator", np.inf, "row 5: denominator is inf, not a finite number"),
        ("numerator", "many", "row 5: numerator is 'many', not a number"),
        ("speaker_id", "", "speaker_id is empty in 1 row, in row 5"),
        ("accent", "b", "row 5: speaker 'a-0' has accent 'b' here and 'a' elsewhere"),
        ("accent", None, "speaker 'a-0' has accent 'unknown' here and 'a' elsewhere"),
        ("accent", "rest", "row 5: accent is 'rest', which means everybody else here"),
    ],
)
def test_a_wrong_cell_is_named_with_its_row_and_value(table, column, value, message):
    with pytest.raises(TableError, match=message):
        assess(spoiled(table, column, value), by="accent")


def test_a_wrong_cell_of_a_file_is_named_with_its_line(table, tmp_path):
    path = tmp_path / "measures.csv"
    spoiled(table, "denominator", -3).to_csv(path, index=False)
    with pytest.raises(TableError, match=r"measures\.csv: line 6: denominator is -3"):
        assess(path, by="accent")


def test_a_person_stands_in_one_group(table):
    two = table.copy()
    two.loc[two["speaker_id"] == "b-3", "speaker_id"] = "a-3"
    with pytest.raises(TableError, match="a person must stand in one group"):
        assess(two, by="accent")


def test_a_metric_has_one_direction(table):
    frame = table.assign(direction="higher is worse")
    frame.loc[9, "direction"] = "higher is better"
    with pytest.raises(TableError, match="row 10: direction of wer is 'higher is better'"):
        assess(frame, by="accent")


def test_an_empty_table_is_refused(table):
    with pytest.raises(TableError, match="the table has no rows"):
        assess(table.iloc[:0], by="accent")


def test_one_known_group_cannot_be_compared(table):
    with pytest.raises(InsufficientDataError, match="one known group, 'a'; a comparison needs two"):
        assess(table[table["accent"] == "a"], by="accent")
    with pytest.raises(InsufficientDataError, match="by='accent' makes no known group"):
        assess(table.assign(accent="unknown"), by="accent")


# ── Arguments ──────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        ({"by": "acent"}, NotFoundError, "no group column named 'acent'. Did you mean 'accent'?"),
        ({"by": "speaker_id"}, OptionError, "by='speaker_id' is a column of every measures table"),
        ({"against": "bb"}, NotFoundError, "no group of accent named 'bb'. Did you mean 'b'?"),
        ({"against": "unknown"}, OptionError, "are shown, never compared. Known groups: a, b, c"),
        ({"metrics": ["were"]}, NotFoundError, "no metric named 'were'. Did you mean 'wer'?"),
        ({"metrics": "wer"}, OptionError, r"metrics='wer': give a list of names"),
        ({"margin": 0}, OptionError, "margin is 0; it is the smallest difference that matters"),
        ({"margin": -0.1}, OptionError, "margin is -0.1"),
        ({"margin": {"wer": 0.0}}, OptionError, "margin of wer is 0"),
        ({"margin": {"cer": 0.1}}, NotFoundError, "no metric named 'cer'"),
        ({"level": 95}, OptionError, "level=95 is not between 0.5 and 1; 95 % is written 0.95"),
        ({"audience": "press"}, OptionError, "audience='press' is none of 'public', 'restricted'"),
        ({"method": "cr2"}, NotFoundError, "no method named 'cr2'. Did you mean 'cr3'?"),
        ({"seed": -1}, OptionError, "seed=-1 is below 0"),
        ({"n_resamples": 0}, OptionError, "n_resamples=0 is below 1"),
        ({"conditions": ["sit"]}, NotFoundError, "no column named 'sit'"),
        ({"conditions": ["accent"]}, OptionError, "'accent' makes the groups"),
        ({"direction": "down"}, OptionError, "direction='down' is none of 'higher is worse'"),
        ({"direction": "higher is better"}, OptionError, "but wer is 'higher is worse'"),
    ],
)
def test_a_wrong_argument_is_named_with_what_to_write_instead(table, options, error, message):
    with pytest.raises(error, match=message):
        assess(table, **{"by": "accent", **options})


def test_one_margin_does_not_serve_metrics_of_different_units(table):
    rng = np.random.default_rng(0)
    scores = scores_table({"a": rng.normal(75, 3, 12), "b": rng.normal(65, 3, 12)})
    both = pd.concat([table, scores.assign(system="asr:scripted")], ignore_index=True)
    both["direction"] = both["direction"].fillna("higher is worse")
    both["unit_id"] = both["metric"] + both["unit_id"]
    with pytest.raises(OptionError, match=r"has a unit of its own. Name the metrics: wer=0.03"):
        assess(both, by="accent", margin=0.03)
    evidence = assess(both, by="accent", margin={"wer": 0.03})
    assert evidence.settings.margins == {"wer": 0.03, "mean_score:calm": None}
    assert replace(evidence.settings, margins={}).metrics == ("wer", "mean_score:calm")


def test_numbers_as_group_labels_are_written_plainly(table):
    ages = table.assign(age=table["accent"].map({"a": 20.0, "b": 30.0, "c": 40.0}))
    assert assess(ages, by="age").findings["group"].tolist() == ["20", "30", "40"]
