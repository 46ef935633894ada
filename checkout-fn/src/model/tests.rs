//! The worlds, and what each condition is for.

use stateright::{Checker, HasDiscoveries};

use super::*;

const CHARGES: Shopper = Shopper { kind: Kind::Charges, wants: [1, 0] };
const CAPTURES: Shopper = Shopper { kind: Kind::Captures, wants: [1, 0] };

fn world(shoppers: &[Shopper]) -> World {
    World {
        shoppers: shoppers.to_vec(),
        stocked: [1, 2],
        crashes: 1,
        sticks: false,
        slowly: false,
        leaks: false,
        merchant: false,
        mutation: None,
    }
}

#[test]
fn explore() {
    let which = std::env::var("WORLD").unwrap_or_default();
    let w = match which.as_str() {
        "charges1" => world(&[CHARGES]),
        "charges1all" => World { sticks: true, slowly: true, merchant: true, ..world(&[CHARGES]) },
        "charges1leak" => World { sticks: true, slowly: true, leaks: true, ..world(&[CHARGES]) },
        "captures1" => world(&[CAPTURES]),
        "captures1all" => World { sticks: true, slowly: true, merchant: true, ..world(&[CAPTURES]) },
        "captures1leak" => World { sticks: true, leaks: true, ..world(&[CAPTURES]) },
        "charges2" => World { crashes: 1, ..world(&[CHARGES, CHARGES]) },
        "mixed2" => world(&[CHARGES, CAPTURES]),
        "charges2all" => World { sticks: true, slowly: true, merchant: true, ..world(&[CHARGES, CHARGES]) },
        "charges2two" => World { stocked: [2, 2], ..world(&[CHARGES, CHARGES]) },
        "charges1crash2" => World { crashes: 2, sticks: true, slowly: true, merchant: true, ..world(&[CHARGES]) },
        "captures1crash2" => World { crashes: 2, sticks: true, slowly: true, merchant: true, ..world(&[CAPTURES]) },
        "captures2" => world(&[CAPTURES, CAPTURES]),
        "mixed2all" => World { sticks: true, slowly: true, merchant: true, ..world(&[CHARGES, CAPTURES]) },
        "mixed2leak" => World { leaks: true, ..world(&[CHARGES, CAPTURES]) },
        _ => return,
    };
    let begun = std::time::Instant::now();
    let checker = w.checker().threads(2).finish_when(HasDiscoveries::AnyFailures).spawn_bfs().join();
    println!("{which}: {} states in {:?}", checker.unique_state_count(), begun.elapsed());
    for (name, path) in checker.discoveries() {
        println!("VIOLATED {name}");
        let last = path.last_state().clone();
        for action in path.into_actions() {
            println!("   {action:?}");
        }
        println!("   {last:?}");
    }
}
