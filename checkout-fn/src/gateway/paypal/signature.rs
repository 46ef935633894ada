//! Whether a notice is PayPal's own: its signature, over the raw bytes, by a certificate of PayPal's.
//!
//! The signed text is `transmission id|time|webhook id|CRC-32 of the body in decimal`. Where the certificate lies is said by
//! the notice itself, so its address and the certificate are believed only as far as they prove to be PayPal's.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use axum::body::Bytes;
use axum::http::{HeaderMap, Request, StatusCode, Uri};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use jiff::{SignedDuration, Timestamp};
use rustls_pki_types::pem::PemObject;
use rustls_pki_types::{CertificateDer, TrustAnchor, UnixTime};
use webpki::{EndEntityCert, KeyUsage};

use crate::gateway::http::Http;

/// The one algorithm that PayPal signs with.
const ALGORITHM: &str = "SHA256withRSA";
/// How old a notice may be. PayPal repeats one for three days until it is answered, and does not say whether it signs
/// anew; so this is three days and one for late clocks and queues. Nothing rests on it: a notice that is sent once more by
/// somebody else says which object to look at, and each event is taken once.
const TOLERANCE: SignedDuration = SignedDuration::from_hours(4 * 24);
/// How far PayPal's clock may be ahead of ours.
const AHEAD: SignedDuration = SignedDuration::from_mins(5);
/// How long fetching a certificate may take.
const WITHIN: Duration = Duration::from_secs(10);
/// A chain is three certificates of about two kilobytes each.
const MAX_PEM_BYTES: usize = 64 * 1024;
/// PayPal uses one certificate at a time, and another one after it.
const MAX_KEPT: usize = 8;

/// The headers that belong to a signature, as they came.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Seal {
    /// PayPal's name of the transmission.
    pub(crate) transmission_id: String,
    /// When it was sent, as signed.
    pub(crate) time: String,
    /// The signature in base64.
    pub(crate) signature: String,
    /// Where the certificate lies.
    pub(crate) certificate_url: String,
    /// The algorithm.
    pub(crate) algorithm: String,
}

/// Why a notice is not believed. Only after [`Distrust::Unfetched`] it may be believed later.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Distrust {
    /// A header is not there, or not text.
    #[error("the header `{0}` is missing")]
    MissingHeader(&'static str),
    /// Signed in a way that PayPal does not.
    #[error("the algorithm is not {ALGORITHM}")]
    Algorithm,
    /// The time is not one.
    #[error("the transmission's time is not a time")]
    Time,
    /// Signed too long ago, or in the future.
    #[error("signed too long ago, or in the future")]
    Stale,
    /// The certificate lies elsewhere than at PayPal.
    #[error("the certificate's address is not PayPal's")]
    Address,
    /// The certificate could not be had. To be answered so that PayPal sends the notice again.
    #[error("cannot fetch the certificate: {0}")]
    Unfetched(String),
    /// The certificate does not prove to be PayPal's.
    #[error("the certificate is not PayPal's: {0}")]
    Certificate(String),
    /// The signature is another text's, or none.
    #[error("the signature does not fit")]
    Signature,
}

/// Whom to believe that a certificate is PayPal's.
#[derive(Clone)]
pub(crate) struct Trust {
    anchors: Vec<TrustAnchor<'static>>,
    intermediates: Vec<CertificateDer<'static>>,
}

/// Checks notices for one webhook.
pub(crate) struct Verifier {
    http: Arc<dyn Http>,
    trust: Trust,
    webhook_id: String,
    /// Address → certificates that have proved to be PayPal's, the signing one first.
    kept: Mutex<BTreeMap<String, Arc<Chain>>>,
}

