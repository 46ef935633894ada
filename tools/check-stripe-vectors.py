#!/usr/bin/env python3
"""Asks the official package for its verdict on each of our own Stripe-Signature cases.

    pip install stripe==15.6.2 && python tools/check-stripe-vectors.py

Ends with 1 where a recorded verdict is not the package's, or where ours differs from it without a reason.
"""

import json
import pathlib
import sys
from unittest import mock

import stripe

TOLERANCE_S = 300
VECTORS = pathlib.Path(__file__).parent.parent / "checkout-fn/fixtures/stripe/own-webhook-vectors.json"


def accepts(vector, secret):
    """What the package says to one secret, at the vector's time."""
    with mock.patch("time.time", return_value=vector["now"]):
        try:
            return stripe.WebhookSignature.verify_header(vector["payload"], vector["header"], secret, TOLERANCE_S)
        except stripe.SignatureVerificationError:
            return False


def faults(vector):
    """What is wrong with one vector, in words."""
    verdict = "accept" if any(accepts(vector, secret) for secret in vector["secrets"]) else "reject"
    ours = "accept" if vector["ours"] == "accept" else "reject"
    if verdict != vector["stripe"]:
        yield f"{vector['id']}: recorded {vector['stripe']}, the package says {verdict}"
    if (ours != verdict) != ("why" in vector):
        yield f"{vector['id']}: ours {ours}, the package's {verdict}: {vector.get('why', 'no reason is given')}"


def main():
    vectors = json.loads(VECTORS.read_text(encoding="utf-8"))["vectors"]
    found = [fault for vector in vectors for fault in faults(vector)]
    print(*found, sep="\n", end="\n" if found else "")
    differing = sum("why" in vector for vector in vectors)
    print(f"stripe {stripe.VERSION}: {len(vectors)} vectors, {differing} where we differ on purpose, {len(found)} faults")
    sys.exit(1 if found else 0)


if __name__ == "__main__":
    main()
