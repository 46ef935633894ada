//! `GET /api/orders/{token}`, as JSON or as a page.

use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use catalog::currency::Currency;
use catalog::quote::Quote;
use jiff::{SignedDuration, Timestamp};

use super::body::{Asked, Named};
use super::html::Html;
use super::{page, pages, respond};
use crate::downloads;
use crate::error::{Fault, Problem, Refusal};
use crate::order::{Closing, Download, Fulfilment, Order, Payment, Refund, RefundStatus, Shipment};
use crate::placing::token_hash;
use crate::ports::Personal;
use crate::shop::Shop;

#[derive(serde::Serialize)]
struct OrderView<'a> {
    order: &'a str,
    payment: &'static str,
    fulfilment: &'static str,
    shipments: Vec<ShipmentView<'a>>,
    refunds: Vec<RefundView>,
    quote: &'a Quote,
    created_at: Timestamp,
    paid_at: Option<Timestamp>,
    /// Where an order that awaits its payment can still be paid.
    #[serde(skip_serializing_if = "Option::is_none")]
    pay_url: Option<String>,
    downloads: &'a [DownloadView],
    /// What was bought and can be given away, while the order is paid.
    gift_cards: Vec<CardView>,
}

#[derive(serde::Serialize)]
struct RefundView {
    /// What goes back by the way it was paid, in minor units.
    amount: i64,
    /// What goes back onto gift cards that had paid.
    gift_cards: i64,
    status: &'static str,
}

#[derive(serde::Serialize)]
struct ShipmentView<'a> {
    at: Timestamp,
    #[serde(skip_serializing_if = "Option::is_none")]
    carrier: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    tracking: Option<&'a str>,
    lines: Vec<SentView>,
}

#[derive(serde::Serialize)]
struct SentView {
    /// Index of the quote's line.
    line: usize,
    quantity: u32,
}

#[derive(serde::Serialize)]
struct DownloadView {
    title: String,
    /// A new link; `None` where the file can no longer be had.
    url: Option<String>,
    /// How many more downloads.
    left: u32,
    limit: u32,
    until: Timestamp,
}

#[derive(serde::Serialize)]
struct CardView {
    code: String,
    /// What it held when it was issued, in minor units.
    amount: i64,
    currency: Currency,
}

pub(super) async fn show(State(shop): State<Shop>, Named(token): Named, request: Request) -> Response {
    let asked = Asked::of(&request);
    match find(&shop, &token).await {
        Ok(seen) if asked.html => {
            let order = &seen.order;
            let title = format!("Order {}", order.number);
            page(&shop, &order.language, StatusCode::OK, &title, order_page(&shop, &token, &seen)).await
        }
        Ok(seen) => axum::Json(view(&shop, &seen)).into_response(),
        Err(problem) => respond(&shop, &asked, problem).await,
    }
}

/// An order as its page shows it.
struct Seen {
    order: Order,
    personal: Option<Personal>,
    downloads: Vec<DownloadView>,
}

async fn find(shop: &Shop, token: &str) -> Result<Seen, Problem> {
    let stored = shop.store.by_token(&token_hash(shop, token)).await?;
    let order = stored.ok_or_else(|| Refusal::new(404, "unknown_order", "there is no such order"))?.order;
    let personal = shop.store.personal(&order.id).await?;
    let downloads = downloads(shop, &order).await?;
    Ok(Seen { order, personal, downloads })
}

fn view<'a>(shop: &Shop, seen: &'a Seen) -> OrderView<'a> {
    let order = &seen.order;
    let refund = |refund: &Refund| {
        let gift_cards = refund.cards.iter().map(|card| card.amount).sum();
        RefundView { amount: refund.amount, gift_cards, status: refund.status.name() }
    };
    OrderView {
        order: &order.number,
        payment: order.payment.name(),
        fulfilment: order.fulfilment().name(),
        shipments: order.shipments.iter().map(shipment).collect(),
        refunds: order.refunds.iter().map(refund).collect(),
        quote: &order.quote,
        created_at: order.created_at,
        paid_at: if let Payment::Paid { at, .. } = &order.payment { Some(*at) } else { None },
        pay_url: if let Payment::Awaiting { session } = &order.payment { Some(shop.stay(&session.pay_url)) } else { None },
        downloads: &seen.downloads,
        gift_cards: gift_cards(shop, order),
    }
}

fn shipment(shipment: &Shipment) -> ShipmentView<'_> {
    let lines = shipment.lines.iter().map(|(line, quantity)| SentView { line: *line, quantity: *quantity }).collect();
    ShipmentView { at: shipment.at, carrier: shipment.carrier.as_deref(), tracking: shipment.tracking.as_deref(), lines }
}

