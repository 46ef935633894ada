//! What a site consists of: pages and the links between them, feeds, the sitemap, redirects, headers.

use std::collections::BTreeSet;

use shopfront_tests::Shop;
use shopfront_tests::fixture::SECRET;

/// Every value of an attribute in a page.
fn attributes<'a>(html: &'a str, name: &str) -> Vec<&'a str> {
    let start = format!(" {name}=\"");
    html.split(start.as_str()).skip(1).filter_map(|rest| rest.split('"').next()).collect()
}

#[test]
fn a_site_has_a_page_for_everything() {
    let mut shop = Shop::small();
    shop.build();
    let mut pages: Vec<String> = shop.site().into_keys().filter_map(|path| Some(path.strip_suffix("index.html")?.to_owned())).collect();
    pages.sort();
    let wanted = [
        "",
        "about/",
        "cart/",
        "categories/gifts/",
        "categories/kitchen/",
        "categories/kitchen/mugs/",
        "categories/paper/",
        "checkout/",
        "collections/presents/",
        "collections/sea/",
        "journal/",
        "journal/first/",
        "journal/page/2/",
        "journal/second/",
        "journal/third/",
        "old-about/",
        "posters/tide/",
        "products/",
        "products/guide/",
        "products/harbour-mug/",
        "products/page/2/",
        "products/pattern-pack/",
        "products/poster/",
        "products/small-cup/",
        "products/tea-set/",
        "products/teapot/",
        "products/wrapping/",
        "search/",
        "tags/",
        "tags/ceramic/",
        "tags/gift/",
        "tags/news/",
        "tags/print/",
        "terms/",
    ];
    assert_eq!(pages, wanted);
    shop.check_file("404.html", "Quay")
        .check_file("hello.txt", "hello")
        .check_file("products/harbour-mug/index.html", "€24.90")
        .check_file("products/harbour-mug/index.html", "€29.00")
        .check_file("products/harbour-mug/index.html", "<strong>Heavy.</strong>")
        .check_file("products/harbour-mug/index.html", "href=\"/products/teapot/\"")
        .check_file("products/harbour-mug/index.html", "MUG-350")
        .check_file("products/poster/index.html", "poster-a2")
        .check_file("products/guide/index.html", "https://books.example/guide")
        .check_file("products/tea-set/index.html", "href=\"/products/small-cup/\"")
        .check_file("categories/gifts/index.html", "Harbour mug")
        .check_file("tags/ceramic/index.html", "The first firing")
        .check_file("journal/index.html", "The third firing")
        .check_file("journal/page/2/index.html", "The first firing");
}

#[test]
fn every_link_leads_somewhere() {
    let mut shop = Shop::small();
    shop.build();
    let site = shop.site();
    let mut followed = 0;
    for (path, bytes) in site.iter().filter(|(path, _)| path.ends_with(".html")) {
        let html = String::from_utf8_lossy(bytes);
        for link in attributes(&html, "href").into_iter().chain(attributes(&html, "src")) {
            let Some(link) = link.strip_prefix('/') else {
                let elsewhere = ["#", "https://", "mailto:", "data:image/webp;"];
                assert!(elsewhere.iter().any(|start| link.starts_with(start)), "{path}: {link}");
                continue;
            };
            let file = link.split(['#', '?']).next().unwrap_or_default();
            let file = if file.is_empty() || file.ends_with('/') { format!("{file}index.html") } else { file.to_owned() };
            assert!(site.contains_key(&file), "{path}: `/{link}` leads to nothing");
            followed += 1;
        }
    }
    assert!(followed > 500, "only {followed} links were found");
}

#[test]
fn the_files_beside_the_pages_name_what_there_is() {
    let mut shop = Shop::small();
    shop.build()
        .check_file("journal/feed.xml", "<title>The third firing</title>")
        .check_file("journal/feed.xml", "<id>https://quay.example/journal/second/</id>")
        .check_file("journal/feed.xml", "<updated>2026-04-21T00:00:00+00:00</updated>")
        .check_without("journal/feed.xml", "From the future")
        .check_without("journal/feed.xml", "unfinished")
        .check_file("sitemap.xml", "<loc>https://quay.example/products/harbour-mug/</loc>")
        .check_file("sitemap.xml", "<lastmod>2026-04-21</lastmod>")
        .check_without("sitemap.xml", "/cart/")
        .check_without("sitemap.xml", "404")
        .check_without("sitemap.xml", "/old-about/")
        .check_file("robots.txt", "Sitemap: https://quay.example/sitemap.xml")
        .check_file("robots.txt", "Disallow: /api/")
        .check_file("_redirects", "/old-about/ /about/ 301\n")
        .check_file("_redirects", "/about-us.html /about/ 301\n")
        .check_file("_redirects", "/posters/tide/ /products/poster/ 301\n")
        .check_file("old-about/index.html", "url=/about/")
        .check_file("about-us.html", "url=/about/")
        .check_file("_headers", "Content-Security-Policy: default-src 'self';")
        .check_file("_headers", "form-action 'self' https://checkout.stripe.com;")
        .check_file("_headers", "/assets/*\n  Cache-Control: public, max-age=31536000, immutable");
}

#[test]
fn template_syntax_in_content_is_plain_text() {
    let mut shop = Shop::small();
    shop.edit("products/kitchen/mugs/small-cup.yaml", "For espresso.", "'For {{ 7 * 6 }} {% include \"x\" %}.'");
    shop.build()
        .check_file("about/index.html", "We throw {{ site.name }} and {% raw %} mugs.")
        .check_file("products/small-cup/index.html", "{{ 7 * 6 }}");
}

