//! Steps 1 and 2 of a checkout: everything that can be refused before the store is asked, and the order that is to be placed.

use std::collections::BTreeMap;
use std::sync::Arc;

use catalog::currency::Gateway;
use catalog::money::Money;
use catalog::quote::{Goods, Quote};
use catalog::terms::Terms;

use crate::chance;
use crate::error::{Complaint, Fault, Problem, Refusal};
use crate::keys::order_number;
use crate::order::{CardUse, Claim, Download, Invoice, Issue, Order, OrderId, Payment};
use crate::pricing::{self, Asker, Priced};
use crate::request::CheckoutRequest;
use crate::shop::Shop;

/// An order that nothing speaks against, as far as is known without the store.
pub(crate) struct Prepared {
    pub(crate) order: Order,
    /// SKU → the first count.
    pub(crate) seeds: BTreeMap<String, u32>,
    pub(crate) goods: Goods,
    pub(crate) terms: Arc<Terms>,
}

/// Checks and prices a request.
pub(crate) async fn prepare(shop: &Shop, request: &CheckoutRequest, asker: &Asker) -> Result<Prepared, Problem> {
    let terms = shop.catalogue.terms().await?;
    let mut complaints = request.complaints(&terms);
    let priced = match pricing::price(shop, request.cart(), asker).await {
        Ok(priced) => Some(priced),
        Err(Problem::Refused(refusal)) if !refusal.complaints.is_empty() => {
            let said = |code| complaints.iter().any(|complaint: &Complaint| complaint.code == code);
            let news: Vec<_> = refusal.complaints.into_iter().filter(|complaint| !said(complaint.code)).collect();
            complaints.splice(0..0, news);
            None
        }
        Err(problem) => return Err(problem),
    };
    if priced.as_ref().is_some_and(|priced| priced.quote.needs_shipping) && request.ship_to.is_none() {
        complaints.push(Complaint::field("missing_address", "ship_to", "say where the goods shall be sent"));
    }
    complaints.extend(priced.iter().flat_map(|priced| request.check_place(&priced.quote)));
    let gateway = choose_gateway(shop, &terms, request);
    if gateway.is_none() {
        complaints.push(Complaint::field("unknown_gateway", "gateway", "this way to pay is not offered"));
    }
    let (Some(priced), Some(gateway), true) = (priced, gateway, complaints.is_empty()) else {
        return Err(pricing::refused(complaints));
    };
    check_notices(&priced.quote)?;
    if priced.quote.due != request.expected_total {
        let priced = without_customer(shop, request, asker).await?.unwrap_or(priced);
        let quote = pricing::mark_stock(shop, &priced.goods, priced.quote, asker.earlier.as_deref()).await?;
        return Err(Refusal::new(409, "price_changed", "the total has changed; please look at it again").with_quote(quote).into());
    }
    check_minimum(&priced.terms, request, &priced.quote)?;
    let order = new_order(shop, &priced, gateway, request, asker).await?;
    let Priced { goods, terms, .. } = priced;
    let seeds = order.items.iter().filter_map(|item| Some((item.sku.clone(), goods.get(&item.sku)?.stock?))).collect();
    Ok(Prepared { order, seeds, goods, terms })
}

/// The price for somebody unknown, where that is not what was expected either: what a customer has used is told to nobody who
/// only guesses at a total.
async fn without_customer(shop: &Shop, request: &CheckoutRequest, asker: &Asker) -> Result<Option<Priced>, Problem> {
    if asker.customer.is_none() {
        return Ok(None);
    }
    let for_anybody = pricing::price(shop, request.cart(), &Asker { customer: None, ..asker.clone() }).await?;
    Ok(Some(for_anybody).filter(|priced| priced.quote.due != request.expected_total))
}

/// Everything that a shopper should know blocks a checkout until it is known.
fn check_notices(quote: &Quote) -> Result<(), Refusal> {
    let Some(first) = quote.notices.iter().find(|notice| notice.blocks()) else { return Ok(()) };
    let (status, code) = match first.code.as_str() {
        "unknown_sku" => (422, "unknown_sku"),
        "out_of_stock" => (409, "out_of_stock"),
        "invalid_quantity" => (422, "invalid_quantity"),
        "invalid_discount" => (422, "invalid_discount"),
        "invalid_gift_card" => (422, "invalid_gift_card"),
        "not_deliverable" => (422, "not_deliverable"),
        "shipping_unavailable" => (409, "shipping_unavailable"),
        _ => (422, "not_for_sale"),
    };
    let field = match code {
        "invalid_discount" => Some("discounts"),
        "invalid_gift_card" => Some("gift_cards"),
        _ => None,
    };
    let mut refusal = Refusal::new(status, code, first.message.clone()).with_quote(quote.clone());
    let named = quote.notices.iter().filter(|notice| notice.code == first.code);
    refusal.complaints =
        named.map(|notice| Complaint { code, message: notice.message.clone(), field, line: None, sku: notice.sku.clone() }).collect();
    Err(refusal)
}

