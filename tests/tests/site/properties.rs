//! Properties over random lives of a shop: whatever is edited, added, renamed and removed, an incremental build gives
//! byte for byte what a clean one gives (R11), on one thread as on two (R12).

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicUsize, Ordering};

use generator::cache::{Memory, PictureCache};
use generator::{Options, Published, Silent, Target, report, source};
use proptest::prelude::*;
use proptest::test_runner::{Config, TestCaseError, TestRunner};
use rayon::ThreadPool;
use shopfront_tests::shop::{NOW, files};
use shopfront_tests::{Shop, tell};

/// One thing that happens to a shop.
#[derive(Debug, Clone)]
enum Step {
    Product {
        id: u8,
        category: u8,
        price: u16,
        word: u8,
        tags: u8,
        related: Option<u8>,
        draft: bool,
        options: bool,
    },
    RemoveProduct(u8),
    MoveProduct {
        id: u8,
        category: u8,
    },
    RenameProduct {
        from: u8,
        to: u8,
    },
    Category {
        name: u8,
        word: u8,
    },
    Collection {
        name: u8,
        first: u8,
        second: u8,
        accent: bool,
    },
    RemoveCollection(u8),
    Post {
        name: u8,
        month: u8,
        word: u8,
        tags: u8,
        draft: bool,
        link: u8,
    },
    RemovePost(u8),
    Page {
        word: u8,
        alias: bool,
    },
    Settings {
        word: u8,
        per_page: u8,
    },
    Template {
        word: u8,
    },
    Style {
        word: u8,
    },
    Static {
        name: u8,
        word: u8,
        remove: bool,
    },
    /// What the journal says for its posts, and what its schema declares, comes, changes and goes.
    Section {
        word: u8,
        cascade: u8,
        schema: u8,
    },
    /// Discounts come, change and go; goods know which of them they may be for.
    Discounts {
        which: u8,
    },
    /// A translation of something comes, changes or goes; with `draft` it is not shown.
    Translation {
        of: u8,
        word: u8,
        tags: u8,
        slug: bool,
        draft: bool,
        remove: bool,
    },
    /// The shop has one language or two, or another first one.
    Languages(u8),
    /// A picture that a page asks for comes, changes or goes.
    Picture {
        which: u8,
    },
    /// Nothing is edited; the time goes on.
    Later {
        month: u8,
    },
    /// The next build is another process.
    Reload,
    /// The cache is lost.
    Forget,
    /// Somebody removes a page that was built.
    Vandal {
        which: u8,
    },
}

