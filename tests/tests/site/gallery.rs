//! The gallery of mistakes: a small shop for each, and what an editor is told. `UPDATE_GALLERY=1` writes the texts anew.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use generator::checks::external::{self, Answer, ExternalLink};
use generator::diagnostic::codes;
use shopfront_tests::shop::files;
use shopfront_tests::{Server, Shop};

fn fixtures() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures")
}

/// Mistakes that one file alone shows.
fn of_one_file() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../generator/tests/gallery")
}

fn folders(gallery: &Path) -> Vec<PathBuf> {
    let mut folders: Vec<PathBuf> = fs::read_dir(gallery).expect("the gallery is there").flatten().map(|entry| entry.path()).collect();
    folders.sort();
    folders
}

fn name(folder: &Path) -> String {
    folder.file_name().unwrap_or_default().to_string_lossy().into_owned()
}

/// `e206-broken-link` → `E206`
fn code(folder: &Path) -> String {
    name(folder).split('-').next().unwrap_or_default().to_uppercase()
}

/// What a folder says about itself: files of the shop below that are not there; that only `check` finds its mistake; what
/// other sites answer.
const NOTES: [&str; 3] = ["WITHOUT", "CHECK", "ANSWERS"];

/// A small shop without mistakes, and over it the files of one folder.
fn write(folder: &Path) -> Shop {
    let shop = Shop::new(&[]);
    for (prefix, from) in [("themes/tiny/", fixtures().join("themes/tiny")), ("", fixtures().join("base")), ("", folder.to_owned())] {
        for (path, bytes) in files(&from).iter().filter(|(path, _)| !path.starts_with("expected.") && !NOTES.contains(&path.as_str())) {
            shop.change_bytes(&format!("{prefix}{path}"), bytes);
        }
    }
    for path in fs::read_to_string(folder.join("WITHOUT")).unwrap_or_default().lines() {
        shop.remove(path);
    }
    shop
}

fn build(folder: &Path) -> Shop {
    let mut shop = write(folder);
    if !folder.join("CHECK").exists() {
        shop.try_build();
        return shop;
    }
    shop.check();
    if let Ok(text) = fs::read_to_string(folder.join("ANSWERS")) {
        let answers: BTreeMap<String, Answer> = serde_json::from_str(&text).expect("answers by address");
        let told = |link: &ExternalLink| external::tell(link, answers.get(link.address())?);
        let told: Vec<_> = shop.outcome.external.iter().filter_map(told).collect();
        shop.outcome.diagnostics.extend(told);
    }
    shop
}

#[test]
fn the_shop_below_has_no_mistake() {
    let shop = build(&fixtures().join("nothing"));
    assert_eq!(shop.said(), "");
}

#[test]
fn every_shop_says_what_it_should() {
    let update = std::env::var_os("UPDATE_GALLERY").is_some();
    let mut wrong = Vec::new();
    for folder in folders(&fixtures().join("gallery")) {
        let shop = build(&folder);
        let said = shop.said();
        let expected = folder.join("expected.txt");
        if update {
            fs::write(&expected, &said).expect("the expected text can be written");
        }
        let wanted = fs::read_to_string(&expected).unwrap_or_default();
        let is_error = code(&folder).starts_with('E');
        if !said.contains(&format!("[{}]", code(&folder))) {
            wrong.push(format!("{} does not show its code\n{said}", name(&folder)));
        } else if said != wanted {
            wrong.push(format!("{}\n--- expected\n{wanted}--- said\n{said}", name(&folder)));
        } else if folder.join("CHECK").exists() {
            let is_told = shop.outcome.has_errors() == is_error && !shop.path("public").exists();
            wrong.extend((!is_told).then(|| format!("{}: an error is one, and a check writes nothing", name(&folder))));
        } else if shop.outcome.has_errors() != is_error || shop.path("public/index.html").exists() == is_error {
            wrong.push(format!("{}: an error writes nothing, a warning stops nothing", name(&folder)));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// What only `check` looks for is no mistake of the preview, and a folder without settings is none of a shop; everything else that stops a
/// build lies over the page.
#[test]
fn every_error_lies_over_the_page_in_the_preview() {
    let folders: Vec<PathBuf> = folders(&fixtures().join("gallery"))
        .into_iter()
        .filter(|folder| code(folder).starts_with('E') && write(folder).path("shop.yaml").exists())
        .collect();
    assert!(folders.len() > 90, "only {} errors", folders.len());
    let next = AtomicUsize::new(0);
    let wrong: Mutex<Vec<String>> = Mutex::default();
    let work = || {
        while let Some(folder) = folders.get(next.fetch_add(1, Ordering::Relaxed)) {
            let shop = write(folder);
            let server = Server::start(shop.root(), &[]);
            let code = code(folder);
            // What pages alone show is found when they are made.
            let deadline = Instant::now() + Duration::from_secs(30);
            loop {
                let told = server.get("/_shopfront/mistakes").text();
                if told.contains(&code) {
                    break;
                }
                if Instant::now() > deadline {
                    wrong.lock().expect("no thread panics").push(format!("{}\n{told}\n{}", name(folder), server.said()));
                    break;
                }
                std::thread::sleep(Duration::from_millis(20));
            }
        }
    };
    std::thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(work);
        }
    });
    let wrong = wrong.into_inner().expect("no thread panics");
    assert!(wrong.is_empty(), "{} errors are not shown\n{}", wrong.len(), wrong.join("\n"));
}

/// Fixtures for one file that are not whole shops: a member, a price or a picture is missing, and that is told too.
const INCOMPLETE: [&str; 4] = ["e013-empty-value", "e106-group-with-price", "w101-value-unused", "w300-no-alt"];

#[test]
fn one_mistake_makes_one_message() {
    let mut wrong = Vec::new();
    for folder in folders(&of_one_file()) {
        let Ok(expected) = fs::read_to_string(folder.join("expected.parse.txt")) else { continue };
        let said = build(&folder).said();
        let is_told =
            if INCOMPLETE.contains(&name(&folder).as_str()) { said.contains(&format!("[{}]", code(&folder))) } else { said == expected };
        if !is_told {
            wrong.push(format!("{}\n--- in its file\n{expected}--- in a shop\n{said}", name(&folder)));
        }
    }
    assert!(wrong.is_empty(), "{} folders say something else\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn every_code_has_a_shop_that_shows_it() {
    let shown: BTreeSet<String> =
        folders(&fixtures().join("gallery")).iter().chain(&folders(&of_one_file())).map(|folder| code(folder)).collect();
    let missing: Vec<&str> = codes::TABLE.iter().map(|entry| entry.code.0).filter(|code| !shown.contains(*code)).collect();
    assert_eq!(missing, Vec::<&str>::new());
    let unknown: Vec<&String> = shown.iter().filter(|code| codes::entry(code).is_none()).collect();
    assert_eq!(unknown, Vec::<&String>::new());
}
