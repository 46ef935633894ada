//! Links to other sites: what is asked, and what becomes of the answers. Asking is the command line's matter.

use serde::{Deserialize, Serialize};

use crate::diagnostic::rules::Rule;
use crate::diagnostic::{Diagnostic, Severity, SourcePath, Span, codes};

/// An address of another site that some page links to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExternalLink {
    /// The address as written.
    pub url: String,
    /// The file in which it is written; where that is not known, one that the first page with it is made of.
    pub file: SourcePath,
    /// The byte range in the file, where it is known.
    pub place: Option<(u32, u32)>,
    /// Where it stands, for messages: `` `/about/` and 2 more pages ``.
    pub pages: String,
}

impl ExternalLink {
    /// The address without what only browsers know: the place on the page.
    pub fn address(&self) -> &str {
        self.url.split('#').next().unwrap_or(&self.url)
    }
}

/// What came of asking for an address.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Answer {
    /// The last status, or why there is none.
    pub status: Result<u16, String>,
    /// Where it has moved to for good, if every server on the way there has said so.
    #[serde(default)]
    pub moved_to: Option<String>,
}

/// What an answer says of a link.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// The page is there.
    Fine,
    /// The server does not tell programs: 401, 403, 405, 429, 451, or 999 of some networks. It may well work for readers.
    Refused,
    /// The server has failed, or did not answer: it may work tomorrow.
    Unreachable,
    /// The page is not there.
    Gone,
}

impl Answer {
    /// What it says of the link.
    pub fn verdict(&self) -> Verdict {
        match self.status {
            Ok(200..=399) => Verdict::Fine,
            Ok(401 | 403 | 405 | 429 | 451 | 999) => Verdict::Refused,
            Ok(500..) | Err(_) => Verdict::Unreachable,
            Ok(_) => Verdict::Gone,
        }
    }
}

/// Tells what is wrong with a link by its answer.
pub fn tell(link: &ExternalLink, answer: &Answer) -> Option<Diagnostic> {
    let place = link.place.map(|(start, end)| Span { file: link.file.clone(), start, end });
    let about = |code, message| match place.clone() {
        Some(span) => Diagnostic::warning(code, message, span),
        None => Diagnostic::in_file(code, Severity::Warning, message, link.file.clone()),
    };
    let ExternalLink { url, pages, .. } = link;
    match (answer.verdict(), &answer.status) {
        (Verdict::Refused, _) => None,
        (Verdict::Fine, _) => {
            let new = answer.moved_to.as_ref()?;
            let told = about(codes::MOVED_LINK, format!("the link `{url}` on {pages} leads to a page that has moved for good"));
            Some(told.help(format!("write `{new}`")).under(Rule::MovedLinks))
        }
        (_, status) => {
            let why = match status {
                Ok(status) => format!("the server answers {status}"),
                Err(cause) => cause.clone(),
            };
            let told = about(codes::EXTERNAL_LINK, format!("the link `{url}` on {pages} does not work: {why}"));
            Some(told.help("correct or remove it, or try again later").under(Rule::ExternalLinks))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_are_weighed() {
        for (status, verdict) in [
            (Ok(200), Verdict::Fine),
            (Ok(206), Verdict::Fine),
            (Ok(401), Verdict::Refused),
            (Ok(403), Verdict::Refused),
            (Ok(429), Verdict::Refused),
            (Ok(404), Verdict::Gone),
            (Ok(410), Verdict::Gone),
            (Ok(503), Verdict::Unreachable),
            (Err("no such host".to_owned()), Verdict::Unreachable),
        ] {
            assert_eq!(Answer { status: status.clone(), moved_to: None }.verdict(), verdict, "{status:?}");
        }
    }

    #[test]
    fn addresses_are_asked_for_without_their_places() {
        let link =
            ExternalLink { url: "https://a.example:8080/b?c#d".to_owned(), file: "content/a.md".into(), place: None, pages: String::new() };
        assert_eq!(link.address(), "https://a.example:8080/b?c");
    }
}
