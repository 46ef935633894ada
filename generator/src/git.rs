//! The only door to git: the program itself, asked and never made to change anything of the user's.

use std::collections::BTreeMap;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde::{Deserialize, Serialize};

use crate::source::Fingerprint;

/// Git is not there, or refuses; the text says why.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct GitError(String);

type Result<T> = std::result::Result<T, GitError>;

fn failed<T>(why: impl Into<String>) -> Result<T> {
    Err(GitError(why.into()))
}

/// When files of a shop were changed last, seconds since 1970, by path.
pub type Changes = BTreeMap<String, i64>;

/// A repository and the shop in it.
#[derive(Debug)]
pub struct Repository {
    root: PathBuf,
    /// The shop's folder in the repository: `shops/one/`, or empty.
    folder: String,
}

/// The history of a shop, as far as its pages show it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct History {
    /// The commit whose history it is; empty where there is none.
    head: String,
    changes: Changes,
    /// Why it is not known.
    problem: Option<String>,
}

impl History {
    /// The history of the shop in `root`; `known` where that is still the same.
    pub fn of(root: &Path, known: Option<Self>) -> Self {
        let read = || -> Result<Self> {
            let repository = Repository::of(root)?;
            let Some(head) = repository.head()? else { return Ok(Self::default()) };
            known.filter(|known| known.head == head && known.problem.is_none()).map_or_else(|| Self::at(&repository, &head), Ok)
        };
        read().unwrap_or_else(|error| Self { problem: Some(error.0), ..Self::default() })
    }

    /// The history of a commit.
    pub fn at(repository: &Repository, commit: &str) -> Result<Self> {
        let is_shallow = repository.is_shallow()?;
        let problem = is_shallow.then(|| "the clone is shallow: its oldest commit seems to have changed everything".to_owned());
        let changes = if is_shallow { Changes::new() } else { repository.committed(commit)? };
        Ok(Self { head: commit.to_owned(), changes, problem })
    }

    /// When a file was changed last, seconds since 1970.
    pub fn changed(&self, path: &str) -> Option<i64> {
        self.changes.get(path).copied()
    }

    /// Why it is not known when files were changed.
    pub fn problem(&self) -> Option<&str> {
        self.problem.as_deref()
    }

    /// Of everything in it.
    pub fn fingerprint(&self) -> Fingerprint {
        Fingerprint::of(format!("{} {:?}", self.head, self.problem).as_bytes())
    }

    /// Whether the history of the shop in `root` is still this one.
    pub fn holds(&self, root: &Path) -> bool {
        // A shop that is no repository may become one, and a shallow clone a whole one.
        self.problem.is_none()
            && Repository::of(root).and_then(|repository| repository.head()).unwrap_or_default().unwrap_or_default() == self.head
    }
}

/// Without the variables that git's own hooks set, which would name another repository or index.
fn git(folder: &Path) -> Command {
    let mut command = Command::new("git");
    command.arg("-C").arg(folder).args(["-c", "core.quotepath=off"]);
    for name in ["GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_PREFIX"] {
        command.env_remove(name);
    }
    // A folder's name is a name, and no pattern: `shops/[a]/`.
    command.env("GIT_LITERAL_PATHSPECS", "1");
    // Git may write down what it has learnt of files; here it shall not.
    command.env("GIT_OPTIONAL_LOCKS", "0");
    command
}

fn run(mut command: Command) -> Result<Output> {
    match command.output() {
        Ok(output) => Ok(output),
        Err(error) if error.kind() == ErrorKind::NotFound => failed("git is not installed, or not on the PATH"),
        Err(error) => failed(format!("git cannot be started: {error}")),
    }
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).trim_end_matches(['\n', '\r']).to_owned()
}

/// What a command says; where it fails, what it says about that.
fn ask(command: Command) -> Result<String> {
    let output = run(command)?;
    if !output.status.success() {
        return failed(format!("git: {}", text(&output.stderr)));
    }
    Ok(text(&output.stdout))
}

impl Repository {
    /// The repository that a shop lies in; an error where there is none, or no git.
    pub fn of(shop: &Path) -> Result<Self> {
        let mut command = git(shop);
        command.args(["rev-parse", "--show-toplevel", "--show-prefix"]);
        let output = run(command)?;
        if !output.status.success() {
            let said = text(&output.stderr);
            // Git's other refusals, such as of a folder that somebody else owns, say what to do.
            if said.contains("not a git repository") {
                return failed("the folder is not in a git repository");
            }
            return failed(format!("git: {said}"));
        }
        let said = text(&output.stdout);
        let (root, folder) = said.split_once('\n').unwrap_or((&said, ""));
        Ok(Self { root: PathBuf::from(root), folder: folder.to_owned() })
    }

