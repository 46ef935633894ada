//! Sites of Jekyll, Hugo and `WordPress`, from their files to the built shop: every text comes over, every link leads somewhere or
//! stands in the report, and old addresses lead to new ones.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use shopfront_tests::fixture::PICTURE;
use shopfront_tests::shop::files;
use shopfront_tests::{Said, Shop, run, tell, test_data};

/// A shop with two languages and nothing in it.
fn empty() -> Shop {
    Shop::new(&[(
        "shop.yaml",
        "name: Quay\nbase_url: https://quay.example\nlanguages: [en, de]\ncurrencies: [EUR]\ntax: {classes: {standard: {'*': 0%}}}\n",
    )])
}

/// A site of `tests/fixtures/imports/`, with pictures where it says.
struct Old {
    folder: tempfile::TempDir,
}

impl Old {
    fn site(name: &str, pictures: &[&str]) -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder can be made");
        let from = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/imports").join(name);
        for (path, bytes) in files(&from) {
            let target = folder.path().join(path);
            fs::create_dir_all(target.parent().expect("files lie in folders")).expect("the folder can be made");
            fs::write(target, bytes).expect("the file can be written");
        }
        for picture in pictures {
            fs::write(folder.path().join(picture), PICTURE).expect("the picture can be written");
        }
        Self { folder }
    }

    fn path(&self) -> &str {
        self.folder.path().to_str().expect("a name in UTF-8")
    }
}

/// What an import did, with its whole report, a line each.
struct Imported {
    said: Said,
    report: String,
}

fn import(shop: &Shop, arguments: &[&str], code: i32) -> Imported {
    let report = shop.path("report.txt");
    let all: Vec<&str> = [&["import"], arguments, &["--report", report.to_str().expect("a name in UTF-8")]].concat();
    let said = run(shop.root(), &all).code(code);
    Imported { said, report: fs::read_to_string(report).expect("there is a report") }
}

impl Imported {
    #[track_caller]
    fn tells(&self, lines: &[&str]) {
        for line in lines {
            assert!(self.report.lines().any(|told| told.starts_with(line)), "`{line}` is not told:\n{}\n{}", self.report, self.said.err);
        }
    }

    /// How many links lead inside, outside and to nothing.
    fn links(&self) -> (usize, usize, usize) {
        let line = self.said.out.lines().find(|line| line.contains(" links inside, ")).expect("the report counts links");
        let numbers: Vec<usize> = line.split(' ').filter_map(|word| word.parse().ok()).collect();
        (numbers[0], numbers[1], numbers[2])
    }
}

/// Builds, and nothing is wrong with a link or an anchor.
fn builds(shop: &mut Shop) {
    shop.build();
    let wrong = ["E206", "E207"];
    let links: Vec<_> = shop.outcome.diagnostics.iter().filter(|told| wrong.contains(&told.code.0)).collect();
    assert!(links.is_empty(), "{links:?}");
}

/// Imports again: nothing changes.
fn again(shop: &Shop, arguments: &[&str], code: i32) {
    let all: Vec<&str> = ["import"].iter().chain(arguments).copied().collect();
    run(shop.root(), &all).code(code).says("0 files written").says("0 left alone");
}

