"""The published permutation p-values, and what people too few must not be made to say.

truth.json shuffled labels over speakers 10,000 times (numpy default_rng(20200407)); statistic
|R_a − R_b|, or max − min over the groups. Two such counts of one p differ by chance with a
standard error of √(2p(1−p)/10,000).
"""

import numpy as np
import pytest

from biasbench.evidence import assess
from biasbench.evidence.omnibus import range_test

N = 10_000
CASES = [("artie", "gender"), ("artie", "accent"), ("edacc", "accent")]


@pytest.mark.parametrize(("corpus", "by"), CASES)
def test_shuffling_people_gives_the_published_p_values(published, corpus, by):
    table = published(corpus).measures(by)
    table = table[table["metric"] == "wer"]
    far, n_checked = [], 0
    for system, of_system in published(corpus).truth["truth"].items():
        rows = table[table["system"] == system]
        people = rows.groupby(["speaker_id", by])[["numerator", "denominator"]].sum().reset_index()
        expected = [((p["a"], p["b"]), p["perm_p_micro"]) for p in of_system[by]["pairs"]]
        if "omnibus" in of_system[by]:
            groups = tuple(published(corpus).groups(by))
            expected.append((groups, of_system[by]["omnibus"]["perm_p_range"]))
        for groups, p in expected:
            chosen = people[people[by].isin(groups)]
            codes = chosen[by].map({name: code for code, name in enumerate(groups)}).to_numpy()
            _, found = range_test(
                codes,
                chosen["numerator"].to_numpy(),
                chosen["denominator"].to_numpy(),
                rng=np.random.default_rng(n_checked),
                n_resamples=N,
            )
            error = max(np.sqrt(2 * p * (1 - p) / N), 1 / N)
            far.append(abs(found - p) / error)
            n_checked += 1
    assert n_checked == sum(
        len(of[by]["pairs"]) + ("omnibus" in of[by])
        for of in published(corpus).truth["truth"].values()
    )
    assert max(far) < 4  # of at most 49 such distances, one beyond 4 would come in 300 runs
    assert np.mean(far) < 1.2  # E|z| is 0.80


def test_edacc_says_insufficient_where_a_naive_gee_finds_accents_apart(published):
    """Robust z with 3 to 9 people an accent: p below 5 % where shuffling people gives 5 to 88 %."""
    corpus = published("edacc")
    naive = 0
    for of_system in corpus.truth["truth"].values():
        gee = of_system["gee_accent"]["independence"]
        for pair in of_system["accent"]["pairs"]:
            name = next(key for key in gee if key.endswith(f"[T.{pair['a']}]"))
            naive += gee[name]["p"] < 0.05 <= pair["perm_p_micro"]
    assert naive >= 8
    findings = assess(
        corpus.measures("accent"), by="accent", against="Mainstream US English", margin=0.03
    ).findings
    assert set(findings["verdict"]) == {"V-N"}
    assert findings["reason"].str.contains("people in").all()
    restricted = assess(
        corpus.measures("accent"),
        by="accent",
        against="Mainstream US English",
        margin=0.03,
        audience="restricted",
    ).findings
    few = restricted["n_speakers"] < 6
    assert set(restricted.loc[few, "verdict"]) == {"V-N"}
    # Six people are enough to be tested in a restricted circle: Vietnamese against US English.
    tested = restricted[~few]
    assert set(tested["group"]) == {"Vietnamese"}
    assert not tested["verdict"].str.startswith("V-D1").any()
