"""One room a task: all that only this task knows."""
