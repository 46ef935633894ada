//! Asks other sites whether what texts link to is there: a few at once, one at a time for each host, answers kept for days.
//! Whom nobody has asked has no answer, and none is made up.
#![expect(clippy::disallowed_methods, reason = "the command line is the door to the working folder, and measures time")]

mod asking;
mod guard;

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::fs;
use std::path::Path;
use std::sync::Mutex;
use std::time::{Duration, Instant};

use generator::Progress;
use generator::checks::external::{Answer, ExternalLink, Verdict};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use asking::{Asking, TOO_MANY};

/// So many hosts are asked at once.
const AT_ONCE: usize = 8;
/// After so long no further address is asked for: the rest is for the next time.
const LONGEST_RUN: Duration = Duration::from_mins(15);

/// How links are asked for.
#[derive(Debug, Clone, Copy)]
pub(super) struct Manners {
    /// Between two requests to one host.
    pub(super) pause: Duration,
    /// How long an address may take, redirects included.
    pub(super) patience: Duration,
    /// For so many seconds an answer is good.
    pub(super) max_age_s: i64,
    /// Whether addresses within this machine's own network are asked for.
    pub(super) local: bool,
}

/// What came of asking.
#[derive(Debug, Default)]
pub(super) struct Asked {
    /// By address.
    pub(super) answers: BTreeMap<String, Answer>,
    /// So many of these are from an earlier time.
    pub(super) kept: usize,
    /// So many addresses were not asked for: their servers have had enough, or do not answer, or the time was up.
    pub(super) left: usize,
}

/// An answer, and when it was given.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct Kept {
    /// Seconds since 1970.
    at: i64,
    answer: Answer,
}

/// The answers for all links. Good ones are kept in a file, and no bad ones: whoever corrects a page wants to see it.
pub(super) fn ask(links: &[ExternalLink], file: &Path, manners: Manners, progress: &dyn Progress) -> Asked {
    // Other sites change by the clock on the wall, whatever moment the shop is built for.
    let now = Timestamp::now().as_second();
    let mut kept: BTreeMap<String, Kept> = fs::read(file).ok().and_then(|bytes| serde_json::from_slice(&bytes).ok()).unwrap_or_default();
    kept.retain(|_, kept| kept.at <= now && now - kept.at < manners.max_age_s);
    let known: BTreeMap<String, Answer> =
        links.iter().filter_map(|link| Some((link.address().to_owned(), kept.get(link.address())?.answer.clone()))).collect();
    let mut hosts: BTreeMap<String, BTreeSet<&str>> = BTreeMap::new();
    for link in links.iter().filter(|link| !known.contains_key(link.address())) {
        hosts.entry(asking::host(link.address())).or_default().insert(link.address());
    }
    let wanted: usize = hosts.values().map(BTreeSet::len).sum();
    progress.begin("asking other sites", wanted);
    let new = ask_hosts(hosts.into_values().collect(), manners, progress);
    let left = wanted - new.len();
    for (address, answer) in new.iter().filter(|(_, answer)| is_worth_keeping(answer)) {
        kept.insert(address.clone(), Kept { at: now, answer: answer.clone() });
    }
    keep(file, &kept);
    let from_cache = known.len();
    Asked { answers: known.into_iter().chain(new).collect(), kept: from_cache, left }
}

/// That a server is too busy says nothing of the page.
fn is_worth_keeping(answer: &Answer) -> bool {
    matches!(answer.verdict(), Verdict::Fine | Verdict::Refused) && answer.status != Ok(TOO_MANY)
}

/// What cannot be kept is asked for again.
fn keep(file: &Path, kept: &BTreeMap<String, Kept>) {
    let partial = file.with_extension("part");
    let bytes = serde_json::to_vec(kept).unwrap_or_default();
    let folder = file.parent().unwrap_or(Path::new("."));
    let written = fs::create_dir_all(folder).and_then(|()| fs::write(&partial, bytes)).and_then(|()| fs::rename(&partial, file));
    if let Err(error) = written {
        eprintln!("warning: the answers cannot be kept in `{}`: {error}", file.display());
    }
}

/// The answers of those that were asked.
fn ask_hosts(hosts: VecDeque<BTreeSet<&str>>, manners: Manners, progress: &dyn Progress) -> BTreeMap<String, Answer> {
    let (asking, began) = (Asking::new(manners), Instant::now());
    let (waiting, answers) = (Mutex::new(hosts), Mutex::new(BTreeMap::new()));
    let take = || waiting.lock().expect("no thread panics while it holds the queue").pop_front();
    std::thread::scope(|scope| {
        for _ in 0..AT_ONCE {
            scope.spawn(|| {
                while let Some(addresses) = take() {
                    for address in addresses {
                        let answer = if began.elapsed() < LONGEST_RUN { asking.follow(address) } else { None };
                        progress.advance();
                        if let Some(answer) = answer {
                            answers.lock().expect("no thread panics while it holds the answers").insert(address.to_owned(), answer);
                        }
                    }
                }
            });
        }
    });
    answers.into_inner().expect("no thread panics while it holds the answers")
}
