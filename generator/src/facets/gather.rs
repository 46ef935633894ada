//! What products can be filtered by, gathered from all of them.

use std::collections::BTreeMap;

use catalog::product::{Choice, Kind, Stock, Variant};
use rustc_hash::{FxHashMap, FxHashSet};

use super::{AVAILABLE, BRAND, Facts, Group, PRICE, Row, Sort, Title, Value};
use crate::parse::markdown::slug;
use crate::parse::settings::AttributeSort;
use crate::site::{AttributeValue, Site, SiteProduct, TAGS};
use crate::source::Fingerprint;

/// What addresses of lists say beside filters, so that no filter can be called so.
const RESERVED: [&str; 4] = ["sort", "q", "page", "shown"];

/// All groups, in the order shown where nothing else is written, and what each product says, in the order of the site.
pub(super) fn gather(site: &Site) -> (Vec<Group>, Vec<Facts>) {
    let mut groups = Groups::of(site);
    let facts = site.products.values().map(|product| groups.facts(site, product)).collect();
    (groups.all, facts)
}

/// Groups while values are added to them.
struct Groups {
    all: Vec<Group>,
    /// Group and the value's word, see [`word`] → value.
    known: FxHashMap<(u16, String), u32>,
    /// Group and key, of all values.
    keys: FxHashSet<(u16, String)>,
    options: FxHashMap<String, u16>,
    brand: u16,
    /// By name.
    attributes: FxHashMap<String, u16>,
    /// By name.
    taxonomies: FxHashMap<String, u16>,
}

impl Groups {
    fn of(site: &Site) -> Self {
        let settings = &site.settings;
        let own = |title: &str| Title::Own(title.to_owned(), String::new());
        let group = |key: &str, name: &str, title: Title, sort: Sort| Group {
            key: key.to_owned(),
            name: name.to_owned(),
            title,
            sort,
            unit: String::new(),
            values: Vec::new(),
        };
        let mut all = vec![group(AVAILABLE, AVAILABLE, Title::Theme, Sort::Available), group(PRICE, PRICE, Title::Theme, Sort::Price)];
        let mut taken: FxHashSet<String> = RESERVED.into_iter().chain([AVAILABLE, PRICE, BRAND]).map(str::to_owned).collect();
        let of_taxonomies: Vec<String> = settings.taxonomies.iter().map(|taxonomy| free(&taken, &taxonomy.name, "taxonomy")).collect();
        taken.extend(of_taxonomies.iter().cloned());
        let mut attributes = Vec::new();
        for attribute in &settings.attributes {
            let key = free(&taken, &attribute.name, "attribute");
            taken.insert(key.clone());
            let sort = match attribute.sort {
                AttributeSort::Text => Sort::Choice,
                AttributeSort::Number => Sort::Number,
                AttributeSort::Boolean => Sort::Flag,
            };
            attributes.push(Group { unit: attribute.unit.clone(), ..group(&key, &attribute.name, own(&attribute.title), sort) });
        }
        let mut options = FxHashMap::default();
        let mut known = FxHashMap::default();
        for Gathered { name, title, lang, values, .. } in gathered_options(site) {
            let key = free(&taken, &key_of(&name), "option");
            taken.insert(key.clone());
            let place = number(all.len());
            options.insert(name.clone(), place);
            known.extend((0..).zip(&values).map(|(value, (word, _)): (u32, _)| ((place, word.clone()), value)));
            let values = values.into_iter().map(|(_, value)| value).collect();
            all.push(Group { values, ..group(&key, &name, Title::Own(title, lang), Sort::Option) });
        }
        let brand = number(all.len());
        all.push(group(BRAND, BRAND, Title::Theme, Sort::Choice));
        let first = all.len();
        all.extend(attributes);
        let attributes = (first..).zip(&settings.attributes).map(|(place, it)| (it.name.clone(), number(place))).collect();
        let mut taxonomies = FxHashMap::default();
        // Tags last: they are the least certain.
        let keyed = settings.taxonomies.iter().zip(of_taxonomies);
        let (tags, others): (Vec<_>, Vec<_>) = keyed.partition(|(taxonomy, _)| taxonomy.name == TAGS);
        for (taxonomy, key) in others.into_iter().chain(tags) {
            taxonomies.insert(taxonomy.name.clone(), number(all.len()));
            let title = if taxonomy.title.is_empty() { Title::Theme } else { own(&taxonomy.title) };
            all.push(group(&key, &taxonomy.name, title, Sort::Choice));
        }
        Self { all, known, keys: FxHashSet::default(), options, brand, attributes, taxonomies }
    }

