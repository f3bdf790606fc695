"""How well people hear what CREMA-D's actors meant, by sex and race: figures others can redo.

The figures to be met, .451 (women) and .386 (men), are shares of clips whose *exact* vote is the
emotion intended: the one emotion with the most votes among those who heard the voice alone. A tie
(644 of 7,442 clips) agrees with no single emotion. Counting a tie that includes the intended one
gives .516 / .446; leaving ties out .493 / .423; the share of single votes .424 / .379.

Intervals are checked against statsmodels, GEE Poisson, independence, cov_type="bias_reduced",
alphas against the package krippendorff.
"""

import krippendorff
import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from scipy import stats

import biasbench as bb
from biasbench.corpora.cremad_ratings import VOTES
from biasbench.explain.ratings.agreement import agreement_by_group
from biasbench.explain.ratings.at_equal_rating import score_at_equal_rating
from biasbench.measures.labels import label_measures
from biasbench.measures.votes import majority_labels, vote_measures
from biasbench.tables.grouping import group_labels

SAME = 1e-8  # relative; statsmodels stops at a tolerance of its own


@pytest.fixture(scope="module")
def corpus(shared_data):
    return bb.load_corpus(shared_data("cremad_ratings"))


@pytest.fixture(scope="module")
def measures(corpus):
    return vote_measures(corpus, votes=VOTES, intended="emotion_intended", raters="raters:voice")


def assessed(measures: bb.Measures, by: str) -> bb.Evidence:
    return bb.assess(measures, by=by, metrics=["vote_agreement"])


def log_rates(rows: pd.DataFrame, groups: pd.Series) -> tuple[pd.Series, pd.DataFrame]:
    """statsmodels: the log rate of every group and their bias-reduced covariance."""
    design = pd.get_dummies(groups).astype(float)
    model = sm.GEE(
        rows["numerator"].to_numpy(),
        design.to_numpy(),
        groups=rows["speaker_id"].to_numpy(),
        family=sm.families.Poisson(),
        cov_struct=sm.cov_struct.Independence(),
    )
    fitted = model.fit(cov_type="bias_reduced", ctol=1e-12, maxiter=300)
    names = list(design.columns)
    covariance = pd.DataFrame(np.asarray(fitted.cov_params()), index=names, columns=names)
    return pd.Series(np.asarray(fitted.params), index=names), covariance


def test_exact_vote_agreement_by_sex_is_451_and_386_in_a_thousand(measures):
    groups = assessed(measures, "sex").groups.set_index("group")
    assert groups["value"].round(3)[["female", "male"]].tolist() == [0.451, 0.386]
    assert groups["numerator"][["female", "male"]].tolist() == [1583, 1516]
    assert groups["n_utterances"][["female", "male"]].tolist() == [3512, 3930]
    assert groups["n_speakers"][["female", "male"]].tolist() == [43, 48]


def test_it_agrees_with_the_vote_that_the_corpus_names(corpus, measures):
    ours = measures.table[measures.table["metric"] == "vote_agreement"]["numerator"]
    clips = corpus.utterances
    exact = clips["voice_vote"] == clips["emotion_intended"]
    assert (ours.to_numpy() == exact.to_numpy(dtype=float)).all()
    assert measures.provenance.facts()["ties"] == "644 of 7442"


# Value and 95 % interval of each group alone, t with people − 1 degrees of freedom.
FIGURES = {
    "sex": {
        "female": (0.4507, 0.4214, 0.4821, 43),
        "male": (0.3858, 0.3547, 0.4195, 48),
    },
    "race": {
        "African American": (0.4285, 0.3847, 0.4773, 22),
        "Asian": (0.3838, 0.2971, 0.4958, 7),
        "Caucasian": (0.4158, 0.3874, 0.4463, 61),
    },
    "race,sex": {
        ("African American", "female"): (0.4065, 0.3382, 0.4886, 9),
        ("African American", "male"): (0.4437, 0.3800, 0.5181, 13),
        ("Asian", "male"): (0.3713, 0.2466, 0.5590, 5),
        ("Caucasian", "female"): (0.4672, 0.4316, 0.5056, 31),
        ("Caucasian", "male"): (0.3630, 0.3252, 0.4052, 30),
    },
}


