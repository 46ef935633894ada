//! Every example of the guides is built. What stands behind the fence's language says what it is:
//!
//! - `yaml products/mug.yaml`: the whole file;
//! - `yaml of shop.yaml`: some keys of the file, which otherwise is as in the shop of `fixtures/docs`; of Markdown the text below the
//!   front matter; of a template what stands in its block `main`;
//! - `… with content/recipes/_schema.yaml`: the example above it of that name is there too. A theme's files are always there, as the guide
//!   has come to them;
//! - `yaml not built: why`: only read.

use std::collections::BTreeMap;
use std::path::Path;

use generator::diagnostic::SourcePath;
use generator::parse::yaml;
use shopfront_tests::shop::files;
use shopfront_tests::{Shop, fixture, run, tell};

/// The guides whose examples are built.
const GUIDES: [&str; 4] = ["editors.md", "themes.md", "merchants.md", "migrating.md"];

/// Languages of which every block has to say what it is.
const BUILT: [&str; 7] = ["yaml", "markdown", "html", "css", "js", "json", "csv"];

/// A fenced block.
#[derive(Debug)]
struct Example {
    /// `editors.md:85`
    place: String,
    language: String,
    /// What it is: the rest of the fence's line.
    is: String,
    text: String,
}

/// Blocks within blocks are the text of the outer one.
fn examples(guide: &str) -> Vec<Example> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs").join(guide);
    let text = std::fs::read_to_string(path).expect("the guide is there");
    let mut found = Vec::new();
    let mut lines = text.lines().enumerate();
    while let Some((number, line)) = lines.next() {
        let fence = line.len() - line.trim_start_matches('`').len();
        if fence < 3 {
            continue;
        }
        let close = &line[..fence];
        let inner: Vec<&str> = lines.by_ref().map(|(_, line)| line).take_while(|line| *line != close).collect();
        let (language, is) = line[fence..].split_once(' ').unwrap_or((&line[fence..], ""));
        let example = Example {
            place: format!("{guide}:{}", number + 1),
            language: language.to_owned(),
            is: is.trim().to_owned(),
            text: inner.join("\n") + "\n",
        };
        found.push(example);
    }
    found
}

/// The small shop without a mistake, by path.
fn base() -> BTreeMap<String, Vec<u8>> {
    let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures");
    let mut base = files(&fixtures.join("docs"));
    for (path, bytes) in files(&fixtures.join("themes/tiny")) {
        base.insert(format!("themes/tiny/{path}"), bytes);
    }
    base.insert("products/cups/harbour-mug.jpg".to_owned(), fixture::PICTURE.to_vec());
    // The theme of the guide, which is filled step by step.
    base.insert("themes/mine/theme.yaml".to_owned(), b"title: Mine\nextends: plain\n".to_vec());
    base
}

/// Keys of YAML over those of another text, each with all lines that belong to it.
fn merged(base: &str, over: &str) -> String {
    let is_key = |line: &str| line.starts_with(|c: char| c.is_ascii_alphabetic());
    let keys: Vec<&str> = over.lines().filter(|line| is_key(line)).filter_map(|line| line.split(':').next()).collect();
    let mut kept = String::new();
    let mut is_kept = true;
    for line in base.lines() {
        if is_key(line) {
            is_kept = !keys.contains(&line.split(':').next().unwrap_or(line));
        }
        if is_kept {
            kept += &format!("{line}\n");
        }
    }
    kept + over
}

/// Pictures that a text names lie beside it.
fn add_pictures(shop: &Shop, path: &str, text: &str) {
    let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder);
    let is_of_name = |c: char| c.is_ascii_alphanumeric() || "-_./".contains(c);
    for word in text.split(|c: char| !is_of_name(c)).filter(|word| word.ends_with(".jpg") || word.ends_with(".png")) {
        shop.change_bytes(&format!("{folder}/{word}"), fixture::PICTURE);
    }
}

