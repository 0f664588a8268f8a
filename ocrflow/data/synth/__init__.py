"""Synthetic text-recognition data sets: licence plates and general text lines, the same bytes on every machine."""

from __future__ import annotations

from ocrflow.data.synth.dataset import SynthResult, synthesize

__all__ = ["SynthResult", "synthesize"]
