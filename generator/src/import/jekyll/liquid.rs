//! Liquid in texts, as far as a text alone says what it gives: raw and highlighted code, comments, links to posts and
//! files, values of the site's settings and of the page. Everything else stays as text and is told.

use std::collections::{BTreeMap, BTreeSet};

use percent_encoding::{AsciiSet, CONTROLS, NON_ALPHANUMERIC, utf8_percent_encode};

use crate::import::pages::{Value, next_mark};

/// What Ruby's `CGI.escape` encodes; spaces become `+`.
const FORM: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~').remove(b' ');
/// What `Addressable::URI.normalize_component` encodes: what stands in no address at all.
const URI: &AsciiSet =
    &CONTROLS.add(b' ').add(b'"').add(b'<').add(b'>').add(b'\\').add(b'^').add(b'`').add(b'{').add(b'|').add(b'}').add(b'%');

/// What Liquid can ask about.
pub(super) struct Liquid<'a> {
    settings: &'a Value,
    /// Address by file.
    pages: BTreeMap<String, String>,
    /// Address of a post by its name with its date, with and without the folders above it.
    posts: BTreeMap<String, String>,
    files: BTreeMap<String, String>,
}

/// What is told: the place in the text, what stands there, and what became of it.
type Tell<'t> = &'t mut dyn FnMut(usize, &str, &str);

const STAYS: &str = "it is not run here and stays as text; write what it made";

impl<'a> Liquid<'a> {
    /// `pages` are files and their addresses, `files` addresses and their files.
    pub(super) fn new(settings: &'a Value, pages: Vec<(String, String)>, files: &BTreeMap<String, String>) -> Self {
        let files = files.iter().map(|(address, path)| (path.clone(), address.clone())).collect();
        let pages: BTreeMap<String, String> = pages.into_iter().collect();
        let mut posts = BTreeMap::new();
        for (file, address) in &pages {
            let inside = file.split_once("_posts/").map_or(file.as_str(), |(_, rest)| rest);
            let stem = inside.rsplit_once('.').map_or(inside, |(stem, _)| stem);
            for name in [stem, stem.rsplit('/').next().unwrap_or(stem)] {
                posts.entry(name.to_owned()).or_insert_with(|| address.clone());
            }
        }
        Self { settings, pages, posts, files }
    }

    /// The text with everything filled in that can be.
    pub(super) fn fill(&self, text: &str, page: &Value, tell: Tell<'_>) -> String {
        let mut out = String::with_capacity(text.len());
        let (mut at, mut endless) = (0, BTreeSet::new());
        while let Some(start) = next_mark(text, at, &["{%", "{{"]) {
            out.push_str(&text[at..start]);
            let (close, tag) = if text[start..].starts_with("{%") { ("%}", true) } else { ("}}", false) };
            let Some(end) = text[start + 2..].find(close).map(|offset| start + 2 + offset + 2) else {
                out.push_str(&text[start..]);
                tell(start, &text[start..(start + 2)], "it has no end, and stays as text");
                return out;
            };
            let inner = text[start + 2..end - 2].trim_matches('-').trim();
            at = if tag {
                self.tag(text, start, end, inner, &mut out, &mut endless, tell)
            } else {
                self.value(text, start..end, inner, page, &mut out, tell)
            };
        }
        out.push_str(&text[at..]);
        out
    }

