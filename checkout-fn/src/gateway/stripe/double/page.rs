//! The stand-in's payment page, plain enough for a browser's test: three buttons, and back to the shop.

use std::sync::Arc;

use axum::extract::{Form, Path, State as Extract};
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Redirect, Response};
use serde_json::Value;

use super::Shared;
use super::state::text;

/// What the shopper presses.
#[derive(serde::Deserialize)]
pub(super) struct Pressed {
    how: String,
}

/// Shows a session; one that is over is said to be.
pub(super) async fn show(Extract(shared): Extract<Arc<Shared>>, Path(id): Path<String>) -> Response {
    match shared.state().object(&id) {
        Some(session) if text(session, "status") == "open" => Html(page(session)).into_response(),
        Some(_) => (StatusCode::GONE, "this session is over").into_response(),
        None => (StatusCode::NOT_FOUND, "there is no such session").into_response(),
    }
}

/// Does what the shopper pressed: back to the shop after paying, back to the page after a declined card.
pub(super) async fn press(Extract(shared): Extract<Arc<Shared>>, Path(id): Path<String>, Form(pressed): Form<Pressed>) -> Response {
    let mut state = shared.state();
    let done = match pressed.how.as_str() {
        "paid" => state.pay(&id),
        "later" => state.pay_later(&id),
        _ => state.decline(&id).map(|()| String::new()),
    };
    match (done, state.object(&id)) {
        (Ok(_), Some(session)) if text(session, "status") == "complete" => {
            Redirect::to(&text(session, "success_url").replace("{CHECKOUT_SESSION_ID}", &id)).into_response()
        }
        (Ok(_), _) => Redirect::to(&format!("/pay/{id}")).into_response(),
        (Err(why), _) => (StatusCode::CONFLICT, why).into_response(),
    }
}

fn page(session: &Value) -> String {
    let button = |how: &str, label: &str| format!("<button name=how value={how}>{label}</button>");
    let buttons = [button("paid", "Pay"), button("declined", "Pay with a card that is declined"), button("later", "Pay later")].concat();
    let shop = text(session, "cancel_url").replace('&', "&amp;").replace('"', "&quot;");
    let (amount, currency) = (&session["amount_total"], text(session, "currency"));
    format!("<!doctype html><title>Pay</title><h1>{amount} {currency}</h1><form method=post>{buttons}</form><a href=\"{shop}\">Back</a>")
}
