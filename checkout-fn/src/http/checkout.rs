//! `POST /api/checkout` (JSON or a form) and `POST /api/confirm` (a form).

use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use catalog::quote::Quote;
use catalog::terms::Terms;

use super::answer::{public, respond_to_form};
use super::body::{self, Asked, Kind};
use super::confirm_page::ConfirmPage;
use super::form::{self, Fields};
use super::{page, redirect, respond};
use crate::error::{Complaint, Fault, Problem, Refusal};
use crate::handover::Accepted;
use crate::request::CheckoutRequest;
use crate::shop::Shop;
use crate::{placing, pricing};

pub(super) async fn checkout(State(shop): State<Shop>, request: Request) -> Response {
    let asked = Asked::of(&request);
    match body::kind(request.headers()) {
        Ok(Kind::Json) => match from_json(&shop, request).await {
            Ok(accepted) => accepted_json(&shop, &accepted),
            Err(problem) => respond(&shop, &Asked { html: false, ..asked }, problem).await,
        },
        Ok(Kind::Form) => Box::pin(from_form(&shop, request)).await,
        Err(refusal) => respond(&shop, &asked, refusal.into()).await,
    }
}

async fn from_json(shop: &Shop, request: Request) -> Result<Accepted, Problem> {
    let client = body::client(shop, &request);
    let bytes = body::read(request.into_body()).await?;
    let wanted: CheckoutRequest = body::json(&bytes)?;
    placing::place(shop, &wanted, &client).await
}

fn accepted_json(shop: &Shop, accepted: &Accepted) -> Response {
    let order = &accepted.order;
    let mut body = serde_json::json!({
        "order": order.number,
        "token": accepted.token,
        "url": shop.path(&format!("/api/orders/{}", accepted.token)),
        "expires_at": order.expires_at,
        "quote": order.quote,
    });
    if let Some(pay_url) = &accepted.pay_url {
        body["pay_url"] = shop.stay(pay_url).into();
    }
    let status = if accepted.pay_url.is_some() { StatusCode::CREATED } else { StatusCode::OK };
    (status, axum::Json(body)).into_response()
}

async fn from_form(shop: &Shop, request: Request) -> Response {
    let client = body::client(shop, &request);
    let (mut fields, wanted) = match read(shop, request).await {
        Ok(read) => read,
        Err((refusal, language)) => return respond(shop, &Asked { html: true, language, ..Asked::default() }, refusal.into()).await,
    };
    match placing::place(shop, &wanted, &client).await {
        Ok(accepted) => {
            let order_page = format!("/api/orders/{}", accepted.token);
            redirect(&accepted.pay_url.map_or_else(|| shop.path(&order_page), |url| shop.stay(&url)))
        }
        Err(Problem::Failed(fault)) if fault.away.is_some() => {
            let language = wanted.language.unwrap_or_default();
            respond_to_form(shop, &language, fault.into(), "/api/checkout", &fields).await
        }
        Err(problem) => {
            let mut refusal = public(shop, problem);
            match refusal.code {
                // The shopper went back and changed something: the next order takes the place of the one under this key.
                "idempotency_key_reused" => {
                    fields.insert("replaces".into(), wanted.idempotency_key.clone());
                    refusal.message = "you have ordered from this page before; pay below, and this order takes that one's place".into();
                }
                // Whoever has read this and goes on wants another order.
                "already_paid" => {
                    fields.remove("replaces");
                }
                _ => {}
            }
            show_again(shop, &client, &fields, wanted, Some(refusal)).await
        }
    }
}

pub(super) async fn confirm(State(shop): State<Shop>, request: Request) -> Response {
    let asked = Asked { html: true, ..Asked::default() };
    match body::kind(request.headers()) {
        Ok(Kind::Form) => {}
        Ok(Kind::Json) => {
            let refusal = Refusal::new(415, "unsupported_media_type", "this address takes forms; send JSON to /api/quote");
            return respond(&shop, &Asked::of(&request), refusal.into()).await;
        }
        Err(refusal) => return respond(&shop, &Asked::of(&request), refusal.into()).await,
    }
    let client = body::client(&shop, &request);
    match read(&shop, request).await {
        Ok((fields, mut wanted)) => match drop_settled_options(&shop, &fields, &mut wanted).await {
            Ok(()) => show_again(&shop, &client, &fields, wanted, None).await,
            Err(fault) => {
                respond_to_form(&shop, wanted.language.as_deref().unwrap_or_default(), fault.into(), "/api/confirm", &fields).await
            }
        },
        Err((refusal, language)) => respond(&shop, &Asked { language, ..asked }, refusal.into()).await,
    }
}

