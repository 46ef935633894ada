//! How a shop is found: feeds, structured data, the product feed, what programs look for; and that none of it makes a build
//! another than a clean one.

use shopfront_tests::Shop;
use shopfront_tests::fixture;
use shopfront_tests::shop::check_same;

/// The structured data of a page, one after the other.
fn data(page: &str) -> Vec<serde_json::Value> {
    let blocks = page.split("<script type=\"application/ld+json\">").skip(1);
    blocks.map(|rest| serde_json::from_str(rest.split("</script>").next().expect("a block ends")).expect("it is JSON")).collect()
}

fn of_type(page: &str, wanted: &str) -> serde_json::Value {
    let found = data(page).into_iter().find(|item| item["@type"] == wanted);
    found.unwrap_or_else(|| panic!("no {wanted} in\n{page}"))
}

/// The small shop, with everything on that makes it found.
fn found() -> Shop {
    let shop = Shop::small();
    shop.edit(
        "shop.yaml",
        "lists: {per_page: 4}\n",
        "lists: {per_page: 4}\n\
         options: {Size: size, Glaze: color}\n\
         returns: {days: 14, fees: 4.90, by: [post, shop], page: about}\n\
         icon: {file: static/icon.svg, background: '#f6f4ee'}\n\
         feeds: {google: {countries: [DE], brand: Quay, category: Home & Garden}}\n\
         security: {contact: [security@quay.example, 'https://quay.example/about/'], expires: 2027-01-31, policy: 'https://quay.example/terms/'}\n",
    );
    shop.change(
        "static/icon.svg",
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 8 8\"><path fill=\"#08f\" d=\"M0 0h8v8H0z\"/></svg>\n",
    );
    shop.edit(
        "products/kitchen/mugs/harbour-mug.yaml",
        "brand: Quay Pottery\n",
        "brand: Quay Pottery\nmpn: HM\nrating: {value: 4.6, count: 38}\n",
    );
    shop.edit("products/kitchen/mugs/harbour-mug.yaml", "{sku: MUG-250-BLUE,", "{sku: MUG-250-BLUE, gtin: '4006381333931',");
    shop.edit(
        "products/kitchen/mugs/teapot.yaml",
        "price: 48.00\n",
        "price: 48.00\nsale: {price: 40.00, from: 2026-05-01, until: 2026-06-30}\n",
    );
    shop
}

#[test]
fn posts_have_two_feeds_by_section_and_by_tag() {
    let mut shop = Shop::small();
    shop.edit("content/journal/first.md", "Nine [mugs]", "See [below](#end), [there](https://x.example/).\n\nNine [mugs]");
    shop.edit("content/journal/first.md", "tags: [ceramic]", "tags: [ceramic]\nauthor: Mira\nimage: {file: first.jpg, alt: A kiln}");
    shop.edit("content/journal/first.md", "went in.", "went in.\n\n## End\n");
    shop.change_bytes("content/journal/first.jpg", fixture::PICTURE);
    shop.build();
    assert_eq!(shop.said(), "");
    let feed: serde_json::Value = serde_json::from_str(&shop.page("tags/ceramic/feed.json")).expect("JSON");
    assert_eq!(feed["version"], "https://jsonfeed.org/version/1.1");
    assert_eq!(feed["feed_url"], "https://quay.example/tags/ceramic/feed.json");
    let item = &feed["items"][0];
    assert_eq!(item["url"], "https://quay.example/journal/first/");
    assert_eq!((item["date_published"].as_str(), item["authors"][0]["name"].as_str()), (Some("2026-04-01T00:00:00Z"), Some("Mira")));
    assert_eq!((item["tags"][0].as_str(), item["language"].as_str()), (Some("ceramic"), Some("en")));
    let text = item["content_html"].as_str().expect("the whole text");
    for address in ["https://quay.example/products/harbour-mug/", "https://quay.example/journal/first/#end", "https://x.example/"] {
        assert!(text.contains(&format!("href=\"{address}\"")), "{text}");
    }
    let picture = item["image"].as_str().expect("a picture").strip_prefix("https://quay.example/").expect("of the shop");
    assert!(shop.site().contains_key(picture), "the feed's picture is published");
    shop.check_file("tags/ceramic/feed.xml", "rel=\"enclosure\"")
        .check_file("tags/ceramic/feed.xml", "<category term=\"ceramic\"")
        .check_file("journal/feed.json", "The third firing")
        .check_file("tags/ceramic/index.html", "type=\"application/feed+json\" title=\"ceramic\" href=\"/tags/ceramic/feed.json\"")
        .check_file("index.html", "type=\"application/feed+json\" title=\"Journal\" href=\"/journal/feed.json\"")
        .check_no_file("tags/print/feed.json");
}

