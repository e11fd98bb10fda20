"""When it happens: Dagster only. An asset calls one flow function and reports counts; rows never pass through Dagster.

Belongs here: assets, checks, jobs, schedules, sensors, the run resource. Does not: any step's logic (flow), wiring (definitions).
No personal data in metadata, keys, tags, logs or errors: Dagster keeps them for ever.
"""
