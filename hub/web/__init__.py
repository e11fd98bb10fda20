"""The web room: the API, the change feed and the pages.

Belongs here: HTTP only (routes, sign-in, templates, static files).
Does not belong here: SQL (store), what happens (flow), Dagster (spoken to by GraphQL only).
"""
