//! Histories of a shop as the dice say: the real routes, the real store and the sandbox, of which any call can fail before or after its
//! effect, or find that others have acted before it; notices are lost. Whatever happens, the counts are right; and once the faults are over and the worker has been round, so is the money, and each paid order has its number.

use catalog::currency::Gateway;

use self::faults::{Dice, FaultyGateway, FaultyStore, Intruder};
use super::*;
use crate::decide::Status;
use crate::gateway::sandbox::Press;
use crate::order::{Invoice, Order, Payment, SessionId};
use crate::ports::PaymentGateway;

pub(super) mod faults;

/// Steps of a history.
const STEPS: u64 = 40;

struct History {
    shop: TestShop,
    dice: Arc<Dice>,
    gateway: Arc<dyn PaymentGateway>,
    /// What shoppers have sent, and may send again.
    bodies: Vec<Value>,
    /// What they were answered: token and address.
    pages: Vec<(String, String)>,
}

impl History {
    fn begin(seed: u64) -> Self {
        let mut shop = TestShop::with(|contents| contents.terms.seller = Some(papers::seller()));
        let dice = Dice::new(seed, 4);
        let gateway = shop.checkout.shop.gateways[&Gateway::Sandbox].clone();
        let faulty = FaultyGateway { inner: gateway.clone(), dice: dice.clone() };
        shop.checkout.shop.gateways.insert(Gateway::Sandbox, Arc::new(faulty));
        shop.checkout.shop.store = Arc::new(FaultyStore { inner: shop.checkout.shop.store.clone(), dice: dice.clone() });
        *dice.intruder.lock().expect("unpoisoned") = Some(Intruder { checkout: shop.checkout.clone(), clock: shop.clock.clone() });
        Self { shop, dice, gateway, bodies: Vec::new(), pages: Vec::new() }
    }

    fn one_of<'a, T>(&self, all: &'a [T]) -> Option<&'a T> {
        let sides = u64::try_from(all.len()).ok().filter(|sides| *sides > 0)?;
        all.get(usize::try_from(self.dice.roll(sides)).ok()?)
    }

    async fn step(&mut self) {
        match self.dice.roll(10) {
            0 => {
                let body = if self.dice.roll(2) == 0 { mugs(2) } else { order_of(&json!([{ "sku": "LAST", "quantity": 1 }]), 2990) };
                self.bodies.push(body);
                self.order(self.bodies.len() - 1).await;
            }
            1 | 2 if !self.bodies.is_empty() => {
                let which = self.dice.roll(u64::try_from(self.bodies.len()).expect("few"));
                self.order(usize::try_from(which).expect("few")).await;
            }
            3 | 4 => {
                let Some((_, pay_url)) = self.one_of(&self.pages) else { return };
                let presses = [Press::Paid, Press::Paid, Press::Declined, Press::PendingPaid, Press::PendingFailed];
                let press = *self.one_of(&presses).expect("there are some");
                let session = pay_url.rsplit('/').next().expect("a session");
                self.shop.desk().sandbox.press(session, press).await.expect("the page works");
            }
            5 => self.come_back("").await,
            6 if self.dice.roll(3) == 0 => self.come_back("&cancelled=true").await,
            7 => self.shop.desk().deliver_notices().await,
            8 => self.shop.checkout.sweep().await,
            _ => {
                let minutes = [0, 1, 10, 36][usize::try_from(self.dice.roll(4)).expect("few")];
                self.shop.pass(SignedDuration::from_secs(5 + 60 * minutes));
            }
        }
    }

    async fn order(&mut self, which: usize) {
        let client = format!("client {which}");
        let answer = self.shop.post_as(&client, "/api/checkout", &self.bodies[which].clone()).await;
        if answer.status == StatusCode::CREATED {
            self.pages.push((answer.text("token"), answer.text("pay_url")));
        }
    }

    async fn come_back(&self, how: &str) {
        let Some((token, _)) = self.one_of(&self.pages) else { return };
        self.shop.get(&format!("/api/return/sandbox?order={token}{how}")).await;
    }

    /// The faults are over; notices arrive and the worker goes round until nothing is left to do.
    async fn settle(&self) {
        self.dice.per_cent.store(0, Ordering::SeqCst);
        self.dice.intruder.lock().expect("unpoisoned").take();
        for _ in 0..4 {
            self.shop.pass(SignedDuration::from_hours(25));
            self.shop.checkout.sweep().await;
        }
    }

    /// What is wrong with the money, once all is settled.
    async fn wrongs(&self) -> Vec<String> {
        let (mut wrongs, mut invoices) = (Vec::new(), Vec::new());
        for order in self.shop.checkout.shop.store.newest(1000).await.expect("orders") {
            let wakes = order.wake_at().is_some() || order.payment.is_open();
            wrongs.extend(wakes.then(|| format!("{} is not settled: {:?}", order.number, order.payment)));
            match &order.invoice {
                Invoice::Given(numbered) if order.is_paid() => invoices.push(numbered.number.clone()),
                Invoice::Wanted if !order.is_paid() => {}
                other => wrongs.push(format!("{} is {:?} and its invoice {other:?}", order.number, order.payment)),
            }
            for attempt in 1..=3 {
                let Some(sighting) = self.gateway.find(&order.id, attempt).await.expect("an answer") else { continue };
                wrongs.extend(self.wrong_in(&order, &sighting.session.id, sighting.status).await);
            }
        }
        invoices.sort();
        let expected: Vec<String> = (1..=invoices.len()).map(|place| format!("T-{place:04}")).collect();
        wrongs.extend((invoices != expected).then(|| format!("the invoices are {invoices:?}")));
        wrongs
    }

    async fn wrong_in(&self, order: &Order, session: &SessionId, status: Status) -> Option<String> {
        let told = |what: &str| Some(format!("{} {what}: {} is {status:?}, the order {:?}", order.number, session.0, order.payment));
        let Status::Paid { payment, amount, .. } = &status else {
            let is_its = matches!(&order.payment, Payment::Paid { payment: Some(known), .. } if known.0 == format!("pay_{}", session.0));
            return if is_its { told("was never paid") } else { None };
        };
        let seen = self.gateway.aftermath(payment).await.expect("an answer")?;
        let given_back: i64 = seen.refunds.iter().map(|refund| refund.amount).sum();
        let is_its = matches!(&order.payment, Payment::Paid { payment: Some(known), .. } if known == payment);
        if given_back == if is_its { 0 } else { *amount } { None } else { told(&format!("has {given_back} given back")) }
    }
}

