"""CallMiner Eureka, Bulk Export: tables as CSV beside a JSON that describes each.

Engine of TP Interact among others. Documented in the CallMiner Bulk Export User Guide (2025.11,
app. D to F); what clients meet with beside it, in github.com/Matatika/tap-callminer. In a zip the
tables are '<id of the export>_Scores.csv.gz'; unpacked and renamed to 'Scores.csv' they are read
as well. The folder and the id in front tell exports apart.

- All exports given are read as a whole, the latest first: a contact that was analysed again is in
  several of them, and the latest ExportDate wins. The older are counted.
- A call is named by its ClientID, the recording's id, which other systems know; by its ContactID
  where it has none, or where contacts share one.
- An utterance has a start and no end; no word has a time or a confidence; overtalk has no speaker.
- 'NaN' and 'null' are no numbers: a score without a value, never 0.
- Times of events are seconds, or TIME ('00:00:06.8'); both are read.
- The scale of a score is the customer's and is exported nowhere: none is declared.
- Headings are column names; a customer's own are told by the layout. For which columns of
  Contacts are scores and which facts, see `_callminer_contacts`.
- Names and addresses of agents, coaches and customers are never read.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from biasbench.systems.exports import ExportFile, Format, Notes, Remark, ToldCall
from biasbench.systems.vendors._callminer_calls import read_calls
from biasbench.systems.vendors._callminer_tables import headings, is_table, tell_apart

FORMAT = Format(
    title="CallMiner Eureka Bulk Export",
    status="documented",
    gives=(
        "utterances",
        "start times",
        "roles",
        "agents",
        "call start",
        "silence",
        "overtalk",
        "categories",
        "scores",
        "selection",
    ),
    source="CallMiner Bulk Export User Guide 2025.11, app. D to F",
    modality="mixed",
    tier="T1",
    infers_emotion=True,  # agitation
    assumes=(
        Remark(
            "Dates are MM/DD/YYYY; ClientCaptureDate is in the customer's local time or in UTC, "
            "the export does not say which",
            "Les dates sont au format MM/JJ/AAAA ; ClientCaptureDate est en heure locale du client "
            "ou en UTC, l’export ne le précise pas",
        ),
        Remark(
            "WAVLength is the length of the call in seconds",
            "WAVLength est la durée de l’appel en secondes",
        ),
        Remark(
            "Scores have the customer's own scale and direction, which the export does not state",
            "Les scores ont l’échelle et le sens choisis par le client, que l’export n’indique pas",
        ),
    ),
)


def recognises(file: ExportFile) -> bool:
    """A table by its headings, or the layout of one."""
    if file.content[:64].lstrip(b"\xef\xbb\xbf \t\r\n").startswith((b"{", b"[")):
        if b'"LayoutEntity"' not in file.content:
            return False
        layout = file.json_object
        return layout is not None and "ExportId" in layout
    return is_table(headings(file))


def part_of(name: str) -> str:
    """The same for all: a contact may be in several exports, of which the latest counts."""
    return "CallMiner exports"


def read(files: Sequence[ExportFile], notes: Notes) -> Iterator[ToldCall]:
    """The calls of these exports, each once."""
    yield from read_calls(tell_apart(files, notes), notes)
