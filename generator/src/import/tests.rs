//! Whole imports: a small export for each peculiarity.

mod anything;
mod facts;
mod texts;

use insta::assert_snapshot;

use super::*;

fn options<'a>() -> ImportOptions<'a> {
    ImportOptions::new(Currency::parse("USD").expect("a currency"))
}

/// All files and the report of an import, one below the other.
fn show(import: &Import) -> String {
    let files = import.files.iter().map(|(path, text)| format!("=== {path}\n{text}"));
    files.chain([format!("=== report\n{}", import.report)]).collect()
}

#[track_caller]
fn shop(csv: &str) -> Import {
    shopify(csv.as_bytes(), &options()).expect("an export")
}

#[track_caller]
fn woo(csv: &str) -> Import {
    woocommerce(csv.as_bytes(), &options()).expect("an export")
}

#[track_caller]
fn reasons(import: &Import) -> String {
    let lines = import.report.not_carried.iter().map(|n| format!("{} {}: {} -> {}\n", n.row, n.column, n.value, n.reason));
    lines.collect()
}

// ---- Shopify

const SHOPIFY: &str = "Handle,Title,Body (HTML),Vendor,Type,Tags,Published,Option1 Name,Option1 Value,Option2 Name,Option2 Value,Variant SKU,Variant Grams,Variant Inventory Tracker,Variant Inventory Qty,Variant Price,Variant Compare At Price,Image Src,Image Position,Image Alt Text,Variant Image,SEO Title\n";

