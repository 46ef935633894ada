//! The settings, once the shop's currencies, tax classes and gateways can be held against each other.

use std::collections::{BTreeMap, BTreeSet};

use catalog::currency::{Currency, Gateway};
use catalog::product::Amounts;
use catalog::shipping::{Band, Method, Rate, ShippingRules, Zone};
use catalog::tax::{EVERYWHERE, TaxRules};
use catalog::terms::Terms;

use super::Context;
use crate::diagnostic::{Diagnostic, Severity, SourcePath, Spanned, codes};
use crate::locale;
use crate::parse::money::{Amounts as Written, money};
use crate::parse::settings::{self as written, Cost, Place, Words};
use crate::parse::{ParsedSettings, PriceText};
use crate::site::Settings;
use crate::view::{CountryView, LinkView};

/// The tax class of goods that name none.
pub(super) const STANDARD: &str = "standard";

/// The settings; `None` where they are too broken to build with, which has been told.
pub(super) fn settings(context: &mut Context<'_>, parsed: &ParsedSettings) -> Option<Settings> {
    let base_url = base_url(context, parsed)?;
    let base_path =
        base_url.split_once("://").and_then(|(_, rest)| rest.find('/').map(|slash| rest[slash..].to_owned())).unwrap_or_default();
    let gateways: Vec<Gateway> = parsed
        .checkout
        .gateways
        .iter()
        .map(|gateway| match gateway.value {
            written::Gateway::Stripe => Gateway::Stripe,
            written::Gateway::Paypal => Gateway::Paypal,
        })
        .collect();
    let currencies = currencies(context, parsed, &gateways);
    let (currency, _) = *currencies.first()?;
    check_theme(context, &parsed.theme, &parsed.languages);
    let api = &parsed.checkout.api.value;
    let (languages, language) = (context.input.languages, &context.input.languages[context.input.place]);
    let word = |words: &Words| words.in_language(language, &languages[0]).value.clone();
    let line = |words: &Option<Words>| words.as_ref().map(word).unwrap_or_default();
    Some(Settings {
        name: word(&parsed.name),
        tagline: line(&parsed.tagline),
        description: line(&parsed.description),
        language: language.clone(),
        language_name: locale::own_name(language),
        prefix: context.input.prefix(),
        languages: languages.to_vec(),
        currency,
        currencies,
        theme: parsed.theme.value.clone(),
        per_page: usize::try_from(parsed.per_page).unwrap_or(usize::MAX).max(1),
        api: if api.starts_with('/') { format!("{base_path}{api}") } else { api.clone() },
        gateways,
        max_quantity: parsed.checkout.max_quantity,
        email: parsed.contact.email.as_ref().map(|email| email.value.clone()),
        address: line(&parsed.contact.address).lines().map(str::to_owned).collect(),
        social: parsed.social.iter().map(|link| LinkView::new(word(&link.title), link.url.value.clone())).collect(),
        countries: countries(parsed, language),
        default_country: parsed.tax.default_country.as_ref().map(|country| country.value.clone()),
        broken_links: parsed.broken_links,
        base_url,
        base_path,
    })
}

fn base_url(context: &mut Context<'_>, parsed: &ParsedSettings) -> Option<String> {
    if let Some(given) = context.input.base_url {
        return Some(given.trim_end_matches('/').to_owned());
    }
    if parsed.base_url.is_none() && parsed.complete {
        let missing = Diagnostic::in_file(codes::MISSING_KEY, Severity::Error, "`base_url` is missing", SourcePath::clone(&parsed.file));
        context.tell(missing.help("write the address at which the shop will stand, such as `base_url: https://shop.example`"));
    }
    parsed.base_url.as_ref().map(|url| url.value.clone())
}

