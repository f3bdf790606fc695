"""Two-way variance: equal to R's, to CR3 where sentences say nothing, and right when simulated."""

import math

import numpy as np
import pytest
from scipy import stats

from biasbench.errors import InsufficientDataError
from biasbench.evidence.methods import cr3
from biasbench.evidence.methods.cr3 import mover_difference
from biasbench.evidence.sums import speaker_sums
from biasbench.explain.sentences.moves import Contrast, Moves, contrast
from biasbench.explain.sentences.twoway import TwoWay, compare, sentence_dof, two_way_variance
from tests.explain.read_aloud import Design, read

QUICK = 400
FULL = 4000
# Three Monte-Carlo standard errors of a coverage of 95 % in QUICK studies.
MONTE_CARLO = 3 * math.sqrt(95 * 5 / QUICK)


def crossed() -> tuple[np.ndarray, ...]:
    """The table that the R command below makes, row for row."""
    speaker, sentence = map(np.ravel, np.meshgrid(np.arange(10), np.arange(9), indexing="ij"))
    kept = ((speaker + 2 * sentence) % 5 != 0) & ~((sentence == 8) & (speaker >= 4))
    speaker, sentence = speaker[kept], sentence[kept]
    again = np.arange(0, len(speaker), 4)
    speaker, sentence = np.append(speaker, speaker[again]), np.append(sentence, sentence[again])
    words = 5.0 + (3 * speaker + 7 * sentence) % 11
    errors = ((2 * speaker + 3 * sentence + (speaker * sentence) % 7) % 6).astype(float)
    return speaker, sentence, errors, words, speaker < 4


def test_the_three_variances_are_those_of_clubsandwich():
    """R 4.2, clubSandwich, 10 people × 9 sentences, some shared and some not:

    d <- expand.grid(sentence=0:8, speaker=0:9)
    d <- subset(d, (speaker + 2*sentence) %% 5 != 0 & !(sentence == 8 & speaker >= 4))
    d <- rbind(d, d[seq(1, nrow(d), 4), ])
    d$words <- 5 + (3*d$speaker + 7*d$sentence) %% 11
    d$errors <- (2*d$speaker + 3*d$sentence + (d$speaker*d$sentence) %% 7) %% 6
    d$group <- factor(ifelse(d$speaker < 4, "g", "a"))
    d$cell <- interaction(d$speaker, d$sentence, drop=TRUE)
    m <- glm(errors ~ group, poisson, d, offset=log(words), control=list(epsilon=1e-14))
    v <- function(c) vcovCR(m, cluster=c, type="CR3")["groupg","groupg"]
    c(coef(m)["groupg"], v(d$speaker), v(d$sentence), v(d$cell))
    """
    found = contrast(*crossed())
    assert math.log(found.value / found.against_value) == pytest.approx(-0.221720063529, rel=1e-10)
    variance = two_way_variance(found)
    assert variance.speaker == pytest.approx(0.085048054444, rel=1e-9)
    assert variance.sentence == pytest.approx(0.0217886406542, rel=1e-9)
    assert variance.cell == pytest.approx(0.0510989703445, rel=1e-9)
    assert variance.two_way == pytest.approx(0.085048054444 + 0.0217886406542 - 0.0510989703445)


@pytest.mark.parametrize("seed", range(5))
def test_sentences_of_one_reader_each_leave_the_default_comparison_as_it_is(seed):
    spoken = read(np.random.default_rng(seed), "nested", people=(7, 9), sentences=8)
    speaker, _, errors, words, in_group = spoken.arrays()
    found = compare(contrast(speaker, np.arange(len(speaker)), errors, words, in_group))
    sides = [speaker_sums(speaker[s], errors[s], words[s]) for s in (in_group, ~in_group)]
    usual = cr3.compare(*sides)
    for name in (
        "value",
        "against_value",
        "difference",
        "difference_low",
        "difference_high",
        "ratio",
        "ratio_low",
        "ratio_high",
        "t",
        "dof",
        "p",
    ):
        assert getattr(found, name) == pytest.approx(getattr(usual, name), rel=1e-9), name


