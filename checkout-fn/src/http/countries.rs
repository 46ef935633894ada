//! Names of countries, for the address form.

use catalog::area::Area;
use catalog::shipping::ShippingRules;

/// Code and name of each country that the shop delivers to, by name; all where a zone is everywhere.
pub(super) fn deliverable(rules: &ShippingRules) -> Vec<(&'static str, &'static str)> {
    let areas = || rules.zones.iter().flat_map(|zone| &zone.areas);
    let is_everywhere = areas().any(|area| *area == Area::EVERYWHERE);
    all().into_iter().filter(|(code, _)| is_everywhere || areas().any(|area| area.country_code() == Some(*code))).collect()
}

/// Code and name of every country, by name.
pub(super) fn all() -> Vec<(&'static str, &'static str)> {
    let mut all: Vec<_> = iso_country::data::all().into_iter().map(|country| (country.alpha2, country.name)).collect();
    all.sort_by_key(|(_, name)| *name);
    all
}

/// The name of a country, or its code where it has no name.
pub(super) fn name(code: &str) -> &str {
    all().into_iter().find(|(known, _)| *known == code).map_or(code, |(_, name)| name)
}

#[cfg(test)]
mod tests {
    use super::*;
    use catalog::shipping::Zone;

    #[test]
    fn only_deliverable_countries_are_offered() {
        let zone = |code: &str| Zone { name: String::new(), areas: vec![Area::parse(code).expect("an area")], methods: vec![] };
        let rules = |code: &str| ShippingRules { zones: vec![zone("PT"), zone(code)], ..ShippingRules::default() };
        assert_eq!(deliverable(&rules("DE")), [("DE", "Germany"), ("PT", "Portugal")]);
        assert!(deliverable(&rules("*")).len() > 200);
        assert_eq!((name("JP"), name("ZZ")), ("Japan", "ZZ"));
    }
}
