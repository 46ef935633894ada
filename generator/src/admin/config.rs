//! The editor's configuration: what can be edited, and with which fields. Valid by the JSON Schema of Decap's format.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::Store;
use super::fields::{Context, declared, label, markdown};
use crate::diagnostic::SourcePath;
use crate::parse::admin::{AdminSettings, Host};
use crate::parse::yaml::{self, Node};
use crate::parse::{OF_SECTIONS, Original, Parsed, SourceKind, page_schema::PageField, parse, schema};
use crate::site::Site;
use crate::source::{DISCOUNTS, SETTINGS, Sources};

/// Where pictures land that belong to no file.
const MEDIA: &str = "static/uploads";

/// The whole configuration.
pub(super) fn config(site: &Site, sources: &Sources, store: &Store<'_>) -> Value {
    let shop = Shop { site, sources };
    let settings = &site.settings;
    json!({
        "backend": backend(store, &settings.base_path),
        "load_config_file": false,
        "publish_mode": "simple",
        "media_folder": MEDIA,
        "public_folder": format!("{}/uploads", settings.base_path),
        "site_url": settings.base_url,
        "show_preview_links": true,
        "editor": {"preview": false},
        "slug": {"encoding": "ascii", "clean_accents": true, "sanitize_replacement": "-"},
        "collections": shop.collections(),
    })
}

fn backend(store: &Store<'_>, base_path: &str) -> Value {
    let admin = match store {
        Store::Folder => return json!({"name": "proxy", "proxy_url": format!("{base_path}/{}/api", super::FOLDER), "branch": "main"}),
        Store::Host(admin) => admin,
    };
    let AdminSettings { host, repo, branch, base_url, auth_endpoint, api_root, app_id } = admin;
    let mut backend = json!({"name": host.name(), "repo": repo});
    let mut add = |key: &str, value: Option<&str>| {
        if let Some(value) = value {
            backend[key] = value.into();
        }
    };
    add("branch", branch.as_deref());
    add("base_url", base_url.as_deref());
    add("auth_endpoint", auth_endpoint.as_deref());
    add("api_root", api_root.as_deref());
    add("app_id", app_id.as_deref());
    add("auth_type", app_id.as_ref().filter(|_| *host == Host::Gitlab).map(|_| "pkce"));
    backend
}

/// A shop, as the editor is made from it.
struct Shop<'a> {
    site: &'a Site,
    sources: &'a Sources,
}

