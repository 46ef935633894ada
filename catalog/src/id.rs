//! Identifiers as parsed newtypes: a value that exists is valid.

use std::fmt;

/// Why a text is not an identifier. The display texts are written for editors.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum IdError {
    /// Nothing is written.
    #[error("an identifier cannot be empty")]
    Empty,
    /// Longer than the limit, in characters.
    #[error("an identifier has at most {0} characters")]
    TooLong(usize),
    /// A character that identifiers don't have.
    #[error("`{0}` cannot stand in it")]
    BadCharacter(char),
    /// It starts with something else than a letter or digit.
    #[error("it starts with a letter or a digit")]
    BadStart,
}

macro_rules! text_id {
    ($(#[$doc:meta])* $name:ident, $check:expr) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize)]
        #[serde(transparent)]
        pub struct $name(Box<str>);

        impl $name {
            /// Checks the text; see the type for its form.
            pub fn parse(text: &str) -> Result<Self, IdError> {
                let check: fn(&str) -> Result<(), IdError> = $check;
                check(text).map(|()| Self(text.into()))
            }

            /// The text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl std::borrow::Borrow<str> for $name {
            fn borrow(&self) -> &str {
                &self.0
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = <std::borrow::Cow<'de, str>>::deserialize(deserializer)?;
                Self::parse(&text).map_err(serde::de::Error::custom)
            }
        }
    };
}

text_id! {
    /// A variant's id, unique in the shop: 1 to 64 visible characters without spaces, quotes, slashes or brackets.
    Sku, |text| {
        limit(text, 64)?;
        match text.chars().find(|c| c.is_whitespace() || c.is_control() || "\"'`\\/<>{}[]".contains(*c)) {
            Some(c) => Err(IdError::BadCharacter(c)),
            None => Ok(()),
        }
    }
}

text_id! {
    /// A product's id, the stem of its file: `[a-z0-9][a-z0-9-]*`, at most 100 characters.
    ProductId, |text| {
        limit(text, 100)?;
        if text.starts_with('-') {
            return Err(IdError::BadStart);
        }
        match text.chars().find(|c| !matches!(c, 'a'..='z' | '0'..='9' | '-')) {
            Some(c) => Err(IdError::BadCharacter(c)),
            None => Ok(()),
        }
    }
}

text_id! {
    /// A country by its ISO 3166-1 code of two capital letters. Membership of the list is checked where countries
    /// are written, in `shop.yaml`; an address only has to have the form.
    Country, |text| {
        limit(text, 2)?;
        match text.chars().find(|c| !c.is_ascii_uppercase()) {
            Some(c) => Err(IdError::BadCharacter(c)),
            None if text.len() == 2 => Ok(()),
            None => Err(IdError::BadStart),
        }
    }
}

/// The last digit of a Global Trade Item Number, from all others: weighted 3, 1, 3 … from the right, it makes the sum a multiple
/// of ten (GS1 General Specifications, section 7.9.1).
pub fn gtin_check_digit(digits: &str) -> char {
    let weighted = digits.bytes().rev().zip([3, 1].into_iter().cycle()).map(|(digit, weight)| u32::from(digit - b'0') * weight);
    let rest = weighted.sum::<u32>() % 10;
    char::from_digit((10 - rest) % 10, 10).expect("a rest of ten is a digit")
}

fn limit(text: &str, most: usize) -> Result<(), IdError> {
    match text.chars().count() {
        0 => Err(IdError::Empty),
        n if n > most => Err(IdError::TooLong(most)),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn skus_keep_what_yaml_readers_get_wrong() {
        for text in ["007", "1e3", "0x1F", "NO", "2024-01-01", "12:30", "MUG-250", "ß_1.2"] {
            assert_eq!(Sku::parse(text).expect(text).as_str(), text);
        }
        assert_eq!(Sku::parse(""), Err(IdError::Empty));
        assert_eq!(Sku::parse("A B"), Err(IdError::BadCharacter(' ')));
        assert_eq!(Sku::parse(&"x".repeat(65)), Err(IdError::TooLong(64)));
    }

    #[test]
    fn the_last_digit_of_a_gtin_follows_from_the_others() {
        // GS1's own examples, and numbers of real goods.
        for gtin in ["6291041500213", "4006381333931", "012345678905", "96385074", "10614141000415"] {
            let (others, last) = gtin.split_at(gtin.len() - 1);
            assert_eq!(gtin_check_digit(others).to_string(), last, "{gtin}");
        }
    }

    #[test]
    fn product_ids_are_addresses() {
        assert!(ProductId::parse("harbour-mug").is_ok());
        assert_eq!(ProductId::parse("Mug"), Err(IdError::BadCharacter('M')));
        assert_eq!(ProductId::parse("-mug"), Err(IdError::BadStart));
        assert_eq!(Country::parse("NO").expect("a country").as_str(), "NO");
        assert!(Country::parse("no").is_err());
        assert!(Country::parse("DEU").is_err());
    }
}
