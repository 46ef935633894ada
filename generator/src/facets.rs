//! By what lists of products can be filtered: groups of choices and numbers, and which product has which. Pure.
//!
//! What products say is gathered once for a site; what says something of a list is counted when its page, or its file,
//! is made. `present` shows it, `output/filters` writes it down for browsers.

mod gather;

use std::sync::{Arc, PoisonError, RwLock};

use rustc_hash::FxHashMap;
use serde::{Deserialize, Serialize};

use crate::site::{Filters, Id, Site, term_path};
use crate::source::Fingerprint;

/// The filter by what can be had now.
pub const AVAILABLE: &str = "available";
/// The filter by price.
pub const PRICE: &str = "price";
/// The filter by maker.
pub const BRAND: &str = "brand";

/// A list of products.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum ListName {
    /// A category by key; the empty one is the whole catalogue.
    Category(String),
    /// A collection by name.
    Collection(String),
    /// A term by taxonomy and slug.
    Term(String, String),
}

impl ListName {
    /// All lists of a site, in a fixed order.
    pub fn all(site: &Site) -> Vec<Self> {
        let categories = site.categories.keys().map(|key| Self::Category(key.clone()));
        let collections = site.collections.iter().map(|collection| Self::Collection(collection.name.clone()));
        let terms = site
            .taxonomies
            .iter()
            .flat_map(|taxonomy| taxonomy.terms.keys().map(|slug| Self::Term(taxonomy.declared.name.clone(), slug.clone())));
        categories.chain(collections).chain(terms).collect()
    }

    /// Its products, in its order.
    pub fn products<'a>(&self, site: &'a Site) -> Option<&'a [Id]> {
        Some(match self {
            Self::Category(key) => &site.categories.get(key)?.products,
            Self::Collection(name) => &site.collection(name)?.products,
            Self::Term(taxonomy, slug) => &site.term(taxonomy, slug)?.products,
        })
    }

    /// Its address from the root of its language.
    pub fn path(&self, site: &Site) -> Option<String> {
        Some(match self {
            Self::Category(key) => site.categories.get(key)?.path.clone(),
            Self::Collection(name) => site.collection(name)?.path.clone(),
            Self::Term(taxonomy, slug) => term_path(taxonomy, slug),
        })
    }

    /// By what it can be filtered: what its own file says, else the nearest category above it, else the settings.
    pub fn wish<'a>(&self, site: &'a Site) -> Option<&'a Filters> {
        let own = match self {
            Self::Category(key) => {
                let above = key.rmatch_indices('/').map(|(at, _)| &key[..at]);
                std::iter::once(key.as_str()).chain(above).chain([""]).find_map(|key| site.categories.get(key)?.filters.as_ref())
            }
            Self::Collection(name) => site.collection(name)?.filters.as_ref(),
            Self::Term(..) => None,
        };
        Some(own.unwrap_or(&site.settings.filters))
    }
}

/// What something is filtered by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Sort {
    /// Whether it can be had now: of variants.
    Available,
    /// What it costs: of variants.
    Price,
    /// A value of an option: of variants.
    Option,
    /// A word: of products.
    Choice,
    /// Whether something is true of it: of products.
    Flag,
    /// A number: of products.
    Number,
}

/// What readers call a group.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub enum Title {
    /// The theme has a word for it.
    Theme,
    /// A text, and its language, where that is not the site's.
    Own(String, String),
}

/// Something to filter by.
#[derive(Debug)]
pub struct Group {
    /// As addresses call it.
    pub key: String,
    /// As editors call it.
    pub name: String,
    /// What readers call it.
    pub title: Title,
    /// What it is.
    pub sort: Sort,
    /// Of a number, or empty.
    pub unit: String,
    /// Of choices, in the order in which they are shown by nature; empty for others.
    pub values: Vec<Value>,
}

/// A choice.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize)]
pub struct Value {
    /// As addresses call it.
    pub key: String,
    /// What readers call it.
    pub title: String,
    /// The title's language, where that is not the site's.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub lang: String,
    /// The class of its colour, or empty.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub swatch: String,
}

/// What a product says under all groups.
#[derive(Debug, Default)]
pub struct Facts {
    /// Choices of the product and of its variants, and flags that are true: group and value, each once, in order.
    pub choices: Vec<(u16, u32)>,
    /// Numbers, by group.
    pub numbers: Vec<(u16, f64)>,
    /// What can be bought of it; at least one row, also for what is only shown.
    pub rows: Vec<Row>,
    /// The lowest and the highest price now, in the default currency, in minor units.
    pub prices: Option<(i64, i64)>,
}

/// Variants that are alike to who filters.
#[derive(Debug)]
pub struct Row {
    /// Group, and its values: several where the variant stands for all of the product's.
    pub options: Vec<(u16, Vec<u32>)>,
    /// Whether it can be had, as far as the files know.
    pub is_available: bool,
    /// The first of them, by its place; `None` for a product without variants.
    pub variant: Option<usize>,
}

/// What all products of a site can be filtered by.
#[derive(Debug)]
pub struct Facets {
    /// In the order shown where nothing else is written.
    pub groups: Vec<Group>,
    /// In the order of the site's products.
    facts: Vec<Facts>,
    lists: RwLock<FxHashMap<ListName, Arc<ListFacets>>>,
}

