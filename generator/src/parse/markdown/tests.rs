//! What an editor writes and what the page gets.

use super::holes::plain_image;
use super::*;
use insta::assert_snapshot;
use proptest::prelude::*;

/// The HTML of shops, links as they were written and pictures as `<img>` or `<figure>`.
fn html(text: &str) -> String {
    fill(&parse(text, &Options::ours()))
}

fn fill(markdown: &Markdown) -> String {
    to_html(markdown, &AsWritten::of(markdown))
}

/// The unused footnotes of a text.
fn unused(text: &str, markdown: &Markdown) -> Vec<String> {
    let unused = markdown.flaws.iter().filter(|flaw| matches!(flaw.kind, FlawKind::UnusedFootnote(_)));
    unused.map(|flaw| at(text, flaw.span).trim_end().to_owned()).collect()
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
fn tables_align_by_class_and_scroll_in_a_named_group() {
    assert_snapshot!(html("| Size | *Price* | x | y |\n|:--|--:|:-:|---|\n| S | 1 | 2 |\n"), @r#"
    <div class="table-scroll" tabindex="0" role="group" aria-label="Size, Price, x, y">
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
    <p><label><input type="checkbox" disabled=""> pack <em>it</em></label></p>
    <ul>
    <li class="task"><label><input type="checkbox" disabled="" checked=""> wrap</label></li>
    </ul>
    </li>
    <li class="task">
    <p><label><input type="checkbox" disabled="" checked=""> send</label></p>
    <p>soon</p>
    </li>
    </ul>
    "#);
}

#[test]
fn strikethrough_and_typography() {
    assert_snapshot!(html("~~old~~ \"new\" -- it's... `\"raw\"` <https://a.example/?b&c> www.a.example\n"), @r#"
    <p><del>old</del> “new” – it’s… <code>"raw"</code> <a href="https://a.example/?b&amp;c">https://a.example/?b&amp;c</a> <a href="http://www.a.example">www.a.example</a></p>
    "#);
}

#[test]
fn footnotes_stand_at_the_end_in_the_order_of_their_references() {
    let text =
        "[^b]: Second[^c].\n[^a]: - list\n[^lost]: Nobody asks.\n\nOne[^a] two[^B] again[^a] none[^x].\n\n[^c]: Third.\n\n    More.\n";
    assert_snapshot!(html(text), @r##"
    <p>One<sup class="footnote-ref"><a href="#fn:1" id="fnref:1" role="doc-noteref">1</a></sup> two<sup class="footnote-ref"><a href="#fn:2" id="fnref:2" role="doc-noteref">2</a></sup> again<sup class="footnote-ref"><a href="#fn:1" id="fnref:1:2" role="doc-noteref">1</a></sup> none[^x].</p>
    <div class="footnotes" role="doc-endnotes">
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
    </div>
    "##);
    assert_eq!(unused(text, &parse(text, &Options::ours())), ["[^lost]: Nobody asks."]);
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
    assert_eq!(unused(text, &markdown), ["[^N]: second"]);
}

#[test]
fn code_is_highlighted_by_class() {
    assert_snapshot!(html("```rust\nlet a = \"<\";\n```\n"), @r#"
    <pre tabindex="0"><code class="language-rust"><span class="hl-source hl-rust"><span class="hl-storage hl-type hl-rust">let</span> a <span class="hl-keyword hl-operator hl-assignment hl-rust">=</span> <span class="hl-string hl-quoted hl-double hl-rust"><span class="hl-punctuation hl-definition hl-string hl-begin hl-rust">&quot;</span>&lt;<span class="hl-punctuation hl-definition hl-string hl-end hl-rust">&quot;</span></span><span class="hl-punctuation hl-terminator hl-rust">;</span>
    </span></code></pre>
    "#);
    assert_snapshot!(html("```nosuch,x\na < \"b\"\n```\n\n```\nplain\n```\n\n    indented\n"), @r#"
    <pre tabindex="0"><code class="language-nosuch">a &lt; "b"
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
    let images: Vec<_> = markdown.images.iter().map(|image| (&*image.alt, at(text, image.span), image.form == ImageForm::Figure)).collect();
    assert_eq!(images, [("A mug", "mug.jpg", true), ("b", "i.jpg", false), ("d", "e.png", false), ("g", "h.jpg", false)]);
    assert_eq!(markdown.images[0].title, "A \"title\"");
    assert_snapshot!(fill(&markdown), @r#"
    <figure><img src="mug.jpg" alt="A mug" title="A &quot;title&quot;"></figure>
    <p>Text <img src="i.jpg" alt="b"> <a href="f.md"><img src="e.png" alt="d"></a></p>
    <ul>
    <li><img src="h.jpg" alt="g"></li>
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
    let found = markdown.raw.iter().flat_map(|raw| &raw.found);
    let found: Vec<_> = found.map(|found| (found.kind.clone(), at(text, found.span))).collect();
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
    assert_eq!(markdown.links.iter().map(|link| (&*link.target, at(text, link.span))).collect::<Vec<_>>(), [("x", "x")]);
    assert_snapshot!(fill(&markdown), @r#"
    <p>A <b class="x">b</b> &lt;script&gt;c&lt;/script&gt;</p>
    <blockquote>
    <div id="here">
    <a name="there" href="x">y</a></div>

    </blockquote>
    &lt;style&gt;
    p { color: red }
    &lt;/style&gt;

    <!-- style="kept" --> <i>
    "#);
}

/// What is published of raw HTML where editors are trusted, and where they are not.
fn published(raw: &str) -> (String, String) {
    let markdown = parse(raw, &Options::ours());
    let images: Vec<String> = markdown.images.iter().map(plain_image).collect();
    let all = |is_trusted| {
        let piece = |raw: &RawHtml| raw.published(is_trusted, |i| &markdown.links[i].target, |_| "", |i| &images[i]);
        markdown.raw.iter().map(piece).collect::<String>().trim_end().to_owned()
    };
    (all(true), all(false))
}

#[test]
fn raw_html_is_published_as_the_shop_trusts_its_editors() {
    for (raw, trusted, clean) in [
        ("<p style=\"a\"class=b>", "<p class=\"b\">", "<p class=\"b\">"),
        ("<p style = a/>", "<p />", "<p />"),
        ("<p title='style=\"x\"'>", "<p title=\"style=&quot;x&quot;\">", "<p title=\"style=&quot;x&quot;\">"),
        (
            "<SCRIPT>a</SCRIPTS></script >",
            "&lt;SCRIPT&gt;a&lt;/SCRIPTS&gt;&lt;/script &gt;",
            "&lt;SCRIPT&gt;a&lt;/SCRIPTS&gt;&lt;/script &gt;",
        ),
        ("<div hidden x-y=z>", "<div hidden x-y=z>", "<div>"),
        ("<iframe src=https://a.example onload=x>b</iframe>", "<iframe src=https://a.example>b</iframe>", ""),
        ("<div><a href=javascript:alert(1)>", "<div><a>", "<div><a>"),
        ("<div><a href='jav&#x09;ascript&colon;alert(1)'>", "<div><a>", "<div><a>"),
        ("<div><a href=\" &#106;avascript:alert(1)\">", "<div><a>", "<div><a>"),
        ("<div><a href=/b/?c&amp;d>", "<div><a href=\"/b/?c&amp;d\">", "<div><a href=\"/b/?c&amp;d\">"),
        ("<div><img src=a.jpg onerror=b alt=c srcset=d>", "<div><img src=\"a.jpg\" alt=\"c\">", "<div><img src=\"a.jpg\" alt=\"c\">"),
        ("<div><img src='data:image/png;base64,AA'>", "<div><img src='data:image/png;base64,AA'>", "<div><img>"),
        ("<div><svg onload=a><use href='data:x'/></svg>", "<div><svg><use></svg>", "<div>"),
        ("<div><b title=\"a", "<div>&lt;b title=\"a", "<div>&lt;b title=\"a"),
        ("<div><!-- a -->", "<div><!-- a -->", "<div>"),
    ] {
        assert_eq!(published(raw), (trusted.to_owned(), clean.to_owned()), "{raw}");
    }
}

#[test]
fn what_raw_html_leaves_open_is_closed_and_what_it_has_not_opened_stays() {
    for (html, cleaned) in [
        ("<p>a</p></div></main><p>b</p>", "<p>a</p><p>b</p>"),
        ("<div><p>a <b>b</p>", "<div><p>a <b>b</b></p></div>"),
        ("<p onclick=\"a\">b</p><style>c</style><input type=\"text\">", "<p>b</p><input>"),
        ("<a href=\"javascript:a\">b</a> <a href=\"/c\" rel=\"nofollow\">d</a>", "<a>b</a> <a href=\"/c\" rel=\"nofollow\">d</a>"),
        ("<math><mtext><style><a title=\"</style><img onerror=b>\"></style></mtext></math>", "<math><mtext><img>\"&gt;</mtext></math>"),
    ] {
        assert_eq!(clean(html), cleaned, "{html}");
    }
    // What is made of Markdown stays as it is.
    let text = concat!(
        "# a {#b .c}\n\n> [!TIP]\n> d\n\n- [x] e[^f]\n\n| g | h |\n|--:|---|\n| i | j |\n\nk\n: l\n\n```rust {lines, mark=1, title=m}\nlet n = 1;\n```\n\n",
        "$o^2$ $$\\frac{1}{2}$$ ![p](q.jpg) ~~r~~\n\n[^f]: s\n",
    );
    let html = fill(&parse(text, &Options { math: true, ..Options::ours() }));
    let same = html.replace(" />", ">").replace("&quot;", "\"");
    assert_eq!(clean(&html), same);
}

#[test]
fn elements_that_are_never_closed_are_told_apart_from_deep_ones() {
    let is_too_deep = |text: &str| parse(text, &Options::ours()).is_too_deep;
    assert!(is_too_deep(&"<b>".repeat(300)) && is_too_deep(&format!("{}<i>x</i>", "> ".repeat(300))));
    assert!(!is_too_deep(&"<b>a</b> <br> <img src=x> <i />".repeat(300)) && !is_too_deep(&"<li>a".repeat(300)));
}

#[test]
fn links_that_would_run_something_are_text() {
    let text = "[a](javascript:b) [c][d] <vbscript:e> [f](jAvAsCrIpT&colon;g) ![h](javascript:i) [j](tel:1)\n\n[d]: data:text/html,x\n";
    let markdown = parse(text, &Options::ours());
    let refused: Vec<_> = markdown.flaws.iter().map(|flaw| at(text, flaw.span)).collect();
    assert_eq!(refused, ["javascript:b", "<vbscript:e>", "jAvAsCrIpT&colon;g", "data:text/html,x"]);
    assert_snapshot!(fill(&markdown).replace("src=\"javascript:i\"", "src"), @r#"<p>a c vbscript:e f <img src alt="h"> <a href="tel:1">j</a></p>"#);
}

#[test]
fn bare_addresses_are_links() {
    let text = "www.a.example/&amp;b 🙂\n";
    let link = &parse(text, &Options::ours()).outside[0];
    assert_eq!((link.target.as_str(), at(text, link.span)), ("http://www.a.example/&b", "www.a.example/&amp;b"));
    assert_snapshot!(html("See www.a.example/b_c_d, (https://e.example/it's--f?g=\"h\"), mail@i.example... `www.j.example`\n\n[www.k.example](l)\n"), @r#"
    <p>See <a href="http://www.a.example/b_c_d">www.a.example/b_c_d</a>, (<a href="https://e.example/it&#x27;s--f?g=%22h">https://e.example/it's--f?g="h</a>”), <a href="mailto:mail@i.example">mail@i.example</a>… <code>www.j.example</code></p>
    <p><a href="l">www.k.example</a></p>
    "#);
}

#[test]
fn headings_have_ids_and_classes_of_their_own() {
    let text = "# B\n\n## *A* b {#b .c-d .e}\n\nF {#g}\n===\n\n# {{ h }}\n\n# i {j}\n\n# k {#b}\n\n# `l {#m}`\n";
    let markdown = parse(text, &Options::ours());
    assert_snapshot!(fill(&markdown), @r##"
    <h1 id="b-1"><a class="anchor" href="#b-1">B</a></h1>
    <h2 id="b" class="c-d e"><a class="anchor" href="#b"><em>A</em> b</a></h2>
    <h1 id="g"><a class="anchor" href="#g">F</a></h1>
    <h1 id="h"><a class="anchor" href="#h">{{ h }}</a></h1>
    <h1 id="i-j"><a class="anchor" href="#i-j">i {j}</a></h1>
    <h1 id="k"><a class="anchor" href="#k">k</a></h1>
    <h1 id="l-m"><a class="anchor" href="#l-m"><code>l {#m}</code></a></h1>
    "##);
    let ids: Vec<_> = markdown.flaws.iter().filter(|flaw| flaw.kind != FlawKind::FirstLevel).collect();
    let [flaw] = &ids[..] else { panic!("{:?}", markdown.flaws) };
    assert_eq!(at(text, flaw.span), "#b");
    assert!(matches!(&flaw.kind, FlawKind::SameId { first, .. } if first.0 < flaw.span.0));
}

#[test]
fn alerts_and_definitions() {
    assert_snapshot!(html("> [!WARNING]\n> a\n\n> [!nosuch]\n> b\n\nTerm\n: one *c*\n: two\n\n  three\n"), @r#"
    <div class="alert alert--warning" role="note">
    <p class="alert__label">warning</p>
    <p>a</p>
    </div>
    <blockquote>
    <p>[!nosuch]
    b</p>
    </blockquote>
    <dl>
    <dt>Term</dt>
    <dd>
    <p>one <em>c</em></p>
    </dd>
    <dd>
    <p>two</p>
    <p>three</p>
    </dd>
    </dl>
    "#);
}

#[test]
fn quotation_marks_are_those_of_the_language() {
    let german: &Marks = &["„", "“", "‚", "‘"];
    let text = "# The \"one\"\n\n\"a 'b' don't\" “kept” ‘90s 'tis ![\"c\"](d.jpg) `\"e\"`\n\n| \"f\" |\n|---|\n";
    let markdown = parse(text, &Options::ours());
    let english = fill(&markdown);
    let translated = markdown.with_marks(german);
    assert_snapshot!(fill(&translated), @r##"
    <h1 id="the-one"><a class="anchor" href="#the-one">The „one“</a></h1>
    <p>„a ‚b‘ don’t“ “kept” ‘90s ’tis <img src="d.jpg" alt="„c“"> <code>"e"</code></p>
    <div class="table-scroll" tabindex="0" role="group" aria-label="„f“">
    <table>
    <thead>
    <tr>
    <th>„f“</th>
    </tr>
    </thead>
    </table>
    </div>
    "##);
    assert_eq!((&*translated.headings[0].title, &*translated.images[0].alt), ("The „one“", "„c“"));
    assert_eq!(translated.summary, "„a ‚b‘ don’t“ “kept” ‘90s ’tis \"e\"");
    assert_eq!(fill(&markdown.with_marks(&["“", "”", "‘", "’"])), english);
    assert!(!english.contains('\0') && english.contains("“a ‘b’ don’t” “kept”"));
}

#[test]
fn formulas_are_mathml_where_they_are_wanted() {
    let with_math = |text: &str| parse(text, &Options { math: true, ..Options::ours() });
    assert_snapshot!(fill(&with_math("$x^2$ costs \\$5\n\n$$\\frac{a}{b}$$\n")), @r#"
    <p><math><msup><mi>x</mi><mn>2</mn></msup></math> costs $5</p>
    <p><math display="block"><mfrac><mi>a</mi><mi>b</mi></mfrac></math></p>
    "#);
    assert_eq!(html("$5 and $6\n"), "<p>$5 and $6</p>\n");
    let text = "a $\\nosuch{x}$ b $$\\frac{1}$$\n";
    let markdown = with_math(text);
    let wrong: Vec<_> = markdown.flaws.iter().map(|flaw| at(text, flaw.span)).collect();
    assert_eq!(wrong, ["\\nosuch", "$$\\frac{1}$$"]);
    let styled = fill(&with_math(
        "$\\begin{array}{l|r} a & b \\\\ \\hline c & d \\end{array} \\color{red} x \\text{a<b \\textsc{c}} \\hspace{2em}$\n",
    ));
    assert!(!styled.contains(" style=") && styled.contains("<math>"), "{styled}");
}

#[test]
fn code_has_numbers_and_marked_lines() {
    assert_snapshot!(html("```js {lines, mark=2, start=9, title=\"a<b>.js\"}\n/* c\nd */ e\n```\n"), @r#"
    <figure class="code">
    <figcaption>a&lt;b&gt;.js</figcaption>
    <pre tabindex="0" class="numbered"><code class="language-js"><span class="code__line" data-line="9"><span class="hl-source hl-js"><span class="hl-comment hl-block hl-js"><span class="hl-punctuation hl-definition hl-comment hl-begin hl-js">/*</span> c</span></span>
    </span><mark class="code__line" data-line="10"><span class="hl-source hl-js"><span class="hl-comment hl-block hl-js">d <span class="hl-punctuation hl-definition hl-comment hl-end hl-js">*/</span></span> <span class="hl-variable hl-other hl-readwrite hl-js">e</span></span>
    </mark></code></pre>
    </figure>
    "#);
    let text = "> ```jss {lins, mark=\"1,7\"}\n> a\n> ```\n";
    let markdown = parse(text, &Options::ours());
    let told: Vec<_> = markdown.flaws.iter().map(|flaw| at(text, flaw.span)).collect();
    assert_eq!(told, ["jss", "lins", "7"]);
    assert!(fill(&markdown).contains("<code class=\"language-jss\"><mark class=\"code__line\">a\n</mark></code>"));
}

#[test]
fn what_looks_quadratic_is_not() {
    for piece in [
        "[",
        "]",
        "![",
        "[a](",
        "*",
        "_a*",
        "`",
        "``a`",
        "~~",
        "> ",
        "- ",
        "1. ",
        "<",
        "<a ",
        "<!--",
        "</",
        "<b>",
        "&",
        "|",
        "|a\n|-\n",
        "\\",
        "[^a]",
        "[^a]: ",
        "[a]: b\n",
        "[a][",
        "# a\n",
        "# a {#b}\n",
        "(www.",
        "_www._",
        "@",
        "a@b.",
        "http://",
        "\"'",
        "'a",
        "$",
        "$$",
        "$a",
        "```\n",
        "```js {1}\na\n```\n",
        ": a\n",
        "a\n: b\n",
        "<div>",
        "<p title=\"",
        "<!x",
        "<?",
        "<script>",
        "</script>",
        "![a]()",
        "<img src src src ",
        "- [ ] ",
        "{#",
        "&#",
        "\u{0}",
    ] {
        let lengths = |count: usize| {
            let text = piece.repeat(count);
            let markdown = parse(&text, &Options { math: true, ..Options::ours() });
            (text.len(), fill(&markdown).len())
        };
        let ((short, of_short), (long, of_long)) = (lengths(500), lengths(4_000));
        // Twice as much for its length, and a frame.
        assert!(2 * of_long * short <= (3 * of_short + 4 * short) * long, "{piece:?}: {short} → {of_short} bytes, {long} → {of_long}");
    }
}

#[test]
fn template_syntax_is_text() {
    assert_snapshot!(html("{{ price }} {% if a %} [b]({{c}})\n\n::: note key=\"d\"\ne\n:::\n"), @r#"
    <p>{{ price }} {% if a %} <a href="%7B%7Bc%7D%7D">b</a></p>

    <p>e</p>
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
    let markdown = parse("# \"a\"\n\n[b](c) ![d](e) [x](//y)\n\n<b style=x>\n\n> [!NOTE]\n> h\n\n[^f]: g\n", &Options::ours());
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
        "$",
        "\\frac{",
        "}",
        " {#a}\n",
        "www.",
        "@b.c",
        "> [!NOTE]\n",
        "\n: ",
        "```js {mark=",
        "<img src=",
        "javascript:",
    ]);
    prop::collection::vec(pieces, 0..60).prop_map(|pieces| pieces.concat())
}

fn check_spans(text: &str) {
    for options in [Options::ours(), Options { math: true, ..Options::ours() }, Options::commonmark()] {
        let markdown = parse(text, &options);
        let spans = markdown.links.iter().map(|link| link.span);
        let spans = spans.chain(markdown.images.iter().map(|image| image.span));
        let spans = spans.chain(markdown.outside.iter().map(|link| link.span));
        let spans =
            spans.chain(markdown.raw.iter().flat_map(|raw| std::iter::once(raw.span).chain(raw.found.iter().map(|found| found.span))));
        let spans = spans.chain(markdown.flaws.iter().map(|flaw| flaw.span));
        for (start, end) in spans {
            assert!(text.get(start as usize..end as usize).is_some_and(|part| !part.is_empty()), "{start}..{end} of {text:?}");
        }
        assert!(markdown.summary.chars().count() <= 200);
        let english = fill(&markdown);
        assert_eq!(fill(&markdown.with_marks(&["“", "”", "‘", "’"])), english, "{text:?}");
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

#[test]
fn blocks_are_holes_with_a_body() {
    let text = "A\n::: note kind=tip title=\"B c\"\nD *e*\n\n::: toc :::\n:::\n\n***\n```\n::: code\n```\n<!--\n::: comment\n-->\n";
    let markdown = parse(text, &Options::ours());
    let parts: Vec<String> = markdown
        .html
        .iter()
        .map(|part| match part {
            Part::Html(html) => html.to_string(),
            Part::Block(place) => format!("<{}>", markdown.blocks[*place as usize].name),
            Part::BlockEnd(place) => format!("</{}>", markdown.blocks[*place as usize].name),
            Part::Raw(_) => "RAW".to_owned(),
            other => format!("{other:?}"),
        })
        .collect();
    assert_snapshot!(parts.concat(), @r#"
    <p>A</p>
    <note>
    <p>D <em>e</em></p>
    <toc></toc>
    </note>
    <hr>
    <pre tabindex="0"><code>::: code
    </code></pre>
    RAW
    "#);
    let values: Vec<(&str, &str)> = markdown.blocks[0].values.iter().map(|value| (value.name.as_str(), at(text, value.span))).collect();
    assert_eq!(values, [("kind", "tip"), ("title", "B c")]);
    assert_eq!((at(text, markdown.blocks[0].span), at(text, markdown.blocks[1].span)), ("note", "toc"));
    assert!(markdown.flaws.is_empty(), "{:?}", markdown.flaws);
}

#[test]
fn what_is_wrong_with_a_block_is_told_at_its_place() {
    for (text, told) in [
        ("::: note\na\n", vec![(FlawKind::BlockOpen, "::: note")]),
        (":::\n", vec![(FlawKind::BlockEnd, ":::")]),
        ("::: a B=c d=\"e\n:::\n", vec![(FlawKind::BlockValue, "B=c"), (FlawKind::BlockQuote, "\"e")]),
        (
            "::: a b=1 b=2 c= d?\n:::\n",
            vec![(FlawKind::BlockValueTwice("b".to_owned()), "b"), (FlawKind::BlockValue, "c"), (FlawKind::BlockValue, "d?")],
        ),
        ("::: a\n::: b\n:::\n", vec![(FlawKind::BlockOpen, "::: a")]),
        (
            "::: Note that\n\n:::smile\n> ::: note\n",
            vec![(FlawKind::BlockOpen, ":::smile"), (FlawKind::BlockPlace("note".to_owned()), "::: note")],
        ),
        ("::::\n", vec![(FlawKind::BlockEnd, "::::")]),
    ] {
        let found = parse(text, &Options::ours()).flaws;
        let found: Vec<_> = found.into_iter().map(|flaw| (flaw.kind, at(text, flaw.span))).collect();
        assert_eq!(found, told, "{text}");
    }
}

#[test]
fn what_is_nested_without_end_is_told() {
    let formula = |inner: &str| format!("${inner}$\n");
    for text in [
        formula(&format!("{}x{}", "{".repeat(4000), "}".repeat(4000))),
        formula(&format!("{}x", "\\sqrt ".repeat(4000))),
        formula(&format!("{}x{}", "\\left(".repeat(4000), "\\right)".repeat(4000))),
        formula(&format!("x{}", "^".repeat(4000))),
    ] {
        let markdown = parse(&text, &Options { math: true, ..Options::ours() });
        let deep = |flaw: &Flaw| matches!(&flaw.kind, FlawKind::Formula(message) if message.contains("commands, braces and comments"));
        assert!(markdown.flaws.iter().any(deep), "{:?}", markdown.flaws);
    }
    let text = format!("{}x\n\n{}", "::: note\n\n".repeat(1500), ":::\n\n".repeat(1500));
    let markdown = parse(&text, &Options::ours());
    assert!(markdown.flaws.iter().any(|flaw| matches!(flaw.kind, FlawKind::BlockDepth(20))));
    assert!(markdown.blocks.is_empty());
    // What people write is far from that.
    let usual = formula("\\frac{\\sqrt{x^{2}+\\left(\\frac{a}{b}\\right)^{2}}}{\\sum_{i=0}^{n}x_{i}}");
    assert!(parse(&usual, &Options { math: true, ..Options::ours() }).flaws.is_empty());
}
