//! Placing an order: validate, quote, reserve, open a payment session, hand it over (steps 1 to 5). Every step can be
//! repeated; a request that comes again gets the first answer.

use std::collections::BTreeMap;

use catalog::cart::Cart;
use catalog::currency::Gateway;
use catalog::money::Money;
use catalog::quote::{Circumstances, Goods, Notice, Quote, quote};
use catalog::terms::Terms;

use crate::decide::{Command, Facts, News, Status, decide};
use crate::error::{Complaint, Fault, Problem, Refusal};
use crate::keys::order_number;
use crate::order::{Closing, Download, Item, Order, OrderId, Payment, Session};
use crate::ports::{Cause, GatewayError, Opened, Placed, Placement, SessionRequest, Stored};
use crate::request::CheckoutRequest;
use crate::settling;
use crate::shop::{Shop, random};

/// A placed order as its shopper learns of it.
#[derive(Debug, Clone)]
pub(crate) struct Accepted {
    /// The order.
    pub(crate) order: Order,
    /// The key to its page.
    pub(crate) token: String,
    /// Where to pay; `None` when there is nothing left to pay.
    pub(crate) pay_url: Option<String>,
}

/// The most codes of one request, so that nobody tries them by the hundred.
const MAX_CODES: usize = 5;

/// Prices a cart and marks what the store has not got.
pub(crate) async fn quote_with_stock(shop: &Shop, cart: &Cart) -> Result<Quote, Problem> {
    let (terms, goods) = goods_of(shop, cart).await?;
    let quote = priced(shop, &goods, &terms, cart)?;
    Ok(mark_stock(shop, &goods, quote).await?)
}

async fn goods_of(shop: &Shop, cart: &Cart) -> Result<(std::sync::Arc<Terms>, Goods), Problem> {
    if cart.discounts.len() + cart.gift_cards.len() > MAX_CODES {
        let text = format!("at most {MAX_CODES} codes at once");
        return Err(refused(vec![Complaint::field("too_many_codes", "discounts", text)]));
    }
    // Too many lines are refused before anything is read for them.
    let merged = cart.merge().map_err(|faults| refused(faults.into_iter().map(Complaint::from).collect()))?;
    let mut skus: Vec<&str> = merged.iter().map(|line| line.sku.as_str()).collect();
    skus.dedup();
    Ok(shop.catalogue.goods(&skus).await?)
}

fn priced(shop: &Shop, goods: &Goods, terms: &Terms, cart: &Cart) -> Result<Quote, Problem> {
    let circumstances = Circumstances { now: shop.now().as_second(), ..Circumstances::default() };
    quote(goods, terms, cart, &circumstances).map_err(|faults| refused(faults.into_iter().map(Complaint::from).collect()))
}

fn refused(complaints: Vec<Complaint>) -> Problem {
    Refusal::of(complaints).map_or_else(|| Fault("a refusal without a reason".into()).into(), Problem::from)
}

async fn mark_stock(shop: &Shop, goods: &Goods, mut quote: Quote) -> Result<Quote, Fault> {
    let items = counted(goods, &quote);
    let skus: Vec<String> = items.iter().map(|item| item.sku.clone()).collect();
    let counts = shop.store.counts(&skus).await?;
    for item in &items {
        let seed = goods.get(&item.sku).and_then(|record| record.stock).unwrap_or(0);
        let left = counts.get(&item.sku).map_or(i64::from(seed), |count| count.available);
        if left >= i64::from(item.quantity) {
            continue;
        }
        let mut title = String::new();
        for line in quote.lines.iter_mut().filter(|line| line.sku == item.sku && line.available) {
            line.available = false;
            title.clone_from(&line.title);
        }
        if !title.is_empty() {
            let text = if left == 0 { format!("{title} is sold out") } else { format!("only {left} of {title} left") };
            quote.notices.push(Notice::new("out_of_stock", Some(&item.sku), text));
        }
    }
    Ok(quote)
}

/// What of a quote is counted, each SKU once.
fn counted(goods: &Goods, quote: &Quote) -> Vec<Item> {
    let mut items: BTreeMap<&str, u32> = BTreeMap::new();
    for line in &quote.lines {
        if goods.get(&line.sku).is_some_and(|record| record.stock.is_some()) {
            *items.entry(&line.sku).or_default() += line.quantity;
        }
    }
    items.into_iter().map(|(sku, quantity)| Item { sku: sku.to_owned(), quantity }).collect()
}

