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
    /// Pictures of products.
    pub images: usize,
    /// Categories, those above them included.
    pub categories: usize,
    /// SKUs that the export left empty or used twice and that were made from the product's id.
    pub made_skus: usize,
    /// Each value that was left out or changed, by line.
    pub not_carried: Vec<NotCarried>,
}

/// One value that was left out or changed.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct NotCarried {
    /// The line in the file on which the row starts, 1-based.
    pub row: usize,
    /// The column's title.
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
        let mut value = value.split_whitespace().collect::<Vec<_>>().join(" ");
        if value.chars().count() > VALUE_CHARS {
            value = value.chars().take(VALUE_CHARS).chain("…".chars()).collect();
        }
        self.not_carried.push(NotCarried { row, column: column.to_owned(), value, reason: reason.into() });
    }
}

impl fmt::Display for Report {
    /// Counts, then one line for each column and reason with the first place and how many there are.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "{}, {}, {}, {}",
            count(self.products, "product"),
            count(self.variants, "variant"),
            count(self.images, "picture"),
            if self.categories == 1 { "1 category".to_owned() } else { format!("{} categories", self.categories) },
        )?;
        if self.made_skus > 0 {
            writeln!(f, "{} made from the products' ids", count(self.made_skus, "SKU"))?;
        }
        let mut groups: BTreeMap<(&str, &str), Vec<&NotCarried>> = BTreeMap::new();
        for item in &self.not_carried {
            groups.entry((&item.column, &item.reason)).or_default().push(item);
        }
        if groups.is_empty() {
            return Ok(());
        }
        writeln!(f, "not carried over:")?;
        let mut groups: Vec<_> = groups.into_iter().collect();
        groups.sort_by_key(|((column, _), items)| (items[0].row, *column));
        for ((column, reason), items) in groups {
            match items[0].value.as_str() {
                "" => write!(f, "  line {}, `{column}`: empty", items[0].row)?,
                value => write!(f, "  line {}, `{column}`: `{value}`", items[0].row)?,
            }
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
