//! How people of a language write amounts and dates, and what they call countries: CLDR's data, through ICU4X.
//!
//! What an amount is, and how many decimals it has, is `catalog`'s alone: CLDR gives signs and separators here, and the
//! decimals that it knows of a currency are not asked for (some are coarser than the currency's smallest unit).

use catalog::currency::Currency;
use catalog::texts::Direction;
use fixed_decimal::Decimal;
use icu_calendar::Date;
use icu_collator::options::CollatorOptions;
use icu_collator::{Collator, CollatorBorrowed};
use icu_datetime::{DateTimeFormatter, fieldsets::YMD};
use icu_decimal::DecimalFormatter;
use icu_decimal::options::{DecimalFormatterOptions, GroupingStrategy};
use icu_experimental::dimension::currency::formatter::CurrencyFormatter;
use icu_experimental::dimension::currency::options::CurrencyFormatterOptions;
use icu_experimental::displaynames::DisplayNamesOptions;
use icu_experimental::displaynames::multi::{LocaleDisplayNamesFormatter, RegionDisplayNames};
use icu_locale::{LocaleDirectionality, LocaleExpander};
use icu_locale_core::{Locale, locale};
use jiff::Timestamp;

use crate::parse::markdown::Marks;
use crate::view::CountryView;

/// What is written around an amount.
#[derive(Debug)]
struct Signs {
    before: String,
    after: String,
}

/// The forms of one language.
#[derive(Debug)]
pub struct Formats {
    /// How it writes numbers.
    pub numbers: Numbers,
    signs: Vec<(Currency, Signs)>,
    date: DateTimeFormatter<YMD>,
}

const ENGLISH: &str = "CLDR has English";

/// The locale of a language tag. English without a country is that of most of the world, not of the United States.
fn parse(language: &str) -> Locale {
    language.parse().unwrap_or(locale!("en"))
}

/// Quotation marks: outer and inner, as CLDR's `delimiters` has them; with narrow spaces where French is written so.
const QUOTES: &[(&str, Marks)] = &[
    ("bg", ["„", "“", "‘", "’"]),
    ("bs", ["„", "”", "‘", "’"]),
    ("ca", ["«", "»", "“", "”"]),
    ("cs", ["„", "“", "‚", "‘"]),
    ("da", ["“", "”", "‘", "’"]),
    ("de", ["„", "“", "‚", "‘"]),
    ("de-CH", ["«", "»", "‹", "›"]),
    ("el", ["«", "»", "“", "”"]),
    ("es", ["«", "»", "“", "”"]),
    ("et", ["„", "“", "‚", "‘"]),
    ("fa", ["«", "»", "‹", "›"]),
    ("fi", ["”", "”", "’", "’"]),
    ("fr", ["«\u{202f}", "\u{202f}»", "“", "”"]),
    ("fr-CH", ["«\u{202f}", "\u{202f}»", "‹\u{202f}", "\u{202f}›"]),
    ("he", ["”", "”", "’", "’"]),
    ("hr", ["„", "“", "‚", "‘"]),
    ("hu", ["„", "”", "»", "«"]),
    ("hy", ["«", "»", "«", "»"]),
    ("is", ["„", "“", "‚", "‘"]),
    ("it", ["«", "»", "“", "”"]),
    ("ja", ["「", "」", "『", "』"]),
    ("ka", ["„", "“", "«", "»"]),
    ("lb", ["„", "“", "‚", "‘"]),
    ("lt", ["„", "“", "‚", "‘"]),
    ("lv", ["“", "”", "‘", "’"]),
    ("mk", ["„", "“", "‚", "‘"]),
    ("nb", ["«", "»", "‘", "’"]),
    ("nn", ["«", "»", "‘", "’"]),
    ("no", ["«", "»", "‘", "’"]),
    ("pl", ["„", "”", "«", "»"]),
    ("pt-PT", ["«", "»", "“", "”"]),
    ("ro", ["„", "”", "«", "»"]),
    ("ru", ["«", "»", "„", "“"]),
    ("sk", ["„", "“", "‚", "‘"]),
    ("sl", ["„", "“", "‚", "‘"]),
    ("sq", ["«", "»", "“", "”"]),
    ("sr", ["„", "“", "‘", "‘"]),
    ("sv", ["”", "”", "’", "’"]),
    ("uk", ["«", "»", "„", "“"]),
];

/// The quotation marks of a language; nothing where they are those of English.
pub fn quotes(language: &str) -> Option<&'static Marks> {
    let find = |wanted: &str| QUOTES.iter().find(|(known, _)| known.eq_ignore_ascii_case(wanted)).map(|(_, marks)| marks);
    let mut parts = language.split('-');
    let (primary, region) = (parts.next().unwrap_or(language), parts.next_back().unwrap_or_default());
    let found = find(language).or_else(|| find(&format!("{primary}-{region}"))).or_else(|| find(primary));
    found.filter(|marks| **marks != ["“", "”", "‘", "’"])
}

/// How a language writes numbers.
#[derive(Debug)]
pub struct Numbers {
    number: DecimalFormatter,
    /// Groups digits from five on only: what editors write may be a year.
    sparing: DecimalFormatter,
}

