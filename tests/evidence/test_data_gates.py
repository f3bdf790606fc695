"""Every word of the verdict table reached, the gates on the sources among them, and mirrored."""

import json
from dataclasses import replace
from typing import get_args

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from biasbench.errors import NotFoundError, OptionError, TableError
from biasbench.evidence import Evidence, assess, read_evidence
from biasbench.evidence.data_facts import TENTATIVE_ALPHA, DataFacts
from biasbench.evidence.verdict import Code
from tests.evidence.tables import measures_table, scores_table
from tests.evidence.test_verdict import MIRROR

ENOUGH = {"a": (30, 0.10), "b": (30, 0.25)}
AGREED = {"a": 0.81, "b": 0.42}


def finding(evidence: Evidence, group: str = "b") -> pd.Series:
    return evidence.findings[evidence.findings["group"] == group].iloc[0]


def judged(facts: DataFacts | None, table: pd.DataFrame | None = None, **options) -> Evidence:
    table = measures_table(ENOUGH) if table is None else table
    return assess(table, by="accent", margin=0.03, data_facts=facts, n_resamples=9, **options)


# ── References, versions, provenance ───────────────────────────────────────────────────────────


def test_references_that_agree_too_little_leave_no_verdict():
    row = finding(judged(DataFacts(reference_agreement=AGREED, least_agreement=TENTATIVE_ALPHA)))
    assert row["verdict"] == "V-N"
    assert row["reason"] == (
        "N-REF(val=0.42): the human references of 'b' agree by 0.42, less than 0.667 as declared"
    )
    assert row["difference_low"] > 0.03  # the figures stay, to be shown


def test_poor_references_on_the_other_side_are_as_bad():
    facts = DataFacts(reference_agreement=AGREED, least_agreement=0.667)
    assert finding(judged(facts), "a")["reason"].startswith("N-REF(val=0.42): the human references")
    three = measures_table({**ENOUGH, "c": (30, 0.2)})
    agreed = {**AGREED, "c": 0.9}
    against_a = judged(replace(facts, reference_agreement=agreed), three, against="a")
    assert finding(against_a, "c")["verdict"] == "V-D1"
    assert finding(against_a, "b")["verdict"] == "V-N"


def test_agreement_without_a_declared_least_fails_nothing():
    assert finding(judged(DataFacts(reference_agreement=AGREED)))["verdict"] == "V-D1"


def test_agreement_at_the_least_is_enough():
    facts = DataFacts(reference_agreement={"a": 0.8, "b": 0.667}, least_agreement=0.667)
    assert finding(judged(facts))["verdict"] == "V-D1"


def test_an_agreement_that_is_not_known_is_not_taken_for_enough():
    row = finding(judged(DataFacts(reference_agreement={"a": 0.8}, least_agreement=0.667)))
    assert row["verdict"] == "V-N"
    assert row["reason"].startswith("N-REF-NONE: how far the human references of 'b' agree is not")


def test_metrics_that_rest_on_no_reference_are_not_concerned():
    table = pd.concat(
        [measures_table(ENOUGH), measures_table(ENOUGH, metric="prompt_rate")], ignore_index=True
    )
    facts = DataFacts(reference_agreement=AGREED, least_agreement=0.667, reference_metrics=("wer",))
    rows = judged(facts, table).findings.set_index(["metric", "group"])
    assert rows.loc[("wer", "b"), "verdict"] == "V-N"
    assert rows.loc[("prompt_rate", "b"), "verdict"] == "V-D1"


def test_a_version_that_changed_leaves_no_verdict_on_that_system_alone():
    table = measures_table(ENOUGH)
    table = pd.concat([table, table.assign(system="asr:other")], ignore_index=True)
    facts = DataFacts(versions={"asr:scripted": ("4.1", "4.2 (patch)"), "asr:other": ("1", "1")})
    rows = judged(facts, table).findings.set_index(["system", "group"])
    assert rows.loc[("asr:scripted", "b"), "reason"] == (
        "N-VER(versions=4.1, 4.2 [patch]): asr:scripted changed during the period: 4.1, 4.2 (patch)"
    )
    assert rows.loc[("asr:other", "b"), "verdict"] == "V-D1"


def test_a_plan_within_one_version_does_not_ask_for_it():
    facts = DataFacts(versions={"asr:scripted": ("4.1", "4.2")}, one_version=False)
    assert finding(judged(facts))["verdict"] == "V-D1"


@pytest.mark.parametrize(("n", "said"), [(1, "1 file"), (3, "3 files")])
def test_files_of_unverified_origin_leave_no_verdict(n, said):
    row = finding(judged(DataFacts(unverified_files=n)))
    assert row["verdict"] == "V-N"
    assert row["reason"] == f"N-PROV(n_files={n}): the origin of {said} could not be verified"


