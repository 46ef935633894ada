//! Asks other sites whether what texts link to is there: a few at once, one at a time for each host, answers kept for days.
#![expect(clippy::disallowed_methods, reason = "the command line is the door to the working folder")]

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::fs;
use std::path::Path;
use std::sync::Mutex;
use std::time::Duration;

use generator::Progress;
use generator::checks::external::{Answer, ExternalLink, Verdict};
use serde::{Deserialize, Serialize};

/// So many hosts are asked at once.
const AT_ONCE: usize = 8;
/// How long an answer may take, redirects included.
const PATIENCE: Duration = Duration::from_secs(20);
/// The most redirects that are followed (the Fetch standard's limit).
const MOST_REDIRECTS: usize = 20;
/// Who asks, so that others can tell us apart and turn us away.
const AGENT: &str = concat!("Mozilla/5.0 (compatible; shopfront/", env!("CARGO_PKG_VERSION"), "; link check)");

/// How links are asked for.
#[derive(Debug, Clone, Copy)]
pub(super) struct Manners {
    /// Between two requests to one host.
    pub(super) pause: Duration,
    /// For so many seconds an answer is good.
    pub(super) max_age_s: i64,
    /// Seconds since 1970.
    pub(super) now: i64,
}

/// An answer, and when it was given.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct Kept {
    /// Seconds since 1970.
    at: i64,
    answer: Answer,
}