struct Chain(Vec<CertificateDer<'static>>);

impl Seal {
    /// Reads the headers of a notice.
    pub(crate) fn read(headers: &HeaderMap) -> Result<Self, Distrust> {
        let text = |name: &'static str| {
            let value = headers.get(name).and_then(|value| value.to_str().ok()).filter(|text| !text.is_empty());
            value.map(str::to_owned).ok_or(Distrust::MissingHeader(name))
        };
        Ok(Self {
            transmission_id: text("paypal-transmission-id")?,
            time: text("paypal-transmission-time")?,
            signature: text("paypal-transmission-sig")?,
            certificate_url: text("paypal-cert-url")?,
            algorithm: text("paypal-auth-algo")?,
        })
    }

    /// The text that is signed.
    pub(super) fn signed_text(&self, webhook_id: &str, body: &[u8]) -> String {
        format!("{}|{}|{webhook_id}|{}", self.transmission_id, self.time, crc32fast::hash(body))
    }
}

impl Trust {
    /// The roots that browsers trust.
    pub(crate) fn web() -> Self {
        Self { anchors: webpki_roots::TLS_SERVER_ROOTS.to_vec(), intermediates: Vec::new() }
    }

    /// Only the given root. `None` where it is no certificate.
    #[cfg(any(test, feature = "simulation"))]
    pub(crate) fn only(root: &CertificateDer<'_>) -> Option<Self> {
        let anchor = webpki::anchor_from_trusted_cert(root).ok()?.to_owned();
        Some(Self { anchors: vec![anchor], intermediates: Vec::new() })
    }

    /// Also uses these certificates to reach a root, for the case that PayPal sends its own without those between.
    #[cfg(test)]
    #[must_use]
    pub(crate) fn with_intermediates(mut self, between: impl IntoIterator<Item = CertificateDer<'static>>) -> Self {
        self.intermediates.extend(between);
        self
    }
}

impl Verifier {
    /// `webhook_id` is what PayPal calls the shop's webhook; it is part of what is signed.
    pub(crate) fn new(http: Arc<dyn Http>, trust: Trust, webhook_id: impl Into<String>) -> Self {
        Self { http, trust, webhook_id: webhook_id.into(), kept: Mutex::default() }
    }

    /// Whether a notice is PayPal's own and for this webhook. What costs nothing is looked at first; the certificate is
    /// fetched last, and once for all notices that it has signed.
    pub(crate) async fn verify(&self, headers: &HeaderMap, body: &[u8], now: Timestamp) -> Result<(), Distrust> {
        let seal = Seal::read(headers)?;
        if seal.algorithm != ALGORITHM {
            return Err(Distrust::Algorithm);
        }
        let sent_at: Timestamp = seal.time.parse().map_err(|_| Distrust::Time)?;
        let age = now.duration_since(sent_at);
        if age > TOLERANCE || age < -AHEAD {
            return Err(Distrust::Stale);
        }
        if !is_paypals(&seal.certificate_url) {
            return Err(Distrust::Address);
        }
        let signature = STANDARD.decode(&seal.signature).map_err(|_| Distrust::Signature)?;
        let chain = self.chain(&seal.certificate_url, now).await?;
        chain.verify(seal.signed_text(&self.webhook_id, body).as_bytes(), &signature)
    }

    /// A chain that is PayPal's at the moment: a kept one, else a fresh one.
    async fn chain(&self, url: &str, now: Timestamp) -> Result<Arc<Chain>, Distrust> {
        let kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner).get(url).cloned();
        if let Some(chain) = kept.filter(|chain| chain.is_paypals(&self.trust, now).is_ok()) {
            return Ok(chain);
        }
        let chain = Arc::new(self.fetch(url).await?);
        chain.is_paypals(&self.trust, now)?;
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        if kept.len() >= MAX_KEPT {
            kept.clear();
        }
        kept.insert(url.to_owned(), chain.clone());
        Ok(chain)
    }

    async fn fetch(&self, url: &str) -> Result<Chain, Distrust> {
        let unfetched = |cause: &dyn std::fmt::Display| Distrust::Unfetched(cause.to_string());
        let request = Request::get(url).body(Bytes::new()).map_err(|error| unfetched(&error))?;
        let answer = self.http.send(request, WITHIN).await.map_err(|error| unfetched(&error))?;
        // A redirect is an answer like any other that is not the certificate.
        if answer.status() != StatusCode::OK {
            return Err(unfetched(&format_args!("status {}", answer.status().as_u16())));
        }
        if answer.body().len() > MAX_PEM_BYTES {
            return Err(Distrust::Certificate("it is too large".into()));
        }
        let certificates: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(answer.body()).collect();
        match certificates {
            Ok(certificates) if !certificates.is_empty() => Ok(Chain(certificates)),
            _ => Err(Distrust::Certificate("it is not PEM".into())),
        }
    }
}