/// A step of a shop in so many languages. The shop in two has less in it, so that neither has many pages.
fn step(languages: u8) -> impl Strategy<Value = Step> {
    let word = 0..6_u8;
    let is_small = languages > 1;
    let (ids, posts, bits, places) = if is_small { (0..3_u8, 0..2_u8, 0..4_u8, 0..2_u8) } else { (0..7_u8, 0..4_u8, 0..8_u8, 0..3_u8) };
    let (translations, others) = if is_small { (32, 2) } else { (2, 1) };
    prop_oneof![
        6 => (ids.clone(), places.clone(), 1..9999_u16, word.clone(), bits.clone(), prop::option::weighted(0.3, ids.clone()), any::<bool>(), any::<bool>()).prop_map(
            |(id, category, price, word, tags, related, draft, options)| Step::Product { id, category, price, word, tags, related, draft: draft && price % 3 == 0, options }
        ),
        3 => ids.clone().prop_map(Step::RemoveProduct),
        2 => (ids.clone(), places.clone()).prop_map(|(id, category)| Step::MoveProduct { id, category }),
        2 => (ids.clone(), ids.clone()).prop_map(|(from, to)| Step::RenameProduct { from, to }),
        1 => (places, word.clone()).prop_map(|(name, word)| Step::Category { name, word }),
        2 => (0..2_u8, ids.clone(), ids.clone(), any::<bool>()).prop_map(|(name, first, second, accent)| Step::Collection { name, first, second, accent }),
        1 => (0..2_u8).prop_map(Step::RemoveCollection),
        4 => (posts.clone(), 1..9_u8, word.clone(), bits.clone(), any::<bool>(), 0..10_u8)
            .prop_map(|(name, month, word, tags, draft, link)| Step::Post { name, month, word, tags, draft: draft && link % 2 == 0, link }),
        2 => posts.prop_map(Step::RemovePost),
        1 => (word.clone(), any::<bool>()).prop_map(|(word, alias)| Step::Page { word, alias }),
        1 => (word.clone(), 3..6_u8).prop_map(|(word, per_page)| Step::Settings { word, per_page }),
        1 => word.clone().prop_map(|word| Step::Template { word }),
        1 => word.clone().prop_map(|word| Step::Style { word }),
        1 => (0..2_u8, word.clone(), any::<bool>()).prop_map(|(name, word, remove)| Step::Static { name, word, remove }),
        2 => (word.clone(), 0..8_u8, 0..4_u8).prop_map(|(word, cascade, schema)| Step::Section { word, cascade, schema }),
        1 => (0..6_u8).prop_map(|which| Step::Discounts { which }),
        translations => (any::<u8>(), word.clone(), bits, any::<bool>(), prop::bool::weighted(0.15), prop::bool::weighted(0.25))
            .prop_map(|(of, word, tags, slug, draft, remove)| Step::Translation { of, word, tags, slug, draft, remove }),
        others => (1..if is_small { 4_u8 } else { 2 }).prop_map(Step::Languages),
        2 => (0..3_u8).prop_map(|which| Step::Picture { which }),
        1 => (1..9_u8).prop_map(|month| Step::Later { month }),
        1 => Just(Step::Reload),
        1 => Just(Step::Forget),
        1 => any::<u8>().prop_map(|which| Step::Vandal { which }),
    ]
}

/// A picture that the theme's pages ask for; its text here is which of [`PICTURES`] it is.
const PICTURE: &str = "content/shown.png";
const PICTURES: [&[u8]; 2] = [include_bytes!("../../fixtures/pictures/red.png"), include_bytes!("../../fixtures/pictures/blue.png")];

/// The section of posts, and what its schema lets them say.
const JOURNAL: &str = "content/journal/_index.md";
const SCHEMA: &str = "content/journal/_schema.yaml";

const WORDS: [&str; 6] = ["Tide", "Foam & salt", "Kelp", "Buoy <3", "Wharf", "Gull"];

fn tags(bits: u8) -> String {
    let names = ["blue", "gift", "Old & new"];
    let some: Vec<&str> = names.iter().enumerate().filter(|(bit, _)| bits & (1 << bit) != 0).map(|(_, name)| *name).collect();
    if some.is_empty() { String::new() } else { format!("tags: [{}]\n", some.join(", ")) }
}

/// The files of a shop as they should be now.
struct Life {
    files: BTreeMap<String, String>,
    name: String,
    per_page: u8,
    languages: u8,
}

impl Life {
    /// A shop in so many languages; the more it has, the less there is in it.
    fn new(languages: u8) -> Self {
        let mut life = Self { files: theme().clone(), name: "Quay".to_owned(), per_page: 3, languages };
        life.settings();
        let (products, posts) = if languages == 1 { (4, 3) } else { (2, 1) };
        for id in 0..products {
            life.product(
                id,
                id % 3,
                &format!("title: {}\nprice: {id}.50\nweight: 100 g\ndate: 2026-05-0{}\n{}", WORDS[id as usize], id + 1, tags(id)),
            );
        }
        for name in 0..posts {
            let text =
                format!("---\ntitle: Post {name}\ndate: 2026-0{}-01\n{}---\n\nSee [the shop](/products/).\n", name + 4, tags(name + 1));
            life.put(format!("content/journal/n{name}.md"), text);
        }
        life.put(JOURNAL.into(), "---\ntitle: Journal\nsort: date\npaginate: 2\n---\n".into());
        life.put("content/about.md".into(), "---\ntitle: About\n---\n\nWords.\n".into());
        life.put("collections/c0.yaml".into(), "title: First\nproducts: [p0, p1]\n".into());
        life
    }

