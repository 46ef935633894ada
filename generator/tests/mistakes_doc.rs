//! The page `docs/mistakes.md` is the table of codes, written out; `UPDATE_EXPECTED=1` writes it anew.

#![expect(clippy::disallowed_methods, reason = "a test reads and writes the page")]

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use generator::diagnostic::codes::{Entry, TABLE};
use generator::diagnostic::rules::{Rule, When};

const HEAD: &str = "\
# Mistakes and their cures

Every mistake that Shopfront tells has a code in square brackets, such as `error[E021]`. An error (`E…`) stops a build:
nothing is written. A warning (`W…`) does not. A code never changes its meaning, so it is safe to search for.

`shopfront check` tells all mistakes at once and writes nothing. How to read a message: [the guide for
editors](editors.md#what-a-mistake-looks-like).

This page is made from `generator/src/diagnostic/codes.rs`; do not edit it by hand.
";

/// The first digit of a code, and what its codes are about.
const GROUPS: [(char, &str); 5] = [
    ('0', "What one file says"),
    ('1', "Products, prices, shipping"),
    ('2', "What files say about each other"),
    ('3', "Pictures, style sheets, scripts"),
    ('4', "Templates and themes"),
];

fn page() -> String {
    let mut page = HEAD.to_owned();
    for (digit, about) in GROUPS {
        let _ = write!(page, "\n## {about}\n\n| code | mistake | how it comes about | what to do |\n|---|---|---|---|\n");
        for Entry { code, title, cause, cure } in TABLE.iter().filter(|entry| entry.code.0[1..].starts_with(digit)) {
            let _ = writeln!(page, "| {} | {title} | {cause} | {cure} |", code.0);
        }
    }
    page
}

#[test]
fn the_page_of_mistakes_is_the_table_of_codes() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/mistakes.md");
    let page = page();
    assert!(TABLE.iter().all(|entry| page.contains(&format!("\n| {} |", entry.code.0))), "a code is in none of the groups");
    if std::env::var_os("UPDATE_EXPECTED").is_some() {
        fs::write(&path, &page).expect("the page can be written");
    }
    let published = fs::read_to_string(&path).expect("the page is there");
    assert_eq!(published, page, "run with UPDATE_EXPECTED=1");
}

#[test]
fn the_guide_for_editors_has_every_rule() {
    let guide = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/editors.md")).expect("the guide is there");
    for rule in Rule::ALL {
        let about = rule.about().trim_end_matches('.');
        let about = about[..1].to_lowercase() + &about[1..];
        let when = match rule.when() {
            When::Always => "always",
            When::Check => "`check`",
            When::External => "`check --external`",
        };
        let row = format!("| `{}` | {about} | `{}` | {when} |\n", rule.name(), rule.default_level().name());
        assert!(guide.contains(&row), "the guide lacks this row of its chapter on checks: {row}");
    }
}
