//! `shopfront new theme`: a theme that builds on another, with one override as an example, or one that is whole by itself.
#![expect(clippy::disallowed_methods, reason = "the command line looks which theme a new one builds on")]

use std::fs;
use std::path::Path;

use anyhow::{Context, Result, bail};
use catalog::id::ProductId;
use generator::{compiled_file, is_compiled};
use include_dir::{Dir, include_dir};

use super::super::schema;
use super::write_new;

/// The smallest theme that is whole.
static SKELETON: Dir<'static> = include_dir!("$CARGO_MANIFEST_DIR/skeleton");

/// What was typed.
#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// The folder's name below `themes/`.
    name: String,
    /// The theme that it builds on: `default`, `plain`, or a folder of `themes/`.
    #[arg(long, value_name = "THEME", default_value = "default")]
    extends: String,
    /// Every template by itself, and nothing of another theme.
    #[arg(long, conflicts_with = "extends")]
    bare: bool,
}

/// Makes the theme's files; nothing is ever overwritten.
pub(super) fn run(root: &Path, arguments: &Arguments) -> Result<()> {
    let Arguments { name, extends, bare } = arguments;
    if let Err(error) = ProductId::parse(name) {
        bail!("`{name}` cannot be a theme's name: {error}; use small letters, digits and `-`");
    }
    let folder = format!("themes/{name}");
    if root.join(&folder).exists() || (is_compiled(name) && !*bare && extends == name) {
        bail!("the theme `{name}` is there already; choose another name, or edit `{folder}/`");
    }
    let title = super::title(name);
    let files = if *bare { whole(&title) } else { child(root, &title, extends)? };
    for (path, text) in &files {
        let path = format!("{folder}/{path}");
        write_new(root, &path, text)?;
        say!("{path}");
    }
    schema::write(&root.join(schema::FOLDER), Some(root))?;
    say!("To show the shop in it, write `theme: {name}` in shop.yaml.");
    Ok(())
}

/// The skeleton's files, by path.
fn whole(title: &str) -> Vec<(String, String)> {
    fn collect(folder: &'static Dir<'static>, files: &mut Vec<(String, String)>) {
        let text = |file: &include_dir::File<'static>| {
            let path = file.path().to_string_lossy().replace('\\', "/");
            (path, file.contents_utf8().expect("the skeleton is text").to_owned())
        };
        files.extend(folder.files().map(text));
        folder.dirs().for_each(|below| collect(below, files));
    }
    let mut files = Vec::new();
    collect(&SKELETON, &mut files);
    for (path, text) in &mut files {
        if path == "theme.yaml" {
            *text = text.replace("NAME", title);
        }
    }
    files
}

/// A description, a text, and a template that says more than the one whose place it takes.
fn child(root: &Path, title: &str, extends: &str) -> Result<Vec<(String, String)>> {
    let own = root.join("themes").join(extends);
    let of_parent = |path: &str| -> Result<Option<String>> {
        if !own.is_dir() {
            return Ok(compiled_file(&format!("{extends}/{path}")));
        }
        let path = own.join(path);
        if path.is_file() {
            fs::read_to_string(&path).map(Some).with_context(|| format!("cannot read `{}`", path.display()))
        } else {
            Ok(None)
        }
    };
    if !own.is_dir() && !is_compiled(extends) {
        bail!("there is no theme `{extends}`: `default` and `plain` are always there, others lie in `themes/`");
    }
    let mut files = vec![(
        "theme.yaml".to_owned(),
        format!(
            "title: {title}\ndescription: What it is like.\nextends: {extends}\n# Beside those of `{extends}`, what a shop can set of it:\n\
             # settings:\n#   notice: {{title: Notice, type: text}}\n"
        ),
    )];
    files.push((
        "i18n/en.yaml".to_owned(),
        "# Texts that are not as in the theme that this one builds on, and further ones.\nlost.hint: \"Or begin at the home page.\"\n"
            .to_owned(),
    ));
    if of_parent("templates/404.html")?.is_some_and(|text| text.contains("{% block main %}")) {
        let text = format!(
            "{{#- An example: this takes the place of the page of the same path in `{extends}`, and adds a line to it. -#}}\n\
             {{% extends \"{extends}/404.html\" %}}\n{{% block main %}}\n{{{{ super() }}}}\n\
             <p><a href=\"{{{{ url(path=\"/\") }}}}\">{{{{ t(key=\"lost.hint\") }}}}</a></p>\n{{% endblock %}}\n"
        );
        files.push(("templates/404.html".to_owned(), text));
    }
    Ok(files)
}
