//! Many checkouts at once on `DynamoDB`'s interface: 500 SKUs, and one that a third of the carts want. The whole router runs in this
//! process, several instances of it as functions have them, over the double of the table and the stand-in for Stripe, each on a port of
//! its own. Every client checks out, and nine of ten pay; their notices arrive. In the end the books are held to what must hold of them.
//! `cargo run --release -p shopfront-benches --features checkout --bin load [CHECKOUTS]`.

use std::process::ExitCode;
use std::time::Duration;

use checkout_fn::doubles::table::{Injected, Way};

use crate::figures::Row;
use crate::shop::Shop;

mod books;
mod figures;
mod shop;
mod shoppers;

/// How many are under way at the same time.
const IN_FLIGHT: usize = 64;
/// How many SKUs there are beside the hot one.
const SKUS: usize = 500;
/// Into how many parts the hot one is split, where it is.
const PARTS: u8 = 10;
/// How long a transaction of the service has its items in its hands, about.
const HELD_FOR: Duration = Duration::from_millis(5);
/// Of a hundred requests so many meet a conflict or a throttle.
const TROUBLED_OF_100: usize = 5;

/// What a client meets on its way to the table.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Weather {
    /// The double as it is: one transaction after the other.
    Calm,
    /// Transactions that want the same item turn each other away, as the service's do.
    Collisions,
    /// The same, and conflicts and throttles without a reason.
    Troubled,
}

impl Weather {
    fn name(self) -> &'static str {
        match self {
            Self::Calm => "one by one",
            Self::Collisions => "collisions",
            Self::Troubled => "collisions + 5 %",
        }
    }

    fn way(self) -> Way {
        let way = Way::default();
        if self != Self::Calm {
            way.collide(HELD_FOR);
        }
        way
    }

    /// What the plan of a way is, once the shop is laid out.
    fn begin(self, way: &Way) {
        way.trouble(move |n, target| {
            let dice = n.wrapping_mul(0x9E37_79B9).wrapping_add(n >> 3) % 100;
            let is_conflict = target == "TransactWriteItems" && dice.is_multiple_of(2);
            let trouble = if is_conflict { Injected::Conflict } else { Injected::Throttled };
            (self == Self::Troubled && dice < TROUBLED_OF_100).then_some(trouble)
        });
        way.forget();
    }
}

#[tokio::main]
async fn main() -> ExitCode {
    let checkouts = match std::env::args().nth(1).map(|n| n.replace('_', "").parse()) {
        None => 2_000,
        Some(Ok(checkouts)) if checkouts > 0 => checkouts,
        Some(_) => {
            eprintln!("load: say how many checkouts there are to be, such as 2000");
            return ExitCode::from(2);
        }
    };
    println!(
        "{checkouts} checkouts, each of its own client, {IN_FLIGHT} in flight, {} instances; {SKUS} SKUs and a hot one in every third cart",
        shop::INSTANCES
    );
    println!("{}", figures::HEAD);
    let mut is_well = true;
    for weather in [Weather::Calm, Weather::Collisions, Weather::Troubled] {
        for parts in [1, PARTS] {
            let (row, wrong) = run(checkouts, weather, parts).await;
            println!("{row}");
            for wrong in wrong {
                is_well = false;
                eprintln!("load: {wrong}");
            }
        }
    }
    if is_well {
        println!("nothing was oversold, and every count is what its orders say");
        return ExitCode::SUCCESS;
    }
    ExitCode::FAILURE
}

/// One run, and what is wrong with its books.
async fn run(checkouts: usize, weather: Weather, parts: u8) -> (Row, Vec<String>) {
    let way = weather.way();
    let shop = std::sync::Arc::new(Shop::open(&way, checkouts, parts).await);
    weather.begin(&way);
    let began = std::time::Instant::now();
    let journeys = shoppers::all(&shop, checkouts).await;
    let took = began.elapsed();
    let met = way.met();
    // The books are looked at in peace.
    way.trouble(|_, _| None);
    let wrong = books::check(&shop, &journeys).await;
    (Row::of(weather.name(), parts, took, &journeys, &shop, met), wrong)
}