#[test]
fn products_are_told_with_variants_offers_and_what_they_refer_to() {
    let mut shop = found();
    shop.build();
    let page = shop.page("products/harbour-mug/index.html");
    let group = of_type(&page, "ProductGroup");
    assert_eq!(group["variesBy"], serde_json::json!(["https://schema.org/size", "https://schema.org/color"]));
    assert_eq!(group["aggregateRating"]["ratingValue"], "4.6");
    let first = &group["hasVariant"][0];
    assert_eq!((first["gtin"].as_str(), first["mpn"].as_str()), (Some("4006381333931"), Some("HM")));
    assert_eq!((first["size"].as_str(), first["color"].as_str()), (Some("250 ml"), Some("Blue")));
    assert!(first["image"].as_str().is_some_and(|image| image.ends_with(".jpg")));
    assert!(group["hasVariant"][1].get("color").is_none(), "any colour is none");
    let offer = &first["offers"];
    assert_eq!(offer["url"], "https://quay.example/products/harbour-mug/?variant=MUG-250-BLUE");
    assert_eq!((offer["price"].as_str(), offer["priceSpecification"][0]["price"].as_str()), (Some("24.90"), Some("29.00")));
    assert_eq!(offer["shippingDetails"]["@id"], "#shipping");
    assert_eq!(offer["hasMerchantReturnPolicy"]["@id"], "#returns");
    let shipping = of_type(&page, "OfferShippingDetails");
    assert_eq!((shipping["@id"].as_str(), shipping["shippingRate"]["value"].as_str()), (Some("#shipping"), Some("4.90")));
    assert_eq!(shipping["shippingDestination"]["addressCountry"], "DE");
    assert_eq!(shipping["deliveryTime"]["transitTime"]["maxValue"], 3);
    let returns = of_type(&page, "MerchantReturnPolicy");
    assert_eq!((returns["merchantReturnDays"].as_u64(), returns["returnShippingFeesAmount"]["value"].as_str()), (Some(14), Some("4.90")));
    assert_eq!(returns["merchantReturnLink"], "https://quay.example/about/");
    let teapot = of_type(&shop.page("products/teapot/index.html"), "Product");
    assert_eq!((teapot["offers"]["price"].as_str(), teapot["offers"]["priceValidUntil"].as_str()), (Some("40.00"), Some("2026-06-30")));
    let pack = of_type(&shop.page("products/pattern-pack/index.html"), "Product");
    assert!(pack["offers"].get("shippingDetails").is_none(), "nothing is sent");
}

#[test]
fn the_home_page_tells_who_sells_and_all_ways_of_sending() {
    let mut shop = found();
    shop.build();
    let page = shop.page("index.html");
    let organization = of_type(&page, "Organization");
    assert_eq!(organization["email"], "hello@quay.example");
    assert!(organization["logo"].as_str().is_some_and(|logo| logo.ends_with("-512.png")));
    let conditions = &organization["hasShippingService"][0]["shippingConditions"];
    assert_eq!(
        (conditions[0]["shippingRate"]["value"].as_str(), conditions[0]["orderValue"]["maxValue"].as_str()),
        (Some("4.90"), Some("59.99"))
    );
    assert_eq!(
        (conditions[1]["shippingRate"]["value"].as_str(), conditions[1]["orderValue"]["minValue"].as_str()),
        (Some("0.00"), Some("60.00"))
    );
    assert_eq!(of_type(&page, "WebSite")["publisher"]["@id"], organization["@id"]);
    let post = of_type(&shop.page("journal/first/index.html"), "BlogPosting");
    assert_eq!(post["publisher"]["@id"], organization["@id"]);
}