    /// The value of a group, which is added where it is not known yet: a word, which addresses call by a key.
    fn value(&mut self, group: u16, word: String, key: &str, title: &str, lang: &str) -> (u16, u32) {
        let values = &mut self.all[usize::from(group)].values;
        let next = u32::try_from(values.len()).expect("a shop has fewer than 2³² words");
        let keys = &mut self.keys;
        let value = *self.known.entry((group, word)).or_insert_with_key(|(_, word)| {
            let key = own_key(key, word, |key| keys.contains(&(group, key.to_owned())));
            keys.insert((group, key.clone()));
            values.push(Value { key, title: title.to_owned(), lang: lang.to_owned(), swatch: String::new() });
            next
        });
        let known = &mut values[value as usize];
        // What a product in the site's language says is better than what one in another says.
        if !known.lang.is_empty() && lang.is_empty() {
            title.clone_into(&mut known.title);
            known.lang.clear();
        }
        (group, value)
    }

    fn facts(&mut self, site: &Site, product: &SiteProduct) -> Facts {
        let lang = &product.tongue.words;
        let mut facts = Facts::default();
        if !product.brand.is_empty() {
            facts.choices.push(self.value(self.brand, word(&product.brand), &key_of(&product.brand), &product.brand, lang));
        }
        for (slug, title) in &product.tags {
            if let Some(group) = self.taxonomies.get(TAGS) {
                facts.choices.push(self.value(*group, slug.clone(), slug, title, lang));
            }
        }
        for term in &product.terms {
            if let Some(group) = self.taxonomies.get(&term.taxonomy) {
                facts.choices.push(self.value(*group, term.slug.clone(), &term.slug, &term.title, lang));
            }
        }
        for attribute in &product.attributes {
            let Some(group) = self.attributes.get(&attribute.name).copied() else { continue };
            match &attribute.value {
                AttributeValue::Text(text) => facts.choices.push(self.value(group, word(text), &key_of(text), text, lang)),
                AttributeValue::Number(_, text) => facts.numbers.extend(text.parse().ok().map(|number| (group, number))),
                AttributeValue::Boolean(true) => facts.choices.push((group, 0)),
                AttributeValue::Boolean(false) => {}
            }
        }
        facts.rows = self.rows(site, product);
        facts
            .choices
            .extend(facts.rows.iter().flat_map(|row| &row.options).flat_map(|(group, values)| values.iter().map(|it| (*group, *it))));
        facts.choices.sort_unstable();
        facts.choices.dedup();
        facts.prices = prices(site, product);
        facts
    }

    fn rows(&self, site: &Site, product: &SiteProduct) -> Vec<Row> {
        let sold = &product.product;
        if sold.variants.is_empty() {
            return vec![Row { options: Vec::new(), is_available: is_available(site, product, None), variant: None }];
        }
        let value = |group: u16, text: &str| self.known.get(&(group, word(text))).copied();
        let mut rows: Vec<Row> = Vec::new();
        for (place, variant) in sold.variants.iter().enumerate() {
            let options = sold.options.iter().zip(&variant.choices).filter_map(|(option, choice)| {
                let group = *self.options.get(&option.name)?;
                let values: Vec<u32> = match choice {
                    Choice::Is(text) => value(group, text).into_iter().collect(),
                    Choice::Any => option.values.iter().filter_map(|text| value(group, text)).collect(),
                };
                Some((group, values))
            });
            let row = Row { options: options.collect(), is_available: is_available(site, product, Some(variant)), variant: Some(place) };
            let is_alike = |known: &Row| {
                let other = known.variant.and_then(|place| sold.variants.get(place));
                known.is_available == row.is_available
                    && known.options == row.options
                    && other.is_some_and(|it| it.pricing == variant.pricing)
            };
            if !rows.iter().any(is_alike) {
                rows.push(row);
            }
        }
        rows
    }
}

