"""The page of connectors, out of their descriptions and the schemas of their settings."""

from __future__ import annotations

from docs.render.settings import key_table
from docs.render.table import keys, table
from hub import connectors, contracts
from hub.connectors.kit.port import Capabilities, Description, StreamInfo

INTRO = """# Connectors

`hub connectors list` shows them, `hub connectors show NAME` one of them. Every source may also have the keys of
[`[sources.NAME]`](settings.md). A package outside the hub adds its own by an entry point of the group `hub.connectors`."""
DELETIONS = {
    "tombstones": "told by the vendor",
    "id_snapshot": "by a whole sweep of ids",
    "full_snapshot": "by a whole sweep",
    "none": "not told",
}


def page() -> str:
    """The connectors that come with the hub, each with what it can do and its keys."""
    told = [connectors.load(name).description for name in connectors.REGISTRY]
    head = ("Name", "Channel", "System", "Reads", "Writes")
    rows = [(f"[`{one.name}`](#{one.name})", one.channel, one.title_en, _streams(one), _writes(one)) for one in told]
    return "\n\n".join([INTRO, table(head, rows), *(_connector(one) for one in told)])


def _streams(told: Description) -> str:
    return ", ".join(stream.name for stream in told.capabilities.streams)


def _writes(told: Description) -> str:
    return ", ".join(sorted(told.capabilities.writes)) or "nothing"


def _connector(told: Description) -> str:
    schema = contracts.schema(told.settings_schema)
    lines = [_stream(stream) for stream in told.capabilities.streams]
    listed = "\n".join(f"- {line}" for line in [*lines, *_able(told.capabilities)])
    head = f"## {told.name}\n\n{told.title_en} / {told.title_vi}"
    return f"{head}\n\n{listed}\n\n{key_table(keys(schema, schema), schema)}"


def _stream(stream: StreamInfo) -> str:
    how = "what changed since the last pull" if stream.incremental else "the whole each time"
    return f"reads {stream.name}: {how}; deletions {DELETIONS[stream.deletions]}"


def _able(able: Capabilities) -> list[str]:
    lines = ["makes customers" if able.creates else "adds only to customers known from elsewhere"]
    if not able.writes:
        return [*lines, "read only"]
    fields = ", ".join(f"`{name}`" for name in sorted(able.write_fields))
    lines.append(f"writes: {', '.join(sorted(able.writes))}; {able.batch} per request; fields {fields}")
    if able.effects:
        lines.append(f"a write sets off: {', '.join(able.effects)}")
    return [*lines, *([f"at most {able.rate:g} requests per second there"] if able.rate else [])]
