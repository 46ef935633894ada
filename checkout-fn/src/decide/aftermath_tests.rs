//! Refunds, parcels and disputes: what goes back is never more than was paid, from wherever it comes.

use std::collections::BTreeMap;

use catalog::bundle::Delivery;
use catalog::quote::{QuoteLine, ShippingTaxRow};
use proptest::prelude::*;

use super::*;
use crate::decide::tests::{facts, order, paid_by, quote};
use crate::decide::{Command, decide};
use crate::order::{Fulfilment, Issue, Part};

fn line(sku: &str, quantity: u32, unit_price: i64, delivery: Delivery) -> QuoteLine {
    let total = unit_price * i64::from(quantity);
    QuoteLine {
        sku: sku.into(),
        product: Some(sku.to_lowercase()),
        title: sku.into(),
        options: vec![],
        written: None,
        fields: BTreeMap::new(),
        quantity,
        unit_price,
        compare_at: None,
        discount: 0,
        tax: total * 19 / 119,
        total,
        tax_rate_bp: 1900,
        image: None,
        url: None,
        delivery: Some(delivery),
        available: true,
        ships_from: None,
    }
}

/// Three mugs at 20.00, a set of two mugs and a bowl at 50.00, a card over 30.00, sending for 4.90; 40.00 of it paid with a card.
fn bought() -> Order {
    let lines = vec![
        line("MUG", 3, 2000, Delivery::Physical),
        line("SET", 1, 5000, Delivery::Physical),
        QuoteLine { tax: 0, ..line("CARD", 1, 3000, Delivery::GiftCard) },
    ];
    let tax_total = lines.iter().map(|line| line.tax).sum::<i64>() + 78;
    let total = 6000 + 5000 + 3000 + 490;
    let quote = catalog::quote::Quote {
        lines,
        shipping: Some(490),
        shipping_taxes: vec![ShippingTaxRow { rate_bp: 1900, price: 490, tax: 78 }],
        tax_total,
        total,
        gift_cards_total: 4000,
        due: total - 4000,
        ..quote(total - 4000)
    };
    let part = |line, sku: &str, per_unit| Part { line, sku: sku.into(), per_unit };
    Order {
        quote,
        parts: vec![part(0, "MUG", 1), part(1, "MUG", 2), part(1, "BOWL", 1)],
        cards: vec![CardUse { card: "paying".into(), amount: 4000 }],
        issues: vec![Issue { card: "bought".into(), line: 2, unit: 0, amount: 3000 }],
        ..order(paid_by("p1"))
    }
}

fn left_on_card(minor: i64) -> Facts {
    Facts { balances: [("bought".to_owned(), minor)].into(), ..facts() }
}

fn back(id: &str, lines: &[(usize, u32, bool)]) -> GiveBack {
    let line =
        |(line, quantity, is_restocked): &(usize, u32, bool)| ReturnLine { line: *line, quantity: *quantity, is_restocked: *is_restocked };
    GiveBack { id: id.into(), lines: lines.iter().map(line).collect(), ..GiveBack::default() }
}

fn give(order: &Order, what: GiveBack) -> Decision {
    decide(order.clone(), Command::GiveBack(what), &left_on_card(3000)).expect("given back")
}

fn take_back(decision: &Decision) -> TakeBack {
    let found = decision.effects.iter().find_map(|effect| match effect {
        Effect::Move(Movement::TakeBack(back)) => Some(back.clone()),
        _ => None,
    });
    found.expect("something comes back")
}

fn goods(back: &TakeBack) -> Vec<(&str, i64, i64)> {
    back.goods.iter().map(|good| (good.sku.as_str(), good.restocked, good.returned)).collect()
}