@pytest.mark.parametrize("design", ["same script", "partly shared", "nested"])
@pytest.mark.parametrize("new_sentences", [True, False])
def test_a_comparison_asked_from_the_other_side_is_its_mirror_image(design, new_sentences):
    spoken = read(np.random.default_rng(2), design, people=(9, 7), sentences=12, means=(0.2, 0.1))
    speaker, sentence, errors, words, in_group = spoken.arrays()
    there = compare(contrast(*spoken.arrays()), new_sentences=new_sentences)
    back = compare(
        contrast(speaker, sentence, errors, words, ~in_group), new_sentences=new_sentences
    ).mirrored()
    for name in ("difference", "difference_low", "difference_high", "ratio_low", "p", "dof"):
        assert getattr(there, name) == pytest.approx(getattr(back, name), rel=1e-9), name


def test_renaming_people_and_sentences_and_reordering_rows_changes_nothing():
    rng = np.random.default_rng(4)
    spoken = read(rng, "partly shared", people=(9, 7), sentences=12)
    order = rng.permutation(len(spoken.speaker))
    people, sentences = rng.permutation(16), rng.permutation(int(spoken.sentence.max()) + 1)
    there = two_way_variance(contrast(*spoken.arrays()))
    renamed = two_way_variance(
        contrast(
            people[spoken.speaker][order],
            sentences[spoken.sentence][order],
            spoken.errors[order],
            spoken.words[order],
            spoken.in_group[order],
        )
    )
    for name in ("speaker", "sentence", "cell", "dof"):
        assert getattr(renamed, name) == pytest.approx(getattr(there, name), rel=1e-9), name


def test_a_sentence_that_is_hard_for_everyone_does_not_move_the_ratio():
    """Same script, errors the same for all: the two sides' moves cancel; nested, they add."""
    speaker, sentence = np.repeat(np.arange(12), 10), np.tile(np.arange(10), 12)
    errors, in_group = 1.0 + sentence, speaker < 6
    together = two_way_variance(contrast(speaker, sentence, errors, np.full(120, 20.0), in_group))
    assert together.sentence == pytest.approx(0, abs=1e-20)
    apart = np.where(in_group, sentence, sentence + 10)
    nested = two_way_variance(contrast(speaker, apart, errors, np.full(120, 20.0), in_group))
    assert nested.sentence > 0.05


def test_the_larger_variance_is_used_and_the_method_says_which():
    small = TwoWay(speaker=0.04, sentence=0.01, cell=0.06, dof_speaker=20, dof_sentence=9)
    assert small.two_way == pytest.approx(-0.01)
    assert (small.larger, small.used, small.dof) == (0.04, "speaker-only", 9)
    large = TwoWay(speaker=0.04, sentence=0.05, cell=0.01, dof_speaker=20, dof_sentence=30)
    assert (round(large.larger, 3), large.used, large.dof) == (0.08, "two-way", 20)
    # Every sentence has the same errors in all, people's readings of it differ: V_sentence is 0.
    speaker, sentence = np.repeat(np.arange(12), 12), np.tile(np.arange(12), 12)
    errors = 2.0 + (speaker + sentence) % 6 + speaker % 3 + 3 * (speaker < 6)
    found = contrast(speaker, sentence, errors, np.full(144, 20.0), speaker < 6)
    variance = two_way_variance(found)
    assert variance.two_way < variance.speaker
    made = compare(found)
    assert "speaker-only (the larger" in made.method
    reach = stats.t.ppf(0.975, variance.dof) * math.sqrt(variance.speaker)
    assert made.ratio_high == pytest.approx(made.ratio * math.exp(reach))


