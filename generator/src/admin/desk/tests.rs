#![expect(clippy::disallowed_methods, reason = "tests look at the folder")]

use std::fs;

use super::*;

const MUG: &str = "products/kitchen/mug.yaml";
const TEXT: &str = "# The mug.\ntitle: Mug\nprice: 24.90\nsku: 007\n";

struct Folder {
    dir: tempfile::TempDir,
    desk: Desk,
}

impl Folder {
    fn new() -> Self {
        let dir = tempfile::tempdir().expect("a folder");
        let root = dir.path().canonicalize().expect("it is there");
        let folder = Self { desk: Desk::new(root), dir };
        folder.write("shop.yaml", "name: Quay\nlanguages: [en, de]\n");
        folder.write(MUG, TEXT);
        folder.write("products/kitchen/mug.de.yaml", "title: Becher\n");
        folder.write("products/kitchen/pot.yaml", "title: Pot\nprice: 9\n");
        folder.write("products/kitchen/_index.md", "---\ntitle: Kitchen\n---\n");
        folder.write("content/about.md", "---\ntitle: About\n---\n\nUs.\n");
        folder.write("content/_schema.yaml", "fields: {serves: {type: number}}\n");
        folder.write("content/about.jpg", "not looked at");
        folder
    }

    fn write(&self, path: &str, text: &str) {
        let place = self.dir.path().join(path);
        fs::create_dir_all(place.parent().expect("it has one")).expect("a folder");
        fs::write(place, text).expect("a file");
    }

    fn read(&self, path: &str) -> Option<String> {
        fs::read_to_string(self.dir.path().join(path)).ok()
    }

    #[expect(clippy::needless_pass_by_value, reason = "calls give a literal")]
    fn ask(&self, action: &str, params: Value) -> Result<Value, Refusal> {
        self.desk.answer(json!({"branch": "main", "action": action, "params": params}).to_string().as_bytes())
    }

    fn save(&self, path: &str, raw: &str) -> Result<Value, Refusal> {
        self.ask(
            "persistEntry",
            json!({"dataFiles": [{"path": path, "slug": "x", "raw": raw}], "assets": [], "options": {"commitMessage": "x"}}),
        )
    }

    #[track_caller]
    fn refuses(&self, action: &str, params: Value, says: &str) {
        match self.ask(action, params) {
            Err(Refusal::Wrong(message)) => assert!(message.contains(says), "{message}"),
            other => panic!("{other:?} instead of: {says}"),
        }
    }
}

fn paths(entries: &Value) -> Vec<&str> {
    entries.as_array().expect("a list").iter().map(|entry| entry["file"]["path"].as_str().expect("a path")).collect()
}

#[test]
fn lists_originals_and_translations_apart() {
    let folder = Folder::new();
    fs::write(folder.dir.path().join("products/kitchen/latin.yaml"), b"title: Caf\xe9\n").expect("a file");
    let list = |extension: &str, at: &str, depth: usize| {
        folder.ask("entriesByFolder", json!({"folder": at, "extension": extension, "depth": depth})).expect("a list")
    };
    assert_eq!(paths(&list("yaml", "products", 10)), [MUG, "products/kitchen/pot.yaml"]);
    assert_eq!(paths(&list("yaml", "products", 1)), [""; 0]);
    assert_eq!(paths(&list("md", "products", 10)), ["products/kitchen/_index.md"]);
    assert_eq!(paths(&list("md", "content", 1)), ["content/about.md"]);
    let german = list("de.yaml", "products", 10);
    assert_eq!(paths(&german), ["products/kitchen/mug.de.yaml", "products/kitchen/pot.de.yaml"]);
    assert_eq!(german[1]["data"], "title: Pot\n", "what is not translated begins with the original's title");
    assert_eq!(folder.read("products/kitchen/pot.de.yaml"), None);
}

#[test]
fn hands_out_texts_that_no_program_misreads() {
    let folder = Folder::new();
    let entry = folder.ask("getEntry", json!({"path": MUG})).expect("an entry");
    assert_eq!(entry["data"], "# The mug.\ntitle: Mug\nprice: \"24.90\"\nsku: \"007\"\n");
    let none = folder.ask("getEntry", json!({"path": "products/none.yaml"})).expect("an answer");
    assert_eq!((&none["data"], &none["file"]["id"]), (&Value::Null, &Value::Null));
    folder.write("products/broken.yaml", "title: [\n");
    folder.refuses("getEntry", json!({"path": "products/broken.yaml"}), "products/broken.yaml:1:8: error[E002]");
    assert!(folder.save("products/broken.yaml", "title: x\n").is_err(), "what could not be shown is not overwritten");
}

