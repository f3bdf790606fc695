"""From a plan to a bundle in the shell: three worlds, two languages, every format.

The planted world, where the truth is known; real voices under a stand-in recogniser; and what a
deployed system exported of sixty agents, made by a generator in CallMiner's layout.
"""

import csv
import io
import json
import re
import shutil
import subprocess
import zipfile
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner

from benchmarks.imports import TURNS
from biasbench.cli import main
from biasbench.plans import seal_plan
from biasbench.report.wording import check_wording
from tests.report.planned import PLAN, world, write_case_files
from tests.report.reading_back import squeezed, text_of

CALLMINER_PLAN = """biasbench_plan = 1
title = "Note de qualité par accent"
language = "fr"
audience = "public"
jurisdiction = "fr"

[mandate]
requester = "CSE"
expert = "A. Martin"
organisation = "le site de Belfort"
questions = ["La note de qualité diffère-t-elle selon l'accent ?"]
uses = ["prime mensuelle"]

[system]
name = "CallMiner"
tier = "T1"
version = "2026.1"
period = "2026-01"

[groups]
by = "accent"
labels = "self"
question = "Dans quelle variété de français avez-vous grandi ?"

[[comparison]]
metric = "mean_score:Agent Quality"
margin = 5
anchor = "agreed"
why = "convenue avec l'employeur le 1er décembre"

[alternatives]
without = ["site"]
unmeasured = ["type d'appel"]
"""

ALNUM_PLAN = """biasbench_plan = 1
title = "Names, numbers and addresses by accent"
language = "en"
audience = "public"
jurisdiction = "us"

[system]
tier = "T3"

[groups]
by = "accent"
compare = ["hindi-accented", "marathi-accented", "dravidian-accented", "native-english"]
labels = "corpus"

[groups.merge]
dravidian-accented = ["kannada-accented", "tamil-accented", "telugu-accented", "malayalam-accented"]

[[comparison]]
metric = "cer"
margin = 0.05
anchor = "human noise"
why = "two people writing down names differ by some 5 characters in 100"

[[comparison]]
metric = "no_output_rate"
margin = 0.02
anchor = "agreed"
why = "a demonstration"
role = "secondary"

[alternatives]
covariates = ["sex"]
unmeasured = ["microphone"]
"""


def shell(*arguments):
    outcome = CliRunner().invoke(main, [str(argument) for argument in arguments])
    if outcome.exception is not None and not isinstance(outcome.exception, SystemExit):
        raise outcome.exception
    return outcome


def callminer_export(folder: Path, n_agents: int) -> Path:
    """Sixty agents, four calls each; the score is lower for every third agent's accent."""
    rng = np.random.default_rng(5)
    tables = {
        "Contacts": [["ID", "ClientID", "ClientCaptureDate", "AgentID", "WAVLength"]],
        "Transcripts_By_Speaker": [["ContactID", "StartTime", "SpeakerID", "SpeakerName", "Text"]],
        "Scores": [["ContactID", "ScoreID", "ScoreName", "Score"]],
    }
    people = [["agent_id", "accent", "site"]]
    number = 0
    for at in range(n_agents):
        agent, accent = f"AG-{at:03}", ("ouest", "sud", "est")[at % 3]
        people.append([agent, accent, ("A", "B")[at % 2]])
        own = rng.normal(62 if accent == "sud" else 80, 5)
        for _ in range(4):
            number += 1
            tables["Contacts"].append([number, f"c{number}", "01/05/2026 09:00:00", agent, 15])
            score = f"{np.clip(rng.normal(own, 4), 0, 100):.1f}"
            tables["Scores"].append([number, 3, "Agent Quality", score])
            tables["Transcripts_By_Speaker"] += [
                [number, start, 1 if role == "agent" else 2, role.title(), text]
                for role, start, text in TURNS
            ]
    with zipfile.ZipFile(folder / "export.zip", "w") as archive:
        for name, rows in tables.items():
            columns = [
                {"ColumnName": c, "FriendlyName": c, "Type": "System.String", "Ordinal": at}
                for at, c in enumerate(rows[0], start=1)
            ]
            layout = {"ExportId": "e1", "ExportDate": "2026-01-07T14:00:00Z",
                      "RecordCount": len(rows) - 1, "LayoutEntity": columns}  # fmt: skip
            archive.writestr(f"e1_{name}.csv", "\ufeff" + _csv(rows))
            archive.writestr(f"e1_{name}.json", json.dumps(layout))
    (folder / "people.csv").write_text(_csv(people), encoding="utf-8")
    return folder / "export.zip"


def _csv(rows):
    text = io.StringIO()
    csv.writer(text).writerows(rows)
    return text.getvalue()