    /// Answers where to go on. Tags whose end was looked for in vain are `endless` from there on.
    #[expect(clippy::too_many_arguments, reason = "a place in the text, and what is written")]
    fn tag<'t>(
        &self,
        text: &'t str,
        start: usize,
        end: usize,
        inner: &'t str,
        out: &mut String,
        endless: &mut BTreeSet<&'t str>,
        tell: Tell<'_>,
    ) -> usize {
        let (name, rest) = inner.split_once(char::is_whitespace).unwrap_or((inner, ""));
        match name {
            "raw" | "comment" | "highlight" => {
                let found = if endless.contains(name) { None } else { until(text, end, &format!("end{name}")) };
                let Some((content, next)) = found else {
                    endless.insert(name);
                    tell(start, inner, "its end is missing, so it stays as text");
                    out.push_str(&text[start..end]);
                    return end;
                };
                match name {
                    "raw" => out.push_str(content),
                    "highlight" => return next + fence(out, rest, content, &text[next..]),
                    _ => {}
                }
                return next;
            }
            "post_url" | "link" => {
                let target = self.address(name, rest.trim());
                // What is not there is taken out, with its line, where links are followed.
                out.push_str(&target.unwrap_or_else(|| format!("/{}", rest.trim().trim_matches('/').replace(' ', "%20"))));
                return end;
            }
            _ => tell(start, &text[start..end], STAYS),
        }
        out.push_str(&text[start..end]);
        end
    }

    fn address(&self, tag: &str, target: &str) -> Option<String> {
        let target = target.trim_matches(['"', '\'']).trim_start_matches('/');
        if tag == "link" {
            return self.pages.get(target).or_else(|| self.files.get(target)).cloned();
        }
        self.posts.get(target).cloned()
    }

    fn value(&self, text: &str, range: std::ops::Range<usize>, inner: &str, page: &Value, out: &mut String, tell: Tell<'_>) -> usize {
        if let Some(value) = self.evaluate(inner, page) {
            out.push_str(&value);
        } else {
            tell(range.start, &text[range.clone()], STAYS);
            out.push_str(&text[range.clone()]);
        }
        range.end
    }

    /// A value with its filters; `None` where it needs more than is known here.
    fn evaluate(&self, inner: &str, page: &Value) -> Option<String> {
        let mut parts = pieces(inner).into_iter();
        let mut value = self.operand(parts.next()?.trim(), page)?;
        for filter in parts {
            let (name, argument) =
                filter.split_once(':').map_or((filter.trim(), None), |(name, argument)| (name.trim(), Some(argument.trim())));
            let argument = match argument {
                Some(argument) => Some(self.operand(argument, page)?),
                None => None,
            };
            value = match (name, argument) {
                // Links name addresses from the root; the shop adds its own beginning.
                ("relative_url" | "absolute_url", None) => {
                    if value.contains("://") {
                        value
                    } else {
                        format!("/{}", value.trim_start_matches('/'))
                    }
                }
                ("prepend", Some(before)) => format!("{before}{value}"),
                ("append", Some(after)) => format!("{value}{after}"),
                ("upcase", None) => value.to_uppercase(),
                ("downcase", None) => value.to_lowercase(),
                ("strip", None) => value.trim().to_owned(),
                ("escape" | "xml_escape", None) => quick_xml::escape::escape(&value).into_owned(),
                ("url_encode" | "cgi_escape", None) => utf8_percent_encode(&value, FORM).to_string().replace(' ', "+"),
                ("uri_escape", None) => utf8_percent_encode(&value, URI).to_string(),
                // Without markup there is nothing to take out; with it, what is left depends on how it is read.
                ("strip_html", None) if !value.contains(['<', '&']) => value,
                _ => return None,
            };
        }
        Some(value)
    }

    fn operand(&self, text: &str, page: &Value) -> Option<String> {
        for quote in ['"', '\''] {
            if let Some(inner) = text.strip_prefix(quote).and_then(|rest| rest.strip_suffix(quote)) {
                return (!inner.contains(quote)).then(|| inner.to_owned());
            }
        }
        let (root, path) = text.split_once('.')?;
        let mut found = match root {
            // The site's own addresses begin at its root, whatever the settings say of it.
            "site" if path == "baseurl" => return Some(String::new()),
            "site" => self.settings,
            "page" => page,
            _ => return None,
        };
        for key in path.split('.') {
            found = found.get(key)?;
        }
        let text = found.text();
        (!text.is_empty()).then(|| text.to_owned())
    }
}

/// The text up to `{% name %}`, and where it goes on behind it.
fn until<'t>(text: &'t str, from: usize, name: &str) -> Option<(&'t str, usize)> {
    let mut at = from;
    while let Some(offset) = text[at..].find("{%") {
        let start = at + offset;
        let end = start + 2 + text[start + 2..].find("%}")? + 2;
        if text[start + 2..end - 2].trim_matches('-').trim() == name {
            return Some((&text[from..start], end));
        }
        // `{% raw %}` within holds anything, also what is no tag.
        at = start + 2;
    }
    None
}

/// Writes code between fences; answers how much of what follows belongs to it.
fn fence(out: &mut String, arguments: &str, content: &str, after: &str) -> usize {
    let language = arguments.split_whitespace().next().unwrap_or("");
    let line = out.rfind('\n').map_or(0, |at| at + 1);
    let indent = out[line..].to_owned();
    if !indent.trim().is_empty() {
        out.push('\n');
    }
    let indent = if indent.trim().is_empty() { indent } else { String::new() };
    let longest = content.split(|c| c != '`').map(str::len).max().unwrap_or(0).max(2);
    let marks = "`".repeat(longest + 1);
    let code = content.trim_matches('\n').trim_end();
    out.push_str(&format!("{marks}{language}\n{code}\n{indent}{marks}"));
    // Whatever stands behind the tag on its line goes on below.
    let rest = after.split('\n').next().unwrap_or("");
    if rest.trim().is_empty() {
        return rest.len();
    }
    out.push('\n');
    0
}

