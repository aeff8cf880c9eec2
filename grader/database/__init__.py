"""PostgreSQL for a run: an embedded server or one that is named, and a tenant for each submission."""