/// The least charge is that of the gateway that was named, although the sandbox may stand in for it.
fn check_minimum(terms: &Terms, request: &CheckoutRequest, quote: &Quote) -> Result<(), Refusal> {
    let named = request.gateway.as_deref().and_then(Gateway::parse).or_else(|| terms.gateways.first().copied());
    let least = named.map_or(1, |gateway| quote.currency.minimum_charge(gateway));
    if quote.due == 0 || quote.due >= least {
        return Ok(());
    }
    let least = Money::new(least, quote.currency);
    Err(Refusal::new(422, "below_minimum", format!("the smallest payment that can be taken is {least}; nothing was charged"))
        .with_quote(quote.clone()))
}

/// The way to pay that was asked for, or the first. The sandbox stands in for every gateway that the shop names, so
/// that its pages are the same in development.
fn choose_gateway(shop: &Shop, terms: &Terms, request: &CheckoutRequest) -> Option<Gateway> {
    let is_set_up = |gateway: &Gateway| shop.gateways.contains_key(gateway);
    // One may be set up only for what is left of its orders.
    let is_offered = |gateway: &Gateway| is_set_up(gateway) && (*gateway == Gateway::Sandbox || terms.gateways.contains(gateway));
    match request.gateway.as_deref().filter(|name| !name.is_empty()) {
        None => terms.gateways.iter().chain(shop.gateways.keys()).find(|gateway| is_offered(gateway)).copied(),
        Some(name) => Gateway::parse(name).and_then(|named| {
            let stand_in = || Some(Gateway::Sandbox).filter(|sandbox| is_set_up(sandbox) && terms.gateways.contains(&named));
            Some(named).filter(is_offered).or_else(stand_in)
        }),
    }
}

async fn new_order(shop: &Shop, priced: &Priced, gateway: Gateway, request: &CheckoutRequest, asker: &Asker) -> Result<Order, Fault> {
    let Priced { terms, goods, quote, .. } = priced;
    let now = shop.now();
    let asked = request.language.as_deref().unwrap_or_default();
    let language = terms.languages.iter().find(|language| *language == asked).map_or(terms.default_language(), String::as_str);
    let id = OrderId(chance::name().simple().to_string());
    Ok(Order {
        number: order_number(chance::bytes()),
        gateway,
        language: language.to_owned(),
        items: pricing::counted(goods, quote),
        parts: pricing::parts(goods, quote),
        claims: claims(terms, quote, asker),
        cards: card_uses(shop, priced)?,
        issues: issues(shop, &id, quote),
        // Nothing is sold that cannot be delivered: a file that is missing fails here, before the payment.
        downloads: keep_downloads(shop, priced, language).await?,
        payment: if quote.due == 0 { Payment::Paid { payment: None, at: now } } else { Payment::Pending { attempt: 1 } },
        quote: quote.clone(),
        shipments: Vec::new(),
        refunds: Vec::new(),
        dispute: None,
        invoice: if terms.seller.is_some() && quote.total > 0 { Invoice::Wanted } else { Invoice::None },
        attention: None,
        created_at: now,
        expires_at: now + shop.settings.hold,
        id,
    })
}

/// The uses that the order takes of limited discounts; one that takes nothing off is not used.
fn claims(terms: &Terms, quote: &Quote, asker: &Asker) -> Vec<Claim> {
    let applied = quote.discounts.iter().filter(|applied| applied.amount > 0);
    let discounts = applied.filter_map(|applied| terms.discounts.iter().find(|discount| discount.id == applied.id));
    discounts.flat_map(|discount| pricing::claims_of(discount, asker.customer.as_ref())).collect()
}

/// What each gift card pays. The quote names them in the order of the cart, and none is left out: one that is not valid has
/// been refused before.
fn card_uses(shop: &Shop, priced: &Priced) -> Result<Vec<CardUse>, Fault> {
    let (codes, payments) = (&priced.cart.gift_cards, &priced.quote.gift_cards);
    if codes.len() != payments.len() {
        return Err(Fault::new(format!("{} gift cards pay for a cart with {}", payments.len(), codes.len())));
    }
    let uses = codes.iter().zip(payments).filter(|(_, payment)| payment.amount > 0);
    Ok(uses.map(|(code, payment)| CardUse { card: shop.keys.gift_card(code), amount: payment.amount }).collect())
}

/// A gift card for each unit that is bought, worth what the unit costs.
fn issues(shop: &Shop, id: &OrderId, quote: &Quote) -> Vec<Issue> {
    let cards = pricing::gift_card_lines(quote).flat_map(|(index, line)| {
        let amount = line.total / i64::from(line.quantity.max(1));
        let card =
            move |unit| Issue { card: shop.keys.gift_card(&shop.keys.gift_card_code(&id.0, index, unit)), line: index, unit, amount };
        (0..line.quantity).map(card)
    });
    cards.filter(|issue| issue.amount > 0).collect()
}

async fn keep_downloads(shop: &Shop, priced: &Priced, language: &str) -> Result<Vec<Download>, Fault> {
    let Priced { terms, goods, quote, .. } = priced;
    let mut downloads: Vec<Download> = Vec::new();
    for file in quote.lines.iter().filter_map(|line| goods.get(&line.sku)).flat_map(|record| record.files_in(language)) {
        let kept = shop.files.keep(&file.file).await?;
        let name = file.file.rsplit('/').next().unwrap_or(&file.file).to_owned();
        if !downloads.iter().any(|known| known.kept == kept && known.name == name) {
            let title = file.title.clone().unwrap_or_else(|| name.clone());
            downloads.push(Download { title, name, kept, rules: terms.downloads });
        }
    }
    Ok(downloads)
}