    fn put(&mut self, path: String, text: String) {
        self.files.insert(path, text);
    }

    fn settings(&mut self) {
        let Self { name, per_page, languages, .. } = self;
        let languages = ["en", "en, de", "fr, de"][usize::from(*languages) - 1];
        let name = if languages == "en, de" { format!("{{en: '{name}', de: '{name} am Kai'}}") } else { format!("'{name}'") };
        // Whatever a product's page and the feeds say of sending and giving back comes, goes and changes.
        let found = if *per_page % 2 == 0 {
            format!(
                "options: {{Size: size}}\nreturns: {{days: {per_page}, page: about, countries: [DE]}}\nfeeds: {{google: {{own_goods: true, countries: [DE]}}}}\n\
                 shipping: {{zones: [{{name: All, countries: ['*'], methods: [{{code: post, title: Post, days: 1-3, price: {per_page}.90}}]}}]}}\n\
                 security: {{contact: [security@quay.example], expires: 2027-01-31}}\n"
            )
        } else {
            String::new()
        };
        // A second currency comes and goes, and what the lists of makers are called changes.
        let money = if *per_page == 5 { "currencies: [EUR, USD]\n" } else { "" };
        let money = format!("{money}taxonomies: {{makers: {{title: 'Makers {per_page}', sort: count}}}}\n");
        let text = format!(
            "{found}{money}name: {name}\nlanguages: [{languages}]\nbase_url: https://quay.example/shop\nlists: {{per_page: {per_page}}}\nmenus: {{main: [{{title: Journal, page: journal}}, {{title: About, page: about}}]}}\n\
             theme: tiny\ntax: {{classes: {{standard: {{'*': 19%}}}}}}\ncheckout: {{gateways: [stripe]}}\n"
        );
        self.put("shop.yaml".into(), text);
    }

    /// Puts a product into its place; its translation, if there is one, comes along.
    fn product(&mut self, id: u8, category: u8, text: &str) {
        let translation = self.path_of(id).and_then(|path| self.files.remove(&translated(&path)));
        self.remove_product(id);
        let path = format!("products/k{category}/p{id}.yaml");
        if let Some(translation) = translation {
            self.put(translated(&path), translation);
        }
        self.put(path, text.to_owned());
    }

    /// One of the files that can be translated.
    fn original(&self, of: u8) -> Option<String> {
        let is_original = |path: &&String| {
            let sources = ["products/", "content/", "collections/"].iter().any(|folder| path.starts_with(folder));
            sources && *path != SCHEMA && !path.contains(".de.") && (path.ends_with(".yaml") || path.ends_with(".md"))
        };
        let originals: Vec<&String> = self.files.keys().filter(is_original).collect();
        originals.get(usize::from(of) % originals.len().max(1)).map(|path| (*path).clone())
    }

    /// Removes a file and its translation.
    fn remove(&mut self, path: &str) {
        self.files.remove(&translated(path));
        self.files.remove(path);
    }

    fn path_of(&self, id: u8) -> Option<String> {
        (0..3).map(|category| format!("products/k{category}/p{id}.yaml")).find(|path| self.files.contains_key(path))
    }

    fn remove_product(&mut self, id: u8) -> Option<String> {
        let path = self.path_of(id)?;
        self.files.remove(&translated(&path));
        self.files.remove(&path)
    }

