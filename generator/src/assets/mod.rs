//! Style sheets and scripts: bytes in, bytes out, each under a name that carries the
//! fingerprint of its content, so that a CDN may keep it for ever.
//!
//! Nothing here opens a file, reads a clock or knows a template. The same input gives the same
//! bytes on every machine and at any number of threads.

pub mod css;
pub mod js;
mod place;

/// A mistake in a theme's style sheet or script.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{file}:{line}:{column}: {message}")]
pub struct AssetError {
    /// The file, by the path under which it was asked for.
    pub file: String,
    /// The line, from 1.
    pub line: u32,
    /// The column, from 1, in characters.
    pub column: u32,
    /// What is wrong and what to do.
    pub message: String,
}

impl AssetError {
    /// A mistake at a byte offset of the file's text.
    fn at(file: &str, text: &str, offset: usize, message: impl Into<String>) -> Self {
        let (line, column) = place::line_column(text, offset);
        Self { file: file.to_owned(), line, column, message: message.into() }
    }
}

/// A file's bytes as text, or an error at the first byte that is not UTF-8.
fn text<'a>(file: &str, bytes: &'a [u8]) -> Result<&'a str, AssetError> {
    std::str::from_utf8(bytes).map_err(|error| {
        let whole = String::from_utf8_lossy(&bytes[..error.valid_up_to()]);
        let message = "this is not UTF-8 text: save the file as UTF-8";
        AssetError::at(file, &whole, error.valid_up_to(), message)
    })
}

/// The first eight hexadecimal digits of the BLAKE3 hash of `bytes`: the fingerprint in a name.
pub fn fingerprint(bytes: &[u8]) -> String {
    blake3::hash(bytes).to_hex()[..8].to_owned()
}

/// `name` with the fingerprint of `bytes` before its extension: `css/main.css` becomes
/// `css/main.1f0c9a2b.css`, and a name without an extension gets the fingerprint at its end.
pub fn hashed(name: &str, bytes: &[u8]) -> String {
    let hash = fingerprint(bytes);
    let file_start = name.rfind('/').map_or(0, |slash| slash + 1);
    match name[file_start..].rfind('.') {
        // A leading dot starts a hidden file's name, not an extension.
        Some(dot) if dot > 0 => {
            let (stem, extension) = name.split_at(file_start + dot);
            format!("{stem}.{hash}{extension}")
        }
        _ => format!("{name}.{hash}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_fingerprint_stands_before_the_extension() {
        // The hash of no bytes is BLAKE3's published test vector.
        for (name, expected) in [
            ("main.css", "main.af1349b9.css"),
            ("a.b/main.min.js", "a.b/main.min.af1349b9.js"),
            ("a.b/LICENSE", "a.b/LICENSE.af1349b9"),
            (".hidden", ".hidden.af1349b9"),
        ] {
            assert_eq!(hashed(name, b""), expected);
        }
        assert_ne!(hashed("a.css", b"1"), hashed("a.css", b"2"));
    }
}