/// The value and its filters, divided at `|` outside quotes.
fn pieces(text: &str) -> Vec<&str> {
    let (mut parts, mut start, mut quote) = (Vec::new(), 0, None);
    for (at, c) in text.char_indices() {
        match (quote, c) {
            (None, '"' | '\'') => quote = Some(c),
            (Some(open), _) if c == open => quote = None,
            (None, '|') => {
                parts.push(&text[start..at]);
                start = at + 1;
            }
            _ => {}
        }
    }
    parts.push(&text[start..]);
    parts
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::import::pages::settings;

    fn filled(text: &str) -> (String, Vec<String>) {
        let config =
            settings("_config.yml", "url: https://a.example\nrepository: r/s\nauthor: {name: Mira}\nbaseurl: /blog\n", &mut Vec::new())
                .expect("YAML");
        let page = settings("x.yml", "title: Page\n", &mut Vec::new()).expect("YAML");
        let pages =
            vec![("_posts/2013-05-06-hello.md".to_owned(), "/2013/hello.html".to_owned()), ("about.md".to_owned(), "/about/".to_owned())];
        let files = BTreeMap::from([("/assets/a.pdf".to_owned(), "assets/a.pdf".to_owned())]);
        let liquid = Liquid::new(&config, pages, &files);
        let mut told = Vec::new();
        let text = liquid.fill(text, &page, &mut |at, what, _| told.push(format!("{at} {what}")));
        (text, told)
    }

    #[test]
    fn what_a_text_alone_says_is_filled_in() {
        for (text, expected) in [
            ("a {% raw %}{{ x }} {% y %}{% endraw %} b", "a {{ x }} {% y %} b"),
            ("{%- comment -%}x{%- endcomment -%}b", "b"),
            ("[a]({% post_url 2013-05-06-hello %}#b)", "[a](/2013/hello.html#b)"),
            ("[a]({{ site.baseurl }}{% link about.md %})", "[a](/about/)"),
            ("[a]({% link assets/a.pdf %})", "[a](/assets/a.pdf)"),
            ("[a]({% link gone.md %})", "[a](/gone.md)"),
            ("{{ \"/x/\" | relative_url }} {{ 'x' | absolute_url }}", "/x/ /x"),
            ("{{ site.repository }} {{ site.author.name }} {{ page.title | upcase }}", "r/s Mira PAGE"),
            ("{{ '/a' | prepend: site.baseurl | prepend: site.url }}", "https://a.example/a"),
            ("{{ '{{' }}x", "{{x"),
            ("{{ 'A & B' | url_encode }} {{ 'A & <b>' | escape }} {{ 'a b?c=d' | uri_escape }}", "A+%26+B A &amp; &lt;b&gt; a%20b?c=d"),
            ("{{ ' x ' | strip }} {{ 'x y' | strip_html }}", "x x y"),
            ("a\n\n{% highlight ruby linenos %}\nputs 1\n{% endhighlight %}\n\nb", "a\n\n```ruby\nputs 1\n```\n\nb"),
            ("- a\n\n  {% highlight sh %}\n  ls ```\n  {% endhighlight %} b", "- a\n\n  ````sh\n  ls ```\n  ````\n b"),
        ] {
            let (found, told) = filled(text);
            assert_eq!(found, expected, "{text}");
            assert!(told.is_empty(), "{text}: {told:?}");
        }
    }

    #[test]
    fn everything_else_stays_and_is_told() {
        for (text, expected) in [
            ("a {% include x.html %} b", "2 {% include x.html %}"),
            ("{{ site.posts | size }}", "0 {{ site.posts | size }}"),
            ("a {{ x", "2 {{"),
            ("{% raw %} a", "0 raw"),
            ("{{ '<b>x</b>' | strip_html }}", "0 {{ '<b>x</b>' | strip_html }}"),
        ] {
            let (found, told) = filled(text);
            assert_eq!(found, text);
            assert_eq!(told, [expected], "{text}");
        }
    }
}
