//! Where a module names other modules: `import`, `export … from` and `import()`, found by parsing,
//! so that strings, templates, comments and regular expressions are not mistaken for them.

use oxc::allocator::Allocator;

use super::AssetError;
use super::minify::parse;

/// A module specifier in a source text.
pub(super) struct Specifier {
    /// The byte offset of the literal's opening quote.
    pub(super) start: usize,
    /// The byte offset after its closing quote.
    pub(super) end: usize,
    /// What stands between the quotes.
    pub(super) written: String,
    /// In `import()`, so that it is loaded when the script says, if at all.
    pub(super) dynamic: bool,
}

/// Every specifier, in the order of the text; or the first syntax error.
pub(super) fn find(path: &str, text: &str) -> Result<Vec<Specifier>, AssetError> {
    let allocator = Allocator::default();
    let parsed = parse(path, text, &allocator)?;
    let record = &parsed.module_record;
    let fixed = record.requested_modules.values().flatten();
    let fixed = fixed.map(|request| (request.span, false));
    let dynamic = record.dynamic_imports.iter();
    let dynamic = dynamic.map(|import| (import.module_request, true));
    let mut specifiers = Vec::new();
    for (span, dynamic) in fixed.chain(dynamic) {
        let (start, end) = (span.start as usize, span.end as usize);
        let written = literal(&text[start..end]).ok_or_else(|| {
            let message = "which module this is cannot be known before the script runs, and so not \
                           its published name either: write the path as a plain string";
            AssetError::at(path, text, start, message)
        })?;
        specifiers.push(Specifier { start, end, written: written.to_owned(), dynamic });
    }
    specifiers.sort_by_key(|specifier| specifier.start);
    Ok(specifiers)
}

/// The content of a string literal, or of a template without holes, that needs no unescaping.
fn literal(code: &str) -> Option<&str> {
    let quote = code.chars().next().filter(|first| "'\"`".contains(*first))?;
    let content = code.strip_prefix(quote)?.strip_suffix(quote)?;
    let plain = !content.contains(['\\', quote]) && !content.contains("${");
    plain.then_some(content)
}
