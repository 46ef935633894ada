//! Tables: every state × every sighting, and what two payments, late payments and odd amounts lead to.

use catalog::currency::{Currency, Gateway};
use catalog::quote::Quote;
use proptest::prelude::*;

use super::*;
use crate::order::{Invoice, Item, OrderId};

const NOW: i64 = 1_780_000_000;
const DUE: i64 = 4490;

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(second).expect("a time")
}

fn session(id: &str) -> Session {
    Session { id: SessionId(id.into()), pay_url: format!("https://pay.test/{id}") }
}

pub(crate) fn quote(due: i64) -> Quote {
    Quote {
        currency: Currency::parse("EUR").expect("a currency"),
        country: None,
        lines: vec![],
        subtotal: due,
        discount_total: 0,
        discounts: vec![],
        shipping_discount: 0,
        gift_cards: vec![],
        needs_shipping: false,
        needs_region: false,
        needs_postcode: false,
        shipping: Some(0),
        shipping_method: None,
        shipping_methods: vec![],
        tax_total: 0,
        tax_included: true,
        taxes: vec![],
        shipping_taxes: vec![],
        total: due,
        gift_cards_total: 0,
        due,
        notices: vec![],
    }
}

pub(crate) fn order(payment: Payment) -> Order {
    Order {
        id: OrderId("1".into()),
        number: "AAAA-0001".into(),
        gateway: Gateway::Sandbox,
        quote: quote(DUE),
        language: "en".into(),
        items: vec![Item { sku: "MUG".into(), quantity: 1, backorder: 0 }],
        parts: vec![],
        claims: vec![],
        cards: vec![],
        issues: vec![],
        downloads: vec![],
        payment,
        shipments: vec![],
        refunds: vec![],
        dispute: None,
        invoice: Invoice::None,
        attention: None,
        created_at: at(NOW - 60),
        expires_at: at(NOW + 60),
    }
}

fn pending() -> Payment {
    Payment::Pending { attempt: 1 }
}

fn awaiting() -> Payment {
    Payment::Awaiting { session: session("s1") }
}

fn capturing() -> Payment {
    Payment::Capturing { session: session("s1"), since: at(NOW - 10) }
}

fn underway() -> Payment {
    Payment::Processing { session: session("s1"), since: at(NOW - 10), ask_at: at(NOW + 10) }
}

pub(crate) fn paid_by(id: &str) -> Payment {
    Payment::Paid { payment: Some(PaymentId(id.into())), at: at(NOW - 5) }
}

fn pays(id: &str) -> Status {
    Status::Paid { payment: PaymentId(id.into()), amount: DUE, currency: "EUR".into() }
}

pub(crate) fn facts() -> Facts {
    Facts { now: at(NOW), stock_left: true, balances: BTreeMap::new() }
}

fn settled(payment: Payment, session_id: &str, status: Status) -> Decision {
    decide(order(payment), Command::Settle(Sighting { session: session(session_id), status }), &facts()).expect("settling is never refused")
}

/// The state afterwards and what happens, in short.
fn story(decision: &Decision) -> String {
    let effects = decision.effects.iter().map(|effect| match effect {
        Effect::Move(movement) => format!("{movement:?}").to_lowercase(),
        Effect::Capture(session) => format!("capture {}", session.0),
        Effect::Refund(refund) => format!("refund {} of {}", refund.amount, refund.payment.as_ref().map_or("", |id| &id.0)),
        Effect::Tell(news) => format!("tell {}", format!("{news:?}").to_lowercase()),
    });
    let attention = decision.order.attention.iter().map(|_| "attention".to_owned());
    std::iter::once(decision.order.payment.name().to_owned()).chain(effects).chain(attention).collect::<Vec<_>>().join(", ")
}

