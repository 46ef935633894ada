//! Building again: what is rendered, what is written, what is removed, and why.

use std::collections::BTreeMap;
use std::fs;

use shopfront_tests::Shop;
use shopfront_tests::shop::{check_same, files};

/// A shop that was built once.
fn built() -> Shop {
    let mut shop = Shop::small();
    shop.build();
    shop
}

/// Builds again and compares with a build from nothing.
#[track_caller]
fn rebuild(shop: &mut Shop) {
    shop.reload().build();
    let (site, bundle) = shop.clean_build_and_bundle();
    check_same(&shop.site(), &site);
    check_same(&files(&shop.path(".shopfront/bundle")), &bundle);
}

#[test]
fn a_second_build_renders_and_writes_nothing() {
    let mut shop = built();
    let before = shop.times();
    assert!(before.len() > 60, "{} files", before.len());
    rebuild(&mut shop);
    assert_eq!(shop.rendered(), Vec::<&str>::new());
    assert_eq!(shop.written(), (0, 0));
    assert_eq!(shop.times(), before);
}

/// The files that are others than before, or new. Those of the search are left out: a word that comes or goes changes its lists.
fn others(before: &BTreeMap<String, Vec<u8>>, after: &BTreeMap<String, Vec<u8>>) -> Vec<String> {
    let is_another = |path: &&String| !path.contains("search/") && before.get(*path) != after.get(*path);
    after.keys().filter(is_another).cloned().collect()
}

#[test]
fn a_description_is_shown_on_its_own_page_alone() {
    let mut shop = built();
    let before = shop.site();
    shop.edit("products/kitchen/mugs/harbour-mug.yaml", "Hand-thrown.", "Thrown by hand.");
    rebuild(&mut shop);
    assert_eq!(shop.rendered(), ["products/harbour-mug/"]);
    assert_eq!(others(&before, &shop.site()), ["products/harbour-mug/index.html"]);
    shop.check_file("products/harbour-mug/index.html", "Thrown by hand.");
}

#[test]
fn a_price_is_shown_wherever_the_card_is() {
    let mut shop = built();
    shop.edit("products/kitchen/mugs/small-cup.yaml", "12.00", "13.00");
    rebuild(&mut shop);
    let wanted = [
        "",
        "categories/kitchen/",
        "categories/kitchen/mugs/",
        "collections/presents/",
        "products/",
        "products/harbour-mug/",
        "products/small-cup/",
        "products/tea-set/",
        "products/teapot/",
        "products/wrapping/",
        "tags/ceramic/",
    ];
    // The pages that show the cup: its own, its lists, the set it is in, and those it is related to.
    for page in
        ["", "categories/kitchen/mugs/", "collections/presents/", "products/", "products/small-cup/", "products/tea-set/", "tags/ceramic/"]
    {
        assert!(shop.rendered().contains(&page), "`{page}` shows the cup");
        shop.check_file(&format!("{page}index.html"), "€13.00");
    }
    for page in shop.rendered() {
        shop.check_file(&format!("{page}index.html"), "€13.00");
    }
    assert!(shop.rendered().iter().all(|page| wanted.contains(page)), "{:?}", shop.rendered());
}

#[test]
fn a_tag_comes_and_goes_with_its_page() {
    let mut shop = built();
    let before = shop.site();
    shop.edit("content/journal/second.md", "tags: [news]", "tags: [notes]");
    rebuild(&mut shop);
    assert_eq!(shop.rendered(), ["journal/second/", "tags/", "tags/notes/"]);
    shop.check_no_file("tags/news").check_file("tags/notes/index.html", "The second firing");
    assert_eq!(others(&shop.site(), &before).last().map(String::as_str), Some("tags/news/index.html"));
}

#[test]
fn a_renamed_product_has_another_address() {
    let mut shop = built();
    shop.rename("products/gifts/wrapping.yaml", "products/gifts/wrap.yaml");
    shop.build_with_mistakes().check_file("products/wrapping/index.html", "We wrap it.");
    assert!(shop.said().contains("collections/presents.yaml"), "{}", shop.said());
    shop.edit("collections/presents.yaml", "wrapping", "wrap");
    rebuild(&mut shop);
    shop.check_no_file("products/wrapping").check_file("products/wrap/index.html", "We wrap it.");
}

