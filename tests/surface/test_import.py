"""From an export to a report in three commands, as a new user who has the page on exports."""

import json
import re
import zipfile

import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner

from benchmarks.imports import TURNS, amazon_call_analytics, azure_batch, genesys_transcript
from biasbench import read_run
from biasbench.cli import main

from ..conftest import ROOT

N_PEOPLE, N_CALLS = 24, 3
AGENTS = [f"ag{number:02}" for number in range(N_PEOPLE)]
ACCENT = {agent: "sud" if number % 2 else "nord" for number, agent in enumerate(AGENTS)}


def shell(*arguments):
    """What a command printed and its exit code; nothing of ours may escape as a traceback."""
    outcome = CliRunner().invoke(main, [str(argument) for argument in arguments])
    if outcome.exception is not None and not isinstance(outcome.exception, SystemExit):
        raise outcome.exception
    return outcome


def calls():
    """Call, agent, and a score between 0 and 100 that is lower for one group."""
    rng = np.random.default_rng(7)
    for agent in AGENTS:
        mean = rng.normal(60 if ACCENT[agent] == "sud" else 80, 4)
        for number in range(N_CALLS):
            yield f"{agent}-{number}", agent, float(np.clip(rng.normal(mean, 3), 0, 100))


def people_file(tmp_path):
    path = tmp_path / "people.csv"
    lines = ["agent_id;accent", *(f"{agent};{accent}" for agent, accent in ACCENT.items())]
    path.write_text("\r\n".join(lines), encoding="utf-8-sig")
    return path


def write_amazon(folder):
    for call_id, _, score in calls():
        document = amazon_call_analytics(call_id)
        feeling = document["ConversationCharacteristics"]["Sentiment"]["OverallSentiment"]
        feeling["AGENT"] = round(score / 10 - 5, 2)
        (folder / f"{call_id}.json").write_text(json.dumps(document))


def write_genesys(folder):
    for call_id, agent, score in calls():
        document = genesys_transcript(call_id)
        document["participants"][0]["userId"] = agent
        (folder / f"{call_id}.json").write_text(json.dumps(document))
        metrics = {
            "conversation": {"id": call_id}, "sentimentScore": 2 * score - 100,
            "sentimentTrend": 0.0, "sentimentTrendClass": "Stable", "empathyScores": [],
            "participantMetrics": {"silenceDurationPercentage": 100 - score,
                                   "overtalkDurationPercentage": 2.0, "overtalkCount": 1},
        }  # fmt: skip
        (folder / f"{call_id}-metrics.json").write_text(json.dumps(metrics))


def write_azure(folder):
    for call_id, _, score in calls():
        document = azure_batch(call_id)
        for phrase in document["recognizedPhrases"]:
            for word in phrase["nBest"][0]["words"]:
                word["confidence"] = score / 100
        (folder / f"{call_id}.json").write_text(json.dumps(document))


def write_google(folder):
    lines = []
    for call_id, agent, score in calls():
        sentences = [
            {
                "sentence": text, "participantRole": "HUMAN_AGENT" if role == "agent"
                else "END_USER", "startOffsetNanos": str(int(start * 1e9)),
                "endOffsetNanos": str(int((start + 2) * 1e9)), "sentimentScore": 0.0,
                "sentimentMagnitude": 0.0, "languageCode": "en-GB", "words": [],
            }
            for role, start, text in TURNS
        ]  # fmt: skip
        lines.append({
            "conversationName": f"projects/1/locations/eu/conversations/{call_id}",
            "agentId": agent, "startTimestampUtc": "1767603600",
            "durationNanos": "15000000000", "languageCode": "en-GB", "medium": "PHONE_CALL",
            "agentSentimentScore": score / 50 - 1, "agentSentimentMagnitude": 1.0,
            "clientSentimentScore": 0.0, "clientSentimentMagnitude": 1.0,
            "silenceNanos": "2000000000", "silencePercentage": 13.0, "sentences": sentences,
        })  # fmt: skip
    text = "\n".join(json.dumps(line) for line in lines)
    (folder / "insights.jsonl").write_text(text)


def write_callminer(folder):
    tables = {
        "Contacts": ["ID,ClientID,ClientCaptureDate,AgentID,WAVLength"],
        "Transcripts_By_Speaker": ["ContactID,StartTime,SpeakerID,SpeakerName,Text"],
        "Scores": ["ContactID,ScoreID,ScoreName,Score"],
    }
    for number, (call_id, agent, score) in enumerate(calls()):
        tables["Contacts"].append(f"{number},{call_id},01/05/2026 09:00:00,{agent},15")
        tables["Scores"].append(f"{number},3,Agent Quality,{score:.1f}")
        tables["Transcripts_By_Speaker"] += [
            f"{number},{start},{1 if role == 'agent' else 2},{role.title()},{text}"
            for role, start, text in TURNS
        ]
    with zipfile.ZipFile(folder / "export.zip", "w") as archive:
        for name, lines in tables.items():
            layout = {
                "ExportId": "e1", "ExportDate": "2026-01-07T14:00:00Z",
                "RecordCount": len(lines) - 1,
                "LayoutEntity": [
                    {"ColumnName": column, "FriendlyName": column, "Type": "System.String",
                     "Ordinal": at}
                    for at, column in enumerate(lines[0].split(","), start=1)
                ],
            }  # fmt: skip
            archive.writestr(f"e1_{name}.csv", "\ufeff" + "\r\n".join(lines))
            archive.writestr(f"e1_{name}.json", json.dumps(layout))