fn currencies(context: &mut Context<'_>, parsed: &ParsedSettings, gateways: &[Gateway]) -> Vec<(Currency, i64)> {
    let mut currencies = Vec::new();
    for code in &parsed.currencies {
        let Some(currency) = Currency::parse(code) else { continue };
        match currency.chargeable_unit(gateways) {
            Some(unit) => currencies.push((currency, unit)),
            None => {
                let refusing: Vec<_> = gateways.iter().filter(|g| currency.chargeable_unit(&[**g]).is_none()).map(|g| g.name()).collect();
                let message = format!("{currency} cannot be charged by {}", refusing.join(" and "));
                context.tell(
                    Diagnostic::error(codes::UNKNOWN_CURRENCY, message, code.span.clone()).help("use another currency or another gateway"),
                );
            }
        }
    }
    currencies
}

fn check_theme(context: &mut Context<'_>, theme: &Spanned<String>, languages: &[Spanned<String>]) {
    let folder = format!("themes/{}/", theme.value);
    if context.input.sources.below(&folder).next().is_none() {
        let message = format!("there is no theme `{}`", theme.value);
        context.tell(
            Diagnostic::error(codes::UNKNOWN_THEME, message, theme.span.clone())
                .label("no such folder in `themes/`")
                .help("`default` is always there"),
        );
        return;
    }
    for language in languages {
        let file = format!("{folder}i18n/{}.yaml", language.value);
        if language.value != "en" && context.input.sources.get(&file).is_none() {
            let message = format!("the theme `{}` has no texts in `{}`", theme.value, language.value);
            let told = Diagnostic::warning(codes::THEME_LANGUAGE, message, language.span.clone());
            context.tell(told.label("shown in English").help(format!("add `{file}`")));
        }
    }
}

fn countries(parsed: &ParsedSettings, language: &str) -> Vec<CountryView> {
    let places: BTreeSet<&Place> = parsed.shipping.zones.iter().flat_map(|zone| zone.countries.iter().map(|place| &place.value)).collect();
    let everywhere = places.contains(&Place::Rest) || places.is_empty();
    let all = catalog::country::COUNTRIES.iter();
    let shown = all.filter(|(code, _)| everywhere || places.contains(&Place::Country((*code).to_owned())));
    locale::countries(language, shown.copied())
}

/// The terms of trade; what is wrong in them is told.
pub(super) fn terms(context: &mut Context<'_>, parsed: &ParsedSettings, settings: &Settings) -> Terms {
    let tax = tax(parsed);
    let shipping = shipping(context, parsed, settings, &tax);
    Terms {
        shop_name: settings.name.clone(),
        base_url: settings.base_url.clone(),
        languages: parsed.languages.iter().map(|language| language.value.clone()).collect(),
        currencies: settings.currencies.iter().map(|(currency, _)| *currency).collect(),
        tax,
        shipping,
        gateways: settings.gateways.clone(),
        terms_url: None,
        max_quantity: settings.max_quantity,
        max_open_per_client: parsed.checkout.max_open_per_client,
        contact_email: settings.email.clone(),
    }
}

fn tax(parsed: &ParsedSettings) -> TaxRules {
    let code = |place: &Place| match place {
        Place::Rest => EVERYWHERE.to_owned(),
        Place::Country(code) => code.clone(),
    };
    let mut classes: BTreeMap<String, BTreeMap<String, u32>> = parsed
        .tax
        .classes
        .iter()
        .map(|class| (class.name.value.clone(), class.rates.iter().map(|(place, rate)| (code(&place.value), rate.value)).collect()))
        .collect();
    if classes.is_empty() {
        classes.insert(STANDARD.to_owned(), [(EVERYWHERE.to_owned(), 0)].into());
    }
    TaxRules {
        prices_include_tax: parsed.tax.prices_include_tax,
        default_country: parsed.tax.default_country.as_ref().map(|country| country.value.clone()),
        classes,
    }
}

