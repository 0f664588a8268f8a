"""ocrflow: fine-tune OCR models so that every result can be repeated, compared and shipped."""

__version__ = "0.1.0"
