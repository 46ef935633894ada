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

/// An export of a post with a text, and further items.
fn post(text: &str, more: &str) -> Import {
    wxr(&format!(
        "<item><title>A</title><wp:post_name>a</wp:post_name><wp:post_id>1</wp:post_id><wp:post_type>post</wp:post_type><wp:status>publish</wp:status>\
         <content:encoded><![CDATA[{text}]]></content:encoded></item>{more}"
    ))
}

fn shared_block(number: u32, text: &str) -> String {
    format!(
        "<item><wp:post_id>{number}</wp:post_id><wp:post_type>wp_block</wp:post_type><content:encoded><![CDATA[{text}]]></content:encoded></item>"
    )
}

#[test]
fn shared_texts_are_found_by_their_numbers() {
    let import = post(
        "<!-- wp:block {\"ref\":7,\"v\":2} /--> and <!-- wp:block {\"ref\":72} /-->",
        &(shared_block(7, "Seven.") + &shared_block(72, "Two.")),
    );
    let text = &import.files["content/journal/a.md"];
    assert!(text.contains("Seven. and Two."), "{text}");
}

#[test]
fn shared_texts_do_not_grow_without_end() {
    let many = |number: u32| format!("<!-- wp:block {{\"ref\":{number}}} /-->").repeat(200);
    // Each in itself, and each in the next, with and without a word.
    for leaf in ["", "leaf"] {
        let chain: String = (7..20).map(|number| shared_block(number, &many(number + 1))).collect::<String>() + &shared_block(20, leaf);
        for blocks in [shared_block(7, &many(7)), chain] {
            let import = post(&many(7), &blocks);
            let text = &import.files["content/journal/a.md"];
            assert!(text.len() < 64 << 20, "{} bytes", text.len());
            assert!(import.report.in_full().contains("a block that WordPress filled in"), "{}", import.report);
        }
    }
}

#[test]
fn a_text_of_nothing_but_beginnings_is_read_once() {
    const MANY: usize = 10_000;
    for piece in ["[a]", "[a", "[b x=1]", "{{ x }}", "{% raw %}", "{{< highlight go >}}", "{% post_url x %}", "[x](y)"] {
        let text = piece.repeat(MANY);
        check_texts(&post(&text, ""));
        let file = format!("---\ntitle: A\n---\n{text}");
        check_texts(&jekyll(&Folder::of(&[("_posts/2020-01-01-a.md", &file)]), &options()));
        check_texts(&hugo(&Folder::of(&[("content/a.md", &file)]), &options()));
    }
}

#[test]
fn what_hugo_hides_stays_hidden() {
    let folder = Folder::of(&[
        ("hugo.toml", "[taxonomies]\ntag = \"tags\"\nserie = \"series\"\nmaker = \"makers\"\n"),
        ("content/over.md", "---\ntitle: Over\nexpiryDate: 2020-01-01\nseries: [One]\nmakers: [Rui]\n---\nText.\n"),
        ("content/headless.md", "---\ntitle: Headless\nheadless: true\n---\nText.\n"),
        ("content/never.md", "---\ntitle: Never\nbuild: {render: never}\n---\nText.\n"),
        (
            "content/notes/_index.md",
            "---\ntitle: Notes\nauthor: Mira\ncascade: {draft: true, author: Rui, expiryDate: '2030-01-01T12:00:00Z', type: x}\n---\n",
        ),
        ("content/notes/one.md", "---\ntitle: One\n---\nText.\n"),
    ]);
    let import = hugo(&folder, &ImportOptions { taxonomies: &["makers"], ..options() });
    check_texts(&import);
    let over = &import.files["content/over.md"];
    assert!(over.contains("expires: 2020-01-01T00:00:00Z\n") && over.contains("taxonomies: {makers: [Rui]}\n"), "{over}");
    assert!(!over.contains("tags:"), "{over}");
    for name in ["headless", "never"] {
        assert!(import.files[&format!("content/{name}.md")].contains("draft: true\n"), "{name}");
    }
    let notes = &import.files["content/notes/_index.md"];
    assert!(notes.contains("cascade: {author: Rui, draft: true, expires: 2030-01-01T12:00:00Z}\n"), "{notes}");
    let report = import.report.in_full();
    for words in [
        "`series: One`",
        "taxonomies: {series: {}}",
        "`headless: true`",
        "the old site made no page of it",
        "`cascade.type: x`",
        "`author: Mira`",
        "a section has none of its own",
    ] {
        let words = words.trim_matches('`').split(": ").next().unwrap_or(words);
        assert!(report.contains(words), "`{words}` is missing in\n{report}");
    }
}

#[test]
fn what_a_translation_says_for_itself_is_told() {
    let folder = Folder::of(&[
        ("content/about.md", "---\ntitle: About\nauthor: Ana\n---\nText.\n"),
        ("content/about.de.md", "---\ntitle: Wir\nimage: kiln-de.jpg\nauthor: Mira\ndate: 2020-01-01\n---\nText.\n"),
        ("content/kiln-de.jpg", "x"),
    ]);
    let import = hugo(&folder, &ImportOptions { languages: &["en", "de"], ..options() });
    let report = import.report.in_full();
    for value in ["kiln-de.jpg", "Mira", "2020-01-01"] {
        assert!(report.contains(value), "`{value}` is missing in\n{report}");
    }
    assert!(report.contains("it stands once, in the original"), "{report}");
}

#[test]
fn terms_that_the_shop_declares_come_along() {
    let item = "<item><title>A</title><wp:post_name>a</wp:post_name><wp:post_type>post</wp:post_type><wp:status>publish</wp:status>\
        <category domain=\"pa_maker\" nicename=\"rui\"><![CDATA[Rui]]></category><category domain=\"genre\" nicename=\"x\"><![CDATA[X]]></category></item>";
    let text = format!("<rss><channel>{item}</channel></rss>");
    let import = wordpress(text.as_bytes(), &ImportOptions { taxonomies: &["pa-maker"], ..options() }).expect("an export");
    let page = &import.files["content/journal/a.md"];
    assert!(page.contains("taxonomies: {pa-maker: [Rui]}\n"), "{page}");
    assert!(import.report.in_full().contains("taxonomies: {genre: {}}"), "{}", import.report);
}

#[test]
fn files_are_used_by_the_names_that_texts_have() {
    let folder = Folder::of(&[
        ("_posts/2020-01-01-a.md", "---\ntitle: A\n---\n![a](/img/my%20photo.jpg) [b](../files/list.pdf?x#y), see notes.txt.\n"),
        ("img/my photo.jpg", "x"),
        ("img/photo.jpg", "x"),
        ("img/your photo.jpg", "x"),
        ("files/list.pdf", "x"),
        ("files/notes.txt", "x"),
    ]);
    let report = jekyll(&folder, &options()).report.in_full();
    let told: Vec<&str> = report.lines().filter(|line| line.contains("no text uses this file")).collect();
    assert_eq!(told.len(), 1, "{report}");
    assert!(told[0].contains("img/your photo.jpg"), "{report}");
}
