//! Changing an order: one transaction over its version, what it holds, its log and the event that caused it.

use std::collections::HashMap;

use aws_sdk_dynamodb::types::TransactWriteItem;

use super::DynamoStore;
use super::action::{Edit, any, delete};
use super::commit::{Committed, fresh_name};
use super::items::{Item, Key, flag, json, n, number, s, text, ttl};
use super::lacks::{cards_suffice, shortages, void_among};
use super::lookups::balance;
use super::moves::{Moves, Void};
use super::outbox::letter_actions;
use super::parts::{Choice, TAKEN, Taken};
use super::place::{log_action, opened, taken_edit, update};
use super::trouble::Patience;
use crate::decide::{Movement, TakeBack};
use crate::error::Fault;
use crate::ports::{Besides, Cause, Change, Changed};

/// How long an event is known to have been seen; gateways send for days.
const EVENT_DAYS: i64 = 90;

/// What a change rests on beside what it says itself.
#[derive(Default)]
struct Known {
    /// Whose count of open orders changes.
    client: Option<String>,
    void: Void,
    /// Cards that the order would have issued, and that are not there.
    missing: Vec<String>,
    /// Of which parts of split counts its goods are. `None` where nobody has looked, and none is expected.
    taken: Option<Taken>,
}

impl DynamoStore {
    /// Stores a change, or says why not.
    pub(super) async fn change_order(&self, change: &Change) -> Result<Changed, Fault> {
        let write = fresh_name();
        let mut patience = Patience::new();
        let (mut choice, mut looks) = (None, false);
        loop {
            let Some(known) = self.known(change, looks).await? else {
                return self.became_of(change, &write).await.map(|became| became.unwrap_or(Changed::Moved));
            };
            let is_guess = choice.is_none();
            let chosen = choice
                .take()
                .unwrap_or_else(|| if takes_goods(change) { Choice::guess(&change.order, &self.memo, None) } else { Choice::default() });
            let actions = self.changing(change, &known, &chosen, &write)?;
            if self.gathered(&chosen, actions.len()).await? && patience.wait_puzzled().await {
                continue;
            }
            let was_refused = match self.commit(actions, &mut patience).await? {
                Committed::Done => return Ok(Changed::Done),
                Committed::Unknown(fault) => return self.became_of(change, &write).await?.ok_or(fault),
                Committed::Refused(_) => true,
                Committed::TurnedAway => false,
            };
            // Read before the order is: where somebody else has changed it meanwhile, with the last there was, it has moved.
            let (found, is_drawn) = (self.what_it_takes(change).await?, self.is_drawn(change).await?);
            let is_short = is_short(change, &found)?;
            if let Some(became) = self.became_of(change, &write).await? {
                return Ok(became);
            }
            if is_short {
                let skus = change.order.items.iter().filter(|_| takes_goods(change)).map(|item| item.sku.as_str()).collect();
                if self.is_still(skus, &found).await? || !patience.wait_puzzled().await {
                    return Ok(Changed::Short);
                }
                continue;
            }
            if is_drawn {
                return Ok(Changed::Moved);
            }
            let next = Choice::among(&change.order, &found, None)?;
            // A guess went to a part that has not enough, or goods that come back are of other parts: now it is known of which.
            let is_news = (is_guess && !next.is_whole()) || (known.taken.is_none() && gives_goods(change));
            looks |= was_refused;
            choice = Some(next);
            if was_refused && !is_news && !patience.wait_puzzled().await {
                let id = &change.order.id.0;
                return Err(Fault::new(format!(
                    "the order {id} does not hold what it should: {:?} was refused again and again",
                    change.movement
                )));
            }
        }
    }

    /// What has to be read first, for most changes nothing. `None` where the order has moved on. `looks` at where goods that come back
    /// are from, which need not be asked as long as nothing is split.
    async fn known(&self, change: &Change, looks: bool) -> Result<Option<Known>, Fault> {
        let crossing = was_open(change) != change.order.payment.is_open();
        let cards = cards_asked(change);
        if !crossing && cards.is_empty() && !(looks && gives_goods(change)) {
            return Ok(Some(Known::default()));
        }
        let order = Key::order(&change.order.id);
        let mut found = self.get_all(cards.iter().map(|card| Key::card(card)).chain([order.clone()])).await?;
        let Some(item) = found.remove(&order) else { return Ok(None) };
        if number(&item, "version")? != change.version {
            return Ok(None);
        }
        check_way(change, &item)?;
        let client = if crossing { Some(text(&item, "client")?.to_owned()) } else { None };
        let missing = cards.iter().filter(|card| !found.contains_key(&Key::card(card))).cloned().collect();
        let void = void_among(cards.iter().map(String::as_str), &found)?;
        Ok(Some(Known { client, void, missing, taken: Some(Taken::with(&item)?) }))
    }

