"""No normalisation: every character counts. Only white space is reduced to single spaces.

For texts that were normalised elsewhere, and to see what the other normalisers erase.
"""

VERSION = 1


def normalize(text: str) -> str:
    r"""The words of the text, one space apart.

    >>> normalize("  Hello,\tworld ")
    'Hello, world'
    """
    return " ".join(text.split())
