//! The engine under rough treatment: killed builds, damaged caches, builds beside builds, clocks and names that play
//! tricks. Whatever happened before, the next build gives what a build from nothing gives.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::Stdio;
use std::time::{Duration, Instant, SystemTime};

use shopfront_tests::program::command;
use shopfront_tests::shop::{check_same, files};
use shopfront_tests::{Server, Shop, run, tell};

/// The moment of every build of the program here, so that two of them agree on what is published.
const NOW: &str = "2026-06-01";

/// A small sequence of numbers that differ, the same in every run.
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, limit: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % limit.max(1)
    }
}

/// A shop of some thirty pages under a theme of a few lines, so that a build is a matter of milliseconds.
fn shop() -> Shop {
    let shop = Shop::new(&[]);
    let theme = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/themes/tiny");
    for (path, bytes) in files(&theme) {
        shop.change_bytes(&format!("themes/tiny/{path}"), &bytes);
    }
    shop.change(
        "shop.yaml",
        "name: Quay\nbase_url: https://quay.example\ntheme: tiny\nlists: {per_page: 4}\ntax: {classes: {standard: {'*': 19%}}}\ncheckout: {gateways: [stripe]}\n",
    );
    for id in 0..16 {
        shop.change(&format!("products/k{}/p{id}.yaml", id % 3), &product(id, 0));
    }
    for post in 0..4 {
        shop.change(
            &format!("content/journal/n{post}.md"),
            &format!("---\ntitle: Post {post}\ndate: 2026-05-0{}\n---\n\nBuy [it](/products/p{post}/).\n", post + 1),
        );
    }
    shop.change("content/journal/_index.md", "---\ntitle: Journal\nsort: date\npaginate: 2\n---\n");
    shop.change("content/about.md", "---\ntitle: About\n---\n\nWords.\n");
    shop.change("static/hello.txt", "hello\n");
    shop
}

fn product(id: u64, round: u64) -> String {
    let tag = ["blue", "gift", "old"][usize::try_from((id + round) % 3).expect("a small number")];
    format!(
        "title: Thing {id}\nprice: {}.50\nweight: 100 g\ndate: 2026-05-1{}\ntags: [{tag}]\ndescription: |\n  Round {round}.\n",
        id + round % 90,
        id % 10
    )
}

fn build(shop: &Shop) {
    run(shop.root(), &["build", "--now", NOW]).code(0);
}

/// The site and the bundle are what a build from nothing gives, by another process in another folder.
#[track_caller]
fn check_from_nothing(shop: &Shop) {
    let (site, bundle) = from_nothing(shop);
    check_same(&shop.site(), &site);
    check_same(&files(&shop.path(".shopfront/bundle")), &bundle);
}

fn from_nothing(shop: &Shop) -> (BTreeMap<String, Vec<u8>>, BTreeMap<String, Vec<u8>>) {
    let copy = tempfile::tempdir().expect("a temporary folder can be made");
    for folder in ["products", "collections", "content", "static", "downloads", "themes"] {
        for (path, bytes) in files(&shop.path(folder)) {
            let target = copy.path().join(folder).join(path);
            fs::create_dir_all(target.parent().expect("files lie in folders")).expect("the folder can be made");
            fs::write(target, bytes).expect("the file can be written");
        }
    }
    fs::copy(shop.path("shop.yaml"), copy.path().join("shop.yaml")).expect("the settings can be copied");
    run(copy.path(), &["build", "--now", NOW]).code(0);
    (files(&copy.path().join("public")), files(&copy.path().join(".shopfront/bundle")))
}

/// Every page that is on the disk is whole, and the style sheets and scripts that it names are there.
fn check_whole(shop: &Shop) {
    let site = files(&shop.path("public"));
    for (path, bytes) in &site {
        if path.starts_with(".shopfront-tmp/") || !path.ends_with(".html") {
            continue;
        }
        let text = String::from_utf8_lossy(bytes);
        assert!(text.trim_end().ends_with("</html>"), "`{path}` is not whole: {text}");
        for named in text.split("\"/assets/").skip(1).filter_map(|rest| rest.split('"').next()) {
            assert!(site.contains_key(&format!("assets/{named}")), "`{path}` names `/assets/{named}`, which is not there");
        }
    }
}