#[test]
fn a_change_is_the_only_change() {
    let folder = Folder::new();
    folder.ask("getEntry", json!({"path": MUG})).expect("an entry");
    folder.save(MUG, "title: Mug\nprice: \"26.50\"\nsku: \"007\"\nsummary: ''\n").expect("it is written");
    assert_eq!(folder.read(MUG).as_deref(), Some("# The mug.\ntitle: Mug\nprice: \"26.50\"\nsku: 007\n"));
    folder.save(MUG, "title: Mug\nprice: \"27.00\"\nsku: \"007\"\n").expect("it is written once more");
    folder.write(MUG, "title: Other\nprice: 1\n");
    folder.refuses(
        "persistEntry",
        json!({"dataFiles": [{"path": MUG, "raw": "title: Mug\nprice: 28\n"}], "assets": []}),
        "was changed by somebody else",
    );
    assert_eq!(folder.read(MUG).as_deref(), Some("title: Other\nprice: 1\n"));
}

#[test]
fn a_mistake_does_not_come_into_the_shop() {
    let folder = Folder::new();
    let given = json!({"dataFiles": [{"path": MUG, "raw": "title: Mug\nprice: 24,90\n"}], "assets": []});
    folder.refuses("persistEntry", given, "products/kitchen/mug.yaml:3:8: error[E022]");
    assert_eq!(folder.read(MUG).as_deref(), Some(TEXT));
    // One that is there already does not keep another from being mended.
    folder.write(MUG, "title: Mug\nprice: 24,90\nstock: many\n");
    folder.save(MUG, "title: Mug\nprice: 24,90\nstock: 3\n").expect("it is better than before");
    assert_eq!(folder.read(MUG).as_deref(), Some("title: Mug\nprice: 24,90\nstock: 3\n"));
}

#[test]
fn translations_go_where_their_original_goes() {
    let folder = Folder::new();
    let moved = json!({"dataFiles": [{"path": MUG, "newPath": "products/gifts/cup.yaml", "raw": "title: Mug\nprice: 24.90\nsku: \"007\"\n"}], "assets": []});
    folder.ask("persistEntry", moved).expect("it is moved");
    assert_eq!(folder.read("products/gifts/cup.yaml").as_deref(), Some(TEXT));
    assert_eq!(folder.read("products/gifts/cup.de.yaml").as_deref(), Some("title: Becher\n"));
    assert_eq!((folder.read(MUG), folder.read("products/kitchen/mug.de.yaml")), (None, None));
    folder.ask("deleteFiles", json!({"paths": ["products/gifts/cup.yaml"]})).expect("it is removed");
    assert_eq!(folder.read("products/gifts/cup.de.yaml"), None);
    folder.refuses("deleteFiles", json!({"paths": ["shop.yaml"]}), "cannot be removed");
    let onto =
        json!({"dataFiles": [{"path": "products/kitchen/pot.yaml", "newPath": "content/about.md", "raw": "title: x\n"}], "assets": []});
    folder.refuses("persistEntry", onto, "another kind");
}

#[test]
fn pictures_come_with_texts_and_alone() {
    let folder = Folder::new();
    let asset = |path: &str| json!({"path": path, "content": BASE64_STANDARD.encode("picture"), "encoding": "base64"});
    let with =
        json!({"dataFiles": [{"path": "content/new.md", "raw": "---\ntitle: New\n---\nText\n"}], "assets": [asset("content/new.jpg")]});
    folder.ask("persistEntry", with).expect("both are written");
    assert_eq!(folder.read("content/new.md").as_deref(), Some("---\ntitle: New\n---\n\nText\n"));
    assert_eq!(folder.read("content/new.jpg").as_deref(), Some("picture"));
    folder.ask("persistMedia", json!({"asset": asset("static/uploads/a.png")})).expect("it is written");
    let media = folder.ask("getMedia", json!({"mediaFolder": "content"})).expect("a list");
    let names: Vec<&str> = media.as_array().expect("a list").iter().filter_map(|file| file["name"].as_str()).collect();
    assert_eq!(names, ["about.jpg", "new.jpg"], "texts are no pictures");
    assert_eq!(folder.ask("getMedia", json!({"mediaFolder": "static/none"})), Ok(json!([])));
    for bad in ["content/new.exe", "themes/x/a.png", "content/a.png/../../b.png", ".git/a.png", "a.png", "downloads/a.png"] {
        assert!(folder.ask("persistMedia", json!({"asset": asset(bad)})).is_err(), "{bad}");
    }
    let large = json!({"asset": {"path": "static/a.png", "content": "A".repeat(LARGEST_PICTURE / 3 * 4 + 8), "encoding": "base64"}});
    folder.refuses("persistMedia", large, "make it smaller");
}

