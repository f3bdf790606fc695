"""Small systems with known answers, in a module that worker processes can import."""

import os
import signal
import time
from dataclasses import dataclass

import numpy as np

from biasbench.audio import Audio
from biasbench.systems import (
    Call,
    Event,
    Reading,
    Score,
    SystemInfo,
    Trace,
    Transcript,
    Word,
)


@dataclass(frozen=True)
class Counter:
    """Writes how loud the sound is and for how long; takes `pause` seconds over it."""

    name: str = "asr:counter"
    pause: float = 0.0
    version: str = "1"

    @property
    def info(self):
        return SystemInfo(self.name, self.version, options=(("pause", str(self.pause)),))

    def transcribe(self, audio: Audio, *, language: str | None = None) -> Transcript:
        time.sleep(self.pause)
        level = float(np.abs(audio.samples).max())
        if level < 0.01:
            return Transcript("")
        words = (Word("level", 0.0, audio.seconds, 0.5), Word(f"{level:.2f}"))
        return Transcript(f"level {level:.2f} {language}", words, {"level": np.float32(level)})


@dataclass(frozen=True)
class Assassin:
    """A counter whose process dies on one utterance: `times` times, or always."""

    victim: str
    notes: str
    times: int = 10**6

    @property
    def info(self):
        return SystemInfo("asr:assassin", "1")

    def transcribe(self, audio: Audio, *, language: str | None = None) -> Transcript:
        if audio.name == self.victim:
            with open(self.notes, "a+", encoding="utf-8") as stream:  # noqa: PTH123
                stream.seek(0)
                if len(stream.read()) < self.times:
                    stream.write("x")
                    stream.flush()
                    os.kill(os.getpid(), getattr(signal, "SIGKILL", signal.SIGTERM))
        return Transcript(audio.name)


@dataclass(frozen=True)
class Loudness:
    """A tone system; refuses silence."""

    @property
    def info(self):
        return SystemInfo("tone:loudness", "1", modality="voice")

    def score(self, call: Call) -> Reading:
        level = float(np.abs(call.audio.samples).max())
        if level < 0.01:
            raise ValueError("nothing to score in silence")
        return Reading(
            (
                Score("level", level, 0.0, 1.0, "higher is worse"),
                Score("pitch", float("nan"), missing_reason="not analysed"),
            )
        )


@dataclass(frozen=True)
class Politeness:
    """A scorer of text: a prompt where nobody said thanks; `emotional` claims a feeling."""

    emotional: bool = False
    takes: tuple[str, ...] = ()

    @property
    def info(self):
        return SystemInfo(
            "tone:politeness",
            "1",
            modality="voice" if self.emotional else "text",
            reads=("audio", "transcript") if self.emotional else ("transcript",),
            takes=self.takes,
            infers_emotion=self.emotional,
        )

    def score(self, call: Call) -> Reading:
        said = call.transcript.text.split().count("thanks")
        step = Trace("thanks", f"{said} times", float(said), 0.0, call.seconds)
        scores = (
            Score("thanks", float(said), 0.0, None, "higher is better", trace=(step,)),
            Score("sound", None, missing_reason="not analysed", note="nobody listened")
            if call.audio is None
            else Score("sound", call.audio.seconds),
        )
        prompt = Event("prompt", "say thanks", call.seconds, None, "agent", "thanks", "0 times")
        return Reading(scores, () if said else (prompt,))


def length_of(audio: Audio) -> str:
    return f"{audio.seconds:.2f} s"
