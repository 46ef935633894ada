//! The catalogue as the bundle holds it, in memory (`shopfront serve`) or in a folder. A request reads one manifest and only
//! the shards that it names.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError, RwLock};

use async_trait::async_trait;
use catalog::bundle::{MANIFEST, Manifest, ProductRecord, VariantRecord, find_product, find_variant};
use catalog::mail::MailKit;
use catalog::quote::Goods;
use catalog::terms::Terms;

use crate::error::Fault;
use crate::ports::Catalogue;

/// Where a bundle's files come from.
pub trait BundleSource: Send + Sync {
    /// One consistent edition.
    type Edition: Edition;

    /// The current one.
    fn edition(&self) -> Self::Edition;
}

/// One edition of a bundle.
#[async_trait]
pub trait Edition: Send + Sync {
    /// The bytes of a file.
    async fn read(&self, name: &str) -> Result<Arc<[u8]>, Fault>;
}

/// A manifest and the bytes that it was decoded from.
type Decoded = (Arc<[u8]>, Arc<Manifest>);

/// A catalogue over a source of bundles.
pub struct BundleCatalogue<S> {
    source: S,
    /// The manifest that was read last, and its bytes: that of a large shop is large, and stays the same for many requests.
    manifest: Mutex<Option<Decoded>>,
    /// The terms that were read last, under their content-hashed name.
    terms: Mutex<Option<(String, Arc<Terms>)>>,
}

/// A bundle in memory, replaced as a whole after each build.
pub type MemoryBundle = BundleCatalogue<MemorySource>;

/// A bundle in a folder, such as `.shopfront/bundle/`.
pub type FolderBundle = BundleCatalogue<FolderSource>;

/// Files by name.
pub struct MemorySource(RwLock<Arc<BTreeMap<String, Arc<[u8]>>>>);

/// A folder.
pub struct FolderSource(PathBuf);

impl MemoryBundle {
    /// From what [`catalog::bundle::encode`] gave.
    pub fn new(files: BTreeMap<String, Vec<u8>>) -> Self {
        Self::over(MemorySource(RwLock::new(shared(files))))
    }

    /// Replaces the edition; requests that have begun keep the one before.
    pub fn replace(&self, files: BTreeMap<String, Vec<u8>>) {
        *self.source.0.write().unwrap_or_else(PoisonError::into_inner) = shared(files);
    }
}

fn shared(files: BTreeMap<String, Vec<u8>>) -> Arc<BTreeMap<String, Arc<[u8]>>> {
    Arc::new(files.into_iter().map(|(name, bytes)| (name, bytes.into())).collect())
}

impl FolderBundle {
    /// Over a folder that a build has written.
    pub fn new(folder: PathBuf) -> Self {
        Self::over(FolderSource(folder))
    }
}

impl BundleSource for MemorySource {
    type Edition = Arc<BTreeMap<String, Arc<[u8]>>>;

