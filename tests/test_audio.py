"""Reading audio: what comes out is the stretch that was asked for, or a sentence about the file."""

import sys
from pathlib import Path

import numpy as np
import pytest
import soundfile

from biasbench.audio import Audio, read_audio, resample
from biasbench.errors import AudioError, MissingExtraError, OptionError

RATE = 16_000


def sweep(seconds: float, rate: int = RATE) -> np.ndarray:
    """A sine that rises from 200 Hz by 50 Hz a second: no two stretches of it are alike."""
    t = np.arange(round(seconds * rate)) / rate
    return (0.3 * np.sin(2 * np.pi * (200 + 25 * t) * t)).astype(np.float32)


def write(path: Path, samples: np.ndarray, rate: int = RATE, **kind: str) -> Path:
    soundfile.write(path, samples, rate, **kind)
    return path


@pytest.mark.parametrize(
    ("ending", "kind"),
    [
        ("wav", {"subtype": "FLOAT"}),
        ("wav", {"subtype": "PCM_16"}),
        ("wav", {"subtype": "ULAW"}),
        ("wav", {"subtype": "ALAW"}),
        ("wav", {"subtype": "GSM610"}),
        ("wav", {"subtype": "IMA_ADPCM"}),
        ("flac", {}),
        ("ogg", {"format": "OGG", "subtype": "VORBIS"}),
        ("opus", {"format": "OGG", "subtype": "OPUS"}),
        ("mp3", {}),
    ],
)
def test_a_stretch_is_the_same_samples_as_in_the_whole_file(tmp_path, ending, kind):
    path = write(tmp_path / f"call.{ending}", sweep(6), **kind)
    whole = read_audio(path)
    part = read_audio(path, start=4.013, end=5.5, name="u1")
    first = round(4.013 * RATE)
    expected = whole.samples[first : round(5.5 * RATE)]
    np.testing.assert_allclose(part.samples, expected, atol=1e-6)
    assert part.samples.dtype == np.float32
    assert (part.sample_rate, part.name) == (RATE, "u1")


def test_a_stretch_of_a_low_bit_rate_mp3_is_the_same_samples_as_in_the_whole_file(tmp_path):
    # its frames borrow bits from earlier ones: a plain seek gives errors up to 0.37
    path = tmp_path / "call.mp3"
    soundfile.write(path, sweep(20), RATE, compression_level=0.99, bitrate_mode="CONSTANT")
    whole = read_audio(path).samples
    for start in (1.0, 3.217, 7.77, 16.123):
        part = read_audio(path, start=start, end=start + 1).samples
        first = round(start * RATE)
        np.testing.assert_allclose(part, whole[first : first + len(part)], atol=1e-6)


def test_only_the_stretch_is_decoded(tmp_path, monkeypatch):
    path = write(tmp_path / "hour.wav", np.zeros(60 * RATE, dtype=np.float32))
    asked = []
    read = soundfile.SoundFile.read

    def counting(self, frames=-1, **options):
        asked.append(frames)
        return read(self, frames, **options)

    monkeypatch.setattr(soundfile.SoundFile, "read", counting)
    read_audio(path, start=50, end=51)
    assert asked == [RATE]


def test_telephone_sound_is_resampled(tmp_path):
    t = np.arange(8000) / 8000
    path = write(tmp_path / "phone.wav", 0.5 * np.sin(2 * np.pi * 1000 * t), 8000)
    heard = read_audio(path)
    assert heard.sample_rate == RATE
    assert len(heard.samples) == RATE
    expected = 0.5 * np.sin(2 * np.pi * 1000 * np.arange(RATE) / RATE)
    middle = slice(1000, -1000)  # the filter rings at the two ends
    np.testing.assert_allclose(heard.samples[middle], expected[middle], atol=1e-3)


def test_sound_at_the_rate_asked_for_is_left_alone():
    heard = Audio(sweep(1), RATE)
    assert resample(heard, RATE) is heard


def test_a_channel_is_chosen_by_number_or_mixed(tmp_path):
    left, right = sweep(1), sweep(1)[::-1]
    path = write(tmp_path / "call.wav", np.column_stack([left, right]), subtype="FLOAT")
    np.testing.assert_array_equal(read_audio(path, channel=0).samples, left)
    np.testing.assert_array_equal(read_audio(path, channel="1").samples, right)
    np.testing.assert_array_equal(read_audio(path, channel="1.0").samples, right)
    np.testing.assert_allclose(
        read_audio(path, channel="mix").samples, (left + right) / 2, atol=1e-7
    )


def test_several_channels_are_not_mixed_unasked(tmp_path):
    path = write(tmp_path / "call.wav", np.zeros((RATE, 2)))
    with pytest.raises(AudioError, match=r"call\.wav: has 2 channels .* channel = 0 to 1 .*'mix'"):
        read_audio(path)


@pytest.mark.parametrize(
    ("channel", "words"),
    [
        (2, "there is no channel 2: the file has 2 channels, counted from 0"),
        ("left", "channel is 'left'; write a number counted from 0, or 'mix'"),
        (-1, "channel is -1; write a number counted from 0"),
    ],
)
def test_a_channel_that_is_not_there_is_named(tmp_path, channel, words):
    path = write(tmp_path / "call.wav", np.zeros((RATE, 2)))
    with pytest.raises(AudioError, match=words):
        read_audio(path, channel=channel)


