//! The ways to take money that a shop names, set up from their keys.

use std::collections::BTreeMap;
use std::sync::Arc;

use catalog::currency::Gateway;
use jiff::{SignedDuration, Timestamp};

use super::Named;
use super::timed::Timed;
use crate::gateway::paypal::{PayPal, PayPalSettings};
use crate::gateway::stripe::{Stripe, StripeSettings};
use crate::ports::{Clock, PaymentGateway, Probed};
use crate::watch::OnFigure;

/// So much may a clock differ: half of what gateways' notices may be old.
const MOST_OFF: SignedDuration = SignedDuration::from_secs(150);

/// Gateways by name, and whether each moves real money.
#[derive(Default)]
pub(super) struct Gateways {
    all: BTreeMap<Gateway, Arc<dyn PaymentGateway>>,
    /// Those that the shop names no more.
    former: Vec<Gateway>,
    live: Vec<bool>,
}

impl Gateways {
    /// Sets up all of them; what is wrong with each is told. So is one whose keys are there although the shop names it no more: sessions
    /// and refunds of earlier orders are with it. `shop` is what they write beside our sessions.
    pub(super) fn open(named: &mut Named<'_>, wanted: &[Gateway], shop: &str, clock: &Arc<dyn Clock>) -> Self {
        let mut gateways = Self::default();
        for gateway in wanted {
            match one(named, *gateway, shop, clock) {
                // No program that takes real orders has it.
                None => {}
                Some(Ok((is_live, opened))) => {
                    gateways.live.push(is_live);
                    gateways.all.insert(*gateway, opened);
                }
                Some(Err(error)) => named.complain(error),
            }
        }
        for gateway in [Gateway::Stripe, Gateway::Paypal].into_iter().filter(|gateway| !wanted.contains(gateway)) {
            if let Some(Ok((is_live, opened))) = one(named, gateway, shop, clock)
                && gateways.live.first() == Some(&is_live)
            {
                gateways.all.insert(gateway, opened);
                gateways.former.push(gateway);
            }
        }
        gateways
    }

    /// To be asked, and measured where somebody wants to know.
    pub(super) fn timed(self, on_figure: Option<&OnFigure>) -> BTreeMap<Gateway, Arc<dyn PaymentGateway>> {
        let Some(on_figure) = on_figure else { return self.all };
        let timed =
            |(gateway, inner)| (gateway, Arc::new(Timed { gateway, inner, on_figure: on_figure.clone() }) as Arc<dyn PaymentGateway>);
        self.all.into_iter().map(timed).collect()
    }

    /// Asks each whether it knows us: who is not known cannot sell, and a clock that is wrong makes notices look old. Who cannot be
    /// reached now may be reached later; the answer names them, with the reason.
    pub(super) async fn probe(&self, named: &mut Named<'_>, now: Timestamp) -> Vec<String> {
        let mut away = Vec::new();
        for (gateway, opened) in &self.all {
            match opened.probe().await {
                Probed::Well { at } => {
                    if let Some(wrong) = at.and_then(|at| clock_off(gateway.name(), at, now)) {
                        named.complain(wrong);
                    }
                }
                // Its keys may be withdrawn by now, which is no reason not to sell by the others.
                Probed::Unknown(why) if self.former.contains(gateway) => away.push(why),
                Probed::Unknown(why) => named.complain(why),
                Probed::Unreached(why) => {
                    away.push(format!("{} cannot be reached, so nobody can pay by it until it can: {why}", gateway.name()));
                }
            }
        }
        away
    }

    /// Whether money is real. `None` where that cannot be said, which is told.
    pub(super) fn mode(&self, wanted: &[Gateway], named: &mut Named<'_>) -> Option<bool> {
        if wanted.iter().all(|gateway| *gateway == Gateway::Sandbox) {
            let how = "write `[stripe]`, `[paypal]` or both, and build";
            named.complain(format!("`checkout.gateways` of shop.yaml names no way to take money; {how}"));
        }
        if self.live.contains(&true) && self.live.contains(&false) {
            named.complain("`STRIPE_SECRET_KEY` and `PAYPAL_MODE` disagree: one is for real money, the other for tests");
        }
        self.live.first().copied()
    }
}

