//! A theme's templates for mail: `mail/<kind>.html` and `mail/<kind>.txt`. They are not rendered here but with each order, by the
//! checkout's worker, far from whoever wrote them; so each is tried with a sample order, in every language, and a mistake is told
//! like one in any other template.

use std::collections::BTreeMap;
use std::sync::Arc;

use catalog::mail::{MailKind, MailKit, MailView};
use catalog::texts::{Direction, Filler, Text};
use tera::{Context, Kwargs, State, Tera, TeraResult, Value};

use super::templates::{Naming, Templates};
use crate::diagnostic::{Diagnostic, Severity, SourcePath, codes};
use crate::locale;
use crate::parse::theme_texts::{self, ThemeText};
use crate::theme::{self, Layers, Theme};

/// The keys of texts that mail may show begin with this.
const PREFIX: &str = "mail.";

/// The theme's mail; the default theme's where it has none of its own.
pub(crate) fn kit(layers: Layers<'_>, theme: &Theme, languages: &[String]) -> Result<MailKit, Vec<Diagnostic>> {
    let templates = Templates::read(layers, "mail/", Naming::Short)?;
    let texts = languages.iter().cloned().zip(theme.texts().iter().map(|texts| texts.below(PREFIX)));
    let by_name = templates.texts().map(|(name, text)| (name.to_owned(), text.to_owned()));
    let from_the_right = languages.iter().filter(|language| locale::direction(language) == Direction::Rtl);
    let kit = MailKit { templates: by_name.collect(), texts: texts.collect(), from_the_right: from_the_right.cloned().collect() };
    if !templates.is_empty() {
        return check(&templates, kit);
    }
    // What the theme says of its own counts all the same.
    let (templates, mut texts) = borrowed(languages);
    for (language, own) in kit.texts {
        texts.entry(language).or_default().extend(own);
    }
    Ok(MailKit { templates, texts, ..kit })
}

/// The default theme's mail, which its own tests have tried.
fn borrowed(languages: &[String]) -> (BTreeMap<String, String>, BTreeMap<String, BTreeMap<String, Text>>) {
    let files: BTreeMap<String, &[u8]> = theme::compiled().into_iter().collect();
    let read = |language: &str| -> Option<Vec<ThemeText>> {
        let path = format!("default/i18n/{language}.yaml");
        Some(theme_texts::read(&SourcePath::from(path.as_str()), files.get(&path)?, language).0)
    };
    let of = |language: &String| {
        let found: Vec<_> = locale::fallbacks(language).filter_map(|from| Some((from, read(from)?))).collect();
        let texts = theme::texts::in_language(language, found.iter().map(|(from, texts)| (*from, texts.as_slice())));
        (language.clone(), texts.below(PREFIX))
    };
    let text = |path: &str| files.get(path).and_then(|bytes| std::str::from_utf8(bytes).ok());
    let templates = files.keys().filter_map(|path| Some((path.strip_prefix("default/mail/")?.to_owned(), text(path)?.to_owned())));
    (templates.collect(), languages.iter().map(of).collect())
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
    if !kit.texts.get(language).is_some_and(|texts| texts.contains_key(&key)) {
        problems.push(missing(folder.replace("mail/", "i18n/en.yaml"), format!("the theme has no text `{key}`")));
    }
    // One order with something of everything, and one with as little as there can be.
    let direction = kit.direction(language);
    let samples = [MailView::sample(kind, language, direction), MailView::bare(kind, language, direction)];
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
    let (texts, language, grammar) = (Arc::clone(kit), language.to_owned(), kit.grammar(language));
    tera.register_function("t", move |arguments: Kwargs, _: &State| -> TeraResult<String> {
        let key = arguments.must_get::<&str>("key")?;
        let others = arguments.iter().filter(|(name, _)| name.as_str() != Some("key"));
        let filler = |value: &Value| value.as_i64().map_or_else(|| Filler::Text(value.to_string()), |n| Filler::Number(n, n.to_string()));
        let fillers: Vec<_> = others.map(|(name, value)| (name.to_string(), filler(value))).collect();
        texts.text(&grammar, &language, key, &fillers).ok_or_else(|| {
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
        let (templates, texts) = borrowed(&["en", "de", "fr", "ar"].map(str::to_owned));
        MailKit { templates, texts, from_the_right: ["ar".to_owned()].into() }
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
        let templates = Templates::of("themes/default/mail/", &kit.templates);
        let kit = check(&templates, kit).expect("no mistakes");
        let text = |language: &str, key: &str| kit.text(&kit.grammar(language), language, key, &[]);
        assert_eq!(text("fr", "mail.total").as_deref(), Some("Total"), "English where there is nothing");
        assert_eq!(text("de", "mail.total").as_deref(), Some("Summe"));
        let arabic = engine(&Arc::new(kit), &templates, "ar").expect("templates");
        let sample = Context::from_serialize(&MailView::sample(MailKind::Sent, "ar", Direction::Rtl)).expect("a map");
        assert!(arabic.render("sent.html", &sample).expect("a mail").contains("<html lang=\"ar\" dir=\"rtl\">"));
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
