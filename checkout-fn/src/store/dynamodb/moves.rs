//! What orders hold changes its place: counted goods, uses of limited discounts, money on gift cards. Several movements are
//! added up, since no item may stand twice in a transaction; each becomes one change with the conditions that keep the
//! counts true. Knows neither the client nor what is stored.

use std::collections::{BTreeMap, BTreeSet};

use aws_sdk_dynamodb::types::{AttributeValue, TransactWriteItem};
use catalog::currency::Currency;

use super::action::{Edit, new};
use super::items::{Key, n, s, stock_listing};
use super::parts::{Choice, Taken};
use crate::decide::{Movement, TakeBack};
use crate::error::Fault;
use crate::order::{CardUse, Claim, Issue, Item, Order};

/// Movements, added up.
#[derive(Default)]
pub(super) struct Moves {
    /// By SKU and part of its count.
    goods: BTreeMap<(String, u8), GoodsMove>,
    uses: BTreeMap<(String, Option<String>), UsesMove>,
    cards: BTreeMap<String, CardMove>,
    issues: Vec<super::items::Item>,
}

/// By how much the counts of a SKU, or of a part of it, change. Together they change by nothing, so that `stocked` stays true (R20);
/// but for `sent`, which says something of all parts together only, and changes wherever something else does.
#[derive(Default)]
struct GoodsMove {
    available: i64,
    reserved: i64,
    sold: i64,
    sent: i64,
    /// Somebody takes of what is available, and so many more than there are.
    backorder: Option<i64>,
    /// What there is where the SKU was never touched.
    seed: Option<i64>,
    /// Somebody takes of it in the belief that the SKU is not split.
    is_whole: bool,
}

#[derive(Default)]
struct UsesMove {
    by: i64,
    given_back: i64,
    limit: Option<i64>,
}

#[derive(Default)]
struct CardMove {
    balance: i64,
    reserved: i64,
    spent: i64,
    voided: i64,
    /// In which currency somebody takes of it.
    takes: Option<Currency>,
    /// Whether it was void when it was looked at; asked for by what comes back to it.
    void: Option<bool>,
    /// It becomes void with exactly this on it.
    ends_with: Option<i64>,
}

/// Gift cards that are void.
pub(super) type Void = BTreeSet<String>;

impl Moves {
    /// Available → reserved, whether or not the SKU was seen before. Claims are held to their limits.
    pub(super) fn hold_new(&mut self, order: &Order, choice: &Choice, seeds: &BTreeMap<String, u32>) {
        self.hold(order, choice);
        for item in order.items.iter().filter(|item| choice.of(&item.sku).is_none()) {
            self.good(&item.sku, 0).seed = Some(seeds.get(&item.sku).copied().unwrap_or(0).into());
        }
        for claim in &order.claims {
            self.claimed(claim).limit = Some(claim.limit.into());
        }
    }

    /// What a movement does. `void` are those among the cards to which something comes back that are void; `taken` becomes what the
    /// order has of which part afterwards, and `choice` says of which it takes.
    pub(super) fn shift(&mut self, order: &Order, movement: &Movement, void: &Void, taken: &mut Taken, choice: &Choice) {
        match movement {
            Movement::Sell => self.sell(order, taken),
            Movement::Release => self.release(order, void, &std::mem::take(taken)),
            Movement::SellLate => {
                self.hold(order, choice);
                *taken = choice.taken();
                self.sell(order, taken);
            }
            Movement::HoldAgain => {
                self.hold(order, choice);
                *taken = choice.taken();
            }
            Movement::Send(goods) => goods.iter().for_each(|(sku, pieces)| self.good(sku, 0).sent += i64::from(*pieces)),
            Movement::TakeBack(back) => self.take_back(back, void, taken),
        }
    }

