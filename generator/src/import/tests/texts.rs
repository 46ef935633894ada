//! Sites of other generators: damaged files, and whatever anybody may have written.

use proptest::prelude::*;

use super::*;
use crate::diagnostic::{Severity, SourcePath};
use crate::import::folder::Folder;
use crate::parse::{SourceKind, parse};

/// Every text of an import can be read as what it is.
fn check_texts(import: &Import) {
    for (path, text) in &import.files {
        let source = SourcePath::from(path.as_str());
        let (_, told) = parse(SourceKind::of(path).expect("a source"), &source, text.as_bytes());
        let errors: Vec<_> = told.iter().filter(|told| told.severity == Severity::Error).collect();
        assert!(errors.is_empty(), "{path}: {errors:?}\n{text}");
    }
    let _ = (import.report.to_string(), import.report.in_full());
    plan_downloads(import);
}

#[track_caller]
fn wxr(items: &str) -> Import {
    let head = "<?xml version=\"1.0\"?><rss><channel><title>T</title><wp:base_blog_url>https://a.example</wp:base_blog_url>\n";
    let import = wordpress(format!("{head}{items}</channel></rss>").as_bytes(), &options()).expect("an export");
    check_texts(&import);
    import
}

#[test]
fn one_broken_file_hides_no_other() {
    let folder = Folder::of(&[
        ("_posts/2020-01-01-a.md", "---\ntitle: A\n---\nText\n"),
        ("_posts/2020-01-02-b.md", "---\ntitle: B\ntags: [x\n---\nText\n"),
        ("_posts/2020-01-03-c.md", "---\ntitle: C\n"),
    ]);
    let import = jekyll(&folder, &options());
    assert!(import.files.contains_key("content/journal/a.md"), "{:?}", import.files.keys());
    let failed: Vec<_> = import.failed.iter().map(|(file, error)| (file.as_str(), error.line)).collect();
    assert_eq!(failed, [("_posts/2020-01-02-b.md", Some(3)), ("_posts/2020-01-03-c.md", Some(1))]);
    check_texts(&import);
}

#[test]
fn a_truncated_export_keeps_what_was_whole() {
    let item = |slug: &str| {
        format!(
            "<item><title>{slug}</title><link>https://a.example/{slug}/</link><wp:post_name>{slug}</wp:post_name><wp:post_type>page</wp:post_type></item>\n"
        )
    };
    let whole = format!("<rss><channel><title>T</title>\n{}{}", item("one"), item("two"));
    for cut in [whole.len() - 30, whole.len() - 1] {
        let import = wordpress(&whole.as_bytes()[..cut], &options()).expect("the first item is whole");
        assert!(import.files.contains_key("content/one.md"), "{:?}", import.files.keys());
        let (_, error) = &import.failed[0];
        assert!(error.line.is_some_and(|line| line >= 3), "{error:?}");
    }
    for hostile in [
        "",
        "not XML",
        "<rss>",
        "<rss><channel></item></rss>",
        "<!DOCTYPE x [<!ENTITY a \"aaaa\"><!ENTITY b \"&a;&a;\">]><rss><channel><title>&b;</title></channel></rss>",
        "<rss><channel>&unknown;",
    ] {
        assert!(wordpress(hostile.as_bytes(), &options()).is_err(), "{hostile}");
    }
    let deep = format!("<rss>{}", "<a>".repeat(100_000));
    let error = wordpress(deep.as_bytes(), &options()).expect_err("too deep");
    assert!(error.message.contains("deep"), "{error}");
    let large = vec![b' '; (100 << 20) + 1];
    let error = wordpress(&large, &options()).expect_err("too large");
    assert!(error.message.contains("100 MB"), "{error}");
    let binary = wordpress(b"<rss>\n\xff", &options()).expect_err("no text");
    assert_eq!(binary.line, Some(2));
}

