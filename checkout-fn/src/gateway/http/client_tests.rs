//! Against servers on this machine that answer, hang, say too much or go away.

use std::io::{Read as _, Write as _};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use axum::Router;
use axum::body::Body;
use axum::routing::get;
use futures_util::stream;
use rustls::pki_types::PrivateKeyDer;
use rustls::{ClientConfig, RootCertStore, ServerConfig, ServerConnection, StreamOwned};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

use super::*;

const SOON: Duration = Duration::from_millis(300);
const PLENTY: Duration = Duration::from_secs(10);

async fn listener() -> (TcpListener, String) {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let base = format!("http://{}", listener.local_addr().expect("an address"));
    (listener, base)
}

fn ask(address: &str) -> Request<Bytes> {
    Request::get(address).body(Bytes::new()).expect("a request")
}

async fn torn() -> Body {
    let pieces = [Ok("half an "), Err(std::io::Error::other("gone"))];
    Body::from_stream(stream::iter(pieces))
}

#[tokio::test]
async fn tells_what_is_unanswered_from_what_was_never_sent() {
    let (server, base) = listener().await;
    let router = Router::new()
        .route("/good", get(|| async { "good" }))
        .route("/hangs", get(std::future::pending::<&'static str>))
        .route("/large", get(|| async { vec![b'x'; MAX_ANSWER + 1] }))
        .route("/torn", get(torn));
    tokio::spawn(async move { axum::serve(server, router).await });
    let nobody = {
        let (closed, base) = listener().await;
        drop(closed);
        base
    };
    let client = Client::new();
    let answer = client.send(ask(&format!("{base}/good")), PLENTY).await.expect("an answer");
    assert_eq!((answer.status().as_u16(), &answer.body()[..]), (200, &b"good"[..]));
    assert_eq!(client.send(ask(&format!("{base}/none")), PLENTY).await.expect("an answer").status(), 404, "whatever its status");
    let cases = [
        (format!("{base}/hangs"), SOON, "unanswered"),
        (format!("{base}/large"), PLENTY, "unanswered"),
        (format!("{base}/torn"), PLENTY, "unanswered"),
        (nobody, PLENTY, "unreached"),
        ("http://example.com/".to_owned(), PLENTY, "unreached"),
        ("http://127.0.0.1.example.com/".to_owned(), PLENTY, "unreached"),
        ("ftp://127.0.0.1/".to_owned(), PLENTY, "unreached"),
    ];
    for (address, within, expected) in cases {
        let found = match client.send(ask(&address), within).await {
            Err(HttpError::Unreached(_)) => "unreached",
            Err(HttpError::Unanswered(_)) => "unanswered",
            Ok(_) => "answered",
        };
        assert_eq!(found, expected, "{address}");
    }
}

/// Counts connections; each answers every request on it.
async fn counting(listener: TcpListener, count: Arc<AtomicUsize>) {
    while let Ok((mut socket, _)) = listener.accept().await {
        count.fetch_add(1, Ordering::SeqCst);
        tokio::spawn(async move {
            let mut buffer = [0; 4096];
            while matches!(socket.read(&mut buffer).await, Ok(read) if read > 0) {
                if socket.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok").await.is_err() {
                    break;
                }
            }
        });
    }
}

#[tokio::test]
async fn keeps_its_connections() {
    let (server, base) = listener().await;
    let count = Arc::new(AtomicUsize::new(0));
    tokio::spawn(counting(server, count.clone()));
    let client = Client::new();
    for _ in 0..5 {
        client.clone().send(ask(&base), PLENTY).await.expect("an answer");
    }
    assert_eq!(count.load(Ordering::SeqCst), 1);
}

const CERTIFICATE: &[u8] = include_bytes!("../../../fixtures/tls/loopback.der");
const CERTIFICATE_KEY: &[u8] = include_bytes!("../../../fixtures/tls/loopback-key.der");

/// A server with a certificate for 127.0.0.1 that nobody has signed. Its address.
fn tls_server() -> String {
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let config = ServerConfig::builder_with_provider(provider).with_safe_default_protocol_versions().expect("versions");
    let key = PrivateKeyDer::Pkcs8(CERTIFICATE_KEY.into());
    let config = config.with_no_client_auth().with_single_cert(vec![CERTIFICATE.into()], key).expect("a certificate");
    let config = Arc::new(config);
    let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    let port = listener.local_addr().expect("an address").port();
    std::thread::spawn(move || {
        for socket in listener.incoming() {
            let connection = ServerConnection::new(config.clone()).expect("a connection");
            let mut stream = StreamOwned::new(connection, socket.expect("a socket"));
            let mut buffer = [0; 4096];
            // Whoever does not trust the certificate hangs up.
            if matches!(stream.read(&mut buffer), Ok(read) if read > 0) {
                let _ = stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\nConnection: close\r\n\r\nsafe");
            }
        }
    });
    format!("https://127.0.0.1:{port}")
}

fn trusting(certificate: &'static [u8]) -> Client {
    let mut roots = RootCertStore::empty();
    roots.add(certificate.into()).expect("a certificate");
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let config = ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions().expect("versions");
    Client::over(HttpsConnectorBuilder::new().with_tls_config(config.with_root_certificates(roots).with_no_client_auth()))
}

#[tokio::test]
async fn believes_only_certificates_that_it_trusts() {
    let base = tls_server();
    let answer = trusting(CERTIFICATE).send(ask(&base), PLENTY).await.expect("an answer");
    assert_eq!(&answer.body()[..], b"safe");
    let error = Client::new().send(ask(&base), PLENTY).await.expect_err("nobody has signed it");
    assert!(matches!(&error, HttpError::Unreached(why) if why.contains("certificate")), "{error}");
    let other_name = base.replace("127.0.0.1", "localhost");
    let error = trusting(CERTIFICATE).send(ask(&other_name), PLENTY).await.expect_err("it is for another name");
    assert!(matches!(&error, HttpError::Unreached(why) if why.contains("certificate")), "{error}");
}

#[tokio::test]
async fn refuses_a_server_without_a_trusted_certificate() {
    let (server, base) = listener().await;
    tokio::spawn(async move {
        while let Ok((mut socket, _)) = server.accept().await {
            let _ = socket.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n").await;
        }
    });
    let error = Client::new().send(ask(&base.replace("http:", "https:")), PLENTY).await.expect_err("not TLS at all");
    assert!(matches!(error, HttpError::Unreached(_)), "{error}");
}
