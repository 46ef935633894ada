//! Answers: problems as RFC 9457 or as pages, pages in the shop's frame, redirects.

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use catalog::bundle::{SHELL_MARKER, SHELL_TITLE};

use super::body::Asked;
use super::html::{Html, escaped};
use crate::error::{Problem, Refusal};
use crate::shop::Shop;

/// Answers with a problem, in the form that was asked for.
pub(crate) async fn respond(shop: &Shop, asked: &Asked, problem: Problem) -> Response {
    let refusal = public(shop, problem);
    if asked.html {
        return page(shop, &asked.language, status(&refusal), "That did not work", refusal_page(shop, &refusal)).await;
    }
    problem_json(&refusal)
}

/// What the client may know. The cause of a fault goes to the log, under an id that the client gets too.
pub(crate) fn public(shop: &Shop, problem: Problem) -> Refusal {
    match problem {
        Problem::Refused(refusal) => *refusal,
        Problem::Failed(fault) => {
            let id = crate::chance::name().simple().to_string();
            shop.log_fault(&format!("{fault} (request {id})"));
            Refusal::new(500, "internal_error", format!("something is wrong on our side; please try again (request {id})"))
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

fn refusal_page(shop: &Shop, refusal: &Refusal) -> Html {
    let mut html = Html::new();
    html.el("h1", &[], |h| h.text("That did not work"));
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
            shop.log_fault(&fault.0);
            format!("<!doctype html><meta charset=\"utf-8\"><title>{SHELL_TITLE}</title>{SHELL_MARKER}")
        }
    };
    let mut article = Html::new();
    article.el("article", &[("class", "fn-page")], |h| h.append(&content));
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