/// The files that an example makes; the error is why it says nothing of itself.
fn made(example: &Example, base: &BTreeMap<String, Vec<u8>>) -> Result<Vec<(String, String)>, String> {
    let (is, with) = example.is.split_once(" with ").unwrap_or((&example.is, ""));
    let theme = with.strip_prefix("themes/").and_then(|path| path.split('/').next()).unwrap_or("mine");
    let (path, is_part) = is.strip_prefix("of ").map_or((is, false), |path| (path, true));
    if path.is_empty() || path.contains(' ') {
        return Err("say which file it is, `of` which it is a part, or `not built: why`".to_owned());
    }
    let there = || {
        let bytes = base.get(path).ok_or_else(|| format!("the shop of the fixtures has no `{path}` of which it could be a part"))?;
        Ok::<_, String>(String::from_utf8_lossy(bytes).into_owned())
    };
    let file = |path: &str, text: String| vec![(path.to_owned(), text)];
    Ok(match (example.language.as_str(), is_part) {
        ("yaml", true) => file(path, merged(&there()?, &example.text)),
        ("markdown", true) => {
            let whole = there()?;
            let end = whole[4..].find("---\n").map_or(whole.len(), |at| at + 8);
            file(path, format!("{}\n{}\n{}", &whole[..end], example.text, &whole[end..]))
        }
        ("html", true) => {
            let text = format!("{{% extends \"base.html\" %}}\n{{% block main %}}\n{}{{% endblock %}}\n", example.text);
            file(&format!("themes/{theme}/{path}"), text)
        }
        (_, true) => return Err(format!("nothing is known of parts of {}", example.language)),
        ("css" | "js", false) => {
            // An asset is read when a page asks for it.
            let (theme, asset) = path.trim_start_matches("themes/").split_once("/assets/").ok_or("an asset lies in a theme's `assets/`")?;
            let asking = format!("{{% extends \"base.html\" %}}\n{{% block main %}}{{{{ asset(path=\"{asset}\") }}}}{{% endblock %}}\n");
            vec![(path.to_owned(), example.text.clone()), (format!("themes/{theme}/templates/search.html"), asking)]
        }
        (_, false) => file(path, example.text.clone()),
    })
}

/// What is only read.
fn read(example: &Example) -> Result<(), String> {
    match example.language.as_str() {
        "json" if !example.text.contains('…') => {
            serde_json::from_str::<serde_json::Value>(&example.text).map(drop).map_err(|error| error.to_string())
        }
        "yaml" => {
            let mut problems = Vec::new();
            yaml::read(&SourcePath::from("example.yaml"), &example.text, (0, example.text.len()), &mut problems);
            if problems.is_empty() { Ok(()) } else { Err(format!("{problems:?}")) }
        }
        _ => Ok(()),
    }
}

/// What is said of an example, and of what it refers to; nothing where all is well.
fn build(example: &Example, base: &BTreeMap<String, Vec<u8>>, before: &BTreeMap<String, String>) -> Result<(), String> {
    let made = made(example, base)?;
    let mut shop = Shop::new(&[]);
    for (path, bytes) in base {
        shop.change_bytes(path, bytes);
    }
    let with = example.is.split_once(" with ").map(|(_, path)| path);
    for (path, text) in before.iter().filter(|(path, _)| path.starts_with("themes/") || with == Some(path.as_str())) {
        // Keys of the settings come to those of the fixtures.
        let whole = base.get(path).filter(|_| path == "shop.yaml").map(|bytes| merged(&String::from_utf8_lossy(bytes), text));
        shop.change(path, whole.as_ref().unwrap_or(text));
    }
    if let Some(path) = with.filter(|path| !before.contains_key(*path) && !base.contains_key(*path)) {
        return Err(format!("no example before it is `{path}`"));
    }
    for (path, text) in &made {
        shop.change(path, text);
        add_pictures(&shop, path, text);
    }
    if let Some(theme) = made[0].0.strip_prefix("themes/").and_then(|path| path.split('/').next()) {
        shop.edit("shop.yaml", "theme: tiny", &format!("theme: {theme}"));
    }
    shop.try_build();
    shop.outcome.diagnostics.retain(generator::diagnostic::Diagnostic::is_error);
    if shop.outcome.has_errors() { Err(shop.said()) } else { Ok(()) }
}

#[test]
fn every_example_of_the_guides_is_built() {
    let base = base();
    let mut wrong = Vec::new();
    let mut count = 0;
    for guide in GUIDES {
        let mut before: BTreeMap<String, String> = BTreeMap::new();
        for example in examples(guide).iter().filter(|example| BUILT.contains(&example.language.as_str())) {
            let said = if example.language == "json" || example.is.starts_with("not built: ") {
                read(example)
            } else {
                build(example, &base, &before)
            };
            count += 1;
            if let Err(why) = said {
                wrong.push(format!("{} `{} {}`\n{why}", example.place, example.language, example.is));
            }
            let (is, _) = example.is.split_once(" with ").unwrap_or((&example.is, ""));
            before.insert(is.trim_start_matches("of ").to_owned(), example.text.clone());
        }
    }
    tell(&format!("{count} examples were built or read"));
    assert!(wrong.is_empty(), "{} of {count} examples\n{}", wrong.len(), wrong.join("\n"));
    assert!(count > 60, "only {count} examples were found");
}

