//! Placing an order: one transaction. When it is refused, what is stored is read again, and the answer is the one that the
//! embedded store gives: the key first, then the client, then goods, uses and cards.

use std::collections::{BTreeMap, HashMap};

use aws_sdk_dynamodb::types::TransactWriteItem;

use super::DynamoStore;
use super::action::{Edit, any, new};
use super::commit::{Committed, MOST_ACTIONS, fresh_name};
use super::items::{self, Item, Key, json, millis, n, number, s, text, ttl};
use super::lookups::{balance, count, used};
use super::moves::{Moves, Void};
use super::outbox::letter_actions;
use super::trouble::Patience;
use crate::decide::Movement;
use crate::error::Fault;
use crate::order::Order;
use crate::ports::{Cause, Change, Lack, Placed, Placement};
use crate::store::record::OrderRecord;

/// How long the count of a client's open orders is kept; its name is another one every day, and no order is open for longer.
const CLIENT_DAYS: i64 = 60;

/// Where the actions stand that put what only this order has; the key's comes first.
const OF_NAMES: std::ops::RangeInclusive<usize> = 1..=3;

/// The order that a new one replaces, as it lies in the table.
struct Earlier<'a> {
    order: &'a Order,
    version: i64,
    client: String,
    void: Void,
}

impl DynamoStore {
    /// Places an order, or says why not.
    pub(super) async fn place_order(&self, p: &Placement) -> Result<Placed, Fault> {
        let write = fresh_name();
        let mut patience = Patience::new();
        loop {
            let earlier = self.earlier(p).await?;
            let actions = self.placing(p, earlier.as_ref(), &write)?;
            if let Some(earlier) = earlier.as_ref().filter(|_| actions.len() > MOST_ACTIONS) {
                // Both together are too much for one transaction. Its payment session has ended, so it gives back its goods anyway.
                self.release_alone(earlier, p).await?;
                continue;
            }
            let refused = match self.commit(actions, &mut patience).await? {
                Committed::Done => return Ok(Placed::New),
                Committed::Unknown(fault) => return self.placed_before(p, &write).await?.ok_or(fault),
                Committed::Refused(refused) => refused,
                Committed::TurnedAway => Vec::new(),
            };
            // Read before the key is: what the same order took meanwhile then shows as the key's.
            let refusal = self.refusal(p, earlier.as_ref()).await?;
            if let Some(placed) = self.placed_before(p, &write).await? {
                return Ok(placed);
            }
            if let Some(refusal) = refusal {
                return Ok(refusal);
            }
            if refused.iter().any(|at| OF_NAMES.contains(at)) {
                return Err(Fault::new(format!("the number {}, the token or the id of a new order is another order's", p.order.number)));
            }
            if !refused.is_empty() && !patience.wait_puzzled().await {
                return Err(Fault::new(format!(
                    "the order {} was refused again and again, although what it needs is there",
                    p.order.number
                )));
            }
        }
    }

