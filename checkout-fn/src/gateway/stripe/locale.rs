//! The payment page's languages.

/// What Stripe calls the languages of its page. Source: its description of the API, `locale` of a session.
const LOCALES: [&str; 40] = [
    "bg", "cs", "da", "de", "el", "en", "en-GB", "es", "es-419", "et", "fi", "fil", "fr", "fr-CA", "hr", "hu", "id", "it", "ja", "ko",
    "lt", "lv", "ms", "mt", "nb", "nl", "pl", "pt", "pt-BR", "ro", "ru", "sk", "sl", "sv", "th", "tr", "vi", "zh", "zh-HK", "zh-TW",
];

/// Names that differ: Norwegian in its two forms, Filipino by its older name, Chinese by its script.
const OTHER_NAMES: [(&str, &str); 6] =
    [("no", "nb"), ("nn", "nb"), ("tl", "fil"), ("zh-hant", "zh-TW"), ("zh-hant-tw", "zh-TW"), ("zh-hant-hk", "zh-HK")];

/// The page's language for one of ours: the exact one, else the same without its region, else what the browser asks for.
pub(super) fn locale(language: &str) -> &'static str {
    let wanted = language.replace('_', "-");
    let exact = |tag: &str| {
        let other = OTHER_NAMES.into_iter().find(|(name, _)| name.eq_ignore_ascii_case(tag)).map(|(_, locale)| locale);
        other.or_else(|| LOCALES.into_iter().find(|locale| locale.eq_ignore_ascii_case(tag)))
    };
    let primary = wanted.split('-').next().unwrap_or_default();
    exact(&wanted).or_else(|| exact(primary)).unwrap_or("auto")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn speaks_the_shoppers_language_where_the_page_can() {
        let cases = [
            ("de", "de"),
            ("de-AT", "de"),
            ("en", "en"),
            ("en-gb", "en-GB"),
            ("en_GB", "en-GB"),
            ("en-US", "en"),
            ("pt-BR", "pt-BR"),
            ("pt-PT", "pt"),
            ("fr-CA", "fr-CA"),
            ("es-419", "es-419"),
            ("es-MX", "es"),
            ("no", "nb"),
            ("nn-NO", "nb"),
            ("zh", "zh"),
            ("zh-Hant", "zh-TW"),
            ("zh-Hans", "zh"),
            ("zh-HK", "zh-HK"),
            ("ar", "auto"),
            ("", "auto"),
        ];
        for (language, expected) in cases {
            assert_eq!(locale(language), expected, "{language}");
        }
    }
}
