//! From what `shop.yaml` says to settings: defaults, and what its keys mean together.

use std::collections::BTreeMap;

use catalog::area::Area;
use catalog::terms::{
    DEFAULT_CREDIT_NOTE_PREFIX, DEFAULT_INVOICE_PREFIX, DEFAULT_LOW_STOCK, DEFAULT_MAX_OPEN_PER_CLIENT, DEFAULT_MAX_QUANTITY, DownloadRules,
};

use super::{
    Attribute, AttributeSort, Band, CheckoutSettings, Contact, ContentSettings, Cost, Limit, MenuItem, MenuTarget, Menus, Method,
    ParsedSettings, RawAttribute, RawBand, RawCheckout, RawContent, RawDownloads, RawMenuItem, RawMethod, RawSeller, RawSettings,
    RawShipping, RawTaxonomy, RawZone, Seller, ShippingSettings, SocialLink, TaxClass, TaxSettings, Taxonomy, TermOrder, Words, Zone,
};
use crate::diagnostic::{Diagnostic, Span, Spanned, codes, nearest};
use crate::parse::fields::Reader;
use crate::parse::shared;
use crate::parse::theme::ThemeChoice;
use crate::parse::{admin, found};

/// Products on one page of a list.
const PER_PAGE: u32 = 24;

/// The settings.
pub(in crate::parse) fn settings(raw: RawSettings, reader: &mut Reader<'_>) -> ParsedSettings {
    let languages = not_empty(raw.languages, "en", &raw.written, "languages", reader);
    let tax = raw.tax.map(|tax| tax.value).unwrap_or_default();
    let tax = TaxSettings {
        prices_include_tax: tax.prices_include_tax.unwrap_or_default(),
        default_country: tax.default_country,
        classes: tax.classes.unwrap_or_default().into_iter().map(|(name, rates)| TaxClass { name, rates }).collect(),
    };
    let shipping = shipping(raw.shipping.map(|shipping| shipping.value).unwrap_or_default(), &tax, &languages, reader);
    let contact = raw.contact.map(|contact| contact.value).unwrap_or_default();
    let default = |text: &str, reader: &Reader<'_>| Spanned::new(text.to_owned(), reader.span(0, 0));
    let menus = raw.menus.map(|menus| menus.value).unwrap_or_default();
    let (theme, theme_settings) = raw.theme.unwrap_or_default();
    let social = raw.social.unwrap_or_default().into_iter();
    let social = social.filter_map(|link| Some(SocialLink { title: words(link.value.title, &languages, reader)?, url: link.value.url? }));
    let social = social.collect();
    let lists = raw.lists.map(|lists| lists.value).unwrap_or_default();
    ParsedSettings {
        file: reader.file.clone(),
        name: words(raw.name, &languages, reader).unwrap_or_else(|| Words::All(shared::title(None, "shop", reader))),
        tagline: words(raw.tagline, &languages, reader),
        description: words(raw.description, &languages, reader),
        base_url: raw.base_url,
        currencies: not_empty(raw.currencies, "EUR", &raw.written, "currencies", reader),
        theme: ThemeChoice { name: theme.unwrap_or_else(|| default("default", reader)), settings: theme_settings },
        menus: Menus {
            main: menu(menus.main.unwrap_or_default(), &languages, reader),
            footer: menu(menus.footer.unwrap_or_default(), &languages, reader),
        },
        contact: Contact { email: contact.email, address: words(contact.address, &languages, reader), phone: contact.phone },
        seller: raw.seller.and_then(|raw| seller(raw.value, reader)),
        social,
        redirects: raw.redirects.unwrap_or_default(),
        per_page: lists.per_page.map_or(PER_PAGE, |number| number.value),
        filters: lists.filters,
        taxonomies: raw.taxonomies.unwrap_or_default().into_iter().map(|(name, raw)| taxonomy(name, raw.value)).collect(),
        last_changed: raw.last_changed.map(|word| word.span),
        avif: raw.avif.is_some_and(|asked| asked.value && can_avif(&asked.span, reader)),
        search: raw.search.is_none_or(|search| search.value),
        attributes: raw.attributes.unwrap_or_default().into_iter().filter_map(|pair| attribute(pair, &languages, reader)).collect(),
        content: content(raw.content.map(|content| content.value).unwrap_or_default()),
        tax,
        shipping,
        checkout: checkout(raw.checkout.map(|checkout| checkout.value).unwrap_or_default(), reader),
        admin: raw.admin.and_then(|raw| admin::admin(raw, reader)),
        found: found::found(raw.options, raw.returns, raw.feeds, raw.security, raw.icon, reader),
        languages,
        checks: raw.checks.unwrap_or_default(),
        complete: reader.is_clean(),
    }
}

