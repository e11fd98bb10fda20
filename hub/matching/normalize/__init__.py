"""Values as typed to values that can be compared: names, phones, e-mails, birth dates, ids, addresses, whole records.

Belongs here: the room's front door. Does not: who is who (hub.matching), fetching and mapping (connectors).
NORMALIZE_VERSION changes with every change of what any input gives: same input and version, same output.
"""

from hub.matching.normalize.canonical import CANONICAL, canonical_frame
from hub.matching.normalize.dates import BirthDate, normalize_birth_date, normalize_birth_dates
from hub.matching.normalize.email import Email, normalize_email
from hub.matching.normalize.email_bulk import normalize_emails
from hub.matching.normalize.ids import Ident, normalize_id
from hub.matching.normalize.own import Own, own_of
from hub.matching.normalize.phone import Phone, normalize_phone
from hub.matching.normalize.phone_bulk import normalize_phones
from hub.matching.normalize.record import Normalized, normalize_records
from hub.matching.normalize.values import customer_type, gender, kind, yes_no

NORMALIZE_VERSION = 5

__all__ = [
    "CANONICAL",
    "NORMALIZE_VERSION",
    "BirthDate",
    "Email",
    "Ident",
    "Normalized",
    "Own",
    "Phone",
    "canonical_frame",
    "customer_type",
    "gender",
    "kind",
    "normalize_birth_date",
    "normalize_birth_dates",
    "normalize_email",
    "normalize_emails",
    "normalize_id",
    "normalize_phone",
    "normalize_phones",
    "normalize_records",
    "own_of",
    "yes_no",
]