#[test]
fn a_jekyll_site_comes_over() {
    let old = Old::site("jekyll", &["assets/kiln.jpg"]);
    let mut shop = empty();
    let command = ["jekyll", old.path()];
    let imported = import(&shop, &command, 1);
    assert!(imported.said.err.contains("_posts/2019-04-01-broken.md:3: "), "{}", imported.said.err);
    imported.tells(&[
        "_posts/2019-03-04-first-firing.md:9, mood: `hopeful`",
        "_posts/2019-03-04-first-firing.md:19, kramdown: `{: .right}`",
        "_posts/2019-03-04-first-firing.md:20, kramdown: `{: .note}`",
        "_posts/2019-03-04-first-firing.md:22, link: `/nowhere/`",
        "_posts/2019-03-04-first-firing.md:30, Liquid: `{% include gallery.html %}`",
        "_posts/2019-03-04-first-firing.md:33, link: `/gone/`",
        "about.md, address: `/w h o/`",
        "contact.html:7, HTML: `https://maps.example/?a=1&b=2`",
        "contact.html:5, Liquid: `{{ site.time }}`",
        "index.html:4, page: `index.html`",
        "feed.xml, fills in",
        "_layouts/default.html, theme: `1 file`",
        "_site, file: ",
        "assets/unused.zip, unused file",
    ]);
    builds(&mut shop);
    again(&shop, &command, 1);

    insta::assert_snapshot!(shop.read("content/journal/first-firing.md"));
    insta::assert_snapshot!(shop.read("content/contact.md"));
    for (old, new) in [
        ("news/2019/03/04/first-firing/index.html", "/journal/first-firing/"),
        ("old/first/index.html", "/journal/first-firing/"),
        ("news/2019/03/05/Same/index.html", "/journal/same/"),
        ("about-us.html", "/about-us/"),
        ("who/index.html", "/about-us/"),
        ("recipes/glaze.html", "/recipes/glaze/"),
    ] {
        assert!(shop.page(old).contains(&format!("url={new}")), "{old}");
    }
    assert!(shop.read("content/journal/same-2.md").contains("draft: true"), "two posts of one name are kept");
    assert!(shop.read("content/journal/later.md").contains("draft: true"));
    assert!(shop.read("content/journal/grosse.md").contains("title: Größe\n"));
}

#[test]
fn a_hugo_site_comes_over() {
    let old = Old::site("hugo", &["content/posts/kiln/kiln.jpg"]);
    let mut shop = empty();
    let command = ["hugo", old.path()];
    let imported = import(&shop, &command, 1);
    assert!(imported.said.err.contains("content/posts/broken.md:2: "), "{}", imported.said.err);
    imported.tells(&[
        "content/about.md:5, params: `colour: blue`",
        "content/about.fr.md, language: `fr`",
        "content/de/contact.md, language: `de`",
        "content/posts/kiln/index.md:17, link: `/lost/`",
        "content/posts/kiln/index.md:25, shortcode: `{{< youtube abc >}}`",
        "hugo.toml:15, menus",
        "static/img/plan.svg, file: `/img/plan.svg`",
        "static/robots.txt, file: `/robots.txt`",
        "layouts/index.html, theme: `1 file`",
        "public, file",
    ]);
    builds(&mut shop);
    again(&shop, &command, 1);

    insta::assert_snapshot!(shop.read("content/posts/kiln/index.md"));
    insta::assert_snapshot!(shop.read("content/about.md"));
    insta::assert_snapshot!(shop.read("content/about.de.md"));
    for (old, new) in [
        ("2021/02/the-kiln/index.html", "/posts/kiln/"),
        ("plain.html", "/posts/plain/"),
        ("who/index.html", "/about/"),
        ("us/index.html", "/about/"),
    ] {
        assert!(shop.page(old).contains(&format!("url={new}")), "{old}");
    }
    shop.check_file("de/ueber-uns/index.html", "Siehe").check_file("posts/plain/index.html", "{{&lt; code &gt;}}");
    shop.check_file("terms.txt", "terms").check_file("files/img/plan.svg", "<svg").check_file("posts/kiln/list.pdf", "a list");
}

