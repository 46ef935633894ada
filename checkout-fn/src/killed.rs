//! The program is killed, by SIGKILL, before and after each of its calls of store, gateway, files and mail, through whole purchases: every
//! boundary of a list that is recorded from a purchase in which nobody dies. Each time it is started again and the worker goes round;
//! shopper and gateway try again what was not answered. In the end the order is right: paid once or nothing charged, every piece counted, no
//! letter lost, and who asks again gets the same order.

use axum::body::Bytes;
use axum::http::{HeaderMap, Method};
use catalog::currency::Gateway;
use futures_util::StreamExt;
use jiff::SignedDuration;
use serde_json::{Value, json};

use self::world::{Kept, World};
use crate::gateway::stripe::{Stripe, StripeSettings};
use crate::order::Payment;
use crate::ports::PaymentGateway;
use crate::shop::SystemClock;

mod mail;
mod world;

/// So many programs live and die at a time.
const AT_ONCE: usize = 3;

/// A purchase, and how it has to have ended.
#[derive(Debug, Clone, Copy)]
enum Story {
    /// Mugs and a download, paid at Stripe twice, in two sessions.
    PaidTwice,
    /// Mugs, given up for fewer mugs, and those are not paid either.
    Abandoned,
    /// Mugs, agreed to at `PayPal`.
    Approved,
}

impl Story {
    fn gateway(self) -> Gateway {
        match self {
            Self::PaidTwice | Self::Abandoned => Gateway::Stripe,
            Self::Approved => Gateway::Paypal,
        }
    }

    /// Told from the first request to the last letter. `ends_at` is the boundary at which the program is killed; the answer is what it
    /// came to until then.
    async fn tell(self, kept: Kept, ends_at: usize) -> Vec<String> {
        let world = World::new(kept, self.gateway(), ends_at).await;
        match self {
            Self::PaidTwice => paid_twice(&world).await,
            Self::Abandoned => abandoned(&world).await,
            Self::Approved => approved(&world).await,
        }
        world.passed()
    }

    /// Kills the program at every boundary.
    async fn at_every_boundary(self, kept: Kept) {
        let boundaries = self.tell(kept, 0).await;
        let list: Vec<String> = boundaries.iter().zip(1..).map(|(boundary, n)| format!("{n:4} {boundary}")).collect();
        println!("{self:?}, {kept:?}: {} boundaries\n{}", boundaries.len(), list.join("\n"));
        for effect in self.effects() {
            for side in ["before", "after"] {
                assert!(boundaries.contains(&format!("{side} {effect}")), "nobody was killed {side} {effect}");
            }
        }
        let killed = futures_util::stream::iter(1..=boundaries.len()).map(|n| {
            let boundaries = &boundaries;
            async move {
                // What it came to is what was recorded, as far as it came.
                assert_eq!(self.tell(kept, n).await, boundaries[..n], "killed at {n}, {}", boundaries[n - 1]);
            }
        });
        killed.buffer_unordered(AT_ONCE).collect::<Vec<()>>().await;
    }

    /// What has to be among the effects of a story, or it tells too little.
    fn effects(self) -> &'static [&'static str] {
        match self {
            Self::PaidTwice => &[
                "store.place",
                "store.personal",
                "store.change",
                "store.has_seen",
                "store.waking",
                "store.owed",
                "store.settle_letter",
                "files.keep",
                "gateway.open",
                "gateway.look",
                "gateway.read_notice",
                "gateway.refund",
                "mailer.send",
            ],
            Self::Abandoned => &["store.place", "store.change", "gateway.open", "gateway.expire"],
            Self::Approved => &["gateway.open", "gateway.look", "gateway.capture", "store.change", "mailer.send"],
        }
    }
}

fn order_of(lines: &Value, total: i64) -> Value {
    json!({
        "lines": lines, "email": "mira@example.com", "expected_total": total, "idempotency_key": uuid::Uuid::new_v4().to_string(),
        "ship_to": { "name": "Mira Sol", "line1": "Hauptstr. 1", "city": "Berlin", "postcode": "10115", "country": "DE" },
    })
}

