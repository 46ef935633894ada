//! Areas of the world as tax rates and shipping zones name them: everywhere, a country, a region, postcodes.

use std::fmt;

/// An area, as text: `*`, `DE`, `US-CA`, `ES 35*` (postcodes that begin so), `DE 10115`, `US-CA 902*`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Area {
    /// Two capital letters; `None` stands for everywhere.
    country: Option<String>,
    /// The second half of an ISO 3166-2 code.
    region: Option<String>,
    postcode: Option<Postcode>,
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
struct Postcode {
    /// Without spaces and dashes, in capitals.
    text: String,
    is_prefix: bool,
}

/// Why a text is no area.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("an area is `*`, `DE`, `US-CA`, `ES 35*` or `DE 10115`")]
pub struct AreaError;

/// Where something goes, as far as the shopper has said.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Destination {
    /// Two capital letters.
    pub country: Option<String>,
    region: Option<String>,
    postcode: Option<String>,
}

impl Destination {
    /// From what a shopper writes: regions with or without the country before them, postcodes with or without spaces.
    pub fn new(country: Option<&str>, region: Option<&str>, postcode: Option<&str>) -> Self {
        let region = region.map(|region| {
            let region = region.trim().to_ascii_uppercase();
            let own = country.and_then(|country| region.strip_prefix(country)?.strip_prefix('-').map(str::to_owned));
            own.unwrap_or(region)
        });
        let mut postcode = postcode.map(plain).filter(|postcode| !postcode.is_empty());
        if let (Some("US"), Some(zip)) = (country, &mut postcode)
            && zip.len() == 9
            && zip.bytes().all(|b| b.is_ascii_digit())
        {
            // ZIP+4: the last four say which street.
            zip.truncate(5);
        }
        Self {
            country: country.filter(|country| !country.is_empty()).map(str::to_owned),
            region: region.filter(|region| !region.is_empty()),
            postcode,
        }
    }

    /// Whether it names a region as areas do: by the second half of an ISO 3166-2 code, and not by a name.
    pub fn has_region_code(&self) -> bool {
        self.region.as_deref().is_some_and(is_region)
    }
}

fn is_region(text: &str) -> bool {
    (1..=3).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit())
}

/// Without what people put between the characters of a postcode.
fn plain(postcode: &str) -> String {
    postcode.chars().filter(|c| !c.is_whitespace() && *c != '-').flat_map(char::to_uppercase).collect()
}

impl Area {
    /// Everywhere.
    pub const EVERYWHERE: Self = Self { country: None, region: None, postcode: None };

    /// A whole country, by its two capital letters.
    pub fn country(code: &str) -> Self {
        Self { country: Some(code.to_owned()), ..Self::EVERYWHERE }
    }

    /// Reads an area; see the type for its forms.
    pub fn parse(text: &str) -> Result<Self, AreaError> {
        if text == "*" {
            return Ok(Self::EVERYWHERE);
        }
        let (place, postcode) = text.split_once(' ').map_or((text, None), |(place, postcode)| (place, Some(postcode)));
        let (country, region) = place.split_once('-').map_or((place, None), |(country, region)| (country, Some(region)));
        let letters = |text: &str| text.bytes().all(|b| b.is_ascii_uppercase());
        if country.len() != 2 || !letters(country) || region.is_some_and(|region| !is_region(region)) {
            return Err(AreaError);
        }
        let postcode = postcode.map(read_postcode).transpose()?;
        Ok(Self { country: Some(country.to_owned()), region: region.map(str::to_owned), postcode })
    }

    /// The country, where it is not everywhere.
    pub fn country_code(&self) -> Option<&str> {
        self.country.as_deref()
    }

    /// Whether it is a region of a country, or lies in one: its shoppers have to name their region.
    pub fn has_region(&self) -> bool {
        self.region.is_some()
    }

    /// Whether only some postcodes belong to it: its shoppers have to name theirs.
    pub fn has_postcode(&self) -> bool {
        self.postcode.is_some()
    }