    fn hold(&mut self, order: &Order, choice: &Choice) {
        for Item { sku, quantity, backorder } in &order.items {
            let mut take = |part, pieces, backorder| {
                let good = self.good(sku, part);
                good.available -= pieces;
                good.reserved += pieces;
                good.backorder = Some(backorder);
            };
            match choice.of(sku) {
                None => {
                    take(0, i64::from(*quantity), i64::from(*backorder));
                    self.good(sku, 0).is_whole = true;
                }
                Some(picked) => picked.pieces.iter().for_each(|(part, pieces)| {
                    let owes = *part == 0 && picked.is_below_zero;
                    take(*part, *pieces, if owes { i64::from(*backorder) } else { 0 });
                }),
            }
        }
        for CardUse { card, amount } in &order.cards {
            let card = self.card(card);
            card.balance -= amount;
            card.reserved += amount;
            card.takes = Some(order.currency());
        }
        order.claims.iter().for_each(|claim| self.claimed(claim).by += 1);
    }

    /// Reserved → sold, and spent. Cards that were bought are issued.
    pub(super) fn sell(&mut self, order: &Order, taken: &Taken) {
        for (sku, part, pieces) in pieces(order, taken) {
            let good = self.good(sku, part);
            good.reserved -= pieces;
            good.sold += pieces;
        }
        for CardUse { card, amount } in &order.cards {
            let card = self.card(card);
            card.reserved -= amount;
            card.spent += amount;
        }
        self.issues.extend(order.issues.iter().map(|issue| issued(order, issue)));
    }

    /// Reserved → available. Uses are given back.
    pub(super) fn release(&mut self, order: &Order, void: &Void, taken: &Taken) {
        for (sku, part, pieces) in pieces(order, taken) {
            let good = self.good(sku, part);
            good.reserved -= pieces;
            good.available += pieces;
        }
        for used in &order.cards {
            self.credit(used, void).reserved -= used.amount;
        }
        for claim in &order.claims {
            let uses = self.claimed(claim);
            uses.by -= 1;
            uses.given_back += 1;
        }
    }

    fn take_back(&mut self, back: &TakeBack, void: &Void, taken: &mut Taken) {
        for back in &back.goods {
            let mut returned = back.returned;
            for (part, restocked) in taken.give_back(&back.sku, back.restocked) {
                let good = self.good(&back.sku, part);
                good.available += restocked;
                good.sold -= restocked;
                good.sent -= std::mem::take(&mut returned);
            }
        }
        for used in &back.credits {
            self.credit(used, void).spent -= used.amount;
        }
        for used in &back.voids {
            let card = self.card(&used.card);
            card.balance -= used.amount;
            card.voided += used.amount;
            card.ends_with = Some(used.amount);
        }
    }

    /// Money comes back onto a card; what comes back to a void card is void.
    fn credit(&mut self, used: &CardUse, void: &Void) -> &mut CardMove {
        let is_void = void.contains(&used.card);
        let card = self.card(&used.card);
        *(if is_void { &mut card.voided } else { &mut card.balance }) += used.amount;
        card.void = Some(is_void);
        card
    }

    fn good(&mut self, sku: &str, part: u8) -> &mut GoodsMove {
        self.goods.entry((sku.to_owned(), part)).or_default()
    }

    fn card(&mut self, card: &str) -> &mut CardMove {
        self.cards.entry(card.to_owned()).or_default()
    }

    fn claimed(&mut self, claim: &Claim) -> &mut UsesMove {
        self.uses.entry((claim.discount.clone(), claim.customer.clone())).or_default()
    }

    /// One action for each item.
    pub(super) fn actions(self, table: &str) -> Result<Vec<TransactWriteItem>, Fault> {
        let goods = self.goods.into_iter().map(|((sku, part), good)| good.edit(&sku, part));
        let uses = self.uses.into_iter().map(|((discount, customer), uses)| uses.edit(Key::uses(&discount, customer.as_deref())));
        let cards = self.cards.into_iter().map(|(card, moved)| moved.edit(Key::card(&card)));
        let edits = goods.chain(uses).chain(cards).map(|edit| edit.action(table));
        edits.chain(self.issues.into_iter().map(|card| new(table, card))).collect()
    }
}

/// What an order has of which part: SKU, part and how many.
fn pieces<'a>(order: &'a Order, taken: &'a Taken) -> impl Iterator<Item = (&'a str, u8, i64)> {
    let of_item = |item: &'a Item| taken.pieces(&item.sku, item.quantity.into()).into_iter().map(|(part, n)| (item.sku.as_str(), part, n));
    order.items.iter().flat_map(of_item)
}

