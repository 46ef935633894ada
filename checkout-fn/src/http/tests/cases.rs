//! What went wrong in other shops: the 35 cases of `CHECKOUT.md`, a story each, from request to money and goods, on every store. A story
//! carries its case's number; none may be missing.

use super::*;

/// Makes the tests of stories: each on each store.
macro_rules! on_every_store {
    ($($story:ident),* $(,)?) => {
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

mod stock;

/// All at once, each on a task of its own. What they come to, in their order.
async fn at_once<T: Send + 'static>(all: impl IntoIterator<Item = impl Future<Output = T> + Send + 'static>) -> Vec<T> {
    let tasks: Vec<_> = all.into_iter().map(tokio::spawn).collect();
    let mut done = Vec::new();
    for task in tasks {
        done.push(task.await.expect("no panic"));
    }
    done
}

/// A checkout of the only piece there is, sent to Germany.
fn last() -> Value {
    order_of(&json!([{ "sku": "LAST", "quantity": 1 }]), 2990)
}

impl TestShop {
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
