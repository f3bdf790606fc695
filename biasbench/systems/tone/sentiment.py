"""Sentiment of what the agent said, by VADER: positive and negative words, counted by rule.

Reads the transcript and no sound. English and French, by the lexicons and rules that
`biasbench.systems.tone._vader` names; MIT licence. Nothing leaves the machine.

| score | scale | definition |
|---|---|---|
| sentiment_compound | -1 to 1 | mean over sentences of s / sqrt(s² + 15), s the summed valences |
| sentiment_positive | 0 to 1 | mean over sentences of the weight of positive words |
| sentiment_neutral | 0 to 1 | the same of words without valence |
| sentiment_negative | 0 to 1 | the same of negative words |

A stand-in for products that score the words of a call, not a measure of how anyone felt. VADER's
authors made it for sentences of social media and take the mean over sentences for longer texts (the
demonstration at the end of their module); so is it done here. A sentence ends at . ! or ?, and
where somebody else speaks. A transcript without punctuation is one long sentence, and the longer a
sentence the nearer its compound is to -1 or 1: the seven sentences of the authors' own example,
-0.63 in the mean, give -0.99 as one. So compare transcripts punctuated alike.

Where the transcript says who spoke, only words of the role 'agent' are read, and the trace counts
the others. The compound's trace has a step for each sentence that is not neutral, whose points (its
compound over the number of sentences) add up to the score, and below it a step for each word that
counted, without points: its valence in the lexicon and what the rules made of it. A transcript
without words, a language that is neither, or that nobody named, and a transcript in which nobody is
the agent have no scores: 'not analysed', where VADER itself says 0.

`infers_emotion` is no: the AI Act ties emotion recognition to biometric data (Regulation (EU)
2024/1689, art. 3(39)), which words on paper are not, and the scores count words instead of naming a
feeling. A product that sells the same number as the agent's mood makes a claim this one does not.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from biasbench.errors import not_found
from biasbench.systems import Call, Reading, Score, SystemInfo, Trace, Word
from biasbench.systems.tone._sentences import agent_turns, sentences
from biasbench.systems.tone._vader import (
    ALPHA,
    Language,
    Sentiment,
    Vader,
    digest,
    package_versions,
)
from biasbench.tables import Direction

LANGUAGES: tuple[Language, ...] = ("en", "fr")


@dataclass(frozen=True)
class _Scale:
    lowest: float
    highest: float
    direction: Direction


_SCALES = {
    "sentiment_compound": _Scale(-1.0, 1.0, "higher is better"),
    "sentiment_positive": _Scale(0.0, 1.0, "higher is better"),
    "sentiment_neutral": _Scale(0.0, 1.0, "neither"),
    "sentiment_negative": _Scale(0.0, 1.0, "higher is worse"),
}


class VaderSentiment:
    """The four scores of the module's table, always all and in that order.

    language: 'en' or 'fr' for every call; None for what each call says of itself.

    >>> from biasbench.systems import Transcript
    >>> said = Transcript("The book was good. At least it isn't a horrible book.")
    >>> reading = VaderSentiment().score(Call(transcript=said, language="en"))
    >>> [round(score.value, 4) for score in reading.scores]
    [0.4357, 0.407, 0.593, 0.0]
    """

    def __init__(self, language: Language | None = None) -> None:
        languages = LANGUAGES if language is None else (language,)
        versions = package_versions(languages)
        self._forced = language
        self._vaders: dict[Language, Vader] = {}
        self._info = SystemInfo(
            name=f"tone:sentiment/{language}" if language else "tone:sentiment",
            version=f"{versions[0]}+{digest(languages)[:8]}",
            options=(
                ("language", f"{language}, whatever the call says" if language else "the call's"),
                ("long_texts", "mean over sentences"),
                ("words", "of the role agent, where roles are given"),
                *((("vaderSentiment_fr", versions[1]),) if "fr" in languages else ()),
            ),
            modality="text",
            licence="MIT",
            reads=("transcript",),
            infers_emotion=False,
        )

    @property
    def info(self) -> SystemInfo:
        """Version of the package and first digits of the SHA-256 of rules and lexicons."""
        return self._info

    def score(self, call: Call) -> Reading:
        """The four scores of the agent's words; a sentence in `note` where there are none."""
        assert call.transcript is not None  # info.reads says so
        language = self._forced or _language(call.language)
        if language is None:
            return _missing(_unread(call.language))
        turns, others = agent_turns(call.transcript)
        spoken = [sentence for turn in turns for sentence in sentences(turn)]
        if not spoken:
            return _missing(_wordless(others))
        vader = self._vader(language)
        read = [(words, vader.read(" ".join(word.text for word in words))) for words in spoken]
        return Reading(_scores(read, others))

    def _vader(self, language: Language) -> Vader:
        if language not in self._vaders:
            self._vaders[language] = Vader(language)
        return self._vaders[language]

    def __getstate__(self) -> dict[str, Any]:
        # A worker process gets the language and reads the lexicons itself.
        return {**self.__dict__, "_vaders": {}}


