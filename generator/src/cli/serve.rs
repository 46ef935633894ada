//! `shopfront serve`: the preview, the checkout with test payments, and the build in a loop.

use std::io::ErrorKind;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, anyhow, bail};
use checkout_fn::{MemoryBundle, Settings};
use generator::admin;
use generator::cache::{self, Memory};
use generator::diagnostic::Diagnostic;
use generator::diagnostic::rules::Levels;
use generator::edition::{Edition, Proof};
use generator::preview::{self, Preview, Wake};
use generator::source::{self, Sources};
use generator::{BuildError, Options, Outcome, Silent};
use tokio::net::TcpListener;

use super::Done;
use super::report::{self, Bar, Format};
use super::shop::{Shop, Unpublished, now, save};

/// What was typed.
#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// The port on 127.0.0.1; 0 takes a free one.
    #[arg(long, default_value_t = 4000)]
    port: u16,
    #[command(flatten)]
    unpublished: Unpublished,
    /// Let the header `X-Shopfront-Client` name the client, for tests of many shoppers on one machine.
    #[arg(long, hide = true)]
    trust_client_header: bool,
    /// How long an unpaid order holds its goods, in seconds, for tests.
    #[arg(long, hide = true, value_name = "SECONDS")]
    hold: Option<i64>,
}

pub(super) fn run(root: &Path, arguments: &Arguments) -> Result<Done> {
    let shop = Shop::find(root)?;
    let runtime = tokio::runtime::Runtime::new()?;
    runtime.block_on(serve(shop, arguments))?;
    // Requests that are still open, such as a browser waiting for changes, do not keep the program alive.
    runtime.shutdown_timeout(Duration::from_millis(200));
    Ok(Done::Well)
}

async fn serve(shop: Shop, arguments: &Arguments) -> Result<()> {
    let listener = listen(arguments.port).await?;
    let base_url = format!("http://{}", listener.local_addr()?);
    let preview = Preview::new(shop.pictures());
    let bundle = Arc::new(MemoryBundle::new(std::collections::BTreeMap::new()));
    let mut studio = Studio::new(shop.clone(), arguments, &base_url, preview.clone(), Arc::clone(&bundle))?;
    studio.open();
    let base_path = studio.base_path.clone();

    let mut settings = Settings::new(shop.store(), shop.downloads(), format!("{base_url}{base_path}"));
    settings.trust_client_header = arguments.trust_client_header;
    settings.on_order = Some(Arc::new(|event| println!("{event}")));
    if let Some(seconds) = arguments.hold {
        settings.hold = jiff::SignedDuration::from_secs(seconds);
        settings.sweep_every = Duration::from_secs(1);
    }
    let checkout = checkout_fn::open(settings, bundle).map_err(|error| anyhow!(error.to_string()))?;
    let name = studio.name().to_owned();
    let api = studio.api.clone();
    let studio = Shared { studio: Arc::new(Mutex::new(studio)), waiting: Arc::default() };
    let desk = admin::Desk::new(shop.root.clone(), Box::new(studio.clone()));
    let router = preview.router().nest(&api, checkout.router()).merge(admin::routes(&preview, desk, &base_path));
    let router = preview::guard(&preview, router).into_make_service_with_connect_info::<SocketAddr>();

    println!("{name} is at {base_url}{base_path}/ (test payments; press Ctrl+C to stop)");
    println!("edit it at {base_url}{base_path}/{}/", admin::FOLDER);
    let worker = tokio::spawn(async move { checkout.run().await });
    let root = shop.root.clone();
    let watching = std::thread::spawn(move || preview::watch(&root, |wake| studio.rebuild(wake)));
    tokio::select! {
        served = axum::serve(listener, router).into_future() => served.context("the preview stopped")?,
        stopped = tokio::signal::ctrl_c() => stopped?,
        ended = tokio::task::spawn_blocking(move || watching.join()) => {
            match ended {
                Ok(Ok(Err(error))) => bail!("the shop's folder cannot be watched: {error}"),
                Ok(Err(panic)) => std::panic::resume_unwind(panic),
                _ => {}
            }
        }
    }
    worker.abort();
    Ok(())
}

async fn listen(port: u16) -> Result<TcpListener> {
    let address = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
    match TcpListener::bind(address).await {
        Ok(listener) => Ok(listener),
        Err(error) if error.kind() == ErrorKind::AddrInUse => {
            bail!("port {port} is in use; try `--port {}`, or `--port 0` for any free one", port.saturating_add(1))
        }
        Err(error) => Err(error).with_context(|| format!("cannot listen at {address}")),
    }
}

