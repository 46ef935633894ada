//! Notices that are believed, and all the ways not to be.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use axum::body::Bytes;
use axum::http::{HeaderMap, HeaderValue, Request, Response};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use jiff::{SignedDuration, Timestamp};
use rustls_pki_types::CertificateDer;
use rustls_pki_types::pem::PemObject;

use super::double::certificate::{Authority, Signer};
use super::double::notices::headers;
use super::signature::{Distrust, Seal, Trust, Verifier};
use crate::gateway::http::{Http, HttpError};

const WEBHOOK: &str = "3RN13029J36659323";
const BODY: &[u8] = b"{\"id\": \"WH-1\",  \"summary\":\"caf\\u00e9\"}";
const URL: &str = "https://api.sandbox.paypal.com/v1/notifications/certs/CERT-1";
const NAME: &str = "messageverificationcerts.sandbox.paypal.com";

/// Gives one answer to everything, and notes what it was asked.
struct Shelf {
    answer: Mutex<Result<(u16, String), HttpError>>,
    asked: Mutex<Vec<String>>,
}

#[async_trait]
impl Http for Shelf {
    async fn send(&self, request: Request<Bytes>, _: Duration) -> Result<Response<Bytes>, HttpError> {
        self.asked.lock().unwrap().push(request.uri().to_string());
        let (status, body) = self.answer.lock().unwrap().clone()?;
        Ok(Response::builder().status(status).header("location", "https://evil.example/").body(Bytes::from(body)).unwrap())
    }
}

/// A certificate, a signed notice, and a verifier that trusts the certificate's root.
struct Scene {
    authority: Authority,
    signer: Signer,
    shelf: Arc<Shelf>,
    verifier: Verifier,
    seal: Seal,
    now: Timestamp,
}

impl Scene {
    fn new() -> Self {
        Self::with(&[NAME], (2020, 2030))
    }

    fn with(names: &[&str], valid: (i32, i32)) -> Self {
        let authority = Authority::new();
        let signer = authority.issue(names, valid);
        let shelf = Arc::new(Shelf { answer: Mutex::new(Ok((200, signer.chain()))), asked: Mutex::default() });
        let verifier = Verifier::new(shelf.clone(), Trust::only(&authority.root()).unwrap(), WEBHOOK);
        let mut seal = Seal {
            transmission_id: "69cd13f0-d67a-11e5-baa3-778b53f4ae55".into(),
            time: "2026-05-28T20:26:40Z".into(),
            signature: String::new(),
            certificate_url: URL.into(),
            algorithm: "SHA256withRSA".into(),
        };
        seal.signature = STANDARD.encode(signer.sign(seal.signed_text(WEBHOOK, BODY).as_bytes()));
        Self { authority, signer, shelf, verifier, seal, now: "2026-05-28T20:27:00Z".parse().unwrap() }
    }

    fn serves(&self, answer: Result<(u16, String), HttpError>) {
        *self.shelf.answer.lock().unwrap() = answer;
    }

    fn asked(&self) -> usize {
        self.shelf.asked.lock().unwrap().len()
    }

    async fn verdict(&self) -> Result<(), Distrust> {
        self.verifier.verify(&headers(&self.seal), BODY, self.now).await
    }

    async fn verdict_on(&self, headers: &HeaderMap, body: &[u8]) -> Result<(), Distrust> {
        self.verifier.verify(headers, body, self.now).await
    }
}

fn is_certificate(verdict: &Result<(), Distrust>) -> bool {
    matches!(verdict, Err(Distrust::Certificate(_)))
}

#[test]
fn the_signed_text_is_this() {
    let seal = Seal { time: "2016-02-18T20:01:35Z".into(), ..Scene::new().seal };
    // 907060870 is what `python3 -c "import zlib; print(zlib.crc32(b'hello'))"` prints.
    assert_eq!(
        seal.signed_text("1JE4291016473214C", b"hello"),
        "69cd13f0-d67a-11e5-baa3-778b53f4ae55|2016-02-18T20:01:35Z|1JE4291016473214C|907060870"
    );
}

