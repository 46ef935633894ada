//! What outlives the program that is killed: the clock, the gateways, the mail server, the store's file or table, and the shopper, who
//! tries again.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader};
use std::os::unix::process::ExitStatusExt;
use std::path::PathBuf;
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, LazyLock, Mutex};
use std::time::Duration;

use axum::body::Bytes;
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, Request};
use catalog::currency::Gateway;
use jiff::{SignedDuration, Timestamp};
use serde_json::Value;
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};

use super::mail;
use crate::doubles::paypal::{CLIENT, Double as PayPalDouble, WEBHOOK_ID};
use crate::doubles::stripe::{KEY, SIGNING_SECRET, StripeDouble};
use crate::gateway::http::{Http, client::Client};
use crate::ports::{Clock, OrderStore};
use crate::shop::STORE_FILE;
use crate::store::sqlite::SqliteStore;
use crate::testing;

/// Where orders are kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kept {
    InFile,
    #[cfg(feature = "dynamodb")]
    InTable,
}

/// A clock that stands until somebody moves it, here as in the program.
struct Standing(AtomicI64);

impl Clock for Standing {
    fn now(&self) -> Timestamp {
        Timestamp::from_second(self.0.load(Ordering::SeqCst)).expect("a time")
    }
}

/// Everything but the program.
pub(super) struct World {
    folder: tempfile::TempDir,
    kept: Kept,
    environment: BTreeMap<String, String>,
    clock: Arc<Standing>,
    pub(super) stripe: StripeDouble,
    pub(super) paypal: PayPalDouble,
    mail: Arc<Mutex<Vec<String>>>,
    client: Client,
    program: tokio::sync::Mutex<Option<Running>>,
    /// At which boundary the program is to end, until it has; 0 for never.
    ends_at: Mutex<usize>,
    /// The boundaries that it has come to before it ended.
    passed: Arc<Mutex<Vec<String>>>,
    #[cfg(feature = "dynamodb")]
    table: Option<crate::store::dynamodb::tests::double::Double>,
}

/// The program at work.
struct Running {
    child: Child,
    address: String,
    /// It ends with this.
    _input: ChildStdin,
}

/// An answer: its status, and its body where that is JSON.
pub(super) type Answered = (u16, Value);

impl World {
    /// A shop that takes money in one way, whose program ends at a boundary.
    pub(super) async fn new(kept: Kept, gateway: Gateway, ends_at: usize) -> Self {
        let clock = Arc::new(Standing(AtomicI64::new(1_780_000_000)));
        let stripe = StripeDouble::start(clock.clone()).await.expect("a stand-in");
        let paypal = PayPalDouble::new(clock.clone());
        let (mail, mail_url) = mail::server().await;
        let folder = lay_out(gateway);
        let path = |name: &str| folder.path().join(name).display().to_string();
        let environment = [
            ("SHOPFRONT_BASE_URL", "https://shop.test".to_owned()),
            ("SHOPFRONT_STORE", path("store")),
            ("SHOPFRONT_BUNDLE", path("bundle")),
            ("SHOPFRONT_DOWNLOADS", path("downloads")),
            ("STRIPE_SECRET_KEY", KEY.to_owned()),
            ("STRIPE_WEBHOOK_SECRET", SIGNING_SECRET.to_owned()),
            ("STRIPE_BASE_FOR_TESTS", stripe.base().to_owned()),
            ("PAYPAL_MODE", "sandbox".to_owned()),
            ("PAYPAL_CLIENT_ID", CLIENT.0.to_owned()),
            ("PAYPAL_CLIENT_SECRET", CLIENT.1.to_owned()),
            ("PAYPAL_WEBHOOK_ID", WEBHOOK_ID.to_owned()),
            ("PAYPAL_ASK_ABOUT_NOTICES", "yes".to_owned()),
            ("PAYPAL_BASE_FOR_TESTS", paypal.serve().await.expect("a stand-in")),
            ("SMTP_URL", mail_url),
        ];
        let world = Self {
            environment: environment.map(|(name, value)| (name.to_owned(), value)).into(),
            folder,
            kept,
            clock,
            stripe,
            paypal,
            mail,
            client: Client::new(),
            program: tokio::sync::Mutex::new(None),
            ends_at: Mutex::new(ends_at),
            passed: Arc::default(),
            #[cfg(feature = "dynamodb")]
            table: None,
        };
        world.with_its_table().await
    }

