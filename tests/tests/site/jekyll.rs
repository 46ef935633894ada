//! A blog of others as a journal of ours: its front matter turned into known keys, its text as it is.

use std::fs;

use shopfront_tests::{Shop, test_data};

/// `2013-05-06 02:12:52 +0200`, in quotes or not, → the day.
fn day(value: &str) -> &str {
    value.trim_matches(['\'', '"']).get(..10).expect("a date has ten characters")
}

/// A file's own front matter → ours: title, date, author, tags, description; everything else is left out.
fn front_matter(name: &str, own: &str) -> String {
    let value = |key: &str| own.lines().find_map(|line| line.strip_prefix(key)?.strip_prefix(": ")).map(str::trim);
    let mut ours = format!("title: {}\ndate: {}\n", value("title").expect(name), value("date").map_or_else(|| day(name), day));
    for (key, wanted) in [("author", "author"), ("description", "description")] {
        if let Some(value) = value(key) {
            let plain = value.trim_matches('"').replace('\'', "''");
            ours.push_str(&format!("{wanted}: '{plain}'\n"));
        }
    }
    let tag = value("category").map(str::to_owned).or_else(|| Some(value("categories")?.trim_matches(['[', ']']).to_owned()));
    if let Some(tag) = tag.filter(|tag| !tag.is_empty()) {
        ours.push_str(&format!("tags: [{tag}]\n"));
    }
    ours
}

#[test]
fn a_hundred_posts_of_others_build() {
    let Some(folder) = test_data("content/jekyll-posts") else { return };
    let mut shop = Shop::small();
    shop.change(
        "shop.yaml",
        &(shop.read("shop.yaml") + "checks: {broken-links: warning, broken-anchors: warning, missing-pictures: warning}\n"),
    );
    let mut names: Vec<String> = Vec::new();
    for entry in fs::read_dir(folder).expect("the posts can be listed").flatten() {
        let name = entry.file_name().into_string().expect("names are UTF-8");
        let text = fs::read_to_string(entry.path()).expect("the posts can be read");
        let (own, body) = text.strip_prefix("---\n").and_then(|rest| rest.split_once("\n---\n")).expect(&name);
        let stem = name.rsplit_once('.').expect("a file has an ending").0.replace('.', "-");
        shop.change(&format!("content/journal/{stem}.md"), &format!("---\n{}---\n{body}", front_matter(&name, own)));
        names.push(stem);
    }
    assert_eq!(names.len(), 102);

    shop.build();
    let said = shop.said();
    for name in &names {
        let page = shop.page(&format!("journal/{name}/index.html"));
        assert!(page.contains("<h1>") && page.contains("class=\"prose\""), "{name}");
    }
    shop.check_file("journal/2013-12-09-jekyll-1-4-1-released/index.html", "Jekyll 1.4.1 Released")
        .check_file("journal/2013-05-08-jekyll-1-0-1-released/index.html", "{% assign issue_numbers = ")
        .check_file("journal/2017-03-21-jekyll-3-4-3-released/index.html", "{% raw %}");
    let broken = shop.outcome.diagnostics.iter().filter(|told| told.code.0 == "E206").count();
    assert!(broken > 50 && said.contains("warning[E206]"), "{broken} broken links\n{said}");
    println!("{} posts, {} warnings, {broken} of them broken links", names.len(), shop.outcome.diagnostics.len());

    shop.edit("shop.yaml", "checks: {broken-links: warning, broken-anchors: warning, missing-pictures: warning}", "");
    shop.build_with_mistakes();
    assert!(shop.said().contains("error[E206]"));
}
