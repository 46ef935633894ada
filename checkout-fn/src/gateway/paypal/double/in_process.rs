//! The stand-in reached without a network, for tests and simulations in this crate.

use std::sync::Arc;

use super::Double;
use crate::gateway::http::Http;
use crate::gateway::http::in_process::InProcess;
use crate::gateway::paypal::signature::Trust;

impl Double {
    /// A client that reaches it without a network, whatever host it asks for.
    pub(crate) fn http(&self) -> Arc<dyn Http> {
        Arc::new(InProcess(self.router()))
    }

    /// The account that it accepts, reached at `base`.
    #[cfg(test)]
    pub(crate) fn account(base: &str) -> crate::gateway::paypal::api::Account {
        let (client_id, client_secret) = (super::CLIENT.0.to_owned(), crate::gateway::secret::Secret::new(super::CLIENT.1));
        crate::gateway::paypal::api::Account { base: base.to_owned(), client_id, client_secret }
    }

    /// Trusts its certificates, and no others.
    pub(crate) fn trust(&self) -> Trust {
        Trust::only(&self.authority.root()).expect("its root is a certificate")
    }

    /// Every order, oldest first.
    #[cfg(feature = "simulation")]
    pub(crate) fn orders(&self) -> Vec<String> {
        self.ledger().orders.keys().cloned().collect()
    }

    /// The news since the last call.
    #[cfg(feature = "simulation")]
    pub(crate) fn take_notices(&self) -> Vec<super::Notice> {
        std::mem::take(&mut self.ledger().notices)
    }

    /// No more trouble comes.
    #[cfg(feature = "simulation")]
    pub(crate) fn calm(&self) {
        self.ledger().troubles.clear();
    }
}
