"""openai-whisper: a checkpoint, real speech, and agreement with the same weights elsewhere.

pytest -m torch tests/systems      in an environment with torch and openai-whisper
"""

import csv
import difflib
import importlib.util
import subprocess
import sys
from pathlib import Path

import pytest

from biasbench.audio import read_audio
from biasbench.errors import InputError, MissingExtraError, NotFoundError
from biasbench.systems import load_system
from biasbench.systems.weights import find_weights, sha256_of

# openai-whisper leaves its vocabulary file to the garbage collector to close
pytestmark = pytest.mark.filterwarnings("ignore:.*tiktoken:pytest.PytestUnraisableExceptionWarning")

CONVERTER = Path(__file__).parents[3] / "shared" / "tools" / "ct2_to_openai_whisper.py"


@pytest.fixture(scope="module")
def checkpoint(tmp_path_factory) -> Path:
    """tiny.en as a checkpoint of the package's own kind."""
    if not CONVERTER.is_file():
        pytest.skip("the converter of weights is not in ../shared/tools")
    path = tmp_path_factory.mktemp("whisper") / "tiny.en.pt"
    folder = find_weights("tiny.en").folder
    subprocess.run([sys.executable, str(CONVERTER), str(folder), str(path)], check=True)
    return path


@pytest.fixture(scope="module")
def spoken(shared_data):
    root = shared_data("alnum")
    with (root / "utterances.csv").open(encoding="utf-8-sig") as stream:
        rows = list(csv.DictReader(stream))[9:13]
    return [read_audio(root / row["audio"], name=row["utterance_id"]) for row in rows]


@pytest.mark.torch
def test_a_checkpoint_is_named_by_its_file_and_versioned_by_its_digest(checkpoint):
    info = load_system(f"asr:whisper/{checkpoint}").info
    assert info.name == "asr:whisper/tiny.en.pt"
    assert info.version.endswith("+" + sha256_of(checkpoint)[:8])
    assert dict(info.options)["temperature"] == "0"


@pytest.mark.torch
def test_real_speech_is_transcribed_alike_twice(checkpoint, spoken):
    system = load_system(f"asr:whisper/{checkpoint}")
    heard = system.transcribe(spoken[0], language="en")
    assert heard.text
    assert heard.raw["language"] == "en"
    assert system.transcribe(spoken[0], language="en") == heard


@pytest.mark.torch
def test_it_agrees_with_faster_whisper_on_the_same_weights(checkpoint, spoken):
    pytest.importorskip("faster_whisper")
    from biasbench.systems.asr.faster_whisper import FasterWhisper

    reference = load_system(f"asr:whisper/{checkpoint}")
    full_precision = FasterWhisper("tiny.en", compute_type="float32")
    pairs = [
        [system.transcribe(audio, language="en").text for system in (reference, full_precision)]
        for audio in spoken
    ]
    # rounding differs between the two libraries, and may tip a beam now and then
    assert sum(one == other for one, other in pairs) >= len(pairs) - 1
    for one, other in pairs:
        assert difflib.SequenceMatcher(None, one, other).ratio() > 0.8


@pytest.mark.torch
def test_a_file_that_is_not_a_checkpoint_is_refused(tmp_path, spoken):
    path = tmp_path / "model.pt"
    path.write_bytes(b"not a checkpoint")
    with pytest.raises(InputError, match=r"model\.pt: is not a Whisper checkpoint"):
        load_system(f"asr:whisper/{path}").transcribe(spoken[0])


@pytest.mark.torch
def test_a_name_without_a_checkpoint_says_how_to_get_one(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.delenv("BIASBENCH_ALLOW_DOWNLOAD", raising=False)
    with pytest.raises(NotFoundError, match="no checkpoint of 'small'.*BIASBENCH_ALLOW_DOWNLOAD=1"):
        load_system("asr:whisper/small")
    with pytest.raises(NotFoundError, match="named 'smal'. Did you mean 'small'"):
        load_system("asr:whisper/smal")


@pytest.mark.torch
def test_a_checkpoint_that_is_not_there_is_named(tmp_path):
    with pytest.raises(NotFoundError, match=r"gone\.pt: no such checkpoint"):
        load_system(f"asr:whisper/{tmp_path / 'gone.pt'}")


def test_without_the_package_the_extra_is_named():
    if importlib.util.find_spec("whisper") is not None:
        pytest.skip("openai-whisper is installed here")
    with pytest.raises(MissingExtraError, match=r"pip install 'biasbench\[whisper\]'"):
        load_system("asr:whisper/small")
