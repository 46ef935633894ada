//! How the shop is found: the settings of it, once currencies, countries and files are known.

use std::collections::BTreeSet;

use catalog::area::Destination;
use catalog::terms::Terms;
use imaging::icons;

use super::Context;
use super::settings::amounts;
use crate::diagnostic::{Diagnostic, SourcePath, Spanned, codes, nearest};
use crate::locale;
use crate::parse::ParsedSettings;
use crate::parse::settings::{ReturnFees, Returns, Security};
use crate::site::found::{Fees, Found, Icon, ReturnPolicy};
use crate::site::{Settings, Site};
use crate::theme::Layers;

const DAY: i64 = 24 * 60 * 60;
/// From so long before its end on, a `security.txt` is told as ending.
const NEAR: i64 = 30 * DAY;
/// The most that RFC 9116 recommends, section 2.5.5; a leap year is not told.
const FAR: i64 = 366 * DAY;
/// The most countries that Google takes for one policy.
const MOST_COUNTRIES: usize = 50;

/// How the shop is found; what is wrong is told.
pub(super) fn found(context: &mut Context<'_>, parsed: &ParsedSettings, settings: &Settings) -> Found {
    let written = &parsed.found;
    Found {
        options: written.options.iter().map(|(name, meaning)| (name.value.clone(), *meaning)).collect(),
        phone: parsed.contact.phone.as_ref().map(|phone| phone.value.clone()),
        returns: written.returns.as_ref().and_then(|returns| policy(context, parsed, settings, returns)),
        google: written.google.clone(),
        llms: written.llms,
        security: written.security.as_ref().map(|security| lines(context, settings, security)).unwrap_or_default(),
        icon: icon(context, parsed, settings),
        locale: locale::with_country(&settings.language),
    }
}

fn policy(context: &mut Context<'_>, parsed: &ParsedSettings, settings: &Settings, written: &Returns) -> Option<ReturnPolicy> {
    let zones = || parsed.shipping.zones.iter().flat_map(|zone| zone.areas.iter().filter_map(|area| area.value.country_code()));
    let sent_to: BTreeSet<&str> = zones().chain(settings.default_country.as_deref()).collect();
    let countries = if written.countries.is_empty() {
        sent_to.into_iter().take(MOST_COUNTRIES).map(str::to_owned).collect()
    } else {
        written.countries.clone()
    };
    if countries.is_empty() {
        let message = "`returns` says what can be given back, and no country is known where that holds";
        let told = Diagnostic::warning(codes::RETURNS_NOWHERE, message, written.span.clone());
        context.tell(told.help("add for example `countries: [DE, FR]`"));
        return None;
    }
    let fees = match &written.fees {
        ReturnFees::Free => Fees::Free,
        ReturnFees::Buyer => Fees::Buyer,
        ReturnFees::Amount(price) => Fees::Amount(*amounts(context, settings, price).get(&settings.currency)?),
    };
    Some(ReturnPolicy {
        days: written.days,
        fees,
        by: written.by.clone(),
        page: written.page.as_ref().map(|page| page.value.clone()),
        countries,
    })
}

/// The lines of `security.txt`, in the order of RFC 9116.
fn lines(context: &mut Context<'_>, settings: &Settings, written: &Security) -> Vec<(String, String)> {
    let (expires, now) = (&written.expires, context.input.now);
    let told = if expires.value <= now {
        Some("`security.txt` has expired: nobody trusts it any more")
    } else if expires.value - now <= NEAR {
        Some("`security.txt` expires within a month")
    } else if expires.value - now > FAR {
        Some("`security.txt` would hold for more than a year, and is less trusted for it")
    } else {
        None
    };
    if let Some(message) = told {
        let told = Diagnostic::warning(codes::SECURITY_EXPIRES, message, expires.span.clone());
        context.tell(told.help("see whether all is still right, and write a day at most a year ahead"));
    }
    // What is told changes at these instants, as pages do.
    let next = [expires.value - FAR, expires.value - NEAR, expires.value].into_iter().filter(|instant| *instant > now).min();
    context.next_change = context.next_change.into_iter().chain(next).min();
    let line = |name: &str, value: String| (name.to_owned(), value);
    let mut lines: Vec<(String, String)> = written.contacts.iter().map(|contact| line("Contact", contact.clone())).collect();
    let until = jiff::Timestamp::from_second(expires.value).unwrap_or_default().to_string();
    lines.push(line("Expires", until));
    lines.extend(written.fields.iter().cloned());
    lines.push(line("Preferred-Languages", settings.languages.join(", ")));
    // Below a path it is not where anybody looks, and the root's own is another's.
    if settings.base_path.is_empty() {
        lines.push(line("Canonical", format!("{}/.well-known/security.txt", settings.base_url)));
    }
    lines
}