/// Lives through a history. How many of its orders were paid, and how many were closed without.
async fn live(seed: u64) -> (usize, usize) {
    let mut history = History::begin(seed);
    for _ in 0..STEPS {
        history.step().await;
        history.shop.stock("MUG").await;
    }
    history.settle().await;
    history.shop.stock("MUG").await;
    assert_eq!(history.wrongs().await, Vec::<String>::new(), "history {seed}");
    let orders = history.shop.checkout.shop.store.newest(1000).await.expect("orders");
    let paid = orders.iter().filter(|order| order.is_paid()).count();
    (paid, orders.len() - paid)
}

#[tokio::test]
async fn whatever_fails_money_and_goods_are_right_in_the_end() {
    let (mut paid, mut closed) = (0, 0);
    for seed in 0..25 {
        let orders = live(seed).await;
        (paid, closed) = (paid + orders.0, closed + orders.1);
    }
    assert!(paid >= 10 && closed >= 10, "{paid} were paid, {closed} were closed");
}

/// As many histories as `HISTORIES` says, from the one that `SEED` says; each stands for itself. `cargo test --release -p
/// shopfront-checkout --features sandbox many_histories -- --ignored --nocapture`.
#[tokio::test]
#[ignore = "takes minutes"]
#[expect(clippy::disallowed_methods, reason = "whoever runs it says how long")]
async fn many_histories() {
    let said = |name: &str, usual: u64| std::env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(usual);
    let (first, count) = (said("SEED", 1_000), said("HISTORIES", 1_000));
    let (begun, mut paid, mut closed) = (std::time::Instant::now(), 0, 0);
    for seed in first..first + count {
        let orders = live(seed).await;
        (paid, closed) = (paid + orders.0, closed + orders.1);
    }
    println!("{count} histories in {:?}: {paid} orders paid, {closed} closed", begun.elapsed());
}