def planted(folder):
    """The case of the planted world."""
    text = PLAN.replace('column = "duration"\nbelow = 18', 'column = "human_rating"\nbelow = 55')
    assert text != PLAN
    plan = write_case_files(folder, plan=text, sealed=False)
    corpus, heard, automatic, human = world()
    for name, run in (("heard", heard), ("scored", automatic), ("human", human)):
        run.write(folder / name)
    corpus.utterances.to_parquet(folder / "utterances.parquet", index=False)
    (folder / "corpus.toml").write_text(
        '[corpus]\nname = "planted"\nlanguage = "en"\nsynthetic = true\n', encoding="utf-8"
    )
    asked = ["--run", folder / "heard", "--run", folder / "scored", "--human", folder / "human"]
    asked += ["--corpus", folder / "utterances.parquet", "--record", folder / "record.toml"]
    return plan, asked


def callminer(folder):
    """The case of sixty agents of a system in use."""
    export = callminer_export(folder, 60)
    made = shell("import", "auto", export, "--people", folder / "people.csv", "--tier", "T1",
                 "--direction", "Agent Quality=higher is better", "-o", folder / "run")  # fmt: skip
    assert made.exit_code == 0, made.output
    plan = folder / "plan.toml"
    plan.write_text(CALLMINER_PLAN, encoding="utf-8")
    return plan, ["--run", folder / "run"]


def alnum(folder, data):
    """The case of real voices under tiny.en."""
    made = shell("run", data, "--system", "asr:faster-whisper/tiny.en", "-o", folder / "run")
    assert made.exit_code == 0, made.output
    plan = folder / "plan.toml"
    plan.write_text(ALNUM_PLAN, encoding="utf-8")
    return plan, ["--run", folder / "run", "--corpus", data]


#: What claims can be read back from, whole.
READ = ("html", "pdf", "docx", "md", "tex")
FEW = ("html", "pdf", "docx")


def carried_out(plan, asked, folder, formats=READ):
    """The case, sealed before, in both languages."""
    seal_plan(plan, now=lambda: datetime(2026, 2, 10, tzinfo=UTC))
    assert shell("plan", "seal", plan).stdout.endswith("2026-02-10T00:00:00Z\n")  # as it was
    case = folder / "case"
    made = shell("examine", plan, *asked, "-o", case, "--lang", "fr", "--lang", "en",
                 *(part for one in formats for part in ("--format", one)))  # fmt: skip
    assert made.exit_code in (0, 3), made.output
    return case


def check_case(case, formats=READ):
    """What must hold of any case: sayable, the same in every format, redone to the letter."""
    for lang in ("fr", "en"):
        name = "findings.json" if json.loads((case / "findings.json").read_text())["lang"] == lang \
            else f"findings.{lang}.json"  # fmt: skip
        findings = json.loads((case / name).read_text(encoding="utf-8"))
        assert not findings["exploratory"]
        sentences = [row["sentence"] for row in findings["findings"]]
        assert sentences
        for ending in formats:
            text = text_of(case / f"report.{lang}.{ending}")
            for sentence in sentences:
                first = sentence.split(" : ")[0].split(": ")[0][:60]
                assert squeezed(first) in squeezed(text), (ending, first)
            if ending in ("html", "pdf", "docx"):
                check_wording(text, lang)
    found = shell("verify", case)
    assert found.exit_code == 0, found.output
    again = shell("reproduce", case)
    assert again.exit_code == 0, again.output
    assert again.output.startswith("0 differences")


@pytest.mark.slow
def test_the_planted_world_from_plan_to_bundle(tmp_path):
    plan, asked = planted(tmp_path)
    case = carried_out(plan, asked, tmp_path)
    check_case(case)
    path = tmp_path / "bundle.zip"
    assert shell("bundle", case, "-o", path).exit_code == 0
    assert shell("reproduce", path).output.startswith("0 differences")
    codes = {
        r["metric"]: r["code"] for r in json.loads((case / "findings.json").read_text())["findings"]
    }
    assert codes["wer"] == "V-D1"  # planted: 14 errors per 100 words more


@pytest.mark.slow
def test_sixty_agents_of_a_system_in_use_from_export_to_bundle(tmp_path):
    plan, asked = callminer(tmp_path)
    case = carried_out(plan, asked, tmp_path, FEW)
    check_case(case, FEW)
    findings = json.loads((case / "findings.json").read_text(encoding="utf-8"))["findings"]
    assert {row["group"]: row["code"] for row in findings}["sud"] == "V-D1"
    text = text_of(case / "report.fr.html")
    assert "Les scores analysés sont ceux produits par le système en service" in text.replace(
        "\u00a0", " "
    )
    assert "version 2026.1" in text.replace("\u00a0", " ")  # as a screen displays it
    assert "déclaration volontaire des personnes" in text.replace("\u00a0", " ")
    assert "AG-0" not in text
    check_one_page(case, tmp_path)


