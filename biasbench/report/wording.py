"""Every sentence that claims something, in French and in English, and what is never said.

texts/ holds them: sentences.json the sentences (id → fr, en, when), labels.json the titles,
headings and explanations, and a file for each subject that has many of its own. All are checked
against the never-say list when they are read, and once more as they are filled in. Values – group
labels, names of systems – are quoted data: they are escaped by the renderer and not judged here.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from biasbench.errors import BiasbenchError, OptionError
from biasbench.report.numbers import Lang, typeset

LANGUAGES: tuple[Lang, ...] = ("fr", "en")

_PLACEHOLDER = re.compile(r"{(\w+)}")

_VERDICT_WORDS: Mapping[str, Mapping[Lang, str]] = {
    "V-S": {"fr": "non publié", "en": "withheld"},
    "V-N": {"fr": "preuve insuffisante", "en": "insufficient evidence"},
    "V-D1": {"fr": "écart établi, au-dessus de la marge", "en": "gap above margin"},
    "V-D2": {"fr": "écart établi, taille incertaine", "en": "gap, size uncertain"},
    "V-D3": {"fr": "écart détecté, sous la marge", "en": "gap below margin"},
    "V-E": {"fr": "équivalent à la marge près", "en": "equivalent within margin"},
    "V-I": {"fr": "preuve insuffisante", "en": "insufficient evidence"},
    "V-A1": {
        "fr": "écart établi à l'avantage du groupe, au-dessus de la marge",
        "en": "gap to the group's advantage, above margin",
    },
    "V-A2": {
        "fr": "écart établi à l'avantage du groupe, taille incertaine",
        "en": "gap to the group's advantage, size uncertain",
    },
    "V-A3": {
        "fr": "écart détecté à l'avantage du groupe, sous la marge",
        "en": "gap to the group's advantage, below margin",
    },
}
_NO_VERDICT: Mapping[Lang, str] = {"fr": "sans verdict", "en": "no verdict"}


class WordingError(BiasbenchError):
    """A sentence of ours lacks a value, or says what a report must never say."""


@dataclass(frozen=True)
class NeverSay:
    """One thing a report never says (docs/report.md §G): the pattern, why, what to say instead."""

    pattern: str
    why: str
    instead: str


_LEGAL = (
    "a legal conclusion or an intent",
    "'écart au détriment de …', 'gap to the disadvantage of …'",
)
_CLEARANCE = ("a clearance that nobody can give", "'equivalent within the margin', with C-EQ")
_ABSENCE = ("absence of evidence is not evidence of absence", "'insufficient evidence', or V-E")
_CHANCE = ("misreads the interval", "the interval and the margin")
_CAUSE = ("an association is not a cause", "'in group …', and the alternatives")
_STIGMA = ("it judges people", "the group's label as declared")
_CONSTRUCT = ("the construct is not validated", "the label in quotation marks, with C-LABEL")
_DAMAGES = ("a legal calculation", "C-PAY")
_GRADE = ("one number hides the uncertainty", "each finding with its verdict")

#: In both languages; applied to every string of ours whatever the language of the report.
NEVER_SAY: tuple[NeverSay, ...] = (
    NeverSay(r"\bill[ée]ga(l|le|les|aux|lly|lity)\b|\bunlawful(ly)?\b|\billicites?\b", *_LEGAL),
    NeverSay(r"\braci(st|sts|ste|stes|sm|sme)\b|\bsexist[es]*\b|\bx[ée]nophob\w*", *_LEGAL),
    NeverSay(r"\bdiscriminatoires?\b|\bdiscriminator(y|ily)\b|\bdiscriminates?\b", *_LEGAL),
    NeverSay(r"\bdiscriminations? (av[ée]r[ée]e?s?|prouv[ée]e?s?|[ée]tablies?)", *_LEGAL),
    NeverSay(r"\b(proven|established) discrimination\b", *_LEGAL),
    NeverSay(r"\bproves?\b|\bprouv(e|ent|ant)\b|\bcoupables?\b|\bguilty\b", *_LEGAL),
    NeverSay(r"\bconform(e|es|ité|ément)\b|\bcomplian(t|ce)\b", *_CLEARANCE),
    NeverSay(r"\bcertifi(é|ée|és|ées|ed|es)\b", *_CLEARANCE),
    NeverSay(r"\b[ée]quitables?\b|\b(un)?fair(ly|ness)?\b", *_CLEARANCE),
    NeverSay(r"\bsans biais\b|\b(non[ -])?biais[ée]e?s?\b", *_CLEARANCE),
    NeverSay(r"\b(un|de)?biased\b|\bno bias\b", *_CLEARANCE),
    NeverSay(r"\b(pass(es|ed)?|meets?) the four[- ]fifths\b", *_CLEARANCE),
    # V-I says "compatible both with no gap and with a gap above the margin": that one stands.
    NeverSay(r"(?<!both with )\bno (gap|difference|disparity)\b", *_ABSENCE),
    NeverSay(r"\bpas d[e'’] ?([ée]cart|diff[ée]rence)", *_ABSENCE),
    NeverSay(r"\baucun(e)? ([ée]cart|diff[ée]rence|disparit[ée])", *_ABSENCE),
    NeverSay(r"\b(in)?significati(f|fs|ve|ves|vement)\b|\b(in)?significant(ly)?\b", *_CHANCE),
    NeverSay(r"\bprobabilit[ée] (que|d['’])|\b(probability|chance) (that|of)\b", *_CHANCE),
    NeverSay(r"\bp ?[=<] ?0", *_CHANCE),
    NeverSay(r"\bfiables? [àa] \d|\b\d+ ?% (reliable|sure|certain)\b", *_CHANCE),
    NeverSay(r"\bhasard (est )?(exclu|[ée]cart[ée])|\bd[ûu]e?s? au hasard\b", *_CHANCE),
    NeverSay(r"\bexpliqu\w+ par le hasard|\bexplained by chance\b|\bdue to chance\b", *_CHANCE),
    NeverSay(r"\bchance (is|was|has been) (ruled out|excluded)", *_CHANCE),
    NeverSay(r"\bà cause d(e|u|es) (l['’]|leurs? |son |cette )?(accent|origine|langue)", *_CAUSE),
    NeverSay(r"\b(because of|due to|caused by) (the|their|an?) (accent|origin|language)", *_CAUSE),
    NeverSay(
        r"\b(détecte|reconna[îi]t) (la|une|de la|leur) (colère|joie|tristesse|peur|émotion)",
        *_CONSTRUCT,
    ),
    NeverSay(
        r"\b(detects?|recogni[sz]es?) (an? |the )?(anger|joy|sadness|fear|emotions?)\b",
        *_CONSTRUCT,
    ),
    NeverSay(
        r"\bjusqu['’][àa] 35|\bup to 35\b", "a misquotation", "0.35 on average over five systems"
    ),
    NeverSay(r"\b(bias|fairness|equity) (score|grade|index)\b", *_GRADE),
    NeverSay(r"\b(score|note|indice) (de biais|d['’]équité)\b", *_GRADE),
    NeverSay(r"\baccents? (fort|léger|prononcé|lourd)s?\b", *_STIGMA),
    NeverSay(r"\b(strong|heavy|thick|slight|light|mild) accents?\b", *_STIGMA),
    NeverSay(r"\bparle(nt)? (moins bien|mal|mieux)\b", *_STIGMA),
    NeverSay(r"\bspeaks? (worse|badly|less well|better)\b", *_STIGMA),
    NeverSay(r"\b(non[- ])?native speakers?\b", *_STIGMA),
    NeverSay(r"\blocut(eur|rice)s? (non )?nati(f|ve)s?\b", *_STIGMA),
    NeverSay(r"\bpr[ée]judice subi\b|\brappels? de salaire\b|\bback pay\b", *_DAMAGES),
    NeverSay(r"\bdommages[- ](et[- ])?int[ée]r[êe]ts\b|\bdamages\b", *_DAMAGES),
)

_COMPILED = tuple((re.compile(entry.pattern, re.IGNORECASE), entry) for entry in NEVER_SAY)


def check_wording(text: str, lang: Lang) -> str:
    """The text itself, if a report may say it; otherwise a WordingError that says why not.

    >>> check_wording("The system is unbiased.", "en")
    Traceback (most recent call last):
    biasbench.report.wording.WordingError: a report never says 'unbiased' (en): a clearance ...
    """
    plain = text.replace("\u00a0", " ").replace("\u202f", " ")
    for pattern, entry in _COMPILED:
        found = pattern.search(plain)
        if found:
            raise WordingError(
                f"a report never says '{found.group()}' ({lang}): {entry.why}. "
                f"Say instead: {entry.instead}. The text was: {plain!r}"
            )
    return text


def say(name: str, lang: Lang, values: Mapping[str, str] | None = None) -> str:
    """The sentence or label of that name in that language, its placeholders filled in.

    Every placeholder must have a value; a value without a placeholder is ignored.

    >>> say("V-S", "en", {"k": "10"})
    'Result withheld: fewer than 10 people. Publishing it could identify someone.'
    """
    template = templates()[name][lang]
    values = values or {}
    lacking = [key for key in _PLACEHOLDER.findall(template) if key not in values]
    if lacking:
        raise WordingError(f"sentence {name} ({lang}) lacks a value for {', '.join(lacking)}")
    return _PLACEHOLDER.sub(lambda found: values[found.group(1)], template)


def has(name: str) -> bool:
    """Whether there is a sentence or label of that name."""
    return name in templates()


def placeholders(name: str) -> set[str]:
    """The names of the values that a sentence needs."""
    return set(_PLACEHOLDER.findall(templates()[name]["en"]))


@cache
def templates() -> Mapping[str, Mapping[Lang, str]]:
    """All sentences and labels, typeset and checked: id → language → text with placeholders."""
    read: dict[str, Mapping[Lang, str]] = {}
    for file in sorted(Path(__file__).with_name("texts").glob("*.json")):
        entries = json.loads(file.read_text(encoding="utf-8"))
        for name, entry in entries.items():
            if name in read:
                raise WordingError(f"{file.name}: sentence {name} stands in another file already")
            read[name] = checked_pair(name, entry)
    return read


def checked_pair(name: str, entry: Mapping[str, str]) -> Mapping[Lang, str]:
    """Both languages of one sentence: typeset, sayable, and with the same placeholders."""
    pair = {lang: check_wording(typeset(entry[lang], lang), lang) for lang in LANGUAGES}
    needs = {lang: set(_PLACEHOLDER.findall(text)) for lang, text in pair.items()}
    if needs["fr"] != needs["en"]:
        raise WordingError(
            f"sentence {name}: the placeholders differ: fr {sorted(needs['fr'])}, "
            f"en {sorted(needs['en'])}"
        )
    return pair


def verdict_word(code: str | None, lang: Lang) -> str:
    """The headline words of a verdict code (docs/report.md §D); None: a finding without a verdict.

    >>> verdict_word("V-D1", "en"), verdict_word(None, "fr")
    ('gap above margin', 'sans verdict')
    """
    check_language(lang)
    if code is None:
        return _NO_VERDICT[lang]
    if code not in _VERDICT_WORDS:
        raise WordingError(f"no verdict {code!r}. Known: {', '.join(_VERDICT_WORDS)}")
    return typeset(_VERDICT_WORDS[code][lang], lang)


def check_language(lang: str) -> None:
    """Raise OptionError unless reports are written in that language."""
    if lang not in LANGUAGES:
        raise OptionError(f"lang is {lang!r}; reports are written in 'fr' or 'en'")
