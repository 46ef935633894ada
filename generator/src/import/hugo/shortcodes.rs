//! Hugo's own shortcodes that say something about a text: figures, code, links between pages. All others stay as text, and
//! are told.

use std::collections::BTreeMap;

use super::Source;
use crate::import::pages::{join, key_of, next_mark, parent};

/// What is told: the place in the text, what stands there, and what became of it.
type Tell<'t> = &'t mut dyn FnMut(usize, &str, &str);

const STAYS: &str = "a shortcode of the old theme; it stays as text. Write what it showed, or remove it";

/// The addresses of pages, by what texts call them.
#[derive(Debug, Default)]
pub(super) struct Links {
    files: BTreeMap<String, String>,
    /// By a file's name, and by a bundle's folder; `None` where several have it.
    names: BTreeMap<String, Option<String>>,
    keys: BTreeMap<String, String>,
}

impl Links {
    /// Of files and their addresses.
    pub(super) fn of(pages: impl Iterator<Item = (String, String)>) -> Self {
        let mut links = Self::default();
        for (file, address) in pages {
            let name = file.rsplit('/').next().unwrap_or(&file);
            let bundle = file.strip_suffix("/index.md").map(|folder| folder.rsplit('/').next().unwrap_or(folder));
            for name in [Some(name), name.strip_suffix(".md"), bundle].into_iter().flatten() {
                links.names.entry(name.to_owned()).and_modify(|known| *known = None).or_insert_with(|| Some(address.clone()));
            }
            links.keys.entry(key_of(&address)).or_insert_with(|| address.clone());
            links.files.insert(file, address);
        }
        links
    }
}

/// The text with its shortcodes turned into Markdown.
pub(super) fn convert(source: &Source<'_>, links: &Links, tell: Tell<'_>) -> String {
    let text = source.body;
    let mut out = String::with_capacity(text.len());
    let mut at = 0;
    // Once no end is left, none is looked for again.
    let mut has_ends = true;
    while let Some(start) = next_mark(text, at, &["{{<", "{{%"]) {
        out.push_str(&text[at..start]);
        let close = if text[start..].starts_with("{{<") { ">}}" } else { "%}}" };
        let Some(end) = text[start + 3..].find(close).map(|offset| start + 3 + offset + 3) else {
            tell(start, &text[start..start + 3], "it has no end, and stays as text");
            out.push_str(&text[start..]);
            return out;
        };
        let inner = text[start + 3..end - 3].trim();
        at = end;
        // `{{</* x */>}}` is how a text says `{{< x >}}`.
        if let Some(shown) = inner.strip_prefix("/*").and_then(|inner| inner.strip_suffix("*/")) {
            out.push_str(&format!("{}{shown}{close}", &text[start..start + 3]));
            continue;
        }
        let code = Code::read(inner);
        match code.name {
            "figure" => out.push_str(&figure(&code)),
            "ref" | "relref" => out.push_str(&reference(source, links, &code)),
            "highlight" => {
                let found = if has_ends { until(text, end, "highlight") } else { None };
                let Some((content, next)) = found else {
                    has_ends = false;
                    tell(start, &text[start..end], "its end is missing, so it stays as text");
                    out.push_str(&text[start..end]);
                    continue;
                };
                out.push_str(&fenced(code.word(0), content));
                at = next;
            }
            _ => {
                if !inner.starts_with('/') {
                    tell(start, &text[start..end], STAYS);
                }
                out.push_str(&text[start..end]);
            }
        }
    }
    out.push_str(&text[at..]);
    out
}

/// The text up to `{{< /name >}}`, and where it goes on behind it.
fn until<'t>(text: &'t str, from: usize, name: &str) -> Option<(&'t str, usize)> {
    let mut at = from;
    while let Some(start) = text[at..].find("{{").map(|offset| at + offset) {
        let rest = text[start + 2..].strip_prefix(['<', '%']).map_or("", str::trim_start);
        if rest.strip_prefix('/').is_some_and(|rest| rest.trim_start().starts_with(name)) {
            let end = start + text[start..].find("}}")? + 2;
            return Some((&text[from..start], end));
        }
        at = start + 2;
    }
    None
}

fn fenced(language: &str, content: &str) -> String {
    let longest = content.split(|c| c != '`').map(str::len).max().unwrap_or(0).max(2);
    let marks = "`".repeat(longest + 1);
    format!("{marks}{language}\n{}\n{marks}", content.trim_matches('\n').trim_end())
}

fn figure(code: &Code<'_>) -> String {
    let plain = |text: &str| text.replace(['[', ']'], "").replace('"', "'");
    let caption = [code.value("caption"), code.value("title")].into_iter().find(|text| !text.is_empty()).unwrap_or("");
    let alt = if code.value("alt").is_empty() { caption } else { code.value("alt") };
    let title = if caption.is_empty() { String::new() } else { format!(" \"{}\"", plain(&crate::import::html::plain(caption))) };
    let address = if code.value("src").is_empty() { code.word(0) } else { code.value("src") };
    let picture = format!("![{}]({}{title})", plain(&crate::import::html::plain(alt)), address.replace(' ', "%20"));
    match code.value("link") {
        "" => picture,
        link => format!("[{picture}]({})", link.replace(' ', "%20")),
    }
}