fn text(answer: &Value, name: &str) -> String {
    answer[name].as_str().unwrap_or_else(|| panic!("no {name}: {answer}")).to_owned()
}

/// Places an order, as often as it takes.
async fn place(world: &World, body: &Value) -> Value {
    let (status, placed) = world.post("/api/checkout", body).await;
    assert_eq!(status, 201, "{placed}");
    placed
}

/// Delivers what Stripe has to tell, each of it until it is taken, and then once more.
async fn tell_of_stripe(world: &World) {
    for notice in world.stripe.take_notices() {
        for _ in 0..2 {
            let signature = world.stripe.sign(&notice).parse().expect("a header");
            let headers = HeaderMap::from_iter([("stripe-signature".parse().expect("a name"), signature)]);
            let (status, answer) = world.insist(Method::POST, "/api/webhooks/stripe", &headers, Bytes::from(notice.body.clone())).await;
            assert_eq!(status, 200, "{answer}");
        }
    }
}

async fn paid_twice(world: &World) {
    let lines = json!([{ "sku": "MUG", "quantity": 2 }, { "sku": "PACK", "quantity": 1 }]);
    let body = order_of(&lines, 5390);
    let placed = place(world, &body).await;
    let sessions = world.stripe.ids("checkout.session");
    assert_eq!(sessions.len(), 1, "however often it was tried: {sessions:?}");
    let stray = stray_session(world).await;
    world.stripe.pay(&sessions[0]).expect("paid");
    tell_of_stripe(world).await;
    world.get(&format!("/api/return/stripe?order={}", text(&placed, "token"))).await;
    world.stripe.pay(&stray).expect("paid once more");
    tell_of_stripe(world).await;
    for _ in 0..2 {
        world.sweep().await;
    }
    tell_of_stripe(world).await;

    assert_eq!(world.stripe.ids("refund").len(), 1, "the second payment is given back once");
    let refunded = world.stripe.object(&world.stripe.ids("refund")[0]).expect("a refund");
    assert_eq!((&refunded["amount"], &refunded["status"]), (&json!(5390), &json!("succeeded")));
    let (_, seen) = world.get(&format!("/api/orders/{}", text(&placed, "token"))).await;
    assert_eq!(seen["refunds"], json!([{ "amount": 5390, "gift_cards": 0, "status": "succeeded" }]));
    assert_eq!(seen["downloads"].as_array().map(Vec::len), Some(1));
    is_bought(world, &body, &placed).await;
}

/// Another session of the order, as a program leaves one behind that has lost its way. Its name.
async fn stray_session(world: &World) -> String {
    let store = world.store();
    let order = store.newest(1).await.expect("readable").remove(0);
    let personal = store.personal(&order.id).await.expect("readable").expect("personal data");
    let stripe = Stripe::new(StripeSettings {
        key: crate::doubles::stripe::KEY.into(),
        signing_secrets: vec!["whsec_of_nobody".into()],
        shop: "nobody's".into(),
        base: Some(world.stripe.base().into()),
        clock: std::sync::Arc::new(SystemClock),
    });
    let composed = personal.request.expect("what Stripe was asked for").body;
    let opened = stripe.expect("a gateway").open(&order.id, 2, &composed).await;
    opened.expect("a session").sighting.session.id.0
}

async fn approved(world: &World) {
    let body = order_of(&json!([{ "sku": "MUG", "quantity": 2 }]), 4490);
    let placed = place(world, &body).await;
    let order = world.store().newest(1).await.expect("readable").remove(0);
    let session = order.payment.session().expect("a session").id.0.clone();
    assert!(world.paypal.approve(&session));
    world.get(&format!("/api/return/paypal?order={}", text(&placed, "token"))).await;
    for notice in world.paypal.notices() {
        for _ in 0..2 {
            let (status, answer) = world.insist(Method::POST, "/api/webhooks/paypal", &notice.headers, notice.body.clone()).await;
            assert_eq!(status, 200, "{answer}");
        }
    }
    for _ in 0..2 {
        world.sweep().await;
    }
    assert_eq!(world.paypal.holds(), 4490, "taken once");
    is_bought(world, &body, &placed).await;
}

