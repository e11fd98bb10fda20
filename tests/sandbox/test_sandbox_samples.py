"""WooCommerce's answers have the keys and types of real answers, key by key, at every depth.

The samples folder is named by HUB_VENDOR_SAMPLES, else it is looked for beside the checkout."""

import json
import os
import warnings
from pathlib import Path

import pytest

BESIDE = Path(__file__).parents[3] / "shared" / "vendors" / "samples"


def sample(name):
    folder = Path(os.environ.get("HUB_VENDOR_SAMPLES", BESIDE))
    path = folder / name
    if not path.exists():
        with warnings.catch_warnings():
            warnings.simplefilter("default")
            warnings.warn(f"no vendor samples in {folder}: set HUB_VENDOR_SAMPLES", stacklevel=1)
        pytest.skip(f"no vendor samples: {name} is not in HUB_VENDOR_SAMPLES or beside the checkout")
    return json.loads(path.read_text(encoding="utf-8"))


def shape(value):
    """Keys and types; a list has the shapes of its items, whatever their number."""
    if isinstance(value, dict):
        return {name: shape(item) for name, item in value.items()}
    if isinstance(value, list):
        return ["list", *sorted({json.dumps(shape(item), sort_keys=True) for item in value})]
    return type(value).__name__


def served(client, path, rows):
    answer = client.get(path, orderby="id", order="asc", **({"role": "all"} if path == "/customers" else {}))
    assert len(answer.json()) == len(rows)
    return answer.json()


@pytest.mark.parametrize(
    ("name", "path"), [("woocommerce_customers.json", "/customers"), ("woocommerce_orders.json", "/orders")]
)
def test_a_seeded_sample_comes_back_in_its_own_shape(box, shop, name, path):
    rows = sample(name)
    box.woocommerce.seed(**{path[1:]: rows})
    assert [shape(row) for row in served(shop, path, rows)] == [shape(row) for row in rows]


@pytest.mark.parametrize(
    ("name", "path"), [("woocommerce_customers.json", "/customers"), ("woocommerce_orders.json", "/orders")]
)
def test_a_seeded_sample_keeps_its_values(box, shop, name, path):
    box.woocommerce.options.site_offset_hours = 0
    rows = sample(name)
    box.woocommerce.seed(**{path[1:]: rows})
    for given, row in zip(rows, served(shop, path, rows), strict=True):
        assert {k: v for k, v in row.items() if k != "_links"} == {k: v for k, v in given.items() if k != "_links"}


def test_a_customer_made_over_the_api_has_the_shape_of_a_real_one(shop):
    real = sample("woocommerce_customers.json")[1]
    body = {name: real[name] for name in ("email", "first_name", "last_name", "billing")}
    meta = [{"key": item["key"], "value": item["value"]} for item in real["meta_data"]]
    made = shop.post("/customers", {**body, "meta_data": meta}).json()
    assert shape(made) == shape(real)


def test_a_bare_order_has_the_shape_of_a_real_one(box, shop):
    real = sample("woocommerce_orders.json")[0]
    box.woocommerce.seed(orders=[{"status": "completed"}])
    made = shop.get("/orders").json()[0]
    loose = {"date_completed", "date_paid", "date_completed_gmt", "date_paid_gmt"}
    assert {k: v for k, v in shape(made).items() if k not in loose} == {
        k: v for k, v in shape(real).items() if k not in loose
    }