#[test]
fn units_of_lines_go_back_to_the_gateway_first() {
    let first = give(&bought(), back("r1", &[(0, 2, true), (1, 1, false)]));
    let refund = &first.order.refunds[0];
    assert_eq!((refund.amount, refund.cards.as_slice(), refund.is_pending()), (9000, &[][..], true));
    // Two mugs are sold again; the set was broken before it was sent, and with it two mugs and a bowl.
    assert_eq!(goods(&take_back(&first)), [("MUG", 2, -2), ("BOWL", 0, -1)]);
    assert_eq!((first.order.unsent_units(0), first.order.unsent_units(1), first.order.fulfilment()), (1, 0, Fulfilment::None));
    assert!(first.effects.contains(&Effect::Refund(refund.clone())));

    // 104.90 went to the gateway; what is above that goes back onto the card that had paid.
    let rest = GiveBack { shipping: 490, ..back("r2", &[(0, 1, true), (2, 1, false)]) };
    let second = give(&first.order, rest);
    let refund = &second.order.refunds[1];
    assert_eq!((refund.amount, refund.cards.clone()), (1490, vec![CardUse { card: "paying".into(), amount: 4000 }]));
    let back = take_back(&second);
    assert_eq!((back.voids, back.credits), (vec![CardUse { card: "bought".into(), amount: 3000 }], refund.cards.clone()));
    assert!(second.order.is_refunded() && second.order.to_send().is_empty());
    let taxes: i64 = second.order.returns().map(|returned| returned.tax).sum();
    assert_eq!(taxes, second.order.quote.tax_total, "all tax of all parts");
}

#[test]
fn a_bought_card_is_worth_what_is_left_on_it() {
    let spent = left_on_card(1200);
    let decision = decide(bought(), Command::GiveBack(back("r1", &[(2, 1, false)])), &spent).expect("given back");
    assert_eq!((decision.order.refunds[0].amount, take_back(&decision).voids[0].amount), (1200, 1200));
    let gone = left_on_card(0);
    let decision = decide(bought(), Command::GiveBack(back("r1", &[(2, 1, false)])), &gone).expect("given back");
    assert_eq!(decision.order.refunds[0].status, RefundStatus::Succeeded, "void without a cent");
}

#[test]
fn what_cannot_go_back() {
    let asked = |order: &Order, what: GiveBack| decide(order.clone(), Command::GiveBack(what), &left_on_card(3000)).expect_err("refused");
    let whole = bought();
    let unpaid = Order { payment: Payment::Pending { attempt: 1 }, ..bought() };
    assert_eq!(asked(&unpaid, back("r", &[(0, 1, true)])), Declined::NotPaid);
    assert_eq!(asked(&whole, back("r", &[])), Declined::NothingBack);
    assert_eq!(asked(&whole, back("r", &[(7, 1, true)])), Declined::UnknownLine(8));
    assert_eq!(asked(&whole, back("r", &[(0, 4, true)])), Declined::TooManyBack { line: 1, left: 3, asked: 4 });
    assert_eq!(asked(&whole, back("r", &[(0, 0, true)])), Declined::TooManyBack { line: 1, left: 3, asked: 0 });
    assert_eq!(asked(&whole, back("r", &[(0, 1, true), (0, 1, false)])), Declined::NamedTwice(1));
    assert_eq!(asked(&whole, GiveBack { shipping: 491, ..back("r", &[]) }), Declined::TooMuchShipping { left: 490, asked: 491 });
    assert_eq!(asked(&whole, GiveBack { other: -1, ..back("r", &[]) }), Declined::NotPayable(1));
    assert_eq!(asked(&whole, GiveBack { other: 14_491, ..back("r", &[]) }), Declined::TooMuch { left: 14_490, asked: 14_491 });
    let most = give(&whole, GiveBack { other: 14_000, ..back("r", &[]) }).order;
    assert_eq!(asked(&most, back("r2", &[(0, 1, true)])), Declined::TooMuch { left: 490, asked: 2000 });
    assert_eq!(give(&most, back("r", &[(0, 1, true)])).order, most, "the same refund is not made twice");
}

#[test]
fn a_refund_ends_in_one_of_three_ways() {
    let answered = |answer: Refunding| {
        let order = give(&bought(), back("r1", &[(0, 1, true)])).order;
        decide(order, Command::Refunded { key: "r1".into(), answer }, &facts()).expect("noted").order
    };
    assert_eq!(answered(Refunding::Done).refunds[0].status, RefundStatus::Succeeded);
    assert_eq!(answered(Refunding::Underway).wake_at(), Some(facts().now + ASK_EVERY));
    assert!(answered(Refunding::Lost).attention.is_some_and(|why| why.contains("r1")));
    let refused = answered(Refunding::Refused("no funds".into()));
    assert_eq!(refused.refundable(), 12_490, "it is owed, and not free to be given for something else");

    let again = decide(refused, Command::RefundAgain { id: "r1".into() }, &facts()).expect("tried again");
    assert!(matches!(&again.effects[..], [Effect::Refund(refund)] if refund.key() == "r1-2"));
    let late = decide(again.order.clone(), Command::Refunded { key: "r1".into(), answer: Refunding::Done }, &facts()).expect("noted");
    assert_eq!(late.order, again.order, "an answer to the first attempt is not the second's");
    let twice = decide(again.order, Command::RefundAgain { id: "r1".into() }, &facts());
    assert_eq!(twice, Err(Declined::NotRefused("r1".into())));
}

