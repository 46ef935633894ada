//! Answers: problems as RFC 9457 or as pages, pages in the shop's frame, redirects.

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use catalog::bundle::{SHELL_MARKER, SHELL_TITLE};

use super::body::Asked;
use super::form::Fields;
use super::html::{Html, escaped};
use super::pages;
use crate::error::{Away, Problem, Refusal};
use crate::shop::Shop;
use crate::watch::{Figure, request_id};

/// Answers with a problem, in the form that was asked for.
pub(crate) async fn respond(shop: &Shop, asked: &Asked, problem: Problem) -> Response {
    let refusal = public(shop, problem);
    if asked.html {
        // Following the link is asking again.
        let again = |h: &mut Html| {
            if asked.is_get {
                h.el("p", &[], |h| h.el("a", &[("class", "button button--primary"), ("href", "")], |h| h.text(TRY_AGAIN)));
            }
        };
        return page(shop, &asked.language, status(&refusal), heading(&refusal), refusal_page(shop, &refusal, again)).await;
    }
    problem_json(&refusal)
}

/// The same for a form that was posted: where only somebody does not answer for now, its page has a button that posts the same once
/// more, under the same key, so that nothing is done twice.
pub(super) async fn respond_to_form(shop: &Shop, language: &str, problem: Problem, action: &str, fields: &Fields) -> Response {
    let refusal = public(shop, problem);
    let again = |h: &mut Html| {
        h.el("form", &[("method", "post"), ("action", &shop.path(action))], |h| {
            for (name, value) in fields {
                pages::hidden(h, name, value);
            }
            h.el("button", &[("class", "button button--primary"), ("type", "submit")], |h| h.text(TRY_AGAIN));
        });
    };
    page(shop, language, status(&refusal), heading(&refusal), refusal_page(shop, &refusal, again)).await
}

const TRY_AGAIN: &str = "Try again";

/// What the client may know. The cause of a fault goes to the log, under the id of the request, which the client gets too.
pub(crate) fn public(shop: &Shop, problem: Problem) -> Refusal {
    match problem {
        Problem::Refused(refusal) => {
            shop.figure(&Figure::Refused(refusal.code));
            *refusal
        }
        Problem::Failed(fault) => {
            let id = request_id().unwrap_or_default();
            shop.log_fault(&format!("{fault} (request {id})"));
            let (status, code, text) = match fault.away {
                None => (500, "internal_error", "something is wrong on our side; please try again"),
                Some(Away::Store) => (503, "shop_unreachable", "the shop does not answer for now; please try again in a minute"),
                Some(Away::Gateway) => {
                    let text =
                        "the payment service does not answer for now; nothing is lost, your cart is kept; please try again in a minute";
                    (503, "payment_unreachable", text)
                }
            };
            Refusal::new(status, code, format!("{text} (request {id})"))
        }
    }
}

pub(crate) fn status(refusal: &Refusal) -> StatusCode {
    StatusCode::from_u16(refusal.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
}

/// RFC 9457.
pub(crate) fn problem_json(refusal: &Refusal) -> Response {
    let mut body = serde_json::json!({ "status": refusal.status, "title": refusal.message, "code": refusal.code });
    if let Some(first) = refusal.complaints.first() {
        if let Some(sku) = &first.sku {
            body["sku"] = sku.clone().into();
        }
        if let Some(line) = first.line {
            body["line"] = line.into();
        }
        body["faults"] = serde_json::json!(refusal.complaints);
    }
    if let Some(quote) = &refusal.quote {
        body["quote"] = serde_json::json!(quote);
    }
    (status(refusal), [(header::CONTENT_TYPE, "application/problem+json")], body.to_string()).into_response()
}

/// Whether somebody does not answer for now, and the same request may go well in a moment.
pub(super) fn is_away(refusal: &Refusal) -> bool {
    refusal.status == StatusCode::SERVICE_UNAVAILABLE.as_u16()
}

fn heading(refusal: &Refusal) -> &'static str {
    if is_away(refusal) { "Please try again in a minute" } else { "That did not work" }
}

/// `again` writes how to ask again, and is asked for that only where it makes sense.
fn refusal_page(shop: &Shop, refusal: &Refusal, again: impl FnOnce(&mut Html)) -> Html {
    let mut html = Html::new();
    html.el("h1", &[], |h| h.text(heading(refusal)));
    html.el("div", &[("class", "notice notice--error"), ("role", "alert")], |h| {
        h.el("p", &[], |h| h.text(&sentence(&refusal.message)));
        if refusal.complaints.len() > 1 {
            h.el("ul", &[], |h| {
                for complaint in &refusal.complaints {
                    h.el("li", &[], |h| h.text(&sentence(&complaint.message)));
                }
            });
        }
    });
    if is_away(refusal) {
        again(&mut html);
    }
    html.el("p", &[], |h| h.el("a", &[("class", "button button--quiet"), ("href", &shop.path("/"))], |h| h.text("Back to the shop")));
    html
}

/// A message as a sentence of a page.
pub(crate) fn sentence(message: &str) -> String {
    let mut letters = message.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

/// A page in the shop's frame.
pub(crate) async fn page(shop: &Shop, language: &str, status: StatusCode, title: &str, content: Html) -> Response {
    let shell = match shop.catalogue.shell(language).await {
        Ok(shell) => shell,
        Err(fault) => {
            shop.log_fault(&fault.text);
            format!("<!doctype html><meta charset=\"utf-8\"><title>{SHELL_TITLE}</title>{SHELL_MARKER}")
        }
    };
    let mut article = Html::new();
    // Its own words are English, whatever the language of the frame.
    article.el("article", &[("class", "fn-page"), ("lang", "en"), ("dir", "ltr")], |h| h.append(&content));
    // The title first: nothing that a shopper wrote stands in it.
    let html = shell.replace(SHELL_TITLE, &escaped(title)).replace(SHELL_MARKER, &article.into_string());
    (status, [(header::CONTENT_TYPE, "text/html; charset=utf-8")], html).into_response()
}

/// 303, to be fetched with GET.
pub(crate) fn redirect(to: &str) -> Response {
    match HeaderValue::from_str(to) {
        Ok(location) => (StatusCode::SEE_OTHER, [(header::LOCATION, location)]).into_response(),
        Err(_) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    }
}
