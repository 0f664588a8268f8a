"""How well boxes are found: precision, recall and their harmonic mean at an overlap of one half.

The ICDAR 2015 protocol as PaddleOCR's DetMetric has it. A found polygon is right if its intersection over union with a
labelled one is above 0.5; each counts once. Polygons are K x 2 points (x, y), in any unit.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

MIN_OVERLAP = 0.5  # intersection over union must be above
MAX_IGNORED = 0.5  # a found polygon with more of its area in an ignored one is not counted


@dataclass(frozen=True)
class DetectionCounts:
    """What was found in one image, or (added up) in many.

    Attributes:
        matched: labelled polygons that were found.
        labelled, found: polygons that count; those of ignored texts do not.
        unusable: labelled polygons that cross themselves, and count for nothing.
    """

    matched: int = 0
    labelled: int = 0
    found: int = 0
    unusable: int = 0

    def __add__(self, other: DetectionCounts) -> DetectionCounts:
        return DetectionCounts(
            self.matched + other.matched,
            self.labelled + other.labelled,
            self.found + other.found,
            self.unusable + other.unusable,
        )

    @property
    def precision(self) -> float:
        """Share of the found polygons that are right; 0 when none was found."""
        return self.matched / self.found if self.found else 0.0

    @property
    def recall(self) -> float:
        """Share of the labelled polygons that were found; 0 when none is labelled."""
        return self.matched / self.labelled if self.labelled else 0.0

    @property
    def hmean(self) -> float:
        """Harmonic mean of both."""
        total = self.precision + self.recall
        return 2 * self.precision * self.recall / total if total else 0.0


@dataclass(frozen=True)
class Matching:
    """Which found polygons are which labelled ones in one image.

    Attributes:
        found_of: of each labelled polygon the place of the found one that is right, or None.
        labelled_counts, found_counts: of each polygon whether it counts: is not ignored, and does not cross itself.
        unusable: labelled polygons that cross themselves.
    """

    found_of: list[int | None]
    labelled_counts: list[bool]
    found_counts: list[bool]
    unusable: int

    @property
    def counts(self) -> DetectionCounts:
        """The numbers of it."""
        matched = sum(place is not None for place in self.found_of)
        return DetectionCounts(matched, sum(self.labelled_counts), sum(self.found_counts), self.unusable)


def count_matches(
    labelled: Sequence[np.ndarray], ignored: Sequence[bool], found: Sequence[np.ndarray]
) -> DetectionCounts:
    """Compare what was found in an image with its labels; `ignored` has one value a labelled polygon."""
    return match_boxes(labelled, ignored, found).counts


def match_boxes(labelled: Sequence[np.ndarray], ignored: Sequence[bool], found: Sequence[np.ndarray]) -> Matching:
    """As `count_matches`, and which is which."""
    import shapely

    truths, boxes = [shapely.Polygon(polygon) for polygon in labelled], [shapely.Polygon(polygon) for polygon in found]
    usable = [bool(shapely.is_valid(truth)) for truth in truths]
    text_places = [place for place, keep in enumerate(usable) if keep and not ignored[place]]
    rest = [truth for truth, keep, leave_out in zip(truths, usable, ignored, strict=True) if keep and leave_out]
    box_places = [place for place, box in enumerate(boxes) if shapely.is_valid(box)]
    if rest and box_places:
        kept = [boxes[place] for place in box_places]
        inside = np.max([shapely.area(shapely.intersection(truth, kept)) for truth in rest], axis=0)
        limits = [MAX_IGNORED * box.area for box in kept]
        box_places = [place for place, shared, limit in zip(box_places, inside, limits, strict=True) if shared <= limit]
    firsts = _matches([truths[place] for place in text_places], [boxes[place] for place in box_places])
    found_of = {place: box_places[first] for place, first in zip(text_places, firsts, strict=True) if first is not None}
    return Matching(
        [found_of.get(place) for place in range(len(truths))],
        [place in text_places for place in range(len(truths))],
        [place in box_places for place in range(len(boxes))],
        usable.count(False),
    )


def _matches(texts: list, boxes: list) -> list[int | None]:
    """Each text in turn takes the first box that overlaps enough and is not taken: its place, or None."""
    import shapely

    taken: list[int | None] = []
    tree = shapely.STRtree(boxes)
    for text in texts:
        near = np.sort(tree.query(text, predicate="intersects"))
        candidates = tree.geometries[near]
        shared = shapely.area(shapely.intersection(text, candidates))
        overlap = shared / (text.area + shapely.area(candidates) - shared)
        first = next((int(place) for place in near[overlap > MIN_OVERLAP] if place not in taken), None)
        taken.append(first)
    return taken