/// Places an order for a client.
pub(crate) async fn place(shop: &Shop, request: &CheckoutRequest, client: &str) -> Result<Accepted, Problem> {
    let key = request.key().map_err(|complaint| refused(vec![complaint]))?;
    let token = shop.keys.order_token(&key);
    let body = shop.keys.hash("body", &request.canonical());
    let hashed_key = shop.keys.hash("idempotency key", &key);
    if let Some((stored, first_body)) = shop.store.by_key(&hashed_key).await? {
        return if first_body == body { resume(shop, stored, token).await } else { Err(key_reused()) };
    }
    let prepared = prepare(shop, request).await?;
    let replaces = give_up_earlier(shop, request).await?;
    let now = shop.now();
    let placement = Placement {
        key: hashed_key,
        body,
        token: token_hash(shop, &token),
        client: shop.keys.client(client, jiff::tz::Offset::UTC.to_datetime(now).date()),
        max_open: prepared.max_open,
        seeds: prepared.seeds,
        personal: request.personal(now),
        replaces: replaces.clone(),
        order: prepared.order.clone(),
    };
    let refusal = match shop.store.place(placement).await? {
        Placed::New => {
            if let Some(earlier) = &replaces {
                shop.tell(&earlier.order, News::Closed);
            }
            return begin_payment(shop, prepared.order, token).await;
        }
        Placed::Again(stored) => return resume(shop, *stored, token).await,
        Placed::KeyReused => key_reused(),
        Placed::TooManyOpen => {
            Refusal::new(429, "too_many_open_orders", "too many unpaid orders are open; pay or cancel one of them first").into()
        }
        Placed::OutOfStock(left) => {
            let quote = mark_stock(shop, &prepared.goods, prepared.order.quote.clone()).await?;
            out_of_stock(&left, quote).into()
        }
    };
    if let Some(earlier) = replaces {
        // Its session has ended, so its goods go back although nothing took its place.
        if let Some(stored) = shop.store.by_id(&earlier.order.id).await? {
            settling::end(shop, &stored.order, Closing::Cancelled, Cause::Checkout).await?;
        }
    }
    Err(refusal)
}

/// The hash under which an order is found by its token.
pub(crate) fn token_hash(shop: &Shop, token: &str) -> String {
    shop.keys.hash("order token", token)
}

fn key_reused() -> Problem {
    Refusal::new(422, "idempotency_key_reused", "this key was used for another order").into()
}

fn closed() -> Problem {
    Refusal::new(409, "order_closed", "this order is closed; nothing was charged").into()
}

fn out_of_stock(left: &BTreeMap<String, i64>, quote: Quote) -> Refusal {
    let title = |sku: &str| quote.lines.iter().find(|line| line.sku == sku).map_or(sku, |line| &line.title).to_owned();
    let text = |sku: &str, n: i64| if n == 0 { format!("{} is sold out", title(sku)) } else { format!("only {n} of {} left", title(sku)) };
    let complaints: Vec<_> = left.iter().map(|(sku, n)| Complaint::sku("out_of_stock", sku, text(sku, *n))).collect();
    let message = complaints.iter().map(|complaint| complaint.message.as_str()).collect::<Vec<_>>().join("; ");
    Refusal { complaints, ..Refusal::new(409, "out_of_stock", message) }.with_quote(quote)
}

struct Prepared {
    order: Order,
    seeds: BTreeMap<String, u32>,
    goods: Goods,
    max_open: u32,
}

/// Steps 1 and 2: everything that can be refused before the store is asked.
async fn prepare(shop: &Shop, request: &CheckoutRequest) -> Result<Prepared, Problem> {
    let cart = request.cart();
    let terms = shop.catalogue.terms().await?;
    let mut complaints = request.complaints(&terms);
    let (terms, goods, quoted) = match goods_of(shop, &cart).await {
        Ok((terms, goods)) => {
            let quoted = priced(shop, &goods, &terms, &cart);
            (terms, goods, quoted)
        }
        Err(problem) => (terms, Goods::new(), Err(problem)),
    };
    let quote = match quoted {
        Ok(quote) => Some(quote),
        Err(Problem::Refused(refusal)) => {
            let said = |code| complaints.iter().any(|complaint: &Complaint| complaint.code == code);
            let news: Vec<_> = refusal.complaints.into_iter().filter(|complaint| !said(complaint.code)).collect();
            complaints.splice(0..0, news);
            None
        }
        Err(fault @ Problem::Failed(_)) => return Err(fault),
    };
    if quote.as_ref().is_some_and(|quote| quote.needs_shipping) && request.ship_to.is_none() {
        complaints.push(Complaint::field("missing_address", "ship_to", "say where the goods shall be sent"));
    }
    let gateway = choose_gateway(shop, &terms, request);
    if gateway.is_none() {
        complaints.push(Complaint::field("unknown_gateway", "gateway", "this way to pay is not offered"));
    }
    let (Some(quote), Some(gateway), true) = (quote, gateway, complaints.is_empty()) else {
        return Err(refused(complaints));
    };
    check_notices(&quote)?;
    if quote.due != request.expected_total {
        let quote = mark_stock(shop, &goods, quote).await?;
        return Err(Refusal::new(409, "price_changed", "the total has changed; please look at it again").with_quote(quote).into());
    }
    check_minimum(&terms, request, &quote)?;
    let order = new_order(shop, &terms, &goods, quote, gateway, request).await?;
    let seeds = order.items.iter().filter_map(|item| Some((item.sku.clone(), goods.get(&item.sku)?.stock?))).collect();
    Ok(Prepared { order, seeds, goods, max_open: terms.max_open_per_client })
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
    let mut refusal = Refusal::new(status, code, first.message.clone()).with_quote(quote.clone());
    let named = quote.notices.iter().filter(|notice| notice.code == first.code);
    refusal.complaints =
        named.map(|notice| Complaint { code, message: notice.message.clone(), field: None, line: None, sku: notice.sku.clone() }).collect();
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
    match request.gateway.as_deref().filter(|name| !name.is_empty()) {
        None => shop.gateways.keys().next().copied(),
        Some(name) => Gateway::parse(name).and_then(|named| {
            let stand_in = || Some(Gateway::Sandbox).filter(|sandbox| is_set_up(sandbox) && terms.gateways.contains(&named));
            Some(named).filter(is_set_up).or_else(stand_in)
        }),
    }
}

