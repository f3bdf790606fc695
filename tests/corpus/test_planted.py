"""A planted world: two groups that behave alike, a recogniser that does not; read from a folder."""

import json
import re
from itertools import pairwise

import numpy as np
import pytest
from click.testing import CliRunner
from pandas.testing import assert_frame_equal

import biasbench as bb
from biasbench.cli import main
from biasbench.corpora import _planted_calls, planted
from biasbench.corpora.planted import FILE_NAME, Planting, calls_of, plant
from biasbench.errors import NotFoundError, OptionError
from biasbench.measures.align import EditCounts, count_edits
from biasbench.systems.interact import read_rules
from biasbench.systems.phrases import count_phrases
from biasbench.tables import SCORES

PHRASES = read_rules().phrases("en")
SMALL = Planting(people=(4, 3), calls=2, months=2)

#: Welch's t of two groups of 400 people; chance exceeds it in one comparison of 16,000.
FAR = 4.0


def of_person(calls, value):
    """Each person's mean of a figure of their calls, for 'a' and for 'b'."""
    found = {"a": {}, "b": {}}
    for call in calls:
        found[call.group].setdefault(call.speaker, []).append(value(call))
    return [np.array([np.mean(values) for values in found[group].values()]) for group in "ab"]


def welch(ours, other):
    difference = ours.mean() - other.mean()
    return difference / np.sqrt(ours.var(ddof=1) / len(ours) + other.var(ddof=1) / len(other))


def words(timed):
    return [word for word, _, _ in timed]


def says(category):
    return lambda call: count_phrases(words(call.said), PHRASES)[category]


def pace(call):
    spoken = sum(end - start for _, start, end in call.said)
    return len(call.said) / spoken


def longest_pause(call):
    return max(later[1] - earlier[2] for earlier, later in pairwise(call.said))


def word_errors(call):
    return count_edits(words(call.said), words(call.heard)).errors / len(call.said)


@pytest.fixture(scope="module")
def big():
    """400 people a side, of whom 'a' are misheard far more."""
    return list(calls_of(Planting(people=(400, 400), calls=2, months=1), seed=11))


# ── The same seed ──────────────────────────────────────────────────────────────────────────────


def test_the_same_seed_gives_the_same_bytes():
    one, two = plant(SMALL, seed=4), plant(SMALL, seed=4)
    for name in ("utterances", "transcripts"):
        sides = [getattr(w.corpus if name == "utterances" else w, name) for w in (one, two)]
        assert sides[0].to_csv().encode() == sides[1].to_csv().encode()
    assert one.provenance == two.provenance


def test_another_seed_gives_another_world_and_another_name():
    one, two = plant(SMALL, seed=4), plant(SMALL, seed=5)
    assert (
        one.corpus.utterances["reference"].tolist() != two.corpus.utterances["reference"].tolist()
    )
    assert one.provenance.facts()["corpus"] != two.provenance.facts()["corpus"]
    assert one.provenance.facts()["system"] != two.provenance.facts()["system"]


def test_a_world_is_its_calls():
    world, calls = plant(SMALL, seed=4), list(calls_of(SMALL, seed=4))
    table = world.corpus.utterances
    assert table["utterance_id"].tolist() == [call.name for call in calls]
    assert table["reference"].tolist() == [" ".join(words(call.said)) for call in calls]
    assert world.transcripts["hypothesis"].tolist() == [" ".join(words(c.heard)) for c in calls]
    heard = [tuple(entry.values()) for entry in json.loads(world.transcripts["words"].iloc[0])]
    assert tuple(heard) == calls[0].heard
    assert len(table) == (4 + 3) * 2 * 2
    assert table.groupby("accent")["speaker_id"].nunique().to_dict() == {"a": 4, "b": 3}
    assert table["month"].value_counts().to_dict() == {"m1": 14, "m2": 14}


# ── Human behaviour is identical ───────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "other", [{"errors": (0.15, 0.15)}, {"errors": (0.0, 0.3)}, {"spread": 2.0}], ids=str
)
def test_what_people_say_and_how_it_is_rated_does_not_depend_on_what_is_planted(other):
    one = plant(Planting(people=(5, 5), calls=2), seed=9)
    two = plant(Planting(people=(5, 5), calls=2, **other), seed=9)
    assert_frame_equal(one.corpus.utterances, two.corpus.utterances)
    assert one.transcripts["hypothesis"].tolist() != two.transcripts["hypothesis"].tolist()