    /// The order that is to be replaced. `None` where there is none, or where somebody else has changed it meanwhile: then it is
    /// left as they made it.
    async fn earlier<'a>(&self, p: &'a Placement) -> Result<Option<Earlier<'a>>, Fault> {
        let Some(known) = &p.replaces else { return Ok(None) };
        let cards = || known.order.cards.iter().map(|used| used.card.as_str());
        let mut found = self.get_all(cards().map(Key::card).chain([Key::order(&known.order.id)])).await?;
        let Some(item) = found.remove(&Key::order(&known.order.id)) else { return Ok(None) };
        if number(&item, "version")? != known.version || !items::flag(&item, "open")? {
            return Ok(None);
        }
        let (client, void) = (text(&item, "client")?.to_owned(), void_among(cards(), &found)?);
        Ok(Some(Earlier { order: &known.order, version: known.version, client, void }))
    }

    /// What came of an earlier request with the same key, this one's own tries among them.
    async fn placed_before(&self, p: &Placement, write: &str) -> Result<Option<Placed>, Fault> {
        let Some(item) = self.get(&Key::idempotency(&p.key)).await? else { return Ok(None) };
        if text(&item, "write")? == write {
            return Ok(Some(Placed::New));
        }
        if text(&item, "body")? != p.body {
            return Ok(Some(Placed::KeyReused));
        }
        let known = self.order_of_key(&p.key).await?;
        Ok(known.map(|(stored, _)| Placed::Again(Box::new(stored))))
    }

    /// The one transaction.
    fn placing(&self, p: &Placement, earlier: Option<&Earlier<'_>>, write: &str) -> Result<Vec<TransactWriteItem>, Fault> {
        let (table, order) = (self.table(), &p.order);
        let named = |key: Key| new(table, key.with([("order", s(&order.id.0))]));
        let key = Key::idempotency(&p.key).with([("order", s(&order.id.0)), ("body", s(&p.body)), ("write", s(write))]);
        let mut actions = vec![
            new(table, key)?,
            new(table, order_item(order, &p.client))?,
            named(Key::token(&p.token))?,
            named(Key::number(&order.number))?,
            any(table, Key::personal(&order.id).with([("record", json(&p.personal))]))?,
            log_action(table, order, 1, &Cause::Checkout, order.created_at, write)?,
        ];
        actions.extend(letter_actions(table, &order.id, 1, &p.letters, order.created_at)?);
        let mut moves = Moves::default();
        if let Some(earlier) = earlier {
            actions.push(update(earlier.order, earlier.version, true).action(table)?);
            actions.push(log_action(table, earlier.order, earlier.version + 1, &Cause::Checkout, order.created_at, write)?);
            moves.release(earlier.order, &earlier.void);
            if earlier.client != p.client {
                actions.push(opened(&earlier.client, -1, order).action(table)?);
            }
        }
        actions.extend(client_edit(p, earlier).map(|edit| edit.action(table)).transpose()?);
        moves.hold_new(order, &p.seeds);
        if !order.payment.is_open() {
            moves.shift(order, &Movement::Sell, &Void::new());
        }
        actions.extend(moves.actions(table)?);
        Ok(actions)
    }

    /// Why the order cannot be placed, as things stand.
    async fn refusal(&self, p: &Placement, earlier: Option<&Earlier<'_>>) -> Result<Option<Placed>, Fault> {
        let order = &p.order;
        let keys = order.items.iter().map(|item| Key::stock(&item.sku)).chain(order.claims.iter().map(Key::claim));
        let keys = keys.chain(order.cards.iter().map(|used| Key::card(&used.card))).chain([Key::client(&p.client)]);
        let found = self.get_all(keys).await?;
        let open = found.get(&Key::client(&p.client)).map_or(Ok(0), |item| number(item, "count"))?;
        if order.payment.is_open() && open - replaced_here(p, earlier) >= i64::from(p.max_open) {
            return Ok(Some(Placed::TooManyOpen));
        }
        Ok(lacking(order, &found, &p.seeds, earlier)?.map(Placed::Lacking))
    }

    /// Closes the earlier order in a transaction of its own.
    async fn release_alone(&self, earlier: &Earlier<'_>, p: &Placement) -> Result<(), Fault> {
        let change = Change {
            order: earlier.order.clone(),
            version: earlier.version,
            movement: Some(Movement::Release),
            request: None,
            letters: Vec::new(),
            besides: None,
            cause: Cause::Checkout,
            at: p.order.created_at,
        };
        self.change_order(&change).await.map(drop)
    }
}

/// Goods, uses or money that an order would hold and that are not there, what an earlier order gives back among them.
fn lacking(
    order: &Order,
    found: &HashMap<Key, Item>,
    seeds: &BTreeMap<String, u32>,
    earlier: Option<&Earlier<'_>>,
) -> Result<Option<Lack>, Fault> {
    let back = earlier.map(|earlier| earlier.order);
    let goods_back = |sku: &str| {
        back.into_iter().flat_map(|order| &order.items).filter(|item| item.sku == sku).map(|item| i64::from(item.quantity)).sum::<i64>()
    };
    let short = shortages(order, found, |sku| i64::from(seeds.get(sku).copied().unwrap_or(0)), goods_back)?;
    if !short.is_empty() {
        return Ok(Some(Lack::Goods(short)));
    }
    let mut used_up = Vec::new();
    for claim in &order.claims {
        let given_back = back.into_iter().flat_map(|order| &order.claims).filter(|back| Key::claim(back) == Key::claim(claim)).count();
        let used = found.get(&Key::claim(claim)).map_or(Ok(0), used)? as usize;
        if used.saturating_sub(given_back) >= claim.limit as usize {
            used_up.push(claim.clone());
        }
    }
    if !used_up.is_empty() {
        return Ok(Some(Lack::Uses(used_up)));
    }
    let money_back = |card: &str| match earlier {
        Some(earlier) if !earlier.void.contains(card) => {
            earlier.order.cards.iter().filter(|used| used.card == card).map(|used| used.amount).sum()
        }
        _ => 0,
    };
    Ok((!cards_suffice(order, found, money_back)?).then_some(Lack::Cards))
}

