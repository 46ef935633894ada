use proptest::prelude::*;

use super::*;

fn parsed(path: &str, text: &str) -> (Parsed, Vec<Diagnostic>) {
    let kind = SourceKind::of(path).unwrap();
    parse(kind, &path.into(), text.as_bytes())
}

fn product(text: &str) -> (ParsedProduct, Vec<String>) {
    let (value, diagnostics) = parsed("products/home/cups/mug.yaml", &format!("title: Mug\n{text}"));
    let Parsed::Product(product) = value else { panic!("{diagnostics:?}") };
    (*product, codes_of(&diagnostics))
}

fn settings(text: &str) -> (ParsedSettings, Vec<String>) {
    let (value, diagnostics) = parsed("shop.yaml", &format!("name: Tessel\n{text}"));
    let Parsed::Settings(settings) = value else { panic!("{diagnostics:?}") };
    (*settings, codes_of(&diagnostics))
}

fn codes_of(diagnostics: &[Diagnostic]) -> Vec<String> {
    diagnostics.iter().map(|diagnostic| diagnostic.code.to_string()).collect()
}

#[test]
fn kinds_are_told_from_paths() {
    for (path, kind) in [
        ("shop.yaml", Some(SourceKind::Settings)),
        ("products/mug.yaml", Some(SourceKind::Product)),
        ("products/a/b/mug.yaml", Some(SourceKind::Product)),
        ("products/_index.md", Some(SourceKind::Category)),
        ("products/a/_index.md", Some(SourceKind::Category)),
        ("collections/sea.yaml", Some(SourceKind::Collection)),
        ("content/_index.md", Some(SourceKind::Page)),
        ("content/a/b.md", Some(SourceKind::Page)),
        ("products/mug.jpg", None),
        ("products/notes.md", None),
        ("collections/a/sea.yaml", None),
        ("content/a.yaml", None),
        ("sub/shop.yaml", None),
        ("README.md", None),
    ] {
        assert_eq!(SourceKind::of(path), kind, "{path}");
    }
}

#[test]
fn what_yaml_readers_get_wrong_is_kept_as_written() {
    for text in ["007", "1e3", "0x1F", "NO", "2024-01-01", "12:30", "true", "4.0"] {
        let (product, told) = product(&format!("sku: {text}\nbrand: {text}\nspecifications: {{{text}: {text}}}\n"));
        assert_eq!(told, [""; 0], "{text}");
        assert_eq!((&*product.sku.unwrap().value, &*product.brand.unwrap().value), (text, text));
        assert_eq!((&*product.specifications[0].0.value, &*product.specifications[0].1.value), (text, text));
    }
    let (product, told) = product("options: {on: [44, 4.0, 44.5], yes: [no, None]}\n");
    assert_eq!(told, [""; 0]);
    let names: Vec<_> =
        product.options.iter().map(|option| (&*option.name.value, option.values.iter().map(|v| &*v.value).collect::<Vec<_>>())).collect();
    assert_eq!(names, [("on", vec!["44", "4.0", "44.5"]), ("yes", vec!["no", "None"])]);
    let (settings, told) = settings("tax: {default_country: NO, classes: {standard: {NO: 25%, '*': 0%}}}\n");
    assert_eq!(told, [""; 0]);
    assert_eq!(settings.tax.default_country.unwrap().value, "NO");
    assert_eq!(settings.tax.classes[0].rates[0].0.value, catalog::area::Area::country("NO"));
}

