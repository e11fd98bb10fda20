"""The made records in the shapes that vendors, mailboxes and spreadsheets give them: one file per kind of system."""
