//! What a cart costs now: the quote over the catalogue, the clock and what the store knows. Writes nothing but the codes
//! that a client has tried in vain.

use std::collections::BTreeSet;
use std::sync::Arc;

use catalog::cart::Cart;
use catalog::quote::{Goods, Quote, quote};
use catalog::terms::Terms;

use crate::error::{Complaint, Fault, Problem, Refusal};
use crate::order::Order;
use crate::ports::Hashed;
use crate::shop::Shop;

mod circumstances;
mod stock;

pub(crate) use circumstances::claims_of;
pub(crate) use stock::{Left, counted, left, mark_stock, parts, shortages};

/// Who wants to know.
#[derive(Debug, Clone, Default)]
pub(crate) struct Asker {
    /// The client's hash.
    pub(crate) client: Hashed,
    /// The customer's hash, where the mail address is known: at the checkout only.
    pub(crate) customer: Option<Hashed>,
    /// The shopper's own unpaid order that a new one would replace: what it holds counts as free.
    pub(crate) earlier: Option<Box<Order>>,
    /// Discounts of which the store has just said that no use is left.
    pub(crate) used_up: BTreeSet<String>,
}

/// A cart and its price.
pub(crate) struct Priced {
    /// Names each gift card once.
    pub(crate) cart: Cart,
    pub(crate) terms: Arc<Terms>,
    /// With the components of bundles.
    pub(crate) goods: Goods,
    pub(crate) quote: Quote,
}

/// The most codes of one request, so that nobody tries them by the hundred.
const MAX_CODES: usize = 5;
/// The most different stock items that one order takes, bundles expanded, together with the gift cards that it issues: all of
/// them move in one transaction (`DESIGN.md` §8, step 1).
const MAX_MOVED: usize = 60;

/// Prices a cart and marks what the store has not got.
pub(crate) async fn quote_with_stock(shop: &Shop, cart: Cart, asker: &Asker) -> Result<Quote, Problem> {
    let priced = price(shop, cart, asker).await?;
    Ok(mark_stock(shop, &priced.goods, priced.quote, asker.earlier.as_deref()).await?)
}

/// Prices a cart.
pub(crate) async fn price(shop: &Shop, mut cart: Cart, asker: &Asker) -> Result<Priced, Problem> {
    if cart.discounts.len() + cart.gift_cards.len() > MAX_CODES {
        let text = format!("at most {MAX_CODES} codes at once");
        return Err(refused(vec![Complaint::field("too_many_codes", "discounts", text)]));
    }
    name_cards_once(shop, &mut cart);
    let (terms, goods) = goods_of(shop, &cart).await?;
    let circumstances = circumstances::gather(shop, &terms, &cart, asker).await?;
    let mut quote =
        quote(&goods, &terms, &cart, &circumstances).map_err(|faults| refused(faults.into_iter().map(Complaint::from).collect()))?;
    stock::mark_incomplete(&goods, &mut quote);
    check_size(&goods, &quote)?;
    Ok(Priced { cart, terms, goods, quote })
}

/// The same card in two spellings would seem to pay twice.
fn name_cards_once(shop: &Shop, cart: &mut Cart) {
    let mut seen = BTreeSet::new();
    cart.gift_cards.retain(|code| seen.insert(shop.keys.gift_card(code)));
}

async fn goods_of(shop: &Shop, cart: &Cart) -> Result<(Arc<Terms>, Goods), Problem> {
    // Too many lines are refused before anything is read for them.
    let merged = cart.merge().map_err(|faults| refused(faults.into_iter().map(Complaint::from).collect()))?;
    let mut skus: Vec<&str> = merged.iter().map(|line| line.sku.as_str()).collect();
    skus.dedup();
    Ok(shop.catalogue.goods(&skus).await?)
}

fn check_size(goods: &Goods, quote: &Quote) -> Result<(), Problem> {
    let cards: u64 = gift_card_lines(quote).map(|(_, line)| u64::from(line.quantity)).sum();
    let moved = u64::try_from(counted(goods, quote).len()).unwrap_or(u64::MAX).saturating_add(cards);
    if moved <= MAX_MOVED as u64 {
        return Ok(());
    }
    let text = format!("an order has at most {MAX_MOVED} different articles and gift cards, those in sets among them");
    Err(Refusal::new(422, "cart_too_large", text).into())
}

/// The lines that buy gift cards, with their indices.
pub(crate) fn gift_card_lines(quote: &Quote) -> impl Iterator<Item = (usize, &catalog::quote::QuoteLine)> {
    quote.lines.iter().enumerate().filter(|(_, line)| line.delivery == Some(catalog::bundle::Delivery::GiftCard))
}

/// 422 with these complaints.
pub(crate) fn refused(complaints: Vec<Complaint>) -> Problem {
    Refusal::of(complaints).map_or_else(|| Fault::new("a refusal without a reason".into()).into(), Problem::from)
}
