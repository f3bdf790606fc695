"""Every sample of every format reduces to the same call.

One call, as forty systems would have written it: four utterances, one silence, one overtalk. The
samples are not part of the project; where they are absent these tests are skipped.
"""

from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd
import pytest

from biasbench import registry
from biasbench.evidence import assess
from biasbench.measures import measure
from biasbench.report import write_report
from biasbench.runs import import_export
from biasbench.runs.exports import formats
from biasbench.systems.words import words_of

SAMPLES = Path(__file__).parents[3] / "shared" / "design" / "vendors" / "samples"

pytestmark = pytest.mark.skipif(
    not SAMPLES.is_dir(), reason="the vendors' samples are not beside this checkout"
)

CALL, AGENT = "CALL-2026-000137", "agent-0042"

#: Start, end, role, text without case and punctuation.
TRUTH = (
    (0.40, 3.20, "agent", "good morning meridian energy amina speaking how can i help"),
    (3.65, 7.10, "customer", "hi my last bill was charged twice and nobody called me back"),
    (6.80, 10.30, "agent", "i am sorry about that i can see both payments here"),
    (12.60, 14.40, "customer", "right thank you"),
)
FRENCH = (
    "bonjour méridien énergie amina à votre écoute",
    "bonjour ma dernière facture a été prélevée deux fois et personne ne m'a rappelé",
    "je suis désolée je vois bien les deux paiements",
    "très bien merci",
)
SILENCE, OVERTALK = (10.30, 12.60), (6.80, 7.10)


@dataclass(frozen=True)
class Sample:
    """A sample: its format, who its speakers are, and what it holds of the call."""

    file: str
    format: str
    speakers: dict[str, str] = field(default_factory=dict)
    words: bool = True
    times: str = "start end"
    silence: bool = False
    overtalk: bool = False
    agent: str | None = None
    names_call: str | None = None
    is_auto: bool = True
    texts: tuple[str, ...] = tuple(text for *_, text in TRUTH)


def two(agent, customer):
    return {agent: "agent", customer: "customer"}


NAMED = two("agent", "customer")

SPOKEN = (
    Sample("amazon_transcribe_channels.json", "amazon-transcribe", two("ch_0", "ch_1"),
           names_call=CALL),
    Sample("amazon_transcribe_diarized.json", "amazon-transcribe", two("spk_0", "spk_1"),
           names_call=CALL),
    Sample("amazon_transcribe_call_analytics.json", "amazon-call-analytics", silence=True,
           overtalk=True, names_call=CALL),
    Sample("amazon_connect_contact_lens.json", "amazon-contact-lens", words=False, silence=True,
           overtalk=True, names_call=CALL),
    Sample("apple_yap_speechanalyzer.json", "apple-speech", NAMED),
    Sample("assemblyai.json", "assemblyai", two("1", "2")),
    Sample("azure_batch_v3_2.json", "azure-batch", two("0", "1"), names_call=CALL),
    Sample("azure_batch_v2024-11-15.json", "azure-batch", two("0", "1"), names_call=CALL),
    Sample("azure_call_center_full_output.json", "azure-call-center", two("0", "1"),
           names_call=CALL),
    Sample("azure_fast_transcription.json", "azure-fast", two("0", "1")),
    Sample("callminer_bulk_export.zip", "callminer", words=False, times="start", silence=True,
           overtalk=True, agent=AGENT, names_call=CALL),
    Sample("callminer_bulk", "callminer", words=False, times="start", silence=True, overtalk=True,
           agent=AGENT, names_call=CALL),
    Sample("deepgram.json", "deepgram", two("0", "1")),
    Sample("generic.ctm", "ctm", two("A", "B"), names_call=CALL),
    Sample("generic.seglst.json", "seglst", NAMED, words=False, names_call=CALL),
    Sample("generic.srt", "srt", two("Agent", "Customer"), words=False),
    Sample("generic.stm", "stm", NAMED, words=False, names_call=CALL),
    Sample("generic.vtt", "webvtt", NAMED, words=False),
    Sample("genesys_cloud_transcript.json", "genesys", silence=True, agent=AGENT,
           names_call=CALL),
    Sample("gladia_fr.json", "gladia", two("0", "1"), texts=FRENCH),
    Sample("google_ccai_insights_bigquery.jsonl", "google-cx-insights", names_call=CALL,
           agent=AGENT),
    Sample("google_ccai_insights_conversation.json", "google-cx-insights", overtalk=True,
           names_call=CALL, agent=AGENT),
    Sample("google_stt_v1_diarized.json", "google-stt", two("1", "2")),
    Sample("google_stt_v1_longrunning.json", "google-stt", two("1", "2")),
    Sample("google_stt_v2_batch.json", "google-stt", two("1", "2")),
    Sample("ibm_watson_stt.json", "ibm-stt", two("0", "1")),
    Sample("ibm_tone_analyzer_2017-09-21.json", "ibm-tone", words=False, times=""),
    Sample("ibm_tone_analyzer_chat.json", "ibm-tone", words=False, times=""),
    Sample("nice_elevateai_punctuated.json", "nice-elevateai",
           two("participantOne", "participantTwo"), words=False),
    Sample("openai_diarized.json", "openai", NAMED, words=False),
    Sample("rev_ai.json", "rev", two("0", "1")),
    Sample("speechmatics.json", "speechmatics", NAMED, names_call=CALL),
    Sample("teams_graph_calltranscript.vtt", "teams", two("Amina B.", "Customer"), words=False),
    Sample("teams_graph_metadatacontent.vtt", "teams", two("Amina B.", "Customer"), words=False),
    Sample("verint_ia_export.json", "verint", agent=AGENT,
           names_call="202601050900001239382831092912"),
    Sample("whisperx.json", "whisperx", two("SPEAKER_00", "SPEAKER_01")),
    # No speaker: roles.csv can say no more than whose file it is.
    Sample("whisper.json", "whisper"),
    Sample("faster_whisper.json", "faster-whisper"),
    Sample("openai_verbose.json", "openai"),
    # When somebody speaks, and not what.
    Sample("generic.rttm", "rttm", NAMED, words=False, silence=True, overtalk=True,
           names_call=CALL, texts=(None,) * 4),
)  # fmt: skip