    #[cfg(feature = "dynamodb")]
    async fn with_its_table(mut self) -> Self {
        use crate::store::dynamodb::tests::double::Double;
        if self.kept == Kept::InTable {
            let table = Double::new().await;
            let told = [
                ("MORTAL_TABLE", table.table()),
                ("AWS_ENDPOINT_URL", crate::doubles::table::endpoint()),
                ("AWS_REGION", "eu-central-1"),
                ("AWS_ACCESS_KEY_ID", "key"),
                ("AWS_SECRET_ACCESS_KEY", "secret"),
            ];
            self.environment.extend(told.map(|(name, value)| (name.to_owned(), value.to_owned())));
            self.table = Some(table);
        }
        self
    }

    #[cfg(not(feature = "dynamodb"))]
    async fn with_its_table(self) -> Self {
        self
    }

    /// The same store, seen from outside of the program.
    pub(super) fn store(&self) -> Arc<dyn OrderStore> {
        match self.kept {
            Kept::InFile => Arc::new(SqliteStore::visit(&self.folder.path().join("store").join(STORE_FILE)).expect("a store")),
            #[cfg(feature = "dynamodb")]
            Kept::InTable => {
                let table = self.table.as_ref().expect("a table");
                Arc::new(crate::store::dynamodb::DynamoStore::visit(table.client(), table.table()))
            }
        }
    }

    pub(super) fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// Time passes for everybody.
    pub(super) async fn pass(&self, time: SignedDuration) {
        self.clock.0.fetch_add(time.as_secs(), Ordering::SeqCst);
        self.insist(Method::POST, &format!("/clock/{}", self.now().as_second()), &HeaderMap::new(), Bytes::new()).await;
    }

    /// The subjects of all mail that was handed over.
    pub(super) fn mail(&self) -> Vec<String> {
        self.mail.lock().expect("unpoisoned").clone()
    }

    /// The boundaries that the program came to before it ended, or all of them.
    pub(super) fn passed(&self) -> Vec<String> {
        self.passed.lock().expect("unpoisoned").clone()
    }

    pub(super) async fn get(&self, path: &str) -> Answered {
        self.insist(Method::GET, path, &HeaderMap::new(), Bytes::new()).await
    }

    pub(super) async fn post(&self, path: &str, body: &Value) -> Answered {
        let headers = [(HeaderName::from_static("content-type"), HeaderValue::from_static("application/json"))];
        self.insist(Method::POST, path, &headers.into_iter().collect(), body.to_string().into()).await
    }

    /// The worker goes round.
    pub(super) async fn sweep(&self) {
        assert_eq!(self.post("/sweep", &Value::Null).await.0, 200);
    }

    /// Sends a request until there is an answer: whoever finds the program dead tries again when it is back.
    pub(super) async fn insist(&self, method: Method, path: &str, headers: &HeaderMap, body: Bytes) -> Answered {
        let mut program = self.program.lock().await;
        loop {
            let address = match &*program {
                Some(running) => running.address.clone(),
                None => {
                    *program = self.start().await;
                    continue;
                }
            };
            let mut request = Request::builder().method(method.clone()).uri(format!("http://{address}{path}"));
            request.headers_mut().expect("a request").extend(headers.clone());
            match self.client.send(request.body(body.clone()).expect("a request"), Duration::from_secs(30)).await {
                Ok(answer) => return (answer.status().as_u16(), serde_json::from_slice(answer.body()).unwrap_or_default()),
                Err(error) => {
                    let running = program.take().expect("it was there");
                    self.bury(running.child, &format!("{method} {path}: {error}"));
                }
            }
        }
    }

