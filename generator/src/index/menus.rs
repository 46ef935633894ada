//! Menus and the page of terms: names in the settings that lead to pages.

use super::{Context, Files};
use crate::diagnostic::{Code, Diagnostic, Spanned, codes, nearest};
use crate::parse::ParsedSettings;
use crate::parse::settings::{MenuItem, MenuTarget};
use crate::site::{Site, Tongue};
use crate::view::MenuView;

/// The entries of a menu.
pub(super) fn menu(context: &mut Context<'_>, files: &Files<'_>, items: &[MenuItem], site: &Site) -> Vec<MenuView> {
    items.iter().filter_map(|item| entry(context, files, site, item)).collect()
}

fn entry(context: &mut Context<'_>, files: &Files<'_>, site: &Site, item: &MenuItem) -> Option<MenuView> {
    let children = item.children.iter().filter_map(|child| entry(context, files, site, child)).collect();
    let settings = &site.settings;
    let default = &settings.languages[0];
    let given = item.title.as_ref().map(|title| title.in_language(&settings.language, default).value.clone());
    let is_foreign = item.title.as_ref().is_some_and(|title| !title.speaks(&settings.language));
    let given_lang = if is_foreign { default.clone() } else { String::new() };
    let Some(target) = &item.target else { return Some(MenuView { title: given?, url: None, lang: given_lang, children }) };
    let Some((title, url, lang)) = lookup(site, &target.value) else {
        tell_unknown(context, files, site, target);
        return None;
    };
    let lang = if given.is_some() { given_lang } else { lang };
    Some(MenuView { title: given.unwrap_or(title), url: Some(url), lang, children })
}

/// Title, address and language of a target.
fn lookup(site: &Site, target: &MenuTarget) -> Option<(String, String, String)> {
    let found = |title: &str, path: &str, tongue: &Tongue| (title.to_owned(), site.url(path), tongue.words.clone());
    match target {
        MenuTarget::Url(url) => Some((url.clone(), url.clone(), String::new())),
        MenuTarget::Product(id) => site.products.get(id.as_str()).map(|it| found(&it.product.title, &it.path, &it.tongue)),
        MenuTarget::Category(key) => site.categories.get(key).map(|it| found(&it.title, &it.path, &it.tongue)),
        MenuTarget::Collection(name) => site.collection(name).map(|it| found(&it.title, &it.path, &it.tongue)),
        MenuTarget::Page(key) => page(site, key),
    }
}

fn page(site: &Site, key: &str) -> Option<(String, String, String)> {
    let found = |title: &str, path: &str, tongue: &Tongue| (title.to_owned(), site.url(path), tongue.words.clone());
    let section = site.sections.get(key).map(|it| found(&it.title, &it.path, &it.tongue));
    section.or_else(|| site.articles.get(key).map(|it| found(&it.title, &it.path, &it.tongue)))
}

fn tell_unknown(context: &mut Context<'_>, files: &Files<'_>, site: &Site, target: &Spanned<MenuTarget>) {
    let (code, what, name, near): (Code, _, _, Option<&str>) = match &target.value {
        MenuTarget::Product(id) if files.knows_product(id) => return,
        MenuTarget::Product(id) => (codes::UNKNOWN_PRODUCT, "product", id, nearest(id, site.products.keys().map(|id| &**id))),
        MenuTarget::Category(key) => (codes::UNKNOWN_CATEGORY, "category", key, nearest(key, site.categories.keys().map(String::as_str))),
        MenuTarget::Collection(name) => {
            (codes::UNKNOWN_COLLECTION, "collection", name, nearest(name, site.collections.iter().map(|c| c.name.as_str())))
        }
        MenuTarget::Page(key) => {
            (codes::UNKNOWN_PAGE, "page", key, nearest(key, site.articles.keys().chain(site.sections.keys()).map(String::as_str)))
        }
        MenuTarget::Url(_) => return,
    };
    let help = near
        .map_or_else(|| "correct the name or remove the entry".to_owned(), |near| format!("a {what} with a similar name exists: `{near}`"));
    let message = format!("unknown {what} `{name}`");
    context.tell(Diagnostic::error(code, message, target.span.clone()).label(format!("no {what} has this name")).help(help));
}

/// The address of the page of terms, base path included.
pub(super) fn terms_page(context: &mut Context<'_>, parsed: &ParsedSettings, site: &Site) -> Option<String> {
    let wanted = parsed.checkout.terms_page.as_ref()?;
    let found = page(site, wanted).map(|(_, url, _)| url);
    if found.is_none() {
        let help = nearest(wanted, site.articles.keys().map(String::as_str)).map_or_else(
            || "write the page's path below `content/`".to_owned(),
            |near| format!("a page with a similar name exists: `{near}`"),
        );
        let message = format!("the page of terms `{}` does not exist", wanted.value);
        context.tell(Diagnostic::error(codes::TERMS_PAGE, message, wanted.span.clone()).label("no page has this path").help(help));
    }
    found
}