@pytest.mark.slow
def test_real_voices_under_a_stand_in_from_recordings_to_bundle(tmp_path, shared_data):
    plan, asked = alnum(tmp_path, shared_data("alnum"))
    case = carried_out(plan, asked, tmp_path, FEW[:2])
    check_case(case, FEW[:2])
    text = text_of(case / "report.en.html")
    assert "This report is about a stand-in program" in text
    groups = json.loads((case / "findings.json").read_text(encoding="utf-8"))["groups"]
    hidden = {row["group"] for row in groups if row["withheld"]}
    assert "native-english" in hidden  # 8 people
    assert all(row["n_speakers"] is None for row in groups if row["withheld"])


def check_one_page(case, folder):
    """The summary is a page in every format that has pages."""
    from pypdf import PdfReader

    for lang in ("fr", "en"):
        assert len(PdfReader(case / f"summary.{lang}.pdf").pages) == 1
        if shutil.which("soffice"):
            subprocess.run(
                ["soffice", "--headless", "--convert-to", "pdf", "--outdir", folder,
                 case / f"summary.{lang}.docx"],
                check=True, capture_output=True,
            )  # fmt: skip
            assert len(PdfReader(folder / f"summary.{lang}.pdf").pages) == 1
        words = _words(text_of(case / f"summary.{lang}.html"))
        assert words <= 350 + 40  # the heading and the foot stand outside the page's own text


def _words(text):
    return len([word for word in text.split() if re.search(r"\w", word)])


def test_a_plan_is_begun_checked_and_sealed_in_the_shell(tmp_path):
    from tests.report.simulated import measures

    table = tmp_path / "measures.csv"
    measures({"a": (14, 0.1), "b": (30, 0.2)}).to_csv(table, index=False)
    plan = tmp_path / "plan.toml"
    assert shell("plan", "new", table, "--by", "accent", "-o", plan, "--lang", "fr").exit_code == 0
    unfinished = shell("plan", "check", plan, table)
    assert unfinished.exit_code == 2
    assert "margin is missing" in unfinished.output
    text = plan.read_text(encoding="utf-8").replace("# margin = 0\n", "margin = 0.03\n")
    text = text.replace('# anchor = "human noise"', 'anchor = "human noise"')
    plan.write_text(text.replace('# why = ""', 'why = "2,6"', 1), encoding="utf-8")
    checked = shell("plan", "check", plan, table, "--lang", "fr")
    assert checked.exit_code == 0, checked.output
    assert "Aucune valeur par groupe n’a été regardée" in checked.output
    sealed = shell("plan", "seal", plan, "--timestamp")
    assert sealed.exit_code == 0, sealed.output
    assert (tmp_path / "plan.tsq").is_file()
    plan.write_text(
        text.replace("0.03", "0.02").replace('# why = ""', 'why = "2"', 1), encoding="utf-8"
    )
    refused = shell("examine", plan, "--measures", table, "-o", tmp_path / "case")
    assert refused.exit_code == 2
    assert "has changed since it was sealed" in refused.output
    assert not (tmp_path / "case").exists()


def test_what_was_altered_leaves_with_exit_code_1(tmp_path):
    from tests.plans.test_reading import LEAST
    from tests.report.simulated import measures

    measures({"a": (14, 0.1), "b": (30, 0.2)}).to_csv(tmp_path / "m.csv", index=False)
    (tmp_path / "plan.toml").write_text(LEAST, encoding="utf-8")
    case = tmp_path / "case"
    made = shell("examine", tmp_path / "plan.toml", "--measures", tmp_path / "m.csv", "-o", case,
                 "--format", "html")  # fmt: skip
    assert made.exit_code == 0, made.output
    page = (case / "report.en.html").read_text(encoding="utf-8")
    assert page.count("Exploratory analysis") >= 2  # not sealed: said on the cover and at the foot
    findings = case / "findings.json"
    content = json.loads(findings.read_text(encoding="utf-8"))
    content["findings"][0]["difference"] = 0.0
    findings.write_text(json.dumps(content), encoding="utf-8")
    assert shell("verify", case).exit_code == 1
    again = shell("reproduce", case)
    assert again.exit_code == 1
    assert "wer a · difference: stored 0.0, again" in again.output


def test_a_case_can_be_written_in_one_more_format(tmp_path):
    from tests.plans.test_reading import LEAST
    from tests.report.simulated import measures

    measures({"a": (14, 0.1), "b": (30, 0.2)}).to_csv(tmp_path / "m.csv", index=False)
    (tmp_path / "plan.toml").write_text(LEAST, encoding="utf-8")
    case = tmp_path / "case"
    shell("examine", tmp_path / "plan.toml", "--measures", tmp_path / "m.csv", "-o", case,
          "--format", "csv")  # fmt: skip
    made = shell("report", case, "-o", tmp_path / "r.md", "--lang", "fr")
    assert made.exit_code == 0, made.output
    assert "Analyse exploratoire" in (tmp_path / "r.md").read_text(encoding="utf-8")
    refused = shell("report", case, "-o", tmp_path / "r.md", "--title", "x")
    assert refused.exit_code == 2
