//! Mail: owed with the change, handed over by the worker, again and again until that works.

use async_trait::async_trait;

use super::*;
use crate::error::Fault;
use crate::merchant::{Books, RefundWish};
use crate::ports::{Mailer, Message};

/// Keeps what it is given, or fails.
#[derive(Default)]
struct Letterbox {
    got: Mutex<Vec<Message>>,
    is_shut: std::sync::atomic::AtomicBool,
}

#[async_trait]
impl Mailer for Letterbox {
    async fn send(&self, message: &Message) -> Result<(), Fault> {
        if self.is_shut.load(Ordering::SeqCst) {
            return Err(Fault::new("the letterbox is shut".into()));
        }
        self.got.lock().expect("unpoisoned").push(message.clone());
        Ok(())
    }
}

impl Letterbox {
    /// To whom and about what, since the last time.
    fn take(&self) -> Vec<Message> {
        std::mem::take(&mut *self.got.lock().expect("unpoisoned"))
    }
}

fn shop_with_letterbox() -> (TestShop, Arc<Letterbox>) {
    let mut shop = TestShop::with(|contents| contents.terms.contact_email = Some("hello@shop.test".into()));
    let letterbox = Arc::new(Letterbox::default());
    shop.checkout.shop.mail = crate::Mail::Here(letterbox.clone());
    (shop, letterbox)
}

fn told(messages: &[Message]) -> Vec<(&str, &str)> {
    messages.iter().map(|message| (message.to.as_str(), message.subject.split(' ').next().unwrap_or_default())).collect()
}

#[tokio::test]
async fn buyer_and_merchant_hear_of_an_order() {
    let (shop, letterbox) = shop_with_letterbox();
    let placed = shop.post("/api/checkout", &with(&mugs(2), "language", json!("de"))).await.expect(201);
    shop.checkout.sweep().await;
    assert!(letterbox.take().is_empty(), "nothing is paid yet");
    shop.pay(&placed).await;
    let number = placed.text("order");
    shop.checkout.sweep().await;
    let messages = letterbox.take();
    assert_eq!(told(&messages), [("mira@example.com", "confirmation"), ("hello@shop.test", "merchant-order")]);
    assert!(messages[0].text.contains(&format!("Hallo {number} €44.90 http://shop.test/base/api/orders/")), "{:?}", messages[0]);
    assert!(messages[0].html.starts_with("<p>Hallo") && messages[1].text.starts_with("Hello"), "the merchant reads the shop's language");
    assert!(!messages[1].text.contains("/api/orders/"), "the page is the buyer's");

    // The address in the mail opens the order.
    let url = messages[0].text.split(' ').find(|word| word.contains("/api/orders/")).expect("an address");
    let path = url.trim().strip_prefix("http://shop.test/base").expect("ours").to_owned();
    assert_eq!(shop.get(&path).await.expect(200).text("order"), number);
    shop.checkout.sweep().await;
    assert!(letterbox.take().is_empty(), "once");

    let books = Books::of(&shop.checkout);
    books.fulfil(&number, None, Some("DHL".into()), Some("00340".into())).await.expect("sent");
    let (back, _) = books.weigh(&number, &RefundWish { lines: vec![(1, 1)], ..RefundWish::default() }).await.expect("a sum");
    books.refund(&number, back).await.expect("given back");
    shop.checkout.sweep().await;
    let messages = letterbox.take();
    assert_eq!(told(&messages), [("mira@example.com", "sent"), ("mira@example.com", "refunded")]);
    assert!(messages[0].text.contains("00340") && messages[1].text.contains("€20.00"));
}

#[tokio::test]
async fn a_letter_waits_until_it_can_be_handed_over() {
    let (shop, letterbox) = shop_with_letterbox();
    letterbox.is_shut.store(true, Ordering::SeqCst);
    let placed = shop.post("/api/checkout", &mugs(1)).await.expect(201);
    shop.pay(&placed).await;
    shop.checkout.sweep().await;
    assert!(shop.faults().iter().any(|fault| fault.contains("the letterbox is shut")));
    letterbox.is_shut.store(false, Ordering::SeqCst);
    shop.checkout.sweep().await;
    assert!(letterbox.take().is_empty(), "not at once again");
    shop.pass(SignedDuration::from_secs(61));
    shop.checkout.sweep().await;
    assert_eq!(letterbox.take().len(), 2);
}

#[tokio::test]
async fn who_gives_up_gets_no_mail_and_whose_payment_fails_does() {
    let (shop, letterbox) = shop_with_letterbox();
    let placed = shop.post("/api/checkout", &mugs(1)).await.expect(201);
    shop.cancel(&placed).await;
    let placed = shop.post("/api/checkout", &mugs(1)).await.expect(201);
    shop.press(&placed.text("pay_url"), "pending_failed").await;
    shop.pass(SignedDuration::from_secs(5));
    shop.checkout.sweep().await;
    shop.checkout.sweep().await;
    assert_eq!(told(&letterbox.take()), [("mira@example.com", "payment-failed")]);
}

#[tokio::test]
async fn what_costs_nothing_is_confirmed_too() {
    let (shop, letterbox) = shop_with_letterbox();
    shop.post("/api/checkout", &order_of(&json!([{ "sku": "FREE", "quantity": 1 }]), 0)).await.expect(200);
    shop.checkout.sweep().await;
    assert_eq!(told(&letterbox.take()), [("mira@example.com", "confirmation"), ("hello@shop.test", "merchant-order")]);
}

#[tokio::test]
#[expect(clippy::disallowed_methods, reason = "the test looks at the mail")]
async fn in_development_mail_is_a_file() {
    let shop = TestShop::new();
    let placed = shop.post("/api/checkout", &mugs(1)).await.expect(201);
    shop.pay(&placed).await;
    shop.checkout.sweep().await;
    let path = shop.folder.path().join(format!("store/mail/{}-confirmation.eml", placed.text("order")));
    let mail = std::fs::read_to_string(path).expect("a mail");
    for part in ["To: mira@example.com", "From: Tessel <shop@localhost>", "multipart/alternative", "text/html"] {
        assert!(mail.contains(part), "{part}: {mail}");
    }
}
