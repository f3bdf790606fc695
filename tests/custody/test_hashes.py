import hashlib
import shutil
import subprocess
from pathlib import Path

import numpy as np
import pytest
import soundfile

from biasbench.custody import sha256_of_file, sha256_of_pcm
from biasbench.errors import AudioError, NotFoundError

rng = np.random.default_rng(5)
NOISE = rng.integers(-32768, 32768, size=(4001, 2)).astype(np.int16)


def test_a_file_has_the_digest_that_sha256sum_gives(tmp_path: Path) -> None:
    program = shutil.which("sha256sum") or pytest.skip("sha256sum is not installed")
    path = tmp_path / "large"
    path.write_bytes(rng.bytes(3 * (1 << 20) + 17))
    told = subprocess.run([program, path], capture_output=True, text=True, check=True).stdout
    assert sha256_of_file(path) == told.split()[0]


def test_16_bit_sound_is_hashed_as_its_samples_moved_up_to_32_bits(tmp_path: Path) -> None:
    soundfile.write(tmp_path / "a.wav", NOISE, 8000)
    found = sha256_of_pcm(tmp_path / "a.wav")
    assert found is not None
    moved = NOISE.astype("<i4") << 16
    assert found.sha256 == hashlib.sha256(moved.tobytes()).hexdigest()
    assert (found.layout, found.exact, found.decoder) == ("s32le", True, "")
    assert (found.channels, found.sample_rate, found.n_frames) == (2, 8000, 4001)
    assert found.seconds == pytest.approx(4001 / 8000, abs=1e-6)
    assert found.bit_rate == pytest.approx(8000 * 2 * 16, rel=0.01)


@pytest.mark.parametrize("ending", ["wav", "flac", "aiff", "w64", "caf", "au"])
def test_the_container_does_not_change_the_digest_of_the_sound(tmp_path: Path, ending: str) -> None:
    soundfile.write(tmp_path / "a.wav", NOISE, 8000)
    soundfile.write(tmp_path / f"b.{ending}", NOISE, 8000, subtype="PCM_16")
    first, second = sha256_of_pcm(tmp_path / "a.wav"), sha256_of_pcm(tmp_path / f"b.{ending}")
    assert first is not None
    assert second is not None
    assert first.sha256 == second.sha256


@pytest.mark.parametrize("subtype", ["PCM_U8", "PCM_24", "PCM_32", "ULAW", "ALAW", "IMA_ADPCM"])
def test_whole_number_codecs_are_exact(tmp_path: Path, subtype: str) -> None:
    soundfile.write(tmp_path / "a.wav", NOISE, 8000, subtype=subtype)
    found = sha256_of_pcm(tmp_path / "a.wav")
    assert found is not None
    assert (found.layout, found.exact, found.codec) == ("s32le", True, subtype)


@pytest.mark.parametrize(
    ("subtype", "layout", "dtype"), [("FLOAT", "f32le", "<f4"), ("DOUBLE", "f64le", "<f8")]
)
def test_floats_are_hashed_as_they_stand_in_the_file(
    tmp_path: Path, subtype: str, layout: str, dtype: str
) -> None:
    samples = rng.normal(size=999) * 3  # beyond full scale, and kept
    soundfile.write(tmp_path / "a.wav", samples, 8000, subtype=subtype)
    found = sha256_of_pcm(tmp_path / "a.wav")
    assert found is not None
    assert found.layout == layout
    assert found.sha256 == hashlib.sha256(samples.astype(dtype).tobytes()).hexdigest()


@pytest.mark.parametrize(
    ("name", "kind"), [("a.mp3", "MPEG_LAYER_III"), ("a.ogg", "VORBIS"), ("a.opus", "OPUS")]
)
def test_lossy_sound_says_that_its_digest_is_its_decoders(
    tmp_path: Path, name: str, kind: str
) -> None:
    container = "MP3" if name == "a.mp3" else "OGG"
    soundfile.write(tmp_path / name, NOISE[:, :1], 16000, format=container, subtype=kind)
    found = sha256_of_pcm(tmp_path / name)
    assert found is not None
    assert (found.layout, found.exact, found.codec) == ("s16le", False, kind)
    assert found.decoder.startswith("libsndfile ")


@pytest.mark.parametrize(
    ("codec", "ending", "layout"),
    [("pcm_s16le", "mov", "s32le"), ("alac", "m4a", "s32le"), ("pcm_u8", "mov", "s32le"),
     ("aac", "m4a", "s16le")],
)  # fmt: skip
def test_phone_containers_are_hashed_through_ffmpegs_libraries(
    tmp_path: Path, codec: str, ending: str, layout: str
) -> None:
    av = pytest.importorskip("av", reason="the package av is not installed")
    path = tmp_path / f"a.{ending}"
    with av.open(str(path), "w") as container:
        stream = container.add_stream(codec, rate=8000, layout="stereo")
        frame = av.AudioFrame.from_ndarray(NOISE.reshape(1, -1), format="s16", layout="stereo")
        frame.sample_rate = 8000
        for packet in (*stream.encode(frame), *stream.encode(None)):
            container.mux(packet)
    found = sha256_of_pcm(path)
    assert found is not None
    assert (found.layout, found.codec, found.channels) == (layout, codec, 2)
    assert found.exact == (codec != "aac")
    expected = {
        "pcm_s16le": NOISE.astype("<i4") << 16,
        "alac": NOISE.astype("<i4") << 16,
    }
    if codec in expected:
        assert found.sha256 == hashlib.sha256(expected[codec].tobytes()).hexdigest()
    if codec == "pcm_u8":  # FFmpeg keeps the upper byte; libsndfile must say the same of a WAV
        as_u8 = np.clip((NOISE.astype(np.int32) + 0x8000) >> 8, 0, 255) - 128
        assert found.sha256 == hashlib.sha256((as_u8 << 24).astype("<i4").tobytes()).hexdigest()


def test_a_text_file_has_no_sound(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("x")
    assert sha256_of_pcm(tmp_path / "a.csv") is None


@pytest.mark.parametrize("name", ["a.wav", "a.m4a"])
def test_a_recording_that_is_none_is_refused_by_name(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_bytes(b"no sound")
    with pytest.raises(AudioError, match=rf"{name}: cannot be read as audio"):
        sha256_of_pcm(tmp_path / name)


def test_a_file_that_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(NotFoundError, match="no such file"):
        sha256_of_file(tmp_path / "none")
    with pytest.raises(NotFoundError, match="no such file"):
        sha256_of_pcm(tmp_path / "none.wav")