#: Several files that roles.csv joins as one call.
JOINED = (
    ("apple-speech",
     {"apple_sfspeech_agent.json": "agent", "apple_sfspeech_customer.json": "customer"}),
    ("vosk", {"vosk_agent.jsonl": "agent", "vosk_customer.jsonl": "customer"}),
)  # fmt: skip

#: Scores without an utterance: format, what is read, a score and its value.
SCORED = (
    ("calabrio_sentiment_details.csv", "calabrio"),
    ("genesys_cloud_conversation_detail.json", "genesys"),
    ("genesys_cloud_conversation_metrics.json", "genesys"),
    ("genesys_cloud_evaluation.json", "genesys"),
    ("nice_cxone_ia_export_PARTIAL.json", "nice-cxone"),
    ("nice_elevateai_cxai.json", "nice-elevateai"),
    ("pureconnect_analyzer_ASSUMED.csv", "pureconnect"),
    ("tp_interact_PLACEHOLDER.csv", "tp-interact"),
    ("voci_vspark_summary.json", "voci"),
)
PERIODS = (
    ("genesys_cloud_user_aggregates.json", "genesys"),
    ("hubstaff_activities_daily.json", "hubstaff-api"),
    ("hubstaff_time_activity_ASSUMED.csv", "hubstaff-csv"),
    ("tp_observer_sentinel_PLACEHOLDER.csv", "tp-observer"),
    ("viva_person_query.csv", "viva"),
)


def roles_file(tmp_path, speakers, file="", call=""):
    path = tmp_path / "roles.csv"
    rows = [f"{file},{call},{speaker},{role}" for speaker, role in speakers.items()]
    path.write_text("\n".join(["file,call_id,speaker,role", *rows]))
    return path


def plain(text):
    if not isinstance(text, str):
        return None
    kept = "".join(c for c in text.lower().replace("’", "'") if c.isalnum() or c in "'- ")
    return " ".join(kept.split())


@pytest.mark.parametrize("sample", SPOKEN, ids=lambda sample: sample.file)
def test_the_same_four_utterances(sample, tmp_path):
    roles = roles_file(tmp_path, sample.speakers) if sample.speakers else None
    made = import_export("auto", SAMPLES / sample.file, roles=roles, progress=False)
    assert made.report.format == sample.format
    rows = made.utterances.merge(made.transcripts, on="utterance_id", validate="one_to_one")
    assert [plain(text) for text in rows["hypothesis"]] == list(sample.texts)
    for (start, end, role, _), (_, row) in zip(TRUTH, rows.iterrows(), strict=True):
        for name, value in (("start", start), ("end", end)):
            if name in sample.times:
                assert row[name] == pytest.approx(value, abs=0.010)
            else:
                assert row[name] != row[name]  # not told, so not a number
        is_told = sample.speakers or "roles" in formats.find_reader(sample.format).FORMAT.gives
        assert row["role"] == role if is_told else pd.isna(row["role"])
        words = words_of(row["words"] if isinstance(row["words"], str) else None)
        assert bool(words) == sample.words
        if words:
            assert [plain(word.text) for word in words] == plain(row["hypothesis"]).split()
            assert words[0].start == pytest.approx(start, abs=0.010)
            assert words[-1].end == pytest.approx(end, abs=0.010)


