"""Two calls at once: scenes, the orders they are run in, what is wrong with an outcome; faults; a storm."""
