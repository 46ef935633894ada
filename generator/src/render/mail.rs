//! A theme's templates for mail: `mail/<kind>.html` and `mail/<kind>.txt`. They are not rendered here but with each order, by the
//! checkout's worker, far from whoever wrote them; so each is tried with a sample order, in every language, and a mistake is told
//! like one in any other template.

use std::collections::BTreeMap;
use std::sync::Arc;

use catalog::mail::{MailKind, MailKit, MailView};
use tera::{Context, Kwargs, State, Tera, TeraResult};

use super::texts::Texts;
use crate::diagnostic::{Diagnostic, Severity, SourcePath, codes};
use crate::source::Sources;
use crate::theme::{self, Theme};

/// The keys of texts that mail may show begin with this.
const PREFIX: &str = "mail.";

/// The theme's mail; the default theme's where it has none of its own.
pub(crate) fn kit(sources: &Sources, theme: &Theme, languages: &[String]) -> Result<MailKit, Vec<Diagnostic>> {
    let folder = format!("{}mail/", theme.folder());
    let mut templates = BTreeMap::new();
    for (path, file) in sources.below(&folder) {
        let told = |code, message: String| vec![Diagnostic::in_file(code, Severity::Error, message, SourcePath::clone(path))];
        let bytes = file.same_bytes().map_err(|cause| told(codes::THEME_FILE, cause))?;
        let text = String::from_utf8(bytes.to_vec()).map_err(|_| told(codes::NOT_UTF8, "a template is not UTF-8 text".to_owned()))?;
        templates.insert(path.trim_start_matches(folder.as_str()).to_owned(), text);
    }
    let texts = languages.iter().cloned().zip(theme.texts().iter().map(|texts| texts.below(PREFIX)));
    let kit = MailKit { templates, texts: texts.collect() };
    if !kit.templates.is_empty() {
        return check(&folder, kit);
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
    let text = |path: &str| files.get(path).and_then(|bytes| std::str::from_utf8(bytes).ok());
    let texts = |language: &str| text(&format!("i18n/{language}.yaml")).and_then(|text| Texts::parse(text).ok());
    let english = texts("en").unwrap_or_default();
    let of = |language: &String| (language.clone(), texts(language).unwrap_or_default().over(&english).below(PREFIX));
    let templates = files.keys().filter_map(|path| Some((path.strip_prefix("mail/")?.to_owned(), text(path)?.to_owned())));
    MailKit { templates: templates.collect(), texts: languages.iter().map(of).collect() }
}

/// Renders everything once; all mistakes are told.
fn check(folder: &str, kit: MailKit) -> Result<MailKit, Vec<Diagnostic>> {
    let kit = Arc::new(kit);
    let mut problems = Vec::new();
    for language in kit.texts.keys() {
        let tera = match engine(&kit, language) {
            Ok(tera) => tera,
            Err(error) => {
                let templates: Vec<_> = kit.templates.clone().into_iter().collect();
                let found = super::reported(folder, &error.to_string(), &templates);
                return Err(if found.is_empty() { vec![super::diagnostic(folder, &error, None)] } else { found });
            }
        };
        for kind in MailKind::ALL {
            problems.extend(try_kind(folder, &kit, &tera, kind, language));
        }
    }
    problems.dedup();
    if problems.is_empty() { Ok(Arc::unwrap_or_clone(kit)) } else { Err(problems) }
}

fn try_kind(folder: &str, kit: &MailKit, tera: &Tera, kind: MailKind, language: &str) -> Vec<Diagnostic> {
    let mut problems = Vec::new();
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
            problems.push(Diagnostic { help: Some(seen), ..super::diagnostic(folder, &error, None) });
        }
    }
    problems.dedup();
    problems
}

fn engine(kit: &Arc<MailKit>, language: &str) -> Result<Tera, tera::Error> {
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
    tera.add_raw_templates(kit.templates.iter().map(|(name, source)| (name.as_str(), source.as_str())))?;
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
        let problems = check("themes/mine/mail/", kit).expect_err("mistakes");
        problems.iter().map(|told| format!("{}: {}", told.file, told.message)).collect()
    }

    #[test]
    fn the_default_themes_mail_can_be_rendered_in_every_language() {
        let kit = check("themes/default/mail/", default_kit()).expect("no mistakes");
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