def load(variant: str | None) -> VaderSentiment:
    """The scorer for the language each call names, or for 'en' or 'fr' whatever it names."""
    if variant is not None and variant not in LANGUAGES:
        raise not_found("sentiment variant", variant, LANGUAGES)
    return VaderSentiment(variant)


def _language(language: str | None) -> Language | None:
    plain = (language or "").replace("_", "-").split("-")[0].lower()
    return next((known for known in LANGUAGES if known == plain), None)


def _unread(language: str | None) -> str:
    if language is None:
        return (
            "the language is not told, and sentiment is read in en and fr: name it in the corpus, "
            "or use tone:sentiment/en or tone:sentiment/fr for every call"
        )
    return f"the language is {language!r}, and sentiment is read in en and fr"


def _wordless(others: Counter[str]) -> str:
    if others:
        return f"no word of the transcript is the agent's ({_listed(others)})"
    return "the transcript holds no words"


def _listed(others: Counter[str]) -> str:
    return ", ".join(
        f"{role}: {n} word{'s' if n > 1 else ''}" for role, n in sorted(others.items())
    )


def _missing(note: str) -> Reading:
    return Reading(
        tuple(
            Score(
                name, None, scale.lowest, scale.highest, scale.direction, "not analysed", note=note
            )
            for name, scale in _SCALES.items()
        )
    )


_Read = tuple[tuple[Word, ...], Sentiment]


def _scores(read: Sequence[_Read], others: Counter[str]) -> tuple[Score, ...]:
    said = [sentiment for _, sentiment in read]
    shares = {
        "sentiment_positive": [sentiment.positive for sentiment in said],
        "sentiment_neutral": [sentiment.neutral for sentiment in said],
        "sentiment_negative": [sentiment.negative for sentiment in said],
    }
    left_out = (Trace("words of others, left out", _listed(others)),) if others else ()
    compound = sum(sentiment.compound for sentiment in said) / len(said)
    return (
        _score("sentiment_compound", compound, (*left_out, *_steps(read))),
        *(_score(name, sum(each) / len(each), ()) for name, each in shares.items()),
    )


def _score(name: str, value: float, trace: tuple[Trace, ...]) -> Score:
    scale = _SCALES[name]
    within = min(max(value, scale.lowest), scale.highest)  # a mean of ones may round above 1
    return Score(name, within, scale.lowest, scale.highest, scale.direction, trace=trace)


def _steps(read: Sequence[_Read]) -> list[Trace]:
    """A step per sentence that is not neutral, and after it one per word that counted."""
    n_sentences = len(read)
    rule = f"s / sqrt(s² + {ALPHA}) of a sentence, over the number of sentences, {n_sentences}"
    steps = []
    for words, sentiment in read:
        if sentiment.valences:
            start, end = words[0].start, words[-1].end
            found = f"{' '.join(word.text for word in words)} (s = {sentiment.total:.4g})"
            steps.append(Trace(rule, found, sentiment.compound / n_sentences, start, end))
            steps += [
                Trace(
                    "valence in the lexicon, and in the sentence",
                    f"{one.word}: {one.in_lexicon:g}, {one.here:.4g}",
                    start=start,
                    end=end,
                )
                for one in sentiment.valences
            ]
    n_neutral = sum(not sentiment.valences for _, sentiment in read)
    if n_neutral:
        steps.append(
            Trace("sentences in which no word counts", f"{n_neutral} of {n_sentences}", 0.0)
        )
    return steps
