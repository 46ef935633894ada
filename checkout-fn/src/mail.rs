//! Mail: from an order to a message, by the theme's templates. One of two places that know Tera, and only in programs with a
//! worker.

use std::sync::Arc;

use catalog::mail::{MailKind, MailKit, MailLine, MailOrder, MailParcel, MailRefund, MailShop, MailView};
use catalog::money::Money;
use catalog::terms::Terms;
use catalog::texts::Filler;
use lettre::message::{Mailbox, MultiPart};
use tera::{Context, Kwargs, State, Tera, TeraResult, Value};

use crate::error::Fault;
use crate::letters::Letter;
use crate::order::{Order, Returned};
use crate::ports::{Address, Message, Personal};

/// What a message is made of.
pub(crate) struct Desk<'a> {
    pub(crate) terms: &'a Terms,
    pub(crate) kit: &'a Arc<MailKit>,
    /// The address of the order's page.
    pub(crate) order_url: String,
}

/// The message of a letter. `None` where it is about something that is not there, or goes to nobody.
pub(crate) fn message(desk: &Desk<'_>, order: &Order, personal: Option<&Personal>, letter: &Letter) -> Result<Option<Message>, Fault> {
    let kind = letter.kind;
    let to = if kind.is_for_merchant() { desk.terms.contact_email.clone() } else { personal.map(|personal| personal.email.clone()) };
    let Some(to) = to.filter(|to| !to.is_empty()) else { return Ok(None) };
    let language = if kind.is_for_merchant() { desk.terms.default_language() } else { &order.language };
    let Some(view) = view(desk, order, personal, letter, language) else { return Ok(None) };
    let fillers =
        [("number", &order.number), ("shop", &desk.terms.shop_name)].map(|(name, value)| (name.to_owned(), Filler::Text(value.clone())));
    let subject = desk.kit.text(&desk.kit.grammar(language), language, &kind.subject_key(), &fillers);
    let subject = subject.ok_or_else(|| Fault::new(format!("the theme has no text `{}`; build the shop again", kind.subject_key())))?;
    let tera = engine(desk.kit, language)?;
    let context = Context::from_serialize(&view).map_err(|error| Fault::during("cannot prepare a mail", error))?;
    let render = |ending: &str| {
        let name = format!("{}.{ending}", kind.name());
        tera.render(&name, &context).map_err(|error| Fault::new(format!("cannot render the mail `{name}`: {error}")))
    };
    Ok(Some(Message {
        to,
        from: desk.terms.contact_email.clone(),
        from_name: desk.terms.shop_name.clone(),
        subject,
        text: render("txt")?,
        html: render("html")?,
        name: format!("{}-{}", order.number, kind.name()),
    }))
}

/// As it goes over the wire: text and HTML as alternatives.
pub(crate) fn formatted(message: &Message) -> Result<lettre::Message, Fault> {
    let fault =
        |what: &str, cause: &dyn std::fmt::Display| Fault::new(format!("{what} of the mail {} is no address: {cause}", message.name));
    let from = message.from.as_deref().unwrap_or("shop@localhost");
    let from: lettre::Address = from.parse().map_err(|error| fault("the sender", &error))?;
    let to: lettre::Address = message.to.parse().map_err(|error| fault("the recipient", &error))?;
    lettre::Message::builder()
        .from(Mailbox::new(Some(message.from_name.clone()), from))
        .to(Mailbox::new(None, to))
        .subject(&message.subject)
        .multipart(MultiPart::alternative_plain_html(message.text.clone(), message.html.clone()))
        .map_err(|error| Fault::new(format!("the mail {} cannot be written: {error}", message.name)))
}

fn engine(kit: &Arc<MailKit>, language: &str) -> Result<Tera, Fault> {
    let mut tera = Tera::default();
    let (texts, language, grammar) = (Arc::clone(kit), language.to_owned(), kit.grammar(language));
    tera.register_function("t", move |arguments: Kwargs, _: &State| -> TeraResult<String> {
        let key = arguments.must_get::<&str>("key")?;
        let others = arguments.iter().filter(|(name, _)| name.as_str() != Some("key"));
        // Digits are those of the amounts: a function has no tables of how numbers are written.
        let filler = |value: &Value| value.as_i64().map_or_else(|| Filler::Text(value.to_string()), |n| Filler::Number(n, n.to_string()));
        let fillers: Vec<_> = others.map(|(name, value)| (name.to_string(), filler(value))).collect();
        texts.text(&grammar, &language, key, &fillers).ok_or_else(|| tera::Error::message(format!("the theme has no text `{key}`")))
    });
    let templates = kit.templates.iter().map(|(name, source)| (name.as_str(), source.as_str()));
    tera.add_raw_templates(templates).map_err(|error| Fault::new(format!("cannot read the theme's mail templates: {error}")))?;
    Ok(tera)
}

