//! The bundle and goods to download as objects in S3. What is named by its content is kept in memory once it was read; the bundle's
//! manifest, the one object that changes, is asked for again after some seconds.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use aws_config::SdkConfig;
use aws_config::timeout::TimeoutConfig;
use aws_sdk_s3::Client;
use aws_sdk_s3::error::{DisplayErrorContext, SdkError};
use aws_sdk_s3::operation::head_object::HeadObjectOutput;
use aws_sdk_s3::presigning::PresigningConfig;
use catalog::bundle::MANIFEST;
use jiff::{SignedDuration, Timestamp};

use crate::catalogue::{BundleCatalogue, BundleSource, Edition};
use crate::error::{Away, Fault};
use crate::ports::{Clock, Delivery, Files, Wanted};

/// So long a manifest counts as the newest one.
const MANIFEST_FOR: SignedDuration = SignedDuration::from_secs(10);

/// At most so many bytes of a bundle are kept in memory.
const KEPT_BYTES: usize = 32 * 1024 * 1024;

/// An address of a download that is handed out is good for so long: whoever follows it does so at once.
const ADDRESS_FOR: Duration = Duration::from_mins(5);

/// A copy of a large file takes long, and a request at most 29 seconds.
const COPY_WITHIN: Duration = Duration::from_secs(25);

/// A client as the environment says. A connection that died while the function was asleep is given up soon.
pub(super) fn client(cloud: &SdkConfig) -> Client {
    Client::new(cloud)
}

/// A bucket and what its objects' names begin with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Place {
    bucket: String,
    prefix: String,
}

impl Place {
    /// From `s3://bucket/prefix`. `None` where it is something else.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let (bucket, prefix) = text.strip_prefix("s3://").map(|rest| rest.split_once('/').unwrap_or((rest, "")))?;
        let prefix = prefix.trim_matches('/');
        let prefix = if prefix.is_empty() { String::new() } else { format!("{prefix}/") };
        (!bucket.is_empty()).then(|| Self { bucket: bucket.to_owned(), prefix })
    }

    fn key(&self, name: &str) -> String {
        format!("{}{name}", self.prefix)
    }

    fn fault(&self, doing: &str, name: &str, error: impl std::error::Error) -> Fault {
        let cause = DisplayErrorContext(error).to_string();
        let hint = match () {
            () if cause.contains("NoSuchKey") => "; publish the shop",
            () if cause.contains("AccessDenied") || cause.contains("403") => {
                "; give the role s3:GetObject, and s3:ListBucket of the bucket"
            }
            () if cause.contains("NoSuchBucket") => "; there is no such bucket",
            () if cause.contains("PermanentRedirect") => "; the bucket is in another region",
            () => "",
        };
        Fault::new(format!("cannot {doing} s3://{}/{}{hint}: {cause}", self.bucket, self.key(name))).as_away(Away::Store)
    }
}

/// A bundle in S3.
pub(super) type ObjectBundle = BundleCatalogue<Objects>;

/// Objects by name, and what was read of them.
#[derive(Clone)]
pub(super) struct Objects {
    client: Client,
    place: Place,
    clock: Arc<dyn Clock>,
    kept: Arc<Mutex<Kept>>,
}

#[derive(Default)]
struct Kept {
    /// Named by their content.
    files: BTreeMap<String, Arc<[u8]>>,
    bytes: usize,
    manifest: Option<(Timestamp, Arc<[u8]>)>,
}

impl ObjectBundle {
    pub(super) fn new(client: Client, place: Place, clock: Arc<dyn Clock>) -> Self {
        Self::over(Objects { client, place, clock, kept: Arc::default() })
    }
}

impl Objects {
    fn known(&self, name: &str) -> Option<Arc<[u8]>> {
        let kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        if name != MANIFEST {
            return kept.files.get(name).cloned();
        }
        let fresh = |(read_at, _): &&(Timestamp, _)| self.clock.now().duration_since(*read_at) < MANIFEST_FOR;
        kept.manifest.as_ref().filter(fresh).map(|(_, bytes)| bytes.clone())
    }

    fn keep(&self, name: &str, bytes: &Arc<[u8]>) {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        if name == MANIFEST {
            kept.manifest = Some((self.clock.now(), bytes.clone()));
            return;
        }
        if kept.bytes + bytes.len() > KEPT_BYTES {
            // All that is needed often comes back soon.
            kept.files.clear();
            kept.bytes = 0;
        }
        kept.bytes += bytes.len();
        kept.files.insert(name.to_owned(), bytes.clone());
    }
}