/// The build loop's studio, which the editor in the browser borrows.
#[derive(Clone)]
struct Shared {
    studio: Arc<Mutex<Studio>>,
    /// How many wait to borrow it.
    waiting: Arc<AtomicUsize>,
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, Studio> {
        self.studio.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A step of the loop. Whoever waits is let in before all pages are made.
    fn rebuild(&self, wake: &Wake<'_>) -> Option<Duration> {
        let is_over = || (wake.is_over)() || self.waiting.load(Ordering::Relaxed) > 0;
        self.lock().rebuild(&Wake { is_over: &is_over, ..*wake })
    }
}

impl admin::Drafts for Shared {
    fn lend(&self, work: &mut dyn FnMut(&Options, &mut Memory) -> Result<(), BuildError>) -> Result<(), BuildError> {
        self.waiting.fetch_add(1, Ordering::Relaxed);
        let mut studio = self.lock();
        self.waiting.fetch_sub(1, Ordering::Relaxed);
        let Studio { shop, options, memory, .. } = &mut *studio;
        let _lock = cache::lock(&shop.working_folder())?;
        work(options, memory)
    }
}

/// How soon pages are made further that were left for a borrower.
const SOON: Duration = Duration::from_millis(20);

/// The build loop: what it remembers, and where its results go.
struct Studio {
    shop: Shop,
    options: Options,
    profile: PathBuf,
    memory: Memory,
    /// Makes the pages that nobody has asked for, so that what a browser asks for never waits for them: the first time, a picture of each
    /// product is decoded.
    apart: rayon::ThreadPool,
    preview: Preview,
    bundle: Arc<MemoryBundle>,
    /// What is shown; `None` where a mistake is in the way.
    edition: Option<Arc<Edition>>,
    /// Whether all its pages are known to be without mistakes.
    is_proven: bool,
    /// Whether its links were followed.
    is_followed: bool,
    /// Whether what is remembered was kept for the next start.
    is_saved: bool,
    /// The shop's choice of what becomes of what rules find.
    levels: Levels,
    /// Until when it is right.
    next_change: Option<i64>,
    base_path: String,
    api: String,
    name: String,
}

impl Studio {
    fn new(shop: Shop, arguments: &Arguments, base_url: &str, preview: Preview, bundle: Arc<MemoryBundle>) -> Result<Self> {
        let options = Options {
            root: shop.root.clone(),
            base_url: Some(base_url.to_owned()),
            drafts: arguments.unpublished.drafts,
            future: arguments.unpublished.future,
            now: now(None)?,
            ..Options::default()
        };
        let profile = shop.profile(&options, "memory");
        let memory = Memory::load(&profile);
        Ok(Self {
            apart: rayon::ThreadPoolBuilder::new().build()?,
            shop,
            options,
            profile,
            memory,
            preview,
            bundle,
            edition: None,
            is_proven: false,
            is_followed: false,
            is_saved: false,
            levels: Levels::default(),
            next_change: None,
            base_path: String::new(),
            api: "/api".to_owned(),
            name: "the shop".to_owned(),
        })
    }

    fn name(&self) -> &str {
        &self.name
    }

    /// Drafts the shop for the first time and shows it. Its pages are proven by the first [`Studio::rebuild`].
    fn open(&mut self) {
        let opened = self.shop.lock().and_then(|_lock| {
            let sources = generator::read(&self.options, &self.memory, &Silent)?;
            self.show(sources)
        });
        if let Some(edition) = &self.edition {
            self.hand_over(edition);
        }
        match opened {
            Ok(outcome) => drop(report::print(&outcome, Format::Human, &self.shop)),
            Err(error) => eprintln!("error: {error:#}"),
        }
    }

    /// One step of the loop; answers how long it is until the site changes by itself. Whatever goes wrong is told,
    /// and the last good site stays.
    fn rebuild(&mut self, wake: &Wake<'_>) -> Option<Duration> {
        if let Err(error) = self.step(wake) {
            eprintln!("error: {error:#}");
        }
        if self.edition.is_some() && !(self.is_proven && self.is_followed) {
            return Some(SOON);
        }
        let next = self.next_change.map(|at| at.saturating_sub(self.options.now).max(1));
        next.and_then(|seconds| u64::try_from(seconds).ok()).map(Duration::from_secs)
    }

