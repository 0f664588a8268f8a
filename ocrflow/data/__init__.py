"""Datasets as files: lists, dictionaries, images, hashes, splits, synthesis, fetching. Knows nothing of models."""
