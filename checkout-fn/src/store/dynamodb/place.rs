//! Placing an order: one transaction. When it is refused, what is stored is read again, and the answer is the one that the
//! embedded store gives: the key first, then the client, then goods, uses and cards.

use std::collections::HashMap;

use aws_sdk_dynamodb::types::TransactWriteItem;

use super::DynamoStore;
use super::action::{Edit, any, new};
use super::commit::{Committed, MOST_ACTIONS, fresh_name};
use super::items::{self, Item, Key, json, millis, n, number, s, text, ttl};
use super::lacks::{lacking, void_among};
use super::moves::{Moves, Void};
use super::outbox::letter_actions;
use super::parts::{Choice, TAKEN, Taken};
use super::trouble::Patience;
use crate::decide::Movement;
use crate::error::Fault;
use crate::order::Order;
use crate::ports::{Cause, Change, Lack, Placed, Placement};
use crate::store::record::OrderRecord;

/// How long the count of a client's open orders is kept; its name is another one every day, and no order is open for longer.
const CLIENT_DAYS: i64 = 60;

/// How many items more than SKUs an order may take its goods from. An order has at most 60 different articles, so that this leaves room
/// for everything else in a transaction, when it is placed and when it is settled.
const MOST_SURPLUS: usize = 15;

/// Where the actions stand that put what only this order has; the key's comes first.
const OF_NAMES: std::ops::RangeInclusive<usize> = 1..=3;

/// The order that a new one replaces, as it lies in the table.
pub(super) struct Earlier<'a> {
    pub(super) order: &'a Order,
    version: i64,
    client: String,
    pub(super) void: Void,
    taken: Taken,
}

