"""Rules: everything a scorer of this kind goes by, as read from one TOML.

The points that can be had, or lost, are the file's own; the code has none. Every number has at most
two decimals, so that points add up as they are written.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, get_args

from biasbench.errors import not_found
from biasbench.systems.phrases import Phrases

Subscore = Literal["politeness", "pace", "silence", "tone"]
SilenceSource = Literal["words", "audio", "words, else audio"]
WhenMissing = Literal["missing", "reweight"]
When = Literal["end", "at once"]

SUBSCORES: tuple[Subscore, ...] = get_args(Subscore)

#: What every sub-score can be at most, and what those that only lose points start from.
FULL = 100.0


@dataclass(frozen=True)
class Say:
    """`politeness.<category>`: points for a phrase of the category said at least so many times.

    `within`: it must begin in the first so many seconds. `only_if`: only where a phrase of that
    category is said; otherwise the points are given, since nothing called for it.
    """

    key: str
    category: str
    at_least: int
    points: float
    within: float | None = None
    only_if: str | None = None


@dataclass(frozen=True)
class Avoid:
    """`tone.<category>`: points lost for each phrase of the category beyond those tolerated."""

    key: str
    category: str
    each: float
    at_most: float
    tolerated: int = 0


@dataclass(frozen=True)
class Limit:
    """`pace.too_fast` …: points lost each time that a measured value passes the limit."""

    key: str
    limit: float
    each: float
    at_most: float


@dataclass(frozen=True)
class Pace:
    """`pace`: words per minute in a sliding window, all in seconds but the limits."""

    window: float
    step: float
    least: float
    again_after: float
    too_fast: Limit
    too_slow: Limit


@dataclass(frozen=True)
class Silence:
    """`silence`: gaps in seconds, and their share of the call."""

    shortest: float
    gap: Limit
    share: Limit


@dataclass(frozen=True)
class Prompt:
    """`prompts.<label>`: what is shown when its rule is broken, in each language."""

    label: str
    rule: str
    when: When
    wording: Mapping[str, str]
    opposite: str | None = None


@dataclass(frozen=True)
class Rules:
    """All rules of one file; `version` is a digest of what it says.

    >>> from biasbench.systems.interact import read_rules
    >>> rules = read_rules()
    >>> rules.languages, rules.opposites
    (('en', 'fr'), (('speak slower', 'speak faster'),))
    """

    file: str
    version: str
    missing: WhenMissing
    silence_from: SilenceSource
    language: str | None
    weights: Mapping[Subscore, float]
    say: tuple[Say, ...]
    avoid: tuple[Avoid, ...]
    pace: Pace
    silence: Silence
    prompts: tuple[Prompt, ...]
    phrases_by_language: Mapping[str, Phrases]

    @property
    def label(self) -> str:
        """File and version, as printed: `interact.toml@1a5afae0`."""
        return f"{self.file}@{self.version}"

    @property
    def languages(self) -> tuple[str, ...]:
        """The languages that there are phrases of, as ISO 639-1 codes."""
        return tuple(self.phrases_by_language)

    @property
    def prompt_labels(self) -> tuple[str, ...]:
        """The labels of all prompts that can be shown."""
        return tuple(prompt.label for prompt in self.prompts)

    @property
    def opposites(self) -> tuple[tuple[str, str], ...]:
        """Pairs of prompts that ask for opposite things, each pair once."""
        pairs = {
            frozenset((prompt.label, prompt.opposite)): (prompt.label, prompt.opposite)
            for prompt in reversed(self.prompts)
            if prompt.opposite is not None
        }
        return tuple(reversed(pairs.values()))

    def phrases(self, language: str) -> Phrases:
        """The phrases of that language by category; NotFoundError if there are none."""
        if language not in self.phrases_by_language:
            raise not_found(f"language in {self.file}", language, self.languages)
        return self.phrases_by_language[language]

    def spoken(self, language: str | None) -> str | None:
        """The language a call is read in, 'fr' for 'fr-CA'; None if these rules cannot read it.

        Where the file fixes a language, a call of no declared language is taken to be in it.
        """
        if language is None:
            return self.language
        plain = language.replace("_", "-").partition("-")[0].lower()
        readable = (self.language,) if self.language is not None else self.languages
        return plain if plain in readable else None
