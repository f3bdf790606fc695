"""`substitute`: the same scorer on both transcripts, and what is told before anything is scored."""

import pandas as pd
import pytest

import biasbench as bb
from biasbench.consequences.substitution import assess_substitution
from biasbench.corpora.planted import Planting, plant
from biasbench.errors import InsufficientDataError, NotFoundError, OptionError, TableError
from biasbench.provenance import Provenance
from biasbench.runs import read_run
from biasbench.substitution import METRIC, substitute
from biasbench.systems import Call, Reading, Score, SystemInfo
from biasbench.tables import SCORES, TRANSCRIPTS

WORLD = plant(Planting(people=(20, 20), calls=3, errors=(0.28, 0.02)), seed=2)
HEARD = bb.Run(WORLD.transcripts, SCORES.empty(), WORLD.provenance)


class Counter:
    """Scores a transcript by its number of words; counts how often it is asked."""

    def __init__(self, *, reads=("transcript",)) -> None:
        self.info = SystemInfo(name="tone:counter", version="1", modality="text", reads=reads)
        self.n_asked = 0

    def score(self, call: Call) -> Reading:
        self.n_asked += 1
        words = float(len(call.transcript.text.split()))
        return Reading((Score("words", words, 0, 1000, "higher is better"),))


def swap(transcripts=HEARD, corpus=WORLD.corpus, **options):
    options = {"by": "accent", "group": "a", "margin": 2, "progress": False, **options}
    return substitute(transcripts, corpus, **options)


def corpus_with(**columns):
    kept = WORLD.corpus.utterances.assign(**columns)
    return bb.Corpus(kept, WORLD.corpus.provenance, WORLD.corpus.root, WORLD.corpus.card)


def heard_with(**columns):
    table = TRANSCRIPTS.check(WORLD.transcripts.assign(**columns))
    return bb.Run(table, SCORES.empty(), WORLD.provenance)


def test_the_scorer_reads_both_transcripts_of_every_call_and_nothing_else():
    found = swap(scorer=Counter(), metric="mean_score:words", margin=1)
    accent = WORLD.corpus.utterances["accent"]
    heard = WORLD.transcripts["hypothesis"].fillna("").str.split().str.len()
    said = WORLD.corpus.utterances["reference"].str.split().str.len()
    gaps = [
        words[(accent == "a").to_numpy()].mean() - words[(accent == "b").to_numpy()].mean()
        for words in (heard, said)
    ]
    assert found.outcome.gap_automatic == pytest.approx(gaps[0])
    assert found.outcome.gap_human == pytest.approx(gaps[1])
    assert found.outcome.change == pytest.approx(gaps[1] - gaps[0])


def test_it_is_the_assessment_of_its_own_measures():
    found = swap(threshold=84, period="month")
    again = assess_substitution(
        found.measures, by="accent", group="a", metric=METRIC, margin=2, threshold=84,
        automatic="tone:interact on asr:planted", human="tone:interact on reference",
        period="month",
    )  # fmt: skip
    assert again == found.outcome
    assert set(found.measures.table["system"]) == {again.automatic, again.human}


def test_errors_planted_in_one_group_make_a_gap_that_goes_with_the_human_transcript():
    found = swap().outcome
    assert found.gap_automatic < -2
    assert abs(found.gap_human) < abs(found.gap_automatic) / 2
    assert found.mechanism == "narrows"
    mirrored = swap(group="b").outcome
    assert mirrored.gap_automatic == pytest.approx(-found.gap_automatic)
    assert mirrored.mechanism == "narrows"