fn view(desk: &Desk<'_>, order: &Order, personal: Option<&Personal>, letter: &Letter, language: &str) -> Option<MailView> {
    let about = letter.about.as_deref();
    let parcel = match letter.kind {
        MailKind::Sent => Some(parcel(order, about?)?),
        _ => None,
    };
    let refund = match letter.kind {
        MailKind::Refunded => Some(refund(order, about?)?),
        _ => None,
    };
    let attention = match letter.kind {
        // Somebody has seen to it meanwhile.
        MailKind::MerchantAttention => Some(order.attention.clone()?),
        _ => None,
    };
    let shop = MailShop { name: desk.terms.shop_name.clone(), url: desk.terms.base_url.clone(), email: desk.terms.contact_email.clone() };
    let url = if letter.kind.is_for_merchant() { String::new() } else { desk.order_url.clone() };
    let direction = desk.kit.direction(language).name();
    Some(MailView { language: language.to_owned(), direction, shop, order: order_view(order, personal, url), parcel, refund, attention })
}

fn order_view(order: &Order, personal: Option<&Personal>, url: String) -> MailOrder {
    let quote = &order.quote;
    let money = |minor: i64| Money::new(minor, quote.currency).to_string();
    let line = |line: &catalog::quote::QuoteLine| MailLine {
        title: line.name().to_owned(),
        options: line.options.clone(),
        quantity: line.quantity,
        total: money(line.total),
    };
    MailOrder {
        number: order.number.clone(),
        url,
        day: order.created_at.strftime("%Y-%m-%d").to_string(),
        lines: quote.lines.iter().map(line).collect(),
        subtotal: money(quote.subtotal),
        discounts: quote.discounts.iter().map(|discount| (discount.title.clone(), money(discount.amount))).collect(),
        shipping: quote.shipping.filter(|_| quote.needs_shipping).map(|price| money(price + quote.shipping_discount)),
        taxes: quote.taxes.iter().filter(|row| row.tax != 0).map(|row| (rate(row.rate_bp), money(row.tax))).collect(),
        tax_included: quote.tax_included,
        total: money(quote.total),
        gift_cards: (quote.gift_cards_total > 0).then(|| money(quote.gift_cards_total)),
        due: money(quote.due),
        ship_to: personal.and_then(|personal| personal.ship_to.as_ref()).map_or_else(Vec::new, postal),
        note: personal.and_then(|personal| personal.note.clone()),
        has_downloads: !order.downloads.is_empty(),
        has_gift_cards: !order.issues.is_empty(),
    }
}

/// `19 %`, `8.1 %`.
fn rate(basis_points: u32) -> String {
    let digits = format!("{}.{:02}", basis_points / 100, basis_points % 100);
    format!("{}\u{a0}%", digits.trim_end_matches('0').trim_end_matches('.'))
}

fn postal(address: &Address) -> Vec<String> {
    let joined = |parts: &[Option<&str>]| parts.iter().flatten().copied().collect::<Vec<_>>().join(" ");
    let town = joined(&[address.postcode.as_deref(), Some(&address.city), address.region.as_deref()]);
    let lines = [address.name.clone(), address.line1.clone(), address.line2.clone().unwrap_or_default(), town, address.country.clone()];
    lines.into_iter().filter(|line| !line.trim().is_empty()).collect()
}

fn title(order: &Order, line: usize) -> String {
    order.quote.lines.get(line).map_or_else(String::new, |line| line.title.clone())
}

fn parcel(order: &Order, index: &str) -> Option<MailParcel> {
    let shipment = order.shipments.get(index.parse::<usize>().ok()?)?;
    let lines = shipment.lines.iter().map(|(line, units)| (*units, title(order, *line))).collect();
    Some(MailParcel { lines, carrier: shipment.carrier.clone(), tracking: shipment.tracking.clone() })
}

fn refund(order: &Order, id: &str) -> Option<MailRefund> {
    let refund = order.refunds.iter().find(|refund| refund.id == id)?;
    let money = |minor: i64| (minor > 0).then(|| Money::new(minor, order.currency()).to_string());
    let lines = |returned: &Returned| returned.lines.iter().map(|line| (line.quantity, title(order, line.line))).collect();
    let onto_cards = refund.cards.iter().map(|card| card.amount).sum();
    Some(MailRefund { amount: money(refund.amount), gift_cards: money(onto_cards), lines: refund.returned().map_or_else(Vec::new, lines) })
}
