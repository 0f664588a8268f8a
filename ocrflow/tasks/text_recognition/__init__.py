"""Text recognition: crops of one line of text, labels as strings, CTC."""