#[test]
fn what_was_done_at_the_gateway_is_taken_into_the_books() {
    let seen = |id: &str, key: Option<&str>, amount, state| SeenRefund { id: id.into(), key: key.map(str::to_owned), amount, state };
    let learn = |order: Order, refunds: Vec<SeenRefund>, disputes: Vec<SeenDispute>| {
        decide(order, Command::Learn { payment: PaymentId("p1".into()), refunds, disputes }, &facts()).expect("learnt")
    };
    let ours = give(&bought(), back("r1", &[(0, 1, true)])).order;
    let news = vec![seen("re_1", Some("r1"), 2000, Refunding::Done), seen("re_2", None, 500, Refunding::Done)];
    let order = learn(ours, news.clone(), vec![]).order;
    assert_eq!(order.refunds.iter().map(|refund| (refund.id.as_str(), refund.amount)).collect::<Vec<_>>(), [("r1", 2000), ("re_2", 500)]);
    assert_eq!((order.refunds[0].status, order.refundable()), (RefundStatus::Succeeded, 11_990));
    assert_eq!(learn(order.clone(), news, vec![]).order, order, "learnt once");
    assert_eq!(learn(order.clone(), vec![seen("re_3", None, 9, Refunding::Refused("no".into()))], vec![]).order, order);
    let pending = learn(order.clone(), vec![seen("re_4", None, 9, Refunding::Underway)], vec![]).order;
    let ended = learn(pending, vec![seen("re_4", None, 9, Refunding::Done)], vec![]).order;
    assert_eq!(ended.refunds[2].status, RefundStatus::Succeeded);

    let everything = give(&order, GiveBack { other: 11_990, ..back("r2", &[]) }).order;
    let too_much = learn(everything, vec![seen("re_5", None, 700, Refunding::Done)], vec![]).order;
    assert!(too_much.attention.is_some_and(|why| why.contains("more was given back")));

    let dispute = |state| vec![SeenDispute { id: "dp_1".into(), state }];
    let disputed = learn(order, vec![], dispute(DisputeState::Open));
    assert!(disputed.effects.contains(&Effect::Tell(News::Attention)));
    let quiet = learn(disputed.order.clone(), vec![], dispute(DisputeState::Open));
    assert_eq!((quiet.order, quiet.effects.len()), (disputed.order.clone(), 0));
    let resolved = decide(disputed.order, Command::Resolve, &facts()).expect("resolved").order;
    assert_eq!(resolved.attention, None);
    assert_eq!(learn(resolved, vec![], dispute(DisputeState::Lost)).order.dispute.map(|dispute| dispute.state), Some(DisputeState::Lost));
}

#[test]
fn what_goes_back_of_another_payment_is_no_refund_of_the_order() {
    let sighting = |id: &str| {
        let session = crate::order::Session { id: crate::order::SessionId("s2".into()), pay_url: String::new() };
        let status = crate::decide::Status::Paid { payment: PaymentId(id.into()), amount: bought().due(), currency: "EUR".into() };
        crate::decide::Sighting { session, status }
    };
    let twice = decide(bought(), Command::Settle(sighting("p2")), &facts()).expect("sent back").order;
    let refused = Command::Refunded { key: "refund-p2".into(), answer: Refunding::Refused("no".into()) };
    let refused = decide(twice, refused, &facts()).expect("noted").order;
    let seen = |id: &str, amount| SeenRefund { id: id.into(), key: None, amount, state: Refunding::Done };
    let learn = |order: &Order, refund| {
        let command = Command::Learn { payment: PaymentId("p2".into()), refunds: vec![refund], disputes: vec![] };
        decide(order.clone(), command, &facts()).expect("learnt").order
    };
    let by_hand = learn(&refused, seen("re_1", refused.due()));
    assert_eq!((by_hand.refunds.len(), by_hand.refunds[0].status, by_hand.refunded()), (1, RefundStatus::Succeeded, 0), "the same money");
    let in_part = learn(&refused, seen("re_2", 100));
    assert_eq!((in_part.refunds.len(), in_part.refunded(), in_part.is_refunded()), (2, 0, false), "not the order's");
}

