//! A theme's templates for mail: `mail/<kind>.html` and `mail/<kind>.txt`. They are not rendered here but with each order, by the
//! checkout's worker, far from whoever wrote them; so each is tried with a sample order, in every language, and a mistake is told
//! like one in any other template.

use std::collections::BTreeMap;
use std::sync::Arc;

use catalog::mail::{MailKind, MailKit, MailView};
use tera::{Context, Kwargs, State, Tera, TeraResult};

use super::templates::{Naming, Templates};
use super::texts::Texts;
use crate::diagnostic::{Diagnostic, Severity, SourcePath, codes};
use crate::theme::{self, Layers, Theme};

/// The keys of texts that mail may show begin with this.
const PREFIX: &str = "mail.";

/// The theme's mail; the default theme's where it has none of its own.
pub(crate) fn kit(layers: Layers<'_>, theme: &Theme, languages: &[String]) -> Result<MailKit, Vec<Diagnostic>> {
    let templates = Templates::read(layers, "mail/", Naming::Short)?;
    let texts = languages.iter().cloned().zip(theme.texts().iter().map(|texts| texts.below(PREFIX)));
    let by_name = templates.texts().map(|(name, text)| (name.to_owned(), text.to_owned()));
    let kit = MailKit { templates: by_name.collect(), texts: texts.collect() };
    if !templates.is_empty() {
        return check(&templates, kit);
    }
    // What the theme says of its own counts all the same.
    let mut borrowed = borrowed(languages);
    for (language, texts) in kit.texts {
        borrowed.texts.entry(language).or_default().extend(texts);
    }
    Ok(borrowed)
}

/// The default theme's mail, which its own tests have tried.
fn borrowed(languages: &[String]) -> MailKit {
    let files: BTreeMap<String, &[u8]> = theme::compiled().into_iter().collect();
    let text = |path: &str| files.get(&format!("default/{path}")).and_then(|bytes| std::str::from_utf8(bytes).ok());
    let texts = |language: &str| text(&format!("i18n/{language}.yaml")).and_then(|text| Texts::parse(text).ok());
    let english = texts("en").unwrap_or_default();
    let of = |language: &String| (language.clone(), texts(language).unwrap_or_default().over(&english).below(PREFIX));
    let templates = files.keys().filter_map(|path| path.strip_prefix("default/mail/"));
    let templates = templates.filter_map(|name| Some((name.to_owned(), text(&format!("mail/{name}"))?.to_owned())));
    MailKit { templates: templates.collect(), texts: languages.iter().map(of).collect() }
}

/// Renders everything once; all mistakes are told.
fn check(templates: &Templates, kit: MailKit) -> Result<MailKit, Vec<Diagnostic>> {
    let kit = Arc::new(kit);
    let mut problems = Vec::new();
    for language in kit.texts.keys() {
        let tera = engine(&kit, templates, language)?;
        for kind in MailKind::ALL {
            problems.extend(try_kind(templates, &kit, &tera, kind, language));
        }
    }
    problems.dedup();
    if problems.is_empty() { Ok(Arc::unwrap_or_clone(kit)) } else { Err(problems) }
}

fn try_kind(templates: &Templates, kit: &MailKit, tera: &Tera, kind: MailKind, language: &str) -> Vec<Diagnostic> {
    let mut problems = Vec::new();
    let folder = templates.folder();
    let missing = |name: String, message: String| {
        let told = Diagnostic::in_file(codes::THEME_FILE, Severity::Error, message, SourcePath::from(name));
        told.help("a theme with a folder `mail/` has all of it; copy the default theme's")
    };
    let key = kind.subject_key();
    if kit.text(language, &key, std::iter::empty()).is_none() {
        problems.push(missing(folder.replace("mail/", "i18n/en.yaml"), format!("the theme has no text `{key}`")));
    }
    // One order with something of everything, and one with as little as there can be.
    let samples = [MailView::sample(kind, language), MailView::bare(kind, language)];
    let samples = samples.map(|sample| Context::from_serialize(&sample).expect("samples are maps with text keys"));
    for ending in ["html", "txt"] {
        let name = format!("{}.{ending}", kind.name());
        if !tera.contains_template(&name) {
            problems.push(missing(format!("{folder}{name}"), format!("the theme has no template `mail/{name}`")));
            continue;
        }
        for error in samples.iter().filter_map(|sample| tera.render(&name, sample).err()) {
            let seen = format!("seen while a sample of the mail `{}` was rendered", kind.name());
            problems.push(templates.mistake(&error, None).help(seen));
        }
    }
    problems.dedup();
    problems
}

