//! Whatever is wrong with a shop or with the machine has its own clear message and exit code.

use std::fs;
use std::process::Command;

use shopfront_tests::program::{finish, program};
use shopfront_tests::{Shop, run};

/// Mistakes of an editor: what is written where, and what is told.
const MISTAKES: &[(&str, &str, &str, &str)] = &[
    ("products/paper/poster.yaml", "title: Tide poster", "title: [Tide poster", "E002"),
    ("products/paper/poster.yaml", "title:", "tilte:", "E010"),
    ("products/paper/poster.yaml", "30.00", "cheap", "E021"),
    ("products/paper/poster.yaml", "30.00", "24,90", "E022"),
    ("products/paper/poster.yaml", "30.00", "-1", "E023"),
    ("products/paper/poster.yaml", "30.00", "1e9999", "E024"),
    ("products/paper/poster.yaml", "30.00", "30.001", "E112"),
    ("products/kitchen/mugs/small-cup.yaml", "sku: CUP", "sku: TEAPOT", "E101"),
    ("products/kitchen/mugs/harbour-mug.yaml", "also_in: [gifts]", "also_in: [gitfs]", "E202"),
    ("products/kitchen/mugs/harbour-mug.yaml", "harbour-mug.jpg", "harbor-mug.jpg", "E300"),
    ("content/about.md", "(terms.md)", "(trems.md)", "E206"),
];

#[test]
fn each_mistake_has_a_code_a_place_and_exit_code_one() {
    for (path, from, to, code) in MISTAKES {
        let shop = Shop::small();
        shop.edit(path, from, to);
        let said = run(shop.root(), &["check"]).code(1);
        assert!(said.err.contains(&format!("error[{code}]")) && said.err.contains(&format!(" {path}:")), "{path}: {to}\n{}", said.err);
        assert!(said.err.contains("= help:") || said.err.contains('^'), "{}", said.err);
    }
}

#[test]
fn all_mistakes_are_told_at_once() {
    let shop = Shop::small();
    for (path, from, to, _) in [MISTAKES[0], MISTAKES[7], MISTAKES[8], MISTAKES[9], MISTAKES[10]] {
        shop.edit(path, from, to);
    }
    let said = run(shop.root(), &["build"]).code(1);
    for code in ["E002", "E101", "E202", "E300", "E206"] {
        assert!(said.err.contains(&format!("error[{code}]")), "{code}\n{}", said.err);
    }
    assert!(!shop.path("public").exists());
}

#[test]
fn a_mistake_in_a_shared_template_is_told_with_its_place() {
    let shop = Shop::small();
    let theme = concat!(env!("CARGO_MANIFEST_DIR"), "/../themes/default");
    for (path, bytes) in shopfront_tests::shop::files(theme.as_ref()) {
        shop.change_bytes(&format!("themes/default/{path}"), &bytes);
    }
    shop.edit("themes/default/templates/product.html", "{{ product.title }}", "{{ product.titel.nothing }}");
    run(shop.root(), &["build"]).code(1).says("error[E400]").says("themes/default/templates/product.html:");
}

#[test]
fn what_the_machine_refuses_ends_with_two_and_names_the_path() {
    let shop = Shop::small();
    // A file where a folder is needed, which no permission can help.
    shop.change(".shopfront", "a file");
    run(shop.root(), &["build"]).code(2).says(".shopfront");
    shop.remove(".shopfront").change("public", "a file");
    run(shop.root(), &["build"]).code(2).says("public").says("is a file; name a folder");
}

/// Runs the program as a user who owns nothing; `None` where that cannot be done.
fn as_nobody(shop: &Shop, arguments: &[&str]) -> Option<shopfront_tests::Said> {
    let is_root = Command::new("id").arg("-u").output().is_ok_and(|id| id.stdout == b"0\n");
    let mut command = if is_root {
        // The program may lie in a folder that only root may enter.
        let copy = shop.path("shopfront");
        fs::copy(program(), &copy).expect("the program can be copied");
        let mut command = Command::new("setpriv");
        command.args(["--reuid=65534", "--regid=65534", "--clear-groups"]).arg(copy);
        command
    } else {
        Command::new(program())
    };
    command.arg("-C").arg(shop.root()).args(arguments);
    if is_root && Command::new("setpriv").arg("--version").output().is_err() {
        println!("skipped: root may read everything, and there is no setpriv to become somebody else");
        return None;
    }
    Some(finish(command))
}

#[cfg(unix)]
#[test]
fn a_folder_without_permission_is_named() {
    use std::os::unix::fs::PermissionsExt;
    let shop = Shop::small();
    let mode = |path: &str, mode: u32| fs::set_permissions(shop.path(path), fs::Permissions::from_mode(mode)).expect("the mode can be set");
    mode("", 0o777);
    mode("products/paper", 0o000);
    let said = as_nobody(&shop, &["check"]);
    mode("products/paper", 0o755);
    let Some(said) = said else { return };
    let said = said.code(2);
    assert!(said.err.contains("cannot read `") && said.err.contains("products/paper`: Permission denied"), "{}", said.err);

    fs::create_dir(shop.path("public")).expect("the folder can be made");
    mode("public", 0o555);
    let said = as_nobody(&shop, &["build"]).expect("it was possible a moment ago").code(2);
    assert!(said.err.contains("public") && said.err.contains("Permission denied"), "{}", said.err);
}

#[cfg(unix)]
#[test]
fn a_full_disk_is_named_and_the_old_site_stays_whole() {
    let shop = Shop::small();
    run(shop.root(), &["build", "--now", "2026-06-01"]).code(0);
    let before = shop.site();
    shop.edit("products/kitchen/mugs/small-cup.yaml", "For espresso.", &format!("{}.", "A very small cup. ".repeat(4000)));
    // A limit for the size of a file stands for a disk without room: 16 blocks of 1,024 bytes.
    let mut command = Command::new("bash");
    let line = "trap '' XFSZ; ulimit -f 16; exec \"$0\" -C \"$1\" build --now 2026-06-01";
    command.args(["-c", line]).arg(program()).arg(shop.root());
    let said = finish(command).code(2);
    assert!(said.err.contains("cannot write `") && said.err.contains("File too large"), "{}", said.err);
    for (path, bytes) in shop.site().iter().filter(|(path, _)| !path.starts_with(".shopfront-tmp")) {
        assert!(bytes.len() < 16 * 1024 || before.get(path) == Some(bytes), "`{path}` is not whole");
    }
    run(shop.root(), &["build", "--now", "2026-06-01"]).code(0);
    shopfront_tests::shop::check_same(&shop.site(), &shop.clean_build());
}
