"""Column names that other tools use for ours, and what to do with them.

lhotse, NeMo, Common Voice, and what call centres call these things. Capitals, spaces and hyphens
in a heading do not matter ("Speaker ID" is speaker_id); beyond that nothing is guessed: a heading
that stands neither here nor among our own names stays as it is, a group or covariate column.
'transcript' is not here, because call-centre exports call the machine's text so.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from biasbench.corpus.drafts import HYPOTHESIS, numbers
from biasbench.tables import UTTERANCES, Problem, is_empty, row_name

ALIASES: Mapping[str, tuple[str, ...]] = {
    "utterance_id": ("id", "utt", "utt_id"),
    "speaker_id": ("speaker", "spk", "client_id", "agent", "agent_id"),
    "audio": (
        "audio_filepath",
        "audio_file",
        "audio_path",
        "path",
        "file",
        "filename",
        "file_name",
        "wav",
        "recording_id",
    ),
    "start": ("offset", "start_time", "begin", "begin_time"),
    "end": ("end_time",),
    "language": ("lang", "locale"),
    "reference": ("text", "sentence", "ref", "ref_text", "reference_text"),
    "call_id": ("call", "contact_id", "interaction_id", "conversation_id"),
    "accent": ("accents",),
    HYPOTHESIS: ("pred_text", "hyp", "hyp_text", "asr_text"),
}

#: Times are written with at most this many decimals; more are noise of start + duration.
_DECIMALS = 6


def under_our_names(
    frame: pd.DataFrame, *, file: str, aliases: Mapping[str, tuple[str, ...]] = ALIASES
) -> tuple[pd.DataFrame, list[Problem]]:
    """The frame with our column names, and the columns that claim the same name.

    >>> table = pd.DataFrame({"audio_filepath": ["a.wav"], "text": ["yes"], "Site": ["Lyon"]})
    >>> list(under_our_names(table, file="m.jsonl")[0].columns)
    ['audio', 'reference', 'Site']
    """
    meaning = {alias: name for name, others in aliases.items() for alias in others}
    meaning |= {name: name for name in (*UTTERANCES.columns, *aliases)}
    taken: dict[str, str] = {}
    kept, found = {}, []
    for heading in frame.columns:
        plain = str(heading).strip().casefold().replace(" ", "_").replace("-", "_")
        name = meaning.get(plain, str(heading))
        if name in taken:
            message = (
                f"columns '{taken[name]}' and '{heading}' both mean {name}. Remove or rename one"
            )
            found.append(Problem(file, str(heading), message))
            continue
        taken[name] = str(heading)
        kept[name] = frame[heading]
    renamed = pd.DataFrame(kept, index=frame.index)
    renamed.attrs.update(frame.attrs)  # the lines of the file, for messages
    return renamed, found


def with_end(frame: pd.DataFrame, *, file: str) -> tuple[pd.DataFrame, list[Problem]]:
    """Where there is a duration and no end: end = start + duration, and the duration is gone."""
    if "duration" not in frame.columns or "end" in frame.columns:
        return frame, []
    duration = numbers(frame["duration"])
    wrong = np.flatnonzero((duration.isna() & ~is_empty(frame["duration"])) | (duration <= 0))
    if len(wrong):
        value = frame["duration"].iloc[wrong[0]]
        more = f", and {len(wrong) - 1} more like it" if len(wrong) > 1 else ""
        message = (
            f"{row_name(file, int(wrong[0]))}: duration is {value!r}, not a number of seconds "
            f"above 0{more}"
        )
        return frame, [Problem(file, "duration", message, tuple(int(at) for at in wrong))]
    start = numbers(frame["start"]).fillna(0.0) if "start" in frame.columns else 0.0
    return frame.drop(columns="duration").assign(end=(duration + start).round(_DECIMALS)), []


def with_id(
    frame: pd.DataFrame, *, file: str, headings: Sequence[str]
) -> tuple[pd.DataFrame, list[Problem], str]:
    """Where no column names the utterances: the audio file does, with the start if there is one.

    `headings`: the columns as the file has them, for the message. The third value says what was
    used, "" if the table has ids of its own.
    """
    if "utterance_id" in frame.columns:
        return frame, [], ""
    if "audio" not in frame.columns:
        have = ", ".join(headings)
        message = (
            f"column 'utterance_id' is missing (also read: {', '.join(ALIASES['utterance_id'])}; "
            f"without it, audio files name the utterances: audio, {', '.join(ALIASES['audio'])}). "
            f"Columns are: {have}"
        )
        return frame, [Problem(file, "utterance_id", message)], ""
    names, used = frame["audio"].map(str), "audio"
    if "start" in frame.columns:
        names, used = names + "@" + frame["start"].map(str), "audio and start"
    repeated = np.flatnonzero(names.duplicated())
    if len(repeated):
        at = int(repeated[0])
        message = (
            f"column 'utterance_id' is missing, and {used} cannot stand for it: "
            f"{row_name(file, at)} repeats {names.iloc[at]!r}. Add a column utterance_id"
        )
        return frame, [Problem(file, "utterance_id", message)], ""
    return frame.assign(utterance_id=names), [], used