/// Two mugs are sold, in one order, and everybody was told.
async fn is_bought(world: &World, body: &Value, placed: &Value) {
    let (status, again) = world.post("/api/checkout", body).await;
    assert_eq!((status, &again["order"], again.get("pay_url")), (200, &placed["order"], None), "{again}");
    let store = world.store();
    let orders = store.newest(9).await.expect("readable");
    assert!(orders.len() == 1 && orders[0].is_paid(), "{orders:?}");
    let count = store.all_counts().await.expect("readable")["MUG"];
    assert_eq!((count.available, count.reserved, count.sold, count.stocked), (3, 0, 2, 5));
    is_told(world, &["confirmation", "merchant-order"]).await;
}

/// Nothing is owed any more, and each letter has come, at most twice: whoever is killed between handing it over and noting so sends it
/// again.
async fn is_told(world: &World, kinds: &[&str]) {
    let owed = world.store().owed(world.now() + SignedDuration::from_hours(24), 9).await.expect("readable");
    assert!(owed.is_empty(), "{owed:?}");
    let mail = world.mail();
    for kind in kinds {
        let count = mail.iter().filter(|subject| subject.starts_with(&format!("{kind} "))).count();
        assert!((1..=2).contains(&count), "{count} × {kind}: {mail:?}");
    }
    assert!(mail.iter().all(|subject| kinds.iter().any(|kind| subject.starts_with(kind))), "{mail:?}");
}

async fn abandoned(world: &World) {
    let first = order_of(&json!([{ "sku": "MUG", "quantity": 4 }]), 8490);
    let earlier = place(world, &first).await;
    let mut second = order_of(&json!([{ "sku": "MUG", "quantity": 3 }]), 6490);
    second["replaces"] = earlier["token"].clone();
    place(world, &second).await;
    world.pass(SignedDuration::from_mins(36)).await;
    world.sweep().await;
    tell_of_stripe(world).await;
    world.sweep().await;

    let sessions = world.stripe.ids("checkout.session");
    assert_eq!(sessions.len(), 2, "one for each order: {sessions:?}");
    for session in &sessions {
        assert_eq!(world.stripe.object(session).expect("a session")["status"], "expired", "nobody can pay there");
    }
    let store = world.store();
    let orders = store.newest(9).await.expect("readable");
    assert!(orders.len() == 2 && orders.iter().all(|order| matches!(order.payment, Payment::Closed(_))), "{orders:?}");
    let count = store.all_counts().await.expect("readable")["MUG"];
    assert_eq!((count.available, count.reserved, count.sold, count.stocked), (5, 0, 0, 5));
    for body in [&first, &second] {
        let (status, answer) = world.post("/api/checkout", body).await;
        assert_eq!((status, &answer["code"]), (409, &json!("order_closed")));
    }
    is_told(world, &[]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_purchase_through_stripe_survives_a_kill_at_every_boundary() {
    Story::PaidTwice.at_every_boundary(Kept::InFile).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_abandoned_purchase_survives_a_kill_at_every_boundary() {
    Story::Abandoned.at_every_boundary(Kept::InFile).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_purchase_through_paypal_survives_a_kill_at_every_boundary() {
    Story::Approved.at_every_boundary(Kept::InFile).await;
}

#[cfg(feature = "dynamodb")]
mod in_a_table {
    use super::{Kept, Story};

    #[tokio::test(flavor = "multi_thread")]
    async fn a_purchase_through_stripe_survives_a_kill_at_every_boundary() {
        Story::PaidTwice.at_every_boundary(Kept::InTable).await;
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn an_abandoned_purchase_survives_a_kill_at_every_boundary() {
        Story::Abandoned.at_every_boundary(Kept::InTable).await;
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn a_purchase_through_paypal_survives_a_kill_at_every_boundary() {
        Story::Approved.at_every_boundary(Kept::InTable).await;
    }
}