/// What is wrong with this machine's clock.
fn clock_off(gateway: &str, there: Timestamp, here: Timestamp) -> Option<String> {
    let off = here.duration_since(there);
    let which = if off.is_negative() { "behind" } else { "ahead of" };
    let minutes = off.abs().as_mins();
    let how = "set it, such as with `timedatectl set-ntp true`: notices of payments would be taken for old ones";
    (off.abs() > MOST_OFF).then(|| format!("the clock of this machine is {minutes} minutes {which} that of {gateway}; {how}"))
}

type Opened = Result<(bool, Arc<dyn PaymentGateway>), String>;

/// One gateway, and whether it moves real money. `None` for one that no program with real orders has.
fn one(named: &Named<'_>, gateway: Gateway, shop: &str, clock: &Arc<dyn Clock>) -> Option<Opened> {
    match gateway {
        Gateway::Stripe => Some(stripe(named, shop, clock).map(|stripe| (stripe.is_live(), Arc::new(stripe) as _))),
        Gateway::Paypal => Some(paypal(named, clock).map(|(is_live, paypal)| (is_live, Arc::new(paypal) as _))),
        Gateway::Sandbox => None,
    }
}

fn stripe(named: &Named<'_>, shop: &str, clock: &Arc<dyn Clock>) -> Result<Stripe, String> {
    let value = |name: &str| named.get(name).unwrap_or_default();
    let stripe = Stripe::new(StripeSettings {
        key: value("STRIPE_SECRET_KEY"),
        signing_secrets: value("STRIPE_WEBHOOK_SECRET").split(',').map(str::to_owned).collect(),
        shop: shop.to_owned(),
        base: test_base(named, "STRIPE_BASE_FOR_TESTS")?,
        clock: Arc::clone(clock),
    })?;
    not_for_real_money(named, "STRIPE_BASE_FOR_TESTS", stripe.is_live()).map(|()| stripe)
}

fn paypal(named: &Named<'_>, clock: &Arc<dyn Clock>) -> Result<(bool, PayPal), String> {
    let value = |name: &str| named.get(name).unwrap_or_default();
    let is_live = match value("PAYPAL_MODE").as_str() {
        "live" => true,
        "sandbox" => false,
        _ => return Err("`PAYPAL_MODE` is neither `live` nor `sandbox`".to_owned()),
    };
    let paypal = PayPal::new(PayPalSettings {
        is_live,
        client_id: value("PAYPAL_CLIENT_ID"),
        client_secret: value("PAYPAL_CLIENT_SECRET"),
        webhook_id: value("PAYPAL_WEBHOOK_ID"),
        asks_about_notices: value("PAYPAL_ASK_ABOUT_NOTICES") == "yes",
        base: test_base(named, "PAYPAL_BASE_FOR_TESTS")?,
        clock: Arc::clone(clock),
    })?;
    not_for_real_money(named, "PAYPAL_BASE_FOR_TESTS", is_live).map(|()| (is_live, paypal))
}

/// A stand-in for a gateway on this machine.
fn test_base(named: &Named<'_>, name: &str) -> Result<Option<String>, String> {
    match named.get(name) {
        Some(base) if !base.starts_with("http://127.0.0.1:") => Err(is_for_tests(name)),
        base => Ok(base),
    }
}

fn not_for_real_money(named: &Named<'_>, name: &str, is_live: bool) -> Result<(), String> {
    if is_live && named.get(name).is_some() { Err(is_for_tests(name)) } else { Ok(()) }
}

fn is_for_tests(name: &str) -> String {
    format!("`{name}` is for tests with a stand-in on this machine; take it out of the environment")
}
