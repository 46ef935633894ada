//! Many buyers at once, through HTTP, of a real server process that is killed in the midst of it.

use std::fs;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use checkout_fn::merchant::{Books, Filter, OrderSummary};
use checkout_fn::ports::StockCount;
use serde_json::json;
use shopfront_tests::http::{self, Answer};
use shopfront_tests::{Server, Shop, run};

const BUYERS: usize = 200;
/// The teapots of the small shop.
const STOCKED: usize = 50;
/// One teapot, sent.
const DUE: i64 = 4800 + 490;
/// Buyers are told apart by a header, and nobody's goods are given back while the test runs.
const SERVE: [&str; 3] = ["--trust-client-header", "--hold", "600"];
/// How long one buyer tries.
const PATIENCE: Duration = Duration::from_secs(90);

/// What became of a buyer's wish.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum End {
    Paid,
    Refused,
}

/// A shopper with one wish and one key for it, who tries again when the shop does not answer.
pub(super) struct Buyer {
    host: String,
    name: String,
    key: String,
    began: Instant,
}

impl Buyer {
    pub(super) fn new(host: &str, round: usize, number: usize) -> Self {
        let key = format!("{round:08x}-0000-4000-8000-{number:012x}");
        Self { host: host.to_owned(), name: format!("buyer-{number}"), key, began: Instant::now() }
    }

