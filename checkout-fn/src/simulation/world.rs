//! A shop and everybody around it: shoppers, the gateway, the merchant, several instances of the program, and time.

use std::collections::BTreeMap;
use std::pin::Pin;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use http_body_util::BodyExt;
use jiff::SignedDuration;
use serde_json::Value;
use tower::ServiceExt;

use super::bench::{Bench, HandClock, NoFiles, NoMail, TABLE};
use super::books::{Books, Known};
use super::checks::Checks;
use super::dice::Dice;
use super::faults::{FaultyGateway, FaultyStore, Shelves};
use super::goods::Editions;
use super::letters::Seen;
use super::till::{Contested, Letter, Till};
use super::{Outcome, StoreKind, wire};
use crate::catalogue::MemoryBundle;
use crate::doubles::{paypal, stripe};
use crate::error::Fault;
use crate::gateway::paypal::{PayPal, PayPalSettings};
use crate::gateway::stripe::{Stripe, StripeSettings};
use crate::keys::Keys;
use crate::ports::{Clock, OrderStore, PaymentGateway};
use crate::shop::{Checkout, Mail, Ports, Settings};
use crate::store::dynamodb::DynamoStore;
use crate::store::sqlite::SqliteStore;

/// What somebody does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Step {
    Order,
    SameAgain,
    SameKeyEdited,
    Replace,
    Pay,
    ComeBack,
    GiveUp,
    LookAtOrder,
    Notices,
    Sweep,
    Wait,
    Fulfil,
    Refund,
    RefundAgain,
    CancelOrder,
    Resolve,
    Count,
    Reprice,
    RefundByHand,
    Dispute,
    GatewayTrouble,
}

/// How often each step is taken.
pub(super) const STEPS: &[(Step, u64)] = &[
    (Step::Order, 18),
    (Step::SameAgain, 6),
    (Step::SameKeyEdited, 2),
    (Step::Replace, 4),
    (Step::Pay, 22),
    (Step::ComeBack, 10),
    (Step::GiveUp, 2),
    (Step::LookAtOrder, 1),
    (Step::Notices, 14),
    (Step::Sweep, 4),
    (Step::Wait, 6),
    (Step::Fulfil, 4),
    (Step::Refund, 9),
    (Step::RefundAgain, 2),
    (Step::CancelOrder, 3),
    (Step::Resolve, 1),
    (Step::Count, 3),
    (Step::Reprice, 1),
    (Step::RefundByHand, 2),
    (Step::Dispute, 1),
    (Step::GatewayTrouble, 2),
];

/// How often each is what others do between two effects.
const INTRUSIONS: &[(Step, u64)] = &[
    (Step::Order, 3),
    (Step::SameAgain, 4),
    (Step::Replace, 1),
    (Step::Pay, 8),
    (Step::ComeBack, 4),
    (Step::GiveUp, 2),
    (Step::Notices, 6),
    (Step::Sweep, 3),
    (Step::Wait, 3),
    (Step::Fulfil, 1),
    (Step::Refund, 3),
    (Step::CancelOrder, 3),
    (Step::Count, 1),
    (Step::RefundByHand, 1),
];

/// An order as its shopper knows it.
#[derive(Debug, Clone)]
pub(super) struct Visit {
    pub(super) client: String,
    pub(super) body: Value,
    /// What was answered first, if anything was.
    pub(super) accepted: Option<Accepted>,
}

/// Token, number and address of an order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Accepted {
    pub(super) token: String,
    pub(super) number: String,
    pub(super) pay_url: Option<String>,
}

/// The store beneath the faults, to look into.
enum Vault {
    Sqlite(SqliteStore),
    Dynamo(wire::Wire),
}

