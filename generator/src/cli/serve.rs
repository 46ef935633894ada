//! `shopfront serve`: the preview, the checkout with test payments, and the build in a loop.

use std::io::ErrorKind;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, anyhow, bail};
use checkout_fn::{MemoryBundle, Settings};
use generator::cache::Memory;
use generator::preview::{self, Preview};
use generator::{Options, Outcome, Silent, Target};
use tokio::net::TcpListener;

use super::Done;
use super::report::{self, Bar, Format};
use super::shop::{Shop, now, profile};

/// What was typed.
#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// The port on 127.0.0.1; 0 takes a free one.
    #[arg(long, default_value_t = 4000)]
    port: u16,
    /// Show drafts and what is not yet published.
    #[arg(long)]
    drafts: bool,
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
    studio.rebuild(true);
    let base_path = studio.base_path.clone();

    let mut settings = Settings::new(shop.store(), shop.downloads(), format!("{base_url}{base_path}"));
    settings.trust_client_header = arguments.trust_client_header;
    settings.on_order = Some(Arc::new(|event| println!("{event}")));
    if let Some(seconds) = arguments.hold {
        settings.hold = jiff::SignedDuration::from_secs(seconds);
        settings.sweep_every = Duration::from_secs(1);
    }
    let checkout = checkout_fn::open(settings, bundle).map_err(|error| anyhow!(error.to_string()))?;
    let router = preview.router().nest(&studio.api, checkout.router());
    let router = preview::guard(&preview, router).into_make_service_with_connect_info::<SocketAddr>();

    println!("{} is at {base_url}{base_path}/ (test payments; press Ctrl+C to stop)", studio.name());
    let worker = tokio::spawn(async move { checkout.run().await });
    let root = shop.root.clone();
    let watching = std::thread::spawn(move || preview::watch(&root, || studio.rebuild(false)));
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

/// The build loop: what it remembers, and where its results go.
struct Studio {
    shop: Shop,
    options: Options,
    memory: Memory,
    preview: Preview,
    bundle: Arc<MemoryBundle>,
    base_path: String,
    api: String,
    name: String,
}

impl Studio {
    fn new(shop: Shop, arguments: &Arguments, base_url: &str, preview: Preview, bundle: Arc<MemoryBundle>) -> Result<Self> {
        let options = Options {
            root: shop.root.clone(),
            base_url: Some(base_url.to_owned()),
            drafts: arguments.drafts,
            now: now(None)?,
            verify: false,
        };
        let memory = Memory::load(&shop.cache().join(profile(&options, Target::Check)));
        Ok(Self { shop, options, memory, preview, bundle, base_path: String::new(), api: "/api".to_owned(), name: "the shop".to_owned() })
    }

    fn name(&self) -> &str {
        &self.name
    }

    /// One step of the loop; answers how long it is until the site changes by itself. Whatever goes wrong is told,
    /// and the last good site stays.
    fn rebuild(&mut self, first: bool) -> Option<Duration> {
        match self.step(first) {
            Ok(next) => next,
            Err(error) => {
                eprintln!("error: {error:#}");
                None
            }
        }
    }

    #[expect(clippy::disallowed_methods, reason = "the command line is the door to the clock")]
    fn step(&mut self, first: bool) -> Result<Option<Duration>> {
        let began = Instant::now();
        let _lock = self.shop.lock()?;
        self.options.now = now(None)?;
        let before = self.preview.site();
        let target = Target::Memory(&before);
        let pictures = self.shop.pictures();
        let mut outcome = if first {
            generator::build(&self.options, &mut self.memory, &pictures, target, &Bar::new())?
        } else {
            generator::build(&self.options, &mut self.memory, &pictures, target, &Silent)?
        };
        let is_quiet = outcome.rendered.is_empty() && outcome.diagnostics.is_empty() && !first;
        self.take(&mut outcome);
        if !is_quiet {
            report::print(&outcome, Format::Human);
            if !outcome.has_errors() {
                println!("{}", report::summary(&outcome, began.elapsed()));
            }
        }
        if first {
            let path = self.shop.cache().join(profile(&self.options, Target::Check));
            if let Err(error) = self.memory.save(&path) {
                eprintln!("warning: {error}");
            }
        }
        let next = outcome.next_change.map(|at| at.saturating_sub(self.options.now).max(1));
        Ok(next.and_then(|seconds| u64::try_from(seconds).ok()).map(Duration::from_secs))
    }

    fn take(&mut self, outcome: &mut Outcome) {
        if outcome.published.is_some() {
            self.bundle.replace(std::mem::take(&mut outcome.bundle));
        }
        if let Some(site) = &outcome.site {
            self.base_path.clone_from(&site.settings.base_path);
            self.name.clone_from(&site.settings.name);
            if site.settings.api.starts_with('/') {
                self.api.clone_from(&site.settings.api);
            }
        }
        self.preview.show(outcome);
    }
}