impl Shop<'_> {
    fn collections(&self) -> Vec<Value> {
        let sections = self.sections();
        let mut all = vec![
            (SourceKind::Product, self.goods("products", "Products", "Product", SourceKind::Product)),
            (SourceKind::Category, self.goods("categories", "Categories", "Category", SourceKind::Category)),
            (SourceKind::Collection, self.folder("collections", "Collections", "Collection", "collections", SourceKind::Collection)),
        ];
        all.extend(sections.iter().map(|folder| (SourceKind::Page, self.pages(folder))));
        // The editor begins with the first, and lists of a folder only what lies right in it: where that is nothing, others come first.
        let (shown, empty): (Vec<_>, Vec<_>) =
            all.into_iter().partition(|(kind, listed)| self.has_files(listed["folder"].as_str().unwrap_or_default(), *kind));
        let mut all: Vec<Value> = shown.into_iter().chain(empty).map(|(_, listed)| listed).collect();
        for language in self.site.settings.languages.iter().skip(1) {
            all.extend(self.translations(language, &sections));
        }
        all.push(self.settings());
        all
    }

    /// Whether files of a kind lie right in a folder.
    fn has_files(&self, folder: &str, kind: SourceKind) -> bool {
        let is_right_in = |path: &str| path.rsplit_once('/').is_some_and(|(above, _)| above == folder);
        self.sources.below(&format!("{folder}/")).any(|(path, _)| is_right_in(path) && SourceKind::of(path) == Some(kind))
    }

    /// What the editor's program is told of a format's keys.
    fn fields(&self, kind: SourceKind, but: &[&str], now: Option<&Node>) -> Vec<Value> {
        self.context(schema::schema(kind)).fields(but, now)
    }

    fn context<'s>(&'s self, root: &'s Value) -> Context<'s> {
        let settings = &self.site.settings;
        let currencies = settings.currencies.iter().map(|(currency, _)| (currency.code(), currency.digits())).collect();
        Context { root, languages: &settings.languages, currencies }
    }

    /// Products, or the texts of categories: both lie in the tree of categories.
    fn goods(&self, name: &str, title: &str, one: &str, kind: SourceKind) -> Value {
        let mut goods = self.folder(name, title, one, "products", kind);
        let is_flat = kind == SourceKind::Product && !self.sources.below("products/").any(|(path, _)| path.matches('/').count() > 1);
        if !is_flat {
            goods["nested"] = json!({"depth": 10, "subfolders": false, "summary": "{{title}}"});
            let mut path = json!({"label": "Category", "widget": "string"});
            if kind == SourceKind::Category {
                path["index_file"] = "_index".into();
            }
            goods["meta"] = json!({"path": path});
        }
        goods["preview_path"] = if kind == SourceKind::Product { "products/{{filename}}/" } else { "categories/{{dirname}}/" }.into();
        goods
    }

    /// The files of a kind in a folder.
    fn folder(&self, name: &str, title: &str, one: &str, folder: &str, kind: SourceKind) -> Value {
        let is_text = matches!(kind, SourceKind::Category | SourceKind::Page);
        let mut fields = self.fields(kind, if kind == SourceKind::Page { &OF_SECTIONS } else { &[] }, None);
        if is_text {
            fields.push(body());
        }
        let (extension, format) = if is_text { ("md", "yaml-frontmatter") } else { ("yaml", "yaml") };
        json!({
            "name": name, "label": title, "label_singular": one, "folder": folder, "create": true, "delete": true,
            "extension": extension, "format": format, "identifier_field": "title", "slug": "{{slug}}",
            "media_folder": "", "public_folder": "", "summary": "{{title}}", "sortable_fields": ["title"],
            "view_filters": [{"label": "Drafts", "field": "draft", "pattern": true}],
            "preview_path": format!("{name}/{{{{slug}}}}/"), "fields": fields,
        })
    }

    /// Folders of `content/` that have pages of their own, the topmost first.
    fn sections(&self) -> Vec<String> {
        let texts = self.sources.below("content/").filter(|(path, _)| SourceKind::of(path) == Some(SourceKind::Page));
        // A page with a folder of its own is no section.
        let folders = texts.filter(|(path, _)| !path.ends_with("/index.md") || path.matches('/').count() == 1);
        let folders: BTreeSet<String> =
            folders.filter_map(|(path, _)| path.rsplit_once('/').map(|(folder, _)| folder.to_owned())).collect();
        let mut folders: Vec<String> = folders.into_iter().collect();
        if !folders.iter().any(|folder| folder == "content") {
            folders.insert(0, "content".to_owned());
        }
        folders
    }

    fn pages(&self, folder: &str) -> Value {
        let mut pages = self.folder(&section_name(folder), &section_title(folder), "Page", folder, SourceKind::Page);
        let declared_here = self.declared(folder);
        if let Some(fields) = pages["fields"].as_array_mut() {
            // The title and the text come first, and what the section asks for.
            let own = declared_here.iter().map(|field| declared(field, &self.site.settings.language));
            let first: Vec<Value> = fields.pop().into_iter().chain(own).collect();
            fields.splice(1..1, first);
        }
        pages["sortable_fields"] = json!(["title", "date"]);
        pages["preview_path"] = address_of_pages(folder).into();
        pages
    }

    /// What the schemas of a folder, and of those above it, declare.
    fn declared(&self, folder: &str) -> Vec<PageField> {
        let schemas = self.sources.below("content/").filter(|(path, _)| path.ends_with("/_schema.yaml"));
        let holds =
            |path: &str| path.strip_suffix("/_schema.yaml").is_some_and(|own| folder == own || folder.starts_with(&format!("{own}/")));
        let mut fields = Vec::new();
        for (path, file) in schemas.filter(|(path, _)| holds(path)) {
            let Ok(bytes) = file.bytes() else { continue };
            if let (Parsed::PageSchema(schema), _) = parse(SourceKind::PageSchema, path, &bytes) {
                fields.retain(|known: &PageField| schema.fields.iter().all(|field| field.name != known.name));
                fields.extend(schema.fields);
            }
        }
        fields
    }

    /// The texts of everything in another language. They are begun from their originals, and not made by themselves.
    fn translations(&self, language: &str, sections: &[String]) -> Vec<Value> {
        let of = |name: &str, title: &str, folder: &str, original: Original, address: &str| {
            let nested = matches!(original, Original::Product | Original::Category);
            let is_text = matches!(original, Original::Category | Original::Page);
            // What stands once is not said again.
            let but = ["kind", "price", "compare_at", "sku", "stock"];
            let mut fields = self.fields(SourceKind::Overlay(original), &but, None);
            if is_text {
                fields.push(body());
            }
            let (ending, format) = if is_text { ("md", "yaml-frontmatter") } else { ("yaml", "yaml") };
            let mut collection = json!({
                "name": format!("{name}-{}", language.to_lowercase()), "label": format!("{title} · {language}"), "folder": folder,
                "create": false, "delete": true, "extension": format!("{language}.{ending}"), "format": format,
                "identifier_field": "title", "slug": "{{slug}}", "media_folder": "", "public_folder": "", "summary": "{{title}}",
                "sortable_fields": ["title"], "preview_path": format!("{language}/{address}"), "fields": fields,
            });
            if nested {
                collection["nested"] = json!({"depth": 10, "subfolders": false, "summary": "{{title}}"});
            }
            collection
        };
        let mut all = vec![
            // A file's name has the language in it, which no template takes out: all products are near enough.
            of("products", "Products", "products", Original::Product, "products/"),
            of("categories", "Categories", "products", Original::Category, "categories/{{dirname}}/"),
            of("collections", "Collections", "collections", Original::Collection, "collections/{{slug}}/"),
        ];
        let pages = |folder: &String| of(&section_name(folder), &section_title(folder), folder, Original::Page, &address_of_pages(folder));
        all.extend(sections.iter().map(pages));
        all
    }

    /// The settings, and the discounts where there are some.
    fn settings(&self) -> Value {
        let mut files = Vec::new();
        if let Some(now) = self.now(SETTINGS) {
            let fields = self.fields(SourceKind::Settings, &[], Some(&now));
            files.push(json!({"name": "shop", "label": "Shop", "file": SETTINGS, "fields": fields}));
        }
        if let Some(now) = self.now(DISCOUNTS) {
            let fields = self.context(schema::schema(SourceKind::Discounts)).entries(&now);
            if !fields.is_empty() {
                files.push(json!({"name": "discounts", "label": "Discounts", "file": DISCOUNTS, "fields": fields}));
            }
        }
        json!({"name": "settings", "label": "Settings", "editor": {"preview": false}, "files": files})
    }

    /// What a file of its own says.
    fn now(&self, name: &str) -> Option<Node> {
        let bytes = self.sources.bytes(name).ok()?;
        let text = std::str::from_utf8(&bytes).ok()?;
        yaml::read(&SourcePath::from(name), text, (0, text.len()), &mut Vec::new())
    }
}

fn body() -> Value {
    let mut body = markdown();
    body["name"] = "body".into();
    body["label"] = "Text".into();
    body["required"] = false.into();
    body["hint"] = "Markdown".into();
    body
}

/// `content/journal` → `pages-journal`; the pages at the top are `pages`.
fn section_name(folder: &str) -> String {
    folder.replacen("content", "pages", 1).replace('/', "-")
}

/// Where the pages of a folder are seen, as the editor's program fills it in.
fn address_of_pages(folder: &str) -> String {
    let inner = folder.strip_prefix("content").unwrap_or(folder).trim_start_matches('/');
    if inner.is_empty() { "{{slug}}/".to_owned() } else { format!("{inner}/{{{{slug}}}}/") }
}

fn section_title(folder: &str) -> String {
    match folder.strip_prefix("content/") {
        Some(inner) => inner.split('/').map(label).collect::<Vec<_>>().join(" / "),
        None => "Pages".to_owned(),
    }
}