#[test]
fn every_state_and_sighting() {
    use Closing::{Cancelled, Expired, Failed};
    let (capture, processing, sold) = ("capturing, capture s1", "processing, tell processing", "paid, sell, tell paid");
    let (failed, expired) = ("failed, release, tell closed", "expired, release, tell closed");
    let (again, late) = ("capturing, holdagain, capture s1", "paid, selllate, tell paid");
    let rows: [(Payment, [&str; 7]); 8] = [
        // open, approved, declined, processing, paid, failed, expired
        (pending(), ["pending", capture, "pending", processing, sold, failed, expired]),
        (awaiting(), ["awaiting_payment", capture, "awaiting_payment", processing, sold, failed, expired]),
        (capturing(), [capture, capture, capture, processing, sold, failed, expired]),
        (underway(), ["processing", "processing", "processing", "processing", sold, failed, expired]),
        (paid_by("p1"), ["paid"; 7]),
        (Payment::Closed(Cancelled), ["cancelled", "cancelled", "cancelled", "cancelled", late, "cancelled", "cancelled"]),
        (Payment::Closed(Expired), ["expired", again, "expired", "expired", late, "expired", "expired"]),
        (Payment::Closed(Failed), ["failed", "failed", "failed", "failed", late, "failed", "failed"]),
    ];
    for (payment, expected) in rows {
        let statuses = [Status::Open, Status::Approved, Status::Declined, Status::Processing, pays("p1"), Status::Failed, Status::Expired];
        for (status, expected) in statuses.into_iter().zip(expected) {
            let decision = settled(payment.clone(), "s1", status.clone());
            assert_eq!(story(&decision), expected, "{payment:?} sees {status:?}");
        }
    }
}

#[test]
fn the_end_of_another_session_is_no_news() {
    for status in [Status::Failed, Status::Expired] {
        assert_eq!(story(&settled(awaiting(), "older", status.clone())), "awaiting_payment");
        assert_eq!(story(&settled(underway(), "older", status)), "processing");
    }
    assert_eq!(story(&settled(awaiting(), "older", pays("p1"))), "paid, sell, tell paid", "its money is");
}

#[test]
fn a_second_payment_goes_back_once() {
    let first = settled(paid_by("p1"), "s2", pays("p2"));
    assert_eq!(story(&first), "paid, refund 4490 of p2");
    let sighting = Sighting { session: session("s2"), status: pays("p2") };
    let again = decide(first.order, Command::Settle(sighting), &facts()).expect("a decision");
    assert_eq!(story(&again), "paid");
    let done = decide(again.order, Command::Refunded { key: "refund-p2".into(), answer: Refunding::Done }, &facts()).expect("a decision");
    assert_eq!(done.order.refunds[0].status, RefundStatus::Succeeded);
    assert_eq!(done.order.wake_at(), None);
}

#[test]
fn a_refused_refund_needs_a_person() {
    let first = settled(paid_by("p1"), "s2", pays("p2"));
    assert_eq!(first.order.wake_at(), Some(at(NOW)), "the worker sends it if we cannot");
    let refused = decide(first.order, Command::Refunded { key: "refund-p2".into(), answer: Refunding::Refused("no".into()) }, &facts())
        .expect("a decision");
    assert_eq!(story(&refused), "paid, tell attention, attention");
}

#[test]
fn a_late_payment_without_goods_goes_back() {
    let late = Command::Settle(Sighting { session: session("s1"), status: pays("p1") });
    let gone = Facts { stock_left: false, ..facts() };
    let decision = decide(order(Payment::Closed(Closing::Expired)), late.clone(), &gone).expect("a decision");
    assert_eq!(story(&decision), "expired, refund 4490 of p1, tell attention, attention");
    let again = decide(decision.order, late, &facts()).expect("a decision");
    assert_eq!(story(&again), "expired, attention", "what went back buys nothing, even if there are goods again");
}

#[test]
fn another_amount_or_currency_needs_a_person() {
    for (amount, currency) in [(DUE - 1, "EUR"), (DUE, "USD"), (0, "EUR")] {
        let status = Status::Paid { payment: PaymentId("p1".into()), amount, currency: currency.into() };
        let decision = settled(awaiting(), "s1", status.clone());
        assert_eq!(story(&decision), "awaiting_payment, tell attention, attention");
        assert_eq!(decision.order.wake_at(), None, "its goods stay held until then");
        let sighting = Sighting { session: session("s1"), status };
        assert_eq!(decide(decision.order.clone(), Command::Settle(sighting), &facts()).expect("a decision").order, decision.order);
    }
}

