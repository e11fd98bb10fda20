"""Stateful stand-ins of vendors on loopback, and the seeded maker of people.

Belongs here: the vendors' documented protocols (KiotViet, WooCommerce, Mailchimp), the hostile mode, the control
API for tests, and `people/`. Does not belong here: anything of the connectors (`hub.connectors`) or of the flow; the
stand-ins are written from the vendors' documents alone. Start from `hub.sandbox.server.Sandbox` or
`python -m hub.sandbox`; README.md beside this file says what is faithful and what was left out.
"""
