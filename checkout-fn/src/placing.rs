//! Placing an order (step 3 of a checkout): one transaction holds everything that it needs, or nothing. What comes before is in
//! `preparing`, what comes after in `handover`.

use std::collections::BTreeMap;

use catalog::quote::{Goods, Quote};

use crate::decide::{Effect, Facts, News, decide};
use crate::error::{Complaint, Fault, Problem, Refusal};
use crate::handover::{Accepted, begin_payment, compose, resume};
use crate::order::{Claim, Closing, Order, Payment};
use crate::ports::{Cause, Lack, Placed, Placement, Stored};
use crate::preparing::{Prepared, prepare};
use crate::pricing::{self, Asker};
use crate::request::CheckoutRequest;
use crate::settling;
use crate::shop::Shop;

/// Who asks for a quote: a client, perhaps with an unpaid order (its token or its key) that another would replace.
pub(crate) async fn asker(shop: &Shop, client: &str, replaces: Option<&str>) -> Result<Asker, Fault> {
    let day = jiff::tz::Offset::UTC.to_datetime(shop.now()).date();
    let earlier = match replaces {
        Some(named) => named_order(shop, named).await?.map(|stored| Box::new(stored.order)).filter(|order| order.payment.is_open()),
        None => None,
    };
    Ok(Asker { client: shop.keys.client(client, day), earlier, ..Asker::default() })
}

