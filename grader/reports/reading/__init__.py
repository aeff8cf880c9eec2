"""What the views share: the scorecard as data, its editions, and what its evidence shows."""
