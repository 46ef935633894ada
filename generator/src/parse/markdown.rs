//! Markdown to HTML with holes for links and pictures.

use serde::{Deserialize, Serialize};

/// A text, parsed.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Markdown {
    /// HTML and holes.
    pub html: Vec<Part>,
    /// The plain text of the first paragraph.
    pub summary: String,
}

/// A piece of HTML, or a hole.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Part {
    /// HTML.
    Html(String),
}

/// What is switched on.
#[derive(Clone, Copy, Debug)]
pub struct Options;

impl Options {
    /// As Shopfront renders.
    pub fn ours() -> Self {
        Self
    }
}

/// Parses a text.
pub fn parse(text: &str, _options: &Options) -> Markdown {
    Markdown { html: vec![Part::Html(text.to_owned())], summary: String::new() }
}
