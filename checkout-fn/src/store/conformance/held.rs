//! What orders hold beside goods that are there: goods that come later, uses of limited discounts, money on gift cards.

use catalog::currency::Currency;

use super::*;
use crate::order::{CardUse, Claim, Issue};

/// An order that claims a use of a discount.
fn claiming(n: u32, claims: &[(&str, Option<&str>, u32)]) -> Placement {
    let mut placement = placement(n, &[]);
    let claim = |(discount, customer, limit): &(&str, Option<&str>, u32)| Claim {
        discount: (*discount).into(),
        customer: customer.map(str::to_owned),
        limit: *limit,
    };
    placement.order.claims = claims.iter().map(claim).collect();
    placement
}

/// An order of which a gift card pays a part.
fn paying_with(n: u32, card: &str, amount: i64) -> Placement {
    let mut placement = placement(n, &[]);
    placement.order.cards = vec![CardUse { card: card.into(), amount }];
    placement
}

/// An order that buys gift cards.
fn buying(n: u32, cards: &[(&str, i64)]) -> Placement {
    let mut placement = placement(n, &[]);
    let issue = |(unit, (card, amount)): (u32, &(&str, i64))| Issue { card: (*card).into(), line: 0, unit, amount: *amount };
    placement.order.issues = (0..).zip(cards).map(issue).collect();
    placement
}

async fn place(store: &dyn OrderStore, placement: Placement) -> Placed {
    store.place(placement).await.expect("answered")
}

async fn move_to(store: &dyn OrderStore, n: u32, payment: Payment, movement: Movement) -> Changed {
    store.change(becoming(read(store, n).await, payment, Some(movement))).await.expect("answered")
}

fn closed() -> Payment {
    Payment::Closed(Closing::Expired)
}

async fn uses(store: &dyn OrderStore, claims: &[Claim]) -> Vec<u32> {
    store.uses(claims).await.expect("readable")
}

async fn balance(store: &dyn OrderStore, card: &str) -> Option<i64> {
    let balances = store.balances(&[card.to_owned()]).await.expect("readable");
    balances.get(card).map(|balance| balance.minor)
}

pub(super) async fn backorders(store: &dyn OrderStore) {
    let later = |n, quantity, backorder| {
        let mut placement = placement(n, &[("LATER", quantity)]);
        placement.order.items[0].backorder = backorder;
        placement
    };
    assert!(matches!(place(store, later(100, 14, 3)).await, Placed::Lacking(Lack::Goods(left)) if left["LATER"] == 13));
    assert!(matches!(place(store, later(100, 12, 3)).await, Placed::New));
    assert_eq!(counts(store, "LATER").await, (-2, 12, 0, 10));
    assert!(matches!(place(store, later(101, 2, 3)).await, Placed::Lacking(Lack::Goods(left)) if left["LATER"] == 1));
    assert!(
        matches!(place(store, later(101, 1, 0)).await, Placed::Lacking(Lack::Goods(left)) if left["LATER"] == 0),
        "never below nothing"
    );
    assert!(matches!(place(store, later(101, 1, 3)).await, Placed::New));
    assert_eq!(move_to(store, 100, paid(), Movement::Sell).await, Changed::Done);
    assert_eq!(counts(store, "LATER").await, (-3, 1, 12, 10));

    // A late payment goes as far down as an order may.
    assert_eq!(move_to(store, 101, closed(), Movement::Release).await, Changed::Done);
    assert!(matches!(place(store, later(102, 1, 3)).await, Placed::New));
    assert_eq!(move_to(store, 101, paid(), Movement::SellLate).await, Changed::Short);
    assert_eq!(move_to(store, 102, closed(), Movement::Release).await, Changed::Done);
    assert_eq!(move_to(store, 101, paid(), Movement::SellLate).await, Changed::Done);
    assert_eq!(counts(store, "LATER").await, (-3, 0, 13, 10));

    // What arrives is counted, although it is not enough yet; what has gone is not.
    assert_eq!(store.set_shelf("LATER", 9).await.expect("answered"), None);
    store.set_shelf("LATER", 12).await.expect("answered").expect("more than before");
    assert_eq!(counts(store, "LATER").await, (-1, 0, 13, 12));
}

