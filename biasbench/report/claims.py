"""A finding as text: what was measured, the verdict, the interval, the caveats – in that order.

The parts leave this file only as one string (docs/report.md §F): nobody can quote the figures and
drop the verdict. A finding about too few people is a sentence that says so, and no figure.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass

from biasbench.report.context import Context, Row
from biasbench.report.numbers import number, shortest, whole
from biasbench.report.quantities import Quantity, quantity
from biasbench.report.wording import has, placeholders, say, verdict_word
from biasbench.tables.calls import is_tally

#: Below this many people on a side a verdict says how few they are (docs/statistics.md).
WANTED_PEOPLE = 20

#: What is said where no way is worse (True), and where nobody said which (False).
_NO_DIRECTION = {True: "V-NEITHER", False: "V-UNDIRECTED"}

#: How a gate begins in a finding's reason: its code, and the number or name its sentence needs.
_GATE = re.compile(r"\b(?P<code>N-[A-Z-]+)(?:\((?P<key>\w+)=(?P<value>[^)]*)\))?: ")


@dataclass(frozen=True)
class Written:
    """A finding in words. `verdict` is the headline word; `caveats` hold for its whole block."""

    code: str | None
    verdict: str
    about: str
    sentence: str
    caveats: tuple[str, ...] = ()

    @property
    def withheld(self) -> bool:
        """Whether no figure of it may be printed anywhere."""
        return self.code == "V-S"

    @property
    def text(self) -> str:
        """All of it in one string, caveats of the block included."""
        return " ".join((self.sentence, *self.caveats))


@dataclass(frozen=True)
class Gap:
    """The difference of a finding, turned so that above zero is worse for the group."""

    value: float | None
    low: float | None
    high: float | None
    low_alone: float | None
    high_alone: float | None

    @property
    def has_interval(self) -> bool:
        """Whether there is an interval at all."""
        return self.low is not None and self.high is not None


def is_directed(row: Row) -> bool:
    """Whether one way of the metric is worse for the person, so that a gap has a sign."""
    return row["direction"] in ("higher is worse", "higher is better")


def gap_of(row: Row) -> Gap:
    """The gap of a finding; for a metric without a worse direction, group minus other side."""
    names = ("difference", "difference_low", "difference_high")
    alone = ("difference_low_unadjusted", "difference_high_unadjusted")
    value, low, high = (row[name] for name in names)
    low_alone, high_alone = (row[name] for name in alone)
    if row["direction"] != "higher is better":
        return Gap(value, low, high, low_alone, high_alone)
    return Gap(_minus(value), _minus(high), _minus(low), _minus(high_alone), _minus(low_alone))


def write_finding(row: Row, context: Context) -> Written:
    """The finding in words, in the report's language."""
    lang = context.lang
    names = {"G": context.label(row["group"]), "R": context.label(row["against"])}
    about = say("W-about", lang, names)
    n_against = row["n_against"]
    block = (str(row["system"]), str(row["metric"]))
    hidden = context.privacy.withholds(row["group"], row["against"], n_against, block)
    if hidden:
        sentence = say(hidden, lang, {"k": str(context.privacy.k)})
        return Written("V-S", verdict_word("V-S", lang), about, sentence)
    kind = quantity(row["metric"])
    code = None if row["verdict"] is None else str(row["verdict"])
    values = {**names, **_values(row, kind, context)}
    parts = [
        _measured(row, kind, values, context),
        _verdict(row, code, values, context),
        _uncertainty(row, kind, values, context),
        _in_standard_errors(row, context),
        *(say(name, lang) for name in _own_caveats(code, context)),
    ]
    sentence = " ".join(part for part in parts if part)
    return Written(
        code, verdict_word(code, lang), about, sentence, block_caveats([code], row, context)
    )


