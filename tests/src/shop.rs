//! A shop in a temporary folder, told as a story: build, check, change a file, build, check.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use generator::cache::{Memory, PictureCache};
use generator::{Options, Outcome, Silent, Target, report};

use crate::fixture;

/// The moment of every story: 2026-06-01T00:00:00Z.
pub const NOW: i64 = 1_780_272_000;

/// A shop and what its last build did.
#[derive(Debug)]
pub struct Shop {
    folder: tempfile::TempDir,
    memory: Memory,
    /// How the next build goes; `now` is [`NOW`].
    pub options: Options,
    /// What the last build did.
    pub outcome: Outcome,
}

impl Shop {
    /// A shop of these files.
    pub fn new(files: &[(&str, &str)]) -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder can be made");
        let root = folder.path().to_owned();
        let shop = Self {
            options: Options { root, now: NOW, ..Options::default() },
            folder,
            memory: Memory::default(),
            outcome: Outcome::default(),
        };
        for (path, text) in files {
            shop.change(path, text);
        }
        shop
    }

    /// The small shop of [`fixture`], under the default theme.
    pub fn small() -> Self {
        let shop = Self::new(fixture::SMALL);
        shop.change_bytes("products/kitchen/mugs/harbour-mug.jpg", fixture::PICTURE);
        shop
    }

    /// The shop's folder.
    pub fn root(&self) -> &Path {
        self.folder.path()
    }

    /// A file of the shop or of its site.
    pub fn path(&self, path: &str) -> PathBuf {
        self.root().join(path)
    }

    /// Writes a source file.
    pub fn change(&self, path: &str, text: &str) -> &Self {
        self.change_bytes(path, text.as_bytes())
    }

    /// Writes a source file that is not text.
    pub fn change_bytes(&self, path: &str, bytes: &[u8]) -> &Self {
        let path = self.path(path);
        fs::create_dir_all(path.parent().expect("files lie in folders")).expect("the folder can be made");
        fs::write(&path, bytes).expect("the file can be written");
        self
    }

    /// Replaces some words of a source file, which must stand there.
    #[track_caller]
    pub fn edit(&self, path: &str, from: &str, to: &str) -> &Self {
        let text = self.read(path);
        assert!(text.contains(from), "`{path}` does not say `{from}`:\n{text}");
        self.change(path, &text.replace(from, to))
    }

    /// Removes a file.
    #[track_caller]
    pub fn remove(&self, path: &str) -> &Self {
        fs::remove_file(self.path(path)).expect("the file is there");
        self
    }

    /// Moves a file.
    #[track_caller]
    pub fn rename(&self, from: &str, to: &str) -> &Self {
        let target = self.path(to);
        fs::create_dir_all(target.parent().expect("files lie in folders")).expect("the folder can be made");
        fs::rename(self.path(from), target).expect("the file can be moved");
        self
    }

    /// A file's text.
    #[track_caller]
    pub fn read(&self, path: &str) -> String {
        fs::read_to_string(self.path(path)).unwrap_or_else(|error| panic!("`{path}`: {error}"))
    }

    /// A page or file of the built site.
    #[track_caller]
    pub fn page(&self, path: &str) -> String {
        self.read(&format!("public/{path}"))
    }

    /// Builds into `public/` without mistakes.
    #[track_caller]
    pub fn build(&mut self) -> &mut Self {
        self.try_build();
        assert!(!self.outcome.has_errors(), "{}", self.said());
        self
    }

    /// Builds what has a mistake.
    #[track_caller]
    pub fn build_with_mistakes(&mut self) -> &mut Self {
        self.try_build();
        assert!(self.outcome.has_errors(), "no mistake was found");
        self
    }

    /// Builds into `public/`.
    #[track_caller]
    pub fn try_build(&mut self) -> &mut Self {
        self.outcome = self.result().expect("the environment works");
        self
    }

    /// Checks everything and writes nothing.
    #[track_caller]
    pub fn check(&mut self) -> &mut Self {
        let pictures = PictureCache::new(self.path(".shopfront/cache/pictures"));
        let checked = generator::build(&self.options, &mut self.memory, &pictures, Target::Check, &Silent);
        self.outcome = checked.expect("the environment works");
        self
    }

    /// The codes of what was told, in the order of the report's lines.
    pub fn codes(&self) -> Vec<&'static str> {
        let mut told: Vec<_> = self.outcome.diagnostics.iter().map(|told| (told.file.clone(), told.code.0)).collect();
        told.sort();
        told.into_iter().map(|(_, code)| code).collect()
    }

    /// Builds into `public/`, where the environment may fail.
    pub fn result(&mut self) -> Result<Outcome, generator::BuildError> {
        let (out, bundle) = (self.path("public"), self.path(".shopfront/bundle"));
        let pictures = PictureCache::new(self.path(".shopfront/cache/pictures"));
        generator::build(&self.options, &mut self.memory, &pictures, Target::Folder { out: &out, bundle: &bundle }, &Silent)
    }

    /// What a build from nothing gives, by path; the shop's own site and memory are left alone.
    #[track_caller]
    pub fn clean_build(&self) -> BTreeMap<String, Vec<u8>> {
        self.clean_build_and_bundle().0
    }

    /// The same, and the catalogue bundle.
    #[track_caller]
    pub fn clean_build_and_bundle(&self) -> (BTreeMap<String, Vec<u8>>, BTreeMap<String, Vec<u8>>) {
        let folder = tempfile::tempdir().expect("a temporary folder can be made");
        let (out, bundle) = (folder.path().join("public"), folder.path().join("bundle"));
        let pictures = PictureCache::new(folder.path().join("pictures"));
        let target = Target::Folder { out: &out, bundle: &bundle };
        let outcome = generator::build(&self.options, &mut Memory::default(), &pictures, target, &Silent).expect("the environment works");
        assert!(!outcome.has_errors(), "a clean build has mistakes");
        (files(&out), files(&bundle))
    }

    /// As another process would go on: through the cache's file.
    pub fn reload(&mut self) -> &mut Self {
        let path = self.path(".shopfront/cache/story.bin");
        self.memory.save(&path).expect("the cache can be written");
        self.memory = Memory::load(&path);
        self
    }

    /// Forgets everything that was remembered, as if the cache had been deleted.
    pub fn forget(&mut self) -> &mut Self {
        self.memory = Memory::default();
        self
    }

    /// The diagnostics of the last build, as a terminal shows them.
    pub fn said(&self) -> String {
        report::render_human(&self.outcome.diagnostics, &|path| self.outcome.sources.bytes(path).ok(), false)
    }

    /// The built site by path, the manifest left out.
    pub fn site(&self) -> BTreeMap<String, Vec<u8>> {
        files(&self.path("public"))
    }

    /// When each file of the site was written.
    pub fn times(&self) -> BTreeMap<String, SystemTime> {
        let modified = |path: &String| fs::metadata(self.path("public").join(path)).and_then(|file| file.modified());
        self.site().into_keys().map(|path| (path.clone(), modified(&path).expect("files have times"))).collect()
    }

    /// The pages that the last build rendered, in order.
    pub fn rendered(&self) -> Vec<&str> {
        let mut pages: Vec<&str> = self.outcome.rendered.iter().map(|(path, _)| path.trim_end_matches("index.html")).collect();
        pages.sort_unstable();
        pages
    }

    /// How many files the last build wrote and removed.
    #[track_caller]
    pub fn written(&self) -> (usize, usize) {
        let written = self.outcome.written.expect("the site was written");
        (written.written, written.pruned)
    }

    /// Checks that a file of the site holds these words.
    #[track_caller]
    pub fn check_file(&self, path: &str, words: &str) -> &Self {
        let text = self.page(path);
        assert!(text.contains(words), "`{path}` does not hold `{words}`:\n{text}");
        self
    }

    /// Checks that a file of the site does not hold these words.
    #[track_caller]
    pub fn check_without(&self, path: &str, words: &str) -> &Self {
        let text = self.page(path);
        assert!(!text.contains(words), "`{path}` holds `{words}`:\n{text}");
        self
    }

    /// Checks that the site has no such file.
    #[track_caller]
    pub fn check_no_file(&self, path: &str) -> &Self {
        assert!(!self.path("public").join(path).exists(), "`{path}` is there");
        self
    }
}

/// All files below a folder, what shopfront keeps for itself left out.
pub fn files(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    fn collect(root: &Path, folder: &Path, found: &mut BTreeMap<String, Vec<u8>>) {
        for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
            let path = entry.path();
            if path.is_dir() {
                collect(root, &path, found);
            } else if entry.file_name() != generator::write::MANIFEST {
                let name = path.strip_prefix(root).expect("files lie in their folder").to_string_lossy().replace('\\', "/");
                found.insert(name, fs::read(&path).expect("the file can be read"));
            }
        }
    }
    let mut found = BTreeMap::new();
    collect(folder, folder, &mut found);
    found
}

/// Checks that two sites are the same, byte for byte, and names the first file that differs.
#[track_caller]
pub fn check_same(left: &BTreeMap<String, Vec<u8>>, right: &BTreeMap<String, Vec<u8>>) {
    assert_eq!(left.keys().collect::<Vec<_>>(), right.keys().collect::<Vec<_>>(), "other files");
    for (path, bytes) in left {
        if bytes != &right[path] {
            let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
            panic!("`{path}` differs\n--- left\n{}\n--- right\n{}", text(bytes), text(&right[path]));
        }
    }
}