#[test]
fn the_product_feed_has_an_item_for_each_variant() {
    let mut shop = found();
    shop.build();
    let feed = shop.page("feeds/google.xml");
    let item = |sku: &str| {
        let items: Vec<&str> = feed.split("<item>").filter(|item| item.contains(&format!("<g:id>{sku}</g:id>"))).collect();
        assert_eq!(items.len(), 1, "{sku} in\n{feed}");
        items[0].to_owned()
    };
    let blue = item("MUG-250-BLUE");
    for line in [
        "<g:title>Harbour mug – 250 ml, Blue</g:title>",
        "<g:description>Hand-thrown. Heavy. See the teapot.</g:description>",
        "<g:link>https://quay.example/products/harbour-mug/?variant=MUG-250-BLUE</g:link>",
        "<g:availability>in_stock</g:availability>",
        "<g:price>29.00 EUR</g:price>",
        "<g:sale_price>24.90 EUR</g:sale_price>",
        "<g:brand>Quay Pottery</g:brand>",
        "<g:gtin>4006381333931</g:gtin>",
        "<g:google_product_category>Home &amp; Garden</g:google_product_category>",
        "<g:product_type>Kitchen &gt; Mugs</g:product_type>",
        "<g:item_group_id>harbour-mug</g:item_group_id>",
        "<g:color>Blue</g:color>",
        "<g:size>250 ml</g:size>",
        "<g:shipping_weight>380 g</g:shipping_weight>",
        "<g:shipping><g:country>DE</g:country><g:service>Post</g:service><g:price>4.90 EUR</g:price>",
    ] {
        assert!(blue.contains(line), "{line} in\n{blue}");
    }
    let teapot = item("TEAPOT");
    assert!(teapot.contains("<g:price>48.00 EUR</g:price>") && teapot.contains("<g:sale_price>40.00 EUR</g:sale_price>"), "{teapot}");
    assert!(teapot.contains("<g:sale_price_effective_date>2026-05-01T00:00:00Z/2026-06-30T23:59:59Z</g:sale_price_effective_date>"));
    assert!(!feed.contains("<g:id>WRAP</g:id>"), "a service is no goods");
    assert!(shop.said().contains("`teapot` has no picture"), "{}", shop.said());
    let address = blue.split("<g:image_link>https://quay.example/").nth(1).and_then(|rest| rest.split('<').next()).expect("a picture");
    assert!(shop.site().contains_key(address));
}

#[test]
fn programs_find_what_they_look_for() {
    let mut shop = found();
    shop.build();
    shop.check_file("llms.txt", "# Quay\n\n> A small shop for tests.\n")
        .check_file("llms.txt", "- [Kitchen](https://quay.example/categories/kitchen/): For the table.\n")
        .check_file("llms.txt", "- [The third firing](https://quay.example/journal/third/): All came out.\n")
        .check_file(
            ".well-known/security.txt",
            "Contact: mailto:security@quay.example\nContact: https://quay.example/about/\nExpires: 2027-01-31T00:00:00Z\n",
        )
        .check_file(".well-known/security.txt", "Canonical: https://quay.example/.well-known/security.txt\n")
        .check_file("site.webmanifest", "\"background_color\":\"#f6f4ee\"")
        .check_file("sitemap.xml", "<image:image><image:loc>https://quay.example/img/harbour-mug.");
    let page = shop.page("index.html");
    for (start, end) in [
        ("rel=\"icon\" href=\"/", ".ico"),
        ("rel=\"apple-touch-icon\" href=\"/", "-180.png"),
        ("rel=\"manifest\" href=\"/", ".webmanifest"),
    ] {
        let address = page.split(start).nth(1).and_then(|rest| rest.split('"').next()).unwrap_or_else(|| panic!("{start} in\n{page}"));
        assert!(address.ends_with(end) && shop.site().contains_key(address), "{address}");
    }
    // What the editor has written by hand stands instead, and what is off is not there.
    shop.change("static/llms.txt", "by hand\n");
    shop.edit("shop.yaml", "icon: {file: static/icon.svg, background: '#f6f4ee'}\n", "");
    shop.build().check_file("llms.txt", "by hand").check_without("index.html", "-512.png");
    shop.remove("static/llms.txt");
    shop.edit("shop.yaml", "feeds: {google", "feeds: {llms: false, google");
    shop.build();
    shop.check_no_file("llms.txt");
}

