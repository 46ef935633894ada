//! Notices as PayPal sends them: an event with the object it is about, signed.

use axum::body::Bytes;
use axum::http::{HeaderMap, HeaderValue};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use super::{CERTIFICATE_URL, Double, Notice, WEBHOOK_ID};
use crate::gateway::paypal::signature::Seal;

impl Double {
    /// Signs a notice that something has happened just now.
    pub(super) fn notice(&self, number: u64, kind: &str, resource: &Value) -> Notice {
        let time = self.clock.now().to_string();
        let body = json!({
            "id": format!("WH-{number:017}"),
            "event_version": "1.0",
            "create_time": time,
            "resource_type": kind.split('.').nth(1).unwrap_or_default().to_ascii_lowercase(),
            "resource_version": "2.0",
            "event_type": kind,
            "summary": "Something has happened — «really»",
            "resource": resource,
        });
        // Not as we would write it: what is signed are the bytes.
        let body = serde_json::to_vec_pretty(&body).expect("JSON can be written");
        Notice { kind: kind.to_owned(), headers: self.sealed(number, &body), body: Bytes::from(body) }
    }

    /// The headers of a notice that is sent, or sent again, now.
    pub(crate) fn sealed(&self, number: u64, body: &[u8]) -> HeaderMap {
        let mut seal = Seal {
            transmission_id: format!("69cd13f0-d67a-11e5-baa3-{number:012}"),
            time: self.clock.now().to_string(),
            signature: String::new(),
            certificate_url: CERTIFICATE_URL.to_owned(),
            algorithm: "SHA256withRSA".to_owned(),
        };
        seal.signature = STANDARD.encode(self.signer.sign(seal.signed_text(WEBHOOK_ID, body).as_bytes()));
        headers(&seal)
    }
}

/// The headers of a seal.
pub(crate) fn headers(seal: &Seal) -> HeaderMap {
    let headers = [
        ("paypal-transmission-id", &seal.transmission_id),
        ("paypal-transmission-time", &seal.time),
        ("paypal-transmission-sig", &seal.signature),
        ("paypal-cert-url", &seal.certificate_url),
        ("paypal-auth-algo", &seal.algorithm),
    ];
    headers.into_iter().map(|(name, text)| (name.parse().expect("a header"), HeaderValue::from_str(text).expect("ASCII"))).collect()
}