def write_french(folder):
    lines = ["Appel;Conseiller;Date;Durée;Note qualité"]
    for call_id, agent, score in calls():
        note = f"{score:.1f}".replace(".", ",")
        lines.append(f"{call_id};{agent};05/01/2026 09:00;0:03:20;{note}")
    (folder / "appels.csv").write_bytes("\r\n".join(lines).encode("cp1252"))
    (folder.parent / "appels.toml").write_text(
        """
[file]
encoding = "cp1252"
decimal = ","
date_order = "day-first"

[columns]
call_id = "Appel"
agent_id = "Conseiller"
started = "Date"
seconds = { column = "Durée", time_unit = "clock" }

[scores."note qualité"]
column = "Note qualité"
scale_min = 0
scale_max = 100
direction = "higher is better"

[system]
name = "logiciel"
tier = "T1"
""",
        encoding="utf-8",
    )


#: What is written, which format it is, which score tells the groups apart, its margin.
EXPORTS = {
    "amazon": (write_amazon, "amazon-call-analytics", "agent sentiment", 0.5),
    "genesys": (write_genesys, "genesys", "customer sentiment", 5),
    "azure": (write_azure, "azure-batch", "transcription confidence", 0.02),
    "google": (write_google, "google-cx-insights", "agent sentiment", 0.05),
    "callminer": (write_callminer, "callminer", "Agent Quality", 5),
    "french": (write_french, "logiciel", "note qualité", 5),
}


@pytest.mark.slow
@pytest.mark.parametrize("name", EXPORTS)
def test_from_export_to_report_in_three_commands(name, tmp_path):
    write, system, score, margin = EXPORTS[name]
    folder = tmp_path / "export"
    folder.mkdir()
    write(folder)
    asked = ["--people", people_file(tmp_path), "--tier", "T1", "-o", tmp_path / "run"]
    if name == "french":
        asked += ["--mapping", tmp_path / "appels.toml"]
    if name in ("amazon", "azure"):  # neither names an agent, and Azure no roles
        rows = [f",{call_id},,,{agent}" for call_id, agent, _ in calls()]
        rows += [",,0,agent,", ",,1,customer,"] if name == "azure" else []
        (tmp_path / "roles.csv").write_text(
            "\n".join(["file,call_id,speaker,role,agent_id", *rows])
        )
        asked += ["--roles", tmp_path / "roles.csv"]
    if name == "callminer":  # its scores are each customer's own, and say not which way is worse
        asked += ["--direction", "Agent Quality=higher is better"]
    export_format = "table" if name == "french" else "auto"
    path = folder / "appels.csv" if name == "french" else folder

    imported = shell("import", export_format, path, *asked)
    assert imported.exit_code == 0, imported.output
    assert f"rows out: {N_PEOPLE * N_CALLS} calls" in imported.output
    metric = f"mean_score:{score}"
    evidence = tmp_path / "evidence.json"
    assessed = shell("assess", tmp_path / "run", "--by", "accent", "--metric", metric,
                     "--margin", f"{metric}={margin}", "-o", evidence)  # fmt: skip
    assert assessed.exit_code == 0, assessed.output
    assert f"Score “{score}”, by “accent”" in assessed.output
    assert "gap above margin" in assessed.output
    page = tmp_path / "report.html"
    assert shell("report", evidence, "-o", page, "--lang", "fr").exit_code == 0
    text = re.sub(r"<[^>]+>", " ", page.read_text(encoding="utf-8"))
    assert f"Les scores analysés sont ceux produits par le système en service ({system}," in text
    assert "2026-01-05" in text or name in ("amazon", "azure")  # which do not say when
    assert "écart établi, au-dessus de la marge" in text
    assert "Résultat non publié" not in text
    # A confidence, averaged here, is not a score of the system's own.
    assert ("n’est pas un score du système" in text) == (name == "azure")
    assert ("est le nom donné par le système à son score" in text) == (name != "azure")
    for agent in AGENTS:
        assert agent not in text


