"""The pages, one module for each kind; their routes are listed here, in the order in which they are tried."""

from starlette.routing import BaseRoute

from hub.web.pages import (
    customer,
    customer_acts,
    customers,
    decisions,
    home,
    ledger,
    look,
    merging,
    plans,
    quarantine,
    question,
    questions,
    runs,
    segments,
    signin,
    signin_oidc,
    sources,
    withdrawals,
)

MODULES = (
    home, signin, signin_oidc, look, questions, question, decisions, customers, customer, customer_acts, merging, segments,
    sources, runs, quarantine, plans, ledger, withdrawals,
)  # fmt: skip
ROUTES: list[BaseRoute] = [route for module in MODULES for route in module.ROUTES]
