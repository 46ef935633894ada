//! What `check` finds beyond a build, how bad the shop says it is, and what previews, comparisons and translations report.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Write};
use std::net::TcpListener;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::{Arc, Mutex};

use shopfront_tests::program::{command, finish};
use shopfront_tests::shop::files;
use shopfront_tests::{Said, Shop, run};

/// So that the clock decides nothing.
const NOW: [&str; 2] = ["--now", "2026-06-01"];

/// The small shop with these levels.
fn shop(levels: &str) -> Shop {
    let shop = Shop::small();
    shop.change("shop.yaml", &(shop.read("shop.yaml") + &format!("checks: {levels}\n")));
    shop
}

#[test]
fn the_shop_says_how_bad_a_finding_is() {
    let mut shop = shop("{headings: warning}");
    shop.edit("content/about.md", "## Where", "#### Where");
    shop.build();
    assert_eq!(shop.codes(), ["W221"]);
    shop.edit("shop.yaml", "headings: warning", "headings: off");
    shop.build();
    assert_eq!(shop.codes(), [""; 0]);
    assert_eq!(shop.rendered(), [""; 0], "no page shows the levels");
    shop.edit("shop.yaml", "headings: off", "headings: error");
    shop.build_with_mistakes();
    assert!(
        shop.said().starts_with("error[W221]: a heading of level 4 follows one of level 1\n --> content/about.md:9:1\n"),
        "{}",
        shop.said()
    );
    shop.reload().build_with_mistakes();
    assert_eq!(shop.codes(), ["W221"]);
}

#[test]
fn pictures_of_products_are_never_only_a_warning() {
    let mut shop = shop("{missing-pictures: off, broken-links: off}");
    shop.change("content/terms.md", "---\ntitle: Terms\n---\n\n![A kiln](kiln.jpg) [nowhere](nowhere.md)\n");
    shop.build();
    assert_eq!(shop.codes(), [""; 0]);
    shop.edit("products/kitchen/mugs/harbour-mug.yaml", "file: harbour-mug.jpg", "file: mug.jpg");
    shop.build_with_mistakes();
    assert_eq!(shop.codes(), ["E300"]);
}

/// Everything that a check told, as a terminal shows it.
fn checked(shop: &mut Shop) -> String {
    shop.check();
    shop.said()
}

#[test]
fn a_check_after_a_change_finds_what_a_first_one_finds() {
    let mut shop = Shop::small();
    let first = checked(&mut shop);
    assert_eq!(checked(&mut shop), first, "nothing has changed");
    let steps: [(&str, &str, &str); 5] = [
        ("shop.yaml", "{title: About, page: about}", "{title: About, url: 'https://quay.example/gone/'}"),
        ("shop.yaml", "{title: Terms, page: terms}", "{title: Terms, url: 'https://quay.example/about/#when'}"),
        ("content/about.md", "## Where", "## When"),
        ("products/paper/poster.yaml", "title: Tide poster", "title: Teapot"),
        ("shop.yaml", "/gone/", "/terms/"),
    ];
    let mut told = Vec::new();
    for (path, from, to) in steps {
        shop.edit(path, from, to);
        if path == "content/about.md" && to == "## When" {
            shop.edit(path, "[where](#where)", "[when](#when)");
        }
        let again = checked(shop.reload());
        told.push(shop.codes().into_iter().filter(|code| matches!(*code, "E270" | "E271" | "W223")).collect::<Vec<_>>());
        let clean = checked(shop.forget());
        assert_eq!(again, clean, "{path}: {to}");
    }
    assert_eq!(told, [vec!["E270"], vec!["E270", "E271"], vec!["E270"], vec!["W223", "E270"], vec!["W223"]]);
}

