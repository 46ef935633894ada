//! `shopfront translations`

use std::path::Path;

use anyhow::{Result, bail};
use clap::ValueEnum;
use generator::Options;
use generator::diagnostic::nearest;
use generator::git::{Changes, Repository};
use generator::translations::{self, Row, Standing};
use serde_json::json;

use super::Done;
use super::report;
use super::shop::{Shop, now};

/// What was typed.
#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// One language alone.
    #[arg(long, value_name = "TAG")]
    language: Option<String>,
    /// What is translated too.
    #[arg(long)]
    all: bool,
    /// Drafts too.
    #[arg(long)]
    drafts: bool,
    /// How the report is written.
    #[arg(long, value_enum, default_value = "table")]
    format: Format,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// For people.
    Table,
    /// For programs.
    Json,
}

pub(super) fn run(root: &Path, arguments: &Arguments) -> Result<Done> {
    let shop = Shop::find(root)?;
    let options = Options { root: shop.root.clone(), drafts: arguments.drafts, now: now(None)?, ..Options::default() };
    let (outcome, mut memory) = shop.draft_and_memory(&options)?;
    if outcome.has_errors() {
        return Ok(report::print(&outcome, report::Format::Human, &shop));
    }
    let parsed = memory.with_rows(&outcome.sources);
    let rows = translations::rows(&parsed, arguments.drafts, &changes(&shop));
    let languages: Vec<&str> = languages(&rows);
    if languages.is_empty() {
        eprintln!("the shop has one language; `languages: [en, de]` in shop.yaml adds another");
    }
    if let Some(wanted) = arguments.language.as_deref().filter(|wanted| !languages.contains(wanted)) {
        match nearest(wanted, languages.iter().copied()) {
            Some(near) => bail!("`{wanted}` is no language into which the shop is translated; did you mean `{near}`?"),
            None => bail!("`{wanted}` is no language into which the shop is translated; these are: {}", languages.join(", ")),
        }
    }
    let is_wanted = |row: &&Row| arguments.language.as_deref().is_none_or(|wanted| row.language == wanted);
    let wanted: Vec<&Row> = rows.iter().filter(is_wanted).collect();
    let shown: Vec<&Row> = wanted.iter().copied().filter(|row| arguments.all || row.standing != Standing::Translated).collect();
    match arguments.format {
        Format::Table => {
            for Row { language, standing, kind, file, title, .. } in shown {
                say!("{language:<8} {:<13} {kind:<11} {file}  {title}", word(*standing));
            }
        }
        Format::Json => say!("{}", serde_json::to_string_pretty(&json!(shown))?),
    }
    for language in languages.iter().filter(|language| arguments.language.as_deref().is_none_or(|wanted| wanted == **language)) {
        eprintln!("{}", count(&wanted, language));
    }
    Ok(Done::Well)
}

/// When files were changed last; nothing where git does not know, which is told.
fn changes(shop: &Shop) -> Changes {
    let read = || -> Result<Changes> {
        let repository = Repository::of(&shop.root)?;
        if repository.is_shallow()? {
            bail!("the history is cut off (a shallow clone)");
        }
        Ok(repository.changes()?)
    };
    read().unwrap_or_else(|error| {
        eprintln!("note: which translations are older than their originals is not known: {error:#}");
        Changes::new()
    })
}

/// Each language once, in the shop's order.
fn languages(rows: &[Row]) -> Vec<&str> {
    let mut languages: Vec<&str> = rows.iter().map(|row| row.language.as_str()).collect();
    languages.dedup();
    languages
}

fn word(standing: Standing) -> &'static str {
    match standing {
        Standing::Untranslated => "untranslated",
        Standing::Draft => "draft",
        Standing::Older => "older",
        Standing::Partly => "partly",
        Standing::Translated => "translated",
    }
}

/// `de: 30 of 34 translated, 1 older than its original, 3 untranslated`
fn count(rows: &[&Row], language: &str) -> String {
    let of = |wanted: Standing| rows.iter().filter(|row| row.language == language && row.standing == wanted).count();
    let all = rows.iter().filter(|row| row.language == language).count();
    let parts = [
        (Standing::Older, "older than the original"),
        (Standing::Partly, "partly"),
        (Standing::Draft, "as a draft"),
        (Standing::Untranslated, "untranslated"),
    ];
    let parts = parts.iter().map(|(standing, words)| (of(*standing), words)).filter(|(count, _)| *count > 0);
    let rest: String = parts.map(|(count, words)| format!(", {count} {words}")).collect();
    format!("{language}: {} of {all} translated{rest}", of(Standing::Translated))
}
