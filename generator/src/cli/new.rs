//! `shopfront new product|page|post|discounts|theme`
#![expect(clippy::disallowed_methods, reason = "the command line writes the files that it is asked to make")]

use std::fs;
use std::io::Write;
use std::path::Path;

use anyhow::{Context, Result, bail};
use catalog::id::ProductId;
use clap::Subcommand;
use generator::diagnostic::SourcePath;
use generator::parse::SourceKind;
use generator::tidy;

use super::Done;
use super::schema;
use super::shop::{Shop, now};

mod theme;

/// What was typed.
#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    /// A product: `kitchen/mugs/harbour-mug` makes `products/kitchen/mugs/harbour-mug.yaml`.
    Product {
        /// Category and id.
        path: String,
    },
    /// A page: `about` makes `content/about.md`.
    Page {
        /// The path below `content/`.
        path: String,
    },
    /// The file of discounts, `discounts.yaml`, with one to begin with.
    Discounts,
    /// A post with today's date: `journal/first-mug` makes `content/journal/first-mug.md`.
    Post {
        /// The path below `content/`.
        path: String,
    },
    /// A theme that builds on another: `linen` makes `themes/linen/`.
    Theme(theme::Arguments),
}

pub(super) fn run(root: &Path, arguments: &Arguments) -> Result<Done> {
    let shop = Shop::find(root)?;
    let (path, text) = match &arguments.what {
        What::Product { path } => (format!("products/{}.yaml", checked(path, ".yaml")?), product(&title(path))),
        What::Page { path } => (
            format!("content/{}.md", checked(path, ".md")?),
            format!("---\ntitle: {}\ndescription: \ndraft: true\n---\n\n", title(path)).replace("description: \n", ""),
        ),
        What::Theme(arguments) => return theme::run(&shop.root, arguments).map(|()| Done::Well),
        What::Discounts => ("discounts.yaml".to_owned(), DISCOUNTS.to_owned()),
        What::Post { path } => {
            let today = jiff::Timestamp::from_second(now(None)?)?.strftime("%Y-%m-%d").to_string();
            (
                format!("content/{}.md", checked(path, ".md")?),
                format!("---\ntitle: {}\ndate: {today}\ndraft: true\ntags: []\n---\n\n", title(path)),
            )
        }
    };
    write_new(&shop.root, &path, &text)?;
    schema::write(&shop.root.join(schema::FOLDER), Some(&shop.root))?;
    say!("{path}");
    Ok(Done::Well)
}

/// A path of folders and a name that make an address.
fn checked(path: &str, ending: &str) -> Result<String> {
    let path = path.trim_matches('/').trim_end_matches(ending);
    for part in path.split('/') {
        if let Err(error) = ProductId::parse(part) {
            bail!("`{path}` cannot be an address: {error}; use small letters, digits and `-`");
        }
    }
    Ok(path.to_owned())
}

/// `kitchen/harbour-mug` → `Harbour mug`
fn title(path: &str) -> String {
    let name = path.trim_end_matches(".yaml").trim_end_matches(".md").rsplit('/').next().unwrap_or(path).replace('-', " ");
    let mut letters = name.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

/// It takes nothing off before somebody gives the code away.
const DISCOUNTS: &str = "welcome:\n  title: Welcome\n  code: WELCOME10\n  percent: 10%\n  exclude_sale: true\n  combines: shipping\n";

fn product(title: &str) -> String {
    format!(
        "title: {title}\ndescription: |\n  What it is, what it is made of, what it is good for.\ndraft: true\nprice: 10.00\nstock: 1\nweight: 100 g\n\
         # images:\n#   - file: picture.jpg\n#     alt: What the picture shows\n# options:\n#   Size: [Small, Large]\n"
    )
}

/// Writes a file that does not exist yet, in the house's form; an existing one is never overwritten.
pub(super) fn write_new(root: &Path, path: &str, text: &str) -> Result<()> {
    let text = schema::line(path) + text;
    let text = SourceKind::of(path).and_then(|kind| tidy::format(kind, &SourcePath::from(path), &text).ok()).unwrap_or(text);
    let path = root.join(path);
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder).with_context(|| format!("cannot make `{}`", folder.display()))?;
    }
    let file = fs::OpenOptions::new().write(true).create_new(true).open(&path);
    let mut file = match file {
        Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => bail!("`{}` is there already; edit it", path.display()),
        file => file.with_context(|| format!("cannot make `{}`", path.display()))?,
    };
    file.write_all(text.as_bytes()).with_context(|| format!("cannot write `{}`", path.display()))
}