def test_degrees_of_freedom_count_shared_sentences_once_and_own_sentences_by_side():
    moves, yes, no = np.ones(10), np.ones(10, dtype=bool), np.zeros(10, dtype=bool)
    assert sentence_dof(moves, Moves(moves, moves, yes, yes)) == pytest.approx(9)
    first = np.arange(10) < 4
    nested = sentence_dof(moves, Moves(moves, moves, first, ~first))
    assert nested == pytest.approx(cr3.satterthwaite_dof(4.0, 4, 6.0, 6))
    assert sentence_dof(np.zeros(10), Moves(moves, moves, no | True, no | True)) == 9


def test_mover_with_a_correlation_holds_its_two_ends():
    apart = mover_difference(0.2, 0.15, 0.28, 0.1, 0.08, 0.13)
    assert apart == pytest.approx((0.1 - np.hypot(0.05, 0.03), 0.1 + np.hypot(0.08, 0.02)))
    # Estimates that go up and down as one: the arms subtract.
    low, high = mover_difference(0.2, 0.15, 0.28, 0.1, 0.08, 0.13, correlation=1.0)
    assert (low, high) == pytest.approx((0.1 - 0.02, 0.1 + 0.06))


def test_a_script_hard_for_everyone_hardly_widens_the_difference_and_nested_it_does():
    speaker, sentence = np.repeat(np.arange(16), 10), np.tile(np.arange(10), 16)
    errors, in_group = 1.0 + sentence + speaker % 4, speaker < 8
    widths = {}
    for name, read_by in (
        ("script", sentence),
        ("nested", np.where(in_group, sentence, sentence + 10)),
    ):
        found = contrast(speaker, read_by, errors, np.full(160, 20.0), in_group)
        for new in (True, False):
            made = compare(found, new_sentences=new)
            widths[name, new] = made.difference_high - made.difference_low
    assert widths["script", False] == pytest.approx(widths["nested", False])
    assert widths["script", True] < 1.1 * widths["script", False]
    assert widths["nested", True] > 1.8 * widths["nested", False]


def test_a_side_whose_two_way_variance_is_negative_keeps_its_speaker_only_one():
    """The group's people and sentences all come to the same sums, its cells do not."""
    speaker, sentence = np.repeat(np.arange(12), 6), np.tile(np.arange(6), 12)
    in_group = speaker < 6
    latin = 2.0 + (speaker + sentence) % 6
    errors = np.where(in_group, latin, 1.0 + speaker % 3 + sentence)
    nested = np.where(in_group, sentence, sentence + 6)
    made = compare(contrast(speaker, nested, errors, np.full(72, 20.0), in_group))
    assert made.difference_low < made.difference < made.difference_high


def test_a_mean_is_compared_by_its_difference_alone():
    rng = np.random.default_rng(3)
    speaker, sentence = np.repeat(np.arange(16), 9), np.tile(np.arange(9), 16)
    scores = rng.normal(0, 1, 16)[speaker] + rng.normal(0, 1, 144)
    found = contrast(speaker, sentence, scores, np.ones(144), speaker < 8, kind="mean")
    made, variance = compare(found), two_way_variance(found)
    assert made.ratio is None
    reach = stats.t.ppf(0.975, variance.dof) * math.sqrt(variance.larger)
    assert made.difference_high - made.difference == pytest.approx(reach)


@pytest.mark.parametrize(
    ("errors", "sentence", "words"),
    [
        (np.ones(24), np.repeat([0, 1], 12), "one sentence is the whole denominator of a side"),
        (np.repeat([1.0, 0.0], 12), np.tile(np.arange(4), 6), "no event on a side"),
        (np.ones(24), np.tile(np.arange(4), 6), "there is no spread"),
        (np.full(24, 0.1 + 0.2), np.tile(np.arange(4), 6), "there is no spread"),
    ],
)
def test_what_cannot_have_a_variance_is_refused(errors, sentence, words):
    speaker = np.repeat(np.arange(6), 4)
    made = contrast(speaker, sentence, errors, np.full(24, 10.0), speaker < 3)
    with pytest.raises(InsufficientDataError, match=words):
        compare(made)