@pytest.mark.parametrize(
    ("stretch", "words"),
    [
        ({"start": 2.0, "end": 1.0}, r"end 1\.0 s is not after start 2\.0 s"),
        ({"start": 1.0, "end": 1.0}, r"end 1\.0 s is not after start 1\.0 s"),
        ({"end": 3.2}, r"end 3\.2 s is beyond the end of the file, which lasts 3\.000 s"),
        ({"start": 8000}, "start 8000 s is beyond the end of the file"),
        ({"start": 3.0}, r"no sample lies between start 3\.0 s and end 3\.000 s"),
        ({"start": -1.0}, r"start is -1\.0 s; write seconds"),
        ({"end": float("nan")}, "end is nan s; write seconds"),
    ],
)
def test_a_stretch_that_is_not_there_is_named(tmp_path, stretch, words):
    path = write(tmp_path / "call.wav", sweep(3))
    with pytest.raises(AudioError, match=rf"call\.wav: {words}"):
        read_audio(path, **stretch)


def test_an_end_rounded_up_to_two_decimals_is_the_end(tmp_path):
    path = write(tmp_path / "call.wav", np.zeros(round(1.2345 * RATE)))
    assert read_audio(path, end=1.24).seconds == pytest.approx(1.2345)


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(AudioError, match=r"nobody\.wav: no such audio file"):
        read_audio(tmp_path / "nobody.wav")


def test_an_empty_file_is_named(tmp_path):
    (tmp_path / "call.wav").write_bytes(b"")
    with pytest.raises(AudioError, match=r"call\.wav: the file is empty"):
        read_audio(tmp_path / "call.wav")


def test_a_file_without_samples_is_named(tmp_path):
    path = write(tmp_path / "call.wav", np.zeros(0))
    with pytest.raises(AudioError, match=r"call\.wav: holds no samples"):
        read_audio(path)


def test_a_file_that_is_not_audio_is_refused_with_the_library_s_words(tmp_path):
    (tmp_path / "call.wav").write_text("<html>404 Not Found</html>", encoding="utf-8")
    with pytest.raises(AudioError, match=r"call\.wav: cannot be read as audio: Format not recog"):
        read_audio(tmp_path / "call.wav")


def test_raw_samples_are_refused(tmp_path):
    (tmp_path / "call.raw").write_bytes(b"\0\1" * 100)
    with pytest.raises(AudioError, match="raw samples carry no rate .* Convert it to WAV"):
        read_audio(tmp_path / "call.raw")


def test_a_file_that_was_cut_short_is_refused(tmp_path):
    path = write(tmp_path / "call.flac", np.random.default_rng(0).normal(0, 0.1, 5 * RATE))
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    with pytest.raises(AudioError, match=r"call\.flac: (is cut short|cannot be read)"):
        read_audio(path)


def test_samples_that_are_not_numbers_are_located(tmp_path):
    samples = sweep(2)
    samples[RATE + 400] = np.nan
    path = write(tmp_path / "call.wav", samples, subtype="FLOAT")
    with pytest.raises(AudioError, match=r"NaN or infinite\), first at 1\.025 s"):
        read_audio(path)
    assert read_audio(path, end=1.0).seconds == 1.0


def test_a_rate_must_be_positive(tmp_path):
    path = write(tmp_path / "call.wav", sweep(1))
    with pytest.raises(OptionError, match="sample_rate is 0 Hz"):
        read_audio(path, sample_rate=0)


def write_m4a(path: Path, samples: np.ndarray) -> Path:
    av = pytest.importorskip("av")
    with av.open(str(path), "w") as container:
        stream = container.add_stream("aac", rate=RATE, layout="mono")
        frame = av.AudioFrame.from_ndarray(samples[None], format="fltp", layout="mono")
        frame.sample_rate = RATE
        frame.pts = 0
        for packet in [*stream.encode(frame), *stream.encode(None)]:
            container.mux(packet)
    return path


def test_m4a_is_read(tmp_path):
    path = write_m4a(tmp_path / "memo.m4a", sweep(3))
    whole = read_audio(path)
    assert whole.seconds == pytest.approx(3, abs=0.15)  # AAC fills its first and last frames
    part = read_audio(path, start=1, end=2.5)
    np.testing.assert_allclose(part.samples, whole.samples[RATE : round(2.5 * RATE)], atol=1e-6)


def test_an_m4a_that_is_not_audio_is_refused(tmp_path):
    pytest.importorskip("av")
    (tmp_path / "memo.m4a").write_bytes(b"nothing of the kind" * 50)
    with pytest.raises(AudioError, match=r"memo\.m4a: cannot be read as audio: Invalid data"):
        read_audio(tmp_path / "memo.m4a")


def test_m4a_without_its_package_names_the_extra(tmp_path, monkeypatch):
    (tmp_path / "memo.m4a").write_bytes(b"anything")
    monkeypatch.setitem(sys.modules, "av", None)
    with pytest.raises(MissingExtraError, match=r"needs the package 'av'.*biasbench\[av\]"):
        read_audio(tmp_path / "memo.m4a")


def test_the_same_sound_has_the_same_digest_and_another_rate_has_not():
    samples = sweep(0.1)
    assert Audio(samples, RATE).sha256() == Audio(samples.copy(), RATE, "other").sha256()
    assert Audio(samples, RATE).sha256() != Audio(samples, 8000).sha256()
