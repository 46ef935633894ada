//! Texts to ids: lower-case ASCII letters, digits and hyphens, the same for the same text on every run.

use std::collections::BTreeSet;

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// Ids stay well below the 100 characters of a product id, so that a number can be added.
const SLUG_CHARS: usize = 80;

/// `Crème brûlée, 2 pieces` to `creme-brulee-2-pieces`; empty where no character has an ASCII form.
pub(super) fn slug(text: &str) -> String {
    let mut out = String::new();
    let mut gap = false;
    for c in text.nfkd().filter(|c| !is_combining_mark(*c)) {
        if matches!(c, '\'' | '’' | 'ʼ') {
            continue;
        }
        let mut letters = [0_u8; 4];
        let plain: &str = match c {
            'ß' | 'ẞ' => "ss",
            'æ' | 'Æ' => "ae",
            'œ' | 'Œ' => "oe",
            'ø' | 'Ø' => "o",
            'đ' | 'Đ' | 'ð' | 'Ð' => "d",
            'ł' | 'Ł' => "l",
            'þ' | 'Þ' => "th",
            'ı' => "i",
            c if c.is_ascii_alphanumeric() => c.to_ascii_lowercase().encode_utf8(&mut letters),
            _ => {
                gap = true;
                continue;
            }
        };
        if gap && !out.is_empty() {
            out.push('-');
        }
        gap = false;
        out.push_str(plain);
    }
    out.truncate(SLUG_CHARS);
    out.truncate(out.trim_end_matches('-').len());
    out
}

/// The slug, or `<prefix>-<hash>` for a text without one, so that scripts without ASCII forms get stable ids too.
pub(super) fn slug_or_hash(text: &str, prefix: &str) -> String {
    let plain = slug(text);
    if plain.is_empty() { format!("{prefix}-{}", short_hash(text)) } else { plain }
}

/// Eight hexadecimal digits of the text's hash.
pub(super) fn short_hash(text: &str) -> String {
    blake3::hash(text.as_bytes()).to_hex().chars().take(8).collect()
}

/// The wish, or with `-2`, `-3`, … the first that is not taken; it is taken afterwards.
pub(super) fn unique(wish: &str, taken: &mut BTreeSet<String>) -> String {
    let mut name = wish.to_owned();
    let mut number = 2_usize;
    while !taken.insert(name.clone()) {
        name = format!("{wish}-{number}");
        number += 1;
    }
    name
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slugs_are_ids() {
        let cases = [
            ("Woo-tshirt-logo", "woo-tshirt-logo"),
            ("Crème brûlée, 2 pieces!", "creme-brulee-2-pieces"),
            ("Men's & women's", "mens-womens"),
            ("  --A__B--  ", "a-b"),
            ("Straße Łódź Ærø", "strasse-lodz-aero"),
            ("服装", ""),
            ("½ price", "1-2-price"),
        ];
        for (text, expected) in cases {
            assert_eq!(slug(text), expected, "{text}");
        }
        assert!(slug(&"ab ".repeat(90)).len() <= SLUG_CHARS);
        assert!(slug_or_hash("服装", "category").starts_with("category-"));
    }

    #[test]
    fn names_are_used_once() {
        let mut taken = BTreeSet::new();
        assert_eq!(unique("mug", &mut taken), "mug");
        assert_eq!(unique("mug", &mut taken), "mug-2");
        assert_eq!(unique("mug", &mut taken), "mug-3");
    }
}