def test_both_scorings_are_kept_and_not_made_twice(tmp_path):
    first = swap(output=tmp_path)
    for kept, run in (("automatic", first.automatic), ("human", first.human)):
        pd.testing.assert_frame_equal(read_run(tmp_path / kept).scores, run.scores)
    before = {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*.parquet")}
    again = swap(output=tmp_path)
    assert again.outcome == first.outcome
    assert {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*.parquet")} == before


# ── Told before anything is scored ─────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("options", "error", "words"),
    [
        ({"by": "acent"}, NotFoundError, "Did you mean 'accent'"),
        ({"group": "c"}, NotFoundError, "no group of accent named 'c'"),
        ({"against": "a"}, OptionError, "group and against are both 'a'"),
        ({"against": "bb"}, NotFoundError, "Did you mean 'b'"),
        ({"margin": 0}, OptionError, "above 0"),
        ({"level": 95}, OptionError, "95 % is written 0.95"),
        ({"audience": "all"}, OptionError, "audience='all'"),
        ({"threshold": float("nan")}, OptionError, "threshold=nan"),
        ({"period": "month"}, OptionError, "give threshold= too"),
        ({"period": "moth", "threshold": 84}, NotFoundError, "Did you mean 'month'"),
        ({"metric": "mean_score:wrods"}, NotFoundError, "Did you mean 'words'"),
        ({"transcripts": "nowhere"}, NotFoundError, "nowhere: no such folder"),
    ],
)
def test_a_slip_is_told_before_the_scorer_reads_the_calls(options, error, words, tmp_path):
    scorer = Counter()
    with pytest.raises(error, match=words):
        swap(scorer=scorer, output=tmp_path / "o", **{"metric": "mean_score:words", **options})
    assert scorer.n_asked <= 1  # one call alone shows which scores there are
    assert not (tmp_path / "o").exists()


def test_a_corpus_without_references_is_told_before_the_automatic_scoring(tmp_path):
    scorer = Counter()
    with pytest.raises(TableError, match="corpus 'planted' has no reference transcripts"):
        swap(corpus=corpus_with(reference=None), scorer=scorer, output=tmp_path / "o")
    assert scorer.n_asked == 0
    assert not (tmp_path / "o").exists()


@pytest.mark.parametrize("scorer", ["tone:prosody", Counter(reads=("audio",))])
def test_a_scorer_that_reads_no_transcripts_is_refused(scorer):
    with pytest.raises(OptionError, match="does not stand on transcripts"):
        swap(scorer=scorer)


def test_a_run_of_another_corpus_is_told_by_its_call():
    strange = WORLD.transcripts["utterance_id"].where(lambda x: x != "a003-m1-c02", "z999")
    with pytest.raises(TableError, match="'z999' is not in corpus 'planted'"):
        swap(heard_with(utterance_id=strange))


def test_a_run_of_a_scorer_has_no_transcripts_to_score(tmp_path):
    scored = bb.run(WORLD.corpus, Counter(), transcripts="reference", progress=False)
    with pytest.raises(OptionError, match="the run has no transcripts, its system gives scores"):
        swap(scored)


# ── What the data cannot bear ──────────────────────────────────────────────────────────────────


def test_empty_transcripts_are_a_score_that_nobody_has_and_not_zero():
    nothing = heard_with(hypothesis="", words=None, status="empty")
    with pytest.raises(
        InsufficientDataError, match=r"score 'quality' has no value on the automatic transcript of "
        r"any of the 240 calls: .*nothing of the agent was transcribed",
    ):  # fmt: skip
        swap(nothing)


def test_a_recogniser_that_failed_everywhere_gives_its_own_reason():
    broken = heard_with(hypothesis=None, words=None, status="failed", error="the server hung up")
    with pytest.raises(InsufficientDataError, match="the server hung up"):
        swap(broken)


def test_words_without_times_lose_the_scores_that_need_times_and_keep_the_others():
    untimed = heard_with(words=None)
    bare = corpus_with(reference_words=None)
    with pytest.raises(InsufficientDataError, match="the words have no start and end times"):
        swap(untimed, bare, metric="mean_score:silence")
    kept = swap(untimed, bare, metric="mean_score:politeness").outcome
    timed = swap(metric="mean_score:politeness").outcome
    assert kept.gap_automatic == pytest.approx(timed.gap_automatic)


def test_six_people_a_side_are_needed_and_five_are_told():
    few = WORLD.corpus.utterances["speaker_id"].isin(["a001", "a002", "a003", "a004", "a005"])
    rows = few | (WORLD.corpus.utterances["accent"] == "b")
    corpus = bb.Corpus(
        WORLD.corpus.utterances[rows].reset_index(drop=True), Provenance(), WORLD.corpus.root,
        WORLD.corpus.card,
    )  # fmt: skip
    kept = WORLD.transcripts["utterance_id"].isin(corpus.utterances["utterance_id"])
    heard = bb.Run(WORLD.transcripts[kept].reset_index(drop=True), SCORES.empty(), WORLD.provenance)
    with pytest.raises(
        InsufficientDataError, match="'a' has 5 people in corpus 'planted': a change"
    ):
        swap(heard, corpus)
