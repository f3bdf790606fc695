"""A case for tests of the report: the planted world under a sealed plan, with a record."""

import shutil
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from biasbench.cases import Case, examine, gather
from biasbench.corpora.planted import Planting, plant
from biasbench.demo import tiny
from biasbench.plans import seal_plan
from biasbench.report.context import Context
from biasbench.runs import Run
from biasbench.substitution import substitute
from biasbench.tables import SCORES

PLAN = """biasbench_plan = 1
title = "Transcription et politesse par accent, 2026"
language = "fr"
audience = "public"
jurisdiction = "fr"
period = "month"

[mandate]
case = "2026-014"
requester = "CSE of the Belfort site"
payer = "employer 80 %, CSE 20 %"
expert = "A. Martin"
interests = "none declared"
contact = "expert@example.org"
organisation = "the company, Belfort site"
questions = ["Does the transcription make more errors for some accents?"]
uses = ["coaching", "monthly bonus"]

[system]
tier = "T1"
version = "5.2"
period = "2026-03/2026-08"

[[system.part]]
stage = "audio"
known = "observed"
modality = "voice"

[[system.part]]
stage = "transcript"
known = "documented"
modality = "voice"
note = "instructions for use, p. 12"

[[system.part]]
stage = "prompt and score"
known = "declared"
modality = "text"

[groups]
by = "accent"
compare = ["a"]
labels = "self"
question = "In which variety did you grow up?"

[[comparison]]
metric = "wer"
margin = 0.03
anchor = "human noise"
why = "two transcribers of this sample differ by 2.6 errors per 100 words"

[[comparison]]
metric = "mean_score:politeness"
margin = 2
anchor = "consequence"
why = "two points move one person in ten across the step"

[[comparison]]
metric = "prompt_rate:say thanks"
margin = 0.05
anchor = "agreed"
why = "agreed with the employer on 1 February"

[[comparison]]
metric = "unfounded_prompt_rate:say thanks"
margin = 0.05
anchor = "agreed"
why = "agreed with the employer on 1 February"
role = "secondary"

[[exclusion]]
name = "short calls"
column = "duration"
below = 18
why = "no exchange takes place"

[alternatives]
covariates = ["month"]
rating = "human_rating"
rating_bins = 5
without = ["month"]
unmeasured = ["kind of call", "client"]

[robustness]
normalizers = ["none", "minimal"]
[[robustness.exclusion]]
name = "without the first month"
column = "month"
values = ["m1"]
why = "people were learning the system"

[pay]
metric = "mean_score:politeness"
threshold = 90
period = "month"
rating = "human_rating"
scale = "bonus.toml"
"""

RECORD = """biasbench_record = 1

[[source]]
files = "all"
origin = "planted speech, made by a program"
how = "own measurement"
by = "A. Martin"
on = 2026-02-27
basis = "none needed"
transfers = ["2026-02-28, copied to a second disk, fingerprint checked"]

[references]
guideline = "transcription guide v2"
annotators = "two people, both grew up with the variety"
paid = "hourly wage"
country = "France"
blind_to_group = true
blind_to_machine = true
double_coded = 0.2
measure = "Krippendorff's alpha"
agreement = { a = 0.91, b = 0.93 }

[[request]]
document = "scale"
asked = 2026-02-01
received = 2026-02-20
answer = "history since 2024 only"

[[request]]
document = "instructions for use"
asked = 2026-02-01
refused = 2026-03-01

[[request]]
document = "call selection"
asked = 2026-02-01

[[exchange]]
party = "the employer"
sent = 2026-04-01
comment = "The sample is too small, and the threshold changed in May."
reply = "The plan fixed the sample before; section 12 shows the result without May."
"""

OPENED = "2026-03-02T09:30:00Z"


def write_case_files(folder: Path, *, plan: str = PLAN, sealed: bool = True) -> Path:
    """plan.toml with its seal, record.toml and bonus.toml in a folder; returns the plan."""
    path = folder / "plan.toml"
    path.write_text(plan, encoding="utf-8")
    (folder / "record.toml").write_text(RECORD, encoding="utf-8")
    shutil.copy(tiny() / "bonus.toml", folder / "bonus.toml")
    if sealed:
        seal_plan(path, now=lambda: datetime(2026, 2, 10, 8, 0, tzinfo=UTC))
    return path


@cache
def world(people: tuple[int, int] = (30, 30)):
    """The planted corpus, what two systems put out, and the scoring of human transcripts."""
    made = plant(Planting(people=people), seed=1)
    heard = Run(made.transcripts, SCORES.empty(), made.provenance)
    swap = substitute(heard, made.corpus, by="accent", group="a", margin=2, progress=False)
    return made.corpus, heard, swap.automatic, swap.human


@cache
def case(*, sealed: bool = True, people: tuple[int, int] = (30, 30)) -> Case:
    """The planted world under the plan above; not sealed, it is exploratory."""
    corpus, heard, automatic, human = world(people)
    with TemporaryDirectory() as folder:
        plan = write_case_files(Path(folder), sealed=sealed)
        inputs = gather(
            plan,
            opened=OPENED,
            runs=[heard, automatic],
            corpus=corpus,
            human=human,
            record=Path(folder) / "record.toml",
        )
        return examine(inputs)


def context(lang: str, *, sealed: bool = True, people: tuple[int, int] = (30, 30)) -> Context:
    """What sections of that case look at."""
    made = case(sealed=sealed, people=people)
    return Context(
        made.evidence,
        lang,
        corpus=made.inputs.corpus,
        runs=made.inputs.runs,
        case=made,
        root="9f2c1a07" * 8,
    )
