"""Texts to the classes of a recogniser and back (CTC: connectionist temporal classification).

Classes: 0 is the CTC blank, 1..n the dictionary in its order, n + 1 the space, which is always added.
Legend: N images, T time steps, K classes. Decoding gives what PaddleX's `CTCLabelDecode` gives.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ocrflow.errors import DataError

BLANK = 0


@dataclass(frozen=True)
class Reading:
    """What was read in one image: the text, and the mean probability of its characters (0 for an empty text)."""

    text: str
    score: float


class CtcCodec:
    """Encodes labels and decodes network outputs for one dictionary.

    Args:
        dictionary: the characters in file order, without blank and space.
    """

    def __init__(self, dictionary: list[str]):
        self.characters = ["", *dictionary, " "]
        self._class_of = {character: index for index, character in enumerate(self.characters) if character}

    @property
    def num_classes(self) -> int:
        """K: dictionary, blank and space."""
        return len(self.characters)

    def encode(self, text: str) -> list[int]:
        """The class of every character of `text`.

        Raises:
            DataError: characters that are neither in the dictionary nor the space; names all of them.
        """
        unknown = sorted({character for character in text if character not in self._class_of})
        if unknown:
            named = ", ".join(f"{character!r} (U+{ord(character):04X})" for character in unknown)
            raise DataError(
                f"label {text!r} has characters that the dictionary lacks: {named}", fix="add them to dict.txt"
            )
        return [self._class_of[character] for character in text]

    def decode(self, probs_NTK: np.ndarray) -> list[Reading]:
        """One reading an image from the probabilities of all classes (rows of K sum to 1)."""
        best_NT = probs_NTK.argmax(axis=-1)
        return self.decode_steps(best_NT, np.take_along_axis(probs_NTK, best_NT[..., None], axis=-1)[..., 0])

    def decode_steps(self, best_NT: np.ndarray, prob_NT: np.ndarray) -> list[Reading]:
        """One reading an image from the best class of each time step and its probability.

        Of equal neighbours the first is kept, then blanks are dropped; the score is the mean over what is kept.
        """
        return [self._reading(best_T, prob_T) for best_T, prob_T in zip(best_NT, prob_NT, strict=True)]

    def _reading(self, best_T: np.ndarray, prob_T: np.ndarray) -> Reading:
        kept_T = best_T != BLANK
        kept_T[1:] &= best_T[1:] != best_T[:-1]
        text = "".join(self.characters[index] for index in best_T[kept_T])
        return Reading(text, float(np.mean(prob_T[kept_T])) if kept_T.any() else 0.0)
