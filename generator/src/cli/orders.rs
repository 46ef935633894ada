//! `shopfront orders`

use std::io::{IsTerminal as _, Write as _};
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, anyhow, bail};
use checkout_fn::merchant::{Books, Filter, OrderDetail, OrderSummary, RefundDetail, RefundWish, STATES};
use clap::Subcommand;
use jiff::Timestamp;

use self::table::Form;
use super::Done;
use super::books::Which;

mod paper;
pub(super) mod table;
mod words;

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
    /// For spreadsheets: lists and exports.
    #[arg(long, global = true, conflicts_with = "json")]
    csv: bool,
    /// How many a list shows, the newest first.
    #[arg(long, global = true, default_value_t = 50)]
    limit: u32,
}

#[derive(Debug, Subcommand)]
enum What {
    /// The newest orders.
    List {
        /// Only those whose payment is in this state.
        #[arg(long, value_parser = clap::builder::PossibleValuesParser::new(STATES))]
        state: Option<String>,
        /// Only paid ones of which something is to be sent.
        #[arg(long)]
        unsent: bool,
        /// Only those that a person has to look at.
        #[arg(long)]
        attention: bool,
        /// Only those placed at this time or later: `2026-05-01`, `2026-05-01T12:00:00Z`.
        #[arg(long, value_name = "DATE", value_parser = beginning)]
        since: Option<Timestamp>,
    },
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
    /// A slip for the parcel, as a page to print. It has no prices.
    Slip {
        /// The order's number.
        number: String,
        /// Where the page is written; else to standard output.
        #[arg(long, value_name = "FILE")]
        out: Option<PathBuf>,
    },
    /// An invoice or a credit note, as a page to print.
    Invoice {
        /// The order's number.
        number: String,
        /// The credit note of this refund.
        #[arg(long, value_name = "REFUND")]
        refund: Option<String>,
        /// Where the page is written; else to standard output.
        #[arg(long, value_name = "FILE")]
        out: Option<PathBuf>,
    },
    /// The books for other programs, as CSV or JSON; nothing of it is personal.
    Export {
        /// Net, tax and gross by month, country and rate instead of orders; refunds apart.
        #[arg(long)]
        tax: bool,
        /// From this time on; with `--tax` what was paid or given back since.
        #[arg(long, value_name = "DATE", value_parser = beginning)]
        since: Option<Timestamp>,
        /// Until this time; a day belongs to it.
        #[arg(long, value_name = "DATE", value_parser = end)]
        until: Option<Timestamp>,
    },
    /// Remove who bought: addresses, note, what was filled in. The order stays, with what was bought and paid.
    Erase {
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
    let form = Form::of(arguments.json, arguments.csv);
    let all = What::List { state: None, unsent: false, attention: false, since: None };
    let what = arguments.what.as_ref().unwrap_or(&all);
    if arguments.csv && !matches!(what, What::List { .. } | What::Export { .. }) {
        bail!("`--csv` is for `orders list` and `orders export`; use `--json` here");
    }
    match what {
        What::List { state, unsent, attention, since } => {
            let filter = Filter { state: state.clone(), unsent: *unsent, attention: *attention, since: *since, ..Filter::default() };
            table::list(&books.orders(&filter, arguments.limit).await.map_err(broken)?, form)?;
        }
        What::Export { tax: false, since, until } => {
            let filter = Filter { since: *since, until: *until, ..Filter::default() };
            table::export(&books.export(&filter).await.map_err(broken)?, form)?;
        }
        What::Export { tax: true, since, until } => table::tax(&books.export_tax(*since, *until).await.map_err(broken)?, form)?,
        What::Slip { number, out } => {
            let slip = books.slip(number).await?;
            print(out.as_deref(), form, &slip, paper::slip)?;
        }
        What::Invoice { number, refund, out } => {
            let invoice = books.paper(number, refund.as_deref()).await?;
            print(out.as_deref(), form, &invoice, paper::invoice)?;
        }
        What::Erase { number, yes } => {
            confirm(*yes, &format!("erase for good who bought {}", named(books, number)))?;
            let order = books.erase(number).await?;
            tell(arguments, &order, &format!("order {}: who bought is erased", order.number))?;
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
            confirm(*yes || !lines.is_empty(), &format!("mark all of {} as sent, and tell the buyer", named(books, number)))?;
            let lines = if lines.is_empty() { None } else { Some(pieces(&books.order(number).await?, lines, Counting::ToSend)?) };
            let order = books.fulfil(number, lines, carrier.clone(), tracking.clone()).await?;
            tell(arguments, &order, &format!("order {}: sent ({})", order.number, order.fulfilment))?;
        }
        What::Refund { number, again: Some(refund), yes, .. } => {
            let order = books.order(number).await?;
            let known = order.refunds.iter().find(|known| known.id == *refund);
            let sum = &known.ok_or_else(|| anyhow!("the order has no refund `{refund}`; `orders show` lists them"))?.total_text;
            // A refund of which nobody knows what became may have been made, and would be made twice.
            let warning = "look at the gateway first whether it was made";
            confirm(*yes, &format!("try again to give back {sum} of {} ({warning})", named(books, number)))?;
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
            confirm(*yes, &format!("give back {sum} of {}", named(books, number)))?;
            let refund = books.refund(number, back).await?;
            tell_refund(arguments, number, &refund)?;
        }
        What::Cancel { number, yes } => {
            confirm(*yes, &format!("cancel {}", named(books, number)))?;
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

/// An order in a question: where a store was named, with that, because the same command may reach another shop tomorrow.
fn named(books: &Books, number: &str) -> String {
    books.visited().map_or_else(|| format!("order {number}"), |store| format!("order {number} in {store}"))
}

/// Asks on a terminal; elsewhere `--yes` has to be typed.
pub(super) fn confirm(yes: bool, what: &str) -> Result<()> {
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

fn broken(fault: impl std::fmt::Display) -> anyhow::Error {
    anyhow!(fault.to_string())
}

/// A page to print, or what stands on it for programs.
#[expect(clippy::disallowed_methods, reason = "the command line writes what was asked for")]
fn print<T: serde::Serialize>(out: Option<&Path>, form: Form, what: &T, page: impl Fn(&T) -> String) -> Result<()> {
    let text = if form == Form::Json { serde_json::to_string_pretty(what)? + "\n" } else { page(what) };
    match out {
        Some(file) => std::fs::write(file, text).with_context(|| format!("cannot write `{}`", file.display())),
        None => {
            // Nobody may be reading any more, which is no failure.
            let _ = std::io::stdout().write_all(text.as_bytes());
            Ok(())
        }
    }
}

/// The first instant of a day, or an instant.
fn beginning(text: &str) -> Result<Timestamp, String> {
    day(text).map(|(first, _)| first)
}

/// The first instant that does not belong to a day any more, or an instant.
fn end(text: &str) -> Result<Timestamp, String> {
    day(text).map(|(_, last)| last)
}

fn day(text: &str) -> Result<(Timestamp, Timestamp), String> {
    if let Ok(instant) = text.parse::<Timestamp>() {
        return Ok((instant, instant));
    }
    let wrong = || format!("`{text}` is not a day; write `2026-05-01` or `2026-05-01T12:00:00Z`");
    let date: jiff::civil::Date = text.parse().ok().filter(|_| text.len() == 10).ok_or_else(wrong)?;
    let first = |date: jiff::civil::Date| jiff::tz::Offset::UTC.to_timestamp(date.at(0, 0, 0, 0));
    let next = date.tomorrow().and_then(first);
    first(date).and_then(|first| next.map(|next| (first, next))).map_err(|_| wrong())
}

fn print_order(order: &OrderDetail) {
    let summary = &order.summary;
    say!("order {}  {}, {}", summary.number, summary.payment, summary.total_text);
    if order.quote.gift_cards_total > 0 {
        say!("{} of it beside gift cards", summary.due_text);
    }
    say!("placed {}", summary.created_at.strftime("%Y-%m-%d %H:%M:%S UTC"));
    if let Some(invoice) = &summary.invoice {
        say!("invoice {invoice}");
    }
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
    for file in &order.downloads {
        let last = file.last.map_or_else(String::new, |last| format!(", last {}", last.strftime("%Y-%m-%d %H:%M UTC")));
        say!("file {}  downloaded {} of {} times{last}", file.title, file.used, file.limit);
    }
    for refund in &order.refunds {
        let more = [&refund.credit_note, &refund.reason].into_iter().flatten().map(|text| format!("  {text}")).collect::<String>();
        say!("refund {}  {} {}{more}", refund.id, refund.total_text, refund.status);
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
    if order.personal.is_none() {
        say!("who bought is erased");
    }
    for line in &order.log {
        say!("{}  {:<18} {}", line.at.strftime("%Y-%m-%d %H:%M:%S"), line.payment, line.cause);
    }
}
