"""Lines: a reading as text to be printed, one line per step and per prompt."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from biasbench.systems import Event, Reading, Score, Trace
from biasbench.systems.interact.rules import Rules
from biasbench.systems.interact.wording import NAMES_FR, in_french, number, quoted

Lang = Literal["en", "fr"]

_PROMPT = {"en": "prompt", "fr": "consigne"}
_MISSING = {"en": "missing", "fr": "manquant"}
_COLON = {"en": ":", "fr": " :"}


def explain(reading: Reading, *, lang: Lang = "en", rules: Rules | None = None) -> tuple[str, ...]:
    """Each score, the steps it is made of, then each prompt with what made it.

    `rules` give prompts their wording; without them, prompts have their labels. A rule is named by
    its key in the TOML.

    >>> from biasbench.systems import Call, Transcript
    >>> from biasbench.systems.interact import read_rules, score_call
    >>> rules = read_rules()
    >>> call = Call(transcript=Transcript("Merci de votre appel."), language="fr")
    >>> lines = explain(score_call(call, rules), lang="fr", rules=rules)
    >>> for line in lines[1:4]: print(line)
    politesse : 60 sur 100
          +0  politeness.greeting : trouvé 0, demandé 1
         +30  politeness.thanks : trouvé 1, demandé 1 : « Merci »
    >>> print(lines[-1])
    consigne : « Saluez la personne. » (politeness.greeting : trouvé 0, demandé 1)
    """
    prompts = [event for event in reading.events if event.kind == "prompt"]
    lines = [line for score in reading.scores for line in _score(score, lang)]
    return (*lines, *(_prompt(event, lang, rules) for event in prompts))


def _score(score: Score, lang: Lang) -> Iterator[str]:
    name = NAMES_FR.get(score.name, score.name) if lang == "fr" else score.name
    if score.value is None:
        why = f" ({_said(score.note, lang)})" if score.note else ""
        yield f"{name}{_COLON[lang]} {_MISSING[lang]}{why}"
    else:
        of = ""
        if score.scale_max is not None and score.scale_max > 1:
            of = f" {'sur' if lang == 'fr' else 'of'} {_number(score.scale_max, lang)}"
        yield f"{name}{_COLON[lang]} {_number(score.value, lang)}{of}"
    for step in score.trace:
        yield _step(step, lang)


def _step(step: Trace, lang: Lang) -> str:
    points = ""
    if step.points is not None:
        points = ("-" if step.points < 0 else "+") + _number(abs(step.points), lang)
    found = _said(step.found, lang)
    return f"{points:>8}  {step.rule}{_COLON[lang]} {found}{_span(step.start, step.end, lang)}"


def _prompt(event: Event, lang: Lang, rules: Rules | None) -> str:
    known = {} if rules is None else {one.label: one.wording[lang] for one in rules.prompts}
    shown = _said(quoted((known.get(event.label, event.label),)), lang)
    made = f"{event.rule}{_COLON[lang]} {_said(event.found or '', lang)}"
    at = "" if event.start is None else f" {_time(event.start, lang)}"
    return f"{_PROMPT[lang]}{at}{_COLON[lang]} {shown} ({made})"


def _said(text: str | None, lang: Lang) -> str:
    return in_french(text or "") if lang == "fr" else text or ""


def _number(value: float, lang: Lang) -> str:
    return number(value).replace(".", ",") if lang == "fr" else number(value)


def _time(seconds: float, lang: Lang) -> str:
    return f"{'à' if lang == 'fr' else 'at'} {_number(seconds, lang)} s"


def _span(start: float | None, end: float | None, lang: Lang) -> str:
    if start is None or end is None:
        return ""
    return f" [{_number(start, lang)}–{_number(end, lang)} s]"