/// Made by OpenSSL and Python; see `fixtures/README.md`.
#[tokio::test]
async fn a_notice_that_others_have_signed_is_believed() {
    let root = CertificateDer::from_pem_slice(include_bytes!("fixtures/root.pem")).unwrap();
    let chain = include_str!("fixtures/chain.pem").to_owned();
    let shelf = Arc::new(Shelf { answer: Mutex::new(Ok((200, chain))), asked: Mutex::default() });
    let verifier = Verifier::new(shelf, Trust::only(&root).unwrap(), "1JE4291016473214C");
    let signature = include_str!("fixtures/signature.txt").trim().to_owned();
    let seal = Seal { signature, time: "2027-01-01T00:00:00Z".into(), ..Scene::new().seal };
    let now = "2027-01-01T00:01:00Z".parse().unwrap();
    assert_eq!(verifier.verify(&headers(&seal), include_bytes!("fixtures/notice.json"), now).await, Ok(()));
}

#[tokio::test]
async fn a_genuine_notice_is_believed_and_its_certificate_fetched_once() {
    let scene = Scene::new();
    for _ in 0..3 {
        assert_eq!(scene.verdict().await, Ok(()));
    }
    assert_eq!(*scene.shelf.asked.lock().unwrap(), [URL]);
}

#[tokio::test]
async fn every_change_to_what_is_signed_is_noticed() {
    let scene = Scene::new();
    let changed = |name: &'static str, value: &str| {
        let mut headers = headers(&scene.seal);
        headers.insert(name, HeaderValue::from_str(value).unwrap());
        headers
    };
    let other_body = scene.verdict_on(&headers(&scene.seal), b"{\"id\":\"WH-1\",\"summary\":\"caf\\u00e9\"}").await;
    assert_eq!(other_body, Err(Distrust::Signature), "written anew, it is another body");
    let other_key = STANDARD.encode([7; 256]);
    let cases = [
        ("paypal-transmission-id", "69cd13f0-d67a-11e5-baa3-778b53f4ae56", Distrust::Signature),
        ("paypal-transmission-time", "2026-05-28T20:26:41Z", Distrust::Signature),
        ("paypal-transmission-time", "2026-05-28T20:26:40+00:00", Distrust::Signature),
        ("paypal-transmission-time", "yesterday", Distrust::Time),
        ("paypal-transmission-sig", "not base64!", Distrust::Signature),
        ("paypal-transmission-sig", "AAAA", Distrust::Signature),
        ("paypal-transmission-sig", &other_key, Distrust::Signature),
        ("paypal-auth-algo", "SHA1withRSA", Distrust::Algorithm),
        ("paypal-auth-algo", "none", Distrust::Algorithm),
    ];
    for (name, value, expected) in cases {
        assert_eq!(scene.verdict_on(&changed(name, value), BODY).await, Err(expected), "{name}: {value}");
    }
    let another = Verifier::new(scene.shelf.clone(), Trust::only(&scene.authority.root()).unwrap(), "1JE4291016473214C");
    assert_eq!(another.verify(&headers(&scene.seal), BODY, scene.now).await, Err(Distrust::Signature), "another webhook");
}

#[tokio::test]
async fn every_header_is_needed() {
    let scene = Scene::new();
    let names = ["paypal-transmission-id", "paypal-transmission-time", "paypal-transmission-sig", "paypal-cert-url", "paypal-auth-algo"];
    for name in names {
        let mut headers = headers(&scene.seal);
        headers.remove(name);
        assert_eq!(scene.verdict_on(&headers, BODY).await, Err(Distrust::MissingHeader(name)));
        headers.insert(name, HeaderValue::from_static(""));
        assert_eq!(scene.verdict_on(&headers, BODY).await, Err(Distrust::MissingHeader(name)));
    }
}

#[tokio::test]
async fn a_notice_may_be_late_but_not_ancient() {
    let minutes = SignedDuration::from_mins;
    let days = |days: i64| SignedDuration::from_hours(24 * days);
    let cases =
        [(minutes(-4), Ok(())), (minutes(-6), Err(Distrust::Stale)), (days(3), Ok(())), (days(4) + minutes(1), Err(Distrust::Stale))];
    for (age, expected) in cases {
        let mut scene = Scene::new();
        scene.now = scene.seal.time.parse::<Timestamp>().unwrap() + age;
        assert_eq!(scene.verdict().await, expected, "{age}");
    }
}

#[tokio::test]
async fn nothing_is_fetched_from_elsewhere() {
    let mut scene = Scene::new();
    let addresses = [
        "http://api.paypal.com/cert",
        "https://api.paypal.com:8443/cert",
        "https://api.paypal.com@evil.example/cert",
        "https://api.paypal.com.evil.example/cert",
        "https://notpaypal.com/cert",
    ];
    for address in addresses {
        scene.seal.certificate_url = address.into();
        assert_eq!(scene.verdict().await, Err(Distrust::Address), "{address}");
    }
    assert_eq!(scene.asked(), 0);
}

