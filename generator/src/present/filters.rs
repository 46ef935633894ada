//! By what a list can be filtered, as its pages show it: what browsers need beyond that is in a file of its own.

use super::Reader;
use crate::facets::{AVAILABLE, BRAND, Facets, Group, ListGroup, ListName, PRICE, Sort, Title};
use crate::site::TAGS;
use crate::view::{FilterChoiceView, FilterView, FiltersView};

/// So many choices of a group are on the page, the most frequent; all of them are in the file.
const MOST: usize = 12;

/// Where the file for a list stands.
pub fn file(path: &str) -> String {
    format!("{path}filters.json")
}

/// The filters of a list at a path; nothing where no filter says anything of it.
pub(super) fn filters(site: &Reader<'_>, list: &ListName, path: &str) -> Option<FiltersView> {
    let (facets, list) = site.facets(list)?;
    let groups = list.groups.iter().map(|group| self::group(site, facets, group)).collect();
    Some(FiltersView { index: site.url(&file(path)), url: site.url(path), groups })
}

fn group(site: &Reader<'_>, facets: &Facets, list: &ListGroup) -> FilterView {
    let group = &facets.groups[list.group];
    let (title, lang) = title(site, group);
    let mut shown: Vec<(usize, u32, usize)> =
        list.values.iter().enumerate().map(|(place, (value, count))| (place, *value, *count)).collect();
    shown.sort_by(|a, b| b.2.cmp(&a.2).then_with(|| a.0.cmp(&b.0)));
    shown.truncate(MOST);
    shown.sort_unstable();
    let choice = |(_, value, count): (usize, u32, usize)| {
        let value = &group.values[value as usize];
        let (key, title, lang, swatch) = (value.key.clone(), value.title.clone(), value.lang.clone(), value.swatch.clone());
        FilterChoiceView { key, title, lang, swatch, count }
    };
    FilterView {
        key: group.key.clone(),
        title,
        lang,
        kind: match group.sort {
            Sort::Available | Sort::Flag => "flag",
            Sort::Price => "price",
            Sort::Number => "number",
            Sort::Option | Sort::Choice => "choice",
        },
        unit: group.unit.clone(),
        count: list.count,
        more: list.values.len() - shown.len(),
        choices: shown.into_iter().map(choice).collect(),
    }
}

fn title(site: &Reader<'_>, group: &Group) -> (String, String) {
    let word = |key: &str, english: &str| (site.word(key, english, &[]), String::new());
    match (&group.title, group.key.as_str()) {
        (Title::Own(title, lang), _) => (title.clone(), lang.clone()),
        (Title::Theme, AVAILABLE) => word("filter.available", "Available now"),
        (Title::Theme, PRICE) => word("filter.price", "Price"),
        (Title::Theme, BRAND) => word("filter.brand", "Maker"),
        (Title::Theme, TAGS) => word("taxonomy.tags", "Tags"),
        (Title::Theme, key) => (key.to_owned(), String::new()),
    }
}
