//! The settings, once the shop's currencies, tax classes and gateways can be held against each other.

use std::collections::{BTreeMap, BTreeSet};

use catalog::area::{Area, Destination};
use catalog::currency::{Currency, Gateway};
use catalog::product::Amounts;
use catalog::shipping::{Band, Limit, Method, Rate, ShippingRules, ShippingTax, Zone};
use catalog::tax::TaxRules;
use catalog::terms::{DEFAULT_CREDIT_NOTE_PREFIX, DEFAULT_INVOICE_PREFIX, Seller, Terms};
use catalog::words::Words as Texts;

use super::categories::title_of;
use super::{Context, filters, found, theme};
use crate::diagnostic::{Diagnostic, Severity, SourcePath, Spanned, codes};
use crate::locale;
use crate::parse::money::{Amounts as Written, money};
use crate::parse::settings::{self as written, Cost, Words};
use crate::parse::{ParsedSettings, PriceText};
use crate::site::found::Found;
use crate::site::{DeclaredAttribute, DeclaredTaxonomy, Filters, Settings, TAGS};
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
    let themes = theme::lineage(context, &parsed.theme.name, &parsed.languages);
    let shows_filters = filters::has_template(context, &themes);
    let api = &parsed.checkout.api.value;
    let (languages, language) = (context.input.languages, &context.input.languages[context.input.place]);
    let word = |words: &Words| words.in_language(language, &languages[0]).value.clone();
    let line = |words: &Option<Words>| words.as_ref().map(word).unwrap_or_default();
    let mut settings = Settings {
        name: word(&parsed.name),
        tagline: line(&parsed.tagline),
        description: line(&parsed.description),
        language: language.clone(),
        language_name: locale::own_name(language),
        prefix: context.input.prefix(),
        languages: languages.to_vec(),
        currency,
        currencies,
        themes,
        per_page: usize::try_from(parsed.per_page).unwrap_or(usize::MAX).max(1),
        filters: parsed.filters.as_ref().map_or(Filters::All, filters::filters),
        shows_filters,
        api: if api.starts_with('/') { format!("{base_path}{api}") } else { api.clone() },
        gateways,
        max_quantity: parsed.checkout.max_quantity,
        email: parsed.contact.email.as_ref().map(|email| email.value.clone()),
        address: line(&parsed.contact.address).lines().map(str::to_owned).collect(),
        social: parsed.social.iter().map(|link| LinkView::new(word(&link.title), link.url.value.clone())).collect(),
        countries: countries(parsed, language),
        default_country: parsed.tax.default_country.as_ref().map(|country| country.value.clone()),
        noindex: context.input.noindex,
        taxonomies: taxonomies(parsed, &word),
        search: parsed.search,
        content: parsed.content.clone(),
        attributes: parsed
            .attributes
            .iter()
            .map(|attribute| DeclaredAttribute {
                name: attribute.name.value.clone(),
                title: word(&attribute.title),
                sort: attribute.sort,
                unit: attribute.unit.as_ref().map(|unit| unit.value.clone()).unwrap_or_default(),
            })
            .collect(),
        written_url: parsed.base_url.as_ref().map_or_else(|| base_url.clone(), |url| url.value.clone()),
        base_url,
        base_path,
        found: Found::default(),
        admin: parsed.admin.clone(),
    };
    settings.found = found::found(context, parsed, &settings);
    Some(settings)
}

/// Pages on one page of a term's list, where nothing is said.
const PAGINATE: u32 = 10;

