//! The forms of names, paths and addresses.

use schemars::{Schema, json_schema};
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

use crate::diagnostic::codes;
use crate::parse::fields::{Problem, Scalar};

form! {
    /// A name that is part of an address or stands in orders.
    Slug -> String, {"type": ["string", "number"], "pattern": "^[a-z0-9][a-z0-9_-]*$"}, |text| {
        if is_slug(text) {
            Ok(text.to_owned())
        } else {
            Err(Problem::new(codes::SLUG, "can only have a-z, 0-9, `-` and `_`", slug_help(text)))
        }
    }
}

fn slug_help(text: &str) -> String {
    match slug_of(text) {
        slug if slug.is_empty() => "use only a-z, 0-9 and `-`".to_owned(),
        slug => format!("write `{slug}`"),
    }
}

/// Whether a text can stand in an address as it is.
pub(in crate::parse) fn is_slug(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_lowercase() || c.is_ascii_digit())
        && text.chars().all(|c| matches!(c, 'a'..='z' | '0'..='9' | '-' | '_'))
        && text.len() <= 100
}

/// The nearest text that can stand in an address; may be empty.
pub(in crate::parse) fn slug_of(text: &str) -> String {
    let mut slug = String::new();
    // Accents are letters of their own after decomposition, and left out.
    let plain = text.nfkd().filter(|c| !is_combining_mark(*c)).flat_map(char::to_lowercase);
    for c in plain {
        match c {
            'a'..='z' | '0'..='9' | '_' => slug.push(c),
            _ if !slug.is_empty() && !slug.ends_with('-') => slug.push('-'),
            _ => {}
        }
    }
    slug.trim_matches(['-', '_']).to_owned()
}

form! {
    /// A path of folders, without slashes at the ends: a category, or a page of `content/`.
    Folders -> String, {"type": ["string", "number"], "pattern": "^/?[a-z0-9][a-z0-9_-]*(/[a-z0-9][a-z0-9_-]*)*/?$|^/$"}, |text| {
        let path = text.strip_prefix('/').unwrap_or(text);
        let path = path.strip_suffix('/').unwrap_or(path);
        let bare = path.strip_suffix(".md").unwrap_or(path);
        if bare != path {
            return Err(Problem::new(codes::SLUG, "is named without its ending", format!("write `{bare}`")));
        }
        if path.is_empty() || path.split('/').all(is_slug) {
            Ok(path.to_owned())
        } else {
            Err(Problem::new(codes::SLUG, "is not a path of names with a-z, 0-9, `-` and `_`", "write for example `paper/posters`"))
        }
    }
}

form! {
    /// A former address: a path from the root.
    Alias -> String, {"type": "string", "pattern": "^/[^?#\\s\\\\]*$"}, |text| {
        let problem = |says: &str| Problem::new(codes::ADDRESS_PATH, says, "write the path from the root, such as `/old/page/`");
        if !text.starts_with('/') {
            return Err(problem("does not begin with `/`"));
        }
        if text.contains(['?', '#', '\\']) || text.chars().any(|c| c.is_whitespace() || c.is_control()) {
            return Err(problem("holds a character that a path cannot have"));
        }
        let inner = text.trim_end_matches('/').trim_start_matches('/');
        if inner.split('/').any(|part| matches!(part, "" | "." | "..")) || text.contains("//") {
            return Err(problem("is not a plain path"));
        }
        Ok(text.to_owned())
    }
}

form! {
    /// An address of the web.
    Url -> String, {"type": "string", "pattern": "^https?://[^\\s]+$"}, |text| {
        let problem = |says: &str| Problem::new(codes::URL, says, "write the whole address, beginning with `https://`");
        let Some(rest) = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://")) else {
            return Err(problem("is not a web address"));
        };
        let host = rest.split(['/', '?', '#']).next().unwrap_or("");
        let odd = |c: char| c.is_whitespace() || c.is_control() || matches!(c, '"' | '<' | '>' | '\\' | '`');
        if host.is_empty() || host.contains('@') || text.contains(odd) {
            return Err(problem("is not a web address"));
        }
        Ok(text.to_owned())
    }
}

form! {
    /// The shop's own address: no query, no fragment; a slash at the end is dropped.
    BaseUrl -> String, {"type": "string", "pattern": "^https?://[^\\s?#]+$"}, |text| {
        let url = Url::parse(text)?;
        if url.contains(['?', '#']) {
            return Err(Problem::new(codes::URL, "has a `?` or `#`", "write the address up to there"));
        }
        Ok(url.trim_end_matches('/').to_owned())
    }
}

form! {
    /// Where an entry of a menu leads: the web, mail or telephone.
    LinkUrl -> String, {"type": "string", "pattern": "^(https?://|mailto:|tel:)[^\\s]+$"}, |text| {
        let other = ["mailto:", "tel:"].iter().any(|scheme| text.len() > scheme.len() && text.starts_with(scheme));
        if other && !text.contains(char::is_whitespace) {
            return Ok(text.to_owned());
        }
        if text.starts_with('/') {
            let help = "use `page`, `category`, `collection` or `product` for an address of the shop itself";
            return Err(Problem::new(codes::URL, "is not a web address", help));
        }
        Url::parse(text)
    }
}

form! {
    /// Where a redirect leads: an address of the web, or a path from the root.
    RedirectUrl -> String, {"type": "string", "pattern": r"^(https?://|/)[^\s]*$"}, |text| {
        if text.starts_with('/') && !text.starts_with("//") {
            let path = text.split(['?', '#']).next().unwrap_or(text);
            return if path == "/" { Ok(text.to_owned()) } else { Alias::parse(path).map(|_| text.to_owned()) };
        }
        Url::parse(text)
    }
}

form! {
    /// A file beside the source file or below it.
    FileName -> String, {"type": "string", "minLength": 1}, |text| {
        let problem = |says: &str, help: &str| Problem::new(codes::FILE_PATH, says, help);
        if text.starts_with("https://") || text.starts_with("http://") {
            return Err(problem("is a web address, not a file", "copy the file beside this one and write its name"));
        }
        if text.contains('\\') {
            return Err(problem("holds a `\\`", "separate folders by `/`"));
        }
        let plain = text.split('/').all(|part| !matches!(part, "" | "." | "..")) && !text.chars().any(char::is_control);
        if plain {
            Ok(text.to_owned())
        } else {
            Err(problem("does not lie beside this file or below it", "copy the file beside this one and write its name"))
        }
    }
}

form! {
    /// A picture of the product's own list, by its file or by its address.
    FileOrUrl -> String, {"type": "string", "minLength": 1}, |text| {
        if text.starts_with("https://") || text.starts_with("http://") { Url::parse(text) } else { FileName::parse(text) }
    }
}

form! {
    /// The address of the checkout: a path, or an address of the web.
    Api -> String, {"type": "string", "pattern": "^(/|https://)[^\\s?#]*$"}, |text| {
        let bare = text.trim_end_matches('/');
        let plain = !bare.is_empty() && !bare.contains(['?', '#']);
        if plain && (Alias::parse(bare).is_ok() || (bare.starts_with("https://") && Url::parse(bare).is_ok())) {
            Ok(bare.to_owned())
        } else {
            Err(Problem::new(codes::URL, "is neither a path nor a web address", "write `/api`, or an address that begins with `https://`"))
        }
    }
}