@pytest.mark.parametrize("sample", SPOKEN, ids=lambda sample: sample.file)
def test_its_silence_its_overtalk_its_call_and_its_agent(sample):
    made = import_export("auto", SAMPLES / sample.file, progress=False)
    for kind, wanted, is_held in (
        ("silence", SILENCE, sample.silence), ("overtalk", OVERTALK, sample.overtalk),
    ):  # fmt: skip
        found = made.events.loc[made.events["kind"] == kind, ["start", "end"]].to_numpy().tolist()
        near = [span for span in found if span == pytest.approx(wanted, abs=0.031)]
        assert len(near) == is_held, found
    call = made.calls.iloc[0]
    assert len(made.calls) == 1
    assert call["call_id"] == (sample.names_call or sample.file.split(".")[0])
    assert call["speaker_id"] == sample.agent
    if call["started"] is not None:
        assert call["started"].startswith("2026-01-05T09:00")
    if call["seconds"] == call["seconds"]:
        assert 14 <= call["seconds"] <= 15


@pytest.mark.parametrize(("name", "files"), JOINED, ids=lambda value: str(value)[:12])
def test_two_channels_in_two_files_are_one_call(name, files, tmp_path):
    export = tmp_path / "export"
    export.mkdir()
    rows = ["file,call_id,role,agent_id"]
    for file, role in files.items():
        (export / file).write_bytes((SAMPLES / file).read_bytes())
        rows.append(f"{file},{CALL},{role},{AGENT if role == 'agent' else ''}")
    (tmp_path / "roles.csv").write_text("\n".join(rows))
    made = import_export("auto", export, roles=tmp_path / "roles.csv", progress=False)
    assert made.report.format == name
    rows = made.utterances.merge(made.transcripts, on="utterance_id")
    assert [
        (round(row["start"], 2), round(row["end"], 2), row["role"], plain(row["hypothesis"]))
        for _, row in rows.iterrows()
    ] == [tuple(row) for row in TRUTH]
    assert made.calls[["call_id", "speaker_id"]].to_numpy().tolist() == [[CALL, AGENT]]


def test_a_kaldi_folder_is_one_call_where_roles_csv_joins_its_recordings(tmp_path):
    roles = tmp_path / "roles.csv"
    roles.write_text(
        f"file,call_id,speaker,role,agent_id\nsegments,{CALL},,,{AGENT}\n,,agent,agent,\n"
        ",,customer,customer,\n"
    )
    made = import_export("auto", SAMPLES / "kaldi", roles=roles, progress=False)
    rows = made.utterances.merge(made.transcripts, on="utterance_id")
    assert [
        (row["start"], row["end"], row["role"], row["hypothesis"]) for _, row in rows.iterrows()
    ] == [tuple(row) for row in TRUTH]
    assert made.calls[["call_id", "speaker_id"]].to_numpy().tolist() == [[CALL, AGENT]]


@pytest.mark.parametrize(("file", "name"), SCORED)
def test_scores_of_a_call_are_of_that_call_and_that_agent(file, name):
    made = import_export("auto", SAMPLES / file, progress=False)
    assert made.report.format == name
    assert made.scores["unit"].eq("call").all()
    assert made.scores["value"].notna().any()
    assert set(made.scores["unit_id"]) == set(made.calls["call_id"])
    missing = made.scores["value"].isna()
    assert made.scores.loc[missing, "missing_reason"].notna().all()
    assert made.scores.loc[~missing, "missing_reason"].isna().all()


@pytest.mark.parametrize(("file", "name"), PERIODS)
def test_scores_of_a_persons_day_are_of_that_day(file, name):
    made = import_export("auto", SAMPLES / file, progress=False)
    assert made.report.format == name
    assert made.periods["started"].tolist() == ["2026-01-05"]
    assert set(made.scores["unit_id"]) == set(made.periods["period_id"])
    assert made.scores["value"].notna().any()


EVERYTHING = [
    *(sample.file for sample in SPOKEN),
    *(file for _, files in JOINED for file in files),
    *(file for file, _ in (*SCORED, *PERIODS)),
    "kaldi",
]


def test_no_sample_is_left_out():
    assert sorted(EVERYTHING) == sorted(path.name for path in SAMPLES.iterdir())


def test_no_format_is_left_out():
    read = {sample.format for sample in SPOKEN} | {name for name, _ in JOINED}
    read |= {name for _, name in (*SCORED, *PERIODS)} | {"kaldi", "table"}
    family = {"genesys-transcript", "genesys-metrics", "genesys-evaluation",
              "genesys-conversation", "genesys-aggregates"}  # fmt: skip
    without_sample = {"callminer-contacts", "tp-sentinel"}
    assert set(registry.names("systems.vendors")) == read | family | without_sample