#[test]
fn a_build_does_not_look_at_the_whole_site() {
    let mut shop = Shop::small();
    shop.edit("shop.yaml", "{title: About, page: about}", "{title: About, url: 'https://quay.example/gone/'}");
    shop.edit("content/terms.md", "title: Terms", "title: About us");
    shop.build();
    assert_eq!(shop.codes(), [""; 0]);
    shop.check();
    assert!(shop.codes().contains(&"E270") && shop.codes().contains(&"W223"), "{}", shop.said());
}

#[test]
fn every_link_of_the_default_theme_leads_somewhere() {
    let mut shop = Shop::small();
    for base in [None, Some("https://example.org/shop/quay")] {
        shop.options.base_url = base.map(str::to_owned);
        shop.check();
        let broken: Vec<_> = shop.codes().into_iter().filter(|code| code.starts_with('E')).collect();
        assert_eq!(broken, [""; 0], "{}", shop.said());
    }
    // HTML in a text leads where Markdown would.
    shop.edit("content/about.md", "We throw", "We <a href=\"/terms/\">throw</a>");
    shop.build();
    shop.check_file("about/index.html", "<a href=\"/shop/quay/terms/\">throw</a>");
    // Without the shop's own folder in front, an address leads out of it.
    for (path, bytes) in files(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../themes/default")) {
        shop.change_bytes(&format!("themes/default/{path}"), &bytes);
    }
    shop.edit("themes/default/templates/page.html", "{% block main %}", "{% block main %}<a href=\"/terms/\">Terms</a>");
    shop.check();
    assert!(shop.codes().contains(&"E270"), "{}", shop.said());
}

#[test]
fn languages_do_not_hide_what_nobody_links_to() {
    let mut shop = Shop::small();
    shop.edit("shop.yaml", "languages: [en]", "languages: [en, de]");
    shop.change("content/alone.md", "---\ntitle: Alone\n---\n\nHere.\n")
        .change("content/alone.de.md", "---\ntitle: Allein\n---\n\nHier.\n");
    shop.change("content/about.de.md", "---\ntitle: Allein\n---\n\nWir.\n");
    shop.check();
    let said = shop.said();
    assert!(said.contains("no page links to `/alone/`") && said.contains("no page links to `/de/alone/`"), "{said}");
    assert!(said.contains("`content/about.de.md` and `content/alone.de.md` have the same title"), "{said}");
    // The same title in another language is no duplicate.
    shop.edit("content/about.de.md", "title: Allein", "title: Alone");
    shop.check();
    assert!(!shop.said().contains("the same title"), "{}", shop.said());
}

#[test]
fn drafts_and_what_is_to_come_are_shown_one_by_one() {
    let shop = Shop::small();
    for (arguments, draft, future) in
        [(&[][..], false, false), (&["--drafts"][..], true, false), (&["--future"], false, true), (&["--drafts", "--future"], true, true)]
    {
        run(shop.root(), &[&["build"], &NOW[..], arguments].concat()).code(0);
        assert_eq!(shop.path("public/journal/draft/index.html").exists(), draft, "{arguments:?}");
        assert_eq!(shop.path("public/journal/future/index.html").exists(), future, "{arguments:?}");
    }
    // What is both waits for both.
    shop.edit("content/journal/future.md", "title: From the future", "draft: true\ntitle: From the future");
    run(shop.root(), &[&["build", "--drafts"], &NOW[..]].concat()).code(0);
    shop.check_no_file("journal/future/index.html");
}

#[test]
fn a_preview_of_a_branch_asks_search_engines_to_stay_away() {
    let shop = Shop::small();
    let mark = "<meta name=\"robots\" content=\"noindex\">";
    run(shop.root(), &[&["build"], &NOW[..]].concat()).code(0);
    shop.check_without("about/index.html", mark).check_file("robots.txt", "Sitemap:");
    let branch = ["--base-url", "https://preview.example/branch-1", "--noindex"];
    run(shop.root(), &[&["build"], &NOW[..], &branch].concat()).code(0);
    shop.check_no_file("sitemap.xml").check_file("_headers", "X-Robots-Tag: noindex");
    assert_eq!(shop.page("robots.txt"), "User-agent: *\nDisallow: /\n");
    for (path, bytes) in shop.site().iter().filter(|(path, _)| path.ends_with(".html")) {
        let page = String::from_utf8_lossy(bytes);
        assert_eq!(page.matches("content=\"noindex\"").count(), 1, "{path}");
    }
    run(shop.root(), &[&["build"], &NOW[..]].concat()).code(0);
    shop.check_without("about/index.html", mark).check_file("sitemap.xml", "<urlset").check_without("_headers", "X-Robots-Tag");
}

