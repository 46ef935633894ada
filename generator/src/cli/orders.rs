//! `shopfront orders`

use std::io::{IsTerminal as _, Write as _};
use std::path::Path;

use anyhow::{Result, anyhow, bail};
use checkout_fn::merchant::{Books, OrderDetail, OrderSummary, RefundDetail, RefundWish};
use clap::Subcommand;

use super::Done;
use super::books::Which;

/// What was typed.
#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    #[command(subcommand)]
    what: Option<What>,
    #[command(flatten)]
    which: Which,
    /// For programs.
    #[arg(long, global = true)]
    json: bool,
    /// How many, the newest first.
    #[arg(long, default_value_t = 50)]
    limit: u32,
}

#[derive(Debug, Subcommand)]
enum What {
    /// The newest orders.
    List,
    /// All about one order.
    Show {
        /// The order's number.
        number: String,
    },
    /// Say that goods were sent, or a service done.
    Fulfil {
        /// The order's number.
        number: String,
        /// A line's number, and how many of it: `1`, `2:3`. Without any, all that is left.
        #[arg(long = "line", value_name = "LINE[:PIECES]")]
        lines: Vec<LineWish>,
        /// Who carries it.
        #[arg(long)]
        carrier: Option<String>,
        /// The carrier's number of the parcel.
        #[arg(long)]
        tracking: Option<String>,
        /// Do not ask.
        #[arg(long)]
        yes: bool,
    },
    /// Give money back.
    Refund {
        /// The order's number.
        number: String,
        /// A line's number, and how many of it: `1`, `2:3`.
        #[arg(long = "line", value_name = "LINE[:PIECES]")]
        lines: Vec<LineWish>,
        /// Everything that has not gone back yet.
        #[arg(long, conflicts_with_all = ["lines", "shipping", "amount"])]
        all: bool,
        /// What sending has cost.
        #[arg(long)]
        shipping: bool,
        /// An amount beside lines and sending: `5.00`.
        #[arg(long, value_name = "AMOUNT")]
        amount: Option<String>,
        /// The goods of these lines can be sold again.
        #[arg(long)]
        restock: bool,
        /// Why; kept with the refund.
        #[arg(long)]
        reason: Option<String>,
        /// Try a refund again that the gateway has refused.
        #[arg(long, value_name = "REFUND", conflicts_with_all = ["lines", "all", "shipping", "amount", "restock", "reason"])]
        again: Option<String>,
        /// Do not ask.
        #[arg(long)]
        yes: bool,
    },
    /// End an unpaid order; its goods go back on the shelf.
    Cancel {
        /// The order's number.
        number: String,
        /// Do not ask.
        #[arg(long)]
        yes: bool,
    },
    /// Say that you have seen to what an order needed attention for.
    Resolve {
        /// The order's number.
        number: String,
    },
}

/// A line's number, from 1, and how many of it; `None`: all of it.
#[derive(Debug, Clone, Copy)]
struct LineWish {
    line: usize,
    pieces: Option<u32>,
}

impl std::str::FromStr for LineWish {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (line, pieces) = text.split_once(':').map_or((text, None), |(line, pieces)| (line, Some(pieces)));
        let say = || "write a line's number, or its number and how many: `2` or `2:3`".to_owned();
        let pieces = pieces.map(str::parse).transpose().map_err(|_| say())?;
        Ok(Self { line: line.parse().map_err(|_| say())?, pieces })
    }
}

pub(super) fn run(root: &Path, arguments: &Arguments) -> Result<Done> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async { act(&arguments.which.open(root).await?, arguments).await })?;
    Ok(Done::Well)
}

