//! The file of one list: what its products are, in columns, because what is alike stands together there and is small when
//! it is compressed. docs/themes.md describes it to authors of other clients.

use std::collections::BTreeMap;

use catalog::currency::Currency;
use rustc_hash::FxHashMap;
use serde::Serialize;

use super::FOLDER;
use super::cards::Cards;
use crate::facets::{Facets, Facts, ListGroup, ListName, Row, Sort, Value};
use crate::site::{OwnProduct, Site, SiteProduct};

/// Lists of more products have their order by name in a file of its own, which only who sorts by name fetches.
const MOST_NAMES: usize = 1_000;

/// A list as browsers read it.
#[derive(Serialize)]
struct ListFile<'a> {
    /// How many products it has.
    products: usize,
    /// How many are shown at first.
    per_page: usize,
    groups: Vec<GroupFile<'a>>,
    /// What can be bought of a product: for each sort of its variants, a value in each group of options. Each once.
    shapes: Vec<Shape>,
    /// Of each product, its shape.
    shape: Vec<usize>,
    /// What is sold out: products, each less the one before it, and their rows.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    gone: Vec<Vec<usize>>,
    /// By currency: of each product.
    prices: BTreeMap<&'static str, Vec<Prices>>,
    /// Prices that change by themselves.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    later: Vec<Later>,
    /// The place of each product when the newest come first; left out where the list is in that order.
    #[serde(skip_serializing_if = "Option::is_none")]
    newest: Option<Vec<u32>>,
    names: Names,
    cards: CardsFile,
}

#[derive(Serialize)]
struct GroupFile<'a> {
    key: &'a str,
    kind: Sort,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    values: Vec<&'a Value>,
    /// Products, each less the one before it: for each value, of a flag those of which it is true, of a number those that
    /// have one.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    has: Vec<Vec<usize>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    numbers: Vec<f64>,
}

type Shape = Vec<Vec<Chosen>>;

/// A variant's value in a group of options.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize)]
#[serde(untagged)]
enum Chosen {
    /// One, or −1 where it has none.
    One(i64),
    /// It stands for all of these.
    Any(Vec<i64>),
}

/// What the rows of a product cost, in minor units.
#[derive(Debug, PartialEq, Eq, Serialize)]
#[serde(untagged)]
enum Prices {
    /// All the same; `None`: not sold in the currency.
    All(Option<i64>),
    /// Of each row; what follows the first price is less that.
    Each(Vec<Option<i64>>),
}

