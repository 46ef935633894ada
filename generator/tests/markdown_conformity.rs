//! Markdown against examples made by others: the `CommonMark` and GFM specifications, and real
//! posts. They are read from beside the project (or from `SHOPFRONT_TEST_DATA`), never copied into
//! it; without them these tests say so and pass.
#![allow(clippy::disallowed_methods, clippy::unwrap_used, reason = "a test reads its data and panics where that is damaged")]

use generator::parse::markdown::{AsWritten, Markdown, Options, parse, to_html};
use serde_json::Value;
use std::fs;
use std::path::PathBuf;

mod normalise;
use normalise::normalise;

/// A file or folder of the test data, if there is any.
fn data(path: &str) -> Option<PathBuf> {
    let root = std::env::var_os("SHOPFRONT_TEST_DATA")
        .map_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../shared/data"), PathBuf::from);
    let found = root.join(path);
    if found.exists() {
        return Some(found);
    }
    println!("skipped: there is no {}", found.display());
    None
}

/// The examples of a specification: number, Markdown, HTML.
fn examples(path: &str) -> Vec<(u64, String, String)> {
    let Some(file) = data(path) else { return Vec::new() };
    let json: Value = serde_json::from_str(&fs::read_to_string(file).unwrap()).unwrap();
    let list = json.as_array().or_else(|| json["tests"].as_array()).expect("a list of examples");
    let text = |example: &Value, key: &str| example[key].as_str().unwrap().to_owned();
    list.iter().map(|example| (example["example"].as_u64().unwrap(), text(example, "markdown"), text(example, "html"))).collect()
}

/// The HTML with links and pictures as they were written.
fn html(markdown: &Markdown) -> String {
    to_html(markdown, &AsWritten::of(markdown))
}

#[test]
fn commonmark_0_31_2() {
    let examples = examples("markdown/commonmark-0.31.2.json");
    let (mut identical, mut wrong) = (0, Vec::new());
    for (number, markdown, expected) in &examples {
        let actual = html(&parse(markdown, &Options::commonmark()));
        if actual == *expected {
            identical += 1;
        } else if normalise(&actual) != normalise(expected) {
            wrong.push(format!("example {number}: {markdown:?}\n  expected {expected:?}\n  actual   {actual:?}"));
        }
    }
    println!("{identical} of {} examples are equal byte for byte", examples.len());
    assert!(wrong.is_empty(), "{} wrong:\n{}", wrong.len(), wrong.join("\n"));
}

/// Examples of GFM that shops differ from, and why.
const DEVIATIONS: &[(u64, &str)] =
    &[(653, "GFM shows nine elements as text; shops show two, <style> and <script>, which the site's policy blocks, and leave others out")];
/// What shops add to GFM's HTML, taken away again: the group around a table, the label of a task;
/// and alignment by class is GFM's by attribute.
fn as_gfm(html: &str) -> String {
    let mut gfm = html.replace("<li class=\"task\">", "<li>").replace("<label>", "").replace("</label>", "");
    while let Some(start) = gfm.find("<div class=\"table-scroll\"") {
        let end = start + gfm[start..].find('>').unwrap() + 1;
        gfm.replace_range(start..end, "");
    }
    gfm = gfm.replace("</table>\n</div>", "</table>");
    for side in ["left", "center", "right"] {
        gfm = gfm.replace(&format!("class=\"align-{side}\""), &format!("align=\"{side}\""));
    }
    gfm
}

#[test]
fn gfm_extensions() {
    let options = Options { smart: false, heading_ids: false, highlight: false, ..Options::ours() };
    let mut wrong = Vec::new();
    for (number, markdown, expected) in examples("markdown/gfm-extensions.json") {
        let actual = as_gfm(&html(&parse(&markdown, &options)));
        let equal = normalise(&actual) == normalise(&expected);
        let deviation = DEVIATIONS.iter().find(|(deviant, _)| *deviant == number);
        match (equal, deviation) {
            (true, Some(_)) => wrong.push(format!("example {number} is listed as a deviation, but is equal")),
            (false, None) => wrong.push(format!("example {number}: {markdown:?}\n  expected {expected:?}\n  actual   {actual:?}")),
            _ => {}
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn real_posts_keep_their_braces() {
    let Some(folder) = data("content/jekyll-posts") else { return };
    let mut with_braces = 0;
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let source = fs::read_to_string(&path).unwrap();
        let body = source.splitn(3, "---\n").nth(2).expect("front matter");
        let markdown = parse(body, &Options::ours());
        // Whatever holds a place is text that the page shows, or the target of a link.
        let shown = to_html(&markdown, &AsWritten::of(&markdown));
        let visible = normalise::text(&(shown.clone() + &markdown.images.iter().map(|image| format!("{image:?}")).collect::<String>()))
            .replace("%7B", "{")
            .replace("%7D", "}")
            .replace("%25", "%");
        for braces in ["{{", "}}", "{%", "%}"] {
            let written = body.matches(braces).count();
            with_braces += usize::from(written > 0);
            assert!(visible.matches(braces).count() >= written, "{}: {braces} got lost", path.display());
        }
        assert!(!shown.contains(" style=") && !shown.contains("<script") && !shown.contains("<style"));
        for (start, end) in markdown.links.iter().map(|link| link.span) {
            assert!(body.get(start as usize..end as usize).is_some_and(|text| !text.is_empty()));
        }
    }
    assert!(with_braces > 39, "only {with_braces} posts hold braces");
}