/// Places an order for a client.
pub(crate) async fn place(shop: &Shop, request: &CheckoutRequest, client: &str) -> Result<Accepted, Problem> {
    let key = request.key().map_err(|complaint| pricing::refused(vec![complaint]))?;
    let body = shop.keys.hash("body", &request.canonical());
    let hashed_key = shop.keys.hash("idempotency key", &key);
    if let Some((stored, first_body)) = shop.store.by_key(&hashed_key).await? {
        return if first_body == body { Box::pin(resume(shop, stored)).await } else { Err(key_reused()) };
    }
    let asker = asker(shop, client, request.replaces.as_deref()).await?;
    let asker = Asker { customer: Some(shop.keys.customer(&request.email)), ..asker };
    let prepared = Box::pin(prepare(shop, request, &asker)).await?;
    let token = shop.keys.order_token(&prepared.order.id);
    let mut personal = request.personal(shop.now());
    if prepared.order.payment.is_open() {
        // What the gateway cannot take is refused before anything is held.
        personal.request = Some(compose(shop, &prepared.order, &token, &prepared.terms.shop_name, &personal)?);
    }
    let replaces = Box::pin(give_up_earlier(shop, request)).await?;
    let placement = Placement {
        key: hashed_key,
        body,
        token: token_hash(shop, &token),
        client: asker.client.clone(),
        max_open: prepared.terms.max_open_per_client,
        seeds: prepared.seeds.clone(),
        personal,
        replaces: replaces.clone(),
        letters: if prepared.order.is_paid() { shop.letters(&prepared.order, &[Effect::Tell(News::Paid)]) } else { Vec::new() },
        order: prepared.order.clone(),
    };
    let refusal = match shop.store.place(placement).await? {
        Placed::New => {
            if let Some(earlier) = &replaces
                && let Some(stored) = shop.store.by_id(&earlier.order.id).await?
                && stored.order.payment == earlier.order.payment
            {
                // Unless somebody else has changed it meanwhile.
                shop.tell(&stored.order, News::Closed);
            }
            return Box::pin(begin_payment(shop, prepared.order, token)).await;
        }
        Placed::Again(stored) => return Box::pin(resume(shop, *stored)).await,
        Placed::KeyReused => key_reused(),
        Placed::TooManyOpen => {
            Refusal::new(429, "too_many_open_orders", "too many unpaid orders are open; pay or cancel one of them first").into()
        }
        Placed::Lacking(lack) => lacking(shop, request, asker, &prepared, lack).await.unwrap_or_else(|problem| problem),
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

/// Why the store has not placed an order, with what the cart costs now.
async fn lacking(shop: &Shop, request: &CheckoutRequest, asker: Asker, prepared: &Prepared, lack: Lack) -> Result<Problem, Problem> {
    let refusal = match lack {
        Lack::Goods(left) => {
            let quote = pricing::mark_stock(shop, &prepared.goods, prepared.order.quote.clone(), asker.earlier.as_deref()).await?;
            out_of_stock(&prepared.goods, &left, quote)
        }
        Lack::Uses(claims) => {
            let texts = claims.iter().map(|claim| used_up(prepared, claim)).collect();
            let used_up = claims.into_iter().map(|claim| claim.discount).collect();
            let quote = pricing::quote_with_stock(shop, request.cart(), &Asker { used_up, ..asker }).await?;
            said_beside("discount_used_up", "discounts", texts, quote)
        }
        Lack::Cards => {
            let text = "a gift card holds less than it did; please look at the total again";
            let quote = pricing::quote_with_stock(shop, request.cart(), &asker).await?;
            said_beside("gift_card_changed", "gift_cards", vec![text.to_owned()], quote)
        }
    };
    Ok(refusal.into())
}

fn out_of_stock(goods: &Goods, left: &BTreeMap<String, i64>, quote: Quote) -> Refusal {
    let told = pricing::shortages(goods, &quote, left).into_iter();
    let complaints: Vec<_> = told.map(|short| Complaint::sku("out_of_stock", &short.sku, short.text)).collect();
    let message = complaints.iter().map(|complaint| complaint.message.as_str()).collect::<Vec<_>>().join("; ");
    Refusal { complaints, ..Refusal::new(409, "out_of_stock", message) }.with_quote(quote)
}

/// Somebody else took the last use, or this customer has had theirs.
fn used_up(prepared: &Prepared, claim: &Claim) -> String {
    let discount = prepared.terms.discounts.iter().find(|discount| discount.id == claim.discount);
    let title = discount.map_or(claim.discount.as_str(), |discount| discount.title.in_language(&prepared.order.language));
    match claim.customer {
        Some(_) => format!("you have used ‘{title}’ before, and it cannot be used again"),
        None => format!("‘{title}’ has been used up"),
    }
}

/// A refusal whose texts belong to one field.
fn said_beside(code: &'static str, field: &'static str, texts: Vec<String>, quote: Quote) -> Refusal {
    let refusal = Refusal::new(409, code, texts.join("; ")).with_quote(quote);
    Refusal { complaints: texts.into_iter().map(|text| Complaint::field(code, field, text)).collect(), ..refusal }
}

/// The order of a token, or of an idempotency key. Orders of others cannot be named, because
/// only their shoppers know either.
async fn named_order(shop: &Shop, named: &str) -> Result<Option<Stored>, Fault> {
    match uuid::Uuid::parse_str(named) {
        Ok(key) => {
            let key = shop.keys.hash("idempotency key", &key.to_string());
            Ok(shop.store.by_key(&key).await?.map(|(stored, _)| stored))
        }
        Err(_) => shop.store.by_token(&token_hash(shop, named)).await,
    }
}

/// Ends the payment session of the order that this one replaces; the store gives its goods back when it takes this
/// one's.
async fn give_up_earlier(shop: &Shop, request: &CheckoutRequest) -> Result<Option<Stored>, Problem> {
    let Some(named) = &request.replaces else { return Ok(None) };
    let Some(earlier) = named_order(shop, named).await? else { return Ok(None) };
    let Some(command) = settling::ending(shop, &earlier.order, Closing::Cancelled).await? else { return unless_paid(&earlier.order) };
    let facts = Facts { now: shop.now(), stock_left: true, balances: BTreeMap::new() };
    if let Ok(decision) = decide(earlier.order.clone(), command.clone(), &facts)
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
        Payment::Paid { .. } | Payment::Capturing { .. } | Payment::Processing { .. } => {
            Err(Refusal::new(409, "already_paid", "the earlier order has been paid; look at it before placing another").into())
        }
        Payment::Pending { .. } | Payment::Awaiting { .. } | Payment::Closed(_) => Ok(None),
    }
}
