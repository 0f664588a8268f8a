"""Reading the labels of other tools and data sets, and writing them as a PaddleX dataset."""
