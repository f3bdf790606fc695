"""How fast ten thousand calls are read, and in how much memory.

    python -m benchmarks.imports [--calls 10000] [--output benchmarks/imports.md]

Invented calls of four utterances and thirty-eight words are written in several formats, one file
a call, and imported into a run folder, each format in a process of its own: processor seconds of
the whole import, and the peak of memory. Parsing the same files and doing nothing else stands
beside, in the same process: the ratio holds on any machine, the rate does not.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import resource
import tempfile
import time
import zlib
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

TURNS = (
    ("agent", 0.4, "good morning meridian energy amina speaking how can i help"),
    ("customer", 3.7, "hi my last bill was charged twice and nobody called me back"),
    ("agent", 7.5, "i am sorry about that i can see both payments here"),
    ("customer", 12.6, "right thank you very much"),
)


def _words(start: float, text: str) -> list[tuple[str, float, float]]:
    return [
        (word, round(start + 0.25 * at, 3), round(start + 0.25 * at + 0.2, 3))
        for at, word in enumerate(text.split())
    ]


def amazon_call_analytics(call_id: str) -> object:
    """One call as Amazon Transcribe Call Analytics writes it."""
    return {
        "JobStatus": "COMPLETED", "LanguageCode": "en-GB", "Channel": "VOICE", "JobName": call_id,
        "AccountId": "1", "Participants": [{"ParticipantRole": "AGENT"},
                                           {"ParticipantRole": "CUSTOMER"}],
        "Categories": {"MatchedCategories": [], "MatchedDetails": {}},
        "ConversationCharacteristics": {
            "TotalConversationDurationMillis": 15000,
            "NonTalkTime": {"TotalTimeMillis": 0, "Instances": []},
            "Interruptions": {"TotalCount": 0, "TotalTimeMillis": 0,
                              "InterruptionsByInterrupter": {}},
            "Sentiment": {"OverallSentiment": {"AGENT": 1.2, "CUSTOMER": -1.6},
                          "SentimentByPeriod": {"QUARTER": {}}},
            "TalkSpeed": {"DetailsByParticipant": {"AGENT": {"AverageWordsPerMinute": 200}}},
            "TalkTime": {"TotalTimeMillis": 9000, "DetailsByParticipant": {}},
        },
        "Transcript": [
            {
                "ParticipantRole": role.upper(), "Content": text, "Id": f"{at}",
                "BeginOffsetMillis": int(start * 1000),
                "EndOffsetMillis": int(_words(start, text)[-1][2] * 1000),
                "Sentiment": "NEUTRAL", "LoudnessScores": [70.0, 71.5],
                "Items": [
                    {"Type": "pronunciation", "Confidence": 0.9, "Content": word,
                     "BeginOffsetMillis": int(a * 1000), "EndOffsetMillis": int(b * 1000)}
                    for word, a, b in _words(start, text)
                ],
            }
            for at, (role, start, text) in enumerate(TURNS)
        ],
    }  # fmt: skip


def genesys_transcript(call_id: str) -> object:
    """One call as Genesys Cloud writes its transcript."""
    began = 1767603600000

    def at(seconds: float) -> int:
        return began + int(seconds * 1000)

    phrases = [
        {
            "text": text, "decoratedText": text, "stability": 1, "confidence": 0.9,
            "startTimeMs": at(start), "participantPurpose": "internal" if role == "agent"
            else "external", "phraseIndex": number, "alternatives": [],
            "duration": {"milliseconds": int((_words(start, text)[-1][2] - start) * 1000)},
            "words": [
                {"word": word, "confidence": 0.9, "startTimeMs": at(a),
                 "duration": {"milliseconds": 200}}
                for word, a, _ in _words(start, text)
            ],
        }
        for number, (role, start, text) in enumerate(TURNS)
    ]  # fmt: skip
    return {
        "organizationId": "o", "conversationId": call_id, "communicationId": "c",
        "mediaType": "call", "conversationStartTime": began, "startTime": began,
        "duration": {"milliseconds": 15000},
        "participants": [
            {"participantPurpose": "agent", "userId": f"agent-{zlib.crc32(call_id.encode()) % 50}",
             "startTimeMs": began, "endTimeMs": began + 15000},
            {"participantPurpose": "customer", "startTimeMs": began, "endTimeMs": began + 15000},
        ],
        "transcripts": [{"transcriptId": "t", "language": "en-GB", "engineId": "e",
                         "phrases": phrases, "analytics": {"sentiment": [], "acoustics": []}}],
    }  # fmt: skip


def azure_batch(call_id: str) -> object:
    """One call as Azure batch transcription writes it, with ticks of 100 ns."""
    return {
        "source": f"https://example.net/{call_id}.wav", "timestamp": "2026-01-05T09:00:00Z",
        "durationInTicks": 150_000_000, "duration": "PT15S", "combinedRecognizedPhrases": [],
        "recognizedPhrases": [
            {
                "recognitionStatus": "Success", "channel": 0 if role == "agent" else 1,
                "offset": f"PT{start}S", "offsetInTicks": start * 1e7, "duration": "PT2S",
                "durationInTicks": (_words(start, text)[-1][2] - start) * 1e7,
                "nBest": [{
                    "confidence": 0.9, "lexical": text, "itn": text, "maskedITN": text,
                    "display": text,
                    "words": [
                        {"word": word, "offset": f"PT{a}S", "duration": "PT0.2S",
                         "offsetInTicks": a * 1e7, "durationInTicks": 2e6, "confidence": 0.9}
                        for word, a, _ in _words(start, text)
                    ],
                }],
            }
            for role, start, text in TURNS
        ],
    }  # fmt: skip


def deepgram(call_id: str) -> object:
    """One call as Deepgram writes it."""
    return {
        "metadata": {"request_id": call_id, "duration": 15.0, "channels": 2,
                     "created": "2026-01-05T09:00:00Z", "models": []},
        "results": {
            "channels": [],
            "utterances": [
                {
                    "start": start, "end": _words(start, text)[-1][2], "confidence": 0.9,
                    "channel": 0 if role == "agent" else 1, "transcript": text, "id": f"{at}",
                    "words": [
                        {"word": word, "punctuated_word": word, "start": a, "end": b,
                         "confidence": 0.9}
                        for word, a, b in _words(start, text)
                    ],
                }
                for at, (role, start, text) in enumerate(TURNS)
            ],
        },
    }  # fmt: skip


FORMATS: dict[str, Callable[[str], object]] = {
    "amazon-call-analytics": amazon_call_analytics,
    "genesys": genesys_transcript,
    "azure-batch": azure_batch,
    "deepgram": deepgram,
}


def timed(name: str, n_calls: int) -> tuple[float, float, float, float]:
    """Calls a processor second: imported, and only parsed; MB at the peak; kB a file."""
    from biasbench.runs import import_export

    with tempfile.TemporaryDirectory() as folder:
        export = Path(folder) / "export"
        export.mkdir()
        for number in range(n_calls):
            text = json.dumps(FORMATS[name](f"CALL-{number:06d}"))
            (export / f"{number:06d}.json").write_text(text)
        began = time.process_time()
        made = import_export(name, export, output=Path(folder) / "run", progress=False)
        imported = len(made.calls) / (time.process_time() - began)
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        began = time.process_time()
        for path in export.iterdir():
            json.loads(path.read_bytes())
        parsed = n_calls / (time.process_time() - began)
    return imported, parsed, peak, len(text) / 1000


def main() -> None:
    """Time every format, each in a process of its own, and write the table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--calls", type=int, default=10_000)
    parser.add_argument("--output", type=Path, default=None)
    asked = parser.parse_args()
    lines = [
        f"# Importing {asked.calls:,} call files",
        "",
        "Written by `python -m benchmarks.imports`; one process, one core, per processor second.",
        "",
        "| format | kB a file | calls a second | parsing alone | ratio | peak MB |",
        "|---|---|---|---|---|---|",
    ]
    context = multiprocessing.get_context("spawn")
    for name in FORMATS:
        with ProcessPoolExecutor(1, mp_context=context) as pool:
            imported, parsed, peak, size = pool.submit(timed, name, asked.calls).result()
        lines.append(
            f"| {name} | {size:.1f} | {imported:,.0f} | {parsed:,.0f} | {parsed / imported:.1f} "
            f"| {peak:,.0f} |"
        )
        print(lines[-1], flush=True)
    if asked.output is not None:
        asked.output.write_text("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
