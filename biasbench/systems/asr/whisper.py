"""OpenAI's own Whisper package, on PyTorch: the reference implementation.

Radford et al. (2023), Robust Speech Recognition via Large-Scale Weak Supervision; MIT licence.
Nothing leaves the machine. Sound is handed over as samples, so no ffmpeg program is needed;
checkpoints are loaded by PyTorch's `weights_only`, which runs no code of theirs.

    load_system("asr:whisper/small")                a name: its checkpoint in the package's cache
    load_system("asr:whisper//path/to/model.pt")    a checkpoint

The decoding is that of `asr:faster-whisper`: beam search at temperature 0 and never above, no
window prompted by the text of the one before, full precision. It gives no word times: ask
faster-whisper for them.
"""

from __future__ import annotations

import os
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

from biasbench.audio import Audio, resample
from biasbench.errors import InputError, MissingExtraError, NotFoundError, not_found
from biasbench.systems import SystemInfo, Transcript
from biasbench.systems.asr._language import known_language
from biasbench.systems.weights import sha256_of

if TYPE_CHECKING:
    from whisper import Whisper as Model

_SAMPLE_RATE = 16_000
_NO_SPEECH_THRESHOLD = 0.6
_LOG_PROB_THRESHOLD = -1.0

#: Names that share another's checkpoint file.
_SAME_FILE = {"large": "large-v3", "turbo": "large-v3-turbo"}


class Whisper:
    """One checkpoint and how it decodes; it is read at the first transcript.

    beam_size: hypotheses kept.
    """

    def __init__(self, variant: str = "base", *, beam_size: int = 5) -> None:
        try:
            package_version = version("openai-whisper")
        except ImportError as error:
            raise MissingExtraError("asr:whisper", "openai-whisper", "whisper") from error
        self._checkpoint = _checkpoint(variant)
        self._beam_size = beam_size
        self._model: Model | None = None
        name = self._checkpoint.name if _is_path(variant) else variant
        self._info = SystemInfo(
            name=f"asr:whisper/{name}",
            version=f"{package_version}+{sha256_of(self._checkpoint)[:8]}",
            options=(
                ("beam_size", str(beam_size)),
                ("temperature", "0"),
                ("condition_on_previous_text", "no"),
                ("no_speech_threshold", str(_NO_SPEECH_THRESHOLD)),
                ("log_prob_threshold", str(_LOG_PROB_THRESHOLD)),
                ("compute_type", "float32"),
                ("torch", version("torch")),
            ),
            licence="MIT",
        )

    @property
    def info(self) -> SystemInfo:
        """Package version and first digits of the checkpoint's SHA-256; every decoding option."""
        return self._info

    def transcribe(self, audio: Audio, *, language: str | None = None) -> Transcript:
        """The text Whisper writes, in `language` or, if None, in the one it detects.

        Raises OptionError for a language that the model lacks.
        """
        model = self._load()
        from whisper.tokenizer import LANGUAGES

        known = LANGUAGES if model.is_multilingual else ("en",)
        language = known_language(language, tuple(known), self._info.name)
        written = model.transcribe(
            resample(audio, _SAMPLE_RATE).samples.copy(),
            language=language,
            beam_size=self._beam_size,
            temperature=0.0,
            condition_on_previous_text=False,
            no_speech_threshold=_NO_SPEECH_THRESHOLD,
            logprob_threshold=_LOG_PROB_THRESHOLD,
            fp16=False,
        )
        detected = language is None and model.is_multilingual
        return Transcript(
            text=written["text"].strip(),
            raw={
                "language": written["language"],
                "language_chosen_by": "detection" if detected else "caller or model",
                "segments": [_about_segment(segment) for segment in written["segments"]],
            },
        )

    def _load(self) -> Model:
        if self._model is None:
            import pickle

            import whisper

            try:
                self._model = whisper.load_model(str(self._checkpoint), device="cpu")
            except (pickle.UnpicklingError, RuntimeError, KeyError, TypeError, EOFError) as error:
                reason = str(error).strip().splitlines()[0]
                raise InputError(
                    f"{self._checkpoint}: is not a Whisper checkpoint ({reason}). It must hold "
                    "'dims' and 'model_state_dict' as the package's own do"
                ) from error
        return self._model

    def __getstate__(self) -> dict[str, Any]:
        # A worker process gets the options and reads the checkpoint itself.
        return {**self.__dict__, "_model": None}


def load(variant: str | None) -> Whisper:
    """The model of that name or checkpoint, with the default options; base if None."""
    return Whisper(variant or "base")


def _is_path(variant: str) -> bool:
    return variant.endswith(".pt") or "/" in variant or "\\" in variant


def _checkpoint(variant: str) -> Path:
    if _is_path(variant):
        path = Path(variant).expanduser()
        if not path.is_file():
            raise NotFoundError(f"{path}: no such checkpoint")
        return path
    root = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache", "whisper")
    path = root / f"{_SAME_FILE.get(variant, variant)}.pt"
    if not path.is_file():
        _download(variant, path)
    return path


def _download(variant: str, path: Path) -> None:
    """Have the package fetch the checkpoint, if the user allows it; it checks the SHA-256."""
    try:
        import whisper
    except ImportError as error:  # its own dependencies: torch, tiktoken …
        raise MissingExtraError("asr:whisper", str(error.name), "whisper") from error
    if variant not in whisper.available_models():
        raise not_found("whisper model", variant, whisper.available_models())
    if os.environ.get("BIASBENCH_ALLOW_DOWNLOAD") != "1":
        raise NotFoundError(
            f"no checkpoint of '{variant}': {path} is not there, and a download is not allowed. "
            "To fix it: give a checkpoint, asr:whisper/PATH.pt; or set BIASBENCH_ALLOW_DOWNLOAD=1 "
            "to allow one download"
        )
    try:
        whisper.load_model(variant, device="cpu", download_root=str(path.parent))
    except (OSError, RuntimeError) as error:
        raise NotFoundError(
            f"checkpoint of '{variant}' could not be downloaded: {error}. Give one that you have: "
            "asr:whisper/PATH.pt"
        ) from error


def _about_segment(segment: dict[str, Any]) -> dict[str, float]:
    kept = ("start", "end", "avg_logprob", "no_speech_prob", "compression_ratio")
    return {name: round(float(segment[name]), 4) for name in kept}
