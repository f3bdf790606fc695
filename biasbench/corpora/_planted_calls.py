"""The calls of a planted world, drawn from a seed: people of two groups, and a recogniser.

    person    greets, thanks, apologises, shows that they understand: four propensities, whose log
              odds have a part in common (manners) and one each (habits), both normal
              pace: normal, words per second
    call      a script with times; in some, something went wrong, which an apology belongs to;
              short pauses between sentences and, now and then, a long one to look something up
    rating    of a listener who misses nothing: points for the courtesies called for, that
              listener's leaning to the person, noise
    errors    of a call: mean of the group × Gamma of the person × Gamma of the call (the line),
              both of mean 1; at most 0.6
    word      with that chance one error: left out (0.4), replaced (0.45) or followed by another
              (0.15)

What people say and how they are rated is drawn from one stream and what the recogniser makes of it
from another: with one seed, plantings that differ in `errors` or `spread` hold the very same calls.

Simplifications: one side of the call only, errors independent between the words of a call, and a
wrong word is never one that a rule listens for (so no courtesy is ever invented).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from biasbench.errors import OptionError

GROUPS = ("a", "b")

_MOST_ERRORS = 0.6
_LEFT_OUT, _REPLACED = 0.4, 0.45  # of errors; the others are a word too many
_LINE = 12.0  # shape of the Gamma between calls
_USUAL = (2.4, 1.3, 1.1, 1.1)  # log odds to greet, thank, apologise, understand
_MANNERS, _HABIT = 1.3, 0.7  # SD between people: of all four together, of each
_PACE, _PACE_SD, _SLOWEST = 2.6, 0.25, 1.5  # words per second
_WORD_SHAPE = 9.0  # of the Gamma of a word's length
_PAUSE, _LOOKS_UP, _LOOKING = 0.4, 0.12, 3.0  # mean seconds; share of pauses; mean seconds more
_FEWEST, _MOST = 4, 7  # sentences of a call beside what is said at its ends
_GOES_WRONG = 0.45  # share of calls
_LOWEST_RATING, _OF_COURTESY, _LEANING, _RATING_NOISE = 44.0, 13.0, 3.0, 6.0  # points of 100

_OPENINGS = ("good morning", "hello")
_THANKS = ("thank you", "thank you very much")
_APOLOGIES = ("i am sorry", "i apologise")
_EMPATHY = ("i understand",)
_CLOSING = "is there anything else that you need today"
_TROUBLE = (
    "there was a problem with the last order",
    "i see the delay of your delivery here",
    "that was a mistake on the last bill",
)
_BODY = (
    "your account number ends with four seven two",
    "the invoice of last month was paid on tuesday",
    "i can see the order on my screen now",
    "the delivery is planned for the end of the week",
    "please keep the reference of this request",
    "we changed the address on your contract",
    "the amount will go back to your card in three days",
    "a technician comes between nine and eleven",
    "you will get a message with all the details",
    "the old box must be sent back before friday",
    "this option costs two pounds more each month",
    "the line was cut because the bill came back",
)
#: What a word is replaced by, or followed by: words of no phrase that anybody listens for.
_OTHERS = ("table", "river", "seven", "paper", "window", "garden", "orange", "market", "number")

#: A word with its start and end, seconds from the start of the call.
Timed = tuple[str, float, float]


@dataclass(frozen=True)
class Planting:
    """What is planted. `people` and `errors` are of group 'a', then 'b'.

    people: how many; calls: of each person and month; months: how many; errors: mean share of
    words with an error, which the most that a call can have takes a little from; spread: shape of
    the Gamma between people (larger is more alike).

    >>> Planting(errors=(0.22, 0.8))
    Traceback (most recent call last):
    biasbench.errors.OptionError: errors=(0.22, 0.8): write two shares from 0 to 0.3, of 'a', 'b'
    """

    people: tuple[int, int] = (30, 30)
    calls: int = 4
    months: int = 2
    errors: tuple[float, float] = (0.22, 0.08)
    spread: float = 8.0

    def __post_init__(self) -> None:
        """Raise OptionError for what cannot be planted."""
        if not (_is_pair(self.people) and all(is_count(n) for n in self.people)):
            raise OptionError(
                f"people={self.people!r}: write two whole numbers from 1, of 'a', 'b'"
            )
        for name in ("calls", "months"):
            if not is_count(getattr(self, name)):
                raise OptionError(f"{name}={getattr(self, name)!r}: write a whole number from 1")
        most = _MOST_ERRORS / 2
        if not (_is_pair(self.errors) and all(_is_within(x, 0, most) for x in self.errors)):
            raise OptionError(
                f"errors={self.errors!r}: write two shares from 0 to {most:g}, of 'a', 'b'"
            )
        if not _is_within(self.spread, 0, 1e6) or self.spread == 0:
            raise OptionError(f"spread={self.spread!r}: write a number above 0, 1e6 at most")


@dataclass(frozen=True)
class PlantedCall:
    """One call: what was said, and what the recogniser wrote; `heard` may be empty."""

    name: str
    speaker: str
    group: str
    month: str
    seconds: float
    human_rating: float  # 0 to 100
    said: tuple[Timed, ...]
    heard: tuple[Timed, ...]


def calls_of(planting: Planting | None = None, *, seed: int = 0) -> Iterator[PlantedCall]:
    """The calls of the world of that seed, one by one: person by person, month by month.

    >>> call = next(calls_of(seed=1))
    >>> call.name, call.group, call.said[:2]
    ('a001-m1-c01', 'a', (('hello', 0.18, 0.47), ('your', 0.81, 1.1)))
    """
    planting = planting or Planting()
    if isinstance(seed, bool) or not isinstance(seed, int) or seed < 0:
        raise OptionError(f"seed={seed!r}: write a whole number from 0")
    saying, hearing = (np.random.default_rng([seed, stream]) for stream in (0, 1))
    for group, n_people, mean in zip(GROUPS, planting.people, planting.errors, strict=True):
        for number in range(1, n_people + 1):
            name = f"{group}{number:03}"
            person = _person(saying)
            rate = mean * hearing.gamma(planting.spread, 1 / planting.spread)
            for month in range(1, planting.months + 1):
                for place in range(1, planting.calls + 1):
                    said, n_courtesies = _say(person, saying)
                    yield PlantedCall(
                        name=f"{name}-m{month}-c{place:02}",
                        speaker=name,
                        group=group,
                        month=f"m{month}",
                        seconds=round(said[-1][2] + 0.5, 2),
                        human_rating=_rating(n_courtesies, person.leaning, saying),
                        said=said,
                        heard=_mishear(said, rate, hearing),
                    )


def _is_pair(value: object) -> bool:
    return isinstance(value, tuple) and len(value) == 2


def is_count(value: object) -> bool:
    """Whether it is a whole number from 1, and no True."""
    return isinstance(value, int) and not isinstance(value, bool) and value >= 1


def _is_within(value: object, low: float, high: float) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and low <= value <= high


# ── People, what they say, and what becomes of it ──────────────────────────────────────────────


@dataclass(frozen=True)
class _Person:
    pace: float  # words per second
    propensities: tuple[float, ...]  # to greet, thank, apologise, understand
    leaning: float  # of the listener who rates, points


def _person(rng: np.random.Generator) -> _Person:
    log_odds = np.array(_USUAL) + rng.normal(0, _MANNERS) + rng.normal(0, _HABIT, len(_USUAL))
    return _Person(
        pace=max(_SLOWEST, rng.normal(_PACE, _PACE_SD)),
        propensities=tuple((1 / (1 + np.exp(-log_odds))).tolist()),
        leaning=rng.normal(0, _LEANING),
    )


def _say(person: _Person, rng: np.random.Generator) -> tuple[tuple[Timed, ...], int]:
    """The words of one call with their times, and how many courtesies nobody missed in it."""
    greets, thanks, sorry, feels = (rng.random(4) < person.propensities).tolist()
    goes_wrong = bool(rng.random() < _GOES_WRONG)
    n_sentences = int(rng.integers(_FEWEST, _MOST + 1))
    sentences = [_BODY[at] for at in rng.permutation(len(_BODY))[:n_sentences].tolist()]
    if goes_wrong:
        about = [_pick(_TROUBLE, rng)]
        about += [_pick(_APOLOGIES, rng)] * sorry + [_pick(_EMPATHY, rng)] * feels
        at = int(rng.integers(1, n_sentences))
        sentences[at:at] = about
    if greets:
        sentences.insert(0, _pick(_OPENINGS, rng))
    sentences.append(_CLOSING)
    if thanks:
        sentences.append(_pick(_THANKS, rng))
    return _timed(sentences, person.pace, rng), greets + thanks + _met(goes_wrong, sorry, feels)


def _met(goes_wrong: bool, sorry: bool, feels: bool) -> int:
    # An apology is missed only where there is something to apologise for.
    return sorry + feels if goes_wrong else 2


def _timed(sentences: Sequence[str], pace: float, rng: np.random.Generator) -> tuple[Timed, ...]:
    parts = [sentence.split() for sentence in sentences]
    words = [word for part in parts for word in part]
    length = rng.gamma(_WORD_SHAPE, 1 / _WORD_SHAPE, len(words)) / pace
    pause = rng.exponential(_PAUSE, len(parts))
    looks_up = rng.random(len(parts)) < _LOOKS_UP
    pause += np.where(looks_up, rng.exponential(_LOOKING, len(parts)), 0.0)
    first_of_part = np.repeat(np.cumsum(pause), [len(part) for part in parts])
    start = first_of_part + np.cumsum(length) - length
    # A word ends a little before the next begins.
    end = start + 0.9 * length
    times = (np.round(start, 2).tolist(), np.round(end, 2).tolist())
    return tuple(zip(words, *times, strict=True))


def _pick(phrases: Sequence[str], rng: np.random.Generator) -> str:
    return phrases[int(rng.integers(len(phrases)))]


def _rating(n_courtesies: int, leaning: float, rng: np.random.Generator) -> float:
    rating = _LOWEST_RATING + _OF_COURTESY * n_courtesies + leaning + rng.normal(0, _RATING_NOISE)
    return float(min(max(round(rating, 1), 0.0), 100.0))


def _mishear(
    said: Sequence[Timed], person_rate: float, rng: np.random.Generator
) -> tuple[Timed, ...]:
    rate = min(person_rate * rng.gamma(_LINE, 1 / _LINE), _MOST_ERRORS)
    wrong = (rng.random(len(said)) < rate).tolist()
    kind = rng.random(len(said)).tolist()
    other = rng.integers(len(_OTHERS), size=len(said)).tolist()
    heard: list[Timed] = []
    for at, (word, start, end) in enumerate(said):
        if not wrong[at]:
            heard.append((word, start, end))
        elif kind[at] < _LEFT_OUT:
            continue
        elif kind[at] < _LEFT_OUT + _REPLACED:
            heard.append((_OTHERS[other[at]], start, end))
        else:
            half = round((start + end) / 2, 2)
            heard += [(word, start, half), (_OTHERS[other[at]], half, end)]
    return tuple(heard)
