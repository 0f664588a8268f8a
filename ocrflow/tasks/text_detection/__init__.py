"""Text detection: where the texts of an image are."""
