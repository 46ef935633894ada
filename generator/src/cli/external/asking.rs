//! Requests to other sites: one at a time for each host, whoever sends there; within a time; and no more to a host that has had enough.
#![expect(clippy::disallowed_methods, reason = "time is measured in cli/")]

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use generator::checks::external::Answer;
use ureq::http::Response;
use ureq::unversioned::transport::DefaultConnector;
use ureq::{Agent, Body};
use url::Url;

use super::Manners;
use super::guard::{self, Guard, LOCAL};

/// The most redirects that are followed (the Fetch standard's limit).
const MOST_REDIRECTS: usize = 20;
/// A host that has been silent so often is not asked again.
const MOST_SILENCES: u8 = 2;
/// The longest wait that a server may ask for.
const LONGEST_WAIT: Duration = Duration::from_secs(10);
/// `429 Too Many Requests`
pub(super) const TOO_MANY: u16 = 429;
/// Who asks, so that others can tell us apart and turn us away.
const AGENT: &str = concat!("Mozilla/5.0 (compatible; shopfront/", env!("CARGO_PKG_VERSION"), "; link check)");

/// Asks, and remembers how the hosts are.
pub(super) struct Asking {
    agent: Agent,
    manners: Manners,
    hosts: Mutex<BTreeMap<String, Arc<Mutex<Host>>>>,
}

/// How a host is. Whoever holds it asks it.
#[derive(Debug, Default)]
struct Host {
    /// When it was asked last.
    asked: Option<Instant>,
    /// How often in a row it has not answered.
    silences: u8,
    /// It wants to be asked for nothing more, or never answers.
    has_had_enough: bool,
    /// Why there is no such host.
    missing: Option<String>,
}

/// Why there is no status.
enum Stop {
    /// Nobody was asked.
    NotAsked,
    /// For this reason.
    Failed(String),
}

#[derive(Clone, Copy)]
enum Method {
    Head,
    Get,
}

/// The host of an address, with its port: what cannot be read is a host of its own.
pub(super) fn host(address: &str) -> String {
    Url::parse(address).map_or_else(|_| address.to_owned(), |url| host_of(&url))
}

fn host_of(url: &Url) -> String {
    format!("{}:{}", url.host_str().unwrap_or_default(), url.port_or_known_default().unwrap_or_default())
}

impl Asking {
    pub(super) fn new(manners: Manners) -> Self {
        let config =
            Agent::config_builder().http_status_as_error(false).max_redirects(0).max_redirects_will_error(false).user_agent(AGENT).build();
        let agent = Agent::with_parts(config, DefaultConnector::default(), Guard::new(manners.local));
        Self { agent, manners, hosts: Mutex::default() }
    }

    /// Asks for an address and goes where it is sent; `None` where that was not done.
    pub(super) fn follow(&self, address: &str) -> Option<Answer> {
        let failed = |why: String| Some(Answer { status: Err(why), moved_to: None });
        let first = match web_address(address) {
            Ok(url) => url,
            Err(why) => return failed(why),
        };
        let (mut at, mut for_good, mut left) = (first.clone(), true, self.manners.patience);
        for _ in 0..=MOST_REDIRECTS {
            let (status, location) = match self.one(&at, &mut left) {
                Ok(found) => found,
                Err(Stop::NotAsked) => return None,
                Err(Stop::Failed(why)) => return failed(why),
            };
            let next = location.filter(|_| matches!(status, 301 | 302 | 303 | 307 | 308)).and_then(|location| next(&at, &location));
            let Some(next) = next else {
                let moved_to = (for_good && at != first).then(|| at.to_string());
                return Some(Answer { status: Ok(status), moved_to });
            };
            for_good &= matches!(status, 301 | 308);
            at = next;
        }
        failed("it is sent on without end".to_owned())
    }

