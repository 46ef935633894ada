//! What is printed about an order: the slip that goes into the parcel, its invoice, and the credit notes for what was given back. An
//! invoice is what was quoted (R23) and what was written down with its number; nothing of it is made anew.

use catalog::by_rate::{self, RateSum};
use catalog::terms::Seller;
use jiff::Timestamp;

use super::export::refunds_by_rate;
use super::{Books, BooksError, invoice};
use crate::order::{Invoice, Order, Payment, Refund};
use crate::ports::{Address, Personal};

/// An invoice or a credit note. Amounts are minor units.
#[derive(Debug, Clone, serde::Serialize)]
pub struct Paper {
    /// Its number.
    pub number: String,
    /// Its date.
    pub at: Timestamp,
    /// Of a credit note: number and date of the invoice.
    pub credits: Option<(String, Timestamp)>,
    /// Who sells.
    pub seller: Seller,
    /// Who buys; `None` after erasure.
    pub buyer: Option<Buyer>,
    /// The order's number.
    pub order: String,
    /// When it was placed.
    pub ordered_at: Timestamp,
    /// When it was paid.
    pub paid_at: Option<Timestamp>,
    /// Whether no real money was paid.
    pub is_test: bool,
    /// The buyer's language.
    pub language: String,
    /// The currency's code.
    pub currency: String,
    /// What was sold, or goes back.
    pub lines: Vec<PaperLine>,
    /// The lines together.
    pub subtotal: i64,
    /// Names and amounts of discounts, positive.
    pub discounts: Vec<(String, i64)>,
    /// What sending costs, or goes back of it; before discounts.
    pub shipping: Option<i64>,
    /// What goes back beside lines and sending.
    pub other: i64,
    /// Why it goes back.
    pub reason: Option<String>,
    /// Net, tax and gross by rate; rates of which nothing was sold are left out.
    pub taxes: Vec<RateSum>,
    /// Whether the amounts above hold their tax.
    pub tax_included: bool,
    /// All of it, with the tax.
    pub total: i64,
    /// What gift cards paid, or get back.
    pub gift_cards: i64,
}

/// Who buys.
#[derive(Debug, Clone, serde::Serialize)]
pub struct Buyer {
    /// To whom the invoice is made out.
    pub address: Option<Address>,
    /// Where mail goes.
    pub email: String,
}

/// A line of a paper.
#[derive(Debug, Clone, serde::Serialize)]
pub struct PaperLine {
    /// What it is.
    pub title: String,
    /// The SKU.
    pub sku: String,
    /// Names and values of options and of what was filled in.
    pub options: Vec<(String, String)>,
    /// How many.
    pub quantity: u32,
    /// For one, before discounts; `None` where only the whole has an amount.
    pub unit_price: Option<i64>,
    /// For all.
    pub amount: i64,
    /// Basis points.
    pub tax_rate_bp: u32,
}

/// What goes into a parcel. It has no prices.
#[derive(Debug, Clone, serde::Serialize)]
pub struct Slip {
    /// The order's number.
    pub order: String,
    /// When it was placed.
    pub ordered_at: Timestamp,
    /// Who sells, where that is known.
    pub seller: Option<Seller>,
    /// Whether it is no real order.
    pub is_test: bool,
    /// The buyer's language.
    pub language: String,
    /// Where it goes; `None` after erasure, and where nothing is sent.
    pub ship_to: Option<Address>,
    /// How it is sent.
    pub method: Option<String>,
    /// What the buyer wrote.
    pub note: Option<String>,
    /// What is sent.
    pub lines: Vec<SlipLine>,
}

/// A line of a slip.
#[derive(Debug, Clone, serde::Serialize)]
pub struct SlipLine {
    /// What it is.
    pub title: String,
    /// The SKU.
    pub sku: String,
    /// Names and values of options and of what was filled in.
    pub options: Vec<(String, String)>,
    /// How many were ordered.
    pub ordered: u32,
    /// How many are to be sent.
    pub to_send: u32,
    /// What is in it, where that is something else: SKUs and how many of each.
    pub parts: Vec<(String, u32)>,
}

impl Books {
    /// The slip of a paid order: what is still to be sent of it.
    pub async fn slip(&self, number: &str) -> Result<Slip, BooksError> {
        let order = self.find(number).await?.order;
        if !order.is_paid() {
            return Err(BooksError::Declined("the order is not paid, so nothing of it is sent".to_owned()));
        }
        let personal = self.shop.store.personal(&order.id).await?;
        let (ship_to, note) = personal.map_or((None, None), |personal| (personal.ship_to, personal.note));
        let quote = &order.quote;
        let method = quote.shipping_methods.iter().find(|method| Some(&method.code) == quote.shipping_method.as_ref());
        let lines: Vec<SlipLine> =
            (0..quote.lines.len()).filter(|line| order.has_to_be_sent(*line)).map(|line| slip_line(&order, line)).collect();
        if lines.is_empty() {
            return Err(BooksError::Declined("nothing of the order has to be sent".to_owned()));
        }
        Ok(Slip {
            order: order.number.clone(),
            ordered_at: order.created_at,
            seller: invoice(&order).map(|numbered| numbered.seller.clone()),
            is_test: self.is_test(),
            language: order.language.clone(),
            ship_to,
            method: method.map(|method| method.title.clone()),
            note,
            lines,
        })
    }