    /// Starts the program. `None` where it has ended before it could be reached.
    async fn start(&self) -> Option<Running> {
        let ends_at = std::mem::take(&mut *self.ends_at.lock().expect("unpoisoned"));
        let mut command = Command::new(&*PROGRAM);
        command.env_clear().envs(&self.environment).env("MORTAL_AT", ends_at.to_string());
        command.env("MORTAL_CLOCK", self.now().as_second().to_string());
        let spawned = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null()).spawn();
        let mut child = spawned.unwrap_or_else(|error| panic!("{} does not start: {error}", PROGRAM.display()));
        let mut said = self.listen(&mut child, ends_at);
        let input = child.stdin.take().expect("its input");
        match said.recv().await {
            Some(address) => Some(Running { child, address, _input: input }),
            None => {
                self.bury(child, "its start");
                None
            }
        }
    }

    /// Reads what the program says; its address is passed on, its boundaries are noted if it is the one that is to end, or none is.
    fn listen(&self, child: &mut Child, ends_at: usize) -> UnboundedReceiver<String> {
        let (say, said) = unbounded_channel();
        let output = BufReader::new(child.stdout.take().expect("its output"));
        let passed = self.passed.clone();
        let is_noted = ends_at > 0 || self.passed().is_empty();
        std::thread::spawn(move || {
            for line in output.lines().map_while(Result::ok) {
                match line.strip_prefix("listening ") {
                    Some(address) => drop(say.send(address.to_owned())),
                    None if is_noted => passed.lock().expect("unpoisoned").push(line),
                    None => {}
                }
            }
        });
        said
    }

    /// It has ended as it was meant to.
    fn bury(&self, mut child: Child, during: &str) {
        let passed = self.passed();
        // Its connections break a moment before it has ended.
        for _ in 0..500 {
            if let Some(ended) = child.try_wait().expect("its end") {
                assert_eq!(ended.signal(), Some(9), "{during}: {ended}, after {:?}", passed.last());
                return;
            }
            std::thread::sleep(Duration::from_millis(10));
        }
        panic!("no answer to {during}, and the program is alive, after {:?}", passed.last());
    }
}

/// The program, as this build has made it, or makes it now.
static PROGRAM: LazyLock<PathBuf> = LazyLock::new(|| {
    let here = std::env::current_exe().expect("a program");
    let profile = here.ancestors().nth(2).expect("a folder of programs");
    let mut build = Command::new(env!("CARGO"));
    build.args(["build", "--quiet", "--locked", "--example", "mortal", "--manifest-path"]);
    build.arg(concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml")).arg("--target-dir").arg(profile.parent().expect("a target folder"));
    build.arg(if cfg!(feature = "dynamodb") { "--all-features" } else { "--features=sandbox,server,doubles" });
    if profile.ends_with("release") {
        build.arg("--release");
    }
    assert!(build.status().expect("cargo").success(), "the program does not build");
    profile.join("examples/mortal")
});

/// A folder with a bundle and a download.
#[expect(clippy::disallowed_methods, reason = "the test lays out a shop")]
fn lay_out(gateway: Gateway) -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    let (bundle, downloads) = (folder.path().join("bundle"), folder.path().join("downloads"));
    std::fs::create_dir_all(&bundle).expect("a folder");
    std::fs::create_dir_all(&downloads).expect("a folder");
    std::fs::write(downloads.join("pack.zip"), "PK pack").expect("written");
    let files = testing::bundle(|contents| {
        contents.terms.gateways = vec![gateway];
        contents.terms.contact_email = Some("hello@shop.test".into());
    });
    for (name, bytes) in files {
        std::fs::write(bundle.join(name), bytes).expect("written");
    }
    folder
}
