"""One row per utterance whatever happened."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import biasbench as bb
from biasbench.corpus import load_corpus
from biasbench.errors import OptionError
from biasbench.provenance import Provenance
from biasbench.runs.rows import UNNAMED
from biasbench.systems import Transcript
from tests.runs.listeners import Counter, Loudness, length_of


def test_every_utterance_has_one_row_in_the_order_of_the_corpus(tones):
    corpus = tones(4)
    heard = bb.run(corpus, Counter(), progress=False).transcripts
    assert list(heard["utterance_id"]) == ["u0", "u1", "u2", "u3"]
    assert list(heard["status"]) == ["empty", "ok", "ok", "ok"]
    assert list(heard["system"].unique()) == ["asr:counter"]
    assert heard["audio_seconds"].tolist() == [0.1] * 4
    assert heard["seconds"].gt(0).all()
    assert heard["audio_sha256"][2] == corpus.audio("u2").sha256()


def test_an_empty_text_is_an_answer_and_not_a_failure(tones):
    heard = bb.run(tones(2), lambda _: "  \n", progress=False).transcripts
    assert list(heard["status"]) == ["empty", "empty"]
    assert list(heard["hypothesis"]) == ["", ""]
    assert heard["error"].isna().all()


def test_a_recording_that_cannot_be_read_is_a_failed_row_with_its_error(tones):
    corpus = tones(3)
    (corpus.root / "audio" / "1.wav").write_bytes(b"not sound")
    (corpus.root / "audio" / "2.wav").unlink()
    heard = bb.run(corpus, Counter(), progress=False).transcripts
    assert list(heard["status"]) == ["empty", "failed", "failed"]
    assert heard["error"][1].startswith("AudioError: audio")
    assert "no such audio file" in heard["error"][2]
    assert str(corpus.root) not in " ".join(heard["error"].dropna())
    assert heard["hypothesis"].isna().tolist() == [False, True, True]


def test_a_system_that_raises_fails_its_row_and_no_other(tones):
    def moody(audio: bb.Audio) -> str:
        if audio.name == "u1":
            raise ZeroDivisionError("moody\ntoday")
        return audio.name

    heard = bb.run(tones(3), moody, progress=False).transcripts
    assert list(heard["status"]) == ["ok", "failed", "ok"]
    assert heard["error"][1] == "ZeroDivisionError: moody today"
    assert heard["audio_seconds"][1] == pytest.approx(0.1)


def test_an_interrupt_by_the_user_is_not_a_failed_row(tones):
    def interrupted(_: bb.Audio) -> str:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        bb.run(tones(2), interrupted, progress=False)


def test_a_function_is_a_system_of_no_version(tones):
    made = bb.run(tones(2), length_of, progress=False)
    assert list(made.transcripts["hypothesis"]) == ["0.10 s", "0.10 s"]
    facts = made.provenance.step("run", "system_name", "asr:function/length_of")
    assert facts["system_version"] == "unversioned"
    assert facts["system"] == "function/length_of@unversioned"


def test_a_function_that_gives_no_text_fails_its_rows(tones):
    heard = bb.run(tones(1), lambda _: None, progress=False).transcripts
    assert heard["error"][0] == "TypeError: the function returned None, not text or a Transcript"


def test_text_that_no_file_can_hold_fails_its_row(tones, tmp_path):
    made = bb.run(tones(1), lambda _: "\udcff", output=tmp_path / "run", progress=False)
    assert list(made.transcripts["status"]) == ["failed"]
    assert "UnicodeEncodeError" in made.transcripts["error"][0]


def test_words_and_raw_are_kept_as_json(tones):
    heard = bb.run(tones(2), Counter(), progress=False).transcripts
    assert json.loads(heard["words"][1])[0] == {
        "word": "level",
        "start": 0.0,
        "end": 0.1,
        "confidence": 0.5,
    }
    assert json.loads(heard["raw"][1]) == {"level": pytest.approx(0.5, abs=0.01)}
    assert heard["words"].isna()[0]


def test_provenance_says_which_system_with_which_options_heard_which_corpus(tones):
    corpus = tones(2)
    made = bb.run(corpus, Counter(), language="en", progress=False)
    assert made.provenance.steps[:-1] == corpus.provenance.steps
    facts = dict(made.provenance.steps[-1].facts)
    assert made.provenance.steps[-1].verb == "run"
    assert facts["system"] == "counter@1"
    assert facts["options"] == "language=en pause=0.0"
    assert facts["tier"] == "T3"


def test_the_language_is_the_utterances_own_then_the_corpus_s_then_the_argument(tones):
    mixed = tones(3, "mixed", language=["fr", "", "fr"])
    texts = bb.run(mixed, Counter(), language="en", progress=False).transcripts["hypothesis"]
    assert [text.split()[-1:] for text in texts] == [[], ["en"], ["fr"]]

    root = mixed.root
    (root / "corpus.toml").write_text('[corpus]\nlanguage = "de"\n', encoding="utf-8")
    card = load_corpus(root)
    made = bb.run(card, Counter(), progress=False)
    texts = made.transcripts["hypothesis"]
    assert [text.split()[-1:] for text in texts] == [[], ["de"], ["fr"]]
    assert "language=de+fr" in dict(made.provenance.steps[-1].facts)["options"]


def test_a_language_that_the_corpus_overrules_is_an_error(tones):
    corpus = tones(2, language=["fr", "fr"])
    with pytest.raises(OptionError, match=r"language='en' would not be used.*'fr' for 'u0'"):
        bb.run(corpus, Counter(), language="en", progress=False)


def test_sound_in_memory_is_heard_too():
    loud = bb.Audio(np.full(1600, 0.5, dtype=np.float32), 16_000)
    corpus = bb.Corpus(
        pd.DataFrame({"utterance_id": ["a"]}),
        Provenance(),
        root=Path(),
        audio_in_memory={"a": loud},
    )
    heard = bb.run(corpus, Counter(), progress=False).transcripts
    assert list(heard["hypothesis"]) == ["level 0.50 None"]


def test_a_failed_utterance_has_a_missing_row_for_every_score(tones):
    made = bb.run(tones(3), Loudness(), progress=False)
    assert made.transcripts.empty
    scores = made.scores
    assert list(zip(scores["unit_id"], scores["score"], scores["status"], strict=True)) == [
        ("u0", "level", "missing"),
        ("u0", "pitch", "missing"),
        ("u1", "level", "ok"),
        ("u1", "pitch", "missing"),
        ("u2", "level", "ok"),
        ("u2", "pitch", "missing"),
    ]
    assert list(scores["missing_reason"]) == [
        "failed",
        "failed",
        None,
        "not analysed",
        None,
        "not analysed",
    ]
    assert scores["error"][0] == "ValueError: nothing to score in silence"
    assert scores["value"][0] != 0
    assert scores["scale_max"][0] == 1.0
    assert list(scores["direction"][:2]) == ["higher is worse", "neither"]


def test_when_nothing_could_be_scored_the_failures_stay_countable(tones):
    scores = bb.run(tones(1), Loudness(), progress=False).scores
    assert list(scores["score"]) == [UNNAMED]
    assert list(scores["missing_reason"]) == ["failed"]


def test_a_class_in_place_of_a_system_is_refused(tones):
    with pytest.raises(OptionError, match="system is the class Counter; give an object of it"):
        bb.run(tones(1), Counter, progress=False)


def test_a_number_of_workers_below_one_is_refused(tones):
    with pytest.raises(OptionError, match="workers is 0; at least 1"):
        bb.run(tones(1), Counter(), workers=0)


def test_the_progress_bar_goes_to_stderr_and_only_when_wanted(tones, capsys):
    corpus = tones(2)
    bb.run(corpus, Counter(), progress=False)
    assert capsys.readouterr() == ("", "")
    bb.run(corpus, Counter(), progress=True)
    out, err = capsys.readouterr()
    assert out == ""
    assert "asr:counter" in err
    assert "2/2" in err


def test_a_transcript_object_from_a_function_is_kept_whole(tones):
    def rich(_: bb.Audio) -> Transcript:
        return Transcript("yes", raw={"confidence": 0.25})

    heard = bb.run(tones(1), rich, progress=False).transcripts
    assert heard["raw"][0] == '{"confidence": 0.25}'