    fn changing(&self, change: &Change, known: &Known, choice: &Choice, write: &str) -> Result<Vec<TransactWriteItem>, Fault> {
        let (table, order) = (self.table(), &change.order);
        let (before, mut moves) = (known.taken.clone().unwrap_or_default(), Moves::default());
        let mut taken = before.clone();
        if let Some(movement) = &change.movement {
            moves.shift(order, &without_missing(movement, &known.missing), &known.void, &mut taken, choice);
        }
        let edit = taken_edit(update(order, change.version, was_open(change)), &before, &taken);
        let edit = if known.taken.is_none() && gives_goods(change) { edit.only_without(TAKEN) } else { edit };
        let mut actions = vec![edit.action(table)?, log_action(table, order, change.version + 1, &change.cause, change.at, write)?];
        actions.extend(letter_actions(table, &order.id, change.version + 1, &change.letters, change.at)?);
        if let Some(request) = &change.request {
            actions.push(Edit::of(Key::personal(&order.id)).set("request", json(request)).action(table)?);
        }
        match change.besides {
            Some(Besides::Draw { sequence, last }) => {
                let edit = Edit::of(Key::sequence(sequence)).set("last", n(last + 1)).only_if("last", "=", n(last));
                actions.push(if last == 0 { edit.or_missing() } else { edit }.action(table)?);
            }
            Some(Besides::Erase) => actions.push(delete(table, &Key::personal(&order.id))?),
            None => {}
        }
        if let Cause::Notice(gateway, event) = &change.cause {
            let seen = Key::event(gateway, event).with([("order", s(&order.id.0)), ("ttl", ttl(change.at, EVENT_DAYS))]);
            actions.push(any(table, seen)?);
        }
        if let Some(client) = &known.client {
            let by = if order.payment.is_open() { 1 } else { -1 };
            actions.push(opened(client, by, order).action(table)?);
        }
        actions.extend(moves.actions(table)?);
        Ok(actions)
    }

    /// Whether the order has moved on, and whether it was this very change that has moved it. `None` where it has not.
    async fn became_of(&self, change: &Change, write: &str) -> Result<Option<Changed>, Fault> {
        let (order, line) = (Key::order(&change.order.id), Key::log(&change.order.id, change.version + 1));
        if let Some(item) = self.get(&order).await?
            && number(&item, "version")? == change.version
        {
            return check_way(change, &item).map(|()| None);
        }
        // Read after the version, with which it was written.
        let line = self.get(&line).await?;
        let is_mine = line.is_some_and(|line| text(&line, "write").is_ok_and(|by| by == write));
        Ok(Some(if is_mine { Changed::Done } else { Changed::Moved }))
    }

    /// Whether the number that the change takes from a sequence is gone.
    async fn is_drawn(&self, change: &Change) -> Result<bool, Fault> {
        match change.besides {
            Some(Besides::Draw { sequence, last }) => Ok(self.last_of(sequence).await? != last),
            Some(Besides::Erase) | None => Ok(false),
        }
    }

    /// What a movement takes or voids, as it stands; nothing where it does neither.
    async fn what_it_takes(&self, change: &Change) -> Result<HashMap<Key, Item>, Fault> {
        let order = &change.order;
        match &change.movement {
            Some(Movement::SellLate | Movement::HoldAgain) => {
                let skus: Vec<&str> = order.items.iter().map(|item| item.sku.as_str()).collect();
                self.look(&skus, order.cards.iter().map(|used| Key::card(&used.card)).collect()).await
            }
            Some(Movement::TakeBack(back)) => self.get_all(back.voids.iter().map(|void| Key::card(&void.card))).await,
            Some(Movement::Sell | Movement::Release | Movement::Send(_)) | None => Ok(HashMap::new()),
        }
    }
}

/// Whether what a movement takes is not there. A gift card becomes void only with exactly what is left on it.
fn is_short(change: &Change, found: &HashMap<Key, Item>) -> Result<bool, Fault> {
    let order = &change.order;
    match &change.movement {
        Some(Movement::SellLate | Movement::HoldAgain) => {
            Ok(!shortages(order, found, |_| 0, |_| 0)?.is_empty() || !cards_suffice(order, found, |_| 0)?)
        }
        Some(Movement::TakeBack(back)) => {
            for void in &back.voids {
                if found.get(&Key::card(&void.card)).map_or(Ok(0), |card| balance(card).map(|held| held.minor))? != void.amount {
                    return Ok(true);
                }
            }
            Ok(false)
        }
        Some(Movement::Sell | Movement::Release | Movement::Send(_)) | None => Ok(false),
    }
}

/// Whether goods are taken that are there for everybody.
fn takes_goods(change: &Change) -> bool {
    matches!(change.movement, Some(Movement::SellLate | Movement::HoldAgain))
}

/// Whether goods come back that were sold.
fn gives_goods(change: &Change) -> bool {
    matches!(&change.movement, Some(Movement::TakeBack(back)) if !back.goods.is_empty())
}

/// A movement that fits the order's state leads to this one.
fn check_way(change: &Change, item: &Item) -> Result<(), Fault> {
    if flag(item, "open")? == was_open(change) {
        return Ok(());
    }
    let (id, payment) = (&change.order.id.0, change.order.payment.name());
    Err(Fault::new(format!("{:?} is no way for the order {id} to become {payment}", change.movement)))
}

/// Whether the order was open before. Its version's condition is also one on this.
fn was_open(change: &Change) -> bool {
    match change.movement {
        Some(Movement::Sell | Movement::Release) => true,
        Some(Movement::SellLate | Movement::HoldAgain) => false,
        Some(Movement::Send(_) | Movement::TakeBack(_)) | None => change.order.payment.is_open(),
    }
}

/// The cards that have to be looked at: what comes back to one that is void is void, and one that was never issued cannot
/// become so.
fn cards_asked(change: &Change) -> Vec<String> {
    let uses = match &change.movement {
        Some(Movement::Release) => change.order.cards.iter().collect::<Vec<_>>(),
        Some(Movement::TakeBack(back)) => back.credits.iter().chain(&back.voids).collect(),
        _ => Vec::new(),
    };
    uses.into_iter().map(|used| used.card.clone()).collect()
}

/// The movement without those of its cards that were never issued, and that lose nothing.
fn without_missing(movement: &Movement, missing: &[String]) -> Movement {
    let Movement::TakeBack(back) = movement else { return movement.clone() };
    let voids = back.voids.iter().filter(|void| void.amount != 0 || !missing.contains(&void.card));
    Movement::TakeBack(TakeBack { voids: voids.cloned().collect(), ..back.clone() })
}