impl Chain {
    /// Whether the first certificate is valid now, leads to a trusted root, and is about PayPal.
    fn is_paypals(&self, trust: &Trust, now: Timestamp) -> Result<(), Distrust> {
        let wrong = |error: webpki::Error| Distrust::Certificate(error.to_string());
        let leaf = self.leaf()?;
        let between: Vec<_> = self.0[1..].iter().chain(&trust.intermediates).cloned().collect();
        let now = UnixTime::since_unix_epoch(Duration::from_secs(u64::try_from(now.as_second()).unwrap_or(0)));
        let algorithms = webpki::ALL_VERIFICATION_ALGS;
        leaf.verify_for_usage(algorithms, &trust.anchors, &between, now, KeyUsage::server_auth(), None, None).map_err(wrong)?;
        // Names stand in the extension for them; authorities have to put each there, the subject's common name among them.
        if !leaf.valid_dns_names().any(is_paypals_host) {
            return Err(Distrust::Certificate("it names another subject".into()));
        }
        Ok(())
    }

    fn verify(&self, text: &[u8], signature: &[u8]) -> Result<(), Distrust> {
        let algorithm = webpki::aws_lc_rs::RSA_PKCS1_2048_8192_SHA256;
        self.leaf()?.verify_signature(algorithm, text, signature).map_err(|_| Distrust::Signature)
    }

    fn leaf(&self) -> Result<EndEntityCert<'_>, Distrust> {
        EndEntityCert::try_from(&self.0[0]).map_err(|error| Distrust::Certificate(error.to_string()))
    }
}

/// Whether a certificate's address is https at a host of PayPal's, without anything that could lead elsewhere.
fn is_paypals(url: &str) -> bool {
    let Ok(uri) = url.parse::<Uri>() else { return false };
    let (Some("https"), Some(authority)) = (uri.scheme_str(), uri.authority()) else { return false };
    // The authority is the host alone: no user, no port, no other spelling.
    authority.as_str() == authority.host() && is_paypals_host(authority.host()) && !url.contains(['\\', '#'])
}

/// Whether a host is below paypal.com.
fn is_paypals_host(host: &str) -> bool {
    let host = host.to_ascii_lowercase();
    let is_plain = host.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'*'));
    is_plain && host.strip_suffix(".paypal.com").is_some_and(|name| !name.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_paypals_own_addresses_hold_certificates() {
        let good = [
            "https://api.paypal.com/v1/notifications/certs/CERT-360caa42-fca2a594-df8cd2d5",
            "https://api.sandbox.paypal.com/v1/notifications/certs/CERT-1",
            "https://API.PayPal.com/cert",
        ];
        let bad = [
            "http://api.paypal.com/cert",
            "https://api.paypal.com:8443/cert",
            "https://api.paypal.com:443/cert",
            "https://paypal.com.evil.example/cert",
            "https://api.paypal.com.evil.example/cert",
            "https://notpaypal.com/cert",
            "https://api.notpaypal.com/cert",
            "https://.paypal.com/cert",
            "https://api.paypal.com./cert",
            "https://user@api.paypal.com/cert",
            "https://api.paypal.com@evil.example/cert",
            "https://evil.example/api.paypal.com",
            "https://evil.example?.paypal.com",
            "https://evil.example#.paypal.com",
            "https://evil.example\\.paypal.com/cert",
            "https://evil.example%2F.paypal.com/cert",
            "https://[::1]/.paypal.com",
            "//api.paypal.com/cert",
            "/cert",
            "ftp://api.paypal.com/cert",
            "https:api.paypal.com",
            "",
        ];
        for url in good {
            assert!(is_paypals(url), "{url}");
        }
        for url in bad {
            assert!(!is_paypals(url), "{url}");
        }
    }
}
