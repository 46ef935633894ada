//! A theme's ES modules: not bundled, but minified one by one, each under a fingerprinted name, with
//! the import specifiers pointed at those names.
//!
//! A module's name depends on its content, which depends on the names of what it imports: leaves
//! come first, and a circle of imports has no solution and is an error.

mod minify;
mod specifiers;

use std::collections::BTreeMap;
use std::sync::Arc;

use specifiers::Specifier;

use super::{AssetError, hashed, place, text};

/// A module, ready to be written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Module {
    /// Its path in the theme.
    pub path: String,
    /// The same with the fingerprint: `cart/store.js` becomes `cart/store.1f0c9a2b.js`.
    pub hashed_name: String,
    /// Minified, importing by fingerprinted names, relative as before.
    pub code: String,
    /// The paths of what it imports statically, for preloading; sorted.
    pub imports: Vec<String>,
}

/// All modules of a theme, by path.
///
/// The first mistake is returned; files are looked at in the order of their paths.
pub fn modules(files: &BTreeMap<String, Arc<[u8]>>) -> Result<Vec<Module>, AssetError> {
    let mut sources = BTreeMap::new();
    for (path, bytes) in files {
        let text = text(path, bytes)?;
        let specifiers = specifiers::find(path, text)?;
        sources.insert(path.as_str(), Source { text, specifiers });
    }
    let mut graph = Graph { sources: &sources, trail: Vec::new(), done: BTreeMap::new() };
    for path in sources.keys() {
        graph.finish(path)?;
    }
    Ok(graph.done.into_values().collect())
}

/// A module as the theme has it.
struct Source<'a> {
    text: &'a str,
    specifiers: Vec<Specifier>,
}

struct Graph<'a> {
    sources: &'a BTreeMap<&'a str, Source<'a>>,
    /// The modules whose imports are being finished, outermost first.
    trail: Vec<&'a str>,
    done: BTreeMap<&'a str, Module>,
}

impl<'a> Graph<'a> {
    /// Finishes a module after all that it imports.
    fn finish(&mut self, path: &'a str) -> Result<(), AssetError> {
        if self.done.contains_key(path) {
            return Ok(());
        }
        self.trail.push(path);
        let source = &self.sources[path];
        let mut code = String::with_capacity(source.text.len());
        let mut imports = Vec::new();
        let mut copied = 0;
        for specifier in &source.specifiers {
            let target = self.target(path, source, specifier)?;
            self.finish(target)?;
            let hashed_target = place::relative(path, &self.done[target].hashed_name);
            code.push_str(&source.text[copied..specifier.start]);
            code.push_str(&string_literal(&hashed_target));
            copied = specifier.end;
            if !specifier.dynamic {
                imports.push(target.to_owned());
            }
        }
        code.push_str(&source.text[copied..]);
        imports.sort();
        imports.dedup();
        let code = minify::minify(path, &code)?;
        let module = Module { path: path.to_owned(), hashed_name: hashed(path, code.as_bytes()), code, imports };
        self.trail.pop();
        self.done.insert(path, module);
        Ok(())
    }

    /// The path that a specifier names: a module of this theme that is not waiting for this one.
    fn target(&self, path: &str, source: &Source<'_>, specifier: &Specifier) -> Result<&'a str, AssetError> {
        let error = |message| Err(AssetError::at(path, source.text, specifier.start, message));
        let written = &specifier.written;
        if !(written.starts_with("./") || written.starts_with("../")) {
            return error(format!(
                "`{written}` is not a module of the theme: copy it into the theme and import it by \
                 a path that starts with `./` or `../`"
            ));
        }
        let Some(target) = place::resolve(path, written) else {
            return error(format!("`{written}` lies outside the theme: move the file into it"));
        };
        let Some((target, _)) = self.sources.get_key_value(target.as_str()) else {
            return error(format!("the theme has no module `{target}`: correct the path or add it"));
        };
        if let Some(start) = self.trail.iter().position(|waiting| waiting == target) {
            let circle = [&self.trail[start..], &[*target]].concat().join("` → `");
            return error(format!(
                "modules import each other in a circle, `{circle}`: move what they share into a \
                 module of its own"
            ));
        }
        Ok(*target)
    }
}

/// A JavaScript string. Paths have no control characters, and JSON's escapes are JavaScript's.
fn string_literal(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

#[cfg(test)]
mod tests;
