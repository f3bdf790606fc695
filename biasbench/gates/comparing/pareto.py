"""Which points nobody else is at least as low as, on both counts.

A front does not rank: two points on it are each lower than the other on something. It is read off
point values and knows nothing of how well they are known.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt


def on_front(x: npt.ArrayLike, y: npt.ArrayLike) -> npt.NDArray[np.bool_]:
    """Whether no other point is lower or equal on both and lower on one; shape (n,).

    Low is good on both; give −x and −y where high is. Equal points stand or fall together. Raises
    ValueError for arrays of two lengths or a value that is not a number.

    >>> on_front([1, 2, 3, 3], [5, 3, 3, 1])
    array([ True,  True, False,  True])
    """
    one, other = np.asarray(x, dtype=float), np.asarray(y, dtype=float)
    if one.ndim != 1 or one.shape != other.shape:
        raise ValueError(f"x has shape {one.shape} and y {other.shape}; give one of each a point")
    if np.isnan(one).any() or np.isnan(other).any():
        raise ValueError("a point without both values is neither on the front nor off it")
    at_most = (one[:, None] <= one) & (other[:, None] <= other)  # [i, j]: i is nowhere above j
    below = (one[:, None] < one) | (other[:, None] < other)
    beaten = at_most & below
    return np.array([not column.any() for column in beaten.T], dtype=bool)
