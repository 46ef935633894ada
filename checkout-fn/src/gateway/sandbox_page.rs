//! The sandbox's payment page: a plain test page, clearly marked, with a button for each thing that can happen.

use std::sync::Arc;

use axum::Router;
use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::middleware::from_fn;
use axum::response::Response;
use axum::routing::get;
use catalog::currency::Currency;
use catalog::money::Money;

use super::sandbox::{PENDING_FOR, PageView, Press, Sandbox};
use crate::decide::Status;
use crate::error::{Problem, Refusal};
use crate::http::html::Html;
use crate::http::{self, Asked, Named, page, redirect, respond};
use crate::shop::Shop;

/// The value and the text of each button.
const BUTTONS: [(&str, &str); 6] = [
    ("paid", "Pay"),
    ("declined", "Pay with a card that is declined"),
    ("pending_paid", "Pay, arriving in 3 seconds"),
    ("pending_failed", "Pay, failing in 3 seconds"),
    ("cancel", "Cancel and go back"),
    ("abandon", "Leave without a word"),
];

/// The sandbox at work in a shop.
#[derive(Clone)]
pub(crate) struct Desk {
    pub(crate) shop: Shop,
    pub(crate) sandbox: Arc<Sandbox>,
}

impl Desk {
    /// The page's route, below `/api`.
    pub(crate) fn router(self) -> Router {
        Router::new().route("/sandbox/pay/{session}", get(show).post(press)).layer(from_fn(http::private)).with_state(self)
    }

    /// Sends the notices that are due, through the same route as those of any gateway.
    pub(crate) async fn deliver_notices(&self) {
        if let Err(fault) = self.sandbox.deliver(&http::webhooks_only(self.shop.clone())).await {
            self.shop.log_fault(&fault.text);
        }
    }

    /// Notices travel on their own, as those of a gateway elsewhere would; what is lost here is sent by the worker.
    fn notify_later(&self) {
        let desk = self.clone();
        tokio::spawn(async move {
            desk.deliver_notices().await;
            tokio::time::sleep(PENDING_FOR.unsigned_abs()).await;
            desk.deliver_notices().await;
        });
    }

    async fn find(&self, session: &str) -> Result<PageView, Problem> {
        self.sandbox.page(session).await?.ok_or_else(unknown)
    }
}

fn unknown() -> Problem {
    Refusal::new(404, "unknown_session", "there is no such payment").into()
}

async fn show(State(desk): State<Desk>, Named(session): Named, request: Request) -> Response {
    match desk.find(&session).await {
        Ok(view) => pay_page(&desk.shop, &session, &view).await,
        Err(problem) => respond(&desk.shop, &Asked::of(&request), problem).await,
    }
}

async fn press(State(desk): State<Desk>, Named(session): Named, request: Request) -> Response {
    let asked = Asked::of(&request);
    match pressed(&desk, &session, request).await {
        Ok(response) => response,
        Err(problem) => respond(&desk.shop, &asked, problem).await,
    }
}

async fn pressed(desk: &Desk, session: &str, request: Request) -> Result<Response, Problem> {
    let shop = &desk.shop;
    let press = match http::pressed_button(shop, request).await?.as_str() {
        "paid" => Press::Paid,
        "declined" => Press::Declined,
        "pending_paid" => Press::PendingPaid,
        "pending_failed" => Press::PendingFailed,
        "cancel" => return desk.find(session).await.map(|view| redirect(&shop.stay(&view.cancel_url))),
        "abandon" => return Ok(redirect(&shop.path("/"))),
        _ => return Err(Refusal::new(422, "invalid_request", "there is no such button").into()),
    };
    let view = desk.sandbox.press(session, press).await?.ok_or_else(unknown)?;
    desk.notify_later();
    if view.status == Status::Open {
        return Ok(redirect(&shop.path(&format!("/api/sandbox/pay/{session}"))));
    }
    Ok(redirect(&shop.stay(&view.return_url)))
}

async fn pay_page(shop: &Shop, session: &str, view: &PageView) -> Response {
    let mut html = Html::new();
    html.el("div", &[("class", "sandbox")], |h| {
        h.el("h1", &[], |h| h.text("Test payment"));
        h.el("p", &[("class", "notice")], |h| h.text("Test payment: no money moves. Choose what the bank shall do."));
        let amount = Currency::parse(&view.currency).map(|currency| Money::new(view.amount, currency).to_string());
        h.el("p", &[], |h| h.text(&format!("Order {}: {}", view.number, amount.unwrap_or_default())));
        if view.status != Status::Open {
            h.el("p", &[("class", "notice notice--error"), ("role", "alert")], |h| h.text("Nothing more can be paid here."));
            h.el("p", &[], |h| {
                h.el("a", &[("class", "button button--primary"), ("href", &shop.stay(&view.return_url))], |h| h.text("To the order"));
            });
            return;
        }
        if view.declined {
            h.el("p", &[("class", "notice notice--error"), ("role", "alert")], |h| h.text("The card was declined. Try another."));
        }
        let action = shop.path(&format!("/api/sandbox/pay/{session}"));
        h.el("form", &[("class", "form"), ("method", "post"), ("action", &action)], |h| {
            for (i, (value, text)) in BUTTONS.into_iter().enumerate() {
                let class = if i == 0 { "button button--primary" } else { "button button--quiet" };
                h.el("button", &[("class", class), ("type", "submit"), ("name", "outcome"), ("value", value)], |h| h.text(text));
            }
        });
    });
    page(shop, &view.language, StatusCode::OK, "Test payment", html).await
}
