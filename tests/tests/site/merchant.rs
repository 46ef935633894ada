//! A merchant's papers, lists and exports, by the program's own commands on a shop that sells.

use std::time::{Duration, Instant};

use serde_json::Value;
use shopfront_tests::{Said, Server, Shop, run};

use super::sales::{Buyer, End};

const SELLER: &str = "\nseller:\n  name: Harbour Goods Ltd.\n  address: |\n    Pier 9\n    Bremen\n  tax_id: DE 123\n";

fn json(said: Said) -> Value {
    let said = said.code(0);
    serde_json::from_str(&said.out).unwrap_or_else(|error| panic!("{error}: {}", said.out))
}

#[test]
fn what_was_sold_is_invoiced_sent_exported_and_its_buyer_erased() {
    let shop = Shop::small();
    shop.change("shop.yaml", &(shop.read("shop.yaml") + SELLER));
    // The worker goes round every second.
    let server = Server::start(shop.root(), &["--trust-client-header", "--hold", "600"]);
    assert_eq!(Buyer::new(&server.host, 90, 1).buy(), End::Paid);
    let orders = |arguments: &[&str]| run(shop.root(), &[&["orders"], arguments].concat());
    let began = Instant::now();
    let invoiced = || json(orders(&["list", "--json"]))[0]["invoice"].as_str().map(str::to_owned);
    while invoiced().is_none() {
        assert!(began.elapsed() < Duration::from_mins(1), "no invoice: {}", server.said());
        std::thread::sleep(Duration::from_millis(100));
    }
    let list = json(orders(&["list", "--unsent", "--state", "paid", "--json"]));
    let number = list[0]["number"].as_str().expect("a number").to_owned();
    assert_eq!((list.as_array().map(Vec::len), list[0]["invoice"].as_str()), (Some(1), Some("INV-0001")));

    // The same books, wherever they are named.
    let store = format!("sqlite:{}", shop.path(".shopfront/store").display());
    run(&std::env::temp_dir(), &["orders", "--store", &store]).code(0).says(&number);
    run(shop.root(), &["stock", "--store", &format!("{store}/orders.sqlite"), "--csv"]).code(0).says("TEAPOT,49,0,1,1");
    // Who is asked is told which, and money is never sent again unasked.
    let there = |arguments: &[&str]| run(shop.root(), &[arguments, &["--store", &store]].concat());
    let asked = format!("of order {number} in {store} (test); add `--yes`");
    there(&["orders", "refund", &number, "--amount", "1.00"]).code(2).says("give back €1.00").says(&asked);
    let refund = json(there(&["orders", "refund", &number, "--amount", "1.00", "--yes", "--json"]));
    let refund = refund["id"].as_str().expect("a refund").to_owned();
    let again = ["orders", "refund", &number, "--again", &refund];
    there(&again).code(2).says(&format!("try again to give back €1.00 of order {number} in {store} (test)")).says("add `--yes`");
    there(&[&again[..], &["--yes"]].concat()).code(2).says("no refund").says("that was refused");
    there(&["orders", "refund", &number, "--again", "r-none", "--yes"]).code(2).says("no refund `r-none`");
    let set = ["stock", "set", "TEAPOT", "60"];
    there(&set).code(2).says(&format!("set `TEAPOT` to 60 pieces in {store} (test); add `--yes`"));
    there(&[&set[..], &["--yes"]].concat()).code(0);
    run(shop.root(), &["stock", "set", "TEAPOT", "61", "--csv"]).code(0).says("TEAPOT,60,0,1,1");
    orders(&["--store", "sqlite:nowhere"]).code(2).says("there is no store at nowhere");
    orders(&["--store", "postgres:x"]).code(2).says("write `sqlite:`");
    assert!(!shop.path("nowhere").exists());

    orders(&["invoice", &number])
        .code(0)
        .says("<h1>Invoice <span>INV-0001</span></h1>")
        .says("Harbour Goods Ltd.")
        .says("Pier 9<br>")
        .says("Quay 1<br>");
    let slip = orders(&["slip", &number]).code(0).says("<h1>Packing slip").says("Quay 1").out;
    assert!(!slip.contains('€') && !slip.contains("48.00"), "{slip}");
    let page = shop.path("invoice.html");
    orders(&["invoice", &number, "--out", page.to_str().expect("a path")]).code(0);
    assert!(shop.read("invoice.html").contains("INV-0001"));
    orders(&["show", &number, "--csv"]).code(2).says("`--csv` is for");
    orders(&["list", "--since", "soon"]).code(2).says("is not a day");

    orders(&["export", "--csv"]).code(0).says("order,placed,paid").says(&number).says("52.90");
    orders(&["export", "--since", "2999-01-01", "--json"]).code(0).says("[]");
    let tax = json(orders(&["export", "--tax", "--json"]));
    assert_eq!((&tax[0]["kind"], &tax[0]["country"], &tax[0]["gross"]), (&"sale".into(), &"DE".into(), &5290.into()));

    orders(&["erase", &number, "--yes"]).code(2).says("is to be sent");
    orders(&["fulfil", &number, "--yes"]).code(0);
    orders(&["erase", &number]).code(2).says("add `--yes`");
    while orders(&["erase", &number, "--yes"]).code != 0 {
        assert!(began.elapsed() < Duration::from_mins(1), "mail is owed: {}", server.said());
        std::thread::sleep(Duration::from_millis(100));
    }
    orders(&["erase", &number, "--yes"]).code(2).says("erased already");
    orders(&["show", &number]).code(0).says("who bought is erased");
    orders(&["invoice", &number]).code(0).says("personal data has been erased").says("€52.90");
    let page = orders(&["slip", &number]).code(0).out;
    assert!(!page.contains("Mira"), "{page}");
}
