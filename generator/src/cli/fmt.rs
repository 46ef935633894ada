//! `shopfront fmt`: the shop's files in the house's form.
#![expect(clippy::disallowed_methods, reason = "the command line reads and writes the files that it is asked to format")]

use std::collections::BTreeMap;
use std::fs;
use std::io::IsTerminal;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use generator::diagnostic::SourcePath;
use generator::{report, source, tidy, write};

use super::Done;
use super::shop::Shop;

/// What was typed.
#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// Files or folders of the shop; everything, when nothing is named.
    #[arg(value_name = "PATH")]
    paths: Vec<PathBuf>,
    /// Change nothing: list what is not in this form, and end with 1 if there is any.
    #[arg(long)]
    check: bool,
}

pub(super) fn run(root: &Path, arguments: &Arguments) -> Result<Done> {
    let shop = Shop::find(root)?;
    let wanted = arguments.paths.iter().map(|path| inside(&shop.root, path)).collect::<Result<Vec<_>>>()?;
    let (mut mistakes, mut mistaken) = (Vec::new(), BTreeMap::new());
    let (mut changed, mut looked_at) = (0, 0);
    for (path, kind) in source::texts(&shop.root)? {
        if !wanted.is_empty() && !wanted.iter().any(|wanted| is_below(&path, wanted)) {
            continue;
        }
        looked_at += 1;
        let file = shop.root.join(path.as_str());
        // What is no text is told by the build.
        let Ok(text) = fs::read_to_string(&file) else { continue };
        match tidy::format(kind, &path, &text) {
            Ok(formatted) if formatted == text => {}
            Ok(formatted) => {
                changed += 1;
                say!("{path}");
                if !arguments.check {
                    // What a link leads to is written, and the link stays.
                    write::replace(&file.canonicalize()?, formatted.as_bytes())?;
                }
            }
            Err(told) => {
                mistakes.extend(told);
                mistaken.insert(path, text);
            }
        }
    }
    if looked_at == 0 && !wanted.is_empty() {
        bail!("there is no file of the shop's formats at `{}`", arguments.paths[0].display());
    }
    let text_of = |path: &str| mistaken.get(path).map(|text| text.as_bytes().into());
    eprint!("{}", report::render_human(&mistakes, &text_of, std::io::stderr().is_terminal()));
    let what = if arguments.check { "to format" } else { "formatted" };
    let files = if looked_at == 1 { "file" } else { "files" };
    eprintln!("{looked_at} {files}, {changed} {what}");
    Ok(if mistakes.is_empty() && !(arguments.check && changed > 0) { Done::Well } else { Done::WithMistakes })
}

/// A path as the shop knows it; empty for the whole shop.
fn inside(root: &Path, path: &Path) -> Result<SourcePath> {
    let absolute = path.canonicalize().or_else(|_| root.join(path).canonicalize());
    let absolute = absolute.with_context(|| format!("cannot find `{}`", path.display()))?;
    let Ok(inner) = absolute.strip_prefix(root) else { bail!("`{}` is not in the shop's folder", path.display()) };
    Ok(SourcePath::from(inner.to_string_lossy().replace(std::path::MAIN_SEPARATOR, "/")))
}

fn is_below(path: &str, wanted: &str) -> bool {
    wanted.is_empty() || path.strip_prefix(wanted).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}