#[test]
fn what_is_removed_is_pruned() {
    let mut shop = built();
    shop.remove("products/paper/guide.yaml").remove("content/journal/first.md").remove("static/hello.txt");
    rebuild(&mut shop);
    shop.check_no_file("products/guide").check_no_file("journal/first").check_no_file("journal/page").check_no_file("hello.txt");
    shop.check_file("journal/index.html", "The second firing").check_without("sitemap.xml", "/journal/first/");
}

#[test]
fn a_changed_template_renders_every_page_and_a_component_too() {
    let mut shop = Shop::small();
    let theme = concat!(env!("CARGO_MANIFEST_DIR"), "/../themes/default");
    copy_folder(theme.as_ref(), &shop.path("themes/default"));
    shop.build();
    let pages = shop.outcome.summary.pages;
    assert_eq!(shop.outcome.rendered.len(), pages);

    let footer = "themes/default/templates/components/footer.html";
    shop.change(footer, &shop.read(footer).replacen("<footer", "<footer data-story=\"1\"", 1));
    rebuild(&mut shop);
    assert_eq!(shop.outcome.rendered.len(), pages);
    shop.check_file("about/index.html", "data-story=\"1\"");

    // A style sheet has another name then, so every page that links to it is another.
    shop.change(
        "themes/default/assets/css/tokens.css",
        &(shop.read("themes/default/assets/css/tokens.css") + "\n:root { --story: 1px }\n"),
    );
    rebuild(&mut shop);
    assert_eq!(shop.outcome.rendered.len(), pages);
    let reason = shop.outcome.rendered[0].1.to_string();
    assert_eq!(reason, "the asset `css/main.css`, which it uses, changed");
}

#[test]
fn the_settings_reach_every_page() {
    let mut shop = built();
    shop.edit("shop.yaml", "hello@quay.example", "mail@quay.example");
    rebuild(&mut shop);
    assert_eq!(shop.outcome.rendered.len(), shop.outcome.summary.pages);
    assert_eq!(shop.outcome.rendered[0].1.to_string(), "the theme or the settings changed");
}

#[test]
fn each_rendered_page_has_a_reason() {
    let mut shop = built();
    shop.edit("content/terms.md", "Be kind.", "Be patient.");
    fs::remove_file(shop.path("public/about/index.html")).expect("the page is there");
    shop.change("products/paper/map.yaml", "title: A map\nprice: 5.00\nweight: 20 g\ndescription: Of the harbour.\n");
    rebuild(&mut shop);
    let reason = |page: &str| {
        let found = shop.outcome.rendered.iter().find(|(path, _)| path == page);
        found.map(|(_, reason)| reason.to_string())
    };
    assert_eq!(reason("terms/index.html").as_deref(), Some("its own content changed"));
    assert_eq!(reason("about/index.html").as_deref(), Some("the file is missing or was changed"));
    assert_eq!(reason("products/map/index.html").as_deref(), Some("it is new"));
    assert_eq!(reason("journal/first/index.html"), None);
}

#[test]
fn a_page_that_somebody_changed_is_made_anew() {
    let mut shop = built();
    shop.change("public/terms/index.html", "vandals");
    rebuild(&mut shop);
    assert_eq!(shop.rendered(), ["terms/"]);
    shop.check_file("terms/index.html", "Be kind.");
}

#[test]
fn a_lost_cache_costs_time_and_changes_nothing() {
    let mut shop = built();
    let before = (shop.site(), shop.times());
    shop.forget().build();
    assert_eq!(shop.outcome.rendered.len(), shop.outcome.summary.pages);
    assert_eq!(shop.written(), (0, 0));
    assert_eq!((shop.site(), shop.times()), before);
}

#[test]
fn a_mistake_writes_nothing_and_keeps_the_old_site() {
    let mut shop = built();
    let before = (shop.site(), shop.times());
    let bundle = shop.read(".shopfront/bundle/manifest.json");
    shop.edit("products/kitchen/mugs/small-cup.yaml", "12.00", "cheap").remove("content/journal/third.md");
    shop.build_with_mistakes();
    assert_eq!((shop.site(), shop.times()), before);
    assert_eq!(shop.read(".shopfront/bundle/manifest.json"), bundle);
    shop.edit("products/kitchen/mugs/small-cup.yaml", "cheap", "12.00");
    rebuild(&mut shop);
    shop.check_no_file("journal/third");
}