/// A gift card as it begins. One that is there already is an order that was paid twice, which the order's version rules out.
fn issued(order: &Order, issue: &Issue) -> super::items::Item {
    Key::card(&issue.card).with([
        ("order", s(&order.id.0)),
        ("currency", s(order.currency().code())),
        ("issued", n(issue.amount)),
        ("balance", n(issue.amount)),
        ("reserved", n(0)),
        ("spent", n(0)),
        ("voided", n(0)),
        ("void", AttributeValue::Bool(false)),
    ])
}

impl GoodsMove {
    /// What has to be available before, where somebody takes of it.
    fn needs(&self) -> Option<i64> {
        self.backorder.map(|backorder| -backorder - self.available)
    }

    fn edit(&self, sku: &str, part: u8) -> Edit {
        debug_assert_eq!(self.available + self.reserved + self.sold, 0, "goods come from somewhere");
        let counts = [("available", self.available), ("reserved", self.reserved), ("sold", self.sold), ("sent", self.sent)];
        let edit = Edit::of(Key::part(sku, part));
        let edit = if self.is_whole { edit.only_without("parts") } else { edit };
        let edit = if part > 0 && self.available != 0 { edit.add("turns", 1) } else { edit };
        let edit = match self.seed {
            Some(seed) => {
                let first = |name: &str| if name == "available" { seed } else { 0 };
                let edit = counts.into_iter().fold(edit, |edit, (name, by)| edit.add_to(name, first(name), by));
                let (list, place) = stock_listing(sku);
                let edit = edit.set_first("stocked", n(seed)).set_first("seed", n(seed));
                edit.set_first("list", s(list)).set_first("list_by", s(place))
            }
            None => changes(edit.only_existing(), counts),
        };
        let edit = match self.needs() {
            Some(needed) => edit.only_if("available", ">=", n(needed)),
            None => edit,
        };
        let edit = [("reserved", self.reserved), ("sold", self.sold)].into_iter().fold(edit, not_below_zero);
        // A first touch cannot find anything reserved or sold.
        let suffices =
            self.seed.is_some_and(|seed| self.reserved >= 0 && self.sold >= 0 && self.needs().is_none_or(|needed| seed >= needed));
        if suffices { edit.or_missing() } else { edit }
    }
}

impl UsesMove {
    fn edit(&self, key: Key) -> Edit {
        let edit = Edit::of(key).add_to("used", 0, self.by);
        let edit = not_below_zero(edit, ("used", self.by));
        match self.limit.map(|limit| limit + self.given_back) {
            Some(limit) if limit > 0 && self.by >= 0 => edit.only_if("used", "<", n(limit)).or_missing(),
            Some(limit) => edit.only_if("used", "<", n(limit)),
            None => edit,
        }
    }
}

impl CardMove {
    fn edit(&self, key: Key) -> Edit {
        let amounts = [("balance", self.balance), ("reserved", self.reserved), ("spent", self.spent), ("voided", self.voided)];
        let edit = changes(Edit::of(key).only_existing(), amounts);
        let edit = [("balance", self.balance), ("reserved", self.reserved), ("spent", self.spent)].into_iter().fold(edit, not_below_zero);
        let edit = match self.takes {
            Some(currency) => edit.only_if("currency", "=", s(currency.code())),
            None => edit,
        };
        let edit = match self.void {
            Some(void) => edit.only_if("void", "=", AttributeValue::Bool(void)),
            None => edit,
        };
        match self.ends_with {
            Some(amount) => edit.only_if("balance", "=", n(amount)).set("void", AttributeValue::Bool(true)),
            None => edit,
        }
    }
}

/// The first always stands there, for an update changes something.
fn changes(edit: Edit, [first, rest @ ..]: [(&str, i64); 4]) -> Edit {
    let moved = rest.into_iter().filter(|(_, by)| *by != 0);
    std::iter::once(first).chain(moved).fold(edit, |edit, (name, by)| edit.add(name, by))
}

fn not_below_zero(edit: Edit, (name, by): (&str, i64)) -> Edit {
    if by < 0 { edit.only_if(name, ">=", n(-by)) } else { edit }
}