/// The codes are made anew from the order each time; they are money, so nobody sees them before it is paid.
fn gift_cards(shop: &Shop, order: &Order) -> Vec<CardView> {
    let is_void = |card: &str| order.returns().flat_map(|returned| &returned.voided).any(|void| void.card == card);
    let issued = order.issues.iter().filter(|issue| order.is_paid() && !is_void(&issue.card)).map(|issue| CardView {
        code: shop.keys.gift_card_code(&order.id.0, issue.line, issue.unit),
        amount: issue.amount,
        currency: order.currency(),
    });
    issued.collect()
}

/// The order's files, with new links as far as they can be had. None of an order that gives none.
async fn downloads(shop: &Shop, order: &Order) -> Result<Vec<DownloadView>, Fault> {
    let Some(paid_at) = downloads::since(order).ok().filter(|_| !order.downloads.is_empty()) else { return Ok(Vec::new()) };
    let counts = shop.store.downloads(&order.id, order.downloads.len()).await?;
    let view = |(index, file): (usize, &Download)| {
        let allowance = downloads::allowance(file, paid_at, counts.get(&index), shop.now());
        let link = |expires: Timestamp| {
            // Rounded up, or the last link would expire before what it links to.
            let token = shop.keys.download_token(&order.id.0, index, (expires + SignedDuration::from_millis(999)).as_second());
            shop.path(&format!("/api/downloads/{token}"))
        };
        let url = allowance.link_expires.map(link);
        DownloadView { title: file.title.clone(), url, left: allowance.left, limit: file.rules.limit, until: allowance.until }
    };
    Ok(order.downloads.iter().enumerate().map(view).collect())
}

fn order_page(shop: &Shop, token: &str, seen: &Seen) -> Html {
    let Seen { order, personal, downloads } = seen;
    let mut html = Html::new();
    let data_url = shop.path(&format!("/api/orders/{token}"));
    html.el("order-status", &[("data-url", &data_url), ("data-payment", order.payment.name())], |h| {
        h.el("h1", &[], |h| h.text(&format!("Order {}", order.number)));
        let (text, next) = wording(order);
        let refunds = told_back(order);
        let status = [("class", "order__status"), ("data-payment", order.payment.name()), ("role", "status")];
        h.el("p", &status, |h| h.text(text));
        h.el("p", &[("class", "order__next")], |h| h.text(&next));
        for told in &refunds {
            h.el("p", &[("class", "order__next")], |h| h.text(told));
        }
        parcels(h, order);
        actions(h, shop, order, &data_url);
        files(h, downloads);
        cards(h, &gift_cards(shop, order), order);
        h.el("h2", &[], |h| h.text("What you ordered"));
        pages::quote(h, shop, &order.quote, if order.is_paid() { "Paid" } else { "Left to pay" });
        if let Some(address) = personal.as_ref().and_then(|personal| personal.ship_to.as_ref()) {
            h.el("h2", &[], |h| h.text("Delivery address"));
            pages::postal(h, address);
        }
    });
    html
}

/// Links without the attribute `download`: with it, a link that is no longer good would be saved instead of shown.
fn files(h: &mut Html, downloads: &[DownloadView]) {
    if downloads.is_empty() {
        return;
    }
    h.el("h2", &[], |h| h.text("Your downloads"));
    h.el("ul", &[("class", "downloads")], |h| {
        for file in downloads {
            h.el("li", &[], |h| {
                match &file.url {
                    Some(url) => h.el("a", &[("href", url)], |h| h.text(&file.title)),
                    None => h.text(&file.title),
                }
                h.el("span", &[("class", "downloads__left")], |h| h.text(&told_left(file)));
            });
        }
    });
}

/// How often, and until when, a file can still be had.
fn told_left(file: &DownloadView) -> String {
    let until = pages::day(file.until.as_second());
    match (&file.url, file.left) {
        (None, 0) => "This has been downloaded as often as it can be.".to_owned(),
        (None, _) => format!("This could be downloaded until {until}."),
        (Some(_), 0) => "This has been downloaded as often as it can be; the last download can be repeated within a day.".to_owned(),
        (Some(_), left) => format!("{left} of {} downloads left, until {until}. Within a day, the same file counts once.", file.limit),
    }
}

fn cards(h: &mut Html, cards: &[CardView], order: &Order) {
    if cards.is_empty() {
        return;
    }
    h.el("h2", &[], |h| h.text("Your gift cards"));
    h.el("p", &[], |h| h.text("Whoever has a code can pay with it here, in one order or in several. Keep them as you would keep money."));
    h.el("ul", &[("class", "gift-cards")], |h| {
        for card in cards {
            h.el("li", &[], |h| {
                h.el("code", &[("class", "gift-cards__code")], |h| h.text(&card.code));
                h.text(&format!(" {}", pages::money(&order.quote, card.amount)));
            });
        }
    });
}