    fn edition(&self) -> Self::Edition {
        self.0.read().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

#[async_trait]
impl Edition for Arc<BTreeMap<String, Arc<[u8]>>> {
    async fn read(&self, name: &str) -> Result<Arc<[u8]>, Fault> {
        self.get(name).cloned().ok_or_else(|| Fault::new(format!("the bundle has no {name}")))
    }
}

impl BundleSource for FolderSource {
    type Edition = PathBuf;

    fn edition(&self) -> PathBuf {
        self.0.clone()
    }
}

#[async_trait]
impl Edition for PathBuf {
    #[expect(clippy::disallowed_methods, reason = "the door to the bundle; its files are small and lie in the page cache")]
    async fn read(&self, name: &str) -> Result<Arc<[u8]>, Fault> {
        let path = self.join(name);
        std::fs::read(&path).map(Into::into).map_err(|error| Fault::new(format!("cannot read {}: {error}", path.display())))
    }
}

/// An edition and what it names.
struct Open<E> {
    edition: E,
    manifest: Arc<Manifest>,
}

/// Reads from one edition. Where that has gone away meanwhile, as after a build, it is read again from the one that is there now.
macro_rules! in_one_edition {
    ($catalogue:expr, $open:ident => $read:expr) => {{
        let $open = $catalogue.open().await?;
        match $read {
            Ok(value) => Ok(value),
            Err(fault) => {
                let next = $catalogue.open().await?;
                if next.manifest == $open.manifest {
                    return Err(fault);
                }
                let $open = next;
                $read
            }
        }
    }};
}

impl<S: BundleSource> BundleCatalogue<S> {
    /// Over a source.
    pub fn over(source: S) -> Self {
        Self { source, manifest: Mutex::new(None), terms: Mutex::new(None) }
    }

    async fn open(&self) -> Result<Open<S::Edition>, Fault> {
        let edition = self.source.edition();
        let bytes = edition.read(MANIFEST).await?;
        let known = self.manifest.lock().unwrap_or_else(PoisonError::into_inner).clone();
        if let Some((_, manifest)) = known.filter(|(known, _)| Arc::ptr_eq(known, &bytes) || *known == bytes) {
            return Ok(Open { edition, manifest });
        }
        let manifest = Arc::new(Manifest::decode(&bytes).map_err(damaged)?);
        *self.manifest.lock().unwrap_or_else(PoisonError::into_inner) = Some((bytes, manifest.clone()));
        Ok(Open { edition, manifest })
    }

    async fn terms_of(&self, Open { edition, manifest }: &Open<S::Edition>) -> Result<Arc<Terms>, Fault> {
        let known = self.terms.lock().unwrap_or_else(PoisonError::into_inner).clone();
        if let Some((_, terms)) = known.filter(|(name, _)| *name == manifest.terms) {
            return Ok(terms);
        }
        let terms: Terms = serde_json::from_slice(&edition.read(&manifest.terms).await?).map_err(damaged)?;
        let terms = Arc::new(terms);
        *self.terms.lock().unwrap_or_else(PoisonError::into_inner) = Some((manifest.terms.clone(), terms.clone()));
        Ok(terms)
    }

    async fn goods_of(&self, open: &Open<S::Edition>, skus: &[&str]) -> Result<(Arc<Terms>, Goods), Fault> {
        let mut shards = Shards::of(open);
        let mut goods = Goods::new();
        for sku in skus {
            let Some(record) = shards.variant(sku).await? else { continue };
            for component in record.components.iter().map(|component| component.sku.as_str()) {
                if let Some(record) = shards.variant(component).await? {
                    goods.insert(component.to_owned(), record);
                }
            }
            goods.insert((*sku).to_owned(), record);
        }
        Ok((self.terms_of(open).await?, goods))
    }

    async fn shell_of(&self, open: &Open<S::Edition>, language: &str) -> Result<String, Fault> {
        let terms = self.terms_of(open).await?;
        let shells = &open.manifest.shells;
        let name = shells.get(language).or_else(|| shells.get(terms.default_language()));
        let name = name.ok_or_else(|| Fault::new("the bundle has no page frame".into()))?;
        String::from_utf8(open.edition.read(name).await?.to_vec()).map_err(damaged)
    }
}

fn damaged(cause: impl std::fmt::Display) -> Fault {
    Fault::during("cannot read the catalogue bundle", cause)
}

async fn products_of<E: Edition>(open: &Open<E>, ids: &[&str]) -> Result<BTreeMap<String, Vec<VariantRecord>>, Fault> {
    let mut shards = Shards::of(open);
    let mut products = BTreeMap::new();
    for id in ids {
        let Some(product) = shards.product(id).await? else { continue };
        let mut variants = Vec::new();
        for sku in &product.skus {
            variants.extend(shards.variant(sku.as_str()).await?);
        }
        products.insert((*id).to_owned(), variants);
    }
    Ok(products)
}

async fn mail_of<E: Edition>(open: &Open<E>) -> Result<Arc<MailKit>, Fault> {
    if open.manifest.mail.is_empty() {
        return Err(Fault::new("the bundle has no templates for mail; build the shop again".into()));
    }
    Ok(Arc::new(serde_json::from_slice(&open.edition.read(&open.manifest.mail).await?).map_err(damaged)?))
}

/// An edition's shards, each read when it is first needed and then kept for the rest of the request.
struct Shards<'a, E> {
    open: &'a Open<E>,
    read: BTreeMap<String, Arc<[u8]>>,
}

impl<'a, E: Edition> Shards<'a, E> {
    fn of(open: &'a Open<E>) -> Self {
        Self { open, read: BTreeMap::new() }
    }

    async fn shard(&mut self, name: &str) -> Result<Arc<[u8]>, Fault> {
        if let Some(bytes) = self.read.get(name) {
            return Ok(bytes.clone());
        }
        let bytes = self.open.edition.read(name).await?;
        self.read.insert(name.to_owned(), bytes.clone());
        Ok(bytes)
    }

    async fn variant(&mut self, sku: &str) -> Result<Option<VariantRecord>, Fault> {
        match self.open.manifest.shard_of_sku(sku) {
            Some(name) => find_variant(&self.shard(name).await?, sku).map_err(damaged),
            None => Ok(None),
        }
    }

