//! The journey without JavaScript, and forms of other sites.

use super::*;

/// The value of a hidden field.
fn hidden(page: &str, name: &str) -> String {
    let start = format!("name=\"{name}\" value=\"");
    let from = page.find(&start).unwrap_or_else(|| panic!("no {name}: {page}")) + start.len();
    let value = &page[from..from + page[from..].find('"').expect("an end")];
    value.replace("&quot;", "\"").replace("&amp;", "&")
}

/// What a browser would send from the page's form, with some fields filled in.
fn filled<'a>(page: &str, fields: &[(&'a str, &'a str)]) -> Vec<(String, String)> {
    let carried = ["cart", "expected_total", "idempotency_key", "currency"].map(|name| (name.to_owned(), hidden(page, name)));
    carried.into_iter().chain(fields.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))).collect()
}

async fn post(shop: &TestShop, path: &str, fields: &[(String, String)]) -> Answer {
    let fields: Vec<_> = fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    shop.form(path, &fields).await
}

/// The fields of the only form of a page, all of them hidden.
fn hidden_fields(page: &str) -> Vec<(String, String)> {
    let plain =
        |text: &str| text.replace("&quot;", "\"").replace("&lt;", "<").replace("&gt;", ">").replace("&#39;", "'").replace("&amp;", "&");
    let inputs = page.split("<input type=\"hidden\" name=\"").skip(1);
    let field = |input: &str| {
        let (name, rest) = input.split_once("\" value=\"").expect("a value");
        (plain(name), plain(rest.split_once('"').expect("an end").0))
    };
    inputs.map(field).collect()
}

#[tokio::test]
async fn a_gateway_that_is_away_costs_the_shopper_one_press_of_a_button() {
    let (shop, gateway) = super::faults::flaky_shop();
    let page = shop.form("/api/confirm", &[("sku", "MUG"), ("quantity", "2"), ("language", "de")]).await.expect(200);
    let mut fields = filled(&page.body, &ADDRESS);
    fields.extend([("country", "FR"), ("language", "de")].map(|(n, v)| (n.to_owned(), v.to_owned())));
    let page = post(&shop, "/api/confirm", &fields).await.expect(200);
    let mut fields = filled(&page.body, &ADDRESS);
    fields.extend([("country", "FR"), ("language", "de")].map(|(n, v)| (n.to_owned(), v.to_owned())));
    gateway.out_of_reach("open");
    let page = post(&shop, "/api/checkout", &fields).await.expect(503);
    assert_eq!(page.headers[header::RETRY_AFTER], "60");
    for part in
        ["<html lang=de>", "The payment service does not answer for now", "your cart is kept", "action=\"/base/api/checkout\"", "Try again"]
    {
        assert!(page.body.contains(part), "{part}: {}", page.body);
    }
    let mut same = hidden_fields(&page.body);
    same.sort();
    fields.sort();
    assert_eq!(same, fields, "the button sends the same again, key and all");
    // Pressed too early, and then when it works.
    let page = post(&shop, "/api/checkout", &same).await.expect(503);
    gateway.mend();
    let pay = post(&shop, "/api/checkout", &hidden_fields(&page.body)).await.location();
    assert!(pay.starts_with("/base/api/sandbox/pay/"), "{pay}");
    assert_eq!(shop.stock("MUG").await, (3, 2, 0), "ordered once");
    assert_eq!(shop.checkout.shop.store.newest(9).await.expect("orders").len(), 1);
}

const ADDRESS: [(&str, &str); 6] = [
    ("address", "yes"),
    ("email", "mira@example.com"),
    ("name", "Mira <Sol>"),
    ("line1", "Rue 1"),
    ("postcode", "75001"),
    ("city", "Paris"),
];

