//! A double of DynamoDB: the program in `dynamodb-double/`, which has a lock file of its own because it brings another version
//! of SQLite; and the way to it, on which things can go wrong.

use std::io::{BufRead, BufReader};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;

use aws_config::{BehaviorVersion, Region, SdkConfig};
use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::config::{Credentials, SharedCredentialsProvider};

pub use self::way::{Injected, Met, Way};
use crate::store::dynamodb;
use crate::watch::OnFigure;

mod way;

/// A double. It ends when this is dropped, or with this process, because its input does.
pub struct TableDouble {
    endpoint: String,
    _program: Child,
}

/// Where a double listens; one for all of this process, begun at the first call.
pub fn endpoint() -> &'static str {
    static RUNNING: OnceLock<TableDouble> = OnceLock::new();
    RUNNING.get_or_init(TableDouble::start).endpoint()
}

/// What the double is asked with.
pub fn credentials() -> Credentials {
    Credentials::new("key", "secret", None, None, "test")
}

/// A client of a double that goes this way, as programs make theirs. Each try is measured where somebody wants to know.
pub fn client(endpoint: &str, way: &Way, on_figure: Option<&OnFigure>) -> Client {
    let environment = SdkConfig::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::new("eu-central-1"))
        .credentials_provider(SharedCredentialsProvider::new(credentials()))
        .endpoint_url(endpoint)
        .http_client(way.clone());
    dynamodb::client_of(&environment.build(), on_figure)
}

impl TableDouble {
    /// Builds it and starts it on a free port.
    #[expect(clippy::disallowed_methods, reason = "the target folder is recognized by its tag")]
    pub fn start() -> Self {
        let here = std::env::current_exe().expect("a program");
        let target = here.ancestors().find(|folder| folder.join("CACHEDIR.TAG").exists()).expect("a target folder").join("dynamodb-double");
        let manifest = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../dynamodb-double/Cargo.toml");
        let mut build = Command::new(env!("CARGO"));
        build.args(["build", "--quiet", "--locked", "--manifest-path"]).arg(manifest).arg("--target-dir").arg(&target);
        // As fast as what is measured with it.
        let (profile, folder) = if cfg!(debug_assertions) { ("dev", "debug") } else { ("release", "release") };
        build.args(["--profile", profile]);
        assert!(build.status().expect("cargo").success(), "the double does not build");
        let mut start = Command::new(target.join(folder).join("dynamodb-double"));
        let mut child = start.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().expect("the double starts");
        let mut port = String::new();
        BufReader::new(child.stdout.take().expect("its output")).read_line(&mut port).expect("its port");
        let endpoint = format!("http://127.0.0.1:{}", port.trim());
        Self { endpoint, _program: child }
    }

    /// Where it listens.
    pub fn endpoint(&self) -> &str {
        &self.endpoint
    }
}