/// Tags first, of which nothing need be said.
fn taxonomies(parsed: &ParsedSettings, word: &dyn Fn(&Words) -> String) -> Vec<DeclaredTaxonomy> {
    let declared = |taxonomy: &written::Taxonomy| DeclaredTaxonomy {
        title: taxonomy.title.as_ref().map_or_else(|| title_of(&taxonomy.name), word),
        name: taxonomy.name.value.clone(),
        order: taxonomy.order,
        paginate: usize::try_from(taxonomy.paginate.unwrap_or(PAGINATE)).unwrap_or(usize::MAX).max(1),
        has_feeds: taxonomy.has_feeds,
    };
    let (tags, others): (Vec<_>, Vec<_>) = parsed.taxonomies.iter().partition(|taxonomy| taxonomy.name.value == TAGS);
    let tags = tags.first().map_or_else(
        || DeclaredTaxonomy {
            name: TAGS.to_owned(),
            title: String::new(),
            order: written::TermOrder::Title,
            paginate: PAGINATE as usize,
            has_feeds: true,
        },
        |tags| DeclaredTaxonomy { title: tags.title.as_ref().map_or_else(String::new, word), ..declared(tags) },
    );
    std::iter::once(tags).chain(others.into_iter().map(declared)).collect()
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

fn countries(parsed: &ParsedSettings, language: &str) -> Vec<CountryView> {
    let areas = || parsed.shipping.zones.iter().flat_map(|zone| zone.areas.iter().map(|area| &area.value));
    let everywhere = areas().any(|area| *area == Area::EVERYWHERE) || areas().next().is_none();
    let named: BTreeSet<&str> = areas().filter_map(Area::country_code).collect();
    let shown = catalog::country::COUNTRIES.iter().filter(|(code, _)| everywhere || named.contains(code));
    locale::countries(language, shown.copied())
}

/// The terms of trade; what is wrong in them is told.
pub(super) fn terms(context: &mut Context<'_>, parsed: &ParsedSettings, settings: &Settings) -> Terms {
    let tax = tax(context, parsed);
    let shipping = shipping(context, parsed, settings, &tax);
    Terms {
        shop_name: settings.name.clone(),
        base_url: settings.base_url.clone(),
        languages: parsed.languages.iter().map(|language| language.value.clone()).collect(),
        currencies: settings.currencies.iter().map(|(currency, _)| *currency).collect(),
        tax,
        shipping,
        discounts: Vec::new(),
        gateways: settings.gateways.clone(),
        terms_url: None,
        max_quantity: settings.max_quantity,
        low_stock: parsed.checkout.low_stock,
        max_open_per_client: parsed.checkout.max_open_per_client,
        downloads: parsed.checkout.downloads,
        contact_email: settings.email.clone(),
        seller: parsed.seller.as_ref().map(seller),
    }
}

fn seller(written: &written::Seller) -> Seller {
    let or = |text: &Option<Spanned<String>>, usual: &str| text.as_ref().map_or_else(|| usual.to_owned(), |text| text.value.clone());
    Seller {
        name: written.name.value.clone(),
        address: written.address.value.lines().map(str::to_owned).collect(),
        tax_id: written.tax_id.value.clone(),
        invoice_prefix: or(&written.invoice_prefix, DEFAULT_INVOICE_PREFIX),
        credit_note_prefix: or(&written.credit_note_prefix, DEFAULT_CREDIT_NOTE_PREFIX),
    }
}

fn tax(context: &mut Context<'_>, parsed: &ParsedSettings) -> TaxRules {
    let mut classes: BTreeMap<String, Vec<(Area, u32)>> = parsed
        .tax
        .classes
        .iter()
        .map(|class| (class.name.value.clone(), class.rates.iter().map(|(area, rate)| (area.value.clone(), rate.value)).collect()))
        .collect();
    if classes.is_empty() {
        classes.insert(STANDARD.to_owned(), vec![(Area::EVERYWHERE, 0)]);
    }
    let default_country = parsed.tax.default_country.as_ref().map(|country| country.value.clone());
    let home = Destination::new(default_country.as_deref(), None, None);
    for class in &parsed.tax.classes {
        if class.rates.iter().any(|(area, _)| area.value.fit(&home).is_some()) {
            continue;
        }
        let place = default_country.as_ref().map_or_else(|| "everywhere else".to_owned(), |country| format!("`{country}`"));
        let message = format!("the tax class `{}` has no rate for {place}, so its goods are untaxed there", class.name.value);
        let told = Diagnostic::warning(codes::NO_RATE, message, class.name.span.clone());
        context.tell(told.help("add a rate, or `'*': 0%` where that is meant"));
    }
    let everywhere = parsed.tax.prices_include_tax.iter().find(|(area, _)| *area == Area::EVERYWHERE);
    TaxRules {
        prices_include_tax: everywhere.is_none_or(|(_, included)| *included),
        markets: parsed.tax.prices_include_tax.iter().filter(|(area, _)| *area != Area::EVERYWHERE).cloned().collect(),
        default_country,
        classes,
    }
}

/// Tells when a tax class does not exist.
pub(super) fn check_tax_class(context: &mut Context<'_>, classes: &BTreeMap<String, Vec<(Area, u32)>>, class: &Spanned<String>) {
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
        areas: zone.areas.iter().map(|area| area.value.clone()).collect(),
        methods: zone.methods.iter().map(|method| self::method(context, settings, method)).collect(),
    });
    ShippingRules {
        zones: zones.collect(),
        tax: if parsed.shipping.is_taxed_like_goods {
            ShippingTax::Goods
        } else {
            ShippingTax::Class(parsed.shipping.tax_class.as_ref().map_or_else(|| STANDARD.to_owned(), |class| class.value.clone()))
        },
    }
}

