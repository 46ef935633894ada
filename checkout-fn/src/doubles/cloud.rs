//! A stand-in for S3 and Secrets Manager: objects and secrets in memory, and what was asked of them. Who signs is not checked, only
//! that it is signed.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::body::{Body, to_bytes};
use axum::extract::{Request, State};
use axum::http::{HeaderMap, Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

/// The most that a body may have, in bytes.
const MAX_BODY: usize = 64 * 1024 * 1024;

/// The stand-in. It stops when it is dropped.
pub struct CloudDouble {
    held: Arc<Mutex<Held>>,
    base: String,
    server: tokio::task::JoinHandle<()>,
}

#[derive(Default)]
struct Held {
    /// `bucket/name` to bytes.
    objects: BTreeMap<String, Vec<u8>>,
    secrets: BTreeMap<String, String>,
    asked: Vec<String>,
}

impl CloudDouble {
    /// Starts it on a free port of 127.0.0.1.
    pub async fn start() -> std::io::Result<Self> {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
        let base = format!("http://{}", listener.local_addr()?);
        let held = Arc::<Mutex<Held>>::default();
        let router = axum::Router::new().fallback(answer).with_state(held.clone());
        let server = tokio::spawn(async move {
            // It ends with the task; there is nobody to tell why.
            let _ = axum::serve(listener, router).await;
        });
        Ok(Self { held, base, server })
    }

    /// Its address.
    pub fn base(&self) -> &str {
        &self.base
    }

    fn held(&self) -> MutexGuard<'_, Held> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Puts an object under `bucket/name`.
    pub fn put(&self, name: &str, bytes: impl Into<Vec<u8>>) {
        self.held().objects.insert(name.to_owned(), bytes.into());
    }

    /// Puts a secret.
    pub fn hide(&self, name: &str, text: &str) {
        self.held().secrets.insert(name.to_owned(), text.to_owned());
    }

    /// The names of all objects.
    pub fn names(&self) -> Vec<String> {
        self.held().objects.keys().cloned().collect()
    }

    /// What was asked since the last call: `GET bucket/name`.
    pub fn take_asked(&self) -> Vec<String> {
        std::mem::take(&mut self.held().asked)
    }
}

impl Drop for CloudDouble {
    fn drop(&mut self) {
        self.server.abort();
    }
}

async fn answer(State(held): State<Arc<Mutex<Held>>>, request: Request) -> Response {
    let (head, body) = request.into_parts();
    let body = to_bytes(Body::new(body), MAX_BODY).await.unwrap_or_default();
    let mut held = held.lock().unwrap_or_else(PoisonError::into_inner);
    let signed = head.headers.contains_key(header::AUTHORIZATION) || head.uri.query().unwrap_or_default().contains("X-Amz-Signature=");
    if !signed {
        return StatusCode::FORBIDDEN.into_response();
    }
    if let Some(target) = head.headers.get("x-amz-target").and_then(|target| target.to_str().ok()) {
        held.asked.push(target.to_owned());
        return secret(&held, &body);
    }
    let path = percent_encoding::percent_decode_str(head.uri.path().trim_start_matches('/')).decode_utf8_lossy().into_owned();
    held.asked.push(format!("{} {path}", head.method));
    match head.method {
        Method::GET | Method::HEAD => held.objects.get(&path).map_or_else(missing, |bytes| object(bytes)),
        Method::PUT => copy(&mut held, path, &head.headers),
        _ => StatusCode::METHOD_NOT_ALLOWED.into_response(),
    }
}

fn tag(bytes: &[u8]) -> String {
    format!("\"{}\"", &blake3::hash(bytes).to_hex()[..32])
}

fn object(bytes: &[u8]) -> Response {
    ([(header::ETAG, tag(bytes))], bytes.to_vec()).into_response()
}

fn missing() -> Response {
    let xml = "<?xml version=\"1.0\"?><Error><Code>NoSuchKey</Code><Message>There is none.</Message></Error>";
    (StatusCode::NOT_FOUND, [(header::CONTENT_TYPE, "application/xml")], xml).into_response()
}

fn copy(held: &mut Held, path: String, headers: &HeaderMap) -> Response {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let source = percent_encoding::percent_decode_str(text("x-amz-copy-source")).decode_utf8_lossy().into_owned();
    let Some(bytes) = held.objects.get(&source).cloned() else { return missing() };
    let tag = tag(&bytes);
    if text("x-amz-copy-source-if-match") != tag {
        return StatusCode::PRECONDITION_FAILED.into_response();
    }
    held.objects.insert(path, bytes);
    format!("<?xml version=\"1.0\"?><CopyObjectResult><ETag>{tag}</ETag></CopyObjectResult>").into_response()
}

fn secret(held: &Held, body: &[u8]) -> Response {
    let asked: Value = serde_json::from_slice(body).unwrap_or_default();
    match held.secrets.get(asked["SecretId"].as_str().unwrap_or_default()) {
        Some(text) => axum::Json(json!({ "Name": asked["SecretId"], "SecretString": text })).into_response(),
        None => {
            let error = json!({ "__type": "ResourceNotFoundException", "Message": "there is no such secret" });
            (StatusCode::BAD_REQUEST, axum::Json(error)).into_response()
        }
    }
}
