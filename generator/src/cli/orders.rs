//! `shopfront orders`

use std::path::Path;

use anyhow::{Result, anyhow, bail};
use checkout_fn::merchant::{Books, OrderSummary};
use clap::Subcommand;

use super::Done;
use super::shop::Shop;

/// What was typed.
#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    #[command(subcommand)]
    what: Option<What>,
    /// For programs.
    #[arg(long, global = true)]
    json: bool,
    /// How many, the newest first.
    #[arg(long, default_value_t = 50)]
    limit: u32,
}

#[derive(Debug, Subcommand)]
enum What {
    /// All about one order.
    Show {
        /// The order's number.
        number: String,
    },
}

pub(super) fn run(root: &Path, arguments: &Arguments) -> Result<Done> {
    let shop = Shop::find(root)?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let books = Books::open(&shop.store()).map_err(|fault| anyhow!(fault.to_string()))?;
    match &arguments.what {
        None => {
            let orders = runtime.block_on(books.orders(arguments.limit)).map_err(|fault| anyhow!(fault.to_string()))?;
            if arguments.json {
                say!("{}", serde_json::to_string_pretty(&orders)?);
            } else {
                print_list(&orders);
            }
        }
        Some(What::Show { number }) => {
            let order = runtime.block_on(books.order(number)).map_err(|fault| anyhow!(fault.to_string()))?;
            let Some(order) = order else { bail!("there is no order `{number}`; `shopfront orders` lists them") };
            say!("{}", serde_json::to_string_pretty(&order)?);
        }
    }
    Ok(Done::Well)
}

fn print_list(orders: &[OrderSummary]) {
    if orders.is_empty() {
        say!("no orders yet");
        return;
    }
    say!("{:<12} {:<18} {:>12}  {:<20}  goods", "order", "payment", "total", "placed (UTC)");
    for order in orders {
        let goods: Vec<String> = order.lines.iter().map(|(quantity, _, title)| format!("{quantity} × {title}")).collect();
        let placed = order.created_at.strftime("%Y-%m-%d %H:%M:%S");
        let attention = order.attention.as_ref().map_or_else(String::new, |why| format!("  ! {why}"));
        say!("{:<12} {:<18} {:>12}  {placed:<20}  {}{attention}", order.number, order.payment, order.due_text, goods.join(", "));
    }
}