impl DynamoStore {
    /// Places an order, or says why not.
    pub(super) async fn place_order(&self, p: &Placement) -> Result<Placed, Fault> {
        let write = fresh_name();
        let mut patience = Patience::new();
        let mut choice = None;
        loop {
            let earlier = self.earlier(p).await?;
            let back = earlier.as_ref().map(|earlier| (earlier.order, &earlier.taken));
            let is_guess = choice.is_none();
            let chosen = choice.take().unwrap_or_else(|| Choice::guess(&p.order, &self.memo, back));
            let actions = self.placing(p, earlier.as_ref(), &chosen, &write)?;
            if let Some(earlier) = earlier.as_ref().filter(|_| actions.len() > MOST_ACTIONS) {
                // Both together are too much for one transaction. Its payment session has ended, so it gives back its goods anyway.
                self.release_alone(earlier, p).await?;
                continue;
            }
            if self.gathered(&chosen, actions.len()).await? && patience.wait_puzzled().await {
                continue;
            }
            let refused = match self.commit(actions, &mut patience).await? {
                Committed::Done => return Ok(Placed::New),
                Committed::Unknown(fault) => return self.placed_before(p, &write).await?.ok_or(fault),
                Committed::Refused(refused) => refused,
                Committed::TurnedAway => Vec::new(),
            };
            // Read before the key is: what the same order took meanwhile then shows as the key's.
            let found = self.what_it_needs(p).await?;
            if let Some(placed) = self.placed_before(p, &write).await? {
                return Ok(placed);
            }
            if let Some(refusal) = refusal(p, earlier.as_ref(), &found)? {
                if !self.is_passing(&refusal, &found).await? || !patience.wait_puzzled().await {
                    return Ok(refusal);
                }
                continue;
            }
            if refused.iter().any(|at| OF_NAMES.contains(at)) {
                return Err(Fault::new(format!("the number {}, the token or the id of a new order is another order's", p.order.number)));
            }
            let next = Choice::among(&p.order, &found, back)?;
            // A guess went to a part that has not enough: now it is known which have.
            let is_news = is_guess && !next.is_whole();
            if !refused.is_empty() && !is_news && !patience.wait_puzzled().await {
                return Err(Fault::new(format!(
                    "the order {} was refused again and again, although what it needs is there",
                    p.order.number
                )));
            }
            choice = Some(next);
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
        Ok(Some(Earlier { order: &known.order, version: known.version, client, void, taken: Taken::with(&item)? }))
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
    fn placing(&self, p: &Placement, earlier: Option<&Earlier<'_>>, choice: &Choice, write: &str) -> Result<Vec<TransactWriteItem>, Fault> {
        let (table, order, taken) = (self.table(), &p.order, choice.taken());
        let named = |key: Key| new(table, key.with([("order", s(&order.id.0))]));
        let key = Key::idempotency(&p.key).with([("order", s(&order.id.0)), ("body", s(&p.body)), ("write", s(write))]);
        let mut actions = vec![
            new(table, key)?,
            new(table, order_item(order, &p.client, &taken))?,
            named(Key::token(&p.token))?,
            named(Key::number(&order.number))?,
            any(table, Key::personal(&order.id).with([("record", json(&p.personal))]))?,
            log_action(table, order, 1, &Cause::Checkout, order.created_at, write)?,
        ];
        actions.extend(letter_actions(table, &order.id, 1, &p.letters, order.created_at)?);
        let mut moves = Moves::default();
        if let Some(earlier) = earlier {
            let closed = taken_edit(update(earlier.order, earlier.version, true), &earlier.taken, &Taken::default());
            actions.push(closed.action(table)?);
            actions.push(log_action(table, earlier.order, earlier.version + 1, &Cause::Checkout, order.created_at, write)?);
            moves.release(earlier.order, &earlier.void, &earlier.taken);
            if earlier.client != p.client {
                actions.push(opened(&earlier.client, -1, order).action(table)?);
            }
        }
        actions.extend(client_edit(p, earlier).map(|edit| edit.action(table)).transpose()?);
        moves.hold_new(order, choice, &p.seeds);
        if !order.payment.is_open() {
            moves.sell(order, &taken);
        }
        actions.extend(moves.actions(table)?);
        Ok(actions)
    }

    /// Everything that the order would hold, as it stands.
    async fn what_it_needs(&self, p: &Placement) -> Result<HashMap<Key, Item>, Fault> {
        let order = &p.order;
        let skus: Vec<&str> = order.items.iter().map(|item| item.sku.as_str()).collect();
        let cards = order.cards.iter().map(|used| Key::card(&used.card));
        let others: Vec<Key> = order.claims.iter().map(Key::claim).chain(cards).chain([Key::client(&p.client)]).collect();
        self.look(&skus, others).await
    }

    /// Whether goods that were not seen may be there all the same, because their parts were not seen at one moment.
    async fn is_passing(&self, refusal: &Placed, found: &HashMap<Key, Item>) -> Result<bool, Fault> {
        let Placed::Lacking(Lack::Goods(short)) = refusal else { return Ok(false) };
        self.is_still(short.keys().map(String::as_str).collect(), found).await.map(|is_still| !is_still)
    }

    /// Whether pieces that lie in too many parts for one transaction had to be put together, so that it is time for another look.
    /// There is room for what settles the order later, too.
    pub(super) async fn gathered(&self, choice: &Choice, actions: usize) -> Result<bool, Fault> {
        match choice.widest().filter(|_| actions > MOST_ACTIONS || choice.surplus() > MOST_SURPLUS) {
            Some(sku) => self.gather_shelf(sku).await.map(|()| true),
            None => Ok(false),
        }
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

/// Why the order cannot be placed, as things stand.
fn refusal(p: &Placement, earlier: Option<&Earlier<'_>>, found: &HashMap<Key, Item>) -> Result<Option<Placed>, Fault> {
    let order = &p.order;
    let open = found.get(&Key::client(&p.client)).map_or(Ok(0), |item| number(item, "count"))?;
    if order.payment.is_open() && open - replaced_here(p, earlier) >= i64::from(p.max_open) {
        return Ok(Some(Placed::TooManyOpen));
    }
    Ok(lacking(order, found, &p.seeds, earlier)?.map(Placed::Lacking))
}

fn order_item(order: &Order, client: &str, taken: &Taken) -> Item {
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
    item.into_iter().chain(wakes).chain(taken.attribute().map(|taken| (TAKEN.to_owned(), taken))).collect()
}

/// What an order has of which part becomes something else.
pub(super) fn taken_edit(edit: Edit, before: &Taken, after: &Taken) -> Edit {
    match after.attribute() {
        _ if before == after => edit,
        Some(taken) => edit.set(TAKEN, taken),
        None => edit.remove(TAKEN),
    }
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