#[test]
fn every_value_of_a_field_is_taken_or_told() {
    for (text, wanted) in [
        ("price: 24.90", ""),
        ("price: '24.90'", ""),
        ("price: {EUR: 24.90, USD: 27}", ""),
        ("price: cheap", "E021"),
        ("price: .inf", "E021"),
        ("price: €5", "E021"),
        ("price: {}", "E021"),
        ("price: [1]", "E012"),
        ("price: 24,90", "E022"),
        ("price: -1", "E023"),
        ("price: 1e9999", "E024"),
        ("price: 1_000", "E025"),
        ("price: 1,000.00", "E025"),
        ("price: {EUR: 1, EUR: 2}", "E011"),
        ("price: {EUR: cheap, USD: 1}", "E021"),
        ("price:", "E013"),
        ("price: null", "E014"),
        ("price: ''", "E016"),
        ("stock: 0", ""),
        ("stock: 012", ""),
        ("stock: 1.0", "E027"),
        ("stock: 99999999999", "E028"),
        ("weight: 0.5 kg", ""),
        ("weight: 380g", ""),
        ("weight: 1,2 kg", "E029"),
        ("weight: 3 stone", "E029"),
        ("weight: -3 g", "E029"),
        ("weight: 99999 kg", "E028"),
        ("max_quantity: 0", "E028"),
        ("discontinued: True", "E031"),
        ("date: 2026-05-01", ""),
        ("date: 2026-05-01T12:00:00Z", ""),
        ("date: 2026-05-01T12:00:00+02:00", ""),
        ("date: 2026-05-01T12:00:00", "E033"),
        ("date: 1.5.2026", "E033"),
        ("also_in: [home/gifts, /paper/]", ""),
        ("also_in: [Home/Gifts]", "E036"),
        ("also_in: ['']", "E016"),
        ("tags: []", ""),
        ("tags: ['!!']", "E036"),
        ("related: [Big Mug]", "E036"),
        ("sku: 'A B'", "E115"),
        ("aliases: [/a/../b]", "E037"),
        ("aliases: [//evil.example/]", "E037"),
        ("images: [{file: a.jpg, alt: ''}]", ""),
        ("images: [{file: a.jpg, url: 'https://a.example/a.jpg', alt: x}]", "E012"),
        ("images: [{alt: x}]", "E015"),
        ("images: [{file: /etc/passwd, alt: x}]", "E039"),
        ("images: [{url: 'javascript:alert(1)', alt: x}]", "E038"),
        ("files: [{file: a.zip}]", "E106"),
        ("members: [a]", "E106"),
        ("kind: group\nmembers: []", "E108"),
        ("kind: group\nmembers: [a, b]", ""),
        ("kind: digital\nfiles: [{file: a/b.zip, title: All}]", ""),
        ("kind: digital\nweight: 1 g\nfiles: [{file: a.zip}]", "E106"),
        ("kind: external\nexternal: {url: 'https://a.example/'}\nprice: 3", ""),
        ("kind: external\nstock: 1\nexternal: {url: 'https://a.example/'}", "E106"),
        ("variants: [{sku: A}, {sku: B}]", "E105"),
        ("options: {S: [a, a]}", "E040"),
        ("options: {S: a}", "E012"),
        ("options: {S: [null]}", "E014"),
        ("options: {S: [a], T: [b]}\nvariants: [{options: {S: a, T: any}}]", ""),
        ("options: {S: [a]}\nswatches: {S: {b: '#fff'}}", "E103"),
        ("description: ''", "E016"),
        ("<<: {a: b}", "E010"),
    ] {
        let (product, told) = product(text);
        assert_eq!(told, if wanted.is_empty() { vec![] } else { vec![wanted] }, "{text}");
        assert_eq!(product.complete, wanted.is_empty(), "{text}");
    }
}

#[test]
fn units_are_exact() {
    for (text, grams) in [("1 g", 1), ("1.2 kg", 1200), ("0.0005 kg", 0), ("2 lb", 907), ("8 oz", 227), ("1 oz", 28), ("0.5 g", 1)] {
        let (product, told) = product(&format!("weight: {text}\n"));
        if told.is_empty() {
            assert_eq!(product.sold.weight.unwrap().value, grams, "{text}");
        } else {
            assert_eq!(text, "0.0005 kg", "four decimals are told");
        }
    }
    for (text, points) in [("19%", 1900), ("5.5%", 550), ("0.25 %", 25), ("0%", 0), ("100%", 10_000)] {
        let (settings, told) = settings(&format!("tax: {{classes: {{standard: {{DE: {text}}}}}}}\n"));
        assert_eq!(told, [""; 0]);
        assert_eq!(settings.tax.classes[0].rates[0].1.value, points, "{text}");
    }
    let (product, _) = product("date: 2026-05-01\n");
    assert_eq!(product.date.unwrap().value, 1_777_593_600);
}

