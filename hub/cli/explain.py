"""`hub explain`: one customer's whole story."""

from __future__ import annotations

from collections.abc import Iterator

import click
import orjson

from hub.cli.common import DEGRADED, OK, emit, example, opened, options, stop
from hub.cli.say import say, word
from hub.cli.times import past_moment
from hub.connectors.kit.people import amount_text
from hub.flow import explain as flow
from hub.matching.explain import label
from hub.model import Json

MOST = 20
"""Lines of one section; --json shows all."""


@click.command(epilog=example("hub explain 0912345678"))
@click.argument("key")
@click.option(
    "--as-of", "moment", metavar="TIME", help="As it was then: a date (its end) or a time, on the shop's clock."
)
@options
def explain(key: str, moment: str | None, as_json: bool, config: str | None) -> None:
    """One customer's whole story: values and why, records and why they are one, who is related, pushes, history.

    KEY is a phone in any form, an e-mail, a golden id (also one that was merged), a customer code, a system's code, or
    source:source_id. A KEY that fits several customers lists them. Exit code 1 when it fits none.
    """
    with opened(config) as workspace:
        at = past_moment(moment, workspace.settings.timezone) if moment else None
        report = flow.explain(workspace.store, workspace.settings, key, at)
        language = workspace.settings.language
    emit(report, as_json, lambda value: "\n".join(_text(value, language)))
    stop(OK if report.get("customers") or "golden" in report else DEGRADED)


def _text(report: Json, language: str) -> Iterator[str]:
    if "golden" in report:
        yield from _story(report, language)
    elif not report["customers"]:
        yield say(language, "explain.none", wanted=report["key"])
    elif "as_of" in report:
        for one in report["customers"]:
            yield from _then(one, language)
    else:
        yield say(language, "explain.several", count=len(report["customers"]))
        yield from (_person(one, language) for one in report["customers"])


def _then(one: Json, language: str) -> Iterator[str]:
    """A customer as it was."""
    yield say(language, "explain.then", **{name: one[name] for name in ("golden_id", "version", "since")})
    hidden = ("golden_id", "version", "since", "run_id", "cause", "records")
    yield from (f"  {name}: {_short(value)}" for name, value in one.items() if name not in hidden)
    yield from (f"  {record['source']}:{record['source_id']}" for record in one["records"])


def _person(one: Json, language: str) -> str:
    parts = (one["full_name"] or one["company_name"], one["phone"], one["email"])
    known = ", ".join(part for part in parts if part) or label("nobody", language)  # type: ignore[arg-type]  # vi or en
    return f"  {one['golden_id']}  {one['customer_code']}  {known}"


def _story(report: Json, language: str) -> Iterator[str]:
    golden = report["golden"]
    told = {name: golden[name] for name in ("golden_id", "customer_code", "version")}
    yield say(language, "explain.title", status=word(language, golden["status"]), **told)
    for one in report["holds"]:
        yield say(language, "explain.held", **{**one, "reason": one["reason"] or ""}).rstrip()
    yield from _section("fields", [one["sentence"] for one in report["fields"].values()], language)
    yield from _section("records", [_record(one) for one in report["records"]], language)
    yield from _section("links", [one["evidence"] for one in report["links"]], language)
    yield from _section("doubles", [one["sentence"] for one in report["doubles"]], language)
    yield from _section("refusals", [one["evidence"] for one in report["refusals"] + report["generic"]], language)
    yield from _section("related", _related(report["related"], language), language)
    yield from _section("consents", [_consent(one) for one in report["consents"]], language)
    yield from _section("orders", _orders(report["orders"], language), language)
    asked = [f"{one['review_id']}  {one['what']} [{one['about']}]" for one in report["questions"]]
    yield from _section("questions", asked, language)
    yield from _section("decisions", [_decision(one, language) for one in report["decisions"]], language)
    yield from _section("pins", [_pin(one) for one in report["pins"]], language)
    yield from _section("pushes", [_push(one) for one in report["pushes"]], language)
    yield from _section("history", [_event(one) for one in report["history"][::-1]], language)


def _related(related: list[Json], language: str) -> list[str]:
    """Each related customer, then how they belong together."""
    return [line for one in related for line in (_person(one, language).strip(), *_how(one))]


def _how(one: Json) -> list[str]:
    return ["  " + relation["evidence"] for relation in one["relations"]]


def _section(name: str, lines: list[str], language: str) -> Iterator[str]:
    """A heading and its lines; nothing when there are none."""
    if lines:
        yield say(language, f"explain.{name}")
        yield from ("  " + line for line in lines[:MOST])
    if len(lines) > MOST:
        yield "  " + say(language, "plan.more", count=len(lines) - MOST)


def _record(one: Json) -> str:
    values = one["values"]
    contacts = [item["value"] for name in ("phones", "emails") for item in values.get(name, ())]
    shown = [values.get("full_name") or values.get("company_name"), one["code"], *contacts]
    return f"{one['source']}:{one['source_id']}  ({one['rule']})  " + ", ".join(part for part in shown if part)


def _decision(one: Json, language: str) -> str:
    state = word(language, "stands" if one["active"] else "undone")
    verdict = word(language, one["verdict"])
    first = f"{one['pairs'][0][0]} – {one['pairs'][0][1]}"
    more = f" (+{len(one['pairs']) - 1})" if len(one["pairs"]) > 1 else ""
    return " ".join(part for part in (one["at"], one["author"], verdict, first + more, state, one["reason"]) if part)


def _pin(one: Json) -> str:
    until = f"→ {one['until']}" if one["until"] else None
    told = f"{one['field']}: {_short(one['stood'])} → {one['value']}"
    return " ".join(part for part in (one["at"], one["author"], told, until, one["reason"]) if part)


def _consent(one: Json) -> str:
    return " ".join(
        str(one[name]) for name in ("purpose", "channel", "address", "status", "at", "source") if one.get(name)
    )


def _orders(told: Json, language: str) -> list[str]:
    if not told["count"]:
        return []
    sums = ", ".join(amount_text(total, currency) for currency, total in sorted(told["sums"].items()))
    head = say(language, "explain.orders.sum", count=told["count"], last=told["last"] or "?", sums=sums or "?")
    return [head, *(_order(one) for one in told["list"])]


def _order(one: Json) -> str:
    amount = amount_text(one["total"], one["currency"]) if one["total"] is not None and one["currency"] else ""
    parts = (one["at"], one["kind"], one["code"] or f"{one['source']}:{one['source_id']}", one["store"], amount)
    return "  ".join(part for part in parts if part)


def _push(one: Json) -> str:
    parts = (one["at"], one["destination"], one["action"], one["target"], one["state"])
    return " ".join(part for part in parts if part) + (f": {one['sentence']}" if one["sentence"] else "")


def _event(one: Json) -> str:
    pairs = (f"{name}: {_short(old)} → {_short(new)}" for name, (old, new) in one["values"].items())
    others = [name for name in one["changed"] if name not in one["values"]]
    return f"{one['at']}  v{one['version']} {one['kind']}  {'; '.join([*pairs, *others])}".rstrip()


def _short(value: Json) -> str:
    return "-" if value is None else value if isinstance(value, str) else orjson.dumps(value).decode()