#[test]
fn two_hundred_builds_are_killed_and_the_next_one_is_right() {
    let shop = shop();
    let began = Instant::now();
    build(&shop);
    let usual = began.elapsed();
    let mut numbers = Numbers(7);
    let mut killed = 0;
    for round in 1..=200 {
        for _ in 0..3 {
            let id = numbers.below(16);
            shop.change(&format!("products/k{}/p{id}.yaml", id % 3), &product(id, round));
        }
        if round % 7 == 0 {
            shop.change("themes/tiny/assets/css/main.css", &format!("body {{ color: #{round:03} }}\n"));
        }
        if round % 5 == 0 {
            let path = format!("products/k1/extra{}.yaml", round % 2);
            if shop.path(&path).exists() {
                shop.remove(&path)
            } else {
                shop.change(&path, &product(round, round))
            };
        }
        let mut child = command(shop.root(), &["build", "--now", NOW]);
        let mut child = child.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("the program can be started");
        let most = u64::try_from(usual.as_micros()).expect("a short time");
        std::thread::sleep(Duration::from_micros(numbers.below(most)));
        if child.try_wait().expect("a child can be asked").is_none() {
            killed += 1;
        }
        child.kill().expect("a child can be killed");
        child.wait().expect("a child ends");
        check_whole(&shop);
        if round % 20 == 0 {
            build(&shop);
            check_from_nothing(&shop);
        }
    }
    build(&shop);
    check_from_nothing(&shop);
    tell(&format!("{killed} of 200 builds were killed before their end"));
    assert!(killed >= 50, "only {killed} builds were killed before their end");
}

#[test]
fn a_damaged_cache_costs_time_and_changes_nothing() {
    let shop = shop();
    build(&shop);
    let wanted = shop.site();
    let cache: Vec<_> = files(&shop.path(".shopfront/cache")).into_iter().collect();
    assert!(cache.len() >= 3, "{:?}", cache.iter().map(|(path, _)| path).collect::<Vec<_>>());
    let mut numbers = Numbers(11);
    let restore = || cache.iter().for_each(|(path, bytes)| fs::write(shop.path(".shopfront/cache").join(path), bytes).expect("written"));
    for round in 0..200 {
        restore();
        let (path, bytes) = &cache[usize::try_from(numbers.below(cache.len() as u64)).expect("small")];
        let mut damaged = bytes.clone();
        let at = usize::try_from(numbers.below(bytes.len() as u64)).expect("small");
        if round % 10 == 9 {
            damaged.truncate(at);
        } else {
            damaged[at] ^= 1 << numbers.below(8);
        }
        fs::write(shop.path(".shopfront/cache").join(path), damaged).expect("written");
        // So that there is something to do, and that the parsed files are read.
        shop.change("content/about.md", &format!("---\ntitle: About\n---\n\nRound {round}.\n"));
        build(&shop);
        shop.check_file("about/index.html", &format!("Round {round}."));
        // The search finds the page's words.
        let is_another = |path: &str| matches!(path, "about/index.html" | "sitemap.xml" | "llms.txt") || path.contains("search/");
        let (mut site, mut rest) = (shop.site(), wanted.clone());
        site.retain(|path, _| !is_another(path));
        rest.retain(|path, _| !is_another(path));
        check_same(&site, &rest);
    }
    check_from_nothing(&shop);
    // Of another version, a folder, nothing at all.
    for (path, _) in &cache {
        restore();
        let file = shop.path(".shopfront/cache").join(path);
        fs::write(&file, b"shopfront-cache 0.0.0-other\nx").expect("written");
        build(&shop);
        fs::remove_file(&file).expect("removed");
        fs::create_dir(&file).expect("made");
        run(shop.root(), &["build", "--now", NOW]).code(0);
        fs::remove_dir(&file).expect("removed");
    }
    check_from_nothing(&shop);
}

#[test]
fn the_manifest_survives_the_cache() {
    let shop = shop();
    build(&shop);
    fs::write(shop.path("public/mine.txt"), "mine").expect("written");
    fs::create_dir_all(shop.path("public/products/mine")).expect("made");
    fs::write(shop.path("public/products/mine/index.html"), "mine").expect("written");
    fs::remove_dir_all(shop.path(".shopfront/cache")).expect("removed");
    shop.remove("products/k0/p3.yaml");
    shop.change("content/journal/n3.md", "---\ntitle: Post 3\ndate: 2026-05-04\n---\n\nNothing to buy.\n");
    build(&shop);
    shop.check_no_file("products/p3").check_file("mine.txt", "mine").check_file("products/mine/index.html", "mine");
    let mut site = shop.site();
    for mine in ["mine.txt", "products/mine/index.html"] {
        assert!(site.remove(mine).is_some());
    }
    check_same(&site, &from_nothing(&shop).0);
}

