"""Google CX Insights (Contact Center AI Insights): conversations from the API, or from BigQuery.

Documented in https://docs.cloud.google.com/contact-center/insights/docs/bigquery-v8-schema (v1 to
v19; later ones add fields) and in the API's proto, google/cloud/contactcenterinsights/v1 in
googleapis/googleapis (Apache-2.0). Read are a Conversation as JSON, the answer of
conversations.list, and rows of the BigQuery export, one per line or in an array.

Of both:

- HUMAN_AGENT is the agent, END_USER the customer, AUTOMATED_AGENT somebody else. In the API a
  segment without a participant has the role of its channel, which `callMetadata` defines.
- Sentiment is from -1 to 1, of the text; its magnitude has no upper end and grows with the length.
- Shares of silence and of speaking are percentages.
- `qaScorecardResults` are points, points possible and their ratio. What made them is told by
  `scoreSources` and `answerSources`, where exported.
- Names of people, labels, and topics' or customers' free texts beyond the transcript are not read.

Of the API (ProtoJSON, see `_google`): lengths are '1.200s'; a sentiment of 0 leaves its number out;
confidence 0 or none is "not set"; in a boundary a missing `transcriptIndex` is 0. Boundaries are
inclusive words: an interruption lasts from the start of the first to the end of the last. A silence
has no words in it: it is taken to lie between the end of its first and the start of its last word.

Of BigQuery: times are nanoseconds, and integers may be written as text. The words stand beside the
sentences, without confidence; each goes to the sentence of its speaker in which it starts. The
start of the call is in whole seconds, so that the time of a suggestion is known to one second.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from biasbench.errors import TableError
from biasbench.systems.exports import ExportFile, Format, Notes, Remark, ToldCall
from biasbench.systems.vendors._cx_insights_api import conversation
from biasbench.systems.vendors._cx_insights_bigquery import row_call
from biasbench.systems.vendors._google import camel

FORMAT = Format(
    title="Google CX Insights: API, BigQuery export",
    status="documented",
    gives=(
        "utterances",
        "start times",
        "end times",
        "words",
        "word times",
        "word confidences",
        "roles",
        "agents",
        "call start",
        "language",
        "silence",
        "overtalk",
        "categories",
        "prompts",
        "scores",
        "evaluations",
    ),
    source="docs.cloud.google.com/contact-center/insights/docs/bigquery-v8-schema",
    assumes=(
        Remark(
            "Shares of silence and of speaking are from 0 to 100",
            "Les parts de silence et de parole vont de 0 à 100",
        ),
        Remark(
            "A silence lies between the words that bound it",
            "Un silence se situe entre les mots qui le bornent",
        ),
    ),
)

_BLANK = b"\xef\xbb\xbf \t\r\n"
_MARKS = (b"/conversations/", b'"transcriptSegments"', b'"transcript_segments"')
#: Names that only a dump with the proto's own spelling has.
_SNAKE = (b'"transcript_segments"', b'"latest_analysis"', b'"call_metadata"', b'"start_offset"')


def recognises(file: ExportFile) -> bool:
    """Whether it holds conversations of CX Insights, of the API or of the BigQuery export."""
    content = file.content
    if b'"conversationName"' in content:
        start = content.lstrip(_BLANK)[:1]
        return start in (b"{", b"[") and (b"Nanos" in content or b"TimestampUtc" in content)
    if not any(mark in content for mark in _MARKS):
        return False
    document = file.json_object
    if document is None:
        return False
    if isinstance(document.get("conversations"), list):
        first = document["conversations"][0] if document["conversations"] else None
        return isinstance(first, dict) and _is_conversation(first)
    return _is_conversation(document)


def _is_conversation(one: Mapping[str, Any]) -> bool:
    transcript = one.get("transcript")
    if isinstance(transcript, dict) and (
        "transcriptSegments" in transcript or "transcript_segments" in transcript
    ):
        return True
    return "/conversations/" in str(one.get("name")) and any(
        key in one
        for key in ("latestAnalysis", "latest_analysis", "callMetadata", "medium", "dataSource")
    )


def read(files: Sequence[ExportFile], notes: Notes) -> Iterator[ToldCall]:
    """One call per conversation."""
    for file in files:
        if b'"conversationName"' in file.content:
            notes.saw_version("BigQuery export")
            for line, row in _rows(file):
                try:
                    told = row_call(row, notes)
                except (KeyError, TypeError, ValueError, AttributeError) as error:
                    raise TableError(
                        f"{file.name}: line {line}: is not a row of the export: {error!r}"
                    ) from error
                yield told
            continue
        document = file.json
        if any(name in file.content for name in _SNAKE):
            document = camel(document)
        notes.saw_version("API")
        for one in document.get("conversations", (document,)):
            yield conversation(one, notes)


def _rows(file: ExportFile) -> Iterator[tuple[int, Mapping[str, Any]]]:
    """The rows of a BigQuery export with their lines; an array has them all from line 1."""
    if file.content.lstrip(_BLANK).startswith(b"["):
        yield from ((1, row) for row in file.json)
    elif (whole := file.json_object) is not None:
        yield 1, whole
    else:
        yield from file.json_lines
