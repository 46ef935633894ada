//! Content that wants to run something, to ask another host or to take for ever: a table of it, each case as a page of a shop. The browser
//! visits the same table in `tests/browser/hostile.test.mjs`.

use std::cell::RefCell;
use std::fs;
use std::path::Path;

use html5ever::tendril::StrTendril;
use html5ever::tokenizer::states::RawKind;
use html5ever::tokenizer::{BufferQueue, Tag, TagKind, Token, TokenSink, TokenSinkResult, Tokenizer, TokenizerOpts};
use serde_json::Value;
use shopfront_tests::Shop;

/// How often what looks quadratic is repeated.
const MANY: usize = 3_000;
/// A page has its frame, and at most so many times its source besides.
const MOST_TIMES: usize = 60;

const SETTINGS: &str = "name: Quay
base_url: https://shop.example
checks: {broken-links: warning, broken-anchors: warning, missing-pictures: warning}
tax: {classes: {standard: {'*': 19%}}}
";

/// What themes have on pages, and texts must not add.
const OF_THEMES: [&str; 5] = ["<meta http-equiv>", "<form>", "<svg>", "<noscript>", "<template>"];

/// What a page without any text of the table has.
fn usual(shop: &Shop) -> Vec<String> {
    let usual = Dangers::of(&shop.page("plain/index.html"));
    assert!(usual.iter().all(|danger| OF_THEMES.contains(&danger.as_str())), "{usual:?}");
    usual
}

fn cases() -> Vec<Value> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/hostile/cases.json");
    let text = fs::read_to_string(path).expect("the table is there");
    serde_json::from_str(&text).expect("the table is JSON")
}

/// A page of content that holds a case.
fn page(case: &Value) -> String {
    let text = |key: &str| case[key].as_str();
    if let Some(yaml) = text("yaml") {
        // Between quotes, with YAML's escapes, and a block whose mark it might be.
        let block = "::: note kind=\"x onload=alert(1) y\" title=\"N\"\nBody\n:::";
        return format!("---\ntitle: \"{yaml}\"\ndescription: \"{yaml}\"\nauthor: \"{yaml}\"\ntags: [\"{yaml}\"]\n---\n\n{block}\n");
    }
    match (text("text"), text("front"), text("math"), text("many")) {
        (Some(text), ..) => format!("---\ntitle: Case\n---\n\n{text}\n"),
        (_, Some(front), ..) => {
            let front = serde_json::to_string(front).expect("text is JSON");
            format!("---\ntitle: {front}\ndescription: {front}\nauthor: {front}\ntags: [{front}]\n---\n\nText.\n")
        }
        (_, _, Some(math), _) => format!("---\ntitle: Case\nmath: true\n---\n\n{math}\n"),
        (.., Some(many)) => format!("---\ntitle: Case\n---\n\n{}\n", many.repeat(MANY)),
        _ => panic!("a case without a text: {case}"),
    }
}

/// What of a page runs something, or asks another host.
#[derive(Default)]
struct Dangers(RefCell<Vec<String>>);

impl Dangers {
    fn of(html: &str) -> Vec<String> {
        let input = BufferQueue::default();
        input.push_back(StrTendril::from(html));
        let tokenizer = Tokenizer::new(Self::default(), TokenizerOpts::default());
        let _ = tokenizer.feed(&input);
        tokenizer.end();
        tokenizer.sink.0.take()
    }

    fn look(&self, tag: &Tag) {
        let name = &*tag.name;
        let attribute = |wanted: &str| tag.attrs.iter().find(|attribute| &*attribute.name.local == wanted).map(|found| &*found.value);
        let mut found = self.0.borrow_mut();
        match name {
            "script" if attribute("type").is_some_and(|kind| kind.ends_with("json")) => {}
            // The theme's own.
            "script" if attribute("src").is_some_and(|address| address.starts_with("/assets/")) => {}
            "script" | "style" | "iframe" | "object" | "embed" | "base" | "form" | "svg" | "frame" | "applet" | "template" | "noscript" => {
                found.push(format!("<{name}>"));
            }
            "meta" if attribute("http-equiv").is_some() => found.push("<meta http-equiv>".to_owned()),
            _ => {}
        }
        for attribute in &tag.attrs {
            let (key, value) = (&*attribute.name.local, &*attribute.value);
            if name == "img" && key == "src" && is_from_afar(value) {
                continue;
            }
            let seen: String = value.chars().filter(|sign| !sign.is_whitespace() && !sign.is_control()).collect::<String>().to_lowercase();
            let runs =
                ["javascript:", "vbscript:", "data:", "livescript:", "blob:", "file:", "view-source:", "feed:", "jar:", "filesystem:"];
            if key.starts_with("on")
                || key == "style"
                || key == "ping"
                || key == "srcdoc"
                || !matches!((name, key), ("meta", "content") | (_, "title" | "alt")) && runs.iter().any(|scheme| seen.starts_with(scheme))
            {
                found.push(format!("<{name} {key}=\"{value}\">"));
            }
            let is_asked = matches!(key, "src" | "srcset" | "poster") || name == "link" && key == "href";
            if is_asked && (seen.contains("//") && !seen.starts_with("https://shop.example/")) {
                found.push(format!("<{name} {key}=\"{value}\">"));
            }
        }
    }
}