    fn apply(&mut self, step: &Step) {
        match step {
            Step::Product { id, category, price, word, tags: bits, related, draft, options } => {
                let related_line = related.map_or_else(String::new, |id| format!("related: [p{id}]\n"));
                let options = if *options { "options: {Size: [S, L]}\n" } else { "" };
                // Prices that change by themselves, and bundles of what may go away.
                let sale = match price % 4 {
                    1 if *price > 1 => {
                        format!("sale: {{price: 0.{:02}, from: 2026-0{}-20, until: 2026-0{}-09}}\n", price.min(&50) / 2, word + 1, word + 3)
                    }
                    _ => String::new(),
                };
                let (sale, options) = match related {
                    Some(part) if price % 11 == 2 => (format!("kind: bundle\ncomponents: [{{sku: p{part}, quantity: 2}}]\n"), ""),
                    _ => (sale, options),
                };
                let related = related_line;
                let makers = if *word == 5 { "taxonomies: {makers: [Rui]}\n" } else { "" };
                let expires = if price % 7 == 3 { format!("expires: 2026-0{}-15\n", word + 4) } else { String::new() };
                let text = format!(
                    "title: '{}'\nprice: {}.{:02}\nweight: 1 kg\ndate: 2026-0{}-02\n{}{makers}{expires}{related}{options}{sale}draft: {draft}\ndescription: |\n  {}. **Good**, see [about](/about/).\n",
                    WORDS[*word as usize],
                    price / 100,
                    price % 100,
                    word + 1,
                    tags(*bits),
                    WORDS[*word as usize],
                );
                self.product(*id, *category, &text);
            }
            Step::RemoveProduct(id) => drop(self.remove_product(*id)),
            Step::MoveProduct { id, category } => {
                if let Some(text) = self.remove_product(*id) {
                    self.product(*id, *category, &text);
                }
            }
            Step::RenameProduct { from, to } => {
                let category = self.path_of(*from).and_then(|path| path.as_bytes().get(10).map(|digit| digit - b'0'));
                if let (Some(category), Some(text)) = (category, self.remove_product(*from)) {
                    self.product(*to, category, &text);
                }
            }
            Step::Category { name, word } => {
                let text = format!("---\ntitle: '{}'\norder: {word}\n---\n\nAbout *it*.\n", WORDS[*word as usize]);
                self.put(format!("products/k{name}/_index.md"), text);
            }
            Step::Collection { name, first, second, accent } => {
                let accent = if *accent { "accent: '#2a7f86'\n" } else { "" };
                if second % 3 == 0 {
                    let sort = ["newest", "cheapest", "dearest", "title"][usize::from(*first) % 4];
                    let limit = if accent.is_empty() { "" } else { "limit: 2\n" };
                    let rule = ["tag = blue and price < 50", "category = k1 or tag = gift", "not tag = gift and date >= 2026-03-01"];
                    let rule = rule[usize::from(*first) % 3];
                    self.put(format!("collections/c{name}.yaml"), format!("title: List {name}\nrule: {rule}\nsort: {sort}\n{limit}"));
                    return;
                }
                let list = if first == second { format!("p{first}") } else { format!("p{first}, p{second}") };
                self.put(format!("collections/c{name}.yaml"), format!("title: List {name}\n{accent}products: [{list}]\n"));
            }
            Step::Section { word, cascade, schema } => {
                let cascade = match cascade {
                    1 => format!("cascade: {{author: '{}', tags: [blue]}}\n", WORDS[*word as usize]),
                    2 => "cascade: {draft: true}\n".to_owned(),
                    3 => format!("cascade: {{expires: 2026-0{}-09, toc: true}}\n", word + 3),
                    4 => format!("cascade: {{mood: calm, note: 'See [it](/products/p{word}/).'}}\n"),
                    5 => "cascade: {taxonomies: {makers: [Mira]}, search: false}\n".to_owned(),
                    _ => String::new(),
                };
                let text = format!("---\ntitle: '{}'\nsort: date\npaginate: 2\n{cascade}---\n", WORDS[*word as usize]);
                self.put(JOURNAL.into(), text);
                let declared = [
                    "mood: {type: choice, choices: [calm, wild]}, note: {type: markdown}",
                    "mood: {}, note: {type: markdown, title: Note}",
                ];
                match declared.get(usize::from(*schema)) {
                    Some(declared) => self.put(SCHEMA.into(), format!("fields: {{{declared}}}\n")),
                    None => self.remove(SCHEMA),
                }
            }
            Step::Discounts { which } => {
                let only = ["tags: [blue]", "categories: [k1]", "collections: [c0]", "tags: [gift], categories: [k0]"];
                match only.get(usize::from(*which)) {
                    Some(only) => self.put(
                        "discounts.yaml".to_owned(),
                        format!("ten:\n  title: Ten\n  code: TEN{which}\n  percent: 10%\n  only: {{{only}}}\n"),
                    ),
                    None => self.remove("discounts.yaml"),
                }
            }
            Step::RemoveCollection(name) => self.remove(&format!("collections/c{name}.yaml")),
            Step::Post { name, month, word, tags: bits, draft, link } => {
                // Some stand elsewhere, end, or say what a schema has to declare.
                let more = match link {
                    5 => "path: deals/hot\n".to_owned(),
                    6 => format!("expires: 2026-0{month}-28\n"),
                    7 => "mood: wild\n".to_owned(),
                    9 => "taxonomies: {makers: [Ana, Rui]}\n".to_owned(),
                    _ => String::new(),
                };
                let link = if *link < 8 { format!("[it](/products/p{link}/)") } else { "[home](/)".to_owned() };
                let text = format!(
                    "---\ntitle: '{}'\ndate: 2026-0{month}-03\ndraft: {draft}\n{more}{}---\n\n## A heading\n\nBuy {link}, `{{{{ now }}}}`.\n",
                    WORDS[*word as usize],
                    tags(*bits)
                );
                self.put(format!("content/journal/n{name}.md"), text);
            }
            Step::RemovePost(name) => self.remove(&format!("content/journal/n{name}.md")),
            Step::Page { word, alias } => {
                let alias = if *alias { "aliases: [/us/]\n" } else { "" };
                self.put("content/about.md".into(), format!("---\ntitle: '{}'\n{alias}---\n\nWords.\n", WORDS[*word as usize]));
            }
            Step::Settings { word, per_page } => {
                (self.name, self.per_page) = (WORDS[*word as usize].to_owned(), *per_page);
                self.settings();
            }
            Step::Languages(languages) => {
                self.languages = *languages;
                self.settings();
            }
            Step::Translation { of, remove: true, .. } => {
                let path = self.original(*of).map(|path| translated(&path));
                path.and_then(|path| self.files.remove(&path));
            }
            Step::Translation { of, word, tags: bits, slug, draft, .. } => {
                if let Some(path) = self.original(*of) {
                    self.put(translated(&path), translation(&path, *word, *bits, *slug, *draft));
                }
            }
            Step::Template { word } => {
                let path = "themes/tiny/templates/components/card.html";
                let text = theme()[path].replace("<a href", &format!("<a data-word=\"{word}\" href"));
                self.put(path.into(), text);
            }
            Step::Style { word } => {
                let path = "themes/tiny/assets/css/main.css";
                let text = theme()[path].replace("#222", &format!("#22{word}"));
                self.put(path.into(), text);
            }
            Step::Picture { which: 0 } => drop(self.files.remove(PICTURE)),
            Step::Picture { which } => self.put(PICTURE.into(), which.to_string()),
            Step::Static { name, remove: true, .. } => drop(self.files.remove(&format!("static/s{name}.txt"))),
            Step::Static { name, word, .. } => self.put(format!("static/s{name}.txt"), WORDS[*word as usize].to_owned()),
            Step::Later { .. } | Step::Reload | Step::Forget | Step::Vandal { .. } => {}
        }
    }
}

