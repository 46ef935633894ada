//! The worlds, and what each condition is for.

use stateright::{Checker, HasDiscoveries};

use super::*;

/// Wants the last unit of one SKU and one of the other.
const CHARGED: Shopper = Shopper { kind: Kind::Charges, wants: [1, 1] };
/// Wants the same last unit.
const CAPTURED: Shopper = Shopper { kind: Kind::Captures, wants: [1, 0] };
const RIVAL: Shopper = Shopper { kind: Kind::Charges, wants: [1, 0] };

fn world(shoppers: &[Shopper]) -> World {
    World {
        shoppers: shoppers.to_vec(),
        stocked: [1, 2],
        crashes: 1,
        sticks: false,
        slowly: false,
        leaks: false,
        merchant: false,
        mutation: None,
    }
}

/// Everything can happen that happens to an address which nobody has.
fn full(shoppers: &[Shopper]) -> World {
    World { sticks: true, slowly: true, merchant: true, ..world(shoppers) }
}

/// Addresses are found out, and sessions are there that nobody has asked for.
fn leaky(shoppers: &[Shopper]) -> World {
    World { sticks: true, leaks: true, ..world(shoppers) }
}

/// Money can come when all is over, and the goods are gone.
fn late() -> World {
    World { leaks: true, crashes: 0, ..world(&[CHARGED, RIVAL]) }
}

/// Walks through all of a world.
fn holds(name: &str, world: World) {
    let checker = world.checker().threads(2).finish_when(HasDiscoveries::AnyFailures).spawn_bfs().join();
    println!("{name}: {} states", checker.unique_state_count());
    checker.assert_properties();
}

#[test]
fn one_shopper() {
    holds("one who is charged", full(&[CHARGED]));
    holds("one who is captured", full(&[CAPTURED]));
}

#[test]
fn addresses_that_leak() {
    holds("one who is charged, leaking", leaky(&[CHARGED]));
    holds("one who is captured, leaking", World { sticks: false, ..leaky(&[CAPTURED]) });
    holds("two who are charged, leaking", late());
}

#[test]
fn two_shoppers_and_the_last_unit() {
    holds("two who are charged", world(&[CHARGED, RIVAL]));
    holds("one who is charged and one who is captured", world(&[CHARGED, CAPTURED]));
}

/// A minute or two each, and some gigabytes: `cargo test --release -p shopfront-checkout --features sandbox model -- --ignored
/// --nocapture`.
#[test]
#[ignore = "takes minutes"]
fn the_larger_worlds() {
    holds("one who is charged, two crashes each", World { crashes: 2, ..full(&[CHARGED]) });
    holds("one who is captured, two crashes each", World { crashes: 2, ..full(&[CAPTURED]) });
    holds("one who is charged, leaking and slow", World { slowly: true, ..leaky(&[CHARGED]) });
    holds("one who is captured, leaking and stuck", leaky(&[CAPTURED]));
    holds("two who are captured", world(&[CAPTURED, CAPTURED]));
    holds("two who are charged, leaking and stuck", World { crashes: 0, ..leaky(&[CHARGED, RIVAL]) });
    holds("two who are charged, and everything", full(&[CHARGED, RIVAL]));
}

/// Each condition that is taken away, the world in which that is seen, and what is broken then.
#[test]
fn every_condition_is_needed() {
    use Mutation as M;
    let (charged, captured, leaking) = (full(&[CHARGED]), full(&[CAPTURED]), leaky(&[CHARGED]));
    let (rivals, mixed, late) = (world(&[CHARGED, RIVAL]), world(&[CHARGED, CAPTURED]), late());
    let rows = [
        (M::VersionIsIgnored, &charged, FORWARD),
        (M::PlacingDoesNotCount, &rivals, COUNTED),
        (M::LateGoodsAreNotCounted, &mixed, COUNTED),
        (M::GoodsMoveApart, &charged, COUNTED),
        (M::HandOverIsUnconditional, &charged, FORWARD),
        (M::AddressLeavesFirst, &charged, STORED),
        (M::AnySessionIsAnswered, &leaking, STORED),
        (M::ReleaseDoesNotExpire, &charged, SETTLED),
        (M::ReleaseNeedsNoEnd, &charged, SETTLED),
        (M::CapturingIsReleased, &captured, HELD),
        (M::RefundComesFirst, &late, ONCE),
        (M::RefundsHaveNoKey, &charged, ONCE),
        (M::SurplusIsKept, &leaking, SETTLED),
        (M::LateMoneyIsKept, &late, SETTLED),
        (M::OwnPaymentGoesBack, &charged, ONCE),
        (M::RefundedMoneyBuys, &late, ONCE),
        (M::CaptureDoesNotHold, &captured, HELD),
        (M::AnyEndCloses, &captured, HELD),
        (M::DeclineReopens, &captured, FORWARD),
        (M::AwaitingIsForgotten, &charged, SETTLED),
        (M::CapturingIsForgotten, &captured, SETTLED),
        (M::ProcessingIsForgotten, &charged, SETTLED),
        (M::RefundsAreForgotten, &charged, SETTLED),
        (M::AnyApprovalCaptures, &captured, HELD),
        (M::CapturesHaveNoKey, &captured, HELD),
        (M::AnyDeclineEndsCapture, &captured, HELD),
    ];
    for (mutation, world, property) in rows {
        let world = World { mutation: Some(mutation), ..world.clone() };
        let checker = world.checker().threads(2).finish_when(HasDiscoveries::AnyOf([property].into())).spawn_bfs().join();
        let path = checker.discovery(property).unwrap_or_else(|| panic!("without {mutation:?}, '{property}' holds all the same"));
        println!("{mutation:?}: '{property}' is broken in {} steps", path.into_actions().len());
    }
}

/// Conditions behind which another one stands. They are kept because each saves a refund, a held unit or a shopper's trouble.
#[test]
fn second_barriers() {
    use Mutation as M;
    let (charged, captured, leaking) = (full(&[CHARGED]), full(&[CAPTURED]), leaky(&[CHARGED]));
    let rows = [
        (M::HandOverReplaces, &leaking, "an order's other session is only there if a request was carried out late; money in it is settled"),
        (M::SessionsAreNew, &charged, "only the address of the session that is stored leaves the function"),
        (M::StuckIsNotSearched, &leaking, "likewise; money in the session that was not found is settled"),
        (M::LostRaceLeavesSession, &leaking, "the session's address has not left; money in it is settled"),
        (M::PendingIsNotSearched, &charged, "likewise, and whoever opens the session later ends it"),
        (M::RefundsAreNotSearched, &captured, "the same key gives back once; looking is for keys that are too old"),
    ];
    for (mutation, world, why) in rows {
        holds(&format!("{mutation:?} ({why})"), World { mutation: Some(mutation), ..world.clone() });
    }
}