#[test]
fn a_refund_that_is_known_under_another_key_is_kept_up_to_date() {
    let seen = |state| SeenRefund { id: "re_1".into(), key: Some("somebody's".into()), amount: 100, state };
    let learn = |order: Order, state| {
        let command = Command::Learn { payment: PaymentId("p1".into()), refunds: vec![seen(state)], disputes: vec![] };
        decide(order, command, &facts()).expect("learnt").order
    };
    let adopted = learn(bought(), Refunding::Underway);
    assert!(adopted.wake_at().is_some());
    let done = learn(adopted, Refunding::Done);
    assert_eq!((done.refunds.len(), done.refunds[0].status, done.wake_at()), (1, RefundStatus::Succeeded, None));
    let sent_back = learn(done, Refunding::Refused("account closed".into()));
    assert!(sent_back.attention.is_some_and(|why| why.contains("account closed")));
}

#[test]
fn parcels_are_counted() {
    let send = |order: &Order, lines: Option<Vec<(usize, u32)>>| {
        decide(order.clone(), Command::Send(Parcel { lines, ..Parcel::default() }), &facts())
    };
    let first = send(&bought(), Some(vec![(0, 2), (1, 1)])).expect("sent");
    let pieces: Vec<_> = [("MUG", 4), ("BOWL", 1)].map(|(sku, pieces)| (sku.to_owned(), pieces)).into();
    assert_eq!(first.effects[0], Effect::Move(Movement::Send(pieces)));
    assert_eq!((first.order.fulfilment(), first.order.to_send()), (Fulfilment::Partly, vec![(0, 1)]));
    assert_eq!(send(&first.order, Some(vec![(0, 2)])), Err(Declined::TooManySent { line: 1, left: 1, asked: 2 }));
    assert_eq!(send(&first.order, Some(vec![(2, 1)])), Err(Declined::TooManySent { line: 3, left: 0, asked: 1 }), "a card is no parcel");
    assert_eq!(send(&first.order, Some(vec![(0, 1), (0, 1)])), Err(Declined::NamedTwice(1)));
    let all = send(&first.order, None).expect("sent").order;
    assert_eq!((all.fulfilment(), send(&all, None)), (Fulfilment::Done, Err(Declined::NothingToSend)));

    // One that comes back may be sold again; it was away.
    let returned = give(&all, back("r1", &[(0, 1, true), (1, 1, true)]));
    assert_eq!(goods(&take_back(&returned)), [("MUG", 3, 3), ("BOWL", 1, 1)]);
    assert_eq!(returned.order.fulfilment(), Fulfilment::Done);
}

#[test]
fn an_unpaid_order_is_erased_when_nobody_can_pay_it_any_more() {
    let ended = Order { payment: Payment::Closed(crate::order::Closing::Expired), ..bought() };
    let until = ended.expires_at + SignedDuration::from_hours(96);
    let erase = |now| decide(ended.clone(), Command::Erase, &Facts { now, ..facts() });
    let early = erase(until - SignedDuration::from_secs(1)).expect_err("too early");
    assert_eq!(early, Declined::MayBePaidLate { until });
    assert!(early.to_string().contains(&until.strftime("from %Y-%m-%d %H:%M UTC on").to_string()), "{early}");
    assert!(erase(until).is_ok());
}

#[test]
fn what_was_written_goes_and_what_was_chosen_stays() {
    let pairs =
        |options: &[(&str, &str)]| options.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect::<Vec<_>>();
    let options = pairs(&[("Colour", "Red"), ("Size", "L"), ("Engraving", "Ada"), ("Box", "Oak")]);
    let fields: BTreeMap<String, String> = pairs(&[("Size", "L"), ("engraving", "Ada"), ("box", "oak")]).into_iter().collect();
    let erased = |written| {
        let mut order = bought();
        order.quote.lines =
            vec![QuoteLine { options: options.clone(), fields: fields.clone(), written, ..line("A", 1, 100, Delivery::Digital) }];
        let mut order = decide(order, Command::Erase, &facts()).expect("erased").order;
        let again = decide(order.clone(), Command::Erase, &facts()).expect("erased").order;
        assert_eq!(again, order, "nothing else goes");
        let line = order.quote.lines.remove(0);
        assert!(line.fields.is_empty() && line.written.is_none());
        line.options
    };
    assert_eq!(erased(Some(vec![2])), pairs(&[("Colour", "Red"), ("Size", "L"), ("Box", "Oak")]));
    assert_eq!(erased(Some(vec![])), options);
    assert_eq!(erased(None), pairs(&[("Colour", "Red")]), "of an older order nobody knows");
}