/// `p1.yaml` → `p1.de.yaml`
fn translated(path: &str) -> String {
    let (stem, ending) = path.rsplit_once('.').expect("sources have endings");
    format!("{stem}.de.{ending}")
}

/// A translation of a file.
fn translation(path: &str, word: u8, bits: u8, slug: bool, draft: bool) -> String {
    let is_listed = path.starts_with("products/k") && path.ends_with(".yaml") || path.starts_with("content/");
    let has_slug = is_listed && !path.ends_with("_index.md");
    let has_tags = is_listed && !path.ends_with("_index.md");
    let tags = if has_tags { tags(bits).replace("gift", "Geschenk") } else { String::new() };
    let slug = if slug && has_slug {
        format!("slug: {}\n", ["flut", "gischt", "tang", "boje", "kai", "moewe"][word as usize])
    } else {
        String::new()
    };
    let options =
        if bits == 7 && path.ends_with(".yaml") && is_listed { "options: {Size: {title: Größe, values: {S: klein}}}\n" } else { "" };
    let head = format!("title: '{} auf Deutsch'\ndraft: {draft}\n{tags}{slug}{options}", WORDS[word as usize]);
    match path.rsplit_once('.') {
        Some((_, "yaml")) => format!("{head}description: |\n  {}. Siehe [hier](/about/).\n", WORDS[word as usize]),
        // A text may be left out.
        _ => format!("---\n{head}---\n{}", if bits.is_multiple_of(2) { "" } else { "\nWorte, und [ein Link](/products/).\n" }),
    }
}