@pytest.mark.parametrize("by", list(FIGURES))
def test_values_and_intervals_of_groups_are_those_of_statsmodels(measures, by):
    table = measures.table[measures.table["metric"] == "vote_agreement"]
    columns = by.split(",")
    key = group_labels(table, columns)
    logs, covariance = log_rates(table[key.notna()], key[key.notna()])
    groups = assessed(measures, by).groups.set_index("group")
    for parts, (value, low, high, people) in FIGURES[by].items():
        cells = [parts] if isinstance(parts, str) else parts
        name = group_labels(pd.DataFrame([cells], columns=columns), columns).iloc[0]
        reach = stats.t.ppf(0.975, people - 1) * np.sqrt(covariance.loc[name, name])
        theirs = np.exp([logs[name], logs[name] - reach, logs[name] + reach])
        ours = groups.loc[name]
        assert ours[["value", "low", "high"]].tolist() == pytest.approx(theirs, rel=SAME)
        assert theirs == pytest.approx([value, low, high], abs=5e-5)
        assert ours["n_speakers"] == people


def test_the_gap_by_sex_is_that_of_statsmodels(measures):
    table = measures.table[measures.table["metric"] == "vote_agreement"]
    logs, covariance = log_rates(table, table["sex"])
    finding = assessed(measures, "sex").findings.set_index("group").loc["female"]
    v_women, v_men = covariance.loc["female", "female"], covariance.loc["male", "male"]
    error = np.sqrt(v_women + v_men)
    dof = (v_women + v_men) ** 2 / (v_women**2 / 42 + v_men**2 / 47)
    log_ratio = logs["female"] - logs["male"]
    reach = stats.t.ppf(0.975, dof) * error
    ends = finding[["ratio_low_unadjusted", "ratio_high_unadjusted"]].tolist()
    assert ends == pytest.approx(np.exp([log_ratio - reach, log_ratio + reach]), rel=SAME)
    assert finding["p_value"] == pytest.approx(2 * stats.t.sf(log_ratio / error, dof), rel=1e-6)
    assert finding["difference"] == pytest.approx(0.0650, abs=5e-5)
    ends = finding[["difference_low_unadjusted", "difference_high_unadjusted"]].tolist()
    assert ends == pytest.approx([0.0202, 0.1091], abs=5e-5)
    assert finding["p_value"] == pytest.approx(0.0045, abs=5e-5)


def test_by_race_nothing_is_decided_and_two_people_have_no_interval(measures):
    findings = assessed(measures, "race").findings.set_index("group")
    assert ((findings["difference_low"] < 0) & (findings["difference_high"] > 0)).all()
    assert findings["difference"].round(3).to_dict() == {
        "African American": 0.016,
        "Asian": -0.035,
        "Caucasian": -0.002,
    }
    crossed = assessed(measures, "race,sex").groups
    few = crossed[(crossed["n_speakers"] < 3) & ~crossed["group"].isin(["unknown", "overall"])]
    assert few["n_speakers"].tolist() == [2]  # Asian women
    assert few["low"].isna().all()


def test_the_gap_by_sex_at_equal_intended_emotion_is_that_of_statsmodels(measures):
    """Six emotions as strata; the design is all but balanced, so the gap hardly moves."""
    table = measures.table[measures.table["metric"] == "vote_agreement"]
    found = score_at_equal_rating(
        measures,
        by="sex",
        group="female",
        against="male",
        rating="emotion_intended",
        metric="vote_agreement",
    )
    logs, covariance = log_rates(table, table["sex"] + "|" + table["emotion_intended"])
    strata = found.strata.set_index("stratum")["weight"]
    gradient = pd.Series(
        [
            (1 if name.startswith("female") else -1) * strata[name.split("|")[1]] * np.exp(log)
            for name, log in logs.items()
        ],
        index=logs.index,
    )
    value = gradient[gradient > 0].sum(), -gradient[gradient < 0].sum()
    ours = found.at_equal_rating
    assert (ours.value, ours.against_value) == pytest.approx(value, rel=SAME)
    scaled = gradient / np.where(gradient > 0, value[0], value[1])
    variance = scaled @ covariance @ scaled
    assert np.log(ours.ratio) / ours.t == pytest.approx(np.sqrt(variance), rel=SAME)
    assert ours.difference == pytest.approx(found.unadjusted.difference, abs=0.002)
    assert ours.difference_low > 0