fn number(place: usize) -> u16 {
    u16::try_from(place).expect("a shop has fewer than 65,536 options and attributes")
}

/// The part of an address that stands for a text.
fn key_of(text: &str) -> String {
    let key = slug(text);
    if key.is_empty() { Fingerprint::of(text.as_bytes()).hex8() } else { key }
}

/// Two texts are the same choice where they differ in nothing but small and large letters, and white space.
fn word(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase()
}

/// The key of a word: a longer one where another word, such as `15 l` beside `1.5 l`, has it.
fn own_key(key: &str, word: &str, is_taken: impl Fn(&str) -> bool) -> String {
    if is_taken(key) { format!("{key}-{}", Fingerprint::of(word.as_bytes()).hex8()) } else { key.to_owned() }
}

/// A key, and a longer one where it is taken.
fn free(taken: &FxHashSet<String>, key: &str, sort: &str) -> String {
    let mut key = key.to_owned();
    while taken.contains(&key) {
        key = format!("{sort}-{key}");
    }
    key
}

/// An option as all products have it.
#[derive(Default)]
struct Gathered {
    name: String,
    title: String,
    lang: String,
    /// With their words.
    values: Vec<(String, Value)>,
    /// The words, and the keys, so that those of many products are found quickly.
    words: FxHashSet<String>,
    keys: FxHashSet<String>,
}

/// The options of all products; the one that most have comes first.
fn gathered_options(site: &Site) -> Vec<Gathered> {
    let mut all: BTreeMap<&str, (usize, Gathered)> = BTreeMap::new();
    // Most products have the same values as many others.
    let mut seen: FxHashSet<(&str, &[String], &[String], &str)> = FxHashSet::default();
    for product in site.products.values() {
        let lang = &product.tongue.words;
        for (place, (option, titles)) in product.product.options.iter().zip(&product.option_titles).enumerate() {
            let (count, gathered) = all.entry(&option.name).or_insert_with(|| {
                (0, Gathered { name: option.name.clone(), title: titles.title.clone(), lang: lang.clone(), ..Gathered::default() })
            });
            *count += 1;
            if !gathered.lang.is_empty() && lang.is_empty() {
                (gathered.title, gathered.lang) = (titles.title.clone(), String::new());
            }
            if product.swatches.is_empty() && !seen.insert((&option.name, &option.values, &titles.values, lang)) {
                continue;
            }
            merge(gathered, &option.values, &titles.values, lang, |value| product.swatches.get(&(place, value)));
        }
    }
    let mut all: Vec<(usize, Gathered)> = all.into_values().collect();
    all.sort_by(|a, b| b.0.cmp(&a.0).then_with(|| a.1.name.cmp(&b.1.name)));
    all.into_iter().map(|(_, gathered)| gathered).collect()
}

/// Puts a product's values among those of others, each behind the one that it follows there, or before the first.
fn merge<'s>(gathered: &mut Gathered, values: &[String], titles: &[String], lang: &str, swatch: impl Fn(usize) -> Option<&'s String>) {
    let mut at = 0;
    for (place, (value, title)) in values.iter().zip(titles).enumerate() {
        let word = word(value);
        let is_known = gathered.words.contains(&word);
        let known = match is_known.then(|| gathered.values.iter().position(|(known, _)| *known == word)).flatten() {
            Some(known) => known,
            None => {
                let key = own_key(&key_of(value), &word, |key| gathered.keys.contains(key));
                gathered.words.insert(word.clone());
                gathered.keys.insert(key.clone());
                gathered.values.insert(at, (word, Value { key, title: title.clone(), lang: lang.to_owned(), swatch: String::new() }));
                at
            }
        };
        let (_, value) = &mut gathered.values[known];
        if !value.lang.is_empty() && lang.is_empty() {
            (value.title, value.lang) = (title.clone(), String::new());
        }
        if let Some(colour) = swatch(place).filter(|_| value.swatch.is_empty()) {
            value.swatch = format!("swatch-{colour}");
        }
        at = known + 1;
    }
}

