//! The way in from the content delivery network: who does not come through it is turned away, and who does is known by the
//! address that it names.

use axum::Router;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use lambda_http::RequestExt as _;

use crate::http::{CLIENT_HEADER, RequestId};
use crate::service::Named;

/// The header in which the network proves that it is the one.
const PROOF: HeaderName = HeaderName::from_static("x-shopfront-origin");

/// The header in which it names the shopper's address and port.
const VIEWER: HeaderName = HeaderName::from_static("cloudfront-viewer-address");

/// The door.
#[derive(Clone)]
pub(super) struct Door {
    base_path: String,
    /// Hashes of what proves it: comparing these takes the same time wherever they differ.
    proofs: Vec<blake3::Hash>,
}

impl Door {
    /// `None` where it would stand open, which is told.
    pub(super) fn open(base_path: &str, named: &mut Named<'_>) -> Option<Self> {
        let secrets = named.need("SHOPFRONT_ORIGIN_SECRET", "the value of the header X-Shopfront-Origin that the network adds");
        let secrets = secrets.split(',').map(str::trim).filter(|secret| !secret.is_empty());
        let proofs: Vec<_> = secrets.map(|secret| blake3::hash(secret.as_bytes())).collect();
        (!proofs.is_empty()).then(|| Self { base_path: base_path.to_owned(), proofs })
    }

    /// Routes behind the door, below the shop's base path.
    pub(super) fn before(&self, routes: Router) -> Router {
        let nested = Router::new().nest(&format!("{}/api", self.base_path), routes);
        nested.layer(from_fn_with_state(self.clone(), pass))
    }

    fn is_proven(&self, headers: &HeaderMap) -> bool {
        let given = headers.get(PROOF).map(|value| blake3::hash(value.as_bytes()));
        given.is_some_and(|given| self.proofs.contains(&given))
    }
}

async fn pass(State(door): State<Door>, mut request: Request, next: Next) -> Response {
    if !door.is_proven(request.headers()) {
        let text = r#"{"status":403,"title":"this address is not reached directly","code":"forbidden"}"#;
        return (StatusCode::FORBIDDEN, [(header::CONTENT_TYPE, "application/problem+json")], text).into_response();
    }
    let client = client(request.headers());
    request.headers_mut().remove(PROOF);
    request.headers_mut().insert(CLIENT_HEADER, client);
    if let Some(id) = request.lambda_context_ref().map(|context| context.request_id.clone()) {
        request.extensions_mut().insert(RequestId(id));
    }
    next.run(request).await
}

/// The shopper's address, without its port. Nobody without one is told apart.
fn client(headers: &HeaderMap) -> HeaderValue {
    let viewer = headers.get(VIEWER).and_then(|value| value.to_str().ok());
    let address = viewer.and_then(|text| text.rsplit_once(':')).map(|(address, _)| address.trim_matches(['[', ']']));
    address.and_then(|address| HeaderValue::from_str(address).ok()).unwrap_or(HeaderValue::from_static("unknown"))
}

#[cfg(test)]
mod tests {
    use axum::body::Body;
    use axum::routing::get;
    use tower::ServiceExt as _;

    use super::*;

    async fn knock(headers: &[(&'static str, &'static str)]) -> (StatusCode, String) {
        let setting = |name: &str| (name == "SHOPFRONT_ORIGIN_SECRET").then(|| "new, old".to_owned());
        let door = Door::open("/base", &mut Named::new(&setting)).expect("a door");
        let told = async |headers: HeaderMap| headers[CLIENT_HEADER].to_str().expect("text").to_owned();
        let mut request = Request::get("/base/api/who");
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let answer = door.before(Router::new().route("/who", get(told))).oneshot(request.body(Body::empty()).expect("a request"));
        let answer = answer.await.expect("an answer");
        let status = answer.status();
        let body = axum::body::to_bytes(answer.into_body(), 1000).await.expect("a body");
        (status, String::from_utf8_lossy(&body).into_owned())
    }

    #[tokio::test]
    async fn only_the_network_comes_in_and_says_who_asks() {
        let ok = |who: &str| (StatusCode::OK, who.to_owned());
        for (viewer, address) in
            [("198.51.100.10:46532", "198.51.100.10"), ("2001:db8::1:46532", "2001:db8::1"), ("[2001:db8::1]:1", "2001:db8::1")]
        {
            // What the shopper writes does not count.
            let headers = [("x-shopfront-origin", "old"), ("cloudfront-viewer-address", viewer), ("x-shopfront-client", "me")];
            assert_eq!(knock(&headers).await, ok(address));
        }
        assert_eq!(knock(&[("x-shopfront-origin", "new")]).await, ok("unknown"));
        for headers in [&[][..], &[("x-shopfront-origin", "")], &[("x-shopfront-origin", "new, old")], &[("x-shopfront-origin", "olde")]] {
            assert_eq!(knock(headers).await.0, StatusCode::FORBIDDEN);
        }
    }

    #[test]
    fn a_door_without_a_secret_is_none() {
        for secret in [None, Some(" , ")] {
            let setting = |_: &str| secret.map(str::to_owned);
            let mut named = Named::new(&setting);
            assert!(Door::open("", &mut named).is_none());
        }
    }
}
