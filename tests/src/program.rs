//! The program itself: one run to its end, or a server that is stopped with the value that holds it.

use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::sync::{Arc, Mutex, OnceLock};
use std::time::{Duration, Instant};

use crate::http::{self, Answer};

/// Where the program lies: beside the tests, or where `SHOPFRONT` says. Built where it is missing.
pub fn program() -> &'static Path {
    static PROGRAM: OnceLock<PathBuf> = OnceLock::new();
    PROGRAM.get_or_init(|| {
        if let Some(path) = std::env::var_os("SHOPFRONT") {
            return PathBuf::from(path);
        }
        let tests = std::env::current_exe().expect("a program knows where it is");
        let folder = tests.ancestors().nth(2).expect("tests lie in `deps`, below their profile");
        let program = folder.join(format!("shopfront{}", std::env::consts::EXE_SUFFIX));
        if !program.exists() {
            let mut build = Command::new(env!("CARGO"));
            build.args(["build", "--quiet", "--package", "shopfront"]).current_dir(env!("CARGO_MANIFEST_DIR"));
            build.arg("--target-dir").arg(folder.parent().expect("a profile lies in a target folder"));
            if folder.ends_with("release") {
                build.arg("--release");
            }
            assert!(build.status().expect("cargo can be started").success(), "shopfront cannot be built");
        }
        program
    })
}

/// A command of the program for a shop.
pub fn command(root: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(program());
    command.arg("-C").arg(root).args(arguments).env_remove("SOURCE_DATE_EPOCH");
    command
}

/// What a run said, and its exit code.
#[derive(Debug)]
pub struct Said {
    /// The exit code.
    pub code: i32,
    /// Standard output.
    pub out: String,
    /// Standard error.
    pub err: String,
}

#[allow(clippy::return_self_not_must_use, reason = "a check is often the end of a sentence")]
impl Said {
    /// Checks the exit code.
    #[track_caller]
    pub fn code(self, code: i32) -> Self {
        assert_eq!(self.code, code, "{}\n{}", self.out, self.err);
        self
    }

    /// Checks that the words were said.
    #[track_caller]
    pub fn says(self, words: &str) -> Self {
        assert!(self.out.contains(words) || self.err.contains(words), "`{words}` was not said:\n{}\n{}", self.out, self.err);
        self
    }
}

/// Runs a command to its end.
pub fn finish(mut command: Command) -> Said {
    let output = command.stdin(Stdio::null()).output().expect("the program can be started");
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    Said { code: output.status.code().unwrap_or(-1), out: text(&output.stdout), err: text(&output.stderr) }
}

/// Runs the program to its end.
pub fn run(root: &Path, arguments: &[&str]) -> Said {
    finish(command(root, arguments))
}

/// How long a server may take to start, or to see a change.
const PATIENCE: Duration = Duration::from_mins(1);

/// `shopfront serve` on a free port.
#[derive(Debug)]
pub struct Server {
    child: Child,
    /// `127.0.0.1:43210`
    pub host: String,
    said: Arc<Mutex<String>>,
}

impl Server {
    /// Starts the server on a free port and waits until it answers.
    #[track_caller]
    pub fn start(root: &Path, arguments: &[&str]) -> Self {
        Self::start_at(root, "0", arguments)
    }

    /// Starts the server on this port and waits until it answers.
    #[track_caller]
    pub fn start_at(root: &Path, port: &str, arguments: &[&str]) -> Self {
        let mut command = command(root, &["serve", "--port", port]);
        let mut child = command
            .args(arguments)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the program can be started");
        let said = Arc::new(Mutex::new(String::new()));
        let lines = listen(child.stdout.take().expect("standard output is piped"), &said);
        listen(child.stderr.take().expect("standard error is piped"), &said);
        let mut server = Self { child, host: String::new(), said };
        let began = Instant::now();
        while let Ok(line) = lines.recv_timeout(PATIENCE.saturating_sub(began.elapsed())) {
            if let Some((_, rest)) = line.split_once(" is at http://") {
                rest.split('/').next().unwrap_or(rest).clone_into(&mut server.host);
                return server;
            }
        }
        panic!("the server did not start: {}", server.said());
    }

    /// `http://127.0.0.1:43210`
    pub fn address(&self) -> String {
        format!("http://{}", self.host)
    }

    /// Asks for a path.
    #[track_caller]
    pub fn get(&self, path: &str) -> Answer {
        http::get(&self.host, path, &[]).expect("the server answers")
    }

    /// The process's number.
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// Waits until the answer for a path is as wanted.
    #[track_caller]
    pub fn wait_for(&self, path: &str, wanted: impl Fn(&Answer) -> bool) -> Answer {
        self.wait(path, Duration::from_millis(50), wanted)
    }

    /// The same, asking so often that hundreds of changes can be waited for.
    #[track_caller]
    pub fn wait_often(&self, path: &str, wanted: impl Fn(&Answer) -> bool) -> Answer {
        self.wait(path, Duration::from_millis(3), wanted)
    }

    #[track_caller]
    fn wait(&self, path: &str, pause: Duration, wanted: impl Fn(&Answer) -> bool) -> Answer {
        let began = Instant::now();
        loop {
            let answer = self.get(path);
            if wanted(&answer) {
                return answer;
            }
            assert!(began.elapsed() < PATIENCE, "`{path}` stays as it is:\n{}\n{}", answer.text(), self.said());
            std::thread::sleep(pause);
        }
    }

    /// Everything that was printed.
    pub fn said(&self) -> String {
        self.said.lock().expect("nobody panics while holding it").clone()
    }

    /// Ends the process at once, as a power failure would.
    pub fn kill(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.kill();
    }
}

/// Reads a pipe until it ends, so that the program never waits for us.
fn listen(pipe: impl Read + Send + 'static, said: &Arc<Mutex<String>>) -> Receiver<String> {
    let (sender, lines) = channel();
    let said = Arc::clone(said);
    std::thread::spawn(move || {
        for line in BufReader::new(pipe).lines().map_while(Result::ok) {
            let mut said = said.lock().expect("nobody panics while holding it");
            said.push_str(&line);
            said.push('\n');
            drop(said);
            // Nobody listens once the server has started.
            let _ = sender.send(line);
        }
    });
    lines
}
