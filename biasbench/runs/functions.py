"""Any function from Audio to text, as a recogniser of no known version.

Its own code is digested into its options, so that a folder is not taken for the run of a function
that was edited since. What the function calls or closes over is not seen: hence 'unversioned'.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from types import CodeType

from biasbench.audio import Audio
from biasbench.provenance import fingerprint
from biasbench.systems import SystemInfo, Transcript

Function = Callable[[Audio], str | Transcript]


@dataclass(frozen=True)
class FunctionSystem:
    """The system that asks the function.

    >>> FunctionSystem(lambda audio: "yes").info.label
    'function/lambda@unversioned'
    """

    function: Function

    @property
    def info(self) -> SystemInfo:
        """Named after the function; the option `code` is a digest of its compiled code."""
        name = getattr(self.function, "__name__", type(self.function).__name__)
        code = getattr(self.function, "__code__", None)
        options = () if code is None else (("code", fingerprint(_content(code))),)
        return SystemInfo(f"asr:function/{name.strip('<>')}", "unversioned", options, "unknown")

    def transcribe(self, audio: Audio, *, language: str | None = None) -> Transcript:
        """What the function returns; it is not told the language. TypeError if it is not text."""
        answer = self.function(audio)
        if isinstance(answer, Transcript):
            return answer
        if isinstance(answer, str):
            return Transcript(answer)
        raise TypeError(f"the function returned {answer!r}, not text or a Transcript")


def _content(value: object) -> str:
    """Compiled code as text that does not depend on addresses, files or the order of sets."""
    if isinstance(value, CodeType):
        constants = ",".join(_content(constant) for constant in value.co_consts)
        return f"{value.co_code.hex()} {value.co_names} {value.co_freevars} [{constants}]"
    if isinstance(value, frozenset):
        return f"{{{','.join(sorted(map(repr, value)))}}}"
    return repr(value)
