//! A text's HTML for readers elsewhere: with absolute addresses, or without any markup.

use std::cell::RefCell;

use lol_html::{RewriteStrSettings, doc_text, element, rewrite_str};

use crate::index::has_scheme;

/// HTML whose addresses hold wherever it is read. `origin` is scheme and host, `page` the absolute address of the text's page.
pub(super) fn absolute(html: &str, origin: &str, page: &str) -> String {
    let resolve = |address: &str| resolve(address, origin, page);
    let settings = RewriteStrSettings::new()
        .append_element_content_handler(element!("[href]", |element| {
            let address = element.get_attribute("href").unwrap_or_default();
            element.set_attribute("href", &resolve(&address))?;
            Ok(())
        }))
        .append_element_content_handler(element!("[src]", |element| {
            let address = element.get_attribute("src").unwrap_or_default();
            element.set_attribute("src", &resolve(&address))?;
            Ok(())
        }))
        .append_element_content_handler(element!("[poster]", |element| {
            let address = element.get_attribute("poster").unwrap_or_default();
            element.set_attribute("poster", &resolve(&address))?;
            Ok(())
        }))
        .append_element_content_handler(element!("[srcset]", |element| {
            let candidates = element.get_attribute("srcset").unwrap_or_default();
            let candidates = candidates.split(", ").map(|candidate| match candidate.split_once(' ') {
                Some((address, width)) => format!("{} {width}", resolve(address)),
                None => resolve(candidate),
            });
            let candidates = candidates.collect::<Vec<_>>().join(", ");
            element.set_attribute("srcset", &candidates)?;
            Ok(())
        }));
    // What cannot be rewritten is read as it is, against the page's own address.
    rewrite_str(html, settings).unwrap_or_else(|_| html.to_owned())
}

/// An address that holds everywhere.
fn resolve(address: &str, origin: &str, page: &str) -> String {
    if address.starts_with("//") {
        let scheme = origin.split("//").next().unwrap_or_default();
        format!("{scheme}{address}")
    } else if address.starts_with('/') {
        format!("{origin}{address}")
    } else if address.is_empty() || address.starts_with(['#', '?']) {
        format!("{page}{address}")
    } else if has_scheme(address) {
        address.to_owned()
    } else {
        let folder = page.rfind('/').map_or(page, |slash| &page[..=slash]);
        format!("{folder}{address}")
    }
}

/// The text alone, with every run of white space as one space.
pub(super) fn plain(html: &str) -> String {
    let text = RefCell::new(String::with_capacity(html.len()));
    let blocks = "p, li, br, hr, div, figure, figcaption, blockquote, pre, table, tr, td, th, dt, dd, section, h1, h2, h3, h4, h5, h6";
    let settings = RewriteStrSettings::new()
        .append_element_content_handler(element!(blocks, |_| {
            text.borrow_mut().push(' ');
            Ok(())
        }))
        .append_document_content_handler(doc_text!(|chunk| {
            text.borrow_mut().push_str(chunk.as_str());
            Ok(())
        }));
    if rewrite_str(html, settings).is_err() {
        return String::new();
    }
    let text = text.into_inner();
    let text = quick_xml::escape::unescape_with(&text, quick_xml::escape::resolve_html5_entity).map_or_else(|_| text.clone(), Into::into);
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// At most so many characters, cut after a word.
pub(super) fn cut(text: &str, most: usize) -> &str {
    let Some((limit, next)) = text.char_indices().nth(most) else { return text };
    let kept = &text[..limit];
    if next.is_whitespace() { kept.trim_end() } else { kept.rsplit_once(' ').map_or(kept, |(words, _)| words.trim_end()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_hold_everywhere() {
        let made = |html: &str| absolute(html, "https://x.example", "https://x.example/base/journal/post/");
        assert_eq!(made("<a href=\"/base/about/\">a &amp; b</a>"), "<a href=\"https://x.example/base/about/\">a &amp; b</a>");
        assert_eq!(made("<a href=\"#notes\">n</a>"), "<a href=\"https://x.example/base/journal/post/#notes\">n</a>");
        assert_eq!(made("<a href=\"file.pdf\">f</a>"), "<a href=\"https://x.example/base/journal/post/file.pdf\">f</a>");
        assert_eq!(made("<a href=\"mailto:a@b.example\">m</a>"), "<a href=\"mailto:a@b.example\">m</a>");
        assert_eq!(made("<a href=\"https://y.example/?a=1&amp;b=2\">y</a>"), "<a href=\"https://y.example/?a=1&amp;b=2\">y</a>");
        assert_eq!(
            made("<img src=\"/i/a-800.webp\" srcset=\"/i/a-400.webp 400w, /i/a-800.webp 800w\" alt=\"x\">"),
            "<img src=\"https://x.example/i/a-800.webp\" srcset=\"https://x.example/i/a-400.webp 400w, https://x.example/i/a-800.webp 800w\" alt=\"x\">"
        );
        assert_eq!(made("<p>no <b>links</b>"), "<p>no <b>links</b>");
    }

    #[test]
    fn text_alone() {
        assert_eq!(
            plain("<p>Hand-thrown. <strong>Heavy</strong>.</p>\n<ul><li>a &lt; b</li><li>c</li></ul>"),
            "Hand-thrown. Heavy. a < b c"
        );
        assert_eq!(cut("one two three", 9), "one two");
        assert_eq!(cut("one two", 7), "one two");
        assert_eq!(cut("one two three", 7), "one two");
        assert_eq!(cut("Donaudampfschiff", 5), "Donau");
    }
}
