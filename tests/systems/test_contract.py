"""What every system promises, whoever wrote it: the leaves of the folder are found and tried."""

import pickle
import sys

import numpy as np
import pytest

from biasbench import registry
from biasbench.audio import Audio
from biasbench.errors import MissingExtraError, NotFoundError, OptionError
from biasbench.systems import (
    ASRSystem,
    Call,
    Reading,
    Score,
    SystemInfo,
    ToneSystem,
    Transcript,
    Word,
    load_system,
)
from biasbench.tables import EVENT_KINDS, MISSING_REASONS

RATE = 16_000
#: A leaf that is nothing without a variant, and one that works wherever Python does.
COUNT_FRAMES = "import sys, wave; print(wave.open(sys.argv[1]).getnframes())"
VARIANTS = {"asr:command": f'asr:command/"{sys.executable}" -c "{COUNT_FRAMES}" {{audio}}'}


def tone() -> Audio:
    t = np.arange(RATE) / RATE
    return Audio((0.2 * np.sin(2 * np.pi * 220 * t)).astype(np.float32), RATE, "tone")


def silence() -> Audio:
    return Audio(np.zeros(RATE, dtype=np.float32), RATE, "silence")


def load_or_skip(name: str):
    """The system, or a skip that gives the reason: one that tells what to do about it."""
    try:
        return load_system(VARIANTS.get(name, name))
    except (MissingExtraError, NotFoundError) as error:
        reason = str(error)
    assert "pip install 'biasbench[" in reason or "a download is not allowed" in reason
    pytest.skip(reason)


def names(kind: str) -> list[str]:
    return [f"{kind}:{leaf}" for leaf in registry.names(f"systems.{kind}")]


@pytest.fixture(params=names("asr"), scope="module")
def recogniser(request):
    return load_or_skip(request.param)


@pytest.fixture(params=names("tone"), scope="module")
def scorer(request):
    return load_or_skip(request.param)


@pytest.fixture(params=names("asr") + names("tone"), scope="module")
def system(request):
    return load_or_skip(request.param)


def test_a_system_says_what_it_is(system):
    assert isinstance(system.info, SystemInfo)
    assert system.info.version
    assert system.info.name.startswith(("asr:", "tone:"))
    assert all(isinstance(text, str) for option in system.info.options for text in option)
    hash(system.info)


def test_a_system_can_be_sent_to_a_worker(system):
    assert pickle.loads(pickle.dumps(system)).info == system.info


@pytest.mark.parametrize("sound", [tone(), silence()], ids=["tone", "silence"])
def test_a_recogniser_answers_alike_twice_and_leaves_the_sound_alone(recogniser, sound):
    assert isinstance(recogniser, ASRSystem)
    before = sound.sha256()
    first = recogniser.transcribe(sound, language="en")
    assert isinstance(first, Transcript)
    assert isinstance(first.text, str)
    assert first.text == first.text.strip()
    assert recogniser.transcribe(sound, language="en") == first
    assert sound.sha256() == before


SAID = ["good", "morning", "thank", "you", "for", "calling", "I", "am", "sorry"]
WORDS = tuple(Word(text, at * 0.1, at * 0.1 + 0.08) for at, text in enumerate(SAID))


def calls() -> dict[str, Call]:
    """The same call as each kind of system may meet it."""
    said = Transcript(" ".join(SAID), WORDS)
    return {
        "a tone": Call(tone(), None, said, "en", 1.0, "tone"),
        "silence": Call(silence(), None, Transcript(""), "en", 1.0, "silence"),
        "two channels": Call(tone(), silence(), said, "fr", 1.0, "two"),
        "no word times": Call(tone(), None, Transcript(said.text), "en", 1.0, "untimed"),
    }


@pytest.fixture(params=list(calls()))
def call(request):
    return calls()[request.param]


def test_a_scorer_answers_alike_twice_and_leaves_the_sound_alone(scorer, call):
    assert isinstance(scorer, ToneSystem)
    before = call.audio.sha256()
    first = scorer.score(call)
    assert isinstance(first, Reading)
    assert first.scores
    assert all(isinstance(score, Score) for score in first.scores)
    assert scorer.score(call) == first
    assert call.audio.sha256() == before


def test_a_score_lies_on_its_scale_or_says_why_it_is_missing(scorer, call):
    for score in scorer.score(call).scores:
        if score.value is None:
            assert score.missing_reason in MISSING_REASONS
        else:
            assert score.missing_reason is None
            assert type(score.value) is float
            assert score.scale_min is None or score.value >= score.scale_min
            assert score.scale_max is None or score.value <= score.scale_max


def test_the_points_of_a_trace_add_up_to_the_score(scorer, call):
    for score in scorer.score(call).scores:
        points = [step.points for step in score.trace if step.points is not None]
        if points:
            assert score.value == pytest.approx(sum(points), abs=1e-9)


def test_a_scorer_gives_the_same_names_in_the_same_order(scorer):
    names = [[score.name for score in scorer.score(one).scores] for one in calls().values()]
    assert all(given == names[0] for given in names)
    assert len(set(names[0])) == len(names[0])


def test_an_event_is_of_a_known_kind_and_does_not_end_before_it_starts(scorer, call):
    for event in scorer.score(call).events:
        assert event.kind in EVENT_KINDS
        assert event.label
        assert event.start is None or event.end is None or event.start <= event.end


def test_a_text_scorer_does_without_sound(scorer):
    if "audio" in scorer.info.reads:
        pytest.skip(f"{scorer.info.name} reads sound")
    silent = Call(None, None, Transcript(" ".join(SAID), WORDS), "en", 1.0, "text")
    assert [s.name for s in scorer.score(silent).scores]


def test_an_unknown_system_is_answered_with_the_nearest():
    with pytest.raises(NotFoundError, match="no ASR system named 'wisper'. Did you mean 'whisper'"):
        load_system("asr:wisper")


def test_a_name_without_its_kind_is_refused():
    with pytest.raises(OptionError, match="'whisper' is not of the form 'asr:name/variant'"):
        load_system("whisper")