#[test]
fn nothing_is_taken_for_goods_that_are_gone() {
    let gone = Facts { stock_left: false, ..facts() };
    let approved = Command::Settle(Sighting { session: session("s1"), status: Status::Approved });
    let decision = decide(order(Payment::Closed(Closing::Expired)), approved.clone(), &gone).expect("a decision");
    assert_eq!(story(&decision), "expired", "no capture, nothing charged");
    let other = Command::Settle(Sighting { session: session("older"), status: Status::Approved });
    assert_eq!(story(&decide(order(capturing()), other, &facts()).expect("a decision")), "capturing", "one session is captured");
    assert_eq!(order(capturing()).wake_at(), Some(at(NOW - 10)), "the worker finishes what was interrupted");
}

#[test]
fn a_capture_ends_with_its_own_answer() {
    let declined = Sighting { session: session("s1"), status: Status::Declined };
    let answered = |payment, second| {
        let command = Command::Captured { since: at(second), sighting: declined.clone() };
        story(&decide(order(payment), command, &facts()).expect("a decision"))
    };
    assert_eq!(answered(capturing(), NOW - 10), "awaiting_payment");
    assert_eq!(answered(capturing(), NOW - 20), "capturing", "an earlier one was declined; this one is on its way");
    for (payment, same) in [(awaiting(), "awaiting_payment"), (underway(), "processing"), (Payment::Closed(Closing::Expired), "expired")] {
        assert_eq!(answered(payment, NOW - 10), same);
    }
    let other = Command::Captured { since: at(NOW - 10), sighting: Sighting { session: session("s2"), ..declined } };
    assert_eq!(story(&decide(order(capturing()), other, &facts()).expect("a decision")), "capturing");
    let taken = Command::Captured { since: at(NOW - 20), sighting: Sighting { session: session("s1"), status: pays("p1") } };
    assert_eq!(
        story(&decide(order(capturing()), taken, &facts()).expect("a decision")),
        "paid, sell, tell paid",
        "money counts whenever it came"
    );
}

#[test]
fn a_session_is_handed_over_once() {
    let hand_over = |payment, id: &str| decide(order(payment), Command::HandOver { session: session(id) }, &facts());
    assert_eq!(story(&hand_over(pending(), "s1").expect("waiting")), "awaiting_payment");
    assert_eq!(story(&hand_over(awaiting(), "s1").expect("the same")), "awaiting_payment");
    for late in [awaiting(), underway(), paid_by("p1"), Payment::Closed(Closing::Expired)] {
        assert_eq!(hand_over(late.clone(), "s2"), Err(Declined::NotWaiting), "{late:?}");
    }
}

#[test]
fn a_release_follows_what_the_gateway_says() {
    let release = |payment, status: Option<Status>| {
        let sighting = status.map(|status| Sighting { session: session("s1"), status });
        story(&decide(order(payment), Command::Release { how: Closing::Cancelled, sighting }, &facts()).expect("a decision"))
    };
    assert_eq!(release(pending(), None), "cancelled, release, tell closed");
    assert_eq!(release(awaiting(), None), "awaiting_payment", "a session that nobody has ended may still be paid");
    assert_eq!(release(awaiting(), Some(Status::Expired)), "cancelled, release, tell closed");
    assert_eq!(release(awaiting(), Some(Status::Open)), "awaiting_payment");
    assert_eq!(release(awaiting(), Some(pays("p1"))), "paid, sell, tell paid");
    assert_eq!(release(awaiting(), Some(Status::Processing)), "processing, tell processing");
    assert_eq!(release(paid_by("p1"), Some(Status::Expired)), "paid");
    for (moving, name) in [(capturing(), "capturing"), (underway(), "processing")] {
        assert_eq!(release(moving, Some(Status::Expired)), name, "its shopper has agreed since, and the money moves");
    }
}