    /// The shop's folder in the repository, with a slash at its end, or empty.
    pub fn folder(&self) -> &str {
        &self.folder
    }

    /// The commit that a name means.
    pub fn commit(&self, name: &str) -> Result<String> {
        if name.starts_with('-') || name.is_empty() {
            return failed(format!("`{name}` is not a revision; write a branch, a tag or a commit"));
        }
        let mut command = git(&self.root);
        command.args(["rev-parse", "--verify", "--quiet"]).arg(format!("{name}^{{commit}}"));
        let output = run(command)?;
        if !output.status.success() {
            return failed(format!("the repository has no revision `{name}`; `git log` and `git branch --all` show which there are"));
        }
        Ok(text(&output.stdout))
    }

    /// Puts the shop as it was in a commit into a folder, through an index of its own: neither the user's index nor the work
    /// tree is touched.
    pub fn export(&self, commit: &str, into: &Path) -> Result<()> {
        let tree = format!("{commit}:{}", self.folder.trim_end_matches('/'));
        let index = into.with_extension("index");
        let mut read = git(&self.root);
        read.env("GIT_INDEX_FILE", &index).args(["read-tree", &tree]);
        if !run(read)?.status.success() {
            return failed(format!("the folder `{}` was not there in {}", self.folder.trim_end_matches('/'), short(commit)));
        }
        let mut write = git(&self.root);
        let mut prefix = into.as_os_str().to_owned();
        prefix.push("/");
        write.env("GIT_INDEX_FILE", &index).args(["checkout-index", "--all", "--force", "--quiet"]);
        let mut option = std::ffi::OsString::from("--prefix=");
        option.push(prefix);
        write.arg(option);
        ask(write).map(drop)
    }

    /// Whether the history is cut off, so that the oldest commit seems to have made everything.
    pub fn is_shallow(&self) -> Result<bool> {
        let mut command = git(&self.root);
        command.args(["rev-parse", "--is-shallow-repository"]);
        Ok(ask(command)? == "true")
    }

    /// The commit that is checked out; `None` in a new repository.
    pub fn head(&self) -> Result<Option<String>> {
        let mut head = git(&self.root);
        head.args(["rev-parse", "--verify", "--quiet", "HEAD"]);
        let output = run(head)?;
        Ok(output.status.success().then(|| text(&output.stdout)))
    }

    /// When each file of the shop was changed last in the history of a commit, seconds since 1970, by one pass.
    pub fn committed(&self, commit: &str) -> Result<Changes> {
        let mut changes = Changes::new();
        let mut log = git(&self.root);
        log.args(["log", "--format=%x01%ct", "--name-only", "--no-renames", "-z", commit, "--"]).arg(self.path());
        let mut time = 0;
        for piece in ask(log)?.split(['\0', '\n']).filter(|piece| !piece.is_empty()) {
            match piece.strip_prefix('\u{1}') {
                Some(seconds) => match seconds.trim().parse() {
                    Ok(seconds) => time = seconds,
                    Err(_) => return failed(format!("git says `{seconds}` instead of a time")),
                },
                None => self.note(&mut changes, piece, time),
            }
        }
        Ok(changes)
    }

    /// When each file of the shop was changed last. What is changed and not committed is later than all.
    pub fn changes(&self) -> Result<Changes> {
        let mut changes = self.head()?.map(|head| self.committed(&head)).transpose()?.unwrap_or_default();
        let mut status = git(&self.root);
        status.args(["status", "--porcelain", "-z", "--untracked-files=all", "--no-renames", "--"]).arg(self.path());
        for piece in ask(status)?.split('\0').filter(|piece| !piece.is_empty()) {
            self.note(&mut changes, piece.get(3..).unwrap_or_default(), i64::MAX);
        }
        Ok(changes)
    }

    fn path(&self) -> &str {
        if self.folder.is_empty() { "." } else { &self.folder }
    }

    fn note(&self, changes: &mut Changes, path: &str, time: i64) {
        if let Some(path) = path.strip_prefix(self.folder.as_str()) {
            let last = changes.entry(path.to_owned()).or_insert(time);
            *last = time.max(*last);
        }
    }
}

/// A commit's name as people write it.
pub fn short(commit: &str) -> &str {
    commit.get(..10).unwrap_or(commit)
}
