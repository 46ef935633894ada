#!/usr/bin/env python3
"""Drives our stand-in for Stripe with the official package, to see that the two speak the same protocol.

    pip install stripe==15.6.2 requests
    cargo build -p shopfront-checkout --features stripe,doubles --example stripe_double
    python tools/drive-stripe-double.py target/debug/examples/stripe_double

Ends with 1 at the first thing that is not as Stripe's own would be.
"""

import json
import subprocess
import sys
import time
import urllib.error
import urllib.request

import stripe
from stripe import StripeClient

checks = 0


def check(what, found, expected):
    """Compares, and counts."""
    global checks
    checks += 1
    if found != expected:
        sys.exit(f"{what}: expected {expected!r}, found {found!r}")


def refused(kind, call):
    """The error of that kind that a call ends with."""
    try:
        call()
    except kind as error:
        check("the error", type(error), kind)
        return error
    sys.exit(f"expected {kind.__name__}")


def control(base, verb, name="next"):
    """What a shopper, a bank or a dashboard does."""
    request = urllib.request.Request(f"{base}/_double/{verb}/{name}", method="POST")
    with urllib.request.urlopen(request) as answer:
        return answer.read().decode()


def session_params(**more):
    """A session as we compose it."""
    price = {"currency": "eur", "unit_amount": 2490, "product_data": {"name": "Mug × 3 & more"}}
    return {
        "mode": "payment",
        "client_reference_id": "o1",
        "line_items": [{"price_data": price, "quantity": 1}],
        "customer_email": "mira@example.com",
        "metadata": {"order": "o1", "shop": "s1", "attempt": "1"},
        "payment_intent_data": {
            "metadata": {"order": "o1", "shop": "s1", "attempt": "1"},
            "shipping": {"name": "Mira", "address": {"line1": "Hauptstr. 1", "city": "Berlin", "country": "DE"}},
        },
        "success_url": "https://shop.example/?session={CHECKOUT_SESSION_ID}",
        "cancel_url": "https://shop.example/cart/",
        "expires_at": int(time.time()) + 35 * 60,
        "locale": "de",
        "payment_method_types": ["card"],
        "automatic_tax": {"enabled": False},
        "allow_promotion_codes": False,
        "adaptive_pricing": {"enabled": False},
    } | more