def test_all_that_fails_is_named_after_what_the_table_shows():
    few = measures_table({"a": (30, 0.1), "b": (4, 0.5)})
    facts = DataFacts(
        reference_agreement=AGREED,
        least_agreement=0.667,
        versions={"asr:scripted": ("1", "2")},
        unverified_files=2,
    )
    reasons = finding(judged(facts, few))["reason"].split("; also ")
    assert [reason[:5] for reason in reasons] == ["N-SIZ", "N-REF", "N-VER", "N-PRO"]
    nameless = finding(judged(facts, few.drop(columns="speaker_id")))["reason"]
    assert nameless.startswith("N-SPK")
    assert "; also N-PROV(n_files=2)" in nameless


# ── Kept, and read back ────────────────────────────────────────────────────────────────────────

FACTS = DataFacts(
    reference_agreement={"b": 0.42, "a": 0.81},
    least_agreement=0.667,
    reference_metrics=("wer",),
    versions={"asr:scripted": ("4.1", "4.2")},
    unverified_files=2,
)


def test_the_facts_are_part_of_the_question_and_come_back(tmp_path):
    evidence = judged(FACTS)
    again = read_evidence(evidence.write(tmp_path / "evidence.json"))
    assert again.settings == evidence.settings
    assert again.settings.data_facts.versions == {"asr:scripted": ("4.1", "4.2")}
    repeated = judged(again.settings.data_facts)
    assert (
        repeated.write(tmp_path / "again.json").read_bytes()
        == (tmp_path / "evidence.json").read_bytes()
    )


def test_the_order_in_which_facts_were_written_down_changes_no_byte(tmp_path):
    turned = replace(FACTS, reference_agreement={"a": 0.81, "b": 0.42})
    first = judged(FACTS).write(tmp_path / "first.json").read_bytes()
    assert judged(turned).write(tmp_path / "second.json").read_bytes() == first


def test_evidence_from_before_these_gates_is_still_read(tmp_path):
    path = judged(None).write(tmp_path / "evidence.json")
    content = json.loads(path.read_text(encoding="utf-8"))
    assert content["settings"].pop("data_facts") is None
    path.write_text(json.dumps(content), encoding="utf-8")
    assert read_evidence(path).settings == judged(None).settings


def test_facts_that_are_none_of_ours_are_no_evidence(tmp_path):
    path = judged(FACTS).write(tmp_path / "evidence.json")
    content = json.loads(path.read_text(encoding="utf-8"))
    for wrong in ({**content["settings"]["data_facts"], "more": 1}, ["x"], {"versions": {"a": 1}}):
        content["settings"]["data_facts"] = wrong
        path.write_text(json.dumps(content), encoding="utf-8")
        with pytest.raises(TableError, match="lacks a part or has one too many"):
            read_evidence(path)


def test_provenance_has_the_facts_that_were_given_and_no_others():
    given = judged(FACTS).provenance.facts()
    assert given["least_agreement"] == "0.667"
    assert given["reference_agreement"] == "a 0.81, b 0.42"
    assert given["versions"] == "asr:scripted 4.1, 4.2"
    assert given["unverified_files"] == "2"
    assert not {"least_agreement", "versions", "unverified_files"} & set(
        judged(None).provenance.facts()
    )
    assert judged(DataFacts()).provenance.facts() == judged(None).provenance.facts()


@pytest.mark.parametrize(
    ("facts", "error", "said"),
    [
        (DataFacts({"c": 0.5}), NotFoundError, "no group of data_facts named 'c'"),
        (DataFacts(versions={"asr": ("1",)}), NotFoundError, "no system of data_facts named 'asr'"),
        (DataFacts(reference_metrics=("wre",)), NotFoundError, "Did you mean 'wer'"),
        (DataFacts(least_agreement=66.7), OptionError, "least_agreement=66.7 is not above 0"),
        (DataFacts({"b": 42}), OptionError, "agreement of 'b' is 42, not from -1 to 1"),
        (DataFacts({"b": float("nan")}), OptionError, "agreement of 'b' is nan"),
        (DataFacts(versions={"asr:scripted": "4.1"}), OptionError, "give a list of names"),
        (DataFacts(versions={"asr:scripted": ()}), OptionError, "give a list of names"),
        (DataFacts(unverified_files=-1), OptionError, "unverified_files=-1: give a number"),
    ],
)
def test_facts_that_cannot_be_are_refused_at_the_door(facts, error, said):
    with pytest.raises(error, match=said):
        judged(facts)


# ── Every row of the table, through assess ─────────────────────────────────────────────────────


def scores(shift: float, n: int = 40) -> pd.DataFrame:
    """Scores of two groups, SD near 5; b is `shift` points above a."""
    pattern = np.linspace(-9, 9, n)
    return scores_table({"a": 75 + pattern, "b": 75 + shift + pattern})


def nobody_knows(table: pd.DataFrame) -> pd.DataFrame:
    return table.drop(columns="speaker_id")


def one_talker(table: pd.DataFrame) -> pd.DataFrame:
    talker = table["speaker_id"] == "b-0"
    columns = ["numerator", "denominator"]
    return table.assign(**{name: table[name].where(~talker, table[name] * 40) for name in columns})