    /// Asks until there is an answer that is not the server's own trouble.
    fn insist(&self, ask: impl Fn() -> std::io::Result<Answer>) -> Answer {
        loop {
            match ask() {
                Ok(answer) if answer.status < 500 => return answer,
                other => assert!(self.began.elapsed() < PATIENCE, "{}: no answer: {other:?}", self.name),
            }
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    pub(super) fn buy(&self) -> End {
        let body = json!({
            "lines": [{"sku": "TEAPOT", "quantity": 1}],
            "email": "mira@example.org",
            "ship_to": {"name": "Mira", "line1": "Quay 1", "city": "Berlin", "postcode": "10115", "country": "DE"},
            "accept_terms": true,
            "expected_total": DUE,
            "idempotency_key": self.key,
        });
        let client = [("X-Shopfront-Client", self.name.as_str())];
        let placed = self.insist(|| http::post_json(&self.host, "/api/checkout", &client, &body));
        if placed.status == 409 {
            assert_eq!(placed.json()["code"], "out_of_stock", "{}", placed.text());
            return End::Refused;
        }
        assert_eq!(placed.status, 201, "{}", placed.text());
        let answer = placed.json();
        let text = |key: &str| answer[key].as_str().expect(key).to_owned();
        let origin = format!("http://{}", self.host);
        let pay = text("pay_url").trim_start_matches(&origin).to_owned();
        let status = format!("/api/orders/{}", text("token"));
        loop {
            let pressed = self.insist(|| http::post_form(&self.host, &pay, &[("Origin", &origin)], "outcome=paid"));
            let back = pressed.header("location").trim_start_matches(&origin).to_owned();
            assert!(pressed.status == 303 || pressed.status == 200, "{}", pressed.text());
            if back.starts_with('/') {
                self.insist(|| http::get(&self.host, &back, &[]));
            }
            let order = self.insist(|| http::get(&self.host, &status, &[("Accept", "application/json")]));
            if order.json()["payment"] == "paid" {
                return End::Paid;
            }
            assert!(self.began.elapsed() < PATIENCE, "{}: {}", self.name, order.text());
        }
    }
}

/// Lets all buyers loose at once; answers how many paid and how many were refused.
fn rush(host: &str, round: usize) -> (usize, usize) {
    let buyers: Vec<_> = (0..BUYERS)
        .map(|number| {
            let buyer = Buyer::new(host, round, number);
            std::thread::Builder::new().stack_size(256 * 1024).spawn(move || buyer.buy()).expect("a thread can be started")
        })
        .collect();
    let ends: Vec<End> = buyers.into_iter().map(|buyer| buyer.join().expect("no buyer gives up")).collect();
    (ends.iter().filter(|end| **end == End::Paid).count(), ends.iter().filter(|end| **end == End::Refused).count())
}

/// The orders and the teapots in the merchant's books.
fn books(shop: &Shop) -> (Vec<OrderSummary>, StockCount) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    let books = Books::open(&shop.path(".shopfront/store")).expect("the books can be opened");
    let orders = runtime.block_on(books.orders(&Filter::default(), 10_000)).expect("the orders can be listed");
    let mut stock = runtime.block_on(books.stock()).expect("the stock can be counted");
    (orders, stock.remove("TEAPOT").expect("teapots were sold"))
}

/// Fifty orders, all paid, and the stock adds up.
fn check_books(shop: &Shop) {
    let (orders, stock) = books(shop);
    assert_eq!(orders.len(), STOCKED);
    for order in &orders {
        assert_eq!((order.payment.as_str(), order.due, &order.attention), ("paid", DUE, &None), "{}", order.number);
    }
    let counts = (stock.available, stock.reserved, stock.sold, stock.stocked);
    let all = i64::try_from(STOCKED).expect("a small number");
    assert_eq!(counts, (0, 0, all, all));
}

#[test]
fn two_hundred_buyers_of_fifty_teapots_twenty_times() {
    let shop = Shop::small();
    for round in 0..20 {
        let _ = fs::remove_dir_all(shop.path(".shopfront/store"));
        let server = Server::start(shop.root(), &SERVE);
        assert_eq!(rush(&server.host, round), (STOCKED, BUYERS - STOCKED), "round {round}\n{}", server.said());
        check_books(&shop);
    }
    run(shop.root(), &["orders"]).code(0).says("paid");
    let number = books(&shop).0[0].number.clone();
    merchants_day(&shop, &number);
}

/// What a merchant does with a paid order, by the commands.
fn merchants_day(shop: &Shop, number: &str) {
    let orders = |arguments: &[&str]| run(shop.root(), &[&["orders"], arguments].concat());
    orders(&["show", number]).code(0).says("1. 1 × ").says("(1 to send)").says("checkout").says("@");
    orders(&["refund", number, "--line", "1"]).code(2).says("add `--yes`");
    orders(&["refund", number]).code(2).says("say what to give back");
    orders(&["fulfil", number, "--line", "2"]).code(2).says("nothing left in line 2");
    orders(&["fulfil", number, "--yes", "--carrier", "DHL", "--tracking", "42"]).code(0).says("sent (done)");
    orders(&["fulfil", number]).code(2).says("add `--yes`");
    orders(&["fulfil", number, "--yes"]).code(2).says("nothing of the order is left to send");
    orders(&["refund", number, "--line", "1:1", "--restock", "--yes", "--reason", "chipped"]).code(0).says("is given back");
    orders(&["refund", number, "--line", "1", "--yes"]).code(2).says("nothing left in line 1");
    orders(&["show", number]).code(0).says("succeeded").says("chipped");
    orders(&["cancel", number, "--yes"]).code(2).says("orders refund");
    orders(&["show", "AAAA-AAAA"]).code(2).says("there is no order");
    let stock = |arguments: &[&str]| run(shop.root(), &[&["stock"], arguments].concat());
    stock(&["adjust", "TEAPOT", "+3"]).code(0).says("TEAPOT");
    stock(&["adjust", "CUP", "+5"]).code(2).says("no count in the store yet");
    stock(&["adjust", "TEAPOT", "-5"]).code(2).says("promised to buyers");
    stock(&["split", "TEAPOT", "4"]).code(0).says("needs no split");
    stock(&["split", "TEAPOT", "11"]).code(2).says("into 2 to 10 parts, not into 11");
    let (_, counts) = books(shop);
    assert_eq!((counts.available, counts.sold, counts.sent), (4, 49, 0));
}

#[test]
fn nothing_is_lost_or_sold_twice_when_the_process_is_killed() {
    let shop = Shop::small();
    for round in 0..4 {
        let _ = fs::remove_dir_all(shop.path(".shopfront/store"));
        let mut server = Server::start(shop.root(), &SERVE);
        let host = server.host.clone();
        let port = host.rsplit(':').next().expect("a host has a port").to_owned();
        let done = Arc::new(AtomicBool::new(false));
        let rushing = std::thread::spawn({
            let (host, done) = (host.clone(), Arc::clone(&done));
            move || {
                let ends = rush(&host, round);
                done.store(true, Ordering::Relaxed);
                ends
            }
        });
        let mut kills = 0;
        for pause in [60, 110 + 70 * round as u64, 250] {
            std::thread::sleep(Duration::from_millis(pause));
            if done.load(Ordering::Relaxed) {
                break;
            }
            server.kill();
            kills += 1;
            run(shop.root(), &["clean"]).code(0);
            server = Server::start_at(shop.root(), &port, &SERVE);
        }
        let ends = rushing.join().expect("no buyer gives up");
        assert_eq!(ends, (STOCKED, BUYERS - STOCKED), "round {round}, killed {kills} times\n{}", server.said());
        check_books(&shop);
        server.kill();
        run(shop.root(), &["clean"]).code(0);
        check_books(&shop);
        assert!(kills > 0, "the server was never killed in the midst of it");
    }
}
