"""What the checks of E send, and how they look at what comes of it."""