def drive(base, key, secret):
    """Everything once."""
    def client(key, retries=0):
        return StripeClient(key, base_addresses={"api": base}, max_network_retries=retries).v1

    v1, patient = client(key), client(key, retries=2)

    # A coupon and a session with it; one key gives one of each.
    coupon = {"id": "o1-1", "amount_off": 490, "currency": "eur", "duration": "once", "max_redemptions": 1, "name": "Gift card"}
    check("coupon", v1.coupons.create(coupon, {"idempotency_key": "c1"}).id, "o1-1")
    check("coupon again", refused(stripe.InvalidRequestError, lambda: v1.coupons.create(coupon)).code, "resource_already_exists")
    check("coupon read", v1.coupons.retrieve("o1-1").amount_off, 490)
    params = session_params(discounts=[{"coupon": "o1-1"}])
    session = v1.checkout.sessions.create(params, {"idempotency_key": "k1"})
    check("session", (session.status, session.payment_status, session.amount_total, session.currency), ("open", "unpaid", 2000, "eur"))
    check("kept", v1.checkout.sessions.create(params, {"idempotency_key": "k1"}).id, session.id)
    other = session_params()
    refused(stripe.IdempotencyError, lambda: v1.checkout.sessions.create(other, {"idempotency_key": "k1"}))

    # What is refused.
    check("unknown", refused(stripe.InvalidRequestError, lambda: v1.checkout.sessions.create(session_params(colour="red"))).param, "colour")
    soon = session_params(expires_at=int(time.time()) + 60)
    check("too soon", refused(stripe.InvalidRequestError, lambda: v1.checkout.sessions.create(soon)).param, "expires_at")
    check("missing", refused(stripe.InvalidRequestError, lambda: v1.checkout.sessions.retrieve("cs_none")).code, "resource_missing")
    refused(stripe.AuthenticationError, lambda: client("sk_test_wrong").checkout.sessions.retrieve(session.id))

    # A failure is kept for its key, and so is what was done when the answer was lost.
    control(base, "fail-next")
    for _ in range(2):
        refused(stripe.APIError, lambda: v1.checkout.sessions.create(other, {"idempotency_key": "k2"}))
    control(base, "limit-next")
    refused(stripe.RateLimitError, lambda: v1.checkout.sessions.retrieve(session.id))
    before = len(v1.checkout.sessions.list({"limit": 100}).data)
    control(base, "lose-next")
    refused(stripe.APIConnectionError, lambda: v1.checkout.sessions.create(other, {"idempotency_key": "k3"}))
    found = v1.checkout.sessions.create(other, {"idempotency_key": "k3"})
    control(base, "lose-next")
    check("retried by the package", patient.checkout.sessions.create(other, {"idempotency_key": "k4"}).status, "open")
    check("one each", len(v1.checkout.sessions.list({"limit": 100}).data), before + 2)

    # Paid, with its payment, and found by it.
    payment = control(base, "pay", session.id)
    paid = v1.checkout.sessions.retrieve(session.id, {"expand": ["payment_intent"]})
    check("paid", (paid.status, paid.payment_status, paid.payment_intent.status), ("complete", "paid", "succeeded"))
    check("amount", (paid.payment_intent.amount_received, paid.payment_intent.metadata["order"]), (2000, "o1"))
    check("by payment", [one.id for one in v1.checkout.sessions.list({"payment_intent": payment}).data], [session.id])
    refused(stripe.InvalidRequestError, lambda: v1.checkout.sessions.expire(session.id))
    check("expired", v1.checkout.sessions.expire(found.id).status, "expired")

    # Pages.
    for _ in range(12):
        v1.checkout.sessions.create(other)
    window = {"created": {"gte": int(time.time()) - 600}, "limit": 5}
    everything = [one.id for one in v1.checkout.sessions.list(window).auto_paging_iter()]
    check("pages", (len(everything), len(set(everything))), (before + 14, before + 14))

    # Refunds and disputes.
    refund = v1.refunds.create({"payment_intent": payment, "amount": 500, "metadata": {"refund": "r1"}}, {"idempotency_key": "r1"})
    check("refund", (refund.status, refund.amount, refund.metadata["refund"]), ("succeeded", 500, "r1"))
    refused(stripe.InvalidRequestError, lambda: v1.refunds.create({"payment_intent": payment, "amount": 1501}))
    check("refunds", [one.id for one in v1.refunds.list({"payment_intent": payment}).data], [refund.id])
    dispute = control(base, "dispute", payment)
    check("disputes", [one.id for one in v1.disputes.list({"payment_intent": payment}).data], [dispute])
    check("charge", v1.charges.retrieve(v1.payment_intents.retrieve(payment).latest_charge).disputed, True)

    # Notices, as the package believes them.
    with urllib.request.urlopen(f"{base}/_double/notices") as answer:
        notices = json.load(answer)
    kinds = []
    for notice in notices:
        event = stripe.Webhook.construct_event(notice["body"], notice["stripe-signature"], secret)
        check("event", event.id, notice["id"])
        kinds.append(event.type)
    expected = ["payment_intent.succeeded", "checkout.session.completed", "checkout.session.expired", "refund.created", "charge.refunded"]
    check("kinds", kinds, [*expected, "charge.dispute.created"])
    refused(stripe.SignatureVerificationError, lambda: stripe.Webhook.construct_event("{}", notices[0]["stripe-signature"], secret))


def main():
    server = subprocess.Popen([sys.argv[1]], stdout=subprocess.PIPE, text=True)
    try:
        drive(*server.stdout.readline().split())
    finally:
        server.terminate()
        server.wait()
    print(f"stripe {stripe.VERSION}: {checks} checks hold")


if __name__ == "__main__":
    main()