pub(super) async fn limits(store: &dyn OrderStore) {
    let of_all = Claim { discount: "welcome".into(), customer: None, limit: 2 };
    let of_one = |customer: &str| Claim { discount: "welcome".into(), customer: Some(customer.into()), limit: 1 };
    let kinds = [of_all.clone(), of_one("mira"), of_one("tom")];
    let both = |n, customer| claiming(n, &[("welcome", None, 2), ("welcome", Some(customer), 1)]);
    assert_eq!(uses(store, &kinds).await, [0, 0, 0]);
    assert!(matches!(place(store, both(200, "mira")).await, Placed::New));
    assert!(
        matches!(place(store, both(201, "mira")).await, Placed::Lacking(Lack::Uses(claims)) if claims == [of_one("mira")]),
        "also while unpaid"
    );
    assert!(matches!(place(store, both(202, "tom")).await, Placed::New));
    assert!(matches!(place(store, both(203, "ann")).await, Placed::Lacking(Lack::Uses(claims)) if claims == std::slice::from_ref(&of_all)));
    assert_eq!(uses(store, &kinds).await, [2, 1, 1]);

    // Given back when it closes, kept when it is paid.
    assert_eq!(move_to(store, 200, closed(), Movement::Release).await, Changed::Done);
    assert_eq!(move_to(store, 202, paid(), Movement::Sell).await, Changed::Done);
    assert_eq!(uses(store, &kinds).await, [1, 0, 1]);
    assert!(matches!(place(store, both(203, "ann")).await, Placed::New));

    // A late payment is not refused for a limit.
    assert_eq!(move_to(store, 200, paid(), Movement::SellLate).await, Changed::Done);
    assert_eq!(uses(store, &kinds).await, [3, 1, 1]);

    // An order that replaces another has its use.
    let earlier = read(store, 203).await;
    let replaces = Some(Stored { order: Order { payment: closed(), ..earlier.order }, version: earlier.version });
    let again = claiming(204, &[("welcome", None, 3), ("welcome", Some("ann"), 1)]);
    assert!(matches!(place(store, Placement { replaces, ..again }).await, Placed::New));
    assert_eq!(uses(store, &[of_one("ann")]).await, [1]);
}

pub(super) async fn gift_cards(store: &dyn OrderStore) {
    assert!(matches!(place(store, buying(300, &[("card", 1000), ("other", 500)])).await, Placed::New));
    assert_eq!(balance(store, "card").await, None, "not before it is paid");
    assert!(matches!(place(store, paying_with(301, "card", 1)).await, Placed::Lacking(Lack::Cards)));
    let sell = becoming(read(store, 300).await, paid(), Some(Movement::Sell));
    assert_eq!(store.change(sell.clone()).await.expect("answered"), Changed::Done);
    assert_eq!(store.change(sell).await.expect("answered"), Changed::Moved, "settled twice, issued once");
    assert_eq!((balance(store, "card").await, balance(store, "other").await), (Some(1000), Some(500)));

    // Reserved, given back, spent; never more than there is.
    assert!(matches!(place(store, paying_with(301, "card", 700)).await, Placed::New));
    assert_eq!(balance(store, "card").await, Some(300));
    assert!(matches!(place(store, paying_with(302, "card", 301)).await, Placed::Lacking(Lack::Cards)));
    assert_eq!(move_to(store, 301, closed(), Movement::Release).await, Changed::Done);
    assert_eq!(balance(store, "card").await, Some(1000));
    assert!(matches!(place(store, paying_with(302, "card", 400)).await, Placed::New));
    assert_eq!(move_to(store, 302, paid(), Movement::Sell).await, Changed::Done);
    assert_eq!(balance(store, "card").await, Some(600));

    // A late payment takes the money again, if enough is left.
    assert_eq!(move_to(store, 301, paid(), Movement::SellLate).await, Changed::Short);
    assert!(matches!(read(store, 301).await.order.payment, Payment::Closed(_)));
    let mut free = paying_with(303, "other", 500);
    free.order.payment = Payment::Paid { payment: None, at: start() };
    assert!(matches!(place(store, free).await, Placed::New));
    assert_eq!(balance(store, "other").await, Some(0), "spent at once where nothing else is due");
    assert!(matches!(place(store, paying_with(304, "card", 600)).await, Placed::New));
    assert_eq!(move_to(store, 304, closed(), Movement::Release).await, Changed::Done);
    assert_eq!(move_to(store, 304, paid(), Movement::SellLate).await, Changed::Done);
    assert_eq!(balance(store, "card").await, Some(0));

    // Money in another currency is no money.
    let mut foreign = paying_with(305, "card", 1);
    foreign.order.quote.currency = Currency::parse("USD").expect("a currency");
    assert!(matches!(place(store, foreign).await, Placed::Lacking(Lack::Cards)));
}