/// What a picture of the shop looks like until it has come: pixels, and nothing that could be read otherwise.
fn is_from_afar(address: &str) -> bool {
    let pixels = address.strip_prefix("data:image/webp;base64,");
    pixels.is_some_and(|pixels| pixels.len() < 300 && pixels.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"+/=".contains(&byte)))
}

impl TokenSink for Dangers {
    type Handle = ();

    fn process_token(&self, token: Token, _: u64) -> TokenSinkResult<()> {
        let Token::TagToken(tag) = token else { return TokenSinkResult::Continue };
        if tag.kind == TagKind::StartTag {
            self.look(&tag);
            if &*tag.name == "script" {
                return TokenSinkResult::RawData(RawKind::ScriptData);
            }
        }
        TokenSinkResult::Continue
    }
}

fn shop(settings: &str) -> (Shop, Vec<Value>) {
    let mut shop = Shop::small();
    shop.change("shop.yaml", settings);
    shop.change("content/plain.md", "---\ntitle: Plain\n---\n\nText.\n");
    let cases = cases();
    for (number, case) in cases.iter().enumerate() {
        shop.change(&format!("content/case{number}.md"), &page(case));
    }
    let products = cases.iter().filter_map(|case| case["text"].as_str()).enumerate().step_by(7);
    for (number, text) in products {
        let quoted = |text: &str| serde_json::to_string(text).expect("text is JSON");
        let (line, text) = (quoted(&text.replace('\n', " ")), quoted(text));
        shop.change(&format!("products/case/p{number}.yaml"), &format!("title: {line}\nprice: 1\nsummary: {line}\ndescription: {text}\n"));
    }
    shop.build();
    (shop, cases)
}

#[test]
fn nothing_in_a_hostile_shop_runs_or_grows() {
    let (shop, cases) = shop(SETTINGS);
    assert!(cases.len() >= 100, "{} cases", cases.len());
    let frame = shop.page("plain/index.html").len();
    let usual = usual(&shop);
    let mut wrong = Vec::new();
    for (number, case) in cases.iter().enumerate() {
        let html = shop.page(&format!("case{number}/index.html"));
        let dangers = Dangers::of(&html);
        if dangers != usual {
            wrong.push(format!("{case}: {}", dangers.join(" ")));
        }
        let most = frame * 2 + MOST_TIMES * page(case).len();
        if html.len() > most {
            wrong.push(format!("{case}: a page of {} bytes", html.len()));
        }
    }
    for (path, bytes) in shop.site().iter().filter(|(path, _)| path.ends_with(".html") && !path.starts_with("case")) {
        let mut dangers = Dangers::of(&String::from_utf8_lossy(bytes));
        dangers.retain(|danger| !OF_THEMES.contains(&danger.as_str()));
        if !dangers.is_empty() {
            wrong.push(format!("{path}: {}", dangers.join(" ")));
        }
    }
    assert!(wrong.is_empty(), "{} wrong:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn nothing_of_it_is_html_where_the_shop_publishes_none() {
    let (shop, cases) = shop(&format!("{SETTINGS}content: {{html: none}}\n"));
    let usual = usual(&shop);
    let wrong = cases.iter().enumerate().map(|(number, case)| (case, Dangers::of(&shop.page(&format!("case{number}/index.html")))));
    let wrong: Vec<String> =
        wrong.filter(|(_, found)| *found != usual).map(|(case, found)| format!("{case}: {}", found.join(" "))).collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn a_page_of_ten_megabytes_is_a_page() {
    let mut shop = Shop::small();
    let paragraph = "A *word*, \"another\" and [a link](/), www.shop.example, <b>bold</b>.\n\n";
    let text = paragraph.repeat(10_000_000 / paragraph.len());
    shop.change("content/long.md", &format!("---\ntitle: Long\n---\n\n# A\n\n{text}"));
    shop.build();
    let html = shop.page("long/index.html");
    assert!(html.len() < 4 * text.len() && html.matches("<b>bold</b>").count() == text.matches("<b>").count());
}

#[test]
fn the_check_sees_what_would_run() {
    for (html, count) in [
        ("<p class=a><a href=/b>c</a><script type=application/ld+json>{\"a\":\"<b onclick=c>\"}</script>", 0),
        ("<script>a</script>", 1),
        ("<b onclick=a style=b>", 2),
        ("<a href=' java\nscript:a'>", 1),
        ("<img src=//evil.example/x>", 1),
        ("<svg><p title='<script>'>", 1),
    ] {
        assert_eq!(Dangers::of(html).len(), count, "{html}");
    }
}