    async fn product(&mut self, id: &str) -> Result<Option<ProductRecord>, Fault> {
        match self.open.manifest.shard_of_product(id) {
            Some(name) => find_product(&self.shard(name).await?, id).map_err(damaged),
            None => Ok(None),
        }
    }
}

#[async_trait]
impl<S: BundleSource> Catalogue for BundleCatalogue<S> {
    async fn terms(&self) -> Result<Arc<Terms>, Fault> {
        in_one_edition!(self, open => self.terms_of(&open).await)
    }

    async fn goods(&self, skus: &[&str]) -> Result<(Arc<Terms>, Goods), Fault> {
        in_one_edition!(self, open => self.goods_of(&open, skus).await)
    }

    async fn products(&self, ids: &[&str]) -> Result<BTreeMap<String, Vec<VariantRecord>>, Fault> {
        in_one_edition!(self, open => products_of(&open, ids).await)
    }

    async fn shell(&self, language: &str) -> Result<String, Fault> {
        in_one_edition!(self, open => self.shell_of(&open, language).await)
    }

    async fn mail(&self) -> Result<Arc<MailKit>, Fault> {
        in_one_edition!(self, open => mail_of(&open).await)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing;

    #[tokio::test]
    async fn finds_goods_products_and_shells_and_can_be_replaced() {
        let bundle = MemoryBundle::new(testing::bundle(|_| {}));
        let (_, goods) = bundle.goods(&["MUG", "NONE"]).await.expect("readable");
        assert_eq!(goods.keys().collect::<Vec<_>>(), ["MUG"]);
        let products = bundle.products(&["mug", "none"]).await.expect("readable");
        assert_eq!(products["mug"][0].sku.as_str(), "MUG");
        assert!(bundle.shell("xx").await.expect("readable").contains(catalog::bundle::SHELL_MARKER));
        bundle.replace(testing::bundle(|contents| contents.terms.shop_name = "Other".into()));
        assert_eq!(bundle.terms().await.expect("readable").shop_name, "Other");
    }

    /// Counts what is read of each file.
    struct Counting(MemorySource, Arc<Mutex<BTreeMap<String, u32>>>);

    struct CountingEdition(<MemorySource as BundleSource>::Edition, Arc<Mutex<BTreeMap<String, u32>>>);

    impl BundleSource for Counting {
        type Edition = CountingEdition;

        fn edition(&self) -> CountingEdition {
            CountingEdition(self.0.edition(), self.1.clone())
        }
    }

    #[async_trait]
    impl Edition for CountingEdition {
        async fn read(&self, name: &str) -> Result<Arc<[u8]>, Fault> {
            *self.1.lock().expect("unpoisoned").entry(name.to_owned()).or_default() += 1;
            self.0.read(name).await
        }
    }

    #[tokio::test]
    async fn a_request_reads_each_file_once() {
        let reads = Arc::default();
        let source = Counting(MemorySource(RwLock::new(shared(testing::bundle(|_| {})))), Arc::clone(&reads));
        let bundle = BundleCatalogue::over(source);
        let once = |reads: &Mutex<BTreeMap<String, u32>>| {
            let counts = std::mem::take(&mut *reads.lock().expect("unpoisoned"));
            assert!(counts.values().all(|count| *count == 1), "{counts:?}");
            assert!(counts.len() > 1, "{counts:?}");
        };
        bundle.goods(&["MUG", "LAST", "BOWL", "MUG"]).await.expect("readable");
        once(&reads);
        assert_eq!(bundle.products(&["mug", "bowl", "none"]).await.expect("readable")["mug"].len(), 2);
        once(&reads);
    }

    /// The first edition's files are gone when they are read, as after a build.
    struct Turning(Mutex<Vec<<MemorySource as BundleSource>::Edition>>);

    impl BundleSource for Turning {
        type Edition = <MemorySource as BundleSource>::Edition;

        fn edition(&self) -> Self::Edition {
            let mut editions = self.0.lock().expect("unpoisoned");
            if editions.len() > 1 { editions.remove(0) } else { editions[0].clone() }
        }
    }

    #[tokio::test]
    async fn an_edition_that_goes_away_while_it_is_read_is_followed_by_the_next() {
        let old = testing::bundle(|contents| contents.terms.shop_name = "Old".into());
        let left = old.into_iter().filter(|(name, _)| name == MANIFEST).collect();
        let turning = Turning(Mutex::new(vec![shared(left), shared(testing::bundle(|_| {}))]));
        let bundle = BundleCatalogue::over(turning);
        assert_eq!(bundle.terms().await.expect("the next edition").shop_name, "Tessel");
    }

    #[tokio::test]
    async fn a_missing_folder_is_a_fault_that_names_it() {
        let fault = FolderBundle::new("/nowhere".into()).terms().await.expect_err("a fault");
        assert!(fault.text.contains("/nowhere/manifest.json"), "{fault}");
    }
}
