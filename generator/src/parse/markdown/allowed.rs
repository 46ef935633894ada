//! What may stand in raw HTML where the shop cleans it: elements, attributes, schemes of addresses. The same lists tell an editor what is
//! taken out, at its place, and clean the finished text on the tree that a browser makes of it.

use ammonia::{Builder, UrlRelative};
use std::borrow::Cow;
use std::sync::LazyLock;

/// Elements of texts. What runs, embeds, asks for input or changes the page around it is not among them.
const ELEMENTS: &[&str] = &[
    "a",
    "abbr",
    "address",
    "article",
    "aside",
    "audio",
    "b",
    "bdi",
    "bdo",
    "blockquote",
    "br",
    "caption",
    "cite",
    "code",
    "col",
    "colgroup",
    "data",
    "dd",
    "del",
    "details",
    "dfn",
    "div",
    "dl",
    "dt",
    "em",
    "figcaption",
    "figure",
    "footer",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "header",
    "hgroup",
    "hr",
    "i",
    "img",
    "input",
    "ins",
    "kbd",
    "label",
    "li",
    "map",
    "area",
    "mark",
    "nav",
    "ol",
    "p",
    "picture",
    "pre",
    "q",
    "rp",
    "rt",
    "ruby",
    "s",
    "samp",
    "section",
    "small",
    "source",
    "span",
    "strong",
    "sub",
    "summary",
    "sup",
    "table",
    "tbody",
    "td",
    "tfoot",
    "th",
    "thead",
    "time",
    "tr",
    "track",
    "u",
    "ul",
    "var",
    "video",
    "wbr",
];

/// Elements of `MathML` Core but those that embed other languages or act.
const MATH: &[&str] = &[
    "math",
    "menclose",
    "merror",
    "mfrac",
    "mi",
    "mmultiscripts",
    "mn",
    "mo",
    "mover",
    "mpadded",
    "mphantom",
    "mprescripts",
    "mroot",
    "mrow",
    "ms",
    "mspace",
    "msqrt",
    "mstyle",
    "msub",
    "msubsup",
    "msup",
    "mtable",
    "mtd",
    "mtext",
    "mtr",
    "munder",
    "munderover",
    "semantics",
];

/// Attributes of every element; `aria-…` besides.
const GLOBAL: &[&str] = &["class", "dir", "id", "itemprop", "lang", "role", "title", "translate"];

/// Attributes of some.
const OWN: &[(&str, &[&str])] = &[
    ("a", &["href", "hreflang", "rel", "target", "download", "type", "name"]),
    ("area", &["href", "alt", "coords", "shape"]),
    ("audio", &["src", "controls", "loop", "muted", "preload"]),
    ("blockquote", &["cite"]),
    ("col", &["span"]),
    ("colgroup", &["span"]),
    ("data", &["value"]),
    ("del", &["cite", "datetime"]),
    ("details", &["name", "open"]),
    ("div", &["tabindex"]),
    ("img", &["src", "srcset", "sizes", "alt", "width", "height", "loading", "decoding", "usemap"]),
    ("input", &["type", "checked", "disabled"]),
    ("ins", &["cite", "datetime"]),
    ("li", &["value"]),
    ("map", &["name"]),
    ("mark", &["data-line"]),
    ("ol", &["start", "reversed", "type"]),
    ("pre", &["tabindex"]),
    ("q", &["cite"]),
    ("source", &["src", "srcset", "sizes", "type", "media"]),
    ("span", &["data-line"]),
    ("td", &["colspan", "rowspan", "headers"]),
    ("th", &["colspan", "rowspan", "headers", "scope", "abbr"]),
    ("time", &["datetime"]),
    ("track", &["src", "kind", "srclang", "label", "default"]),
    ("video", &["src", "poster", "controls", "loop", "muted", "preload", "width", "height", "playsinline"]),
];

/// Attributes of all elements of `MathML`.
const MATH_ATTRIBUTES: &[&str] = &[
    "accent",
    "accentunder",
    "columnspan",
    "depth",
    "display",
    "displaystyle",
    "fence",
    "form",
    "height",
    "largeop",
    "linethickness",
    "lspace",
    "mathvariant",
    "maxsize",
    "minsize",
    "movablelimits",
    "notation",
    "rowspan",
    "rspace",
    "scriptlevel",
    "separator",
    "stretchy",
    "symmetric",
    "voffset",
    "width",
];

/// Schemes of addresses that lead somewhere or open another program, and run nothing.
const SCHEMES: &[&str] = &[
    "bitcoin",
    "facetime",
    "ftp",
    "ftps",
    "geo",
    "http",
    "https",
    "im",
    "irc",
    "ircs",
    "magnet",
    "mailto",
    "maps",
    "matrix",
    "news",
    "nntp",
    "openpgp4fpr",
    "sftp",
    "signal",
    "sip",
    "sips",
    "skype",
    "sms",
    "smsto",
    "tel",
    "tg",
    "webcal",
    "whatsapp",
    "xmpp",
];

/// Whether an element may stand, by its name in lower case.
pub(super) fn element(name: &str) -> bool {
    ELEMENTS.contains(&name) || MATH.contains(&name)
}

/// Whether an element may have an attribute, by their names in lower case.
pub(super) fn attribute(element: &str, name: &str) -> bool {
    GLOBAL.contains(&name)
        || name.starts_with("aria-")
        || OWN.iter().any(|(owner, names)| *owner == element && names.contains(&name))
        || MATH.contains(&element) && MATH_ATTRIBUTES.contains(&name)
}

/// The scheme of an address, and whether it may be published; nothing where it has none. Browsers skip white space and control signs.
pub fn scheme(address: &str) -> Option<(String, bool)> {
    let seen: String = address.chars().filter(|sign| !sign.is_whitespace() && !sign.is_control()).take(64).collect();
    let (scheme, _) = seen.split_once(':')?;
    let is_scheme = scheme.starts_with(|first: char| first.is_ascii_alphabetic())
        && scheme.chars().all(|sign| sign.is_ascii_alphanumeric() || "+-.".contains(sign));
    let scheme = scheme.to_ascii_lowercase();
    let known = SCHEMES.contains(&scheme.as_str());
    is_scheme.then_some((scheme, known))
}

static CLEANER: LazyLock<Builder<'static>> = LazyLock::new(|| {
    let mut builder = Builder::empty();
    builder
        .tags(ELEMENTS.iter().chain(MATH).copied().collect())
        .clean_content_tags(["script", "style"].into_iter().collect())
        .generic_attributes(GLOBAL.iter().copied().collect())
        .generic_attribute_prefixes(["aria-"].into_iter().collect())
        .tag_attributes(
            OWN.iter()
                .map(|(element, names)| (*element, names.iter().copied().collect()))
                .chain(MATH.iter().map(|element| (*element, MATH_ATTRIBUTES.iter().copied().collect())))
                .collect(),
        )
        .url_schemes(SCHEMES.iter().copied().collect())
        .url_relative(UrlRelative::PassThrough)
        .link_rel(None)
        .strip_comments(true)
        .attribute_filter(|element, name, value| {
            // The boxes of tasks are the only input.
            let is_box = element != "input" || name != "type" || value == "checkbox";
            is_box.then_some(Cow::Borrowed(value))
        });
    builder
});

/// A finished text without anything that is not in the lists; whatever was open is closed.
pub fn clean(html: &str) -> String {
    CLEANER.clean(html).to_string()
}