#[test]
fn a_wordpress_site_comes_over() {
    let export = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/imports/wordpress.xml");
    let mut shop = empty();
    let command = ["wordpress", export.to_str().expect("a name in UTF-8")];
    let imported = import(&shop, &command, 0);
    imported.tells(&[
        "line 11, `comments`: `2`",
        "line 17, `link`: `https://quay-pottery.example/gone/`",
        "line 17, `file`: `https://quay-pottery.example/wp-content/uploads/2019/03/plan.pdf`",
        "line 11, `wp:is_sticky`: ",
        "line 11, `post_format`: `Aside`",
        "line 11, `mood`: `hopeful`",
        "line 38, `block`: `<!-- wp:latest-posts",
        "line 79, `shortcode`: `[contact-form-7 id=\"5\" title=\"Ask\"]`",
        "line 77, `shortcode`: `[gallery ids=\"20,21\"]`",
        "line 94, `wp:status`: `private`",
        "line 158, `product`: `1`",
        "line 164, `nav_menu_item`: `1`",
        "line 170, `event`: `1`",
    ]);
    builds(&mut shop);
    again(&shop, &command, 0);

    insta::assert_snapshot!(shop.read("content/journal/first-firing.md"));
    insta::assert_snapshot!(shop.read("content/journal/classic.md"));
    assert!(shop.read("content/journal/classic-2.md").contains("draft: true"));
    for (old, new) in
        [("2019/03/first-firing/index.html", "/journal/first-firing/"), ("2019/03/firing-one/index.html", "/journal/first-firing/")]
    {
        assert!(shop.page(old).contains(&format!("url={new}")), "{old}");
    }
    shop.check_file("about/team/index.html", "href=\"/about/\"");

    // What was fetched takes the place of its address, the picture of the front matter too.
    let pictures = ["kiln", "a", "b"];
    for name in pictures {
        shop.change_bytes(&format!("content/journal/{name}.jpg"), PICTURE);
    }
    let all: Vec<&str> = ["import"].iter().chain(&command).copied().chain(["--force"]).collect();
    run(shop.root(), &all).code(0);
    let text = shop.read("content/journal/first-firing.md");
    assert!(
        text.contains("image: {file: kiln.jpg, alt: \"An open kiln\"}\n") && text.contains("![The kiln](kiln.jpg \"Open at last\")"),
        "{text}"
    );
    builds(&mut shop);
}

/// The addresses that a text names: destinations of links, of definitions, in angle brackets and in HTML; what is code is left out.
fn named(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    for (mark, ends) in [("](", " )\n"), ("]: ", " \n"), ("<http", ">"), ("href=\"", "\""), ("src=\"", "\"")] {
        for (at, _) in text.match_indices(mark) {
            let start = at + if mark == "<http" { 1 } else { mark.len() };
            let rest = &text[start..];
            let end = rest.find(|c| ends.contains(c)).unwrap_or(rest.len());
            found.push(rest[..end].to_owned());
        }
    }
    found
}

/// A post's text without code: between fences, backticks, and Liquid's own.
fn without_code(text: &str) -> String {
    let mut out = String::new();
    let mut fenced = false;
    for line in text.lines() {
        let fence = line.trim_start().starts_with("```") || line.contains("{% highlight") || line.contains("{% endhighlight");
        if fence {
            fenced = !fenced;
        } else if !fenced && !line.starts_with("    ") {
            let parts: Vec<&str> = line.split('`').step_by(2).collect();
            out += &(parts.join(" ") + "\n");
        }
    }
    out
}

/// A site around the posts of others, with the settings that theirs has.
fn around(posts: &Path) -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a temporary folder can be made");
    fs::create_dir(folder.path().join("_posts")).expect("the folder can be made");
    for entry in fs::read_dir(posts).expect("the posts can be listed").flatten() {
        fs::copy(entry.path(), folder.path().join("_posts").join(entry.file_name())).expect("a post can be copied");
    }
    let settings = "url: https://jekyllrb.com\nrepository: https://github.com/jekyll/jekyll\npermalink: /news/:year/:month/:day/:title/\n";
    fs::write(folder.path().join("_config.yml"), settings).expect("the settings can be written");
    folder
}

