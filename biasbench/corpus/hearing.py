"""What can be wrong with the recordings of a corpus: every one is decoded, as `run` will do."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from biasbench.audio import Audio
from biasbench.corpus.drafts import Draft, read_row_audio
from biasbench.corpus.problems import ProblemList
from biasbench.errors import AudioError, InputError, MissingExtraError
from biasbench.tables import is_empty


def audio_problems(found: ProblemList) -> None:
    """Recordings that are missing, cannot be read as their row says, or are silence."""
    draft = found.draft
    if "audio" not in draft.frame.columns and not len(draft.audio_in_memory):
        found.add("no audio", "audio", None, "no column audio: texts can be compared, sound cannot")
        return
    for at in _rows_to_hear(found):
        try:
            sound = _hear(draft, at)
        except (AudioError, MissingExtraError) as error:
            found.add(_kind_of(draft, at, error), "audio", at, str(error))
            continue
        if not sound.samples.any():
            found.add("silent audio", "audio", at, "every sample is 0: the recording is silence")


def _rows_to_hear(found: ProblemList) -> Iterable[int]:
    frame = found.draft.frame
    reported = {row["row"] for row in found.rows if row["column"] in ("start", "end", "channel")}
    has_file = found.kept
    if "audio" in frame.columns:
        has_file = has_file & ~is_empty(frame["audio"]).to_numpy()
    for at in np.flatnonzero(has_file):
        if found.draft.row(int(at)) not in reported:
            yield int(at)


def _hear(draft: Draft, at: int) -> Audio:
    name = str(draft.frame["utterance_id"].iloc[at]) if "utterance_id" in draft.frame else ""
    if name in draft.audio_in_memory:
        return draft.audio_in_memory[name]
    return read_row_audio(draft.frame, at, draft.root)


def _kind_of(draft: Draft, at: int, error: InputError) -> str:
    columns = draft.frame.columns
    if "audio" in columns and not (draft.root / str(draft.frame["audio"].iloc[at])).is_file():
        return "missing audio"
    words = str(error)
    if "channel" in words and "none was chosen" in words:
        return "several channels"
    if "beyond the end" in words or "no sample lies between" in words:
        return "times outside the file"
    return "unreadable audio"