#[test]
fn all_mistakes_are_told_at_once() {
    let (_, told) = product("prize: 1\nprice: cheap\nstock: -1\ntags: x\nvariants: [{weight: heavy}, {stock: few}]\n");
    assert_eq!(told, ["E010", "E012", "E021", "E028", "E029", "E027", "E105"]);
}

#[test]
fn a_product_knows_its_place() {
    let (product, _) = product("");
    assert_eq!((&*product.id, &*product.category), ("mug", "home/cups"));
    let (Parsed::Product(top), _) = parsed("products/mug.yaml", "title: Mug\n") else { panic!("a product") };
    assert_eq!((&*top.id, &*top.category), ("mug", ""));
}

#[test]
fn pages_know_their_places() {
    for (path, wanted) in [
        ("content/_index.md", ("", true, false)),
        ("content/about.md", ("about", false, false)),
        ("content/about/index.md", ("about", false, true)),
        ("content/journal/_index.md", ("journal", true, false)),
        ("content/journal/first-mug.md", ("journal/first-mug", false, false)),
    ] {
        let (Parsed::Page(page), told) = parsed(path, "---\ntitle: x\n---\nbody\n") else { panic!("a page") };
        assert_eq!((&*page.path, page.section, page.own_folder), wanted);
        assert_eq!(told, []);
    }
    let (Parsed::Category(category), _) = parsed("products/paper/posters/_index.md", "---\ntitle: x\n---\n") else { panic!("a category") };
    assert_eq!(category.path, "paper/posters");
}

#[test]
fn marks_and_line_ends_of_other_systems_are_accepted() {
    let (Parsed::Product(product), told) = parsed("products/mug.yaml", "\u{feff}title: Mug\r\ndescription: |\r\n  Two\r\n  lines\r\n")
    else {
        panic!("a product")
    };
    assert_eq!((&*product.title.value, told), ("Mug", vec![]));
    assert_eq!(product.title.span.start, 10);
    let (Parsed::Page(page), told) = parsed("content/a.md", "\u{feff}---\r\ntitle: A\r\n---\r\nbody") else { panic!("a page") };
    assert_eq!((&*page.title.value, told), ("A", vec![]));
}

#[test]
fn an_unreadable_file_keeps_its_claim() {
    let (Parsed::Failed(claim), told) = parsed("products/cups/mug.yaml", "title: 'Mug\nvariants: [{sku: A-1}, {sku: 'B-2'}]\n  sku: C\n")
    else {
        panic!("unreadable")
    };
    assert_eq!((claim.name(), claim.skus), ("mug".to_owned(), vec!["A-1".to_owned(), "B-2".to_owned(), "C".to_owned()]));
    assert_eq!(told.len(), 1);
    let (Parsed::Failed(claim), _) = parsed("content/journal/_index.md", "no front matter") else { panic!("unreadable") };
    assert_eq!(claim.name(), "journal");
}

#[test]
fn a_parsed_file_survives_the_cache() {
    let path: SourcePath = "products/home/mug.yaml".into();
    let text =
        "title: Mug\nprice: {EUR: 1.50}\ndescription: |\n  A [link](/x/).\noptions: {S: [a]}\nvariants: [{sku: A, options: {S: any}}]\n";
    let (value, _) = parse(SourceKind::Product, &path, text.as_bytes());
    assert_eq!(
        crate::diagnostic::with_file(&path, || bitcode::deserialize::<Parsed>(&bitcode::serialize(&value).unwrap())).unwrap(),
        value
    );
}

#[test]
fn places_within_a_description_are_found() {
    let source = "title: Mug\ndescription: |\n  First line.\n\n  A [link](/nowhere/) here.\n";
    let (Parsed::Product(product), _) = parsed("products/mug.yaml", source) else { panic!("a product") };
    let text = product.description.unwrap();
    let span = text.locate(text.markdown.links[0].span);
    assert_eq!(&source[span.start as usize..span.end as usize], "/nowhere/");
}

