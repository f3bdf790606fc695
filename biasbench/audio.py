"""Audio: mono float32 samples and their rate; one function that reads them from a file.

Decoding is libsndfile's (WAV, FLAC, Ogg Vorbis and Opus, MP3, AIFF, AU, GSM 06.10, µ-law, A-law,
IMA ADPCM …) and, for the phone formats it does not know (M4A, WebM, WMA …), FFmpeg's libraries
through the package `av`. Resampling is soxr's at quality HQ: 8 kHz telephone sound is brought to
the rate asked for and gains nothing above 4 kHz by it.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from biasbench.errors import AudioError, MissingExtraError, OptionError

if TYPE_CHECKING:
    import soundfile
    from av import AudioStream
    from av.container import InputContainer

#: Endings that libsndfile cannot read and FFmpeg can.
AV_ENDINGS = (".3gp", ".aac", ".amr", ".m4a", ".m4b", ".mka", ".mov", ".mp4", ".webm", ".wma")

#: An end this far past the last sample is the last sample: times are written with two decimals.
END_TOLERANCE = 0.01

#: An MP3 frame may keep bits in earlier frames, so a decoder that jumps in starts on broken ones
#: (measured at 8 kbit/s: errors up to 0.37 of full scale). It enters this many seconds earlier.
_MP3_RUN_UP = 3


@dataclass(frozen=True, eq=False)
class Audio:
    """One stretch of mono sound.

    samples: shape (n,), float32, full scale −1 to 1. sample_rate: Hz. name: what it is a
    recording of (the utterance id), for messages.
    """

    samples: NDArray[np.float32]
    sample_rate: int
    name: str = ""

    @property
    def seconds(self) -> float:
        """Length in seconds."""
        return len(self.samples) / self.sample_rate

    def sha256(self) -> str:
        """SHA-256 of the samples and their rate: the same sound, the same hexadecimal digits."""
        digest = hashlib.sha256(str(self.sample_rate).encode())
        digest.update(np.ascontiguousarray(self.samples).tobytes())
        return digest.hexdigest()


def read_audio(
    path: str | Path,
    *,
    start: float | None = None,
    end: float | None = None,
    channel: str | int | None = None,
    sample_rate: int = 16_000,
    name: str = "",
) -> Audio:
    """The sound between `start` and `end` (seconds; None: the file's own), at `sample_rate` Hz.

    `channel` is a 0-based number or 'mix' (the mean of all channels). A file with several
    channels is not mixed unasked: on a call, the other channel is the other person. An end up to
    0.01 s past the last sample is read as the last sample.

    Raises AudioError (file, value, what to do) when the file is missing, empty, cut short or
    unreadable, holds samples that are not numbers, or has no such stretch or channel;
    MissingExtraError for an M4A, WebM or WMA file without the package `av`.

    >>> import soundfile, tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     soundfile.write(Path(folder, "call.wav"), np.zeros((8000, 2)), 8000)
    ...     read_audio(Path(folder, "call.wav"), start=0.25, channel=1).seconds
    0.75
    """
    if sample_rate <= 0:
        raise OptionError(f"sample_rate is {sample_rate} Hz; write a positive rate, e.g. 16000")
    path = Path(path)
    _check_stretch(path, start, end)
    _check_is_file(path)
    read = _read_with_av if path.suffix.lower() in AV_ENDINGS else _read_with_soundfile
    sound, rate = read(path, start, end)
    samples = _one_channel(path, sound, channel)
    if not np.isfinite(samples).all():
        where = (start or 0.0) + int(np.argmin(np.isfinite(samples))) / rate
        raise AudioError(
            f"{path}: holds samples that are not numbers (NaN or infinite), first at {where:.3f} "
            "s. Export the file again, as 16-bit PCM"
        )
    return resample(Audio(np.ascontiguousarray(samples), rate, name), sample_rate)


def count_channels(path: str | Path) -> int:
    """How many channels an audio file has, by its header; nothing is decoded.

    Raises AudioError when the file is missing, empty or unreadable, MissingExtraError as
    `read_audio` does.

    >>> import soundfile, tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     soundfile.write(Path(folder, "call.wav"), np.zeros((8000, 2)), 8000)
    ...     count_channels(Path(folder, "call.wav"))
    2
    """
    path = Path(path)
    _check_is_file(path)
    if path.suffix.lower() in AV_ENDINGS:
        with _opened_with_av(path) as (_, stream):
            return int(stream.codec_context.channels)
    with _opened_with_soundfile(path) as file:
        return int(file.channels)


def read_other_channel(
    path: str | Path,
    *,
    channel: str | int | None,
    start: float | None = None,
    end: float | None = None,
    sample_rate: int = 16_000,
    name: str = "",
) -> Audio | None:
    """The channel of a two-channel file that `channel` does not name; None where there is none.

    On a call recorded on two channels, this is the other side. There is none in a file of one
    channel, nor where the mix of both is asked for; of more than two, nobody can tell which it is.
    The arguments and the errors are those of `read_audio`.

    >>> import soundfile, tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     soundfile.write(Path(folder, "call.wav"), np.array([[0.5, -0.5]] * 16_000), 16_000)
    ...     float(read_other_channel(Path(folder, "call.wav"), channel=0).samples[0])
    -0.5
    """
    path = Path(path)
    n_channels = count_channels(path)
    if n_channels != 2 or channel == "mix":
        return None
    # An unnamed channel, or a third, is refused by read_audio in its own words.
    other = channel
    if channel is not None and (number := _channel_number(path, channel)) < n_channels:
        other = 1 - number
    return read_audio(path, start=start, end=end, channel=other, sample_rate=sample_rate, name=name)


def resample(audio: Audio, sample_rate: int) -> Audio:
    """The same sound at another rate in Hz; the very same object if it has that rate already.

    >>> resample(Audio(np.zeros(8000, dtype=np.float32), 8000), 16_000).samples.shape
    (16000,)
    """
    if audio.sample_rate == sample_rate:
        return audio
    import soxr

    samples = soxr.resample(audio.samples, audio.sample_rate, sample_rate, quality="HQ")
    return Audio(samples.astype(np.float32, copy=False), sample_rate, audio.name)


def _check_stretch(path: Path, start: float | None, end: float | None) -> None:
    for label, seconds in (("start", start), ("end", end)):
        if seconds is not None and not (math.isfinite(seconds) and seconds >= 0):
            raise AudioError(
                f"{path}: {label} is {seconds} s; write seconds from the beginning of the file, "
                "or nothing"
            )
    if end is not None and end <= (start or 0.0):
        raise AudioError(
            f"{path}: end {end} s is not after start {start or 0.0} s. Both are seconds from the "
            "beginning of the file (end is not a duration)"
        )


def _first_and_last(
    path: Path, start: float | None, end: float | None, n_frames: int, rate: int
) -> tuple[int, int]:
    """Frame numbers of the stretch, the last one not included."""
    seconds = n_frames / rate
    if n_frames == 0:
        raise AudioError(f"{path}: holds no samples. Export it again, or remove its row")
    for label, value in (("start", start), ("end", end)):
        if value is not None and value > seconds + END_TOLERANCE:
            raise AudioError(
                f"{path}: {label} {value} s is beyond the end of the file, which lasts "
                f"{seconds:.3f} s. Check that times are in seconds and that this is the right file"
            )
    first = round((start or 0.0) * rate)
    last = n_frames if end is None else min(round(end * rate), n_frames)
    if first >= last:
        raise AudioError(
            f"{path}: no sample lies between start {start or 0.0} s and end "
            f"{seconds if end is None else end:.3f} s; the file lasts {seconds:.3f} s"
        )
    return first, last


def _check_is_file(path: Path) -> None:
    if not path.is_file():
        raise AudioError(
            f"{path}: no such audio file. Check the 'audio' column: paths are relative to the "
            "corpus folder"
        )


def _read_with_soundfile(
    path: Path, start: float | None, end: float | None
) -> tuple[NDArray[np.float32], int]:
    """Samples of shape (n, channels) and their rate; only the stretch is decoded."""
    with _opened_with_soundfile(path) as file:
        first, last = _first_and_last(path, start, end, file.frames, file.samplerate)
        sound = _frames(file, first, last)
        rate = int(file.samplerate)
    if len(sound) < last - first:
        raise AudioError(
            f"{path}: is cut short: sound stops at {(first + len(sound)) / rate:.3f} s, and "
            f"{last / rate:.3f} s were announced. Copy or export it again"
        )
    return sound, rate


@contextmanager
def _opened_with_soundfile(path: Path) -> Iterator[soundfile.SoundFile]:
    """The open file; what libsndfile says against it is an AudioError."""
    import soundfile

    if path.stat().st_size == 0:
        raise AudioError(f"{path}: the file is empty. Export it again, or remove its row")
    if path.suffix.lower() == ".raw":
        raise AudioError(
            f"{path}: raw samples carry no rate and no number of channels. Convert it to WAV"
        )
    try:
        with soundfile.SoundFile(path) as file:
            yield file
    except soundfile.LibsndfileError as error:
        raise AudioError(
            f"{path}: cannot be read as audio: {error.error_string.rstrip('.')}. Export it as WAV "
            "or FLAC"
        ) from error


def _frames(file: soundfile.SoundFile, first: int, last: int) -> NDArray[np.float32]:
    entry = max(0, first - _MP3_RUN_UP * file.samplerate) if file.format == "MP3" else first
    if not file.seekable():
        entry = 0
    if entry:
        file.seek(entry)
    sound: NDArray[np.float32] = file.read(last - entry, dtype="float32", always_2d=True)
    return sound[first - entry :]


def _read_with_av(
    path: Path, start: float | None, end: float | None
) -> tuple[NDArray[np.float32], int]:
    """The same through FFmpeg's libraries; decodes from the beginning and stops after `end`.

    Compressed streams of these containers cannot be entered at an exact sample.
    """
    blocks: list[NDArray[np.float32]] = []
    n_frames = 0
    with _opened_with_av(path) as (container, stream):
        from av import AudioResampler

        rate = int(stream.rate)
        planar = AudioResampler(format="fltp", rate=rate)
        for frame in container.decode(stream):
            for converted in planar.resample(frame):
                blocks.append(converted.to_ndarray().astype(np.float32, copy=False))
                n_frames += blocks[-1].shape[1]
            if end is not None and n_frames >= (end + END_TOLERANCE) * rate:
                break
    first, last = _first_and_last(path, start, end, n_frames, rate)
    return np.concatenate(blocks, axis=1).T[first:last], rate


@contextmanager
def _opened_with_av(path: Path) -> Iterator[tuple[InputContainer, AudioStream]]:
    """The open file and its first audio track; what FFmpeg says against it is an AudioError."""
    try:
        import av
    except ImportError as error:
        raise MissingExtraError(f"{path}: reading '{path.suffix}' audio", "av", "av") from error

    try:
        with av.open(str(path)) as container:
            if not container.streams.audio:
                raise AudioError(f"{path}: holds no audio track. Check that it is the right file")
            yield container, container.streams.audio[0]
    except av.FFmpegError as error:
        raise AudioError(
            f"{path}: cannot be read as audio: {error.strerror or error}. Export it as WAV or FLAC"
        ) from error


def _one_channel(
    path: Path, sound: NDArray[np.float32], channel: str | int | None
) -> NDArray[np.float32]:
    n_channels = sound.shape[1]
    if channel is None:
        if n_channels == 1:
            return sound[:, 0]
        raise AudioError(
            f"{path}: has {n_channels} channels and none was chosen. Write channel = 0 to "
            f"{n_channels - 1} for the person who speaks, or 'mix' for the mean of all"
        )
    if channel == "mix":
        mixed: NDArray[np.float32] = sound.mean(axis=1, dtype=np.float32)
        return mixed
    number = _channel_number(path, channel)
    if number >= n_channels:
        has = "1 channel" if n_channels == 1 else f"{n_channels} channels"
        raise AudioError(
            f"{path}: there is no channel {number}: the file has {has}, counted from 0"
        )
    return sound[:, number]


def _channel_number(path: Path, channel: str | int) -> int:
    text = str(channel).strip().removesuffix(".0")  # a column with gaps turns 1 into 1.0
    if not text.isdecimal():
        raise AudioError(f"{path}: channel is {channel!r}; write a number counted from 0, or 'mix'")
    return int(text)