/// Tells when a tax class does not exist.
pub(super) fn check_tax_class(context: &mut Context<'_>, classes: &BTreeMap<String, BTreeMap<String, u32>>, class: &Spanned<String>) {
    if classes.contains_key(&class.value) {
        return;
    }
    let help = crate::diagnostic::nearest(class, classes.keys().map(String::as_str)).map_or_else(
        || format!("`shop.yaml` has the classes {}", classes.keys().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")),
        |near| format!("a class with a similar name exists: `{near}`"),
    );
    let message = format!("unknown tax class `{}`", class.value);
    context.tell(Diagnostic::error(codes::TAX_CLASS, message, class.span.clone()).label("not in `tax.classes` of shop.yaml").help(help));
}

fn shipping(context: &mut Context<'_>, parsed: &ParsedSettings, settings: &Settings, tax: &TaxRules) -> ShippingRules {
    if let Some(class) = &parsed.shipping.tax_class {
        check_tax_class(context, &tax.classes, class);
    }
    let zones = parsed.shipping.zones.iter().map(|zone| Zone {
        name: zone.name.value.clone(),
        countries: zone
            .countries
            .iter()
            .map(|place| match &place.value {
                Place::Rest => EVERYWHERE.to_owned(),
                Place::Country(code) => code.clone(),
            })
            .collect(),
        methods: zone.methods.iter().map(|method| self::method(context, settings, method)).collect(),
    });
    ShippingRules {
        zones: zones.collect(),
        tax_class: parsed.shipping.tax_class.as_ref().map_or_else(|| STANDARD.to_owned(), |class| class.value.clone()),
    }
}

fn method(context: &mut Context<'_>, settings: &Settings, method: &written::Method) -> Method {
    let rate = match &method.cost {
        Cost::Flat(price) => Rate::Flat(amounts(context, settings, price)),
        Cost::Bands(bands) => Rate::Bands(
            bands
                .iter()
                .map(|band| Band { up_to_g: u64::from(band.up_to.value), price: amounts(context, settings, &band.price) })
                .collect(),
        ),
    };
    let (default, others) = settings.languages.split_first().expect("a shop has a language");
    let title = |language: &str| method.title.in_language(language, default).value.clone();
    Method {
        code: method.code.value.clone(),
        title: title(default),
        titles: others.iter().map(|language| (language.clone(), title(language))).filter(|(_, words)| *words != title(default)).collect(),
        days: method.days.as_ref().map(|days| if days.0 == days.1 { days.0.to_string() } else { format!("{}-{}", days.0, days.1) }),
        rate,
        free_over: method.free_over.as_ref().map(|limit| amounts(context, settings, limit)),
    }
}

/// An editor's price in minor units of each currency; what cannot be charged is told.
///
/// One amount is in the default currency; a map has every currency of the shop.
pub(super) fn amounts(context: &mut Context<'_>, settings: &Settings, price: &PriceText) -> Amounts {
    let mut amounts = Amounts::new();
    match &price.value {
        Written::One(amount) => {
            let (currency, unit) = settings.currencies[0];
            match money(amount, currency, unit) {
                Ok(money) => drop(amounts.insert(currency, money.minor)),
                Err(problem) => context.tell(problem),
            }
        }
        Written::Each(pairs) => {
            for (code, amount) in pairs {
                match settings.currencies.iter().find(|(currency, _)| currency.code() == code.value) {
                    None => {
                        let message = format!("the shop does not sell in {}", code.value);
                        let error =
                            Diagnostic::error(codes::PRICE_CURRENCY, message, code.span.clone()).label("not in `currencies` of shop.yaml");
                        context.tell(error.help("remove this amount, or add the currency to shop.yaml"));
                    }
                    Some((currency, unit)) => match money(amount, *currency, *unit) {
                        Ok(money) => drop(amounts.insert(*currency, money.minor)),
                        Err(problem) => context.tell(problem),
                    },
                }
            }
            let missing = settings.currencies.iter().find(|(currency, _)| !pairs.iter().any(|(code, _)| code.value == currency.code()));
            if let Some((currency, _)) = missing {
                let message = format!("the amount in {currency} is missing");
                context.tell(
                    Diagnostic::error(codes::PRICE_CURRENCY, message, price.span.clone())
                        .help("a map has one amount for every currency of the shop"),
                );
            }
        }
    }
    amounts
}