/// Runs git in a folder, at a moment of the past.
#[track_caller]
fn git(folder: &Path, time: &str, arguments: &[&str]) {
    let mut git = Command::new("git");
    git.arg("-C").arg(folder).args(["-c", "user.name=Mira", "-c", "user.email=mira@quay.example", "-c", "init.defaultBranch=main"]);
    git.args(["-c", "commit.gpgsign=false"]).args(arguments).env("GIT_CONFIG_GLOBAL", "/dev/null").env("GIT_CONFIG_NOSYSTEM", "1");
    git.env("GIT_AUTHOR_DATE", time).env("GIT_COMMITTER_DATE", time).stdout(Stdio::null());
    assert!(git.status().expect("git can be started").success(), "{arguments:?}");
}

#[track_caller]
fn commit(folder: &Path, time: &str) {
    git(folder, time, &["add", "--all"]);
    git(folder, time, &["commit", "--quiet", "--message", "x"]);
}

const MONDAY: &str = "2026-05-04T10:00:00Z";
const TUESDAY: &str = "2026-05-05T10:00:00Z";

/// The small shop in a repository, where caches and sites are ignored.
fn versioned() -> Shop {
    let shop = Shop::small();
    shop.change(".gitignore", "/public/\n.shopfront/\n");
    git(shop.root(), MONDAY, &["init", "--quiet"]);
    commit(shop.root(), MONDAY);
    shop
}

fn diff(root: &Path, more: &[&str]) -> Said {
    run(root, &[&["diff"], &NOW[..], more].concat())
}

#[test]
fn a_comparison_lists_the_pages_that_differ() {
    let shop = versioned();
    diff(shop.root(), &["HEAD"]).code(0).says("0 pages differ");
    shop.edit("content/about.md", "We throw", "We still throw").change("content/new.md", "---\ntitle: New\n---\n\nHello.\n");
    shop.remove("content/journal/third.md").change("static/hello.txt", "hello again\n");
    let said = diff(shop.root(), &["HEAD", "--text"]).code(0);
    for line in ["changed  /about/", "added    /new/", "removed  /journal/third/", "changed  /hello.txt (a file)"] {
        assert!(said.out.lines().any(|told| told == line), "{line}\n{}", said.out);
    }
    assert!(said.out.contains("         -We throw") && said.out.contains("         +We still throw"), "{}", said.out);
    assert!(!said.out.contains("/terms/"), "{}", said.out);
    let json: serde_json::Value = serde_json::from_str(&diff(shop.root(), &["HEAD", "--format", "json"]).code(0).out).expect("JSON");
    let about = json["pages"].as_array().expect("a list").iter().find(|page| page["path"] == "/about/").expect("about");
    assert_eq!(*about, serde_json::json!({"path": "/about/", "change": "changed"}));
    assert_eq!(json["revision"].as_str().map(str::len), Some(40));

    // The user's files and index are as they were, and another revision is another comparison.
    git(shop.root(), TUESDAY, &["diff", "--cached", "--exit-code", "--quiet"]);
    assert!(shop.read("content/about.md").contains("We still throw"));
    commit(shop.root(), TUESDAY);
    diff(shop.root(), &["HEAD"]).code(0).says("0 pages differ");
    diff(shop.root(), &["HEAD~1"]).code(0).says("added    /new/");
}

