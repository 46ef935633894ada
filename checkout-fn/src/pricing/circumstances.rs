//! What a quote rests on beside goods, terms and cart: the clock, discounts that are used up, what gift cards hold. Codes that
//! do not exist are counted for each client.

use std::collections::{BTreeMap, BTreeSet};

use catalog::cart::Cart;
use catalog::discount::{Discount, normalized};
use catalog::quote::{Balance, Circumstances};
use catalog::terms::Terms;

use super::Asker;
use crate::error::{Fault, Problem, Refusal};
use crate::order::Claim;
use crate::ports::Hashed;
use crate::shop::Shop;

/// From so many different wrong codes in an hour on, a client's codes are not looked at.
const MAX_WRONG_CODES: u32 = 20;

/// Asks the clock and the store; the store only about what this cart could use.
pub(super) async fn gather(shop: &Shop, terms: &Terms, cart: &Cart, asker: &Asker) -> Result<Circumstances, Problem> {
    let now = shop.now().as_second();
    let has_codes = !cart.discounts.is_empty() || !cart.gift_cards.is_empty();
    let hour = now.div_euclid(3600);
    if has_codes && shop.store.wrong_codes(&asker.client, hour, &[]).await? >= MAX_WRONG_CODES {
        return Err(too_many_attempts());
    }
    let used_up = used_up(shop, terms, cart, asker).await?;
    let gift_cards = balances(shop, cart, asker).await?;
    let wrong = wrong_codes(shop, terms, cart, &gift_cards);
    // Many requests at once have all been looked at before one of them is counted; here each counts the ones before it.
    if !wrong.is_empty() && shop.store.wrong_codes(&asker.client, hour, &wrong).await? > MAX_WRONG_CODES {
        return Err(too_many_attempts());
    }
    Ok(Circumstances { now, used_up, gift_cards })
}

fn too_many_attempts() -> Problem {
    let text = "too many codes that do not exist were tried; try again in an hour, or order without a code";
    Refusal::new(429, "too_many_attempts", text).into()
}

/// The ids of limited discounts of which no use is left. How often one customer has used a code is not told before the
/// order is placed; of a discount that applies by itself the customer could not do without it, so that its price is right here.
async fn used_up(shop: &Shop, terms: &Terms, cart: &Cart, asker: &Asker) -> Result<BTreeSet<String>, Fault> {
    let wanted: BTreeSet<String> = cart.discounts.iter().map(|code| normalized(code)).collect();
    let claims = terms.discounts.iter().flat_map(|discount| {
        let is_automatic = discount.codes.is_empty();
        let is_usable = is_automatic || discount.codes.iter().any(|code| wanted.contains(code));
        let customer = asker.customer.as_ref().filter(|_| is_automatic);
        if is_usable { claims_of(discount, customer) } else { Vec::new() }
    });
    let claims: Vec<Claim> = claims.collect();
    let mut used_up = asker.used_up.clone();
    if claims.is_empty() {
        return Ok(used_up);
    }
    let own = |claim: &Claim| asker.earlier.iter().flat_map(|order| &order.claims).any(|held| same_kind(held, claim));
    for (claim, used) in claims.iter().zip(shop.store.uses(&claims).await?) {
        if used.saturating_sub(u32::from(own(claim))) >= claim.limit {
            used_up.insert(claim.discount.clone());
        }
    }
    Ok(used_up)
}

fn same_kind(a: &Claim, b: &Claim) -> bool {
    (&a.discount, &a.customer) == (&b.discount, &b.customer)
}

/// What one use of a discount counts for: nothing where it has no limits.
pub(crate) fn claims_of(discount: &Discount, customer: Option<&Hashed>) -> Vec<Claim> {
    let claim = |customer, limit| Claim { discount: discount.id.clone(), customer, limit };
    let of_all = discount.uses.map(|limit| claim(None, limit));
    let of_one = discount.uses_per_customer.zip(customer).map(|(limit, customer)| claim(Some(customer.clone()), limit));
    of_all.into_iter().chain(of_one).collect()
}

/// What the cart's gift cards hold, by their codes as they were typed.
async fn balances(shop: &Shop, cart: &Cart, asker: &Asker) -> Result<BTreeMap<String, Balance>, Fault> {
    if cart.gift_cards.is_empty() {
        return Ok(BTreeMap::new());
    }
    let hashes: Vec<Hashed> = cart.gift_cards.iter().map(|code| shop.keys.gift_card(code)).collect();
    let known = shop.store.balances(&hashes).await?;
    let own = |hash: &Hashed| -> i64 {
        let used = asker.earlier.iter().flat_map(|order| &order.cards).filter(|used| used.card == *hash);
        used.map(|used| used.amount).sum()
    };
    let found = cart.gift_cards.iter().zip(&hashes).filter_map(|(code, hash)| {
        let balance = known.get(hash)?;
        Some((code.clone(), Balance { minor: balance.minor + own(hash), ..*balance }))
    });
    Ok(found.collect())
}

/// The hashes of codes that name nothing. One that has ended, or is spent, is no guess.
fn wrong_codes(shop: &Shop, terms: &Terms, cart: &Cart, cards: &BTreeMap<String, Balance>) -> Vec<Hashed> {
    let is_known = |code: &String| terms.discounts.iter().any(|discount| discount.codes.contains(code));
    let discounts = cart.discounts.iter().map(|code| normalized(code)).filter(|code| !is_known(code));
    let wrong_discounts = discounts.map(|code| shop.keys.hash("wrong code", &code));
    let wrong_cards = cart.gift_cards.iter().filter(|code| !cards.contains_key(*code)).map(|code| shop.keys.gift_card(code));
    wrong_discounts.chain(wrong_cards).collect()
}
