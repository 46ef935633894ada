use super::*;
use crate::diagnostic::{SourcePath, codes};

const TEXT: &str = "title: Café <b>\ntags: [ä, ä]\n";

fn source(path: &str) -> Option<Arc<[u8]>> {
    (path == "products/mug.yaml").then(|| Arc::from(TEXT.as_bytes()))
}

fn some() -> Vec<Diagnostic> {
    let file: SourcePath = "products/mug.yaml".into();
    let at = |from: &str, skip: usize| {
        let start = TEXT.match_indices(from).nth(skip).unwrap().0;
        Span::new(&file, start, start + from.len())
    };
    let twice = Diagnostic::error(codes::DUPLICATE_ENTRY, "`ä` stands twice in `tags`", at("ä", 1))
        .label("again here")
        .related(at("ä", 0), "first here");
    let warning = Diagnostic::warning(codes::NO_FILES, "a title with <b>", at("<b>", 0)).help("remove it");
    let whole = Diagnostic::in_file(codes::NO_SETTINGS, Severity::Error, "there is no `shop.yaml`", "shop.yaml".into());
    vec![whole, twice.clone(), warning, twice]
}

#[test]
fn people_see_the_line_itself() {
    insta::assert_snapshot!(render_human(&some(), &source, false), @r"
    warning[W102]: a title with <b>
     --> products/mug.yaml:1:13
      |
    1 | title: Café <b>
      |             ^^^
      |
      = help: remove it

    error[E040]: `ä` stands twice in `tags`
     --> products/mug.yaml:2:11
      |
    2 | tags: [ä, ä]
      |        -  ^ again here
      |        |
      |        first here

    error[E209]: there is no `shop.yaml`
    --> shop.yaml
    ");
    assert!(render_human(&some(), &source, true).contains("\u{1b}["));
    assert_eq!(render_human(&[], &source, false), "");
}

#[test]
fn a_mistake_in_each_of_many_lines_takes_time_for_each_line_only() {
    let text = "name,date\n".to_owned() + &"Quay,soon\n".repeat(20_000);
    let bytes: Arc<[u8]> = text.as_bytes().into();
    let file: SourcePath = "data/quays.csv".into();
    let tell = |(at, _)| Diagnostic::error(codes::WRONG_TYPE, "no date", Span::new(&file, at, at + 4));
    let all: Vec<Diagnostic> = text.match_indices("soon").map(tell).collect();
    let told = render_human(&all, &|_| Some(Arc::clone(&bytes)), false);
    let told = told.len() + render_short(&all, &|_| Some(Arc::clone(&bytes))).len();
    // From a text that is copied whole each time it is minutes.
    assert!(told > 2_000_000, "{told}");
}

#[test]
fn lines_keep_their_numbers_where_only_those_around_a_place_are_drawn() {
    let text = "\u{feff}one\ntwo\r\nthree\n\nfive";
    let bytes: Arc<[u8]> = text.as_bytes().into();
    let file: SourcePath = "x.csv".into();
    let tell = |word: &str| {
        let at = text.find(word).unwrap();
        Diagnostic::error(codes::WRONG_TYPE, "bad", Span::new(&file, at, at + word.len()))
    };
    let end = Diagnostic::error(codes::WRONG_TYPE, "ends", Span::new(&file, text.len(), text.len()));
    insta::assert_snapshot!(render_human(&[tell("one"), tell("three"), tell("five"), end], &|_| Some(Arc::clone(&bytes)), false), @"
    error[E012]: bad
     --> x.csv:1:2
      |
    1 | \u{feff}one
      | ^^^

    error[E012]: bad
     --> x.csv:3:1
      |
    3 | three
      | ^^^^^

    error[E012]: bad
     --> x.csv:5:1
      |
    5 | five
      | ^^^^

    error[E012]: ends
     --> x.csv:5:5
      |
    5 | five
      |     ^
    ");
}

#[test]
fn programs_see_places_in_characters() {
    insta::assert_snapshot!(render_short(&some(), &source), @r"
    products/mug.yaml:1:13: warning[W102]: a title with <b>
    products/mug.yaml:2:11: error[E040]: `ä` stands twice in `tags`
    shop.yaml: error[E209]: there is no `shop.yaml`
    ");
    let json = render_json(&some(), &source);
    assert_eq!(json.as_array().unwrap().len(), 3);
    assert_eq!(
        json[1],
        json!({
            "code": "E040", "severity": "error", "check": null, "file": "products/mug.yaml", "line": 2, "column": 11, "end_line": 2, "end_column": 12,
            "message": "`ä` stands twice in `tags`", "label": "again here", "help": null,
            "related": [{"file": "products/mug.yaml", "line": 2, "column": 8, "message": "first here"}],
        })
    );
    assert_eq!(json[2]["line"], Value::Null);
    assert_eq!(summary(&some()), "2 errors, 1 warning");
}

#[test]
fn the_browser_gets_nothing_that_acts() {
    let html = to_html(&some(), &source);
    assert!(html.contains("a title with &lt;b&gt;") && !html.contains("<b>") && !html.contains("style="));
}

#[test]
fn odd_spans_and_texts_are_shown_somehow() {
    let file: SourcePath = "products/mug.yaml".into();
    let mut odd =
        vec![Diagnostic::error(codes::YAML_SYNTAX, "line\nbreak \u{1b}[31m", Span::new(&file, 12, 11)).label("\u{7}").help("a\nb")];
    odd.extend([0, 11, TEXT.len(), 9999].map(|at| Diagnostic::error(codes::YAML_SYNTAX, "x", Span::new(&file, at, at + 1))));
    let text = render_human(&odd, &source, false);
    assert!(!text.contains('\u{1b}') && !text.contains('\u{7}'));
    assert_eq!(render_short(&odd, &source).lines().count(), odd.len());
}

#[test]
fn code_hosts_get_places_from_the_repository() {
    let mut told = some();
    told[2] = told[2].clone().under(Rule::AltMissing);
    insta::assert_snapshot!(render_github(&told, &source, "shops/a b/"), @r"
    ::warning file=shops/a b/products/mug.yaml,line=1,endLine=1,col=13,endColumn=16,title=W102%3A a digital product without files::a title with <b>%0Aremove it
    ::error file=shops/a b/products/mug.yaml,line=2,endLine=2,col=11,endColumn=12,title=E040%3A an entry stands twice::`ä` stands twice in `tags`
    ::error file=shops/a b/shop.yaml,title=E209%3A no settings::there is no `shop.yaml`
    ");
    let odd = Diagnostic::in_file(codes::YAML_SYNTAX, Severity::Error, "100%\r\n::error::x", "a,b:c.yaml".into());
    let line = render_github(&[odd], &source, "");
    assert!(line.starts_with("::error file=a%2Cb%3Ac.yaml,title=") && line.ends_with("::100%25%0D%0A::error::x\n"), "{line}");

    let log = render_sarif(&told, &source, "shops/a b/");
    let run = &log["runs"][0];
    let ids: Vec<_> = run["tool"]["driver"]["rules"].as_array().unwrap().iter().map(|rule| rule["id"].as_str().unwrap()).collect();
    assert_eq!(ids, ["E040", "E209", "W102"]);
    let results = run["results"].as_array().unwrap();
    assert_eq!(results[0]["ruleIndex"], 2);
    assert_eq!(results[0]["properties"]["check"], "alt-missing");
    assert_eq!(results[0]["locations"][0]["physicalLocation"]["artifactLocation"]["uri"], "shops/a%20b/products/mug.yaml");
    let region = json!({"startLine": 2, "startColumn": 11, "endLine": 2, "endColumn": 12});
    assert_eq!(results[1]["locations"][0]["physicalLocation"]["region"], region);
    assert_eq!(results[1]["relatedLocations"][0]["message"]["text"], "first here");
    assert_eq!(results[2]["locations"][0]["physicalLocation"].get("region"), None);
}