async fn new_order(
    shop: &Shop,
    terms: &Terms,
    goods: &Goods,
    quote: Quote,
    gateway: Gateway,
    request: &CheckoutRequest,
) -> Result<Order, Fault> {
    let now = shop.now();
    let asked = request.language.as_deref().unwrap_or_default();
    let language = terms.languages.iter().find(|language| *language == asked).map_or(terms.default_language(), String::as_str);
    Ok(Order {
        id: OrderId(uuid::Uuid::new_v4().simple().to_string()),
        number: order_number(random()),
        gateway,
        language: language.to_owned(),
        items: counted(goods, &quote),
        // Nothing is sold that cannot be delivered: a file that is missing fails here, before the payment.
        downloads: keep_downloads(shop, goods, &quote, language).await?,
        payment: if quote.due == 0 { Payment::Paid { payment: None, at: now } } else { Payment::Pending { attempt: 1 } },
        quote,
        refunds: Vec::new(),
        attention: None,
        created_at: now,
        expires_at: now + shop.settings.hold,
    })
}

async fn keep_downloads(shop: &Shop, goods: &Goods, quote: &Quote, language: &str) -> Result<Vec<Download>, Fault> {
    let mut downloads: Vec<Download> = Vec::new();
    for file in quote.lines.iter().filter_map(|line| goods.get(&line.sku)).flat_map(|record| record.files_in(language)) {
        let kept = shop.files.keep(&file.file).await?;
        let name = file.file.rsplit('/').next().unwrap_or(&file.file).to_owned();
        if !downloads.iter().any(|known| known.kept == kept && known.name == name) {
            downloads.push(Download { title: file.title.clone().unwrap_or_else(|| name.clone()), name, kept });
        }
    }
    Ok(downloads)
}

/// Ends the payment session of the order that this one replaces; the store gives its goods back when it takes this
/// one's. Orders of others cannot be named, because only their shoppers know the token, or the key it is derived from.
async fn give_up_earlier(shop: &Shop, request: &CheckoutRequest) -> Result<Option<Stored>, Problem> {
    let Some(named) = &request.replaces else { return Ok(None) };
    let token = uuid::Uuid::parse_str(named).map_or_else(|_| named.clone(), |key| shop.keys.order_token(&key.to_string()));
    let Some(earlier) = shop.store.by_token(&token_hash(shop, &token)).await? else { return Ok(None) };
    let Some(command) = settling::ending(shop, &earlier.order, Closing::Cancelled).await? else { return unless_paid(&earlier.order) };
    let facts = Facts { now: shop.now(), stock_left: true };
    if let Ok(decision) = decide(earlier.order.clone(), command.clone(), facts)
        && decision.order.payment == Payment::Closed(Closing::Cancelled)
    {
        return Ok(Some(Stored { order: decision.order, version: earlier.version }));
    }
    let after = settling::apply(shop, &earlier.order.id, command, Cause::Checkout).await?;
    match after {
        Some(Ok(order)) => unless_paid(&order),
        Some(Err(_)) | None => Ok(None),
    }
}

/// What is paid, or about to be, is not replaced: its shopper would pay twice.
fn unless_paid(earlier: &Order) -> Result<Option<Stored>, Problem> {
    match earlier.payment {
        Payment::Paid { .. } | Payment::Processing { .. } => {
            Err(Refusal::new(409, "already_paid", "the earlier order has been paid; look at it before placing another").into())
        }
        Payment::Pending { .. } | Payment::Awaiting { .. } | Payment::Closed(_) => Ok(None),
    }
}

