//! Which books the merchant's commands open: those of `shopfront serve`, or those of a shop that takes real orders.

use std::path::Path;

use anyhow::{Result, anyhow};
use checkout_fn::merchant::{Books, Place};

use super::shop::Shop;

/// The setting that names the store where no argument does.
const STORE: &str = "SHOPFRONT_STORE_URL";

/// What was typed.
#[derive(Debug, clap::Args)]
pub(super) struct Which {
    /// The store: `sqlite:PATH` (the folder of `checkout-server`) or `dynamodb:TABLE`; else what `SHOPFRONT_STORE_URL` says, else that of
    /// `shopfront serve`.
    #[arg(long, global = true, value_name = "STORE")]
    store: Option<Place>,
}

impl Which {
    /// Opens them.
    #[expect(clippy::disallowed_methods, reason = "the command line is the door to the environment")]
    pub(super) async fn open(&self, root: &Path) -> Result<Books> {
        let setting = |name: &str| std::env::var(name).ok().filter(|value| !value.is_empty());
        let place = match (&self.store, setting(STORE)) {
            (Some(place), _) => Some(place.clone()),
            (None, Some(text)) => Some(text.parse().map_err(|why| anyhow!("`{STORE}` is `{text}`: {why}"))?),
            (None, None) => None,
        };
        let books = match place {
            Some(place) => Books::visit(&place, Box::new(setting)).await,
            None => Books::open(&Shop::find(root)?.store()),
        };
        books.map_err(|error| anyhow!(error.to_string()))
    }
}
