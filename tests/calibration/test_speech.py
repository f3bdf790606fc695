"""Is the truth of the simulated speech what it says, and do people resemble themselves enough?"""

import numpy as np
import pytest

from biasbench.evidence.effective import effective
from biasbench.evidence.sums import speaker_sums
from tests.calibration.speech import (
    BETWEEN,
    FEWEST_UTTERANCES,
    MOST_UTTERANCES,
    UNEVEN_MEAN,
    VERY_UNEVEN,
    hear_again,
    multiplier,
    speak,
)

MANY = 20_000
CLOSE = 0.03  # relative; four standard errors of a rate of 20,000 people are 0.02


@pytest.mark.parametrize("law", ["gamma", "lognormal"])
@pytest.mark.parametrize("spread", [0.3, BETWEEN, 0.9])
def test_multipliers_have_mean_one_and_the_spread_asked_for(law, spread):
    drawn = multiplier(np.random.default_rng(1), 400_000, spread=spread, law=law)
    assert drawn.mean() == pytest.approx(1, rel=0.01)
    assert drawn.std() == pytest.approx(spread, rel=CLOSE)
    assert drawn.min() > 0


@pytest.mark.parametrize("law", ["gamma", "lognormal"])
@pytest.mark.parametrize("uneven", [0.0, VERY_UNEVEN])
def test_the_rate_of_many_people_is_the_mean_whatever_their_law_and_numbers(law, uneven):
    spoken = speak(np.random.default_rng(2), people=MANY, mean=0.12, law=law, uneven=uneven)
    e, w = spoken.each_speaker()
    assert e.sum() / w.sum() == pytest.approx(0.12, rel=CLOSE)


def test_everyone_speaks_and_only_uneven_people_leave_the_usual_numbers():
    for uneven in (0.0, VERY_UNEVEN):
        spoken = speak(np.random.default_rng(3), people=2_000, mean=0.12, uneven=uneven)
        utterances = np.bincount(spoken.person, minlength=2_000)
        assert utterances.min() >= 1
        usual = (utterances >= FEWEST_UTTERANCES) & (utterances <= MOST_UTTERANCES)
        assert usual.all() == (uneven == 0)


def test_uneven_people_speak_lognormal_numbers_of_utterances():
    spoken = speak(np.random.default_rng(8), people=MANY, mean=0.12, uneven=VERY_UNEVEN)
    utterances = np.bincount(spoken.person)
    assert utterances.mean() == pytest.approx(UNEVEN_MEAN, rel=CLOSE)
    assert np.quantile(utterances, [0.1, 0.9]) == pytest.approx([12.6, 126.9], rel=0.05)


def test_errors_of_an_utterance_vary_more_than_chance_alone():
    """Negative binomial: the variance is mean + mean²·0.9², for one person and one length."""
    spoken = speak(np.random.default_rng(4), people=3_000, mean=0.2)
    expected = spoken.own[spoken.person] * spoken.words
    squares = (spoken.errors - expected) ** 2
    over = (squares - expected).sum() / (expected**2).sum()
    assert over == pytest.approx(0.9**2, rel=0.1)


def test_an_utterance_weighs_a_fifth_of_what_it_would_from_another_person():
    """A design effect of about 5 is what makes 60 % of a nominal 95 % for row-level intervals."""
    rng = np.random.default_rng(5)
    found = []
    for _ in range(100):
        sides = [speak(rng, people=30, mean=0.12) for _ in range(2)]
        sums = [speaker_sums(side.person, side.errors, side.words) for side in sides]
        found.append(effective(*sums).design_effect)
    assert 4.5 < np.median(found) < 6.5


def test_a_second_listening_hears_the_same_words_of_the_same_people():
    rng = np.random.default_rng(6)
    first = speak(rng, people=MANY, mean=0.12)
    second = hear_again(rng, first, added=0.02)
    assert second.person is first.person
    assert second.words is first.words
    e, w = second.each_speaker()
    assert e.sum() / w.sum() == pytest.approx(0.14, rel=CLOSE)
    assert np.corrcoef(first.own, second.own)[0, 1] > 0.8


def test_sums_lose_nobody_and_no_error():
    spoken = speak(np.random.default_rng(7), people=9, mean=0.12)
    e, w = spoken.each_speaker()
    sums = spoken.by_speaker()
    assert sorted(zip(w, e, strict=True)) == list(
        zip(sums.denominator, sums.numerator, strict=True)
    )
    assert sums.n_speakers == 9
    assert spoken.by_utterance().n_speakers == len(spoken.words)
