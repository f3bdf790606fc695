"""Utterances word against word: only where nobody can be recognised, and picked by rule."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from biasbench.audio import Audio
from biasbench.corpus import Corpus
from biasbench.evidence import assess
from biasbench.measures import measure
from biasbench.report import clips, write_report
from biasbench.report.clips import listening
from biasbench.report.context import Context
from biasbench.report.document import Listening
from biasbench.runs import run

SAID = "the refund of thirty pounds will arrive"


def heard(audio):
    """Drops a word for even people, adds one for odd ones, in proportion to the utterance."""
    person, utterance = (int(part) for part in audio.name.split("-")[1:])
    words = SAID.split()
    return " ".join(words[utterance:] if person % 2 else [*words, *["now"] * utterance])


@pytest.fixture
def corpus():
    rng = np.random.default_rng(0)
    rows, sounds = [], {}
    for accent in ("north", "south"):
        for person in range(12):
            for utterance in range(3):
                name = f"{accent}-{person}-{utterance}"
                sounds[name] = Audio(rng.uniform(-0.1, 0.1, 800).astype("float32"), 16_000, name)
                rows.append({"utterance_id": name, "speaker_id": f"{accent}-{person}",
                             "reference": SAID, "accent": accent})  # fmt: skip
    from biasbench.provenance import Provenance

    facts = {"corpus": "made@0", "corpus_name": "made", "synthetic": "yes", "labels": "synthetic",
             "design": "same-script", "language": "en"}  # fmt: skip
    return Corpus(
        utterances=pd.DataFrame(rows),
        provenance=Provenance().then("load_corpus", facts),
        root=Path(),
        card={"language": "en", "synthetic": "yes"},
        audio_in_memory=sounds,
    )


def context(corpus, *, audience="public"):
    made = run(corpus, heard, progress=False)
    evidence = assess(measure(made, corpus), by="accent", margin=0.03, audience=audience)
    return Context(evidence, "en", corpus=corpus, runs=(made,))


def shown(blocks):
    return [block for block in blocks if isinstance(block, Listening)]


def real(corpus, *, agreed=True):
    """The same corpus, as if people spoke, and agreed to be heard."""
    from biasbench.provenance import Provenance

    steps = dict(corpus.provenance.facts(), synthetic="no", clips="yes" if agreed else "no")
    return replace(
        corpus,
        provenance=Provenance().then("load_corpus", steps),
        card={**corpus.card, "synthetic": "no"},
    )


def test_one_utterance_a_group_with_its_sound(corpus):
    found = shown(listening(context(corpus)))
    assert [clip.title.split("”")[0] for clip in found] == ["“north", "“south"]
    assert all(clip.sound.startswith(b"fLaC") for clip in found)


def test_the_utterance_nearest_its_groups_rate_is_shown_and_not_the_worst(corpus):
    here = context(corpus)
    value = here.evidence.groups.set_index("group").loc["north", "value"]
    assert f"{100 * value:.1f} in the group" in shown(listening(here))[0].title
    assert "14.3 errors per 100 words in this recording" in shown(listening(here))[0].title


def test_voices_of_people_are_not_in_a_public_report(corpus, tmp_path):
    here = context(real(corpus))
    assert listening(here) == ()
    page = write_report(here.evidence, tmp_path / "r.html", corpus=here.corpus, run=here.runs)
    assert "<audio" not in page.read_text("utf-8")
    assert SAID not in page.read_text("utf-8")


def test_a_restricted_report_holds_them_if_the_speakers_agreed_and_only_then(corpus):
    assert len(shown(listening(context(real(corpus), audience="restricted")))) == 2
    assert listening(context(real(corpus, agreed=False), audience="restricted")) == ()


def test_without_corpus_or_run_there_is_no_such_section(corpus):
    here = context(corpus)
    assert listening(replace(here, corpus=None)) == ()
    assert listening(replace(here, runs=())) == ()


def test_sound_beyond_the_limit_is_left_out_and_said(corpus, monkeypatch):
    monkeypatch.setattr(clips, "MOST_BYTES", 10)
    found = shown(listening(context(corpus)))
    assert {clip.sound for clip in found} == {None}
    assert found[0].note == "Sound not included: the report’s size limit is reached."


def test_edits_are_told_apart_by_more_than_colour(corpus, tmp_path):
    here = context(corpus)
    text = write_report(here.evidence, tmp_path / "r.html", corpus=corpus, run=here.runs[0])
    page = text.read_text("utf-8")
    assert 'class="edit insert"' in page or 'class="edit delete"' in page
    assert "(missed)" in page
    assert "media-src data:" in page
