"""A folder of Genesys Cloud exports of any kind: each file goes to the reader that knows it.

Transcripts, conversation metrics, evaluations, conversation details and aggregates by user lie
side by side in what an organisation exports; parts that tell of one conversation bear the same
call_id and are joined by whoever reads them. See the readers named in KINDS for what each can say.

Files whose path speaks of evaluations are read together, so that several evaluations of one call
can be told apart; so are files whose path bears the same conversation's id, since a transfer makes
several transcripts of one call. Others are read one by one: a large export need not fit in memory.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from biasbench.errors import TableError
from biasbench.systems.exports import ExportFile, Format, Gift, Notes, ToldCall
from biasbench.systems.vendors import (
    genesys_aggregates,
    genesys_conversation,
    genesys_evaluation,
    genesys_metrics,
    genesys_transcript,
)

#: No two of them recognise the same file.
KINDS = (
    genesys_transcript,
    genesys_metrics,
    genesys_evaluation,
    genesys_conversation,
    genesys_aggregates,
)

_GIVES: dict[Gift, None] = {gift: None for kind in KINDS for gift in kind.FORMAT.gives}

FORMAT = Format(
    title="Genesys Cloud, files of several kinds",
    status="documented",
    gives=tuple(_GIVES),
    source="developer.genesys.cloud",
    modality="unknown",
    tier="T1",
    infers_emotion=True,
    assumes=tuple(remark for kind in KINDS for remark in kind.FORMAT.assumes),
)


def recognises(file: ExportFile) -> bool:
    """A file of any of the kinds."""
    return any(kind.recognises(file) for kind in KINDS)


def part_of(name: str) -> str:
    """Which files are read together: those of evaluations, and those of one conversation."""
    part = genesys_evaluation.part_of(name)
    return genesys_transcript.part_of(name) if part == name else part


def read(files: Sequence[ExportFile], notes: Notes) -> Iterator[ToldCall]:
    """What each file tells; transcripts and evaluations come last, and together."""
    transcripts: list[ExportFile] = []
    evaluations: list[ExportFile] = []
    for file in files:
        kind = next((each for each in KINDS if each.recognises(file)), None)
        if kind is None:
            raise TableError(
                f"{file.name}: is none of the Genesys Cloud documents that can be read: "
                f"{'; '.join(each.FORMAT.title for each in KINDS)}. Leave the file out"
            )
        if kind is genesys_transcript:
            transcripts.append(file)
        elif kind is genesys_evaluation:
            evaluations.append(file)
        else:
            yield from kind.read((file,), notes)
    yield from genesys_transcript.read(transcripts, notes)
    yield from genesys_evaluation.read(evaluations, notes)
