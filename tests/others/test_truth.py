"""Every figure of truth.json that this package can make, made from the same counts.

truth.json was made independently with jiwer, numpy and statsmodels; its `specification` defines
each number: micro is wer, macro is wer_macro, gap is difference, and the intervals are those of
the percentile bootstrap of speakers within each group (B = 10,000).
"""

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest

from biasbench.evidence import Evidence, assess
from biasbench.evidence.methods.bootstrap import percentile_interval, resampled_rates
from biasbench.evidence.sums import SpeakerSums
from tests.others.published import Published

EXACT = 1e-6  # relative, as the specification says
CASES = [("artie", "gender"), ("artie", "accent"), ("edacc", "accent")]
METRICS = {"micro": "wer", "macro": "wer_macro"}


@pytest.fixture(scope="module")
def evidence_on(published: Callable[[str], Published]) -> Callable[[str, str, str], Evidence]:
    made: dict[tuple[str, str, str], Evidence] = {}

    def evidence(corpus: str, by: str, against: str) -> Evidence:
        if (corpus, by, against) not in made:
            table = published(corpus).measures(by)
            made[corpus, by, against] = assess(table, by=by, against=against)
        return made[corpus, by, against]

    return evidence


@pytest.mark.parametrize(("corpus", "by"), CASES)
def test_every_group_has_the_published_rates_and_people(published, evidence_on, corpus, by):
    check_groups(published(corpus), by, evidence_on(corpus, by, "rest").groups)


@pytest.mark.parametrize(
    ("corpus", "by"),
    [
        ("artie", "gender"),
        ("artie", "accent"),
        pytest.param("edacc", "accent", marks=pytest.mark.slow),
    ],
)
def test_the_texts_measured_by_us_give_the_published_rates_too(published, corpus, by):
    evidence = assess(published(corpus).measured(by), by=by)
    check_groups(published(corpus), by, evidence.groups)


def check_groups(published: Published, by: str, groups: pd.DataFrame) -> None:
    rows = groups.set_index(["system", "metric", "group"])
    truth = published.truth["truth"]
    n_checked = 0
    for system, of_system in truth.items():
        for group, expected in of_system[by]["groups"].items():
            for name, metric in METRICS.items():
                row = rows.loc[(system, metric, group)]
                assert row["value"] == pytest.approx(expected[name], rel=EXACT)
                assert row["n_speakers"] == expected["n_speakers"]
                n_checked += 1
            wer = rows.loc[(system, "wer", group)]
            assert (wer["numerator"], wer["denominator"]) == (expected["errors"], expected["words"])
            macro = rows.loc[(system, "wer_macro", group)]
            assert macro["n_utterances"] == expected["n_utterances"]
            assert macro["n_missing"] == expected["n_empty_reference"]
    assert n_checked == 2 * len(truth) * len(published.groups(by))


@pytest.mark.parametrize(("corpus", "by"), CASES)
def test_every_pair_has_the_published_gap_and_ratio(published, evidence_on, corpus, by):
    n_checked = 0
    for system, of_system in published(corpus).truth["truth"].items():
        for pair in of_system[by]["pairs"]:
            findings = evidence_on(corpus, by, pair["b"]).findings
            findings = findings.set_index(["system", "metric", "group"])
            for name, metric in METRICS.items():
                row = findings.loc[(system, metric, pair["a"])]
                assert row["difference"] == pytest.approx(pair[name]["gap"], rel=EXACT)
                assert row["ratio"] == pytest.approx(pair[name]["ratio"], rel=EXACT)
                n_checked += 1
    assert n_checked >= 2 * len(published(corpus).truth["truth"])