def conclude(
    row: Row, kind: Quantity, names: Mapping[str, str], context: Context
) -> tuple[str, str]:
    """The headline word, and verdict and interval in words, of a finding outside the table.

    For links of a chain that have figures of their own: what was measured is written by whoever
    asks, and stands before it in one string.
    """
    code = None if row["verdict"] is None else str(row["verdict"])
    values = {**names, **_counts_of(row, kind, context)}
    interval = _uncertainty(row, kind, values, context, alone="P-pay-interval")
    said = [_verdict(row, code, values, context), interval]
    return verdict_word(code, context.lang), " ".join(part for part in said if part)


def block_caveats(codes: list[str | None], row: Row, context: Context) -> tuple[str, ...]:
    """Caveats that hold for every finding on a metric: printed once under all of them.

    `row` is any finding of the block. C-LAW-FR comes with an insufficient verdict, in French.
    """
    lang, kind = context.lang, quantity(row["metric"])
    design = context.facts.get("design", "undeclared")
    names = []
    if design == "observational":
        names.append("C-CROSSREF")
    elif design != "same-script":
        names.append("C-DESIGN-0")
    if context.synthetic:
        names.append("SYN")
    said = [say(name, lang) for name in names]
    if kind.score is not None and is_tally(kind.score):
        said.append(say("C-TALLY", lang, {"label": kind.score}))
    elif kind.score is not None:
        said.append(_of_tier(say("C-LABEL", lang, {"label": kind.score}), row, context))
    if _is_acoustic(row):
        said.append(say("C-ACOUSTIC", lang))
    said += [say(name, lang) for name in _law_caveats(codes, row, kind, context)]
    return tuple(said)


def _law_caveats(
    codes: list[str | None], row: Row, kind: Quantity, context: Context
) -> tuple[str, ...]:
    names = []
    # Where no profile is declared, the sentence on French law goes with the French language, and
    # the European one, which names its territory, stands wherever a score may be an emotion's.
    law = None if context.plan is None else context.plan.jurisdiction
    french = context.lang == "fr" if law is None else law == "fr"
    if french and any(code in ("V-I", "V-N") for code in codes):
        names.append("C-LAW-FR")
    modality = context.system(row["system"]).modality
    # Emotion inferred from text alone is outside art. 3(39) AI Act; plain acoustic measures
    # (pitch, level, pauses) are not emotion recognition unless used as such (recital 18).
    may_be_emotion = kind.score is not None and not is_tally(kind.score)
    if law != "us" and may_be_emotion and modality != "text" and not _is_acoustic(row):
        names.append("C-EU")
    return (*names, "C-LAW-DATE") if names else ()


def _is_acoustic(row: Row) -> bool:
    return str(row["system"]).startswith("tone:prosody") and row["metric"].startswith("mean_score:")


def _values(row: Row, kind: Quantity, context: Context) -> dict[str, str]:
    """Everything a sentence about this finding may ask for, and nothing that is unknown."""
    lang = context.lang
    others = context.other_side(row)
    own = [r for r in context.groups_of(row["system"], row["metric"]) if r["group"] == row["group"]]
    values = {
        "m_g": kind.value(row["value"], lang),
        "m_r": kind.value(row["against_value"], lang),
        "w_g": whole(sum(r["denominator"] for r in own), lang),
        "w_r": whole(sum(r["denominator"] for r in others), lang),
        "u_g": whole(row["n_utterances"], lang),
        "u_r": whole(sum(r["n_utterances"] for r in others), lang),
        "measure": kind.name(lang),
        "metric": row["metric"],
        **_counts_of(row, kind, context),
    }
    if kind.score is not None:
        values |= {"score": kind.score, **_scale(kind.score, context)}
    elif kind.of is not None:
        values |= dict.fromkeys(("prompt", "keyword", "label"), kind.of)
    values |= _by_listening(row, kind, context)
    return values


