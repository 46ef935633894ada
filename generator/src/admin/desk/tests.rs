#![expect(clippy::disallowed_methods, reason = "tests look at the folder")]

use std::fs;

use super::*;
use crate::cache::Memory;
use crate::{Options, draft};

/// A picture.
const PICTURE: &[u8] = include_bytes!("../../../../tests/fixtures/pictures/red.png");
const OTHER_PICTURE: &[u8] = include_bytes!("../../../../tests/fixtures/pictures/blue.png");
const MUG: &str = "products/kitchen/mug.yaml";
const TEXT: &str = "# The mug.\ntitle: Mug\nprice: 24.90\nsku: 007\n";

/// What a preview would lend.
struct Lender(Mutex<(Options, Memory)>);

impl Drafts for Lender {
    fn lend(&self, work: &mut dyn FnMut(&Options, &mut Memory) -> Result<(), BuildError>) -> Result<(), BuildError> {
        let (options, memory) = &mut *self.0.lock().expect("nobody panics");
        work(options, memory)
    }
}

struct Folder {
    dir: tempfile::TempDir,
    desk: Desk,
}

impl Folder {
    fn new() -> Self {
        let dir = tempfile::tempdir().expect("a folder");
        let root = dir.path().canonicalize().expect("it is there");
        let options = Options { root: root.clone(), ..Options::default() };
        let folder = Self { desk: Desk::new(root, Box::new(Lender(Mutex::new((options, Memory::default()))))), dir };
        folder.write("shop.yaml", "name: Quay\nbase_url: https://quay.example\nlanguages: [en, de]\n");
        folder.write(MUG, TEXT);
        folder.write("products/kitchen/mug.de.yaml", "title: Becher\n");
        folder.write("products/kitchen/pot.yaml", "title: Pot\nprice: 9\n");
        folder.write("products/kitchen/_index.md", "---\ntitle: Kitchen\n---\n");
        folder.write("content/about.md", "---\ntitle: About\n---\n\nUs.\n");
        folder.write("content/_schema.yaml", "fields: {serves: {type: number}}\n");
        folder.write("content/about.jpg", "not looked at");
        folder
    }

    /// Opens a file, and saves it.
    fn edit(&self, path: &str, raw: &str) -> Result<Value, Refusal> {
        self.ask("getEntry", json!({"path": path})).expect("it can be opened");
        self.save(path, raw)
    }

    /// The errors of the whole shop.
    fn mistakes(&self) -> String {
        let options = Options { root: self.dir.path().canonicalize().expect("it is there"), ..Options::default() };
        let mut memory = Memory::default();
        let sources = crate::read(&options, &memory, &crate::Silent).expect("it can be read");
        let outcome = draft(&options, &mut memory, sources, &crate::Silent).expect("it can be read");
        let errors: Vec<_> = outcome.diagnostics.into_iter().filter(Diagnostic::is_error).collect();
        report::render_short(&errors, &|path| outcome.sources.bytes(path).ok())
    }

