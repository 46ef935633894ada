//! What is put into the holes of a text, and the whole.

use super::{Alert, ImageForm, ImageRef, Markdown, Part, RawHtml, RawPart, escape, escape_href};
use std::fmt::Write as _;

/// What stands in the holes of a text.
pub trait Holes {
    /// The address for `links[i]`, which is escaped when it is put in.
    fn link(&self, index: usize) -> &str;
    /// Further attributes of the link `outside[i]`.
    fn outside(&self, index: usize) -> &str;
    /// The whole element for `images[i]`, or its attributes.
    fn image(&self, index: usize) -> &str;
    /// What is published of `raw[i]`.
    fn raw(&self, index: usize) -> &str;
    /// What alerts of a kind are called; escaped when it is put in.
    fn label(&self, alert: Alert) -> &str;
    /// What stands before the body of `blocks[i]`.
    fn block(&self, index: usize) -> &str;
    /// What stands behind it.
    fn block_end(&self, index: usize) -> &str;
}

/// About as much as an address or a picture without copies takes.
const HOLE_BYTES: usize = 64;

/// Fills the holes.
pub fn to_html(markdown: &Markdown, holes: &impl Holes) -> String {
    let fixed = markdown.html.iter().map(|part| if let Part::Html(text) = part { text.len() } else { HOLE_BYTES });
    let mut html = String::with_capacity(fixed.sum());
    for part in &markdown.html {
        match part {
            Part::Html(text) => html.push_str(text),
            Part::Link(index) => html.push_str(&escape_href(holes.link(*index as usize))),
            Part::Outside(index) => html.push_str(holes.outside(*index as usize)),
            Part::Image(index) => html.push_str(holes.image(*index as usize)),
            Part::Raw(index) => html.push_str(holes.raw(*index as usize)),
            Part::Label(alert) => html.push_str(&escape(holes.label(*alert))),
            Part::Block(index) => html.push_str(holes.block(*index as usize)),
            Part::BlockEnd(index) => html.push_str(holes.block_end(*index as usize)),
        }
    }
    html
}

/// The holes of a text that belongs to no shop: links and pictures as they were written, raw HTML as trusted editors may write it.
#[derive(Debug)]
pub struct AsWritten<'m> {
    markdown: &'m Markdown,
    images: Vec<String>,
    raw: Vec<String>,
}

impl<'m> AsWritten<'m> {
    /// Those of a text.
    pub fn of(markdown: &'m Markdown) -> Self {
        let images: Vec<String> = markdown.images.iter().map(plain_image).collect();
        let raw = |raw: &RawHtml| raw.published(true, |i| &markdown.links[i].target, |_| "", |i| &images[i]);
        let raw = markdown.raw.iter().map(raw).collect();
        Self { markdown, images, raw }
    }
}

impl Holes for AsWritten<'_> {
    fn link(&self, index: usize) -> &str {
        &self.markdown.links[index].target
    }

    fn outside(&self, _: usize) -> &'static str {
        ""
    }

    fn image(&self, index: usize) -> &str {
        &self.images[index]
    }

    fn raw(&self, index: usize) -> &str {
        &self.raw[index]
    }

    fn label(&self, alert: Alert) -> &str {
        alert.name()
    }

    fn block(&self, _: usize) -> &'static str {
        ""
    }

    fn block_end(&self, _: usize) -> &'static str {
        ""
    }
}

impl RawHtml {
    /// What is published of it; `is_trusted` says whether everything is that the policy lets through. For text instead, see
    /// [`RawHtml::shown`].
    pub fn published<'h>(
        &self,
        is_trusted: bool,
        link: impl Fn(usize) -> &'h str,
        outside: impl Fn(usize) -> &'h str,
        image: impl Fn(usize) -> &'h str,
    ) -> String {
        let mut html = String::with_capacity(self.text.len());
        for part in &self.parts {
            match part {
                RawPart::Html(text) => html.push_str(text),
                RawPart::Trusted(text) if is_trusted => html.push_str(text),
                RawPart::Trusted(_) => {}
                RawPart::Link(index) => html.push_str(&escape_href(link(*index as usize))),
                RawPart::Outside(index) => html.push_str(outside(*index as usize)),
                RawPart::Image(index) => html.push_str(image(*index as usize)),
            }
        }
        html
    }

    /// It as text.
    pub fn shown(&self) -> String {
        let mut html = String::with_capacity(self.text.len() + 16);
        let _ = pulldown_cmark_escape::escape_html_body_text(&mut html, self.text.trim_end_matches('\n'));
        if self.is_block { format!("<p>{html}</p>") } else { html }
    }
}

/// A picture as plain Markdown has it: an `<img>` with the target as it was written, or a `<figure>` of it.
pub(super) fn plain_image(image: &ImageRef) -> String {
    if let ImageForm::Attributes { .. } = image.form {
        return format!(" src=\"{}\"", escape_href(&image.target));
    }
    let mut html = format!("<img src=\"{}\" alt=\"{}\"", escape_href(&image.target), escape(&image.alt));
    if !image.title.is_empty() {
        let _ = write!(html, " title=\"{}\"", escape(&image.title));
    }
    html.push('>');
    if image.form == ImageForm::Figure { format!("<figure>{html}</figure>") } else { html }
}