#[test]
fn names_that_are_no_addresses_get_one_and_keep_the_old() {
    let import = wxr(
        "<item><title>日本</title><link>https://a.example/%E6%97%A5%E6%9C%AC/</link><wp:post_name>%E6%97%A5%E6%9C%AC</wp:post_name><wp:post_id>7</wp:post_id><wp:post_type>page</wp:post_type><wp:status>publish</wp:status></item>\
         <item><title>Cart</title><link>https://a.example/cart/</link><wp:post_name>cart</wp:post_name><wp:post_type>page</wp:post_type><wp:status>publish</wp:status></item>",
    );
    let text = &import.files["content/page-7.md"];
    assert!(text.contains("aliases:\n  - \"/日本/\"\n"), "{text}");
    assert!(import.files.contains_key("content/cart-page.md"), "{:?}", import.files.keys());
    assert!(import.report.in_full().contains("the shop has this address for itself"), "{}", import.report);
}

#[test]
fn what_the_shop_has_already_keeps_its_address() {
    let known = BTreeMap::from([
        ("/about/".to_owned(), "content/about/_index.md".to_owned()),
        ("/old/".to_owned(), "content/new.md".to_owned()),
        ("/products/mug/".to_owned(), "products/cups/mug.yaml".to_owned()),
    ]);
    let options = ImportOptions { known: &known, ..options() };
    let folder = Folder::of(&[("about.md", "---\ntitle: A\nredirect_from: /old/\n---\n[mug](/product/mug/) [nothing](/product/cup/)\n")]);
    let import = jekyll(&folder, &options);
    let text = &import.files["content/about-2.md"];
    assert!(text.contains("[mug](/products/mug/) nothing"), "{text}");
    assert!(!text.contains("/old/"), "{text}");
    assert!(import.report.in_full().contains("`content/new.md` has this address already"), "{}", import.report);
}

#[test]
fn a_title_comes_from_somewhere() {
    let folder = Folder::of(&[("content/a-name.md", "Text alone.\n"), ("content/b.md", "---\ndraft: true\n---\n# A *heading*\n\nText.\n")]);
    let import = hugo(&folder, &options());
    assert!(import.files["content/a-name.md"].contains("title: A name\n"));
    let heading = &import.files["content/b.md"];
    assert!(heading.contains("title: A heading\n") && !heading.contains("# A"), "{heading}");
    check_texts(&import);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn any_bytes_are_an_answer(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        let _ = wordpress(&bytes, &options());
        let mut folder = Folder::default();
        for path in ["_config.yml", "hugo.toml", "content/a.md", "_posts/2020-01-01-a.md", "b.html"] {
            folder.add(path.to_owned(), &bytes);
        }
        check_texts(&jekyll(&folder, &options()));
        check_texts(&hugo(&folder, &options()));
    }

    #[test]
    fn any_text_makes_pages_that_read(
        title in "\\PC{0,12}", tag in "[a-z #:'\"\\[\\]{}é!-]{0,8}", name in "[a-zA-Zé._ -]{1,12}",
        body in "(\\{%|%\\}|\\{\\{|\\}\\}|<|>|raw|endraw|highlight|figure|\\[|\\]|\\(|\\)|!|/a|\\n|`|\\{:|#|x|\"| ){0,60}",
    ) {
        let title = serde_json::to_string(&title).expect("a text");
        let text = format!("---\ntitle: {title}\ntags: [{}]\naliases: [\"/{name}/\"]\nredirect_from: [\"{name}\"]\n---\n{body}", serde_json::to_string(&tag).expect("a text"));
        let folder = Folder::of(&[(&format!("content/{name}.md"), &text), (&format!("_posts/2020-01-01-{name}.md"), &text), (&format!("{name}.html"), &text)]);
        check_texts(&jekyll(&folder, &options()));
        check_texts(&hugo(&folder, &options()));
        check_texts(&wxr(&format!("<item><title>{0}</title><wp:post_name>{name}</wp:post_name><wp:post_type>post</wp:post_type><content:encoded>{0}</content:encoded></item>", body.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;"))));
    }
}