    /// A file that is put there by somebody else.
    fn put(&self, path: &str, bytes: &[u8]) {
        fs::write(self.dir.path().join(path), bytes).expect("a file");
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

/// The names of the pictures in a folder.
fn names_in(folder: &Folder, at: &str) -> Vec<String> {
    let media = folder.ask("getMedia", json!({"mediaFolder": at})).expect("a list");
    media.as_array().expect("a list").iter().map(|file| file["name"].as_str().expect("a name").to_owned()).collect()
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
    folder.ask("getEntry", json!({"path": MUG})).expect("an entry");
    let given = json!({"dataFiles": [{"path": MUG, "raw": "title: Mug\nprice: 24,90\n"}], "assets": []});
    folder.refuses("persistEntry", given, "products/kitchen/mug.yaml:3:8: error[E022]");
    assert_eq!(folder.read(MUG).as_deref(), Some(TEXT));
    // One that is there already does not keep another from being mended.
    folder.write(MUG, "title: Mug\nprice: 24,90\nstock: many\n");
    folder.edit(MUG, "title: Mug\nprice: 24,90\nstock: 3\n").expect("it is better than before");
    assert_eq!(folder.read(MUG).as_deref(), Some("title: Mug\nprice: 24,90\nstock: 3\n"));
}

#[test]
fn translations_go_where_their_original_goes() {
    let folder = Folder::new();
    folder.ask("getEntry", json!({"path": MUG})).expect("an entry");
    let moved = json!({"dataFiles": [{"path": MUG, "newPath": "products/gifts/cup.yaml", "raw": "title: Mug\nprice: 24.90\nsku: \"007\"\n"}], "assets": []});
    folder.ask("persistEntry", moved).expect("it is moved");
    assert_eq!(folder.read("products/gifts/cup.yaml").as_deref(), Some(TEXT));
    assert_eq!(folder.read("products/gifts/cup.de.yaml").as_deref(), Some("title: Becher\n"));
    assert_eq!((folder.read(MUG), folder.read("products/kitchen/mug.de.yaml")), (None, None));
    // What is wrong with a translation already goes along, and does not keep it.
    folder.write("products/gifts/cup.de.yaml", "title: Becher\nsummery: Neu\n");
    let back = json!({"dataFiles": [{"path": "products/gifts/cup.yaml", "newPath": MUG, "raw": TEXT}], "assets": []});
    folder.ask("persistEntry", back).expect("it is moved");
    assert!(folder.mistakes().starts_with("products/kitchen/mug.de.yaml:2:1: error[E010]"), "{}", folder.mistakes());
    let again = json!({"dataFiles": [{"path": MUG, "newPath": "products/gifts/cup.yaml", "raw": TEXT}], "assets": []});
    folder.ask("persistEntry", again).expect("it is moved");
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
    let asset = |path: &str| json!({"path": path, "content": BASE64_STANDARD.encode(PICTURE), "encoding": "base64"});
    let with =
        json!({"dataFiles": [{"path": "content/new.md", "raw": "---\ntitle: New\n---\nText\n"}], "assets": [asset("content/new.jpg")]});
    folder.ask("persistEntry", with).expect("both are written");
    assert_eq!(folder.read("content/new.md").as_deref(), Some("---\ntitle: New\n---\n\nText\n"));
    assert_eq!(fs::read(folder.dir.path().join("content/new.jpg")).expect("it is there"), PICTURE);
    folder.ask("persistMedia", json!({"asset": asset("static/uploads/a.png")})).expect("it is written");
    assert_eq!(names_in(&folder, "content"), ["about.jpg", "new.jpg"], "texts are no pictures");
    assert_eq!(folder.ask("getMedia", json!({"mediaFolder": "static/none"})), Ok(json!([])));
    for bad in ["content/new.exe", "themes/x/a.png", "content/a.png/../../b.png", ".git/a.png", "a.png", "downloads/a.png"] {
        assert!(folder.ask("persistMedia", json!({"asset": asset(bad)})).is_err(), "{bad}");
    }
    for (path, bytes) in [
        ("products/kitchen/mug.jpg", &b"AAAA"[..]),
        ("static/a.svg", b"AAAA"),
        ("static/a.avif", b"AAAAAAAAA"),
        ("static/a.png", &PICTURE[..40]),
    ] {
        let asset = json!({"path": path, "content": BASE64_STANDARD.encode(bytes), "encoding": "base64"});
        folder.refuses("persistMedia", json!({"asset": asset}), "no picture");
    }
    // Another's picture is not written over; the same once more is no other.
    folder.refuses("persistMedia", json!({"asset": asset("content/about.jpg")}), "another picture is at `content/about.jpg`");
    assert_eq!(folder.read("content/about.jpg").as_deref(), Some("not looked at"));
    folder.ask("persistMedia", json!({"asset": asset("content/new.jpg")})).expect("it is the same");
    for path in ["products/kitchen/mug.avif", "products/kitchen/mug.AVIF"] {
        folder.refuses("persistMedia", json!({"asset": asset(path)}), "AVIF is shown from `static/`");
    }
    let large = json!({"asset": {"path": "static/a.png", "content": "A".repeat(LARGEST_PICTURE / 3 * 4 + 8), "encoding": "base64"}});
    folder.refuses("persistMedia", large, "make it smaller");
    // One that came by another way hides no others.
    folder.put("content/large.png", &vec![0; LARGEST_PICTURE + 1]);
    assert_eq!(names_in(&folder, "content"), ["about.jpg", "new.jpg"]);
}

#[test]
fn no_picture_takes_the_place_of_another_in_the_same_request() {
    let folder = Folder::new();
    let (red, other) = (PICTURE, OTHER_PICTURE);
    let asset = |path: &str, bytes: &[u8]| json!({"path": path, "content": BASE64_STANDARD.encode(bytes), "encoding": "base64"});
    let page = json!([{"path": "content/new.md", "raw": "---\ntitle: New\n---\nText\n"}]);
    let twice = json!({"dataFiles": page, "assets": [asset("content/image.png", red), asset("content/image.png", other)]});
    folder.refuses("persistEntry", twice, "two different files would be `content/image.png`");
    assert_eq!((folder.read("content/new.md"), folder.dir.path().join("content/image.png").exists()), (None, false));
    let same = json!({"dataFiles": page, "assets": [asset("content/image.png", red), asset("content/image.png", red)]});
    folder.ask("persistEntry", same).expect("that is one picture");
    // One that goes along with its text, and one that comes with it.
    folder.put("products/kitchen/mug.png", red);
    let text = "title: Mug\nprice: 24.90\nimages: [{file: mug.png, alt: A mug}]\n";
    folder.edit(MUG, text).expect("it is written");
    let moved = json!({
        "dataFiles": [{"path": MUG, "newPath": "products/cups/mug.yaml", "raw": text}],
        "assets": [asset("products/cups/mug.png", other)],
    });
    folder.refuses("persistEntry", moved, "two different files would be `products/cups/mug.png`");
    assert!(folder.dir.path().join("products/kitchen/mug.png").exists() && !folder.dir.path().join("products/cups").exists());
    // The same once more, at its old place, does not keep it from moving.
    let moved = json!({
        "dataFiles": [{"path": MUG, "newPath": "products/cups/mug.yaml", "raw": text}],
        "assets": [asset("products/kitchen/mug.png", red)],
    });
    folder.ask("persistEntry", moved).expect("it is moved");
    assert!(!folder.dir.path().join("products/kitchen/mug.png").exists() && folder.dir.path().join("products/cups/mug.png").exists());
}

#[test]
fn what_changes_while_a_change_is_judged_is_not_overwritten() {
    /// Saves a file when a draft is asked for.
    struct Colleague {
        lender: Lender,
        saves: std::path::PathBuf,
    }

    impl Drafts for Colleague {
        fn lend(&self, work: &mut dyn FnMut(&Options, &mut Memory) -> Result<(), BuildError>) -> Result<(), BuildError> {
            self.lender.lend(work)?;
            fs::write(&self.saves, "---\ntitle: Theirs\n---\n").expect("a file");
            Ok(())
        }
    }

    for (saved, request) in [
        ("content/about.md", json!({"dataFiles": [{"path": "content/about.md", "raw": "---\ntitle: Mine\n---\n"}], "assets": []})),
        ("content/new.md", json!({"dataFiles": [{"path": "content/new.md", "raw": "---\ntitle: Mine\n---\n"}], "assets": []})),
        (
            "content/about.md",
            json!({"dataFiles": [{"path": "content/about.md", "newPath": "content/us.md", "raw": "---\ntitle: Mine\n---\n"}], "assets": []}),
        ),
    ] {
        let mut folder = Folder::new();
        let root = folder.dir.path().canonicalize().expect("it is there");
        let options = Options { root: root.clone(), ..Options::default() };
        let lender = Lender(Mutex::new((options, Memory::default())));
        folder.desk = Desk::new(root.clone(), Box::new(Colleague { lender, saves: root.join(saved) }));
        folder.ask("getEntry", json!({"path": "content/about.md"})).expect("an entry");
        folder.refuses("persistEntry", request, "at this moment");
        assert_eq!(folder.read(saved).as_deref(), Some("---\ntitle: Theirs\n---\n"));
        assert_eq!(folder.read("content/us.md"), None);
    }
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
        "data/hours.yaml",
        "data/hours.csv",
        "themes/x/theme.yaml",
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

#[test]
fn a_mistake_of_the_whole_shop_does_not_come_in() {
    let folder = Folder::new();
    assert_eq!(folder.mistakes(), "");
    let new = |path: &str, raw: &str| json!({"dataFiles": [{"path": path, "raw": raw}], "assets": []});
    folder.refuses("persistEntry", new("products/kitchen/jug.yaml", "title: Jug\n"), "products/kitchen/jug.yaml:1:8: error[E110]");
    folder.refuses("persistEntry", new("products/kitchen/jug.yaml", "title: Jug\nprice: 9\nsku: \"007\"\n"), "error[E101]");
    folder.ask("getEntry", json!({"path": "content/about.md"})).expect("an entry");
    let linked = "---\ntitle: About\n---\n\n[There](/nowhere/)\n";
    folder.refuses("persistEntry", new("content/about.md", linked), "content/about.md:5:9: error[E206]");
    assert_eq!(folder.read("products/kitchen/jug.yaml"), None);
    assert_eq!(folder.read("content/about.md").as_deref(), Some("---\ntitle: About\n---\n\nUs.\n"));
    // A shop that is wrong can be edited, also where it is wrong, as long as it does not become worse.
    folder.write("content/about.md", linked);
    folder.write("content/other.md", linked);
    folder.edit("products/kitchen/pot.yaml", "title: Pot\nprice: 8\n").expect("that is another file");
    folder.edit("content/about.md", "---\ntitle: About us\n---\n\n[There](/nowhere/)\n").expect("it is no worse");
    folder.refuses(
        "persistEntry",
        new("content/about.md", "---\ntitle: About us\n---\n\n[There](/nowhere/) [and](/there/)\n"),
        "error[E206]",
    );
    folder.refuses(
        "persistEntry",
        new("content/about.md", "---\ntitle: About us\n---\n\n[There](/nowhere/) [too](/nowhere/)\n"),
        "error[E206]",
    );
    folder.edit("content/about.md", "---\ntitle: About us\n---\n\n[There](/products/pot/)\n").expect("it is mended");
    folder.edit("content/other.md", "---\ntitle: Other\n---\n\nNone.\n").expect("it is mended");
    assert_eq!(folder.mistakes(), "");
    // What others lead to cannot be removed.
    folder.ask("getEntry", json!({"path": "products/kitchen/pot.yaml"})).expect("an entry");
    folder.refuses("deleteFiles", json!({"paths": ["products/kitchen/pot.yaml"]}), "content/about.md:5:9: error[E206]");
    // Settings that cannot be read hide everything else, and do not keep themselves from being mended.
    folder.write("content/other.md", linked);
    folder.write("shop.yaml", "name: Quay\nbase_url: quay\n");
    folder.refuses("persistEntry", new("products/kitchen/cup.yaml", "title: Cup\nprice: 24,90\n"), "error[E022]");
    folder.edit("shop.yaml", "name: Quay\nbase_url: https://quay.example\n").expect("it is mended");
}

#[test]
fn what_a_text_alone_names_goes_along() {
    let folder = Folder::new();
    for path in ["products/kitchen/mug.png", "products/kitchen/shared.png", "products/kitchen/inner.png", "content/us.png"] {
        folder.put(path, PICTURE);
    }
    folder.write(MUG, "title: Mug\nprice: 24.90\nimages: [{file: mug.png, alt: A mug}]\ndescription: \"![Inside](inner.png)\"\n");
    folder.write("products/kitchen/mug.de.yaml", "title: Becher\ndescription: \"![Innen](inner.png)\"\n");
    let moved = |from: &str, to: &str, raw: &str| json!({"dataFiles": [{"path": from, "newPath": to, "raw": raw}], "assets": []});
    let text = folder.read(MUG).expect("it is there");
    folder.ask("getEntry", json!({"path": MUG})).expect("an entry");
    folder.ask("persistEntry", moved(MUG, "products/cups/mug.yaml", &text)).expect("it is moved");
    assert_eq!(folder.mistakes(), "");
    for name in ["mug.yaml", "mug.de.yaml", "mug.png", "inner.png"] {
        assert!(folder.dir.path().join("products/cups").join(name).exists(), "{name}");
        assert!(!folder.dir.path().join("products/kitchen").join(name).exists(), "{name}");
    }
    assert!(folder.dir.path().join("products/kitchen/shared.png").exists(), "nobody names it");
    // What others show as well stays, so that the text cannot go.
    folder.write("products/kitchen/jug.yaml", "title: Jug\nprice: 9\nimages: [{file: shared.png, alt: A jug}]\n");
    folder.edit("products/kitchen/pot.yaml", "title: Pot\nprice: 9\nimages: [{file: shared.png, alt: A pot}]\n").expect("it is written");
    let pot = folder.read("products/kitchen/pot.yaml").expect("it is there");
    folder.refuses("persistEntry", moved("products/kitchen/pot.yaml", "products/pot.yaml", &pot), "products/pot.yaml:4:12: error[E300]");
    assert!(folder.dir.path().join("products/kitchen/pot.yaml").exists());
    // Neither can one that others lead to by its file, nor one whose picture would replace another.
    folder.write("content/about.md", "---\ntitle: About\n---\n\n[A mug](../products/cups/mug.yaml)\n");
    folder.ask("getEntry", json!({"path": "products/cups/mug.yaml"})).expect("an entry");
    folder.refuses(
        "persistEntry",
        moved("products/cups/mug.yaml", "products/kitchen/mug.yaml", &text),
        "content/about.md:5:9: error[E206]",
    );
    folder.edit("content/about.md", "---\ntitle: About\n---\n\n![Us](us.png)\n").expect("it is written");
    folder.write("content/team/us.png", "another");
    let about = folder.read("content/about.md").expect("it is there");
    folder.refuses("persistEntry", moved("content/about.md", "content/team/about.md", &about), "`content/team/us.png` is there already");
}

#[test]
fn what_was_not_opened_is_not_overwritten() {
    let folder = Folder::new();
    let stale = json!({"dataFiles": [{"path": "content/about.md", "raw": "---\ntitle: Old\n---\n"}], "assets": []});
    folder.refuses("persistEntry", stale, "reload this page");
    folder.refuses("deleteFiles", json!({"paths": ["content/about.md"]}), "reload this page");
    assert_eq!(folder.read("content/about.md").as_deref(), Some("---\ntitle: About\n---\n\nUs.\n"));
    for text in ["# my notes\n# title: later\n", "- a\n- b # important\n", "text\n"] {
        folder.write("products/kitchen/list.yaml", text);
        let _ = folder.ask("getEntry", json!({"path": "products/kitchen/list.yaml"}));
        assert!(folder.save("products/kitchen/list.yaml", "title: List\nprice: 1\n").is_err(), "{text}");
        assert_eq!(folder.read("products/kitchen/list.yaml").as_deref(), Some(text));
    }
    folder.write("products/kitchen/list.yaml", "");
    folder.edit("products/kitchen/list.yaml", "title: List\nprice: 1\n").expect("there was nothing");
}
