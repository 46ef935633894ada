//! The program's commands and their exit codes: 0 done, 1 an editor's mistake, 2 the environment or the command.

use std::fs;

use shopfront_tests::program::{command, finish};
use shopfront_tests::shop::check_same;
use shopfront_tests::{Shop, run};

/// So that the clock decides nothing.
const NOW: [&str; 2] = ["--now", "2026-06-01"];

fn build(shop: &Shop, more: &[&str]) -> shopfront_tests::Said {
    run(shop.root(), &[&["build"], &NOW[..], more].concat())
}

#[test]
fn the_program_builds_what_the_library_builds() {
    let shop = Shop::small();
    build(&shop, &[])
        .code(0)
        .says("8 products (9 variants)")
        .says("0 unchanged, 0 removed")
        .says("the site changes by itself at 2026-07-01T00:00:00Z");
    check_same(&shop.site(), &shop.clean_build());
    let before = shop.times();
    build(&shop, &[]).code(0).says("(0 rendered)").says(": 0 files written");
    build(&shop, &["--verify"]).code(0).says("(0 rendered)").says(": 0 files written");
    assert_eq!(shop.times(), before);
}

#[test]
fn the_moment_is_an_argument_a_variable_or_the_clock() {
    let shop = Shop::small();
    build(&shop, &[]).code(0);
    shop.check_no_file("journal/future");
    run(shop.root(), &["build", "--now", "2026-07-01T00:00:00Z"]).code(0);
    shop.check_file("journal/future/index.html", "Later.");
    let with = |seconds: &str| {
        let mut command = command(shop.root(), &["build"]);
        command.env("SOURCE_DATE_EPOCH", seconds);
        finish(command)
    };
    with("1780272000").code(0);
    shop.check_no_file("journal/future");
    with("soon").code(2).says("SOURCE_DATE_EPOCH is `soon`, not a number of seconds");
    run(shop.root(), &["build", "--now", "soon"]).code(2).says("`soon` is not an instant");
}

#[test]
fn explain_says_why_each_page_was_rendered() {
    let shop = Shop::small();
    build(&shop, &["--explain"]).code(0).says("rendered about/index.html: it is new");
    shop.edit("products/kitchen/mugs/small-cup.yaml", "12.00", "13.00");
    let said = build(&shop, &["--explain"]).code(0).says("rendered products/small-cup/index.html: its own content changed");
    assert!(!said.err.contains("rendered about/"), "{}", said.err);
    let lines = said.err.lines().filter(|line| line.starts_with("rendered ")).count();
    assert!(said.err.contains(&format!("({lines} rendered)")), "{}", said.err);
}

#[test]
fn drafts_and_another_address_have_caches_of_their_own() {
    let shop = Shop::small();
    build(&shop, &[]).code(0);
    build(&shop, &["--drafts", "--out", "drafts"]).code(0);
    assert!(shop.path("drafts/journal/draft/index.html").exists());
    build(&shop, &["--base-url", "https://other.example/x/", "--out", "other"]).code(0);
    assert!(shop.read("other/index.html").contains("https://other.example/x/"));
    build(&shop, &[]).code(0).says("(0 rendered)");
}

#[test]
fn mistakes_are_told_in_three_forms() {
    let shop = Shop::small();
    shop.edit("products/kitchen/mugs/small-cup.yaml", "12.00", "cheap").edit("products/paper/poster.yaml", "price: 30.00", "prize: 30.00");
    let human = build(&shop, &[]).code(1).says("nothing was written");
    assert!(human.err.contains("error[E021]") && human.err.contains(" --> products/kitchen/mugs/small-cup.yaml:4:8"), "{}", human.err);
    assert!(human.err.contains("price: cheap") && human.err.contains("error[E010]") && human.err.contains("`price`"), "{}", human.err);
    assert!(!shop.path("public").exists(), "nothing is written, and no folder is made");

    let short = build(&shop, &["--format", "short"]).code(1);
    assert!(short.err.lines().any(|line| line.starts_with("products/kitchen/mugs/small-cup.yaml:4:8: error[E021]: ")), "{}", short.err);

    let json = build(&shop, &["--format", "json"]).code(1);
    let list: serde_json::Value = serde_json::from_str(&json.out).expect("standard output is JSON");
    let codes: Vec<_> =
        list.as_array().expect("a list").iter().map(|mistake| mistake["code"].as_str().unwrap_or_default().to_owned()).collect();
    assert!(codes.contains(&"E010".to_owned()) && codes.contains(&"E021".to_owned()), "{codes:?}");

    run(shop.root(), &["check"]).code(1).says("error[E021]");
}

#[test]
fn check_writes_nothing_and_counts() {
    let shop = Shop::small();
    run(shop.root(), &["check"]).code(0).says("8 products").says("no mistakes");
    assert!(!shop.path("public").exists() && !shop.path(".shopfront/bundle").exists());
}

#[test]
fn a_damaged_cache_is_built_over() {
    let shop = Shop::small();
    build(&shop, &[]).code(0);
    let (site, times) = (shop.site(), shop.times());
    let caches: Vec<_> = fs::read_dir(shop.path(".shopfront/cache")).expect("a cache").flatten().map(|entry| entry.path()).collect();
    for (how, damage) in [("cut", 0), ("flipped", 1), ("garbage", 2)] {
        for path in caches.iter().filter(|path| path.extension().is_some_and(|ending| ending == "bin")) {
            let mut bytes = fs::read(path).expect("the cache can be read");
            match damage {
                0 => bytes.truncate(bytes.len() / 2),
                1 => *bytes.last_mut().expect("a cache is not empty") ^= 1,
                _ => bytes = b"not a cache".to_vec(),
            }
            fs::write(path, bytes).expect("the cache can be written");
        }
        build(&shop, &[]).code(0).says(": 0 files written");
        check_same(&shop.site(), &site);
        assert_eq!(shop.times(), times, "{how}");
    }
    fs::remove_dir_all(shop.path(".shopfront/cache/pictures")).expect("pictures are kept there");
    build(&shop, &[]).code(0).says(": 0 files written");
}

