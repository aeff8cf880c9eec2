"""What the checks of A ask of a list."""
