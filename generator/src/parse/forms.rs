//! The forms of single values: what may be written, what it becomes, and what is said otherwise.

use catalog::area::Area;
use catalog::currency::Currency;
use catalog::discount::Combines;
use catalog::id::{IdError, ProductId, Sku};
use catalog::product::{Measure, Unit};
use imaging::Focus;
use schemars::{Schema, json_schema};

use super::data;
use super::discounts::Scope;
use super::fields::{Problem, Scalar};
use super::page_schema::FieldType;
use super::patterns;
use super::product::{AgeGroup, Condition, FieldSort, Gender};
use super::settings::{AttributeSort, Gateway, HtmlRule, OptionMeaning, Rel, ReturnWay, TermOrder};
use super::{Kind, ListSort, SortBy};
use crate::diagnostic::rules::Level;
use crate::diagnostic::{codes, nearest};

/// The longest text on one line, in characters.
const MAX_LINE: usize = 1000;

/// Declares a form by its value, its schema and its parser.
macro_rules! form {
    ($(#[doc = $doc:literal])+ $name:ident -> $out:ty, $schema:tt, |$text:ident| $parse:expr) => {
        $(#[doc = $doc])+
        pub(in crate::parse) struct $name;

        impl Scalar for $name {
            type Out = $out;

            fn parse($text: &str) -> Result<$out, Problem> {
                $parse
            }

            fn scalar_schema() -> Schema {
                json_schema!($schema)
            }
        }
    };
}

form! {
    /// A text on one line. Whatever is written counts as text, also `007`, `NO` and `2024`.
    Line -> String, {"type": ["string", "number", "boolean"], "minLength": 1}, |text| {
        if text.contains('\n') {
            return Err(Problem::new(codes::LINE_BREAK, "has several lines, but is shown on one", "join the lines, or begin the text with `>-`"));
        }
        if text.chars().count() > MAX_LINE {
            return Err(Problem::new(codes::TEXT_LENGTH, format!("has more than {MAX_LINE} characters"), "shorten it"));
        }
        Ok(text.to_owned())
    }
}

form! {
    /// A text of one or more lines.
    Lines -> String, {"type": "string", "minLength": 1}, |text| Ok(text.to_owned())
}

form! {
    /// A tag: a line with at least one letter or digit, because it gets an address.
    Tag -> String, {"type": ["string", "number", "boolean"], "minLength": 1}, |text| {
        if text.chars().any(char::is_alphanumeric) {
            Line::parse(text)
        } else {
            Err(Problem::new(codes::SLUG, "has no letter or digit, so it gets no address", "write a word"))
        }
    }
}

form! {
    /// The name of a key that pages of a section have, as templates call it.
    FieldName -> String, {"type": "string", "pattern": "^[a-z][a-z0-9_]*$"}, |text| {
        let plain = text.starts_with(|c: char| c.is_ascii_lowercase())
            && text.chars().all(|c| matches!(c, 'a'..='z' | '0'..='9' | '_'))
            && text.len() <= 60;
        if plain {
            return Ok(text.to_owned());
        }
        let help = match slug_of(text).replace('-', "_") {
            name if name.starts_with(|c: char| c.is_ascii_lowercase()) => format!("write `{name}`"),
            _ => "begin with a letter, and use only a-z, 0-9 and `_`".to_owned(),
        };
        Err(Problem::new(codes::SLUG, "can only have a-z, 0-9 and `_`", help))
    }
}

form! {
    /// A number, with decimals or without, also below zero.
    Number -> f64, {"type": "number"}, |text| {
        let (sign, digits) = text.strip_prefix('-').map_or((1.0, text), |digits| (-1.0, digits));
        let (whole, fraction) = digits.split_once('.').unwrap_or((digits, "0"));
        let plain = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
        if plain(whole) && plain(fraction) && digits.len() <= 17 {
            return digits.parse::<f64>().map(|number| sign * number).map_err(|_| not_a_number(text));
        }
        Err(not_a_number(text))
    }
}

fn not_a_number(text: &str) -> Problem {
    let meant = text.replace(',', ".");
    let help = if meant != text && Number::parse(&meant).is_ok() {
        format!("write `{meant}`")
    } else {
        "write a number, such as `12` or `9.5`".to_owned()
    };
    Problem::new(codes::NOT_A_NUMBER, "is not a number", help)
}

form! {
    /// `true` or `false`.
    Bool -> bool, {"type": "boolean"}, |text| match text {
        "true" => Ok(true),
        "false" => Ok(false),
        _ => {
            let meant = match text.to_ascii_lowercase().as_str() {
                "yes" | "y" | "on" | "1" | "true" => "true",
                "no" | "n" | "off" | "0" | "false" => "false",
                _ => return Err(Problem::new(codes::NOT_A_BOOLEAN, "is neither `true` nor `false`", "write `true` or `false`")),
            };
            Err(Problem::new(codes::NOT_A_BOOLEAN, "is neither `true` nor `false`", format!("write `{meant}`")))
        }
    }
}

mod address;

pub(super) use address::{Alias, Api, BaseUrl, FileName, FileOrUrl, Folders, LinkUrl, RedirectUrl, Slug, Url, is_slug, slug_of};

/// A whole number of a range.
pub(super) struct Whole<const MIN: u32, const MAX: u32>;

impl<const MIN: u32, const MAX: u32> Scalar for Whole<MIN, MAX> {
    type Out = u32;

    fn parse(text: &str) -> Result<u32, Problem> {
        let help = || format!("write a whole number from {MIN} to {MAX}");
        let digits = text.strip_prefix('-').unwrap_or(text);
        if digits.is_empty() || !digits.bytes().all(|b| b.is_ascii_digit()) {
            return Err(Problem::new(codes::NOT_A_NUMBER, "is not a whole number", help()));
        }
        let problem = || Problem::new(codes::OUT_OF_RANGE, format!("is not between {MIN} and {MAX}"), help());
        let number = text.parse().map_err(|_| problem())?;
        if (MIN..=MAX).contains(&number) { Ok(number) } else { Err(problem()) }
    }

    fn scalar_schema() -> Schema {
        json_schema!({"type": "integer", "minimum": MIN, "maximum": MAX})
    }
}

/// How many are there.
pub(super) type Stock = Whole<0, 10_000_000>;
/// How many may be bought at once.
pub(super) type Quantity = Whole<1, 9999>;

form! {
    /// A place in an order; may be negative.
    Order -> i64, {"type": "integer"}, |text| {
        text.parse::<i32>().map(i64::from).map_err(|_| Problem::new(codes::NOT_A_NUMBER, "is not a whole number", "write for example `10`"))
    }
}

form! {
    /// A weight, in grams. One pound has 453.59237 g, one ounce 28.349523125 g (NIST SP 811).
    Weight -> u32, {"type": "string", "pattern": r"^[0-9]+(\.[0-9]{1,3})? ?(g|kg|lb|oz)$"}, |text| {
        let help = || "write a number and a unit: `380 g`, `1.2 kg`, `2 lb`, `8 oz`".to_owned();
        let problem = |help: String| Problem::new(codes::WEIGHT_FORM, "is not a weight", help);
        let split = text.find(|c: char| c.is_ascii_alphabetic()).unwrap_or(text.len());
        let (number, unit) = (text[..split].trim_end(), &text[split..]);
        // Nanograms in one thousandth of the unit.
        let nanograms: u64 = match unit {
            "g" => 1_000_000,
            "kg" => 1_000_000_000,
            "lb" => 453_592_370,
            "oz" => 28_349_523,
            "" => return Err(problem(format!("add a unit: `{number} g`"))),
            _ => return Err(problem(help())),
        };
        if number.contains(',') {
            return Err(problem(format!("write `{} {unit}`", number.replace(',', "."))));
        }
        let thousandths = scaled(number, 3).ok_or_else(|| problem(help()))?;
        let grams = (u128::from(thousandths) * u128::from(nanograms) + 500_000_000) / 1_000_000_000;
        match u32::try_from(grams) {
            Ok(grams) if grams <= 10_000_000 => Ok(grams),
            _ => Err(Problem::new(codes::OUT_OF_RANGE, "is more than 10,000 kg", help())),
        }
    }
}

form! {
    /// A rate, in basis points.
    Percent -> u32, {"type": "string", "pattern": r"^[0-9]{1,3}(\.[0-9]{1,2})? ?%$"}, |text| {
        let problem = |help: String| Problem::new(codes::PERCENT_FORM, "is not a percentage", help);
        let Some(number) = text.strip_suffix('%') else {
            let help = if scaled(text, 2).is_some() { format!("write `{text}%`") } else { "write for example `19%`".to_owned() };
            return Err(problem(help));
        };
        let number = number.trim_end();
        if number.contains(',') {
            return Err(problem(format!("write `{}%`", number.replace(',', "."))));
        }
        let points = scaled(number, 2).ok_or_else(|| problem("write a number with at most two decimals, such as `19%` or `5.5%`".to_owned()))?;
        u32::try_from(points)
            .ok()
            .filter(|points| *points <= 10_000)
            .ok_or_else(|| Problem::new(codes::OUT_OF_RANGE, "is more than 100%", "write the rate, such as `19%`"))
    }
}

/// Digits with at most one point and `decimals` decimals, times ten to the power of `decimals`.
fn scaled(text: &str, decimals: usize) -> Option<u64> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let digits = |text: &str| text.bytes().all(|b| b.is_ascii_digit());
    if whole.is_empty() || whole.len() > 9 || fraction.len() > decimals || !digits(whole) || !digits(fraction) || text.ends_with('.') {
        return None;
    }
    format!("{whole}{fraction:0<decimals$}").parse().ok()
}

form! {
    /// A day, or an instant with its offset; seconds since 1970 in UTC. A day is its first second in UTC.
    Date -> i64, {"type": "string", "pattern": (patterns::DATE)}, |text| {
        let problem = |says: &str| Problem::new(codes::DATE_FORM, says, "write a day as `2026-05-01`, or an instant as `2026-05-01T12:00:00Z`");
        let shape = text.len() >= 10 && text.bytes().take(10).enumerate().all(|(i, b)| if i == 4 || i == 7 { b == b'-' } else { b.is_ascii_digit() });
        if !shape {
            return Err(problem("is not a date"));
        }
        if text.len() == 10 {
            let day: jiff::civil::Date = text.parse().map_err(|_| problem("is no day of the calendar"))?;
            let first = jiff::tz::TimeZone::UTC.to_timestamp(day.at(0, 0, 0, 0)).map_err(|_| {
                Problem::new(codes::OUT_OF_RANGE, "lies too far away", "write an earlier day; what has no end needs no date")
            })?;
            return Ok(first.as_second());
        }
        text.parse::<jiff::Timestamp>().map(jiff::Timestamp::as_second).map_err(|_| problem("is not an instant with its offset from UTC"))
    }
}

form! {
    /// The end of a time, as the first second after it: a day belongs to it, an instant does not.
    Until -> i64, {"type": "string", "pattern": (patterns::DATE)}, |text| {
        Date::parse(text).map(|second| if text.len() == 10 { second + SECONDS_OF_DAY } else { second })
    }
}

const SECONDS_OF_DAY: i64 = 24 * 60 * 60;

form! {
    /// A measure with its unit.
    MeasureText -> Measure, {"type": "string", "pattern": r"^[0-9]+(\.[0-9]{1,3})? ?(g|kg|ml|cl|l|L|cm|m|m2|m²|pcs|pc|piece|pieces)$"}, |text| {
        let help = || "write a number and a unit: `250 ml`, `0.75 l`, `100 g`, `2 m`, `6 pcs`".to_owned();
        let problem = |help: String| Problem::new(codes::MEASURE_FORM, "is not a measure", help);
        let split = text.find(|c: char| c.is_alphabetic()).unwrap_or(text.len());
        let (number, unit) = (text[..split].trim_end(), &text[split..]);
        if number.contains(',') {
            return Err(problem(format!("write `{} {unit}`", number.replace(',', "."))));
        }
        let unit = Unit::parse(unit).ok_or_else(|| problem(help()))?;
        let thousandths = scaled(number, 3).ok_or_else(|| problem(help()))?;
        if thousandths == 0 {
            return Err(Problem::new(codes::OUT_OF_RANGE, "is nothing", help()));
        }
        Ok(Measure::new(thousandths, unit))
    }
}

form! {
    /// Length, width and height, in millimetres.
    Dimensions -> [u32; 3], {"type": "string", "pattern": r"^[0-9.]+ ?[x×] ?[0-9.]+ ?[x×] ?[0-9.]+ ?(mm|cm|m|in)$"}, |text| {
        let problem = || Problem::new(codes::MEASURE_FORM, "is not length x width x height", "write for example `30 x 20 x 8 cm`");
        let split = text.find(|c: char| c.is_alphabetic() && c != 'x').ok_or_else(problem)?;
        // Micrometres in one thousandth of the unit.
        let micrometres: u64 = match &text[split..] {
            "mm" => 1,
            "cm" => 10,
            "m" => 1000,
            "in" => 25,
            _ => return Err(problem()),
        };
        let inch = text.ends_with("in");
        let sides: Vec<u32> = text[..split]
            .split(['x', '×'])
            .filter_map(|side| {
                let thousandths = scaled(side.trim(), 3)?;
                // An inch has 25.4 mm.
                let micrometres = if inch { thousandths * 254 / 10 } else { thousandths * micrometres };
                u32::try_from((micrometres + 500) / 1000).ok()
            })
            .collect();
        <[u32; 3]>::try_from(sides).map_err(|_| problem())
    }
}

form! {
    /// The point of a picture that stays in sight.
    FocusPoint -> Focus, {"type": "string", "pattern": "^(left|right|top|bottom|center|[0-9]{1,3}%)( (left|right|top|bottom|center|[0-9]{1,3}%))?$"}, |text| {
        Focus::parse(text).map_err(|problem| Problem::new(codes::CROP, problem.says, problem.help))
    }
}

form! {
    /// A code of the Harmonized System, digits alone: 6 to 10 of them.
    CustomsCode -> String, {"type": ["string", "number"], "pattern": r"^[0-9][0-9. ]{5,14}$"}, |text| {
        let digits: String = text.chars().filter(char::is_ascii_digit).collect();
        let plain = text.chars().all(|c| c.is_ascii_digit() || c == '.' || c == ' ');
        if plain && (6..=10).contains(&digits.len()) {
            return Ok(digits);
        }
        Err(Problem::new(codes::CUSTOMS_CODE, "is not a customs code", "write its 6 to 10 digits, in quotes: `'6912.00'`"))
    }
}

form! {
    /// A code that shoppers type, as it is compared: in capitals.
    CodeText -> String, {"type": ["string", "number", "boolean"], "pattern": r"^[^\s]{3,40}$"}, |text| {
        let length = text.chars().count();
        if !(3..=40).contains(&length) || text.chars().any(|c| c.is_whitespace() || c.is_control()) {
            return Err(Problem::new(codes::DISCOUNT_CODE, "is not a code", "write 3 to 40 letters and digits without spaces, such as `WELCOME10`"));
        }
        Ok(catalog::discount::normalized(text))
    }
}

form! {
    /// A colour, as `#rrggbb` in lower case.
    Colour -> String, {"type": "string", "pattern": "^#([0-9A-Fa-f]{3}|[0-9A-Fa-f]{6})$"}, |text| {
        let digits = text.strip_prefix('#').unwrap_or("").to_ascii_lowercase();
        let hexadecimal = digits.bytes().all(|b| b.is_ascii_hexdigit());
        match digits.len() {
            6 if hexadecimal => Ok(format!("#{digits}")),
            3 if hexadecimal => Ok(digits.chars().fold("#".to_owned(), |mut colour, c| {
                colour.extend([c, c]);
                colour
            })),
            _ => Err(Problem::new(codes::COLOUR, "is not a colour", "write three or six hexadecimal digits in quotes: `'#2a7f86'`")),
        }
    }
}

form! {
    /// The id of a product.
    Id -> String, {"type": ["string", "number"], "pattern": "^[a-z0-9][a-z0-9-]*$"}, |text| {
        ProductId::parse(text).map(|id| id.as_str().to_owned()).map_err(|error| {
            let help = "write the name of the product's file without its folder and ending, such as `harbour-mug`";
            Problem::new(codes::SLUG, format!("is not a product's id: {}", reason(&error)), help)
        })
    }
}

form! {
    /// A SKU, as written.
    SkuText -> String, {"type": ["string", "number", "boolean"], "pattern": "^[^\\s\"'`\\\\/<>{}\\[\\]]{1,64}$"}, |text| {
        Sku::parse(text).map(|sku| sku.as_str().to_owned()).map_err(|error| {
            let help = "use letters, digits and marks such as `-` and `.`, at most 64 characters";
            Problem::new(codes::SKU_FORM, format!("is not a SKU: {}", reason(&error)), help)
        })
    }
}

fn reason(error: &IdError) -> String {
    match error {
        IdError::Empty => "it is empty".to_owned(),
        IdError::TooLong(most) => format!("it has more than {most} characters"),
        IdError::BadCharacter(' ') => "it holds a space".to_owned(),
        IdError::BadCharacter(c) => format!("it holds `{c}`"),
        IdError::BadStart => "it does not begin with a letter or digit".to_owned(),
    }
}

form! {
    /// A currency of ISO 4217.
    CurrencyCode -> String, {"type": "string", "pattern": (patterns::CURRENCY)}, |text| {
        if Currency::parse(text).is_some() {
            return Ok(text.to_owned());
        }
        let upper = text.to_ascii_uppercase();
        let help = if Currency::parse(&upper).is_some() { format!("write `{upper}`") } else { "write its three capital letters, such as `EUR`".to_owned() };
        Err(Problem::new(codes::CURRENCY_CODE, "is not a currency of ISO 4217", help))
    }
}

form! {
    /// A language tag: language, script, region (BCP 47).
    Language -> String, {"type": "string", "pattern": (patterns::LANGUAGE)}, |text| {
        if is_language(text) {
            Ok(text.to_owned())
        } else {
            Err(Problem::new(codes::LANGUAGE_CODE, "is not a language", "write a tag such as `en`, `de` or `pt-BR`"))
        }
    }
}

/// Whether a text is a language tag of the forms `de`, `pt-BR`, `zh-Hant`, `zh-Hant-TW`.
pub(super) fn is_language(text: &str) -> bool {
    let mut parts = text.split('-');
    let letters = |part: &str| part.bytes().all(|b| b.is_ascii_alphabetic());
    let lower = |part: &str| part.bytes().all(|b| b.is_ascii_lowercase());
    let first = parts.next().is_some_and(|part| (2..=3).contains(&part.len()) && lower(part));
    let mut rest = parts.peekable();
    rest.next_if(|part| part.len() == 4 && letters(part) && part.starts_with(|c: char| c.is_ascii_uppercase()) && lower(&part[1..]));
    rest.next_if(|part| part.len() == 2 && part.bytes().all(|b| b.is_ascii_uppercase()));
    first && rest.next().is_none()
}

form! {
    /// An e-mail address.
    Email -> String, {"type": "string", "pattern": "^[^@\\s]+@[^@\\s]+$"}, |text| {
        let good = text.split_once('@').is_some_and(|(name, host)| !name.is_empty() && !host.is_empty() && !host.contains('@'));
        if good && !text.contains(|c: char| c.is_whitespace() || c.is_control() || matches!(c, '<' | '>' | '"')) {
            Ok(text.to_owned())
        } else {
            Err(Problem::new(codes::EMAIL, "is not an e-mail address", "write for example `hello@example.org`"))
        }
    }
}

form! {
    /// Working days: one number, or from-to.
    Days -> (u32, u32), {"type": ["string", "integer"], "pattern": "^[0-9]{1,3}(-[0-9]{1,3})?$"}, |text| {
        let problem = || Problem::new(codes::DAYS_FORM, "is not a number of days", "write `3`, or `3-5` with the smaller number first");
        let (from, to) = text.split_once(['-', '–']).unwrap_or((text, text));
        let number = |text: &str| {
            let text = text.trim();
            (text.len() <= 3 && text.bytes().all(|b| b.is_ascii_digit())).then(|| text.parse().ok()).flatten()
        };
        match (number(from), number(to)) {
            (Some(from), Some(to)) if from <= to => Ok((from, to)),
            _ => Err(problem()),
        }
    }
}

form! {
    /// A country of ISO 3166-1.
    Country -> String, {"type": "string", "pattern": "^[A-Z]{2}$"}, |text| {
        if is_country(text) {
            return Ok(text.to_owned());
        }
        let upper = text.to_ascii_uppercase();
        let help = match upper.as_str() {
            "UK" => "write `GB`".to_owned(),
            "EL" => "write `GR`".to_owned(),
            "TRUE" | "FALSE" => "put quotes around the code".to_owned(),
            _ if is_country(&upper) => format!("write `{upper}`"),
            _ => "write the two capital letters of ISO 3166, such as `DE`".to_owned(),
        };
        Err(Problem::new(codes::COUNTRY, "is not a country of ISO 3166", help))
    }
}

form! {
    /// An area: `*`, `DE`, `US-CA`, `ES 35*`, `DE 10115`.
    AreaCode -> Area, {"type": "string", "pattern": "^(\\*|[A-Z]{2}(-[A-Z0-9]{1,3})?( [A-Za-z0-9][A-Za-z0-9 -]{0,11}\\*?)?)$"}, |text| {
        let country: String = text.chars().take_while(char::is_ascii_alphabetic).collect();
        if text != "*" {
            Country::parse(&country).map_err(|problem| if country.len() == text.len() { problem } else { not_an_area() })?;
        }
        Area::parse(text).map_err(|_| not_an_area())
    }
}

fn not_an_area() -> Problem {
    let help = "write a country (`DE`), a region (`US-CA`), postcodes (`ES 35*`, `DE 10115`), or `'*'` for everywhere else";
    Problem::new(codes::AREA, "is not an area", help)
}

/// The codes of ISO 3166-1 alpha-2 (249, officially assigned).
const COUNTRIES: &str = "AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS BT BV BW BY BZ \
    CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ EC EE EG EH ER ES ET FI FJ FK FM FO FR GA GB GD GE GF \
    GG GH GI GL GM GN GP GQ GR GS GT GU GW GY HK HM HN HR HT HU ID IE IL IM IN IO IQ IR IS IT JE JM JO JP KE KG KH KI KM KN KP KR KW \
    KY KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK ML MM MN MO MP MQ MR MS MT MU MV MW MX MY MZ NA NC NE NF NG NI NL \
    NO NP NR NU NZ OM PA PE PF PG PH PK PL PM PN PR PS PT PW PY QA RE RO RS RU RW SA SB SC SD SE SG SH SI SJ SK SL SM SN SO SR SS ST \
    SV SX SY SZ TC TD TF TG TH TJ TK TL TM TN TO TR TT TV TW TZ UA UG UM US UY UZ VA VC VE VG VI VN VU WF WS YE YT ZA ZM ZW";

/// Whether a text is an officially assigned code of ISO 3166-1 alpha-2.
pub(super) fn is_country(text: &str) -> bool {
    text.len() == 2 && COUNTRIES.split(' ').any(|code| code == text)
}

/// Declares a form that is one of a few words.
macro_rules! words {
    ($(#[doc = $doc:literal])+ $name:ident -> $out:ty, [$($word:literal => $value:expr),+ $(,)?]) => {
        $(#[doc = $doc])+
        pub(in crate::parse) struct $name;

        impl Scalar for $name {
            type Out = $out;

            fn parse(text: &str) -> Result<$out, Problem> {
                match text {
                    $($word => Ok($value),)+
                    _ => Err(unknown_word(text, &[$($word),+])),
                }
            }

            fn scalar_schema() -> Schema {
                json_schema!({"enum": [$($word),+]})
            }
        }
    };
}

fn unknown_word(text: &str, words: &[&str]) -> Problem {
    let all = words.iter().map(|word| format!("`{word}`")).collect::<Vec<_>>().join(", ");
    let help = match nearest(text, words.iter().copied()) {
        Some(meant) => format!("did you mean `{meant}`?"),
        None => format!("write one of {all}"),
    };
    Problem::new(codes::UNKNOWN_CHOICE, format!("is none of {all}"), help)
}

words! {
    /// The kind of a product.
    KindWord -> Kind, [
        "physical" => Kind::Physical,
        "digital" => Kind::Digital,
        "service" => Kind::Service,
        "bundle" => Kind::Bundle,
        "gift-card" => Kind::GiftCard,
        "group" => Kind::Group,
        "external" => Kind::External,
    ]
}

words! {
    /// What may be filled into a field.
    FieldWord -> FieldSort, ["text" => FieldSort::Text, "date" => FieldSort::Date, "choice" => FieldSort::Choice]
}

words! {
    /// What an attribute's values are.
    AttributeWord -> AttributeSort, ["text" => AttributeSort::Text, "number" => AttributeSort::Number, "boolean" => AttributeSort::Boolean]
}

words! {
    /// What a discount reduces.
    ScopeWord -> Scope, ["lines" => Scope::Lines, "order" => Scope::Order, "shipping" => Scope::Shipping]
}

words! {
    /// Beside which others a discount can be used.
    CombinesWord -> Combines, ["none" => Combines::None, "shipping" => Combines::Shipping, "all" => Combines::All]
}

form! {
    /// How a section orders its pages.
    SortWord -> SortBy, {"type": "string", "pattern": "^[a-z][a-z0-9_]*$", "examples": ["date", "order", "title"]}, |text| {
        Ok(match text {
            "date" => SortBy::Date,
            "order" => SortBy::Order,
            "title" => SortBy::Title,
            key => SortBy::Field(FieldName::parse(key)?),
        })
    }
}

words! {
    /// What a key of a section's pages can be.
    PageFieldWord -> FieldType, [
        "text" => FieldType::Text,
        "markdown" => FieldType::Markdown,
        "number" => FieldType::Number,
        "boolean" => FieldType::Boolean,
        "date" => FieldType::Date,
        "choice" => FieldType::Choice,
        "url" => FieldType::Url,
        "email" => FieldType::Email,
        "colour" => FieldType::Colour,
        "picture" => FieldType::Picture,
        "page" => FieldType::Page,
        "product" => FieldType::Product,
        "list" => FieldType::List,
        "map" => FieldType::Map,
    ]
}

words! {
    /// How the words of a taxonomy are listed.
    TermOrderWord -> TermOrder, ["title" => TermOrder::Title, "count" => TermOrder::Count]
}

words! {
    /// How a list by rule is ordered.
    ListOrder -> ListSort, [
        "newest" => ListSort::Newest,
        "cheapest" => ListSort::Cheapest,
        "dearest" => ListSort::Dearest,
        "title" => ListSort::Title,
    ]
}

words! {
    /// A payment gateway.
    GatewayWord -> Gateway, ["stripe" => Gateway::Stripe, "paypal" => Gateway::Paypal]
}

words! {
    /// What becomes of what a rule finds.
    LevelWord -> Level, ["error" => Level::Error, "warning" => Level::Warning, "off" => Level::Off]
}

words! {
    /// What an option means to search engines, in their words.
    OptionWord -> OptionMeaning, [
        "size" => OptionMeaning::Size,
        "color" => OptionMeaning::Colour,
        "material" => OptionMeaning::Material,
        "pattern" => OptionMeaning::Pattern,
    ]
}

words! {
    /// How something comes back.
    ReturnWayWord -> ReturnWay, ["post" => ReturnWay::Post, "shop" => ReturnWay::Shop]
}

words! {
    /// In which state goods are.
    ConditionWord -> Condition, ["new" => Condition::New, "refurbished" => Condition::Refurbished, "used" => Condition::Used]
}

words! {
    /// For whom goods are, by age, in Google's words.
    AgeWord -> AgeGroup, [
        "newborn" => AgeGroup::Newborn,
        "infant" => AgeGroup::Infant,
        "toddler" => AgeGroup::Toddler,
        "kids" => AgeGroup::Kids,
        "adult" => AgeGroup::Adult,
    ]
}

words! {
    /// For whom goods are, by gender, in Google's words.
    GenderWord -> Gender, ["female" => Gender::Female, "male" => Gender::Male, "unisex" => Gender::Unisex]
}

form! {
    /// A Global Trade Item Number: 8, 12, 13 or 14 digits, the last of which follows from the others.
    Gtin -> String, {"type": ["string", "integer"], "pattern": "^[0-9 -]{8,18}$"}, |text| {
        let help = "copy the digits below the bar code, in quotes: `'4006381333931'`";
        let digits: String = text.chars().filter(|c| !matches!(c, ' ' | '-')).collect();
        if !digits.bytes().all(|b| b.is_ascii_digit()) || ![8, 12, 13, 14].contains(&digits.len()) {
            return Err(Problem::new(codes::GTIN, "is not a GTIN of 8, 12, 13 or 14 digits", help));
        }
        match catalog::id::gtin_check_digit(&digits[..digits.len() - 1]) {
            expected if digits.ends_with(expected) => Ok(digits),
            expected => Err(Problem::new(codes::GTIN, format!("is not a GTIN: its last digit would be {expected}"), help)),
        }
    }
}

form! {
    /// What buyers think of it on average, in hundredths: from 1 to 5.
    RatingValue -> u32, {"type": ["number", "string"], "minimum": 1, "maximum": 5, "pattern": r"^[1-5](\.[0-9]{1,2})?$"}, |text| {
        let hundredths = scaled(text, 2).and_then(|value| u32::try_from(value).ok()).filter(|value| (100..=500).contains(value));
        hundredths.ok_or_else(|| Problem::new(codes::RATING, "is not a rating from 1 to 5", "write it with at most two decimals, such as `4.6`"))
    }
}

form! {
    /// What a column of data is to the page of a row.
    RowKey -> String, {"type": "string", "enum": data::keys().collect::<Vec<_>>()}, |text| {
        if data::is_key(text) {
            return Ok(text.to_owned());
        }
        let help = match nearest(text, data::keys()) {
            Some(near) => format!("did you mean `{near}`?"),
            None => format!("the keys are {}", super::fields::list_of(&data::keys().collect::<Vec<_>>())),
        };
        Err(Problem::new(codes::UNKNOWN_KEY, "is no key of a page", help))
    }
}

words! {
    /// Who says when pages were changed last.
    LastChangedWord -> (), ["git" => ()]
}

words! {
    /// What becomes of raw HTML in texts.
    HtmlWord -> HtmlRule, ["clean" => HtmlRule::Clean, "trusted" => HtmlRule::Trusted, "none" => HtmlRule::None]
}

words! {
    /// What a link says of where it leads.
    RelWord -> Rel, [
        "nofollow" => Rel::Nofollow,
        "noopener" => Rel::Noopener,
        "noreferrer" => Rel::Noreferrer,
        "sponsored" => Rel::Sponsored,
        "ugc" => Rel::Ugc,
        "external" => Rel::External,
    ]
}

mod host;

pub(super) use host::{BranchName, HostPath, HostWord, RepositoryName};