#[test]
fn a_product_that_moves_to_another_category_says_so_on_its_page() {
    let mut shop = built();
    shop.edit("products/kitchen/mugs/small-cup.yaml", "date: 2026-05-07", "date: 2026-05-07\nrelated: [poster]");
    rebuild(&mut shop);
    shop.rename("products/kitchen/mugs/small-cup.yaml", "products/paper/small-cup.yaml");
    rebuild(&mut shop);
    shop.check_file("products/small-cup/index.html", "/categories/paper/");
    shop.check_without("products/small-cup/index.html", "/categories/kitchen/mugs/");
}

#[test]
fn the_bundle_of_a_renamed_product_is_that_of_a_clean_build() {
    let mut shop = built();
    shop.rename("products/kitchen/mugs/small-cup.yaml", "products/kitchen/mugs/tiny-cup.yaml");
    for file in ["products/gifts/tea-set.yaml", "collections/presents.yaml"] {
        shop.edit(file, "small-cup", "tiny-cup");
    }
    rebuild(&mut shop);
    let bundle = files(&shop.path(".shopfront/bundle"));
    let shards: String = bundle.values().map(|bytes| String::from_utf8_lossy(bytes).into_owned()).collect();
    assert!(shards.contains("\"url\":\"/products/tiny-cup/\"") && !shards.contains("small-cup"), "{shards}");
}

#[test]
fn a_build_without_news_keeps_what_is_parsed_and_clears_what_a_killed_build_left() {
    let mut shop = built();
    shop.reload();
    fs::create_dir_all(shop.path("public/.shopfront-tmp")).expect("made");
    fs::write(shop.path("public/.shopfront-tmp/7"), "half a page").expect("written");
    rebuild(&mut shop);
    assert!(shop.rendered().is_empty());
    assert!(!shop.path("public/.shopfront-tmp").exists());
    let index = fs::metadata(shop.path(".shopfront/cache/parsed.index")).expect("an index").len();
    shop.reload();
    assert_eq!(fs::metadata(shop.path(".shopfront/cache/parsed.index")).expect("an index").len(), index);
}

fn copy_folder(from: &std::path::Path, to: &std::path::Path) {
    fs::create_dir_all(to).expect("the folder can be made");
    for entry in fs::read_dir(from).expect("the theme is there").flatten() {
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy_folder(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), target).expect("the file can be copied");
        }
    }
}

#[test]
fn a_price_brings_a_product_into_a_list_by_rule_and_out_of_it() {
    let product = |price: &str| format!("title: Mug\nprice: {price}\nweight: 300 g\ntags: [gift]\n");
    let mut shop = Shop::new(&[
        ("shop.yaml", "name: Quay\nbase_url: https://quay.example\n"),
        ("products/mug.yaml", &product("20")),
        ("products/cup.yaml", "title: Cup\nprice: 10\nweight: 300 g\ntags: [gift]\n"),
        ("products/pot.yaml", "title: Pot\nprice: 80\nweight: 300 g\ntags: [gift]\n"),
        ("products/jar.yaml", "title: Jar\nprice: 5\nweight: 300 g\n"),
        ("collections/small.yaml", "title: Small presents\nrule: 'tag: gift and price < 30'\nsort: cheapest\n"),
    ]);
    shop.build();
    let listed = |shop: &Shop| {
        let page = shop.page("collections/small/index.html");
        let titles =
            page.split("class=\"card__title\"").skip(1).filter_map(|rest| rest.split("/\">").nth(1)?.split('<').next().map(str::to_owned));
        titles.collect::<Vec<_>>().join(" ")
    };
    assert_eq!(listed(&shop), "Cup Mug");
    shop.change("products/mug.yaml", &product("8.50"));
    shop.build();
    assert_eq!(listed(&shop), "Mug Cup");
    shop.change("products/mug.yaml", &product("30"));
    shop.build();
    assert_eq!(listed(&shop), "Cup");
    assert!(shop.site() == shop.clean_build(), "the incremental build is not the clean one");
    shop.change("products/mug.yaml", &product("31"));
    shop.build();
    assert_eq!(shop.rendered().into_iter().filter(|page| page.starts_with("collections/")).count(), 0, "the list shows nothing of it");
}