/// Product, ends of the periods in seconds since 1970 (none of the last), and the prices in each, by currency.
#[derive(Serialize)]
struct Later(usize, Vec<Option<i64>>, BTreeMap<&'static str, Vec<Prices>>);

/// Places when sorted by name.
#[derive(Serialize)]
#[serde(untagged)]
enum Names {
    Here(Vec<u32>),
    /// What the name of the file with them carries.
    Apart(String),
}

#[derive(Serialize)]
struct CardsFile {
    /// What addresses of the files beside this one begin with.
    path: String,
    /// How many cards each file has.
    sizes: Vec<usize>,
    /// What the files' names carry, ten signs each.
    hashes: String,
    /// Of each product its card, counted through all these files, less that of the product before it.
    at: Vec<i64>,
}

/// The text of a list's file; `apart` takes what long lists put into another, and answers with its hash.
pub(super) fn text<E>(
    site: &Site,
    list: &ListName,
    cards: &Cards<'_>,
    by_name: &[u32],
    apart: impl FnOnce(&str) -> Result<String, E>,
) -> Option<Result<String, E>> {
    let (facets, counted) = site.list_facets(list)?;
    let products: Vec<&SiteProduct> = list.products(site)?.iter().filter_map(|id| Some(&**site.products.get(id)?)).collect();
    let facts: Vec<&Facts> = products.iter().filter_map(|product| facets.facts(site, product.id())).collect();
    let places: Vec<u32> = products.iter().filter_map(|product| by_name.get(site.products.get_index_of(product.id())?).copied()).collect();
    let ranks = ranks(&places);
    let names = if ranks.len() <= MOST_NAMES {
        Names::Here(ranks)
    } else {
        match apart(&json(&ranks)) {
            Ok(hash) => Names::Apart(hash),
            Err(error) => return Some(Err(error)),
        }
    };
    let (shapes, shape) = shapes(facets, &counted.groups, &facts);
    let has_stock = counted.groups.iter().any(|group| facets.groups[group.group].sort == Sort::Available);
    let file = ListFile {
        products: products.len(),
        per_page: site.settings.per_page,
        groups: counted.groups.iter().map(|group| self::group(facets, group, &facts)).collect(),
        shapes,
        shape,
        gone: if has_stock { gone(&facts) } else { Vec::new() },
        prices: currencies(site).map(|currency| (currency.code(), now(&products, &facts, currency))).collect(),
        later: products.iter().zip(&facts).enumerate().filter_map(|(place, (product, facts))| later(site, place, product, facts)).collect(),
        newest: newest(&products),
        names,
        cards: self::cards(site, cards, &products),
    };
    Some(Ok(json(&file)))
}

fn json(value: &impl Serialize) -> String {
    serde_json::to_string(value).expect("lists are plain data")
}

fn currencies(site: &Site) -> impl Iterator<Item = Currency> {
    site.settings.currencies.iter().map(|(currency, _)| *currency)
}

/// Numbers that rise, each less the one before it.
fn gaps(rising: impl Iterator<Item = usize>) -> Vec<usize> {
    let mut before = 0;
    rising.map(|number| number - std::mem::replace(&mut before, number)).collect()
}

/// The places of numbers that are all different when they are sorted.
fn ranks(numbers: &[u32]) -> Vec<u32> {
    let mut order: Vec<usize> = (0..numbers.len()).collect();
    order.sort_unstable_by_key(|place| numbers[*place]);
    let mut ranks = vec![0; numbers.len()];
    (0..).zip(order).for_each(|(rank, place)| ranks[place] = rank);
    ranks
}

/// Where each product stands when the newest come first; equals as they are.
fn newest(products: &[&SiteProduct]) -> Option<Vec<u32>> {
    let mut order: Vec<usize> = (0..products.len()).collect();
    order.sort_by(|a, b| products[*b].date.cmp(&products[*a].date));
    let mut places = vec![0; products.len()];
    (0..).zip(order).for_each(|(place, product)| places[product] = place);
    (!places.is_sorted()).then_some(places)
}

fn group<'a>(facets: &'a Facets, list: &ListGroup, facts: &[&Facts]) -> GroupFile<'a> {
    let group = &facets.groups[list.group];
    let place = u16::try_from(list.group).expect("groups are numbered in 16 bits");
    let mut file = GroupFile { key: &group.key, kind: group.sort, values: Vec::new(), has: Vec::new(), numbers: Vec::new() };
    let choosing = |facts: &Facts, value: u32| facts.choices.binary_search(&(place, value)).is_ok();
    match group.sort {
        Sort::Available | Sort::Price => {}
        Sort::Option => file.values = list.values.iter().map(|(value, _)| &group.values[*value as usize]).collect(),
        Sort::Choice => {
            file.values = list.values.iter().map(|(value, _)| &group.values[*value as usize]).collect();
            let places: FxHashMap<u32, usize> = list.values.iter().enumerate().map(|(at, (value, _))| (*value, at)).collect();
            let mut having: Vec<Vec<usize>> = vec![Vec::new(); list.values.len()];
            for (product, facts) in facts.iter().enumerate() {
                for (_, value) in facts.choices.iter().filter(|(group, _)| *group == place) {
                    having[places[value]].push(product);
                }
            }
            file.has = having.into_iter().map(|products| gaps(products.into_iter())).collect();
        }
        Sort::Flag => {
            let having = facts.iter().enumerate().filter(|(_, facts)| choosing(facts, 0)).map(|(product, _)| product);
            file.has = vec![gaps(having)];
        }
        Sort::Number => {
            let number = |facts: &Facts| facts.numbers.iter().find(|(group, _)| *group == place).map(|(_, number)| *number);
            let having = facts.iter().enumerate().filter_map(|(product, facts)| Some((product, number(facts)?)));
            let (products, numbers): (Vec<usize>, Vec<f64>) = having.unzip();
            (file.has, file.numbers) = (vec![gaps(products.into_iter())], numbers);
        }
    }
    file
}

