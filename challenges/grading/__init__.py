"""Grades while somebody works: kept warm between saves, and told as what changed."""