/// Whether something can be had now, as far as the files know. A product without variants is shown and not sold here.
fn is_available(site: &Site, product: &SiteProduct, variant: Option<&Variant>) -> bool {
    match (&product.product.kind, variant) {
        (Kind::Group { members }, _) => members.iter().filter_map(|id| site.products.get(id.as_str())).any(|member| {
            let variants = &member.product.variants;
            !matches!(member.product.kind, Kind::Group { .. })
                && (variants.is_empty() || variants.iter().any(|variant| is_available(site, member, Some(variant))))
        }),
        (Kind::Bundle { components }, _) => components.iter().all(|component| {
            let found = site.components.get(component.sku.as_str()).and_then(|(id, place)| Some((site.products.get(id)?, *place)));
            found
                .and_then(|(product, place)| Some((product, product.product.variants.get(place)?)))
                .is_some_and(|(product, variant)| has(product, variant, component.quantity))
        }),
        (_, Some(variant)) => has(product, variant, 1),
        (_, None) => true,
    }
}

/// Whether there are so many of a variant.
fn has(product: &SiteProduct, variant: &Variant, quantity: u32) -> bool {
    let is_there = match variant.stock {
        Stock::Uncounted => true,
        Stock::Counted(count) => count.saturating_add(variant.backorder) >= quantity,
        Stock::Discontinued => false,
    };
    is_there && variant.available_from.is_none_or(|from| from <= product.as_of)
}

fn prices(site: &Site, product: &SiteProduct) -> Option<(i64, i64)> {
    let currency = site.settings.currency;
    let mut prices = product.product.variants.iter().filter_map(|variant| Some(product.unit_price(variant, currency)?.minor));
    let first = prices.next()?;
    Some(prices.fold((first, first), |(low, high), price| (low.min(price), high.max(price))))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_of_an_option_stand_in_the_order_of_all_products() {
        let merged = |lists: &[&[&str]]| {
            let mut all = Gathered { name: "Size".into(), title: "Size".into(), ..Gathered::default() };
            for list in lists {
                let values: Vec<String> = list.iter().map(|value| (*value).to_owned()).collect();
                merge(&mut all, &values, &values, "", |_| None);
            }
            all.values.iter().map(|(_, value)| value.title.as_str()).collect::<Vec<_>>().join(" ")
        };
        assert_eq!(merged(&[&["S", "M"], &["M", "L"], &["XS", "S"]]), "XS S M L");
        assert_eq!(merged(&[&["S", "L"], &["S", "M", "L"]]), "S M L");
        assert_eq!(merged(&[&["L", "S"], &["S", "L"]]), "L S", "the first to say it is right");
        assert_eq!(merged(&[&["Blue"], &["blue", "Red"]]), "Blue Red", "small and large letters are the same");
    }

    #[test]
    fn a_title_in_the_language_of_the_site_is_the_better_one() {
        let mut all = Gathered { name: "Colour".into(), title: "Colour".into(), lang: "en".into(), ..Gathered::default() };
        let (value, german) = (["Blue".to_owned()], ["Blau".to_owned()]);
        let colour = "1b6b72".to_owned();
        merge(&mut all, &value, &value, "en", |_| None);
        merge(&mut all, &value, &german, "", |_| Some(&colour));
        let expected = Value { key: "blue".into(), title: "Blau".into(), lang: String::new(), swatch: "swatch-1b6b72".into() };
        assert_eq!(all.values, [("blue".to_owned(), expected)]);
    }

    #[test]
    fn keys_are_free_and_never_empty() {
        let taken: FxHashSet<String> = ["price", "option-price"].into_iter().map(str::to_owned).collect();
        assert_eq!(free(&taken, "size", "option"), "size");
        assert_eq!(free(&taken, "price", "option"), "option-option-price");
        assert_eq!(key_of("65 × 65 cm"), "65-65-cm");
        assert_eq!(key_of("★").len(), 8, "a sign that no address has");
        assert_ne!(key_of("★"), key_of("☆"));
    }
}