/// All of it.
pub(super) struct World {
    pub(super) checkout: Checkout,
    router: axum::Router,
    pub(super) dice: Arc<Dice>,
    pub(super) clock: Arc<HandClock>,
    catalogue: Arc<MemoryBundle>,
    editions: Arc<Editions>,
    edition: Mutex<usize>,
    /// Without faults.
    pub(super) gateway: Arc<dyn PaymentGateway>,
    pub(super) till: Till,
    vault: Vault,
    known: Arc<Mutex<Known>>,
    pub(super) visits: Mutex<Vec<Visit>>,
    /// What each cart cost when somebody last saw it.
    pub(super) totals: Mutex<BTreeMap<String, i64>>,
    /// Notices on their way.
    pub(super) post: Mutex<Vec<Letter>>,
    /// Notices that got lost, until the gateway sends them once more.
    pub(super) lost: Mutex<Vec<Letter>>,
    pub(super) shelves: Arc<Shelves>,
    pub(super) seen: Arc<Mutex<Seen>>,
    checks: Mutex<Checks>,
    wrongs: Mutex<Vec<String>>,
    /// Since the table last forgot its tokens, in seconds.
    tokens_age: AtomicI64,
}

/// A status and a body.
pub(super) struct Answer {
    pub(super) status: StatusCode,
    pub(super) body: Value,
}

pub(super) fn locked<T>(of: &Mutex<T>) -> MutexGuard<'_, T> {
    of.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The gateway of a history: the sandbox, and for some of them a stand-in for one of the others.
async fn gateway(bench: &Bench, seed: u64, settings: &Settings, keys: &Keys) -> Result<(Arc<dyn PaymentGateway>, Till), Fault> {
    let clock = settings.clock.clone();
    match seed / 2 % 16 {
        0 => {
            let double = paypal::Double::new(clock.clone());
            let settings = PayPalSettings {
                is_live: false,
                client_id: paypal::CLIENT.0.into(),
                client_secret: paypal::CLIENT.1.into(),
                webhook_id: paypal::WEBHOOK_ID.into(),
                asks_about_notices: false,
                base: None,
                clock,
            };
            let gateway = PayPal::over(settings, double.http(), double.trust()).map_err(Fault::new)?;
            Ok((Arc::new(gateway), Till::PayPal(double)))
        }
        1 => {
            let double = stripe::StripeDouble::in_process(clock.clone());
            let settings = StripeSettings {
                key: stripe::KEY.into(),
                signing_secrets: vec![stripe::SIGNING_SECRET.into()],
                shop: "tessel".into(),
                base: Some(double.base().into()),
                clock,
            };
            let gateway = Stripe::over(settings, double.http()).map_err(Fault::new)?;
            Ok((Arc::new(gateway), Till::Stripe(double)))
        }
        _ => {
            let sandbox = Arc::new(bench.sandbox.gateway(settings, keys.gateway_secret("sandbox")).await?);
            Ok((sandbox.clone(), Till::Sandbox(sandbox, Arc::new(Contested::default()))))
        }
    }
}

