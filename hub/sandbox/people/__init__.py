"""The seeded maker of Vietnamese and foreign customers, every kind of duplicate in them written down.

Belongs here: making people and the files that vendors, mailboxes and spreadsheets would hold of them, with the truth
beside. Does not: serving those files (the vendors' stand-ins of hub.sandbox), judging a match (`hub evaluate`).

`make(seed, people)` gives a World; `write(world, folder)` its files; `write_csv(path, records, seed)` one flat CSV.
Same seed, same bytes.
"""