    #[expect(clippy::disallowed_methods, reason = "the command line is the door to the clock")]
    fn step(&mut self, wake: &Wake<'_>) -> Result<()> {
        let began = Instant::now();
        let _lock = self.shop.lock()?;
        self.options.now = now(None)?;
        // What the watcher names is looked at first, and everything after it: the watcher decides nothing.
        let mut outcome = None;
        let named = self.memory.sources.clone().and_then(|before| source::refresh(&self.shop.root, &before, wake.paths));
        if let Some(sources) = named.filter(|sources| self.is_news(sources)) {
            outcome = Some(self.show(sources)?);
        }
        let sources = generator::read(&self.options, &self.memory, &Silent)?;
        if self.is_news(&sources) {
            outcome = Some(self.show(sources)?);
        }
        if let Some(outcome) = &outcome {
            report::print(outcome, Format::Human, &self.shop);
        }
        let Some(edition) = self.edition.clone().filter(|_| !self.is_proven || !self.is_followed) else { return Ok(()) };
        if !self.is_proven && !self.prove(&edition, wake, began) {
            return Ok(());
        }
        if !self.is_followed {
            self.tell_of_links(&edition, wake);
        }
        if self.is_followed && !self.is_saved {
            save(&mut self.memory, &self.profile);
            self.is_saved = true;
        }
        Ok(())
    }

    /// Makes all pages of an edition, and gives it to the checkout where that was possible. Whether it was.
    fn prove(&mut self, edition: &Arc<Edition>, wake: &Wake<'_>, began: Instant) -> bool {
        let Self { apart, memory, .. } = self;
        let made = apart.install(|| {
            if wake.is_first { edition.prove(memory, &Bar::new(false), wake.is_over) } else { edition.prove(memory, &Silent, wake.is_over) }
        });
        match made {
            // Another change has come; its own step goes over the pages.
            Proof::Stopped => {}
            Proof::Mistaken(mistakes) => {
                self.preview.withdraw(edition, &mistakes);
                let outcome = Outcome { diagnostics: mistakes, sources: Arc::clone(&edition.sources), ..Outcome::default() };
                report::print(&outcome, Format::Human, &self.shop);
                self.edition = None;
            }
            Proof::Proven(rendered) => {
                self.preview.prove(edition, self.memory.pages.copies().cloned());
                self.is_proven = true;
                // Prices that no page shows are not charged: the checkout follows when the edition is there to stay.
                self.hand_over(edition);
                let pictures = self.memory.pages.copies().count();
                let summary = edition.site.summary(self.memory.pages.len(), pictures);
                let outcome = Outcome { summary, rendered, ..Outcome::default() };
                println!("{}", report::summary(&outcome, began.elapsed()));
            }
        }
        self.is_proven
    }

    /// Tells of links on the pages that lead to nothing: the site is whole, and a reader would meet them. Whatever else there is to do comes
    /// first.
    fn tell_of_links(&mut self, edition: &Arc<Edition>, wake: &Wake<'_>) {
        if (wake.is_over)() {
            return;
        }
        self.is_followed = true;
        let mut diagnostics = self.apart.install(|| generator::broken_links(edition, &self.memory));
        self.levels.apply(&mut diagnostics);
        if diagnostics.iter().any(Diagnostic::is_error) {
            self.preview.advise(edition, &diagnostics);
        }
        if !diagnostics.is_empty() {
            let outcome = Outcome { diagnostics, sources: Arc::clone(&edition.sources), ..Outcome::default() };
            report::print(&outcome, Format::Human, &self.shop);
        }
    }

    /// Gives the checkout an edition's catalogue.
    fn hand_over(&self, edition: &Edition) {
        // A frame that cannot be made is among the mistakes of the pages.
        if let Ok(shells) = edition.shells() {
            let (bundle, copies) = edition.bundle_in_memory(&shells);
            self.bundle.replace(bundle);
            self.preview.expect(copies);
        }
    }

    /// Whether the sources, or the time, ask for another edition than the one that is shown.
    fn is_news(&self, sources: &Sources) -> bool {
        let is_over = self.next_change.is_some_and(|at| self.options.now >= at);
        is_over || self.memory.sources.as_ref().is_none_or(|before| before.digest() != sources.digest())
    }

    /// Drafts what the sources say and shows it.
    fn show(&mut self, sources: Sources) -> Result<Outcome> {
        let outcome = generator::draft(&self.options, &mut self.memory, sources, &Silent)?;
        self.next_change = outcome.next_change;
        self.edition.clone_from(&outcome.edition);
        self.levels.clone_from(&outcome.levels);
        (self.is_proven, self.is_followed) = (false, false);
        self.preview.show(&outcome);
        if let Some(site) = &outcome.site {
            let settings = &site.settings;
            self.base_path.clone_from(&settings.base_path);
            self.name.clone_from(&settings.name);
            if settings.api.starts_with('/') {
                self.api.clone_from(&settings.api);
            }
        }
        Ok(outcome)
    }
}