#[test]
fn what_a_style_sheet_changes_is_told_apart() {
    let shop = versioned();
    let theme = concat!(env!("CARGO_MANIFEST_DIR"), "/../themes/default");
    for (path, bytes) in shopfront_tests::shop::files(Path::new(theme)) {
        shop.change_bytes(&format!("themes/default/{path}"), &bytes);
    }
    commit(shop.root(), TUESDAY);
    shop.change("themes/default/assets/css/price.css", &(shop.read("themes/default/assets/css/price.css") + ".price { color: red }\n"));
    let said = diff(shop.root(), &["HEAD"]).code(0).says("0 pages differ");
    assert!(said.out.contains("more pages differ only in the names of style sheets"), "{}", said.out);
}

#[test]
fn a_comparison_that_cannot_be_made_says_why() {
    let shop = Shop::small();
    let mut outside = command(shop.root(), &["diff", "HEAD"]);
    outside.env("GIT_CEILING_DIRECTORIES", shop.root().parent().expect("a folder lies in another"));
    finish(outside).code(2).says("is not in a git repository");
    let shop = versioned();
    diff(shop.root(), &["main~7"]).code(2).says("the repository has no revision `main~7`");
    diff(shop.root(), &["no-such-branch"]).code(2).says("no revision `no-such-branch`");
    shop.edit("products/kitchen/mugs/small-cup.yaml", "12.00", "cheap");
    diff(shop.root(), &["HEAD"]).code(1).says("error[E021]").says("has no pages to compare");
    commit(shop.root(), TUESDAY);
    shop.edit("products/kitchen/mugs/small-cup.yaml", "cheap", "12.00");
    diff(shop.root(), &["HEAD"]).code(1).says("error[E021]");
}

#[test]
fn a_shop_may_lie_below_its_repository() {
    let shop = Shop::new(&[("README.md", "Shops.\n"), (".gitignore", "public/\n.shopfront/\n")]);
    git(shop.root(), MONDAY, &["init", "--quiet"]);
    commit(shop.root(), MONDAY);
    for (path, bytes) in shopfront_tests::shop::files(Shop::small().root()) {
        shop.change_bytes(&format!("shops/my quay/{path}"), &bytes);
    }
    commit(shop.root(), TUESDAY);
    let below = shop.path("shops/my quay");
    diff(&below, &["HEAD~1"]).code(2).says("the folder `shops/my quay` was not there");
    shop.edit("shops/my quay/content/terms.md", "Be kind.", "Be kinder.");
    diff(&below, &["HEAD"]).code(0).says("changed  /terms/").says("1 page differs");

    // Code hosts count paths from the repository.
    shop.edit("shops/my quay/content/about.md", "## Where", "#### Where");
    let said = run(&below, &[&["build", "--format", "github"], &NOW[..]].concat()).code(0);
    assert!(
        said.out.starts_with("::warning file=shops/my quay/content/about.md,line=9,endLine=9,col=1,endColumn=11,title=W221%3A "),
        "{}",
        said.out
    );
    let said = run(&below, &["check", "--format", "sarif"]).code(0);
    let log: serde_json::Value = serde_json::from_str(&said.out).expect("SARIF is JSON");
    let results = log["runs"][0]["results"].as_array().expect("a list");
    let place = &results.iter().find(|result| result["ruleId"] == "W221").expect("told")["locations"][0]["physicalLocation"];
    assert_eq!(place["artifactLocation"]["uri"], "shops/my%20quay/content/about.md");
}

#[test]
fn a_comparison_hides_nothing_that_readers_see() {
    let shop = versioned();
    shop.edit("content/about.md", "We throw", "Rev.20250101-2. We throw");
    commit(shop.root(), TUESDAY);
    shop.edit("content/about.md", "Rev.20250101-2", "Rev.20260101-2");
    diff(shop.root(), &["HEAD"]).code(0).says("changed  /about/").says("1 page differs").says("changed  /search/index.json (a file)");
}