# ── Coverage: new people and new sentences ─────────────────────────────────────────────────────


def studies(
    design: Design,
    people: tuple[int, int],
    sentences: int,
    *,
    means: tuple[float, float] = (0.12, 0.12),
    interaction_sd: float = 0.2,
    n: int = QUICK,
) -> list[Contrast]:
    rng = np.random.default_rng([20250101, *people, sentences])
    return [
        contrast(
            *read(
                rng,
                design,
                people=people,
                sentences=sentences,
                means=means,
                interaction_sd=interaction_sd,
            ).arrays()
        )
        for _ in range(n)
    ]


def coverage(
    found: list[Contrast], means: tuple[float, float], *, new_sentences: bool = True
) -> tuple[float, float]:
    """Percentage of ratio and of difference intervals that hold the truth."""
    made = [compare(one, new_sentences=new_sentences) for one in found]
    ratio, difference = means[0] / means[1], means[0] - means[1]
    return (
        100 * float(np.mean([c.ratio_low <= ratio <= c.ratio_high for c in made])),
        100 * float(np.mean([c.difference_low <= difference <= c.difference_high for c in made])),
    )


@pytest.mark.parametrize("means", [(0.12, 0.12), (0.20, 0.12)])
@pytest.mark.parametrize(("people", "sentences"), [((12, 12), 20), ((20, 20), 8)])
def test_nested_sentences_are_covered_by_two_ways_and_not_by_people_alone(people, sentences, means):
    found = studies("nested", people, sentences, means=means)
    for share in coverage(found, means):
        assert 95 - MONTE_CARLO <= share <= 99.5
    # The control that must fail: people alone take a hard text for a group.
    wrong = max(coverage(found, means, new_sentences=False))
    assert wrong < (93 if people == (12, 12) else 80)


def test_a_script_that_is_harder_for_one_side_is_covered_by_two_ways_and_not_by_people_alone():
    found = studies("same script", (30, 30), 15, interaction_sd=0.5)
    for share in coverage(found, (0.12, 0.12)):
        assert 95 - MONTE_CARLO <= share <= 99.5
    assert max(coverage(found, (0.12, 0.12), new_sentences=False)) < 80


def test_about_the_sentences_read_people_alone_are_enough():
    rng = np.random.default_rng(8)
    held = []
    for _ in range(QUICK):
        spoken = read(rng, "same script", people=(12, 12), sentences=20, means=(0.2, 0.12))
        made = compare(contrast(*spoken.arrays()), new_sentences=False)
        held.append(made.ratio_low <= spoken.ratio_on_these_sentences() <= made.ratio_high)
    assert 100 * np.mean(held) == pytest.approx(95, abs=MONTE_CARLO)


def test_chance_raises_no_more_alarms_than_it_says():
    alarms = {
        new: 100
        * float(
            np.mean(
                [compare(c, new_sentences=new).p < 0.05 for c in studies("nested", (20, 20), 12)]
            )
        )
        for new in (True, False)
    }
    assert alarms[True] <= 5 + MONTE_CARLO
    assert alarms[False] > 15


@pytest.mark.slow
@pytest.mark.parametrize("means", [(0.12, 0.12), (0.20, 0.12)])
@pytest.mark.parametrize("design", ["same script", "partly shared", "nested"])
@pytest.mark.parametrize(("people", "sentences"), [((12, 12), 20), ((30, 30), 20), ((30, 12), 50)])
def test_intervals_hold_the_truth_within_the_acceptance_band(design, people, sentences, means):
    found = studies(design, people, sentences, means=means, n=FULL)
    for share in coverage(found, means):
        assert 93.0 <= share <= 98.5
