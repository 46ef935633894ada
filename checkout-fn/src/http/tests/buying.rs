//! From quote to paid order.

use super::*;

#[tokio::test]
async fn a_mug_is_quoted_bought_and_paid() {
    let shop = TestShop::new();
    let quote = shop.post("/api/quote", &json!({ "lines": [{ "sku": "MUG", "quantity": 2 }], "country": "DE" })).await.expect(200);
    assert_eq!((&quote.json()["due"], &quote.json()["lines"][0]["available"]), (&json!(4490), &json!(true)));
    assert_eq!(shop.stock("MUG").await, (-1, 0, 0), "a quote touches nothing");

    let placed = shop.post("/api/checkout", &mugs(2)).await.expect(201);
    assert_eq!(shop.stock("MUG").await, (3, 2, 0));
    let pay_url = placed.text("pay_url");
    assert!(pay_url.starts_with("http://shop.test/base/api/sandbox/pay/"), "{pay_url}");
    let pay_page = shop.get_page(pay_url.trim_start_matches("http://shop.test")).await.expect(200);
    assert!(pay_page.body.contains("Test payment") && pay_page.body.contains("€44.90"), "{}", pay_page.body);

    let back = shop.press(&pay_url, "paid").await.location();
    assert!(back.starts_with("/base/api/return/sandbox?order="), "{back}");
    let order_page = shop.get_page(&back).await.location();
    assert_eq!(order_page, format!("/base/api/orders/{}", placed.text("token")));
    let order = shop.get(&order_page["/base".len()..]).await.expect(200).json();
    assert_eq!((&order["payment"], &order["quote"]["due"], &order["fulfilment"]), (&json!("paid"), &json!(4490), &json!("none")));
    assert_eq!(shop.stock("MUG").await, (3, 0, 2));
    assert_eq!(shop.news(), [News::Paid]);
    let page = shop.get_page(&order_page).await.expect(200);
    for text in ["Paid. Thank you!", "Fine mug", "Hauptstr. 1", "10115 Berlin", "Germany", "data-payment=\"paid\""] {
        assert!(page.body.contains(text), "{text}: {}", page.body);
    }
    assert_eq!(shop.faults(), [String::new(); 0]);
}