#[test]
fn a_folder_is_no_pattern() {
    let shop = Shop::new(&[("README.md", "Shops.\n"), (".gitignore", "public/\n.shopfront/\n")]);
    git(shop.root(), MONDAY, &["init", "--quiet"]);
    for folder in ["shops/[a]", "shops/a"] {
        for (path, bytes) in files(Shop::small().root()) {
            shop.change_bytes(&format!("{folder}/{path}"), &bytes);
        }
        shop.edit(&format!("{folder}/shop.yaml"), "languages: [en]", "languages: [en, de]");
    }
    commit(shop.root(), MONDAY);
    shop.change("shops/[a]/content/about.de.md", "---\ntitle: Wir\n---\n\nWir.\n");
    commit(shop.root(), TUESDAY);
    run(&shop.path("shops/[a]"), &["translations", "--all"]).code(0).says("content/about.de.md").says("de: 1 of ");
}

#[test]
fn translations_are_counted_and_dated() {
    let shop = versioned();
    shop.edit("shop.yaml", "languages: [en]", "languages: [en, de, fr]");
    shop.change("content/about.de.md", "---\ntitle: Über uns\n---\n\nWir.\n")
        .change("content/terms.de.md", "---\ntitle: Bedingungen\n---\n");
    shop.change("products/paper/poster.de.yaml", "title: Gezeiten\ndescription: Ein Jahr.\n");
    shop.change("content/journal/first.de.md", "---\ntitle: Der erste Brand\ndraft: true\n---\n\nNeun.\n");
    commit(shop.root(), MONDAY);
    let report = |more: &[&str]| run(shop.root(), &[&["translations"], more].concat()).code(0);
    let said = report(&["--all"]);
    let line = |wanted: &str| said.out.lines().any(|line| line.split_whitespace().take(4).collect::<Vec<_>>().join(" ") == wanted);
    assert!(line("de translated page content/about.de.md"), "{}", said.out);
    assert!(line("de partly page content/terms.de.md") && line("de draft page content/journal/first.de.md"), "{}", said.out);
    assert!(line("de untranslated collection collections/sea.de.yaml") && line("fr untranslated page content/about.fr.md"), "{}", said.out);
    assert!(said.err.contains("de: 2 of 20 translated, 1 partly, 1 as a draft, 16 untranslated"), "{}", said.err);

    // An original that is changed later makes its translation old, committed or not.
    shop.edit("content/about.md", "We throw", "We still throw");
    commit(shop.root(), TUESDAY);
    shop.edit("products/paper/poster.yaml", "tides of a year", "tides of two years");
    let said = report(&["--language", "de", "--format", "json"]);
    let rows: serde_json::Value = serde_json::from_str(&said.out).expect("JSON");
    let standings: BTreeMap<&str, &str> = rows
        .as_array()
        .expect("a list")
        .iter()
        .map(|row| (row["original"].as_str().expect("a path"), row["standing"].as_str().expect("a word")))
        .collect();
    assert_eq!((standings["content/about.md"], standings["products/paper/poster.yaml"]), ("older", "older"));
    assert!(said.err.contains("de: 0 of 20 translated, 2 older than the original") && !said.err.contains("fr:"), "{}", said.err);
    run(shop.root(), &["translations", "--language", "it"]).code(2).says("`it` is no language into which the shop is translated");

    // Without git, what is there is still known.
    std::fs::remove_dir_all(shop.path(".git")).expect("the repository can be removed");
    let mut outside = command(shop.root(), &["translations"]);
    outside.env("GIT_CEILING_DIRECTORIES", shop.root().parent().expect("a folder lies in another"));
    finish(outside).code(0).says("note: which translations are older").says("de: 2 of 20 translated");
}

/// A web site of our own: answers by path, and writes down what is asked.
struct Elsewhere {
    host: String,
    asked: Arc<Mutex<Vec<String>>>,
}