#[test]
fn a_payment_on_its_way_is_asked_about_daily_and_not_for_ever() {
    let seen = |since_h: i64, ask_h: i64| {
        let payment = Payment::Processing { session: session("s1"), since: at(NOW - since_h * 3600), ask_at: at(NOW - ask_h * 3600) };
        settled(payment, "s1", Status::Processing)
    };
    assert_eq!(seen(25, 1).order.wake_at(), Some(at(NOW + 24 * 3600)));
    assert_eq!(story(&seen(14 * 24 + 1, 1)), "processing, tell attention, attention");
}

fn any_status() -> impl Strategy<Value = Status> {
    let payments = prop::sample::select(vec!["p1", "p2", "p3"]).prop_map(pays);
    let others = [Status::Open, Status::Approved, Status::Declined, Status::Processing, Status::Failed, Status::Expired];
    prop_oneof![5 => prop::sample::select(others.to_vec()), 1 => payments]
}

fn any_command() -> impl Strategy<Value = Command> {
    let sighting =
        (prop::sample::select(vec!["s1", "s2"]), any_status()).prop_map(|(id, status)| Sighting { session: session(id), status }).boxed();
    prop_oneof![
        3 => sighting.clone().prop_map(Command::Settle),
        1 => prop::sample::select(vec!["s1", "s2"]).prop_map(|id| Command::HandOver { session: session(id) }),
        1 => prop::option::of(sighting).prop_map(|sighting| Command::Release { how: Closing::Cancelled, sighting }),
        1 => (prop::sample::select(vec!["refund-p1", "refund-p2"]), any::<bool>())
            .prop_map(|(key, is_done)| Command::Refunded {
                key: key.into(),
                answer: if is_done { Refunding::Done } else { Refunding::Refused("no".into()) },
            }),
    ]
}

proptest! {
    /// R20 and R21 over any sequence: goods are taken once and given back at most once, and every payment that was
    /// seen either pays the order or goes back in full, never both.
    #[test]
    fn goods_and_money_add_up(commands in prop::collection::vec((any_command(), any::<bool>()), 0..20)) {
        let mut current = order(pending());
        // What the store would hold for this order: reserved and sold.
        let (mut reserved, mut sold) = (1, 0);
        let mut seen = std::collections::BTreeSet::new();
        for (command, stock_left) in commands {
            if let Command::Settle(Sighting { status: Status::Paid { payment, .. }, .. })
                | Command::Release { sighting: Some(Sighting { status: Status::Paid { payment, .. }, .. }), .. } = &command
            {
                seen.insert(payment.0.clone());
            }
            let Ok(decision) = decide(current.clone(), command, &Facts { stock_left, ..facts() }) else { continue };
            for effect in &decision.effects {
                match effect {
                    Effect::Move(Movement::Sell) => { reserved -= 1; sold += 1; }
                    Effect::Move(Movement::Release) => reserved -= 1,
                    Effect::Move(Movement::SellLate) => sold += 1,
                    Effect::Move(Movement::HoldAgain) => reserved += 1,
                    Effect::Move(Movement::Send(_) | Movement::TakeBack(_)) => prop_assert!(false, "nobody asked for it"),
                    Effect::Capture(_) | Effect::Refund(_) | Effect::Tell(_) => {}
                }
            }
            current = decision.order;
            prop_assert_eq!(reserved, i32::from(current.payment.is_open()));
            prop_assert_eq!(sold, i32::from(matches!(current.payment, Payment::Paid { .. })));
        }
        for payment in seen {
            let pays = matches!(&current.payment, Payment::Paid { payment: Some(id), .. } if id.0 == payment);
            let back: i64 = current.refunds.iter().filter(|refund| refund.payment.as_ref().is_some_and(|id| id.0 == payment)).map(|refund| refund.amount).sum();
            prop_assert_eq!(back, if pays { 0 } else { DUE }, "payment {}", payment);
        }
    }
}
