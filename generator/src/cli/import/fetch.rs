//! Pictures from their addresses.
#![expect(clippy::disallowed_methods, reason = "the command line writes the files that it is asked to make")]

use std::io::Read;
use std::path::PathBuf;
use std::time::Duration;

use anyhow::{Result, bail};
use generator::import::{self, Import};

use super::keep;
use crate::cli::shop::Shop;

/// The largest picture that is fetched, in bytes.
const MOST_BYTES: u64 = 25 * 1024 * 1024;
/// How long one picture may take.
const PATIENCE: Duration = Duration::from_secs(30);

/// Fetches what is not there yet; what fails keeps its address, and can be tried again.
pub(super) fn fetch_all(shop: &Shop, import: &Import) -> Result<()> {
    let agent: ureq::Agent = ureq::Agent::config_builder().timeout_global(Some(PATIENCE)).build().into();
    let (mut done, mut failed) = (0, 0);
    for download in import::plan_downloads(import) {
        let missing: Vec<PathBuf> = download.files.iter().map(|file| shop.root.join(file)).filter(|path| !path.is_file()).collect();
        if missing.is_empty() {
            continue;
        }
        match fetch(&agent, &download.url) {
            Ok(bytes) => {
                for path in missing {
                    keep(&path, &bytes)?;
                }
                done += 1;
            }
            Err(error) => {
                eprintln!("warning: {}: {error:#}; the address stays", download.url);
                failed += 1;
            }
        }
    }
    say!("{done} pictures fetched, {failed} failed");
    Ok(())
}

fn fetch(agent: &ureq::Agent, url: &str) -> Result<Vec<u8>> {
    let mut response = agent.get(url).call()?;
    let mut bytes = Vec::new();
    response.body_mut().as_reader().take(MOST_BYTES + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > MOST_BYTES {
        bail!("it is larger than {} MB", MOST_BYTES / 1024 / 1024);
    }
    imaging::check(&bytes)?;
    Ok(bytes)
}