#[test]
fn nothing_that_is_for_sale_or_secret_is_published() {
    let mut shop = Shop::small();
    shop.change("discounts.yaml", "welcome: {title: Hush, code: WELCOME-SECRET, percent: 10%}\n");
    shop.build();
    for (path, bytes) in shop.site() {
        let text = String::from_utf8_lossy(&bytes);
        for secret in [SECRET, "pack.zip", "WELCOME-SECRET", "Hush", "free_over", "19%"] {
            assert!(!text.contains(secret), "`{path}` holds `{secret}`");
        }
        assert!(!path.contains("bundle") && !path.starts_with("downloads"), "{path}");
    }
    assert!(shop.path(".shopfront/bundle").read_dir().expect("the bundle is beside the site").count() > 1);
    assert!(shop.path(".shopfront/bundle/manifest.json").exists());
}

#[test]
fn drafts_and_later_posts_wait() {
    let mut shop = Shop::small();
    shop.change("products/paper/secret.yaml", "title: Secret\nprice: 1.00\ndraft: true\nweight: 1 g\n");
    shop.build();
    shop.check_no_file("journal/draft/index.html").check_no_file("journal/future/index.html").check_no_file("products/secret/index.html");
    assert_eq!(shop.outcome.next_change, Some(1_782_864_000), "2026-07-01");

    shop.options.now = 1_782_864_000;
    shop.build().check_file("journal/future/index.html", "Later.").check_file("journal/index.html", "From the future");
    assert_eq!(shop.outcome.next_change, None);

    shop.options.drafts = true;
    shop.build().check_file("journal/draft/index.html", "Not yet.").check_file("products/secret/index.html", "Secret");
}

#[test]
fn an_address_with_a_path_is_before_every_link() {
    let mut shop = Shop::small();
    shop.options.base_url = Some("https://example.org/shop/quay".to_owned());
    shop.build();
    let mut seen = BTreeSet::new();
    for (path, bytes) in shop.site().iter().filter(|(path, _)| path.ends_with(".html")) {
        let html = String::from_utf8_lossy(bytes);
        let lists = attributes(&html, "srcset");
        let sources = lists.iter().flat_map(|list| list.split(", ")).filter_map(|entry| entry.split(' ').next());
        let links = attributes(&html, "href").into_iter().chain(attributes(&html, "src")).chain(attributes(&html, "action")).chain(sources);
        let elsewhere = ["#", "mailto:", "https://books.example", "data:image/webp;"];
        for link in links.filter(|link| !elsewhere.iter().any(|start| link.starts_with(start))) {
            let inside = link.strip_prefix("https://example.org").unwrap_or(link);
            assert!(inside.starts_with("/shop/quay/"), "{path}: {link}");
            seen.insert(inside.to_owned());
        }
        assert!(html.contains("data-api=\"/shop/quay/api\"") || !html.contains("data-api"), "{path}");
    }
    assert!(seen.len() > 30, "only {} links were found", seen.len());
    shop.check_file("_redirects", "/shop/quay/old-about/ /shop/quay/about/ 301")
        .check_file("robots.txt", "Disallow: /shop/quay/api/")
        .check_file("sitemap.xml", "<loc>https://example.org/shop/quay/about/</loc>");
    let css = shop.site().into_iter().find(|(path, _)| path.starts_with("assets/css/main.")).expect("a style sheet").1;
    assert!(!String::from_utf8_lossy(&css).contains("url(/assets"), "style sheets name their neighbours");
}

#[test]
fn a_draft_category_hides_itself_and_what_is_below() {
    let mut shop = Shop::small();
    shop.change("products/secret/_index.md", "---\ntitle: Secret\ndraft: true\n---\n");
    shop.change("products/secret/deep/_index.md", "---\ntitle: Deep\n---\n");
    shop.change("products/secret/deep/bowl.yaml", "title: Bowl\nprice: 10.00\nweight: 100 g\n");
    shop.change("products/later/plate.yaml", "title: Plate\nprice: 10.00\nweight: 100 g\ndraft: true\n");
    shop.build();
    shop.check_no_file("categories/secret").check_no_file("categories/later");
    shop.check_file("products/bowl/index.html", "Bowl").check_without("sitemap.xml", "/categories/secret/");
}

#[test]
fn one_file_is_never_written_twice() {
    let mut shop = Shop::small();
    let posts = (1..=3).map(|n| (format!("content/news/post-{n}.md"), format!("---\ntitle: Post {n}\ndate: 2026-01-0{n}\n---\n")));
    shop.change("content/news/_index.md", "---\ntitle: News\npaginate: 2\n---\n");
    for (path, text) in posts {
        shop.change(&path, &text);
    }
    shop.change("content/news/page/2.md", "---\ntitle: Two\naliases: [/robots.txt]\n---\n");
    shop.build_with_mistakes();
    let said = shop.said();
    assert!(said.contains("`/robots.txt` belongs to the shop itself"), "{said}");
    shop.edit("content/news/page/2.md", "aliases: [/robots.txt]\n", "");
    shop.build_with_mistakes();
    let said = shop.said();
    assert!(said.contains("two things would be written to `news/page/2/index.html`"), "{said}");
    shop.remove("content/news/page/2.md").change("static/news", "a file without an ending").change("static/products/small-cup", "one more");
    shop.build_with_mistakes();
    let said = shop.said();
    assert!(said.contains("`news` of the site would be a file, and a folder because of `news/"), "{said}");
    assert!(said.contains("`products/small-cup` of the site would be a file, and a folder because of"), "{said}");
    shop.check_no_file("news").check_no_file("news/index.html");
}
