"""A recogniser that reads its answers from a table: real in every way but listening.

For transcripts that exist already as (utterance_id, hypothesis), for teaching, and for tests. It
needs no model. With no table it hears nothing: the empty text for every utterance.

    load_system("asr:scripted/answers.csv")
    Scripted({"u1": "turn the lights on"})
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from biasbench.audio import Audio
from biasbench.errors import NotFoundError
from biasbench.provenance import fingerprint
from biasbench.systems import SystemInfo, Transcript
from biasbench.tables import TRANSCRIPTS, Table, read_table

_ANSWERS = Table(
    name="answers",
    key=("utterance_id",),
    columns={name: TRANSCRIPTS.columns[name] for name in ("utterance_id", "hypothesis")},
    is_open=True,
)


class Scripted:
    """Answers by utterance id, which is the name of the audio; None for the empty text always.

    >>> import numpy as np
    >>> lights = Audio(np.zeros(16000, dtype=np.float32), 16000, name="u1")
    >>> Scripted({"u1": "turn the lights on"}).transcribe(lights).text
    'turn the lights on'
    """

    def __init__(
        self, answers: Mapping[str, str] | None = None, *, name: str = "asr:scripted"
    ) -> None:
        self._answers = None if answers is None else dict(answers)
        self._info = SystemInfo(
            name=name,
            version="silent" if self._answers is None else fingerprint(self._answers),
            options=(("answers", "none" if self._answers is None else str(len(self._answers))),),
            modality="unknown",
        )

    @property
    def info(self) -> SystemInfo:
        """The version is a digest of the answers."""
        return self._info

    def transcribe(self, audio: Audio, *, language: str | None = None) -> Transcript:
        """The answer for `audio.name`; NotFoundError if the table has none."""
        if self._answers is None:
            return Transcript("")
        if audio.name not in self._answers:
            raise NotFoundError(
                f"{self._info.name} has no answer for utterance '{audio.name}' among its "
                f"{len(self._answers)}. Add it to the table (an empty text is an answer too)"
            )
        return Transcript(self._answers[audio.name])


def load(variant: str | None) -> Scripted:
    """Answers from the table at that path (columns utterance_id, hypothesis); none if None."""
    if variant is None:
        return Scripted()
    frame, _ = read_table(variant)
    answers = _ANSWERS.check(frame, source=variant)
    texts = [text or "" for text in answers["hypothesis"]]
    return Scripted(
        dict(zip(answers["utterance_id"], texts, strict=True)),
        name=f"asr:scripted/{Path(variant).name}",
    )