def test_without_naming_metrics_an_import_is_measured_whole(tmp_path):
    (tmp_path / "export").mkdir()
    write_callminer(tmp_path / "export")
    run = tmp_path / "run"
    people = people_file(tmp_path)
    assert (
        shell("import", "auto", tmp_path / "export", "--people", people, "-o", run).exit_code == 0
    )
    measured = shell("measure", run, "-o", tmp_path / "measures.parquet", "--json")
    assert measured.exit_code == 0
    table = pd.read_parquet(tmp_path / "measures.parquet")
    assert {"mean_score:Agent Quality", "no_output_rate"} <= set(table["metric"])
    assert set(table["accent"]) == {"nord", "sud"}


def test_bad_input_is_one_line_exit_code_2_and_nothing_written(tmp_path):
    run = tmp_path / "run"
    bad = tmp_path / "a.json"
    bad.write_text('{"JobName": ')
    cases = (
        (("import", "deepgram", bad, "-o", run), "a.json: line 1, column 13: is not JSON"),
        (("import", "depgram", bad, "-o", run), "Did you mean 'deepgram'?"),
        (("import", "auto", bad, "-o", run), "biasbench import --suggest FILE"),
        (("import", "auto", tmp_path / "none", "-o", run), "no such file or folder"),
        (("import", "table", bad, "-o", run, "--people", bad), "name a column call_id"),
        (("import", "deepgram", bad, "-o", run, "--key", tmp_path / "k"), "--new-key"),
        (("measure", tmp_path / "none", "-o", tmp_path / "m.csv"), "no such folder"),
    )
    for arguments, line in cases:
        outcome = shell(*arguments)
        assert outcome.exit_code == 2, arguments
        printed = outcome.output.strip().splitlines()
        assert line in printed[-1], printed
        assert "Traceback" not in outcome.output
        assert not run.exists()
    assert shell("import").exit_code == 2
    assert "--list, --suggest" in shell("import").output


def test_a_file_of_200_mb_is_refused_before_it_is_read(tmp_path):
    large = tmp_path / "a.json"
    with large.open("wb") as stream:
        stream.truncate(200_000_000)  # as long as 200 MB, and no such space on the disk
    outcome = shell("import", "deepgram", large, "-o", tmp_path / "run")
    assert outcome.exit_code == 2
    assert "a.json: holds 200 MB or more; a file of more than 100 MB is read only if" in (
        outcome.output
    )
    assert not (tmp_path / "run").exists()


def test_what_could_not_be_read_is_counted_and_the_rest_comes_in(tmp_path):
    export = tmp_path / "export"
    export.mkdir()
    write_azure(export)
    (export / "zz.json").write_text("{")
    asked = ("import", "azure-batch", export, "-o", tmp_path / "run")
    assert shell(*asked).exit_code == 2
    outcome = shell(*asked, "--skip-bad", "--lang", "fr")
    assert outcome.exit_code == 0
    assert "écartés, car illisibles\u00a0: 1" in outcome.output
    assert len(read_run(tmp_path / "run").calls) == N_PEOPLE * N_CALLS


def test_list_suggest_ready_and_new_key_import_nothing(tmp_path):
    assert "CallMiner" in shell("import", "--list").output
    assert "documenté publiquement" in shell("import", "--list", "--lang", "fr").output
    write_french(tmp_path)
    suggested = shell("import", "--suggest", tmp_path / "appels.csv")
    assert 'encoding = "cp1252"' in suggested.output
    assert "SUPPOSÉ" in shell("import", "--ready", "tp-interact").output
    assert "goes by no mapping" in shell("import", "--ready", "genesys").output
    key = tmp_path / "key.txt"
    assert shell("import", "--new-key", key).exit_code == 0
    assert len(key.read_text().strip()) == 64


def test_the_pages_mapping_reads_the_pages_table(tmp_path):
    """The French example of docs/exports.md, extracted and run."""
    page = (ROOT / "docs" / "exports.md").read_text(encoding="utf-8")
    example = page[page.index("### An example from beginning to end") :]
    blocks = re.findall(r"(?:^    .*\n|^\n(?=    ))+", example, flags=re.MULTILINE)
    table, mapping = (re.sub(r"^    ", "", block, flags=re.MULTILINE) for block in blocks[:2])
    (tmp_path / "appels_janvier.csv").write_bytes(table.strip().encode("cp1252"))
    (tmp_path / "appels.toml").write_text(mapping, encoding="utf-8")
    outcome = shell("import", "table", tmp_path / "appels_janvier.csv", "--mapping",
                    tmp_path / "appels.toml", "-o", tmp_path / "run")  # fmt: skip
    assert outcome.exit_code == 0, outcome.output
    made = read_run(tmp_path / "run")
    scores = made.scores.set_index(["unit_id", "score"])
    assert scores.loc[("A1", "part de silence"), "value"] == pytest.approx(0.153)
    assert scores.loc[("A2", "part de silence"), "missing_reason"] == "redacted"
    assert scores.loc[("A2", "note qualité"), "missing_reason"] == "not analysed"
    assert made.events["kind"].tolist() == ["prompt", "prompt"]