    /// The status of an address, and where it sends. Where a server does not like to be asked for the head alone, the whole is
    /// asked for and not read.
    fn one(&self, url: &Url, left: &mut Duration) -> Result<(u16, Option<String>), Stop> {
        if !self.manners.local && guard::is_local(url) {
            return Err(Stop::Failed(LOCAL.to_owned()));
        }
        let host = Arc::clone(self.hosts.lock().expect("no thread panics while it holds the hosts").entry(host_of(url)).or_default());
        let mut host = host.lock().expect("no thread panics while it asks a host");
        if let Some(why) = &host.missing {
            return Err(Stop::Failed(why.clone()));
        }
        let mut response = self.request(&mut host, Method::Head, url, left)?;
        if response.status().as_u16() >= 400 && response.status() != TOO_MANY {
            response = self.request(&mut host, Method::Get, url, left)?;
        }
        let location = response.headers().get("location").map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned());
        Ok((response.status().as_u16(), location))
    }

    fn request(&self, host: &mut Host, method: Method, url: &Url, left: &mut Duration) -> Result<Response<Body>, Stop> {
        let mut has_waited = false;
        loop {
            if host.has_had_enough {
                return Err(Stop::NotAsked);
            }
            if left.is_zero() {
                return Err(Stop::Failed(self.late()));
            }
            if let Some(asked) = host.asked {
                std::thread::sleep(self.manners.pause.saturating_sub(asked.elapsed()));
            }
            let began = Instant::now();
            let request = match method {
                Method::Head => self.agent.head(url.as_str()),
                Method::Get => self.agent.get(url.as_str()),
            };
            let made = request.config().timeout_global(Some(*left)).build().call();
            host.asked = Some(Instant::now());
            *left = left.saturating_sub(began.elapsed());
            let response = made.map_err(|error| self.failed(host, &error))?;
            host.silences = 0;
            if response.status() != TOO_MANY {
                return Ok(response);
            }
            let Some(wait) = wait(&response).filter(|wait| !has_waited && *wait <= LONGEST_WAIT) else {
                host.has_had_enough = true;
                return Ok(response);
            };
            std::thread::sleep(wait);
            has_waited = true;
        }
    }

    /// Why nothing came back, in words that mean the same everywhere; and what that says of the host.
    fn failed(&self, host: &mut Host, error: &ureq::Error) -> Stop {
        let is_refused = matches!(error, ureq::Error::Io(error) if error.kind() == std::io::ErrorKind::ConnectionRefused);
        if is_refused || matches!(error, ureq::Error::Timeout(_)) {
            host.silences += 1;
            host.has_had_enough = host.silences >= MOST_SILENCES;
        }
        Stop::Failed(match error {
            ureq::Error::Timeout(_) => self.late(),
            ureq::Error::HostNotFound => {
                let why = "there is no such host".to_owned();
                host.missing = Some(why.clone());
                why
            }
            ureq::Error::Io(error) if error.kind() == std::io::ErrorKind::PermissionDenied => LOCAL.to_owned(),
            _ if is_refused => "the connection was refused".to_owned(),
            error => error.to_string(),
        })
    }

    fn late(&self) -> String {
        format!("no answer within {} seconds", self.manners.patience.as_secs_f32())
    }
}

/// How long a server asks to be left alone, where it says so in seconds (RFC 9110, 10.2.3).
fn wait(response: &Response<Body>) -> Option<Duration> {
    let seconds = response.headers().get("retry-after")?.to_str().ok()?.trim().parse().ok()?;
    Some(Duration::from_secs(seconds))
}

/// An address as it is asked for; the error says why it is not.
fn web_address(address: &str) -> Result<Url, String> {
    let mut url = Url::parse(address).map_err(|error| format!("it is no address: {error}"))?;
    url.set_fragment(None);
    if !url.username().is_empty() || url.password().is_some() {
        return Err("it has a name or a password in it, which nobody should publish".to_owned());
    }
    Ok(url)
}

/// Where a `Location` leads from an address (RFC 9110, 10.2.2): to the web alone, and not from a safe connection to an open one.
fn next(from: &Url, to: &str) -> Option<Url> {
    if to.is_empty() {
        return None;
    }
    let mut url = from.join(to).ok()?;
    let is_web = url.scheme() == "https" || url.scheme() == "http" && from.scheme() == "http";
    url.set_fragment(None);
    (is_web && url.username().is_empty() && url.password().is_none()).then_some(url)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn locations_lead_where_browsers_go() {
        let from = Url::parse("https://a.example/one/two?three").expect("an address");
        for (to, wanted) in [
            ("https://b.example/x", Some("https://b.example/x")),
            ("//b.example/x", Some("https://b.example/x")),
            ("/x?y#z", Some("https://a.example/x?y")),
            ("x", Some("https://a.example/one/x")),
            ("../new", Some("https://a.example/new")),
            ("./a/../b", Some("https://a.example/one/b")),
            ("?q=1", Some("https://a.example/one/two?q=1")),
            ("/ö", Some("https://a.example/%C3%B6")),
            ("https://MÜLLER.example/", Some("https://xn--mller-kva.example/")),
            ("http://b.example/", None),
            ("https://me:secret@b.example/", None),
            ("mailto:x@y.example", None),
            ("javascript:alert(1)", None),
            ("", None),
        ] {
            assert_eq!(next(&from, to).map(String::from).as_deref(), wanted, "{to}");
        }
    }

    #[test]
    fn addresses_are_asked_for_as_servers_know_them() {
        for (address, wanted) in [
            ("https://müller.example/ö?ü#part", "https://xn--mller-kva.example/%C3%B6?%C3%BC"),
            ("https://m%C3%BCller.example/", "https://xn--mller-kva.example/"),
            ("HTTP://A.Example:80", "http://a.example/"),
        ] {
            assert_eq!(web_address(address).map(String::from).as_deref(), Ok(wanted));
        }
        assert!(web_address("https://me@a.example/").is_err() && web_address("https://").is_err());
        assert_eq!((host("http://A.example/x"), host("http://a.EXAMPLE:80/y")), ("a.example:80".to_owned(), "a.example:80".to_owned()));
    }
}
