//! Against servers on this machine that answer, hang, say too much or go away.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use axum::Router;
use axum::body::Body;
use axum::routing::get;
use futures_util::stream;
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
