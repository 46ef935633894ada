//! Categories: titles from the top to folders, and the `_index.md` files for what a folder's name cannot say.

use std::collections::{BTreeMap, BTreeSet};

use super::slug::{slug, slug_or_hash, unique};
use super::write_yaml::{Yaml, document};

/// Where a product goes that the export gives no category.
const NO_CATEGORY: &str = "Catalogue";

/// All categories of an import.
#[derive(Debug, Default)]
pub(super) struct Categories {
    root: String,
    by_titles: BTreeMap<Vec<String>, String>,
    titles: BTreeMap<String, String>,
    taken: BTreeMap<String, BTreeSet<String>>,
}

impl Categories {
    /// None yet; all will be below `root`, such as `imported` or `old/shop`.
    pub(super) fn new(root: &str) -> Self {
        let root: Vec<_> = root.split('/').map(slug).filter(|part| !part.is_empty()).collect();
        Self { root: root.join("/"), ..Self::default() }
    }

    /// The path of the category with these titles from the top, below `products/`.
    pub(super) fn path(&mut self, titles: &[String]) -> String {
        let catalogue = [NO_CATEGORY.to_owned()];
        let titles = match titles {
            [] if self.root.is_empty() => &catalogue,
            titles => titles,
        };
        let mut path = self.root.clone();
        for depth in 1..=titles.len() {
            if let Some(known) = self.by_titles.get(&titles[..depth]) {
                path.clone_from(known);
                continue;
            }
            let title = &titles[depth - 1];
            let name = unique(&slug_or_hash(title, "category"), self.taken.entry(path.clone()).or_default());
            path = if path.is_empty() { name } else { format!("{path}/{name}") };
            self.by_titles.insert(titles[..depth].to_vec(), path.clone());
            self.titles.insert(path.clone(), title.clone());
        }
        path
    }

    /// How many there are.
    pub(super) fn count(&self) -> usize {
        self.titles.len()
    }

    /// `_index.md` files: where the folder's name does not give the title back, and where no product's folder
    /// makes the category exist.
    pub(super) fn files(&self, folders: &BTreeSet<String>) -> impl Iterator<Item = (String, String)> {
        self.titles.iter().filter_map(move |(path, title)| {
            let name = path.rsplit('/').next().unwrap_or(path);
            let below = format!("{path}/");
            let exists = folders.contains(path) || folders.range(below.clone()..).next().is_some_and(|f| f.starts_with(&below));
            if exists && title_of(name) == *title {
                return None;
            }
            let front_matter = document(vec![("title", Yaml::text(title.as_str()))]);
            Some((format!("products/{path}/_index.md"), format!("---\n{front_matter}---\n")))
        })
    }
}

/// The title that a folder without `_index.md` gets, where there is no doubt: one word, its first letter a capital.
fn title_of(name: &str) -> String {
    if name.contains('-') {
        return String::new();
    }
    let mut letters = name.chars();
    letters.next().map_or_else(String::new, |first| first.to_ascii_uppercase().to_string() + letters.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folders_and_titles() {
        let titles = |text: &str| text.split(" > ").map(str::to_owned).collect::<Vec<_>>();
        let mut all = Categories::new("");
        assert_eq!(all.path(&titles("Clothing > T-Shirts & Tops")), "clothing/t-shirts-tops");
        assert_eq!(all.path(&titles("Clothing > T Shirts, Tops")), "clothing/t-shirts-tops-2");
        assert_eq!(all.path(&titles("Clothing")), "clothing");
        assert_eq!(all.path(&titles("Gifts")), "gifts");
        assert_eq!(all.path(&[]), "catalogue");
        assert_eq!(all.count(), 5);
        let folders = ["clothing/t-shirts-tops", "clothing/t-shirts-tops-2", "catalogue"].map(str::to_owned).into();
        let files: Vec<_> = all.files(&folders).map(|(path, _)| path).collect();
        assert_eq!(
            files,
            ["products/clothing/t-shirts-tops/_index.md", "products/clothing/t-shirts-tops-2/_index.md", "products/gifts/_index.md"]
        );
        let mut below = Categories::new("Old Shop/x");
        assert_eq!(below.path(&[]), "old-shop/x");
        assert_eq!(below.path(&titles("Gifts")), "old-shop/x/gifts");
    }
}
