//! The YAML at the beginning of a Markdown file, between two lines `---`.

use crate::diagnostic::{Diagnostic, Severity, SourcePath, Span, codes};

/// Where the parts of a Markdown file lie, as byte offsets in the file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Parts {
    /// The YAML, without the lines `---`.
    pub yaml: (usize, usize),
    /// The first byte after the closing line.
    pub body: usize,
}

/// Splits `source[from..]`.
pub fn split(file: &SourcePath, source: &str, from: usize) -> Result<Parts, Diagnostic> {
    let mut lines = lines(source, from);
    let opening = lines.next().filter(|(start, end)| source[*start..*end].trim_end() == "---");
    let Some((start, open_end)) = opening else {
        let message = "the file does not begin with front matter";
        let help = "begin it with a line `---`, a line `title: …` and a line `---`";
        return Err(Diagnostic::in_file(codes::NO_FRONT_MATTER, Severity::Error, message, file.clone()).help(help));
    };
    for (line, end) in lines {
        if source[line..end].trim_end() == "---" {
            return Ok(Parts { yaml: (open_end, line), body: end });
        }
    }
    let span = Span::new(file, start, start + 3);
    Err(Diagnostic::error(codes::OPEN_FRONT_MATTER, "the front matter has no end", span)
        .label("begins here")
        .help("add a line `---` before the text"))
}

/// The byte ranges of lines, line breaks included.
fn lines(source: &str, from: usize) -> impl Iterator<Item = (usize, usize)> {
    let mut at = from;
    source[from..].split_inclusive('\n').map(move |line| {
        let start = at;
        at += line.len();
        (start, at)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn splits_front_matter_from_the_body() {
        let file: SourcePath = "content/about.md".into();
        let parts =
            |text: &str| split(&file, text, 0).map(|parts| (text[parts.yaml.0..parts.yaml.1].to_owned(), text[parts.body..].to_owned()));
        for (text, yaml, body) in [
            ("---\ntitle: x\n---\nbody\n", "title: x\n", "body\n"),
            ("---\r\ntitle: x\r\n---\r\nbody", "title: x\r\n", "body"),
            ("--- \n---  \n", "", ""),
            ("---\na: |\n  ---\n---", "a: |\n  ---\n", ""),
            ("---\n---\n---\n", "", "---\n"),
        ] {
            assert_eq!(parts(text).unwrap(), (yaml.to_owned(), body.to_owned()), "{text:?}");
        }
        for (text, code) in [
            ("", codes::NO_FRONT_MATTER),
            ("title: x\n", codes::NO_FRONT_MATTER),
            ("\n---\n---\n", codes::NO_FRONT_MATTER),
            ("----\n---\n", codes::NO_FRONT_MATTER),
            ("---\ntitle: x\n", codes::OPEN_FRONT_MATTER),
            ("---", codes::OPEN_FRONT_MATTER),
        ] {
            assert_eq!(parts(text).unwrap_err().code, code, "{text:?}");
        }
    }
}