#[test]
fn a_terminal_is_shown_how_far_long_work_is_and_a_log_is_not() {
    let Ok(true) = std::process::Command::new("script").arg("--version").output().map(|done| done.status.success()) else {
        println!("skipped: there is no `script`, which gives programs a terminal");
        return;
    };
    let shop = Shop::small();
    let photo = concat!(env!("CARGO_MANIFEST_DIR"), "/../content/home.jpg");
    let photo = fs::read(photo).expect("the sample shop has a home page");
    let names = ["one", "two", "three", "four"];
    for (last, name) in (0_u8..).zip(names) {
        // Whatever lies behind a picture's end makes it another file.
        shop.change_bytes(&format!("content/{name}.jpg"), &[&photo[..], &[last]].concat());
    }
    let text: String = names.iter().map(|name| format!("![{name}]({name}.jpg)\n\n")).collect();
    shop.change("content/about.md", &format!("---\ntitle: About us\n---\n\n{text}"));
    let program = command(shop.root(), &[]).get_program().to_string_lossy().into_owned();
    let on_terminal = std::process::Command::new("script")
        .args(["-qec", &format!("{program} build --now 2026-06-01"), "/dev/null"])
        .current_dir(shop.root())
        .stdin(std::process::Stdio::null())
        .output()
        .expect("`script` runs");
    let shown = String::from_utf8_lossy(&on_terminal.stdout).into_owned();
    // The name of the stage is set apart from its bar; the summary says `pictures in`.
    assert!(on_terminal.status.success() && shown.contains("pictures   "), "{shown:?}");
    fs::remove_dir_all(shop.path(".shopfront")).expect("a cache");
    fs::remove_dir_all(shop.path("public")).expect("a site");
    let logged = build(&shop, &[]).code(0);
    assert_eq!(logged.err.lines().filter(|line| line.starts_with("pictures") || line.contains('\r')).count(), 0, "{}", logged.err);
}

#[test]
fn clean_removes_what_can_be_made_again() {
    let shop = Shop::small();
    build(&shop, &[]).code(0);
    shop.change(".shopfront/store/orders.sqlite", "orders");
    run(shop.root(), &["clean"]).code(0);
    assert!(!shop.path(".shopfront/cache").exists() && !shop.path(".shopfront/bundle").exists());
    assert_eq!(shop.read(".shopfront/store/orders.sqlite"), "orders");
    run(shop.root(), &["clean"]).code(0);
    build(&shop, &[]).code(0).says(": 0 files written");
}

#[test]
fn init_makes_a_shop_without_mistakes() {
    let folder = tempfile::tempdir().expect("a temporary folder can be made");
    let shop = folder.path().join("new shop");
    let name = shop.to_str().expect("a name in UTF-8");
    run(folder.path(), &["init", name]).code(0).says("serve");
    run(&shop, &["check"]).code(0).says("no mistakes");
    let said = run(&shop, &["build"]).code(0);
    assert!(!said.err.contains("warning") && !said.err.contains("error"), "{}", said.err);
    assert!(fs::read_to_string(shop.join(".gitignore")).expect("a file").contains(".shopfront"));
    assert!(shop.join("public/index.html").exists());
    run(folder.path(), &["init", name]).code(2).says("is not empty");
}

#[test]
fn new_files_are_drafts_without_mistakes() {
    let shop = Shop::small();
    run(shop.root(), &["new", "product", "kitchen/bowls/blue-bowl"]).code(0).says("products/kitchen/bowls/blue-bowl.yaml");
    run(shop.root(), &["new", "page", "care"]).code(0).says("content/care.md");
    let mut post = command(shop.root(), &["new", "post", "journal/fourth"]);
    post.env("SOURCE_DATE_EPOCH", "1780272000");
    finish(post).code(0).says("content/journal/fourth.md");
    assert!(shop.read("content/journal/fourth.md").contains("title: Fourth\ndate: \"2026-06-01\"\ndraft: true\n"));
    run(shop.root(), &["check"]).code(0);
    run(shop.root(), &["check", "--drafts"]).code(0);
    build(&shop, &["--drafts"]).code(0);
    shop.check_file("products/blue-bowl/index.html", "Blue bowl")
        .check_file("care/index.html", "Care")
        .check_file("journal/index.html", "Fourth");
    run(shop.root(), &["new", "page", "care"]).code(2).says("is there already");
    run(shop.root(), &["new", "page", "Über uns"]).code(2).says("cannot be an address");
    run(shop.root(), &["new", "page", "../outside"]).code(2).says("cannot be an address");
}

#[test]
fn completions_know_the_commands() {
    let shop = Shop::small();
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        let said = run(shop.root(), &["completions", shell]).code(0);
        assert!(said.out.contains("base-url") && said.out.contains("import"), "{shell}");
    }
}

#[test]
fn wrong_commands_are_told_and_end_with_two() {
    let shop = Shop::small();
    run(shop.root(), &["bulid"]).code(2).says("build");
    run(shop.root(), &["build", "--explian"]).code(2).says("--explain");
    run(shop.root(), &[]).code(2).says("Usage");
    run(&shop.path("products"), &["build"]).code(2).says("has no shop.yaml");
    run(&shop.path("nowhere"), &["build"]).code(2).says("cannot open the folder");
    run(shop.root(), &["--help"]).code(0).says("serve");
    run(shop.root(), &["--version"]).code(0).says("shopfront ");
}
