//! Lists by rule: which products belong to them, in which order.

use std::cmp::Reverse;
use std::sync::Arc;

use catalog::currency::Currency;
use catalog::money::Money;
use rustc_hash::{FxHashMap, FxHashSet};

use super::Context;
use super::addresses::Addresses;
use super::categories::is_within;
use super::products::unknown_category;
use crate::diagnostic::{Diagnostic, Severity, codes, nearest};
use crate::parse::markdown::slug;
use crate::parse::{Compare, Condition, Kind, ListSort, ParsedCollection, Rule};
use crate::site::{Id, OwnProduct, Settings, Site};

/// A rule with its order and its limit, ready to be asked.
#[derive(Debug)]
pub(super) struct ListRule {
    rule: Rule,
    /// Of the tags that it asks for.
    slugs: FxHashMap<String, String>,
    sort: ListSort,
    limit: Option<usize>,
    currency: Currency,
}

/// What a list by rule can tell of a product.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Seen {
    belongs: bool,
    /// Where it stands.
    place: Place,
    /// Which of the makers that are asked for it has: it is told when nothing has one.
    makers: Vec<bool>,
}

/// Products are sorted by this, and then by id.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Place {
    Newest(Reverse<Option<i64>>),
    Cheapest(bool, Option<i64>),
    Dearest(Reverse<Option<i64>>),
    Title(String),
}

impl ListRule {
    /// The rule of a collection; what it names and nothing has is told.
    pub(super) fn of(context: &mut Context<'_>, addresses: &Addresses, parsed: &ParsedCollection, site: &Site) -> Option<Self> {
        let rule = parsed.rule.clone()?;
        let settings = &site.settings;
        let before = context.problems.len();
        for condition in rule.conditions() {
            check(context, addresses, site, condition);
        }
        // A rule that says something impossible would list something else.
        let is_sound = context.problems[before..].iter().all(|problem| problem.severity != Severity::Error);
        let limit = parsed.limit.map(|limit| usize::try_from(limit).unwrap_or(usize::MAX));
        let tags = rule.conditions().into_iter().filter_map(|condition| match condition {
            Condition::Tag(tag) => Some((tag.value.clone(), slug(tag))),
            _ => None,
        });
        let slugs = tags.collect();
        is_sound.then_some(Self { rule, slugs, sort: parsed.sort, limit, currency: settings.currency })
    }

    /// The products that belong to it, in its order.
    pub(super) fn members(&self, site: &Site) -> Vec<Id> {
        let seen = site.products.iter().map(|(id, product)| (self.sees(product), id)).filter(|(seen, _)| seen.belongs);
        let mut members: Vec<(Place, &Id)> = seen.map(|(seen, id)| (seen.place, id)).collect();
        members.sort();
        members.into_iter().take(self.limit.unwrap_or(usize::MAX)).map(|(_, id)| Arc::clone(id)).collect()
    }

    /// What it can tell of a product.
    pub(super) fn sees(&self, product: &OwnProduct) -> Seen {
        let makers = self.rule.conditions().into_iter().filter(|condition| matches!(condition, Condition::Brand(_)));
        Seen {
            belongs: self.rule.holds(&|condition| self.is(condition, product)),
            place: self.place(product),
            makers: makers.map(|condition| self.is(condition, product)).collect(),
        }
    }

    fn price(&self, product: &OwnProduct) -> Option<i64> {
        product.product.lowest_price(self.currency, product.as_of).map(|(minor, _)| minor)
    }

    fn place(&self, product: &OwnProduct) -> Place {
        match self.sort {
            ListSort::Newest => Place::Newest(Reverse(product.date)),
            ListSort::Cheapest => {
                let price = self.price(product);
                Place::Cheapest(price.is_none(), price)
            }
            ListSort::Dearest => Place::Dearest(Reverse(self.price(product))),
            ListSort::Title => Place::Title(product.product.title.to_lowercase()),
        }
    }

