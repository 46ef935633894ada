//! `shopfront diff REV`

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use anyhow::{Context, Result, bail};
use clap::ValueEnum;
use generator::comparison::{self, Change, Comparison, Snapshot};
use generator::edition::Edition;
use generator::git::{History, Repository, short};
use generator::{Options, Outcome, Route};
use serde_json::json;

use super::Done;
use super::report;
use super::shop::{Shop, Unpublished, now};

/// What was typed.
#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// A branch, a tag or a commit: the shop as it was there is held against the shop as it is here.
    #[arg(value_name = "REV")]
    revision: String,
    /// Show what differs in the texts of changed pages.
    #[arg(long)]
    text: bool,
    #[command(flatten)]
    unpublished: Unpublished,
    /// The moment that decides what is published, for both: `2026-05-01` or an instant in UTC.
    #[arg(long, value_name = "INSTANT")]
    now: Option<String>,
    /// How the differences are shown.
    #[arg(long, value_enum, default_value = "human")]
    format: Format,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// For people.
    Human,
    /// For programs.
    Json,
}

pub(super) fn run(root: &Path, arguments: &Arguments) -> Result<Done> {
    let shop = Shop::find(root)?;
    let repository = Repository::of(&shop.root)?;
    let commit = repository.commit(&arguments.revision)?;
    let folder = tempfile::tempdir().context("a temporary folder cannot be made")?;
    let then = folder.path().join("shop");
    repository.export(&commit, &then)?;
    let Ok(then) = Shop::find(&then) else { bail!("there was no shop.yaml in {}", short(&commit)) };
    let Unpublished { drafts, future } = arguments.unpublished;
    // The same moment for both: what differs is what somebody has changed.
    let now = now(arguments.now.as_deref())?;
    let options = |shop: &Shop| Options { root: shop.root.clone(), drafts, future, now, ..Options::default() };
    // What was there then lies in no repository any more.
    let of_then = Options { history: Some(History::at(&repository, &commit)?), ..options(&then) };
    let (Some(before), Some(after)) = (state(&then, &of_then)?, state(&shop, &options(&shop))?) else {
        eprintln!("a shop with mistakes has no pages to compare; above they are told");
        return Ok(Done::WithMistakes);
    };
    let compared = comparison::compare(&before.snapshot, &after.snapshot);
    let texts = if arguments.text { texts(&before, &after, &compared)? } else { BTreeMap::new() };
    match arguments.format {
        Format::Human => human(&compared, &texts, short(&commit)),
        Format::Json => say!("{}", json(&compared, &texts, &commit)),
    }
    Ok(Done::Well)
}

/// A state of the shop.
struct State {
    edition: Arc<Edition>,
    snapshot: Snapshot,
}

/// A shop's state; `None` where mistakes are in the way, which are told.
fn state(shop: &Shop, options: &Options) -> Result<Option<State>> {
    let outcome = shop.draft(options)?;
    let Some(edition) = outcome.edition.clone() else {
        report::print(&outcome, report::Format::Human, shop);
        return Ok(None);
    };
    match comparison::snapshot(&edition) {
        Ok(snapshot) => Ok(Some(State { edition, snapshot })),
        Err(diagnostics) => {
            report::print(&Outcome { diagnostics, ..outcome }, report::Format::Human, shop);
            Ok(None)
        }
    }
}

/// What differs in the texts of changed pages, by address.
fn texts(before: &State, after: &State, compared: &Comparison) -> Result<BTreeMap<String, String>> {
    let routes = |state: &State| state.edition.routes().into_iter().map(|route| (route.path.clone(), route)).collect::<BTreeMap<_, _>>();
    let (old, new) = (routes(before), routes(after));
    let html = |state: &State, route: &Route| match state.edition.page(route) {
        Ok((html, _)) => Ok(html),
        Err(_) => bail!("`{}` can no longer be made", route.path),
    };
    let mut texts = BTreeMap::new();
    for (path, _) in compared.pages.iter().filter(|(_, change)| *change == Change::Changed) {
        let (Some(old), Some(new)) = (old.get(path), new.get(path)) else { continue };
        texts.insert(path.clone(), comparison::text_difference(&html(before, old)?, &html(after, new)?));
    }
    Ok(texts)
}

fn human(compared: &Comparison, texts: &BTreeMap<String, String>, commit: &str) {
    let count = |wanted: Change| compared.pages.iter().filter(|(_, change)| *change == wanted).count();
    for (path, change) in compared.pages.iter().filter(|(_, change)| *change != Change::Assets) {
        say!("{:<8} {path}", word(*change));
        match texts.get(path).map(String::as_str) {
            Some("") => say!("         the text is the same"),
            Some(text) => text.lines().for_each(|line| say!("         {line}")),
            None => {}
        }
    }
    for (path, change) in &compared.files {
        say!("{:<8} {path} (a file)", word(*change));
    }
    let assets = count(Change::Assets);
    if assets > 0 {
        say!("{assets} more pages differ only in the names of style sheets, scripts or pictures, whose content has changed");
    }
    let (added, removed, changed) = (count(Change::Added), count(Change::Removed), count(Change::Changed));
    let all = added + removed + changed;
    let pages = if all == 1 { "1 page differs".to_owned() } else { format!("{all} pages differ") };
    eprintln!("{pages} from {commit}: {added} added, {removed} removed, {changed} changed");
}

fn word(change: Change) -> &'static str {
    match change {
        Change::Added => "added",
        Change::Removed => "removed",
        Change::Changed => "changed",
        Change::Assets => "assets",
    }
}

fn json(compared: &Comparison, texts: &BTreeMap<String, String>, commit: &str) -> serde_json::Value {
    let page = |(path, change): &(String, Change)| {
        let mut page = json!({"path": path, "change": change});
        if let Some(text) = texts.get(path) {
            page["text"] = text.as_str().into();
        }
        page
    };
    json!({
        "revision": commit,
        "pages": compared.pages.iter().map(page).collect::<Vec<_>>(),
        "files": compared.files.iter().map(page).collect::<Vec<_>>(),
    })
}