#[test]
fn builds_beside_builds_and_beside_the_preview() {
    let shop = shop();
    build(&shop);
    let server = Server::start(shop.root(), &[]);
    for round in 0..10 {
        for id in 0..4 {
            shop.change(&format!("products/k{}/p{id}.yaml", id % 3), &product(id, round + 50));
        }
        let children: Vec<_> = (0..3)
            .map(|_| {
                let mut child = command(shop.root(), &["build", "--now", NOW]);
                child.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped()).spawn().expect("the program can be started")
            })
            .collect();
        for child in children {
            let output = child.wait_with_output().expect("a child ends");
            assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        }
        check_whole(&shop);
        server.wait_for("/products/p3/", |answer| answer.text().contains(&format!("Round {}.", round + 50)));
    }
    check_from_nothing(&shop);
}

#[test]
fn times_and_names_that_play_tricks() {
    let shop = shop();
    build(&shop);
    let path = shop.path("products/k1/p1.yaml");
    let set_time = |time: SystemTime| {
        let file = fs::OpenOptions::new().write(true).open(&path).expect("opened");
        file.set_modified(time).expect("the time can be set");
    };
    // The clock is set back: the newer text has the older time.
    shop.change("products/k1/p1.yaml", &product(1, 2));
    set_time(SystemTime::now() - Duration::from_hours(24 * 30));
    build(&shop);
    check_from_nothing(&shop);
    // The same time and the same size, but other bytes.
    let time = fs::metadata(&path).and_then(|file| file.modified()).expect("files have times");
    shop.change("products/k1/p1.yaml", &product(1, 3));
    set_time(time);
    build(&shop);
    shop.check_file("products/p1/index.html", "Round 3.");
    // A time in the future.
    shop.change("products/k1/p1.yaml", &product(1, 4));
    set_time(SystemTime::now() + Duration::from_hours(24));
    build(&shop);
    shop.check_file("products/p1/index.html", "Round 4.");
    shop.change("products/k1/p1.yaml", &product(1, 5));
    set_time(SystemTime::now() + Duration::from_hours(24));
    build(&shop);
    shop.check_file("products/p1/index.html", "Round 5.");
    // A name of which only the case changes: published under the new one, and only there.
    shop.rename("static/hello.txt", "static/Hello.txt");
    build(&shop);
    shop.check_file("Hello.txt", "hello");
    assert!(files(&shop.path("public")).keys().all(|path| path != "hello.txt"));
    check_from_nothing(&shop);
    // A link that leads back to a folder above it is told and left alone.
    #[cfg(unix)]
    {
        std::os::unix::fs::symlink(shop.path("products"), shop.path("products/k1/again")).expect("a link");
        run(shop.root(), &["build", "--now", NOW]).code(0).says("leads back");
        fs::remove_file(shop.path("products/k1/again")).expect("removed");
    }
    build(&shop);
    check_from_nothing(&shop);
}

#[cfg(target_os = "linux")]
#[test]
fn a_thousand_rebuilds_leave_memory_and_handles_as_they_were() {
    let shop = shop();
    let server = Server::start(shop.root(), &[]);
    let path = shop.path("products/k2/p2.yaml");
    let measure = || {
        let status = fs::read_to_string(format!("/proc/{}/status", server.id())).expect("the server runs");
        let line = status.lines().find(|line| line.starts_with("VmRSS:")).expect("a process has a size");
        let kib: u64 = line.split_whitespace().nth(1).and_then(|text| text.parse().ok()).expect("a number");
        let handles = fs::read_dir(format!("/proc/{}/fd", server.id())).expect("a process has handles").count();
        (kib, handles)
    };
    let mut early = (0, 0);
    for round in 0..1000 {
        if round % 10 == 9 {
            // A mistake that only a page meets, and its mending.
            let template = shop.path("themes/tiny/templates/page.html");
            let good = fs::read_to_string(&template).expect("read");
            fs::write(&template, good.replace("{% block main %}", "{% block main %}{{ nothing.at.all }}")).expect("written");
            server.wait_often("/_shopfront/mistakes", |answer| !answer.body.is_empty());
            fs::write(&template, good).expect("written");
            server.wait_often("/_shopfront/mistakes", |answer| answer.body.is_empty());
        }
        fs::write(&path, product(2, round)).expect("written");
        let words = format!("Round {round}.");
        server.wait_often("/products/p2/", |answer| answer.text().contains(&words));
        if round == 200 {
            early = measure();
        }
    }
    let late = measure();
    tell(&format!("1,000 rebuilds: {} KiB and {} handles after 200, {} KiB and {} handles after all", early.0, early.1, late.0, late.1));
    assert!(late.0 < early.0 + early.0 / 5, "memory grew from {} to {} KiB", early.0, late.0);
    assert!(late.1 <= early.1 + 4, "handles grew from {} to {}", early.1, late.1);
}
