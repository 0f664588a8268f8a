"""The OCR pipeline: a detector finds the texts, a recogniser reads them."""