impl Numbers {
    /// The forms of a language; English ones for a language that CLDR does not know.
    pub fn new(language: &str) -> Self {
        let formatter = |grouping: Option<GroupingStrategy>| {
            let mut options = DecimalFormatterOptions::default();
            options.grouping_strategy = grouping;
            let of = |locale: &Locale| DecimalFormatter::try_new(locale.into(), options);
            of(&parse(language)).unwrap_or_else(|_| of(&locale!("en")).expect(ENGLISH))
        };
        Self { number: formatter(None), sparing: formatter(Some(GroupingStrategy::Min2)) }
    }

    /// A whole number: `1,234`, `1.234`.
    pub fn whole(&self, number: i64) -> String {
        self.number.format(&Decimal::from(number)).to_string()
    }

    /// A number as it is written in files, with a point: `9.5` is `9,5`. What is no number stays as it is.
    pub fn written(&self, number: &str) -> String {
        number.parse::<Decimal>().map_or_else(|_| number.to_owned(), |number| self.sparing.format(&number).to_string())
    }
}

/// In which direction a language is written: that of its script.
pub fn direction(language: &str) -> Direction {
    let is_rtl = LocaleDirectionality::new_extended().is_right_to_left(&parse(language).id);
    if is_rtl { Direction::Rtl } else { Direction::Ltr }
}

/// In which languages a text is looked for: the language, without its country and script, and at last English.
pub fn fallbacks(language: &str) -> impl Iterator<Item = &str> {
    let own = std::iter::successors(Some(language), |tag: &&str| tag.rsplit_once('-').map(|(rest, _)| rest));
    own.chain((language != "en" && !language.starts_with("en-")).then_some("en"))
}

impl Formats {
    /// The forms of a language for these currencies; English ones for a language that CLDR does not know.
    pub fn new(language: &str, currencies: impl Iterator<Item = Currency>) -> Self {
        let locale = parse(language);
        let written = if language == "en" { locale!("en-001") } else { locale.clone() };
        let date = DateTimeFormatter::try_new((&written).into(), YMD::long());
        Self {
            numbers: Numbers::new(language),
            signs: currencies.map(|currency| (currency, signs(&locale, currency))).collect(),
            date: date.unwrap_or_else(|_| DateTimeFormatter::try_new(locale!("en-001").into(), YMD::long()).expect(ENGLISH)),
        }
    }

    /// An amount in minor units: `€24.90`, `24,90 €`.
    pub fn price(&self, minor: i64, currency: Currency) -> String {
        let digits = i16::from(currency.digits());
        let mut amount = Decimal::from(minor);
        amount.multiply_pow10(-digits);
        amount.absolute.pad_end(-digits);
        let number = self.numbers.number.format(&amount);
        match self.signs.iter().find(|(known, _)| *known == currency) {
            Some((_, Signs { before, after })) => format!("{before}{number}{after}"),
            None => format!("{number}\u{a0}{}", currency.code()),
        }
    }

    /// A day in UTC, seconds since 1970: `1 May 2026`, `1. Mai 2026`.
    pub fn date(&self, seconds: i64) -> String {
        let day = jiff::tz::Offset::UTC.to_datetime(Timestamp::from_second(seconds).unwrap_or_default());
        let date = Date::try_new_iso(i32::from(day.year()), day.month().unsigned_abs(), day.day().unsigned_abs());
        self.date.format(&date.expect("a timestamp is a day of the calendar")).to_string()
    }
}

/// What stands before and after the number in an amount of one.
fn signs(locale: &Locale, currency: Currency) -> Signs {
    let code = currency.code();
    let plain = || Signs { before: format!("{code}\u{a0}"), after: String::new() };
    let Ok(known) = code.parse() else { return plain() };
    let Ok(formatter) = CurrencyFormatter::try_new_symbol(locale.into(), known, CurrencyFormatterOptions::default()) else {
        return plain();
    };
    let text = formatter.format_fixed_decimal(&Decimal::from(1)).to_string();
    let digit = |c: char| c.is_numeric();
    match (text.find(digit), text.rfind(digit)) {
        (Some(first), Some(last)) => {
            let end = last + text[last..].chars().next().map_or(0, char::len_utf8);
            Signs { before: text[..first].to_owned(), after: text[end..].to_owned() }
        }
        _ => plain(),
    }
}

/// A language and its country as link previews name them, `de_DE`; the language alone where CLDR knows no country.
pub fn with_country(language: &str) -> String {
    let mut locale = parse(language);
    let has_country = locale.id.region.is_some();
    if !has_country {
        LocaleExpander::new_common().maximize(&mut locale.id);
    }
    let name = locale.id.language.as_str().to_owned();
    locale.id.region.map_or(name.clone(), |country| format!("{name}_{country}"))
}

/// What a language calls itself: `Deutsch`, `français`; its tag where CLDR does not know.
pub fn own_name(language: &str) -> String {
    let Ok(locale) = language.parse::<Locale>() else { return language.to_owned() };
    let names = LocaleDisplayNamesFormatter::try_new((&locale).into(), DisplayNamesOptions::default());
    names.map_or_else(|_| language.to_owned(), |names| names.of(&locale).into_owned())
}

