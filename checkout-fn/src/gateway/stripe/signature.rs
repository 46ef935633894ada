//! Whether a notice comes from Stripe: `Stripe-Signature: t=<seconds>,v1=<hexadecimal>` over the raw bytes of the body.
//! Source: docs.stripe.com/webhooks, 'Verify webhook signatures manually', and what the official packages do.

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

use crate::gateway::secret::Secret;

/// The header.
pub(crate) const HEADER: &str = "stripe-signature";

/// Notices signed longer ago than this are not believed, in seconds. Clocks that run ahead do no harm, so times to come
/// are believed, as by the official packages.
const TOLERANCE_S: i64 = 300;

/// Why a signature is not believed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum BadSignature {
    /// It cannot be read, or none of the secrets has made it.
    #[error("the signature is not Stripe's")]
    Signature,
    /// Right, but from too long ago: somebody may be sending an old notice again.
    #[error("the signature is older than five minutes")]
    Stale,
}

/// Checks a notice, at a time in seconds since 1970. One `v1` that one of the secrets has made is enough: while a secret is
/// being replaced Stripe signs with both. Other schemes are not looked at.
pub(crate) fn verify(header: &str, body: &[u8], secrets: &[Secret], now_s: i64) -> Result<(), BadSignature> {
    let values = |name: &'static str| header.split(',').filter_map(move |part| part.strip_prefix(name)?.strip_prefix('='));
    let at_s = values("t").next().and_then(seconds).ok_or(BadSignature::Signature)?;
    let seals: Vec<[u8; 32]> = values("v1").filter_map(unhex).collect();
    // A secret that was left empty would let everybody sign.
    let mut usable = secrets.iter().filter(|secret| !secret.expose().trim().is_empty());
    let is_ours = |secret: &Secret| {
        let mac = keyed(secret, at_s, body);
        // Every one is looked at, in constant time each.
        seals.iter().fold(false, |found, seal| found | mac.clone().verify_slice(seal).is_ok())
    };
    if !usable.any(is_ours) {
        return Err(BadSignature::Signature);
    }
    if at_s < now_s.saturating_sub(TOLERANCE_S) { Err(BadSignature::Stale) } else { Ok(()) }
}

/// Signs as Stripe does; the header's value.
#[cfg(any(test, feature = "doubles"))]
pub(crate) fn sign(body: &[u8], secret: &Secret, at_s: i64) -> String {
    let seal = keyed(secret, at_s, body).finalize().into_bytes();
    let hexadecimal: String = seal.iter().map(|byte| format!("{byte:02x}")).collect();
    format!("t={at_s},v1={hexadecimal}")
}

fn keyed(secret: &Secret, at_s: i64, body: &[u8]) -> Hmac<Sha256> {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.expose().as_bytes()).expect("HMAC takes keys of any length");
    mac.update(at_s.to_string().as_bytes());
    mac.update(b".");
    mac.update(body);
    mac
}

fn seconds(text: &str) -> Option<i64> {
    let is_plain = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    is_plain.then(|| text.parse().ok())?
}

/// 64 digits in lower case, as Stripe writes them.
fn unhex(text: &str) -> Option<[u8; 32]> {
    let digit = |byte: u8| match byte {
        b'0'..=b'9' => Some(byte - b'0'),
        b'a'..=b'f' => Some(byte - b'a' + 10),
        _ => None,
    };
    let bytes: Option<Vec<u8>> = text.as_bytes().chunks(2).map(|pair| Some(digit(pair[0])? << 4 | digit(*pair.get(1)?)?)).collect();
    bytes?.try_into().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Vectors of the official packages' behaviour, and where they come from.
    #[derive(serde::Deserialize)]
    struct Given {
        vectors: Vec<GivenVector>,
    }

    #[derive(serde::Deserialize)]
    struct GivenVector {
        id: String,
        payload: String,
        header: String,
        secret: String,
        tolerance: i64,
        now: i64,
        expect: String,
    }

    #[test]
    fn agrees_with_the_given_vectors() {
        let given = include_str!("../../../fixtures/stripe/webhook-vectors.json");
        let given: Given = serde_json::from_str(given).expect("vectors");
        assert_eq!(given.vectors.len(), 12);
        for vector in given.vectors {
            assert_eq!(vector.tolerance, TOLERANCE_S, "{}", vector.id);
            let verdict = verify(&vector.header, vector.payload.as_bytes(), &[Secret::new(vector.secret)], vector.now);
            assert_eq!(if verdict.is_ok() { "accept" } else { "reject" }, vector.expect, "{}", vector.id);
        }
    }

    #[derive(serde::Deserialize)]
    struct Own {
        vectors: Vec<OwnVector>,
    }

    #[derive(serde::Deserialize)]
    struct OwnVector {
        id: String,
        payload: String,
        header: String,
        secrets: Vec<String>,
        now: i64,
        ours: String,
    }

    #[test]
    fn agrees_with_our_own_vectors() {
        let own: Own = serde_json::from_str(include_str!("../../../fixtures/stripe/own-webhook-vectors.json")).expect("vectors");
        assert!(own.vectors.len() >= 40);
        for vector in own.vectors {
            let secrets: Vec<Secret> = vector.secrets.into_iter().map(Secret::new).collect();
            let found = match verify(&vector.header, vector.payload.as_bytes(), &secrets, vector.now) {
                Ok(()) => "accept",
                Err(BadSignature::Signature) => "signature",
                Err(BadSignature::Stale) => "stale",
            };
            assert_eq!(found, vector.ours, "{}", vector.id);
        }
    }

    #[test]
    fn a_body_need_not_be_text() {
        let (body, secret) = ([0xff, 0x00, 0xfe], Secret::new("whsec_1"));
        let header = sign(&body, &secret, 1_700_000_000);
        assert_eq!(verify(&header, &body, std::slice::from_ref(&secret), 1_700_000_000), Ok(()));
        assert_eq!(verify(&header, &body[..2], &[secret], 1_700_000_000), Err(BadSignature::Signature));
        assert_eq!(verify(&header, &body, &[], 1_700_000_000), Err(BadSignature::Signature));
    }

    proptest::proptest! {
        /// Whatever is sent: only what was signed with one of the secrets is believed.
        #[test]
        fn believes_nothing_that_is_made_up(header in "([tv01=,]|[0-9a-f]{1,70}|.){0,20}", body: Vec<u8>, at_s in 0_i64..2_000_000_000) {
            let secret = Secret::new("whsec_1");
            proptest::prop_assert_eq!(verify(&header, &body, std::slice::from_ref(&secret), at_s), Err(BadSignature::Signature));
            let header = format!("v0={header},{},{header}", sign(&body, &secret, at_s));
            proptest::prop_assert!(header.contains(",t=") || verify(&header, &body, &[secret], at_s).is_ok());
        }
    }
}
