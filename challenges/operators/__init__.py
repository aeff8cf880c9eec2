"""One bug-injection operator a file; the file's name is its id, and what exists is found by looking.

An operator removes or weakens one thing that Django and DRF projects rely on. Its module has

- a docstring: what it rewrites in one line, and a link to why that is a bug;
- `LEVEL`: "mid" where a reader of the code sees it at once, "senior" where it takes knowledge;
- `WORDS`: a file without one of these words has no site, and is not even parsed;
- `EXAMPLES`: pairs of code before and after;
- `LEAVES`: code that looks alike and is left alone;
- `edits(source)`: what it would change, a site each.

One test runs the examples of all. `challenges/injection/` does the rest.
"""
