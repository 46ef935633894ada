//! What went wrong in other shops: the 35 cases of `CHECKOUT.md`, a story each, from request to money and goods, on every store. A story
//! carries its case's number; none may be missing.

use std::collections::BTreeSet;
use std::pin::Pin;

use async_trait::async_trait;

use super::*;
use crate::doubles::Witness;
use crate::error::Fault;
use crate::merchant::{Books, RefundWish};

/// Makes the tests of stories: each on each store.
macro_rules! on_every_store {
    ($($story:ident),* $(,)?) => {
        pub(super) const STORIES: &[&str] = &[$(stringify!($story)),*];

        mod sqlite {
            use crate::http::tests::StoreKind::Sqlite;
            $(#[tokio::test(flavor = "multi_thread")]
            async fn $story() {
                super::$story(Sqlite).await;
            })*
        }

        #[cfg(feature = "dynamodb")]
        mod dynamodb {
            use crate::http::tests::StoreKind::Dynamodb;
            $(#[tokio::test(flavor = "multi_thread")]
            async fn $story() {
                super::$story(Dynamodb).await;
            })*
        }
    };
}

mod codes;
mod notices;
mod prices;
mod races;
mod stock;

#[test]
fn every_case_is_told_once() {
    let stories = [codes::STORIES, notices::STORIES, prices::STORIES, races::STORIES, stock::STORIES].concat();
    let number = |story: &&str| story.strip_prefix("case_")?.split('_').next()?.parse::<u32>().ok();
    let told: Vec<u32> = stories.iter().map(|story| number(story).unwrap_or_else(|| panic!("{story} has no number"))).collect();
    assert_eq!((told.len(), told.into_iter().collect::<BTreeSet<_>>()), (35, (1..=35).collect()));
}

/// All at once, each on a task of its own. What they come to, in their order.
async fn at_once<T: Send + 'static>(all: impl IntoIterator<Item = impl Future<Output = T> + Send + 'static>) -> Vec<T> {
    let tasks: Vec<_> = all.into_iter().map(tokio::spawn).collect();
    let mut done = Vec::new();
    for task in tasks {
        done.push(task.await.expect("no panic"));
    }
    done
}

/// Something to be done.
type Act = Pin<Box<dyn Future<Output = ()> + Send>>;

fn act(doing: impl Future<Output = ()> + Send + 'static) -> Act {
    Box::pin(doing)
}

/// A witness that is one function: of `before` or `after`, and the effect.
struct Seeing<F>(F);

#[async_trait]
impl<F, R> Witness for Seeing<F>
where
    F: Fn(&'static str, &'static str) -> R + Send + Sync,
    R: Future<Output = Result<(), Fault>> + Send,
{
    async fn before(&self, effect: &'static str) -> Result<(), Fault> {
        self.0("before", effect).await
    }

    async fn after(&self, effect: &'static str) -> Result<(), Fault> {
        self.0("after", effect).await
    }
}

/// Whether an effect fails.
pub(super) fn failing(fails: bool) -> std::future::Ready<Result<(), Fault>> {
    std::future::ready(if fails { Err(Fault::new("it is down".into())) } else { Ok(()) })
}

/// A hundred mugs, for as many orders as one likes.
fn many_mugs(contents: &mut Contents) {
    contents.variants[0].stock = Some(100);
    contents.terms.max_open_per_client = 100;
}

/// The merchant gives all of a mug back.
async fn refund_all(shop: &TestShop, number: &str) {
    let books = Books::of(&shop.checkout);
    let (back, sum) = books.weigh(number, &RefundWish { all: true, shipping: true, ..RefundWish::default() }).await.expect("a sum");
    assert_eq!(sum.minor, 2490);
    assert_ne!(books.refund(number, back).await.expect("recorded").status, "failed");
}

/// A checkout of the only piece there is, sent to Germany.
fn last() -> Value {
    order_of(&json!([{ "sku": "LAST", "quantity": 1 }]), 2990)
}

impl TestShop {
    /// Another instance of the same shop, of which everything is seen.
    pub(super) fn watched<R>(&self, seeing: impl Fn(&'static str, &'static str) -> R + Send + Sync + 'static) -> Self
    where
        R: Future<Output = Result<(), Fault>> + Send + 'static,
    {
        let witness: Arc<dyn Witness> = Arc::new(Seeing(seeing));
        Self { checkout: self.checkout.clone().watched(&witness), ..self.clone() }
    }

    /// Another session of an order, as an instance leaves one behind that was lost on its way. Its name.
    async fn stray_session(&self, placed: &Answer) -> String {
        let store = &self.checkout.shop.store;
        let order = store.by_number(&placed.text("order")).await.expect("readable").expect("an order").order;
        let personal = store.personal(&order.id).await.expect("readable").expect("personal data");
        let composed = personal.request.expect("what the gateway was asked for").body;
        let opened = self.checkout.shop.gateways[&order.gateway].open(&order.id, 2, &composed).await;
        opened.expect("a session").sighting.session.id.0
    }

    /// What the shopper sees of an order.
    async fn seen(&self, placed: &Answer) -> Value {
        self.get(&format!("/api/orders/{}", placed.text("token"))).await.expect(200).json()
    }

    /// How often an order has become what it is called so, by its log.
    async fn times(&self, placed: &Answer, payment: &str) -> usize {
        let stored = self.checkout.shop.store.by_number(&placed.text("order")).await.expect("readable").expect("an order");
        let log = self.checkout.shop.store.log(&stored.order.id).await.expect("readable");
        let states: Vec<_> = log.into_iter().map(|line| line.payment).collect();
        states.windows(2).filter(|pair| pair[1] == payment && pair[0] != payment).count()
    }
}

/// The time after which an unpaid order gives its goods back.
const HOLD: SignedDuration = SignedDuration::from_mins(36);