/// A product's form has one choice for each option that any of its variants leaves open; where the chosen variant has
/// settled it, the choice says nothing.
async fn drop_settled_options(shop: &Shop, fields: &Fields, wanted: &mut CheckoutRequest) -> Result<(), Fault> {
    let (Some(sku), Some(line)) = (fields.get("sku"), wanted.lines.first_mut()) else { return Ok(()) };
    let (_, goods) = shop.catalogue.goods(&[sku]).await?;
    if let Some(record) = goods.get(sku) {
        let settled = |name: &String| record.options.iter().any(|(option, _)| option == name);
        line.fields.retain(|name, _| !settled(name));
    }
    Ok(())
}

/// A form's fields and what they ask for; a refusal comes with the language to say it in.
async fn read(shop: &Shop, request: Request) -> Result<(Fields, CheckoutRequest), (Refusal, String)> {
    let no_language = |refusal| (refusal, String::new());
    body::check_own_form(shop, request.headers(), request.method()).map_err(no_language)?;
    let bytes = body::read(request.into_body()).await.map_err(no_language)?;
    let fields = form::fields(&bytes).map_err(no_language)?;
    let wanted = form::request(&fields);
    wanted.map(|wanted| (fields.clone(), wanted)).map_err(|refusal| (refusal, fields.get("language").cloned().unwrap_or_default()))
}

/// Shows the page of a form: for the first time, with another country, or because of a refusal. Whatever was typed is
/// kept.
async fn show_again(shop: &Shop, client: &str, fields: &Fields, mut wanted: CheckoutRequest, refusal: Option<Refusal>) -> Response {
    let asked = Asked { html: true, language: wanted.language.clone().unwrap_or_default(), ..Asked::default() };
    // Without terms or a quote there is nothing to show; a refusal that came before says why.
    let give_up = async |problem: Problem, refusal: Option<Refusal>| match refusal {
        Some(refusal) => respond(shop, &asked, refusal.into()).await,
        None => respond_to_form(shop, &asked.language, problem, "/api/confirm", fields).await,
    };
    let terms = match shop.catalogue.terms().await {
        Ok(terms) => terms,
        Err(fault) => return give_up(fault.into(), refusal).await,
    };
    // A price that depends on who buys is known to the checkout alone.
    let for_buyer = refusal.as_ref().filter(|refusal| refusal.code == "price_changed" && wanted.country.is_some());
    let for_buyer = for_buyer.and_then(|refusal| refusal.quote.as_deref().cloned());
    if wanted.country.is_none() {
        wanted.country = usual_country(&terms);
        if let (Some(address), Some(country)) = (&mut wanted.ship_to, &wanted.country) {
            address.country.clone_from(country);
        }
    }
    let quote = match for_buyer {
        Some(quote) => quote,
        None => match quote_for(shop, client, &wanted).await {
            Ok(quote) => quote,
            Err(problem) => return give_up(problem, refusal).await,
        },
    };
    // A total that was not seen yet has not changed.
    let refusal = refusal.filter(|refusal| refusal.code != "price_changed" || fields.contains_key("expected_total"));
    let status = refusal.as_ref().map_or(StatusCode::OK, super::answer::status);
    let (beside_fields, others): (Vec<Complaint>, Vec<Complaint>) =
        refusal.iter().flat_map(|refusal| refusal.complaints.clone()).partition(|complaint| complaint.field.is_some());
    // What the quote says itself is not said twice.
    let is_said = |message: &str| quote.notices.iter().any(|notice| notice.message == message);
    let notice = refusal.as_ref().filter(|_| beside_fields.is_empty() || !others.is_empty()).map(|refusal| refusal.message.as_str());
    let page_of = ConfirmPage {
        shop,
        terms: &terms,
        quote: &quote,
        request: &wanted,
        fields,
        complaints: &beside_fields,
        notice: notice.filter(|message| !is_said(message)),
    };
    page(shop, &asked.language, status, "Your order", page_of.html()).await
}

async fn quote_for(shop: &Shop, client: &str, wanted: &CheckoutRequest) -> Result<Quote, Problem> {
    let asker = placing::asker(shop, client, wanted.replaces.as_deref()).await?;
    pricing::quote_with_stock(shop, wanted.cart(), &asker).await
}

/// Where most shoppers are, where the shop says so and sends there, else the first country it names.
fn usual_country(terms: &Terms) -> Option<String> {
    let delivers = |country: &&String| terms.shipping.zone(&catalog::area::Destination::new(Some(country), None, None)).is_some();
    let named = || terms.shipping.zones.iter().flat_map(|zone| &zone.areas).find_map(|area| area.country_code()).map(str::to_owned);
    terms.tax.default_country.as_ref().filter(delivers).cloned().or_else(named)
}
