"""STM: NIST's segment time marks, references and outputs of evaluations.

Documented in SCTK's infmts page: `file channel speaker start end [<label>] transcript`, the fifth
field an END, `;;` comments. Each file id is a call. The label (`<O,EN>`, `<o,f0,female>`) names
subsets for scoring; it is no word, is kept uninterpreted in `raw`, and nobody's group is read
from it. `<unk>` and the like are words: a label has a comma, is `<O>`, or is declared by a line
`;; LABEL "ID"`. IGNORE_TIME_SEGMENT_IN_SCORING and inter_segment_gap are not speech: left out
and counted. A segment without words is an answer (nothing was written) and is kept.

Read without meeteval.io (10 MB of compiled extensions, scipy, Cython), which leaves labels and
both marks among the words and checks no end; the tests hold its segments against ours.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from biasbench.errors import TableError
from biasbench.systems.exports import ExportFile, Format, Notes, Remark, Said, ToldCall
from biasbench.systems.vendors._timemarked import (
    KALDI_NAMES,
    RTTM_TYPES,
    end_of,
    first_rows,
    is_number,
    is_word,
    own_name,
    rows,
    seconds_in,
)

OUT_OF_SCORING = Remark(
    "segments marked IGNORE_TIME_SEGMENT_IN_SCORING, left out",
    "segments marqués IGNORE_TIME_SEGMENT_IN_SCORING, écartés",
)
GAPS = Remark(
    "inter_segment_gap lines, which hold no speech, left out",
    "lignes inter_segment_gap, sans parole, écartées",
)

FORMAT = Format(
    title="STM (NIST segment time marks)",
    status="documented",
    gives=("utterances", "start times", "end times"),
    source="github.com/usnistgov/SCTK, doc/infmts.htm",
)

_DECLARED = re.compile(r'^;;\s*LABEL\s+"([^"]+)"', re.MULTILINE)
_ANGLED = re.compile(r"<([^<>\s]+)>(?:\s+|$)")
_ALTERNATION = re.compile(r"\{[^{}]*/[^{}]*\}")


def recognises(file: ExportFile) -> bool:
    """A start and an end in the fourth and fifth fields, and no line of words like CTM's."""
    found = first_rows(file)
    return (
        bool(found)
        and own_name(file) not in KALDI_NAMES
        and all(_is_segment(fields) for fields in found)
        and not all(is_word(fields) for fields in found)
    )


def _is_segment(fields: Sequence[str]) -> bool:
    return (
        len(fields) >= 5
        and fields[0] not in RTTM_TYPES
        and is_number(fields[3])
        and is_number(fields[4])
        and float(fields[3]) <= float(fields[4])
    )


def read(files: Sequence[ExportFile], notes: Notes) -> Iterator[ToldCall]:
    """A call for each file id, in the order in which they first appear."""
    (file,) = files
    labels = {"o", *(label.lower() for label in _DECLARED.findall(file.text))}
    calls: dict[str, list[Said]] = {}
    for number, fields in rows(file, 5):
        if len(fields) < 5:
            raise TableError(
                f"{file.name}: line {number}: has {len(fields)} fields; a segment has at least "
                "five: file, channel, speaker, start, end"
            )
        recording, channel, speaker = fields[:3]
        start = seconds_in(file, number, fields[3], "start")
        end = end_of(file, number, start, fields[4], "end")
        said = calls.setdefault(recording, [])
        text = fields[5] if len(fields) > 5 else ""
        raw = {"channel": channel}
        found = _ANGLED.match(text)
        if found and ("," in found[1] or found[1].lower() in labels):
            raw["label"] = found[0].strip()
            text = text[found.end() :]
        if speaker.lower() == "inter_segment_gap":
            notes.count(GAPS)
            continue
        if "ignore_time_segment_in_scoring" in text.lower():
            notes.count(OUT_OF_SCORING)
            continue
        if _ALTERNATION.search(text):
            raise TableError(
                f"{file.name}: line {number}: {{ … / … }} offers several transcripts. Write the "
                "one that was spoken or chosen"
            )
        said.append(Said(" ".join(text.split()), start, end, speaker, raw=raw))
    for recording, said in calls.items():
        said.sort(key=lambda utterance: utterance.start or 0.0)
        yield ToldCall(call_id=recording, said=tuple(said))