/// A theme of a few lines that asks through every function a template has.
fn theme() -> &'static BTreeMap<String, String> {
    static THEME: OnceLock<BTreeMap<String, String>> = OnceLock::new();
    THEME.get_or_init(|| {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/themes/tiny");
        let text = |bytes| String::from_utf8(bytes).expect("the theme is text");
        files(&folder).into_iter().map(|(path, bytes)| (format!("themes/tiny/{path}"), text(bytes))).collect()
    })
}

/// Makes the shop's folder hold these files, touching only what differs.
fn write(shop: &Shop, before: &BTreeMap<String, String>, after: &BTreeMap<String, String>) {
    for path in before.keys().filter(|path| !after.contains_key(*path)) {
        shop.remove(path);
    }
    for (path, text) in after.iter().filter(|(path, text)| before.get(*path) != Some(*text)) {
        match text.parse::<usize>() {
            Ok(which) if path == PICTURE => drop(shop.change_bytes(path, PICTURES[which - 1])),
            _ => drop(shop.change(path, text)),
        }
    }
}

struct Clean {
    has_errors: bool,
    files: BTreeMap<String, Vec<u8>>,
    bundle: BTreeMap<String, Vec<u8>>,
    mistakes: String,
    next_change: Option<i64>,
}

fn clean(options: &Options) -> Clean {
    let folder = tempfile::tempdir().expect("a temporary folder can be made");
    let (out, bundle) = (folder.path().join("public"), folder.path().join("bundle"));
    let pictures = PictureCache::new(folder.path().join("pictures"));
    let target = Target::Folder { out: &out, bundle: &bundle };
    let outcome = generator::build(options, &mut Memory::default(), &pictures, target, &Silent).expect("the environment works");
    let mistakes = report::render_short(&outcome.diagnostics, &|path| outcome.sources.bytes(path).ok());
    Clean { has_errors: outcome.has_errors(), files: files(&out), bundle: files(&bundle), mistakes, next_change: outcome.next_change }
}

/// The preview of a shop, which goes from edition to edition by what the watcher names.
#[derive(Default)]
struct Live {
    memory: Memory,
    shown: Option<Published>,
}