impl Elsewhere {
    /// Each path's status, and where it sends.
    fn start(pages: &'static [(&'static str, u16, &'static str)]) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let host = listener.local_addr().expect("an address").to_string();
        let asked = Arc::new(Mutex::new(Vec::new()));
        let log = Arc::clone(&asked);
        // It ends with the test's process; each connection is answered once.
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let mut lines = BufReader::new(&stream).lines().map_while(Result::ok);
                let request = lines.next().unwrap_or_default();
                lines.take_while(|line| !line.is_empty()).for_each(drop);
                let line = request.rsplit_once(' ').map_or("", |(line, _)| line).to_owned();
                let path = line.split(' ').nth(1).unwrap_or_default();
                let is_head = line.starts_with("HEAD ");
                let found = pages.iter().find(|(known, ..)| *known == path);
                let (status, location) = found.map_or((404, ""), |(_, status, location)| (*status, *location));
                // One server wants to be asked for the whole.
                let status = if path == "/whole" && is_head { 405 } else { status };
                log.lock().expect("nobody panics while holding it").push(line.clone());
                let location = if location.is_empty() { String::new() } else { format!("Location: {location}\r\n") };
                let body = if is_head { "" } else { "ok" };
                let _ =
                    write!(&stream, "HTTP/1.1 {status} X\r\n{location}Content-Length: {}\r\nConnection: close\r\n\r\n{body}", body.len());
            }
        });
        Self { host, asked }
    }

    fn asked(&self) -> Vec<String> {
        let mut asked = std::mem::take(&mut *self.asked.lock().expect("nobody panics while holding it"));
        asked.sort();
        asked
    }
}

/// `check --external`, which asks servers of this machine too, and waits for nobody.
fn ask(shop: &Shop, more: &[&str]) -> Command {
    let fixed = ["check", "--external", "--external-local", "--external-pause", "1", "--external-patience", "400", "--format", "short"];
    let mut command = command(shop.root(), &[&fixed, more].concat());
    command.env("NO_PROXY", "127.0.0.1").env("no_proxy", "127.0.0.1");
    command
}

/// The small shop with nothing but these links to other places.
fn shop_with_links(links: impl Iterator<Item = String>) -> Shop {
    let shop = Shop::small();
    let text: String = links.map(|link| format!("See [this]({link}).\n")).collect();
    shop.change("content/terms.md", &format!("---\ntitle: Terms\n---\n\n{text}"));
    // The shop sells a book at another place, which nobody shall ask in a test.
    shop.remove("products/paper/guide.yaml");
    shop
}

#[test]
fn a_host_that_has_had_enough_is_left_alone_and_nothing_is_made_up() {
    let site = Elsewhere::start(&[("/0", 200, ""), ("/1", 429, ""), ("/2", 200, ""), ("/3", 404, "")]);
    let shop = shop_with_links((0..4).map(|number| format!("http://{}/{number}", site.host)));
    let said = finish(ask(&shop, &[])).code(0);
    assert!(said.err.contains("4 links to other sites: 1 work, 0 do not, 1 do not answer programs (0 known from before)"), "{}", said.err);
    assert!(said.err.contains("2 of them were not asked for"), "{}", said.err);
    assert_eq!(site.asked(), ["HEAD /0", "HEAD /1"]);
    // The next time it is asked again, for what has no answer yet, and for what it was too busy for.
    let said = finish(ask(&shop, &[])).code(0);
    assert!(said.err.contains("(1 known from before)"), "{}", said.err);
    assert_eq!(site.asked(), ["HEAD /1"]);
}

#[test]
fn a_silent_host_is_asked_twice() {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let host = listener.local_addr().expect("an address");
    let shop = shop_with_links((0..5).map(|number| format!("http://{host}/{number}")));
    let said = finish(ask(&shop, &[])).code(0);
    assert_eq!(said.err.matches("no answer within 0.4 seconds").count(), 2, "{}", said.err);
    assert!(said.err.contains("3 of them were not asked for"), "{}", said.err);
}