@pytest.mark.parametrize("file", EVERYTHING)
def test_every_sample_gets_to_measures(file, tmp_path):
    """Through roles, people and pseudonyms, as a user would."""
    speakers = next((sample.speakers for sample in SPOKEN if sample.file == file), {})
    everybody = speakers or {"": "agent"}
    bare = import_export("auto", SAMPLES / file, progress=False)
    names = {*bare.calls["speaker_id"].dropna(), *bare.periods["speaker_id"]} or {AGENT}
    rows = [f",,{speaker},{role}," for speaker, role in everybody.items()]
    rows += [f",{call},,,{AGENT}" for call in bare.calls["call_id"]
             if bare.calls["speaker_id"].isna().all()]  # fmt: skip
    if "roles" in formats.find_reader(bare.report.format).FORMAT.gives:
        rows = rows[len(everybody) :]
    (tmp_path / "roles.csv").write_text("\n".join(["file,call_id,speaker,role,agent_id", *rows]))
    people = tmp_path / "people.csv"
    people.write_text("\n".join(["agent_id,accent", *(f"{name},nord" for name in names)]))
    key = tmp_path / "key"
    key.write_text("0123456789abcdef0123456789abcdef")
    made = import_export(
        "auto", SAMPLES / file, roles=tmp_path / "roles.csv" if rows else None, people=people,
        key=key, output=tmp_path / "run", progress=False,
    )  # fmt: skip
    table = measure(made).table
    assert len(table)
    assert table["speaker_id"].str.startswith("agent-").all()
    assert set(table["accent"]) == {"nord"}


#: What tells one call, person or contact from another in the samples.
IDS = (
    "CALL-2026-000137", "CALL-2026-000138", "agent-0042", "48210977", "9911", "4242",
    "202601050900001239382831092912", "0f3c…hash", "Amina B.", "seg-1", "ev-1",
)  # fmt: skip

FOLDERS = ("kaldi", "callminer_bulk")


def _copies(file, folder, n):
    """The sample as n people's, a copy each: other calls, other agents, other names of files."""
    source = SAMPLES / file
    for number in range(n):
        parts = sorted(source.iterdir()) if source.is_dir() else [source]
        for part in parts:
            content = part.read_bytes()
            for known in IDS:
                new = f"{7_000_000 + number}" if known.isdigit() else f"{known[:4]}{number:02}"
                content = content.replace(known.encode(), new.encode())
            for row in (1, 5) if file.startswith("hubstaff") else ():  # rows have ids
                content = content.replace(
                    f'"id": {row},'.encode(), f'"id": {row}{number:03},'.encode()
                )
            if source.is_dir():
                (folder / f"{number:02}").mkdir(exist_ok=True)
                (folder / f"{number:02}" / part.name).write_bytes(content)
            else:
                (folder / f"{number:02}_{part.name}").write_bytes(content)


@pytest.mark.slow
@pytest.mark.parametrize("file", [file for file in EVERYTHING if not file.endswith(".zip")])
def test_every_sample_gets_to_a_report(file, tmp_path):
    """As twenty-four people's exports; the zip of CallMiner holds what its folder does."""
    export = tmp_path / "export"
    export.mkdir()
    _copies(file, export, 24)
    speakers = next((sample.speakers for sample in SPOKEN if sample.file == file), {})
    bare = import_export("auto", export, progress=False)
    calls = list(bare.calls["call_id"])
    names = sorted({*bare.calls["speaker_id"].dropna(), *bare.periods["speaker_id"]})
    rows = []
    if "roles" not in formats.find_reader(bare.report.format).FORMAT.gives:
        everybody = speakers or {"": "agent"}
        rows += [f",,{speaker},{role}," for speaker, role in everybody.items()]
        if "Amina B." in everybody:
            rows += [f",,Amin{number:02},agent," for number in range(24)]
    if not names:
        rows += [f",{call},,,p{at // (len(calls) // 24):02}" for at, call in enumerate(calls)]
        names = [f"p{number:02}" for number in range(24)]
    assert len(names) == 24
    (tmp_path / "roles.csv").write_text("\n".join(["file,call_id,speaker,role,agent_id", *rows]))
    people = tmp_path / "people.csv"
    groups = (f"{name},{('nord', 'sud')[at % 2]}" for at, name in enumerate(names))
    people.write_text("\n".join(["agent_id,accent", *groups]))
    made = import_export(
        "auto", export, roles=tmp_path / "roles.csv" if rows else None, people=people,
        progress=False,
    )  # fmt: skip
    evidence = assess(measure(made), by="accent")
    page = write_report(evidence, tmp_path / "report.html", lang="fr")
    text = page.read_text(encoding="utf-8")
    assert made.report.format in text
    assert evidence.findings["n_speakers"].max() == 12
