"""Files that are an utterance each: the outputs of a recogniser on somebody's corpus.

A study gives a recogniser one recording after another and keeps what it wrote, a file each, named
after the utterance. Then a file is one row of the run, whatever pieces and speakers the recogniser
made of it, and the run is measured with the corpus that was listened to.
"""

from __future__ import annotations

import json

import pandas as pd

from biasbench.runs.exports.rows import Tables
from biasbench.tables import EVENTS, SCORES, TRANSCRIPTS


def one_utterance_per_call(tables: Tables) -> Tables:
    """The tables with each call as one utterance of its name.

    Texts and words are joined in order of time. A file in which nothing was written is empty: an
    answer. Scores and events of the call are the utterance's; those of its pieces are left out.
    """
    joined = tables.utterances[["utterance_id", "call_id"]].merge(
        tables.transcripts, on="utterance_id", validate="one_to_one"
    )
    pieces = dict(tuple(joined.groupby("call_id", sort=False)))
    rows = [
        _row(call_id, seconds, pieces.get(call_id, joined.iloc[:0]))
        for call_id, seconds in zip(tables.calls["call_id"], tables.calls["seconds"], strict=True)
    ]
    transcripts = pd.DataFrame(rows, dtype=object)
    transcripts["system"] = tables.system
    of_calls = tables.scores["unit"].eq("call")
    return Tables(
        tables.system,
        TRANSCRIPTS.check(transcripts, source="transcripts"),
        SCORES.check(tables.scores[of_calls].assign(unit="utterance"), source="scores"),
        EVENTS.check(tables.events.assign(unit="utterance"), source="events"),
        tables.utterances.iloc[:0],
        tables.calls.iloc[:0],
        tables.periods,
        tables.nulls,
    )


def _row(call_id: str, seconds: float, pieces: pd.DataFrame) -> dict[str, object]:
    texts = [text for text in pieces["hypothesis"] if isinstance(text, str) and text.strip()]
    is_withheld = bool(pieces["status"].eq("skipped").any())
    words = [word for cell in pieces["words"].dropna() for word in json.loads(cell)]
    status = "skipped" if is_withheld else "ok" if texts else "empty"
    return {
        "utterance_id": call_id,
        "status": status,
        "hypothesis": None if is_withheld else " ".join(texts),
        "words": json.dumps(words, ensure_ascii=False) if words else None,
        "error": pieces["error"].iloc[0] if is_withheld else None,
        "audio_seconds": seconds,
    }
