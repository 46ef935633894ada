//! Where a cart goes, and which of several areas is the nearest around it. Areas are read from their text.

use catalog::area::Area;
use catalog::cart::Cart;
use catalog::terms::Terms;

/// A place as far as it is known.
#[derive(Debug, Clone, Default)]
pub struct Place {
    pub country: Option<String>,
    region: Option<String>,
    postcode: Option<String>,
}

fn named(text: String) -> Option<String> {
    Some(text).filter(|text| !text.is_empty())
}

impl Place {
    /// Where the goods go.
    pub fn of(cart: &Cart) -> Self {
        let country = cart.country.clone().and_then(named);
        let region = cart.region.as_ref().map(|region| {
            let region = region.trim().to_uppercase();
            match (&country, region.split_once('-')) {
                (Some(country), Some((of, rest))) if of == *country => rest.to_owned(),
                _ => region,
            }
        });
        let postcode = cart.postcode.as_ref().map(|postcode| postcode.to_uppercase().replace([' ', '-'], ""));
        Self { country, region: region.and_then(named), postcode: postcode.and_then(named) }
    }

    /// Where tax is due: before a country is named, in the shop's default one, as a whole.
    pub fn of_tax(cart: &Cart, terms: &Terms) -> Self {
        let place = Self::of(cart);
        if place.country.is_some() { place } else { Self { country: terms.tax.default_country.clone(), ..Self::default() } }
    }

    /// How near an area is; `None` where the place is not in it. Everywhere, then countries, then regions, then postcodes: the
    /// longer the better, a whole one best.
    fn nearness(&self, area: &Area) -> Option<(bool, usize, bool, bool)> {
        let text = area.to_string();
        let (around, postcode) = text.split_once(' ').map_or((text.as_str(), None), |(around, postcode)| (around, Some(postcode)));
        let (country, region) = around.split_once('-').map_or((around, None), |(country, region)| (country, Some(region)));
        if country == "*" {
            return Some((false, 0, false, false));
        }
        let in_country = self.country.as_deref() == Some(country);
        let in_region = region.is_none() || self.region.as_deref() == region;
        let (in_postcodes, length, is_whole) = match postcode.map(|postcode| (postcode.strip_suffix('*'), postcode)) {
            None => (true, 0, false),
            Some((Some(start), _)) => (self.postcode.as_ref().is_some_and(|known| known.starts_with(start)), start.len(), false),
            Some((None, whole)) => (self.postcode.as_deref() == Some(whole), whole.len(), true),
        };
        (in_country && in_region && in_postcodes).then_some((true, length, is_whole, region.is_some()))
    }

    /// What belongs to the nearest area; of equals the first.
    pub fn nearest<T: Clone>(&self, areas: &[(Area, T)]) -> Option<T> {
        let mut around: Vec<_> = areas.iter().filter_map(|(area, value)| Some((self.nearness(area)?, value))).collect();
        around.sort_by(|(a, _), (b, _)| b.cmp(a));
        around.first().map(|(_, value)| (*value).clone())
    }
}