/// A step of a random life after payment.
#[derive(Debug, Clone)]
enum Step {
    Back(u32, Vec<(usize, u32, bool)>, i64, i64),
    Send(Vec<(usize, u32)>),
    Answer(u32, bool),
    Again(u32),
}

fn any_step() -> impl Strategy<Value = Step> {
    let lines = prop::collection::vec((0..4_usize, 0..3_u32, any::<bool>()), 0..3);
    prop_oneof![
        4 => (0..6_u32, lines, prop_oneof![Just(0), 0..600_i64], prop_oneof![Just(0), 0..20_000_i64])
            .prop_map(|(id, lines, shipping, other)| Step::Back(id, lines, shipping, other)),
        2 => prop::collection::vec((0..3_usize, 0..3_u32), 0..3).prop_map(Step::Send),
        2 => (0..6_u32, any::<bool>()).prop_map(|(id, is_done)| Step::Answer(id, is_done)),
        1 => (0..6_u32).prop_map(Step::Again),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]
    /// R17 and R20 after the payment, over any sequence: no more money than was paid and no more from the gateway than it took, no
    /// more tax than there was, goods are never more than were sold, and none is away that was not sold.
    #[test]
    fn what_goes_back_adds_up(steps in prop::collection::vec(any_step(), 0..20)) {
        let mut order = bought();
        let sold: BTreeMap<&str, i64> = [("MUG", 5), ("BOWL", 1)].into();
        let (mut stock, mut on_card) = (BTreeMap::<String, (i64, i64)>::new(), 3000_i64);
        for step in steps {
            let command = match step {
                Step::Back(id, lines, shipping, other) => Command::GiveBack(GiveBack { shipping, other, ..back(&format!("r{id}"), &lines) }),
                Step::Send(lines) => Command::Send(Parcel { lines: Some(lines), ..Parcel::default() }),
                Step::Answer(id, is_done) => Command::Refunded {
                    key: format!("r{id}"),
                    answer: if is_done { Refunding::Done } else { Refunding::Refused("no".into()) },
                },
                Step::Again(id) => Command::RefundAgain { id: format!("r{id}") },
            };
            let Ok(decision) = decide(order.clone(), command, &left_on_card(on_card)) else { continue };
            for effect in &decision.effects {
                match effect {
                    Effect::Move(Movement::Send(goods)) => for (sku, pieces) in goods {
                        stock.entry(sku.clone()).or_default().1 += i64::from(*pieces);
                    },
                    Effect::Move(Movement::TakeBack(back)) => {
                        for good in &back.goods {
                            let (restocked, away) = stock.entry(good.sku.clone()).or_default();
                            *restocked += good.restocked;
                            *away -= good.returned;
                        }
                        on_card -= back.voids.iter().map(|void| void.amount).sum::<i64>();
                    }
                    _ => {}
                }
            }
            order = decision.order;
            for (sku, (restocked, away)) in &stock {
                let left = sold[sku.as_str()] - restocked;
                prop_assert!(left >= 0 && *away >= 0 && *away <= left, "{sku}: {restocked} sold again, {away} away");
            }
        }
        prop_assert!(order.refunded() <= order.quote.total && on_card >= 0);
        let by_gateway: i64 = order.refunds.iter().map(|refund| refund.amount).sum();
        let onto_cards: i64 = order.refunds.iter().flat_map(|refund| &refund.cards).map(|card| card.amount).sum();
        prop_assert!(by_gateway <= order.due() && onto_cards <= 4000);
        let tax: i64 = order.returns().map(|returned| returned.tax).sum();
        prop_assert!(tax <= order.quote.tax_total);
        for (index, line) in order.quote.lines.iter().enumerate() {
            prop_assert!(order.returned_units(index) <= line.quantity && order.sent_units(index) <= line.quantity);
        }
    }
}
