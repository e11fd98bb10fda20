"""The hub against a plain pandas script, on the same made people, in one run: `make bench`."""
