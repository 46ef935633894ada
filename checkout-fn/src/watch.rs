//! What a program hears while it takes orders: news of orders, faults, figures to count and measure, and which request each of them
//! belongs to. None of it holds personal data.

use std::sync::Arc;
use std::time::Duration;

use catalog::currency::Gateway;
use catalog::money::Money;

use crate::decide::News;

tokio::task_local! {
    /// The request that is being answered.
    static REQUEST: String;
}

/// The id of the request that is being answered, as its log lines and its answer name it. `None` outside requests.
pub fn request_id() -> Option<String> {
    REQUEST.try_with(Clone::clone).ok()
}

/// Does something as part of a request.
pub(crate) async fn in_request<F: Future>(id: String, work: F) -> F::Output {
    REQUEST.scope(id, work).await
}

/// What the merchant hears of an order as it happens. Holds no personal data.
#[derive(Debug, Clone)]
pub struct OrderEvent {
    /// The order's number.
    pub number: String,
    /// What happened.
    pub news: News,
    /// What is to be, or was, paid.
    pub due: Money,
    /// Quantity and title of each line.
    pub lines: Vec<(u32, String)>,
    /// Why a person has to look at it, where that is so.
    pub attention: Option<String>,
}

impl std::fmt::Display for OrderEvent {
    /// A line for a terminal: `order 7K3M-Q9TD paid: €44.90, 2 × Harbour mug`.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let news = match self.news {
            News::Placed => "placed",
            News::Paid => "paid",
            News::Processing => "awaits its money",
            News::Closed => "closed without payment",
            News::Sent => "sent",
            News::Refunded => "refunded",
            News::Attention => "needs attention",
        };
        write!(f, "order {} {news}: {}", self.number, self.due)?;
        self.lines.iter().try_for_each(|(quantity, title)| write!(f, ", {quantity} × {title}"))?;
        self.attention.as_ref().map_or(Ok(()), |reason| write!(f, " ({reason})"))
    }
}

/// What can be counted or measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Figure {
    /// A request was refused, with this code.
    Refused(&'static str),
    /// So long a gateway took for one verb of its port, retries included.
    Gateway(Gateway, Duration),
    /// So long the store's service took for one call.
    Store(Duration),
    /// By so much the order that has waited longest for the worker is late.
    SweepBehind(Duration),
}

/// Receives [`Figure`]s.
pub type OnFigure = Arc<dyn Fn(&Figure) + Send + Sync>;
/// Receives [`OrderEvent`]s.
pub type OnOrder = Arc<dyn Fn(OrderEvent) + Send + Sync>;
/// Receives the causes of 5xx answers and of the worker's failures, for the log.
pub type OnFault = Arc<dyn Fn(&str) + Send + Sync>;