@pytest.mark.parametrize(("corpus", "by"), CASES[1:])
def test_best_worst_and_overall_are_the_published_ones(published, evidence_on, corpus, by):
    groups = evidence_on(corpus, by, "rest").groups
    wer = groups[groups["metric"] == "wer"].set_index("group")
    for system, of_system in published(corpus).truth["truth"].items():
        expected = of_system[by]["omnibus"]
        value = wer.loc[wer["system"] == system, "value"]
        among = value.drop("overall")
        assert (among.idxmin(), among.idxmax()) == (expected["best"], expected["worst"])
        assert among.max() - among.min() == pytest.approx(expected["gap"], rel=EXACT)
        assert among.max() / among.min() == pytest.approx(expected["ratio"], rel=EXACT)
        assert value["overall"] == pytest.approx(expected["micro_all"], rel=EXACT)
        assert among.mean() == pytest.approx(expected["macro_over_groups"], rel=EXACT)


@pytest.mark.parametrize(("corpus", "by"), CASES)
def test_the_mean_over_speakers_is_the_published_one(published, corpus, by):
    table = published(corpus).measures(by)
    table = table[table["metric"] == "wer"]
    people = table.groupby(["system", by, "speaker_id"])[["numerator", "denominator"]].sum()
    rates = (people["numerator"] / people["denominator"]).groupby(["system", by]).mean()
    for system, of_system in published(corpus).truth["truth"].items():
        for group, expected in of_system[by]["groups"].items():
            assert rates[system, group] == pytest.approx(expected["spk"], rel=EXACT)


def test_edacc_has_too_few_people_for_any_verdict(published, evidence_on):
    findings = evidence_on("edacc", "accent", "rest").findings
    assert set(findings["verdict"]) == {"V-N"}
    assert findings["reason"].str.startswith("N-SIZE").all()


@pytest.mark.parametrize(("corpus", "by"), CASES)
def test_the_published_bootstrap_draws_give_the_published_intervals(published, corpus, by):
    """`micro_ci`, `macro_ci`, `gap_ci`, `ratio_ci`: the same people drawn, so the same ends.

    With the people in the order of their names, and one generator of the published seed running
    through the groups, `resampled_rates` draws what truth.json drew; its tolerance for other
    draws (0.003) is not needed.
    """
    table = published(corpus).measures(by)
    n_checked = 0
    for system, of_system in published(corpus).truth["truth"].items():
        rows = table[table["system"] == system]
        drawn: dict[tuple[str, str], np.ndarray] = {}
        rng = np.random.default_rng(20200407)
        for group, expected in of_system[by]["groups"].items():
            before = rng.bit_generator.state
            for name, metric in METRICS.items():
                rng.bit_generator.state = before  # micro and macro are of the same people
                sums = _sums_by_name(rows, metric, by, group)
                drawn[name, group] = resampled_rates(sums, rng=rng, n_resamples=10_000)
                _check_ends(drawn[name, group], expected[f"{name}_ci"])
                n_checked += 1
        for pair in of_system[by]["pairs"]:
            for name in METRICS:
                a, b = drawn[name, pair["a"]], drawn[name, pair["b"]]
                _check_ends(a - b, pair[name]["gap_ci"])
                _check_ends(a / b, pair[name]["ratio_ci"])
                assert np.std(a - b, ddof=1) == pytest.approx(pair[name]["boot_se_gap"], rel=1e-3)
                n_checked += 2
    assert n_checked >= 8 * len(published(corpus).truth["truth"])


def _sums_by_name(rows: pd.DataFrame, metric: str, by: str, group: str) -> SpeakerSums:
    chosen = rows[(rows["metric"] == metric) & (rows[by] == group)].dropna()
    people = chosen.groupby("speaker_id")[["numerator", "denominator"]].sum()  # sorted by name
    return SpeakerSums(
        people["numerator"].to_numpy(), people["denominator"].to_numpy(), len(chosen)
    )


def _check_ends(drawn: np.ndarray, expected: list[float]) -> None:
    assert percentile_interval(drawn, level=0.95) == pytest.approx(tuple(expected), rel=EXACT)