#[test]
fn what_is_found_follows_every_edit() {
    let mut shop = found();
    shop.build();
    shop.edit("shop.yaml", "price: 4.90, free_over: 60", "price: 5.50, free_over: 60");
    shop.build();
    shop.check_file("products/harbour-mug/index.html", "\"value\":\"5.50\"").check_file("feeds/google.xml", "5.50 EUR");
    check_same(&shop.site(), &shop.clean_build());
    shop.change(
        "static/icon.svg",
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 8 8\"><path fill=\"#f80\" d=\"M0 0h8v8H0z\"/></svg>\n",
    );
    shop.build();
    check_same(&shop.site(), &shop.clean_build());
    shop.edit("products/kitchen/mugs/small-cup.yaml", "price: 12.00", "price: 13.00\ngtin: 96385074");
    shop.build();
    shop.check_file("feeds/google.xml", "<g:gtin>96385074</g:gtin>").check_file("products/small-cup/index.html", "\"gtin\":\"96385074\"");
    check_same(&shop.site(), &shop.clean_build());
    shop.edit("content/journal/second.md", "Ten went in.", "Eleven went in.");
    shop.build().check_file("tags/news/feed.json", "Eleven");
    check_same(&shop.site(), &shop.clean_build());
    shop.reload().build();
    assert_eq!(shop.written(), (0, 0));
}

/// An item of the product feed.
fn item(shop: &Shop, sku: &str) -> String {
    let feed = shop.page("feeds/google.xml");
    let found = feed.split("<item>").find(|item| item.contains(&format!("<g:id>{sku}</g:id>")));
    found.unwrap_or_else(|| panic!("no {sku} in\n{feed}")).to_owned()
}

#[test]
fn the_product_feed_promises_no_more_than_the_checkout_keeps() {
    let mut shop = found();
    // Sent for nothing from 60 on: at the full price, and not while the sale lasts.
    shop.edit(
        "products/kitchen/mugs/teapot.yaml",
        "price: 48.00\nsale: {price: 40.00, from: 2026-05-01, until: 2026-06-30}\n",
        "price: 65.00\nsale: {price: 55.00, from: 2026-07-01, until: 2026-07-30}\n",
    );
    shop.edit("products/kitchen/mugs/small-cup.yaml", "stock: 5", "stock: 0");
    shop.build();
    assert!(item(&shop, "TEAPOT").contains("<g:price>4.90 EUR</g:price>"), "{}", item(&shop, "TEAPOT"));
    assert!(item(&shop, "CUP").contains("<g:availability>out_of_stock</g:availability>"));
    shop.edit("products/kitchen/mugs/small-cup.yaml", "stock: 0", "stock: 0\nbackorder: 5");
    shop.build();
    assert!(item(&shop, "CUP").contains("<g:availability>in_stock</g:availability>"));
}

#[test]
fn the_product_feed_is_in_the_currency_and_with_the_tax_that_google_asks_for() {
    let mut shop = found();
    shop.edit("shop.yaml", "currencies: [EUR]", "currencies: [EUR, USD]");
    shop.edit("shop.yaml", "google: {countries: [DE]", "google: {countries: [DE, US]");
    shop.build();
    shop.check_file("feeds/google.xml", "EUR").check_no_file("feeds/google-usd.xml").check_without("feeds/google.xml", "g:tax");
    let said = shop.said();
    assert!(said.contains("the prices of the product feed are with tax, and Google wants them without it in US"), "{said}");
    assert!(!said.contains("wants them with it in DE"), "{said}");
    shop.edit("shop.yaml", "prices_include_tax: true", "prices_include_tax: false");
    shop.build();
    assert!(shop.said().contains("the prices of the product feed are without tax, and Google wants them with it in DE"), "{}", shop.said());
}

#[test]
fn variants_of_the_product_feed_can_be_told_apart() {
    let mut shop = found();
    shop.edit("shop.yaml", "options: {Size: size, Glaze: color}", "options: {Size: color, Glaze: color}");
    let long = "Harbour mug ".repeat(13);
    shop.edit("products/kitchen/mugs/harbour-mug.yaml", "title: Harbour mug", &format!("title: '{}'", long.trim()));
    shop.build();
    let mug = item(&shop, "MUG-250-BLUE");
    assert!(mug.contains("<g:color>250 ml/Blue</g:color>") && mug.matches("<g:color>").count() == 1, "{mug}");
    let title = mug.split("<g:title>").nth(1).and_then(|rest| rest.split('<').next()).expect("a title");
    assert!(title.ends_with(" – 250 ml, Blue") && title.chars().count() <= 150, "{title}");
    let group = of_type(&shop.page("products/harbour-mug/index.html"), "ProductGroup");
    assert_eq!(group["variesBy"], serde_json::json!(["https://schema.org/color"]));
    assert_eq!(group["hasVariant"][0]["color"], "250 ml/Blue");
    let said = shop.said();
    assert!(said.contains("the title has 170 characters in the product feed, with the values of its options"), "{said}");
    assert!(said.contains("nothing says in what the variants of `poster` differ") && said.contains("`options: {Format: size}`"), "{said}");
    // What the help says is enough.
    shop.edit("products/kitchen/mugs/harbour-mug.yaml", "date:", "seo: {title: Harbour mug}\ndate:");
    shop.edit("shop.yaml", "options: {Size: color,", "options: {Format: size, Size: color,");
    shop.build();
    assert!(!shop.said().contains("characters in the product feed") && !shop.said().contains("differ"), "{}", shop.said());
}