impl Live {
    /// Looks at the changed paths as the preview does, and compares every file that it would show with a clean build's.
    fn follow(&mut self, options: &Options, changed: &[PathBuf], clean: &Clean, pictures: &PictureCache) -> Result<(), TestCaseError> {
        let refreshed = self.memory.sources.clone().and_then(|before| source::refresh(&options.root, &before, changed));
        let sources = match refreshed {
            Some(sources) => sources,
            None => generator::read(options, &self.memory, &Silent).expect("the shop can be read"),
        };
        let outcome = generator::draft(options, &mut self.memory, sources, &Silent).expect("the environment works");
        let Some(edition) = outcome.edition.filter(|_| !clean.has_errors) else { return Ok(()) };
        let shells = edition.shells().expect("the frame has no mistake");
        let (bundle, _) = edition.bundle_in_memory(&shells);
        let shown = Published::new(edition, self.shown.as_ref());
        let named = clean.files.keys().filter(|path| !path.starts_with("img/"));
        let files =
            named.map(|path| (path.clone(), shown.get(path, pictures).map_or_else(Vec::new, |made| made.expect("a file").to_vec())));
        let files: BTreeMap<String, Vec<u8>> = files.collect();
        let wanted = clean.files.iter().filter(|(path, _)| !path.starts_with("img/")).map(|(path, bytes)| (path.clone(), bytes.clone()));
        differ("preview and clean", &files, &wanted.collect())?;
        prop_assert!(shown.paths().iter().all(|path| clean.files.contains_key(path)), "the preview shows more than a build writes");
        self.shown = Some(shown);
        if outcome.diagnostics.is_empty() { differ("bundle of the preview", &bundle, &clean.bundle) } else { Ok(()) }
    }
}

fn month(number: u8) -> i64 {
    NOW + i64::from(number) * 30 * 86_400
}

fn pool(threads: usize) -> &'static ThreadPool {
    static POOLS: [OnceLock<ThreadPool>; 3] = [const { OnceLock::new() }; 3];
    POOLS[threads].get_or_init(|| rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("threads can be started"))
}

fn differ(what: &str, left: &BTreeMap<String, Vec<u8>>, right: &BTreeMap<String, Vec<u8>>) -> Result<(), TestCaseError> {
    let names = |files: &BTreeMap<String, Vec<u8>>| files.keys().cloned().collect::<Vec<_>>();
    if names(left) != names(right) {
        return Err(TestCaseError::fail(format!("{what}: other files\n{:?}\n{:?}", names(left), names(right))));
    }
    match left.iter().find(|(path, bytes)| right[*path] != **bytes) {
        None => Ok(()),
        Some((path, bytes)) => {
            let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
            Err(TestCaseError::fail(format!("{what}: `{path}` differs\n{}\n---\n{}", text(bytes), text(&right[path]))))
        }
    }
}

/// Builds that were compared, and those of them with a mistake.
static BUILDS: AtomicUsize = AtomicUsize::new(0);
static MISTAKEN: AtomicUsize = AtomicUsize::new(0);
/// Builds of them in which a translation is shown, and the most pages of one.
static TRANSLATED: AtomicUsize = AtomicUsize::new(0);
static MOST: AtomicUsize = AtomicUsize::new(0);

