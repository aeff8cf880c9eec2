"""The submission, loaded twice as on two machines, and the trusted process's ends of the pipes."""
