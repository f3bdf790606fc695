"""Scorers of text: they read a recogniser's run or what people wrote, and say which."""

import json
from pathlib import Path

import pandas as pd
import pytest
from pandas.testing import assert_frame_equal

import biasbench as bb
from biasbench.corpora import planted
from biasbench.errors import OptionError, TableError
from biasbench.runs.caution import CAUTION
from biasbench.runs.transcripts import timed_alike
from biasbench.systems import Transcript, Word
from biasbench.tables import SCORES, TRANSCRIPTS
from tests.runs.listeners import Loudness, Politeness

SAID = {"u0": "hello", "u1": "thanks a lot", "u2": "thanks thanks"}


@pytest.fixture
def corpus(tones):
    return tones(3, reference=list(SAID.values()))


def heard(corpus, texts: dict[str, str | None]) -> bb.Run:
    """The run of a recogniser that wrote these texts; None failed."""
    rows = [
        {
            "system": "asr:x",
            "utterance_id": name,
            "status": "failed" if text is None else "ok" if text else "empty",
            "hypothesis": text,
            "error": "it broke" if text is None else None,
        }
        for name, text in texts.items()
    ]
    facts = {"system": "x@1", "system_name": "asr:x"}
    provenance = corpus.provenance.then("run", facts)
    return bb.Run(TRANSCRIPTS.check(pd.DataFrame(rows)), SCORES.empty(), provenance)


def values(run: bb.Run, score: str) -> dict[str, float]:
    rows = run.scores[run.scores["score"] == score]
    return dict(zip(rows["unit_id"], rows["value"], strict=True))


def test_the_human_transcript_is_read_and_named(corpus):
    run = bb.run(corpus, Politeness(), transcripts="reference", progress=False)
    assert values(run, "thanks") == {"u0": 0, "u1": 1, "u2": 2}
    assert set(run.scores["system"]) == {"tone:politeness on reference"}
    assert "politeness@1 on reference" in run.provenance.signature()


def test_a_recognisers_run_is_read_and_its_steps_travel_on(corpus):
    run = bb.run(
        corpus, Politeness(), transcripts=heard(corpus, {**SAID, "u2": "tanks"}), progress=False
    )
    assert values(run, "thanks") == {"u0": 0, "u1": 1, "u2": 0}
    assert set(run.scores["system"]) == {"tone:politeness on asr:x"}
    assert run.provenance.step("run", "system_name", "asr:x")["system"] == "x@1"


def test_what_makes_a_score_and_a_prompt_is_kept(corpus, tmp_path):
    run = bb.run(corpus, Politeness(), transcripts="reference", output=tmp_path / "run",
                 progress=False)  # fmt: skip
    steps = json.loads(run.scores.loc[run.scores["unit_id"] == "u1", "trace"].iloc[0])
    assert steps == [{"rule": "thanks", "found": "1 times", "points": 1.0, "start": 0.0,
                      "end": None}]  # fmt: skip
    assert run.events[["unit_id", "number", "kind", "label", "target_role"]].values.tolist() == [
        ["u0", 1, "prompt", "say thanks", "agent"]
    ]
    again = bb.read_run(tmp_path / "run")
    assert_frame_equal(again.events, run.events)
    assert_frame_equal(again.scores, run.scores)


def test_a_missing_score_says_why(corpus):
    run = bb.run(corpus, Politeness(), transcripts="reference", progress=False)
    row = run.scores[run.scores["score"] == "sound"].iloc[0]
    assert (row["missing_reason"], row["error"]) == ("not analysed", "nobody listened")


def test_an_utterance_without_a_transcript_fails_and_says_why(corpus):
    run = bb.run(
        corpus, Politeness(), transcripts=heard(corpus, {"u0": "hi", "u1": None}), progress=False
    )
    broken = run.scores[run.scores["missing_reason"] == "failed"].drop_duplicates("unit_id")
    assert dict(zip(broken["unit_id"], broken["error"], strict=True)) == {
        "u1": "InsufficientDataError: asr:x has no transcript (failed): it broke",
        "u2": "InsufficientDataError: asr:x has no transcript of this utterance",
    }
    assert set(run.events["unit_id"]) == {"u0"}  # no prompt where nobody looked


def test_a_text_scorer_without_transcripts_is_refused(corpus):
    with pytest.raises(OptionError, match=r"tone:politeness reads transcripts, and none were"):
        bb.run(corpus, Politeness(), progress=False)


def test_transcripts_that_nothing_reads_are_refused(corpus):
    with pytest.raises(OptionError, match="tone:loudness reads none. Leave them out"):
        bb.run(corpus, Loudness(), transcripts="reference", progress=False)


def test_a_corpus_without_references_has_none_to_read(tones):
    with pytest.raises(TableError, match="has no reference transcripts"):
        bb.run(tones(2, reference=["", ""]), Politeness(), transcripts="reference", progress=False)


