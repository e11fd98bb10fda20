"""Who is who: pure functions, no I/O and no clock."""