/// How the payment stands, and what that means for the shopper.
fn wording(order: &Order) -> (&'static str, String) {
    let (text, next) = match &order.payment {
        Payment::Capturing { .. } => ("Taking your payment", "This can take a moment. This page shows when it is done."),
        Payment::Pending { .. } | Payment::Awaiting { .. } => ("Waiting for your payment", "We hold the goods for you for a little while."),
        Payment::Processing { .. } => ("Your payment is on its way", "This can take a moment. This page shows when it has arrived."),
        Payment::Paid { .. } if order.is_refunded() => ("Refunded", "All that was paid has been given back."),
        Payment::Paid { .. } if order.fulfilment() == Fulfilment::Done && !order.shipments.is_empty() => {
            ("On its way", "All that was to be sent has been sent.")
        }
        Payment::Paid { .. } if !order.shipments.is_empty() => ("Partly on its way", "The rest follows."),
        Payment::Paid { .. } => ("Paid. Thank you!", "We have your order and will take it from here."),
        Payment::Closed(Closing::Cancelled) => ("Cancelled", "Nothing was charged."),
        Payment::Closed(Closing::Expired) => {
            ("Expired", "The payment did not arrive in time, and the goods went back on the shelf. Nothing was charged.")
        }
        Payment::Closed(Closing::Failed) => ("The payment failed", "Nothing was charged. You can order again."),
    };
    match given_back(order) {
        Some(back) if order.is_paid() => (text, format!("{next} {back}")),
        Some(back) => (text, back),
        None if order.attention.is_some() && !order.is_paid() => (
            text,
            "There is a question about your payment, and we are looking at it. Please write to us, with the number of your order.".into(),
        ),
        None => (text, next.to_owned()),
    }
}

/// What became of money that bought nothing; `None` where there was none.
fn given_back(order: &Order) -> Option<String> {
    let surplus: Vec<&Refund> = order.refunds.iter().filter(|refund| !refund.is_of_order()).collect();
    let total: i64 = surplus.iter().map(|refund| refund.amount).sum();
    let amount = pages::money(&order.quote, total);
    let received = if order.is_paid() { "once more" } else { "after the order had been closed" };
    let then = if surplus.is_empty() {
        return None;
    } else if surplus.iter().any(|refund| refund.status == RefundStatus::Failed) {
        "but could not send it back. Please write to us, with the number of your order."
    } else if surplus.iter().any(|refund| refund.is_pending()) {
        "and are sending it back."
    } else {
        "and have sent it back."
    };
    Some(format!("We received {amount} {received} {then}"))
}

/// What was given back of the order, a sentence for each way that money goes.
fn told_back(order: &Order) -> Vec<String> {
    let of_order = || order.refunds.iter().filter(|refund| refund.is_of_order());
    let sum = |is_wanted: fn(&Refund) -> bool| of_order().filter(|refund| is_wanted(refund)).map(|refund| refund.amount).sum::<i64>();
    let money = |amount: i64| pages::money(&order.quote, amount);
    let sentences = [
        (sum(|refund| refund.status == RefundStatus::Succeeded), "has been sent back to you; banks may take some days to show it."),
        (sum(Refund::is_pending), "is on its way back to you."),
        (sum(|refund| refund.status == RefundStatus::Failed), "could not be sent back yet. We are looking into it."),
        (of_order().flat_map(|refund| &refund.cards).map(|card| card.amount).sum(), "is back on the gift card that you paid with."),
    ];
    sentences.into_iter().filter(|(amount, _)| *amount > 0).map(|(amount, then)| format!("{} {then}", money(amount))).collect()
}

fn parcels(h: &mut Html, order: &Order) {
    if order.shipments.is_empty() {
        return;
    }
    h.el("h2", &[], |h| h.text("What was sent"));
    h.el("ul", &[("class", "parcels")], |h| {
        for parcel in &order.shipments {
            h.el("li", &[], |h| h.text(&parcel.describe(&order.quote)));
        }
    });
}

fn actions(h: &mut Html, shop: &Shop, order: &Order, data_url: &str) {
    h.el("p", &[], |h| match &order.payment {
        Payment::Awaiting { session } if order.attention.is_none() => {
            h.el("a", &[("class", "button button--primary"), ("href", &shop.stay(&session.pay_url))], |h| h.text("Continue to payment"));
        }
        Payment::Pending { .. } | Payment::Awaiting { .. } | Payment::Capturing { .. } | Payment::Processing { .. } => {
            h.el("a", &[("class", "button button--quiet"), ("href", data_url)], |h| h.text("Look again"));
        }
        Payment::Paid { .. } | Payment::Closed(_) => {
            h.el("a", &[("class", "button button--quiet"), ("href", &shop.path("/"))], |h| h.text("Back to the shop"));
        }
    });
}