/// Lives a shop's life; every build is compared with one from nothing.
fn live(languages: u8, steps: &[Step]) -> Result<(), TestCaseError> {
    let mut shop = Shop::new(&[]);
    let mut life = Life::new(languages);
    write(&shop, &BTreeMap::new(), &life.files);
    pool(2).install(|| shop.try_build());
    prop_assert!(!shop.outcome.has_errors(), "{}", shop.said());
    let mut good = shop.site();
    let mut was_good = true;
    let mut preview = Live::default();
    let pictures = PictureCache::new(shop.path("no-pictures"));
    for step in steps {
        let before = life.files.clone();
        life.apply(step);
        write(&shop, &before, &life.files);
        let changed = before.keys().chain(life.files.keys()).filter(|path| before.get(*path) != life.files.get(*path));
        let changed: Vec<PathBuf> = changed.map(|path| shop.path(path)).collect();
        match step {
            Step::Later { month: number } => shop.options.now = month(*number),
            Step::Reload => drop(shop.reload()),
            Step::Forget => drop(shop.forget()),
            Step::Vandal { which } => {
                let victim = good.keys().nth(usize::from(*which) % good.len()).expect("a site has pages").clone();
                shop.remove(&format!("public/{victim}"));
                good.remove(&victim);
            }
            _ => {}
        }
        pool(2).install(|| shop.try_build());
        let clean = pool(1).install(|| clean(&shop.options));
        pool(2).install(|| preview.follow(&shop.options, &changed, &clean, &pictures))?;
        let said = report::render_short(&shop.outcome.diagnostics, &|path| shop.outcome.sources.bytes(path).ok());
        prop_assert_eq!(&said, &clean.mistakes);
        BUILDS.fetch_add(1, Ordering::Relaxed);
        if shop.outcome.has_errors() {
            MISTAKEN.fetch_add(1, Ordering::Relaxed);
            differ("a mistake changed the site", &shop.site(), &good)?;
            was_good = false;
            continue;
        }
        if was_good {
            justified(step, &shop, &good)?;
        }
        was_good = true;
        prop_assert_eq!(shop.outcome.next_change, clean.next_change);
        good = shop.site();
        differ("incremental and clean", &good, &clean.files)?;
        MOST.fetch_max(good.keys().filter(|path| path.ends_with(".html")).count(), Ordering::Relaxed);
        let is_translated =
            |(path, bytes): (&String, &Vec<u8>)| path.starts_with("de/") && String::from_utf8_lossy(bytes).contains("auf Deutsch");
        TRANSLATED.fetch_add(usize::from(good.iter().any(is_translated)), Ordering::Relaxed);
        differ("bundle on disk", &files(&shop.path(".shopfront/bundle")), &clean.bundle)?;
    }
    pool(2).install(|| shop.try_build());
    if !shop.outcome.has_errors() {
        prop_assert_eq!(shop.rendered(), Vec::<&str>::new());
        prop_assert_eq!(shop.written(), (0, 0));
    }
    Ok(())
}

/// No page is rendered without a reason that the step can have given.
fn justified(step: &Step, shop: &Shop, before: &BTreeMap<String, Vec<u8>>) -> Result<(), TestCaseError> {
    for (path, reason) in &shop.outcome.rendered {
        let told = reason.to_string();
        let is_right = match (step, told.as_str()) {
            (Step::Forget, _) => true,
            (Step::Reload | Step::Static { .. }, _) => false,
            (Step::Vandal { .. }, "the file is missing or was changed") => !before.contains_key(path),
            (_, "it is new") => !before.contains_key(path),
            (_, "the theme or the settings changed") => matches!(
                step,
                Step::Settings { .. }
                    | Step::Languages(_)
                    | Step::Translation { .. }
                    | Step::Template { .. }
                    | Step::Page { .. }
                    // The menu shows what it is called.
                    | Step::Section { .. }
                    | Step::Collection { .. }
                    | Step::RemoveCollection(_)
            ),
            (_, "the file is missing or was changed") => false,
            _ => true,
        };
        prop_assert!(is_right, "after {:?}, `{}` was rendered because {}", step, path, told);
    }
    Ok(())
}

/// How many lives: at least 500 in continuous integration, in two halves that run beside each other.
fn lives() -> u32 {
    std::env::var("SHOPFRONT_SEQUENCES").ok().and_then(|text| text.parse().ok()).unwrap_or(520)
}

fn half() {
    let mut runner = TestRunner::new(Config { cases: lives() / 2, failure_persistence: None, max_shrink_iters: 400, ..Config::default() });
    let lives = (1..3_u8).prop_flat_map(|languages| (Just(languages), prop::collection::vec(step(languages), 2..7)));
    if let Err(failure) = runner.run(&lives, |(languages, steps)| live(languages, &steps)) {
        panic!("{failure}");
    }
    let count = |counter: &AtomicUsize| counter.load(Ordering::Relaxed);
    let (builds, mistaken, shown, most) = (count(&BUILDS), count(&MISTAKEN), count(&TRANSLATED), count(&MOST));
    tell(&format!("{builds} builds compared, {mistaken} of them with a mistake, {shown} with translations; at most {most} pages"));
}

#[test]
fn an_incremental_build_is_a_clean_build() {
    half();
}

#[test]
fn an_incremental_build_is_a_clean_build_on_any_number_of_threads() {
    half();
}
