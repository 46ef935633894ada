//! Dates as other systems write them to dates as a page's front matter has them.

use jiff::Timestamp;
use jiff::civil;

/// A moment or a day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::import) struct When {
    /// As it is written into front matter.
    pub(in crate::import) text: String,
    /// The day, and the time of that day, where it was written.
    pub(in crate::import) local: civil::DateTime,
}

/// `2013-05-06`, `2013-05-06 02:12:52 +0200`, `2013-05-06T02:12:52Z` and what lies between; without an offset it is UTC.
pub(in crate::import) fn when(text: &str) -> Option<When> {
    let text = text.trim();
    let (day, rest) = (text.get(..10)?, text.get(10..)?);
    let date: civil::Date = day.parse().ok()?;
    let rest = rest.trim_start_matches(['T', 't', ' ']);
    if rest.is_empty() {
        return Some(When { text: day.to_owned(), local: date.at(0, 0, 0, 0) });
    }
    let end = rest.find(|c: char| !(c.is_ascii_digit() || c == ':' || c == '.')).unwrap_or(rest.len());
    let (clock, offset) = (&rest[..end], rest[end..].trim());
    let clock = clock.split('.').next().unwrap_or(clock);
    let clock = if clock.matches(':').count() == 1 { format!("{clock}:00") } else { clock.to_owned() };
    let time: civil::Time = clock.parse().ok()?;
    let offset = match offset {
        "" | "Z" | "z" | "UTC" | "GMT" | "+00:00" | "+0000" => "Z".to_owned(),
        // `+0200` and `+02` are what people write, `+02:00` is the form.
        other => {
            let (sign, digits) = other.split_at_checked(1)?;
            let digits: String = digits.chars().filter(|c| *c != ':').collect();
            let plain = matches!(sign, "+" | "-") && digits.bytes().all(|b| b.is_ascii_digit());
            match (plain, digits.len()) {
                (true, 4) => format!("{sign}{}:{}", &digits[..2], &digits[2..]),
                (true, 2) => format!("{sign}{digits}:00"),
                _ => return None,
            }
        }
    };
    let written = format!("{day}T{time}{offset}");
    written.parse::<Timestamp>().ok()?;
    Some(When { text: written, local: date.to_datetime(time) })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_of_all_systems() {
        for (text, expected) in [
            ("2013-05-06", Some("2013-05-06")),
            ("2013-05-06 02:12:52 +0200", Some("2013-05-06T02:12:52+02:00")),
            ("2013-05-06 02:12", Some("2013-05-06T02:12:00Z")),
            ("2013-05-06T02:12:52Z", Some("2013-05-06T02:12:52Z")),
            ("2013-05-06T02:12:52.123-07:00", Some("2013-05-06T02:12:52-07:00")),
            ("2013-05-06 02:12:52 EST", None),
            ("2013-02-30", None),
            ("0000-00-00 00:00:00", None),
            ("yesterday", None),
            ("2013-05-06é", None),
        ] {
            assert_eq!(when(text).map(|when| when.text).as_deref(), expected, "{text}");
        }
    }
}
