//! Lists of orders: the newest first, page by page, never all at once.

use jiff::Timestamp;

use super::{Books, OrderSummary, summary};
use crate::error::Fault;
use crate::order::{Order, OrderId};

/// The payment's states, as orders name them.
pub const STATES: [&str; 8] = ["pending", "awaiting_payment", "capturing", "processing", "paid", "cancelled", "expired", "failed"];

/// So many orders are read at once.
const PAGE: u32 = 200;

/// Which orders.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    /// One of [`STATES`].
    pub state: Option<String>,
    /// Only those of which something is to be sent.
    pub unsent: bool,
    /// Only those that a person has to look at.
    pub attention: bool,
    /// Placed at this time or later.
    pub since: Option<Timestamp>,
    /// Placed before.
    pub until: Option<Timestamp>,
}

impl Filter {
    fn takes(&self, order: &Order) -> bool {
        self.state.as_ref().is_none_or(|state| order.payment.name() == state)
            && (!self.unsent || order.is_paid() && !order.to_send().is_empty())
            && (!self.attention || order.attention.is_some())
    }
}

impl Books {
    /// Those orders, the newest first, at most so many.
    pub async fn orders(&self, filter: &Filter, limit: u32) -> Result<Vec<OrderSummary>, Fault> {
        let mut found = Vec::new();
        let limit = limit as usize;
        self.walk(filter, |order| {
            found.push(summary(order));
            found.len() < limit
        })
        .await?;
        found.truncate(limit);
        Ok(found)
    }

    /// Goes through those orders, the newest first, for as long as it is told to.
    pub(super) async fn walk(&self, filter: &Filter, mut visit: impl FnMut(&Order) -> bool) -> Result<(), Fault> {
        // No id is before the empty one, so whatever was placed at that very instant is not among them.
        let mut place = filter.until.map(|until| (until, OrderId(String::new())));
        loop {
            let page = self.shop.store.older(place, PAGE).await?;
            let Some(last) = page.last() else { return Ok(()) };
            place = Some((last.created_at, last.id.clone()));
            for order in &page {
                if filter.since.is_some_and(|since| order.created_at < since) {
                    return Ok(());
                }
                if filter.takes(order) && !visit(order) {
                    return Ok(());
                }
            }
        }
    }
}
