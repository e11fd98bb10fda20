"""KiotViet's public API (retail) as documented. `app.routes`, `state.KiotVietState`; field lists in fields.json."""