impl World {
    /// A shop that has just opened.
    pub(super) async fn begin(bench: &mut Bench, dice: &Arc<Dice>, seed: u64, store: StoreKind) -> Result<Arc<Self>, Fault> {
        let clock = Arc::new(HandClock::new());
        let faults = dice.clone();
        let settings = Settings {
            trust_client_header: true,
            clock: clock.clone(),
            on_fault: Some(Arc::new(move |text| faults.tell(|| format!("      log: {text}")))),
            ..Settings::new("", "", "http://shop.test")
        };
        let secret = [7; 32];
        bench.wire.take(None);
        bench.wire.table.forget();
        let (vault, inner): (_, Arc<dyn OrderStore>) = match store {
            StoreKind::Sqlite => {
                bench.sqlite.forget().await?;
                (Vault::Sqlite(bench.sqlite.clone()), Arc::new(bench.sqlite.clone()))
            }
            StoreKind::Dynamo => (Vault::Dynamo(bench.wire.clone()), Arc::new(DynamoStore::visit(bench.client.clone(), TABLE))),
        };
        bench.catalogue.replace(bench.editions[0].clone());
        let (gateway, till) = gateway(bench, seed, &settings, &Keys::new(secret)).await?;
        let (shelves, seen): (Arc<Shelves>, Arc<Mutex<Seen>>) = Default::default();
        let contested = if let Till::Sandbox(_, contested) = &till { Some(contested.clone()) } else { None };
        let faulty = FaultyGateway { inner: gateway.clone(), dice: dice.clone(), contested };
        let ports = Ports {
            store: Arc::new(FaultyStore { inner, dice: dice.clone(), shelves: shelves.clone(), seen: seen.clone() }),
            gateways: [(till.gateway(), Arc::new(faulty) as Arc<dyn PaymentGateway>)].into(),
            catalogue: bench.catalogue.clone(),
            files: Arc::new(NoFiles),
            mail: Mail::Here(Arc::new(NoMail)),
            secret,
        };
        let checkout = Checkout::assemble(settings, ports);
        let world = Arc::new(Self {
            router: checkout.router(),
            checkout,
            dice: dice.clone(),
            clock,
            catalogue: bench.catalogue.clone(),
            editions: bench.editions.clone(),
            edition: Mutex::new(0),
            gateway,
            till,
            vault,
            known: Arc::default(),
            visits: Mutex::default(),
            totals: Mutex::default(),
            post: Mutex::default(),
            lost: Mutex::default(),
            shelves,
            seen,
            checks: Mutex::default(),
            wrongs: Mutex::default(),
            tokens_age: AtomicI64::new(0),
        });
        bench.wire.take(Some(dice.clone()));
        dice.let_in(world.clone());
        dice.tell(|| format!("history {seed} on {store:?} with {}", world.till.gateway().name()));
        Ok(world)
    }

    /// Others act between two effects of an instance.
    pub(super) fn intrude(self: Arc<Self>) -> Pin<Box<dyn Future<Output = ()> + Send>> {
        Box::pin(async move { self.step(self.dice.one_of_weighted(INTRUSIONS)).await })
    }

    /// Somebody does something. What ends with its instance is over.
    pub(super) async fn step(&self, step: Step) {
        self.dice.tell(|| format!("  {step:?} at {}", self.clock.now()));
        match step {
            Step::Order => self.order(None).await,
            Step::SameAgain => self.same_again().await,
            Step::SameKeyEdited => self.same_key_edited().await,
            Step::Replace => self.replace().await,
            Step::Pay => self.pay().await,
            Step::ComeBack => self.come_back("").await,
            Step::GiveUp => self.come_back("&cancelled=true").await,
            Step::LookAtOrder => self.look_at_order().await,
            Step::Notices => self.notices().await,
            Step::Sweep => self.sweep().await,
            Step::Wait => self.wait(),
            Step::Fulfil => self.fulfil().await,
            Step::Refund => self.refund().await,
            Step::RefundAgain => self.refund_again().await,
            Step::CancelOrder => self.cancel_order().await,
            Step::Resolve => self.resolve().await,
            Step::Count => self.count().await,
            Step::Reprice => self.reprice(),
            Step::RefundByHand => self.refund_by_hand().await,
            Step::Dispute => self.dispute().await,
            Step::GatewayTrouble => self.till.trouble(&self.dice),
        }
    }

    /// Something is wrong.
    pub(super) fn wrong(&self, what: String) {
        self.dice.tell(|| format!("  WRONG: {what}"));
        locked(&self.wrongs).push(what);
    }

    /// What the store holds now.
    pub(super) async fn books(&self) -> Books {
        match &self.vault {
            Vault::Sqlite(store) => store.inspect(self.known.clone()).await.expect("a database in memory can be read"),
            Vault::Dynamo(wire) => wire.table.inspect(TABLE, &mut locked(&self.known)),
        }
    }