/// Whether the program makes AVIF; tells where it does not.
fn can_avif(asked: &Span, reader: &mut Reader<'_>) -> bool {
    if !imaging::AVIF {
        let help = "build the program with `--features avif`, or remove the line: pictures are WebP then";
        reader.error(codes::NO_AVIF, "this program makes no AVIF", asked.clone(), help);
    }
    imaging::AVIF
}

/// Who sells; `None` where something is missing, which is told.
fn seller(raw: RawSeller, reader: &mut Reader<'_>) -> Option<Seller> {
    let (invoice, credit) = (raw.invoice_prefix.as_ref(), raw.credit_note_prefix.as_ref());
    let prefix = |written: Option<&Spanned<String>>, usual: &str| written.map_or(usual.to_owned(), |text| text.value.clone());
    if prefix(invoice, DEFAULT_INVOICE_PREFIX) == prefix(credit, DEFAULT_CREDIT_NOTE_PREFIX)
        && let Some(place) = credit.or(invoice)
    {
        let help = "write another, such as `credit_note_prefix: CN-`";
        reader.error(codes::DUPLICATE_ENTRY, "invoices and credit notes would have the same numbers", place.span.clone(), help);
    }
    Some(Seller {
        name: raw.name?,
        address: raw.address?,
        tax_id: raw.tax_id?,
        invoice_prefix: raw.invoice_prefix,
        credit_note_prefix: raw.credit_note_prefix,
    })
}

fn attribute(
    (name, raw): (Spanned<String>, Spanned<RawAttribute>),
    languages: &[Spanned<String>],
    reader: &mut Reader<'_>,
) -> Option<Attribute> {
    let raw = raw.value;
    let sort = raw.r#type.map_or(AttributeSort::Text, |sort| sort.value);
    if let Some(unit) = raw.unit.as_ref().filter(|_| sort != AttributeSort::Number) {
        reader.error(codes::KEY_FOR_OTHER_KIND, "only a number has a `unit`", unit.span.clone(), "write `type: number`, or remove it");
    }
    Some(Attribute { name, title: words(raw.title, languages, reader)?, sort, unit: raw.unit })
}