/// By what one list can be filtered.
#[derive(Debug)]
pub struct ListFacets {
    /// Those that say something, in the order shown.
    pub groups: Vec<ListGroup>,
    /// Of all that pages show of them.
    pub fingerprint: Fingerprint,
}

/// A group as one list has it.
#[derive(Debug, Serialize)]
pub struct ListGroup {
    /// Its place among the site's groups.
    pub group: usize,
    /// How many products are what it asks for: of a flag, and of what can be had.
    pub count: usize,
    /// Choices that products here have, and how many: options in their order, others the most frequent first.
    pub values: Vec<(u32, usize)>,
}

impl Facets {
    /// Of all products of a site.
    pub fn of(site: &Site) -> Self {
        let (groups, facts) = gather::gather(site);
        Self { groups, facts, lists: RwLock::default() }
    }

    /// What a product says.
    pub fn facts(&self, site: &Site, id: &str) -> Option<&Facts> {
        self.facts.get(site.products.get_index_of(id)?)
    }

    /// By what a list can be filtered; counted once.
    pub fn list(&self, site: &Site, name: &ListName, wish: &Filters) -> Option<Arc<ListFacets>> {
        if let Some(known) = self.lists.read().unwrap_or_else(PoisonError::into_inner).get(name) {
            return Some(Arc::clone(known));
        }
        let list = Arc::new(self.count(site, name.products(site)?, wish));
        self.lists.write().unwrap_or_else(PoisonError::into_inner).insert(name.clone(), Arc::clone(&list));
        Some(list)
    }

    fn count(&self, site: &Site, products: &[Id], wish: &Filters) -> ListFacets {
        let facts: Vec<&Facts> = products.iter().filter_map(|id| self.facts(site, id)).collect();
        let mut counts: Vec<Vec<usize>> = self.groups.iter().map(|group| vec![0; group.values.len().max(1)]).collect();
        for (group, value) in facts.iter().flat_map(|facts| &facts.choices) {
            counts[usize::from(*group)][*value as usize] += 1;
        }
        let groups: Vec<ListGroup> = self.wanted(wish).filter_map(|group| self.group(group, &facts, &counts[group])).collect();
        let shown = |it: &ListGroup| {
            let group = &self.groups[it.group];
            let values: Vec<_> = it.values.iter().map(|(value, count)| (&group.values[*value as usize], *count)).collect();
            Fingerprint::of_value(&(&group.key, &group.title, group.sort, &group.unit, it.count, values))
        };
        let fingerprint = Fingerprint::join(&groups.iter().map(shown).collect::<Vec<_>>());
        ListFacets { groups, fingerprint }
    }

    /// The places of the groups that are wished for, in the order shown.
    fn wanted(&self, wish: &Filters) -> impl Iterator<Item = usize> {
        let mut places: Vec<usize> = match wish {
            Filters::All => (0..self.groups.len()).collect(),
            Filters::Nothing => Vec::new(),
            Filters::Named(names) => names.iter().filter_map(|name| self.groups.iter().position(|group| group.name == *name)).collect(),
        };
        let mut seen = vec![false; self.groups.len()];
        places.retain(|place| !std::mem::replace(&mut seen[*place], true));
        places.into_iter()
    }

    /// A group of a list, where it says something: where choosing in it leaves some products and not others.
    fn group(&self, place: usize, facts: &[&Facts], counts: &[usize]) -> Option<ListGroup> {
        if facts.len() < 2 {
            return None;
        }
        let group = &self.groups[place];
        let of = |values, count| Some(ListGroup { group: place, values, count });
        let some = |count: usize| (count > 0 && count < facts.len()).then_some(count);
        match group.sort {
            Sort::Available => of(Vec::new(), some(facts.iter().filter(|facts| facts.rows.iter().any(|row| row.is_available)).count())?),
            Sort::Flag => of(Vec::new(), some(counts[0])?),
            Sort::Price => {
                let mut prices = facts.iter().filter_map(|facts| facts.prices);
                let first = prices.next()?;
                prices.any(|other| other != first).then_some(())?;
                of(Vec::new(), 0)
            }
            Sort::Number => {
                let number =
                    |facts: &&Facts| facts.numbers.iter().find(|(group, _)| usize::from(*group) == place).map(|(_, number)| *number);
                let mut numbers = facts.iter().filter_map(number);
                let first = numbers.next()?;
                numbers.any(|number| number.total_cmp(&first).is_ne()).then_some(())?;
                of(Vec::new(), 0)
            }
            Sort::Option | Sort::Choice => {
                let mut values: Vec<(u32, usize)> =
                    (0..).zip(counts).filter(|(_, count)| **count > 0).map(|(v, count)| (v, *count)).collect();
                let having = facts.iter().filter(|facts| facts.choices.iter().any(|(group, _)| usize::from(*group) == place)).count();
                // Where every product that has any value has all of them, each choice leaves the same.
                let differ = values.iter().any(|(_, count)| *count != having);
                (values.len() > 1 && differ).then_some(())?;
                if group.sort == Sort::Choice {
                    values.sort_by(|a, b| {
                        b.1.cmp(&a.1).then_with(|| group.values[a.0 as usize].title.cmp(&group.values[b.0 as usize].title))
                    });
                }
                of(values, 0)
            }
        }
    }
}
