//! The output folder: what is ours, what is not, and what happens when a build is cut off.

use std::fs;

use shopfront_tests::shop::check_same;
use shopfront_tests::{Shop, run};

#[test]
fn what_others_put_there_stays() {
    let mut shop = Shop::small();
    shop.change("public/README.md", "mine").change("public/notes/todo.txt", "mine too");
    shop.build();
    assert_eq!(shop.outcome.strangers, 1, "the README of a repository does not count");
    shop.remove("products/paper/guide.yaml");
    shop.build();
    shop.change("public/journal/later.txt", "beside our own");
    shop.build();
    assert_eq!(shop.read("public/README.md"), "mine");
    assert_eq!(shop.read("public/notes/todo.txt"), "mine too");
    assert_eq!(shop.read("public/journal/later.txt"), "beside our own");
    assert_eq!(shop.outcome.strangers, 0, "it is told once");
}

#[test]
fn what_is_in_the_way_is_an_error_that_names_it() {
    let mut shop = Shop::small();
    shop.change("public/about/index.html", "somebody else's");
    let error = shop.result().expect_err("the file is in the way").to_string();
    assert!(error.contains("public/about/index.html") && error.contains("`--out`"), "{error}");
    assert_eq!(shop.page("about/index.html"), "somebody else's");

    shop.remove("public/about/index.html");
    shop.build();
    check_same(&shop.site(), &shop.clean_build());
}

#[test]
fn nothing_is_moved_when_a_stranger_is_in_the_way_of_one_file() {
    let mut shop = Shop::small();
    shop.change("static/zoo/a.txt", "ours");
    shop.build();
    // A folder of ours shall become a file, but somebody put something into it.
    shop.change("public/zoo/mine.txt", "mine");
    shop.remove("static/zoo/a.txt");
    fs::remove_dir(shop.path("static/zoo")).expect("it is empty");
    shop.change("static/zoo", "a file").edit("content/about.md", "Who we are.", "Who we were.");
    let before = shop.site();
    let error = shop.result().expect_err("a stranger is in the way").to_string();
    assert!(error.contains("zoo/mine.txt") && error.contains("`--out`"), "{error}");
    assert_eq!(shop.site(), before);
    fs::remove_file(shop.path("static/zoo")).expect("removed");
    shop.change("static/zoo/a.txt", "ours");

    // A folder of ours was replaced by somebody's file.
    fs::remove_dir_all(shop.path("public/products/teapot")).expect("removed");
    shop.change("public/products/teapot", "mine").edit("content/about.md", "Who we were.", "Who we will be.");
    let before = shop.site();
    let error = shop.result().expect_err("a stranger is in the way").to_string();
    assert!(error.contains("products/teapot"), "{error}");
    assert_eq!(shop.site(), before);
}

#[test]
fn a_build_that_was_cut_off_leaves_nothing_behind() {
    let mut shop = Shop::small();
    shop.build();
    // As a killed build leaves it: paths that were entered, one of them written, and a temporary file.
    let manifest = format!("public/{}", generator::write::MANIFEST);
    shop.change(&manifest, &(shop.read(&manifest) + "+ products/gone/index.html\n+ products/never/index.html\n"));
    shop.change("public/products/gone/index.html", "<p>half").change("public/.shopfront-tmp/17", "<p>ha");
    shop.forget().build();
    shop.check_no_file("products/gone").check_no_file("products/never").check_no_file(".shopfront-tmp");
    check_same(&shop.site(), &shop.clean_build());
}

#[test]
fn a_site_copied_without_its_times_is_not_written_again() {
    let mut shop = Shop::small();
    shop.build();
    fs::rename(shop.path("public"), shop.path("moved")).expect("the folder can be moved");
    copy_folder(&shop.path("moved"), &shop.path("public"));
    shop.build();
    assert_eq!(shop.written(), (0, 0));
}

fn copy_folder(from: &std::path::Path, to: &std::path::Path) {
    fs::create_dir_all(to).expect("the folder can be made");
    for entry in fs::read_dir(from).expect("the folder is there").flatten() {
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy_folder(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), target).expect("the file can be copied");
        }
    }
}

#[test]
fn a_file_becomes_a_page_and_back() {
    let mut shop = Shop::small();
    shop.change("static/care", "a file without an ending");
    shop.build();
    shop.check_file("care", "a file");
    shop.remove("static/care").change("content/care.md", "---\ntitle: Care\n---\n\nWash by hand.\n");
    shop.build();
    shop.check_file("care/index.html", "Wash by hand.");
    shop.remove("content/care.md").change("static/care", "a file again");
    shop.build();
    shop.check_file("care", "a file again");
    check_same(&shop.site(), &shop.clean_build());
}

#[test]
fn the_sources_are_never_built_over() {
    let shop = Shop::small();
    for out in ["products", "products/public", ".", "..", "themes/x", "content/", "static/../downloads"] {
        let said = run(shop.root(), &["build", "--out", out]).code(2);
        assert!(said.err.contains("build into a folder of its own"), "{out}: {}", said.err);
    }
    run(shop.root(), &["build", "--out", "shop.yaml"]).code(2).says("is a file; name a folder");
    assert!(!shop.path("products/index.html").exists());
    run(shop.root(), &["build", "--out", "site/of/mine"]).code(0);
    assert!(shop.path("site/of/mine/index.html").exists());
}

#[test]
fn nothing_is_written_when_one_path_is_taken() {
    let mut shop = Shop::small();
    shop.change("public/products", "a file where a folder has to be");
    let error = shop.result().expect_err("the file is in the way").to_string();
    assert!(error.contains("public/products"), "{error}");
    shop.check_no_file("index.html").check_no_file(generator::write::MANIFEST);
    assert_eq!(shop.read("public/products"), "a file where a folder has to be");
}

#[test]
fn hidden_files_of_static_are_published() {
    let mut shop = Shop::small();
    shop.change("static/.well-known/security.txt", "Contact: mailto:x@shop.example").change("static/static/a:b.txt", "kept");
    shop.change("static/.DS_Store", "clutter");
    shop.build();
    shop.check_file(".well-known/security.txt", "Contact").check_file("static/a:b.txt", "kept").check_no_file(".DS_Store");
    shop.build();
    assert_eq!(shop.written().0, 0, "a colon in a name survives the manifest");
}
