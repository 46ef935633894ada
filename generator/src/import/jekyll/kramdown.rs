//! What kramdown has beyond Markdown: attribute lists and its table of contents are taken out and told, ids that were given
//! to headings by hand are remembered, so that links to them still arrive.

use crate::import::pages::{OldSite, Page};

const ATTRIBUTES: &str = "classes and attributes belong to the old theme; the line was taken out";

/// The text without kramdown's own marks; code is left as it is.
pub(super) fn convert(text: &str, page: &mut Page, site: &mut OldSite) -> String {
    let mut out: Vec<String> = Vec::new();
    let mut fence: Option<(char, usize)> = None;
    for line in text.split('\n') {
        let bare = line.trim_start();
        if let Some((mark, length)) = fence {
            if run(bare, mark) >= length && bare.trim_start_matches(mark).trim().is_empty() {
                fence = None;
            }
            out.push(line.to_owned());
            continue;
        }
        for mark in ['`', '~'] {
            if run(bare, mark) >= 3 && !bare[run(bare, mark)..].contains('`') {
                fence = Some((mark, run(bare, mark)));
            }
        }
        let code = fence.is_some() || line.starts_with("    ") || line.starts_with('\t');
        if code || !line.contains('{') {
            out.push(line.to_owned());
            continue;
        }
        let trimmed = bare.trim_end();
        if trimmed.starts_with("{:") && trimmed.ends_with('}') {
            taken(line, trimmed, &mut out, page, site);
            continue;
        }
        out.push(inline(&heading(line, page), page, site));
    }
    out.join("\n")
}

/// How often a text begins with a character.
fn run(text: &str, mark: char) -> usize {
    text.chars().take_while(|c| *c == mark).count()
}

/// A line that is nothing but attributes, or an extension.
fn taken(line: &str, list: &str, out: &mut Vec<String>, page: &mut Page, site: &mut OldSite) {
    let inner = list.trim_start_matches("{:").trim_end_matches('}').trim();
    if inner.split_whitespace().any(|word| word == "toc") {
        page.toc = true;
        // The list that stands for it: `* TOC`, `1. contents`.
        if out.last().is_some_and(|last| is_item(last)) {
            out.pop();
        }
        return;
    }
    let (file, at) = (page.file.clone(), page.line_of(line.trim(), 0));
    if list.starts_with("{::") {
        site.note(&file, at, "kramdown", list, "an extension of kramdown; the line was taken out");
    } else if let Some(id) = id(inner) {
        // The heading above it.
        match out.iter().rev().find(|line| !line.trim().is_empty()).filter(|line| line.starts_with('#')) {
            Some(above) => page.ids.push((text(above), id)),
            None => site.note(&file, at, "kramdown", list, ATTRIBUTES),
        }
    } else {
        site.note(&file, at, "kramdown", list, ATTRIBUTES);
    }
}

fn is_item(line: &str) -> bool {
    let line = line.trim_start();
    let number = line.find(|c: char| !c.is_ascii_digit()).unwrap_or(0);
    line.starts_with(['*', '-', '+']) || (number > 0 && line[number..].starts_with('.'))
}

fn id(attributes: &str) -> Option<String> {
    attributes.split_whitespace().find_map(|word| word.strip_prefix('#')).map(str::to_owned)
}

fn text(heading: &str) -> String {
    heading.trim_matches(['#', ' ']).to_owned()
}

/// `## Prices {#costs}` without the id.
fn heading(line: &str, page: &mut Page) -> String {
    let Some((before, id)) = line.trim_end().strip_suffix('}').and_then(|rest| rest.rsplit_once("{#")) else { return line.to_owned() };
    if !line.starts_with('#') || id.contains(char::is_whitespace) || id.contains('}') {
        return line.to_owned();
    }
    page.ids.push((text(before), id.to_owned()));
    before.trim_end().to_owned()
}

/// `![a](b){: .right}` without the attributes; what stands between backticks is code.
fn inline(line: &str, page: &mut Page, site: &mut OldSite) -> String {
    let (mut out, mut at) = (String::new(), 0);
    while let Some(start) = line[at..].find("{:").map(|offset| at + offset) {
        let Some(end) = line[start..].find('}').map(|offset| start + offset + 1) else { break };
        let list = &line[start..end];
        let in_code = line[..start].matches('`').count() % 2 == 1;
        let behind = line[..start].ends_with([')', '*', '_', ']', '`', '>']);
        out.push_str(&line[at..start]);
        if in_code || !behind {
            out.push_str(list);
        } else {
            let (file, number) = (page.file.clone(), page.line_of(list, 0));
            site.note(&file, number, "kramdown", list, "classes and attributes belong to the old theme; they were taken out");
        }
        at = end;
    }
    out.push_str(&line[at..]);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_of_kramdown_are_taken_out() {
        let text = "* TOC\n{:toc}\n\n## Prices {#costs}\n\n![a](b.png){: .right} and `x{: .y}`\n{: .note}\n\n```\n{: .code}\n```\n\n## More\n{: #further}\n";
        let mut page = Page { source: text.to_owned(), line: 4, ..Page::default() };
        let mut site = OldSite::default();
        let found = convert(text, &mut page, &mut site);
        assert_eq!(found, "\n## Prices\n\n![a](b.png) and `x{: .y}`\n\n```\n{: .code}\n```\n\n## More\n");
        assert!(page.toc);
        assert_eq!(page.ids, [("Prices".to_owned(), "costs".to_owned()), ("More".to_owned(), "further".to_owned())]);
        let lines: Vec<usize> = site.report.not_carried.iter().map(|note| note.row).collect();
        assert_eq!(lines, [9, 10]);
    }
}
