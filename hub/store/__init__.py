"""Memory: the only SQL of the hub (SQLAlchemy on SQLite and PostgreSQL), one file per table family."""