#[tokio::test]
async fn one_mug_is_bought_without_javascript() {
    let shop = TestShop::with(|contents| contents.terms.terms_url = Some("http://shop.test/base/terms/".into()));
    let page = shop.form("/api/confirm", &[("sku", "MUG"), ("quantity", "2"), ("currency", "EUR"), ("language", "de")]).await.expect(200);
    for part in [
        "<html lang=de>",
        "<article class=\"fn-page\" lang=\"en\" dir=\"ltr\">",
        "Fine mug",
        "€44.90",
        "<option value=\"DE\" selected>Germany",
        "/base/terms/",
        "/base/img/mug.webp",
    ] {
        assert!(page.body.contains(part), "{part}: {}", page.body);
    }
    assert!(!page.body.contains("style=") && !page.body.contains("<script"), "{}", page.body);
    assert!(shop.checkout.shop.store.newest(1).await.expect("orders").is_empty(), "it reserves nothing");

    // Another country and the quicker way; the total is brought up to date.
    let mut fields = filled(&page.body, &ADDRESS);
    fields.extend([("country", "FR"), ("shipping", "express"), ("update", "yes")].map(|(n, v)| (n.to_owned(), v.to_owned())));
    let page = post(&shop, "/api/confirm", &fields).await.expect(200);
    assert!(page.body.contains("Pay €52.00") && page.body.contains("Mira &lt;Sol&gt;"), "{}", page.body);

    // The terms are forgotten: everything that was typed is kept.
    let mut fields = filled(&page.body, &ADDRESS);
    fields.extend([("country", "FR"), ("shipping", "express")].map(|(n, v)| (n.to_owned(), v.to_owned())));
    let page = post(&shop, "/api/checkout", &fields).await.expect(422);
    for part in ["error-summary", "href=\"#accept_terms\"", "Please accept the terms", "Mira &lt;Sol&gt;", "value=\"Paris\"", "Pay €52.00"]
    {
        assert!(page.body.contains(part), "{part}: {}", page.body);
    }
    let mut fields = filled(&page.body, &ADDRESS);
    fields.extend([("country", "FR"), ("shipping", "express"), ("accept_terms", "yes")].map(|(n, v)| (n.to_owned(), v.to_owned())));
    let pay = post(&shop, "/api/checkout", &fields).await.location();
    assert!(pay.starts_with("/base/api/sandbox/pay/"), "{pay}");
    assert_eq!(post(&shop, "/api/checkout", &fields).await.location(), pay, "pressed twice, ordered once");
    let order = shop.get_page(&shop.press(&pay, "paid").await.location()).await.location();
    let page = shop.get_page(&order).await.expect(200);
    assert!(
        page.body.contains("Paid. Thank you!") && page.body.contains("Mira &lt;Sol&gt;") && page.body.contains("France"),
        "{}",
        page.body
    );
    assert_eq!(shop.stock("MUG").await, (3, 0, 2));
}

#[tokio::test]
async fn empty_fields_are_complained_about_beside_them() {
    let shop = TestShop::new();
    let page = shop.form("/api/confirm", &[("sku", "MUG"), ("quantity", "1")]).await.expect(200);
    let page = post(&shop, "/api/checkout", &filled(&page.body, &[("address", "yes"), ("country", "DE")])).await.expect(422);
    for name in ["email", "name", "line1", "city"] {
        assert!(
            page.body.contains(&format!("href=\"#{name}\"")) && page.body.contains(&format!("id=\"{name}-error\"")),
            "{name}: {}",
            page.body
        );
    }
}

#[tokio::test]
async fn a_customer_who_has_had_a_discount_sees_what_is_to_be_paid() {
    let shop = TestShop::with(|contents| {
        contents.terms.discounts =
            vec![catalog::discount::Discount { codes: vec![], uses_per_customer: Some(1), ..testing::discount("first") }];
    });
    let page = shop.form("/api/confirm", &[("sku", "MUG"), ("quantity", "1")]).await.expect(200);
    let order = |page: &str| {
        let mut fields = filled(page, &ADDRESS);
        fields.push(("country".into(), "DE".into()));
        fields
    };
    post(&shop, "/api/checkout", &order(&page.body)).await.location();
    let page = shop.form("/api/confirm", &[("sku", "MUG"), ("quantity", "1")]).await.expect(200);
    let page = post(&shop, "/api/checkout", &order(&page.body)).await.expect(409);
    assert!(page.body.contains("Pay €24.90"), "{}", page.body);
    post(&shop, "/api/checkout", &order(&page.body)).await.location();
}

#[tokio::test]
async fn a_price_that_changes_meanwhile_is_shown() {
    let shop = TestShop::new();
    let page = shop.form("/api/confirm", &[("sku", "MUG"), ("quantity", "1")]).await.expect(200);
    shop.bundle.replace(testing::bundle(|contents| contents.variants[0].pricing.prices = testing::eur(2100)));
    let mut fields = filled(&page.body, &ADDRESS);
    fields.push(("country".into(), "DE".into()));
    let page = post(&shop, "/api/checkout", &fields).await.expect(409);
    assert!(page.body.contains("The total has changed") && page.body.contains("Pay €25.90"), "{}", page.body);
    let mut fields = filled(&page.body, &ADDRESS);
    fields.push(("country".into(), "DE".into()));
    post(&shop, "/api/checkout", &fields).await.location();
}