/// SKU → how many can be had, of those items that are not there in their quantity.
pub(super) fn shortages(
    order: &Order,
    found: &HashMap<Key, Item>,
    first: impl Fn(&str) -> i64,
    back: impl Fn(&str) -> i64,
) -> Result<BTreeMap<String, i64>, Fault> {
    let mut short = BTreeMap::new();
    for item in &order.items {
        let available = found.get(&Key::stock(&item.sku)).map_or(Ok(first(&item.sku)), |item| count(item).map(|count| count.available))?;
        let buyable = available + back(&item.sku) + i64::from(item.backorder);
        if buyable < i64::from(item.quantity) {
            short.insert(item.sku.clone(), buyable.max(0));
        }
    }
    Ok(short)
}

/// Whether the cards hold what an order takes of them.
pub(super) fn cards_suffice(order: &Order, found: &HashMap<Key, Item>, back: impl Fn(&str) -> i64) -> Result<bool, Fault> {
    for used in &order.cards {
        let Some(card) = found.get(&Key::card(&used.card)) else { return Ok(false) };
        let balance = balance(card)?;
        if balance.currency != order.currency() || balance.minor + back(&used.card) < used.amount {
            return Ok(false);
        }
    }
    Ok(true)
}

/// Those of the cards that are void.
pub(super) fn void_among<'a>(cards: impl Iterator<Item = &'a str>, found: &HashMap<Key, Item>) -> Result<Void, Fault> {
    let mut void = Void::new();
    for card in cards {
        if found.get(&Key::card(card)).map_or(Ok(false), |item| items::flag(item, "void"))? {
            void.insert(card.to_owned());
        }
    }
    Ok(void)
}

fn order_item(order: &Order, client: &str) -> Item {
    let (list, list_by) = items::order_listing(&order.id, order.created_at);
    let item = Key::order(&order.id).with([
        ("record", json(&OrderRecord::from(order))),
        ("version", n(1)),
        ("open", aws_sdk_dynamodb::types::AttributeValue::Bool(order.payment.is_open())),
        ("client", s(client)),
        ("list", s(list)),
        ("list_by", s(list_by)),
    ]);
    let wakes = order.wake_at().into_iter();
    let wakes = wakes.flat_map(|at| [("wake".to_owned(), s(items::wake_shard(&order.id))), ("wake_at".to_owned(), n(millis(at)))]);
    item.into_iter().chain(wakes).collect()
}

/// A stored order becomes this one, if it still has that version and is as open as was thought.
pub(super) fn update(order: &Order, version: i64, was_open: bool) -> Edit {
    let open = aws_sdk_dynamodb::types::AttributeValue::Bool;
    let edit = Edit::of(Key::order(&order.id))
        .only_if("version", "=", n(version))
        .only_if("open", "=", open(was_open))
        .set("record", json(&OrderRecord::from(order)))
        .set("version", n(version + 1))
        .set("open", open(order.payment.is_open()));
    match order.wake_at() {
        Some(at) => edit.set("wake", s(items::wake_shard(&order.id))).set("wake_at", n(millis(at))),
        None => edit.remove("wake").remove("wake_at"),
    }
}

/// A line of an order's log, which also says which write has made the version. Nothing is ever written over.
pub(super) fn log_action(
    table: &str,
    order: &Order,
    version: i64,
    cause: &Cause,
    at: jiff::Timestamp,
    write: &str,
) -> Result<TransactWriteItem, Fault> {
    let cause = match cause {
        Cause::Checkout => "checkout".to_owned(),
        Cause::Notice(gateway, event) => format!("webhook {gateway} {event}"),
        Cause::Return => "return".to_owned(),
        Cause::Worker => "worker".to_owned(),
        Cause::Merchant => "merchant".to_owned(),
    };
    let line = [("at", n(millis(at))), ("cause", s(cause)), ("payment", s(order.payment.name())), ("write", s(write))];
    new(table, Key::log(&order.id, version).with(line))
}

/// So many more orders of a client are open.
pub(super) fn opened(client: &str, by: i64, order: &Order) -> Edit {
    Edit::of(Key::client(client)).add_to("count", 0, by).set("ttl", ttl(order.created_at, CLIENT_DAYS))
}

/// The client's count, held to the limit where the new order is open.
fn client_edit(p: &Placement, earlier: Option<&Earlier<'_>>) -> Option<Edit> {
    let closes = replaced_here(p, earlier);
    if !p.order.payment.is_open() {
        return (closes > 0).then(|| opened(&p.client, -closes, &p.order));
    }
    let limit = i64::from(p.max_open) + closes;
    let edit = opened(&p.client, 1 - closes, &p.order).only_if("count", "<", n(limit));
    Some(if limit > 0 { edit.or_missing() } else { edit })
}

/// How many of the client's orders the new one closes.
fn replaced_here(p: &Placement, earlier: Option<&Earlier<'_>>) -> i64 {
    i64::from(earlier.is_some_and(|earlier| earlier.client == p.client))
}
