//! What an editor writes and what the page gets.

use super::*;
use insta::assert_snapshot;
use proptest::prelude::*;

/// The HTML of shops, links as they were written and pictures as `<img>` or `<figure>`.
fn html(text: &str) -> String {
    fill(&parse(text, &Options::ours()))
}

fn fill(markdown: &Markdown) -> String {
    let image = |i: usize| {
        let image = &markdown.images[i];
        let img = plain_image(image);
        if image.alone { format!("<figure>{img}</figure>") } else { img }
    };
    to_html(markdown, |i| &markdown.links[i].target, image)
}

/// What a span covers.
fn at(text: &str, (start, end): (u32, u32)) -> &str {
    &text[start as usize..end as usize]
}

#[test]
fn headings_link_to_themselves() {
    assert_snapshot!(html("# Große Häfen & *Inseln*\n\n## See\n\n## See\n\n## [A](b)\n\n## ***\n\n##\n"), @r##"
    <h1 id="große-häfen-inseln"><a class="anchor" href="#große-häfen-inseln">Große Häfen &amp; <em>Inseln</em></a></h1>
    <h2 id="see"><a class="anchor" href="#see">See</a></h2>
    <h2 id="see-1"><a class="anchor" href="#see-1">See</a></h2>
    <h2 id="a"><a href="b">A</a></h2>
    <h2 id="section"><a class="anchor" href="#section">***</a></h2>
    <h2 id="section-1"></h2>
    "##);
}

#[test]
fn headings_are_listed_without_markup() {
    let headings = parse("# A `b` ![c](d)\n\ne *f*\n===\n", &Options::ours()).headings;
    assert_eq!(
        headings,
        [Heading { level: 1, id: "a-b-c".into(), title: "A b c".into() }, Heading { level: 1, id: "e-f".into(), title: "e f".into() }]
    );
}

#[test]
fn ids_never_meet() {
    let ids: Vec<String> =
        parse("# a\n# a\n# a-1\n# a\n# a-1\n", &Options::ours()).headings.into_iter().map(|heading| heading.id).collect();
    assert_eq!(ids, ["a", "a-1", "a-1-1", "a-2", "a-1-2"]);
}

#[test]
fn slugs() {
    for (text, expected) in [
        ("Hello, World!", "hello-world"),
        ("  don't  stop -- now  ", "dont-stop-now"),
        ("Straße & Café", "straße-café"),
        ("Cafe\u{301}", "café"),
        ("日本語 テスト", "日本語-テスト"),
        ("हिन्दी", "हिन्दी"),
        ("a/b_c.d", "a-b_cd"),
        ("ÄÖ", "äö"),
        ("!?", ""),
        ("", ""),
    ] {
        assert_eq!(slug(text), expected, "{text:?}");
    }
}

/// Titles, each with those below it in brackets.
fn outline(entries: &[TocEntry]) -> String {
    let outlines: Vec<String> = entries.iter().map(|entry| format!("{}({})", entry.title, outline(&entry.children))).collect();
    outlines.concat()
}

#[test]
fn contents_are_a_tree_of_the_levels_in_use() {
    let headings = parse("## a\n#### b\n### c\n## d\n# e\n### f\n", &Options::ours()).headings;
    assert_eq!(outline(&toc(&headings)), "a(b()c())d()e(f())");
}

#[test]
fn tables_align_by_class_and_scroll_in_a_named_region() {
    assert_snapshot!(html("| Size | *Price* | x | y |\n|:--|--:|:-:|---|\n| S | 1 | 2 |\n"), @r#"
    <div class="table-scroll" tabindex="0" role="region" aria-label="Size, Price, x, y">
    <table>
    <thead>
    <tr>
    <th class="align-left">Size</th>
    <th class="align-right"><em>Price</em></th>
    <th class="align-center">x</th>
    <th>y</th>
    </tr>
    </thead>
    <tbody>
    <tr>
    <td class="align-left">S</td>
    <td class="align-right">1</td>
    <td class="align-center">2</td>
    <td></td>
    </tr>
    </tbody>
    </table>
    </div>
    "#);
    assert_snapshot!(html("| | |\n|-|-|\n"), @r#"
    <div class="table-scroll" tabindex="0">
    <table>
    <thead>
    <tr>
    <th></th>
    <th></th>
    </tr>
    </thead>
    </table>
    </div>
    "#);
}

#[test]
fn tasks_are_labelled() {
    assert_snapshot!(html("- [ ] pack *it*\n  - [x] wrap\n- [X] send\n\n  soon\n"), @r#"
    <ul>
    <li class="task">
    <p><label><input type="checkbox" disabled="" /> pack <em>it</em></label></p>
    <ul>
    <li class="task"><label><input type="checkbox" disabled="" checked="" /> wrap</label></li>
    </ul>
    </li>
    <li class="task">
    <p><label><input type="checkbox" disabled="" checked="" /> send</label></p>
    <p>soon</p>
    </li>
    </ul>
    "#);
}

#[test]
fn strikethrough_and_typography() {
    assert_snapshot!(html("~~old~~ \"new\" -- it's... `\"raw\"` <https://a.example/?b&c> www.a.example\n"), @r#"
    <p><del>old</del> “new” – it’s… <code>"raw"</code> <a href="https://a.example/?b&amp;c">https://a.example/?b&amp;c</a> www.a.example</p>
    "#);
}

#[test]
fn footnotes_stand_at_the_end_in_the_order_of_their_references() {
    let text =
        "[^b]: Second[^c].\n[^a]: - list\n[^lost]: Nobody asks.\n\nOne[^a] two[^B] again[^a] none[^x].\n\n[^c]: Third.\n\n    More.\n";
    assert_snapshot!(html(text), @r##"
    <p>One<sup class="footnote-ref"><a href="#fn:1" id="fnref:1" role="doc-noteref">1</a></sup> two<sup class="footnote-ref"><a href="#fn:2" id="fnref:2" role="doc-noteref">2</a></sup> again<sup class="footnote-ref"><a href="#fn:1" id="fnref:1:2" role="doc-noteref">1</a></sup> none[^x].</p>
    <section class="footnotes" role="doc-endnotes">
    <ol>
    <li id="fn:1">
    <ul>
    <li>list</li>
    </ul>
    <p><a class="footnote-back" href="#fnref:1" role="doc-backlink" aria-label="↩ 1">↩</a> <a class="footnote-back" href="#fnref:1:2" role="doc-backlink" aria-label="↩ 1.2">↩</a></p>
    </li>
    <li id="fn:2">
    <p>Second<sup class="footnote-ref"><a href="#fn:3" id="fnref:3" role="doc-noteref">3</a></sup>. <a class="footnote-back" href="#fnref:2" role="doc-backlink" aria-label="↩ 2">↩</a></p>
    </li>
    <li id="fn:3">
    <p>Third.</p>
    <p>More. <a class="footnote-back" href="#fnref:3" role="doc-backlink" aria-label="↩ 3">↩</a></p>
    </li>
    </ol>
    </section>
    "##);
    let unused = parse(text, &Options::ours()).unused_footnotes;
    assert_eq!(unused.len(), 1);
    assert_eq!(at(text, unused[0].span).trim_end(), "[^lost]: Nobody asks.");
}

#[test]
fn footnotes_that_refer_to_themselves_end() {
    let text = "a[^1]\n\n[^1]: b[^1] c[^2]\n\n[^2]: d[^1]\n";
    assert_eq!(html(text).matches("doc-backlink").count(), 4);
}

#[test]
fn the_first_of_two_footnotes_with_one_label_counts() {
    let text = "a[^n]\n\n[^n]: first\n\n[^N]: second\n";
    let markdown = parse(text, &Options::ours());
    assert!(fill(&markdown).contains("first"));
    assert_eq!(markdown.unused_footnotes.len(), 1);
}

#[test]
fn code_is_highlighted_by_class() {
    assert_snapshot!(html("```rust\nlet a = \"<\";\n```\n"), @r#"
    <pre tabindex="0"><code class="language-rust"><span class="hl-source hl-rust"><span class="hl-storage hl-type hl-rust">let</span> a <span class="hl-keyword hl-operator hl-assignment hl-rust">=</span> <span class="hl-string hl-quoted hl-double hl-rust"><span class="hl-punctuation hl-definition hl-string hl-begin hl-rust">&quot;</span>&lt;<span class="hl-punctuation hl-definition hl-string hl-end hl-rust">&quot;</span></span><span class="hl-punctuation hl-terminator hl-rust">;</span>
    </span></code></pre>
    "#);
    assert_snapshot!(html("```nosuch,x\na < \"b\"\n```\n\n```\nplain\n```\n\n    indented\n"), @r#"
    <pre tabindex="0"><code class="language-nosuch,x">a &lt; "b"
    </code></pre>
    <pre tabindex="0"><code>plain
    </code></pre>
    <pre tabindex="0"><code>indented
    </code></pre>
    "#);
    for language in ["js", "JavaScript", "shell", "yaml", "toml", "html", "css", "typescript", "json", "python", "ruby"] {
        assert!(html(&format!("```{language}\na: b\n```")).contains("<span class=\"hl-"), "{language}");
    }
}

#[test]
fn code_that_is_too_long_stays_plain() {
    let long = format!("```js\n{}\n```\n", "a+".repeat(3_000));
    assert!(!html(&long).contains("hl-"));
}

#[test]
fn links_inside_the_shop_are_holes() {
    let text = concat!(
        "[a](../b.md \"t\") [c](#d) [*e*](/f/?g=h&i) [j](https://k.example/) [l](mailto:m@n.example)\n",
        "[o](//p.example) [q] [r][q] [s](<t u>) [v](w\\)x) [y]()\n\n[q]: z.md 'title'\n",
    );
    let markdown = parse(text, &Options::ours());
    let links: Vec<(&str, &str)> = markdown.links.iter().map(|link| (&*link.target, at(text, link.span))).collect();
    assert_eq!(
        links,
        [
            ("../b.md", "../b.md"),
            ("#d", "#d"),
            ("/f/?g=h&i", "/f/?g=h&i"),
            ("z.md", "z.md"),
            ("z.md", "z.md"),
            ("t u", "t u"),
            ("w)x", "w\\)x"),
            ("", "[y]()"),
        ]
    );
    assert_eq!(markdown.html[0], Part::Html("<p><a href=\"".into()));
    assert_eq!(markdown.html[1], Part::Link(0));
    assert_snapshot!(fill(&markdown), @r##"
    <p><a href="../b.md" title="t">a</a> <a href="#d">c</a> <a href="/f/?g=h&amp;i"><em>e</em></a> <a href="https://k.example/">j</a> <a href="mailto:m@n.example">l</a>
    <a href="//p.example">o</a> <a href="z.md" title="title">q</a> <a href="z.md" title="title">r</a> <a href="t%20u">s</a> <a href="w)x">v</a> <a href="">y</a></p>
    "##);
}

#[test]
fn answers_for_holes_are_escaped() {
    let markdown = parse("[a](b)", &Options::ours());
    assert_eq!(to_html(&markdown, |_| "/\"><&", |i| plain_image(&markdown.images[i])), "<p><a href=\"/%22%3E%3C&amp;\">a</a></p>\n");
}

#[test]
fn links_in_quotes_keep_their_places() {
    let text = "> See [a\n> b](c.md) and\n> [d][e]\n>\n> [e]: f.md\n";
    let markdown = parse(text, &Options::ours());
    let places: Vec<&str> = markdown.links.iter().map(|link| at(text, link.span)).collect();
    assert_eq!(places, ["c.md", "f.md"]);
}

#[test]
fn a_picture_alone_is_a_figure() {
    let text = "![A *mug*](mug.jpg \"A \\\"title\\\"\")\n\nText ![b][c] [![d](e.png)](f.md)\n\n- ![g](h.jpg)\n\n[c]: i.jpg\n";
    let markdown = parse(text, &Options::ours());
    let images: Vec<_> = markdown.images.iter().map(|image| (&*image.alt, at(text, image.span), image.alone)).collect();
    assert_eq!(images, [("A mug", "mug.jpg", true), ("b", "i.jpg", false), ("d", "e.png", false), ("g", "h.jpg", false)]);
    assert_eq!(markdown.images[0].title, "A \"title\"");
    assert_snapshot!(fill(&markdown), @r#"
    <figure><img src="mug.jpg" alt="A mug" title="A &quot;title&quot;" /></figure>
    <p>Text <img src="i.jpg" alt="b" /> <a href="f.md"><img src="e.png" alt="d" /></a></p>
    <ul>
    <li><img src="h.jpg" alt="g" /></li>
    </ul>
    "#);
}

#[test]
fn raw_html_loses_what_the_policy_forbids() {
    let text = concat!(
        "A <b STYLE='color: red' class=\"x\" onclick=go()>b</b> <script>c</script>\n\n",
        "> <div id=\"here\" style=\"a\n> b\">\n> <a name=there href=x>y</a></div>\n\n",
        "<style>\np { color: red }\n</style>\n\n<!-- style=\"kept\" --> <i/style=x>\n",
    );
    let markdown = parse(text, &Options::ours());
    let found: Vec<_> = markdown.raw.iter().map(|raw| (raw.kind, at(text, raw.span))).collect();
    assert_eq!(
        found,
        [
            (RawKind::StyleAttribute, "STYLE='color: red'"),
            (RawKind::EventHandler, "onclick=go()"),
            (RawKind::ScriptElement, "<script>"),
            (RawKind::StyleAttribute, "style=\"a\n> b\""),
            (RawKind::StyleElement, "<style>\np { color: red }\n</style>"),
            (RawKind::StyleAttribute, "style=x"),
        ]
    );
    assert_eq!(markdown.anchors, ["here", "there"]);
    assert_snapshot!(fill(&markdown), @r#"
    <p>A <b class="x">b</b> &lt;script&gt;c&lt;/script&gt;</p>
    <blockquote>
    <div id="here">
    <a name=there href=x>y</a></div>
    </blockquote>
    &lt;style&gt;
    p { color: red }
    &lt;/style&gt;
    <!-- style="kept" --> <i/>
    "#);
}

#[test]
fn attributes_that_touch_stay_apart() {
    for (raw, expected) in [
        ("<p style=\"a\"class=b>", "<p class=b>"),
        ("<p class=b style='a'>", "<p class=b>"),
        ("<p style>", "<p>"),
        ("<p style = a/>", "<p>"),
        ("<br style=a />", "<br />"),
        ("<p =style style=x", "<p =style"),
        ("<p title='style=x'>", "<p title='style=x'>"),
        ("<SCRIPT>a</SCRIPTS></script >b", "&lt;SCRIPT&gt;a&lt;/SCRIPTS&gt;&lt;/script &gt;b"),
        ("</style><script", "&lt;/style&gt;&lt;script"),
        ("1 < 2 <", "1 < 2 <"),
    ] {
        assert_eq!(raw::clean(raw).html, expected, "{raw}");
    }
}

#[test]
fn template_syntax_and_blocks_to_come_are_text() {
    assert_snapshot!(html("{{ price }} {% if a %} [b]({{c}})\n\n::: note key=\"d\"\ne\n:::\n"), @r#"
    <p>{{ price }} {% if a %} <a href="%7B%7Bc%7D%7D">b</a></p>
    <p>::: note key=“d”
    e
    :::</p>
    "#);
}

#[test]
fn words_and_summary() {
    let text = "# Title\n\n![alt words](a.jpg)\n\n> Quoted *first*\n> paragraph[^1], it's `code`.\n\nmore – words\n\n[^1]: A note.\n";
    let markdown = parse(text, &Options::ours());
    assert_eq!(markdown.summary, "Quoted first paragraph, it’s code.");
    assert_eq!(markdown.words, 12);
    assert_eq!(parse("", &Options::ours()), Markdown::default());
}

#[test]
fn long_summaries_end_after_a_word() {
    let summary = |text: &str| parse(text, &Options::ours()).summary;
    let long = "word ".repeat(60);
    assert_eq!(summary(&format!("# Head\n\n{long}\n\n![pic](a.jpg) second\n\n<!-- more -->\n\nrest")), format!("Head {long}second"));
    assert_eq!(summary("one\n\ntwo <!--more--> three\n"), "one two");
    assert_eq!(summary("<!-- more -->\n\nrest"), "rest");
    let words = summary(&"word, ".repeat(60));
    assert!(words.ends_with("word…") && words.chars().count() <= 200, "{words}");
    assert_eq!(summary(&"ü".repeat(500)), format!("{}…", "ü".repeat(199)));
    assert_eq!(summary(&"ü".repeat(200)), "ü".repeat(200));
    assert_eq!(summary(&format!("{} bb", "a".repeat(199))), format!("{}…", "a".repeat(199)));
}

#[test]
fn results_survive_the_cache() {
    let markdown = parse("# a\n\n[b](c) ![d](e)\n\n<b style=x>\n\n[^f]: g\n", &Options::ours());
    let bytes = bitcode::serialize(&markdown).expect("plain data");
    assert_eq!(bitcode::deserialize::<Markdown>(&bytes).expect("what was written"), markdown);
}

/// Text made of what means something to Markdown or HTML, and of longer characters.
fn markup() -> impl Strategy<Value = String> {
    let pieces = prop::sample::select(vec![
        "[",
        "]",
        "(",
        ")",
        "![",
        "](",
        "<",
        ">",
        "</",
        "/>",
        "<b style=",
        "<script>",
        "</script>",
        "<style",
        "\"",
        "'",
        "=",
        "`",
        "```",
        "```rs\n",
        "*",
        "**",
        "~~",
        "_",
        "#",
        "# ",
        "\n",
        "\n\n",
        "\r\n",
        "> ",
        "- ",
        "- [ ] ",
        "1. ",
        "    ",
        "\t",
        "|",
        "|-|\n",
        "[^a]",
        "[^a]: ",
        "[a]: ",
        "\\",
        "&amp;",
        "&",
        "<!--",
        "-->",
        "<?",
        "{{",
        "ü",
        "語",
        "🙂",
        "\u{0}",
        "\u{a0}",
        "a",
        " ",
        "x.md",
        "http:",
        "<div>\n",
        ":::",
    ]);
    prop::collection::vec(pieces, 0..60).prop_map(|pieces| pieces.concat())
}

fn check_spans(text: &str) {
    for options in [Options::ours(), Options::commonmark()] {
        let markdown = parse(text, &options);
        let spans = markdown.links.iter().map(|link| link.span);
        let spans = spans.chain(markdown.images.iter().map(|image| image.span));
        let spans = spans.chain(markdown.raw.iter().map(|raw| raw.span));
        let spans = spans.chain(markdown.unused_footnotes.iter().map(|note| note.span));
        for (start, end) in spans {
            assert!(text.get(start as usize..end as usize).is_some_and(|part| !part.is_empty()), "{start}..{end} of {text:?}");
        }
        assert!(markdown.summary.chars().count() <= 200);
        fill(&markdown);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_text_has_a_meaning_and_true_places(text in any::<String>()) {
        check_spans(&text);
    }

    #[test]
    fn any_markup_has_a_meaning_and_true_places(text in markup()) {
        check_spans(&text);
    }

    #[test]
    fn slugs_are_stable(text in any::<String>()) {
        let once = slug(&text);
        prop_assert!(!once.starts_with('-') && !once.ends_with('-') && !once.contains("--"));
        prop_assert_eq!(slug(&once), once);
    }
}