#[tokio::test]
async fn who_goes_back_and_changes_something_replaces_the_unpaid_order_only() {
    let shop = TestShop::new();
    let page = shop.form("/api/confirm", &[("sku", "MUG"), ("quantity", "5")]).await.expect(200);
    let with = |page: &str, city: &str| {
        let mut fields: Vec<_> = filled(page, &ADDRESS).into_iter().filter(|(name, _)| name != "city").collect();
        if page.contains("name=\"replaces\"") {
            fields.push(("replaces".into(), hidden(page, "replaces")));
        }
        fields.extend([("country", "DE"), ("city", city)].map(|(name, value)| (name.to_owned(), value.to_owned())));
        fields
    };
    post(&shop, "/api/checkout", &with(&page.body, "Berlin")).await.location();
    // Back to the same page, and another town: all five mugs are held by the shopper's own first order.
    let again = post(&shop, "/api/checkout", &with(&page.body, "Bonn")).await.expect(422);
    assert!(again.body.contains("You have ordered from this page before"), "{}", again.body);
    let fields = with(&again.body, "Bonn");
    let pay = post(&shop, "/api/checkout", &fields).await.location();
    assert_eq!(shop.stock("MUG").await, (0, 5, 0));
    shop.press(&pay, "paid").await;

    // Paid, and back once more: it is said, and only who presses again orders again.
    let again = post(&shop, "/api/checkout", &with(&again.body, "Ulm")).await.expect(422);
    let paid = post(&shop, "/api/checkout", &with(&again.body, "Ulm")).await.expect(409);
    assert!(paid.body.contains("The earlier order has been paid") && !paid.body.contains("name=\"replaces\""), "{}", paid.body);
    assert_eq!(shop.stock("MUG").await, (0, 0, 5));
}

#[tokio::test]
async fn what_is_sold_out_is_said_on_the_page() {
    let shop = TestShop::new();
    let page = shop.form("/api/confirm", &[("sku", "LAST"), ("quantity", "1")]).await.expect(200);
    let mut body = mugs(1);
    body["lines"][0]["sku"] = "LAST".into();
    body["expected_total"] = 2990.into();
    shop.post("/api/checkout", &body).await.expect(201);
    let mut fields = filled(&page.body, &ADDRESS);
    fields.push(("country".into(), "DE".into()));
    let page = post(&shop, "/api/checkout", &fields).await.expect(409);
    assert!(page.body.matches("Fine mug is sold out").count() == 1 && page.body.contains("value=\"Paris\""), "{}", page.body);
}

#[tokio::test]
async fn a_form_that_makes_no_sense_is_refused_as_a_page() {
    let shop = TestShop::new();
    for (fields, status) in [
        (vec![("sku", "MUG"), ("quantity", "0")], 422),
        (vec![("sku", "MUG"), ("quantity", "1.5")], 422),
        (vec![("sku", "NO SUCH"), ("quantity", "1")], 422),
        (vec![("sku", "PRINT"), ("quantity", "1")], 422),
        (vec![("quantity", "1")], 422),
        (vec![("sku", "MUG"), ("price", "1")], 422),
        (vec![("cart", "[")], 400),
    ] {
        let page = shop.form("/api/confirm", &fields).await.expect(status);
        assert!(page.body.contains("notice--error") && page.body.contains("fn-page"), "{fields:?}: {}", page.body);
    }
    shop.bundle.replace(testing::bundle(|contents| contents.variants[0].options = vec![("Frame".into(), "None".into())]));
    let page = shop.form("/api/confirm", &[("sku", "MUG"), ("field.Frame", "Oak")]).await.expect(200);
    assert!(page.body.contains("Frame: None"), "the variant has settled it: {}", page.body);
    let page = shop.form("/api/confirm", &[("sku", "PRINT"), ("field.Frame", "Oak")]).await.expect(200);
    assert!(page.body.contains("Frame: Oak"), "{}", page.body);
}

#[tokio::test]
async fn forms_of_other_sites_are_refused() {
    let shop = TestShop::new();
    let send = async |path: &str, headers: &[(&str, &str)]| {
        let mut request = Request::post(format!("/base{path}")).header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        shop.send(request.body(Body::from("sku=MUG&quantity=1")).expect("a request")).await.status.as_u16()
    };
    for path in ["/api/confirm", "/api/checkout"] {
        assert_eq!(send(path, &[("origin", "https://evil.test")]).await, 403);
        assert_eq!(send(path, &[("origin", "null")]).await, 403);
        assert_eq!(send(path, &[("origin", "http://shop.test.evil.test")]).await, 403);
        assert_eq!(send(path, &[("sec-fetch-site", "cross-site")]).await, 403);
        assert_eq!(send(path, &[("sec-fetch-site", "same-site"), ("origin", "http://shop.test")]).await, 403);
        assert_ne!(send(path, &[("sec-fetch-site", "same-origin"), ("origin", "null")]).await, 403);
        assert_ne!(send(path, &[("origin", "http://shop.test")]).await, 403);
        assert_ne!(send(path, &[("origin", "http://localhost:4000"), ("host", "localhost:4000")]).await, 403);
    }
}
