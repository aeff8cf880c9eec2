"""The suite: one module a task. A check's docstring is the sentence that the candidate reads."""
