//! What an import says about itself: counts, and each value that a shop's files cannot hold.

use std::collections::BTreeMap;
use std::fmt;

use super::table::Cell;

/// What came over, and what did not.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Report {
    /// Products, groups and links to other shops included.
    pub products: usize,
    /// Variants, one for each product that has no options; groups have none.
    pub variants: usize,
    /// Pictures of products and texts that are shown by their addresses.
    pub images: usize,
    /// Categories, those above them included.
    pub categories: usize,
    /// SKUs that the export left empty or used twice and that were made from the product's id.
    pub made_skus: usize,
    /// Pages without a date, sections included.
    pub pages: usize,
    /// Pages with a date.
    pub posts: usize,
    /// Pages and posts that are drafts.
    pub drafts: usize,
    /// Texts in a further language.
    pub translations: usize,
    /// Files that were copied: pictures, and what links lead to.
    pub copied: usize,
    /// Former addresses that lead to where a text is now.
    pub aliases: usize,
    /// The links of all texts.
    pub links: Links,
    /// Each value that was left out or changed, by file and line.
    pub not_carried: Vec<NotCarried>,
}

/// Links of texts, pictures not among them.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Links {
    /// Lead to something in the shop.
    pub inside: usize,
    /// Lead to other sites.
    pub outside: usize,
    /// Led to nothing that came over; their words were kept, and each stands in the report.
    pub lost: usize,
}

/// One value that was left out or changed.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct NotCarried {
    /// The file of the site; empty where the export is one file.
    pub file: String,
    /// The line in the file, 1-based; in a table the one on which the row starts. 0 is the file as a whole.
    pub row: usize,
    /// The column's title, the key, or what kind of thing it is.
    pub column: String,
    /// What stands there, shortened.
    pub value: String,
    /// Why, and what to do where there is something to do.
    pub reason: String,
}

/// A value in a report is at most this many characters long.
const VALUE_CHARS: usize = 80;

impl Report {
    pub(super) fn note(&mut self, cell: &Cell<'_>, reason: impl Into<String>) {
        self.note_at(cell.line, cell.column, cell.text, reason);
    }

    pub(super) fn note_at(&mut self, row: usize, column: &str, value: &str, reason: impl Into<String>) {
        self.note_in("", row, column, value, reason);
    }

    pub(super) fn note_in(&mut self, file: &str, row: usize, column: &str, value: &str, reason: impl Into<String>) {
        let mut value = value.split_whitespace().collect::<Vec<_>>().join(" ");
        if value.chars().count() > VALUE_CHARS {
            value = value.chars().take(VALUE_CHARS).chain("…".chars()).collect();
        }
        let (file, column, reason) = (file.to_owned(), column.to_owned(), reason.into());
        self.not_carried.push(NotCarried { file, row, column, value, reason });
    }

    /// Everything that was not carried over, a line each.
    pub fn in_full(&self) -> String {
        self.not_carried.iter().map(|item| format!("{}: {}\n", item.place(), item.reason)).collect()
    }

    fn counts(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let texts = self.pages + self.posts + self.translations;
        if texts > 0 {
            write!(f, "{}, {}", count(self.posts, "post"), count(self.pages, "page"))?;
            for (number, noun) in [(self.translations, "translation"), (self.drafts, "draft"), (self.copied, "file")] {
                if number > 0 {
                    write!(f, ", {}", count(number, noun))?;
                }
            }
            let Links { inside, outside, lost } = self.links;
            writeln!(f, "\n{inside} links inside, {outside} to other sites, {lost} to what did not come over")?;
            let addresses =
                if self.aliases == 1 { "1 former address leads".to_owned() } else { format!("{} former addresses lead", self.aliases) };
            writeln!(f, "{addresses} to the new places")?;
            if self.images > 0 {
                writeln!(f, "{} by address; `--images download` fetches them", count(self.images, "picture"))?;
            }
        }
        if texts == 0 || self.products > 0 {
            writeln!(
                f,
                "{}, {}, {}, {}",
                count(self.products, "product"),
                count(self.variants, "variant"),
                count(self.images, "picture"),
                if self.categories == 1 { "1 category".to_owned() } else { format!("{} categories", self.categories) },
            )?;
        }
        if self.made_skus > 0 {
            writeln!(f, "{} made from the products' ids", count(self.made_skus, "SKU"))?;
        }
        Ok(())
    }
}

impl NotCarried {
    /// Where it stands and what it is: ``pages/about.md:7, `link`: `/old/` ``.
    fn place(&self) -> String {
        let place = match (self.file.as_str(), self.row) {
            ("", row) => format!("line {row}"),
            (file, 0) => file.to_owned(),
            (file, row) => format!("{file}:{row}"),
        };
        match self.value.as_str() {
            "" if self.file.is_empty() => format!("{place}, `{}`: empty", self.column),
            "" => format!("{place}, {}", self.column),
            value if self.file.is_empty() => format!("{place}, `{}`: `{value}`", self.column),
            value => format!("{place}, {}: `{value}`", self.column),
        }
    }
}

impl fmt::Display for Report {
    /// Counts, then one line for each column and reason with the first place and how many there are.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.counts(f)?;
        let mut groups: BTreeMap<(&str, &str), Vec<&NotCarried>> = BTreeMap::new();
        for item in &self.not_carried {
            groups.entry((&item.column, &item.reason)).or_default().push(item);
        }
        if groups.is_empty() {
            return Ok(());
        }
        writeln!(f, "not carried over:")?;
        let mut groups: Vec<_> = groups.into_iter().collect();
        groups.sort_by_key(|((column, _), items)| (items[0].file.as_str(), items[0].row, *column));
        for ((_, reason), items) in groups {
            write!(f, "  {}", items[0].place())?;
            if items.len() > 1 {
                write!(f, " and {} more", items.len() - 1)?;
            }
            writeln!(f, "\n    {reason}")?;
        }
        Ok(())
    }
}

fn count(number: usize, noun: &str) -> String {
    if number == 1 { format!("1 {noun}") } else { format!("{number} {noun}s") }
}