    fn is(&self, condition: &Condition, product: &OwnProduct) -> bool {
        match condition {
            Condition::Tag(tag) => {
                let wanted = self.slugs.get(&tag.value);
                product.tags.iter().any(|(slug, _)| Some(slug) == wanted)
            }
            Condition::Category(wanted) => product.categories.iter().any(|category| is_within(category, wanted)),
            Condition::Brand(brand) => product.brand == brand.value,
            Condition::Kind(kind) => is_kind(&product.product.kind, *kind),
            Condition::Price(compare, amount) => {
                let limit = Money::from_decimal(amount.value, self.currency, 1).map(|money| money.minor);
                self.price(product).zip(limit.ok()).is_some_and(|(price, limit)| compare.holds(&price, &limit))
            }
            Condition::Date(compare, limit) => product.date.is_some_and(|date| is_dated(*compare, date, *limit)),
            Condition::Reduced => product.compare_at(self.currency).is_some(),
        }
    }
}

/// A date is compared by the second, and a day is its first one; equal means the same day.
fn is_dated(compare: Compare, date: i64, limit: i64) -> bool {
    const DAY: i64 = 86_400;
    match compare {
        Compare::Equal => date.div_euclid(DAY) == limit.div_euclid(DAY),
        other => other.holds(&date, &limit),
    }
}

fn is_kind(kind: &catalog::product::Kind, wanted: Kind) -> bool {
    use catalog::product::Kind as Sold;
    matches!(
        (kind, wanted),
        (Sold::Physical, Kind::Physical)
            | (Sold::Digital { .. }, Kind::Digital)
            | (Sold::Service, Kind::Service)
            | (Sold::Bundle { .. }, Kind::Bundle)
            | (Sold::GiftCard { .. }, Kind::GiftCard)
            | (Sold::Group { .. }, Kind::Group)
            | (Sold::External { .. }, Kind::External)
    )
}

/// Tells what a condition asks for and no product has.
fn check(context: &mut Context<'_>, addresses: &Addresses, site: &Site, condition: &Condition) {
    let Settings { currency, .. } = site.settings;
    match condition {
        Condition::Category(key) if addresses.of_source(&format!("products/{}", key.value)).is_none() => {
            context.tell(unknown_category(addresses, key));
        }
        Condition::Price(_, amount) => {
            if let Err(problem) = crate::parse::money::money(amount, currency, 1) {
                context.tell(problem);
            }
        }
        Condition::Tag(tag) => {
            let wanted = slug(tag);
            let all = || site.products.values().flat_map(|product| &product.tags);
            if !all().any(|(slug, _)| *slug == wanted) {
                let titles: FxHashSet<&str> = all().map(|(_, title)| title.as_str()).collect();
                tell_unused(context, "tag", tag, titles);
            }
        }
        Condition::Brand(brand) if !site.products.values().any(|product| product.brand == brand.value) => {
            let brands: FxHashSet<&str> = site.products.values().map(|product| product.brand.as_str()).collect();
            tell_unused(context, "brand", brand, brands);
        }
        Condition::Category(_) | Condition::Brand(_) | Condition::Kind(_) | Condition::Date(..) | Condition::Reduced => {}
    }
}

fn tell_unused(context: &mut Context<'_>, what: &str, name: &crate::diagnostic::Spanned<String>, known: FxHashSet<&str>) {
    let mut known: Vec<&str> = known.into_iter().filter(|name| !name.is_empty()).collect();
    known.sort_unstable();
    let help = nearest(name, known.into_iter()).map_or_else(
        || "correct it, or remove the condition".to_owned(),
        |near| format!("a {what} with a similar name is in use: `{near}`"),
    );
    let message = format!("no product that is shown has the {what} `{}`", name.value);
    context.tell(Diagnostic::warning(codes::RULE_FINDS_NOTHING, message, name.span.clone()).help(help));
}
