//! The two ways in which a request fails: a [`Refusal`] (the client's matter: a stable code and a public text) and a
//! [`Fault`] (ours: a generic public text, the cause in the log).

use catalog::cart;
use catalog::quote::Quote;

/// Why a request is refused. Always a 4xx.
#[derive(Debug, Clone)]
pub struct Refusal {
    /// The HTTP status.
    pub status: u16,
    /// Stable, in snake case.
    pub code: &'static str,
    /// For people; safe to show.
    pub message: String,
    /// Every single thing that is wrong, where there is more to say than `message`.
    pub complaints: Vec<Complaint>,
    /// What the cart costs now, where that is the reason.
    pub quote: Option<Box<Quote>>,
}

/// One thing that is wrong with a request.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Complaint {
    /// Stable, in snake case.
    pub code: &'static str,
    /// For people.
    pub message: String,
    /// The field of the request, such as `email` or `ship_to.city`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub field: Option<&'static str>,
    /// The line of the cart as it was sent, from 0.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub line: Option<usize>,
    /// The SKU concerned.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sku: Option<String>,
}

impl Complaint {
    /// About one field of the request.
    pub fn field(code: &'static str, field: &'static str, message: impl Into<String>) -> Self {
        Self { code, message: message.into(), field: Some(field), line: None, sku: None }
    }

    /// About one SKU.
    pub fn sku(code: &'static str, sku: &str, message: impl Into<String>) -> Self {
        Self { code, message: message.into(), field: None, line: None, sku: Some(sku.to_owned()) }
    }
}

impl From<cart::Fault> for Complaint {
    fn from(fault: cart::Fault) -> Self {
        Self { code: fault.code, message: fault.message, field: None, line: fault.line, sku: fault.sku }
    }
}

impl Refusal {
    /// A refusal with nothing more to say.
    pub fn new(status: u16, code: &'static str, message: impl Into<String>) -> Self {
        Self { status, code, message: message.into(), complaints: Vec::new(), quote: None }
    }

    /// 422 with every complaint; the first gives the code. `None` where there is nothing to complain about.
    pub fn of(complaints: Vec<Complaint>) -> Option<Self> {
        let refusal = complaints.first().map(|first| Self::new(422, first.code, first.message.clone()))?;
        Some(Self { complaints, ..refusal })
    }

    /// The same with the current quote.
    #[must_use]
    pub fn with_quote(mut self, quote: Quote) -> Self {
        self.quote = Some(Box::new(quote));
        self
    }
}

/// Our own or our environment's failure. The text is for the log, never for the client.
#[derive(Debug, Clone, thiserror::Error)]
#[error("{text}")]
pub struct Fault {
    /// What failed, and why.
    pub text: String,
    /// Who does not answer for now, where that is all: the same request may go well in a moment.
    pub away: Option<Away>,
}

/// Who does not answer for now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Away {
    /// The store, or it takes no more requests.
    Store,
    /// The payment gateway.
    Gateway,
}

impl Fault {
    /// A failure that another try would meet again.
    pub fn new(text: String) -> Self {
        Self { text, away: None }
    }

    /// A failure while doing something, with its cause.
    pub fn during(what: &str, cause: impl std::fmt::Display) -> Self {
        Self::new(format!("{what}: {cause}"))
    }

    /// The same failure, because somebody does not answer for now.
    #[must_use]
    pub fn as_away(self, away: Away) -> Self {
        Self { away: Some(away), ..self }
    }
}

/// Why a request got no answer of its own.
#[derive(Debug, Clone)]
pub enum Problem {
    /// 4xx.
    Refused(Box<Refusal>),
    /// 5xx.
    Failed(Fault),
}

impl From<Refusal> for Problem {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(Box::new(refusal))
    }
}

impl From<Fault> for Problem {
    fn from(fault: Fault) -> Self {
        Self::Failed(fault)
    }
}