# Krippendorff's alpha, nominal, of the votes on all clips.
ALPHAS = {
    "sex": {"female": 0.2904, "male": 0.2699, "overall": 0.2811},
    "race": {
        "African American": 0.2836,
        "Asian": 0.2453,
        "Caucasian": 0.2835,
        "overall": 0.2811,
    },
}


@pytest.mark.parametrize("by", list(ALPHAS))
def test_rater_agreement_is_that_of_the_package_krippendorff(corpus, by):
    clips = corpus.utterances
    found = agreement_by_group(clips, by=by, votes=list(VOTES))
    groups = found.groups.set_index("group")
    for name, expected in ALPHAS[by].items():
        rows = clips if name == "overall" else clips[clips[by] == name]
        counts = rows[list(VOTES)].astype(int).to_numpy()
        theirs = krippendorff.alpha(value_counts=counts, level_of_measurement="nominal")
        assert groups.loc[name, "alpha"] == pytest.approx(theirs, abs=1e-10)
        assert theirs == pytest.approx(expected, abs=5e-5)
        assert groups.loc[name, "low"] < theirs < groups.loc[name, "high"]
        assert groups.loc[name, "n_ratings"] == counts.sum()
    # Raters are not shown to agree less about either sex, nor about any race.
    assert ((found.gaps["difference_low"] < 0) & (found.gaps["difference_high"] > 0)).all()


# ── The majority as a system of its own ────────────────────────────────────────────────────────


@pytest.fixture(scope="module")
def labels(corpus):
    return label_measures(
        majority_labels(corpus, votes=VOTES, intended="emotion_intended", raters="raters:majority")
    )


@pytest.mark.parametrize("by", ["sex", "race", "race,sex"])
def test_false_labels_of_the_majority_are_counted_by_race_and_sex(corpus, labels, by):
    """Counted again from the votes: labelled anger, and the actor was asked for something else."""
    evidence = bb.assess(labels, by=by, metrics=["false_positive_rate:anger"], margin=0.05)
    table = corpus.utterances
    others = table[list(set(VOTES) - {"n_anger"})].max(axis=1)
    wrong = table["n_anger"].gt(others) & table["emotion_intended"].ne("anger")
    asked_otherwise = table["emotion_intended"].ne("anger")
    group = group_labels(table, by.split(","))
    counted = wrong.groupby(group).sum() / asked_otherwise.groupby(group).sum()
    found = evidence.groups.set_index("group")["value"]
    for name in found.index.difference(["overall", "unknown"]):
        assert found[name] == pytest.approx(counted[name], rel=1e-12), name
    assert found["overall"] == pytest.approx(wrong.sum() / asked_otherwise.sum())


def test_men_are_labelled_angry_without_cause_no_more_often_by_more_than_five_in_a_hundred(labels):
    evidence = bb.assess(labels, by="sex", metrics=["false_positive_rate:anger"], margin=0.05)
    male = evidence.findings.set_index("group").loc["male"]
    assert (round(male["value"], 3), round(male["against_value"], 3)) == (0.040, 0.029)
    assert male["verdict"] == "V-E"


def test_two_asian_women_have_a_rate_and_no_interval(labels):
    evidence = bb.assess(labels, by="race,sex", metrics=["false_positive_rate:anger"], margin=0.05)
    few = evidence.groups.set_index("group").loc["Asian × female"]
    assert few["n_speakers"] == 2
    assert few["value"] > 0
    assert np.isnan(few["low"])
