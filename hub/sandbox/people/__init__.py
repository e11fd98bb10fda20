"""The seeded maker of Vietnamese and foreign customers, every kind of duplicate in them written down.

Belongs here: making people and the files that vendors, mailboxes and spreadsheets would hold of them, with the truth
beside. Does not: serving those files (the vendors' stand-ins of hub.sandbox), judging a match (`hub evaluate`).

`make(seed, people)` gives a World; `write(world, folder)` its files; `write_csv(path, records, seed)` one flat CSV.
Same seed, same bytes.
"""

from hub.sandbox.people.emit.flat import write_csv, write_flat
from hub.sandbox.people.emit.mailbox import write_maildir, write_mbox
from hub.sandbox.people.emit.sheets import write_variants
from hub.sandbox.people.files import write
from hub.sandbox.people.tables import own
from hub.sandbox.people.world import UNTIL, World, make, truth

__all__ = [
    "UNTIL",
    "World",
    "make",
    "own",
    "truth",
    "write",
    "write_csv",
    "write_flat",
    "write_maildir",
    "write_mbox",
    "write_variants",
]
