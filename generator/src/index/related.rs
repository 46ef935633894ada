//! Related products: by hand, else those that share category, collections and tags, found through lists and not by
//! comparing all pairs.

use std::cell::RefCell;
use std::cmp::Reverse;
use std::sync::Arc;

use rustc_hash::FxHashMap;

use crate::site::{Id, OwnProduct, Site};

/// How many a product page shows.
const COUNT: usize = 4;
/// No list is looked through further than this: in a large one the newest are enough.
const MOST_CANDIDATES: usize = 200;

/// Products by what they share, newest first. Products are numbered by the order of their ids.
#[derive(Debug, Clone)]
pub struct Neighbours {
    ids: Vec<Id>,
    numbers: FxHashMap<Id, u32>,
    categories: FxHashMap<String, Vec<u32>>,
    collections: FxHashMap<String, Vec<u32>>,
    tags: FxHashMap<String, Vec<u32>>,
}

thread_local! {
    /// Points by number, all zero between two uses, and the numbers that have any.
    static POINTS: RefCell<(Vec<u16>, Vec<u32>)> = const { RefCell::new((Vec::new(), Vec::new())) };
}

impl Neighbours {
    /// Of all products of a shop.
    pub(crate) fn of(site: &Site) -> Self {
        let ids: Vec<Id> = site.products.keys().map(Arc::clone).collect();
        let number = |i: usize| u32::try_from(i).unwrap_or(u32::MAX);
        let numbers: FxHashMap<Id, u32> = ids.iter().enumerate().map(|(i, id)| (Arc::clone(id), number(i))).collect();
        let of = |list: &[Id]| -> Vec<u32> { list.iter().take(MOST_CANDIDATES).filter_map(|id| numbers.get(id).copied()).collect() };
        let mut categories: FxHashMap<String, Vec<u32>> = FxHashMap::default();
        for product in site.newest.iter().filter_map(|id| site.products.get(id)) {
            if let (Some(category), Some(number)) = (product.categories.first(), numbers.get(product.id())) {
                match categories.get_mut(category) {
                    Some(list) if list.len() >= MOST_CANDIDATES => {}
                    Some(list) => list.push(*number),
                    None => drop(categories.insert(category.clone(), vec![*number])),
                }
            }
        }
        let mut collections: FxHashMap<String, Vec<u32>> = FxHashMap::default();
        for collection in site.collections.iter() {
            let mut list: Vec<Id> = collection.products.clone();
            list.sort_by(|a, b| site.products[b].date.cmp(&site.products[a].date).then_with(|| a.cmp(b)));
            collections.insert(collection.name.clone(), of(&list));
        }
        let tags = site.tags().iter().map(|(slug, tag)| (slug.clone(), of(&tag.products))).collect();
        Self { ids, numbers, categories, collections, tags }
    }

    /// Two points for the category and for each collection, one for each tag; ties by id.
    pub(crate) fn nearest(&self, product: &OwnProduct, collections: &[String]) -> Vec<Id> {
        let Some(own) = self.numbers.get(product.id()) else { return Vec::new() };
        let category = product.categories.first().and_then(|key| self.categories.get(key)).map(|list| (list, 2));
        let collections = collections.iter().filter_map(|name| Some((self.collections.get(name)?, 2)));
        let tags = product.tags.iter().filter_map(|(slug, _)| Some((self.tags.get(slug)?, 1)));
        POINTS.with_borrow_mut(|(points, touched)| {
            points.resize(points.len().max(self.ids.len()), 0);
            for (list, worth) in category.into_iter().chain(collections).chain(tags) {
                for number in list {
                    let sum = &mut points[*number as usize];
                    if *sum == 0 {
                        touched.push(*number);
                    }
                    *sum = sum.saturating_add(worth);
                }
            }
            let mut best = [(0, Reverse(0)); COUNT];
            for number in touched.drain(..) {
                let rank = (std::mem::take(&mut points[number as usize]), Reverse(number));
                // Few are better than the last of those that were found so far.
                if rank > best[COUNT - 1] && number != *own {
                    let at = best.partition_point(|other| *other > rank);
                    best[at..].rotate_right(1);
                    best[at] = rank;
                }
            }
            let found = best.into_iter().take_while(|(points, _)| *points > 0);
            found.map(|(_, Reverse(number))| Arc::clone(&self.ids[number as usize])).collect()
        })
    }
}
