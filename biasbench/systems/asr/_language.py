"""Which of a recogniser's languages a corpus's language code is."""

from __future__ import annotations

from collections.abc import Collection

from biasbench.errors import OptionError


def known_language(language: str | None, known: Collection[str], system: str) -> str | None:
    """The ISO 639-1 part of `language`, if the system has it; None stays None.

    Regions are dropped ('fr-CA' is 'fr'): Whisper and its like have one French. A language that
    the system lacks is refused, never replaced by another.

    >>> known_language("fr-CA", ["en", "fr"], "asr:whisper/small")
    'fr'
    """
    if language is None:
        return None
    plain = language.replace("_", "-").split("-")[0].lower()
    if plain in known:
        return plain
    listed = ", ".join(sorted(known)) if len(known) <= 12 else f"{len(known)} languages"
    raise OptionError(
        f"{system} does not transcribe language {language!r} (it knows: {listed}). Choose a "
        "multilingual model, or write the ISO 639-1 code, such as 'fr'"
    )
