//! Pictures that are too small for their place, and files that nothing uses.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use imaging::Format;

use crate::cache::ParsedFile;
use crate::diagnostic::rules::Rule;
use crate::diagnostic::{Diagnostic, Severity, SourcePath, Spanned, codes};
use crate::edition::Edition;
use crate::index::{beside, join};
use crate::parse::loose::{Loose, LooseValue};
use crate::parse::markdown::{self, Markdown};
use crate::parse::{Parsed, PictureSource, SourceKind, Text, TitlePicture};
use crate::pictures::is_picture;
use crate::publish::Product;

/// A product's picture fills half of a wide window.
const PRODUCT_WIDTH: u32 = 800;
/// A title picture stands above the text, and in previews of links (the Open Graph protocol's cards are 1,200 wide).
const TITLE_WIDTH: u32 = 1000;

/// What the parsed files name, whether or not it is shown now.
#[derive(Debug, Default)]
pub(super) struct Uses {
    /// Pictures that are shown: the file, where it is named, and the width that its place has.
    shown: Vec<(String, Spanned<String>, u32)>,
    /// Files that something names.
    named: BTreeSet<String>,
}

/// The files that these parsed files name, by their paths.
pub(crate) fn named<'a>(files: impl Iterator<Item = &'a Parsed>) -> BTreeSet<String> {
    let mut uses = Uses::default();
    files.for_each(|file| uses.add(file));
    uses.named
}

impl Uses {
    /// Of all files of a shop, drafts too.
    pub(super) fn of(parsed: &BTreeMap<SourcePath, Arc<ParsedFile>>, edition: &Edition) -> Self {
        let mut uses = Self::default();
        for file in parsed.values() {
            uses.add(&file.value);
        }
        let widths = &mut uses.shown;
        widths.retain(|(file, ..)| edition.site.pictures.get(file).is_some());
        uses
    }

    fn add(&mut self, value: &Parsed) {
        match value {
            Parsed::Product(product) => {
                for image in &product.images {
                    if let PictureSource::File(name) = &image.source {
                        self.picture(&product.file, name, PRODUCT_WIDTH);
                    }
                }
                self.named.extend(product.files.iter().map(|file| format!("downloads/{}", file.file.value)));
                self.text(&product.file, product.description.as_ref());
            }
            Parsed::Category(category) => {
                self.title(&category.file, category.image.as_ref());
                self.text(&category.file, Some(&category.body));
            }
            Parsed::Collection(collection) => {
                self.title(&collection.file, collection.image.as_ref());
                self.text(&collection.file, collection.description.as_ref());
            }
            Parsed::Page(page) => {
                self.title(&page.file, page.image.as_ref());
                self.text(&page.file, Some(&page.body));
                let inherited = page.cascade.iter().flat_map(|cascade| &cascade.others);
                page.others.iter().chain(inherited).for_each(|(_, value)| self.declared(&page.file, value));
            }
            Parsed::Overlay(overlay) => {
                self.text(&overlay.file, overlay.text.as_ref());
                overlay.others.iter().for_each(|(_, value)| self.declared(&overlay.file, value));
            }
            Parsed::Settings(settings) => settings.theme.settings.iter().for_each(|(_, value)| self.declared(&settings.file, value)),
            Parsed::Discounts(_) | Parsed::PageSchema(_) | Parsed::Theme(_) | Parsed::Data(_) | Parsed::Failed(_) => {}
        }
    }

    /// What a section's schema makes of the values is no matter here: a text that is a file's name uses that file, and so does one
    /// with a link to it.
    fn declared(&mut self, from: &SourcePath, value: &Loose) {
        match &value.value {
            LooseValue::Text(text) => {
                self.named.insert(beside(from, text));
                if text.contains("](") {
                    self.markdown(from, &markdown::parse(text, &markdown::Options::ours()));
                }
            }
            LooseValue::List(entries) => entries.iter().for_each(|entry| self.declared(from, entry)),
            LooseValue::Map(entries) => entries.iter().for_each(|(_, entry)| self.declared(from, entry)),
        }
    }

    fn title(&mut self, from: &SourcePath, picture: Option<&TitlePicture>) {
        if let Some(picture) = picture {
            self.picture(from, &picture.file, TITLE_WIDTH);
        }
    }

    fn picture(&mut self, from: &SourcePath, name: &Spanned<String>, width: u32) {
        let file = beside(from, name);
        self.named.insert(file.clone());
        self.shown.push((file, name.clone(), width));
    }

    fn text(&mut self, from: &SourcePath, text: Option<&Text>) {
        if let Some(text) = text {
            self.markdown(from, &text.markdown);
        }
    }

    fn markdown(&mut self, from: &SourcePath, markdown: &Markdown) {
        let targets = markdown.images.iter().map(|image| &image.target).chain(markdown.links.iter().map(|link| &link.target));
        for target in targets {
            let path = target.split(['#', '?']).next().unwrap_or_default();
            let path = percent_encoding::percent_decode_str(path).decode_utf8_lossy();
            let file = path.strip_prefix('/').map_or_else(|| beside(from, &path), |rooted| join("", rooted).unwrap_or_default());
            self.named.insert(file);
        }
    }

    /// Tells of pictures that are narrower than their place.
    pub(super) fn small(&self, edition: &Edition) -> Vec<Diagnostic> {
        let tell = |(file, name, least): &(String, Spanned<String>, u32)| {
            let picture = edition.site.pictures.get(file)?.probe.as_ref().ok()?;
            // What is drawn of shapes is sharp at every width.
            if picture.width >= *least || picture.format == Format::Svg {
                return None;
            }
            let message = format!("the picture `{}` is {} pixels wide, and its place {least}", name.value, picture.width);
            let told = Diagnostic::warning(codes::SMALL_PICTURE, message, name.span.clone()).label("shown larger than it is");
            Some(told.help("use a larger one, 1600 pixels wide or more").under(Rule::SmallPictures))
        };
        self.shown.iter().filter_map(tell).collect()
    }

    /// Tells of files beside sources, and of downloads, that nothing uses.
    pub(super) fn unused(&self, edition: &Edition, product: &Product) -> Vec<Diagnostic> {
        let shown: BTreeSet<&str> = product.pictures.iter().map(|copy| &*copy.file).collect();
        let copied: BTreeSet<&str> = product.copied.iter().map(|(source, _)| &**source).collect();
        let is_used = |path: &str| self.named.contains(path) || shown.contains(path) || copied.contains(path);
        let sources = &edition.sources;
        let below = |folder| sources.below(folder).map(|(path, _)| path);
        let pictures = below("products/").chain(below("collections/")).filter(|path| is_picture(path));
        let content = below("content/").filter(|path| may_be_shown(path));
        let files = pictures.chain(content).chain(below("downloads/"));
        let tell = |path: &SourcePath| {
            let (message, help) = if path.starts_with("downloads/") {
                ("no product delivers this file", "name it in the `files` of a product, or remove it")
            } else {
                ("nothing shows this file", "use it in a text or as a picture, or remove it")
            };
            Diagnostic::in_file(codes::UNUSED_FILE, Severity::Warning, message, SourcePath::clone(path)).help(help).under(Rule::UnusedFiles)
        };
        files.filter(|path| !is_used(path)).map(tell).collect()
    }
}

/// Whether a file of `content/` is there for readers; data beside texts is not.
fn may_be_shown(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path);
    let ending = name.rsplit_once('.').map_or("", |(_, ending)| ending);
    SourceKind::of(path).is_none() && !name.starts_with('_') && !matches!(ending, "csv" | "json" | "yaml" | "yml" | "toml")
}
