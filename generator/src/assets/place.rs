//! Where something stands among a theme's files: lines and columns for messages, and relative
//! paths resolved without a file system.

/// The line and column of a byte offset, both from 1; columns count characters.
pub(super) fn line_column(text: &str, offset: usize) -> (u32, u32) {
    let before = &text[..text.floor_char_boundary(offset)];
    let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
    let line = before.bytes().filter(|byte| *byte == b'\n').count() + 1;
    let column = before[line_start..].chars().count() + 1;
    (count(line), count(column))
}

/// A count that fits: no theme's file has four thousand million lines.
fn count(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

/// `target`, written in the file `from`, as a path from the root; `None` when it climbs above it.
pub(super) fn resolve(from: &str, target: &str) -> Option<String> {
    let mut parts: Vec<&str> = from.split('/').collect();
    parts.pop();
    for part in target.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop()?;
            }
            name => parts.push(name),
        }
    }
    Some(parts.join("/"))
}

/// The path `to` as seen from the file `from`, always with a leading `./` or `../`, as module
/// specifiers need it.
pub(super) fn relative(from: &str, to: &str) -> String {
    let folder: Vec<&str> = from.split('/').collect();
    let folder = &folder[..folder.len() - 1];
    let target: Vec<&str> = to.split('/').collect();
    let shared = folder.iter().zip(&target[..target.len() - 1]).take_while(|(a, b)| a == b).count();
    let up = folder.len() - shared;
    let start = if up == 0 { "./".to_owned() } else { "../".repeat(up) };
    start + &target[shared..].join("/")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_count_characters() {
        let text = "a\nüxy\n";
        for (offset, expected) in [(0, (1, 1)), (2, (2, 1)), (4, (2, 2)), (5, (2, 3)), (99, (3, 1))] {
            assert_eq!(line_column(text, offset), expected, "{offset}");
        }
    }

    #[test]
    fn paths_resolve_and_return() {
        for (from, written, path) in [
            ("main.js", "./cart.js", "cart.js"),
            ("a/b.js", "./c.js", "a/c.js"),
            ("a/b.js", "../c.js", "c.js"),
            ("a/b/c.js", "../../d/e.js", "d/e.js"),
            ("a/b/c.js", "../d.js", "a/d.js"),
        ] {
            assert_eq!(resolve(from, written).as_deref(), Some(path));
            assert_eq!(relative(from, path), written);
        }
        assert_eq!(resolve("a.js", "../b.js"), None);
    }
}
