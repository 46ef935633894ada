//! From texts to the words by which they are found: lower case, without accents, one spelling for letters that are
//! typed in several ways. The theme's `search-words.js` does the same to what a shopper types; one table of cases,
//! `tests/fixtures/search/words.json`, holds them together.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// A longer word is found by so many of its letters.
const LONGEST: usize = 40;

/// Takes texts apart. It keeps its room from text to text.
#[derive(Debug, Default)]
pub(super) struct Folder {
    word: String,
    folded: String,
}

impl Folder {
    /// Tells the words of a text, in order.
    pub(super) fn words(&mut self, text: &str, mut tell: impl FnMut(&str)) {
        text.split_ascii_whitespace().for_each(|piece| self.piece(piece, &mut tell));
    }

    /// Tells the words of HTML that our own writer made: `<` and `>` stand around elements alone.
    pub(super) fn html(&mut self, html: &str, mut tell: impl FnMut(&str)) {
        let mut rest = html;
        while !rest.is_empty() {
            let (text, behind) = rest.split_once('<').unwrap_or((rest, ""));
            let has_escaped = text.contains('&');
            for piece in text.split_ascii_whitespace() {
                if has_escaped && piece.contains('&') { self.escaped(piece, &mut tell) } else { self.piece(piece, &mut tell) }
            }
            rest = behind.split_once('>').map_or("", |(_, behind)| behind);
        }
    }

    /// An escaped sign parts words, like the sign itself.
    fn escaped(&mut self, piece: &str, tell: &mut impl FnMut(&str)) {
        let mut rest = piece;
        while let Some((before, behind)) = rest.split_once('&') {
            self.piece(before, tell);
            rest = behind.split_once(';').map_or(behind, |(_, behind)| behind);
        }
        self.piece(rest, tell);
    }

    fn piece(&mut self, piece: &str, tell: &mut impl FnMut(&str)) {
        if piece.is_ascii() {
            let mut rest = piece;
            while let Some(start) = rest.bytes().position(|byte| byte.is_ascii_alphanumeric()) {
                rest = &rest[start..];
                let end = rest.bytes().position(|byte| !byte.is_ascii_alphanumeric()).unwrap_or(rest.len());
                if end > 1 || rest.as_bytes()[0].is_ascii_digit() {
                    self.word.clear();
                    self.word.push_str(&rest[..end.min(LONGEST)]);
                    self.word.make_ascii_lowercase();
                    tell(&self.word);
                }
                rest = &rest[end..];
            }
            return;
        }
        let mut folded = std::mem::take(&mut self.folded);
        folded.clear();
        fold(piece, &mut folded);
        for word in folded.split(|character| !is_of_word(character)).filter(|word| !word.is_empty()) {
            self.mixed(word, tell);
        }
        self.folded = folded;
    }

    /// A word may change between scripts that part words by spaces and those that don't; of the latter every two letters that
    /// stand side by side are a word.
    fn mixed(&mut self, word: &str, tell: &mut impl FnMut(&str)) {
        let mut rest = word;
        while let Some(first) = rest.chars().next() {
            let is_unspaced = is_unspaced(first);
            let end = rest.find(|character| self::is_unspaced(character) != is_unspaced).unwrap_or(rest.len());
            let (run, behind) = rest.split_at(end);
            rest = behind;
            if is_unspaced {
                pairs(run, tell);
                continue;
            }
            self.word.clear();
            self.word.extend(run.chars().take(LONGEST));
            if run.chars().nth(1).is_some() || first.is_numeric() {
                tell(&self.word);
            }
        }
    }
}

fn pairs(run: &str, tell: &mut impl FnMut(&str)) {
    let starts: Vec<usize> = run.char_indices().map(|(at, _)| at).chain([run.len()]).collect();
    match starts.len() {
        2 => tell(run),
        _ => starts.windows(3).for_each(|places| tell(&run[places[0]..places[2]])),
    }
}

fn fold(text: &str, folded: &mut String) {
    for character in text.nfkd().filter(|character| !is_dropped(*character)).flat_map(char::to_lowercase) {
        match character {
            'ß' => folded.push_str("ss"),
            'æ' => folded.push_str("ae"),
            'œ' => folded.push_str("oe"),
            'þ' => folded.push_str("th"),
            other => folded.push(same(other)),
        }
    }
}

/// One letter for those that are typed for each other.
fn same(letter: char) -> char {
    match letter {
        'ø' => 'o',
        'đ' | 'ð' => 'd',
        'ł' => 'l',
        'ı' => 'i',
        'ħ' => 'h',
        'ŋ' => 'n',
        'ŧ' => 't',
        'ς' => 'σ',
        'ة' => 'ه',
        'ى' | 'ی' => 'ي',
        'ک' => 'ك',
        other => other,
    }
}

/// Accents of alphabets that are read without them, and signs that nobody types. Vowels of Indian scripts are marks
/// too, and stay.
fn is_dropped(character: char) -> bool {
    matches!(character,
        '\u{300}'..='\u{36f}' | '\u{591}'..='\u{5bd}' | '\u{5bf}'..='\u{5c7}' | '\u{610}'..='\u{61a}' | '\u{640}' | '\u{64b}'..='\u{65f}' | '\u{670}'
        | '\u{6d6}'..='\u{6ed}' | '\u{3099}'..='\u{309a}' | '\u{ad}' | '\u{200b}'..='\u{200d}' | '\u{2060}' | '\u{feff}')
}

fn is_of_word(character: char) -> bool {
    character.is_alphanumeric() || is_combining_mark(character)
}

/// Thai, Lao, Burmese, Khmer, Japanese and Chinese: no spaces between words.
fn is_unspaced(character: char) -> bool {
    matches!(character,
        '\u{e00}'..='\u{eff}' | '\u{1000}'..='\u{109f}' | '\u{1780}'..='\u{17ff}' | '\u{3040}'..='\u{30ff}' | '\u{31f0}'..='\u{31ff}'
        | '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{3ffff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(text: &str) -> Vec<String> {
        let mut words = Vec::new();
        Folder::default().words(text, |word| words.push(word.to_owned()));
        words
    }

    #[test]
    fn the_table_that_the_script_is_held_to() {
        let table = include_str!("../../../../tests/fixtures/search/words.json");
        let cases: Vec<(String, Vec<String>)> = serde_json::from_str(table).expect("the table can be read");
        assert!(cases.len() > 30);
        for (text, expected) in cases {
            assert_eq!(words(&text), expected, "{text}");
        }
    }

    #[test]
    fn elements_and_escaped_signs_part_words() {
        let mut found = Vec::new();
        let html = "<p class=\"x\">Salt &amp; pepper<br />AT&amp;T &lt;b&gt; <em>Käse</em>&quot;rund&quot;</p>\n<img alt=\"1\" />";
        Folder::default().html(html, |word| found.push(word.to_owned()));
        assert_eq!(found, ["salt", "pepper", "at", "kase", "rund"]);
    }
}
