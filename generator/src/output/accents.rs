//! The generated style sheet: the theme's colours as custom properties, collections' accents and options' swatches as classes, because
//! the shop's policy allows no `style` attribute.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use crate::assets::hashed;
use crate::site::Site;

/// The sheet's address, without the base path, and its text; `None` where the shop has no colours of its own.
pub fn sheet(site: &Site) -> Option<(String, String)> {
    let mut light = String::new();
    let mut dark = String::new();
    let colours = site.theme.colours.iter().map(|(name, colour)| format!("--theme-{}:{colour}", name.replace('_', "-")));
    let colours: Vec<String> = colours.collect();
    if !colours.is_empty() {
        light = format!(":root{{{}}}", colours.join(";"));
    }
    for collection in site.collections.iter() {
        let Some((on_light, on_dark)) = &collection.accent else { continue };
        // Writing to a `String` cannot fail, here and below.
        let _ = write!(light, ".accent-{}{{--accent:{on_light}}}", collection.name);
        let _ = write!(dark, ".accent-{}{{--accent:{on_dark}}}", collection.name);
    }
    let swatches: BTreeSet<&String> = site.products.values().flat_map(|product| product.swatches.values()).collect();
    for colour in swatches {
        let _ = write!(light, ".swatch-{colour}{{fill:#{colour};background-color:#{colour}}}");
    }
    if light.is_empty() {
        return None;
    }
    let dark = if dark.is_empty() { dark } else { format!("@media (prefers-color-scheme:dark){{{dark}}}") };
    let css = format!("{light}{dark}");
    Some((format!("/assets/{}", hashed("accents.css", css.as_bytes())), css))
}
