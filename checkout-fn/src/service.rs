//! Programs that take real orders, put together from settings by name: [`machine`] on one machine, [`cloud`] as functions. What is wrong
//! is told all at once, each with the name of its setting.

use std::sync::Arc;

#[cfg(feature = "sandbox")]
use catalog::currency::Gateway;
use catalog::terms::Terms;

#[cfg(feature = "sandbox")]
use self::gateways::Gateways;
#[cfg(feature = "sandbox")]
use crate::ports::PaymentGateway;
use crate::ports::{Catalogue, Clock};
use crate::shop::Mail;
use crate::smtp::Smtp;
use crate::watch::{OnFault, OnFigure, OnOrder};

#[cfg(feature = "lambda")]
pub mod cloud;
mod gateways;
#[cfg(feature = "server")]
pub mod machine;
mod timed;

/// What a program does with news, faults and figures, and how it tells the time.
pub struct Surroundings {
    /// Tells the time.
    pub clock: Arc<dyn Clock>,
    /// Told of orders as they happen.
    pub on_order: Option<OnOrder>,
    /// Told of faults.
    pub on_fault: Option<OnFault>,
    /// Told of what can be counted and measured.
    pub on_figure: Option<OnFigure>,
}

/// The value of a setting.
pub(crate) type Setting<'a> = &'a (dyn Fn(&str) -> Option<String> + Sync);

/// The settings, and what is wrong with them so far.
struct Named<'a> {
    setting: Setting<'a>,
    wrong: Vec<String>,
}

impl<'a> Named<'a> {
    fn new(setting: Setting<'a>) -> Self {
        Self { setting, wrong: Vec::new() }
    }

    /// A setting that says something.
    fn get(&self, name: &str) -> Option<String> {
        (self.setting)(name).map(|value| value.trim().to_owned()).filter(|value| !value.is_empty())
    }

    /// One that has to be there; `example` says what to write.
    fn need(&mut self, name: &str, example: &str) -> String {
        self.get(name).unwrap_or_else(|| {
            self.complain(format!("`{name}` is not set; set it to {example}"));
            String::new()
        })
    }

    fn complain(&mut self, what: impl Into<String>) {
        self.wrong.push(what.into());
    }

    /// All that is wrong, a line each.
    fn told(self) -> String {
        self.wrong.join("\n")
    }

    /// The shop's address.
    fn base_url(&mut self) -> BaseUrl {
        let text = self.need("SHOPFRONT_BASE_URL", "the shop's address, such as https://shop.example");
        let is_plain = text.starts_with("http://");
        let host = text.split_once("://").filter(|(scheme, _)| matches!(*scheme, "http" | "https"));
        let host = host.map(|(_, rest)| rest.split(['/', ':']).next().unwrap_or_default());
        if !text.is_empty() && (host.is_none_or(str::is_empty) || (is_plain && host != Some("127.0.0.1"))) {
            self.complain("`SHOPFRONT_BASE_URL` has to begin with https://: shoppers' addresses go over it");
        }
        BaseUrl { text, is_plain }
    }

    /// How mail goes out: through the server that is named, by this program or by another one.
    fn mail(&mut self, is_sent_here: bool) -> Mail {
        match self.get("SMTP_URL").map(|url| Smtp::new(&url)) {
            Some(Ok(smtp)) if is_sent_here => Mail::Here(Arc::new(smtp)),
            Some(Ok(_)) => Mail::Elsewhere,
            Some(Err(why)) => {
                self.complain(format!("`SMTP_URL` cannot be read: {why}"));
                Mail::None
            }
            None => Mail::None,
        }
    }

    /// The terms of trade; `None` where the bundle cannot be read, which is told.
    async fn terms(&mut self, catalogue: &dyn Catalogue, mail: &Mail) -> Option<Arc<Terms>> {
        match catalogue.terms().await {
            Ok(terms) => {
                if mail.is_owed() && terms.contact_email.is_none() {
                    self.complain("`SMTP_URL` is set, and mail has no sender: write `contact: {email: …}` in shop.yaml, and build");
                }
                Some(terms)
            }
            Err(fault) => {
                self.complain(format!("`SHOPFRONT_BUNDLE`: {fault}"));
                None
            }
        }
    }

    /// What has to be confidential where money is real.
    fn check_live(&mut self, base: &BaseUrl) {
        if base.is_plain {
            self.complain("`SHOPFRONT_BASE_URL` has to begin with https:// where money is real");
        }
        if self.get("SMTP_URL").is_some_and(|url| url.starts_with("smtp://") && !url.contains("tls=required")) {
            self.complain("`SMTP_URL` is not encrypted; write `smtps://…`, or add `?tls=required`");
        }
    }
}

/// One gateway, and whether it moves real money; for commands that ask only one.
#[cfg(feature = "sandbox")]
pub(crate) fn gateway(
    setting: Setting<'_>,
    gateway: Gateway,
    shop: &str,
    clock: &Arc<dyn Clock>,
) -> Result<(bool, Arc<dyn PaymentGateway>), String> {
    let mut named = Named::new(setting);
    let gateways = Gateways::open(&mut named, &[gateway], shop, clock);
    let is_live = gateways.mode(&[gateway], &mut named);
    let opened = gateways.timed(None).remove(&gateway);
    is_live.zip(opened).ok_or_else(|| named.told())
}

/// Where shoppers reach the shop.
struct BaseUrl {
    text: String,
    is_plain: bool,
}

impl BaseUrl {
    /// Its path, without a slash at the end.
    fn path(&self) -> String {
        let rest = self.text.split_once("://").map_or("", |(_, rest)| rest).trim_end_matches('/');
        rest.find('/').map_or_else(String::new, |slash| rest[slash..].to_owned())
    }
}