/// The old address of a page; a path that leads to nothing is taken out, with its line, where links are followed.
fn reference(source: &Source<'_>, links: &Links, code: &Code<'_>) -> String {
    let target = if code.value("path").is_empty() { code.word(0) } else { code.value("path") };
    let (path, fragment) = target.split_once('#').unwrap_or((target, ""));
    let fragment = if fragment.is_empty() { String::new() } else { format!("#{fragment}") };
    if path.is_empty() {
        return fragment;
    }
    let wanted = path.trim_matches('/');
    let folder = parent(source.file);
    let files: Vec<String> = [join(folder, path), Some(format!("content/{wanted}"))].into_iter().flatten().collect();
    let endings = ["", ".md", ".markdown", ".html", "/index.md", "/_index.md"];
    let exact =
        files.iter().flat_map(|file| endings.iter().map(move |ending| format!("{file}{ending}"))).find_map(|file| links.files.get(&file));
    // A name alone is enough where only one page has it.
    let found = exact.or_else(|| links.names.get(wanted)?.as_ref()).or_else(|| links.keys.get(&key_of(path)));
    format!("{}{fragment}", found.cloned().unwrap_or_else(|| format!("/{}", wanted.replace(' ', "%20"))))
}

/// A shortcode's name, its named values and its words.
struct Code<'t> {
    name: &'t str,
    named: Vec<(&'t str, &'t str)>,
    words: Vec<&'t str>,
}

impl<'t> Code<'t> {
    fn read(inner: &'t str) -> Self {
        let (name, mut rest) = inner.split_once(char::is_whitespace).unwrap_or((inner, ""));
        let mut code = Self { name, named: Vec::new(), words: Vec::new() };
        loop {
            rest = rest.trim_start();
            if rest.is_empty() || rest == "/" {
                return code;
            }
            let key_end = rest.find(|c: char| !(c.is_alphanumeric() || c == '_' || c == '-')).unwrap_or(rest.len());
            let key = rest[key_end..]
                .trim_start()
                .strip_prefix('=')
                .filter(|_| key_end > 0)
                .map(|behind| (&rest[..key_end], behind.trim_start()));
            let (key, value) = key.map_or((None, rest), |(key, value)| (Some(key), value));
            let (word, next) = word(value);
            match key {
                Some(key) => code.named.push((key, word)),
                None => code.words.push(word),
            }
            rest = next;
        }
    }

    fn value(&self, key: &str) -> &'t str {
        self.named.iter().find(|(name, _)| *name == key).map_or("", |(_, value)| value)
    }

    fn word(&self, at: usize) -> &'t str {
        self.words.get(at).copied().unwrap_or("")
    }
}

/// The first word, or what stands in quotes, and what comes behind it.
fn word(text: &str) -> (&str, &str) {
    match text.chars().next() {
        Some(quote @ ('"' | '`' | '\'')) => text[1..].split_once(quote).unwrap_or((&text[1..], "")),
        _ => text.split_at(text.find(char::is_whitespace).unwrap_or(text.len())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::import::pages::Value;

    #[test]
    fn shortcodes_become_markdown_or_stay() {
        let links = Links::of(
            [("content/posts/first.md", "/posts/first/"), ("content/about/index.md", "/about/")]
                .map(|(file, address)| (file.to_owned(), address.to_owned()))
                .into_iter(),
        );
        for (text, expected, told) in [
            ("{{< figure src=\"a b.jpg\" alt=`A [b]` caption=\"The *kiln*\" >}}", "![A b](a%20b.jpg \"The kiln\")", 0),
            ("{{< figure src=a.jpg link=\"/x/\" />}}", "[![](a.jpg)](/x/)", 0),
            (
                "[a]({{< ref \"first.md#b\" >}}) [b]({{% relref \"/about\" %}}) [c]({{< ref \"gone.md\" >}})",
                "[a](/posts/first/#b) [b](/about/) [c](/gone.md)",
                0,
            ),
            ("{{< highlight go \"linenos=true\" >}}\nx := `{{`\n{{< /highlight >}}", "```go\nx := `{{`\n```", 0),
            ("{{</* youtube x */>}}", "{{< youtube x >}}", 0),
            ("a {{< youtube x >}} {{% note %}}b{{% /note %}}", "a {{< youtube x >}} {{% note %}}b{{% /note %}}", 2),
            ("a {{< b", "a {{< b", 1),
            ("{{%}} {{<>}}", "{{%}} {{<>}}", 1),
        ] {
            let source = Source {
                file: "content/posts/second.md",
                inner: "posts/second".to_owned(),
                language: String::new(),
                values: Value::empty(),
                body: text,
                body_line: 1,
                old: Vec::new(),
            };
            let mut count = 0;
            assert_eq!(convert(&source, &links, &mut |_, _, _| count += 1), expected, "{text}");
            assert_eq!(count, told, "{text}");
        }
    }
}
