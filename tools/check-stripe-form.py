#!/usr/bin/env python3
"""Compares the form that we send for a session with the one that the official package makes of the same parameters.

    pip install stripe==15.6.2 && python tools/check-stripe-form.py

The order of fields may differ, and how much is escaped; names and values may not.
"""

import pathlib
import sys
import urllib.parse

import stripe
from stripe._encode import _api_encode

FORM = pathlib.Path(__file__).parent.parent / "checkout-fn/fixtures/stripe/session-form.txt"
ORDER = "0123456789abcdef0123456789abcdef"
METADATA = {"order": ORDER, "shop": "little-shop", "attempt": 1}


def line(name, amount):
    """A line item."""
    return {"price_data": {"currency": "eur", "unit_amount": amount, "product_data": {"name": name}}, "quantity": 1}


PARAMS = {
    "mode": "payment",
    "client_reference_id": ORDER,
    "line_items": [line("Mug & saucer × 3", 7470), line("Bowl", 1500), line("Standard", 490), line("VAT", 100)],
    "discounts": [{"coupon": f"{ORDER}-1"}],
    "customer_email": "mira+shop@example.com",
    "metadata": METADATA,
    "payment_intent_data": {
        "metadata": METADATA,
        "description": "K7M2-9QPX",
        "shipping": {
            "name": "Mira Müller",
            "address": {"line1": "Hauptstr. 1", "city": "Berlin", "postal_code": "10115", "country": "DE"},
        },
    },
    "success_url": "https://shop.example/api/return/stripe?session={CHECKOUT_SESSION_ID}",
    "cancel_url": "https://shop.example/cart/",
    "expires_at": 1800002100,
    "locale": "de",
    "payment_method_types": ["card"],
    "automatic_tax": {"enabled": False},
    "allow_promotion_codes": False,
    "adaptive_pricing": {"enabled": False},
}


def main():
    ours = urllib.parse.parse_qsl("&".join(FORM.read_text(encoding="utf-8").split()), strict_parsing=True)
    theirs = urllib.parse.parse_qsl(urllib.parse.urlencode(list(_api_encode(PARAMS))))
    differing = sorted(set(ours) ^ set(theirs))
    print(*differing, sep="\n", end="\n" if differing else "")
    print(f"stripe {stripe.VERSION}: {len(ours)} fields, {len(differing)} differ")
    sys.exit(1 if differing or len(ours) != len(theirs) else 0)


if __name__ == "__main__":
    main()