def _counts_of(row: Row, kind: Quantity, context: Context) -> dict[str, str]:
    """What verdict and interval ask for: people, margin, level, number of comparisons."""
    lang = context.lang
    values = {
        "unit": kind.unit(lang),
        "level": shortest(100 * row["level"], lang),
        "m": whole(row["n_comparisons"], lang),
    }
    for name, key in (("n_g", "n_speakers"), ("n_r", "n_against"), ("n_needed", "n_needed")):
        if row[key] is not None:
            values[name] = whole(row[key], lang)
    if row["margin"] is not None:
        values["delta"] = kind.margin(row["margin"], lang)
    return values


def _scale(score: str, context: Context) -> dict[str, str]:
    """The declared scale of a score, from the runs that gave it, else from the measures."""
    for run in context.runs:
        rows = run.scores[run.scores["score"] == score]
        low, high = rows["scale_min"].dropna().unique(), rows["scale_max"].dropna().unique()
        if len(low) == 1 and len(high) == 1:
            return {
                "smin": shortest(float(low[0]), context.lang),
                "smax": shortest(float(high[0]), context.lang),
            }
    known = json.loads(context.evidence.provenance.facts().get("scales", "{}")).get(score)
    if known is None:
        return {}
    return dict(zip(("smin", "smax"), (shortest(end, context.lang) for end in known), strict=True))


def _by_listening(row: Row, kind: Quantity, context: Context) -> dict[str, str]:
    """The silence that people hear, beside what the system counts; empty where nobody listened."""
    if row["metric"] != "silence_rate":
        return {}
    for other in context.findings_of(row["system"], "human_silence_rate"):
        if (other["group"], other["against"]) == (row["group"], row["against"]):
            heard = {"h_g": other["value"], "h_r": other["against_value"]}
            return {name: kind.value(value, context.lang) for name, value in heard.items()}
    return {}


def _measured(row: Row, kind: Quantity, values: Mapping[str, str], context: Context) -> str:
    name = kind.sentence
    if row["value"] is None or row["against_value"] is None:
        name = "M-NOVALUE"
    elif "n_g" not in values or "n_r" not in values:
        name = "M-NOSPK"
    elif name == "M-WER" and context.facts.get("design") == "same-script":
        name = "M-WER-PAIR"
    elif name == "M-SCORE" and "smin" not in values:
        name = "M-SCORE-0"
    elif name == "M-SILENCE-0" and "h_g" in values:
        name = "M-SILENCE"
    elif name.startswith("M-UNFOUNDED") and "human" in context.facts:
        name = name.replace("M-UNFOUNDED", "M-UNFOUNDED-TEXT")
    return _of_tier(say(name, context.lang, values), row, context)


def _verdict(row: Row, code: str | None, values: Mapping[str, str], context: Context) -> str:
    lang = context.lang
    if code is None:
        name = "V-0" if is_directed(row) else _NO_DIRECTION[row["direction"] == "neither"]
        return say(name if gap_of(row).has_interval else f"{name}-0", lang)
    if code == "V-N":
        return say("V-N", lang, {**values, "reason": reason_words(row["reason"], context)})
    if code == "V-I" and "n_needed" not in values:
        code = "V-I-0"
    said = _of_tier(say(_as_planned(code, row, context), lang, values), row, context)
    fewest = min(row["n_speakers"] or 0, row["n_against"] or 0)
    if 0 < fewest < WANTED_PEOPLE:
        said += " " + say("V-FEW", lang, {"n": whole(fewest, lang)})
    return said