async fn act(books: &Books, arguments: &Arguments) -> Result<()> {
    match arguments.what.as_ref().unwrap_or(&What::List) {
        What::List => {
            let orders = books.orders(arguments.limit).await.map_err(|fault| anyhow!(fault.to_string()))?;
            if arguments.json {
                say!("{}", serde_json::to_string_pretty(&orders)?);
            } else {
                print_list(&orders);
            }
        }
        What::Show { number } => {
            let order = books.order(number).await?;
            if arguments.json {
                say!("{}", serde_json::to_string_pretty(&order)?);
            } else {
                print_order(&order);
            }
        }
        What::Fulfil { number, lines, carrier, tracking, yes } => {
            confirm(*yes || !lines.is_empty(), &format!("mark all of order {number} as sent, and tell the buyer"))?;
            let lines = if lines.is_empty() { None } else { Some(pieces(&books.order(number).await?, lines, Counting::ToSend)?) };
            let order = books.fulfil(number, lines, carrier.clone(), tracking.clone()).await?;
            tell(arguments, &order, &format!("order {}: sent ({})", order.number, order.fulfilment))?;
        }
        What::Refund { number, again: Some(refund), .. } => {
            let refund = books.refund_again(number, refund).await?;
            tell_refund(arguments, number, &refund)?;
        }
        What::Refund { number, lines, all, shipping, amount, restock, reason, again: None, yes } => {
            let lines = pieces(&books.order(number).await?, lines, Counting::Left)?;
            let (all, shipping, amount) = (*all, *shipping, amount.clone());
            if lines.is_empty() && !all && !shipping && amount.is_none() {
                bail!("say what to give back: `--line 1`, `--shipping`, `--amount 5.00` or `--all`");
            }
            if *restock && lines.is_empty() && !all {
                bail!("`--restock` is for the goods of lines; name them with `--line`");
            }
            let wish = RefundWish { lines, all, shipping, amount, restock: *restock, reason: reason.clone() };
            let (back, sum) = books.weigh(number, &wish).await?;
            confirm(*yes, &format!("give back {sum} of order {number}"))?;
            let refund = books.refund(number, back).await?;
            tell_refund(arguments, number, &refund)?;
        }
        What::Cancel { number, yes } => {
            confirm(*yes, &format!("cancel order {number}"))?;
            let order = books.cancel(number).await?;
            tell(arguments, &order, &format!("order {}: {}", order.number, order.payment))?;
        }
        What::Resolve { number } => {
            let order = books.resolve(number).await?;
            tell(arguments, &order, &format!("order {}: resolved", order.number))?;
        }
    }
    Ok(())
}

/// What counts of a line of which no number of pieces was typed.
#[derive(Clone, Copy)]
enum Counting {
    ToSend,
    Left,
}

fn pieces(order: &OrderDetail, wishes: &[LineWish], counting: Counting) -> Result<Vec<(usize, u32)>> {
    let whole = |line: usize| match counting {
        Counting::ToSend => order.to_send.iter().find(|(number, _)| *number == line).map(|(_, left)| *left),
        Counting::Left => order.to_give_back.iter().find(|(number, _)| *number == line).map(|(_, left)| *left),
    };
    let resolve = |wish: &LineWish| {
        let count = wish.pieces.or_else(|| whole(wish.line));
        count.map(|pieces| (wish.line, pieces)).ok_or_else(|| anyhow!("the order has nothing left in line {}", wish.line))
    };
    wishes.iter().map(resolve).collect()
}

/// Asks on a terminal; elsewhere `--yes` has to be typed.
fn confirm(yes: bool, what: &str) -> Result<()> {
    if yes {
        return Ok(());
    }
    if !std::io::stdin().is_terminal() {
        bail!("nobody can be asked here whether to {what}; add `--yes`");
    }
    // Not among what a program reads.
    eprint!("{what}? [y/N] ");
    std::io::stderr().flush()?;
    let mut answer = String::new();
    std::io::stdin().read_line(&mut answer)?;
    if !matches!(answer.trim(), "y" | "Y" | "yes") {
        bail!("nothing was done");
    }
    Ok(())
}

