//! The addresses that Jekyll gave to its pages, after its documentation of permalinks.

use std::collections::BTreeSet;

use jiff::civil::DateTime;

use super::{Config, Family, Source};
use crate::import::pages::{Value, parent, when};

/// The date and the rest of a post's file name, `2013-05-06-hello.md`.
pub(super) fn dated(name: &str) -> Option<(&str, &str)> {
    let stem = name.rsplit_once('.').filter(|(_, ending)| !ending.contains('/')).map(|(stem, _)| stem)?;
    let ending = name.rsplit('.').next()?.to_ascii_lowercase();
    if !matches!(ending.as_str(), "md" | "markdown" | "mkdn" | "mkd" | "mdown" | "html" | "htm") {
        return None;
    }
    let (day, slug) = (stem.get(..10)?, stem.get(11..)?);
    (stem.as_bytes().get(10) == Some(&b'-') && !slug.is_empty() && when(day).is_some()).then_some((day, slug))
}

/// The value of a key: of the front matter, else of the settings' `defaults` for the file.
pub(super) fn value<'v>(source: &'v Source<'_>, config: &'v Config, key: &str) -> Option<&'v Value> {
    let own = source.values.get(key);
    own.or_else(|| {
        let kind = match source.kind {
            Family::Post | Family::Draft => "posts",
            Family::Page => "pages",
            Family::Collection(label) => label,
        };
        let defaults = config.values.get("defaults")?;
        let crate::import::pages::Kind::List(defaults) = &defaults.kind else { return None };
        let fits = |default: &&Value| {
            let scope = default.get("scope");
            let (path, sort) = scope.map_or(("", ""), |scope| (scope.text_of("path").trim_matches('/'), scope.text_of("type")));
            let inside = path.is_empty() || source.file == path || source.file.starts_with(&format!("{path}/"));
            inside && (sort.is_empty() || sort == kind || (sort == "drafts" && source.kind == Family::Draft))
        };
        // The later, more special default wins.
        defaults.iter().filter(fits).filter_map(|default| default.get("values")?.get(key)).next_back()
    })
}

/// Every address that a file had, the page's own first.
pub(super) fn addresses(source: &Source<'_>, config: &Config) -> Vec<String> {
    let mut all = Vec::new();
    let own = value(source, config, "permalink").map_or("", Value::text);
    let written = value(source, config, "date").and_then(|date| when(date.text())).map(|when| when.local);
    let of_name = source.day.as_deref().and_then(when).map(|when| when.local);
    // The name's date counts where there is no other; a clock elsewhere may have made either day of the two.
    let dates: Vec<DateTime> = [written, of_name].into_iter().flatten().collect();
    let template = template(source, config, own);
    if dates.is_empty() {
        all.extend(filled(&template, source, config, None));
    }
    for date in dates {
        all.extend(filled(&template, source, config, Some(date)));
    }
    let further = source.values.get("redirect_from").map_or(Vec::new(), Value::texts);
    all.extend(further.into_iter().map(|address| format!("/{}", address.trim_start_matches('/'))));
    let mut seen = BTreeSet::new();
    all.retain(|address| seen.insert(address.clone()));
    all
}

fn template(source: &Source<'_>, config: &Config, own: &str) -> String {
    let style = |text: &str| {
        Some(match text {
            "date" => "/:categories/:year/:month/:day/:title:output_ext",
            "pretty" => "/:categories/:year/:month/:day/:title/",
            "ordinal" => "/:categories/:year/:y_day/:title:output_ext",
            "weekdate" => "/:categories/:year/W:week/:short_day/:title:output_ext",
            "none" => "/:categories/:title:output_ext",
            _ => return None,
        })
    };
    match source.kind {
        Family::Post | Family::Draft => {
            let text = if own.is_empty() { &config.permalink } else { own };
            style(text).unwrap_or(text).to_owned()
        }
        _ if !own.is_empty() && style(own).is_none() => own.to_owned(),
        Family::Page => {
            let global = config.values.text_of("permalink");
            if source.slug == "index" {
                return "/:path/".to_owned();
            }
            let pretty = global == "pretty" || (style(global).is_none() && global.ends_with('/'));
            let bare = !global.is_empty() && style(global).is_none() && !global.ends_with('/') && !global.ends_with(":output_ext");
            format!(
                "/:path/:basename{}",
                if pretty {
                    "/"
                } else if bare {
                    ""
                } else {
                    ":output_ext"
                }
            )
        }
        Family::Collection(label) => {
            let settings = config.values.get("collections").and_then(|all| all.get(label));
            let text = settings.map_or("", |settings| settings.text_of("permalink"));
            if text.is_empty() { "/:collection/:path:output_ext".to_owned() } else { text.to_owned() }
        }
    }
}