fn not_empty(
    list: Option<Vec<Spanned<String>>>,
    default: &str,
    written: &[(&'static str, Span)],
    key: &str,
    reader: &mut Reader<'_>,
) -> Vec<Spanned<String>> {
    let list = list.unwrap_or_default();
    if !list.is_empty() {
        return list;
    }
    if let Some((_, span)) = written.iter().find(|(other, _)| *other == key).filter(|_| reader.is_clean()) {
        let help = format!("write for example `{key}: [{default}]`, or remove the key");
        reader.error(codes::EMPTY_VALUE, format!("`{key}` is an empty list"), span.clone(), help);
    }
    vec![Spanned::new(default.to_owned(), reader.span(0, 0))]
}

/// A text in the shop's languages; `None` where it lacks the default one, which is told.
pub(in crate::parse) fn words(words: Option<Words>, languages: &[Spanned<String>], reader: &mut Reader<'_>) -> Option<Words> {
    let words = words?;
    let Words::Each(texts, place) = &words else { return Some(words) };
    for (language, _) in texts {
        if !languages.iter().any(|known| known.value == language.value) {
            let help = format!("remove it, or add `{}` to `languages`", language.value);
            let message = format!("`{}` is not a language of the shop", language.value);
            reader.error(codes::UNKNOWN_LANGUAGE, message, language.span.clone(), help);
        }
    }
    let default = &languages.first()?.value;
    if texts.iter().any(|(language, _)| language.value == *default) {
        return Some(words);
    }
    // A text that was wrong has been told.
    if reader.is_clean() {
        let message = format!("a text in `{default}`, the shop's first language, is missing");
        reader.error(codes::MISSING_KEY, message, place.clone(), format!("add `{default}: …`"));
    }
    None
}

fn menu(items: Vec<Spanned<RawMenuItem>>, languages: &[Spanned<String>], reader: &mut Reader<'_>) -> Vec<MenuItem> {
    items.into_iter().filter_map(|item| menu_item(item, languages, reader)).collect()
}

fn menu_item(raw: Spanned<RawMenuItem>, languages: &[Spanned<String>], reader: &mut Reader<'_>) -> Option<MenuItem> {
    let (span, raw) = (raw.span, raw.value);
    let targets = ["page", "category", "collection", "product", "url"];
    let written: Vec<&(&str, Span)> = raw.written.iter().filter(|(key, _)| targets.contains(key)).collect();
    if let [(first, place), (second, other), ..] = written[..] {
        let diagnostic = Diagnostic::error(codes::MENU_ENTRY, format!("a menu entry leads to `{first}` and to `{second}`"), other.clone())
            .related(place.clone(), "the first target")
            .help("an entry has one target: remove the others");
        reader.diagnostics.push(diagnostic);
        return None;
    }
    let children = menu(raw.children.unwrap_or_default(), languages, reader);
    let title = words(raw.title, languages, reader);
    if written.is_empty() && children.is_empty() {
        let help = "add one of `page`, `category`, `collection`, `product`, `url`, or `children`";
        reader.error(codes::MENU_ENTRY, "a menu entry leads nowhere", span, help);
        return None;
    }
    let needs_title = written.first().is_none_or(|(key, _)| *key == "url");
    let has_title = raw.written.iter().any(|(key, _)| *key == "title");
    if needs_title && !has_title {
        reader.error(codes::MISSING_KEY, "the key `title` is missing", span, "add `title: …`: nothing else names this entry");
        return None;
    }
    let target = raw
        .page
        .map(|text| text.map(MenuTarget::Page))
        .or(raw.category.map(|text| text.map(MenuTarget::Category)))
        .or(raw.collection.map(|text| text.map(MenuTarget::Collection)))
        .or(raw.product.map(|text| text.map(MenuTarget::Product)))
        .or(raw.url.map(|text| text.map(MenuTarget::Url)));
    let broken = (target.is_none() && !written.is_empty()) || (needs_title && title.is_none());
    (!broken).then_some(MenuItem { span, title, target, children })
}

fn shipping(raw: RawShipping, tax: &TaxSettings, languages: &[Spanned<String>], reader: &mut Reader<'_>) -> ShippingSettings {
    if let Some(class) = &raw.tax_class {
        let names = || tax.classes.iter().map(|class| class.name.value.as_str());
        let known = if tax.classes.is_empty() { class.value == "standard" } else { names().any(|name| name == class.value) };
        if !known {
            let help = match nearest(&class.value, names()) {
                Some(meant) => format!("did you mean `{meant}`?"),
                None => "use one of `tax.classes`, or add it there".to_owned(),
            };
            reader.error(codes::TAX_CLASS, format!("unknown tax class `{}`", class.value), class.span.clone(), help);
        }
    }
    let mut places = BTreeMap::new();
    let zones = raw.zones.unwrap_or_default().into_iter().filter_map(|zone| self::zone(zone, &mut places, languages, reader)).collect();
    let is_taxed_like_goods = raw.tax_like_goods.as_ref().is_some_and(|flag| flag.value);
    if let Some(flag) = raw.tax_like_goods.filter(|_| is_taxed_like_goods && raw.tax_class.is_some()) {
        let message = "shipping is taxed by a class of its own, or like the goods";
        reader.error(codes::TAX_CLASS, message, flag.span, "remove `tax_like_goods` or `tax_class`");
    }
    ShippingSettings { tax_class: raw.tax_class, is_taxed_like_goods, zones }
}

fn zone(raw: Spanned<RawZone>, places: &mut BTreeMap<Area, Span>, languages: &[Spanned<String>], reader: &mut Reader<'_>) -> Option<Zone> {
    let (span, raw) = (raw.span, raw.value);
    let mut areas = Vec::new();
    for place in raw.countries? {
        if let Some(first) = places.get(&place.value) {
            let diagnostic = Diagnostic::error(codes::SAME_PLACE, format!("`{}` stands in two places", place.value), place.span.clone())
                .label("again here")
                .related(first.clone(), "first here")
                .help("an area belongs to one zone: remove one of the two");
            reader.diagnostics.push(diagnostic);
        } else {
            places.insert(place.value.clone(), place.span.clone());
            areas.push(place);
        }
    }
    let raw_methods = raw.methods?;
    if raw_methods.is_empty() {
        reader.error(codes::EMPTY_VALUE, "a shipping zone without methods", span, "add a method, or remove the zone");
        return None;
    }
    let mut methods: Vec<Method> = Vec::new();
    for method in raw_methods.into_iter().filter_map(|method| self::method(method, languages, reader)).collect::<Vec<_>>() {
        if let Some(first) = methods.iter().find(|other| other.code.value == method.code.value) {
            let message = format!("the shipping method `{}` stands twice in this zone", method.code.value);
            let diagnostic = Diagnostic::error(codes::DUPLICATE_ENTRY, message, method.code.span.clone())
                .label("again here")
                .related(first.code.span.clone(), "first here")
                .help("give one of them another `code`");
            reader.diagnostics.push(diagnostic);
        } else {
            methods.push(method);
        }
    }
    Some(Zone { name: raw.name?, areas, methods })
}

fn method(raw: Spanned<RawMethod>, languages: &[Spanned<String>], reader: &mut Reader<'_>) -> Option<Method> {
    let (span, raw) = (raw.span, raw.value);
    let written = |key: &str| raw.written.iter().find(|(other, _)| *other == key).map(|(_, span)| span.clone());
    let cost = match (written("price"), written("bands")) {
        (Some(_), Some(second)) => {
            reader.error(codes::METHOD_COST, "a shipping method has `price` and `bands`", second, "remove one of the two");
            return None;
        }
        (None, None) => {
            reader.error(codes::METHOD_COST, "a shipping method without a price", span, "add `price: 4.90`, or `bands` by weight");
            return None;
        }
        (Some(_), None) => raw.price.map(Cost::Flat),
        (None, Some(place)) => raw.bands.map(|bands| {
            let bands: Vec<Band> = bands.into_iter().filter_map(|band| self::band(band, reader)).collect();
            check_bands(&bands, &place, reader);
            Cost::Bands(bands)
        }),
    };
    Some(Method {
        code: raw.code?,
        title: words(raw.title, languages, reader)?,
        note: words(raw.note, languages, reader),
        is_pickup: raw.pickup.is_some_and(|flag| flag.value),
        days: raw.days,
        cost: cost?,
        free_over: raw.free_over,
    })
}

fn band(raw: Spanned<RawBand>, reader: &mut Reader<'_>) -> Option<Band> {
    let (span, raw) = (raw.span, raw.value);
    let limits = ["up_to", "up_to_price", "up_to_pieces"];
    let written: Vec<&Span> = raw.written.iter().filter(|(key, _)| limits.contains(key)).map(|(_, span)| span).collect();
    if let [_, second, ..] = written[..] {
        reader.error(codes::BANDS, "a band has one limit", second.clone(), "keep one of `up_to`, `up_to_price` and `up_to_pieces`");
        return None;
    }
    let is_open = written.is_empty();
    let up_to = raw.up_to.map(Limit::Weight).or(raw.up_to_price.map(Limit::Worth)).or(raw.up_to_pieces.map(Limit::Pieces));
    // A limit that was wrong has been told.
    Some(Band { up_to: up_to.or(is_open.then_some(Limit::Open(span)))?, price: raw.price? })
}

fn check_bands(bands: &[Band], place: &Span, reader: &mut Reader<'_>) {
    if bands.is_empty() && reader.is_clean() {
        reader.error(codes::METHOD_COST, "a shipping method without a band", place.clone(), "add `{up_to: 2 kg, price: 4.90}`");
    }
    for pair in bands.windows(2) {
        let [lower, higher] = pair else { continue };
        let rises = match (&lower.up_to, &higher.up_to) {
            (Limit::Weight(lower), Limit::Weight(higher)) => lower.value < higher.value,
            (Limit::Pieces(lower), Limit::Pieces(higher)) => lower.value < higher.value,
            // Amounts are compared where their currencies are known.
            (Limit::Worth(_), Limit::Worth(_)) => true,
            (Limit::Weight(_) | Limit::Pieces(_) | Limit::Worth(_), Limit::Open(_)) => true,
            _ => false,
        };
        if !rises {
            let label = match (&lower.up_to, &higher.up_to) {
                (Limit::Open(_), _) => "comes after a band without an end",
                (Limit::Weight(_), Limit::Weight(_)) => "not heavier than the band before",
                (Limit::Pieces(_), Limit::Pieces(_)) => "not more than the band before",
                _ => "not the same measure as the band before",
            };
            let diagnostic = Diagnostic::error(codes::BANDS, "bands must rise, in one measure", higher.up_to.span().clone())
                .label(label)
                .related(lower.up_to.span().clone(), "the band before")
                .help("sort the bands; a band without a limit is the last");
            reader.diagnostics.push(diagnostic);
        }
    }
}

fn content(raw: RawContent) -> ContentSettings {
    let links = raw.external_links.map(|links| links.value).unwrap_or_default();
    ContentSettings {
        html: raw.html.map(|html| html.value).unwrap_or_default(),
        rel: links.rel.unwrap_or_default().into_iter().map(|rel| rel.value).collect(),
        new_window: links.new_window.is_some_and(|flag| flag.value),
    }
}

fn checkout(raw: RawCheckout, reader: &Reader<'_>) -> CheckoutSettings {
    CheckoutSettings {
        api: raw.api.unwrap_or_else(|| Spanned::new("/api".to_owned(), reader.span(0, 0))),
        gateways: raw.gateways.unwrap_or_default(),
        terms_page: raw.terms_page,
        max_quantity: raw.max_quantity.map_or(DEFAULT_MAX_QUANTITY, |number| number.value),
        low_stock: raw.low_stock.map_or(DEFAULT_LOW_STOCK, |number| number.value),
        max_open_per_client: raw.max_open_per_client.map_or(DEFAULT_MAX_OPEN_PER_CLIENT, |number| number.value),
        downloads: downloads(raw.downloads.map(|downloads| downloads.value).unwrap_or_default()),
    }
}

fn downloads(raw: RawDownloads) -> DownloadRules {
    let usual = DownloadRules::default();
    DownloadRules { limit: raw.limit.map_or(usual.limit, |number| number.value), days: raw.days.map_or(usual.days, |number| number.value) }
}

fn taxonomy(name: Spanned<String>, raw: RawTaxonomy) -> Taxonomy {
    Taxonomy {
        name,
        title: raw.title,
        order: raw.sort.map_or(TermOrder::Title, |order| order.value),
        paginate: raw.paginate.map(|number| number.value),
        has_feeds: raw.feed.is_none_or(|feed| feed.value),
    }
}
