//! The small shop of most stories: eight products of every kind in four categories, two collections, pages and a journal.

/// A picture of 1,000 × 1,000 or so.
pub const PICTURE: &[u8] = include_bytes!("../../generator/starter/products/cups/small-cup.jpg");

/// Text that must never be published: a digital good.
pub const SECRET: &str = "the pattern pack that somebody has to pay for";

/// Every file but the picture beside the harbour mug.
pub const SMALL: &[(&str, &str)] = &[
    (
        "shop.yaml",
        "name: Quay\n\
         tagline: Things from the harbour\n\
         description: A small shop for tests.\n\
         base_url: https://quay.example\n\
         languages: [en]\n\
         currencies: [EUR]\n\
         menus:\n\
         \x20 main:\n\
         \x20   - {title: Kitchen, category: kitchen}\n\
         \x20   - {title: Journal, page: journal}\n\
         \x20 footer:\n\
         \x20   - title: Help\n\
         \x20     children:\n\
         \x20       - {title: About, page: about}\n\
         \x20       - {title: Terms, page: terms}\n\
         contact: {email: hello@quay.example}\n\
         lists: {per_page: 4}\n\
         tax:\n\
         \x20 prices_include_tax: true\n\
         \x20 default_country: DE\n\
         \x20 classes: {standard: {DE: 19%, FR: 20%, '*': 0%}}\n\
         shipping:\n\
         \x20 zones:\n\
         \x20   - {name: Everywhere, countries: ['*'], methods: [{code: post, title: Post, days: 1-3, price: 4.90, free_over: 60}]}\n\
         checkout: {gateways: [stripe], terms_page: terms, max_quantity: 20}\n",
    ),
    ("products/kitchen/_index.md", "---\ntitle: Kitchen\ndescription: For the table.\norder: 1\n---\n\nEverything for the table.\n"),
    ("products/paper/_index.md", "---\ntitle: Paper\norder: 2\n---\n"),
    (
        "products/kitchen/mugs/harbour-mug.yaml",
        "title: Harbour mug\n\
         summary: A mug in two sizes.\n\
         description: |\n\
         \x20 Hand-thrown. **Heavy.** See the [teapot](teapot.yaml).\n\
         date: 2026-05-08\n\
         tags: [ceramic, gift]\n\
         also_in: [gifts]\n\
         brand: Quay Pottery\n\
         price: 24.90\n\
         compare_at: 29.00\n\
         images:\n\
         \x20 - {file: harbour-mug.jpg, alt: A mug}\n\
         options:\n\
         \x20 Size: [250 ml, 350 ml]\n\
         \x20 Glaze: [Blue, Grey]\n\
         variants:\n\
         \x20 - {sku: MUG-250-BLUE, options: {Size: 250 ml, Glaze: Blue}, stock: 12, weight: 380 g}\n\
         \x20 - {sku: MUG-350, options: {Size: 350 ml, Glaze: any}, stock: 4, weight: 460 g, price: 28.00, compare_at: 32.00}\n\
         \x20 - {sku: MUG-250-GREY, options: {Size: 250 ml, Glaze: Grey}, stock: 0, weight: 380 g}\n\
         specifications: {Material: Stoneware}\n",
    ),
    (
        "products/kitchen/mugs/small-cup.yaml",
        "title: Small cup\ndate: 2026-05-07\ntags: [ceramic]\nprice: 12.00\nsku: CUP\nstock: 5\nweight: 200 g\ndescription: For espresso.\n",
    ),
    (
        "products/kitchen/mugs/teapot.yaml",
        "title: Teapot\ndate: 2026-05-06\nprice: 48.00\nsku: TEAPOT\nstock: 50\nweight: 900 g\ndescription: Holds a litre.\nmax_quantity: 10\n",
    ),
    (
        "products/paper/poster.yaml",
        "title: Tide poster\ndate: 2026-05-05\ntags: [print]\nprice: 30.00\noptions:\n  Format: [A3, A2]\ndescription: The tides of a year.\naliases: [/posters/tide/]\n",
    ),
    (
        "products/paper/pattern-pack.yaml",
        "title: Pattern pack\ndate: 2026-05-04\nkind: digital\nprice: 9.00\nsku: PACK\nfiles: [{file: pack.zip, title: The pack}]\ndescription: Files to print.\n",
    ),
    (
        "products/gifts/wrapping.yaml",
        "title: Gift wrapping\ndate: 2026-05-03\nkind: service\nprice: 3.00\nsku: WRAP\ntags: [gift]\ndescription: We wrap it.\n",
    ),
    (
        "products/gifts/tea-set.yaml",
        "title: Tea set\ndate: 2026-05-02\nkind: group\nmembers: [teapot, small-cup]\ndescription: All for tea.\n",
    ),
    (
        "products/paper/guide.yaml",
        "title: Harbour guide\ndate: 2026-05-01\nkind: external\nexternal: {url: 'https://books.example/guide', label: Buy there}\ndescription: A book.\n",
    ),
    ("collections/sea.yaml", "title: Sea\nsummary: Blue things.\naccent: '#2a7f86'\norder: 1\nproducts: [harbour-mug, poster]\n"),
    ("collections/presents.yaml", "title: Presents\norder: 2\nproducts: [small-cup, wrapping]\n"),
    ("content/_index.md", "---\ntitle: Quay\n---\n\nWelcome to the quay.\n"),
    (
        "content/about.md",
        "---\ntitle: About us\ndescription: Who we are.\naliases: [/old-about/, /about-us.html]\n---\n\nWe throw {{ site.name }} and {% raw %} mugs.\n\n## Where\n\nAt the [terms](terms.md), see [where](#where).\n",
    ),
    ("content/terms.md", "---\ntitle: Terms\n---\n\nBe kind.\n"),
    ("content/journal/_index.md", "---\ntitle: Journal\ndescription: Notes.\nsort: date\npaginate: 2\n---\n"),
    (
        "content/journal/first.md",
        "---\ntitle: The first firing\ndate: 2026-04-01\ntags: [ceramic]\n---\n\nNine [mugs](/products/harbour-mug/) went in.\n",
    ),
    ("content/journal/second.md", "---\ntitle: The second firing\ndate: 2026-04-11\ntags: [news]\n---\n\nTen went in.\n"),
    ("content/journal/third.md", "---\ntitle: The third firing\ndate: 2026-04-21\n---\n\nAll came out.\n"),
    ("content/journal/draft.md", "---\ntitle: An unfinished thought\ndate: 2026-04-22\ndraft: true\n---\n\nNot yet.\n"),
    ("content/journal/future.md", "---\ntitle: From the future\ndate: 2026-07-01\n---\n\nLater.\n"),
    ("static/hello.txt", "hello\n"),
    ("downloads/pack.zip", SECRET),
];