def _uncertainty(
    row: Row,
    kind: Quantity,
    values: Mapping[str, str],
    context: Context,
    *,
    alone: str | None = None,
) -> str:
    """The interval in words; `alone` is the sentence of one that stands beside other links."""
    lang, gap = context.lang, gap_of(row)
    if gap.low is None or gap.high is None:
        # Without people there is no unit to speak of: the S1 and the reason have said so.
        return say("U-0", lang) if row["n_speakers"] is not None else ""
    low, high = kind.interval(gap.low, gap.high, lang, margin=row["margin"])
    name = "U-EXP" if is_directed(row) else "U-DIFF"
    if row["n_comparisons"] == 1:
        name = alone or f"{name}-1"
    elif name == "U-EXP" and row["level"] == 0.95:  # the level that the sentence names
        name = _as_planned("U", row, context)
    said = say(name, lang, {**values, "lo": low, "hi": high})
    if _ratio_disagrees(row):
        ends = {key: number(row[f"ratio_{key}"], lang, decimals=2) for key in ("low", "high")}
        said += " " + say("U-RATIO", lang, {"rlo": ends["low"], "rhi": ends["high"]})
    return said


def _in_standard_errors(row: Row, context: Context) -> str:
    """The gap over its standard error, which US courts have cited; in a US report alone.

    On the scale of the p-value: the log of the ratio, or the difference of two means.
    """
    error = row["standard_error"]
    if context.plan is None or context.plan.jurisdiction != "us" or not error:
        return ""
    gap = row["difference"] if not row["ratio"] else math.log(row["ratio"])
    if gap is None:
        return ""
    return say("SD", context.lang, {"z": number(abs(gap) / error, context.lang, decimals=1)})


def _ratio_disagrees(row: Row) -> bool:
    ends = [row[name] for name in ("ratio_low", "ratio_high", "difference_low", "difference_high")]
    if any(end is None for end in ends) or row["verdict"] is None:
        return False
    ratio_low, ratio_high, low, high = ends
    return bool((ratio_low > 1 or ratio_high < 1) != (low > 0 or high < 0))


def _own_caveats(code: str | None, context: Context) -> list[str]:
    established = code is not None and code.startswith(("V-D", "V-A"))
    names = []
    if established and context.facts.get("design") == "same-script":
        names.append("C-PAIR")
    if code is not None and (code in ("V-E", "V-D3") or code.startswith("V-A")):
        names.append("C-EQ")
    return names


def _as_planned(code: str, row: Row, context: Context) -> str:
    """The sentence that says 'set in advance' where it was: a primary comparison of a sealed plan.

    Otherwise no plan was deposited before the results, and the sentence does not say so.
    """
    if context.is_planned and context.is_primary(row):
        return code
    return f"{code}-EXP" if has(f"{code}-EXP") else code


def _of_tier(text: str, row: Row, context: Context) -> str:
    """On a stand-in, no sentence has 'the system' for its subject (docs/report.md §G)."""
    if context.system(row["system"]).tier != "T3":
        return text
    if context.lang == "fr":
        return text.replace("le système", "le logiciel de substitution")
    return text.replace("the system", "the stand-in program")


def reason_words(reason: str | None, context: Context) -> str:
    """The gates that failed, as words of a sentence: 'fewer than 10 people in one of the groups'.

    `reason` is the finding's own: 'N-SIZE(n_min=10): 4 people in 'a' …; also N-DOM(pct=61): …'.
    """
    said = [
        _gate(found["code"], found["key"], found["value"], context)
        for found in _GATE.finditer(reason or "")
    ]
    return ("\u00a0; " if context.lang == "fr" else "; ").join(dict.fromkeys(said)) or say(
        "N-OTHER", context.lang, {"code": "–"}
    )


def _gate(code: str, key: str | None, value: str | None, context: Context) -> str:
    if not has(code):
        return say("N-OTHER", context.lang, {"code": code})
    values = {} if key is None or value is None else {key: _localised(value, context)}
    if not placeholders(code) <= set(values):
        return say(f"{code}-0", context.lang)
    if value == "1" and has(f"{code}-1"):
        return say(f"{code}-1", context.lang)
    return say(code, context.lang, values)


def _localised(text: str, context: Context) -> str:
    return shortest(float(text), context.lang) if re.fullmatch(r"\d+(\.\d+)?", text) else text


def _minus(value: float | None) -> float | None:
    return None if value is None else -value
