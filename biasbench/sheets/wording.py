"""What the sheets say: headings and instructions, French and English.

Headings are recognised in either language however a spreadsheet set their case, spaces or
apostrophes, so that a French and an English sheet can be read together.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence
from typing import Literal

Language = Literal["fr", "en"]

#: Lowest and highest rating.
LOWEST, HIGHEST = 1, 5

#: How a coder writes a word that cannot be understood, inside a transcription.
UNCLEAR = "[?]"

HEADINGS: Mapping[str, Mapping[Language, str]] = {
    "code": {"fr": "code", "en": "code"},
    "coder": {"fr": "codeur", "en": "coder"},
    "recording": {"fr": "enregistrement", "en": "recording"},
    "channel": {"fr": "voie", "en": "channel"},
    "start": {"fr": "début", "en": "start"},
    "end": {"fr": "fin", "en": "end"},
    "transcription": {"fr": "transcription", "en": "transcription"},
    "inaudible": {"fr": "inaudible", "en": "inaudible"},
    "nothing said": {"fr": "rien n’est dit", "en": "nothing said"},
    "remarks": {"fr": "remarques", "en": "remarks"},
}

DEFAULT_RATINGS: Mapping[Language, tuple[str, ...]] = {
    "fr": ("politesse", "clarté"),
    "en": ("politeness", "clarity"),
}

SHEET_NAMES: Mapping[Language, tuple[str, str]] = {
    "fr": ("Consignes", "Saisie"),
    "en": ("Instructions", "Entry"),
}

ANSWERS: Mapping[Language, tuple[str, str]] = {"fr": ("oui", "non"), "en": ("yes", "no")}
YES = frozenset({"oui", "yes", "o", "y", "x", "1", "vrai", "true"})
NO = frozenset({"non", "no", "n", "0", "faux", "false"})

_RATED: Mapping[Language, str] = {"fr": "({} à {})", "en": "({} to {})"}

_INVALID: Mapping[Language, tuple[str, str]] = {
    "fr": (
        f"Un nombre entier de {LOWEST} à {HIGHEST}, ou rien.",
        "oui ou non, ou rien.",
    ),
    "en": (f"A whole number from {LOWEST} to {HIGHEST}, or nothing.", "yes or no, or nothing."),
}

_OF_UTTERANCES: Mapping[Language, tuple[str, ...]] = {
    "fr": (
        "Écoutez chaque extrait dans l’enregistrement indiqué, de « début » à « fin », autant de "
        "fois qu’il le faut.",
        "Dans « transcription », écrivez mot à mot tout ce que dit la personne qui parle dans "
        "l’extrait, y compris les « euh », les reprises et les fautes. Ne corrigez rien. Écrivez "
        "les nombres en toutes lettres. La ponctuation ne compte pas.",
        f"À la place de chaque mot que vous ne comprenez pas, écrivez {UNCLEAR}.",
        "Si vous ne comprenez rien, laissez « transcription » vide et écrivez oui dans "
        "« inaudible ».",
        "Si personne ne parle dans l’extrait, laissez « transcription » vide et écrivez oui dans "
        "« rien n’est dit ».",
        "Une ligne entièrement vide veut dire : pas encore faite.",
    ),
    "en": (
        "Listen to each extract in the recording named, from 'start' to 'end', as often as you "
        "need.",
        "In 'transcription', write word for word all that the person speaking in the extract "
        "says, with every 'er', restart and mistake. Correct nothing. Write numbers out in words. "
        "Punctuation does not count.",
        f"In place of every word that you do not understand, write {UNCLEAR}.",
        "If you understand nothing, leave 'transcription' empty and write yes in 'inaudible'.",
        "If nobody speaks in the extract, leave 'transcription' empty and write yes in 'nothing "
        "said'.",
        "A row that is quite empty means: not done yet.",
    ),
}

_OF_CALLS: Mapping[Language, tuple[str, ...]] = {
    "fr": (
        "Écoutez chaque appel en entier dans l’enregistrement indiqué.",
        "Si l’appel ne se comprend pas, écrivez oui dans « inaudible ». Si personne n’y parle, "
        "écrivez oui dans « rien n’est dit ».",
        "Une ligne entièrement vide veut dire : pas encore faite.",
    ),
    "en": (
        "Listen to each whole call in the recording named.",
        "If the call cannot be understood, write yes in 'inaudible'. If nobody speaks in it, "
        "write yes in 'nothing said'.",
        "A row that is quite empty means: not done yet.",
    ),
}

_OF_RATINGS: Mapping[Language, str] = {
    "fr": "Notez ce que vous entendez, de {low} (pas du tout) à {high} (tout à fait) : {names}. Si "
    "vous ne pouvez pas juger, laissez vide.",
    "en": "Rate what you hear, from {low} (not at all) to {high} (fully): {names}. Leave empty "
    "what you cannot judge.",
}

_ALWAYS: Mapping[Language, tuple[str, ...]] = {
    "fr": (
        "Travaillez sans regarder ce qu’une machine a écrit ou noté, et sans vous concerter avec "
        "les autres personnes qui écoutent.",
        "Ne changez ni les en-têtes, ni les colonnes « code » et « codeur ».",
        "Enregistrez au format du fichier reçu (.xlsx de préférence ; un .csv en « CSV UTF-8 »).",
    ),
    "en": (
        "Work without looking at what any machine wrote or scored, and without conferring with "
        "the other people who listen.",
        "Change neither the headings nor the columns 'code' and 'coder'.",
        "Save in the format you were given (.xlsx rather; a .csv as 'CSV UTF-8').",
    ),
}


def rating_heading(rating: str, language: Language) -> str:
    """What stands above a rating: 'politesse (1 à 5)'."""
    return f"{rating} {_RATED[language].format(LOWEST, HIGHEST)}"


def instructions(language: Language, unit: str, ratings: Sequence[str]) -> list[str]:
    """The instructions, numbered, a line each.

    >>> print(instructions("en", "call", ["politeness"])[0])
    1. Listen to each whole call in the recording named.
    """
    lines = list((_OF_CALLS if unit == "call" else _OF_UTTERANCES)[language])
    if ratings:
        names = ", ".join(ratings)
        lines.append(_OF_RATINGS[language].format(low=LOWEST, high=HIGHEST, names=names))
    lines += _ALWAYS[language]
    return [f"{number}. {_spaced(line)}" for number, line in enumerate(lines, start=1)]


def _spaced(line: str) -> str:
    """With the no-break spaces of French typography; English has no mark that takes one."""
    line = line.replace("« ", "«\u00a0")
    for mark in "»;:":
        line = line.replace(f" {mark}", f"\u00a0{mark}")
    return line


def refusals(language: Language) -> tuple[str, str]:
    """What the spreadsheet says to a rating, and to a yes or no, that cannot be."""
    return _INVALID[language]


def plain_heading(text: str) -> str:
    """A heading as it is compared: small letters, straight apostrophes, single spaces.

    >>> plain_heading(" Rien  n’est dit ")
    "rien n'est dit"
    """
    folded = unicodedata.normalize("NFKC", text).replace("’", "'").casefold()
    return " ".join(folded.split())


def known_headings(ratings: Sequence[str]) -> dict[str, str]:
    """From a heading as compared, in either language, to our name for the column."""
    languages: tuple[Language, ...] = ("fr", "en")
    known = {plain_heading(of[one]): name for name, of in HEADINGS.items() for one in languages}
    rated = {
        plain_heading(rating_heading(name, one)): name for name in ratings for one in languages
    }
    return known | {heading: f"rating:{name}" for heading, name in rated.items()}


def clock(seconds: float, language: Language) -> str:
    """Seconds as H:MM:SS and hundredths, as one finds a place in a recording.

    >>> clock(3723.5, "fr"), clock(0.05, "en")
    ('1:02:03,50', '0:00:00.05')
    """
    hundredths = round(seconds * 100)
    whole, rest = divmod(hundredths, 100)
    mark = "," if language == "fr" else "."
    return f"{whole // 3600}:{whole // 60 % 60:02d}:{whole % 60:02d}{mark}{rest:02d}"
