//! How `WooCommerce` writes single cells: lists with escaped commas, categories as ways, literal `\n`, units in
//! column titles; and what becomes of the columns that product files have no field for.

use super::model::{Image, Product, one_line};
use super::report::Report;
use super::slug::slug;
use super::table::{Cell, Row};

/// An attribute of one row.
pub(super) struct Attribute {
    pub(super) name: String,
    /// The values of the list.
    pub(super) values: Vec<String>,
    /// The cell as one value, as variations have it.
    pub(super) whole: String,
    pub(super) visible: bool,
}

/// `WooCommerce`'s importer reads no more attributes than a person would give; this bounds the search for columns.
const MAX_ATTRIBUTES: usize = 50;

/// The words of the type, such as `simple` and `virtual`.
pub(super) fn types(row: Row<'_>) -> Vec<String> {
    list(row.text(&["Type"])).into_iter().map(|word| word.to_lowercase()).collect()
}

/// A comma list in which `\,` is a comma.
pub(super) fn list(text: &str) -> Vec<String> {
    let mut items = vec![String::new()];
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        match (c, items.last_mut()) {
            ('\\', Some(last)) if chars.next_if_eq(&',').is_some() => last.push(','),
            (',', _) => items.push(String::new()),
            (c, Some(last)) => last.push(c),
            (_, None) => {}
        }
    }
    items.iter().map(|item| one_line(item)).filter(|item| !item.is_empty()).collect()
}

/// Categories as titles from the top: `Clothing > Hoodies, Gifts`. Entities are how `WordPress` stores names.
pub(super) fn categories(text: &str) -> Vec<Vec<String>> {
    let way = |item: &String| -> Vec<String> {
        item.replace("&gt;", ">").split('>').map(|t| one_line(&t.replace("&amp;", "&"))).filter(|t| !t.is_empty()).collect()
    };
    list(text).iter().map(way).filter(|way| !way.is_empty()).collect()
}

/// Addresses of a comma list.
pub(super) fn images(text: &str) -> Vec<Image> {
    text.split(',').map(str::trim).filter(|url| !url.is_empty()).map(|url| Image { url: url.to_owned(), alt: String::new() }).collect()
}

/// All attributes that the row names.
pub(super) fn attributes(row: Row<'_>) -> Vec<Attribute> {
    let mut found = Vec::new();
    for number in 1..=MAX_ATTRIBUTES {
        let Some(name) = row.named(&format!("Attribute {number} name")) else { break };
        if name.text.is_empty() {
            continue;
        }
        let text = row.named(&format!("Attribute {number} value(s)")).map_or("", |cell| cell.text);
        let visible = row.named(&format!("Attribute {number} visible")).is_none_or(|cell| cell.text != "0");
        let whole = one_line(&text.replace("\\,", ","));
        found.push(Attribute { name: one_line(name.text), values: list(text), whole, visible });
    }
    found
}

/// Whether two names or values are the same but for capitals and signs: variations may hold the slug of a value.
pub(super) fn same(a: &str, b: &str) -> bool {
    a == b || {
        let slug_a = slug(a);
        !slug_a.is_empty() && slug_a == slug(b)
    }
}

/// Adds to the specifications; values of a name that stands there already join it.
pub(super) fn specify(product: &mut Product, name: String, values: &[String]) {
    let text = values.join(", ");
    if text.is_empty() {
        return;
    }
    match product.specifications.iter_mut().find(|(known, _)| *known == name) {
        Some((_, known)) => *known = format!("{known}, {text}"),
        None => product.specifications.push((name, text)),
    }
}

/// Measures as one line for the reader: `24 × 1 × 2 in`.
pub(super) fn dimensions(product: &mut Product, row: Row<'_>) {
    let mut numbers = Vec::new();
    let mut unit = "";
    for measure in ["Length", "Width", "Height"] {
        for known in ["cm", "in", "mm", "m", "yd"] {
            if let Some(cell) = row.named(&format!("{measure} ({known})")).filter(|cell| !cell.text.is_empty()) {
                numbers.push(if cell.text.starts_with('.') { format!("0{}", cell.text) } else { cell.text.to_owned() });
                unit = known;
            }
        }
    }
    if !numbers.is_empty() {
        specify(product, "Dimensions".to_owned(), &[format!("{} {unit}", numbers.join(" × "))]);
    }
}

/// The column that holds weights and the unit in its title.
pub(super) fn weight_column(columns: &[String]) -> (&str, &'static str) {
    for column in columns {
        let lower = column.to_lowercase();
        let unit = match lower.as_str() {
            "weight (lbs)" | "weight (lb)" => "lb",
            "weight (oz)" => "oz",
            "weight (g)" => "g",
            "weight (kg)" | "weight" => "kg",
            _ => continue,
        };
        return (column, unit);
    }
    ("Weight (kg)", "kg")
}

/// One piece an order at most.
pub(super) fn sold_individually(row: Row<'_>) -> Option<u32> {
    (row.text(&["Sold individually?"]) == "1").then_some(1)
}