    /// The invoice of an order, or the credit note of one of its refunds.
    pub async fn paper(&self, number: &str, refund: Option<&str>) -> Result<Paper, BooksError> {
        let order = self.find(number).await?.order;
        let personal = self.shop.store.personal(&order.id).await?;
        let declined = |why: String| BooksError::Declined(why);
        let numbered = match &order.invoice {
            Invoice::Given(numbered) => numbered.clone(),
            Invoice::Wanted if order.is_paid() => {
                return Err(declined(
                    "its number is given by the next round of the program that takes orders; try again in a minute".to_owned(),
                ));
            }
            _ if !order.is_paid() => return Err(declined("the order is not paid, so it has no invoice".to_owned())),
            _ => {
                let how = "write `seller: {name: …, address: …, tax_id: …}` in shop.yaml, and later orders have one";
                return Err(declined(format!("the shop gave no invoices when the order was placed; {how}")));
            }
        };
        let mut paper = of_order(&order, numbered.number, numbered.at, numbered.seller, personal.as_ref());
        paper.is_test = self.is_test();
        match refund {
            None => Ok(paper),
            Some(id) => {
                let known = order
                    .refunds
                    .iter()
                    .zip(refunds_by_rate(&order))
                    .find(|(refund, _)| refund.id == id || refund.credit_note.as_ref().is_some_and(|numbered| numbered.number == id));
                let (refund, taxes) = known.ok_or_else(|| declined(format!("the order has no refund `{id}`; `orders show` lists them")))?;
                credit_note(&order, paper, refund, taxes).map_err(declined)
            }
        }
    }
}

fn slip_line(order: &Order, line: usize) -> SlipLine {
    let priced = &order.quote.lines[line];
    let parts = order.parts.iter().filter(|part| part.line == line && part.sku != priced.sku);
    SlipLine {
        title: priced.name().to_owned(),
        sku: priced.sku.clone(),
        options: priced.options.clone(),
        ordered: priced.quantity,
        to_send: order.unsent_units(line),
        parts: parts.map(|part| (part.sku.clone(), part.per_unit)).collect(),
    }
}

fn of_order(order: &Order, number: String, at: Timestamp, seller: Seller, personal: Option<&Personal>) -> Paper {
    let quote = &order.quote;
    let line = |line: &catalog::quote::QuoteLine| PaperLine {
        title: line.name().to_owned(),
        sku: line.sku.clone(),
        options: line.options.clone(),
        quantity: line.quantity,
        unit_price: Some(line.unit_price),
        amount: line.unit_price * i64::from(line.quantity),
        tax_rate_bp: line.tax_rate_bp,
    };
    Paper {
        number,
        at,
        credits: None,
        seller,
        buyer: personal.map(|personal| Buyer {
            address: personal.bill_to.clone().or_else(|| personal.ship_to.clone()),
            email: personal.email.clone(),
        }),
        order: order.number.clone(),
        ordered_at: order.created_at,
        paid_at: if let Payment::Paid { at, .. } = &order.payment { Some(*at) } else { None },
        is_test: false,
        language: order.language.clone(),
        currency: order.currency().code().to_owned(),
        lines: quote.lines.iter().map(line).collect(),
        subtotal: quote.subtotal,
        discounts: quote.discounts.iter().map(|discount| (discount.title.clone(), discount.amount)).collect(),
        shipping: quote.shipping.filter(|_| quote.needs_shipping).map(|price| price + quote.shipping_discount),
        other: 0,
        reason: None,
        taxes: shown(by_rate::of_order(quote)),
        tax_included: quote.tax_included,
        total: quote.total,
        gift_cards: quote.gift_cards_total,
    }
}

fn shown(taxes: Vec<RateSum>) -> Vec<RateSum> {
    taxes.into_iter().filter(|sum| sum.gross != 0 || sum.tax != 0).collect()
}

/// The credit note of a refund, beside the order's invoice; an error says why there is none.
fn credit_note(order: &Order, invoice: Paper, refund: &Refund, taxes: Vec<RateSum>) -> Result<Paper, String> {
    let Some(numbered) = refund.credit_note.clone() else {
        return Err(match (refund.is_of_order(), refund.status.name()) {
            (false, _) => "what it gives back was never on an invoice: it was paid twice".to_owned(),
            (true, "succeeded") => {
                "its number is given by the next round of the program that takes orders; try again in a minute".to_owned()
            }
            (true, status) => format!("the refund is {status}; it gets a credit note when the money is given back"),
        });
    };
    let returned = refund.returned().cloned().unwrap_or_default();
    let line = |back: &crate::order::ReturnedLine| {
        let line = order.quote.lines.get(back.line)?;
        Some(PaperLine {
            title: line.name().to_owned(),
            sku: line.sku.clone(),
            options: line.options.clone(),
            quantity: back.quantity,
            unit_price: None,
            amount: back.amount,
            tax_rate_bp: line.tax_rate_bp,
        })
    };
    let lines: Vec<PaperLine> = returned.lines.iter().filter_map(line).collect();
    let subtotal = lines.iter().map(|line| line.amount).sum();
    Ok(Paper {
        number: numbered.number,
        at: numbered.at,
        credits: Some((invoice.number, invoice.at)),
        seller: numbered.seller,
        other: refund.total() - subtotal - returned.shipping,
        subtotal,
        lines,
        discounts: Vec::new(),
        shipping: Some(returned.shipping).filter(|shipping| *shipping != 0),
        reason: returned.reason,
        taxes: shown(taxes),
        // What goes back is counted with its tax.
        tax_included: true,
        total: refund.total(),
        gift_cards: refund.cards.iter().map(|card| card.amount).sum(),
        ..invoice
    })
}