fn tell(arguments: &Arguments, order: &OrderSummary, text: &str) -> Result<()> {
    if arguments.json {
        say!("{}", serde_json::to_string_pretty(order)?);
    } else {
        say!("{text}");
    }
    Ok(())
}

fn tell_refund(arguments: &Arguments, number: &str, refund: &RefundDetail) -> Result<()> {
    if arguments.json {
        say!("{}", serde_json::to_string_pretty(refund)?);
        return Ok(());
    }
    let how = match refund.status.as_str() {
        "succeeded" => "is given back",
        "failed" => "was refused by the gateway; look there, then try `--again`",
        _ => "is recorded; the program that takes orders sends it",
    };
    say!("order {number}: the refund {} of {} {how}", refund.id, refund.total_text);
    Ok(())
}

fn print_list(orders: &[OrderSummary]) {
    if orders.is_empty() {
        say!("no orders yet");
        return;
    }
    say!("{:<12} {:<18} {:<10} {:>12}  {:<20}  goods", "order", "payment", "sent", "total", "placed (UTC)");
    for order in orders {
        let goods: Vec<String> = order.lines.iter().map(|(quantity, _, title)| format!("{quantity} × {title}")).collect();
        let placed = order.created_at.strftime("%Y-%m-%d %H:%M:%S");
        let payment = match order.refunded {
            0 => order.payment.clone(),
            _ => format!("{} (refunds)", order.payment),
        };
        let attention = order.attention.as_ref().map_or_else(String::new, |why| format!("  ! {why}"));
        say!(
            "{:<12} {payment:<18} {:<10} {:>12}  {placed:<20}  {}{attention}",
            order.number,
            order.fulfilment,
            order.total_text,
            goods.join(", ")
        );
    }
}

fn print_order(order: &OrderDetail) {
    let summary = &order.summary;
    say!("order {}  {}, {}", summary.number, summary.payment, summary.total_text);
    if order.quote.gift_cards_total > 0 {
        say!("{} of it beside gift cards", summary.due_text);
    }
    say!("placed {}", summary.created_at.strftime("%Y-%m-%d %H:%M:%S UTC"));
    if let Some(why) = &summary.attention {
        say!("! {why}");
    }
    for (number, (quantity, sku, title)) in (1..).zip(&summary.lines) {
        let left = order.to_send.iter().find(|(line, _)| *line == number).map_or(0, |(_, left)| *left);
        let to_send = if left > 0 { format!("  ({left} to send)") } else { String::new() };
        say!("{number:>3}. {quantity} × {title}  {sku}{to_send}");
        for (name, value) in order.quote.lines.get(number - 1).into_iter().flat_map(|line| &line.options) {
            say!("     {name}: {value}");
        }
    }
    if let Some(method) = &order.quote.shipping_method {
        say!("sent by: {method}");
    }
    for parcel in &order.parcels {
        say!("parcel {parcel}");
    }
    for refund in &order.refunds {
        let reason = refund.reason.as_ref().map_or_else(String::new, |reason| format!("  {reason}"));
        say!("refund {}  {} {}{reason}", refund.id, refund.total_text, refund.status);
    }
    if let Some(personal) = &order.personal {
        say!("{}", personal.email);
        if let Some(to) = &personal.ship_to {
            let parts = [Some(&to.name), Some(&to.line1), to.line2.as_ref(), to.postcode.as_ref(), Some(&to.city), to.region.as_ref()];
            let parts: Vec<&str> = parts.into_iter().flatten().map(String::as_str).chain([to.country.as_str()]).collect();
            say!("{}", parts.join(", "));
            if let Some(phone) = &to.phone {
                say!("{phone}");
            }
        }
        if let Some(note) = &personal.note {
            say!("note: {note}");
        }
    }
    for line in &order.log {
        say!("{}  {:<18} {}", line.at.strftime("%Y-%m-%d %H:%M:%S"), line.payment, line.cause);
    }
}