@pytest.mark.parametrize(
    "figure",
    [
        says("greeting"), says("thanks"), says("apology"), says("empathy"), says("trouble"),
        says("courtesy"), pace, longest_pause, lambda call: len(call.said),
        lambda call: call.seconds, lambda call: call.human_rating,
    ],
    ids=["greet", "thank", "apologise", "understand", "trouble", "please", "pace", "pause", "words",
         "seconds", "rating"],
)  # fmt: skip
def test_both_groups_behave_by_one_law(big, figure):
    ours, other = of_person(big, figure)
    assert len(ours) == len(other) == 400
    assert ours.std() > 0
    assert abs(welch(ours, other)) < FAR


def test_only_what_the_recogniser_makes_of_it_differs(big):
    """The comparison above, where there is something to find: it is found by far."""
    ours, other = of_person(big, word_errors)
    assert welch(ours, other) > 20
    in_transcripts = of_person(big, lambda c: count_phrases(words(c.heard), PHRASES)["thanks"])
    assert welch(*in_transcripts) < -FAR


def test_people_have_manners_of_their_own(big):
    """Calls of one person resemble each other, or there would be nothing to cluster by."""
    both = [call.human_rating for call in big]
    first, second = both[::2], both[1::2]  # two calls a person, one after the other
    assert [call.speaker for call in big[::2]] == [call.speaker for call in big[1::2]]
    assert np.corrcoef(first, second)[0, 1] > 0.2


# ── The planted errors ─────────────────────────────────────────────────────────────────────────


def test_the_planted_error_rates_are_found(big):
    for rates, planted_rate in zip(of_person(big, word_errors), (0.22, 0.08), strict=True):
        # An error may be undone by its neighbour (left out, then added): a few in a thousand.
        error = rates.std(ddof=1) / len(rates) ** 0.5
        assert rates.mean() == pytest.approx(planted_rate, abs=3 * error + 0.002)
        between = np.var(rates, ddof=1) / rates.mean() ** 2
        # 1/8 between people; 1/12 between calls and the words' own chance, over two calls each.
        expected = 1 / 8 + (1 / 12 + (1 - planted_rate) / (planted_rate * 45)) / 2
        assert between == pytest.approx(expected, rel=0.35)


def test_a_larger_spread_makes_people_more_alike():
    alike, unlike = (
        of_person(calls_of(Planting(people=(60, 1), spread=spread), seed=2), word_errors)[0]
        for spread in (1e5, 2.0)
    )
    assert unlike.std() > 2 * alike.std()


def test_no_errors_planted_is_a_recogniser_that_hears_everything():
    for call in calls_of(Planting(people=(2, 2), errors=(0.0, 0.0)), seed=1):
        assert call.heard == call.said


def test_each_kind_of_error_has_its_share():
    """Of few errors: among many, one left out and one too many beside it are one replaced."""
    calls = calls_of(Planting(people=(150, 150), errors=(0.02, 0.02)), seed=11)
    counts = sum((count_edits(words(c.said), words(c.heard)) for c in calls), EditCounts())
    shares = np.array([counts.deletions, counts.substitutions, counts.insertions]) / counts.errors
    tolerance = 3 * (0.25 / counts.errors) ** 0.5 + 0.01
    assert shares == pytest.approx([0.40, 0.45, 0.15], abs=tolerance)
    assert tolerance < 0.05


def test_words_follow_each_other_within_the_call(big):
    for call in big[:100]:
        for side in (call.said, call.heard):
            assert all(0 <= start < end for _, start, end in side)
            assert all(one[2] <= two[1] + 1e-9 for one, two in pairwise(side))
            assert side[-1][2] < call.seconds


def test_a_recogniser_of_this_world_loses_courtesies_and_invents_none(big):
    lost = 0
    for call in big:
        said, heard = (count_phrases(words(side), PHRASES) for side in (call.said, call.heard))
        assert all(heard[category] <= said[category] for category in said)
        lost += said["thanks"] - heard["thanks"]
    assert lost > 100


def test_sentences_hold_the_phrases_that_they_are_there_for_and_no_others():
    def categories(texts):
        return {
            category for text in texts for category, n in count_phrases(text, PHRASES).items() if n
        }

    assert categories(_planted_calls._OPENINGS) == {"greeting"}
    assert categories(_planted_calls._THANKS) == {"thanks"}
    assert categories(_planted_calls._APOLOGIES) == {"apology"}
    assert categories(_planted_calls._EMPATHY) == {"empathy"}
    assert categories(_planted_calls._TROUBLE) == {"trouble"}
    assert categories(_planted_calls._BODY) == {"courtesy"}  # a "please"
    assert categories([_planted_calls._CLOSING, *_planted_calls._OTHERS]) == set()


# ── A folder ───────────────────────────────────────────────────────────────────────────────────

SETTINGS = "people = [4, 3]\ncalls = 2\nmonths = 2\nerrors = [0.2, 0.1]\nspread = 5\nseed = 3\n"