/// A card that was bought is given back: it becomes void with exactly what is left on it, and what comes back to it later is
/// void as well.
pub(super) async fn voids(store: &dyn OrderStore) {
    let of = |card: &str, amount| vec![CardUse { card: card.into(), amount }];
    let void = async |n: u32, card: &str, amount| {
        let back = TakeBack { voids: of(card, amount), ..TakeBack::default() };
        let payment = read(store, n).await.order.payment;
        move_to(store, n, payment, Movement::TakeBack(back)).await
    };
    assert!(matches!(place(store, buying(310, &[("void", 1000)])).await, Placed::New));
    assert_eq!(void(310, "void", 0).await, Changed::Done, "one that was never issued loses nothing");
    assert_eq!(void(310, "void", 1000).await, Changed::Short, "and has nothing to lose");
    assert_eq!(move_to(store, 310, paid(), Movement::Sell).await, Changed::Done);
    assert!(matches!(place(store, paying_with(311, "void", 300)).await, Placed::New));
    assert_eq!(move_to(store, 311, paid(), Movement::Sell).await, Changed::Done);
    assert!(matches!(place(store, paying_with(312, "void", 200)).await, Placed::New));

    // Before it is void, money comes back onto it.
    let credit = |amount| Movement::TakeBack(TakeBack { credits: of("void", amount), ..TakeBack::default() });
    assert_eq!(move_to(store, 311, paid(), credit(100)).await, Changed::Done);
    assert_eq!(balance(store, "void").await, Some(600));
    assert_eq!(void(310, "void", 500).await, Changed::Short, "another amount by now");
    assert_eq!(void(310, "void", 600).await, Changed::Done);
    assert_eq!(move_to(store, 311, paid(), credit(200)).await, Changed::Done);
    let earlier = read(store, 312).await;
    let replaces = Some(Stored { order: Order { payment: closed(), ..earlier.order }, version: earlier.version });
    assert!(matches!(place(store, Placement { replaces, ..paying_with(313, "void", 1) }).await, Placed::Lacking(Lack::Cards)));
    assert_eq!(move_to(store, 312, closed(), Movement::Release).await, Changed::Done);
    assert_eq!(balance(store, "void").await, Some(0));
    assert!(matches!(place(store, paying_with(313, "void", 1)).await, Placed::Lacking(Lack::Cards)));
}

pub(super) async fn wrong_codes(store: &dyn OrderStore) {
    let noted = async |client: &str, hour: i64, codes: &[&str]| {
        let codes: Vec<String> = codes.iter().map(|code| (*code).to_owned()).collect();
        store.wrong_codes(&client.to_owned(), hour, &codes).await.expect("answered")
    };
    assert_eq!(noted("a", 1, &[]).await, 0);
    assert_eq!(noted("a", 1, &["x", "y"]).await, 2);
    assert_eq!(noted("a", 1, &["y", "z"]).await, 3, "the same twice is one");
    assert_eq!(noted("b", 1, &["x"]).await, 1);
    assert_eq!((noted("a", 2, &["x"]).await, noted("a", 2, &[]).await), (1, 1));
}

/// Two at once want the last use, and what is on a card.
pub(crate) async fn races(store: &dyn OrderStore) {
    place(store, buying(400, &[("raced", 1000)])).await;
    assert_eq!(move_to(store, 400, paid(), Movement::Sell).await, Changed::Done);
    let claims = futures_util::future::join_all((401..411).map(|n| place(store, claiming(n, &[("last", None, 1)])))).await;
    assert_eq!(claims.iter().filter(|placed| matches!(placed, Placed::New)).count(), 1);
    assert_eq!(claims.iter().filter(|placed| matches!(placed, Placed::Lacking(Lack::Uses(_)))).count(), 9);
    let cards = futures_util::future::join_all((411..421).map(|n| place(store, paying_with(n, "raced", 300)))).await;
    assert_eq!(cards.iter().filter(|placed| matches!(placed, Placed::New)).count(), 3);
    assert_eq!(balance(store, "raced").await, Some(100));
}

/// So many more of B than there are may be sold in a random life.
pub(super) const BACKORDER: i64 = 4;

/// A placement of a random life that holds other things as well. The cards of all orders are numbered; one pays if it is there.
pub(crate) fn holding(mut placement: Placement, claims: bool, pays: i64, buys: i64) -> Placement {
    let order = &mut placement.order;
    for item in order.items.iter_mut().filter(|item| item.sku == "B") {
        item.backorder = 4;
    }
    if claims {
        order.claims = vec![Claim { discount: "life".into(), customer: None, limit: 3 }];
    }
    if pays > 0 {
        order.cards = vec![CardUse { card: "id-0".into(), amount: pays }];
    }
    if buys > 0 {
        order.issues = vec![Issue { card: order.id.0.clone(), line: 0, unit: 0, amount: buys }];
    }
    placement
}

/// Uses are what open and paid orders claim; a card is there when its order is paid, and holds what others have left.
pub(super) async fn check(store: &dyn OrderStore, orders: &[Order]) {
    let holds = |order: &&Order| !matches!(order.payment, Payment::Closed(_));
    let claimed = orders.iter().filter(holds).filter(|order| !order.claims.is_empty()).count();
    let kind = Claim { discount: "life".into(), customer: None, limit: 3 };
    assert_eq!(uses(store, &[kind]).await, [u32::try_from(claimed).expect("few")]);
    let taken: i64 = orders.iter().filter(holds).flat_map(|order| &order.cards).map(|used| used.amount).sum();
    for order in orders {
        let issued = order.issues.first().filter(|_| matches!(order.payment, Payment::Paid { .. })).map(|issue| issue.amount);
        let left = issued.map(|amount| if order.id.0 == "id-0" { amount - taken } else { amount });
        assert_eq!(balance(store, &order.id.0).await, left, "{}", order.id.0);
        assert!(left.is_none_or(|left| left >= 0));
    }
}