fn method(context: &mut Context<'_>, settings: &Settings, method: &written::Method) -> Method {
    let rate = match &method.cost {
        Cost::Flat(price) => Rate::Flat(amounts(context, settings, price)),
        Cost::Bands(bands) => Rate::Bands(self::bands(context, settings, bands)),
    };
    Method {
        code: method.code.value.clone(),
        title: words(settings, &method.title),
        note: method.note.as_ref().map(|note| words(settings, note)),
        days: method.days.as_ref().map(|days| if days.0 == days.1 { days.0.to_string() } else { format!("{}-{}", days.0, days.1) }),
        is_pickup: method.is_pickup,
        rate,
        free_over: method.free_over.as_ref().map(|limit| amounts(context, settings, limit)),
    }
}

fn bands(context: &mut Context<'_>, settings: &Settings, written: &[written::Band]) -> Vec<Band> {
    let mut bands: Vec<Band> = Vec::with_capacity(written.len());
    for band in written {
        let up_to = match &band.up_to {
            written::Limit::Weight(grams) => Limit::Weight(u64::from(grams.value)),
            written::Limit::Worth(price) => Limit::Worth(amounts(context, settings, price)),
            written::Limit::Pieces(pieces) => Limit::Pieces(u64::from(pieces.value)),
            written::Limit::Open(_) => Limit::Open,
        };
        if let (Some(Limit::Worth(lower)), Limit::Worth(higher)) = (bands.last().map(|band| &band.up_to), &up_to)
            && higher.iter().any(|(currency, minor)| lower.get(currency).is_some_and(|lower| lower >= minor))
        {
            let error = Diagnostic::error(codes::BANDS, "bands must rise, in one measure", band.up_to.span().clone());
            context.tell(error.label("not more than the band before").help("sort the bands"));
        }
        bands.push(Band { up_to, price: amounts(context, settings, &band.price) });
    }
    bands
}

/// A text in all languages of the shop.
pub(super) fn words(settings: &Settings, words: &Words) -> Texts {
    let (default, others) = settings.languages.split_first().expect("a shop has a language");
    let text = |language: &str| words.in_language(language, default).value.clone();
    let first = text(default);
    Texts {
        others: others.iter().map(|language| (language.clone(), text(language))).filter(|(_, text)| *text != first).collect(),
        text: first,
    }
}

/// Tells of texts in languages that the shop does not have, and of a text that lacks the first.
pub(super) fn check_languages(context: &mut Context<'_>, languages: &[String], words: &Words) {
    let Words::Each(texts, place) = words else { return };
    for (language, _) in texts.iter().filter(|(language, _)| !languages.contains(&language.value)) {
        let message = format!("`{}` is not a language of the shop", language.value);
        let help = format!("remove it, or add `{}` to `languages` in `shop.yaml`", language.value);
        context.tell(Diagnostic::error(codes::UNKNOWN_LANGUAGE, message, language.span.clone()).help(help));
    }
    if !texts.iter().any(|(language, _)| language.value == languages[0]) {
        let message = format!("a text in `{}`, the shop's first language, is missing", languages[0]);
        context.tell(Diagnostic::error(codes::MISSING_KEY, message, place.clone()).help(format!("add `{}: …`", languages[0])));
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