#[tokio::test]
async fn a_certificate_that_cannot_be_had_now_may_be_had_later() {
    let scene = Scene::new();
    let troubles = [Ok((302, String::new())), Ok((404, String::new())), Ok((503, String::new())), Err(HttpError::Unanswered("x".into()))];
    for trouble in troubles {
        scene.serves(trouble.clone());
        assert!(matches!(scene.verdict().await, Err(Distrust::Unfetched(_))), "{trouble:?}");
    }
    scene.serves(Ok((200, scene.signer.chain())));
    assert_eq!(scene.verdict().await, Ok(()));
}

#[tokio::test]
async fn a_chain_has_to_reach_a_trusted_root() {
    let scene = Scene::new();
    let stranger = Authority::new().issue(&[NAME], (2020, 2030));
    let answers = [
        ("leaf only", scene.signer.leaf().to_owned()),
        ("another intermediate", format!("{}{}", scene.signer.leaf(), stranger.between())),
        ("another root", stranger.chain()),
        ("the wrong way round", format!("{}{}", scene.signer.between(), scene.signer.leaf())),
        ("nothing", String::new()),
        ("a page", "<html>".to_owned()),
        ("broken PEM", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n".to_owned()),
        ("too much", scene.signer.chain().repeat(60)),
    ];
    for (name, answer) in answers {
        scene.serves(Ok((200, answer)));
        let verdict = scene.verdict().await;
        assert!(is_certificate(&verdict), "{name}: {verdict:?}");
    }
    let on_the_web = Verifier::new(scene.shelf.clone(), Trust::web(), WEBHOOK);
    scene.serves(Ok((200, scene.signer.chain())));
    assert!(is_certificate(&on_the_web.verify(&headers(&scene.seal), BODY, scene.now).await), "browsers don't trust it");
    assert_eq!(scene.verdict().await, Ok(()), "nothing of the wrong ones was kept");
}

#[tokio::test]
async fn a_lone_certificate_is_believed_with_an_intermediate_of_ours() {
    let scene = Scene::new();
    scene.serves(Ok((200, scene.signer.leaf().to_owned())));
    let between = CertificateDer::from_pem_slice(scene.signer.between().as_bytes()).unwrap();
    let trust = Trust::only(&scene.authority.root()).unwrap().with_intermediates([between]);
    let verifier = Verifier::new(scene.shelf.clone(), trust, WEBHOOK);
    assert_eq!(verifier.verify(&headers(&scene.seal), BODY, scene.now).await, Ok(()));
}

#[tokio::test]
async fn a_certificate_has_to_be_valid_and_about_paypal() {
    let cases: [(&[&str], (i32, i32), bool); 9] = [
        (&[NAME], (2020, 2030), true),
        (&["*.paypal.com"], (2020, 2030), true),
        (&["shop.example", "api.paypal.com"], (2020, 2030), true),
        (&[NAME], (2020, 2026), false),
        (&[NAME], (2027, 2030), false),
        (&["shop.example"], (2020, 2030), false),
        (&["notpaypal.com"], (2020, 2030), false),
        (&["paypal.com.evil.example"], (2020, 2030), false),
        (&["api.paypal.com.evil.example"], (2020, 2030), false),
    ];
    for (names, valid, is_good) in cases {
        let verdict = Scene::with(names, valid).verdict().await;
        assert_eq!(verdict.is_ok(), is_good, "{names:?} {valid:?}: {verdict:?}");
        assert!(is_good || is_certificate(&verdict), "{names:?} {valid:?}: {verdict:?}");
    }
}

#[tokio::test]
async fn a_certificate_that_has_expired_is_fetched_anew() {
    let mut scene = Scene::with(&[NAME], (2020, 2027));
    assert_eq!(scene.verdict().await, Ok(()));
    scene.seal.time = "2027-03-01T00:00:00Z".into();
    scene.seal.signature = STANDARD.encode(scene.signer.sign(scene.seal.signed_text(WEBHOOK, BODY).as_bytes()));
    scene.now = "2027-03-01T00:00:10Z".parse().unwrap();
    assert!(is_certificate(&scene.verdict().await));
    scene.serves(Ok((200, scene.authority.issue(&[NAME], (2026, 2030)).chain())));
    assert_eq!(scene.verdict().await, Ok(()));
    assert_eq!(scene.asked(), 3);
}
