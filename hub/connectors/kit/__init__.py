"""What every connector shares: the port, http, paging, auth, columns. No vendor's knowledge here."""