    /// How well it fits a destination: the higher, the more specific; `None` where the destination lies outside. Everywhere <
    /// country < region < postcodes, the longer the beginning the better, a whole postcode best.
    pub fn fit(&self, to: &Destination) -> Option<(usize, bool)> {
        let Some(country) = &self.country else { return Some((0, false)) };
        if to.country.as_ref() != Some(country) || self.region.is_some() && self.region != to.region {
            return None;
        }
        let narrowness = match &self.postcode {
            None => 1,
            Some(known) => {
                let postcode = to.postcode.as_deref()?;
                let fits = if known.is_prefix { postcode.starts_with(&known.text) } else { postcode == known.text };
                fits.then_some(1 + 2 * known.text.len() + usize::from(!known.is_prefix))?
            }
        };
        Some((narrowness, self.region.is_some()))
    }
}

fn read_postcode(text: &str) -> Result<Postcode, AreaError> {
    let (text, is_prefix) = text.strip_suffix('*').map_or((text, false), |text| (text, true));
    let plain = plain(text);
    if plain.is_empty() || plain.len() > 12 || !plain.bytes().all(|b| b.is_ascii_alphanumeric()) {
        return Err(AreaError);
    }
    Ok(Postcode { text: plain, is_prefix })
}

/// The best of several for a destination; of equals the first.
pub fn best<'a, T>(candidates: impl IntoIterator<Item = (&'a Area, T)>, to: &Destination) -> Option<T> {
    let mut best: Option<((usize, bool), T)> = None;
    for (area, value) in candidates {
        let Some(fit) = area.fit(to) else { continue };
        if best.as_ref().is_none_or(|(known, _)| fit > *known) {
            best = Some((fit, value));
        }
    }
    best.map(|(_, value)| value)
}

impl fmt::Display for Area {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.country.as_deref().unwrap_or("*"))?;
        if let Some(region) = &self.region {
            write!(f, "-{region}")?;
        }
        match &self.postcode {
            Some(postcode) => write!(f, " {}{}", postcode.text, if postcode.is_prefix { "*" } else { "" }),
            None => Ok(()),
        }
    }
}

impl serde::Serialize for Area {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> serde::Deserialize<'de> for Area {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = <std::borrow::Cow<'de, str>>::deserialize(deserializer)?;
        Self::parse(&text).map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_and_writes_areas() {
        for text in ["*", "DE", "US-CA", "ES 35*", "DE 10115", "US-CA 902*", "GB BT*"] {
            assert_eq!(Area::parse(text).expect(text).to_string(), text);
        }
        assert_eq!(Area::parse("GB SW1A 1AA").expect("an area").to_string(), "GB SW1A1AA");
        for bad in ["", "de", "DEU", "US-", "US-CALIFORNIA", "DE *", "DE 1_0*", "* 10*"] {
            assert!(Area::parse(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn the_most_specific_wins() {
        let areas: Vec<Area> =
            ["*", "US", "US-CA", "US 9*", "US 902*", "US 90210", "US-CA 902*"].map(|text| Area::parse(text).expect(text)).into();
        let found = |country, region, postcode| {
            let to = Destination::new(country, region, postcode);
            best(areas.iter().map(|area| (area, area)), &to).map(ToString::to_string)
        };
        assert_eq!(found(Some("DE"), None, None).as_deref(), Some("*"));
        assert_eq!(found(Some("US"), None, None).as_deref(), Some("US"));
        assert_eq!(found(Some("US"), Some("us-ca"), None).as_deref(), Some("US-CA"));
        assert_eq!(found(Some("US"), Some("CA"), Some("94105")).as_deref(), Some("US 9*"));
        assert_eq!(found(Some("US"), Some("NV"), Some("91 201")).as_deref(), Some("US 9*"));
        assert_eq!(found(Some("US"), None, Some("90-299")).as_deref(), Some("US 902*"));
        assert_eq!(found(Some("US"), Some("CA"), Some("90299")).as_deref(), Some("US-CA 902*"));
        assert_eq!(found(Some("US"), Some("CA"), Some("90210")).as_deref(), Some("US 90210"));
        assert_eq!(found(Some("US"), Some("CA"), Some("90210-1234")).as_deref(), Some("US 90210"), "ZIP+4");
        assert_eq!(found(None, None, None).as_deref(), Some("*"));
    }
}
