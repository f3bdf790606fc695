"""Wording: what a trace found and why a score is missing, in English and in French.

A Reading carries English, and every sentence in it is made here from a template, so that the same
can be said in French without asking the scorer again. In a template, {n…} stands for a number and
{t…} for words.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache
from typing import NamedTuple


class _Pair(NamedTuple):
    english: str
    french: str


_PAIRS = {
    "said": _Pair("found {n0}, asked for {n1}: {t0}", "trouvé {n0}, demandé {n1} : {t0}"),
    "not said": _Pair("found {n0}, asked for {n1}", "trouvé {n0}, demandé {n1}"),
    "said in time": _Pair(
        "found {n0}, asked for {n1} in the first {n2} s: {t0}",
        "trouvé {n0}, demandé {n1} dans les {n2} premières s : {t0}",
    ),
    "not said in time": _Pair(
        "found {n0}, asked for {n1} in the first {n2} s",
        "trouvé {n0}, demandé {n1} dans les {n2} premières s",
    ),
    "not called for": _Pair(
        "not called for: nothing in the list “{t0}” was said",
        "sans objet : rien de la liste « {t0} » n'a été dit",
    ),
    "start": _Pair("start", "départ"),
    "none said": _Pair("none said", "aucun"),
    "tolerated": _Pair("{t0}, tolerated", "{t0}, toléré"),
    "capped": _Pair("{t0}, at most {n0} points in all", "{t0}, {n0} points au plus en tout"),
    "floor": _Pair("not below 0", "pas au-dessous de 0"),
    "beyond": _Pair("{n0}, {n1} tolerated: {t0}", "{n0}, dont {n1} tolérés : {t0}"),
    "too fast": _Pair(
        "{n0} words/min ({n1} in {n2} s), over {n3}",
        "{n0} mots/min ({n1} en {n2} s), plus de {n3}",
    ),
    "too slow": _Pair(
        "{n0} words/min ({n1} in {n2} s), under {n3}",
        "{n0} mots/min ({n1} en {n2} s), moins de {n3}",
    ),
    "pace": _Pair("{n0} words/min ({n1} in {n2} s)", "{n0} mots/min ({n1} en {n2} s)"),
    "paces": _Pair(
        "{n0} to {n1} words/min, looked at {n2} times",
        "de {n0} à {n1} mots/min, en {n2} observations",
    ),
    "left out": _Pair(
        "words of the other side left out: {n0}",
        "mots de l'autre partie laissés de côté : {n0}",
    ),
    "gap": _Pair("{n0} s, over {n1} s", "{n0} s, plus de {n1} s"),
    "gap fine": _Pair("longest {n0} s, not over {n1} s", "au plus {n0} s, pas plus de {n1} s"),
    "share": _Pair("{n0} % of the call, over {n1} %", "{n0} % de l'appel, plus de {n1} %"),
    "share fine": _Pair(
        "{n0} % of the call, not over {n1} %", "{n0} % de l'appel, pas plus de {n1} %"
    ),
    "seconds": _Pair("{n0} s", "{n0} s"),
    "share of": _Pair("{n0} s of {n1} s", "{n0} s sur {n1} s"),
    "words": _Pair("gaps between words", "trous entre les mots"),
    "audio": _Pair("stretches without a voice in the sound", "passages sans voix dans le son"),
    "part": _Pair("{n0} × {n1} of {n2}", "{n0} × {n1} sur {n2}"),
    "part missing": _Pair("missing, left out", "manquant, laissé de côté"),
    "no transcript": _Pair(
        "there is no transcript of this call", "il n'y a pas de transcription de cet appel"
    ),
    "nothing said": _Pair(
        "nothing of the agent was transcribed: what was said, or not said, cannot be told",
        "rien de l'agent n'a été transcrit : ce qui a été dit, ou non, ne peut être établi",
    ),
    "no language": _Pair(
        "the language of the call is not known; these rules read {t0}",
        "la langue de l'appel n'est pas connue ; ces règles lisent {t0}",
    ),
    "other language": _Pair(
        "the call is in “{t0}”; these rules read {t1}",
        "l'appel est en « {t0} » ; ces règles lisent {t1}",
    ),
    "no pace": _Pair(
        "the words have no times and the length of the call is not known: pace cannot be told",
        "les mots ne sont pas horodatés et la durée de l'appel n'est pas connue : le débit ne "
        "peut être établi",
    ),
    "too short": _Pair(
        "less than {n0} s of the call are the agent's: pace cannot be told",
        "moins de {n0} s de l'appel reviennent à l'agent : le débit ne peut être établi",
    ),
    "no silence in words": _Pair(
        "the words have no start and end times: silence cannot be told from them",
        "les mots n'ont pas de temps de début et de fin : le silence ne peut en être déduit",
    ),
    "no silence in audio": _Pair(
        "there is no sound of at least {n0} s: silence cannot be told",
        "il n'y a pas de son d'au moins {n0} s : le silence ne peut être établi",
    ),
    "no silence": _Pair(
        "the words have no start and end times, and there is no sound of at least {n0} s: silence "
        "cannot be told",
        "les mots n'ont pas de temps de début et de fin, et il n'y a pas de son d'au moins {n0} s "
        ": le silence ne peut être établi",
    ),
    "no quality": _Pair(
        "quality is the mean of all its parts, and these are missing: {t0}",
        "la note de qualité est la moyenne de toutes ses parties ; manquent : {t0}",
    ),
    "no part": _Pair(
        "every part of quality is missing", "toutes les parties de la note de qualité manquent"
    ),
}

#: French names of the scores.
NAMES_FR = {
    "quality": "qualité",
    "politeness": "politesse",
    "pace": "débit",
    "silence": "silence",
    "tone": "mots à éviter",
    "words_per_minute": "mots par minute",
    "longest_gap_s": "plus long silence (s)",
    "silence_share": "part de silence",
}

_FIELD = re.compile(r"\{([nt]\d)\}")
_NUMBER = r"-?\d+(?:\.\d+)?"


def say(name: str, *values: float | str) -> str:
    """The English sentence of that name; values in the order of its fields.

    >>> say("gap", 6.25, 4)
    '6.25 s, over 4 s'
    """
    shown = [value if isinstance(value, str) else number(value) for value in values]
    return _positional(name).format(*shown)


def number(value: float) -> str:
    """A number as it is written everywhere: at most four decimals, none that is not needed.

    >>> number(6.0), number(0.12340)
    ('6', '0.1234')
    """
    whole = int(value)
    return str(whole) if whole == value else f"{value:.4f}".rstrip("0").rstrip(".")


def quoted(texts: Iterable[str]) -> str:
    """Words in quotation marks: “merci”, “merci beaucoup”."""
    return ", ".join(f"“{text}”" for text in texts)


def in_french(english: str) -> str:
    """The same sentence in French; a text that is none of ours stays as it is.

    >>> in_french("found 1, asked for 1: “merci”"), in_french("6.25 s, over 4 s")
    ('trouvé 1, demandé 1 : « merci »', '6,25 s, plus de 4 s')
    """
    for pattern, fields, french in _patterns():
        found = pattern.fullmatch(english)
        if found:
            shown = map(_french_value, found.groups(), fields)
            return french.format(**dict(zip(fields, shown, strict=True)))
    return _french_quotes(english)


def _french_value(value: str, field: str) -> str:
    if field.startswith("n"):
        return value.replace(".", ",")
    names = value.split(", ")
    if all(name in NAMES_FR for name in names):
        return ", ".join(NAMES_FR[name] for name in names)
    return in_french(value)


def _french_quotes(text: str) -> str:
    return text.replace("“", "« ").replace("”", " »")


@cache
def _positional(name: str) -> str:
    """The English template with its fields numbered as they come."""
    return _FIELD.sub("{}", _PAIRS[name].english)


@cache
def _patterns() -> tuple[tuple[re.Pattern[str], tuple[str, ...], str], ...]:
    """Pattern of the English sentence, its fields, and the French; the most telling come first."""
    found = []
    for pair in sorted(_PAIRS.values(), key=lambda pair: -len(_FIELD.sub("", pair.english))):
        pieces = _FIELD.split(pair.english)
        pattern = "".join(
            f"({_NUMBER})" if index % 2 and piece[0] == "n"
            else "(.+)" if index % 2
            else re.escape(piece)
            for index, piece in enumerate(pieces)
        )  # fmt: skip
        found.append((re.compile(pattern), tuple(pieces[1::2]), pair.french))
    return tuple(found)
