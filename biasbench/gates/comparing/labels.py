"""Where the names of points stand, each where it covers least; all in inches.

Boxes are (left, low, right, high). Every place around a point is tried and the cheapest taken,
name after name, a few rounds over: not the best of all ways, but the same one every time.
"""

from __future__ import annotations

from itertools import product

import numpy as np
import numpy.typing as npt

FloatArray = npt.NDArray[np.float64]
BoolArray = npt.NDArray[np.bool_]

_MARKER = 0.055  # from the middle of a point to where a name may stand
_EDGE = 0.02  # from the edge of the room to a name
#: How far from its point a name is tried, and how many ways around.
_REACHES = (0.08, 0.13, 0.2, 0.3, 0.42, 0.56, 0.72, 0.9, 1.1, 1.35)
_WAYS = 16
_ROUNDS = 4  # every name is placed anew, given the others, so many times
#: What it costs, in inches that a name would rather go: to cover a line, to be taken for
#: another's, and to cover a point or a name.
_LINE, _TAKEN, _COVERED = 0.35, 4.0, 50.0


def place_names(
    points: FloatArray, sizes: FloatArray, lines: FloatArray, room: tuple[float, float]
) -> FloatArray:
    """A box for the name of each point; shape (n, 4).

    `sizes` are widths and heights, `lines` boxes that a name had better not cover, `room` the
    width and height that all must stand in. A name never covers a point or another name while
    there is a place where it does not.

    >>> points = np.array([[1.0, 1.0], [1.0, 1.02]])
    >>> boxes = place_names(points, np.array([[0.6, 0.2]] * 2), np.empty((0, 4)), (3.0, 2.0))
    >>> bool(_covered(boxes[:1], boxes[1:]).any())
    False
    """
    marks = np.hstack([points - _MARKER, points + _MARKER])
    tried = [_tried(point, size, room) for point, size in zip(points, sizes, strict=True)]
    costs = []  # of each place, whatever the other names do
    for place, candidates in enumerate(tried):
        others = np.delete(points, place, axis=0)
        distance = _distance(points[place], candidates)
        taken = _strayed(candidates, distance, others) + _led_past(
            points[place], candidates, others
        )
        costs.append(
            distance
            + _LINE * _covered(candidates, lines).sum(axis=1)
            + _TAKEN * taken.sum(axis=1)
            + _COVERED * _covered(candidates, marks).sum(axis=1)
        )
    boxes = np.empty((len(points), 4))
    boxes[:] = np.nan  # touches nothing: not placed yet
    for _ in range(_ROUNDS):
        for place, candidates in enumerate(tried):
            covered = _covered(candidates, np.delete(boxes, place, axis=0)).sum(axis=1)
            boxes[place] = candidates[int(np.argmin(costs[place] + _COVERED * covered))]
    return boxes


def _tried(point: FloatArray, size: FloatArray, room: tuple[float, float]) -> FloatArray:
    """Boxes around a point, moved into the room; shape (n_boxes, 4)."""
    found = []
    for reach, way in product(_REACHES, range(_WAYS)):
        angle = 2 * np.pi * way / _WAYS
        side = np.array([np.cos(angle), np.sin(angle)])
        # The middle of the box lies out by the reach and by what of the box is on this side.
        middle = point + side * reach + np.sign(side.round(9)) * np.abs(side) * size / 2
        most = np.maximum(np.array(room) - size - _EDGE, _EDGE)
        low = np.clip(middle - size / 2, _EDGE, most)
        found.append(np.concatenate([low, low + size]))
    return np.array(found)


def _distance(points: FloatArray, boxes: FloatArray) -> FloatArray:
    """How far points are from boxes, 0 inside; shapes broadcast up to the last axis."""
    found: FloatArray = np.hypot(*np.moveaxis(_nearest(points, boxes) - points, -1, 0))
    return found


def _nearest(points: FloatArray, boxes: FloatArray) -> FloatArray:
    found: FloatArray = np.clip(points, boxes[..., :2], boxes[..., 2:])
    return found


def _strayed(boxes: FloatArray, distance: FloatArray, others: FloatArray) -> FloatArray:
    """Whether a name would stand nearer to another point than to its own, nearly by 0, wholly by 1.

    Shape (n_boxes, n_others).
    """
    away = _distance(others, boxes[:, None])
    found: FloatArray = np.clip((distance[:, None] + 0.1 - away) / 0.2, 0, 1)
    return found


def _led_past(point: FloatArray, boxes: FloatArray, others: FloatArray) -> BoolArray:
    """Whether the line from a point to its name runs into another; shape (n_boxes, n_others)."""
    line = _nearest(point, boxes) - point
    length = np.maximum((line**2).sum(axis=1), 1e-12)
    along = np.clip((others - point) @ line.T / length, 0, 1).T  # of the line, 0 to 1
    away = (others - point) - along[..., None] * line[:, None]
    found: BoolArray = np.hypot(away[..., 0], away[..., 1]) < _MARKER
    return found


def _covered(boxes: FloatArray, others: FloatArray) -> BoolArray:
    """Which boxes touch which others; shape (n_boxes, n_others)."""
    one, other = boxes[:, None], others[None]
    meets = np.logical_and(one[..., :2] <= other[..., 2:], other[..., :2] <= one[..., 2:])
    found: BoolArray = np.all(meets, axis=-1)
    return found