@pytest.fixture
def described(tmp_path):
    def write(text=SETTINGS):
        (tmp_path / FILE_NAME).write_text(text, encoding="utf-8")
        return tmp_path

    return write


def test_a_folder_with_settings_is_recognised_and_is_the_world_they_describe(described):
    root = described()
    corpus = bb.load_corpus(root)
    expected = plant(Planting((4, 3), 2, 2, (0.2, 0.1), 5), seed=3)
    assert_frame_equal(corpus.utterances, expected.corpus.utterances)
    assert corpus.provenance == expected.corpus.provenance
    assert corpus.provenance.facts()["reader"] == "planted"
    assert corpus.synthetic
    assert planted.load(root).provenance == corpus.provenance
    assert_frame_equal(planted.world(root).transcripts, expected.transcripts)


def test_an_empty_file_is_the_world_of_the_defaults(described):
    assert_frame_equal(bb.load_corpus(described("")).utterances, plant().corpus.utterances)


def test_a_check_of_the_folder_has_nothing_to_settle(described):
    found = bb.check(described(), by="accent")
    assert found.ok, str(found)
    assert found.n_utterances == 28


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("peple = [3, 3]", "no key named 'peple'. Did you mean 'people'?"),
        ("people = [3]", "people=(3,): write two whole numbers from 1, of 'a', 'b'"),
        ("people = [3, 0]", "people=(3, 0): write two whole numbers"),
        ("people = 3", "people=3: write two whole numbers"),
        ("people = [3, 2.5]", "people=(3, 2.5): write two whole numbers"),
        ("calls = 0", "calls=0: write a whole number from 1"),
        ("months = '2'", "months='2': write a whole number from 1"),
        ("calls = true", "calls=True: write a whole number from 1"),
        ("errors = [0.2, 0.4]", "errors=(0.2, 0.4): write two shares from 0 to 0.3, of 'a', 'b'"),
        ("errors = ['a', 0.1]", "errors=('a', 0.1): write two shares"),
        ("errors = [nan, 0.1]", "errors=(nan, 0.1): write two shares"),
        ("spread = 0", "spread=0: write a number above 0"),
        ("spread = inf", "spread=inf: write a number above 0"),
        ("seed = -1", "seed=-1: write a whole number from 0"),
        ("seed = 1.5", "seed=1.5: write a whole number from 0"),
        ("people = [", "is not TOML"),
        ("[planting]\npeople = [3, 3]", "no key named 'planting'"),
    ],
)
def test_what_cannot_be_planted_is_one_line_with_the_file_and_the_way_out(described, text, words):
    root = described(text)
    with pytest.raises((OptionError, NotFoundError), match=re.escape(words)) as caught:
        bb.load_corpus(root)
    assert str(caught.value).startswith(f"{root / FILE_NAME}: ")
    assert "\n" not in str(caught.value)
    assert words in str(bb.check(root))
    with pytest.raises(OptionError, match=re.escape(words)):
        planted.world(root)


def test_a_seed_that_is_none_is_refused_in_python_too():
    with pytest.raises(OptionError, match="seed=-1: write a whole number from 0"):
        plant(SMALL, seed=-1)


# ── From a folder to a finding, at the shell ───────────────────────────────────────────────────


def shell(*arguments):
    outcome = CliRunner().invoke(main, [str(argument) for argument in arguments])
    assert outcome.exit_code in (0, 3), outcome.output  # 3: cannot be decided, which is an answer
    return outcome.stdout


def test_a_planted_gap_goes_from_a_folder_to_a_finding_and_away_with_human_transcripts(described):
    root = described("people = [30, 30]\ncalls = 2\nmonths = 1\nerrors = [0.3, 0.05]\nseed = 1\n")
    world, runs = planted.world(root), root / "runs"
    bb.Run(world.transcripts, SCORES.empty(), world.provenance).write(runs / "heard")
    assert "no problem" in shell("check", root, "--by", "accent")
    found = {}
    for given, transcripts in (("heard", runs / "heard"), ("reference", "reference")):
        scored, table = runs / f"scored_{given}", root / f"{given}.parquet"
        of_given = ("--transcripts", transcripts, "-o", scored, "--no-progress")
        shell("run", root, "--system", "tone:interact", *of_given)
        shell("measure", scored, "--corpus", root, "--metric", "mean_score:quality", "-o", table)
        asked = ("--by", "accent", "--group", "a", "--margin", 1, "--n-resamples", 99, "--json")
        (found[given],) = json.loads(shell("assess", table, *asked))
    assert found["heard"]["verdict"].startswith("V-D")
    assert found["reference"]["difference_low"] < 0 < found["reference"]["difference_high"]
    assert abs(found["reference"]["difference"]) < abs(found["heard"]["difference"]) / 2
