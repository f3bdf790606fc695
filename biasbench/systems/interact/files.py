"""Files: the rules that a TOML holds, and what is wrong with one that contradicts itself."""

from __future__ import annotations

import hashlib
import math
import tomllib
from pathlib import Path
from typing import Any, cast, get_args

from biasbench.errors import NotFoundError, OptionError, not_found
from biasbench.systems.interact.keys import Section
from biasbench.systems.interact.rules import (
    FULL,
    SUBSCORES,
    Rules,
    SilenceSource,
    Subscore,
    WhenMissing,
)
from biasbench.systems.interact.sections import (
    LANGUAGES,
    TIMED_RULES,
    read_avoid,
    read_pace,
    read_prompts,
    read_say,
    read_silence,
)
from biasbench.systems.phrases import Phrases

#: The rules that come along.
OWN_RULES = Path(__file__).parents[1] / "tone" / "interact.toml"


def read_rules(path: str | Path | None = None) -> Rules:
    """The rules of a TOML; of the one that comes along where `path` is None.

    Raises NotFoundError for no such file and OptionError, with the file and the key, for one that
    is not TOML, has a key nobody knows, lacks one, or contradicts itself: points or weights that
    do not add up to 100, a phrase in two lists, too_slow above too_fast, a prompt without a rule …

    >>> read_rules("none.toml")
    Traceback (most recent call last):
    biasbench.errors.NotFoundError: none.toml: no such file of rules. ...
    """
    file = OWN_RULES if path is None else Path(path)
    if not file.is_file():
        raise NotFoundError(
            f"{file}: no such file of rules. Write tone:interact alone for those that come along, "
            "or the path of a TOML like them"
        )
    content = file.read_bytes().replace(b"\r\n", b"\n")  # one version, whatever wrote the lines
    try:
        written = tomllib.loads(content.decode("utf-8-sig"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise OptionError(f"{file}: is not TOML: {error}") from error
    return _rules(file, written, hashlib.sha256(content).hexdigest()[:8])


def _rules(file: Path, written: dict[str, Any], version: str) -> Rules:
    top = Section(file, "", written)
    phrases = _phrases(top.section("phrases"))
    lists = tuple(next(iter(phrases.values())).categories)
    say = tuple(read_say(top.section("politeness"), lists))
    avoid = tuple(read_avoid(top.section("tone"), lists))
    pace, silence = read_pace(top.section("pace")), read_silence(top.section("silence"))
    keys = [*(rule.key for rule in say), *(rule.key for rule in avoid)]
    keys += [*TIMED_RULES, "silence.share"]
    within = {rule.key for rule in say if rule.within is not None}
    rules = Rules(
        file=file.name,
        version=version,
        missing=cast(WhenMissing, top.choice("missing", get_args(WhenMissing), default="missing")),
        silence_from=cast(SilenceSource, top.choice("silence_from", get_args(SilenceSource))),
        language=_language(top, tuple(phrases)),
        weights=_weights(top.section("weights")),
        say=say,
        avoid=avoid,
        pace=pace,
        silence=silence,
        prompts=tuple(read_prompts(top.section("prompts"), keys, within)),
        phrases_by_language=phrases,
    )
    top.close()
    return rules


def _phrases(section: Section) -> dict[str, Phrases]:
    found: dict[str, Phrases] = {}
    for language in section.left:
        if language not in LANGUAGES:
            raise OptionError(f"{section.file}: {not_found('language', language, LANGUAGES)}")
        lists = section.section(language)
        categories = {name: lists.texts(name) for name in lists.left}
        try:
            found[language] = Phrases(categories)
        except OptionError as error:
            raise OptionError(f"{section.file}: {lists.name}: {error}") from error
    if not found:
        raise OptionError(
            f"{section.file}: phrases holds no language. Write a section [phrases.en] or "
            "[phrases.fr]"
        )
    everywhere = {name for phrases in found.values() for name in phrases.categories}
    for language, phrases in found.items():
        for name in sorted(everywhere - set(phrases.categories)):
            other = next(one for one in found if name in found[one].categories)
            raise section.wrong(
                language,
                f"has no list '{name}', which {section.key(other)} has. Every language has the "
                "same lists",
            )
    return found


def _language(top: Section, known: tuple[str, ...]) -> str | None:
    language = top.optional_text("language")
    if language is not None and language not in known:
        raise top.wrong(
            "language", f"is {language!r}, and there are phrases in {', '.join(known)} only"
        )
    return language


def _weights(section: Section) -> dict[Subscore, float]:
    weights = {name: section.number(name) for name in SUBSCORES}
    section.close()
    total = round(math.fsum(weights.values()), 2)
    if total != FULL:
        raise OptionError(
            f"{section.file}: weights add up to {total:g}; they are out of {FULL:g} and must add "
            f"up to it"
        )
    return weights