/// The answers for all links by address, and how many of them are kept ones. New ones are kept in a file, but for bad ones:
/// whoever corrects a page wants to see it.
pub(super) fn ask(links: &[ExternalLink], file: &Path, manners: Manners, progress: &dyn Progress) -> (BTreeMap<String, Answer>, usize) {
    let mut kept: BTreeMap<String, Kept> = fs::read(file).ok().and_then(|bytes| serde_json::from_slice(&bytes).ok()).unwrap_or_default();
    kept.retain(|_, kept| kept.at <= manners.now && manners.now - kept.at < manners.max_age_s);
    let known: BTreeMap<String, Answer> =
        links.iter().filter_map(|link| Some((link.address().to_owned(), kept.get(link.address())?.answer.clone()))).collect();
    let mut hosts: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for link in links.iter().filter(|link| !known.contains_key(link.address())) {
        hosts.entry(link.host()).or_default().insert(link.address());
    }
    progress.begin("asking other sites", hosts.values().map(BTreeSet::len).sum());
    let (from_cache, mut answers) = (known.len(), known);
    answers.extend(ask_hosts(hosts.into_iter().collect(), manners.pause, progress));
    for (address, answer) in &answers {
        if matches!(answer.verdict(), Verdict::Fine | Verdict::Refused) && !kept.contains_key(address) {
            kept.insert(address.clone(), Kept { at: manners.now, answer: answer.clone() });
        }
    }
    keep(file, &kept);
    (answers, from_cache)
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

fn ask_hosts(hosts: VecDeque<(&str, BTreeSet<&str>)>, pause: Duration, progress: &dyn Progress) -> BTreeMap<String, Answer> {
    let config = ureq::Agent::config_builder()
        .timeout_global(Some(PATIENCE))
        .http_status_as_error(false)
        .max_redirects(0)
        .max_redirects_will_error(false)
        .user_agent(AGENT)
        .build();
    let agent = ureq::Agent::new_with_config(config);
    let (waiting, answers) = (Mutex::new(hosts), Mutex::new(BTreeMap::new()));
    let take = || waiting.lock().expect("no thread panics while it holds the queue").pop_front();
    std::thread::scope(|scope| {
        for _ in 0..AT_ONCE {
            scope.spawn(|| {
                while let Some((_, addresses)) = take() {
                    let mut is_tired = false;
                    for (place, address) in addresses.into_iter().enumerate() {
                        // A host that has had enough is asked for nothing more.
                        let answer = if is_tired {
                            Answer { status: Ok(TOO_MANY), moved_to: None }
                        } else {
                            follow(&agent, address, pause, place > 0)
                        };
                        is_tired |= answer.status == Ok(TOO_MANY);
                        progress.advance();
                        answers.lock().expect("no thread panics while it holds the answers").insert(address.to_owned(), answer);
                    }
                }
            });
        }
    });
    answers.into_inner().expect("no thread panics while it holds the answers")
}

/// `429 Too Many Requests`
const TOO_MANY: u16 = 429;

/// Asks for an address and goes where it is sent.
fn follow(agent: &ureq::Agent, address: &str, pause: Duration, mut has_asked: bool) -> Answer {
    let (mut at, mut for_good) = (address.to_owned(), true);
    for _ in 0..=MOST_REDIRECTS {
        if std::mem::replace(&mut has_asked, true) {
            std::thread::sleep(pause);
        }
        let (status, location) = match one(agent, &at, pause) {
            Ok(found) => found,
            Err(error) => return Answer { status: Err(plain(&error)), moved_to: None },
        };
        let next = location.filter(|_| matches!(status, 301 | 302 | 303 | 307 | 308)).and_then(|location| joined(&at, &location));
        let Some(next) = next else {
            let moved_to = (for_good && at != address).then_some(at);
            return Answer { status: Ok(status), moved_to };
        };
        for_good &= matches!(status, 301 | 308);
        at = next;
    }
    Answer { status: Err("it is sent on without end".to_owned()), moved_to: None }
}

/// The status of an address, and where it sends. Where a server does not like to be asked for the head alone, the whole is
/// asked for and not read.
fn one(agent: &ureq::Agent, address: &str, pause: Duration) -> Result<(u16, Option<String>), ureq::Error> {
    let head = agent.head(address).call()?;
    let status = head.status().as_u16();
    let response = if status < 400 || status == TOO_MANY {
        head
    } else {
        std::thread::sleep(pause);
        agent.get(address).call()?
    };
    let location = response.headers().get("location").and_then(|value| value.to_str().ok()).map(str::to_owned);
    Ok((response.status().as_u16(), location))
}

/// In words that mean the same everywhere.
fn plain(error: &ureq::Error) -> String {
    match error {
        ureq::Error::Timeout(_) => format!("no answer within {} seconds", PATIENCE.as_secs()),
        ureq::Error::HostNotFound => "there is no such host".to_owned(),
        ureq::Error::Io(error) if error.kind() == std::io::ErrorKind::ConnectionRefused => "the connection was refused".to_owned(),
        error => error.to_string(),
    }
}

/// Where a `Location` leads from an address (RFC 9110, 10.2.2); only to the web.
fn joined(from: &str, to: &str) -> Option<String> {
    let (scheme, rest) = from.split_once("://")?;
    let host = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let path = rest[host.len()..].split(['?', '#']).next().unwrap_or_default();
    let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder);
    let to = to.split('#').next().unwrap_or(to);
    Some(if to.starts_with("http://") || to.starts_with("https://") {
        to.to_owned()
    } else if to.starts_with("//") {
        format!("{scheme}:{to}")
    } else if to.starts_with('/') {
        format!("{scheme}://{host}{to}")
    } else if to.is_empty() || to.split('/').next().is_some_and(|first| first.contains(':')) {
        return None;
    } else if to.starts_with('?') {
        format!("{scheme}://{host}{path}{to}")
    } else {
        format!("{scheme}://{host}{folder}/{to}")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn locations_are_joined() {
        for (to, wanted) in [
            ("https://b.example/x", Some("https://b.example/x")),
            ("//b.example/x", Some("https://b.example/x")),
            ("/x?y#z", Some("https://a.example/x?y")),
            ("x", Some("https://a.example/one/x")),
            ("?q=1", Some("https://a.example/one/two?q=1")),
            ("mailto:x@y.example", None),
            ("javascript:alert(1)", None),
            ("", None),
        ] {
            assert_eq!(joined("https://a.example/one/two?three", to).as_deref(), wanted, "{to}");
        }
        assert_eq!(joined("https://a.example", "x").as_deref(), Some("https://a.example/x"));
    }
}