/// Steps 4 and 5 for an order that has just been placed.
async fn begin_payment(shop: &Shop, order: Order, token: String) -> Result<Accepted, Problem> {
    shop.tell(&order, News::Placed);
    if order.payment.is_open() {
        return hand_over(shop, order, token).await;
    }
    shop.tell(&order, News::Paid);
    Ok(Accepted { order, token, pay_url: None })
}

/// A request that came before gets the answer it got then, as far as that still holds.
async fn resume(shop: &Shop, stored: Stored, token: String) -> Result<Accepted, Problem> {
    let order = stored.order;
    match &order.payment {
        Payment::Pending { .. } => hand_over(shop, order, token).await,
        Payment::Awaiting { session } | Payment::Processing { session, .. } => {
            let pay_url = Some(session.pay_url.clone());
            Ok(Accepted { order, token, pay_url })
        }
        Payment::Paid { .. } => Ok(Accepted { order, token, pay_url: None }),
        Payment::Closed(_) => Err(closed()),
    }
}

async fn hand_over(shop: &Shop, order: Order, token: String) -> Result<Accepted, Problem> {
    let gateway = shop.gateway(order.gateway)?;
    let opened = match gateway.open(&session_request(shop, &order, &token)).await {
        Ok(opened) => opened,
        Err(GatewayError::Unavailable(fault)) => return Err(fault.into()),
        Err(GatewayError::Refused(cause)) => {
            shop.log_fault(&format!("order {}: no payment session: {cause}", order.number));
            let release = Command::Release { how: Closing::Failed, sighting: None };
            settling::apply(shop, &order.id, release, Cause::Checkout).await?;
            return Err(Refusal::new(422, "payment_unavailable", "this payment is not possible; nothing was charged").into());
        }
    };
    if (opened.amount, opened.currency.as_str()) != (order.due(), order.currency().code()) {
        return Err(call_off(shop, &order, &opened).await?.into());
    }
    let sighting = opened.sighting;
    let session = sighting.session.clone();
    let command = match sighting.status {
        Status::Open => Command::HandOver { session: session.clone() },
        // A replay after the shopper has been to the gateway.
        _ => Command::Settle(sighting),
    };
    match settling::apply(shop, &order.id, command, Cause::Checkout).await? {
        Some(Ok(order)) if order.payment.is_open() => Ok(Accepted { order, token, pay_url: Some(session.pay_url) }),
        _ => lost_race(shop, &order.id, &session, token).await,
    }
}

/// The gateway would ask for another amount than the shopper has seen: nobody is sent there, and the goods go back.
async fn call_off(shop: &Shop, order: &Order, opened: &Opened) -> Result<Fault, Fault> {
    settling::end(shop, order, Closing::Failed, Cause::Checkout).await?;
    let (asked, due, currency) = (opened.amount, order.due(), order.currency());
    Ok(Fault(format!("order {}: the gateway would charge {asked} {} instead of {due} {currency}", order.number, opened.currency)))
}

/// The order went on without this session: its address must not leave the function while someone could pay there.
async fn lost_race(shop: &Shop, id: &OrderId, session: &Session, token: String) -> Result<Accepted, Problem> {
    let stored = shop.store.by_id(id).await?.ok_or_else(|| Fault(format!("order {} has vanished", id.0)))?;
    let order = stored.order;
    match &order.payment {
        Payment::Paid { .. } => Ok(Accepted { order, token, pay_url: None }),
        Payment::Closed(_) => {
            let gateway = shop.gateway(order.gateway)?;
            let ended = gateway.expire(&session.id).await;
            if let Ok(sighting) = ended {
                // Should somebody have paid there after all, the order is told.
                settling::apply(shop, id, Command::Settle(sighting), Cause::Checkout).await?;
            }
            Err(closed())
        }
        Payment::Awaiting { session } | Payment::Processing { session, .. } => {
            let pay_url = Some(session.pay_url.clone());
            Ok(Accepted { order, token, pay_url })
        }
        // It was pending when the session was refused, and nothing becomes pending again.
        Payment::Pending { .. } => Err(Fault(format!("order {} refused its payment session", id.0)).into()),
    }
}

/// Rebuilt for a retry to the same request: everything in it is fixed when the order is placed.
fn session_request(shop: &Shop, order: &Order, token: &str) -> SessionRequest {
    let attempt = if let Payment::Pending { attempt } = order.payment { attempt } else { 1 };
    let back = shop.url(&format!("/api/return/{}?order={token}", order.gateway.name()));
    SessionRequest {
        order: order.id.clone(),
        attempt,
        number: order.number.clone(),
        amount: order.due(),
        currency: order.currency().code().to_owned(),
        language: order.language.clone(),
        expires_at: order.expires_at,
        cancel_url: format!("{back}&cancelled=true"),
        return_url: back,
    }
}