#[test]
fn nothing_else_is_read_or_written() {
    let folder = Folder::new();
    folder.write("themes/x/page.html", "<p>");
    folder.write(".git/config", "secret");
    folder.write("products/.hidden.yaml", "title: x\n");
    for path in [
        "../outside.yaml",
        "/etc/passwd",
        "products/../../outside.yaml",
        "products/../shop.yaml",
        "themes/x/page.html",
        ".git/config",
        "products/.hidden.yaml",
        "content/_schema.yaml",
        "products//mug.yaml",
        "products/mug.yaml~",
        "products\\mug.yaml",
        "",
        ".",
        "README.md",
        "products/a\u{0}.yaml",
        "./shop.yaml",
        "/shop.yaml",
        "products/mug.txt",
        ".shopfront/store/x.yaml",
        "downloads/x.yaml",
    ] {
        assert!(folder.ask("getEntry", json!({"path": path})).is_err(), "{path}");
        assert!(folder.save(path, "title: x\n").is_err(), "{path}");
        assert!(folder.ask("deleteFiles", json!({"paths": [path]})).is_err(), "{path}");
        assert!(folder.ask("entriesByFiles", json!({"files": [{"path": path}]})).is_err(), "{path}");
        let onto = json!({"dataFiles": [{"path": MUG, "newPath": path, "raw": TEXT}], "assets": []});
        assert!(folder.ask("persistEntry", onto).is_err(), "{path}");
    }
    for at in ["", ".", "..", "themes", ".git", "products/..", "downloads", "/etc"] {
        assert!(folder.ask("getMedia", json!({"mediaFolder": at})).is_err(), "{at}");
        assert!(folder.ask("entriesByFolder", json!({"folder": at, "extension": "yaml", "depth": 9})).is_err(), "{at}");
    }
    for body in
        ["", "{", "{}", "[]", "{\"action\":\"format\"}", "{\"action\":\"getEntry\"}", "{\"action\":\"getEntry\",\"params\":{\"path\":7}}"]
    {
        assert!(folder.desk.answer(body.as_bytes()).is_err(), "{body}");
    }
    assert_eq!(folder.read(MUG).as_deref(), Some(TEXT));
    assert!(!folder.dir.path().parent().expect("a folder above").join("outside.yaml").exists());
}

#[cfg(unix)]
#[test]
fn links_do_not_lead_out() {
    use std::os::unix::fs::symlink;

    let folder = Folder::new();
    let outside = tempfile::tempdir().expect("a folder");
    fs::write(outside.path().join("secret.yaml"), "title: secret\n").expect("a file");
    symlink(outside.path(), folder.dir.path().join("products/away")).expect("a link");
    symlink(outside.path().join("secret.yaml"), folder.dir.path().join("products/one.yaml")).expect("a link");
    for path in ["products/away/secret.yaml", "products/one.yaml", "products/away/new.yaml", "products/away/deep/new.yaml"] {
        assert!(folder.save(path, "title: x\n").is_err(), "{path}");
    }
    for path in ["products/away/secret.yaml", "products/one.yaml"] {
        assert!(folder.ask("getEntry", json!({"path": path})).is_err(), "{path}");
        assert!(folder.ask("deleteFiles", json!({"paths": [path]})).is_err(), "{path}");
    }
    assert_eq!(fs::read_to_string(outside.path().join("secret.yaml")).expect("it is there"), "title: secret\n");
    assert!(!outside.path().join("new.yaml").exists() && !outside.path().join("deep").exists());
}
