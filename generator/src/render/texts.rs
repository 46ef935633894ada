//! A theme's own texts: `i18n/<language>.yaml`, one flat map.

use std::collections::BTreeMap;

use crate::diagnostic::nearest;

/// Key → text with `{name}` for what is filled in.
#[derive(Debug, Clone, Default)]
pub struct Texts(BTreeMap<String, String>);

impl Texts {
    /// Reads a flat map of texts; the error is for the theme's author.
    pub fn parse(text: &str) -> Result<Self, String> {
        serde_saphyr::from_str(text).map(Self).map_err(|error| error.to_string())
    }

    /// The texts of a language, with those of `other` where it has none.
    pub fn over(mut self, other: &Self) -> Self {
        for (key, text) in &other.0 {
            self.0.entry(key.clone()).or_insert_with(|| text.clone());
        }
        self
    }

    /// A text as it is written.
    pub fn find(&self, key: &str) -> Option<&str> {
        self.0.get(key).map(String::as_str)
    }

    /// A text with its places filled.
    pub fn get(&self, key: &str, fillers: impl Iterator<Item = (String, String)>) -> Result<String, String> {
        let Some(text) = self.0.get(key) else {
            let near = nearest(key, self.0.keys().map(String::as_str)).map_or_else(String::new, |near| format!("; did you mean `{near}`?"));
            return Err(format!("the theme has no text `{key}`{near}"));
        };
        Ok(fillers.fold(text.clone(), |text, (name, value)| text.replace(&format!("{{{name}}}"), &value)))
    }

    /// All texts whose keys begin with `prefix`.
    pub fn below(&self, prefix: &str) -> BTreeMap<String, String> {
        self.0.iter().filter(|(key, _)| key.starts_with(prefix)).map(|(key, text)| (key.clone(), text.clone())).collect()
    }

    /// All texts whose keys begin with `prefix`, without it, as JSON that is safe inside a `<script>` of data.
    pub fn json(&self, prefix: &str) -> String {
        let some: BTreeMap<&str, &String> = self.0.iter().filter_map(|(key, text)| Some((key.strip_prefix(prefix)?, text))).collect();
        serde_json::to_string(&some).expect("texts are JSON").replace('<', "\\u003c")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fills_places_and_finds_near_names() {
        let texts = Texts::parse("cart.title: Cart\ncart.count: '{n} things'\njs.add: <b>").expect("texts");
        let fill = [("n".to_owned(), "3".to_owned())];
        assert_eq!(texts.get("cart.count", fill.into_iter()).as_deref(), Ok("3 things"));
        let error = texts.get("cart.titel", std::iter::empty()).expect_err("unknown");
        assert_eq!(error, "the theme has no text `cart.titel`; did you mean `cart.title`?");
        assert_eq!(texts.json("js."), r#"{"add":"\u003cb>"}"#);
    }
}
