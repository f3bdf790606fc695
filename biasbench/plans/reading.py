"""A plan from its TOML file, and everything in one that contradicts itself.

Every key that there is:

    biasbench_plan = 1
    title = "Transcription and politeness by accent, 2026"
    language = "fr"                        # of the report: fr or en
    audience = "public"                    # or "restricted": a circle bound to secrecy
    jurisdiction = "fr"                    # fr, eu or us; may be left out
    smallest_group = 12                    # people to print a figure; only above the default
    period = "month"                       # column of months, for what changes over time

    [mandate]
    case = "2026-014"
    requester = "CSE of the Belfort site"
    payer = "employer 80 %, CSE 20 %"
    expert = "A. Martin"
    interests = "none"
    contact = "expert@example.org"
    organisation = "the company, Belfort site"
    questions = ["Does the system make more errors for some accents?"]
    uses = ["coaching", "monthly bonus"]

    [system]                               # what the run does not say itself
    tier = "T1"
    version = "5.2"
    period = "2026-03/2026-08"

    [[system.part]]                        # what is known of each stage, and how
    stage = "transcript"                   # audio, transcript, keywords and tone, …
    known = "documented"                   # observed, documented, declared or unknown
    modality = "voice"                     # what goes in: voice, text, mixed or unknown
    note = "vendor's instructions, p. 12"

    [groups]
    by = "accent"
    against = "rest"                       # or the name of a group
    compare = ["Maghreb", "Antilles"]      # all by default
    labels = "self"                        # self, panel, corpus
    question = "In which variety of French did you grow up?"
    merge = { "Antilles" = ["Martinique", "Guadeloupe"] }

    [[comparison]]                         # one for each metric
    metric = "wer"
    margin = 0.03                          # in the metric's unit
    anchor = "human noise"                 # consequence, human noise or agreed
    why = "two transcribers of this sample differ by 2.6 errors per 100 words"

    [[comparison]]
    metric = "mean_score:politeness"
    margin = 2
    anchor = "consequence"
    why = "two points move one person in ten across the 90 step"
    role = "secondary"                     # primary by default

    [[exclusion]]
    name = "under a minute"
    column = "seconds"
    below = 60                             # or above = …, or values = ["…"]
    why = "no exchange takes place"

    [alternatives]                         # what else could explain a gap
    covariates = ["snr_db"]
    without = ["team"]
    unmeasured = ["kind of call"]          # named, since they cannot be computed
    cohort = { entry = "hired", grade = "level" }  # paths over the periods, among the alike

    [robustness]                           # other choices that could be defended
    normalizers = ["minimal", "en"]
    adjustments = { "noise" = ["snr_db"] }
    [[robustness.exclusion]]
    name = "without the first month"
    column = "month"
    values = ["2026-03"]
    why = "people were learning the system"

    [pay]
    metric = "mean_score:politeness"
    groups = ["Maghreb"]
    threshold = 90
    scale = "bonus.toml"                   # beside this file

    [[selection]]
    metric = "mean_score:listened to (1 = yes)"
    announced = 0.05                       # share of calls
    action = "listened to"                 # or "recorded"

    [[degradation]]                        # the same recordings, made worse by degrees
    column = "noise_snr"                   # its degree; empty where a recording is untouched
    unit = "dB"
    worst = "lowest"                       # or "highest": which end of the column is worst
    what = "babble noise"                  # what was done to them, for the report

    [gates]
    agreement_least = 0.667                # of human references, by group
    one_version = true

    [statistics]                           # all may be left out
    level = 0.95
    method = "cr3"
    seed = 0
    n_resamples = 9999
    normalizer = "fr"
    conditions = ["headset", "site"]
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import cast, get_args

from biasbench.errors import OptionError
from biasbench.evidence.degradation import Worst
from biasbench.evidence.sufficiency import Audience
from biasbench.plans.plan import (
    STAGES,
    Alternatives,
    Anchor,
    Cohort,
    DataGates,
    Exclusion,
    Groups,
    Jurisdiction,
    Known,
    Labels,
    Mandate,
    Modality,
    Plan,
    PlannedDegradation,
    PlannedMetric,
    PlannedPay,
    PlannedSelection,
    PlannedSystem,
    Robustness,
    SystemPart,
    Tier,
)
from biasbench.tables import REST, Direction
from biasbench.tables.toml_parts import Part, read_toml

#: Written at the top of every plan; a reader of another form refuses it.
FORM = 1
#: Fewest people to print a figure, by audience; a plan may only ask for more.
FEWEST = {"public": 10, "restricted": 5}

_TOP = (
    "biasbench_plan", "title", "language", "audience", "jurisdiction", "smallest_group", "period",
    "mandate", "system", "groups", "comparison", "exclusion", "alternatives", "robustness", "pay",
    "selection", "degradation", "gates", "statistics",
)  # fmt: skip
_ROLES = ("primary", "secondary")


def read_plan(path: str | Path) -> Plan:
    """The plan in a TOML file (module docstring), or what is wrong with it in one line.

    Raises NotFoundError for a missing file, and OptionError with file, key, value and what to do
    for a plan that cannot be read or contradicts itself.
    """
    written = read_toml(path)
    written.known(_TOP)
    if written.content.get("biasbench_plan") != FORM:
        raise OptionError(
            f"{written.source}: is not a plan of form {FORM}: write biasbench_plan = {FORM} on its "
            "first line, or begin with: biasbench plan new -o plan.toml"
        )
    audience = cast(Audience, written.one_of("audience", get_args(Audience), "public"))
    statistics = written.part("statistics")
    statistics.known(("level", "method", "seed", "n_resamples", "normalizer", "conditions"))
    plan = Plan(
        title=written.said("title"),
        lang="fr" if written.one_of("language", ("fr", "en"), "en") == "fr" else "en",
        audience=audience,
        k=_smallest(written, audience),
        jurisdiction=cast(Jurisdiction, written.one_of("jurisdiction", get_args(Jurisdiction)))
        if "jurisdiction" in written.content
        else None,
        period=written.said("period") or None,
        mandate=_mandate(written.part("mandate")),
        system=_system(written.part("system")),
        groups=_groups(written.part("groups")),
        metrics=_metrics(written),
        exclusions=_exclusions(written, "exclusion"),
        alternatives=_alternatives(written.part("alternatives")),
        robustness=_robustness(written.part("robustness")),
        pay=_pay(written.part("pay")) if "pay" in written.content else None,
        selection=tuple(_selection(part) for part in written.parts("selection")),
        degradations=tuple(_degradation(part) for part in written.parts("degradation")),
        gates=_gates(written.part("gates")),
        level=_level(statistics),
        method=statistics.said("method") or "cr3",
        seed=statistics.count("seed", 0),
        n_resamples=statistics.count("n_resamples", 9999, least=99),
        normalizer=statistics.said("normalizer") or None,
        conditions=statistics.texts("conditions") or None,
        source=written.source,
        content=Path(path).read_bytes(),
    )
    _check_together(plan)
    return plan


def _smallest(written: Part, audience: Audience) -> int | None:
    if "smallest_group" not in written.content:
        return None
    return written.count("smallest_group", 0, least=FEWEST[audience])


def _mandate(part: Part) -> Mandate:
    texts = ("case", "requester", "payer", "expert", "interests", "contact", "organisation")
    part.known((*texts, "questions", "uses"))
    return Mandate(
        **{name: part.said(name) for name in texts},
        questions=part.texts("questions"),
        uses=part.texts("uses"),
    )


def _system(part: Part) -> PlannedSystem:
    texts = ("name", "version", "period", "differences")
    part.known((*texts, "tier", "part"))
    tier = cast(Tier, part.one_of("tier", get_args(Tier))) if "tier" in part.content else None
    return PlannedSystem(
        **{name: part.said(name) for name in texts},
        tier=tier,
        parts=tuple(_system_part(one) for one in part.parts("part")),
    )


def _system_part(part: Part) -> SystemPart:
    part.known(("stage", "known", "modality", "note"))
    return SystemPart(
        stage=part.one_of("stage", STAGES),
        known=cast(Known, part.one_of("known", get_args(Known), "unknown")),
        modality=cast(Modality, part.one_of("modality", get_args(Modality), "unknown")),
        note=part.said("note"),
    )


def _groups(part: Part) -> Groups:
    part.known(
        ("by", "against", "compare", "merge", "labels", "question", "raters", "agreement")
    )  # fmt: skip
    merge = part.part("merge")
    labels = None
    if "labels" in part.content:
        labels = cast(Labels, part.one_of("labels", get_args(Labels)))
    return Groups(
        by=part.text("by", "write the column that makes the groups, such as 'accent'"),
        against=part.said("against") or REST,
        compare=part.texts("compare") or None,
        merged={str(name): merge.texts(name) for name in merge.content},
        labels=labels,
        question=part.said("question"),
        n_raters=part.said("raters"),
        agreement=part.said("agreement"),
    )


def _metrics(written: Part) -> tuple[PlannedMetric, ...]:
    parts = written.parts("comparison")
    if not parts:
        raise OptionError(
            f"{written.source}: no comparison is planned: write a section [[comparison]] with "
            "metric, margin, anchor and why"
        )
    return tuple(_metric(part) for part in parts)


def _metric(part: Part) -> PlannedMetric:
    part.known(("metric", "margin", "anchor", "why", "role", "direction"))
    margin = part.needed("margin", "the smallest gap that matters, in the metric's unit")
    if margin <= 0:
        raise part.wrong("margin", "the smallest gap that matters is above 0")
    direction = None
    if "direction" in part.content:
        direction = cast(Direction, part.one_of("direction", get_args(Direction)))
    return PlannedMetric(
        metric=part.text("metric", "write one, such as 'wer'"),
        margin=margin,
        anchor=cast(Anchor, part.one_of("anchor", get_args(Anchor))),
        why=part.text("why", "write what the margin rests on; a margin without a reason is none"),
        primary=part.one_of("role", _ROLES, "primary") == "primary",
        direction=direction,
    )


def _exclusions(written: Part, key: str) -> tuple[Exclusion, ...]:
    return tuple(_exclusion(part) for part in written.parts(key))


def _exclusion(part: Part) -> Exclusion:
    part.known(("name", "column", "why", "values", "below", "above"))
    found = Exclusion(
        name=part.text("name", "write a short name, which the report prints"),
        column=part.text("column", "write the column that the rule looks at"),
        why=part.text("why", "write the reason; it is printed"),
        values=part.texts("values"),
        below=part.number("below"),
        above=part.number("above"),
    )
    if not (found.values or found.below is not None or found.above is not None):
        raise OptionError(f"{part.place}: leaves out nothing: write values, below or above")
    return found


def _alternatives(part: Part) -> Alternatives:
    lists = ("covariates", "match_on", "factors", "without", "unmeasured")
    part.known((*lists, "sentence", "rating", "rating_bins", "cohort"))
    bins = part.count("rating_bins", 5, least=2) if "rating_bins" in part.content else None
    return Alternatives(
        sentence=part.said("sentence") or None,
        rating=part.said("rating") or None,
        rating_bins=bins,
        cohort=_cohort(part.part("cohort")) if "cohort" in part.content else None,
        **{name: part.texts(name) for name in lists},
    )


def _cohort(part: Part) -> Cohort:
    part.known(("entry", "grade"))
    return Cohort(
        entry=part.text("entry", "write the column of when people came, such as 'hired'"),
        grade=part.said("grade") or None,
    )


def _robustness(part: Part) -> Robustness:
    part.known(("normalizers", "exclusion", "adjustments"))
    adjustments = part.part("adjustments")
    return Robustness(
        normalizers=part.texts("normalizers"),
        exclusions=_exclusions(part, "exclusion"),
        adjustments={str(name): adjustments.texts(name) for name in adjustments.content},
    )


def _pay(part: Part) -> PlannedPay:
    part.known(("metric", "groups", "threshold", "period", "scale", "rating", "lowest"))
    lowest = part.number("lowest")
    if lowest is not None and not 0 < lowest <= 0.5:
        raise part.wrong("lowest", "write a share above 0 and at most 0.5: 0.1 is the lowest tenth")
    scale = part.said("scale")
    if Path(scale).name != scale:
        raise part.wrong("scale", "put the file beside the plan and write its name alone")
    return PlannedPay(
        metric=part.text("metric", "write the score that pay depends on"),
        groups=part.texts("groups"),
        threshold=part.number("threshold"),
        period=part.said("period") or None,
        scale=scale or None,
        rating=part.said("rating") or None,
        lowest=0.1 if lowest is None else lowest,
    )


def _selection(part: Part) -> PlannedSelection:
    part.known(("metric", "announced", "action"))
    announced = part.needed("announced", "the announced share of calls, such as 0.05")
    if not 0 < announced < 1:
        raise part.wrong("announced", "write a share of calls between 0 and 1: 5 % is 0.05")
    return PlannedSelection(
        metric=part.text("metric", "write the score that says which calls, such as 'listened'"),
        announced=announced,
        action="recorded"
        if part.one_of("action", ("recorded", "listened to"), "listened to") == "recorded"
        else "listened to",
    )


def _degradation(part: Part) -> PlannedDegradation:
    part.known(("column", "unit", "what", "worst"))
    return PlannedDegradation(
        column=part.text("column", "write the column of how much each recording was degraded"),
        unit=part.text("unit", "write the unit of the column, such as 'dB' or '%'"),
        what=part.text("what", "write what was done to the recordings; it is printed"),
        worst=cast(Worst, part.one_of("worst", get_args(Worst))),
    )


def _gates(part: Part) -> DataGates:
    part.known(("agreement_least", "one_version"))
    least = part.number("agreement_least")
    if least is not None and not 0 < least < 1:
        raise part.wrong("agreement_least", "write an agreement between 0 and 1, such as 0.667")
    return DataGates(agreement_least=least, one_version=part.flag("one_version", True))


def _level(part: Part) -> float:
    level = part.number("level")
    if level is not None and not 0.5 <= level < 1:
        raise part.wrong("level", "write a level between 0.5 and 1: 95 % is 0.95")
    return 0.95 if level is None else level


def _check_together(plan: Plan) -> None:
    """Raise OptionError where two parts of a plan cannot both be meant."""
    _check_once([one.metric for one in plan.metrics], "comparison", "metric", plan)
    _check_once([one.name for one in plan.exclusions], "exclusion", "name", plan)
    _check_once([one.column for one in plan.degradations], "degradation", "column", plan)
    if not plan.primary:
        raise OptionError(
            f"{plan.source}: every comparison is secondary: without a primary one the report can "
            'only explore; take role = "secondary" away from one'
        )
    if plan.pay is not None and plan.of(plan.pay.metric) is None:
        raise OptionError(
            f"{plan.source}: [pay]: {plan.pay.metric} is in no [[comparison]]; its gap needs a "
            "margin before what it does to pay can be followed"
        )
    if plan.alternatives.cohort is not None and plan.period is None:
        raise OptionError(
            f"{plan.source}: [alternatives]: cohort follows people over periods, and no column of "
            'periods is named: write period = "month" at the top'
        )
    groups = plan.groups
    if groups.compare and groups.against in groups.compare:
        raise OptionError(
            f"{plan.source}: [groups]: '{groups.against}' stands in compare and in against; a "
            "group is not compared with itself"
        )
    merged = [part for parts in groups.merged.values() for part in parts]
    twice = [name for name in merged if merged.count(name) > 1]
    if twice:
        raise OptionError(
            f"{plan.source}: [groups.merge]: '{twice[0]}' goes into two groups; take it from one"
        )
    for name, parts in groups.merged.items():
        if not parts:
            raise OptionError(f"{plan.source}: [groups.merge]: '{name}' is made of no group")


def _check_once(names: Sequence[str], section: str, key: str, plan: Plan) -> None:
    for name in names:
        if names.count(name) > 1:
            raise OptionError(
                f"{plan.source}: [[{section}]]: {key} '{name}' stands there twice; keep one"
            )