/// The categories in a post's address: those of the folders above `_posts`, then its own.
fn categories(source: &Source<'_>, config: &Config) -> Vec<String> {
    let folders =
        source.file.split('/').take_while(|part| *part != "_posts" && *part != "_drafts").filter(|part| part.len() < source.file.len());
    let mut all: Vec<String> = folders.map(str::to_lowercase).collect();
    for key in ["category", "categories"] {
        let Some(found) = value(source, config, key) else { continue };
        let texts = found.texts();
        let words: Vec<&str> = if let crate::import::pages::Kind::Text(text) = &found.kind {
            if key == "categories" { text.split_whitespace().collect() } else { texts }
        } else {
            texts
        };
        for word in words {
            let word = word.to_lowercase();
            if !all.contains(&word) {
                all.push(word);
            }
        }
    }
    all
}

fn filled(template: &str, source: &Source<'_>, config: &Config, date: Option<DateTime>) -> Option<String> {
    let path = match source.kind {
        Family::Page => parent(source.file).to_owned(),
        Family::Collection(_) => {
            let inner = source.file.split_once('/').map_or(source.file, |(_, rest)| rest);
            inner.rsplit_once('.').map_or(inner, |(stem, _)| stem).to_owned()
        }
        _ => source.slug.clone(),
    };
    let slug = source.values.text_of("slug");
    let title = if slug.is_empty() { &source.slug } else { slug };
    let mut out = String::new();
    let mut rest = template;
    while let Some(at) = rest.find(':') {
        out.push_str(&rest[..at]);
        let name: String = rest[at + 1..].chars().take_while(|c| c.is_ascii_lowercase() || *c == '_').collect();
        let of_date = |form: &str| date.map(|date| date.strftime(form).to_string());
        let (name, value) = match name.as_str() {
            // `:title:output_ext` and `:year_archive` alike: the longest known name counts.
            "categories" => ("categories", categories(source, config).join("/")),
            "year" => ("year", of_date("%Y")?),
            "month" => ("month", of_date("%m")?),
            "day" => ("day", of_date("%d")?),
            "i_month" => ("i_month", of_date("%-m")?),
            "i_day" => ("i_day", of_date("%-d")?),
            "short_year" => ("short_year", of_date("%y")?),
            "short_month" => ("short_month", of_date("%b")?),
            "long_month" => ("long_month", of_date("%B")?),
            "short_day" => ("short_day", of_date("%a")?),
            "long_day" => ("long_day", of_date("%A")?),
            "week" => ("week", of_date("%V")?),
            "y_day" => ("y_day", of_date("%j")?),
            "hour" => ("hour", of_date("%H")?),
            "minute" => ("minute", of_date("%M")?),
            "second" => ("second", of_date("%S")?),
            "title" => ("title", title.to_owned()),
            "slug" => ("slug", title.to_lowercase()),
            "name" | "basename" => (if name == "name" { "name" } else { "basename" }, source.slug.clone()),
            "path" => ("path", path.clone()),
            "collection" => ("collection", if let Family::Collection(label) = source.kind { label.to_owned() } else { String::new() }),
            "output_ext" => ("output_ext", ".html".to_owned()),
            _ => ("", ":".to_owned()),
        };
        out.push_str(&value);
        rest = &rest[at + 1 + name.len()..];
    }
    out.push_str(rest);
    let end = if out.ends_with('/') { "/" } else { "" };
    let parts: Vec<&str> = out.split('/').filter(|part| !part.is_empty()).collect();
    Some(if parts.is_empty() { "/".to_owned() } else { format!("/{}{end}", parts.join("/")) })
}
