"""What a file is, in figures that anybody can make again: its digest, and that of its sound.

The digest of a file is SHA-256 of its bytes, as `sha256sum` gives it. The digest of its sound is
that of the decoded samples, so that a copy in another container can be told to be the same sound.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from biasbench.audio import AV_ENDINGS
from biasbench.errors import AudioError, MissingExtraError, NotFoundError

if TYPE_CHECKING:
    from collections.abc import Iterator

#: Endings that libsndfile reads; with AV_ENDINGS, what is taken for a recording.
SOUND_ENDINGS = (
    ".aif", ".aiff", ".au", ".caf", ".flac", ".gsm", ".mp3", ".oga", ".ogg", ".opus", ".rf64",
    ".snd", ".w64", ".wav",
)  # fmt: skip

_BLOCK = 1 << 20
_FRAMES = 1 << 16

#: libsndfile's names of codecs whose samples are floats; the rest are whole numbers or lossy.
_FLOATS = {"FLOAT": ("f32le", "float32", "<f4"), "DOUBLE": ("f64le", "float64", "<f8")}
_LOSSY = ("VORBIS", "OPUS", "MPEG_LAYER_I", "MPEG_LAYER_II", "MPEG_LAYER_III")
_AV_WHOLE = {"u8": 24, "u8p": 24, "s16": 16, "s16p": 16, "s32": 0, "s32p": 0}


@dataclass(frozen=True)
class PcmHash:
    """The sound in a file, at the file's own rate and with its own channels.

    sha256: of the interleaved samples in that layout, which has FFmpeg's name: `ffmpeg -i call.wav
    -f s32le - | sha256sum` gives the same digits. exact: whether every right decoder must give
    them; where it is False (MP3, AAC, Opus …) decoders may differ in a last bit, and only the
    digest of the file's bytes identifies it. decoder: what decoded it, where that matters.
    bit_rate: bits of the file per second of sound. seconds: of the decoded sound.
    """

    sha256: str
    layout: str
    exact: bool
    decoder: str
    container: str
    codec: str
    bit_rate: int
    sample_rate: int
    channels: int
    n_frames: int
    seconds: float


def sha256_of_file(path: str | Path) -> str:
    """SHA-256 of a file's bytes, in hexadecimal, read a megabyte at a time.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     _ = Path(folder, "abc").write_bytes(b"abc")
    ...     sha256_of_file(Path(folder, "abc"))[:16]
    'ba7816bf8f01cfea'
    """
    path = Path(path)
    if not path.is_file():
        raise NotFoundError(f"{path}: no such file")
    with path.open("rb") as stream:
        return digest_of(stream)[0]


def digest_of(stream: IO[bytes], limit: int | None = None) -> tuple[str, int]:
    """SHA-256 and the number of bytes of what is left in a stream; stops once past `limit`."""
    digest, n_bytes = hashlib.sha256(), 0
    while block := stream.read(_BLOCK):
        digest.update(block)
        n_bytes += len(block)
        if limit is not None and n_bytes > limit:
            break
    return digest.hexdigest(), n_bytes


def sha256_of_pcm(path: str | Path) -> PcmHash | None:
    """The digest of the decoded samples, and what the file is; None if it is no recording.

    The ending of the name tells a recording. Samples are little-endian and interleaved, and their
    layout is the one in which decoding rounds nothing:

    - s32le for whole-number codecs (PCM of any width, FLAC, ALAC, µ-law, A-law, GSM, ADPCM), each
      sample moved up to 32 bits;
    - f32le and f64le for PCM of floats, the very bytes of the file;
    - s16le for codecs whose decoders compute in floats (MP3, AAC, AMR, Vorbis, Opus): the nearest
      16-bit number (halves to even, full scale clipped), and `exact` is False.

    Raises NotFoundError, AudioError for a recording that cannot be read, MissingExtraError for an
    M4A, WebM or WMA file without the package `av`.

    >>> import soundfile, tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     soundfile.write(Path(folder, "a.wav"), np.zeros((800, 2)), 8000)
    ...     soundfile.write(Path(folder, "a.flac"), np.zeros((800, 2)), 8000)
    ...     wav, flac = (sha256_of_pcm(Path(folder, name)) for name in ("a.wav", "a.flac"))
    >>> (wav.sha256 == flac.sha256, wav.container, wav.codec, wav.seconds, wav.exact)
    (True, 'WAV', 'PCM_16', 0.1, True)
    """
    path = Path(path)
    if not path.is_file():
        raise NotFoundError(f"{path}: no such file")
    if path.suffix.lower() in AV_ENDINGS:
        return _with_av(path)
    return _with_soundfile(path) if path.suffix.lower() in SOUND_ENDINGS else None


def _with_soundfile(path: Path) -> PcmHash:
    import soundfile

    try:
        with soundfile.SoundFile(path) as file:
            layout, dtype, stored = _FLOATS.get(file.subtype, ("s32le", "int32", "<i4"))
            exact = file.subtype not in _LOSSY
            blocks = file.blocks(_FRAMES, dtype=dtype if exact else "float32", always_2d=True)
            digest, n_frames = _digest(
                block.astype(stored) if exact else _nearest_16_bit(block) for block in blocks
            )
            return _hash_of(
                path,
                sha256=digest,
                layout=layout if exact else "s16le",
                decoder="" if exact else f"libsndfile {soundfile.__libsndfile_version__}",
                kind=(str(file.format), str(file.subtype)),
                shape=(n_frames, int(file.channels), int(file.samplerate)),
            )
    except (soundfile.LibsndfileError, OSError) as error:
        reason = getattr(error, "error_string", None) or str(error.args[-1] if error.args else "")
        raise AudioError(f"{path}: cannot be read as audio: {reason.rstrip('.')}") from error


def _with_av(path: Path) -> PcmHash:
    try:
        import av
    except ImportError as error:
        raise MissingExtraError(f"{path}: reading '{path.suffix}' audio", "av", "av") from error
    try:
        with av.open(str(path)) as container:
            if not container.streams.audio:
                raise AudioError(f"{path}: holds no audio track")
            stream = container.streams.audio[0]
            shift = _AV_WHOLE.get(stream.codec_context.format.name)
            digest, n_frames = _digest(
                _av_samples(frame, shift) for frame in container.decode(stream)
            )
            avcodec = ".".join(map(str, av.library_versions["libavcodec"]))
            return _hash_of(
                path,
                sha256=digest,
                layout="s16le" if shift is None else "s32le",
                decoder=f"libavcodec {avcodec}" if shift is None else "",
                kind=(str(container.format.name), str(stream.codec_context.name)),
                shape=(n_frames, int(stream.codec_context.channels), int(stream.rate)),
            )
    except av.FFmpegError as error:
        reason = error.strerror or error
        raise AudioError(f"{path}: cannot be read as audio: {reason}") from error


def _av_samples(frame: Any, shift: int | None) -> NDArray[Any]:  # noqa: ANN401 - a frame of av's
    """Samples of shape (n, channels), as they are hashed; `shift` is None where they are floats."""
    samples = frame.to_ndarray()
    if not frame.format.is_planar:
        samples = samples.reshape(-1, frame.layout.nb_channels).T
    if shift is None:
        return _nearest_16_bit(samples.T)
    whole = samples.T.astype(np.int32)
    if samples.dtype == np.uint8:
        whole -= 128
    moved: NDArray[Any] = (whole << shift).astype("<i4")
    return moved


def _nearest_16_bit(samples: NDArray[Any]) -> NDArray[Any]:
    whole: NDArray[Any] = np.clip(np.rint(samples * 32768.0), -32768, 32767).astype("<i2")
    return whole


def _digest(blocks: Iterator[NDArray[Any]]) -> tuple[str, int]:
    digest, n_frames = hashlib.sha256(), 0
    for block in blocks:
        digest.update(np.ascontiguousarray(block).tobytes())
        n_frames += len(block)
    return digest.hexdigest(), n_frames


def _hash_of(
    path: Path,
    *,
    sha256: str,
    layout: str,
    decoder: str,
    kind: tuple[str, str],
    shape: tuple[int, int, int],
) -> PcmHash:
    n_frames, channels, sample_rate = shape
    if n_frames == 0:
        raise AudioError(f"{path}: holds no samples")
    return PcmHash(
        sha256=sha256,
        layout=layout,
        exact=not decoder,
        decoder=decoder,
        container=kind[0],
        codec=kind[1],
        bit_rate=round(8 * path.stat().st_size * sample_rate / n_frames),
        sample_rate=sample_rate,
        channels=channels,
        n_frames=n_frames,
        seconds=round(n_frames / sample_rate, 6),
    )