/// The shapes of all products, each once, and which each product has.
fn shapes(facets: &Facets, groups: &[ListGroup], facts: &[&Facts]) -> (Vec<Shape>, Vec<usize>) {
    let options: Vec<(u16, FxHashMap<u32, i64>)> = groups
        .iter()
        .filter(|group| facets.groups[group.group].sort == Sort::Option)
        .map(|group| {
            (
                u16::try_from(group.group).expect("groups are numbered in 16 bits"),
                (0..).zip(&group.values).map(|(at, (value, _))| (*value, at)).collect(),
            )
        })
        .collect();
    let shape_of = |facts: &Facts| -> Shape {
        let row = |row: &Row| {
            let chosen = |(group, places): &(u16, FxHashMap<u32, i64>)| {
                let values = row.options.iter().find(|(known, _)| known == group).map_or(&[][..], |(_, values)| values);
                match values {
                    [] => Chosen::One(-1),
                    [value] => Chosen::One(places[value]),
                    values => Chosen::Any(values.iter().map(|value| places[value]).collect()),
                }
            };
            options.iter().map(chosen).collect()
        };
        facts.rows.iter().map(row).collect()
    };
    let mut known: FxHashMap<Shape, usize> = FxHashMap::default();
    let mut shapes = Vec::new();
    let number = |facts: &&Facts| {
        let shape = shape_of(facts);
        *known.entry(shape).or_insert_with_key(|shape| {
            shapes.push(shape.clone());
            shapes.len() - 1
        })
    };
    let shape = facts.iter().map(number).collect();
    (shapes, shape)
}

fn gone(facts: &[&Facts]) -> Vec<Vec<usize>> {
    let mut before = 0;
    let mut gone = Vec::new();
    for (product, facts) in facts.iter().enumerate() {
        let rows: Vec<usize> = facts.rows.iter().enumerate().filter(|(_, row)| !row.is_available).map(|(place, _)| place).collect();
        if !rows.is_empty() {
            gone.push(std::iter::once(product - std::mem::replace(&mut before, product)).chain(rows).collect());
        }
    }
    gone
}

fn now(products: &[&SiteProduct], facts: &[&Facts], currency: Currency) -> Vec<Prices> {
    products.iter().zip(facts).map(|(product, facts)| prices_at(product, facts, currency, product.as_of)).collect()
}

/// What the rows of a product cost at an instant.
fn prices_at(product: &OwnProduct, facts: &Facts, currency: Currency, at: i64) -> Prices {
    let price = |variant: Option<usize>| Some(product.product.variants.get(variant?)?.pricing.unit_price(currency, 1, at)?.minor);
    let prices: Vec<Option<i64>> = facts.rows.iter().map(|row| price(row.variant)).collect();
    let first = prices.first().copied().flatten();
    if prices.iter().all(|price| *price == first) {
        return Prices::All(first);
    }
    let mut base = None;
    let mut less = |price: i64| match base {
        None => *base.insert(price),
        Some(base) => price - base,
    };
    Prices::Each(prices.into_iter().map(|price| price.map(&mut less)).collect())
}

fn later(site: &Site, place: usize, product: &OwnProduct, facts: &Facts) -> Option<Later> {
    let variants = product.product.variants.iter();
    let mut changes: Vec<i64> = variants.flat_map(|variant| variant.pricing.changes_after(product.as_of)).collect();
    changes.sort_unstable();
    changes.dedup();
    if changes.is_empty() {
        return None;
    }
    let starts = || std::iter::once(product.as_of).chain(changes.iter().copied());
    let prices = currencies(site).map(|currency| (currency.code(), starts().map(|at| prices_at(product, facts, currency, at)).collect()));
    Some(Later(place, changes.iter().copied().map(Some).chain([None]).collect(), prices.collect()))
}

fn cards(site: &Site, cards: &Cards<'_>, products: &[&SiteProduct]) -> CardsFile {
    let found: Vec<(usize, usize)> = products.iter().filter_map(|product| cards.place(product.id())).collect();
    let mut used: Vec<usize> = found.iter().map(|(file, _)| *file).collect();
    used.sort_unstable();
    used.dedup();
    let mut starts: FxHashMap<usize, usize> = FxHashMap::default();
    let mut next = 0;
    for file in &used {
        starts.insert(*file, next);
        next += cards.file(*file).0;
    }
    let mut before = 0;
    let less = |(file, slot): (usize, usize)| {
        let at = i64::try_from(starts[&file] + slot).expect("a site has fewer than 2⁶³ products");
        at - std::mem::replace(&mut before, at)
    };
    CardsFile {
        path: format!("{}/{FOLDER}{}-", site.settings.base_path, site.settings.language),
        sizes: used.iter().map(|file| cards.file(*file).0).collect(),
        hashes: used.iter().map(|file| cards.file(*file).1).collect(),
        at: found.into_iter().map(less).collect(),
    }
}