#[test]
fn a_rating_is_shown_where_it_is_told() {
    let mut shop = found();
    shop.build();
    let page = shop.page("products/harbour-mug/index.html");
    assert!(page.contains("<p class=\"product__rating\">4.6 out of 5, ratings: 38</p>"), "{page}");
    assert!(!shop.page("products/teapot/index.html").contains("product__rating"));
}

#[test]
fn bands_by_worth_end_where_sending_is_free() {
    let mut shop = found();
    shop.edit("shop.yaml", "price: 4.90, free_over: 60", "bands: [{up_to_price: 30, price: 5}, {price: 3}], free_over: 60");
    shop.build();
    let organization =
        |shop: &Shop| of_type(&shop.page("index.html"), "Organization")["hasShippingService"][0]["shippingConditions"].clone();
    let limits = |conditions: &serde_json::Value| -> Vec<(String, String, String)> {
        let text = |value: &serde_json::Value| value.as_str().unwrap_or("-").to_owned();
        let limit = |it: &serde_json::Value| {
            (text(&it["shippingRate"]["value"]), text(&it["orderValue"]["minValue"]), text(&it["orderValue"]["maxValue"]))
        };
        conditions.as_array().expect("a list").iter().map(limit).collect()
    };
    let of = |rows: &[(&str, &str, &str)]| rows.iter().map(|(a, b, c)| (a.to_string(), b.to_string(), c.to_string())).collect::<Vec<_>>();
    assert_eq!(limits(&organization(&shop)), of(&[("5.00", "-", "30.00"), ("3.00", "30.01", "59.99"), ("0.00", "60.00", "-")]));
    shop.edit("shop.yaml", "free_over: 60", "free_over: 20");
    shop.build();
    assert_eq!(limits(&organization(&shop)), of(&[("5.00", "-", "19.99"), ("0.00", "20.00", "-")]));
}

#[test]
fn a_preview_is_offered_to_nobody() {
    let mut shop = found();
    shop.options.noindex = true;
    shop.build();
    shop.check_no_file("feeds/google.xml").check_no_file("llms.txt").check_no_file("sitemap.xml");
    shop.check_file("journal/feed.xml", "The first firing");
    shop.options.noindex = false;
    shop.build();
    shop.check_file("feeds/google.xml", "<g:id>").check_file("llms.txt", "# Quay");
    check_same(&shop.site(), &shop.clean_build());
}

#[test]
fn an_icon_that_would_run_something_is_refused() {
    let mut shop = found();
    shop.edit("static/icon.svg", "<path", "<script>alert(1)</script><path");
    shop.build_with_mistakes();
    assert!(shop.said().contains("it has an element `<script>`, which is not published"), "{}", shop.said());
}

#[test]
fn clothes_are_known_by_any_number_of_theirs() {
    let mut shop = found();
    shop.edit(
        "products/kitchen/mugs/small-cup.yaml",
        "price: 12.00",
        "google: {category: 212, age_group: adult, gender: unisex}\nprice: 12.00",
    );
    shop.build();
    let said = shop.said();
    assert!(said.contains("`small-cup` is clothing by its category, and the size is not said"), "{said}");
    assert!(said.contains("add `google: {color: …}`"), "{said}");
    shop.edit("products/kitchen/mugs/small-cup.yaml", "gender: unisex", "gender: unisex, color: White, size: M");
    shop.build();
    assert!(!shop.said().contains("is clothing"), "{}", shop.said());
    let cup = item(&shop, "CUP");
    assert!(cup.contains("<g:color>White</g:color>") && cup.contains("<g:size>M</g:size>"), "{cup}");
    assert_eq!(of_type(&shop.page("products/small-cup/index.html"), "Product")["color"], "White");
}