    /// After every step: what must hold at any time.
    pub(super) async fn check(&self) -> Result<(), String> {
        let books = self.books().await;
        if self.dice.is_traced() {
            for order in books.orders() {
                self.dice.tell(|| format!("    {} {:?}", order.number, order.payment));
            }
            for (sku, count) in &books.counts {
                self.dice.tell(|| format!("    {sku} {count:?}"));
            }
        }
        let wrongs = locked(&self.checks).wrongs(&books, &self.shelves.take());
        for wrong in wrongs {
            self.wrong(wrong);
        }
        self.verdict()
    }

    /// What was found wrong since the last call.
    pub(super) fn verdict(&self) -> Result<(), String> {
        let wrongs = std::mem::take(&mut *locked(&self.wrongs));
        if wrongs.is_empty() { Ok(()) } else { Err(wrongs.join("\n")) }
    }

    /// Sends a request to an instance. `None` where it has ended on the way. Only a fault that was injected is a reason to fail.
    pub(super) async fn ask(&self, request: Request<Body>) -> Option<Answer> {
        let faults = self.dice.faults();
        let what = format!("{} {}", request.method(), request.uri());
        let answering = self.router.clone().oneshot(request);
        let response = self.dice.instance(answering).await?.unwrap_or_else(|never| match never {});
        let status = response.status();
        let bytes = response.into_body().collect().await.map(http_body_util::Collected::to_bytes).unwrap_or_default();
        let body = serde_json::from_slice(&bytes).unwrap_or_default();
        self.dice.tell(|| format!("    {what}: {status} {}", said(&body)));
        if status.is_server_error() && self.dice.faults() == faults && matches!(self.till, Till::Sandbox(..)) {
            self.wrong(format!("{what} is answered with {status} although nothing has failed"));
        }
        Some(Answer { status, body })
    }

    pub(super) async fn get(&self, path: &str) -> Option<Answer> {
        self.ask(Request::get(path).body(Body::empty()).expect("a request")).await
    }

    pub(super) async fn post(&self, path: &str, client: &str, body: &Value) -> Option<Answer> {
        let request = Request::post(path).header(header::CONTENT_TYPE, "application/json").header("x-shopfront-client", client);
        self.ask(request.body(Body::from(body.to_string())).expect("a request")).await
    }

    /// The worker's round, by one instance.
    pub(super) async fn sweep(&self) {
        self.dice.instance(crate::worker::sweep(&self.checkout.shop)).await;
    }

    fn wait(&self) {
        let seconds = [5, 5, 65, 65, 11 * 60, 36 * 60, 4 * 60 * 60, 26 * 60 * 60];
        self.pass(SignedDuration::from_secs(*self.dice.one_of(&seconds).unwrap_or(&5)));
    }

    /// Lets time pass.
    pub(super) fn pass(&self, time: SignedDuration) {
        self.clock.pass(time);
        self.dice.tell(|| format!("    it is {}", self.clock.now()));
        let age = self.tokens_age.fetch_add(time.as_secs(), Ordering::Relaxed) + time.as_secs();
        if let (Vault::Dynamo(wire), true) = (&self.vault, age > 600) {
            wire.table.forget_tokens();
            self.tokens_age.store(0, Ordering::Relaxed);
        }
    }

    /// The shop is built again, with other prices.
    fn reprice(&self) {
        let mut edition = locked(&self.edition);
        *edition = 1 - *edition;
        self.catalogue.replace(self.editions[*edition].clone());
    }

    /// What the history came to.
    pub(super) async fn outcome(&self) -> Outcome {
        let books = self.books().await;
        let count = |is: fn(&crate::order::Order) -> usize| u64::try_from(books.orders().map(is).sum::<usize>()).unwrap_or(u64::MAX);
        Outcome {
            steps: self.dice.steps(),
            faults: self.dice.faults(),
            intrusions: self.dice.intrusions(),
            paid: count(|order| usize::from(order.is_paid())),
            closed: count(|order| usize::from(!order.is_paid())),
            refunds: count(|order| order.refunds.len()),
        }
    }
}

/// A short form of an answer.
fn said(body: &Value) -> String {
    let text = |name: &str| body[name].as_str().unwrap_or_default();
    format!("{}{}", text("code"), text("order"))
}