fn engine(kit: &Arc<MailKit>, templates: &Templates, language: &str) -> Result<Tera, Vec<Diagnostic>> {
    let mut tera = Tera::default();
    let (texts, language) = (Arc::clone(kit), language.to_owned());
    tera.register_function("t", move |arguments: Kwargs, _: &State| -> TeraResult<String> {
        let key = arguments.must_get::<&str>("key")?;
        let others = arguments.iter().filter(|(name, _)| name.as_str() != Some("key"));
        let fillers = others.map(|(name, value)| (name.to_string(), value.to_string()));
        texts.text(&language, key, fillers).ok_or_else(|| {
            tera::Error::message(format!("the theme has no text `{key}`; mail shows texts whose keys begin with `{PREFIX}`"))
        })
    });
    templates.give(&mut tera)?;
    Ok(tera)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn default_kit() -> MailKit {
        borrowed(&["en".to_owned(), "de".to_owned(), "fr".to_owned()])
    }

    fn said(change: impl FnOnce(&mut MailKit)) -> Vec<String> {
        let mut kit = default_kit();
        change(&mut kit);
        let problems = check(&Templates::of("themes/mine/mail/", &kit.templates), kit).expect_err("mistakes");
        problems.iter().map(|told| format!("{}: {}", told.file, told.message)).collect()
    }

    #[test]
    fn the_default_themes_mail_can_be_rendered_in_every_language() {
        let kit = default_kit();
        let kit = check(&Templates::of("themes/default/mail/", &kit.templates), kit).expect("no mistakes");
        assert_eq!(kit.text("fr", "mail.total", std::iter::empty()).as_deref(), Some("Total"), "English where there is nothing");
        assert_eq!(kit.text("de", "mail.total", std::iter::empty()).as_deref(), Some("Summe"));
    }

    #[test]
    fn mistakes_are_told_like_those_of_pages() {
        let missing = said(|kit| drop(kit.templates.remove("refunded.txt")));
        assert_eq!(missing, ["themes/mine/mail/refunded.txt: the theme has no template `mail/refunded.txt`"]);
        let field = said(|kit| drop(kit.templates.insert("sent.txt".into(), "{{ order.totl }}".into())));
        assert!(field[0].starts_with("themes/mine/mail/sent.txt: field `totl` is not defined"), "{field:?}");
        let text = said(|kit| drop(kit.templates.insert("sent.txt".into(), "{{ t(key='mail.nothing') }}".into())));
        assert!(text[0].contains("the theme has no text `mail.nothing`"), "{text:?}");
        let hidden =
            said(|kit| drop(kit.templates.insert("sent.txt".into(), "{% if not order.tax_included %}{{ order.taxs }}{% endif %}".into())));
        assert!(hidden[0].contains("field `taxs` is not defined"), "{hidden:?}");
        let bare = said(|kit| drop(kit.templates.insert("sent.txt".into(), "{{ parcel.tracking | upper }}".into())));
        assert!(bare[0].starts_with("themes/mine/mail/sent.txt"), "{bare:?}");
        let syntax = said(|kit| drop(kit.templates.insert("sent.txt".into(), "{% if %}".into())));
        assert!(syntax[0].starts_with("themes/mine/mail/sent.txt"), "{syntax:?}");
        let subject = said(|kit| drop(kit.texts.get_mut("de").and_then(|texts| texts.remove("mail.sent.subject"))));
        assert_eq!(subject, ["themes/mine/i18n/en.yaml: the theme has no text `mail.sent.subject`"]);
    }
}