#[test]
fn cards_are_drawn_for_who_shares_a_link() {
    let mut shop = Shop::small();
    shop.edit("content/journal/_index.md", "title: Journal\n", "title: Journal\nsocial_card: true\ncascade: {social_card: true}\n");
    shop.build();
    assert_eq!(shop.said(), "");
    let card_of = |shop: &Shop, page: &str| {
        let html = shop.page(page);
        let address = html.split("og:image\" content=\"https://quay.example/").nth(1)?.split('"').next()?.to_owned();
        let is_card = html.contains("og:image:width\" content=\"1200\"") && html.contains("og:image:height\" content=\"630\"");
        Some(address).filter(|_| is_card)
    };
    let first = card_of(&shop, "journal/first/index.html").expect("a card");
    assert!(first.starts_with("img/journal-first.") && first.ends_with("-1200.png"), "{first}");
    let png = &shop.site()[&first];
    assert_eq!((&png[..8], &png[16..24]), (&b"\x89PNG\r\n\x1a\n"[..], &[0, 0, 4, 0xb0, 0, 0, 2, 0x76][..]), "a PNG of 1200 × 630");
    assert!(card_of(&shop, "journal/index.html").is_some());
    assert_eq!(card_of(&shop, "about/index.html"), None);
    // The same title, the same card; another, another.
    shop.edit("content/journal/first.md", "Nine [mugs]", "Ten [mugs]");
    shop.build();
    assert_eq!(card_of(&shop, "journal/first/index.html").as_ref(), Some(&first));
    shop.edit("content/journal/first.md", "title: ", "title: Again, ");
    shop.build();
    assert_ne!(card_of(&shop, "journal/first/index.html").expect("a card"), first);
    assert!(!shop.site().contains_key(&first));
    check_same(&shop.site(), &shop.clean_build());
    // What no font has is told, where it is wanted.
    shop.edit("content/journal/first.md", "title: Again, ", "title: Ωmega, ");
    shop.build();
    let said = shop.said();
    assert!(said.contains("has `Ω` (U+03A9)") && said.contains("content/journal/first.md") && said.contains("/journal/first/"), "{said}");
    assert_eq!(card_of(&shop, "journal/first/index.html"), None);
    check_same(&shop.site(), &shop.clean_build());
    // What stands on the card decides: the title for search engines, and the section's.
    shop.edit("content/journal/first.md", "title: Ωmega, ", "seo: {title: Omega}\ntitle: Ωmega, ");
    shop.build();
    assert!(!shop.said().contains("U+03A9") && card_of(&shop, "journal/first/index.html").is_some(), "{}", shop.said());
    shop.edit("content/journal/first.md", "seo: {title: Omega}\ntitle: Ωmega, ", "title: Omega, ");
    shop.edit("content/journal/_index.md", "title: Journal\n", "title: Journal Ω\n");
    shop.build();
    assert!(shop.said().contains("of `/journal/first/`") && card_of(&shop, "journal/first/index.html").is_none(), "{}", shop.said());
    shop.edit("content/journal/_index.md", "title: Journal Ω\n", "title: Journal\n");
    shop.edit("content/journal/first.md", "title: Omega, ", "title: Ωmega, ");
    // A theme's own card, and a font that is none.
    shop.edit("content/journal/first.md", "title: Ωmega, ", "title: ");
    shop.edit("shop.yaml", "lists: {per_page: 4}", "lists: {per_page: 4}\ntheme: mine");
    shop.change("themes/mine/theme.yaml", "title: Mine\nextends: default\n");
    let own = "{% component social_card(page, site) -%}\n<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"1200\" height=\"630\"></svg>\n\
               {%- endcomponent social_card %}\n";
    shop.change("themes/mine/templates/components/social_card.html", own);
    shop.build();
    assert_eq!(shop.said(), "");
    assert_ne!(card_of(&shop, "journal/first/index.html").expect("a card"), first);
    shop.change("themes/mine/fonts/a.woff2", "wOF2");
    shop.build_with_mistakes();
    assert!(shop.said().contains("themes/mine/fonts/a.woff2") && shop.said().contains("no TrueType or OpenType"), "{}", shop.said());
}