/// The words of a command as a shell takes them apart; what comes after it, and comments, are left out.
fn words(line: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut quote = None;
    for letter in line.chars() {
        match quote {
            None if matches!(letter, '#' | '>' | '|') => break,
            None if letter.is_whitespace() => words.push(String::new()),
            None if letter == '\'' || letter == '"' => quote = Some(letter),
            Some(open) if letter == open => quote = None,
            _ => words.last_mut().expect("there is a word").push(letter),
        }
    }
    words.retain(|word| !word.is_empty());
    words
}

#[test]
fn every_command_of_the_guides_is_one() {
    let folder = tempfile::tempdir().expect("a temporary folder can be made");
    let mut count = 0;
    for guide in GUIDES {
        for example in examples(guide).iter().filter(|example| example.language == "sh") {
            for line in example.text.lines().filter_map(|line| line.strip_prefix("shopfront ")) {
                // Words and options are read before the help is shown.
                // Which shop, is said by the test.
                let words = words(line.strip_prefix("-C my-shop ").unwrap_or(line));
                let arguments: Vec<&str> = words.iter().map(String::as_str).chain(["--help"]).collect();
                run(folder.path(), &arguments).code(0).says("Usage: shopfront");
                count += 1;
            }
        }
    }
    assert!(count > 50, "only {count} commands were found");
    run(folder.path(), &["stok", "--help"]).code(2);
    run(folder.path(), &["stock", "--nothing", "--help"]).code(2);
    assert_eq!(words("orders refund A --reason 'wrong size'   # one"), ["orders", "refund", "A", "--reason", "wrong size"]);
}

#[test]
fn a_block_that_says_nothing_of_itself_is_told() {
    let example = |language: &str, is: &str, text: &str| Example {
        place: "here".to_owned(),
        language: language.to_owned(),
        is: is.to_owned(),
        text: text.to_owned(),
    };
    let none = BTreeMap::new();
    assert!(build(&example("yaml", "", "title: Mug\n"), &base(), &none).expect_err("no file").contains("say which file"));
    let wrong = example("yaml", "products/cups/mug.yaml", "titel: Mug\nprice: 1.00\n");
    assert!(build(&wrong, &base(), &none).expect_err("a mistake").contains("unknown key `titel`"));
    assert!(
        build(&example("html", "of templates/page.html", "{{ article.titel }}\n"), &base(), &none)
            .expect_err("a mistake")
            .contains("titel")
    );
    assert!(read(&example("yaml", "not built: a sketch", "a: [1\n")).is_err());
    assert!(read(&example("json", "", "{\"a\": }")).is_err());
    assert_eq!(merged("a: 1\nb:\n  - c\nd: 2\n", "b: 3\n"), "a: 1\nd: 2\nb: 3\n");
}

/// From the command on, in the shop that `init` makes: what `new theme` has written stays where the guide does not write it anew.
#[test]
fn the_page_from_nothing_is_never_without_a_shop() {
    let folder = tempfile::tempdir().expect("a temporary folder can be made");
    let root = folder.path().join("my-shop");
    run(folder.path(), &["init", &root.to_string_lossy()]).code(0);
    run(&root, &["new", "theme", "mine", "--extends", "plain"]).code(0);
    let guide = examples("themes.md");
    let chapter = guide.iter().skip_while(|example| !example.text.contains("new theme mine")).skip(1);
    let mut steps = 0;
    for example in chapter {
        let path = root.join(example.is.split(" with ").next().expect("a part").trim_start_matches("of "));
        let before = std::fs::read_to_string(&path).unwrap_or_default();
        let text = if example.is.starts_with("of shop.yaml") { merged(&before, &example.text) } else { example.text.clone() };
        std::fs::create_dir_all(path.parent().expect("it is in a folder")).expect("a folder can be made");
        std::fs::write(&path, text).expect("it can be written");
        run(&root, &["check"]).code(0);
        steps += 1;
        if example.language == "html" && example.text.contains("page.reading") {
            break;
        }
    }
    assert_eq!(steps, 10, "the chapter has other steps");
}