#[test]
fn shopify_rows_of_one_product() {
    let import = shop(&format!(
        "\u{feff}{SHOPIFY}{}",
        "mug,Harbour mug,\"<p>Hand-thrown.</p>\n<ul><li>5 * 3</li></ul>\",Quay,Kitchen & Table,\"gift, new\",true,Size,250 ml,Colour,NO,,380,shopify,0,24.9,29,https://a.example/2.jpg,2,,https://a.example/1.jpg,Mugs\n\
         mug,,,,,,,,350 ml,,NO,MUG-350,460,shopify,4,28,,https://a.example/1.jpg,1,A mug: blue,,\n\
         mug,,,,,,,,,,,,,,,,,https://a.example/3.jpg,3,,,\n\
         cup,Cup,,,,,false,Title,Default Title,,,007,0,shopify,3,5.00,,,,,,"
    ));
    assert_snapshot!(show(&import), @r#"
    === products/catalogue/cup.yaml
    title: Cup
    draft: true
    price: 5.00
    sku: "007"
    stock: 3
    === products/kitchen-table/_index.md
    ---
    title: Kitchen & Table
    ---
    === products/kitchen-table/mug.yaml
    title: Harbour mug
    description: |
      Hand-thrown.

      - 5 \* 3
    tags: [gift, new]
    brand: Quay
    price: 24.90
    images:
      - url: "https://a.example/1.jpg"
        alt: "A mug: blue"
      - url: "https://a.example/2.jpg"
      - url: "https://a.example/3.jpg"
    options:
      Size: [250 ml, 350 ml]
      Colour: ["NO"]
    variants:
      - sku: mug-250-ml-no
        options: {Size: 250 ml, Colour: "NO"}
        compare_at: 29.00
        stock: 0
        weight: 380 g
        image: "https://a.example/1.jpg"
      - sku: MUG-350
        options: {Size: 350 ml, Colour: "NO"}
        price: 28.00
        stock: 4
        weight: 460 g
    seo:
      title: Mugs
    === report
    2 products, 3 variants, 3 pictures, 2 categories
    1 SKU made from the products' ids
    "#);
}

#[test]
fn shopify_keeps_the_shop_whole() {
    let import = shop(&format!(
        "{SHOPIFY}{}",
        "a,A,,,,,true,Size,S,Size,M,DUP,,shopify,-2,10,10,,,,,\r\n\
         a,,,,,,true,,S,,M,DUP,,shopify,2,11,,,,,,\r\n\
         a,,,,,,true,,L,,any,DUP,,shopify,2,12,,,,,,\r\n\
         a,,,,,,true,,XL,,M,N O/1,,shopify,2,,,,,,,\r\n\
         A,Other,,,,,true,Title,Default Title,,,,,,5,cheap,,pic.jpg,1,,,\r\n"
    ));
    assert_snapshot!(show(&import), @"
    === products/catalogue/a-2.yaml
    title: Other
    draft: true
    price: 0.00
    sku: a-2
    stock: 5
    === products/catalogue/a.yaml
    title: A
    price: 10.00
    options:
      Size: [S, L]
      Size 2: [M, Any]
    variants:
      - {sku: DUP, options: {Size: S, Size 2: M}, stock: 0}
      - {sku: a-l-any, options: {Size: L, Size 2: Any}, price: 12.00, stock: 2}
    === report
    2 products, 3 variants, 0 pictures, 1 category
    2 SKUs made from the products' ids
    not carried over:
      line 2, `Option1 Value`: `Size`
        two options have this name; one became `Size 2`
      line 2, `Variant Compare At Price`: `10`
        a compare-at price must be above the price; it was left out
      line 2, `Variant Inventory Qty`: `-2`
        stock cannot be below nothing; written as 0
      line 3, `Option1 Value`: `S, M`
        the variant of line 2 is for the same choice; this one was left out
      line 4, `Variant SKU`: `DUP`
        this SKU is used twice; a new one was made
      line 5, `Variant Price`: empty
        without a price it cannot be sold; this variant was left out
      line 6, `Image Src`: `pic.jpg`
        this is no address of a picture (`https://…`); copy the file beside the product and list it under `images:`
      line 6, `Title`: `Other`
        another product has the id `a`; this one became `a-2`
      line 6, `Variant Inventory Tracker`: empty
        Shopify did not count this stock; the quantity became `stock:`, leave it out to sell without counting
      line 6, `Variant Price`: empty
        nothing in the product has a price; it became a draft at price 0: give it a price and remove `draft: true`
      line 6, `Variant Price`: `cheap`
        this is not an amount; it was left out
    ");
}

#[test]
fn shopify_gift_cards_policies_and_unknown_columns() {
    let import = shop(
        "Handle,Title,Variant Price,Gift Card,Status,Variant Inventory Policy,Variant Requires Shipping,Variant Taxable,Google Shopping / MPN,Google Shopping / MPN,Cost per item\n\
         gift,Gift card,10,true,active,deny,false,false,x,,3\n\
         lesson,Lesson,10,false,active,continue,false,true,y,z,\n\
         old,Old,10,false,archived,deny,true,true,,,\n",
    );
    assert_snapshot!(show(&import), @"
    === products/catalogue/gift.yaml
    title: Gift card
    kind: service
    draft: true
    price: 10.00
    sku: gift
    === products/catalogue/lesson.yaml
    title: Lesson
    kind: service
    price: 10.00
    sku: lesson
    === products/catalogue/old.yaml
    title: Old
    draft: true
    price: 10.00
    sku: old
    === report
    3 products, 3 variants, 0 pictures, 1 category
    3 SKUs made from the products' ids
    not carried over:
      line 2, `Cost per item`: `3`
        what an article costs the shop is not kept in a product file
      line 2, `Gift Card`: `true`
        a gift card is not a product here; it became a draft, so that nobody buys it without getting a code
      line 2, `Google Shopping / MPN`: `x` and 2 more
        the merchant feed is made from the product itself
      line 2, `Variant Taxable`: `false`
        it is taxed by its class; for no tax, add a class of 0% to `shop.yaml` and set `tax_class:`
      line 3, `Variant Inventory Policy`: `continue`
        selling on when the stock is used up is not imported; leave out `stock:` to sell without counting
    ");
}

#[test]
fn shopify_newer_titles_and_separators() {
    let import = shop(
        "Title;URL handle;Product category;Price;Option1 name;Option1 value;Inventory quantity;Inventory tracker\nÉclair;éclair;Food > Sweets;12,50;Title;Default Title;3;shopify\n",
    );
    assert_snapshot!(show(&import), @"
    === products/food/sweets/eclair.yaml
    title: Éclair
    price: 12.50
    sku: eclair
    stock: 3
    === report
    1 product, 1 variant, 0 pictures, 2 categories
    1 SKU made from the products' ids
    ");
}

#[test]
fn no_more_variants_than_a_product_takes() {
    let rows: Vec<String> = (0..270).map(|n| format!("mug,{},Size,{n},1", if n == 0 { "Mug" } else { "" })).collect();
    let import = shop(&format!("Handle,Title,Option1 Name,Option1 Value,Variant Price\n{}", rows.join("\n")));
    assert_eq!((import.report.variants, import.report.not_carried.len(), import.report.made_skus), (250, 20, 250));
}

// ---- WooCommerce

const WOO: &str = "ID,Type,SKU,Name,Published,Visibility in catalog,Is featured?,Short description,Description,Regular price,Sale price,Date sale price ends,In stock?,Stock,Sold individually?,Weight (oz),Categories,Images,Parent,Grouped products,External URL,Button text,Attribute 1 name,Attribute 1 value(s),Attribute 2 name,Attribute 2 value(s)\n";

#[test]
fn woocommerce_variations() {
    let import = woo(&format!(
        "{WOO}{}",
        "7,variable,,Tee,1,visible,1,Soft.,\"One\\nline.\\n\\nTwo *stars*.\",,,,1,,0,.2,\"Clothing, Clothing > T-Shirts, Sale\",https://a.example/t.jpg,,,,,Color,\"Blue, Red\",Size,\"S, M\"\n\
         8,variation,,Tee - Red,1,visible,0,,,20,15,,1,4,1,.3,,https://a.example/r.jpg,id:7,,,,Color,red,Size,\n\
         9,variation,T-B,Tee - Blue,1,visible,0,,,20,,,0,,0,,,,id:7,,,,Color,Blue,Size,S\n\
         10,variation,T-R,Tee - Red,1,visible,0,,,20,,,0,,0,,,,id:7,,,,Color,Red,Size,M\n\
         11,variation,T-X,Tee - Red,0,visible,0,,,20,,,0,,0,,,,id:7,,,,Color,Red,Size,M\n\
         12,variation,T-O,Orphan,1,visible,0,,,20,,,0,,0,,,,nobody,,,,Color,Red,,\n"
    ));
    assert_snapshot!(show(&import), @r#"
    === collections/featured.yaml
    title: Featured
    products:
      - tee
    === products/clothing/t-shirts/_index.md
    ---
    title: T-Shirts
    ---
    === products/clothing/t-shirts/tee.yaml
    title: Tee
    summary: Soft.
    description: |
      One\
      line.

      Two \*stars\*.
    also_in: [sale]
    price: 15.00
    weight: 0.2 oz
    images:
      - url: "https://a.example/t.jpg"
      - url: "https://a.example/r.jpg"
    options:
      Color: [Blue, Red]
      Size: [S, M]
    variants:
      - sku: tee-red
        options: {Color: Red, Size: any}
        compare_at: 20.00
        stock: 4
        weight: 0.3 oz
        max_quantity: 1
        image: "https://a.example/r.jpg"
      - sku: T-B
        options: {Color: Blue, Size: S}
        price: 20.00
        stock: 0
    === products/sale/_index.md
    ---
    title: Sale
    ---
    === report
    1 product, 2 variants, 2 pictures, 3 categories
    1 SKU made from the products' ids
    not carried over:
      line 5, `Attribute 1 value(s)`: `Red, M`
        the variant of line 3 is for the same choice; this one was left out
      line 6, `Published`: `0`
        this variation was switched off; it was left out
      line 7, `Parent`: `nobody`
        no product has this SKU or id; the variation was left out
    "#);
}

#[test]
fn woocommerce_kinds() {
    let import = woo(&format!(
        "{WOO}{}",
        "1,\"simple, virtual\",SERVICE,Lesson,1,hidden,1,,,20,15,2020-01-01,0,,1,,Lessons,,,,,,Level,Beginner,,\n\
         2,grouped,,Set,1,visible,0,,,,,,1,,0,,,,,\"SERVICE, id:3, gone\",,,,,,\n\
         3,external,EXT,Flag,1,visible,1,,,,,,1,,0,,,,,,https://b.example/,Buy it: here,,,,\n\
         4,simple,,服装,-1,visible,0,,,3,,,1,,0,,服装,,,,,,,,,\n\
         5,subscription,SUB,Box,1,visible,0,,,3,,,1,,0,,,,,,,,,,,\n\
         6,grouped,EMPTY,Empty,1,visible,0,,,,,,1,,0,,,,,SUB,,,,,,\n"
    ));
    assert_snapshot!(show(&import), @r#"
    === collections/featured.yaml
    title: Featured
    products:
      - ext
    === products/catalogue/empty.yaml
    title: Empty
    draft: true
    price: 0.00
    === products/catalogue/ext.yaml
    title: Flag
    kind: external
    external:
      url: "https://b.example/"
      label: "Buy it: here"
    === products/catalogue/set.yaml
    title: Set
    kind: group
    members:
      - service
      - ext
    === products/catalogue/sub.yaml
    title: Box
    draft: true
    price: 3.00
    sku: SUB
    === products/category-fc07132b/_index.md
    ---
    title: 服装
    ---
    === products/category-fc07132b/product-fc07132b.yaml
    title: 服装
    draft: true
    price: 3.00
    sku: product-fc07132b
    === products/lessons/service.yaml
    title: Lesson
    kind: service
    price: 20.00
    sku: SERVICE
    stock: 0
    max_quantity: 1
    specifications:
      Level: Beginner
    === report
    6 products, 4 variants, 0 pictures, 3 categories
    1 SKU made from the products' ids
    not carried over:
      line 2, `Date sale price ends`: `2020-01-01`
        times of a sale are not imported
      line 2, `Sale price`: `15`
        this price was for a time only; the regular price was taken
      line 2, `Visibility in catalog`: `hidden`
        a published product is in its category and in the search; set `draft: true` to keep it out
      line 3, `Grouped products`: `gone`
        no product has this SKU or id
      line 6, `Type`: `subscription`
        this kind of product is not known here; it became a draft of a plain product
      line 7, `Grouped products`: `Box`
        this member is a draft; it was left out of the group
      line 7, `Name`: `Empty`
        a group without members; it became a draft at price 0
    "#);
}

#[test]
fn more_than_three_options_join() {
    let columns = [1, 2, 3, 4].map(|n| format!(",Attribute {n} name,Attribute {n} value(s)")).concat();
    let mut csv = format!("Type,SKU,Name,Regular price,Parent{columns}\n");
    csv.push_str("variable,F,Frame,,,Size,\"S, M\",Wood,Oak,Glass,\"Clear, Matt\",Hook,\"Yes, No\"\n");
    csv.push_str("variation,F1,,5,F,Size,S,Wood,Oak,Glass,Clear,Hook,Yes\n");
    csv.push_str("variation,F2,,5,F,Size,S,Wood,Oak,Glass,Matt,Hook,\n");
    csv.push_str("variation,F3,,6,F,Size,M,Wood,Oak,Glass,,Hook,\n");
    assert_snapshot!(show(&woo(&csv)), @"
    === products/catalogue/f.yaml
    title: Frame
    price: 5.00
    options:
      Size: [S, M]
      Wood: [Oak]
      Glass / Hook: [Clear / Yes, Matt / any]
    variants:
      - {sku: F1, options: {Size: S, Wood: Oak, Glass / Hook: Clear / Yes}}
      - {sku: F2, options: {Size: S, Wood: Oak, Glass / Hook: Matt / any}}
      - {sku: F3, options: {Size: M, Wood: Oak, Glass / Hook: any}, price: 6.00}
    === report
    1 product, 3 variants, 0 pictures, 1 category
    not carried over:
      line 2, `Attribute 1 value(s)`: `Glass / Hook`
        a product has at most 3 options; the last ones became one option with joined values
    ");
}

#[test]
fn tax_classes_that_the_shop_has() {
    let csv = "Type,SKU,Name,Regular price,Tax status,Tax class\nsimple,A,A,1,taxable,reduced-rate\nsimple,B,B,1,none,zero-rate\n";
    let options = ImportOptions { tax_classes: &["standard", "reduced"], into: Some("imported"), ..options() };
    let import = woocommerce(csv.as_bytes(), &options).expect("an export");
    assert!(import.files["products/imported/a.yaml"].contains("tax_class: reduced\n"));
    assert!(!import.files["products/imported/b.yaml"].contains("tax_class"));
    assert_snapshot!(reasons(&import), @"
    3 Tax class: zero-rate -> `shop.yaml` has no tax class of this name; the product has the standard class
    3 Tax status: none -> it is taxed by its class; for no tax, add a class of 0% to `shop.yaml` and set `tax_class:`
    ");
}

// ---- Files that are no exports

#[test]
fn wrong_files_are_refused_with_advice() {
    let show = |result: Result<Import, ImportError>| {
        let error = result.expect_err("no export");
        format!("{error}\n  = help: {}\n", error.help)
    };
    let o = options();
    let mut all = String::new();
    all.push_str(&show(shopify(WOO.as_bytes(), &o)));
    all.push_str(&show(woocommerce(SHOPIFY.as_bytes(), &o)));
    all.push_str(&show(shopify(b"name,colour\nx,y\n", &o)));
    all.push_str(&show(shopify(SHOPIFY.as_bytes(), &o)));
    all.push_str(&show(shopify(b"", &o)));
    all.push_str(&show(shopify(b"PK\x03\x04rest", &o)));
    all.push_str(&show(shopify(b"\xff\xfeH\0a\0", &o)));
    all.push_str(&show(shopify(b"Handle,Title\nx,caf\xe9\n", &o)));
    all.push_str(&show(shopify(b"Handle,Title,Variant Price\na,A,1\nb,\"B,2\nc,C,3\n", &o)));
    assert_snapshot!(all, @r#"
    line 1, column `Handle`: this column is missing, so the file is not Shopify's product export
      = help: this is WooCommerce's export: use `shopfront import woocommerce`
    line 1, column `SKU`: this column is missing, so the file is not WooCommerce's product export
      = help: this is Shopify's export: use `shopfront import shopify`
    line 1, column `Handle`: this column is missing, so the file is not Shopify's product export
      = help: in Shopify, open Products and choose Export, `CSV for Excel, Numbers` or `Plain CSV file`
    the file has a row of titles but no products
      = help: export the products again, all of them
    the file is empty
      = help: export the products again, as CSV
    this is a spreadsheet or an archive, not a CSV file
      = help: open it in the spreadsheet program and save it as `CSV UTF-8 (comma delimited)`
    this file is encoded as UTF-16
      = help: save it as UTF-8
    line 2: this is not UTF-8 text
      = help: save it as UTF-8; after editing it elsewhere, open it in the spreadsheet program and save it as `CSV UTF-8 (comma delimited)`
    line 3: a quoted value that starts in this row is never closed
      = help: export the file again, or add the missing `"`
    "#);
}

#[test]
fn edited_files_are_in_conflict() {
    assert_eq!(merge_plan(None, "a\n"), Action::Create);
    assert_eq!(merge_plan(Some("a\nb\n"), "a\nb\n"), Action::Same);
    assert_eq!(merge_plan(Some("a\r\nb\r\n"), "a\nb\n"), Action::Same);
    assert_eq!(merge_plan(Some("a\n"), "b\n"), Action::Conflict);
}