#[test]
fn the_own_network_is_asked_for_nothing() {
    let site = Elsewhere::start(&[("/fine", 200, "")]);
    let shop = shop_with_links([format!("http://{}/fine", site.host)].into_iter());
    let mut command = command(shop.root(), &["check", "--external", "--format", "short"]);
    command.env("NO_PROXY", "127.0.0.1").env("no_proxy", "127.0.0.1");
    finish(command).code(0).says("warning[W230]").says("it leads into this machine's own network");
    assert_eq!(site.asked(), [""; 0]);
}

#[test]
fn links_to_other_sites_are_asked_for_politely_and_remembered() {
    let site = Elsewhere::start(&[
        ("/fine", 200, ""),
        ("/whole", 200, ""),
        ("/members", 403, ""),
        ("/old", 301, "/new"),
        ("/new", 200, ""),
        ("/today", 302, "fine"),
        ("/round", 302, "/round"),
    ]);
    let links = ["fine", "fine#part", "whole", "members", "old", "today", "gone", "round"];
    let shop = shop_with_links(links.iter().map(|link| format!("http://{}/{link}", site.host)));
    let check = |more: &[&str]| {
        let mut command = ask(&shop, more);
        command.env("SOURCE_DATE_EPOCH", "1780272000");
        finish(command)
    };
    let said = check(&[]).code(0);
    let told: Vec<&str> = said.err.lines().filter(|line| line.contains("[W23")).collect();
    assert_eq!(told.len(), 3, "{}", said.err);
    assert!(told[0].starts_with("content/terms.md:9:12: warning[W231]") && told[0].contains("/old`"), "{}", told[0]);
    assert!(told[1].starts_with("content/terms.md:11:12: warning[W230]") && told[1].ends_with("the server answers 404"), "{}", told[1]);
    assert!(told[2].contains("/round`") && told[2].contains("without end"), "{}", told[2]);
    assert!(said.err.contains("7 links to other sites: 4 work, 2 do not, 1 do not answer programs (0 known from before)"), "{}", said.err);
    let asked = site.asked();
    let count = |line: &str| asked.iter().filter(|asked| *asked == line).count();
    assert_eq!(
        (count("HEAD /members"), count("GET /members"), count("HEAD /whole"), count("GET /whole"), count("GET /fine")),
        (1, 1, 1, 1, 0)
    );

    // Good answers are good for days, bad ones are asked for again.
    let said = check(&[]).code(0).says("(5 known from before)");
    assert!(said.err.contains("[W231]"), "{}", said.err);
    assert!(site.asked().iter().all(|asked| asked.ends_with("/gone") || asked.ends_with("/round")));
    check(&["--external-max-age", "0"]).code(0).says("(0 known from before)");

    // The shop decides what a dead link is.
    shop.change("shop.yaml", &(shop.read("shop.yaml") + "checks: {external-links: error, moved-links: off}\n"));
    let said = check(&[]).code(1).says("error[W230]");
    assert!(!said.err.contains("[W231]"), "{}", said.err);
}

#[test]
fn nobody_else_is_asked_without_being_told_to() {
    let site = Elsewhere::start(&[]);
    let shop = Shop::small();
    shop.edit("content/terms.md", "Be kind.", &format!("Be [kind](http://{}/x).", site.host));
    run(shop.root(), &["check"]).code(0);
    run(shop.root(), &[&["build"], &NOW[..]].concat()).code(0);
    assert_eq!(site.asked(), [""; 0]);
}