#[test]
fn settings_have_defaults() {
    let (settings, told) = settings("");
    assert_eq!(told, [""; 0]);
    assert!(settings.complete && settings.tax.prices_include_tax.is_empty());
    assert_eq!((&*settings.languages[0].value, &*settings.currencies[0].value, &*settings.theme.name.value), ("en", "EUR", "default"));
    assert_eq!((settings.per_page, settings.checkout.max_quantity, settings.checkout.max_open_per_client), (24, 20, 5));
    assert_eq!(settings.checkout.downloads, catalog::terms::DownloadRules { limit: 5, days: 30 });
    for (text, wanted) in [
        ("base_url: https://tessel.example/shop/", ""),
        ("base_url: tessel.example", "E038"),
        ("base_url: https://tessel.example/?a", "E038"),
        ("currencies: []", "E013"),
        ("currencies: [EUR, EUR]", "E040"),
        ("languages: [en, pt-BR, zh-Hans-CN]", ""),
        ("checkout: {api: 'https://pay.example/api', gateways: [stripe], terms_page: terms}", ""),
        ("checkout: {api: 'http://pay.example/api'}", "E038"),
        ("checkout: {gateways: [strip]}", "E032"),
        ("checkout: {downloads: {limit: 10, days: 365}}", ""),
        ("checkout: {downloads: {limit: 0}}", "E028"),
        ("checkout: {downloads: {days: a week}}", "E027"),
        ("checkout: {downloads: {times: 3}}", "E010"),
        ("menus: {main: [{url: 'https://a.example/'}]}", "E015"),
        ("menus: {main: [{title: Shop, children: [{category: /}]}]}", ""),
        ("menus: {main: [{title: Up, url: /journal/}]}", "E038"),
        ("tax: {classes: {standard: {*: 0%}}}", ""),
    ] {
        let (value, diagnostics) = parsed("shop.yaml", &format!("name: Tessel\n{text}\n"));
        let told = codes_of(&diagnostics);
        if text.contains("*: 0%") {
            assert!(matches!(value, Parsed::Failed(_)));
            assert_eq!(told, ["E005"], "an unquoted `*` is read as a reference");
        } else {
            assert_eq!(told, if wanted.is_empty() { vec![] } else { vec![wanted] }, "{text}");
        }
    }
}

#[test]
fn amounts_keep_to_the_scale_of_a_currency() {
    let (product, _) = product("price: 1.005\n");
    let Amounts::One(amount) = product.sold.price.unwrap().value else { panic!("one amount") };
    let euro = catalog::currency::Currency::parse("EUR").unwrap();
    assert_eq!(money::money(&amount, euro, 1).unwrap_err().code, codes::PRICE_SCALE);
}

proptest! {
    #[test]
    fn any_bytes_have_an_answer_with_spans_in_bounds(bytes in proptest::collection::vec(any::<u8>(), 0..80), kind in 0_usize..5) {
        let path: SourcePath = ["shop.yaml", "products/a.yaml", "products/_index.md", "collections/a.yaml", "content/a.md"][kind].into();
        let (_, diagnostics) = parse(SourceKind::of(&path).unwrap(), &path, &bytes);
        for span in diagnostics.iter().filter_map(|diagnostic| diagnostic.span.as_ref()) {
            prop_assert!(span.start <= span.end && span.end as usize <= bytes.len());
        }
    }

    #[test]
    fn any_value_of_any_key_has_an_answer(key in 0_usize..28, value in "([a-z0-9.,: \\[\\]{}'\"-]|any|null|\n  - |\n  a: ){0,20}") {
        let text = format!("title: x\n{}: {value}\n", product::RawProduct::KEYS[key]);
        let path: SourcePath = "products/a.yaml".into();
        let (_, diagnostics) = parse(SourceKind::Product, &path, text.as_bytes());
        for span in diagnostics.iter().filter_map(|diagnostic| diagnostic.span.as_ref()) {
            prop_assert!(text.get(span.start as usize..span.end as usize).is_some());
        }
    }
}