/// Countries by their names in a language, in the order of its dictionaries.
pub fn countries(language: &str, codes: impl Iterator<Item = (&'static str, &'static str)>) -> Vec<CountryView> {
    let locale = parse(language);
    let names = RegionDisplayNames::try_new((&locale).into(), DisplayNamesOptions::default()).ok();
    let name = |code: &str, english: &str| {
        let found = names.as_ref().and_then(|names| names.of(code.parse().ok()?).map(str::to_owned));
        found.unwrap_or_else(|| english.to_owned())
    };
    // English names are ours, as in orders.
    let is_english = language == "en" || language.starts_with("en-");
    let called = |(code, english): (&'static str, &'static str)| CountryView {
        code,
        name: if is_english { english.to_owned() } else { name(code, english) },
    };
    let mut countries: Vec<CountryView> = codes.map(called).collect();
    let order = collator(language);
    countries.sort_by(|a, b| order.compare(&a.name, &b.name));
    countries
}

/// The order of a language's dictionaries.
pub fn collator(language: &str) -> CollatorBorrowed<'static> {
    Collator::try_new((&parse(language)).into(), CollatorOptions::default())
        .or_else(|_| Collator::try_new(locale!("en").into(), CollatorOptions::default()))
        .expect(ENGLISH)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn price(language: &str, minor: i64, code: &str) -> String {
        let currency = Currency::parse(code).expect("a currency");
        Formats::new(language, std::iter::once(currency)).price(minor, currency).replace(['\u{a0}', '\u{202f}'], "_")
    }

    #[test]
    fn amounts_are_written_as_in_the_language() {
        assert_eq!(price("en", 2490, "EUR"), "€24.90");
        assert_eq!(price("de", 2490, "EUR"), "24,90_€");
        assert_eq!(price("de", 129_900_000, "EUR"), "1.299.000,00_€");
        assert_eq!(price("fr", 129_900, "EUR"), "1_299,00_€");
        assert_eq!(price("en", 100, "JPY"), "¥100");
        assert_eq!(price("xx", 2490, "EUR"), price("und", 2490, "EUR"));
    }

    #[test]
    fn numbers_are_written_as_in_the_language() {
        let whole = |language: &str| Numbers::new(language).whole(12_345);
        assert_eq!(["en", "de", "ar", "fa"].map(whole), ["12,345", "12.345", "12,345", "۱۲٬۳۴۵"]);
        let written = |number: &str| Numbers::new("de").written(number);
        assert_eq!(["9.5", "2024", "12000", "-1.50", "9,5"].map(written), ["9,5", "2024", "12.000", "-1,50", "9,5"]);
        // Marks hold the sign to its number where letters run from right to left.
        assert_eq!(price("ar", 2490, "EUR"), "\u{200f}24.90_€");
    }

    #[test]
    fn a_language_is_written_in_the_direction_of_its_script() {
        let rtl = ["ar", "he", "fa", "ur", "ar-EG", "az-Arab", "yi"].map(direction);
        assert_eq!(rtl, [Direction::Rtl; 7]);
        assert_eq!(["en", "de", "ja", "az", "ar-Latn", "xx"].map(direction), [Direction::Ltr; 6]);
        let chain = |language: &'static str| fallbacks(language).collect::<Vec<_>>().join(" ");
        assert_eq!(["pt-BR", "zh-Hant-TW", "en-GB", "en"].map(chain), ["pt-BR pt en", "zh-Hant-TW zh-Hant zh en", "en-GB en", "en"]);
    }

    #[test]
    fn decimals_are_those_of_the_currency_and_not_of_the_language() {
        // CLDR shows dinars of Iraq and pounds of Lebanon without decimals.
        assert_eq!(price("en", 1_234_567, "IQD"), "IQD_1,234.567");
        assert_eq!(price("de", 100, "LBP"), "1,00_LBP");
    }

    #[test]
    fn dates_and_countries_are_named_in_the_language() {
        let date = |language: &str| Formats::new(language, std::iter::empty()).date(1_777_593_600);
        assert_eq!((date("en"), date("de"), date("en-US")), ("1 May 2026".into(), "1. Mai 2026".into(), "May 1, 2026".into()));
        assert_eq!(["de", "en", "fr", "pt-BR", "xx"].map(own_name), ["Deutsch", "English", "français", "português (Brasil)", "xx"]);
        assert_eq!(["de", "en", "pt-BR", "zh-Hant", "ar"].map(with_country), ["de_DE", "en_US", "pt_BR", "zh_TW", "ar_EG"]);
        let codes = || [("AT", "Austria"), ("DE", "Germany"), ("ZA", "South Africa"), ("ES", "Spain")].into_iter();
        let names = |language: &str| countries(language, codes()).into_iter().map(|country| country.name).collect::<Vec<_>>().join(" ");
        assert_eq!(names("en"), "Austria Germany South Africa Spain");
        assert_eq!(names("de"), "Deutschland Österreich Spanien Südafrika");
    }
}
