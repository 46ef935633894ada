//! What blocks of texts name: files beside the text, products, lists, data. The theme's component is given what it can use, and an editor
//! is told of what is not there.

use imaging::{CropProblem, Focus, Ratio};

use super::super::addresses::Addresses;
use super::super::{Context, beside};
use super::follow;
use crate::diagnostic::rules::Rule;
use crate::diagnostic::{Diagnostic, SourcePath, Spanned, codes, nearest};
use crate::parse::Text;
use crate::parse::markdown::{LinkRef, scheme};
use crate::pictures::is_picture;
use crate::site::{BlockCall, Settings};

/// The block of a picture, which has a description.
const FIGURE: &str = "figure";

/// What a value names, told from its key, in every block.
fn names(key: &str) -> Names {
    match key {
        "src" | "image" | "poster" | "narrow" => Names::File,
        "ratio" | "narrow_ratio" => Names::Ratio,
        "focus" | "narrow_focus" => Names::Focus,
        "href" => Names::Page,
        "product" | "products" => Names::Products,
        "collection" => Names::Collection,
        "data" => Names::Data,
        _ => Names::Nothing,
    }
}

enum Names {
    /// A picture, or another file, beside the text.
    File,
    /// What a link may lead to.
    Page,
    /// Products by id, with commas between them.
    Products,
    /// A collection.
    Collection,
    /// A file of `data/`.
    Data,
    /// Proportions of a part of a picture.
    Ratio,
    /// The point of a picture that stays in sight.
    Focus,
    /// Nothing: it is a word.
    Nothing,
}

/// The blocks of a text; mistakes are told where `tells`.
pub(super) fn calls(
    context: &mut Context<'_>,
    addresses: &Addresses,
    settings: &Settings,
    file: &SourcePath,
    text: &Text,
    files: &mut Vec<(SourcePath, String)>,
    tells: bool,
) -> Vec<BlockCall> {
    let mut calls = Vec::with_capacity(text.markdown.blocks.len());
    for block in &text.markdown.blocks {
        let mut values = Vec::with_capacity(block.values.len());
        for value in &block.values {
            let mut given = Spanned::new(value.value.clone(), text.locate(value.span));
            let mut problems = Vec::new();
            match names(&value.name) {
                Names::File if is_picture(&value.value) => {
                    let path = beside(file, &value.value);
                    if tells {
                        context.check_picture(&path, &given, Some(Rule::MissingPictures));
                    }
                    given.value = path;
                }
                Names::File if value.value.contains("://") => {
                    let message = format!("`{}` of the block `{}` is at another site", value.name, block.name);
                    problems.push(
                        Diagnostic::error(codes::BLOCK_VALUE, message, given.span.clone())
                            .label("the policy of the shop shows nothing from elsewhere")
                            .help("put the file beside the text, or link to it"),
                    );
                }
                Names::File if value.value.split_once('#').is_some_and(|(file, _)| is_picture(file)) => {
                    let message = format!("`{}` of the block `{}` names a file, and no part of it", value.name, block.name);
                    let help = "say which part with values of their own: `ratio=\"2:1\" focus=\"top\"`";
                    problems.push(Diagnostic::error(codes::BLOCK_VALUE, message, given.span.clone()).help(help));
                }
                Names::File | Names::Page => match scheme(&value.value) {
                    Some((scheme, false)) => {
                        let message = format!("a link to an address with `{scheme}:` is not published");
                        let told = Diagnostic::warning(codes::REFUSED_ADDRESS, message, given.span.clone()).label("it leads nowhere");
                        problems.push(told.help("link to a page, or to an address that begins with `https:`, `mailto:` or `tel:`"));
                        "#".clone_into(&mut given.value);
                    }
                    Some((_, true)) => {}
                    None if value.value.starts_with("//") => {}
                    None => {
                        let lead = addresses.follow(file, &value.value, context.input.sources, files, true);
                        let link = LinkRef { target: value.value.clone(), span: value.span };
                        given.value = follow(lead, &link, &given.span, settings, &mut problems);
                    }
                },
                Names::Products => problems.extend(value.value.split(',').filter_map(|id| unknown_product(context, id.trim(), &given))),
                Names::Collection => problems.extend(unknown(context, codes::UNKNOWN_COLLECTION, "collection", "collections/", &given)),
                Names::Data => problems.extend(unknown(context, codes::UNKNOWN_DATA, "data", "data/", &given)),
                Names::Ratio => problems.extend(Ratio::parse(&value.value).err().map(|problem| no_part(&value.name, problem, &given))),
                Names::Focus => problems.extend(Focus::parse(&value.value).err().map(|problem| no_part(&value.name, problem, &given))),
                Names::Nothing => {}
            }
            let is_undescribed = block.name == FIGURE && value.name == "src" && !block.values.iter().any(|value| value.name == "alt");
            if is_undescribed {
                let message = format!("the picture `{}` has no description", value.value);
                let told =
                    Diagnostic::warning(codes::ALT_MISSING, message, given.span.clone()).label("readers who do not see it learn nothing");
                problems.push(told.help("add `alt=\"…\"`, or `alt=\"\"` for a decoration").under(Rule::AltMissing));
            }
            if tells {
                for problem in problems {
                    context.tell(problem);
                }
            }
            values.push((Spanned::new(value.name.clone(), text.locate(value.name_span)), given));
        }
        calls.push(BlockCall { name: block.name.clone(), span: text.locate(block.span), values });
    }
    calls
}

fn no_part(name: &str, problem: CropProblem, given: &Spanned<String>) -> Diagnostic {
    Diagnostic::error(codes::CROP, format!("`{name}` {}", problem.says), given.span.clone()).help(problem.help)
}

fn unknown_product(context: &Context<'_>, id: &str, at: &Spanned<String>) -> Option<Diagnostic> {
    let known = context.input.product_ids();
    if known.contains(id) {
        return None;
    }
    let help = nearest(id, known.iter().map(String::as_str))
        .map_or_else(|| "write the name of a product's file without its ending".to_owned(), |near| format!("did you mean `{near}`?"));
    Some(Diagnostic::error(codes::UNKNOWN_PRODUCT, format!("there is no product `{id}`"), at.span.clone()).help(help))
}

/// A name that no file below a folder has.
fn unknown(context: &Context<'_>, code: crate::diagnostic::Code, what: &str, folder: &str, at: &Spanned<String>) -> Option<Diagnostic> {
    let known = || {
        let files = context.input.files.parsed.keys().filter_map(|path| path.strip_prefix(folder));
        files.map(|path| path.rsplit_once('.').map_or(path, |(stem, _)| stem))
    };
    if known().any(|name| name == at.value) {
        return None;
    }
    let help = nearest(&at.value, known()).map_or_else(|| "correct or remove it".to_owned(), |near| format!("did you mean `{near}`?"));
    Some(Diagnostic::error(code, format!("there is no {what} `{}`", at.value), at.span.clone()).help(help))
}