#[test]
fn a_hundred_posts_of_others_build_with_every_link_accounted_for() {
    let Some(posts) = test_data("content/jekyll-posts") else { return };
    let site = around(&posts);
    let mut shop = Shop::small();
    let imported = import(&shop, &["jekyll", site.path().to_str().expect("a name in UTF-8")], 0);
    assert!(imported.said.out.contains("102 posts, 0 pages"), "{}", imported.said.out);
    builds(&mut shop);
    again(&shop, &["jekyll", site.path().to_str().expect("a name in UTF-8")], 0);

    let told: BTreeSet<(String, String)> = imported.report.lines().filter_map(noted).collect();
    let names: BTreeMap<String, PathBuf> = fs::read_dir(&posts)
        .expect("the posts can be listed")
        .flatten()
        .map(|entry| (entry.file_name().into_string().expect("names are UTF-8"), entry.path()))
        .collect();
    let (mut kept, mut listed, mut led) = (0, 0, 0);
    for (name, path) in &names {
        let text = without_code(&fs::read_to_string(path).expect("the posts can be read"));
        let slug: String = name[11..].rsplit_once('.').expect("an ending").0.replace('.', "-");
        let ours = shop.read(&format!("content/journal/{slug}.md"));
        for target in named(&text) {
            let filled = target
                .replace("{{", "")
                .split("site.repository }}")
                .collect::<Vec<_>>()
                .join("https://github.com/jekyll/jekyll")
                .trim()
                .to_owned();
            let is_told = |target: &str| {
                told.iter().any(|(file, value)| file.ends_with(name.as_str()) && (value == target || value.contains(target)))
            };
            if ours.contains(&target) || ours.contains(&filled) {
                kept += 1;
            } else if is_told(&target)
                || target.contains("{%") && is_told(target.trim_matches(['{', '%', '}', ' ']))
                || target.contains("{{") && is_told("{{")
            {
                listed += 1;
            } else if target.contains("{%")
                || target.contains("{{")
                || target.starts_with("/news/")
                || target.contains("jekyllrb.com")
                || target.starts_with('/')
            {
                led += 1;
                let told_so = told.iter().any(|(file, _)| file.ends_with(name.as_str()));
                assert!(ours.contains("](/") || ours.contains("]: /") || told_so, "{name}: {target}");
            } else {
                panic!("{name}: the link to `{target}` is gone, and nobody is told");
            }
        }
    }
    let (inside, outside, lost) = imported.links();
    tell(&format!(
        "{} posts: {inside} links inside, {outside} to other sites, {lost} listed as lost; of the addresses in the sources {kept} stand as they did, {listed} are listed, {led} lead to new places",
        names.len()
    ));
    let notes = imported.report.lines().filter(|line| line.contains(", link: `")).count();
    assert_eq!(notes, lost, "what is lost is listed, link by link");
    assert_eq!((inside, outside, lost), (10, 142, 87));
    assert_eq!((kept, listed, led), (146, 91, 4));

    for name in names.keys() {
        let slug: String = name[11..].rsplit_once('.').expect("an ending").0.replace('.', "-");
        let page = shop.page(&format!("journal/{slug}/index.html"));
        assert!(page.contains("<h1>") && page.contains("class=\"prose\""), "{name}");
    }
    shop.check_file("news/2016/04/19/jekyll-3-0-4-released/index.html", "url=/journal/jekyll-3-0-4-released/")
        .check_file("journal/jekyll-3-1-4-released/index.html", "href=\"/journal/jekyll-3-0-4-released/\"")
        .check_file("journal/jekyll-1-0-1-released/index.html", "{% assign issue_numbers = ");
}

/// `file:7, link: `/old/`: why` as the file and the value.
fn noted(line: &str) -> Option<(String, String)> {
    let (place, rest) = line.split_once(", ")?;
    let value = rest.split_once(": `")?.1.split_once("`: ")?.0;
    Some((place.split(':').next()?.to_owned(), value.to_owned()))
}

#[test]
fn a_folder_of_posts_alone_is_a_site_too() {
    let Some(posts) = test_data("content/jekyll-posts") else { return };
    let mut shop = Shop::small();
    let imported = import(&shop, &["jekyll", posts.to_str().expect("a name in UTF-8"), "--into", "news/old"], 0);
    assert!(imported.said.out.contains("102 posts"), "{}", imported.said.out);
    builds(&mut shop);
    shop.check_file("news/old/jekyll-1-4-1-released/index.html", "Jekyll 1.4.1 Released").check_file("news/old/feed.xml", "<feed");
    shop.check_file("release/2013/12/09/jekyll-1-4-1-released.html", "url=/news/old/jekyll-1-4-1-released/");
}

#[test]
fn what_cannot_be_imported_is_told() {
    let shop = empty();
    shop.change("x.xml", "<a>");
    run(shop.root(), &["import", "wordpress", shop.path("x.xml").to_str().expect("a name in UTF-8")])
        .code(1)
        .says("x.xml:")
        .says("= help:");
    run(shop.root(), &["import", "hugo", "nowhere"]).code(2).says("`nowhere` is no folder");
    run(shop.root(), &["import", "jekyll", ".", "--into", "../out"]).code(2).says("`--into ../out` is no folder for addresses");
}