#[test]
fn git_says_when_a_page_was_changed() {
    let mut shop = versioned();
    shop.edit("shop.yaml", "languages: [en]", "languages: [en, de]\nlast_changed: git");
    shop.change("content/about.de.md", "---\ntitle: Über uns\n---\n\nWir.\n");
    shop.change("content/terms.md", "---\ntitle: Terms\nupdated: 2026-04-01\n---\n\nBe kind.\n");
    commit(shop.root(), TUESDAY);
    shop.build();
    let told = |shop: &Shop, address: &str, day: &str| {
        let sitemap = shop.page("sitemap.xml");
        let own = sitemap.split("</url>").find(|url| url.contains(&format!("<loc>https://quay.example{address}</loc>"))).expect("the page");
        assert!(own.contains(&format!("<lastmod>{day}")), "{address} {day}\n{own}");
    };
    told(&shop, "/about/", "2026-05-04");
    told(&shop, "/de/about/", "2026-05-05");
    told(&shop, "/terms/", "2026-04-01");
    // What is not committed has no date yet, and a commit is seen although no file has changed.
    shop.edit("content/about.md", "We throw", "We still throw");
    shop.reload().build();
    told(&shop, "/about/", "2026-05-04");
    commit(shop.root(), "2026-05-06T10:00:00Z");
    shop.reload().build();
    told(&shop, "/about/", "2026-05-06");
    shopfront_tests::shop::check_same(&shop.clean_build(), &shop.site());

    let shallow = tempfile::tempdir().expect("a folder");
    let source = format!("file://{}", shop.root().display());
    git(shallow.path(), TUESDAY, &["clone", "--quiet", "--depth", "1", &source, "shop"]);
    let below = shallow.path().join("shop");
    let said = run(&below, &[&["build"], &NOW[..]].concat()).code(0);
    assert!(said.err.contains("W215") && said.err.contains("the clone is shallow"), "{}", said.err);
    let sitemap = std::fs::read_to_string(below.join("public/sitemap.xml")).expect("a sitemap");
    assert!(!sitemap.contains("2026-05-06"), "{sitemap}");
    // The advice is followed, and the commit is the same.
    git(&below, TUESDAY, &["fetch", "--quiet", "--unshallow"]);
    let said = run(&below, &[&["build"], &NOW[..]].concat()).code(0);
    assert!(!said.err.contains("W215"), "{}", said.err);
    let sitemap = std::fs::read_to_string(below.join("public/sitemap.xml")).expect("a sitemap");
    assert!(sitemap.contains("2026-05-06"), "{sitemap}");
}

#[test]
fn an_anchor_in_another_language_is_held_against_the_page() {
    let mut shop = Shop::small();
    shop.edit("shop.yaml", "languages: [en]", "languages: [en, de]");
    shop.change("content/about.de.md", "---\ntitle: Über uns\n---\n\n## Wo\n\nHier.\n");
    shop.edit("content/terms.md", "Be kind.", "[x](/de/about/#nix) [y](/de/about/#wo)");
    shop.check();
    let said = shop.said();
    assert!(said.contains("the link `/de/about/#nix` on `/de/terms/` and 1 more page leads to a place that is not there"), "{said}");
    assert!(said.contains("content/terms.md:5:5"), "{said}");
    assert!(!said.contains("the link `/de/about/#wo`"), "{said}");
}

#[test]
fn a_broken_link_is_shown_where_it_is_a_link() {
    let mut shop = Shop::small();
    shop.change("content/blog/gone.md", "---\ntitle: Gone\n---\n\nWords.\n");
    for (path, bytes) in files(&Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/themes/tiny")) {
        shop.change_bytes(&format!("themes/tiny/{path}"), &bytes);
    }
    shop.edit("shop.yaml", "languages: [en]", "languages: [en]\ntheme: tiny");
    let template = "{% extends \"base.html\" %}{% block main %}<!-- the page /gone/ is no more -->{{ article.body | safe }}<a href=\"/gone/\">x</a>{% endblock %}";
    shop.change("themes/tiny/templates/page.html", template);
    shop.edit("content/about.md", "## Where", "[Right](/blog/gone/), once at `/gone/`.\n\n## Where");
    shop.check();
    let said = shop.said();
    let line = said.lines().skip_while(|line| !line.contains("the link `/gone/`")).nth(1).unwrap_or_default();
    assert!(line.contains("themes/tiny/templates/page.html:1:"), "{said}");
}
