//! How fast this machine writes a finished site, which no generator can beat: reads a tree into memory, then writes it
//! to a new folder and prints the seconds that the writing took.
//! `cargo run --release -p shopfront-benches --bin write_floor FROM TO [THREADS]`.

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Instant;
use std::{env, fs, io, thread};

fn main() -> ExitCode {
    let mut arguments = env::args_os().skip(1);
    let (Some(from), Some(to)) = (arguments.next(), arguments.next()) else {
        eprintln!("usage: write_floor FROM TO [THREADS]; TO must not exist");
        return ExitCode::from(2);
    };
    let threads = arguments.next().and_then(|text| text.to_str()?.parse().ok()).unwrap_or(1);
    match measure(Path::new(&from), Path::new(&to), threads) {
        Ok(line) => {
            println!("{line}");
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::from(2)
        }
    }
}

fn measure(from: &Path, to: &Path, threads: usize) -> io::Result<String> {
    let mut tree = Tree::default();
    tree.read(from, from)?;
    let began = Instant::now();
    tree.write(to, threads)?;
    let seconds = began.elapsed().as_secs_f64();
    let bytes: usize = tree.files.iter().map(|(_, bytes)| bytes.len()).sum();
    Ok(format!("{seconds:.4} s for {} files, {bytes} bytes, {threads} threads", tree.files.len()))
}

/// A folder in memory; paths are relative to it.
#[derive(Default)]
struct Tree {
    /// Every folder after the one that holds it.
    folders: Vec<PathBuf>,
    files: Vec<(PathBuf, Vec<u8>)>,
}

impl Tree {
    fn read(&mut self, root: &Path, folder: &Path) -> io::Result<()> {
        for entry in fs::read_dir(folder)? {
            let path = entry?.path();
            let relative = path.strip_prefix(root).map_err(io::Error::other)?.to_path_buf();
            if path.is_dir() {
                self.folders.push(relative);
                self.read(root, &path)?;
            } else {
                self.files.push((relative, fs::read(&path)?));
            }
        }
        Ok(())
    }

    fn write(&self, to: &Path, threads: usize) -> io::Result<()> {
        fs::create_dir(to)?;
        for folder in &self.folders {
            fs::create_dir(to.join(folder))?;
        }
        let next = AtomicUsize::new(0);
        let work = || -> io::Result<()> {
            while let Some((path, bytes)) = self.files.get(next.fetch_add(1, Ordering::Relaxed)) {
                fs::write(to.join(path), bytes)?;
            }
            Ok(())
        };
        thread::scope(|scope| {
            let writers: Vec<_> = (0..threads.max(1)).map(|_| scope.spawn(work)).collect();
            writers.into_iter().try_for_each(|writer| writer.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)))
        })
    }
}
