//! One module's text, parsed and printed again as short as it goes without changing what it does.

use oxc::allocator::Allocator;
use oxc::codegen::{Codegen, CodegenOptions, CommentOptions, LegalComment};
use oxc::diagnostics::OxcDiagnostic;
use oxc::mangler::{MangleOptions, MangleOptionsKeepNames, Mangler};
use oxc::parser::{Parser, ParserReturn};
use oxc::semantic::SemanticBuilder;
use oxc::span::SourceType;

use super::AssetError;

/// Parses a module; the first syntax error, if there is one.
pub(super) fn parse<'a>(path: &str, text: &'a str, allocator: &'a Allocator) -> Result<ParserReturn<'a>, AssetError> {
    let parsed = Parser::new(allocator, text, SourceType::mjs()).parse();
    if let Some(error) = parsed.errors.first() {
        return Err(located(path, text, error));
    }
    // What the grammar alone does not catch, such as a name declared twice.
    let checked = SemanticBuilder::new().with_check_syntax_error(true).build(&parsed.program);
    match checked.errors.first() {
        Some(error) => Err(located(path, text, error)),
        None => Ok(parsed),
    }
}

/// White space and comments removed, except licences (`/*! … */`, `@license`), and local names
/// shortened. Functions and classes keep theirs, because a script can read them.
pub(super) fn minify(path: &str, text: &str) -> Result<String, AssetError> {
    let allocator = Allocator::default();
    let parsed = parse(path, text, &allocator)?;
    let mangled = Mangler::new()
        .with_options(MangleOptions { keep_names: MangleOptionsKeepNames::all_true(), ..MangleOptions::default() })
        .build(&parsed.program);
    let options = CodegenOptions {
        comments: CommentOptions { legal: LegalComment::Inline, ..CommentOptions::disabled() },
        ..CodegenOptions::minify()
    };
    let printed = Codegen::new()
        .with_options(options)
        .with_scoping(Some(mangled.scoping))
        .with_private_member_mappings(Some(mangled.class_private_mappings))
        .build(&parsed.program);
    Ok(printed.code)
}

fn located(path: &str, text: &str, error: &OxcDiagnostic) -> AssetError {
    let label = error.labels.iter().flatten().next();
    let offset = label.map_or(0, oxc::diagnostics::LabeledSpan::offset);
    let mut message = error.message.to_string();
    if let Some(first) = message.get(..1) {
        message = first.to_lowercase() + &message[1..];
    }
    if let Some(help) = &error.help {
        message = format!("{}: {help}", message.trim_end_matches('.'));
    }
    AssetError::at(path, text, offset, message.trim_end_matches('.'))
}