impl BundleSource for Objects {
    type Edition = Self;

    fn edition(&self) -> Self {
        self.clone()
    }
}

#[async_trait]
impl Edition for Objects {
    async fn read(&self, name: &str) -> Result<Arc<[u8]>, Fault> {
        if let Some(bytes) = self.known(name) {
            return Ok(bytes);
        }
        let get = self.client.get_object().bucket(&self.place.bucket).key(self.place.key(name));
        let object = get.send().await.map_err(|error| self.place.fault("read", name, error))?;
        let bytes = object.body.collect().await.map_err(|error| self.place.fault("read", name, error))?;
        let bytes: Arc<[u8]> = bytes.to_vec().into();
        self.keep(name, &bytes);
        Ok(bytes)
    }
}

/// Goods to download: originals where the merchant puts them, our copies beside.
pub(super) struct ObjectFiles {
    client: Client,
    originals: Place,
    copies: Place,
}

impl ObjectFiles {
    pub(super) fn new(client: Client, originals: Place, copies: Place) -> Self {
        Self { client, originals, copies }
    }

    /// What is known of an object; `None` where there is none.
    async fn describe(&self, place: &Place, name: &str) -> Result<Option<HeadObjectOutput>, Fault> {
        match self.client.head_object().bucket(&place.bucket).key(place.key(name)).send().await {
            Ok(object) => Ok(Some(object)),
            Err(SdkError::ServiceError(error)) if error.err().is_not_found() => Ok(None),
            Err(error) => Err(place.fault("look at", name, error)),
        }
    }
}

#[async_trait]
impl Files for ObjectFiles {
    async fn keep(&self, file: &str) -> Result<String, Fault> {
        let missing = || {
            Fault::new(format!("s3://{}/{} is not there; upload the folder of downloads", self.originals.bucket, self.originals.key(file)))
        };
        let original = self.describe(&self.originals, file).await?.ok_or_else(missing)?;
        // The service's own name of the content, with its length.
        let tag = original.e_tag().unwrap_or_default();
        let content = format!("{tag} {}", original.content_length().unwrap_or_default());
        let kept = blake3::hash(content.as_bytes()).to_hex().to_string();
        if self.describe(&self.copies, &kept).await?.is_some() {
            return Ok(kept);
        }
        let source = format!("{}/{}", self.originals.bucket, self.originals.key(file));
        let source = percent_encoding::utf8_percent_encode(&source, SOURCE).to_string();
        let copy = self.client.copy_object().copy_source(source).copy_source_if_match(tag);
        let copy = copy.bucket(&self.copies.bucket).key(self.copies.key(&kept));
        let within = TimeoutConfig::builder().operation_timeout(COPY_WITHIN).operation_attempt_timeout(COPY_WITHIN).build();
        let longer = aws_sdk_s3::config::Builder::new().timeout_config(within);
        copy.customize().config_override(longer).send().await.map_err(|error| self.originals.fault("copy", file, error))?;
        Ok(kept)
    }

    async fn deliver(&self, wanted: &Wanted<'_>) -> Result<Delivery, Fault> {
        let within = PresigningConfig::expires_in(ADDRESS_FOR).map_err(|error| Fault::during("signing a download's address", error))?;
        let (bucket, key) = (&self.copies.bucket, self.copies.key(wanted.kept));
        let name = percent_encoding::utf8_percent_encode(wanted.save_as, percent_encoding::NON_ALPHANUMERIC);
        let disposition = format!("attachment; filename*=UTF-8''{name}");
        let signed = if wanted.is_head {
            let head = self.client.head_object().bucket(bucket).key(key).response_content_disposition(disposition);
            head.presigned(within).await.map_err(|error| self.copies.fault("sign", wanted.kept, error))?
        } else {
            let get = self.client.get_object().bucket(bucket).key(key).response_content_disposition(disposition);
            get.presigned(within).await.map_err(|error| self.copies.fault("sign", wanted.kept, error))?
        };
        Ok(Delivery::Redirect(signed.uri().to_owned()))
    }
}

/// What has to be escaped in the name of a copy's original: all but the letters of addresses and the slash.
const SOURCE: &percent_encoding::AsciiSet =
    &percent_encoding::NON_ALPHANUMERIC.remove(b'/').remove(b'-').remove(b'_').remove(b'.').remove(b'~');