/// The shop's icon, else its theme's.
fn icon(context: &mut Context<'_>, parsed: &ParsedSettings, settings: &Settings) -> Option<Icon> {
    const WHITE: &str = "#ffffff";
    let sources = context.input.sources;
    let made = |path: &str, background: Option<&String>, is_own: bool| {
        let file = sources.get(path)?;
        let background = background.map_or(WHITE, String::as_str).to_owned();
        Some(Icon { file: SourcePath::from(path), fingerprint: file.fingerprint, background, is_own })
    };
    let Some(written) = &parsed.found.icon else {
        // A theme's icon is its author's matter; one that cannot be drawn is as if it were not there.
        let icon = Layers::new(sources, &settings.themes).get("assets/icon.svg")?;
        return made(&icon.path, None, false).filter(|_| icon.file.bytes().is_ok_and(|bytes| icons::check(&bytes).is_ok()));
    };
    let path = &written.file;
    let Some(icon) = made(path, written.background.as_ref(), true) else {
        let known = sources.below("static/").map(|(path, _)| &**path).filter(|path| path.ends_with(".svg"));
        let help = nearest(path, known).map_or_else(
            || "write its path in the shop's folder, such as `static/icon.svg`".to_owned(),
            |near| format!("a file with a similar name is there: `{near}`"),
        );
        context.tell(no_icon(path, format!("the icon `{}` does not exist", path.value)).label("no such file").help(help));
        return None;
    };
    let flaw = sources.bytes(path).ok().and_then(|bytes| icons::check(&bytes).err());
    if let Some(flaw) = flaw {
        let error = no_icon(path, format!("the icon `{}` cannot be drawn", path.value)).label(flaw);
        context.tell(error.help("save it as a plain SVG, with its text turned into paths"));
        return None;
    }
    Some(icon)
}

fn no_icon(path: &Spanned<String>, message: String) -> Diagnostic {
    Diagnostic::error(codes::ICON, message, path.span.clone())
}

/// Countries whose prices Google wants without tax; everywhere else it wants them with it
/// (<https://support.google.com/merchants/answer/6324371>).
const WITHOUT_TAX: [&str; 3] = ["CA", "IN", "US"];

/// Tells of countries of the product feed whose prices Google wants with tax where the shop says them without, or the other way round.
pub(super) fn check_feed(context: &mut Context<'_>, settings: &Settings, terms: &Terms) {
    let Some(feed) = settings.found.google.as_ref().filter(|_| context.input.place == 0) else { return };
    for country in &feed.countries {
        let is_included = terms.tax.is_included(&Destination::new(Some(country), None, None));
        let (has, wants) = match (is_included, WITHOUT_TAX.contains(&country.value.as_str())) {
            (true, true) => ("with tax", "without it"),
            (false, false) => ("without tax", "with it"),
            _ => continue,
        };
        let message = format!("the prices of the product feed are {has}, and Google wants them {wants} in {}", country.value);
        let help = format!("remove `{}` here, or set `tax.prices_include_tax`, and the prices, so that they fit", country.value);
        context.tell(Diagnostic::warning(codes::FEED_TAX, message, country.span.clone()).help(help));
    }
}

/// Tells of a page of returns that is not there.
pub(super) fn check_page(context: &mut Context<'_>, parsed: &ParsedSettings, site: &Site) {
    let Some(wanted) = parsed.found.returns.as_ref().and_then(|returns| returns.page.as_ref()) else { return };
    if site.articles.contains_key(&wanted.value) {
        return;
    }
    let help = nearest(wanted, site.articles.keys().map(String::as_str))
        .map_or_else(|| "write the page's path below `content/`".to_owned(), |near| format!("a page with a similar name exists: `{near}`"));
    let message = format!("the page about returns `{}` does not exist", wanted.value);
    context.tell(Diagnostic::error(codes::UNKNOWN_PAGE, message, wanted.span.clone()).label("no page has this path").help(help));
}