/// The shop's tax class of that name, with or without `WooCommerce`'s `-rate`.
pub(super) fn tax_class(row: Row<'_>, known: &[&str], report: &mut Report) -> Option<String> {
    let status = row.cell(&["Tax status"]);
    if !matches!(status.text, "" | "taxable") {
        report.note(&status, "it is taxed by its class; for no tax, add a class of 0% to `shop.yaml` and set `tax_class:`");
    }
    let class = row.cell(&["Tax class"]);
    if matches!(class.text, "" | "parent" | "standard") {
        return None;
    }
    let name = slug(class.text);
    let wished = [class.text, &name, name.trim_end_matches("-rate")];
    let found = known.iter().find(|known| wished.contains(known));
    if found.is_none() {
        report.note(&class, "`shop.yaml` has no tax class of this name; the product has the standard class");
    }
    found.map(|class| (*class).to_owned())
}

/// Featured products make a collection; what was to be found by a link only is found like any other product.
pub(super) fn visibility(product: &mut Product, row: Row<'_>, report: &mut Report) {
    let cell = row.cell(&["Visibility in catalog"]);
    let shown = matches!(cell.text, "" | "visible");
    if !shown {
        report.note(&cell, "a published product is in its category and in the search; set `draft: true` to keep it out");
    }
    if row.text(&["Is featured?"]) == "1" && shown {
        product.collections.push("Featured".to_owned());
    }
}

/// Variations stand in the order of the file; an order of products made by hand belongs to a collection.
pub(super) fn position(row: Row<'_>, report: &mut Report) {
    let cell = row.cell(&["Position"]);
    if !matches!(cell.text, "" | "0") {
        report.note(&cell, "products are sorted by date, title or price; a collection keeps an order made by hand");
    }
}

/// Files to download stay where they are: they are paid goods, and not to be fetched from an address.
pub(super) fn downloads(row: Row<'_>, report: &mut Report) {
    for number in 1..=MAX_ATTRIBUTES {
        let Some(cell) = row.named(&format!("Download {number} URL")) else { break };
        if !cell.text.is_empty() {
            report.note(&cell, "copy the file into `downloads/` and list it under `files:`");
        }
    }
}

/// Text of several lines: the export writes line ends as `\n` and a backslash before an `n` twice.
pub(super) fn multiline(text: &str) -> String {
    let parts: Vec<String> = text.split("\\\\n").map(|part| part.replace("\\n", "\n")).collect();
    unguarded(&parts.join("\\n"))
}

/// The export puts an apostrophe before texts that a spreadsheet could take for a formula.
pub(super) fn unguarded(text: &str) -> String {
    match text.strip_prefix('\'') {
        Some(rest) if rest.starts_with(['=', '+', '-', '@']) => rest.to_owned(),
        _ => text.to_owned(),
    }
}

/// Whether the importer looks at a column itself.
pub(super) fn is_read(name: &str) -> bool {
    const READ: [&str; 33] = [
        "position",
        "id",
        "type",
        "sku",
        "name",
        "published",
        "is featured?",
        "visibility in catalog",
        "short description",
        "description",
        "date sale price starts",
        "date sale price ends",
        "tax status",
        "tax class",
        "in stock?",
        "stock",
        "backorders allowed?",
        "sold individually?",
        "sale price",
        "regular price",
        "categories",
        "tags",
        "images",
        "parent",
        "grouped products",
        "upsells",
        "cross-sells",
        "external url",
        "button text",
        "brands",
        "brand",
        "meta: _wpcom_is_markdown",
        "weight",
    ];
    let numbered = |start: &str, ends: &[&str]| {
        name.strip_prefix(start).is_some_and(|rest| ends.iter().any(|end| rest.strip_suffix(end).is_some_and(is_number)))
    };
    READ.contains(&name)
        || ["weight (", "length (", "width (", "height ("].iter().any(|start| name.starts_with(start))
        || numbered("attribute ", &[" name", " value(s)", " visible", " global"])
        || numbered("download ", &[" name", " url", " id"])
}

fn is_number(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit())
}

/// Why a value in another column is not carried; `None` where it says nothing.
pub(super) fn why(cell: &Cell<'_>) -> Option<&'static str> {
    let column = cell.column.to_lowercase();
    match column.as_str() {
        "allow customer reviews?" if cell.text == "0" => None,
        "allow customer reviews?" => Some("shops have no reviews"),
        "purchase note" => Some("product files have no field for this; it can go to the description"),
        "download limit" | "download expiry days" if cell.text.starts_with(['-', '0']) => None,
        "download limit" | "download expiry days" => Some("how long and how often goods can be downloaded is the same for the whole shop"),
        "shipping class" => Some("shipping goes by weight and price; see `shipping:` in `shop.yaml`"),
        _ if column.starts_with("meta:") => Some("data of plug-ins has no place in a product file; use `specifications:`"),
        _ => Some("product files have no field for this"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_of_several_values() {
        assert_eq!(list(r"Blue, Green\, dark,, Red "), ["Blue", "Green, dark", "Red"]);
        assert_eq!(categories("Clothing > T &amp; A, Music"), [vec!["Clothing".to_owned(), "T & A".into()], vec!["Music".into()]]);
        assert_eq!(multiline(r"one\ntwo \\n three"), "one\ntwo \\n three");
        assert_eq!(unguarded("'-5 degrees"), "-5 degrees");
        assert_eq!(unguarded("'tis"), "'tis");
        assert!(same("Dark Blue", "dark-blue") && !same("服", "装"));
    }
}
