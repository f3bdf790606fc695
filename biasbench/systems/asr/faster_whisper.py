"""Whisper through CTranslate2: OpenAI's models, 8-bit, on any processor (no torch, no ffmpeg).

Radford et al. (2023), Robust Speech Recognition via Large-Scale Weak Supervision. faster-whisper
is by SYSTRAN; both are under the MIT licence. Nothing leaves the machine; where the weights come
from is told in `biasbench.systems.weights`.

    load_system("asr:faster-whisper/tiny.en")          a name
    load_system("asr:faster-whisper/./models/mine")    a folder
    FasterWhisper("base", beam_size=1, words=True)     other options, from Python

The defaults make one sound always give one text: beam search at temperature 0 and never above,
where the package itself falls back on sampling when it doubts; no window prompted by the text of
the one before; no voice detector that could drop a quiet speaker. The same package versions on
another kind of processor may round differently.
"""

from __future__ import annotations

from importlib.metadata import version
from typing import TYPE_CHECKING, Any

from biasbench.audio import Audio, resample
from biasbench.errors import MissingExtraError
from biasbench.systems import SystemInfo, Transcript, Word
from biasbench.systems.asr._language import known_language
from biasbench.systems.weights import find_weights

if TYPE_CHECKING:
    from faster_whisper import WhisperModel
    from faster_whisper.transcribe import Segment

_SAMPLE_RATE = 16_000

#: A window that Whisper calls silent with more than this probability, and transcribes with less
#: than this mean log probability, gives no text. The package's own values.
NO_SPEECH_THRESHOLD = 0.6
LOG_PROB_THRESHOLD = -1.0


class FasterWhisper:
    """One Whisper model and how it decodes; the weights are read at the first transcript.

    beam_size: hypotheses kept. words: times and confidences of every word (slower: see
    `Transcript.words`; the text may differ at the ends of 30 s windows). vad_filter: Silero's
    detector removes what it takes for silence first. compute_type: int8, or float32 for the
    weights' full precision. cpu_threads: 0 is what OMP_NUM_THREADS says, or else 4; it does not
    change the text.
    """

    def __init__(
        self,
        variant: str = "tiny.en",
        *,
        beam_size: int = 5,
        words: bool = False,
        vad_filter: bool = False,
        compute_type: str = "int8",
        cpu_threads: int = 0,
    ) -> None:
        try:
            package_versions = version("faster-whisper"), version("ctranslate2")
        except ImportError as error:
            raise MissingExtraError(
                "asr:faster-whisper", "faster-whisper", "faster-whisper"
            ) from error
        self.weights = find_weights(variant)
        self._beam_size = beam_size
        self._words = words
        self._vad_filter = vad_filter
        self._compute_type = compute_type
        self._cpu_threads = cpu_threads
        self._model: WhisperModel | None = None
        self._info = SystemInfo(
            name=f"asr:faster-whisper/{self.weights.name}",
            version=f"{package_versions[0]}+{self.weights.sha256[:8]}",
            options=(
                ("beam_size", str(beam_size)),
                ("temperature", "0"),
                ("condition_on_previous_text", "no"),
                ("no_speech_threshold", str(NO_SPEECH_THRESHOLD)),
                ("log_prob_threshold", str(LOG_PROB_THRESHOLD)),
                ("vad_filter", _yes_no(vad_filter)),
                ("words", _yes_no(words)),
                ("compute_type", compute_type),
                ("ctranslate2", package_versions[1]),
                ("tokenizer", self.weights.other_sha256[:8]),
            ),
            licence="MIT",
        )

    @property
    def info(self) -> SystemInfo:
        """Package version and first digits of model.bin's SHA-256; every decoding option."""
        return self._info

    def transcribe(self, audio: Audio, *, language: str | None = None) -> Transcript:
        """The text Whisper writes, in `language` or, if None, in the one it detects.

        `raw` says which language was used and who chose it, and what Whisper thought of each
        segment. Raises OptionError for a language that the model lacks: an English-only model
        does not pretend to hear French.
        """
        model = self._load()
        language = known_language(language, model.supported_languages, self._info.name)
        segments, about = model.transcribe(
            resample(audio, _SAMPLE_RATE).samples,
            language=language,
            beam_size=self._beam_size,
            temperature=0.0,
            condition_on_previous_text=False,
            no_speech_threshold=NO_SPEECH_THRESHOLD,
            log_prob_threshold=LOG_PROB_THRESHOLD,
            vad_filter=self._vad_filter,
            word_timestamps=self._words,
        )
        written = list(segments)
        detected = language is None and model.model.is_multilingual
        return Transcript(
            text="".join(segment.text for segment in written).strip(),
            words=tuple(_word(word) for segment in written for word in segment.words or ()),
            raw={
                "language": about.language,
                "language_chosen_by": "detection" if detected else "caller or model",
                "language_probability": round(float(about.language_probability), 4),
                "segments": [_about_segment(segment) for segment in written],
            },
        )

    def _load(self) -> WhisperModel:
        if self._model is None:
            from faster_whisper import WhisperModel

            self._model = WhisperModel(
                str(self.weights.folder),
                device="cpu",
                compute_type=self._compute_type,
                cpu_threads=self._cpu_threads,
                local_files_only=True,
            )
        return self._model

    def __getstate__(self) -> dict[str, Any]:
        # A worker process gets the options and reads the weights itself.
        return {**self.__dict__, "_model": None}


#: Ends a variant whose words are to have times.
_WITH_WORDS = "+words"


def load(variant: str | None) -> FasterWhisper:
    """The model of that name or folder, with the default options; tiny.en if None.

    'tiny.en+words' gives the words their times, which takes longer.
    """
    name = (variant or "tiny.en").removesuffix(_WITH_WORDS)
    return FasterWhisper(name or "tiny.en", words=name != (variant or name))


def _yes_no(value: bool) -> str:
    return "yes" if value else "no"


def _word(word: Any) -> Word:  # noqa: ANN401 - faster_whisper.transcribe.Word, untyped
    return Word(
        text=word.word.strip(),
        start=round(float(word.start), 3),
        end=round(float(word.end), 3),
        confidence=round(float(word.probability), 4),
    )


def _about_segment(segment: Segment) -> dict[str, float]:
    return {
        "start": round(float(segment.start), 3),
        "end": round(float(segment.end), 3),
        "avg_logprob": round(float(segment.avg_logprob), 4),
        "no_speech_prob": round(float(segment.no_speech_prob), 4),
        "compression_ratio": round(float(segment.compression_ratio), 3),
    }
