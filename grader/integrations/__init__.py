"""Ready files for the places where teams already are; each says at its top where it goes and what to set."""