def two_sites(table: pd.DataFrame) -> pd.DataFrame:
    return table.assign(site=np.where(table["accent"] == "a", "Lyon", "Lille"))


def many_missing(table: pd.DataFrame) -> pd.DataFrame:
    lost = (table["accent"] == "b") & (table.index % 3 == 0)
    columns = ["numerator", "denominator"]
    return table.assign(**{name: table[name].where(~lost) for name in columns})


def all_alike(table: pd.DataFrame) -> pd.DataFrame:
    return table.assign(numerator=table["numerator"].where(table["accent"] == "a", 7.0))


RATES = measures_table(ENOUGH)
VERDICTS = {
    "V-D1": scores(-12), "V-D2": scores(-4), "V-D3": scores(-1.5, 4000), "V-E": scores(0, 400),
    "V-I": scores(0, 12), "V-A3": scores(1.5, 4000), "V-A2": scores(4), "V-A1": scores(12),
}  # fmt: skip
GATES = {
    "N-SPK": nobody_knows(RATES),
    "N-SIZE": measures_table({"a": (30, 0.1), "b": (4, 0.5)}),
    "N-ERR(": measures_table({"a": (30, 0.1), "b": (30, 0.001)}),
    "N-ERR-FLAT": all_alike(RATES),
    "N-DOM": one_talker(RATES),
    "N-CONF": two_sites(RATES),
    "N-MISS": many_missing(RATES),
}
SOURCES = {
    "N-REF(": DataFacts(AGREED, 0.667),
    "N-REF-NONE": DataFacts(least_agreement=0.667),
    "N-VER": DataFacts(versions={"asr:scripted": ("1", "2")}),
    "N-PROV": DataFacts(unverified_files=1),
}


@pytest.mark.parametrize("code", VERDICTS)
def test_assess_reaches_every_verdict_of_the_table(code):
    evidence = assess(VERDICTS[code], by="accent", margin=2.0, n_resamples=1)
    assert finding(evidence)["verdict"] == code
    assert finding(evidence, "a")["verdict"] == MIRROR[code]


@pytest.mark.parametrize("code", [*GATES, *SOURCES])
def test_assess_reaches_every_gate_of_the_table(code):
    evidence = judged(SOURCES.get(code), GATES.get(code))
    row = finding(evidence)
    assert row["verdict"] == "V-N"
    assert row["reason"].startswith(code)


def test_no_row_of_the_table_is_left_out():
    assert {*VERDICTS, "V-N"} == set(get_args(Code))
    named = {code.rstrip("(") for code in (*GATES, *SOURCES)}
    assert {
        "N-SPK",
        "N-SIZE",
        "N-ERR",
        "N-DOM",
        "N-CONF",
        "N-MISS",
        "N-REF",
        "N-VER",
        "N-PROV",
    } <= (named)


# ── Swapping the groups mirrors ────────────────────────────────────────────────────────────────

#: The same names on the other side.
SWAPPED = str.maketrans("ab", "ba")


@settings(max_examples=25, deadline=None)
@given(
    st.integers(0, 10_000),
    st.sampled_from([3, 5, 8, 12, 30]),
    st.sampled_from([8, 12, 40]),
    st.sampled_from([0.02, 0.10, 0.13, 0.30]),
    st.sampled_from([0.005, 0.03, 0.1]),
    st.sampled_from([None, FACTS]),
)
def test_asked_from_the_other_side_every_verdict_is_its_mirror_image(
    seed, n, n_against, rate, margin, facts
):
    table = measures_table({"a": (n_against, 0.12), "b": (n, rate)}, utterances=3, seed=seed)
    there, back = (
        assess(
            table,
            by="accent",
            against=against,
            margin=margin,
            audience="restricted",
            n_resamples=1,
            data_facts=facts,
        ).to_findings()[0]
        for against in ("a", "b")
    )
    assert back.verdict == MIRROR.get(there.verdict, there.verdict)
    assert back.difference == pytest.approx(-there.difference)
    if there.difference_low is not None:
        assert (back.difference_low, back.difference_high) == (
            -there.difference_high,
            -there.difference_low,
        )
    if there.verdict == "V-N":  # the same gates, in whichever order of the sides
        assert sorted(back.reason.split("; also ")) == sorted(there.reason.split("; also "))
    else:
        assert back.reason.startswith(back.verdict)
        assert f"margin {margin:g}" in back.reason


def test_renaming_the_two_groups_into_each_other_swaps_the_two_findings():
    table = measures_table({"a": (14, 0.12), "b": (12, 0.2)})
    turned = table.assign(accent=table["accent"].str.translate(SWAPPED))
    there, back = (assess(one, by="accent", margin=0.03, n_resamples=1) for one in (table, turned))
    assert finding(there, "b")["verdict"] == finding(back, "a")["verdict"]
    assert finding(there, "b")["difference_low"] == finding(back, "a")["difference_low"]
