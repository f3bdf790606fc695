"""PocketSphinx with the US English model of its wheel: a pre-neural recogniser, and a floor.

Huggins-Daines et al. (2006), PocketSphinx. Carnegie Mellon University, BSD licence. Nothing
leaves the machine. It makes so many errors on everyone (57–81 % of words on one read paragraph)
that gaps between groups hide in them: use it to try things out, not to judge.
"""

from __future__ import annotations

import hashlib
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from biasbench.audio import Audio, resample
from biasbench.errors import MissingExtraError, not_found
from biasbench.systems import SystemInfo, Transcript, Word
from biasbench.systems.asr._language import known_language
from biasbench.systems.weights import sha256_of

if TYPE_CHECKING:
    from pocketsphinx import Decoder

_SAMPLE_RATE = 16_000
_FRAMES_PER_SECOND = 100


class PocketSphinx:
    """The en-US model, decoding one whole utterance at a time with the package's own options.

    The front end is set up anew before each: left alone, it carries its means over from one
    utterance to the next, and an answer would depend on who spoke before.
    """

    def __init__(self) -> None:
        try:
            import pocketsphinx
        except ImportError as error:
            raise MissingExtraError("asr:pocketsphinx", "pocketsphinx", "pocketsphinx") from error
        self._model = Path(pocketsphinx.get_model_path("en-us"))
        self._decoder: Decoder | None = None
        self._info = SystemInfo(
            name="asr:pocketsphinx/en-us",
            version=f"{version('pocketsphinx')}+{_digest(self._model)}",
            options=(("cmn", "batch"),),
            licence="BSD-2-Clause",
        )

    @property
    def info(self) -> SystemInfo:
        """Package version and a digest of every file of the model."""
        return self._info

    def transcribe(self, audio: Audio, *, language: str | None = None) -> Transcript:
        """The text and its words; OptionError for any language but English."""
        known_language(language, ("en",), self._info.name)
        decoder = self._load()
        sound = np.clip(resample(audio, _SAMPLE_RATE).samples, -1.0, 1.0)
        pcm = np.round(sound * 32767).astype("<i2").tobytes()
        if not pcm:
            return Transcript("")
        decoder.reinit_feat()
        decoder.start_utt()
        decoder.process_raw(pcm, full_utt=True)
        decoder.end_utt()
        best = decoder.hyp()
        if best is None:
            return Transcript("")
        words = tuple(
            Word(
                text=_plain(segment.word),
                start=segment.start_frame / _FRAMES_PER_SECOND,
                end=(segment.end_frame + 1) / _FRAMES_PER_SECOND,
                confidence=round(min(1.0, float(segment.prob)), 4),
            )
            for segment in decoder.seg()
            if segment.word[0] not in "<["  # <sil>, [NOISE]: fillers, not words
        )
        return Transcript(best.hypstr, words)

    def _load(self) -> Decoder:
        if self._decoder is None:
            from pocketsphinx import Decoder

            self._decoder = Decoder(samprate=_SAMPLE_RATE, cmn="batch", loglevel="FATAL")
        return self._decoder

    def __getstate__(self) -> dict[str, Any]:
        # A worker process makes its own decoder.
        return {**self.__dict__, "_decoder": None}


def load(variant: str | None) -> PocketSphinx:
    """The model of the wheel, en-us; there is no other."""
    if variant not in (None, "en-us"):
        raise not_found("pocketsphinx model", str(variant), ["en-us"])
    return PocketSphinx()


def _plain(word: str) -> str:
    return word.partition("(")[0]  # 'the(2)' is a pronunciation of 'the'


def _digest(folder: Path) -> str:
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    listing = "".join(f"{path.name} {sha256_of(path)}\n" for path in files)
    return hashlib.sha256(listing.encode()).hexdigest()[:8]
