//! Hugo's own shortcodes that say something about a text: figures, code, links between pages. All others stay as text, and
//! are told.

use std::collections::BTreeMap;

use super::Source;
use crate::import::pages::{join, key_of, parent};

/// What is told: the place in the text, what stands there, and what became of it.
type Tell<'t> = &'t mut dyn FnMut(usize, &str, &str);

const STAYS: &str = "a shortcode of the old theme; it stays as text. Write what it showed, or remove it";

/// The text with its shortcodes turned into Markdown; `links` are files and their addresses.
pub(super) fn convert(source: &Source<'_>, links: &BTreeMap<String, String>, tell: Tell<'_>) -> String {
    let text = source.body;
    let mut out = String::with_capacity(text.len());
    let mut at = 0;
    while let Some(start) = ["{{<", "{{%"].iter().filter_map(|mark| text[at..].find(mark)).min().map(|offset| at + offset) {
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
                let Some((content, next)) = until(text, end, "highlight") else {
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
fn reference(source: &Source<'_>, links: &BTreeMap<String, String>, code: &Code<'_>) -> String {
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
    let exact = files.iter().flat_map(|file| endings.iter().map(move |ending| format!("{file}{ending}"))).find_map(|file| links.get(&file));
    // A name alone is enough where only one page has it.
    let mut by_name = links.iter().filter(|(file, _)| {
        let name = file.rsplit('/').next().unwrap_or(file);
        name == wanted || name.strip_suffix(".md") == Some(wanted) || file.ends_with(&format!("/{wanted}/index.md"))
    });
    let found = exact.or_else(|| by_name.next().filter(|_| by_name.next().is_none()).map(|(_, address)| address));
    let found = found.or_else(|| links.values().find(|address| key_of(address) == key_of(path)));
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
        let links = BTreeMap::from([
            ("content/posts/first.md".to_owned(), "/posts/first/".to_owned()),
            ("content/about/index.md".to_owned(), "/about/".to_owned()),
        ]);
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