def test_a_run_of_scores_is_no_transcript(corpus):
    scored = bb.run(corpus, Politeness(), transcripts="reference", progress=False)
    with pytest.raises(OptionError, match="the run has no transcripts, its system gives scores"):
        bb.run(corpus, Politeness(), transcripts=scored, progress=False)


def test_a_folder_on_other_transcripts_is_another_run(corpus, tmp_path):
    bb.run(corpus, Politeness(), transcripts="reference", output=tmp_path / "r", progress=False)
    with pytest.raises(OptionError, match="holds another run: system is 'tone:politeness on ref"):
        bb.run(corpus, Politeness(), transcripts=heard(corpus, SAID), output=tmp_path / "r",
               progress=False)  # fmt: skip


def test_workers_score_text_as_one_process_does(corpus):
    one = bb.run(corpus, Politeness(), transcripts="reference", progress=False)
    two = bb.run(corpus, Politeness(), transcripts="reference", workers=2, progress=False)
    assert_frame_equal(one.scores, two.scores)
    assert_frame_equal(one.events, two.events)


def test_words_keep_their_times_and_the_call_its_length():
    world = planted.plant(planted.Planting(people=(1, 1), calls=1, months=1), seed=3)
    seen = []

    class Watcher(Politeness):
        def score(self, call):
            seen.append(call)
            return super().score(call)

    bb.run(world.corpus, Watcher(), transcripts="reference", progress=False)
    first = seen[0]
    assert first.audio is None
    assert first.seconds == world.corpus.utterances["duration"].iloc[0]
    assert isinstance(first.transcript, Transcript)
    assert all(isinstance(word, Word) and word.end > word.start for word in first.transcript.words)


def test_sound_is_given_to_a_text_scorer_that_takes_it(corpus):
    run = bb.run(corpus, Politeness(takes=("audio",)), transcripts="reference", progress=False)
    assert values(run, "sound")["u1"] == pytest.approx(0.1)


# ── The caution ────────────────────────────────────────────────────────────────────────────────


def test_the_caution_is_printed_before_emotions_are_inferred(corpus, capsys):
    run = bb.run(corpus, Politeness(emotional=True), transcripts="reference", progress=False)
    said = capsys.readouterr().err
    assert "caution: tone:politeness infers emotions from voices" in said
    assert "attention : tone:politeness déduit des émotions" in said
    assert run.provenance.facts()["caution"] == CAUTION


@pytest.mark.parametrize(
    "card", [{"speakers": "actors"}, {"speakers": "volunteers"}, {"jurisdiction": "us"}]
)
def test_no_caution_for_volunteers_actors_or_elsewhere(corpus, card, capsys):
    declared = bb.Corpus(corpus.utterances, corpus.provenance, corpus.root, {**corpus.card, **card})
    bb.run(declared, Politeness(emotional=True), transcripts="reference", progress=False)
    assert capsys.readouterr().err == ""


def test_no_caution_on_synthetic_speech_or_for_a_text_scorer(corpus, capsys):
    synthetic = bb.Corpus(corpus.utterances, corpus.provenance, corpus.root, {"synthetic": "yes"})
    bb.run(synthetic, Politeness(emotional=True), transcripts="reference", progress=False)
    bb.run(corpus, Politeness(), transcripts="reference", progress=False)
    assert capsys.readouterr().err == ""


@pytest.mark.parametrize("speakers", ["staff", 3])
def test_the_corpus_card_takes_known_speakers_only(tones, speakers):
    root = tones(1).root
    Path(root, "corpus.toml").write_text(f"[corpus]\nspeakers = {speakers!r}\n", "utf-8")
    with pytest.raises(OptionError, match="write one of workers, volunteers, actors"):
        bb.load_corpus(root)


# ── Times on both transcripts, or on neither ───────────────────────────────────────────────────


def test_word_times_that_only_one_transcript_has_are_left_out_of_both():
    world = planted.plant(planted.Planting(people=(1, 1), calls=2, months=1), seed=3)
    heard = bb.Run(world.transcripts, SCORES.empty(), world.provenance)
    said = world.corpus.utterances
    first = said["utterance_id"].iloc[0]
    words = said["reference_words"].where(said["utterance_id"] != first, None)
    partly = bb.Corpus(
        said.assign(reference_words=words), world.provenance, Path(), world.corpus.card
    )
    run, corpus, lost = timed_alike(heard, partly)
    of_first = run.transcripts["utterance_id"] == first
    assert lost == 1
    assert run.transcripts.loc[of_first, "words"].isna().all()
    assert run.transcripts.loc[~of_first, "words"].notna().all()
    assert corpus.utterances["reference_words"].notna().sum() == len(said) - 1

    untimed = bb.Corpus(
        said.drop(columns="reference_words"), world.provenance, Path(), world.corpus.card
    )
    run, _, lost = timed_alike(heard, untimed)
    assert lost == len(said)
    assert run.transcripts["words"].isna().all()
    assert timed_alike(heard, world.corpus)[2] == 0
