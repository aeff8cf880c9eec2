"""A PostgreSQL protocol proxy: knows every statement of a worker, and can hold, fail or drop it."""
