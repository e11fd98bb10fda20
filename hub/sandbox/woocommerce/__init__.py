"""WooCommerce's REST API v3 as documented and as seen. `app.routes`, `state.WooState`; field lists in fields.json."""
